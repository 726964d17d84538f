"""From a practice file to rows: what is the same already is not written again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.practice_rules import WEEKDAYS
from kit.copying import copy_fields
from kit.ids import new_id
from practice.calendar.hours import minutes_of
from practice.calendar.repository import next_practitioner_number
from practice.chat_sessions.ladder import Contact, replace_contacts
from practice.practice_file.describe import BOOKING_COLUMNS, PRACTICE_COLUMNS, SERVICE_COLUMNS
from practice.practice_file.fields import DateRange, Section, WeekHours
from practice.practice_file.model import (
    HandOffSection,
    PracticeFile,
    PrivacySection,
    RulesSection,
    ServiceSection,
)
from practice.practice_file.rows import PracticeRows
from practice.records.practices import (
    OpeningHours,
    Practice,
    Practitioner,
    PractitionerService,
    Service,
    SpecialDays,
)

Hours = tuple[str | None, int, int, int]
"""Whose (None is the practice's), weekday, opens, closes."""
Days = tuple[str | None, date, date, tuple[str, ...], str]


async def write_practice(
    session: AsyncSession, practice: Practice, file: PracticeFile, now: datetime
) -> None:
    """Make a practice's calendar, which is loaded whole, and what is known of it as the file has it."""
    section, booking = file.practice, file.booking
    _write(practice, PRACTICE_COLUMNS, section)
    _write(practice, BOOKING_COLUMNS, booking)
    practice.phone = section.phone_numbers[0] if section.phone_numbers else None
    _set(practice, "reminder_hours", booking.reminder_hours)
    _set(practice, "rules", _said(file.rules, RulesSection()))
    _set(practice, "privacy", _said(file.privacy, PrivacySection()))
    _set(practice, "message_emails", file.messages.email)
    _set(practice, "message_numbers", file.messages.sms)
    await session.flush()
    services = _write_services(practice, file.services, now)
    await session.flush()
    people = await _write_people(session, practice, file, services, now)
    await session.flush()
    await _write_hours(session, practice, file, people)
    await _write_days(session, practice, file, people)


async def write_ladder(
    session: AsyncSession, rows: PracticeRows, file: PracticeFile, countries: Sequence[str] | None
) -> None:
    """Make a practice's hand-off ladder as the file has it."""
    wanted = [_contact(place, one) for place, one in enumerate(file.hand_off)]
    kept = [copy_fields(Contact, one) for one in rows.contacts]
    if wanted != kept:
        await replace_contacts(session, rows.practice, wanted, countries)


def week_of(hours: WeekHours) -> dict[str, list[str]]:
    """Give the days that have hours."""
    return {name: hours.on(weekday) for weekday, name in enumerate(WEEKDAYS) if hours.on(weekday)}


def _contact(place: int, one: HandOffSection) -> Contact:
    if isinstance(one.when, WeekHours):
        return Contact(place, one.name, one.to, "hours", week_of(one.when), one.ring_seconds)
    return Contact(place, one.name, one.to, one.when, None, one.ring_seconds)


def _said(
    section: RulesSection | PrivacySection, default: RulesSection | PrivacySection
) -> dict[str, Any] | None:
    if section == default:
        return None
    return section.model_dump(mode="json", exclude_defaults=True)


def _write(row: Any, columns: Mapping[str, str], section: Section) -> None:
    for name, column in columns.items():
        _set(row, column, getattr(section, name))


def _set(row: Any, column: str, value: Any) -> None:
    """Set a JSON column; an equal value in a new object would be written again."""
    if getattr(row, column) != value:
        setattr(row, column, value)


def _write_services(
    practice: Practice, sections: Sequence[ServiceSection], now: datetime
) -> dict[str, Service]:
    """Make the services; those that are gone stay for the appointments that were made for them."""
    known = _by_name(practice.services)
    for position, section in enumerate(sections):
        row = known.get(section.name)
        if row is None:
            row = known[section.name] = Service(id=new_id("svc", now), name=section.name, aliases=[])
            practice.services.append(row)
        row.active, row.position = True, position
        _write(row, SERVICE_COLUMNS, section)
    wanted = {section.name for section in sections}
    for row in practice.services:
        if row.name not in wanted:
            row.active = False
    return {name: known[name] for name in wanted}


async def _write_people(
    session: AsyncSession,
    practice: Practice,
    file: PracticeFile,
    services: Mapping[str, Service],
    now: datetime,
) -> dict[str, Practitioner]:
    known = _by_name(practice.practitioners)
    number = await next_practitioner_number(session)
    for position, section in enumerate(file.practitioners):
        row = known.get(section.name)
        if row is None:
            row = known[section.name] = Practitioner(
                id=new_id("prov", now), number=number, name=section.name, performs=[]
            )
            number += 1
            practice.practitioners.append(row)
        row.active, row.position, row.say_as = True, position, section.say_as
        _set(row, "languages", section.languages)
        wanted = {services[name].id for name in file.services_of(section)}
        for link in list(row.performs):
            if link.service_id not in wanted:
                row.performs.remove(link)
                await session.delete(link)
        kept = {link.service_id for link in row.performs}
        # In the order of the file, so that what is written does not hang on the order of a set.
        row.performs += [
            PractitionerService(service_id=one.id)
            for name, one in services.items()
            if one.id in wanted - kept and name in services
        ]
    wanted_names = {section.name for section in file.practitioners}
    for row in practice.practitioners:
        if row.name not in wanted_names:
            row.active = False
    return {name: known[name] for name in wanted_names}


async def _write_hours(
    session: AsyncSession, practice: Practice, file: PracticeFile, people: Mapping[str, Practitioner]
) -> None:
    wanted = set(_hours(None, file.hours))
    for section in file.practitioners:
        wanted |= set(_hours(people[section.name].id, section.hours or WeekHours()))
    kept: dict[Hours, OpeningHours] = {
        (one.practitioner_id, one.weekday, one.opens_minute, one.closes_minute): one for one in practice.hours
    }
    for key, row in kept.items():
        if key not in wanted:
            await session.delete(row)
    session.add_all(
        OpeningHours(
            practice_id=practice.id,
            practitioner_id=whose,
            weekday=weekday,
            opens_minute=opens,
            closes_minute=closes,
        )
        for whose, weekday, opens, closes in sorted(wanted - kept.keys(), key=str)
    )


def _hours(whose: str | None, week: WeekHours) -> Iterable[Hours]:
    return ((whose, weekday, *minutes_of(one)) for weekday in range(7) for one in week.on(weekday))


async def _write_days(
    session: AsyncSession, practice: Practice, file: PracticeFile, people: Mapping[str, Practitioner]
) -> None:
    wanted = {_days(None, one, tuple(one.hours), one.reason) for one in file.special_days}
    for section in file.practitioners:
        wanted |= {_days(people[section.name].id, away, (), away.reason) for away in section.absences}
    kept: dict[Days, SpecialDays] = {
        (one.practitioner_id, one.first_day, one.last_day, tuple(one.hours), one.name): one
        for one in practice.special_days
    }
    for key, row in kept.items():
        if key not in wanted:
            await session.delete(row)
    session.add_all(
        SpecialDays(
            practice_id=practice.id,
            practitioner_id=whose,
            first_day=first,
            last_day=last,
            hours=list(hours),
            name=name,
        )
        for whose, first, last, hours, name in sorted(wanted - kept.keys(), key=str)
    )


def _days(whose: str | None, one: DateRange, hours: tuple[str, ...], reason: str | None) -> Days:
    first, last = one.days
    return whose, first, last, hours, reason or ""


def _by_name(rows: Iterable[Any]) -> dict[str, Any]:
    """Find rows by their names, those that are in use before others of the same name."""
    return {row.name: row for row in sorted(rows, key=lambda row: bool(row.active))}
