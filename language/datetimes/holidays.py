"""Days with a name: Christmas, Thanksgiving, by the country that the practice lies in."""

import re
import tomllib
from datetime import date, timedelta
from functools import cache
from importlib import resources

from dateutil.easter import easter

from language.datetimes.day_phrases import weekdays_of_month
from language.datetimes.normalize import WEEKDAYS

_RULE = re.compile(r"(?P<nth>[1-5]|last) (?P<weekday>[a-z]+) (?P<month>\d{1,2})(?: (?P<shift>[+-]\d+))?")


@cache
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads((resources.files("language") / "en" / "holidays.toml").read_text("utf-8"))


@cache
def country_of(zone: str) -> str:
    """Find the two-letter country of an IANA zone; empty where it lies in none."""
    lines = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return next((row[0] for row in rows if row[2] == zone), "US" if zone.startswith("US/") else "")


@cache
def names_in(country: str) -> tuple[str, ...]:
    """List the names that are known in a country, the longest first."""
    return tuple(sorted(_rules(country), key=lambda one: -len(one)))


@cache
def _rules(country: str) -> dict[str, str]:
    tables = _tables()
    return tables["everywhere"] | tables.get(country, {})


def next_named(name: str, country: str, today: date) -> tuple[date, date]:
    """Give the next such day, or today: its first and its last date."""
    rule = _rules(country)[name]
    first, _, last = rule.partition(" to ")
    for year in range(today.year - 1, today.year + 3):
        begins = _dated(first, year)
        ends = _dated(last, year) if last else begins
        if ends < begins:
            ends = _dated(last, year + 1)
        if ends >= today:
            return begins, ends
    raise AssertionError(rule)


def _dated(rule: str, year: int) -> date:
    if rule.startswith("easter"):
        sunday: date = easter(year)
        return sunday + timedelta(int(rule.removeprefix("easter") or 0))
    if match := _RULE.fullmatch(rule):
        days = weekdays_of_month(year, int(match["month"]), WEEKDAYS.index(match["weekday"]))
        found = days[-1 if match["nth"] == "last" else int(match["nth"]) - 1]
        return found + timedelta(int(match["shift"] or 0))
    return date.fromisoformat(f"{year}-{rule}")
