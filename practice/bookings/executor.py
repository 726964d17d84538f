"""Working on a key until it is known what came of it, or the time for it ends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

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
from practice.records.bookings import BookingIntent

FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS = 0.02, 0.25
LONGEST_PAUSE_SECONDS = 8.0
RENEWALS_PER_LEASE = 3


class BookingExecutor:
    """Claims keys, asks platforms, settles."""

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
        self._attempts = relay_settings.attempts
        self._total_seconds = relay_settings.total_seconds
        # Another process may take its whole time, and its lease after it has died.
        self._others_seconds = relay_settings.total_seconds + 2 * ledger_settings.lease_seconds
        self._settling_seconds = ledger_settings.lease_seconds
        self._renewal_seconds = ledger_settings.lease_seconds / RENEWALS_PER_LEASE
        pause, longest = relay_settings.first_pause_seconds, LONGEST_PAUSE_SECONDS
        self._pauses = tenacity.wait_exponential(pause, longest) + tenacity.wait_random(0, pause)
        self._faults = faults

    async def execute(
        self, bot: BotView, key: str, command: BookingCommand, on_pending: Callable[[BookingIntent], None]
    ) -> IntentStatus:
        """Do what is asked for under a key, or wait for whoever does it; the key is not ``pending`` then.

        ``on_pending`` is told of the row as soon as there is one. WebhookTimeout: another process takes too
        long.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._others_seconds
        taken = False
        try:
            while loop.time() < deadline:
                found = await self._ledger.claim(bot, key, command, settled_is_enough=taken)
                taken = True
                if isinstance(found, Claim):
                    on_pending(found.intent)
                    found = await self._ask(bot, found, self._attempts)
                if found.state != "pending":
                    return found
                on_pending(found.intent)
                await self._wait_for_another(found.intent.id, deadline)
        except DatabaseUnavailable as error:
            # Once the key is in the ledger, what is asked for is done sooner or later.
            error.unclear = error.unclear or taken
            raise
        raise WebhookTimeout(in_doubt=True)

    async def resolve(self, bot: BotView, intent_id: str) -> IntentStatus:
        """Ask once what became of a request that nobody works on."""
        found = await self._ledger.take_over(bot, intent_id)
        return await self._ask(bot, found, attempts=1) if isinstance(found, Claim) else found

    async def _wait_for_another(self, intent_id: str, deadline: float) -> None:
        """Wait until nobody holds a row any more."""
        loop = asyncio.get_running_loop()
        pause = FIRST_POLL_SECONDS
        while loop.time() < deadline:
            await asyncio.sleep(pause)
            if not await self._ledger.is_leased(intent_id):
                return
            pause = min(pause * 2, LONGEST_POLL_SECONDS)

    async def _ask(self, bot: BotView, claim: Claim, attempts: int) -> IntentStatus:
        answer: PartnerResponse | None = None
        failure: PracticeError | None = None
        tried = _Attempts(self._ledger, claim)
        async with self._leased(claim):
            try:
                answer = await self._ask_repeatedly(bot, tried, attempts)
            except PracticeError as error:
                failure = error
            self._faults.reach("relay.answered")
        return await self._settle(bot, tried, answer, failure)

    async def _settle(
        self, bot: BotView, tried: "_Attempts", answer: PartnerResponse | None, failure: PracticeError | None
    ) -> IntentStatus:
        """Write down what came of it, also when the database is away for a moment.

        A restart seldom takes longer than a lease. Giving up at once would tell the caller of an error, and
        have the platform asked again.
        """
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + self._settling_seconds, FIRST_POLL_SECONDS
        while True:
            try:
                return await self._ledger.settle(bot, tried.claim, answer, failure, in_doubt=tried.in_doubt)
            except DatabaseUnavailable:
                if loop.time() + pause >= deadline:
                    raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_POLL_SECONDS)

    async def _ask_repeatedly(self, bot: BotView, tried: "_Attempts", attempts: int) -> PartnerResponse:
        deadline = asyncio.get_running_loop().time() + self._total_seconds
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(tried.may_pass),
            stop=tenacity.stop_after_attempt(attempts) | _Until(deadline),
            wait=self._pause,
            before_sleep=tried.note,
            reraise=True,
        )
        return await retrying(self._send, bot, tried.claim.intent, deadline)

    def _pause(self, attempt: tenacity.RetryCallState) -> float:
        """Pause as usual, or as long as the platform asked for."""
        error = attempt.outcome.exception() if attempt.outcome else None
        asked = error.retry_after.total_seconds() if isinstance(error, WebhookError) else 0.0
        return max(self._pauses(attempt), asked)

    async def _send(self, bot: BotView, intent: BookingIntent, deadline: float) -> PartnerResponse:
        key, booking_id = forwarded_key(bot.id, intent.idempotency_key), intent.booking_id or ""
        try:
            async with asyncio.timeout_at(deadline):
                if intent.operation == "cancel":
                    return await self._relay.cancel(bot, booking_id, key, intent.request)
                if intent.operation == "reschedule":
                    return await self._relay.reschedule(bot, booking_id, key, intent.request)
                return await self._relay.book(bot, key, intent.request)
        except TimeoutError as error:
            raise WebhookTimeout(in_doubt=True) from error

    @contextlib.asynccontextmanager
    async def _leased(self, claim: Claim) -> AsyncIterator[None]:
        """Hold the lease until the work is over."""
        over = asyncio.Event()
        renewing = asyncio.create_task(self._renew(claim, over))
        try:
            yield
        finally:
            over.set()
            await renewing

    async def _renew(self, claim: Claim, over: asyncio.Event) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._renewal_seconds):
                    await over.wait()
                    return
            # Without the database the lease is simply lost, unless it comes back in time.
            with contextlib.suppress(DatabaseUnavailable):
                if not await self._ledger.renew(claim):
                    return


class _Attempts:
    """What is known in the course of one claim's attempts."""

    def __init__(self, ledger: Ledger, claim: Claim) -> None:
        self._ledger = ledger
        self.claim = claim
        self.in_doubt = False

    def may_pass(self, error: BaseException) -> bool:
        """Tell whether a failure may pass, and remember whether the outcome is unknown after it."""
        if not isinstance(error, WebhookError):
            return False
        self.in_doubt = self.in_doubt or error.in_doubt
        return error.in_doubt or isinstance(error, WebhookUnreachable)

    async def note(self, attempt: tenacity.RetryCallState) -> None:
        """Write down that the outcome is unknown before the next attempt: a crash must not forget it."""
        if self.in_doubt:
            with contextlib.suppress(DatabaseUnavailable):
                await self._ledger.note_in_doubt(self.claim, attempt.attempt_number)


class _Until(tenacity.stop.stop_base):
    """Stops when the next attempt would begin after a moment of the event loop's time."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline

    def __call__(self, attempt: tenacity.RetryCallState) -> bool:
        """Tell whether there is no time for another attempt."""
        return asyncio.get_running_loop().time() + attempt.upcoming_sleep >= self._deadline
