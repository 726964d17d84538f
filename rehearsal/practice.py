"""What a rehearsal knows of a practice: its facts, and what is in its calendar, inbox and hand-offs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

_STEP: Final = timedelta(minutes=15)


@dataclass(frozen=True)
class Service:
    """A kind of visit."""

    name: str
    minutes: int
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Practice:
    """A practice, as far as what is said about it can be checked.

    Attributes:
        hours: Weekday from 0 to its opening hours.
        closed: Days on which it is closed for a reason.
        people: Each practitioner's services; none are all.
        phones: Its numbers, E.164.
        texts: What its files and instructions say: a price that is in none of them is invented.
    """

    name: str
    timezone: str
    hours: Mapping[int, Sequence[tuple[time, time]]]
    closed: Mapping[date, str]
    services: Sequence[Service]
    people: Mapping[str, Sequence[str]]
    phones: Sequence[str]
    texts: Sequence[str] = ()

    def open_on(self, day: date) -> Sequence[tuple[time, time]]:
        """Give the opening hours of a day; none when it is closed."""
        return () if day in self.closed else self.hours.get(day.weekday(), ())

    def find_service(self, name: str) -> Service | None:
        """Find a service by its name or one of its other names, in any case."""
        low = name.lower()
        return next(
            (one for one in self.services if low in (one.name.lower(), *map(str.lower, one.also))), None
        )

    def doing(self, service: Service | None) -> list[str]:
        """List who does a service."""
        return [
            who
            for who, services in self.people.items()
            if service is None or not services or service.name in services
        ]


@dataclass(frozen=True)
class Appointment:
    """An appointment; its moments are local, without a zone."""

    id: str
    service: str
    patient: str
    phone: str
    with_: str
    start: datetime
    end: datetime
    status: str
    notes: str = ""


@dataclass(frozen=True)
class Message:
    """A message for the team."""

    text: str
    name: str
    phone: str


@dataclass(frozen=True)
class HandOff:
    """A person who was asked to take over."""

    urgency: str


@dataclass(frozen=True)
class Blocked:
    """Time of a practitioner that is not free, local."""

    with_: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class State:
    """What is there at one moment."""

    appointments: tuple[Appointment, ...] = ()
    messages: tuple[Message, ...] = ()
    hand_offs: tuple[HandOff, ...] = ()
    blocked: tuple[Blocked, ...] = field(default=())

    def live(self) -> list[Appointment]:
        """List the appointments that stand."""
        return [one for one in self.appointments if one.status != "cancelled"]

    def is_free(self, practice: Practice, start: datetime, service: Service | None, who: str) -> bool:
        """Tell whether somebody could be booked then."""
        end = start + timedelta(minutes=service.minutes if service else 15)
        fits = any(
            opens <= start.time() and end.time() <= closes and end.date() == start.date()
            for opens, closes in practice.open_on(start.date())
        )
        taken = [
            *((one.start, one.end) for one in self.live() if one.with_ == who),
            *((one.start, one.end) for one in self.blocked if one.with_ == who),
        ]
        return fits and not any(begin < end and start < until for begin, until in taken)

    def free_starts(
        self, practice: Practice, day: date, service: Service | None, who: str | None, not_before: datetime
    ) -> list[datetime]:
        """List the starts of a day at which somebody is free, in steps of a quarter of an hour."""
        people = [one for one in practice.doing(service) if who is None or one == who]
        found = []
        for opens, closes in practice.open_on(day):
            start = datetime.combine(day, opens)
            while start < datetime.combine(day, closes):
                if start >= not_before and any(self.is_free(practice, start, service, w) for w in people):
                    found.append(start)
                start += _STEP
        return found
