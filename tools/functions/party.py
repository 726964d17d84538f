"""Times for several people who come together: side by side, or one after the other."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from language import speak
from language.datetimes.constraints import TimeConstraints
from tools.context import ToolContext
from tools.function import Result
from tools.functions import offers
from tools.functions.offers import Wanted, horizon_end
from tools.functions.search import out_of_bounds, search
from tools.slots import Slot

MOST_TOGETHER = 4
"""More people than this are no family visit, and seldom fit a practice's day."""


async def search_together(ctx: ToolContext, wanted: Wanted, asked: TimeConstraints, patients: int) -> Result:
    """Search times at which several people can be seen, and say when they cannot come together."""
    horizon = horizon_end(ctx)
    if out_of_bounds(ctx, wanted, asked, horizon) is not None:
        return await search(ctx, wanted, asked)
    groups = await _find_groups(ctx, wanted, asked, horizon, patients)
    if not groups and asked.is_open:
        asked = asked.opened((horizon - timedelta(days=1)).date())
        groups = await _find_groups(ctx, wanted, asked, horizon, patients)
    if not groups:
        alone = await search(ctx, wanted, asked)
        say = f"I'm sorry, I don't have {speak.number(patients)} appointments together then. One by one: "
        lost = {"status": "none", "reason": "not_together", "gave_up": ["together"]}
        return alone | lost | {"say": f"{say}{alone['say']}"}
    firsts = offers.spread([one[0] for one in groups], ctx.rules.offers, ctx)
    chosen = [one for one in groups if one[0] in firsts]
    listed: list[dict[str, Any]] = []
    for number, group in enumerate(chosen, start=1):
        listed.extend(slot | {"group": number} for slot in offers.sealed(ctx, group))
    said = speak.listing([_said(ctx, group) for group in chosen])
    ask = "Which suits you?" if len(chosen) > 1 else "Does that suit you?"
    result: Result = {
        "status": "ok",
        "when": asked.label,
        "say": speak.one_stop(f"For {speak.number(patients)} together I have {said}. {ask}"),
        "slots": listed,
        "patients": patients,
        "more": len(groups) > len(chosen),
    }
    service = wanted.service
    if service is None:
        return result
    known = {"id": service.id, "name": service.name, "duration_minutes": service.duration_minutes}
    return result | {"service": known}


async def _find_groups(
    ctx: ToolContext, wanted: Wanted, asked: TimeConstraints, horizon: datetime, patients: int
) -> list[list[Slot]]:
    length = timedelta(minutes=wanted.minutes)
    until = min(asked.end + length * patients, horizon)
    slots = await offers.find_every_slot(ctx, wanted, asked.start, until)
    by_start: dict[datetime, list[Slot]] = {}
    for one in slots:
        if not offers.is_never(ctx, wanted, one):
            by_start.setdefault(one.start, []).append(one)
    return [
        group
        for start in by_start
        if asked.allows(start) and (group := _group(by_start, start, length, patients))
    ]


def _group(
    by_start: dict[datetime, list[Slot]], start: datetime, length: timedelta, patients: int
) -> list[Slot] | None:
    """Seat people from a moment on: as many at once as there are practitioners, the others right after."""
    seats: list[Slot] = []
    while len(seats) < patients:
        free = by_start.get(start, [])
        if not free:
            return None
        seats.extend(free[: patients - len(seats)])
        start += length
    return seats


def _said(ctx: ToolContext, group: Sequence[Slot]) -> str:
    """Say a group: "Tuesday the first of December at nine and nine thirty a.m."."""
    starts = [one.start.astimezone(ctx.zone) for one in group]
    if len(set(starts)) == 1:
        return f"{speak.moment(starts[0])}, side by side"
    clocks = [speak.clock(one) for one in dict.fromkeys(starts)]
    return f"{speak.day(starts[0])} at {speak.listing(clocks, 'and')}"
