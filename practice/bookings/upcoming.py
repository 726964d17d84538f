"""The appointments that a patient still has with a bot's practice."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from contracts.partner import CustomerPhone
from contracts.timestamps import find_timestamp
from kit.clock import Clock
from kit.db.database import Database
from practice.bookings import repository
from practice.bookings.command import customer_with_e164
from practice.bookings.record import NOT_TAKING_TIME
from practice.bookings.views import asked_for
from practice.errors import NotSupportedByPlatform
from practice.partner_response import PartnerResponse
from practice.partners.views import BotView
from practice.platforms.booking_ids import text_of
from practice.platforms.relay import Relay
from practice.platforms.response import is_success
from practice.platforms.routing import is_embedded
from practice.service import RecordsService

Booking = dict[str, Any]


class Upcoming(RecordsService):
    """Finds bookings by their customer's phone number.

    The embedded calendar is asked. The protocol has no such path for other platforms: of those it is what
    their look-up knows, and what the ledger knows as booked through the very bot.
    """

    def __init__(self, database: Database, clock: Clock, relay: Relay, most: int) -> None:
        super().__init__(database, clock)
        self._relay = relay
        self._most = most

    async def search(self, bot: BotView, customer: CustomerPhone) -> PartnerResponse:
        """Find a customer's bookings to come: 200, soonest first; or the embedded calendar's refusal."""
        phone: str = customer_with_e164(customer, bot.language)["phone"]
        if is_embedded(bot):
            return await self._relay.find_bookings(bot, phone, self._most)
        known = await self._known_to_platform(bot, phone)
        booked = await self._booked_here(bot, phone)
        # What the platform says of a booking is newer than what it said when it was booked.
        of_each = {one["id"]: one for one in (*booked, *known)}
        found = sorted(of_each.values(), key=_start)
        return PartnerResponse(200, {"bookings": found[: self._most]})

    async def _known_to_platform(self, bot: BotView, phone: str) -> Iterable[Booking]:
        try:
            answer = await self._relay.lookup(bot, {"phone": phone})
        except NotSupportedByPlatform:
            return ()
        customer = answer.body.get("customer") if is_success(answer.status) else None
        shown = customer.get("existing_appointment") if isinstance(customer, Mapping) else None
        if not isinstance(customer, Mapping) or not isinstance(shown, Mapping):
            return ()
        start = find_timestamp(shown.get("start_at"))
        status = shown.get("status") or "confirmed"
        named = shown.get("id")
        if (
            isinstance(named, bool)
            or not isinstance(named, str | int)
            or not text_of(named).strip()
            or start is None
            or start <= self._clock()
            or not isinstance(status, str)
            or status in NOT_TAKING_TIME
        ):
            return ()
        whose = {"phone": phone, "name": str(customer.get("name") or "")}
        return [{**shown, "id": text_of(named), "status": status, "customer": whose}]

    async def _booked_here(self, bot: BotView, phone: str) -> list[Booking]:
        async with self._database.reading() as session:
            rows = await repository.list_coming(
                session, bot.partner_id, bot.id, phone, self._clock(), self._most
            )
        # The columns follow later changes; what the platform said does not.
        return [
            {**(row.booking or {}), **asked_for(row, row.booking_id or "", row.booking_status or "confirmed")}
            for row in rows
        ]


def _start(booking: Booking) -> datetime:
    start = find_timestamp(booking["start_at"])
    assert start is not None  # noqa: S101 - bookings without one were left out
    return start
