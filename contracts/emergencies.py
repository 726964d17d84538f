"""What a practice wants done when somebody may be in danger: its rules, as data."""

from typing import Annotated

from pydantic import Field

from contracts.types import Wire

MOST_RULES = 50
MOST_SIGNS = 50
LONGEST_SIGN = 200
LONGEST_SENTENCE = 600


class EmergencyRule(Wire):
    """What to say, and whom to ring, when a caller speaks of one of the signs."""

    signs: Annotated[
        list[Annotated[str, Field(min_length=2, max_length=LONGEST_SIGN)]],
        Field(min_length=1, max_length=MOST_SIGNS),
    ]
    """In a few words each, as a caller may put it ("a knocked-out tooth"); other wordings are understood."""
    say: Annotated[str, Field(min_length=1, max_length=LONGEST_SENTENCE)]
    """Said at once, before the caller is put through."""
    ring: str | None = None
    """The name of the hand-off contact to ring first; null rings the ladder in its order."""
