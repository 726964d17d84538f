"""Which days a caller means: what each way to say them stands for.

Weeks run from Monday to Sunday. "Next Tuesday" is the Tuesday of the following week; where a nearer
Tuesday is still to come in what some people call this week, the caller is asked.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from language import speak
from language.datetimes.constraints import Days
from language.datetimes.normalize import MONTHS, WEEKDAYS

_REPEATING_DAYS = 28
"""How far "Wednesdays" reach, in days."""
_RECENT_DAYS = 60
_SUNDAY = 6
_SATURDAY = 5
_REPEATED = frozenset("a any every each only all most some".split())
_WEEKS_BEFORE = re.compile(r"\b(\d{1,2}|couple|few)(?: of)? weeks?(?: from| on| after)?$")


WEEKEND = "the weekend"
"""How the coming one is named where no word tells which: ruled out, it is every one."""
SATURDAY_AND_SUNDAY = frozenset((_SATURDAY, _SUNDAY))


class Unclear(Exception):
    """The words name a day that does not exist, or two that do not fit; holds what to ask."""


def one_day(value: date, today: date, *, weekday: int | None = None, doubt: str | None = None) -> Days:
    """Name one day, relative to today where people would."""
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((value - today).days)
    label = f"{near}, {speak.day(value)}" if near else speak.day(value)
    if abs((value - today).days) > 300:  # noqa: PLR2004 - far enough to need its year
        label = f"{label} {value.year}"
    return Days(value, value, label, weekday=weekday, doubt=doubt)


def a_week_later(one: Days) -> Days:
    """Name the same day of the week after today's."""
    return one_day(one.first + timedelta(7), one.first)


def stretch(first: date, last: date, label: str) -> Days:
    """Name several days."""
    return Days(first, max(first, last), label)


def week(monday: date, part: str, today: date) -> Days:
    """Name a week or a part of it.

    Args:
        part: What was said of it: "early", "mid", "late", "end", or nothing.

    Returns:
        Monday to Sunday, or Monday and Tuesday, or Tuesday to Thursday, or Thursday and Friday.
    """
    ahead = (monday - monday_of(today)).days // 7
    name = {0: "this week", 1: "next week", 2: "the week after next"}.get(
        ahead, f"the week of {speak.day(monday)}"
    )
    if part in ("early", "beginning", "start", "1st part", "1st half"):
        return stretch(
            monday, monday + timedelta(1), f"early {name}" if ahead in (0, 1) else f"the start of {name}"
        )
    if part in ("mid", "middle"):
        return stretch(monday + timedelta(1), monday + timedelta(3), f"the middle of {name}")
    if part in ("late", "later", "end", "latter part", "2nd half", "back half"):
        return stretch(monday + timedelta(3), monday + timedelta(4), f"the end of {name}")
    return stretch(monday, monday + timedelta(6), name)


def month(year: int, number: int, part: str, today: date) -> Days:  # noqa: PLR0911 - a part each
    """Name a month or a part of it.

    Args:
        number: 1 to 12.
        part: As for ``week``.

    Returns:
        The whole month, or the days 1 to 10, 11 to 20, 21 on, or its last seven.
    """
    length = calendar.monthrange(year, number)[1]
    name = speak.MONTHS[number - 1] + (f" {year}" if year > today.year + 1 else "")
    first, last = date(year, number, 1), date(year, number, length)
    if part in ("early", "beginning", "start", "1st part"):
        return stretch(first, date(year, number, 10), f"early {name}")
    if part in ("mid", "middle"):
        return stretch(date(year, number, 11), date(year, number, 20), f"the middle of {name}")
    if part in ("late", "later"):
        return stretch(date(year, number, 21), last, f"late {name}")
    if part == "1st half":
        return stretch(first, date(year, number, 15), f"the first half of {name}")
    if part in ("2nd half", "back half"):
        return stretch(date(year, number, 16), last, f"the second half of {name}")
    if part in ("end", "latter part"):
        return stretch(date(year, number, length - 6), last, f"the end of {name}")
    return stretch(first, last, name)


def monday_of(day: date) -> date:
    """Give the Monday of a day's week."""
    return day - timedelta(day.weekday())


def day_of_month(year: int, number: int, day: int) -> date:
    """Make a date, or ask when there is none.

    Raises:
        Unclear: The month has no such day.
    """
    length = calendar.monthrange(year, number)[1]
    if not 1 <= day <= length:
        name = speak.MONTHS[number - 1]
        raise Unclear(f"{name} only goes up to the {speak.ordinal(length)}. Which day do you mean?")
    return date(year, number, day)


def checked_weekday(found: date, weekday: str | None, today: date) -> Days:
    """Hold a date against the weekday that was said with it, if any was.

    Raises:
        Unclear: They do not fit.
    """
    if weekday is None or WEEKDAYS[found.weekday()] == weekday.rstrip("s"):
        return one_day(found, today)
    wanted = WEEKDAYS.index(weekday.rstrip("s"))
    near = min((found + timedelta(n) for n in range(-3, 4)), key=lambda one: one.weekday() != wanted)
    instead = f" or {speak.day(near)}" if near >= today else ""
    said = f"the {speak.ordinal(found.day)} of {speak.MONTHS[found.month - 1]}"
    actual = speak.WEEKDAYS[found.weekday()]
    raise Unclear(f"{said[0].upper()}{said[1:]} is a {actual}. Do you mean {speak.day(found)}{instead}?")


def named_weekday(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve a weekday with what stands before and after it."""
    wanted = WEEKDAYS.index(match["w"].rstrip("s"))
    before, after = (match["before"] or "").split(), (match["after"] or "").strip()
    ahead = (wanted - today.weekday()) % 7
    if match["many"]:
        return one_day(today + timedelta(ahead + 7 * (count(match["many"]) - 1)), today)
    weeks = _weeks_named(" ".join(before), after, is_today=ahead == 0)
    if weeks is not None:
        return one_day(today + timedelta(ahead + 7 * weeks), today)
    if "next" in before and "available" not in before:
        return _next_weekday(wanted, today)
    if match["w"].endswith("s") or _REPEATED.intersection(before):
        return repeated(frozenset({wanted}), f"{speak.WEEKDAYS[wanted]}s", today)
    named = None if "this" in before or "coming" in before else wanted
    found = one_day(today + timedelta(ahead), today, weekday=named)
    return replace(found, either_week=ahead == 0 and "this" not in before)


def repeated(weekdays: frozenset[int], label: str, today: date) -> Days:
    """Name weekdays of any week."""
    return Days(today, today + timedelta(_REPEATING_DAYS), label, weekdays, is_open=True)


def some_weekdays(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve "on a weekday" and "weekends"."""
    if "end" in match[0]:
        return repeated(frozenset({_SATURDAY, _SUNDAY}), "a weekend", today)
    return repeated(frozenset(range(_SATURDAY)), "a weekday", today)


def count(said: str) -> int:
    """Read how many: "a", "couple", "few", digits."""
    return {"a": 1, "an": 1, "few": 3, "couple": 2}.get(said) or int(said)


def _weeks_named(before: str, after: str, *, is_today: bool) -> int | None:
    """Count the weeks that are said to lie between the nearest such weekday and the one that is meant."""
    if "fortnight" in before or "2 weeks" in before:
        return 2
    before = before.removesuffix(" this").removesuffix(" coming")
    if match := _WEEKS_BEFORE.search(before):
        return count(match[1])
    if after == "week" or before.endswith(("a week", "week from", "week on")):
        return 1
    if after == "after next":
        return 2 if is_today else 1
    return -1 if "last" in before else None


def _next_weekday(wanted: int, today: date) -> Days:
    nearest = today + timedelta((wanted - today.weekday()) % 7)
    following = monday_of(today) + timedelta(7 + wanted)
    # Some people's week begins on Sunday, so on a Sunday the days ahead are "this" week to them.
    if today < nearest < following or (today.weekday() == _SUNDAY and wanted != _SUNDAY):
        later = following if nearest < following else following + timedelta(7)
        doubt = f"Do you mean this {speak.day(nearest)}, or {speak.day(later)}?"
        return one_day(later, today, weekday=wanted, doubt=doubt)
    return one_day(following, today, weekday=wanted)


def spoken_date(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve a month and a day, with or without weekday and year."""
    number = MONTHS.index(match["m"]) + 1
    day = int(match["d"])
    if match["y"]:
        return checked_weekday(day_of_month(int(match["y"]), number, day), match["w"], today)
    return checked_weekday(_nearest(number, day, today), match["w"], today)


def written_date(match: re.Match[str], today: date, month_first: bool) -> Days:
    """Resolve ``12/3`` in the order that the practice's country writes."""
    a, b = int(match["a"]), int(match["b"])
    number, day = (a, b) if month_first else (b, a)
    if number > 12 >= day:  # noqa: PLR2004 - months
        number, day = day, number
    if not 1 <= number <= 12:  # noqa: PLR2004 - months
        raise Unclear("I didn't catch that date. Which month and day do you mean?")
    year = match["y"]
    if not year:
        return checked_weekday(_nearest(number, day, today), match["w"], today)
    full = int(year) + (2000 if len(year) == 2 else 0)  # noqa: PLR2004 - short years
    return checked_weekday(day_of_month(full or 1, number, day), match["w"], today)


def iso_date(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve ``2026-12-01``."""
    number = int(match["mm"])
    if not 1 <= number <= 12:  # noqa: PLR2004 - months
        raise Unclear("I didn't catch that date. Which month and day do you mean?")
    return one_day(day_of_month(int(match["y"]), number, int(match["d"])), today)


def bare_ordinal(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve "the third": the next one, or the one after it when that is the weekday beside it."""
    day = int(match["d"])
    if not 1 <= day <= 31:  # noqa: PLR2004 - longest month
        raise Unclear(f"There is no {speak.ordinal(day)} of the month. Which day do you mean?")
    found = from_ordinal(day, today)
    wanted = (match["w"] or "").rstrip("s")
    if wanted and found[1].weekday() == WEEKDAYS.index(wanted) != found[0].weekday():
        return one_day(found[1], today)
    return replace(checked_weekday(found[0], match["w"], today), ordinal=None if wanted else day)


def from_ordinal(day: int, since: date) -> list[date]:
    """List the next dates that are a day of the month."""
    said = [month_after(since, ahead) for ahead in range(12)]
    fitting = [date(y, n, day) for y, n in said if day <= calendar.monthrange(y, n)[1]]
    return [one for one in fitting if one >= since]


def ordinal_of_month(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve "the third of next month"."""
    year, number = month_after(today, 1 if match["which"] == "next" else 0)
    return checked_weekday(day_of_month(year, number, int(match["d"])), match["w"], today)


def nth_weekday(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve "the first Tuesday of December"."""
    whole = _month_said(match["m"], today)
    wanted = WEEKDAYS.index(match["w"])
    days = weekdays_of_month(whole.first.year, whole.first.month, wanted)
    nth = len(days) if match["n"] == "last" else int(match["n"][0])
    if nth > len(days):
        raise Unclear(f"There are only {speak.number(len(days))} in that month. Which day do you mean?")
    return one_day(days[nth - 1], today)


def weekdays_of_month(year: int, number: int, weekday: int) -> list[date]:
    """List the days of a month that are such a weekday."""
    days = (date(year, number, day) for day in range(1, calendar.monthrange(year, number)[1] + 1))
    return [one for one in days if one.weekday() == weekday]


def nth_week(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve "the first week of December", "the second or third week": the days 1 to 7, and so on."""
    whole = _month_said(match["m"], today)
    name = speak.MONTHS[whole.first.month - 1]
    if match["n"] == "last":
        return stretch(whole.last - timedelta(6), whole.last, f"the last week of {name}")
    nth, until = int(match["n"][0]), int((match["n2"] or match["n"])[0])
    first = whole.first + timedelta(7 * (nth - 1))
    if first > whole.last or until < nth:
        raise Unclear(f"Which day in {name} do you mean?")
    label = f"the {speak.ordinal(nth)} week of {name}"
    return stretch(first, min(first + timedelta(7 * (until - nth + 1) - 1), whole.last), label)


def named_month(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve a month, or a part of one."""
    part = match["part"] or ""
    whole = _month_said(match["m"], today, match["y"])
    found = month(whole.first.year, whole.first.month, part, today)
    return stretch(max(found.first, today), found.last, found.label) if found.last >= today else found


def named_week(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve "next week", or a part of a week."""
    which, part = match["which"] or "this", match["part"] or ""
    ahead = {"last": -7, "next": 7, "following": 7, "coming": 7}.get(which.split()[-1], 0)
    if match["after"]:
        ahead = 14
    if not ahead and part == "later":
        sunday = monday_of(today) + timedelta(_SUNDAY)
        return stretch(min(today + timedelta(1), sunday), sunday, "later this week")
    if not ahead and not part and today.weekday() == _SUNDAY:
        # Said on a Sunday, "this week" is the one about to begin.
        return stretch(today, today + timedelta(7), "this week")
    found = week(monday_of(today) + timedelta(ahead), part, today)
    return stretch(max(found.first, today), found.last, found.label) if found.last >= today else found


def weekend(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve a weekend; on a weekday "next weekend" may be either of two."""
    coming = monday_of(today) + timedelta(_SATURDAY)
    if match["which"] and match["which"].endswith("next"):
        later = coming + timedelta(7)
        if today.weekday() >= _SATURDAY:
            return stretch(later, later + timedelta(1), f"the weekend of {speak.day(later)}")
        doubt = f"Do you mean this weekend, or the weekend of {speak.day(later)}?"
        return Days(later, later + timedelta(1), "next weekend", doubt=doubt)
    label = "this weekend" if match["which"] else WEEKEND
    return stretch(max(coming, today), coming + timedelta(1), label)


def distance(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve "in two weeks", "three days from now": days count exactly, weeks and months name the week."""
    said, unit = match["n"], match["unit"].rstrip("s")
    many = count(said)
    until = int(match["n2"]) if match["n2"] else many
    if unit == "day" and said in ("few", "couple"):
        label = "in a few days" if said == "few" else "in a couple of days"
        return stretch(today + timedelta(2), today + timedelta(2 + many), label)
    if unit == "day":
        if until > many:
            return stretch(today + timedelta(many), today + timedelta(until), f"in {said} or {until} days")
        return one_day(today + timedelta(many), today)
    if "today" in match[0]:
        return one_day(moved(today, many, unit), today)
    monday, last = monday_of(moved(today, many, unit)), monday_of(moved(today, until, unit))
    if said == "few":
        last += timedelta(7)
    found = week(monday, "", today)
    return replace(found, last=last + timedelta(6), label=f"the week of {speak.day(monday)}")


def within(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve "within two weeks", "in the next few days"."""
    unit = (match["unit"] or match["unit1"]).rstrip("s")
    last = moved(today, count(match["n"] or "a"), unit)
    label = "today" if last == today else f"by {speak.day(last)}"
    return stretch(today, last, label)


def moved(day: date, many: int, unit: str) -> date:
    """Give the day that lies some days, weeks, fortnights or months ahead; a negative number goes back."""
    if unit == "month":
        year, number = month_after(day, many)
        return date(year, number, min(day.day, calendar.monthrange(year, number)[1]))
    if unit in ("weekday", "workday", "work day", "business day", "working day"):
        for _ in range(abs(many)):
            day += timedelta(1 if many > 0 else -1)
            while day.weekday() >= _SATURDAY:
                day += timedelta(1 if many > 0 else -1)
        return day
    return day + timedelta(many * {"week": 7, "fortnight": 14}.get(unit, 1))


def neighbour(day: date, unit: str, *, back: bool, today: date) -> Days:
    """Name the week or month after a day's own, or the seven days or the month before it."""
    if unit == "month":
        return month(*month_after(day, -1 if back else 1), "", today)
    if back and day.weekday():
        first, last = day - timedelta(7), day - timedelta(1)
        return stretch(first, last, f"the week before {speak.day(day)}")
    return week(monday_of(day) + timedelta(-7 if back else 7), "", today)


def named_year(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve "the end of the year", "next year"."""
    part, ahead = match["part"] or "", 1 if match["which"] else 0
    first, last = date(today.year + ahead, 1, 1), date(today.year + ahead, 12, 31)
    if part in ("early", "beginning", "start", "1st part"):
        return stretch(first, date(first.year, 1, 31), f"the start of {first.year}")
    if part in ("late", "later", "end", "latter part"):
        return stretch(max(today, date(last.year, 12, 1)), last, "the end of the year")
    return stretch(max(today, first), last, "next year" if ahead else "this year")


def fixed(days: int) -> Callable[[re.Match[str], date, bool], Days]:
    """Make the meaning of a word for a day at a fixed distance."""
    return lambda _match, today, _month_first: one_day(today + timedelta(days), today)


def month_after(today: date, months: int) -> tuple[int, int]:
    """Give the year and month that lie some months ahead."""
    total = today.year * 12 + today.month - 1 + months
    return total // 12, total % 12 + 1


def _nearest(number: int, day: int, today: date) -> date:
    """Choose the year of a date said without one: the coming one, unless it has just passed."""
    near = date(today.year, number, min(max(day, 1), 28))  # of any year, leap or not
    passed = (today - near).days > _RECENT_DAYS
    ahead = (near - today).days > 365 - _RECENT_DAYS
    return day_of_month(today.year + passed - ahead, number, day)


def _month_said(said: str, today: date, year: str | None = None) -> Days:
    if said not in MONTHS:
        which = month_after(today, 1 if "next" in said or "following" in said else 0)
        return month(*which, "", today)
    number = MONTHS.index(said) + 1
    when = int(year) if year else today.year + (number < today.month)
    return month(when, number, "", today)
