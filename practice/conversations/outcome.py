"""What came of a conversation: a pure function of its messages."""

from collections.abc import Sequence
from typing import Literal, get_args

from contracts.conversation import Message, results_of, text_of

Outcome = Literal[
    "booked", "moved", "cancelled", "in_doubt", "handed_over", "message", "answered", "abandoned"
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""The best first: a conversation that books and leaves a message has booked."""
_OF_STATUS: dict[str, Outcome] = {
    "booked": "booked",
    "moved": "moved",
    "cancelled": "cancelled",
    "pending": "in_doubt",
    "unknown": "in_doubt",
    "transferring": "handed_over",
    "asked": "handed_over",
    "taken_down": "message",
}


def outcome_of(messages: Sequence[Message]) -> Outcome:
    """Tell the best that a function achieved in a conversation; else whether the caller said anything."""
    reached = {_OF_STATUS[one.status] for one in results_of(messages) if one.status in _OF_STATUS}
    for outcome in OUTCOMES:
        if outcome in reached:
            return outcome
    spoke = any(one.get("role") == "user" and text_of(one) for one in messages)
    return "answered" if spoke else "abandoned"
