"""What single values of a practice file may be, and how they are written the same way again."""

import re
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from contracts.practice_rules import WEEKDAYS
from kit.text import is_text
from language.phone import find_e164
from practice.calendar.hours import interval_of, minutes_of

LONGEST_RANGE_DAYS = 366
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_EMERGENCY = re.compile(r"[0-9]{2,6}")


class Section(BaseModel):
    """A table of the file: what it does not know is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _wrong(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("practice_file", "{sentence}", {"sentence": sentence})


def _one_line(value: str) -> str:
    text = " ".join(value.split())
    if not text:
        raise _wrong("must not be blank")
    if not is_text(text) or not text.isprintable():
        raise _wrong("holds characters that cannot be stored")
    return text


def _interval(value: str) -> str:
    try:
        return interval_of(*minutes_of(value.strip()))
    except ValueError as error:
        raise _wrong(f"{value[:20]!r}: {error}") from error


def _intervals(values: list[str]) -> list[str]:
    ordered = sorted(values, key=minutes_of)
    for before, after in pairwise(ordered):
        if minutes_of(before)[1] > minutes_of(after)[0]:
            raise _wrong(f"{before} and {after} overlap")
    return ordered


def _time_zone(value: str) -> str:
    try:
        return ZoneInfo(value).key
    except (LookupError, ValueError, OSError) as error:
        raise _wrong(f"{value[:40]!r} is no time zone such as America/New_York") from error


def _phone(value: str) -> str:
    number = find_e164(value, None)
    if number is None or not _E164.fullmatch(number):
        raise _wrong(f"{value[:40]!r} is no telephone number in full, such as +12075550123")
    return number


def _email(value: str) -> str:
    address = value.strip().lower()
    if not _EMAIL.fullmatch(address) or not address.isprintable():
        raise _wrong(f"{value[:40]!r} is no e-mail address")
    return address


def _matching(pattern: re.Pattern[str], sentence: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise _wrong(f"{value[:40]!r} {sentence}")
        return value

    return AfterValidator(check)


def _each_once(values: list[Any]) -> list[Any]:
    for place, one in enumerate(values):
        if one in values[:place]:
            raise _wrong(f"{str(one)[:60]!r} stands there twice")
    return values


def check_unique(kind: str, names: list[str]) -> None:
    """Make sure that no two of a kind have one name, in whatever case; PydanticCustomError if two have."""
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise _wrong(f"two {kind} are called {name!r}")
        seen.add(name.casefold())


def wrong(sentence: str) -> PydanticCustomError:
    """Make the error that says what is wrong with a table as a whole."""
    return _wrong(sentence)


Line = Annotated[str, Field(max_length=500), AfterValidator(_one_line)]
Name = Annotated[str, Field(max_length=80), AfterValidator(_one_line)]
PracticeName = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
Intervals = Annotated[list[Annotated[str, AfterValidator(_interval)]], AfterValidator(_intervals)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
PhoneNumber = Annotated[str, AfterValidator(_phone)]
PhoneNumbers = Annotated[list[PhoneNumber], AfterValidator(_each_once)]
Email = Annotated[str, AfterValidator(_email)]
Emails = Annotated[list[Email], AfterValidator(_each_once)]
Country = Annotated[str, _matching(_COUNTRY, "is no country such as US")]
Languages = Annotated[
    list[Annotated[str, _matching(_LANGUAGE, "is no language such as en or es-MX")]],
    AfterValidator(_each_once),
]
EmergencyNumber = Annotated[str, _matching(_EMERGENCY, "is no emergency number such as 911")]
Code = Annotated[
    str, Field(max_length=80), _matching(_CODE, "is no code such as harbor-view: small letters, digits and -")
]
Names = Annotated[list[Line], AfterValidator(_each_once)]


class WeekHours(Section):
    """Hours by weekday, local time; a day that is missing is closed."""

    monday: Intervals = Field(default_factory=list)
    tuesday: Intervals = Field(default_factory=list)
    wednesday: Intervals = Field(default_factory=list)
    thursday: Intervals = Field(default_factory=list)
    friday: Intervals = Field(default_factory=list)
    saturday: Intervals = Field(default_factory=list)
    sunday: Intervals = Field(default_factory=list)

    def on(self, weekday: int) -> list[str]:
        """Give a weekday's intervals; 0 is Monday."""
        intervals: list[str] = getattr(self, WEEKDAYS[weekday])
        return intervals

    @property
    def any(self) -> bool:
        """Whether there are hours on any day."""
        return any(self.on(weekday) for weekday in range(7))


class DateRange(Section):
    """Some days, the first and the last included; without ``to`` it is one."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: date = Field(alias="from")
    last: date | None = Field(None, alias="to")

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        return self.first, self.last or self.first

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        first, last = self.days
        if last < first:
            raise wrong(f"{last} is before {first}")
        if (last - first).days >= LONGEST_RANGE_DAYS:
            raise wrong(f"{first} to {last} is longer than a year")
        return self
