"""How far a model may go within one turn, on the phone and by text alike."""

from collections.abc import Sequence

from contracts.conversation import Message

MOST_ROUNDS = 8
"""Answers of the model, or moves of the receptionist, within one turn; one that goes on is in a circle."""


def rounds_of(messages: Sequence[Message]) -> int:
    """Count the answers that have asked for functions since the person spoke last."""
    rounds = 0
    for message in reversed(messages):
        if message.get("role") == "user":
            break
        rounds += bool(message.get("tool_calls"))
    return rounds
