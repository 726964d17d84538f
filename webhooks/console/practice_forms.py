"""What the forms of ``/console/practice`` say, put into the practice file: a section, or an entry of one."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from contracts.practice_rules import WEEKDAYS
from webhooks.console.errors import FormRefused
from webhooks.console.forms import Fields

Tree = dict[str, Any]
"""The practice file as plain data; what pydantic then checks."""
Edit = Callable[[Tree, Fields], None]

LONGEST_LIST = 4000
_DATE = r"(\d{4}-\d{2}-\d{2})"
_ABSENCE = re.compile(
    rf"{_DATE}(?:\s{{0,9}}(?:to|until|-)\s{{0,9}}{_DATE})?(?:\s{{0,9}}:\s{{0,9}}(.{{0,200}}))?"
)


def edit_about(tree: Tree, fields: Fields) -> None:
    """Who the practice is."""
    section = tree["practice"]
    for name in ("name", "timezone", "country", "kind"):
        section[name] = fields.text(name)
    for name in ("say_as", "address", "website", "emergency_number", "greeting", "persona"):
        section[name] = fields.text(name) or None
    section["languages"] = _parts(fields, "languages")
    section["phone_numbers"] = _lines(fields, "phone_numbers")


def edit_hours(tree: Tree, fields: Fields) -> None:
    """When it is open."""
    tree["hours"] = week_of(fields)


def edit_special_day(tree: Tree, fields: Fields) -> None:
    """A day, or some, that are not as the weekday is."""
    hours = _intervals(fields, "special")
    _put(
        tree["special_days"],
        fields,
        {
            "from": fields.day("from", "The first day"),
            "to": fields.day("to", "The last day") if fields.text("to") else None,
            "closed": not hours,
            "hours": hours,
            "reason": fields.text("reason") or None,
        },
    )


def edit_service(tree: Tree, fields: Fields) -> None:
    """Something that the practice does; whoever does what it was called does what it is called now."""
    was = _entry(tree["services"], fields)
    named = fields.needed("name", "The name")
    _put(
        tree["services"],
        fields,
        {
            "name": named,
            "minutes": fields.whole("minutes", "The length"),
            "buffer_minutes": fields.whole("buffer_minutes", "The time after it"),
            "buffer_before_minutes": fields.whole("buffer_before_minutes", "The time before it"),
            "also": _parts(fields, "also"),
            "say_as": fields.text("say_as") or None,
            "price": fields.text("price") or None,
            "new_patients": "new_patients" in fields,
            "bookable": "bookable" in fields,
        },
    )
    if was is not None:
        _rename_service(tree, was["name"], None if _deletes(fields) else named)


def edit_person(tree: Tree, fields: Fields) -> None:
    """Somebody who is seen."""
    chosen = fields.texts("services")
    everything = len(chosen) == len(tree["services"])
    _put(
        tree["practitioners"],
        fields,
        {
            "name": fields.needed("name", "The name"),
            "say_as": fields.text("say_as") or None,
            "services": None if everything else chosen,
            "languages": _parts(fields, "languages"),
            "hours": week_of(fields) if "own_hours" in fields else None,
            "absences": [_absence(one) for one in _lines(fields, "absences")],
        },
    )


def edit_booking(tree: Tree, fields: Fields) -> None:
    """How it books."""
    hours = _parts(fields, "reminder_hours")
    if not all(one.isascii() and one.isdecimal() and len(one) < 5 for one in hours):  # noqa: PLR2004 - hours
        raise FormRefused("Reminders: whole hours, such as 48, 2.")
    tree["booking"] = {
        "notice_minutes": fields.whole("notice_minutes", "The notice"),
        "horizon_days": fields.whole("horizon_days", "How far ahead"),
        "offers": fields.whole("offers", "How many times"),
        "confirmation_sms": "confirmation_sms" in fields,
        "reminder_hours": [int(one) for one in hours],
    }


def edit_rules(tree: Tree, fields: Fields) -> None:
    """What the bot obeys, with a model and without."""
    never, emergencies = [], []
    for place in range(fields.whole("never_rows", "The rules")):
        rule = {
            "days": fields.texts(f"never_days_{place}"),
            "services": fields.texts(f"never_services_{place}"),
            "say": fields.text(f"never_say_{place}") or None,
        }
        if rule["days"] or rule["services"]:
            never.append(rule)
    for place in range(fields.whole("emergency_rows", "The emergencies")):
        signs = _lines(fields, f"emergency_signs_{place}")
        if signs:
            emergencies.append(
                {
                    "signs": signs,
                    "say": fields.needed(f"emergency_say_{place}", "What the bot says in an emergency"),
                    "ring": fields.text(f"emergency_ring_{place}") or None,
                }
            )
    tree["rules"] = {
        "never_book": never,
        "always_ask": [_question(one) for one in _lines(fields, "always_ask")],
        "to_a_person": _lines(fields, "to_a_person"),
        "emergencies": emergencies,
        "cancelling": {
            "allowed": "cancelling_allowed" in fields,
            "notice_hours": fields.whole("cancelling_notice_hours", "The notice"),
            "say": fields.text("cancelling_say") or None,
        },
        "ask_date_of_birth": "ask_date_of_birth" in fields,
    }


def edit_contact(tree: Tree, fields: Fields) -> None:
    """Somebody who is rung."""
    when = fields.text("when")
    _put(
        tree["hand_off"],
        fields,
        {
            "name": fields.needed("name", "The name"),
            "to": fields.needed("to", "The number"),
            "when": week_of(fields) if when == "hours" else when,
            "ring_seconds": fields.whole("ring_seconds", "How long it rings"),
        },
    )


def edit_messages(tree: Tree, fields: Fields) -> None:
    """Where messages go."""
    tree["messages"] = {"email": _lines(fields, "email"), "sms": _lines(fields, "sms")}


def edit_privacy(tree: Tree, fields: Fields) -> None:
    """What is kept, and what callers are told."""
    tree["privacy"] = {
        "keep_transcripts_days": fields.whole("keep_transcripts_days", "Transcripts"),
        "keep_recordings_days": fields.whole("keep_recordings_days", "Recordings"),
        **{
            f"keep_{name}_days": fields.whole(f"keep_{name}_days", name.capitalize())
            if fields.text(f"keep_{name}_days")
            else None
            for name in ("messages", "memories", "appointments")
        },
        "record_calls": tree.get("privacy", {}).get("record_calls", False),  # nothing obeys it yet
        "announce_assistant": "announce_assistant" in fields,
    }


EDITS: dict[str, Edit] = {
    "about": edit_about,
    "hours": edit_hours,
    "special_days": edit_special_day,
    "services": edit_service,
    "practitioners": edit_person,
    "booking": edit_booking,
    "rules": edit_rules,
    "hand_off": edit_contact,
    "messages": edit_messages,
    "privacy": edit_privacy,
}
"""What each form edits, by its name."""


def week_of(fields: Fields) -> dict[str, list[str]]:
    """Read the hours of a week: pairs of times for each weekday."""
    return {day: _intervals(fields, day) for day in WEEKDAYS}


def _intervals(fields: Fields, name: str) -> list[str]:
    begins, ends = fields.texts(f"{name}_from", 8), fields.texts(f"{name}_to", 8)
    pairs = [(start, end) for start, end in zip(begins, ends, strict=False) if start or end]
    if any(not start or not end for start, end in pairs):
        raise FormRefused(f"{name.capitalize()}: an interval begins and ends.")
    return [f"{start[:5]}-{end[:5]}" for start, end in pairs]


def _entry(entries: list[Tree], fields: Fields) -> Tree | None:
    """Give the entry that a form edits; None where it adds one."""
    place = fields.text("place", 9)
    if not place:
        return None
    number = fields.whole("place", "The entry")
    if number >= len(entries):
        raise FormRefused("There is no such entry any more.")
    return entries[number]


def _deletes(fields: Fields) -> bool:
    return fields.text("action", 20) == "delete"


def _put(entries: list[Tree], fields: Fields, values: Tree) -> None:
    """Add, replace, move or take away an entry."""
    known = _entry(entries, fields)
    if known is None:
        entries.append(values)
        return
    place, action = entries.index(known), fields.text("action", 20)
    del entries[place]
    if action == "delete":
        return
    step = {"up": -1, "down": 1}.get(action, 0)
    entries.insert(max(0, place + step), values)


def _rename_service(tree: Tree, old: str, new: str | None) -> None:
    """Follow a service that is called otherwise, or is gone, wherever the file names it."""
    named = [one["services"] for one in tree["practitioners"] if one["services"] is not None]
    for names in [*named, *(rule["services"] for rule in tree["rules"]["never_book"])]:
        if old in names:
            place = names.index(old)
            names[place : place + 1] = [] if new is None else [new]


def _lines(fields: Fields, name: str) -> list[str]:
    return [one.strip() for one in fields.text(name, LONGEST_LIST).splitlines() if one.strip()]


def _parts(fields: Fields, name: str) -> list[str]:
    """Read a list that is written in one line, with commas."""
    return [one.strip() for one in fields.text(name, LONGEST_LIST).split(",") if one.strip()]


def _question(line: str) -> Tree:
    key, colon, ask = line.partition(":")
    if not colon or not ask.strip():
        raise FormRefused("Questions: one a line, such as insurance: Which insurance do you have?")
    return {"key": key.strip(), "ask": ask.strip()}


def _absence(line: str) -> Tree:
    found = _ABSENCE.fullmatch(line)
    if found is None:
        raise FormRefused("Absences: one a line, such as 2026-12-07 to 2026-12-11: holiday.")
    try:
        first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2]) if found[2] else None
    except ValueError as error:
        raise FormRefused(f"Absences: {line[:40]} is no date.") from error
    return {"from": first, "to": last, "reason": (found[3] or "").strip() or None}
