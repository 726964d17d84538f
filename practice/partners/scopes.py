"""What a partner key may be for."""

from collections.abc import Iterable
from typing import Literal, get_args

from practice.errors import InvalidRequest

Scope = Literal[
    "availability:read",
    "bookings:read",
    "bookings:write",
    "bots:read",
    "bots:write",
    "messages:read",
    "messages:write",
]
"""``availability:read`` also looks customers up; ``bookings:read`` also finds a phone number's bookings;
``bookings:write`` books, cancels, moves and holds."""

SCOPES: tuple[Scope, ...] = get_args(Scope)

RUNTIME_SCOPES: frozenset[str] = frozenset(SCOPES) - {"bots:write", "messages:read"}
"""What the runtime may do for the one bot that a call or a chat is with."""


def checked(scopes: Iterable[str] | None) -> list[str] | None:
    """Make sure that scopes are ones we know; None stands for all of them, those to come included."""
    if scopes is None:
        return None
    wanted = set(scopes)
    unknown = sorted(wanted - set(SCOPES))
    if unknown or not wanted:
        raise InvalidRequest(
            f"{'There is no scope ' + unknown[0] if unknown else 'Name at least one scope'}."
            f" Scopes are {', '.join(SCOPES)}."
        )
    return [scope for scope in SCOPES if scope in wanted]
