"""The bodies of holds: a time that is kept for a while. An extension of the Partner API."""

from typing import Annotated

from pydantic import AwareDatetime

from contracts.partner import BOT, LONGEST_HOLD_SECONDS, BotId, Id, Length
from contracts.types import Between, Relayed, Timestamp, Wire, examples


class Slot(Relayed):
    """A time that is to be held; the ids are as in a booking."""

    start_at: Timestamp
    """RFC 3339 with an offset, and to come."""
    duration_minutes: Length
    """At most a day."""
    service_id: Id | None = None
    practitioner_id: Id | None = None


class HoldRequest(Wire):
    """The body of ``POST /v1/slots/hold``."""

    model_config = examples(
        {
            "bot_id": BOT,
            "slot": {"start_at": "2024-01-15T10:00:00Z", "duration_minutes": 30},
            "hold_seconds": 120,
        }
    )

    bot_id: BotId
    slot: Slot
    hold_seconds: Annotated[int, Between(1, LONGEST_HOLD_SECONDS)] | None = None
    """How long; two minutes when not said, fifteen at most, unless the server is told otherwise."""


class HeldFor(Wire):
    """Whose time is held."""

    id: str
    name: str


class Hold(Wire):
    """A time that is kept free."""

    id: str
    """To be given as ``booking.hold_id``."""
    start_at: AwareDatetime
    end_at: AwareDatetime
    expires_at: AwareDatetime
    practitioner: HeldFor | None = None


class HoldAnswer(Wire):
    """The answer to a hold."""

    model_config = examples(
        {
            "hold": {
                "id": "hold_01hkse4n1gf2nbrexx3vqjhp41",
                "start_at": "2024-01-15T10:00:00Z",
                "end_at": "2024-01-15T10:30:00Z",
                "expires_at": "2024-01-10T14:32:00Z",
                "practitioner": {"id": "prc_01hkse4n1gf2nbrexx3vqjhp41", "name": "Dr. Maya Lee"},
            }
        }
    )

    hold: Hold
