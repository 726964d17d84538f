"""Who is told of a new message, and of a hand-off that nobody takes, beside the inbox itself."""

import functools
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.timestamps import timestamp
from kit.clock import Clock
from practice.outbox import repository
from practice.outbox.service import event_payload, follow_up_row, text_payload
from practice.outbox.wording import hand_off_subject, hand_off_text, message_mail, message_text
from practice.partners.views import BotView
from practice.records.chat_sessions import ChatSession
from practice.records.practices import Practice
from practice.records.staff import StaffMember, StaffSite
from practice.records.staff_messages import Recording, StaffMessage

MESSAGE_EVENT, MESSAGE_SMS, MESSAGE_EMAIL = "event", "message_sms", "message_email"
HAND_OFF_EMAIL = "hand_off_email"
FETCH_RECORDING = "fetch_recording"
LIFETIME = timedelta(hours=12)
"""News that could not be told for so long is found in the inbox."""


class Notifications:
    """Plans news for a practice's people; each is sent once."""

    def __init__(
        self, clock: Clock, on_follow_up: Callable[[], None], *, sends_sms: bool, sends_email: bool
    ) -> None:
        self._clock = clock
        self._on_follow_up = on_follow_up
        self._sends_sms = sends_sms
        self._sends_email = sends_email

    async def plan_message(self, session: AsyncSession, bot: BotView, message: StaffMessage) -> None:
        """Plan who is told of a new message, in the transaction in which it is kept."""
        now = self._clock()
        row, rows = functools.partial(follow_up_row, bot, now=now), list[dict[str, Any]]()
        practice = await session.get(Practice, bot.practice_id) if bot.practice_id is not None else None
        if await session.get(Recording, message.id) is not None:
            kept = {"message_id": message.id}
            rows.append(row(FETCH_RECORDING, f"recording:{message.id}", now, kept))
        if await repository.takes_events(session, bot.partner_id):
            payload = event_payload("message.created", now, bot, message=_told(message))
            rows.append(row(MESSAGE_EVENT, f"event:message.created:{message.id}", now, payload))
        name = practice.name if practice is not None else bot.name
        if practice is not None and self._sends_email:
            subject, text = message_mail(name, message, bot)
            for address in practice.message_emails or ():
                mail = {"to": address, "subject": subject, "text": text}
                rows.append(row(MESSAGE_EMAIL, f"email:message:{message.id}:{address}", now, mail))
        if practice is not None and self._sends_sms:
            for number in practice.message_numbers or ():
                words = message_text(name, message.kind, message.urgency)
                sms = text_payload("message", number, words, now + LIFETIME)
                rows.append(row(MESSAGE_SMS, f"sms:message:{message.id}:{number}", now, sms))
        await self._insert(session, rows)

    async def plan_hand_off(
        self, session: AsyncSession, bot: BotView, row: ChatSession, due: datetime
    ) -> None:
        """Plan a mail to those who can take a hand-off, for when nobody has by then."""
        if not self._sends_email or bot.site_id is None:
            return
        text = hand_off_text(bot.name, row.reason, row.urgency)
        subject = hand_off_subject(bot.name, row.urgency)
        mail = {"subject": subject, "text": text, "session_id": row.id}
        rows = []
        for address in await _staff_addresses(session, bot.site_id):
            fact, payload = f"email:hand_off:{row.id}:{address}", {"to": address, **mail}
            rows.append(follow_up_row(bot, HAND_OFF_EMAIL, fact, due, payload, self._clock()))
        await self._insert(session, rows)

    async def _insert(self, session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
        for one in rows:
            await repository.insert_follow_up(session, one)
        if rows:
            self._on_follow_up()


async def _staff_addresses(session: AsyncSession, site_id: int) -> list[str]:
    query = (
        select(StaffMember.email)
        .join(StaffSite, StaffSite.staff_id == StaffMember.id)
        .where(
            StaffSite.site_id == site_id, StaffMember.disabled_at.is_(None), StaffMember.password_hash != ""
        )
        .order_by(StaffMember.email)
    )
    return list(await session.scalars(query))


def _told(message: StaffMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "kind": message.kind,
        "urgency": message.urgency,
        "text": message.text,
        "customer": {"name": message.customer_name, "phone": message.customer_phone},
        "created_at": timestamp(message.created_at),
    }
