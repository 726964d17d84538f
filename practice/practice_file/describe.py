"""From a practice's rows to its file: what ``export`` writes and ``apply`` compares with."""

from collections.abc import Iterable
from typing import Any

from contracts.practice_rules import WEEKDAYS
from practice.calendar.hours import interval_of
from practice.practice_file.folder import KeptFile, PracticeFolder
from practice.practice_file.model import PracticeFile
from practice.practice_file.normal import normalised
from practice.practice_file.rows import PracticeRows
from practice.records.practices import OpeningHours, Practice, Service, SpecialDays

ROLES = {"ADMIN": "admin", "SITE_USER": "desk"}
"""Roles of log-ins, and what the file calls them."""


_SAME = (
    "name say_as address timezone country languages website emergency_number greeting persona kind".split()
)
PRACTICE_COLUMNS = {name: name for name in _SAME}
"""What the file calls the columns of a practice, its rules of booking, and its services."""
BOOKING_COLUMNS = {
    "notice_minutes": "min_notice_minutes",
    "horizon_days": "horizon_days",
    "offers": "offers",
}
SERVICE_COLUMNS = {
    "minutes": "duration_minutes",
    "buffer_minutes": "buffer_after_minutes",
    "buffer_before_minutes": "buffer_before_minutes",
    "also": "aliases",
    "say_as": "say_as",
    "price": "price",
    "new_patients": "new_patients",
    "bookable": "bookable",
}


def describe(rows: PracticeRows) -> PracticeFolder:
    """Describe a practice as a folder would."""
    practice, bot = rows.practice, rows.bot
    sections: dict[str, Any] = {
        "practice": {
            **_read(PRACTICE_COLUMNS, practice),
            "phone_numbers": _numbers(rows),
        },
        "hours": _week(practice.hours, None),
        "special_days": [_special(one) for one in practice.special_days if one.practitioner_id is None],
        "services": [
            {"name": one.name, **_read(SERVICE_COLUMNS, one)} for one in practice.services if one.active
        ],
        "practitioners": _people(practice),
        "booking": {
            **_read(BOOKING_COLUMNS, practice),
            "confirmation_sms": None if bot is None else bot.confirmation_sms,
            "reminder_hours": _reminders(rows),
        },
        "rules": practice.rules,
        "hand_off": [
            {
                "name": one.name,
                "to": one.phone,
                "when": one.hours if one.available == "hours" else one.available,
                "ring_seconds": one.ring_seconds,
            }
            for one in rows.contacts
        ],
        "messages": {"email": practice.message_emails, "sms": practice.message_numbers},
        "privacy": practice.privacy,
        "assistant": {"code": rows.assistant.code},
        "staff": [
            {
                "email": one.email,
                "name": f"{one.first_name} {one.last_name}".strip(),
                "role": ROLES.get(one.role, "desk"),
            }
            for one in rows.staff
        ],
    }
    file = PracticeFile.model_validate(_without_none(sections))
    files = (KeptFile(one.file_name, one.content, one.description) for one in rows.files)
    return PracticeFolder(
        normalised(file),
        rows.assistant.instructions or "",
        tuple(sorted(_named_apart(files), key=lambda one: one.name)),
    )


def _read(columns: dict[str, str], row: Practice | Service) -> dict[str, Any]:
    return {name: getattr(row, column) for name, column in columns.items()}


def _numbers(rows: PracticeRows) -> list[str]:
    """List the bot's numbers, the practice's public one first."""
    numbers = [] if rows.bot is None else [one.number for one in rows.bot.numbers]
    return sorted(numbers, key=lambda one: (one != rows.practice.phone, one))


def _reminders(rows: PracticeRows) -> list[int] | None:
    if rows.bot is not None and not rows.bot.reminder_sms:
        return []
    return rows.practice.reminder_hours


def _people(practice: Practice) -> list[dict[str, Any]]:
    names = {one.id: one.name for one in practice.services if one.active}
    return [
        {
            "name": one.name,
            "say_as": one.say_as,
            "services": [names[link.service_id] for link in one.performs if link.service_id in names],
            "languages": one.languages,
            "hours": _week(practice.hours, one.id) or None,
            "absences": [_range(away) for away in practice.special_days if away.practitioner_id == one.id],
        }
        for one in practice.practitioners
        if one.active
    ]


def _week(hours: Iterable[OpeningHours], practitioner_id: str | None) -> dict[str, list[str]]:
    week: dict[str, list[str]] = {}
    for one in hours:
        if one.practitioner_id == practitioner_id:
            week.setdefault(WEEKDAYS[one.weekday], []).append(
                interval_of(one.opens_minute, one.closes_minute)
            )
    return week


def _special(days: SpecialDays) -> dict[str, Any]:
    return {**_range(days), "closed": not days.hours, "hours": list(days.hours)}


def _range(days: SpecialDays) -> dict[str, Any]:
    return {"from": days.first_day, "to": days.last_day, "reason": days.name or None}


def _without_none(value: Any) -> Any:
    """Leave out what is as by default."""
    if isinstance(value, dict):
        return {key: _without_none(one) for key, one in value.items() if one is not None}
    return [_without_none(one) for one in value] if isinstance(value, list) else value


def _named_apart(files: Iterable[KeptFile]) -> Iterable[KeptFile]:
    """Give files names that can stand side by side in a folder: uploads may have any."""
    taken: set[str] = set()
    for one in files:
        name = one.name.replace("\\", "/").rsplit("/", 1)[-1].strip(". ") or "file"
        stem, dot, ending = name.rpartition(".")
        number = 1
        while name in taken:
            number += 1
            name = f"{stem or ending} {number}{dot if stem else ''}{ending if stem else ''}"
        taken.add(name)
        yield KeptFile(name, one.content, one.about)
