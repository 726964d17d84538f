"""``search_availability``: from the caller's own words to a few free times."""

from datetime import date, datetime
from typing import Any

from contracts.conversation import results_of
from contracts.partner import PractitionerFacts, ServiceFacts
from language import speak
from language.choices import moment_of
from language.datetimes.refine import Anchors
from language.datetimes.resolve import Question, resolve
from tools.appointments import Appointment, appointment_called, practitioner_of, service_of
from tools.context import ToolContext
from tools.errors import UpstreamError
from tools.function import Result, function
from tools.functions.catalogue import (
    find_practitioner,
    find_service,
    means_anybody,
    names_of,
)
from tools.functions.offers import Wanted
from tools.functions.party import MOST_TOGETHER, search_together
from tools.functions.search import search

SEARCH = "search_availability"


async def search_availability(
    ctx: ToolContext,
    when: str,
    service: str | None = None,
    practitioner: str | None = None,
    nobody_else: bool = False,
    booking_id: str | None = None,
    patients: int | None = None,
) -> Result:
    """Look up free appointment times in the practice's calendar.

    Call it whenever the caller asks for, changes or narrows a time, and before naming any time: only times
    that this function returned may be offered. Pass the caller's words about time as they said them; do not
    work out dates yourself. The times are offered to the caller. When the result's status is "ask", ask the
    caller what its "say" asks, unless they said it before. When it holds "ignored", these words changed
    nothing of the search: if they matter, call it again with other words, or say so and offer the times in
    the words of their "spoken" field.

    Args:
        when: The caller's own words about when, for example "next Tuesday after lunch", "as soon as
            possible", "Monday morning or Tuesday after two, but not before nine". Put together everything
            they said about the day and the time, what they said later behind "; ".
        service: What the appointment is for, in the caller's words or as the practice names it. Leave it out
            if the caller has not said.
        practitioner: The name of whom the caller wants to see. Leave it out if they have no wish.
        nobody_else: Whether they will see nobody but that practitioner: nobody else's times are offered.
        booking_id: The "booking_id" of the appointment that is to be moved, if one is, for example "a1":
            service and length are then that one's.
        patients: How many people come together, if more than one, each for this service: the times are then
            side by side or back to back, and slots of one "group" belong together; book each of them.

    Returns:
        Status ``ok``, ``none``, ``ask`` or ``unavailable``.
    """
    moved = appointment_called(booking_id, ctx.messages()) if booking_id else None
    wanted = _wanted_for(ctx, moved, practitioner) if moved else _wanted(ctx, service, practitioner)
    if isinstance(wanted, dict):
        return wanted
    asked = resolve(when, ctx.clock(), ctx.zone, _anchors(ctx, moved))
    if isinstance(asked, Question):
        return {"status": "ask", "about": "when", "say": asked.text}
    try:
        if patients and patients > 1:
            result = await search_together(ctx, wanted, asked, min(patients, MOST_TOGETHER))
        else:
            result = await search(ctx, wanted, asked, nobody_else=nobody_else)
    except UpstreamError as error:
        return {"status": "unavailable", "say": error.say, "code": error.code}
    return result | ({"ignored": asked.ignored} if asked.ignored else {})


def _anchors(ctx: ToolContext, moved: Appointment | None) -> Anchors:
    """Give what "later", "the day after" and a holiday's name are reckoned from."""
    offered: dict[str, list[datetime]] = {}
    for one in results_of(ctx.messages()):
        starts = [start for slot in _slots_of(one.result) if (start := moment_of(slot.get("start")))]
        if one.name == SEARCH and starts:
            words = str(one.arguments.get("when", ""))
            offered.pop(words, None)
            offered[words] = starts
    today = ctx.clock().astimezone(ctx.zone).date()
    names: dict[str, date] = {}
    for closure in sorted(ctx.facts.closures, key=lambda one: one.date, reverse=True):
        if closure.name and closure.date >= today:
            names[closure.name.lower()] = closure.date
    return Anchors(moved.start if moved else None, offered, names)


def _slots_of(result: Result) -> list[dict[str, Any]]:
    slots = result.get("slots")
    return [one for one in slots if isinstance(one, dict)] if isinstance(slots, list) else []


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


SEARCH_AVAILABILITY = function(search_availability, write=False, exact="ok none unavailable")
