"""What the partners' booking endpoints do."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from config.settings import LedgerSettings, RelaySettings
from contracts.partner import (
    AvailabilityQuery,
    BookingDetails,
    Cancellation,
    CustomerPhone,
    RescheduleDetails,
)
from contracts.partner_holds import Slot
from kit.clock import Clock, system_clock
from kit.db.database import Database
from kit.fault_points import FaultPoints
from kit.ids import is_id
from practice.bookings.command import (
    BookingCommand,
    booking_command,
    cancel_command,
    check_id,
    check_query,
    customer_with_e164,
    reschedule_command,
)
from practice.bookings.executor import BookingExecutor
from practice.bookings.intent_status import IntentStatus, stored_status
from practice.bookings.ledger import Ledger
from practice.bookings.queries import BookingQueries
from practice.bookings.upcoming import Upcoming
from practice.bookings.views import held, outcome, recorded, respond
from practice.errors import BookingNotFound, IdempotencyKeyReused, PracticeError, WebhookTimeout
from practice.idempotency_keys import forwarded_key
from practice.outbox.service import Outbox
from practice.partner_response import PartnerResponse
from practice.partners.views import BotView
from practice.platforms.relay import Relay
from practice.platforms.routing import is_embedded
from practice.records.bookings import BookingIntent

ROUNDS = 3
"""How often a key may turn out to be busy with a different request before we give up."""

Key = tuple[str, str, str]
"""Partner, bot, key: what is unique."""


@dataclass(frozen=True, slots=True)
class _InFlight:
    """A key that is worked on in this process."""

    task: asyncio.Task[IntentStatus]
    pending: asyncio.Future[IntentStatus]


class Bookings:
    """Availability and bookings for any bot, over whatever platform it has.

    What asks the platform raises as ``Relay`` does.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        relay: Relay,
        relay_settings: RelaySettings | None = None,
        ledger_settings: LedgerSettings | None = None,
        *,
        lease_clock: Clock = system_clock,
        outbox: Outbox | None = None,
        on_follow_up: Callable[[], None] | None = None,
        faults: FaultPoints | None = None,
    ) -> None:
        relay_settings, faults = relay_settings or RelaySettings(), faults or FaultPoints()
        ledger_settings = ledger_settings or LedgerSettings()
        self._relay = relay
        self._wait_seconds = relay_settings.wait_seconds
        self.upcoming = Upcoming(database, clock, relay, relay_settings.bookings_found)
        self.queries = BookingQueries(database, clock, lease_clock, ledger_settings)
        self._ledger = Ledger(
            database,
            clock,
            lease_clock,
            ledger_settings,
            outbox=outbox,
            on_follow_up=on_follow_up,
            faults=faults,
        )
        self._executor = BookingExecutor(self._ledger, relay, relay_settings, ledger_settings, faults)
        self._in_flight: dict[Key, _InFlight] = {}

    async def aclose(self) -> None:
        """Wait for the bookings under way."""
        await asyncio.gather(*(one.task for one in self._in_flight.values()), return_exceptions=True)

    async def search(self, bot: BotView, query: AvailabilityQuery) -> PartnerResponse:
        """Search free windows."""
        return await self._relay.search(bot, check_query(query))

    async def lookup(self, bot: BotView, customer: CustomerPhone) -> PartnerResponse:
        """Look a customer up by phone number."""
        return await self._relay.lookup(bot, customer_with_e164(customer, bot.language))

    async def hold(
        self, bot: BotView, key: str, slot: Slot, hold_seconds: int | None = None
    ) -> PartnerResponse:
        """Keep a time for a while, once per key: 201, or 200 with the hold that the same key made."""
        answer = await self._relay.hold(bot, forwarded_key(bot.id, key), slot.given, hold_seconds)
        return held(answer, slot, strict=bot.strict_idempotency)

    async def book(
        self, bot: BotView, key: str, booking: BookingDetails, wait_seconds: float | None = None
    ) -> PartnerResponse:
        """Book once per key, however often and at however many places it is asked for.

        The work goes on when the one who asked goes away.

        Args:
            wait_seconds: How long the one who asks will wait for more than "it is under way"; None for the
                usual time, after which they are told by an error.

        Returns:
            The platform's answer the first time, 200 with the same body every further time; 202 with a
            pending booking, whose id is the request's own, when it takes longer than they wait.

        Raises:
            IdempotencyKeyReused: The key was used for another operation, or for another request and the
                partner is strict.
            SlotUnavailable: The time is known to be taken, and the bot guards its slots.
        """
        return await self._do(bot, key, booking_command(booking, bot.language), wait_seconds)

    async def cancel(
        self,
        bot: BotView,
        key: str,
        booking_id: str,
        cancellation: Cancellation | None = None,
        wait_seconds: float | None = None,
    ) -> PartnerResponse:
        """Cancel a booking, by the platform's id or its request's, as ``book`` makes one."""
        command = cancel_command(cancellation, await self._platform_id(bot, booking_id))
        return await self._do(bot, key, command, wait_seconds)

    async def reschedule(
        self,
        bot: BotView,
        key: str,
        booking_id: str,
        booking: RescheduleDetails,
        wait_seconds: float | None = None,
    ) -> PartnerResponse:
        """Move a booking to another time as ``book`` makes one."""
        command = reschedule_command(booking, await self._platform_id(bot, booking_id))
        return await self._do(bot, key, command, wait_seconds)

    async def get_booking(self, partner_id: str, booking_id: str, bot: BotView | None) -> PartnerResponse:
        """Get a booking as it is now, or what became of a request for one.

        Args:
            booking_id: The platform's id, or ``intent_…`` as a pending answer gave it.
            bot: Whose calendar; None leaves it open, and then only the ledger is asked.

        Returns:
            200 with the booking as it is now; 202 with a pending one while its request is under way; for a
            request that was refused, its refusal.

        Raises:
            BookingNotFound: There is none, or another partner's.
            InvalidRequest: Several of the partner's bots have one of that id.
        """
        if is_id(booking_id, "intent"):
            intent = await self.queries.get_intent(partner_id, booking_id, bot)
            if intent.state != "succeeded":
                return outcome(stored_status(intent))
            found: BookingIntent | None = await self._current(partner_id, intent, bot)
        else:
            found, others = await self.queries.find_booked(partner_id, check_id(booking_id), bot)
            if others:
                raise BookingNotFound
        platform_id = booking_id if found is None else found.booking_id
        fresh = await self._refreshed(bot, platform_id) if bot is not None and platform_id else None
        if fresh is not None:
            return fresh
        if found is None:
            raise BookingNotFound
        return recorded(found)

    async def locate(self, partner_id: str, booking_id: str) -> str:
        """Find the bot that a booking was made through."""
        if is_id(booking_id, "intent"):
            return (await self.queries.get_intent(partner_id, booking_id, None)).bot_id
        found, _ = await self.queries.find_booked(partner_id, check_id(booking_id), None)
        if found is None:
            raise BookingNotFound
        return found.bot_id

    async def resolve(self, bot: BotView, intent_id: str) -> IntentStatus:
        """Ask the platform once what became of a request that nobody works on."""
        return await self._executor.resolve(bot, intent_id)

    async def _do(
        self, bot: BotView, key: str, command: BookingCommand, wait_seconds: float | None
    ) -> PartnerResponse:
        strict, in_flight = bot.strict_idempotency, None
        try:
            async with asyncio.timeout(self._wait_seconds if wait_seconds is None else wait_seconds):
                for _ in range(ROUNDS):
                    in_flight, first = self._join(bot, key, command)
                    status = await asyncio.shield(in_flight.task)
                    refused = status.state == "refused"
                    if not refused or status.intent.request_sha256 == command.sha256:
                        return respond(status, command, first=first, strict=strict)
        except TimeoutError as error:
            if wait_seconds is None or in_flight is None:
                message = "The booking is still under way. Repeat with the same Idempotency-Key."
                raise WebhookTimeout(message, in_doubt=True) from error
            # It is under way as soon as its row is there.
            ready, _ = await asyncio.wait(
                {in_flight.pending, in_flight.task}, return_when=asyncio.FIRST_COMPLETED
            )
            status = (in_flight.pending if in_flight.pending in ready else in_flight.task).result()
            return respond(status, command, first=False, strict=strict)
        raise IdempotencyKeyReused

    def _join(self, bot: BotView, key: str, command: BookingCommand) -> tuple[_InFlight, bool]:
        """Join the work on a key, or begin it; gives whether this call began it."""
        unique = (bot.partner_id, bot.id, key)
        in_flight = self._in_flight.get(unique)
        if in_flight is not None:
            return in_flight, False
        pending: asyncio.Future[IntentStatus] = asyncio.get_running_loop().create_future()

        def on_pending(intent: BookingIntent) -> None:
            if not pending.done():
                pending.set_result(IntentStatus(intent))

        task = asyncio.create_task(self._executor.execute(bot, key, command, on_pending))
        in_flight = self._in_flight[unique] = _InFlight(task, pending)
        task.add_done_callback(lambda done: self._finished(unique, done))
        return in_flight, True

    def _finished(self, unique: Key, task: asyncio.Task[IntentStatus]) -> None:
        del self._in_flight[unique]
        if not task.cancelled():
            task.exception()  # seen, even when whoever asked has gone

    async def _platform_id(self, bot: BotView, booking_id: str) -> str:
        """Give the platform's id of a booking that a partner may know by its request only."""
        if not is_id(booking_id, "intent"):
            return booking_id
        intent = await self.queries.get_intent(bot.partner_id, booking_id, bot)
        if intent.booking_id is None:
            settled = intent.state == "succeeded"  # by people, who did not know the platform's id
            raise BookingNotFound(
                "Only the practice can change that booking: its id at the platform is not known."
                if settled
                else "There is no booking of that request yet."
            )
        return intent.booking_id

    async def _current(self, partner_id: str, intent: BookingIntent, bot: BotView | None) -> BookingIntent:
        """Give the record of the booking that a request made or changed."""
        if intent.operation == "book" or intent.booking_id is None:
            return intent
        found, _ = await self.queries.find_booked(partner_id, intent.booking_id, bot)
        return found or intent

    async def _refreshed(self, bot: BotView, booking_id: str) -> PartnerResponse | None:
        """Ask the embedded calendar how a booking is now; None when it does not say."""
        if not is_embedded(bot):
            return None
        try:
            answer = await self._relay.get_booking(bot, booking_id)
        except PracticeError:
            return None
        return answer if answer.status < 300 else None  # noqa: PLR2004 - HTTP's own classes
