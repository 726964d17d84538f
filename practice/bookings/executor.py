"""Working on a key until it is known what became of it, or the patience for it ends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import tenacity

from config.settings import LedgerSettings, RelaySettings
from kit.db.database import DatabaseUnavailable
from kit.fault_points import FaultPoints
from practice.bookings.command import BookingCommand
from practice.bookings.intent_status import Claim, IntentStatus
from practice.bookings.ledger import Ledger
from practice.errors import PracticeError, WebhookError, WebhookTimeout, WebhookUnreachable
from practice.idempotency_keys import forwarded_key
from practice.partner_response import PartnerResponse
from practice.partners.views import BotView
from practice.platforms.relay import Relay

FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS = 0.02, 0.25
LONGEST_PAUSE_SECONDS = 8.0
RENEWALS_PER_LEASE = 3


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one claim goes on asking."""

    attempts: int
    seconds: float


class Worker:
    """Claims keys, asks platforms, settles.

    Args:
        relay_settings: How often and how long one booking is tried.
        faults: Where a test has the process die.
    """

    def __init__(
        self,
        ledger: Ledger,
        relay: Relay,
        relay_settings: RelaySettings,
        ledger_settings: LedgerSettings,
        faults: FaultPoints,
    ) -> None:
        self._ledger = ledger
        self._relay = relay
        self._patience = Patience(relay_settings.attempts, relay_settings.total_seconds)
        self._once = Patience(1, relay_settings.total_seconds)
        # Another process may take its whole patience, and its lease after it has died.
        self._others_seconds = relay_settings.total_seconds + 2 * ledger_settings.lease_seconds
        self._settling_seconds = ledger_settings.lease_seconds
        self._renewal_seconds = ledger_settings.lease_seconds / RENEWALS_PER_LEASE
        self._pauses = tenacity.wait_exponential_jitter(
            multiplier=relay_settings.first_pause_seconds,
            max=LONGEST_PAUSE_SECONDS,
            jitter=relay_settings.first_pause_seconds,
        )
        self._faults = faults

    async def work(
        self, bot: BotView, key: str, wish: BookingCommand, noted: Callable[[IntentStatus], None]
    ) -> IntentStatus:
        """Do what is asked for under a key, or wait for whoever does it.

        Args:
            noted: Called with the pending row as soon as there is one.

        Returns:
            How the key stands then: not ``pending``.

        Raises:
            IdempotencyKeyReused: The key was used for another operation or another booking.
            SlotUnavailable: The time is known to be taken, and the bot guards its slots.
            WebhookTimeout: Another process works on it for longer than it can.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._others_seconds
        waited = False
        while loop.time() < deadline:
            intent_status = await self._ledger.claim(bot, key, wish, settled_is_enough=waited)
            if isinstance(intent_status, Claim):
                noted(intent_status.intent_status)
                intent_status = await self._ask(bot, intent_status, self._patience)
            if intent_status.state != "pending":
                return intent_status
            noted(intent_status)
            await self._wait_for_another(intent_status, deadline)
            waited = True
        raise WebhookTimeout(in_doubt=True)

    async def resolve(self, bot: BotView, intent_id: str) -> IntentStatus:
        """Ask once what became of a request that nobody works on.

        Raises:
            BookingNotFound: There is no such row.
        """
        found = await self._ledger.take_over(bot, intent_id)
        return await self._ask(bot, found, self._once) if isinstance(found, Claim) else found

    async def _wait_for_another(self, intent_status: IntentStatus, deadline: float) -> None:
        """Wait until nobody holds a row any more."""
        loop = asyncio.get_running_loop()
        pause = FIRST_POLL_SECONDS
        while loop.time() < deadline:
            await asyncio.sleep(pause)
            if not await self._ledger.is_at_work(intent_status.intent_id):
                return
            pause = min(pause * 2, LONGEST_POLL_SECONDS)

    async def _ask(self, bot: BotView, claim: Claim, patience: Patience) -> IntentStatus:
        answer: PartnerResponse | None = None
        failure: PracticeError | None = None
        asking = _Asking(self._ledger, claim)
        async with self._leased(claim):
            try:
                answer = await self._ask_repeatedly(bot, asking, patience)
            except PracticeError as error:
                failure = error
            self._faults.reach("relay.answered")
        return await self._settle(bot, asking, answer, failure)

    async def _settle(
        self, bot: BotView, asking: "_Asking", answer: PartnerResponse | None, failure: PracticeError | None
    ) -> IntentStatus:
        """Write down what came of it, also when the database is away for a moment.

        A restart seldom takes longer than a lease. Giving up at once would tell the caller of an error, and
        have the platform asked again.
        """
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + self._settling_seconds, FIRST_POLL_SECONDS
        while True:
            try:
                return await self._ledger.settle(bot, asking.claim, answer, failure, in_doubt=asking.in_doubt)
            except DatabaseUnavailable:
                if loop.time() + pause >= deadline:
                    raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_POLL_SECONDS)

    async def _ask_repeatedly(self, bot: BotView, asking: "_Asking", patience: Patience) -> PartnerResponse:
        deadline = asyncio.get_running_loop().time() + patience.seconds
        try:
            return await self._send(bot, asking.claim, deadline)
        except WebhookError as error:
            failures: list[WebhookError] = [error]

        async def attempt() -> PartnerResponse:
            if failures:
                # The first one was made above: nearly all of them succeed and need none of what follows.
                raise failures.pop()
            return await self._send(bot, asking.claim, deadline)

        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(asking.may_pass),
            stop=tenacity.stop_after_attempt(patience.attempts) | _Until(deadline),
            wait=self._pause,
            before_sleep=asking.note,
            reraise=True,
        )
        return await retrying(attempt)

    def _pause(self, attempt: tenacity.RetryCallState) -> float:
        """Pause as usual, or as long as the platform asked for."""
        error = attempt.outcome.exception() if attempt.outcome else None
        asked = error.retry_after.total_seconds() if isinstance(error, WebhookError) else 0.0
        return max(self._pauses(attempt), asked)

    async def _send(self, bot: BotView, claim: Claim, deadline: float) -> PartnerResponse:
        key, booking_id = forwarded_key(bot.id, claim.key), claim.intent_status.booking_id or ""
        try:
            async with asyncio.timeout_at(deadline):
                if claim.intent_status.operation == "cancel":
                    return await self._relay.cancel(bot, booking_id, key, claim.request)
                if claim.intent_status.operation == "reschedule":
                    return await self._relay.reschedule(bot, booking_id, key, claim.request)
                return await self._relay.book(bot, key, claim.request)
        except TimeoutError as error:
            raise WebhookTimeout(in_doubt=True) from error

    @contextlib.asynccontextmanager
    async def _leased(self, claim: Claim) -> AsyncIterator[None]:
        """Hold the lease until the work is over; short work never comes to renew it."""
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        renewals: list[asyncio.Task[None]] = []
        begin = loop.call_later(
            self._renewal_seconds, lambda: renewals.append(loop.create_task(self._renew(claim, over)))
        )
        try:
            yield
        finally:
            begin.cancel()
            over.set()
            if renewals:
                await asyncio.gather(*renewals)

    async def _renew(self, claim: Claim, over: asyncio.Event) -> None:
        while not over.is_set():
            # Without the database the lease is simply lost, unless it comes back in time.
            with contextlib.suppress(DatabaseUnavailable):
                if not await self._ledger.renew(claim):
                    return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._renewal_seconds):
                    await over.wait()


class _Asking:
    """What is known in the course of one claim's attempts."""

    def __init__(self, ledger: Ledger, claim: Claim) -> None:
        self._ledger = ledger
        self._replaced = False
        self.claim = claim
        self.in_doubt = False

    def may_pass(self, error: BaseException) -> bool:
        """Tell whether a failure may pass, and remember whether it leaves a doubt."""
        if not isinstance(error, WebhookError):
            return False
        self.in_doubt = self.in_doubt or error.in_doubt
        return error.in_doubt or isinstance(error, WebhookUnreachable)

    async def note(self, attempt: tenacity.RetryCallState) -> None:
        """Write the doubt down before the next attempt: a crash in between must not forget it."""
        if self.in_doubt:
            with contextlib.suppress(DatabaseUnavailable):
                await self._ledger.doubt(self.claim, attempt.attempt_number)


class _Until(tenacity.stop.stop_base):
    """Stops when the next attempt would begin after a moment of the event loop's time."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline

    def __call__(self, attempt: tenacity.RetryCallState) -> bool:
        """Tell whether there is no time for another attempt."""
        return asyncio.get_running_loop().time() + attempt.upcoming_sleep >= self._deadline
