"""The few questions that ``chairside init`` asks of whoever sets a practice up on a terminal."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import typer
from pydantic import ValidationError

from contracts.practice_rules import WEEKDAYS
from practice.practice_file.fields import WeekHours
from practice.practice_file.folder import PracticeFolder
from practice.practice_file.model import PracticeFile, PracticeSection, ServiceSection, StaffSection
from practice.practice_file.normal import normalised

T = TypeVar("T")
_DAYS = re.compile(r"([a-z]{3})[a-z]*(?: ?- ?([a-z]{3})[a-z]*)? ++(.+)")
_SERVICE = re.compile(r"(.*?)(?<![ ,])[ ,]++(\d{1,3}) *+(?:minutes?|min)?")
INSTRUCTIONS = """\
You are the receptionist of {name}.

# How you sound
Warm, calm, brief. One question at a time.

# What you do not do
- Do not give medical advice and do not guess at a diagnosis.
- Do not promise what an insurer will pay.
"""


def ask_practice() -> tuple[PracticeFolder, Path]:
    """Ask for a practice's name, address, hours, people and so on, and where its folder is to be written."""
    name = _ask("What is the practice called?", _section("name"))
    address = typer.prompt("Where is it? (address as callers should hear it)", default="", show_default=False)
    timezone = _ask("Its time zone", _section("timezone"), default="America/New_York")
    number = _ask("The number that the bot answers, such as +12075550123 (Enter for none yet)", _numbers, "")
    hours = _ask('When is it open? Such as "mon-thu 09:00-17:00; fri 09:00-12:00, 13:00-15:00"', read_hours)
    people = _several("Who is seen? One name a line, Enter to end", str.strip)
    services = _several('What is booked? Such as "Cleaning 45" for 45 minutes; Enter to end', read_service)
    email = _ask(
        "Who looks at the messages? Their e-mail address, for a log-in (Enter for nobody)", _staff, ""
    )
    file = PracticeFile.model_validate(
        {
            "practice": {
                "name": name,
                "timezone": timezone,
                "phone_numbers": number,
                **({"address": address} if address.strip() else {}),
            },
            "hours": hours,
            "practitioners": [{"name": one} for one in people],
            "services": services,
            "staff": email,
        }
    )
    folder = typer.prompt("Folder to keep it in", default=file.code)
    return PracticeFolder(normalised(file), INSTRUCTIONS.format(name=name)), Path(folder).expanduser()


def read_hours(text: str) -> dict[str, list[str]]:
    """Read a week's hours, such as ``mon-thu 09:00-17:00; fri 09:00-12:00, 13:00-15:00``, by weekday."""
    week: dict[str, list[str]] = {}
    for part in filter(None, (one.strip().lower() for one in text.split(";"))):
        found = _DAYS.fullmatch(part)
        if found is None:
            raise ValueError(f'"{part}" is not a day and its hours')
        first, last = (_weekday(one) for one in (found[1], found[2] or found[1]))
        days = range(first, last + 1) if first <= last else (*range(first, 7), *range(last + 1))
        for day in days:
            week.setdefault(WEEKDAYS[day], []).extend(one.strip() for one in found[3].split(","))
    WeekHours.model_validate(week)
    return week


def read_service(text: str) -> dict[str, Any]:
    """Read a service and its minutes, such as ``Cleaning 45``; ValueError when it has no name or minutes."""
    found = _SERVICE.fullmatch(text.strip())
    service = {"name": found[1], "minutes": int(found[2])} if found else {"name": text}
    ServiceSection.model_validate(service)
    return service


def _weekday(short: str) -> int:
    for number, name in enumerate(WEEKDAYS):
        if name.startswith(short):
            return number
    raise ValueError(f'"{short}" is no weekday')


def _section(field: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        given = {"name": "x", "timezone": "UTC", field: text}
        value: str = getattr(PracticeSection.model_validate(given), field)
        return value

    return read


def _numbers(text: str) -> list[str]:
    if not text:
        return []
    section = PracticeSection.model_validate({"name": "x", "timezone": "UTC", "phone_numbers": [text]})
    return section.phone_numbers


def _staff(text: str) -> list[dict[str, str]]:
    if not text:
        return []
    member = {"email": text, "name": text.split("@", maxsplit=1)[0] or "x", "role": "admin"}
    StaffSection.model_validate(member)
    return [member]


def _ask(question: str, read: Callable[[str], T], default: str | None = None) -> T:
    while True:
        text = typer.prompt(question, default=default, show_default=bool(default))
        try:
            return read(text)
        except ValidationError as error:
            typer.echo(f"  {error.errors()[0]['msg']}. Once more:")
        except ValueError as error:
            typer.echo(f"  {error}. Once more:")


def _several(question: str, read: Callable[[str], T]) -> list[T]:
    typer.echo(f"{question}:")
    found: list[T] = []
    while (text := typer.prompt(f"  {len(found) + 1}", default="", show_default=False).strip()) != "":
        try:
            found.append(read(text))
        except ValidationError as error:
            typer.echo(f"  {error.errors()[0]['msg']}. Once more:")
    return found
