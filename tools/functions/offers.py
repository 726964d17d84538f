"""From a span to the few slots that are worth offering, spread usefully, each with its sealed id."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from contracts.partner import PractitionerFacts, ServiceFacts
from contracts.practice_rules import NeverBook
from language import speak
from language.datetimes.constraints import GaveUp, TimeConstraints, at_minute
from tools.context import ToolContext
from tools.handles import id_of
from tools.slots import Slot, cut, with_name

LATER_DAYS = (7, 28)
"""How far past a full span to look for other times, in days, one after the other."""


@dataclass(frozen=True)
class Wanted:
    """What the appointment is for, None where services have no names, and with whom, None for anybody."""

    service: ServiceFacts | None
    practitioner: PractitionerFacts | None
    minutes: int


def horizon_end(ctx: ToolContext) -> datetime:
    """Give the end of what can be booked: the midnight after the last bookable day."""
    last = ctx.clock().astimezone(ctx.zone).date() + timedelta(days=ctx.facts.horizon_days + 1)
    return datetime.combine(last, time(), ctx.zone)


def known_ids(ctx: ToolContext) -> list[str]:
    """List the ids that make sealed slot ids short."""
    return [one.id for one in ctx.facts.practitioners] + [one.id for one in ctx.facts.services]


async def find_slots(ctx: ToolContext, wanted: Wanted, start: datetime, end: datetime) -> list[Slot]:
    """Ask the endpoint for a span, which ``end`` is no part of; gives a slot for each start, in order."""
    first_of_each: dict[datetime, Slot] = {}
    for slot in await find_every_slot(ctx, wanted, start, end):
        first_of_each.setdefault(slot.start, slot)
    return list(first_of_each.values())


async def find_every_slot(ctx: ToolContext, wanted: Wanted, start: datetime, end: datetime) -> list[Slot]:
    """Do as ``find_slots`` does, and keep of one start time a slot for each practitioner."""
    earliest = max(start, ctx.clock() + timedelta(minutes=ctx.facts.min_notice_minutes))
    if earliest >= end:
        return []
    windows = await ctx.partner.search_availability(
        # "Later than one" is a second after one: a window that begins then would be short of its last minute.
        earliest.astimezone(ctx.zone).replace(second=0, microsecond=0),
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
    return [replace(with_name(slot, names), service_id=service_id) for slot in slots]


async def find_near(
    ctx: ToolContext, wanted: Wanted, asked: TimeConstraints, end: datetime
) -> tuple[list[Slot], tuple[GaveUp, ...]]:
    """Find the slots nearest to what cannot be had, giving up as little of it as possible.

    Returns:
        Slots nearest first, and what of the caller's wish they do not keep; empty when there are none.
    """
    now = ctx.clock()
    day = max(at_minute(asked.start.date(), 0, asked.now), now)
    for days in LATER_DAYS:
        until = min(max(asked.end, now) + timedelta(days=days), end)
        slots = [one for one in await find_slots(ctx, wanted, day, until) if not is_never(ctx, wanted, one)]
        for gave_up, left in asked.relaxed():
            fitting = [one for one in slots if left.allows(one.start)]
            if fitting:
                return nearest(fitting, asked.exact or max(asked.start, now)), gave_up
        if until == end:
            break
    return [], ()


def is_never(ctx: ToolContext, wanted: Wanted, slot: Slot) -> bool:
    """Tell whether the practice's rules forbid to book a slot by the bot."""
    return never_rule(ctx, wanted, slot.start.astimezone(ctx.zone).weekday()) is not None


def never_rule(ctx: ToolContext, wanted: Wanted, weekday: int) -> NeverBook | None:
    """Find the rule by which a service is never booked on a weekday."""
    name = wanted.service.name.lower() if wanted.service else ""
    day = speak.WEEKDAYS[weekday].lower()
    for rule in ctx.facts.rules.never_book:
        services = [one.lower() for one in rule.services]
        if (not services or name in services) and (not rule.days or day in rule.days):
            return rule
    return None


def nearest(slots: Sequence[Slot], moment: datetime) -> list[Slot]:
    """Order slots by their distance from a moment; of two as far, the earlier comes first."""
    at = moment.astimezone(UTC)
    return sorted(slots, key=lambda one: (abs(one.start - at), one.start))


def spread(slots: Sequence[Slot], count: int, ctx: ToolContext) -> list[Slot]:
    """Choose slots that differ: the earliest, then others across the days and hours there are.

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


def within_a_week(slots: Sequence[Slot]) -> list[Slot]:
    """Keep the slots of the seven days from the first on: nobody who can come any day means in two weeks."""
    return [one for one in slots if one.start - slots[0].start < timedelta(days=7)]


def soonest(slots: Sequence[Slot], count: int, ctx: ToolContext) -> list[Slot]:
    """Choose among the slots of the first two days that have any; for who wants to come soon."""
    days = list(dict.fromkeys(one.start.astimezone(ctx.zone).date() for one in slots))[:2]
    return spread([one for one in slots if one.start.astimezone(ctx.zone).date() in days], count, ctx)


def latest(slots: Sequence[Slot], count: int, ctx: ToolContext) -> list[Slot]:
    """Choose the last slots of each of the first days, or of the one day that there is."""
    by_day: dict[date, list[Slot]] = {}
    for one in slots:
        by_day.setdefault(one.start.astimezone(ctx.zone).date(), []).append(one)
    days = list(by_day.values())[:count]
    share = max(1, count // len(days)) if days else 0
    return [one for day in days for one in day[-share:]][:count]


def sealed(ctx: ToolContext, slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """Write slots as a function result holds them.

    Returns:
        For each slot its ``slot_id`` and ``handle``, ``start`` (ISO 8601, the practice's offset), ``spoken``,
        ``duration_minutes`` and ``practitioner``.
    """
    now, known = ctx.clock(), known_ids(ctx)
    offers = []
    for slot in slots:
        local = slot.start.astimezone(ctx.zone)
        offers.append(
            {
                "slot_id": ctx.sealer.seal(slot, ctx.sealed_for, now, known),
                "handle": _handle(ctx, slot),
                "start": local.isoformat(),
                "spoken": speak.moment(local),
                "duration_minutes": slot.duration_minutes,
                "practitioner": slot.practitioner,
            }
        )
    return offers


def open_slot(ctx: ToolContext, given: str) -> Slot:
    """Open the slot of a handle or sealed id; SlotIdInvalid if it was not offered here, or too long ago."""
    return ctx.sealer.open(id_of(given, ctx.messages()), ctx.sealed_for, ctx.clock(), known_ids(ctx))


def _handle(ctx: ToolContext, slot: Slot) -> str:
    thing = (slot.start, slot.duration_minutes, slot.practitioner_id, slot.service_id)
    return ctx.handles.give("s", thing, ctx.messages())


def said_list(ctx: ToolContext, offers: Sequence[dict[str, Any]], lead: str = "") -> str:
    """Say the offered times, a day only once: "Tuesday the first of December at nine a.m. or two p.m."."""
    today = ctx.clock().astimezone(ctx.zone).date()
    days: dict[str, list[str]] = {}
    for offer in offers:
        local = datetime.fromisoformat(offer["start"])
        day = "today" if local.date() == today else f"{lead}{speak.day(local)}"
        days.setdefault(day, []).append(speak.clock(local))
    said = [f"{day} at {speak.listing(times)}" for day, times in days.items()]
    # "Today at nine or ten, or Tuesday at two": a pause where the day changes.
    return ", or ".join(said) if len(said) == 2 else speak.listing(said)  # noqa: PLR2004 - a listing has it of three
