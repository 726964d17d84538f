"""A practice's rules as the calendar applies them: who, when, how long, how soon, how far."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.platform import ANYONE
from contracts.practice_rules import WEEKDAYS, PracticeRules
from practice.calendar.hours import Interval, Need, Reason, Week, free_windows, minutes_of, open_intervals
from practice.errors import InvalidPayload
from practice.records.practices import Practice, Practitioner, Service

START_GRID_MINUTES = 5
"""Windows that begin now begin at a round time."""


class Plan:
    """The rules of one practice, which is loaded whole, read once, asked without I/O."""

    def __init__(self, practice: Practice, now: datetime) -> None:
        self.practice = practice
        self.zone = ZoneInfo(practice.timezone)
        self.now = now
        self.earliest = now + timedelta(minutes=practice.min_notice_minutes)
        self.latest = now + timedelta(days=practice.horizon_days)

    def find_service(self, service_id: str | None) -> Service | None:
        """Find a wanted service."""
        if service_id is None:
            return None
        for service in self.practice.services:
            if service.id == service_id and service.active and service.bookable:
                return service
        raise InvalidPayload("service_id names no service of this practice.")

    def list_practitioners(self, practitioner_id: str | None, service: Service | None) -> list[Practitioner]:
        """List who may be booked: the one asked for, or of ``ANYONE`` and None all who do the service."""
        anyone = practitioner_id in {None, ANYONE}
        chosen = [
            one for one in self.practice.practitioners if one.active and (anyone or one.id == practitioner_id)
        ]
        if not anyone and not chosen:
            raise InvalidPayload("practitioner_id names no practitioner of this practice.")
        if service is None:
            return chosen
        return [one for one in chosen if any(link.service_id == service.id for link in one.performs)]

    def need(self, service: Service | None, duration: timedelta | None) -> Need:
        """Work out what has to fit: without a service or a length, the shortest service."""
        if service is None:
            shortest = min((one.duration_minutes for one in self.practice.services if one.active), default=1)
            return Need(duration or timedelta(minutes=shortest))
        own = timedelta(minutes=service.duration_minutes)
        return Need(
            max(duration or own, own),
            before=timedelta(minutes=service.buffer_before_minutes),
            after=timedelta(minutes=service.buffer_after_minutes),
        )

    def bookable_week(self, practitioner: Practitioner, service: Service | None) -> Week:
        """Give a practitioner's hours less the days on which the practice's rules book no such service."""
        week, barred = self.week(practitioner), self._barred_weekdays(service)
        if not barred:
            return week
        return Week(
            week.zone,
            {day: hours for day, hours in week.hours.items() if day not in barred},
            {day: () if day.weekday() in barred else hours for day, hours in week.special.items()},
        )

    def _barred_weekdays(self, service: Service | None) -> set[int]:
        barred: set[int] = set()
        for rule in PracticeRules.model_validate(self.practice.rules or {}).never_book:
            if not rule.services or (service is not None and service.name in rule.services):
                barred |= {WEEKDAYS.index(day) for day in rule.days or WEEKDAYS}
        return barred

    def week(self, practitioner: Practitioner) -> Week:
        """Give a practitioner's hours: the practice's, or within them their own if they have any."""
        shared = week_of(self.practice)
        own = _by_weekday(self.practice, practitioner.id)
        hours, special = dict(shared.hours), dict(shared.special)
        if own:
            hours = {day: _common(hours.get(day, ()), own.get(day, ())) for day in range(7)}
            special = {day: _common(open_, own.get(day.weekday(), ())) for day, open_ in special.items()}
        return Week(self.zone, hours, special | _special(self.practice, practitioner.id))

    def bookable(self, span: Interval) -> Interval:
        """Cut a span to the minimum notice and the horizon; it may be empty."""
        return Interval(max(span.start, _rounded_up(self.earliest)), min(span.end, self.latest))

    def windows(
        self,
        practitioner: Practitioner,
        span: Interval,
        busy: Iterable[Interval],
        need: Need,
        service: Service | None,
    ) -> list[Interval]:
        """Find a practitioner's free windows in a span."""
        if span.start >= span.end:
            return []
        return free_windows(open_intervals(self.bookable_week(practitioner, service), span), busy, need)

    def why_none(
        self, practitioners: Sequence[Practitioner], span: Interval, service: Service | None
    ) -> Reason:
        """Say why a span has no free window."""
        if span.end <= self.now:
            return "past"
        if span.start >= self.latest:
            return "too_far"
        if span.end <= self.earliest:
            return "too_soon"
        within = self.bookable(span)
        if within.start < within.end and any(
            open_intervals(self.bookable_week(one, service), within) for one in practitioners
        ):
            return "full"
        return "closed"


def week_of(practice: Practice) -> Week:
    """Give a practice's own hours, whoever of its people is there; hours and special days are loaded."""
    return Week(ZoneInfo(practice.timezone), _by_weekday(practice, None), _special(practice, None))


def _special(practice: Practice, practitioner_id: str | None) -> dict[date, Sequence[tuple[int, int]]]:
    return {
        one.first_day + timedelta(days=after): [minutes_of(interval) for interval in one.hours]
        for one in practice.special_days
        if one.practitioner_id == practitioner_id
        for after in range((one.last_day - one.first_day).days + 1)
    }


def _by_weekday(practice: Practice, practitioner_id: str | None) -> dict[int, list[tuple[int, int]]]:
    week: dict[int, list[tuple[int, int]]] = {}
    for row in practice.hours:
        if row.practitioner_id == practitioner_id:
            week.setdefault(row.weekday, []).append((row.opens_minute, row.closes_minute))
    return week


def _common(left: Iterable[tuple[int, int]], right: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    pairs = [(max(a, c), min(b, d)) for a, b in left for c, d in right]
    return [(opens, closes) for opens, closes in pairs if opens < closes]


def _rounded_up(moment: datetime) -> datetime:
    whole = moment.replace(minute=0, second=0, microsecond=0)
    grid = timedelta(minutes=START_GRID_MINUTES)
    return whole + -(-(moment - whole) // grid) * grid
