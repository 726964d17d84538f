"""What the caller wants done with an appointment that they have, and how far that has come."""

from dataclasses import dataclass, field
from enum import StrEnum

from tools.appointments import Appointment


class Kind(StrEnum):
    """What is to be done."""

    OPEN = "open"
    """The caller cannot come, and has not said what follows from that."""
    CANCEL = "cancel"
    MOVE = "move"
    LOOK = "look"
    """The caller only wants to know."""


@dataclass
class Change:
    """A change that is being talked about.

    Attributes:
        about: The caller's words about which appointment it is.
        target: Their words about where to, until the appointment that they are about is known.
        asked_calendar: How often the calendar was asked for them.
        rest: What is to be cancelled after it.
    """

    kind: Kind = Kind.OPEN
    about: str = ""
    target: str = ""
    known: list[Appointment] = field(default_factory=list)
    chosen: Appointment | None = None
    asked_calendar: int = 0
    read_back: bool = False
    agreed: bool = False
    rest: list[Appointment] = field(default_factory=list)

    def choose(self, chosen: Appointment) -> None:
        """Settle on an appointment; what was read back of another one is let go."""
        if self.chosen is None or self.chosen.booking_id != chosen.booking_id:
            self.read_back = self.agreed = False
        self.chosen = chosen

    def choose_all(self) -> None:
        """Settle on all of them, one after the other."""
        first, *self.rest = self.known
        self.choose(first)

    def fingerprint(self) -> tuple[object, ...]:
        """Give everything that counts as getting on."""
        return (self.kind, self.about, self.target, self.chosen and self.chosen.booking_id, self.agreed)
