"""The life of a session: a pure function from its stamps and some directives to new stamps."""

from dataclasses import dataclass, replace
from typing import Literal

from practice.chat_sessions.errors import DirectivesContradict, SessionConflict

Directive = Literal["started", "accepted", "rejected", "finished"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something happened to a session, and by whom.

    Attributes:
        ms: Milliseconds since 1970.
        by: The account; None when only the moment was given.
        reason: Of a rejection or a finish, when one was given.
    """

    ms: int
    by: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Stamps:
    """What has happened to a session."""

    started: Stamp | None = None
    accepted: Stamp | None = None
    rejected: Stamp | None = None
    finished: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Directives:
    """What an account tells a session to do; a reason implies its directive."""

    start: bool = False
    accept: bool = False
    reject: bool | str = False
    finish: bool | str = False

    @property
    def columns(self) -> set[str]:
        """What they have the say of: fields of these names that come along are passed over."""
        told = {
            "started": self.start,
            "accepted": self.accept,
            "rejected": self.reject,
            "finished": self.finish,
        }
        stamps = {f"{name}_{part}" for name, one in told.items() if one is not False for part in ("ms", "by")}
        return stamps | ({"reject_reason"} if isinstance(self.reject, str) else set())


def transition(stamps: Stamps, told: Directives, by: str, now_ms: int) -> tuple[Stamps, list[Directive]]:
    """Apply directives in the order of a session's life.

    A directive that was carried out before changes nothing, except that a second account cannot accept.
    """
    wants_reject = told.reject is not False
    if told.accept and wants_reject:
        raise DirectivesContradict
    new: list[Directive] = []
    for name, wanted in (
        ("started", told.start),
        ("accepted", told.accept),
        ("rejected", wants_reject),
        ("finished", told.finish is not False),
    ):
        if not wanted:
            continue
        stamp: Stamp | None = getattr(stamps, name)
        if stamp is not None:
            if name == "accepted" and stamp.by not in {None, by}:
                raise SessionConflict("The session is accepted by somebody else.")
            continue
        _check_order(stamps, name)
        given = {"rejected": told.reject, "finished": told.finish}.get(name)
        reason = given if isinstance(given, str) and given.strip() else None
        stamps = replace(stamps, **{name: Stamp(now_ms, by, reason)})
        new.append(name)  # type: ignore[arg-type] # one of the four names above
    return stamps, new


def _check_order(stamps: Stamps, name: str) -> None:
    if stamps.finished is not None:
        raise SessionConflict("The session is finished.")
    if name == "accepted" and stamps.rejected is not None:
        raise SessionConflict("The session is rejected.")
