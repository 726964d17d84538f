"""The rules of a practice that its bot obeys, with a model and without."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.types import Wire

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""In the order of their numbers: 0 is Monday."""


class NeverBook(Wire):
    """What the bot does not book: these services, on these days; of an empty list, all."""

    days: list[Weekday] = Field(default_factory=list)
    services: list[str] = Field(default_factory=list)
    """Their names."""
    say: str = ""
    """Told to whoever asks for it."""


class AlwaysAsk(Wire):
    """A question that is asked before a booking; the answer goes into its notes."""

    key: str
    """What the answer is called in the notes."""
    ask: str


class CancellingRule(Wire):
    """How patients may cancel."""

    allowed: bool = True
    notice_hours: Annotated[int, Field(ge=0)] = 0
    """A later cancellation gets to hear ``say``."""
    say: str = ""


class PracticeRules(Wire):
    """What holds for every booking and every conversation of a practice."""

    never_book: list[NeverBook] = Field(default_factory=list)
    always_ask: list[AlwaysAsk] = Field(default_factory=list)
    to_a_person: list[str] = Field(default_factory=list)
    """What goes to a person, in a few words each."""
    cancelling: CancellingRule = Field(default_factory=CancellingRule)
    ask_date_of_birth: bool = False
    """Asked of everybody who books: they can show by it later who they are."""


class SpecialHours(Wire):
    """An interval of opening hours on one date, instead of the weekday's."""

    date: date
    opens: str
    closes: str
    name: str = ""
