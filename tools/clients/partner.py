"""The client of the Partner API: the bot's profile, availability, bookings, messages for staff."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tools.clients.far_end import FarEnd
from tools.contracts.partner import (
    Availability,
    Booking,
    BookingDetails,
    BookingState,
    BotProfile,
    StaffMessage,
    StaffMessageReceipt,
)


@dataclass(frozen=True)
class BookingOutcome:
    """What became of a booking request.

    Attributes:
        state: ``booked`` only when the endpoint said so for the very time that was asked.
        booking: The booking as the endpoint returned it.
        code: The endpoint's code when it is not booked.
        message: The endpoint's words, for logs and staff, not for the caller.
    """

    state: BookingState
    booking: Booking | None = None
    code: str | None = None
    message: str | None = None


class PartnerClient:
    """The endpoints of one bot."""

    def __init__(self, http: FarEnd, bot_id: str) -> None:
        self._http = http
        self._bot_id = bot_id
        self._bookings: dict[str, asyncio.Task[BookingOutcome]] = {}

    async def get_bot(self) -> BotProfile:
        """Get the bot's profile."""
        raise NotImplementedError

    async def search_availability(
        self,
        start: datetime,
        end: datetime,
        *,
        service_id: str | None = None,
        duration_minutes: int | None = None,
        practitioner_id: str | None = None,
    ) -> list[Availability]:
        """Search free windows."""
        raise NotImplementedError

    async def prefetch(self, start: datetime, end: datetime, services: Sequence[tuple[str, int]]) -> None:
        """Fetch the next days' availability ahead of the question."""
        raise NotImplementedError

    async def create_booking(self, details: BookingDetails, idempotency_key: str) -> BookingOutcome:
        """Book."""
        raise NotImplementedError

    async def leave_message(self, message: StaffMessage, idempotency_key: str) -> StaffMessageReceipt:
        """Leave a message for staff."""
        raise NotImplementedError
