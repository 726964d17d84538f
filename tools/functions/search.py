"""The search for free times: within the caller's constraints, else near them, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from contracts.partner import PractitionerFacts
from language import speak
from language.datetimes.constraints import EVERY_DAY, Choice, TimeConstraints
from tools.context import ToolContext
from tools.errors import UpstreamError
from tools.function import Result
from tools.functions import offers
from tools.functions.catalogue import plural, who_does
from tools.functions.offers import Wanted, horizon_end
from tools.functions.opening import closed_day, closed_sentence, hours_on, is_closed_throughout
from tools.slots import Slot

_PART_OF_DAY = timedelta(hours=12)
"""A stretch that is not longer is a part of one day."""
_NEXT_TO = 60
"""Minutes."""
_FEW_DAYS = 3
"""So many named days are told apart by why they do not do."""


@dataclass(frozen=True)
class Miss:
    """Why what was asked for cannot be had.

    Attributes:
        reason: ``past``, ``too_soon``, ``too_far``, ``closed``, ``never``, ``full``, ``person_full``,
            ``not_done`` (by that person) or ``nobody`` (does it at all).
    """

    reason: str
    say: str


async def search(
    ctx: ToolContext, wanted: Wanted, asked: TimeConstraints, *, nobody_else: bool = False
) -> Result:
    """Search free times, and say which constraint was given up; UpstreamError without the calendar."""
    horizon = horizon_end(ctx)
    miss = _who_does_not(ctx, wanted)
    if miss and miss.reason == "nobody":
        return _none(ctx, wanted, asked, miss, [], ())
    if miss:
        return await _by_others(ctx, wanted, asked, miss)
    miss = out_of_bounds(ctx, wanted, asked, horizon)
    if miss is None:
        fitting = await _find(ctx, wanted, asked, horizon)
        if not fitting and asked.is_open:
            asked = asked.opened((horizon - timedelta(days=1)).date())
            fitting = await _find(ctx, wanted, asked, horizon)
        if fitting:
            return _ok(ctx, wanted, asked, fitting)
        if not nobody_else and (others := await _others(ctx, wanted, asked, horizon)):
            return await _person_full(ctx, wanted, asked, others)
        miss = _is_full(ctx, wanted if nobody_else else None, asked)
    near: list[Slot] = []
    gave_up: tuple[str, ...] = ()
    if miss.reason != "too_far":
        try:
            near, gave_up = await offers.find_near(ctx, wanted, asked, horizon)
            if not near:
                miss = replace(miss, say=f"{miss.say} I don't see anything else free near that.")
        except UpstreamError:
            miss = replace(miss, say=f"{miss.say} Which other day may I look at?")
    return _none(ctx, wanted, asked, miss, near, gave_up)


async def _find(ctx: ToolContext, wanted: Wanted, asked: TimeConstraints, horizon: datetime) -> list[Slot]:
    """Find what keeps every constraint; of a day with a clock time all of that day."""
    slots = await offers.find_slots(ctx, wanted, asked.start, min(asked.end, horizon))
    slots = [one for one in slots if not offers.is_never(ctx, wanted, one)]
    fitting = [one for one in slots if asked.allows(one.start)]
    if asked.exact is None or wanted.practitioner:
        return fitting
    return _same_day(asked, slots)


def _same_day(asked: TimeConstraints, slots: Sequence[Slot]) -> list[Slot]:
    loose = replace(asked, choices=tuple(Choice(one.days) for one in asked.choices))
    return [one for one in slots if loose.allows(one.start)]


async def _others(ctx: ToolContext, wanted: Wanted, asked: TimeConstraints, horizon: datetime) -> list[Slot]:
    """Find who else is free at the very times that were asked for."""
    seen = wanted.practitioner
    if seen is None:
        return []
    found = await _find(ctx, replace(wanted, practitioner=None), asked, horizon)
    return [one for one in found if asked.allows(one.start) and one.practitioner_id != seen.id]


def _who_does_not(ctx: ToolContext, wanted: Wanted) -> Miss | None:
    """Tell that a person, or nobody, does what is wanted; None when they do or it is not known."""
    if wanted.service is None:
        return None
    doers = who_does(wanted.service, ctx.facts)
    what = plural(wanted.service.name)
    if not doers and ctx.facts.practitioners:
        return Miss("nobody", f"I'm sorry, nobody here does {what} at the moment.")
    seen = wanted.practitioner
    if seen is None or not doers or seen.id in {one.id for one in doers}:
        return None
    names = speak.listing([one.name for one in doers], "and")
    do = "does" if len(doers) == 1 else "do"
    return Miss("not_done", f"{seen.name} doesn't do {what}; {names} {do}.")


async def _by_others(ctx: ToolContext, wanted: Wanted, asked: TimeConstraints, miss: Miss) -> Result:
    """Say that a person does not do it, with the times of those who do."""
    result = await search(ctx, replace(wanted, practitioner=None), asked)
    say = f"{miss.say} {result['say']}"
    return result | {"status": "none", "reason": miss.reason, "say": say, "gave_up": ["practitioner"]}


def out_of_bounds(ctx: ToolContext, wanted: Wanted, asked: TimeConstraints, horizon: datetime) -> Miss | None:
    """Say why a time cannot be searched; None when it can."""
    now = ctx.clock()
    asked_until = asked.exact or asked.end
    if asked_until <= now:
        return Miss("past", "I'm afraid that's already past.")
    if asked_until <= now + timedelta(minutes=ctx.facts.min_notice_minutes):
        return Miss("too_soon", "I'm sorry, that's too soon for us to book.")
    if (asked.exact or asked.start) >= horizon:
        last = speak.day((horizon - timedelta(days=1)).date())
        return Miss("too_far", f"I'm sorry, that's further ahead than we book. I can look up to {last}.")
    if is_closed_throughout(asked, ctx.facts):
        return Miss("closed", closed_sentence(asked, ctx.facts))
    day = asked.single_day
    rule = offers.never_rule(ctx, wanted, day.weekday()) if day else None
    if rule and day:
        return Miss("never", rule.say or f"I'm sorry, I can't book that on {speak.WEEKDAYS[day.weekday()]}s.")
    return None


def _is_full(ctx: ToolContext, only: Wanted | None, asked: TimeConstraints) -> Miss:
    if only and only.practitioner:
        return Miss("person_full", f"{_has_nothing(only.practitioner, asked)}.")
    return Miss("full", f"I'm sorry, {_full(ctx, asked)}.")


def _full(ctx: ToolContext, asked: TimeConstraints) -> str:
    """Say that nothing is free, or nothing else; of a few named days, which are closed and which are full."""
    nothing = _nothing(asked)
    days = sorted({one.first for choice in asked.choices for one in choice.days if one.single})
    closed = [day for day in days if ctx.facts.hours and not hours_on(day, ctx.facts)]
    if closed and len(days) <= _FEW_DAYS:
        full = speak.listing([f"on {speak.day(day)}" for day in days if day not in closed])
        shut = speak.listing([closed_day(day, ctx.facts) for day in closed], "and")
        return f"we're closed {shut}, and there's {nothing} free {full}"
    return f"there's {nothing} free {said_when(asked)}"


def _has_nothing(seen: PractitionerFacts, asked: TimeConstraints) -> str:
    return f"I'm sorry, {seen.name} has {_nothing(asked)} free {said_when(asked)}"


def _nothing(asked: TimeConstraints) -> str:
    """Say "nothing else" where times were turned down that are free."""
    return "nothing else" if asked.excluded else "nothing"


def said_when(asked: TimeConstraints) -> str:
    """Put what was asked for behind "nothing free": with "on" before a weekday."""
    if not asked.choices:
        return "then"
    label = replace(asked, excluded=(), prefer="").label
    first = label.split(" ", maxsplit=1)[0]
    weekday = first.removesuffix("s") in speak.WEEKDAYS or label.startswith(("a ", "between Mon"))
    return f"on {label}" if weekday and first != "between" else label


def _ok(ctx: ToolContext, wanted: Wanted, asked: TimeConstraints, slots: list[Slot]) -> Result:
    chosen = _chosen(ctx, asked, slots)
    asked_is_free = asked.exact and chosen[0].start == asked.exact
    listed = offers.sealed(ctx, chosen)
    if asked_is_free:
        say = f"{listed[0]['spoken']} is free. Shall I take that?"
    elif asked.exact is not None:
        said = offers.said_list(ctx, listed)
        say = f"I don't have {speak.clock(asked.exact)}. The nearest I have: {said}. Which suits you?"
    else:
        ask = "Which suits you?" if len(listed) > 1 else "Does that suit you?"
        say = f"I have {offers.said_list(ctx, listed)}. {ask}"
    result: Result = {
        "status": "ok",
        "when": asked.label,
        "say": speak.one_stop(say),
        "slots": listed,
        "more": len(slots) > len(chosen),
    }
    if asked.exact is not None:
        result["asked_time_is_free"] = bool(asked_is_free)
    return result | _service(wanted)


def _chosen(ctx: ToolContext, asked: TimeConstraints, slots: list[Slot]) -> list[Slot]:
    """Choose what to offer: of several alternatives some of each."""
    count = ctx.rules.offers
    if asked.exact is not None:
        return offers.nearest(slots, asked.exact)[:count]
    slots = [one for one in slots if not _is_by_refused(asked, one.start.astimezone(ctx.zone))] or slots
    if asked.prefer == "soonest":
        return offers.soonest(slots, count, ctx)
    if asked.prefer == "latest":
        return offers.latest(slots, count, ctx)
    if all(one.is_open and one.weekdays == EVERY_DAY for choice in asked.choices for one in choice.days):
        slots = offers.within_a_week(slots)
    parts = [
        Choice((days,), choice.hours) for choice in asked.choices for days in choice.days or (None,) if days
    ]
    groups = [
        group
        for part in parts
        if (group := [one for one in slots if part.has(one.start.astimezone(ctx.zone))])
    ]
    if len(groups) < 2:  # noqa: PLR2004 - nothing to share out
        return offers.spread(slots, count, ctx)
    chosen: dict[datetime, Slot] = {}
    for place, group in enumerate(groups[:count]):
        share = count // min(len(groups), count) + (place < count % min(len(groups), count))
        chosen |= {one.start: one for one in offers.spread(group, share, ctx)}
    return sorted(chosen.values(), key=lambda one: one.start)


def _is_by_refused(asked: TimeConstraints, moment: datetime) -> bool:
    """Tell whether a moment is next to one that was turned down: who cannot at nine can hardly at 9:15."""
    minute = moment.hour * 60 + moment.minute
    return any(
        hours.exact and one.on(moment.date()) and abs(hours.first - minute) < _NEXT_TO
        for one in asked.excluded
        for hours in one.hours
    )


async def _person_full(
    ctx: ToolContext, wanted: Wanted, asked: TimeConstraints, others: list[Slot]
) -> Result:
    """Say that only this person is full: who else is free then, and when this person is."""
    seen = wanted.practitioner
    assert seen is not None  # noqa: S101 - the caller has looked
    near, _ = await offers.find_near(ctx, wanted, asked, horizon_end(ctx))
    count = ctx.rules.offers
    own = near[: max(1, count // 2)]
    theirs = _chosen(ctx, asked, others)[: max(1, count - len(own))]
    listed = offers.sealed(ctx, [*theirs, *own])
    who = speak.listing(list(dict.fromkeys(one.practitioner or "somebody else" for one in theirs)))
    verb = "is" if " or " not in who else "are"
    say = f"{_has_nothing(seen, asked)}. {who} {verb} free "
    say += offers.said_list(ctx, listed[: len(theirs)], "on ")
    if own:
        say += f"; with {seen.name} the nearest is {offers.said_list(ctx, listed[len(theirs) :])}"
    result = _result(asked, Miss("person_full", f"{say}. Which suits you?"), listed, ("practitioner",))
    return result | _service(wanted)


def _none(
    ctx: ToolContext,
    wanted: Wanted,
    asked: TimeConstraints,
    miss: Miss,
    near: list[Slot],
    gave_up: Sequence[str],
) -> Result:
    part_of_day = asked.end - asked.start <= _PART_OF_DAY or asked.has_hours
    clocked = any(one.is_exact for one in asked.choices)
    if not (miss.reason in ("full", "person_full") and part_of_day) and not clocked:
        # No time of that day would do: times that differ help more than three in a row.
        chosen = offers.soonest(sorted(near, key=lambda one: one.start), ctx.rules.offers, ctx)
    else:
        chosen = near[: ctx.rules.offers]
    listed = offers.sealed(ctx, sorted(chosen, key=lambda one: one.start))
    if listed:
        nearest = "I only have what you ruled out" if "exclusion" in gave_up else "The nearest I have"
        miss = replace(
            miss, say=f"{miss.say} {nearest}: {offers.said_list(ctx, listed)}. Would one of those suit you?"
        )
    return _result(asked, miss, listed, gave_up) | _service(wanted)


def _result(
    asked: TimeConstraints, miss: Miss, listed: list[dict[str, Any]], gave_up: Sequence[str]
) -> Result:
    return {
        "status": "none",
        "reason": miss.reason,
        "gave_up": list(gave_up) if listed else [],
        "say": speak.one_stop(miss.say),
        "when": asked.label,
        "slots": listed,
    }


def _service(wanted: Wanted) -> Result:
    if wanted.service is None:
        return {}
    service = wanted.service
    return {"service": {"id": service.id, "name": service.name, "duration_minutes": service.duration_minutes}}
