"""The booking desk: what the partner's two endpoints do."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from config.clock import Clock, system_clock
from config.database import Database, DatabaseUnavailable
from practice.booking.answer import Answer
from practice.booking.availability import check_booking, check_search, fingerprint
from practice.booking.keys import check_key, forwarded_key
from practice.booking.ledger import RENEWAL, Claim, Ledger, Standing
from practice.booking.relay import Relay
from practice.errors import IdempotencyKeyReused, PracticeError, WebhookFailed, WebhookTimeout
from practice.partners.views import BotView

REPLAYED = 200
LONGEST_WAIT_SECONDS = 40.0
"""How long to wait for another process that works on the same key: more than it can take."""
FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS = 0.02, 0.25
ROUNDS = 3
"""How often a key may turn out to be busy with a different request before we give up."""

Slot = tuple[str, str, str]
"""Partner, bot, key: what is unique."""


class BookingDesk:
    """Availability and bookings for any bot, over whatever platform it has.

    Args:
        database: The records.
        clock: The practice's time.
        relay: The way to the platforms.
        lease_clock: The machine's time.
    """

    def __init__(
        self, database: Database, clock: Clock, relay: Relay, *, lease_clock: Clock = system_clock
    ) -> None:
        self._ledger = Ledger(database, clock, lease_clock)
        self._relay = relay
        self._under_way: dict[Slot, asyncio.Task[Standing]] = {}

    async def search(self, bot: BotView, body: Any) -> Answer:
        """Search free windows.

        Args:
            bot: Whose calendar.
            body: The whole request body.

        Returns:
            The platform's answer.

        Raises:
            InvalidRequest: The body does not fit.
            WebhookNotConfigured: There is no platform to ask.
            WebhookError: It gave no usable answer.
        """
        return await self._relay.search(bot, check_search(body))

    async def lookup(self, bot: BotView, phone: str) -> Answer:
        """Look a customer up by phone number.

        Args:
            bot: Whose customers.
            phone: E.164.

        Returns:
            The platform's answer.

        Raises:
            WebhookNotConfigured: There is no platform to ask.
            WebhookError: It gave no usable answer.
        """
        return await self._relay.lookup(bot, {"phone": phone})

    async def book(
        self, bot: BotView, idempotency_key: str | None, body: Any, *, wait_seconds: float | None = None
    ) -> Answer:
        """Book once per key, however often and at however many places it is asked for.

        The work goes on when the one who asked goes away.

        Args:
            bot: Whose calendar.
            idempotency_key: The header's value.
            body: The whole request body.
            wait_seconds: Answer ``webhook_timeout`` after this long, while the work goes on; the same key
                again joins it. None waits as long as it takes.

        Returns:
            The platform's answer the first time, 200 with the same body every further time.

        Raises:
            MissingIdempotencyKey: No key.
            InvalidRequest: The body does not fit.
            IdempotencyKeyReused: Another request came under this key, and the partner is strict.
            WebhookNotConfigured: There is no platform to ask.
            WebhookError: It gave no usable answer.
        """
        key = check_key(idempotency_key)
        booking = check_booking(body)
        sha256 = fingerprint(booking)
        try:
            async with asyncio.timeout(wait_seconds):
                for _ in range(ROUNDS):
                    standing, first = await self._join(bot, key, booking, sha256)
                    if standing.state != "refused" or standing.request_sha256 == sha256:
                        return _presented(bot, standing, sha256, first=first)
        except TimeoutError as error:
            message = "The booking is still under way. Repeat with the same Idempotency-Key."
            raise WebhookTimeout(message, in_doubt=True) from error
        raise IdempotencyKeyReused

    async def aclose(self) -> None:
        """Wait for the bookings under way."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _join(
        self, bot: BotView, key: str, booking: Mapping[str, Any], sha256: str
    ) -> tuple[Standing, bool]:
        """Join the work on a key, or begin it; gives whether this call began it."""
        slot = (bot.partner_id, bot.id, key)
        task = self._under_way.get(slot)
        first = task is None
        if task is None:
            task = asyncio.create_task(self._work(bot, key, booking, sha256))
            self._under_way[slot] = task
            task.add_done_callback(lambda done: self._finished(slot, done))
        return await asyncio.shield(task), first

    def _finished(self, slot: Slot, task: asyncio.Task[Standing]) -> None:
        del self._under_way[slot]
        if not task.cancelled():
            task.exception()  # seen, even when whoever asked has gone

    async def _work(self, bot: BotView, key: str, booking: Mapping[str, Any], sha256: str) -> Standing:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + LONGEST_WAIT_SECONDS
        pause, waited = FIRST_POLL_SECONDS, False
        while True:
            found = await self._ledger.claim(bot, key, booking, sha256, settled_is_enough=waited)
            if isinstance(found, Claim):
                if bot.strict_idempotency and found.request_sha256 != sha256:
                    # Find out about the earlier request all the same: it is in doubt.
                    await self._ask(bot, key, found)
                    raise IdempotencyKeyReused
                return await self._ask(bot, key, found)
            if found.state != "pending":
                return found
            if loop.time() > deadline:
                raise WebhookTimeout(in_doubt=True)
            await asyncio.sleep(pause)
            pause, waited = min(pause * 2, LONGEST_POLL_SECONDS), True

    async def _ask(self, bot: BotView, key: str, claim: Claim) -> Standing:
        over = asyncio.Event()
        renewal = asyncio.create_task(self._renew(claim, over))
        answer: Answer | None = None
        failure: PracticeError | None = None
        try:
            answer = await self._relay.book(bot, forwarded_key(bot.id, key), claim.request)
        except PracticeError as error:
            failure = error
        finally:
            over.set()
            await renewal
        return await self._ledger.settle(claim, answer, failure)

    async def _renew(self, claim: Claim, over: asyncio.Event) -> None:
        """Hold the lease until the work is over; without the database it is simply lost."""
        with contextlib.suppress(DatabaseUnavailable):
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(RENEWAL.total_seconds()):
                        await over.wait()
                if not over.is_set() and not await self._ledger.renew(claim):
                    return


def _presented(bot: BotView, standing: Standing, sha256: str, *, first: bool) -> Answer:
    mismatch = standing.request_sha256 != sha256
    if mismatch and bot.strict_idempotency:
        raise IdempotencyKeyReused
    if standing.answer is None:
        raise standing.error or WebhookFailed(in_doubt=True)
    if standing.state != "succeeded":
        return standing.answer
    replayed = standing.stored or not first
    status = REPLAYED if replayed else standing.answer.status
    return Answer(status, standing.answer.body, replayed=replayed, mismatch=mismatch)
