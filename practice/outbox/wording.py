"""What patients and staff are told in writing: every sentence of it, in one place.

Nothing medical beyond the service's own name, plain ASCII around the names (a curly quote would make a text
message of two out of one), at most ``LONGEST`` characters.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from contracts.partner_messages import MessageCustomer, StaffMessage
from language.phone import written
from practice.partners.views import BotView
from practice.records.staff_messages import StaffMessage as Row

LONGEST = 320
_LONGEST_NAME, _LONGEST_SERVICE = 80, 60
_LINK = re.compile(r"[/@]|\w\.\w|\d{5}")
"""An address or a number to call, which no service's name holds: platforms send the names."""

Occasion = Literal["booked", "moved", "cancelled", "reminder"]

_OPENINGS: dict[Occasion, str] = {
    "booked": "you're booked{service} on {when}.",
    "moved": "your appointment{service} has been moved to {when}.",
    "cancelled": "your appointment{service} on {when} has been cancelled.",
    "reminder": "a reminder of your appointment{service} on {when}.",
}


def text_message(
    occasion: Occasion,
    *,
    practice: str,
    start: datetime,
    timezone: str,
    language: str,
    service: str | None = None,
    phone: str | None = None,
) -> str:
    """Word a text about an appointment, in the practice's zone and its language's order of dates."""
    opening = _OPENINGS[occasion].format(
        service=f" for {_cut(service, _LONGEST_SERVICE)}" if service and not _LINK.search(service) else "",
        when=when(start, timezone, language),
    )
    purpose = "To book again" if occasion == "cancelled" else "To change or cancel"
    call = f" {purpose}, call {written(phone)}." if phone else ""
    return f"{_cut(practice, _LONGEST_NAME)}: {opening}{call}"


CODE = "{code}"
"""Where the code goes in its text message."""


def code_text(practice: str) -> str:
    """Word the text message with a code; the code itself is put in as it is sent."""
    named = _cut(practice, _LONGEST_NAME).replace("{", "(").replace("}", ")")
    return f"{named}: {CODE} is your code. Give it only to the one you are talking to now, because you asked."


_ASKED = {
    "book": "It was asked to book an appointment{on}",
    "cancel": "It was asked to cancel the appointment{on}",
    "reschedule": "It was asked to move an appointment{to}",
}


def unknown_outcome_message(
    intent_id: str,
    operation: str,
    customer: Mapping[str, Any],
    start: datetime | None,
    hours: float,
    bot: BotView,
) -> StaffMessage:
    """Word the message that hands a booking, move or cancellation in doubt to the practice's staff."""
    time = when(start, bot.timezone, bot.language) if start else None
    asked = _ASKED[operation].format(on=f" on {time}" if time else "", to=f" to {time}" if time else "")
    text = (
        f"The booking system gave no clear answer for {hours:g} hours. {asked}, and we do not know whether it"
        " did. Please look in the calendar, and let the patient know. Then have it settled:"
        f" chairside bookings settle {intent_id} --done, or --not-done. Until then it stays in doubt."
    )
    known = {name: customer[name] for name in ("name", "phone") if isinstance(customer.get(name), str)}
    return StaffMessage(
        text=text,
        customer=MessageCustomer(**known) if known else None,
        kind="booking_in_doubt",
        urgency="urgent",
    )


def when(start: datetime, timezone: str, language: str) -> str:
    """Write ``Tuesday, December 1 at 9:30 AM`` in the United States, else ``Tuesday 1 December at 09:30``."""
    local = start.astimezone(ZoneInfo(timezone))
    if language.lower() in {"en", "en-us"}:
        hour = local.hour % 12 or 12
        return f"{local:%A, %B} {local.day} at {hour}:{local:%M %p}"
    return f"{local:%A} {local.day} {local:%B at %H:%M}"


def _cut(name: str, longest: int) -> str:
    plain = " ".join(name.split())
    return plain if len(plain) <= longest else plain[: longest - 3].rstrip() + "..."


def hand_off_text(bot: str, reason: str | None, urgency: str | None) -> str:
    """Write the text message to a practice's contact about a patient whom nobody has taken yet.

    It names no patient: text messages are read by whoever holds the phone.
    """
    first = {"emergency": "Possible emergency. ", "urgent": "Urgent. "}.get(urgency or "", "")
    return f"{first}{bot}: somebody is waiting for a person ({(reason or 'no reason given')[:80]})."


def hand_off_subject(bot: str, urgency: str | None) -> str:
    """Word the subject of the mail about a patient whom nobody has taken yet."""
    first = {"emergency": "Possible emergency: s", "urgent": "Urgent: s"}.get(urgency or "", "S")
    return f"{first}omebody is waiting for a person at {bot}"


_KINDS = {
    "message": "a message",
    "voicemail": "a spoken message",
    "booking_in_doubt": "a booking in doubt",
    "waiting_list": "a wish for the waiting list",
    "text": "a text message",
}


def message_text(practice: str, kind: str, urgency: str) -> str:
    """Word the text message that says that something is in the inbox; it names no patient."""
    urgent = "" if urgency == "routine" else f" ({urgency})"
    return f"{_cut(practice, _LONGEST_NAME)}: {_KINDS.get(kind, 'a message')}{urgent} is in the inbox."


def message_mail(practice: str, message: Row, bot: BotView) -> tuple[str, str]:
    """Word the mail about a message: a subject, which names no patient, and a text, which has all of it."""
    urgent = "" if message.urgency == "routine" else f"{message.urgency.capitalize()}: "
    subject = f"{urgent}{_KINDS.get(message.kind, 'a message')} for {practice}"
    who = " ".join(part for part in (message.customer_name, message.customer_phone) if part)
    at = when(message.created_at, bot.timezone, bot.language)
    head = f"From: {who or 'no name or number given'}\nAt: {at}"
    text = f"{head}\n\n{message.text}\n\nIn the inbox: {message.id}\n"
    return subject[:1].upper() + subject[1:], text
