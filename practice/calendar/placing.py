"""Finding a place for an appointment or a hold: who is free at that very time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from practice.calendar import repository
from practice.calendar.hours import Interval, Need, fits
from practice.calendar.plan import Plan
from practice.errors import InvalidPayload, SlotPast, SlotUnavailable
from practice.records.practices import Practitioner, Service

OFFER_GRACE = timedelta(minutes=30)
"""How much of the minimum notice may pass between an offer and its booking."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A time that is wanted; the appointment that is moved and the hold that is used are no obstacle."""

    start: datetime
    duration: timedelta
    service: Service | None
    practitioners: Sequence[Practitioner]
    moved_id: str | None = None
    hold_id: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A time that is free."""

    practitioner_number: int
    start_at: datetime
    end_at: datetime
    busy_from: datetime
    busy_until: datetime


async def find_place(session: AsyncSession, plan: Plan, wanted: Wanted) -> Place:
    """Find who is free; the practice is locked, so that it is still so when it is written."""
    if wanted.start < plan.now:
        raise SlotPast
    need = plan.need(wanted.service, wanted.duration)
    if need.duration != wanted.duration:
        raise InvalidPayload("booking.duration_minutes is shorter than the service takes.")
    end = wanted.start + wanted.duration
    # Whoever was offered a time a while ago may still have it, as long as it is to come.
    earliest = plan.now if wanted.hold_id else max(plan.now, plan.earliest - OFFER_GRACE)
    span = Interval(max(wanted.start, earliest), min(end, plan.latest))
    busy = await list_busy(
        session, plan, wanted.practitioners, span, need, moved_id=wanted.moved_id, hold_id=wanted.hold_id
    )
    for practitioner in wanted.practitioners:
        windows = plan.windows(practitioner, span, busy[practitioner.number], need, wanted.service)
        if fits(windows, wanted.start, wanted.duration):
            return Place(practitioner.number, wanted.start, end, wanted.start - need.before, end + need.after)
    raise SlotUnavailable


async def list_busy(
    session: AsyncSession,
    plan: Plan,
    practitioners: Sequence[Practitioner],
    span: Interval,
    need: Need,
    *,
    moved_id: str | None = None,
    hold_id: str | None = None,
) -> dict[int, list[Interval]]:
    """List what is taken or held of some people's time in a span, as far as buffers reach beyond it."""
    busy: dict[int, list[Interval]] = {one.number: [] for one in practitioners}
    if busy and span.start < span.end:
        start, end = span.start - need.before, span.end + need.after
        taken = await repository.list_taken(session, list(busy), start, end, without=moved_id)
        held = await repository.list_held(session, list(busy), start, end, plan.now, without=hold_id)
        for number, busy_from, busy_until in (*taken, *held):
            busy[number].append(Interval(busy_from, busy_until))
        for block in await repository.list_blocks(session, list(busy), start, end):
            busy[block.practitioner_number].append(Interval(block.start_at, block.end_at))
    return busy
