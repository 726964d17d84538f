"""``find_appointments``, ``cancel_appointment``, ``reschedule_appointment``: for whose they are alone."""

from collections.abc import Sequence
from datetime import datetime

from config.logs import get_logger
from contracts.partner import LONGEST_NAME, LONGEST_PHONE
from contracts.partner_messages import MessageCustomer, StaffMessage
from language import speak
from language.names import same_name
from tools.appointments import (
    Appointment,
    appointment_called,
    appointment_of,
    service_of,
    with_handle,
    with_owners,
)
from tools.clients.outcomes import NOT_TAKEN, ChangeOutcome
from tools.consent import consent, not_agreed, read_back
from tools.context import ToolContext
from tools.errors import UpstreamError
from tools.function import Result, function
from tools.functions.alternatives import alternatives_near
from tools.functions.booking import MAX_NOTES_CHARS, caller_means, chosen_slot, earlier_result, key_of
from tools.functions.identity import NO_WAY, NOT_FOUND, PROOF, Proof, Shown, prove
from tools.functions.offers import Wanted
from tools.functions.rules import PERSON_OR_MESSAGE, late_notice, may_not_cancel, not_by_phone
from tools.functions.team_messages import left_soon
from tools.slots import Slot

_log = get_logger(__name__)


async def find_appointments(  # noqa: PLR0911 - a chain of decisions; what a caller may show
    ctx: ToolContext,
    name: str | None = None,
    phone: str | None = None,
    date_of_birth: str | None = None,
    code: str | None = None,
    text_code: bool = False,
) -> Result:
    """Find the caller's own appointments that are still to come.

    Call it when the caller wants to cancel, move or hear about an appointment that they have. Call it without
    arguments first: it looks under the number that they are calling from. When the status is "who",
    "none" or "invalid", ask for what is "missing", and call it again with everything that they have given.
    When they agree to a code by text message, call it with "text_code", and then with the "code" that they
    read to you. Speak of an appointment only as it is returned here, and tell nobody whether another person
    has one.

    Args:
        name: The full name on the appointment as the caller gave it.
        phone: The telephone number on the appointment as the caller gave it, digits or words.
        date_of_birth: The patient's date of birth as the caller gave it, words or digits.
        code: The six digits of a text message, as the caller read them.
        text_code: Text a code to the number on the appointment; only when the caller has agreed.

    Returns:
        Status ``found``, ``none``, ``who``, ``code_sent``, ``invalid``, ``not_possible`` or ``unavailable``.
    """
    own = ctx.number(ctx.caller_number)
    number = own if not phone or caller_means(phone) else ctx.number(phone)
    if number is None and phone and not caller_means(phone):
        say = "I didn't get the whole telephone number. Could you say it again, digit by digit?"
        return {"status": "invalid", "field": "phone", "say": say}
    if ctx.partner.is_plain:
        return _no_search()
    proof: Proof | None = None
    if number is None or not (number == own and ctx.number_proves):
        if not ctx.facts.identity:
            return {"status": "not_possible", "say": NO_WAY}
        if number is None or not name:
            missing = [one for one, given in (("name", name), ("phone", number)) if not given]
            asked = "full name" if "name" in missing else "telephone number"
            return {
                "status": "who",
                "missing": missing,
                "say": f"What's the {asked} on the appointment, please?",
            }
        proven = await prove(ctx, number, Shown(name, date_of_birth, code, text_code))
        if not isinstance(proven, Proof):
            return proven
        proof = proven
    try:
        bookings = await ctx.partner.find_bookings(number)
    except UpstreamError as error:
        return {"status": "unavailable", "say": error.say, "code": error.code}
    if bookings is None:
        return _no_search()
    return _found(ctx, [appointment_of(ctx, one, number) for one in bookings], proof, name, number, phone)


def _no_search() -> Result:
    say = f"I can't look into existing appointments from here. {PERSON_OR_MESSAGE}"
    return {"status": "not_possible", "say": say}


def _found(
    ctx: ToolContext,
    listed: Sequence[Appointment],
    proof: Proof | None,
    name: str | None,
    number: str,
    phone: str | None,
) -> Result:
    found = [one for one in listed if one.start > ctx.clock()]
    if proof is not None and proof.booking_ids is not None:
        found = [one for one in found if one.booking_id in proof.booking_ids]
    if proof is not None and proof.name:
        found = [one for one in found if same_name(one.name, proof.name)]
    else:
        # The number is theirs; a name then only narrows the choice.
        found = [one for one in found if name and same_name(one.name, name)] or found
    if found:
        told = [with_handle(ctx, one) for one in with_owners(found)]
        shown = {} if proof is None else {PROOF: proof.written(number)}
        return {"status": "found", "say": _told(found), "appointments": told, **shown}
    if proof is not None or (name and phone):
        return {"status": "none", "say": NOT_FOUND}
    say = "I don't see an appointment under the number you're calling from."
    if not ctx.facts.identity:
        return {"status": "none", "say": f"{say} {PERSON_OR_MESSAGE}"}
    return {
        "status": "none",
        "missing": ["name", "phone"],
        "say": f"{say} What's the full name on it, please?",
    }


async def cancel_appointment(  # noqa: PLR0911 - a chain of decisions
    ctx: ToolContext, booking_id: str, reason: str | None = None
) -> Result:
    """Cancel an appointment that find_appointments returned, or that was booked in this conversation.

    The first call cancels nothing: the caller is asked whether it shall be. When they have agreed, call this
    function again with the same "booking_id", and it is cancelled. When the status is "not_agreed", do what
    its "to_do" says.

    Args:
        booking_id: The "booking_id" of the appointment, for example "a1".
        reason: Why, in a few words, if the caller said.

    Returns:
        Status ``read_back``, ``not_agreed``, ``cancelled``, ``pending``, ``unknown``, ``passed_on``,
        ``refused``, ``past`` or ``invalid``.
    """
    messages = ctx.messages()
    appointment = appointment_called(booking_id, messages)
    if appointment is None:
        return _not_known()
    if appointment.cancelled:
        say = f"{_capital(appointment.owned)} is cancelled."
        return {
            "status": "cancelled",
            "booking_id": appointment.booking_id,
            "say": say,
            **_moment(appointment),
        }
    if appointment.start <= ctx.clock():
        return _past(appointment)
    key = change_key(ctx.call_id, "cancel", appointment)
    if (earlier := earlier_result(messages, key)) is not None:
        return earlier
    if (forbidden := may_not_cancel(ctx)) is not None:
        return forbidden
    agreed = consent(messages, key)
    if agreed != "agreed":
        return not_agreed(messages, key, agreed) or read_back(
            "cancel",
            key,
            _with_notice(ctx, appointment, f"That's {appointment.owned}.", moves=False),
            "Shall I cancel it?",
            {**_moment(appointment), **_what(appointment, appointment.practitioner)},
        )
    told = reason[:MAX_NOTES_CHARS] if reason else None
    outcome = await ctx.partner.cancel_booking(appointment.booking_id, key, told)
    _log.info("cancellation outcome", state=outcome.state, code=outcome.code)
    base: Result = {
        "status": outcome.state,
        "booking_id": appointment.booking_id,
        "intent": key,
        **_moment(appointment),
    }
    if outcome.state == "done":
        return base | {"status": "cancelled", "say": f"{_capital(appointment.owned)} is cancelled."}
    return base | await _not_done(ctx, appointment, outcome, key, f"cancel the {appointment.what}")


async def reschedule_appointment(  # noqa: PLR0911 - a chain of decisions
    ctx: ToolContext, booking_id: str, slot_id: str
) -> Result:
    """Move an appointment that find_appointments returned to a time that search_availability returned.

    Search with the appointment's "booking_id", so that the times fit it. The first call moves nothing: the
    change is read back to the caller. When they have agreed, call this function again with the same
    arguments, and it is moved. When the status is "not_agreed", do what its "to_do" says.

    Args:
        booking_id: The "booking_id" of the appointment, for example "a1".
        slot_id: The "slot_id" of the chosen new time, for example "s1".

    Returns:
        Status ``read_back``, ``not_agreed``, ``moved``, ``taken``, ``same``, ``pending``, ``unknown``,
        ``passed_on``, ``refused``, ``past`` or ``invalid``.
    """
    messages = ctx.messages()
    appointment = appointment_called(booking_id, messages)
    if appointment is None or appointment.cancelled:
        return _not_known()
    if appointment.start <= ctx.clock():
        return _past(appointment)
    slot = chosen_slot(ctx, slot_id)
    if not isinstance(slot, Slot):
        return slot
    local = slot.start.astimezone(ctx.zone)
    whom = slot.practitioner or appointment.practitioner
    if slot.start == appointment.start and whom == appointment.practitioner:
        return {"status": "same", "say": f"{_capital(appointment.owned)}: that's when it is already."}
    key = change_key(ctx.call_id, "move", appointment, slot)
    if (earlier := earlier_result(messages, key)) is not None:
        return earlier
    wanted = Wanted(service_of(ctx, appointment), None, slot.duration_minutes)
    if (forbidden := not_by_phone(ctx, wanted, local)) is not None:
        return forbidden
    agreed = consent(messages, key)
    if agreed != "agreed":
        say = f"I'll move {appointment.whose} {appointment.what} {_from_to(appointment, local, whom)}."
        return not_agreed(messages, key, agreed) or read_back(
            "move",
            key,
            _with_notice(ctx, appointment, say, moves=True),
            "Is that right?",
            {
                "slot_id": slot_id,
                "start": local.isoformat(),
                "spoken": speak.moment(local),
                "from": appointment.start.isoformat(),
                **_what(appointment, whom),
            },
        )
    practitioner_id = slot.practitioner_id if whom != appointment.practitioner else None
    outcome = await ctx.partner.reschedule_booking(
        appointment.booking_id, key, slot.start, practitioner_id=practitioner_id
    )
    _log.info("move outcome", state=outcome.state, code=outcome.code)
    return await _moved(ctx, appointment, slot, whom, key, outcome)


def _with_notice(ctx: ToolContext, appointment: Appointment, say: str, *, moves: bool) -> str:
    """Put what the practice says of short notice behind a read-back: it is part of what is agreed to."""
    return f"{speak.one_stop(say)} {late_notice(ctx, appointment, moves=moves)}".strip()


def change_key(call_id: str, intent: str, appointment: Appointment, slot: Slot | None = None) -> str:
    """Derive the key of a change, ``cancel`` or ``move``: the same for the same call, booking and intent.

    Moved there and back again, the next change is another one.
    """
    where = (str(int(slot.start.timestamp())), slot.practitioner_id or "") if slot else ()
    return key_of(call_id, intent, appointment.booking_id, str(appointment.changes), *where)


async def _moved(
    ctx: ToolContext, appointment: Appointment, slot: Slot, whom: str, key: str, outcome: ChangeOutcome
) -> Result:
    local = slot.start.astimezone(ctx.zone)
    base: Result = {
        "status": outcome.state,
        "booking_id": appointment.booking_id,
        "start": local.isoformat(),
        "spoken": speak.moment(local),
        "from": appointment.start.isoformat(),
        "intent": key,
    }
    where = _new_time(appointment, local, whom)
    if outcome.state == "done":
        now = with_handle(ctx, appointment) | {
            "start": base["start"],
            "spoken": base["spoken"],
            "practitioner": whom,
        }
        say = speak.one_stop(f"{_capital(appointment.whose)} {appointment.noun} is moved to {where}.")
        return base | {"status": "moved", "appointment": now, "say": say}
    if outcome.state == "taken":
        return base | await alternatives_near(ctx, slot, service_of(ctx, appointment))
    wanted = f"move the {appointment.what} to {where}"
    return base | await _not_done(ctx, appointment, outcome, key, wanted)


async def _not_done(
    ctx: ToolContext, appointment: Appointment, outcome: ChangeOutcome, key: str, wanted: str
) -> Result:
    """Say what became of a change that is not known as done; where one has to know, tell a person."""
    stands = f"{appointment.whose} {appointment.what} stays as it is"
    was = speak.moment(appointment.start)
    if outcome.state == "pending" and not outcome.is_unanswered:
        say = "I've sent that to the practice, and they have yet to confirm it. Until then it stays as it is."
        return {"say": say}
    if (
        outcome.state == "unknown"
        or outcome.is_unanswered
        or (outcome.code == NOT_TAKEN and ctx.asked_before)
    ):
        say = (
            "I've sent that to our calendar, but it hasn't answered, so I can't tell you yet whether it went "
            "through."
        )
        text = (
            f"Please check whether this went through, and call back: {wanted}; it was on {was}. "
            f"The calendar did not answer; key {key}."
        )
        left = await _leave(ctx, appointment, speak.one_stop(text), f"{key}-check")
        told = f"{say} {_LEFT if left else _CALL_AGAIN}"
        return {"status": "unknown", "code": outcome.code, "say": told, "team_told": left}
    if outcome.state == "unsupported":
        text = f"Please {wanted}, and tell the caller. It was on {was}; the calendar took no such change."
        if await _leave(ctx, appointment, text, f"{key}-wish"):
            say = f"I can't change that calendar myself, so I've left a message for the team to {wanted}."
            return {
                "status": "passed_on",
                "say": f"{speak.one_stop(say)} Until they have, it stays as it is.",
            }
    why = {
        "unsupported": "I can't change that calendar myself",
        "not_found": "I'm sorry, the calendar doesn't know that appointment any more",
    }.get(outcome.state, f"I'm sorry, the calendar didn't accept that, so {stands}")
    if outcome.code == NOT_TAKEN:
        why = f"I'm sorry, I can't reach our calendar just now, so {stands}"
    say = f"{why}. {PERSON_OR_MESSAGE}"
    return {"status": "refused", "reason": outcome.state, "code": outcome.code, "say": say}


_LEFT = "I've left a message for the team to check and call you back."
_CALL_AGAIN = "Please call us again in a little while to make sure."


async def _leave(ctx: ToolContext, appointment: Appointment, text: str, key: str) -> bool:
    # They come from the platform, which may have longer ones.
    customer = MessageCustomer(
        name=appointment.name[:LONGEST_NAME] or None, phone=appointment.phone[:LONGEST_PHONE] or None
    )
    return await left_soon(ctx, StaffMessage(customer=customer, text=text), key)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _told(found: Sequence[Appointment]) -> str:
    several = len({one.name for one in found}) > 1
    listed = []
    for one in found:
        whose = f" for {one.name}" if several and one.name else ""
        listed.append(f"{one.with_article}{whose} on {speak.moment(one.start)}")
    return speak.one_stop(f"You have {speak.listing(listed, 'and')}.")


def _new_time(appointment: Appointment, local: datetime, whom: str) -> str:
    with_whom = f" with {whom}" if whom and whom != appointment.practitioner else ""
    return f"{speak.moment(local)}{with_whom}"


def _from_to(appointment: Appointment, local: datetime, whom: str) -> str:
    """Say both times, a day that stays the same only once; where the time stays, to whom."""
    before = appointment.start
    if local == before:
        return f"on {speak.moment(before)} to {whom}"
    if local.date() != before.date():
        return f"from {speak.moment(before)} to {_new_time(appointment, local, whom)}"
    with_whom = f" with {whom}" if whom and whom != appointment.practitioner else ""
    return f"on {speak.day(before)} from {speak.clock(before)} to {speak.clock(local)}{with_whom}"


def _moment(appointment: Appointment) -> Result:
    return {"start": appointment.start.isoformat(), "spoken": speak.moment(appointment.start)}


def _what(appointment: Appointment, whom: str) -> Result:
    return {"service": appointment.service, "practitioner": whom}


def _past(appointment: Appointment) -> Result:
    say = f"{_capital(appointment.owned)} has begun already, so I can't change it. {PERSON_OR_MESSAGE}"
    return {"status": "past", "say": say}


def _not_known() -> Result:
    say = "Let me look up your appointment first."
    return {"status": "invalid", "field": "booking_id", "say": say, "error": "call find_appointments first"}


FIND_APPOINTMENTS = function(find_appointments, write=False, exact="code_sent")
_ENDED = "read_back pending unknown passed_on refused past"
CANCEL_APPOINTMENT = function(cancel_appointment, write=True, exact=f"{_ENDED} cancelled")
RESCHEDULE_APPOINTMENT = function(reschedule_appointment, write=True, exact=f"{_ENDED} moved taken same")
