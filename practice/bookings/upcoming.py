"""The appointments that a patient still has with a bot's practice."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from kit.clock import Clock
from kit.db.database import Database
from practice.bookings import repository
from practice.bookings.record import NOT_TAKING_TIME
from practice.bookings.validation import check_lookup
from practice.errors import InvalidRequest, NotSupportedByPlatform
from practice.partner_response import PartnerResponse
from practice.partners.views import BotView
from practice.payload import Fields
from practice.platforms.booking_ids import text_of
from practice.platforms.relay import Relay
from practice.platforms.response import is_success
from practice.platforms.routing import is_embedded
from practice.records.bookings import BookingIntent

Booking = dict[str, Any]


class Upcoming:
    """Finds bookings by their customer's phone number.

    The embedded calendar is asked. The protocol has no such path for other platforms: of those it is what
    their look-up knows, and what the ledger knows as booked through the very bot.
    """

    def __init__(self, database: Database, clock: Clock, relay: Relay, most: int) -> None:
        self._database = database
        self._clock = clock
        self._relay = relay
        self._most = most

    async def search(self, bot: BotView, body: Any) -> PartnerResponse:
        """Find a customer's bookings that are still to come.

        Returns:
            200 with ``bookings``, soonest first; or the embedded calendar's refusal.

        Raises:
            InvalidRequest: The body does not fit.
            WebhookNotConfigured: There is no platform to ask.
            WebhookError: It gave no usable answer.
        """
        customer = check_lookup(body, bot.language)
        phone: str = customer["phone"]
        if is_embedded(bot):
            return await self._relay.find_bookings(bot, phone, self._most)
        known = await self._known_to_platform(bot, phone)
        booked = await self._booked_here(bot, phone)
        # What the platform says of a booking is newer than what it said when it was booked.
        of_each = {one["id"]: one for one in (*booked, *known)}
        found = sorted(of_each.values(), key=lambda one: Fields(one, InvalidRequest).instant("start_at"))
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
        start = _moment(shown)
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
        return [_shown(row) for row in rows]


def _shown(row: BookingIntent) -> Booking:
    """Write a booking as it is now: the columns follow later changes."""
    asked: Mapping[str, Any] = row.request["customer"]
    shown = {
        **(row.booking or {}),
        "id": row.booking_id,
        "status": row.booking_status or "confirmed",
        "customer": {name: asked[name] for name in ("phone", "name") if name in asked},
    }
    for name, moment in (("start_at", row.slot_start), ("end_at", row.slot_end)):
        if moment is not None:
            shown[name] = moment.isoformat().replace("+00:00", "Z")
    return shown


def _moment(shown: Mapping[str, Any]) -> datetime | None:
    try:
        return Fields(shown, InvalidRequest).instant("start_at")
    except InvalidRequest:
        return None
