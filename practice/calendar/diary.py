"""The calendar as the practice's people read it: who is there on a day, with whom, and what is free."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from kit.clock import midnight
from practice.calendar import repository
from practice.calendar.blocks import BlockView
from practice.calendar.hours import Interval, merge, open_intervals
from practice.calendar.plan import Plan
from practice.calendar.views import AppointmentView, told_of
from practice.errors import BookingNotFound
from practice.records.bookings import Appointment, TimeBlock
from practice.records.finding import find_by
from practice.records.practices import Practice, Practitioner
from practice.service import RecordsService

SHORTEST_GAP = timedelta(minutes=10)
"""A shorter pause between two appointments is not shown as free."""
MOST_DAYS = 42

EntryKind = Literal["appointment", "block", "free"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentDetail(AppointmentView):
    """An appointment with all that the practice knows of it."""

    service_id: str | None
    practitioner_id: str
    email: str | None
    cancellation_reason: str | None
    created: datetime
    changed: datetime

    @property
    def version(self) -> str:
        """What a form shows of it is true while this is so."""
        told = (self.status, self.start, self.end, self.practitioner_id, self.service_id, self.changed)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """A stretch of somebody's day."""

    kind: EntryKind
    start: datetime
    end: datetime
    appointment: AppointmentDetail | None = None
    block: BlockView | None = None


@dataclass(frozen=True, slots=True)
class PersonDay:
    """One person's day, in order; ``opened`` is when they are there, empty on a day off."""

    practitioner_id: str
    name: str
    opened: tuple[Interval, ...]
    entries: tuple[DiaryEntry, ...]

    @property
    def booked(self) -> int:
        """How many appointments they have."""
        return sum(one.kind == "appointment" for one in self.entries)


@dataclass(frozen=True, slots=True)
class DiaryDay:
    """A local day of a practice."""

    day: date
    people: tuple[PersonDay, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a form offers."""

    id: str
    name: str
    minutes: int = 0
    services: tuple[str, ...] = ()


class Diary(RecordsService):
    """The embedded calendars, for reading."""

    async def list_days(self, account_id: str, first: date, count: int) -> list[DiaryDay]:
        """List days, each with everybody who is there or has somebody booked."""
        days = [first + timedelta(days=one) for one in range(min(count, MOST_DAYS))]
        async with self._database.reading() as session:
            practice = await repository.get_practice(session, account_id)
            plan = Plan(practice, self._clock())
            start, end = _bounds(plan, days[0])[0], _bounds(plan, days[-1])[1]
            made = await repository.list_between(session, account_id, start, end)
            blocks = await repository.list_blocks(session, _numbers(practice), start, end)
        return [_day(plan, practice, one, made, blocks) for one in days]

    async def list_appointments(self, account_id: str, first: date, count: int) -> list[AppointmentDetail]:
        """List the appointments of some days that are not cancelled, by start."""
        days = await self.list_days(account_id, first, count)
        entries = [one for day in days for person in day.people for one in person.entries]
        found = [one.appointment for one in entries if one.appointment is not None]
        return sorted(found, key=lambda one: (one.start, one.practitioner))

    async def get_appointment(self, account_id: str, booking_id: str) -> AppointmentDetail:
        """Get an appointment."""
        async with self._database.reading() as session:
            practice = await repository.get_practice(session, account_id)
            found = await find_by(session, Appointment, account_id=account_id, id=booking_id)
        if found is None:
            raise BookingNotFound
        return _detail(practice, found)

    async def open_form(
        self, account_id: str, day: date | None = None
    ) -> tuple[list[Choice], list[Choice], DiaryDay | None]:
        """List what a form offers."""
        made: Sequence[Appointment] = ()
        blocks: Sequence[TimeBlock] = ()
        async with self._database.reading() as session:
            practice = await repository.get_practice(session, account_id)
            plan = Plan(practice, self._clock())
            if day is not None:
                start, end = _bounds(plan, day)
                made = await repository.list_between(session, account_id, start, end)
                blocks = await repository.list_blocks(session, _numbers(practice), start, end)
        services = [
            Choice(one.id, one.name, minutes=one.duration_minutes) for one in practice.services if one.active
        ]
        people = [
            Choice(one.id, one.name, services=tuple(link.service_id for link in one.performs))
            for one in practice.practitioners
            if one.active
        ]
        return services, people, None if day is None else _day(plan, practice, day, made, blocks)


def _bounds(plan: Plan, day: date) -> tuple[datetime, datetime]:
    return midnight(day, plan.zone), midnight(day + timedelta(days=1), plan.zone)


def _numbers(practice: Practice) -> list[int]:
    return [one.number for one in practice.practitioners]


def _day(
    plan: Plan, practice: Practice, day: date, made: Sequence[Appointment], blocks: Sequence[TimeBlock]
) -> DiaryDay:
    span = Interval(*_bounds(plan, day))
    people = []
    for person in practice.practitioners:
        booked = [one for one in made if _is_in(one, person, span)]
        blocked = [one for one in blocks if _is_in(one, person, span)]
        opened = open_intervals(plan.week(person), span) if person.active else []
        if person.active or booked:
            entries = _entries(practice, opened, booked, blocked)
            people.append(PersonDay(person.id, person.name, tuple(opened), entries))
    return DiaryDay(day, tuple(people))


def _is_in(one: Appointment | TimeBlock, person: Practitioner, span: Interval) -> bool:
    return one.practitioner_number == person.number and one.start_at < span.end and one.end_at > span.start


def _entries(
    practice: Practice,
    opened: Sequence[Interval],
    booked: Sequence[Appointment],
    blocked: Sequence[TimeBlock],
) -> tuple[DiaryEntry, ...]:
    entries = [DiaryEntry("appointment", one.start_at, one.end_at, _detail(practice, one)) for one in booked]
    entries += [
        DiaryEntry(
            "block", one.start_at, one.end_at, block=BlockView(one.id, one.start_at, one.end_at, one.reason)
        )
        for one in blocked
    ]
    taken = merge(
        [
            *(Interval(one.busy_from, one.busy_until) for one in booked),
            *(Interval(one.start_at, one.end_at) for one in blocked),
        ]
    )
    for window in opened:
        start = window.start
        for busy in [*taken, Interval(window.end, window.end)]:
            if busy.end < start or busy.start > window.end:
                continue
            if busy.start - start >= SHORTEST_GAP:
                entries.append(DiaryEntry("free", start, busy.start))
            start = max(start, busy.end)
    return tuple(sorted(entries, key=lambda one: (one.start, one.end)))


def _detail(practice: Practice, made: Appointment) -> AppointmentDetail:
    return AppointmentDetail(
        **told_of(practice, made),
        service_id=made.service_id,
        practitioner_id=next(
            one.id for one in practice.practitioners if one.number == made.practitioner_number
        ),
        email=made.customer_email,
        cancellation_reason=made.cancellation_reason,
        created=made.created_at,
        changed=made.updated_at or made.cancelled_at or made.created_at,
    )
