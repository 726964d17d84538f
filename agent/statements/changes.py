"""What is said of appointments that were cancelled or moved, and what of it a conversation bears out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.statements.claims import OPEN
from contracts.conversation import FunctionResult, Message, results_of
from language.choices import moment_of
from language.datetimes.mentions import ClockMention, DayMention
from language.normalize import any_of, normal, phrases
from tools.appointments import CANCEL, MOVE, known_appointments

NOT_CANCELLED = "Nothing is cancelled yet."
"""Stands in for a claim of a cancellation that is not there."""
NOT_MOVED = "Nothing is moved yet."
"""Stands in for a claim of a move that is not there."""
NOT_THROUGH = "I can't say yet whether that went through."
"""Stands in for either while the outcome is open."""

_VISIT = r"(?:appointment|booking|visit|cleaning|check ?up|exam|slot|filling|consultation)"
_WHAT = rf"(?:it|that|this|everything|you|your (?:\w+ ){{1,6}}?|the (?:\w+ )?{_VISIT})"
_IS = (
    r"(?:'s|'re| is| are| has| have| been| was| were| got| now| all| just| already| officially|"
    r" successfully)*"
)
_ADVERB = r"(?:now |just |already |successfully |gone ahead and |went ahead and |also |all )*"
_CANCELLED = r"(?:cancell?ed|taken off(?: the \w+)?|removed|called off)"
_MOVED = r"(?:moved|re ?scheduled|changed|switched|shifted|postponed|pushed back|brought forward)"


def _claim(done: str) -> re.Pattern[str]:
    return re.compile(
        phrases(
            rf"""
            \b(?:<what>|<visit>(?: \w+){{0,14}}?)<is> <adverb><done>\b
            \b(?:i|we)(?:'ve| have)? <adverb>{done} (?:it|that|this|you|your|the)\b
            ^(?:great |perfect |okay |ok |alright |all right |done |yes |and |well |so )*<adverb><done>\b
            \bsuccessfully <done>\b
            \bgot (?:it|that|you|your \w+) <done>\b
            """,
            what=_WHAT,
            visit=_VISIT,
            adverb=_ADVERB,
            done=done,
        ).replace("<is>", _IS)
    )


_CLAIMS = {"cancelled": _claim(_CANCELLED), "moved": _claim(_MOVED)}
_NO_LONGER = any_of(
    r"""
    (?:you're|you are|it's|it is|your \w+ is) no longer (?:booked|scheduled|down|in|on)
    (?:you're|you are|it's|it is|your \w+ is) not (?:booked|scheduled|down|in the \w+|on the \w+) any ?more
    (?:i|we)(?:'ve| have)? (?:now |just |already )?(?:taken|took) (?:it|that|you|your \w+) (?:off|out of)
    you don't have (?:that|an|the) appointment any ?more
    """
)
_DONE = re.compile(
    r"^(?:(?:great|perfect|okay|ok|alright|and|that's|it's|that is|it is|you're|you are|everything's|"
    r"everything is) )*(?:all )?(?:set|done|taken care of|sorted|complete|confirmed)$"
)
"""What is done is left open: booked, cancelled or moved."""


@dataclass(frozen=True)
class Changes:
    """What became of the caller's appointments in a conversation.

    Attributes:
        latest: Status of the last change that ended in something.
        cancelled: When the appointments were that were cancelled.
        moved: When those were that were moved, and when they are now.
        kept: When those are that were found, booked or moved, and not cancelled.
    """

    latest: str
    cancelled: Sequence[datetime]
    moved: Sequence[datetime]
    kept: Sequence[datetime]


def changes_of(messages: Sequence[Message]) -> Changes:
    """Read off a conversation what was changed in it."""
    done = [
        one
        for one in results_of(messages)
        if one.name in (CANCEL, MOVE) and one.status not in ("invalid", "read_back", "same", "")
    ]
    return Changes(
        latest=done[-1].status if done else "",
        cancelled=_moments(done, "cancelled", "start"),
        moved=_moments(done, "moved", "start", "from"),
        kept=[one.start for one in known_appointments(messages).values() if not one.cancelled],
    )


def claimed_change(clause: str) -> str:
    """Tell what change a clause claims to have been made.

    Returns:
        ``cancelled``, ``moved``, or empty.
    """
    words = normal(clause)
    if clause.rstrip().endswith("?"):
        return ""
    if _NO_LONGER.search(words):
        return "cancelled"
    for what, claim in _CLAIMS.items():
        if any(not OPEN.search(words[: match.end()]) for match in claim.finditer(words)):
            return what
    return ""


def change_holds(
    what: str, changes: Changes, clocks: Sequence[ClockMention], days: Sequence[DayMention]
) -> bool:
    """Tell whether a claimed change was made, and of the very appointment.

    Args:
        what: ``cancelled`` or ``moved``.
    """
    moments = changes.cancelled if what == "cancelled" else changes.moved
    if not moments:
        return False
    return all(any(clock.is_at(one) for one in moments) for clock in clocks) and all(
        any(day.is_on(one.date()) for one in moments) for day in days
    )


def instead_of(what: str, changes: Changes) -> str:
    """Give what is true in place of a claimed change that does not hold."""
    if changes.latest in ("pending", "unknown"):
        return NOT_THROUGH
    return NOT_CANCELLED if what == "cancelled" else NOT_MOVED


def only_done(clause: str, changes: Changes) -> bool:
    """Tell whether a clause says no more than that all is done, after a change that was made."""
    return changes.latest in ("cancelled", "moved") and _DONE.match(normal(clause)) is not None


def _moments(done: Sequence[FunctionResult], status: str, *fields: str) -> list[datetime]:
    found = [moment_of(one.result.get(name)) for one in done if one.status == status for name in fields]
    return [one for one in found if one is not None]
