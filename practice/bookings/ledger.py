"""The booking ledger: one row for each key, which says what was asked, who works on it, what came of it.

States: ``pending`` (someone works on it, as long as their lease runs), ``succeeded`` (final), ``refused``
(nothing was done; the key may be used again), ``unknown`` (the platform may have done it: only the same
request under the same key will tell).
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from config.settings import LedgerSettings
from config.telemetry import BOOKINGS
from kit.clock import Clock
from kit.db.database import Database
from kit.fault_points import FaultPoints
from kit.ids import new_id
from practice.bookings import repository
from practice.bookings.apply_change import apply_change
from practice.bookings.command import BookingCommand
from practice.bookings.intent_status import Claim, IntentStatus, stored_status
from practice.bookings.leases import Leases
from practice.bookings.record import record_of
from practice.errors import (
    BookingNotFound,
    IdempotencyKeyReused,
    PracticeError,
    SlotUnavailable,
    WebhookError,
)
from practice.outbox.service import Outbox
from practice.partner_response import PartnerResponse
from practice.partners.views import BotView
from practice.platforms.booking_ids import id_of
from practice.platforms.routing import is_embedded
from practice.records.bookings import BookingIntent
from practice.records.finding import find_by, take_turns
from practice.service import RecordsService

NO_DECISION = (408, 425, 429)
"""Refusals of an attempt that decide nothing about an earlier one: too slow, too early, too many."""


class Ledger(RecordsService):
    """Requests by their keys.

    Args:
        clock: The practice's time, for what is shown.
        lease_clock: The machine's time, for who is still at work.
        outbox: Writes down what follows from a fact, in the transaction that settles it; None for nothing.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        lease_clock: Clock,
        settings: LedgerSettings | None = None,
        *,
        outbox: Outbox | None = None,
        on_follow_up: Callable[[], None] | None = None,
        faults: FaultPoints | None = None,
    ) -> None:
        super().__init__(database, clock)
        self._leases = Leases(lease_clock, settings or LedgerSettings())
        self._outbox = outbox
        self._on_follow_up = on_follow_up
        self._faults = faults or FaultPoints()

    async def claim(
        self, bot: BotView, key: str, command: BookingCommand, *, settled_is_enough: bool = False
    ) -> Claim | IntentStatus:
        """Claim a key, or learn how it stands.

        Args:
            settled_is_enough: A refusal or an unknown outcome of this same request is an answer: someone
                else has just asked for it.

        Returns:
            A claim when the platform is to be asked; else the status: ``succeeded``, ``pending`` with
            someone else, or, if enough, settled otherwise.
        """
        found: Claim | IntentStatus | None = None
        while found is None:
            async with self._database.session() as session:
                found = await self._claim_new(session, bot, key, command) or await self._claim_again(
                    session, bot, key, command, settled_is_enough=settled_is_enough
                )
                if isinstance(found, Claim):
                    self._faults.reach("ledger.claiming")
        if isinstance(found, Claim):
            self._faults.reach("ledger.claimed")
        return found

    async def take_over(self, bot: BotView, intent_id: str) -> Claim | IntentStatus:
        """Claim a request that nobody works on and whose outcome is unknown."""
        async with self._database.session() as session:
            intent = await find_by(session, BookingIntent, id=intent_id, lock=True)
            if intent is None or intent.bot_id != bot.id:
                raise BookingNotFound
            if not self._leases.is_open(intent):
                return stored_status(intent)
            intent.in_doubt = True
            claim = self._retake(intent)
            self._faults.reach("ledger.claiming")
        self._faults.reach("ledger.claimed")
        return claim

    async def is_leased(self, intent_id: str) -> bool:
        """Tell whether someone works on a request."""
        async with self._database.reading() as session:
            intent = await repository.find_intent(session, intent_id)
            return intent is not None and self._leases.holds(intent)

    async def renew(self, claim: Claim) -> bool:
        """Extend a claim's lease."""
        return await self._note(claim)

    async def note_in_doubt(self, claim: Claim, attempts: int) -> bool:
        """Write down that an attempt may have reached the platform, after so many under this claim."""
        return await self._note(claim, in_doubt=True, attempts=claim.intent.attempts + attempts)

    async def settle(
        self,
        bot: BotView,
        claim: Claim,
        answer: PartnerResponse | None,
        error: PracticeError | None,
        *,
        in_doubt: bool = False,
    ) -> IntentStatus:
        """Write down what came of it, maybe in doubt, and plan what follows, in one transaction."""
        now = self._clock()
        values = _outcome(claim.intent, answer, error, now, in_doubt=in_doubt)
        done = values["state"] == "succeeded"
        async with self._database.session() as session:
            intent = await repository.update_claimed(session, claim.intent, values)
            if intent is None:
                intent = await find_by(session, BookingIntent, id=claim.intent.id, lock=True)
                if intent is None or intent.state == "succeeded" or not done:
                    # Someone took over; what they found counts.
                    return stored_status(intent) if intent else IntentStatus(claim.intent)
                # A booking is news to anyone.
                request = {"request": claim.intent.request, "request_sha256": claim.intent.request_sha256}
                set_columns(intent, values | request)
            if done and intent.operation != "book":
                await apply_change(session, bot, intent)
            planned = self._outbox is not None and await self._outbox.plan(session, bot, intent, now)
            self._faults.reach("ledger.settling")
        self._faults.reach("ledger.settled")
        BOOKINGS.labels(intent.operation, intent.state).inc()
        if planned and self._on_follow_up is not None:
            self._on_follow_up()
        return IntentStatus(intent, answer, error)

    async def _claim_new(
        self, session: AsyncSession, bot: BotView, key: str, command: BookingCommand
    ) -> Claim | None:
        """Insert a row; None when the key has one."""
        now = self._clock()
        values = {
            "id": new_id("intent", now),
            "partner_id": bot.partner_id,
            "bot_id": bot.id,
            "account_id": bot.account_id,
            "operation": command.operation,
            "idempotency_key": key,
            "state": "pending",
            "in_doubt": False,
            "owner": secrets.token_hex(8),
            "lease_until": self._leases.until(),
            "attempts": 1,
            "created_at": now,
            "updated_at": now,
            **await _requested(session, bot, command),
        }
        if not await repository.insert_intent(session, values):
            return None
        intent = BookingIntent(**values)
        await _guard(session, bot, intent)
        return Claim(intent)

    async def _claim_again(
        self,
        session: AsyncSession,
        bot: BotView,
        key: str,
        command: BookingCommand,
        *,
        settled_is_enough: bool,
    ) -> Claim | IntentStatus | None:
        """Claim a key that has a row, or learn how it stands; None when it was purged meanwhile."""
        intent = await find_by(
            session, BookingIntent, partner_id=bot.partner_id, bot_id=bot.id, idempotency_key=key, lock=True
        )
        if intent is None:
            return None
        check_same(intent, command)
        if intent.state == "succeeded" or self._leases.holds(intent):
            return stored_status(intent)
        if intent.state == "pending":
            # Whoever held it fell silent, perhaps after asking.
            intent.in_doubt = True
        elif settled_is_enough and intent.request_sha256 == command.sha256:
            return stored_status(intent)
        if not intent.in_doubt:
            # Nothing came of the earlier request, so the key is free for this one.
            set_columns(intent, await _requested(session, bot, command))
            intent.given_up_at = None
            await _guard(session, bot, intent)
        return self._retake(intent)

    def _retake(self, intent: BookingIntent) -> Claim:
        intent.state = "pending"
        intent.owner, intent.lease_until = secrets.token_hex(8), self._leases.until()
        intent.attempts += 1
        intent.updated_at = self._clock()
        return Claim(intent)

    async def _note(self, claim: Claim, **values: Any) -> bool:
        values["lease_until"] = self._leases.until()
        async with self._database.session() as session:
            return await repository.update_claimed(session, claim.intent, values) is not None


def check_same(intent: BookingIntent, command: BookingCommand) -> None:
    """Let a key be used for one operation on one booking only."""
    other = command.operation != "book" and intent.booking_id != command.booking_id
    if intent.operation != command.operation or other:
        raise IdempotencyKeyReused


def set_columns(intent: BookingIntent, values: Mapping[str, Any]) -> None:
    """Set columns of a row by their names."""
    for name, value in values.items():
        setattr(intent, name, value)


async def _requested(session: AsyncSession, bot: BotView, command: BookingCommand) -> dict[str, Any]:
    """Give the columns that say what is asked for."""
    end = command.end
    if command.start is not None and end is None:
        booked = await repository.list_booked_of(session, bot, command.booking_id or "")
        if booked and booked[0].slot_start and booked[0].slot_end:
            end = command.start + (booked[0].slot_end - booked[0].slot_start)
    return {
        "request": dict(command.content),
        "request_sha256": command.sha256,
        "booking_id": command.booking_id,
        "slot_start": command.start,
        "slot_end": end,
        "practitioner_id": command.practitioner_id,
    }


async def _guard(session: AsyncSession, bot: BotView, intent: BookingIntent) -> None:
    """Refuse a time that the ledger knows as taken; the refusal leaves nothing behind."""
    embedded = is_embedded(bot)
    guards = embedded if bot.guards_slots is None else bot.guards_slots
    if not guards or intent.slot_start is None or intent.slot_end is None:
        return
    if embedded and intent.practitioner_id is None:
        return  # Without a practitioner's name the embedded calendar finds one who is free.
    # Nobody else looks at the slots of a partner's account before the transaction ends.
    await take_turns(session, f"slots {bot.partner_id} {bot.account_id}")
    if await repository.is_taken(session, intent, exact=embedded):
        raise SlotUnavailable


def _outcome(
    claimed: BookingIntent,
    answer: PartnerResponse | None,
    error: PracticeError | None,
    now: datetime,
    *,
    in_doubt: bool,
) -> dict[str, Any]:
    """Give the columns that say what came of it."""
    # A failed attempt says nothing about an earlier one whose outcome is unknown.
    in_doubt = claimed.in_doubt or in_doubt
    made: dict[str, Any] = {}
    if answer is not None and answer.status < 300:  # noqa: PLR2004 - HTTP's own classes
        in_doubt, made = False, _made(claimed, answer)
    elif answer is not None:
        in_doubt = in_doubt and answer.status in NO_DECISION
    else:
        in_doubt = in_doubt or (isinstance(error, WebhookError) and error.in_doubt)
    return {
        "state": "succeeded" if made else "unknown" if in_doubt else "refused",
        "in_doubt": in_doubt,
        "answer_status": answer.status if answer else None,
        "answer_body": answer.body if answer else None,
        "answer_code": error.code if error else None,
        "updated_at": now,
        **made,
    }


def _made(claimed: BookingIntent, answer: PartnerResponse) -> dict[str, Any]:
    """Give the columns of a success."""
    booking = answer.body.get("booking")
    booking = booking if isinstance(booking, dict) else {}
    values = {"given_up_at": None, **record_of(booking, claimed)}
    if claimed.operation == "book":
        values["booking_id"] = id_of(booking)
    return values
