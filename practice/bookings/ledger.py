"""The booking ledger: one row for each key, which says what was asked, who works on it, what came of it.

States: ``pending`` (someone works on it, as long as their lease runs), ``succeeded`` (final), ``refused``
(nothing was done; the key may be used again), ``unknown`` (the platform may have done it: only the same
request under the same key will tell).
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from config.settings import LedgerSettings
from kit.clock import Clock
from kit.db.database import Database
from kit.fault_points import FaultPoints
from kit.ids import new_id
from practice.bookings import repository
from practice.bookings.apply_change import follow, list_booked_of
from practice.bookings.command import BookingCommand
from practice.bookings.intent_status import Claim, IntentStatus, intent_status_of
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
from practice.records.bookings import BookingIntent

NO_DECISION = (408, 425, 429)
"""Refusals of an attempt that decide nothing about an earlier one: too slow, too early, too many."""


class Ledger:
    """Requests by their keys.

    Args:
        clock: The practice's time, for what is shown.
        lease_clock: The machine's time, for who is still at work.
        outbox: Writes down what follows from a fact, in the transaction that settles it; None for nothing.
        faults: Where a test has the process die.
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
        self._database = database
        self._clock = clock
        self._leases = Leases(lease_clock, settings or LedgerSettings())
        self._outbox = outbox
        self._on_follow_up = on_follow_up
        self._faults = faults or FaultPoints()

    async def claim(
        self, bot: BotView, key: str, wish: BookingCommand, *, settled_is_enough: bool = False
    ) -> Claim | IntentStatus:
        """Claim a key, or learn how it stands.

        Args:
            settled_is_enough: A refusal or doubt about this same request is an answer: someone else has
                just asked for it.

        Returns:
            A claim when the platform is to be asked; else the standing: ``succeeded``, ``pending`` with
            someone else, or, if enough, settled otherwise.

        Raises:
            IdempotencyKeyReused: The key was used for another operation or another booking.
            SlotUnavailable: The time is known to be taken, and the bot guards its slots.
        """
        found: Claim | IntentStatus | None = None
        while found is None:
            async with self._database.session() as session:
                found = await self._claim_new(session, bot, key, wish) or await self._claim_again(
                    session, bot, key, wish, settled_is_enough=settled_is_enough
                )
                if isinstance(found, Claim):
                    self._faults.reach("ledger.claiming")
        if isinstance(found, Claim):
            self._faults.reach("ledger.claimed")
        return found

    async def take_over(self, bot: BotView, intent_id: str) -> Claim | IntentStatus:
        """Claim what nobody works on and nobody knows the end of.

        Returns:
            A claim when the platform is to be asked; else the standing.

        Raises:
            BookingNotFound: There is no such row.
        """
        async with self._database.session() as session:
            intent = await repository.lock_intent(session, intent_id)
            if intent is None or intent.bot_id != bot.id:
                raise BookingNotFound
            at_work = self._leases.holds(intent.state, intent.lease_until)
            if at_work or intent.state in {"succeeded", "refused"}:
                return intent_status_of(intent)
            intent.in_doubt = True
            claim = self._retake(intent)
            self._faults.reach("ledger.claiming")
        self._faults.reach("ledger.claimed")
        return claim

    async def is_known(self, bot: BotView, key: str) -> bool:
        """Tell whether a key's request is made, or may be: asking again is no new request."""
        async with self._database.reading() as session:
            intent = await repository.find_by_key(session, bot.partner_id, bot.id, key)
            return intent is not None and intent.state != "refused"

    async def is_at_work(self, intent_id: str) -> bool:
        """Tell whether someone holds a row."""
        async with self._database.reading() as session:
            intent = await session.get(BookingIntent, intent_id)
        return intent is not None and self._leases.holds(intent.state, intent.lease_until)

    async def renew(self, claim: Claim) -> bool:
        """Say that the work goes on.

        Returns:
            False when someone else has taken it over.
        """
        return await self._note(claim)

    async def doubt(self, claim: Claim, attempts: int) -> bool:
        """Say that an attempt may have reached the platform, and that another one follows.

        Args:
            attempts: How many there were under this claim.

        Returns:
            False when someone else has taken it over.
        """
        return await self._note(claim, in_doubt=True, attempts=claim.attempts + attempts)

    async def settle(
        self,
        bot: BotView,
        claim: Claim,
        answer: PartnerResponse | None,
        error: PracticeError | None,
        *,
        in_doubt: bool = False,
    ) -> IntentStatus:
        """Write down what came of it, and plan what follows, in one transaction.

        Args:
            answer: The platform's answer, if it gave one.
            error: Ours, if it gave none.
            in_doubt: An attempt under this claim may have reached the platform.
        """
        now = self._clock()
        values = _outcome(claim, answer, error, now, in_doubt=in_doubt)
        done = values["state"] == "succeeded"
        async with self._database.session() as session:
            intent = await repository.update_owned(session, claim.intent_id, claim.owner, values)
            if intent is None:
                intent = await repository.lock_intent(session, claim.intent_id)
                if intent is None or intent.state == "succeeded" or not done:
                    # Someone took over; what they found is what counts.
                    return intent_status_of(intent) if intent else claim.intent_status
                # A booking is news to anyone.
                values |= {"request": dict(claim.request), "request_sha256": claim.request_sha256}
                _set(intent, values)
            if done and intent.operation != "book":
                await follow(session, bot, claim.intent_status, intent)
            if self._outbox is not None and intent.state != "refused":
                await self._outbox.plan(session, bot, intent, now)
            self._faults.reach("ledger.settling")
        self._faults.reach("ledger.settled")
        if self._on_follow_up is not None and intent.state != "refused":
            self._on_follow_up()
        return replace(intent_status_of(intent), answer=answer, error=error, stored=False)

    async def _claim_new(
        self, session: AsyncSession, bot: BotView, key: str, wish: BookingCommand
    ) -> Claim | None:
        """Insert a row; None when the key has one."""
        values = self._new_row(bot, key, wish, await self._wished(session, bot, wish))
        if not await repository.insert_intent(session, values):
            return None
        await self._guard(session, bot, wish, values)
        return _new_claim(key, wish, values)

    def _new_row(
        self, bot: BotView, key: str, wish: BookingCommand, wished: dict[str, Any]
    ) -> dict[str, Any]:
        now, owner = self._clock(), secrets.token_hex(8)
        return {
            "id": new_id("intent", now),
            "partner_id": bot.partner_id,
            "bot_id": bot.id,
            "account_id": bot.account_id,
            "operation": wish.operation,
            "idempotency_key": key,
            "state": "pending",
            "in_doubt": False,
            "owner": owner,
            "lease_until": self._leases.until(),
            "attempts": 1,
            "created_at": now,
            "updated_at": now,
            **wished,
        }

    async def _claim_again(
        self, session: AsyncSession, bot: BotView, key: str, wish: BookingCommand, *, settled_is_enough: bool
    ) -> Claim | IntentStatus | None:
        """Claim a key that has a row, or learn how it stands; None when it was purged meanwhile."""
        intent = await repository.lock_key(session, bot.partner_id, bot.id, key)
        if intent is None:
            return None
        check_same(intent_status_of(intent), wish)
        if intent.state == "succeeded" or self._leases.holds(intent.state, intent.lease_until):
            return intent_status_of(intent)
        if intent.state == "pending":
            # Whoever held it fell silent, perhaps after asking.
            intent.in_doubt = True
        elif settled_is_enough and intent.request_sha256 == wish.sha256:
            return intent_status_of(intent)
        if not intent.in_doubt:
            # Nothing came of the earlier request, so the key is free for this one.
            values = await self._wished(session, bot, wish)
            await self._guard(session, bot, wish, {"id": intent.id, **values})
            _set(intent, {**values, "given_up_at": None})
        return self._retake(intent)

    def _retake(self, intent: BookingIntent) -> Claim:
        intent.state, intent.owner, intent.lease_until = (
            "pending",
            secrets.token_hex(8),
            self._leases.until(),
        )
        intent.attempts += 1
        intent.updated_at = self._clock()
        intent_status = intent_status_of(intent)
        return Claim(
            intent.owner,
            intent.idempotency_key,
            intent_status,
            intent.in_doubt,
            intent.attempts,
        )

    async def _wished(self, session: AsyncSession, bot: BotView, wish: BookingCommand) -> dict[str, Any]:
        """Give the columns that say what is asked for."""
        end = wish.end
        if wish.start is not None and end is None:
            booked = await list_booked_of(session, bot, wish.booking_id or "")
            if booked and booked[0].slot_start and booked[0].slot_end:
                end = wish.start + (booked[0].slot_end - booked[0].slot_start)
        return _wished(wish, end)

    async def _guard(
        self, session: AsyncSession, bot: BotView, wish: BookingCommand, values: dict[str, Any]
    ) -> None:
        """Refuse a time that the ledger knows as taken; the refusal leaves nothing behind."""
        start, end = values["slot_start"], values["slot_end"]
        if not _guards(bot, start, end, wish.practitioner_id):
            return
        await repository.lock_slots(session, bot.partner_id, bot.account_id)
        asked = BookingCommand(wish.operation, {}, "", wish.booking_id, start, end, wish.practitioner_id)
        if await repository.is_taken(
            session, bot.partner_id, bot.account_id, values["id"], asked, exact=is_embedded(bot)
        ):
            raise SlotUnavailable

    async def _note(self, claim: Claim, **values: Any) -> bool:
        values["lease_until"] = self._leases.until()
        async with self._database.session() as session:
            return await repository.update_owned(session, claim.intent_id, claim.owner, values) is not None


def _set(intent: BookingIntent, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(intent, name, value)


def is_embedded(bot: BotView) -> bool:
    """Tell whether a bot's platform is the embedded calendar."""
    return bot.embedded and bot.webhook_url is None


def _guards(bot: BotView, start: datetime | None, end: datetime | None, practitioner_id: str | None) -> bool:
    """Tell whether a time has to be looked up before it is asked for."""
    guards = is_embedded(bot) if bot.guards_slots is None else bot.guards_slots
    if not guards or start is None or end is None:
        return False
    # Without a practitioner's name the embedded calendar finds one who is free.
    return practitioner_id is not None or not is_embedded(bot)


def _wished(wish: BookingCommand, end: datetime | None) -> dict[str, Any]:
    return {
        "request": dict(wish.content),
        "request_sha256": wish.sha256,
        "booking_id": wish.booking_id,
        "slot_start": wish.start,
        "slot_end": end,
        "practitioner_id": wish.practitioner_id,
    }


def _new_claim(key: str, wish: BookingCommand, values: dict[str, Any]) -> Claim:
    intent_status = IntentStatus(
        "pending",
        values["id"],
        wish.operation,
        wish.booking_id,
        wish.content,
        wish.sha256,
        values["slot_start"],
        values["slot_end"],
    )
    return Claim(
        values["owner"],
        key,
        intent_status,
        in_doubt=False,
        attempts=1,
    )


def check_same(intent_status: IntentStatus, wish: BookingCommand) -> None:
    """Let a key be used for one operation on one booking only.

    Raises:
        IdempotencyKeyReused: That is something else.
    """
    other = wish.operation != "book" and intent_status.booking_id != wish.booking_id
    if intent_status.operation != wish.operation or other:
        raise IdempotencyKeyReused


def _outcome(
    claim: Claim,
    answer: PartnerResponse | None,
    error: PracticeError | None,
    now: datetime,
    *,
    in_doubt: bool,
) -> dict[str, Any]:
    """Give the columns that say what came of it."""
    # A failed attempt says nothing about an earlier one that is still in doubt.
    doubt = claim.in_doubt or in_doubt
    made: dict[str, Any] = {}
    if answer is not None and answer.status < 300:  # noqa: PLR2004 - HTTP's own classes
        state, doubt, made = "succeeded", False, _made(claim, answer)
    elif answer is not None:
        doubt = doubt and answer.status in NO_DECISION
        state = "unknown" if doubt else "refused"
    else:
        doubt = doubt or (isinstance(error, WebhookError) and error.in_doubt)
        state = "unknown" if doubt else "refused"
    return {
        "state": state,
        "in_doubt": doubt,
        "answer_status": answer.status if answer else None,
        "answer_body": answer.body if answer else None,
        "answer_code": error.code if error else None,
        "updated_at": now,
        **made,
    }


def _made(claim: Claim, answer: PartnerResponse) -> dict[str, Any]:
    """Give the columns of a success."""
    booking = answer.body.get("booking")
    booking = booking if isinstance(booking, dict) else {}
    values = {"given_up_at": None, **record_of(booking, claim.intent_status)}
    if claim.intent_status.operation == "book":
        values["booking_id"] = id_of(booking)
    return values
