"""Booking requests as the practice's people see them, and the last word on what no platform would tell.

A platform that never says whether it booked leaves its request of unknown outcome for good: the time stays
blocked, and the key is answered with an error. People who look in the platform's own calendar can end that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from config.settings import LedgerSettings
from kit.clock import Clock
from kit.copying import copy_fields
from kit.db.database import Database
from practice.bookings import repository
from practice.bookings.apply_change import TIMES, apply_change
from practice.bookings.command import check_id
from practice.bookings.leases import Leases
from practice.bookings.ledger import set_columns
from practice.bookings.record import record_of
from practice.bookings.views import asked_for
from practice.errors import BookingNotFound, Conflict, InvalidRequest, NotDone
from practice.outbox.service import Outbox
from practice.partners.bots import Bots
from practice.partners.views import BotView
from practice.platforms.routing import is_embedded
from practice.records.bookings import BookingIntent
from practice.records.finding import find_by
from practice.service import RecordsService

RequestState = Literal["under_way", "in_doubt", "done", "refused"]

OK = 200


class RequestUnderWay(
    Conflict,
    code="request_under_way",
    says="The platform is being asked about that request right now. Try again in a moment.",
):
    """The platform is being asked at this very moment."""


class RequestSettled(Conflict, code="request_settled", says="That request is settled already."):
    """Nobody has to say any more what became of the request."""


class BookingRecorded(
    Conflict,
    code="booking_recorded",
    says="A booking of that id is recorded already: another request made it.",
):
    """The booking is another request's."""


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request to book, cancel or move.

    Attributes:
        state: ``in_doubt`` when nobody knows what became of it and nobody is asking at this moment.
        booking_id: The platform's id of the booking that was made, or that is to be changed; or None.
        start: UTC; the time that was asked for or is booked, if known.
    """

    id: str
    bot_id: str
    account_id: str | None
    operation: str
    state: RequestState
    booking_id: str | None
    start: datetime | None
    end: datetime | None
    customer_name: str | None = field(repr=False)
    customer_phone: str | None = field(repr=False)
    attempts: int
    given_up_at: datetime | None
    created_at: datetime
    updated_at: datetime


class BookingRequests(RecordsService):
    """The requests of all bots, for the practice's people."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        lease_clock: Clock,
        bots: Bots,
        outbox: Outbox,
        settings: LedgerSettings | None = None,
    ) -> None:
        super().__init__(database, clock)
        self._leases = Leases(lease_clock, settings or LedgerSettings())
        self._bots = bots
        self._outbox = outbox

    async def list_requests(self, *, in_doubt: bool = False, limit: int = 50) -> list[RequestView]:
        """List requests."""
        leases = self._leases.bounds() if in_doubt else None
        async with self._database.reading() as session:
            found = await repository.list_requests(session, limit, leases=leases)
            return [await self._view(session, intent) for intent in found]

    async def settle(self, intent_id: str, *, done: bool, booking_id: str | None = None) -> RequestView:
        """Say what became of a request of unknown outcome; from now on its key is answered accordingly.

        What was done is followed up as if the platform had said so. What was not done leaves its time free
        and its key for another try. Should the platform yet tell, a booking of its own counts.

        Args:
            booking_id: The platform's id of a booking that was made, where it is known: without it the
                booking goes by the request's own id, and can only be changed at the platform itself.

        Raises:
            BookingNotFound: There is no such request, or no booking can have such an id.
            InvalidRequest: Only a booking that was made has an id to be told.
        """
        bot = await self._bot_of(intent_id)
        now = self._clock()
        async with self._database.session() as session:
            intent = await find_by(session, BookingIntent, id=intent_id, lock=True)
            if intent is None:
                raise BookingNotFound
            self._check_open(intent)
            if booking_id is not None and not (done and intent.operation == "book"):
                raise InvalidRequest("Only a booking that was made has an id to be told.")
            booking = await _booking(session, bot, intent, booking_id) if done else None
            # A worker that comes back late finds it settled, and has nothing to say but that it is booked.
            intent.in_doubt, intent.given_up_at, intent.updated_at = False, None, now
            if booking is None:
                intent.state, intent.answer_code = "refused", NotDone.code
                intent.answer_status = intent.answer_body = None
            else:
                _succeed(intent, booking, booking_id)
                if intent.operation != "book":
                    await apply_change(session, bot, intent)
                await self._outbox.plan(session, bot, intent, now)
            await session.flush()
            return await self._view(session, intent)

    def _state(self, intent: BookingIntent) -> RequestState:
        if intent.state == "succeeded":
            return "done"
        if intent.state == "refused":
            return "refused"
        return "under_way" if self._leases.holds(intent) else "in_doubt"

    async def _view(self, session: AsyncSession, intent: BookingIntent) -> RequestView:
        known = intent
        if intent.operation != "book" and intent.booking_id is not None:
            # Who cancels or moves a booking does not say again whose it is.
            made = await repository.list_booked(
                session, intent.booking_id, partner_id=intent.partner_id, account_id=intent.account_id
            )
            known = next((one for one in made if one.bot_id == intent.bot_id), made[0] if made else intent)
        customer = known.request.get("customer")
        customer = customer if isinstance(customer, Mapping) else {}
        return copy_fields(
            RequestView,
            intent,
            state=self._state(intent),
            start=intent.slot_start or known.slot_start,
            end=intent.slot_end or known.slot_end,
            customer_name=customer.get("name"),
            customer_phone=customer.get("phone"),
        )

    def _check_open(self, intent: BookingIntent) -> None:
        state = self._state(intent)
        if state == "under_way":
            raise RequestUnderWay
        if state != "in_doubt":
            raise RequestSettled

    async def _bot_of(self, intent_id: str) -> BotView:
        async with self._database.reading() as session:
            intent = await repository.find_intent(session, intent_id)
        bot = await self._bots.find_bot(intent.bot_id, deleted=True) if intent else None
        if bot is None:
            raise BookingNotFound("There is no such request.")
        return bot


async def _booking(
    session: AsyncSession, bot: BotView, intent: BookingIntent, booking_id: str | None
) -> dict[str, Any]:
    """Describe the booking as it must be when what was asked for was done."""
    if intent.operation == "book":
        if booking_id is not None:
            await _check_unknown(session, bot, check_id(booking_id))
        return asked_for(intent, booking_id or intent.id, "confirmed")
    known = await repository.list_booked_of(session, bot, intent.booking_id or "")
    before = dict(known[0].booking or {}) if known else {}
    status = before.get("status", "confirmed")
    if intent.operation == "cancel":
        return {**before, "id": intent.booking_id, "status": "cancelled"}
    kept = {name: value for name, value in before.items() if name not in TIMES}
    return {**kept, **asked_for(intent, intent.booking_id or "", status)}


async def _check_unknown(session: AsyncSession, bot: BotView, booking_id: str) -> None:
    """Refuse a booking that a request made already: it would be confirmed and reminded of twice."""
    known = await repository.list_booked_of(session, bot, booking_id)
    if any(one.bot_id == bot.id or is_embedded(bot) for one in known):
        raise BookingRecorded


def _succeed(intent: BookingIntent, booking: dict[str, Any], booking_id: str | None) -> None:
    set_columns(intent, record_of(booking, intent))
    if intent.operation == "book":
        intent.booking_id = booking_id
    intent.state, intent.answer_code = "succeeded", None
    intent.answer_status, intent.answer_body = OK, {"booking": booking}
