"""``book_appointment``: a sealed slot, a heard read-back, one key for one intent."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from config.logs import get_logger
from contracts.conversation import Message, results_of
from contracts.partner import BookingDetails, Customer, ServiceFacts
from contracts.partner_messages import MessageCustomer, StaffMessage
from language import phone as phones
from language import speak
from language.phrases import phrase
from tools.appointments import Appointment, with_handle
from tools.clients.outcomes import NOT_TAKEN, BookingOutcome
from tools.consent import NOT_AGREED, READ_BACK, consent, not_agreed, read_back
from tools.context import ToolContext
from tools.errors import SlotIdInvalid
from tools.function import Result, function
from tools.functions import offers
from tools.functions.alternatives import alternatives_near
from tools.functions.offers import Wanted
from tools.functions.rules import no_birth_date, not_asked, not_by_phone, notes, read_birth_date
from tools.functions.team_messages import left_soon
from tools.slots import Slot, with_name

MAX_NAME_CHARS = 100
MAX_NOTES_CHARS = 500
_STAND_INS = frozenset(
    "unknown caller patient customer user anonymous none n a na name null noname the guest me someone".split()
)
_SAME_NUMBER = phrase("booking.same_number")
_NOT_TAKEN = "I'm sorry, I couldn't book that just now: I can't reach our calendar. Nothing is booked."
_MESSAGE_OFFER = "Would you like me to take a message for the team?"
_log = get_logger(__name__)


@dataclass(frozen=True)
class BookingArguments:
    """What the caller wants booked, and the key that stands for exactly that."""

    slot: Slot
    local: datetime
    name: str
    phone: str
    service: ServiceFacts | None
    key: str

    @property
    def what(self) -> str:
        """For example "a cleaning with Dr. Lee on Tuesday the first of December at two p.m."."""
        what = speak.article(self.service.name) if self.service else "an appointment"
        whom = f" with {self.slot.practitioner}" if self.slot.practitioner else ""
        return f"{what}{whom} on {speak.moment(self.local)}"


async def book_appointment(
    ctx: ToolContext,
    slot_id: str,
    name: str,
    phone: str,
    reason: str | None = None,
    date_of_birth: str | None = None,
) -> Result:
    """Book one of the times that search_availability returned.

    Call it once the caller has chosen a time and has given their name and telephone number. The first call
    books nothing: the details are read back to the caller. When they have agreed, call this function again
    with exactly the same arguments, and the appointment is booked. If they correct something, call it with
    the corrected arguments; that reads back anew. When the status is "not_agreed" or "ask_first", do what its
    "to_do" says.

    Args:
        slot_id: The "slot_id" of the chosen time, for example "s1".
        name: The patient's first and last name as the caller gave it.
        phone: The telephone number that the caller gave, digits or words; "caller" for the number that
            they are calling from, if they said to use that.
        reason: Why they are coming, in a few words: always where the times name no service, and otherwise if
            they said more than the service. Answers that the practice wants go here too.
        date_of_birth: The patient's date of birth as the caller gave it; only where the practice asks for it.

    Returns:
        Status ``ask_first``, ``read_back``, ``not_agreed``, ``booked``, ``taken``, ``pending``, ``unknown``,
        ``refused`` or ``invalid``.
    """
    intent = _intent(ctx, slot_id, name, phone)
    if isinstance(intent, dict):
        return intent
    messages = ctx.messages()
    earlier = earlier_result(messages, intent.key)
    if earlier is not None:
        return earlier
    wanted = Wanted(intent.service, None, intent.slot.duration_minutes)
    born = read_birth_date(ctx, date_of_birth) if ctx.facts.rules.ask_date_of_birth else None
    forbidden = (
        not_by_phone(ctx, wanted, intent.local)
        or not_asked(ctx, reason, messages)
        or no_birth_date(ctx, born, messages)
    )
    if forbidden is not None:
        return forbidden
    agreed = consent(messages, intent.key)
    if agreed != "agreed":
        return not_agreed(messages, intent.key, agreed) or _read_back(intent, slot_id, ctx.caller_number)
    details = BookingDetails(
        start_at=intent.slot.start,
        duration_minutes=intent.slot.duration_minutes,
        customer=Customer(phone=intent.phone, name=intent.name, date_of_birth=born),
        notes=notes(ctx, _told(ctx, intent, reason), MAX_NOTES_CHARS),
        service_id=intent.slot.service_id,
        practitioner_id=intent.slot.practitioner_id,
    )
    outcome = await ctx.partner.create_booking(details, intent.key)
    if outcome.is_unanswered:
        # It waits for an answer once more, under the same key: a slow platform is no unknown outcome yet.
        outcome = await ctx.partner.create_booking(details, intent.key)
    _log.info("booking outcome", state=outcome.state, code=outcome.code)
    return await _result(ctx, intent, outcome)


def _told(ctx: ToolContext, intent: BookingArguments, reason: str | None) -> str | None:
    """Say why they come, with what they come for where the server knows no services."""
    named = intent.service.name if intent.service and ctx.partner.is_plain else None
    if named and reason and named.casefold() in reason.casefold():
        named = None
    return "; ".join(filter(None, (named, reason))) or None


def intent_key(call_id: str, slot: Slot, name: str, phone: str) -> str:
    """Derive the key of an intent: the same for the same call, time, practitioner, person and number."""
    who = " ".join(name.casefold().split())
    when = (str(int(slot.start.timestamp())), str(slot.duration_minutes), slot.practitioner_id or "")
    return key_of(call_id, *when, who, phone)


def key_of(*parts: str) -> str:
    """Make an idempotency key of what it stands for, in which no part runs into the next."""
    packed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return f"cs-{hashlib.sha256(packed).hexdigest()}"


def caller_means(phone: str) -> bool:
    """Tell whether words such as "caller" mean the number that the call comes from."""
    # "The one I'm calling from" holds a digit too.
    return len(phones.digits(phone)) <= 1 and (
        phone.lower() == "caller" or _SAME_NUMBER.search(phone) is not None
    )


def _intent(ctx: ToolContext, slot_id: str, name: str, phone: str) -> BookingArguments | Result:
    slot = chosen_slot(ctx, slot_id)
    if not isinstance(slot, Slot):
        return slot
    said = speak.name(name)
    if not _is_name(said):
        return {"status": "invalid", "field": "name", "say": "May I have your first and last name, please?"}
    number = ctx.number(ctx.caller_number if caller_means(phone) else phone)
    if number is None:
        say = "I didn't get the whole telephone number. Could you say it again, digit by digit?"
        return {"status": "invalid", "field": "phone", "say": say}
    return BookingArguments(
        slot=slot,
        local=slot.start.astimezone(ctx.zone),
        name=said,
        phone=number,
        service=next((one for one in ctx.facts.services if one.id == slot.service_id), None),
        key=intent_key(ctx.call_id, slot, said, number),
    )


def chosen_slot(ctx: ToolContext, slot_id: str) -> Slot | Result:
    """Open the slot that was chosen, with its practitioner's name; or say why it cannot be had."""
    try:
        slot = offers.open_slot(ctx, slot_id)
    except SlotIdInvalid as error:
        return {"status": "invalid", "field": "slot_id", "say": error.say, "code": error.code}
    if slot.start <= ctx.clock():
        say = "I'm sorry, that time has just passed. Let me look at the calendar again."
        return {"status": "invalid", "field": "slot_id", "say": say, "code": "past"}
    return with_name(slot, {one.id: one.name for one in ctx.facts.practitioners})


def _is_name(said: str) -> bool:
    words = re.findall(r"[^\W\d_]+", said.lower())
    return bool(words) and len(said) <= MAX_NAME_CHARS and any(word not in _STAND_INS for word in words)


def earlier_result(messages: Sequence[Message], key: str) -> Result | None:
    """Find what an intent gave before: for ever once it is booked, else within the caller's turn."""
    turn = max((place for place, one in enumerate(messages) if one.get("role") == "user"), default=-1)
    for found in results_of(messages):
        if found.result.get("intent") != key:
            continue
        if found.status == "booked" or (found.index > turn and found.status not in (READ_BACK, NOT_AGREED)):
            return found.result
    return None


def _read_back(intent: BookingArguments, slot_id: str, caller_number: str | None) -> Result:
    # The number that the caller is calling from was not dictated, so it cannot have been misheard.
    dictated = intent.phone != caller_number
    number = f", and your number is {phones.spoken(intent.phone)}" if dictated else ""
    values: Result = {
        "slot_id": slot_id,
        "name": intent.name,
        "phone": intent.phone,
        "service": intent.service.name if intent.service else "",
        "practitioner": intent.slot.practitioner or "",
        "start": intent.local.isoformat(),
        "spoken": speak.moment(intent.local),
    }
    say = f"That's {intent.what}, for {intent.name}{number}."
    return read_back("book", intent.key, say, "Is that right?", values)


async def _result(ctx: ToolContext, intent: BookingArguments, outcome: BookingOutcome) -> Result:
    base: Result = {
        "status": outcome.state,
        "start": intent.local.isoformat(),
        "spoken": speak.moment(intent.local),
        "intent": intent.key,
    }
    if outcome.state == "booked" and outcome.booking is not None:
        made = Appointment(
            booking_id=outcome.booking.id,
            start=intent.local,
            minutes=intent.slot.duration_minutes,
            service=intent.service.name if intent.service else "",
            practitioner=intent.slot.practitioner or "",
            name=intent.name,
            phone=intent.phone,
        )
        say = speak.one_stop(f"You are booked for {intent.what}.")
        return base | {"booking_id": made.booking_id, "say": say, "appointment": with_handle(ctx, made)}
    if outcome.state == "taken":
        return base | await alternatives_near(ctx, intent.slot, intent.service)
    if outcome.state == "pending" and not outcome.is_unanswered:
        say = f"I've asked for {intent.what}. The practice still has to confirm it, so it isn't booked yet."
        return base | {"say": speak.one_stop(say)}
    if outcome.code == NOT_TAKEN and not ctx.asked_before:
        return base | {"code": outcome.code, "say": f"{_NOT_TAKEN} {_MESSAGE_OFFER}"}
    if outcome.code == NOT_TAKEN or outcome.is_unanswered:
        # Now it was not taken, or is under way; what has become of it is still open.
        base["status"] = "unknown"
    elif outcome.state == "refused":
        say = f"I'm sorry, the calendar didn't accept that booking, so nothing is booked. {_MESSAGE_OFFER}"
        return base | {"code": outcome.code, "say": say}
    say, told = await _unknown(ctx, intent)
    return base | {"code": outcome.code, "say": say, "team_told": told}


async def _unknown(ctx: ToolContext, intent: BookingArguments) -> tuple[str, bool]:
    """Say that nobody knows whether it is booked, and see to it that a person finds out; True when told."""
    start = (
        "I've sent that to our calendar, but it hasn't answered, so I can't tell you yet whether "
        f"{intent.what} is booked."
    )
    text = (
        f"Please check whether this was booked, and call back: {intent.what}, "
        f"{intent.slot.duration_minutes} minutes. The calendar did not answer; key {intent.key}."
    )
    message = StaffMessage(customer=MessageCustomer(name=intent.name, phone=intent.phone), text=text)
    if await left_soon(ctx, message, f"{intent.key}-check"):
        return f"{start} I've left a message for the team to check and call you back.", True
    return f"{start} Please call us again in a little while to make sure.", False


BOOK_APPOINTMENT = function(
    book_appointment, write=True, exact="read_back booked taken pending unknown refused"
)
