"""Who a caller is whose number proves nothing: by name and date of birth, or by a code that is texted.

Whoever asks learns the same of a patient and of nobody: whether it was right, never what was wrong.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.settings import Settings
from contracts.partner_identity import Verdict
from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id
from kit.keyring import Keyring
from language.names import same_name
from language.phone import E164
from practice.outbox.service import BOOKED, Outbox
from practice.partners.views import BotView
from practice.patients import repository
from practice.patients.views import Patient
from practice.records.bookings import Appointment, BookingIntent
from practice.records.encrypted import is_hash_of
from practice.records.finding import take_turns
from practice.records.identity import BirthDate, IdentityCheck
from practice.records.partners import Bot
from practice.records.practices import Practice

Way = Literal["date_of_birth", "code"]
_DAY = timedelta(hours=24)
_KEPT = timedelta(days=2)
"""How long what was tried is kept: it is counted for a day."""


def code_of(keyring: Keyring, check_id: str) -> str:
    """Give the six digits of a check: they stand nowhere, and the installation's key alone gives them."""
    digest = hmac.digest(keyring.derive("identity-code"), check_id.encode(), hashlib.sha256)
    return f"{int.from_bytes(digest) % 1_000_000:06d}"


class Identity:
    """Checks dates of birth and codes, and has codes texted."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        keyring: Keyring,
        outbox: Outbox,
        on_text: Callable[[], None],
    ) -> None:
        self._settings = settings.identity
        self._tries = settings.call.identity_attempts
        self._sender = settings.sms.from_number
        self._database = database
        self._clock = clock
        self._keyring = keyring
        self._outbox = outbox
        self._on_text = on_text

    async def list_ways(self, bot: BotView) -> list[Way]:
        """List how a bot's practice can make sure of somebody; the same for each of its patients."""
        async with self._database.reading() as session:
            practice = await session.get(Practice, bot.practice_id) if bot.practice_id else None
            known = bool(practice is not None and (practice.rules or {}).get("ask_date_of_birth"))
            if not known:
                written_down = select(BirthDate.id).where(BirthDate.account_id == bot.account_id)
                known = await session.scalar(written_down.limit(1)) is not None
            texts = await self._can_text(session, bot)
        ways: list[Way] = ["date_of_birth"] if known else []
        return [*ways, "code"] if texts else ways

    async def check_birth_date(
        self, bot: BotView, conversation: str, phone: E164, name: str, born: str
    ) -> Verdict:
        """Compare a date of birth, ISO 8601, with a name's and number's; a conversation has so many tries."""
        now = self._clock()
        async with self._database.session() as session:
            await take_turns(session, f"identity {phone}")
            if await self._is_locked(session, bot, conversation, phone, now):
                return Verdict(verified=False, locked=True)
            opened = await self._opened_by(session, bot, phone, name, born)
            found = opened is None or bool(opened)
            row = self._row(bot, conversation, "date_of_birth", phone, now)
            row.state = "passed" if found else "failed"
            await self._keep(session, row, now)
            locked = not found and await self._is_locked(session, bot, conversation, phone, now)
        return Verdict(verified=found, booking_ids=opened if found else None, locked=locked)

    async def send_code(self, bot: BotView, conversation: str, phone: E164) -> bool:
        """Have a code texted to a number, if on record, which nobody learns; False if none can be had."""
        now = self._clock()
        async with self._database.session() as session:
            await take_turns(session, f"identity {phone}")
            if not await self._can_text(session, bot):
                return False
            asked = select(func.count()).where(
                IdentityCheck.kind == "code",
                IdentityCheck.created_at > now - _DAY,
                or_(_of_number(bot, phone), _of_conversation(bot, conversation)),
            )
            if (await session.execute(asked)).scalar_one() >= self._settings.daily_codes:
                return False
            row = self._row(bot, conversation, "code", phone, now)
            row.expires_at = now + timedelta(minutes=self._settings.code_minutes)
            if await self._is_on_record(session, bot, phone, now):
                row.state = "open"
                await self._outbox.plan_code(session, bot, row.id, phone, row.expires_at, now)
            await self._keep(session, row, now)
        self._on_text()
        return True

    async def check_code(self, bot: BotView, conversation: str, phone: E164, code: str) -> Verdict:
        """Compare a code with the latest that was asked for in a conversation; it is good once."""
        now = self._clock()
        async with self._database.session() as session:
            query = (
                select(IdentityCheck)
                .where(
                    IdentityCheck.kind == "code", _of_number(bot, phone), _of_conversation(bot, conversation)
                )
                .order_by(IdentityCheck.created_at.desc(), IdentityCheck.id.desc())
                .limit(1)
            )
            row = (await session.scalars(query.with_for_update())).first()
            if row is None or row.expires_at is None or row.expires_at <= now:
                return Verdict(verified=False)
            if row.attempts >= self._settings.code_attempts or row.state == "passed":
                return Verdict(verified=False, locked=True)
            row.attempts += 1
            right = hmac.compare_digest(code_of(self._keyring, row.id), code)
            if right and row.state == "open":
                row.state = "passed"
                return Verdict(verified=True)
            return Verdict(verified=False, locked=row.attempts >= self._settings.code_attempts)

    async def _opened_by(
        self, session: AsyncSession, bot: BotView, phone: E164, name: str, born: str
    ) -> list[str] | None:
        """Give the appointments that a name and a date of birth open; None is all of them."""
        everything = False
        for row in await repository.birth_dates(session, Patient(bot.account_id, phone)):
            # Each is compared, so that it takes as long whichever it is.
            same = hmac.compare_digest(row.date_of_birth, born)
            everything = (same and same_name(row.name, name)) or everything
        bots = select(Bot.id).where(Bot.account_id == bot.account_id)
        query = select(BookingIntent).where(
            BookingIntent.bot_id.in_(bots), BookingIntent.is_for(phone), BookingIntent.operation == "book"
        )
        opened = []
        for request in await session.scalars(query):
            customer = repository.customer_of(request)
            same = hmac.compare_digest(str(customer.get("date_of_birth") or ""), born)
            if same and same_name(str(customer.get("name") or ""), name) and request.booking_id:
                opened.append(request.booking_id)
        return None if everything else opened

    async def _is_locked(
        self, session: AsyncSession, bot: BotView, conversation: str, phone: E164, now: datetime
    ) -> bool:
        failed = select(func.count()).where(
            IdentityCheck.kind == "date_of_birth",
            IdentityCheck.state == "failed",
            IdentityCheck.created_at > now - _DAY,
        )
        of_number = await session.execute(failed.where(_of_number(bot, phone)))
        here = await session.execute(failed.where(_of_conversation(bot, conversation)))
        return of_number.scalar_one() >= self._settings.daily_attempts or here.scalar_one() >= self._tries

    async def _can_text(self, session: AsyncSession, bot: BotView) -> bool:
        return bool(self._sender or bot.phone_numbers) and await self._outbox.can_text(session, bot)

    async def _is_on_record(self, session: AsyncSession, bot: BotView, phone: E164, now: datetime) -> bool:
        if await repository.birth_dates(session, Patient(bot.account_id, phone)):
            return True
        expected = select(Appointment.id).where(
            Appointment.account_id == bot.account_id,
            Appointment.is_of(phone),
            Appointment.status == "confirmed",
            Appointment.start_at > now,
        )
        requested = select(BookingIntent.id).where(
            BookingIntent.account_id == bot.account_id,
            BookingIntent.is_for(phone),
            BookingIntent.booking_status.in_(BOOKED),
            BookingIntent.slot_start > now,
        )
        found = [await session.scalar(one.limit(1)) for one in (expected, requested)]
        return any(found)

    async def _keep(self, session: AsyncSession, row: IdentityCheck, now: datetime) -> None:
        await session.execute(delete(IdentityCheck).where(IdentityCheck.created_at < now - _KEPT))
        session.add(row)
        await session.flush()

    def _row(self, bot: BotView, conversation: str, kind: Way, phone: E164, now: datetime) -> IdentityCheck:
        return IdentityCheck(
            id=new_id("idc", now),
            account_id=bot.account_id,
            bot_id=bot.id,
            conversation=conversation,
            kind=kind,
            phone_hash=phone,
            state="nobody",
            attempts=0,
            created_at=now,
            expires_at=None,
        )


def _of_number(bot: BotView, phone: E164) -> ColumnElement[bool]:
    number = is_hash_of(IdentityCheck.phone_hash, phone)
    return (IdentityCheck.account_id == bot.account_id) & number


def _of_conversation(bot: BotView, conversation: str) -> ColumnElement[bool]:
    return (IdentityCheck.bot_id == bot.id) & (IdentityCheck.conversation == conversation)
