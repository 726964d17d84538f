"""From a span to the few slots that are worth offering, spread usefully, each with its sealed id."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from contracts.partner import PractitionerFacts, ServiceFacts
from language import speak
from language.datetimes.resolve import Span
from tools.context import ToolContext
from tools.slots import Slot, cut, with_name

LATER_DAYS = (7, 28)
"""How far past a full span to look for other times, in days, one after the other."""


@dataclass(frozen=True)
class Wanted:
    """What the appointment is for, and with whom.

    Attributes:
        service: None where the practice names no services.
        practitioner: None when anybody will do.
        minutes: How long it takes.
    """

    service: ServiceFacts | None
    practitioner: PractitionerFacts | None
    minutes: int


def known_ids(ctx: ToolContext) -> list[str]:
    """List the ids that make sealed slot ids short."""
    return [one.id for one in ctx.facts.practitioners] + [one.id for one in ctx.facts.services]


async def find_slots(ctx: ToolContext, wanted: Wanted, start: datetime, end: datetime) -> list[Slot]:
    """Ask the endpoint for a span and cut what it returns.

    Args:
        ctx: The call.
        wanted: What for, and with whom.
        start: Aware; earliest start.
        end: Aware; starts are before it.

    Returns:
        Slots in order, one for each start time.

    Raises:
        UpstreamError: The endpoint refused, was down, or answered off the contract.
    """
    earliest = max(start, ctx.clock() + timedelta(minutes=ctx.facts.min_notice_minutes))
    if earliest >= end:
        return []
    windows = await ctx.partner.search_availability(
        earliest.astimezone(ctx.zone),
        end.astimezone(ctx.zone),
        service_id=wanted.service.id if wanted.service else None,
        duration_minutes=wanted.minutes,
        practitioner_id=wanted.practitioner.id if wanted.practitioner else None,
    )
    if wanted.practitioner:
        # A platform may ignore the wish; a window that names nobody may still be theirs.
        windows = [one for one in windows if one.practitioner_id in (None, wanted.practitioner.id)]
    slots = cut(
        windows,
        timedelta(minutes=wanted.minutes),
        step=timedelta(minutes=ctx.rules.slot_step_minutes),
        not_before=earliest,
        not_after=end,
    )
    names = {one.id: one.name for one in ctx.facts.practitioners}
    service_id = wanted.service.id if wanted.service else None
    first_of_each: dict[datetime, Slot] = {}
    for slot in slots:
        first_of_each.setdefault(slot.start, replace(with_name(slot, names), service_id=service_id))
    return list(first_of_each.values())


async def find_near(ctx: ToolContext, wanted: Wanted, span: Span, end: datetime) -> list[Slot]:
    """Find the slots nearest to a span that is full: on the same days, else on the following ones.

    Args:
        ctx: The call.
        wanted: What for, and with whom.
        span: What the caller asked for.
        end: The end of what can be booked.

    Returns:
        Slots nearest first; empty when there are none.

    Raises:
        UpstreamError: The endpoint refused, was down, or answered off the contract.
    """
    now = ctx.clock()
    day = datetime.combine(span.start.astimezone(ctx.zone).date(), time(), ctx.zone)
    for days in LATER_DAYS:
        until = min(max(span.end, now) + timedelta(days=days), end)
        slots = await find_slots(ctx, wanted, max(day, now), until)
        if slots:
            asked = max(span.start, now)
            at_that_time = [one for one in slots if fits(one, span, ctx)] if has_time_of_day(span) else []
            return nearest(at_that_time or slots, span.exact or asked)
        if until == end:
            break
    return []


def has_time_of_day(span: Span) -> bool:
    """Tell whether the caller named a time of day that other days can honour too."""
    return span.clock is not None or span.daily is not None


def fits(slot: Slot, span: Span, ctx: ToolContext) -> bool:
    """Tell whether a slot starts in the part of the day that the caller asked for."""
    local = slot.start.astimezone(ctx.zone).time()
    if span.clock is not None:
        return local == span.clock
    return span.daily is None or span.daily[0] <= local < span.daily[1]


def same_part(slot: Slot, span: Span, ctx: ToolContext) -> bool:
    """Tell whether a slot starts in the part of the day that a span within one day covers."""
    if span.daily is not None:
        return fits(slot, span, ctx)
    first, last = span.start.astimezone(ctx.zone), span.end.astimezone(ctx.zone)
    local = slot.start.astimezone(ctx.zone).time()
    return first.time() <= local and (last.date() > first.date() or local < last.time())


def nearest(slots: Sequence[Slot], moment: datetime) -> list[Slot]:
    """Order slots by their distance from a moment; of two as far, the earlier comes first."""
    at = moment.astimezone(UTC)
    return sorted(slots, key=lambda one: (abs(one.start - at), one.start))


def spread(slots: Sequence[Slot], count: int, ctx: ToolContext) -> list[Slot]:
    """Choose slots that differ: the earliest, then others across the days and hours there are.

    Args:
        slots: In order of start.
        count: How many to choose.
        ctx: The call, for the practice's zone.

    Returns:
        At most ``count`` slots in order, the earliest among them, full and half hours preferred.
    """
    if len(slots) <= count:
        return list(slots)
    chosen = [slots[0]]
    for place in range(1, count):
        middle = place * (len(slots) - 1) // (count - 1) if count > 1 else 0
        near = sorted(
            range(max(1, middle - 2), min(len(slots), middle + 3)), key=lambda one: abs(one - middle)
        )
        candidates = [slots[one] for one in near if slots[one] not in chosen]
        if candidates:
            chosen.append(min(candidates, key=lambda one: one.start.astimezone(ctx.zone).minute % 30 != 0))
    return sorted(chosen, key=lambda one: one.start)


def soonest(slots: Sequence[Slot], count: int, ctx: ToolContext) -> list[Slot]:
    """Choose among the slots of the first two days that have any; for who wants to come soon."""
    days = list(dict.fromkeys(one.start.astimezone(ctx.zone).date() for one in slots))[:2]
    return spread([one for one in slots if one.start.astimezone(ctx.zone).date() in days], count, ctx)


def sealed(ctx: ToolContext, slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """Write slots as a function result holds them.

    Args:
        ctx: The call.
        slots: What is offered.

    Returns:
        For each slot its ``slot_id``, ``start`` (ISO 8601, the practice's offset), ``spoken``,
        ``duration_minutes`` and ``practitioner``.
    """
    now, known = ctx.clock(), known_ids(ctx)
    offers = []
    for slot in slots:
        local = slot.start.astimezone(ctx.zone)
        offers.append(
            {
                "slot_id": ctx.sealer.seal(slot, ctx.bot.id, now, known),
                "start": local.isoformat(),
                "spoken": speak.moment(local),
                "duration_minutes": slot.duration_minutes,
                "practitioner": slot.practitioner,
            }
        )
    return offers


def said_list(offers: Sequence[dict[str, Any]]) -> str:
    """Say the offered times, a day only once: "Tuesday the first of December at nine a.m. or two p.m."."""
    days: dict[str, list[str]] = {}
    for offer in offers:
        local = datetime.fromisoformat(offer["start"])
        days.setdefault(speak.day(local), []).append(speak.clock(local))
    return speak.listing([f"{day} at {speak.listing(times)}" for day, times in days.items()])
