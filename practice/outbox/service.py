"""The outbox: what is to be done later is written in the transaction that makes it necessary."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from config.settings import FollowUpSettings
from kit.ids import new_id
from language.phone import find_e164, find_region
from practice.outbox import repository
from practice.outbox.wording import Occasion, code_text, hand_off_text, text_message
from practice.partners.views import BotView
from practice.platforms.booking_ids import id_of
from practice.records.accounts import Account
from practice.records.bookings import BookingIntent
from practice.records.chat_sessions import ChatSession
from practice.records.practices import Practice

BOOKED = ("confirmed", "accepted")
"""Statuses of an appointment that stands. ``pending`` is one that was asked for, any other is none."""

RESOLVE, EVENT, CONFIRMATION, REMINDER = "resolve", "event", "confirmation_sms", "reminder_sms"
TEXT_MESSAGES = (CONFIRMATION, REMINDER)
HAND_OFF_EVENT, HAND_OFF_SMS = "hand_off_event", "hand_off_sms"
"""Reminders of a hand-off that nobody has taken."""
REPLY_SMS = "reply_sms"
"""What a person answers to a patient's text message."""
CODE_SMS = "code_sms"
"""A code by which a patient shows that the number on record is theirs."""

EVENT_TYPES = {"book": "booking.created", "cancel": "booking.cancelled", "reschedule": "booking.rescheduled"}
_OCCASIONS: dict[str, Occasion] = {"book": "booked", "cancel": "cancelled", "reschedule": "moved"}


_HAND_OFF_LIFETIME = timedelta(hours=12)
"""A reminder that could not be sent for so long tells nobody anything."""

_LONGEST_REPLY = 1400
"""Characters; carriers take 1,600, with the practice's name before them."""

Row = dict[str, Any]
"""A follow-up to be."""


@dataclass(frozen=True, slots=True)
class _Appointment:
    """What a text message needs to know."""

    start: datetime
    phone: str
    service: str | None


class Outbox:
    """Writes follow-ups beside the facts they follow; text messages only where they can be sent."""

    def __init__(self, settings: FollowUpSettings, *, sends_sms: bool = True) -> None:
        self._reminder = timedelta(hours=settings.reminder_hours)
        self._hand_off_reminder = timedelta(minutes=settings.hand_off_minutes)
        self._first_resolve = timedelta(seconds=settings.resolve_first_seconds)
        self._sends_sms = sends_sms

    async def plan(self, session: AsyncSession, bot: BotView, intent: BookingIntent, now: datetime) -> bool:
        """Plan what follows from what just became of a booking request; the same fact again plans nothing."""
        if intent.state == "unknown":
            # It was asked just now: give the platform a moment.
            return await self.plan_resolve(session, bot, intent, now, due_at=now + self._first_resolve)
        if intent.state != "succeeded":
            return False
        rows = [
            *await self._event(session, bot, intent, now),
            *await self._text_messages(session, bot, intent, now),
        ]
        return any([await repository.insert_follow_up(session, row) for row in rows])

    async def plan_resolve(
        self, session: AsyncSession, bot: BotView, intent: BookingIntent, now: datetime, *, due_at: datetime
    ) -> bool:
        """Plan to find out about a booking of unknown outcome, unless someone is about to."""
        if await repository.has_live_resolve(session, intent.id):
            return False
        # A key's outcome may be unknown again after it was settled: each time is a fact of its own.
        fact = f"resolve:{intent.id}:{intent.attempts}"
        row = follow_up_row(bot, RESOLVE, fact, due_at, {}, now, intent)
        return await repository.insert_follow_up(session, row)

    async def plan_hand_off(
        self, session: AsyncSession, bot: BotView, row: ChatSession, phone: str | None, now: datetime
    ) -> datetime:
        """Plan to tell the partner of a hand-off, and remind a number, if any, while nobody has taken it."""
        due = now + (timedelta(0) if row.urgency == "emergency" else self._hand_off_reminder)
        told = {"id": row.id, "reason": row.reason, "urgency": row.urgency}
        if await repository.takes_events(session, bot.partner_id):
            for kind, event, at in ((EVENT, "created", now), (HAND_OFF_EVENT, "waiting", due)):
                payload = event_payload(f"chat_session.{event}", at, bot, chat_session=told)
                payload |= {"session_id": row.id} if event == "waiting" else {}
                fact = f"event:chat_session.{event}:{row.id}"
                await repository.insert_follow_up(session, follow_up_row(bot, kind, fact, at, payload, now))
        if phone is not None and self._sends_sms:
            words = hand_off_text(bot.name, row.reason, row.urgency)
            text = text_payload("hand_off", phone, words, due + _HAND_OFF_LIFETIME, session_id=row.id)
            sms = follow_up_row(bot, HAND_OFF_SMS, f"sms:hand_off:{row.id}", due, text, now)
            await repository.insert_follow_up(session, sms)
        return due

    async def plan_reply(
        self, session: AsyncSession, bot: BotView, fact: str, number: str, text: str, now: datetime
    ) -> None:
        """Plan to text a patient what a person has answered, in as many messages as that takes.

        Without Twilio's account they are dead at once, for everybody to see.
        """
        parts = [text[place : place + _LONGEST_REPLY] for place in range(0, len(text), _LONGEST_REPLY)]
        for place, part in enumerate(parts):
            payload = text_payload("message", number, f"{bot.name}: {part}", now + _HAND_OFF_LIFETIME)
            row = follow_up_row(bot, REPLY_SMS, f"{fact}:{place}", now, payload, now)
            await repository.insert_follow_up(session, row)

    async def can_text(self, session: AsyncSession, bot: BotView) -> bool:
        """Tell whether texts may be sent for a bot at all: the operator has granted its account."""
        return self._sends_sms and await repository.find_granted_account(session, bot) is not None

    async def plan_code(
        self,
        session: AsyncSession,
        bot: BotView,
        check_id: str,
        number: str,
        expires_at: datetime,
        now: datetime,
    ) -> None:
        """Plan to text somebody the code of a check; the code is made as it is sent, and stands nowhere."""
        practice = await session.get(Practice, bot.practice_id) if bot.practice_id else None
        text = code_text(practice.name if practice else bot.name)
        payload = text_payload("code", number, text, expires_at, check=check_id)
        row = follow_up_row(bot, CODE_SMS, f"sms:code:{check_id}", now, payload, now)
        await repository.insert_follow_up(session, row)

    async def _event(
        self, session: AsyncSession, bot: BotView, intent: BookingIntent, now: datetime
    ) -> list[Row]:
        if not await repository.takes_events(session, bot.partner_id):
            return []
        kind = EVENT_TYPES[intent.operation]
        told = {"idempotency_key": intent.idempotency_key, "booking": _answered(intent)}
        payload = event_payload(kind, now, bot, **told)
        return [follow_up_row(bot, EVENT, f"event:{kind}:{intent.id}", now, payload, now, intent)]

    async def _text_messages(
        self, session: AsyncSession, bot: BotView, intent: BookingIntent, now: datetime
    ) -> list[Row]:
        if intent.operation != "book" and intent.booking_id is not None:
            await repository.cancel_text_messages(session, bot, intent.booking_id, TEXT_MESSAGES, now)
        sends_any = self._sends_sms and (bot.confirmation_sms or bot.reminder_sms)
        if not sends_any or not _may_be_told(intent):
            return []
        account = await repository.find_granted_account(session, bot)
        if account is None:
            return []  # the operator's number speaks for practices that the operator has granted
        appointment = await _appointment(session, bot, intent)
        if appointment is None or appointment.start <= now:
            return []
        rows: list[Row] = []
        if bot.confirmation_sms:
            payload = await _text(session, bot, account, _OCCASIONS[intent.operation], appointment)
            rows.append(
                follow_up_row(bot, CONFIRMATION, f"sms:confirmation:{intent.id}", now, payload, now, intent)
            )
        if bot.reminder_sms and intent.operation != "cancel":
            for fact, before in await self._reminders(session, bot):
                due = appointment.start - before
                if due > now:
                    payload = await _text(session, bot, account, "reminder", appointment)
                    rows.append(
                        follow_up_row(bot, REMINDER, f"{fact}:{intent.id}", due, payload, now, intent)
                    )
        return rows

    async def _reminders(self, session: AsyncSession, bot: BotView) -> list[tuple[str, timedelta]]:
        """Give how long before an appointment reminders go out, each with its fact's beginning."""
        practice = await session.get(Practice, bot.practice_id) if bot.practice_id else None
        if practice is None or not practice.reminder_hours:
            return [("sms:reminder", self._reminder)]
        return [(f"sms:reminder-{hours}h", timedelta(hours=hours)) for hours in practice.reminder_hours]


def text_payload(occasion: str, to: str, text: str, until: datetime, **more: Any) -> dict[str, Any]:
    """Write a text message that is worth sending until a moment, such as the appointment's start."""
    return {"occasion": occasion, "to": to, "text": text, "start_at": until.isoformat(), **more}


def event_payload(kind: str, now: datetime, bot: BotView, **more: Any) -> dict[str, Any]:
    """Write an event: the text that is signed and sent, so that every attempt sends the same bytes."""
    data = {"partner_id": bot.partner_id, "bot_id": bot.id, "account_id": bot.account_id, **more}
    event = {"type": kind, "timestamp": now.isoformat().replace("+00:00", "Z"), "data": data}
    return {"type": kind, "body": json.dumps(event, separators=(",", ":"))}


def follow_up_row(
    bot: BotView,
    kind: str,
    fact: str,
    due_at: datetime,
    payload: dict[str, Any],
    now: datetime,
    intent: BookingIntent | None = None,
) -> Row:
    """Make the row of a follow-up; the same fact is followed once."""
    return {
        "id": new_id("fup", now),
        "workflow_id": fact,
        "kind": kind,
        "partner_id": bot.partner_id,
        "bot_id": bot.id,
        "intent_id": None if intent is None else intent.id,
        "booking_id": None if intent is None else _id_now(intent),
        "payload": payload,
        "due_at": due_at,
        "state": "waiting",
        "attempts": 0,
        "last_error": None,
        "created_at": now,
        "updated_at": now,
    }


async def _text(
    session: AsyncSession, bot: BotView, account: Account, occasion: Occasion, appointment: _Appointment
) -> dict[str, Any]:
    practice = await session.get(Practice, bot.practice_id) if bot.practice_id else None
    own_number = bot.phone_numbers[0] if bot.phone_numbers else bot.transfer_number
    text = text_message(
        occasion,
        practice=practice.name if practice else account.name,
        start=appointment.start,
        timezone=bot.timezone,
        language=bot.language,
        service=appointment.service,
        phone=(practice.phone if practice else None) or own_number,
    )
    return text_payload(occasion, appointment.phone, text, appointment.start)


def _may_be_told(intent: BookingIntent) -> bool:
    """Tell whether a patient may be told that it is done: a platform may take a request and not book it."""
    status = intent.booking_status
    return intent.operation == "cancel" or status is None or status.lower() in BOOKED


def _answered(intent: BookingIntent) -> Mapping[str, Any]:
    """Give the booking as the platform answered it."""
    answered = (intent.answer_body or {}).get("booking")
    return answered if isinstance(answered, Mapping) else intent.booking or {}


def _id_now(intent: BookingIntent) -> str | None:
    """Give the id of a booking after what became of the intent: one that was moved may have another."""
    moved = intent.operation == "reschedule" and intent.state == "succeeded"
    return (id_of(_answered(intent)) if moved else None) or intent.booking_id


async def _appointment(session: AsyncSession, bot: BotView, intent: BookingIntent) -> _Appointment | None:
    """Gather what is known of an appointment; None without a time or a number to write to."""
    booked, booking_id = intent, _id_now(intent)
    if intent.operation != "book" and booking_id is not None:
        booked = await repository.find_booked(session, bot, booking_id) or intent
    answered, asked = _answered(intent), booked.request
    start = intent.slot_start or _moment(answered.get("start_at")) or booked.slot_start
    numbers = (_inner(asked, "customer").get("phone"), _inner(answered, "customer").get("phone"))
    phone = next((found for number in numbers if (found := _e164(number, bot))), None)
    if start is None or phone is None:
        return None
    service = _inner(answered, "service").get("name") or _inner(booked.booking, "service").get("name")
    service_id = asked.get("service_id")
    if not isinstance(service, str) and isinstance(service_id, str):
        service = await repository.find_service_name(session, bot.practice_id, service_id)
    return _Appointment(start, phone, service if isinstance(service, str) else None)


def _inner(values: Mapping[str, Any] | None, name: str) -> Mapping[str, Any]:
    inner = (values or {}).get(name)
    return inner if isinstance(inner, Mapping) else {}


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else None


def _e164(number: Any, bot: BotView) -> str | None:
    """Write a number as E.164, reading it as one of the bot's own country when it does not say."""
    if not isinstance(number, str):
        return None
    return find_e164(number, find_region(bot.phone_numbers[0]) if bot.phone_numbers else None)
