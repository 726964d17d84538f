"""Which days a caller means: a table of ways to say it, each with the dates it stands for.

Weeks run from Monday to Sunday. "Next Tuesday" is the Tuesday of the following week; where a nearer
Tuesday is still to come in what some people call this week, the caller is asked.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from language import speak
from language.datetimes.normalize import MONTHS, WEEKDAYS

MONTH_FIRST_ZONES = ("America/", "US/", "Pacific/Honolulu", "Pacific/Guam")
"""Zones whose people write the month before the day."""
OPEN_DAYS = 14
"""How far "any day" and "after Tuesday" reach, in days."""
_RECENT_DAYS = 60
_SUNDAY = 6
_SATURDAY = 5


@dataclass(frozen=True)
class Days:
    """Days that the caller named.

    Attributes:
        weekday: Set when a bare weekday was named, which "next week" beside it may move.
        doubt: The question to ask, unless other words settle it.
    """

    first: date
    last: date
    label: str
    weekday: int | None = None
    doubt: str | None = None

    @property
    def single(self) -> bool:
        """Whether it is one day."""
        return self.first == self.last


class Unclear(Exception):
    """The words name a day that does not exist, or two that do not fit; holds what to ask."""


@dataclass(frozen=True)
class Rule:
    """A way to say days: a pattern, and what it means given the match, today, and the date order."""

    pattern: re.Pattern[str]
    means: Callable[[re.Match[str], date, bool], Days]


def one_day(value: date, today: date, *, weekday: int | None = None, doubt: str | None = None) -> Days:
    """Name one day, relative to today where people would.

    Args:
        weekday: See ``Days``.
        doubt: See ``Days``.
    """
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((value - today).days)
    label = f"{near}, {speak.day(value)}" if near else speak.day(value)
    if abs((value - today).days) > 300:  # noqa: PLR2004 - far enough to need its year
        label = f"{label} {value.year}"
    return Days(value, value, label, weekday=weekday, doubt=doubt)


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
    if part in ("early", "beginning", "start", "1st part"):
        return stretch(
            monday, monday + timedelta(1), f"early {name}" if ahead in (0, 1) else f"the start of {name}"
        )
    if part in ("mid", "middle"):
        return stretch(monday + timedelta(1), monday + timedelta(3), f"the middle of {name}")
    if part in ("late", "later", "end", "latter part"):
        return stretch(monday + timedelta(3), monday + timedelta(4), f"the end of {name}")
    return stretch(monday, monday + timedelta(6), name)


def month(year: int, number: int, part: str, today: date) -> Days:
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
    if part in ("end", "latter part"):
        return stretch(date(year, number, length - 6), last, f"the end of {name}")
    return stretch(first, last, name)


def monday_of(day: date) -> date:
    """Give the Monday of a day's week."""
    return day - timedelta(day.weekday())


def day_of_month(year: int, number: int, day: int) -> date:
    """Make a date, or ask when there is none.

    Args:
        number: 1 to 12.

    Raises:
        Unclear: The month has no such day.
    """
    length = calendar.monthrange(year, number)[1]
    if not 1 <= day <= length:
        name = speak.MONTHS[number - 1]
        raise Unclear(f"{name} only goes up to the {speak.ordinal(length)}. Which day do you mean?")
    return date(year, number, day)


def checked_weekday(found: date, weekday: str | None, today: date) -> Days:
    """Hold a date against the weekday that was said with it.

    Args:
        weekday: As said, None when none was.

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
    before, after = (match["before"] or "").strip(), (match["after"] or "").strip()
    ahead = (wanted - today.weekday()) % 7
    weeks = _weeks_named(before, after, is_today=ahead == 0)
    if weeks is not None:
        return one_day(today + timedelta(ahead + 7 * weeks), today)
    if "next" in before and "available" not in before:
        return _next_weekday(wanted, today)
    doubt = None
    if ahead == 0 and "this" not in before:
        doubt = f"Do you mean today, or {speak.day(today + timedelta(7))}?"
    return one_day(today + timedelta(ahead), today, weekday=wanted, doubt=doubt)


def _weeks_named(before: str, after: str, *, is_today: bool) -> int | None:
    """Count the weeks that are said to lie between the nearest such weekday and the one that is meant."""
    if after == "week" or before.endswith(("a week", "1 week", "week from", "week on")):
        return 1
    if "2 weeks" in before:
        return 2
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
    """Resolve "the third": the next such day of a month, which a weekday beside it may choose."""
    day = int(match["d"])
    if not 1 <= day <= 31:  # noqa: PLR2004 - longest month
        raise Unclear(f"There is no {speak.ordinal(day)} of the month. Which day do you mean?")
    said = [month_after(today, ahead) for ahead in range(12)]
    found = [
        date(y, n, day) for y, n in said if day <= calendar.monthrange(y, n)[1] and date(y, n, day) >= today
    ]
    return checked_weekday(found[0], match["w"], today)


def ordinal_of_month(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve "the third of next month"."""
    year, number = month_after(today, 1 if match["which"] == "next" else 0)
    return checked_weekday(day_of_month(year, number, int(match["d"])), match["w"], today)


def nth_weekday(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve "the first Tuesday of December"."""
    whole = _month_said(match["m"], today)
    wanted = WEEKDAYS.index(match["w"])
    days = [date(whole.first.year, whole.first.month, n) for n in range(1, whole.last.day + 1)]
    days = [one for one in days if one.weekday() == wanted]
    nth = len(days) if match["n"] == "last" else int(match["n"][0])
    if nth > len(days):
        raise Unclear(f"There are only {speak.number(len(days))} in that month. Which day do you mean?")
    return one_day(days[nth - 1], today)


def nth_week(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve "the first week of December": the days 1 to 7, and so on."""
    whole = _month_said(match["m"], today)
    name = speak.MONTHS[whole.first.month - 1]
    if match["n"] == "last":
        return stretch(whole.last - timedelta(6), whole.last, f"the last week of {name}")
    nth = int(match["n"][0])
    first = whole.first + timedelta(7 * (nth - 1))
    if first > whole.last:
        raise Unclear(f"Which day in {name} do you mean?")
    return stretch(first, min(first + timedelta(6), whole.last), f"the {speak.ordinal(nth)} week of {name}")


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
    return stretch(max(coming, today), coming + timedelta(1), "the weekend")


def distance(match: re.Match[str], today: date, _month_first: bool) -> Days:
    """Resolve "in two weeks", "three days from now": days count exactly, weeks and months name the week."""
    said = match["n"]
    count = {"a": 1, "an": 1, "few": 3, "couple": 2}.get(said) or int(said)
    unit = match["unit"].rstrip("s")
    if unit == "day" and said in ("few", "couple"):
        label = "in a few days" if said == "few" else "in a couple of days"
        return stretch(today + timedelta(2), today + timedelta(2 + count), label)
    if unit == "day":
        return one_day(today + timedelta(count), today)
    if unit == "month":
        year, number = month_after(today, count)
        target = date(year, number, min(today.day, calendar.monthrange(year, number)[1]))
    else:
        target = today + timedelta(7 * count * (2 if unit == "fortnight" else 1))
    if "today" in match[0]:
        return one_day(target, today)
    monday = monday_of(target)
    return replace(week(monday, "", today), label=f"the week of {speak.day(monday)}")


def fixed(days: int) -> Callable[[re.Match[str], date, bool], Days]:
    """Make the meaning of a word for a day at a fixed distance."""
    return lambda _match, today, _month_first: one_day(today + timedelta(days), today)


def month_after(today: date, months: int) -> tuple[int, int]:
    """Give the year and month that lie some months ahead."""
    total = today.year * 12 + today.month - 1 + months
    return total // 12, total % 12 + 1


def _nearest(number: int, day: int, today: date) -> date:
    """Choose the year of a date said without one: the coming one, unless it has just passed."""
    if number == 2 and day == 29:  # noqa: PLR2004 - leap day
        years = [today.year + n for n in range(9) if calendar.isleap(today.year + n)]
        return next(date(y, 2, 29) for y in years if date(y, 2, 29) >= today)
    found = day_of_month(today.year, number, day)
    if (today - found).days > _RECENT_DAYS:
        return day_of_month(today.year + 1, number, day)
    if (found - today).days > 365 - _RECENT_DAYS:
        return day_of_month(today.year - 1, number, day)
    return found


def _month_said(said: str, today: date, year: str | None = None) -> Days:
    if said not in MONTHS:
        which = month_after(today, 1 if "next" in said or "following" in said else 0)
        return month(*which, "", today)
    number = MONTHS.index(said) + 1
    when = int(year) if year else today.year + (number < today.month)
    return month(when, number, "", today)


_W = r"(?:(?:on |this |next |coming )*(?P<w>(?:mon|tues|wednes|thurs|fri|satur|sun)day) )?"
_WEEKDAY = r"(?P<w>(?:mon|tues|wednes|thurs|fri|satur|sun)days?)"
_M = rf"(?P<m>{'|'.join(MONTHS)})"
_ANY_MONTH = rf"(?P<m>{'|'.join(MONTHS)}|(?:the |this |next |following )+month)"
_D = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_O = r"(?P<d>\d{1,2})(?:st|nd|rd|th)"
_Y = r"(?: (?:of |in )?(?P<y>20\d\d)\b)?"
_NOT_CLOCK = r"(?![:/]\d| ?(?:am|pm|oclock)\b)"
_PART = r"early|beginning|start|mid|middle|late|later|end|1st part|latter part"


def _rule(pattern: str, means: Callable[[re.Match[str], date, bool], Days]) -> Rule:
    return Rule(re.compile(rf"\b(?:{pattern})(?![\w/])"), means)


RULES: tuple[Rule, ...] = (
    _rule(r"(?P<y>20\d\d)/(?P<mm>\d{1,2})/(?P<d>\d{1,2})", iso_date),
    _rule(_W + r"(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<y>20\d\d|\d\d))?", written_date),
    _rule(rf"(?:the )?(?P<n>[1-4](?:st|nd|rd|th)|last) full week (?:of|in) {_ANY_MONTH}", nth_week),
    _rule(rf"(?:the )?(?P<n>[1-5](?:st|nd|rd|th)|last) week (?:of|in) {_ANY_MONTH}", nth_week),
    _rule(rf"(?:the )?(?P<n>[1-5](?:st|nd|rd|th)|last) {_WEEKDAY} (?:of|in) {_ANY_MONTH}", nth_weekday),
    _rule(_W + rf"(?:the )?{_D} (?:day )?(?:of )?{_M}{_Y}", spoken_date),
    _rule(_W + rf"{_M} (?:the )?{_D}{_NOT_CLOCK}{_Y}", spoken_date),
    _rule(_W + rf"(?:the )?{_O} of (?:the )?(?P<which>this|next)? ?month", ordinal_of_month),
    _rule(_W + rf"(?:the |on ){_O}(?! (?:available|thing|floor|week|of))", bare_ordinal),
    _rule(_W.replace(") )?", ") )") + rf"(?:the )?{_O}(?! (?:available|thing|floor|week|of))", bare_ordinal),
    _rule(
        # Without "the" only at the beginning; "first" alone rather chooses among offers.
        rf"(?P<w>$^)?(?:^|(?<=^on )|(?<=^for ))(?![1-4]..$){_O}(?= (?:at|around|about|after|before|between|"
        r"from|in|morning|afternoon|evening|please|or|would|is|sounds|works|\d)\b|$)",
        bare_ordinal,
    ),
    _rule(r"(?:the )?day after tomorrow", fixed(2)),
    _rule(r"tomorrow week|a week (?:from )?tomorrow", fixed(8)),
    _rule(r"today week|(?:a|1) week (?:from )?today|this day next week", fixed(7)),
    _rule(r"tomorrows?", fixed(1)),
    _rule(r"yesterday|last night", fixed(-1)),
    _rule(
        r"(?:in |within )?(?:about )?(?:a (?=couple|few))?(?P<n>a|an|\d{1,3}|couple|few)(?: of)?(?: more)? "
        r"(?P<unit>days?|weeks?|fortnights?|months?)(?: time)? (?:from (?:now|today)|today|time)",
        distance,
    ),
    _rule(
        r"(?P<before>(?:(?:a|1|2) weeks? (?:from |on )?|(?:this|next|last|coming|available) |"
        rf"(?:1st|next|earliest) available )*){_WEEKDAY}(?P<after> week(?! ?end)| after next)?",
        named_weekday,
    ),
    _rule(
        r"(?:in |^(?:maybe |about |like |within )*)(?:about )?(?:a (?=couple|few))?"
        r"(?P<n>a|an|\d{1,3}|couple|few)(?: of)? (?P<unit>days?|weeks?|fortnights?|months?)",
        distance,
    ),
    _rule(r"(?:the |at |on |over )*(?:(?P<which>(?:this |the )*next|this|coming) )?weekends?", weekend),
    _rule(
        rf"(?:in |at |by )?(?:the )?(?:(?P<part>{_PART}) (?:in |of )?(?:the )?)?"
        r"(?:(?P<which>(?:this |the )?(?:coming|next|following)|this|last) )?"
        r"week(?! (?:of|commencing|beginning|starting) (?:on )?D)(?P<after> after next)?",
        named_week,
    ),
    _rule(
        rf"(?:in |at |by )?(?:the )?(?:(?P<part>{_PART}) (?:in |of )?)?"
        r"(?P<m>(?:the |this |next |following )+month)(?P<y>$^)?",
        named_month,
    ),
    _rule(
        rf"(?:in |at |by )?(?:the )?(?:(?P<part>{_PART}) (?:in |of )?)?(?:next |this )?"
        rf"(?P<m>{'|'.join(one for one in MONTHS if one != 'may')}){_Y}",
        named_month,
    ),
    _rule(
        rf"(?:in |of |this |next |(?:the )?(?P<part>{_PART}) (?:in |of )?)(?P<m>may){_Y}",
        named_month,
    ),
)
"""Tried in order; the first that fits takes its words."""

TODAY = Rule(
    re.compile(
        r"\b(?:later |sometime )?(?:today|tonight)\b|\bthis (?=(?:\w+ )?(?:morning|afternoon|evening|lunch))"
    ),
    fixed(0),
)
"""Words for today, of which some also name a part of the day."""
