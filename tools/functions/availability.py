"""``search_availability``: from the caller's own words to a few free times."""

from datetime import datetime, time, timedelta

from contracts.partner import PractitionerFacts, ServiceFacts
from language import speak
from language.datetimes.combine import refused_weekdays
from language.datetimes.resolve import Question, Span, resolve
from tools.appointments import Appointment, known_appointments, practitioner_of, service_of
from tools.context import ToolContext
from tools.errors import UpstreamError
from tools.function import Result, function
from tools.functions import offers
from tools.functions.catalogue import find_practitioner, find_service, means_anybody, names_of
from tools.functions.offers import Wanted
from tools.functions.opening import closed_sentence, is_closed_throughout, with_dates
from tools.slots import Slot

_PART_OF_DAY = timedelta(hours=12)
"""A span that is not longer is a part of one day."""


async def search_availability(
    ctx: ToolContext,
    when: str,
    service: str | None = None,
    practitioner: str | None = None,
    booking_id: str | None = None,
) -> Result:
    """Look up free appointment times in the practice's calendar.

    Call it whenever the caller asks for, changes or narrows a time, and before naming any time: only times
    that this function returned may be offered. Pass the caller's words about time as they said them; do not
    work out dates yourself. Offer the returned times in the words of their "spoken" field. When the result's
    status is "ask", ask the caller what its "say" asks. When it is "none", tell the caller why and offer the
    other times that came with it.

    Args:
        ctx: The call.
        when: The caller's own words about when, for example "next Tuesday after lunch", "as soon as
            possible", "December 3rd". Put together everything they said about the day and the time.
        service: What the appointment is for, in the caller's words or as the practice names it. Leave it out
            if the caller has not said.
        practitioner: The name of whom the caller wants to see. Leave it out if they have no wish.
        booking_id: The "booking_id" of the appointment that is to be moved, if one is: service and length
            are then that one's.

    Returns:
        Status ``ok``, ``none``, ``ask`` or ``unavailable``.
    """
    moved = known_appointments(ctx.messages()).get(booking_id) if booking_id else None
    wanted = _wanted_for(ctx, moved, practitioner) if moved else _wanted(ctx, service, practitioner)
    if isinstance(wanted, dict):
        return wanted
    when = with_dates(when, ctx.facts, ctx.clock().astimezone(ctx.zone).date())
    span = resolve(when, ctx.clock(), ctx.zone)
    if isinstance(span, Question):
        return {"status": "ask", "about": "when", "say": span.text}
    horizon = horizon_end(ctx)
    reason, say = _out_of_bounds(ctx, span, horizon)
    if reason:
        return await _none(ctx, wanted, span, reason, say, horizon)
    try:
        slots = await offers.find_slots(ctx, wanted, span.start, min(span.end, horizon))
    except UpstreamError as error:
        return {"status": "unavailable", "say": error.say, "code": error.code}
    refused = refused_weekdays(when)
    fitting = [
        one
        for one in slots
        if offers.fits(one, span, ctx) and one.start.astimezone(ctx.zone).weekday() not in refused
    ]
    if not fitting:
        say = f"I'm sorry, there's nothing free {said_when(span)}."
        return await _none(ctx, wanted, span, "full", say, horizon)
    return _ok(ctx, wanted, span, fitting)


def horizon_end(ctx: ToolContext) -> datetime:
    """Give the end of what can be booked: the midnight after the last bookable day."""
    last = ctx.clock().astimezone(ctx.zone).date() + timedelta(days=ctx.facts.horizon_days + 1)
    return datetime.combine(last, time(), ctx.zone)


def said_when(span: Span) -> str:
    """Put a span's label behind "nothing free": with "on" before a weekday."""
    first = span.label.split(" ", maxsplit=1)[0]
    return f"on {span.label}" if first in speak.WEEKDAYS else span.label


def _wanted_for(ctx: ToolContext, moved: Appointment, practitioner: str | None) -> Wanted | Result:
    """Want what an appointment is for, as long as it is, with the same person unless another is named."""
    service = service_of(ctx, moved)
    anybody = practitioner is not None and means_anybody(practitioner)
    seen = None if anybody else practitioner_of(ctx, moved)
    if practitioner and not anybody and ctx.facts.practitioners:
        other = _seen(ctx, practitioner)
        if isinstance(other, dict):
            return other
        seen = other
    length = moved.minutes or (service.duration_minutes if service else ctx.rules.appointment_minutes)
    return Wanted(service, seen, length)


def _seen(ctx: ToolContext, practitioner: str) -> PractitionerFacts | Result:
    found = find_practitioner(practitioner, ctx.facts.practitioners)
    if found is not None:
        return found
    names = [one.name for one in ctx.facts.practitioners]
    return {
        "status": "ask",
        "about": "practitioner",
        "say": f"Whom would you like to see: {speak.listing(names)}?",
        "practitioners": names,
    }


def _wanted(ctx: ToolContext, service: str | None, practitioner: str | None) -> Wanted | Result:
    facts = ctx.facts
    found: ServiceFacts | None = None
    if facts.services:
        found = find_service(service, facts) if service else None
        if service is None and len(facts.services) == 1:
            found = facts.services[0]
        if found is None:
            listed = speak.listing([speak.article(name) for name in names_of(facts.services)])
            start = "What would you like to come in for" if service is None else "Which of these is it"
            return {
                "status": "ask",
                "about": "service",
                "say": f"{start}: {listed}?",
                "services": [one.name for one in facts.services],
            }
    seen: PractitionerFacts | None = None
    if practitioner and not means_anybody(practitioner) and facts.practitioners:
        named = _seen(ctx, practitioner)
        if isinstance(named, dict):
            return named
        seen = named
    return Wanted(found, seen, found.duration_minutes if found else ctx.rules.appointment_minutes)


def _out_of_bounds(ctx: ToolContext, span: Span, horizon: datetime) -> tuple[str, str]:
    """Say why a span cannot be searched; two empty strings when it can."""
    now = ctx.clock()
    asked_until = span.exact or span.end
    if asked_until <= now:
        return "past", "I'm afraid that's already past."
    if asked_until <= now + timedelta(minutes=ctx.facts.min_notice_minutes):
        return "too_soon", "I'm sorry, that's too soon for us to book."
    if (span.exact or span.start) >= horizon:
        last = speak.day((horizon - timedelta(days=1)).date())
        return "too_far", f"I'm sorry, that's further ahead than we book. I can look up to {last}."
    if is_closed_throughout(span, ctx.facts, ctx.zone):
        return "closed", closed_sentence(span, ctx.facts, ctx.zone)
    return "", ""


def _ok(ctx: ToolContext, wanted: Wanted, span: Span, slots: list[Slot]) -> Result:
    count = ctx.rules.offers
    asked_is_free: bool | None = None
    if span.exact is not None:
        chosen = offers.nearest(slots, span.exact)[:count]
        asked_is_free = chosen[0].start == span.exact
    elif span.label.startswith("as soon as possible"):
        chosen = offers.soonest(slots, count, ctx)
    else:
        chosen = offers.spread(slots, count, ctx)
    listed = offers.sealed(ctx, chosen)
    if asked_is_free:
        say = f"{listed[0]['spoken']} is free. Shall I take that?"
    elif asked_is_free is False and span.exact is not None:
        said = offers.said_list(listed)
        say = f"I don't have {speak.clock(span.exact)}. The nearest I have: {said}. Which suits you?"
    else:
        ask = "Which suits you?" if len(listed) > 1 else "Does that suit you?"
        say = f"I have {offers.said_list(listed)}. {ask}"
    result: Result = {
        "status": "ok",
        "when": span.label,
        "say": say,
        "slots": listed,
        "more": len(slots) > len(chosen),
    }
    if asked_is_free is not None:
        result["asked_time_is_free"] = asked_is_free
    return result | _service(wanted)


async def _none(
    ctx: ToolContext, wanted: Wanted, span: Span, reason: str, say: str, horizon: datetime
) -> Result:
    slots: list[Slot] = []
    if reason != "too_far":
        try:
            slots = await offers.find_near(ctx, wanted, span, horizon)
            if not slots:
                say = f"{say} I don't see anything else free near that."
        except UpstreamError:
            say = f"{say} Which other day may I look at?"
    part_of_day = span.end - span.start <= _PART_OF_DAY or span.daily is not None
    if not (reason == "full" and part_of_day) and span.exact is None and span.clock is None:
        # No time of that day would do: times that differ help more than three in a row.
        alike = [one for one in slots if part_of_day and offers.same_part(one, span, ctx)]
        chosen = offers.soonest(sorted(alike or slots, key=lambda one: one.start), ctx.rules.offers, ctx)
    else:
        chosen = slots[: ctx.rules.offers]
    listed = offers.sealed(ctx, sorted(chosen, key=lambda one: one.start))
    if listed:
        say = f"{say} The nearest I have: {offers.said_list(listed)}. Would one of those suit you?"
    result: Result = {"status": "none", "reason": reason, "say": say, "when": span.label, "slots": listed}
    return result | _service(wanted)


def _service(wanted: Wanted) -> Result:
    if wanted.service is None:
        return {}
    service = wanted.service
    return {"service": {"id": service.id, "name": service.name, "duration_minutes": service.duration_minutes}}


SEARCH_AVAILABILITY = function(search_availability, write=False)
