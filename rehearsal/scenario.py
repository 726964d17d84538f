"""Scenario files: who calls, what they want, what the world does, and what must be there afterwards."""

import contextlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

DEFAULT_SCENARIO: Final = "book-a-cleaning"
FOLDER: Final = Path(__file__).parent / "scenarios"
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MIDDLE_OF_THE_WEEK: Final = ("tuesday", "wednesday", "thursday")
TUESDAY_MORNING: Final = datetime.fromisoformat("2026-12-01T09:00:00-05:00")

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Phone = Field(pattern=r"^\+[1-9]\d{6,14}$")
Stage = Literal[
    "opening",
    "service",
    "when",
    "offer",
    "name",
    "phone",
    "same-number",
    "read-back",
    "cancel-it",
    "message",
    "done",
    "end",
    "any",
]
"""Where in a conversation something happens: when the bot asks for that, when a want is met, at the end."""
Manner = Literal["hurried", "vague", "pauses", "elderly", "hostile", "chatty"]


class ScenarioError(ValueError):
    """A file is no scenario; the message says where and what."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class When(_Part):
    """A set of times: a start is in it when it keeps every condition that is given."""

    days: tuple[date, ...] = ()
    first: date | None = None
    last: date | None = None
    weekdays: tuple[Weekday, ...] = ()
    not_weekdays: tuple[Weekday, ...] = ()
    not_days: tuple[date, ...] = ()
    at: tuple[time, ...] = ()
    """Exactly then."""
    from_: time | None = Field(default=None, alias="from")
    until: time | None = None
    """Starts are before it."""

    def holds(self, start: datetime) -> bool:
        """Tell whether a local start is in the set."""
        day, hour, name = start.date(), start.time().replace(tzinfo=None), WEEKDAYS[start.weekday()]
        return (
            (not self.days or day in self.days)
            and (self.first is None or day >= self.first)
            and (self.last is None or day <= self.last)
            and (not self.weekdays or name in self.weekdays)
            and name not in self.not_weekdays
            and day not in self.not_days
            and (not self.at or hour in self.at)
            and (self.from_ is None or hour >= self.from_)
            and (self.until is None or hour < self.until)
        )


class Patient(_Part):
    """Who calls."""

    name: str
    phone: str = Phone
    """The number that they give when they are asked for one."""
    born: date | None = None
    """Their date of birth, which the practice has written down as well."""
    manner: tuple[Manner, ...] = ()
    refuses: tuple[Literal["name", "phone"], ...] = ()
    """What they do not give, however they are asked."""
    danger: Literal["yes", "no"] = "no"
    """What they answer when they are asked whether anybody is in danger."""


class Alternative(_Part):
    """What is wanted when the times before it cannot be had."""

    says: tuple[str, ...]
    when: When


class Want(_Part):
    """Something that the caller wants."""

    do: Literal["book", "move", "cancel", "message", "person", "hear"]
    """``hear`` only wants an answer, which ``questions`` or ``said`` judge."""
    says: tuple[str, ...]
    """How it is asked for, in wordings that mean the same."""
    service: str = ""
    service_says: tuple[str, ...] = ()
    for_: str = Field(default="", alias="for")
    """The patient, when it is not the caller."""
    phone: str = ""
    when: When = When()
    when_says: tuple[str, ...] = ()
    or_else: tuple[Alternative, ...] = ()
    with_: str = Field(default="", alias="with")
    """Only with this person."""
    seed: int = 0
    """Which of the world's appointments is meant, from 1."""
    text: tuple[str, ...] = ()
    """The message for the team."""
    or_message: bool = False
    """A message is taken for an answer when it cannot be done."""


class Question(_Part):
    """Something that the caller asks on the way."""

    at: Stage
    asks: tuple[str, ...]
    """Wordings; the second is tried when the first got no answer."""
    told: tuple[str, ...]
    """Regular expressions that the answer must hold, each of them."""
    beside: bool = False
    """Asked in one breath with the answer to the bot's question."""


class Twist(_Part):
    """Something that the caller says once instead of answering, and what changes with it."""

    at: Stage
    says: tuple[str, ...]
    nth: int = 1
    """At which time that the stage comes."""
    when: When | None = None
    when_says: tuple[str, ...] = ()
    service: str | None = None
    name: str | None = None
    phone: str | None = None
    with_: str | None = Field(default=None, alias="with")
    drops: bool = False
    """The want is given up."""
    ends: bool = False
    """The caller hangs up after it."""


class OwnAnswer(_Part):
    """What the caller answers to a question of this scenario alone."""

    hears: str
    """A regular expression."""
    says: tuple[str, ...]
    drops: bool = False
    """The want is given up with it."""


class Seed(_Part):
    """An appointment that is there before the call."""

    service: str
    patient: str
    phone: str = Phone
    start: datetime
    with_: str = Field(alias="with")


class Busy(_Part):
    """Time of a practitioner that is not free."""

    with_: str = Field(alias="with")
    from_: datetime = Field(alias="from")
    until: datetime


class World(_Part):
    """What there is, and what happens."""

    appointments: tuple[Seed, ...] = ()
    busy: tuple[Busy, ...] = ()
    taken_at: Stage | None = None
    """Somebody else books the offered time when the bot asks for this."""
    platform: Literal["", "down", "slow"] = ""
    platform_at: Stage = "any"
    """From when on the calendar is in trouble."""
    model: Literal["", "down"] = ""


class Row(_Part):
    """An appointment that must be there."""

    seed: int = 0
    """The world's appointment that it was before, from 1: what is not said here stayed as it was."""
    service: str | None = None
    patient: str | None = None
    phone: str | None = None
    when: When | None = None
    with_: str | None = Field(default=None, alias="with")
    status: Literal["confirmed", "cancelled"] = "confirmed"
    notes: str | None = None
    """A regular expression."""


class MessageRow(_Part):
    """A message for the team that must be there."""

    text: tuple[str, ...] = ()
    """Regular expressions, each of which it must hold."""
    name: str | None = None
    phone: str | None = None


class After(_Part):
    """The rows that must exist afterwards, and no others; the world's appointments stay if not named."""

    appointments: tuple[Row, ...] = ()
    messages: tuple[MessageRow, ...] = ()
    hand_off: Literal["none", "person", "emergency"] = "none"


class Scenario(_Part):
    """A caller, their world, and what a call must leave behind."""

    title: str
    name: str = ""
    """Given by its file."""
    kind: Literal["booking", "change", "question", "other", "danger", "adversary", "trouble", "spanish"]
    now: AwareDatetime = TUESDAY_MORNING
    from_: str | None = Field(default=None, alias="from", pattern=r"^\+[1-9]\d{6,14}$")
    """The number that the call comes from; without it, it is withheld."""
    language: Literal["en", "es"] = "en"
    patient: Patient
    wants: tuple[Want, ...] = Field(min_length=1)
    questions: tuple[Question, ...] = ()
    twists: tuple[Twist, ...] = ()
    answers: tuple[OwnAnswer, ...] = ()
    world: World = World()
    after: tuple[After, ...] = Field(min_length=1)
    """Any one of these."""
    said: tuple[str, ...] = ()
    """Regular expressions that the bot must have said, each of them."""
    said_first: tuple[str, ...] = ()
    """As ``said``, in the bot's first answer."""
    not_said: tuple[str, ...] = ()
    most_turns: int = 24

    def patterns(self) -> Iterable[str]:
        """Give all regular expressions."""
        yield from (*self.said, *self.said_first, *self.not_said)
        for asked in self.questions:
            yield from asked.told
        for answer in self.answers:
            yield answer.hears
        for end in self.after:
            yield from (one for message in end.messages for one in message.text)
            yield from (row.notes for row in end.appointments if row.notes)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in one sentence what is wrong with a TOML file, and where."""
    try:
        yield
    except OSError as error:
        raise ScenarioError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path} is not TOML: {error}") from error
    except re.error as error:
        raise ScenarioError(f"{path}: {error.pattern!r} is not a regular expression: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise ScenarioError(f"{path}: {place}: {first['msg']}") from error


def list_scenarios() -> list[Path]:
    """List the files of the scenarios that come with the package."""
    return sorted(FOLDER.rglob("*.toml"))


def day_to_ask_for(today: date) -> date:
    """Choose a day after tomorrow, within a week, in the middle of the working week.

    Far from the weekend, its name means the same day to everybody.
    """
    days = (today + timedelta(days=ahead) for ahead in range(2, 9))
    return next(one for one in days if WEEKDAYS[one.weekday()] in _MIDDLE_OF_THE_WEEK)


def load_scenario(path: Path, now: datetime | None = None) -> Scenario:
    """Read a scenario file, with ``{day}`` as `day_to_ask_for` at ``now``, or at its own time.

    ScenarioError: it cannot be read, is not TOML, or is no scenario.
    """
    with _told(path):
        day = day_to_ask_for((now or TUESDAY_MORNING).date())
        text = path.read_text("utf-8").replace("{day}", f"{day:%A}")
        fields = tomllib.loads(text.replace("{weekday}", WEEKDAYS[day.weekday()]))
        given = {"name": path.stem} if now is None else {"name": path.stem, "now": now}
        scenario = Scenario.model_validate(fields | given)
        for pattern in scenario.patterns():
            re.compile(pattern)
    seeds = len(scenario.world.appointments)
    named = [want.seed for want in scenario.wants] + [r.seed for a in scenario.after for r in a.appointments]
    if any(one > seeds for one in named):
        raise ScenarioError(f"{path}: it names appointment {max(named)} of {seeds}")
    return scenario


def find_scenarios(names: Sequence[str], now: datetime | None = None) -> list[Scenario]:
    """Read scenarios by file, folder, or the name of one that comes with the package; all without names.

    See `load_scenario` for ``now``.

    Raises:
        ScenarioError: There is no such, or it is no scenario.
    """
    shipped = {path.stem: path for path in list_scenarios()}
    paths: list[Path] = []
    for name in names:
        path = Path(name)
        if path.is_dir():
            if not (inside := sorted(path.rglob("*.toml"))):
                raise ScenarioError(f"there is no scenario in {name!r}: it has no TOML file")
            paths += inside
        elif name in shipped:
            paths.append(shipped[name])
        elif path.exists():
            paths.append(path)
        else:
            raise ScenarioError(f"there is no scenario {name!r}: give a TOML file, a folder, or a name")
    return [load_scenario(path, now) for path in (paths if names else shipped.values())]
