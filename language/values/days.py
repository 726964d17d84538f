"""Days that a sentence names, as what they may be in the calendar."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from language import speak_spanish
from language.datetimes.normalize import MONTHS, WEEKDAYS
from language.phrases import word_set
from language.values.numbers import Number
from language.values.tokens import Token, bare, tokens_of

NamedDays = Mapping[str, Sequence[tuple[tuple[str, ...], frozenset[date]]]]
"""Days with a name, by the name's first word."""
NO_NAMES: NamedDays = {}
_WEEKDAY_OF = (
    {name: n for names in (WEEKDAYS, map(bare, speak_spanish.WEEKDAYS)) for n, name in enumerate(names)}
    | {f"{name}s": n for n, name in enumerate(WEEKDAYS)}
    | {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4}
)
_MONTH_OF = (
    {name: n for names in (MONTHS, speak_spanish.MONTHS) for n, name in enumerate(names, 1)}
    | {name[:3]: n for n, name in enumerate(MONTHS, 1) if name != "may"}
    | {"sept": 9}
)
CALENDAR_WORDS = frozenset(_WEEKDAY_OF) | frozenset(_MONTH_OF)
"""Names of days and months, whole and short."""
_AMBIGUOUS = frozenset({"may", "march", "mon", "mar", "sat", "sun"})
"""Month and weekday words that mean something else without a capital letter."""
_JOINS = frozenset({",", "the", "of", "on", "de", "el", "del", ".", "th"})
_AFTER_DATE = word_set("values.after_date")
_WINDOW_PAST, _WINDOW_AHEAD = 45, 400
_AHEAD_WORDS = {"days": 1, "day": 1, "weeks": 7, "week": 7, "dias": 1, "dia": 1, "semanas": 7, "semana": 7}
_FROM = {"now": 0, "today": 0, "tomorrow": 1}


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or a stretch of days, that was named; what was not said is None.

    Attributes:
        first: Position of its first token.
        last: Position after its last token.
        exact: The only dates that it can be, for what depends on today.
        span: First and last date of a stretch such as "this week".
    """

    first: int
    last: int
    weekday: int | None = None
    month: int | None = None
    day: int | None = None
    exact: frozenset[date] | None = None
    span: tuple[date, date] | None = None

    def may_be(self, value: date) -> bool:
        """Tell whether a date may be the one that was named."""
        return (
            (self.weekday is None or self.weekday == value.weekday())
            and (self.month is None or self.month == value.month)
            and (self.day is None or self.day == value.day)
            and (self.exact is None or value in self.exact)
            and (self.span is None or self.span[0] <= value <= self.span[1])
        )

    @property
    def weekday_only(self) -> bool:
        """Whether it is a weekday and no more, which any week has."""
        return self.weekday is not None and not (self.month or self.day or self.exact or self.span)

    def dates(self, today: date) -> list[date]:
        """List the dates that it may be, nearest first; only the coming one of a day of the month."""
        window = [today + timedelta(days=n) for n in range(-_WINDOW_PAST, _WINDOW_AHEAD)]
        fitting = [one for one in window if self.may_be(one)]
        if self.day is None or not fitting:
            return sorted(fitting, key=lambda one: (one < today, abs((one - today).days)))
        # "The ninth" and "December the ninth" are the coming one, whatever weekday is said beside it.
        plain = Day(self.first, self.last, month=self.month, day=self.day)
        ahead = [one for one in window if plain.may_be(one)]
        coming = next((one for one in ahead if one >= today), None)
        passed = next((one for one in reversed(ahead) if one < today), None)
        return [one for one in (coming, passed) if one is not None and one in fitting]


def named_days(days: Iterable[tuple[str, date]]) -> NamedDays:
    """Sort days with a name, such as "christmas eve", for ``days_of``; a name may have several dates."""
    dates: dict[tuple[str, ...], set[date]] = {}
    for name, value in days:
        dates.setdefault(tuple(token.word for token in tokens_of(name)), set()).add(value)
    found: dict[str, list[tuple[tuple[str, ...], frozenset[date]]]] = {}
    for words in sorted(filter(None, dates), key=len, reverse=True):
        found.setdefault(words[0], []).append((words, frozenset(dates[words])))
    return found


def days_of(
    tokens: Sequence[Token], numbers: Sequence[Number], today: date, named: NamedDays = NO_NAMES
) -> list[Day]:
    """Find the days that a sentence names.

    Args:
        named: Days with a name; see ``named_days``.
    """
    at_first = {number.first: number for number in numbers}
    found: list[Day] = []
    place = 0
    while place < len(tokens):
        day = (
            _relative(tokens, place, today, at_first)
            or _named(tokens, place, named)
            or _weekday(tokens, place, today)
            or _date(tokens, place, at_first)
            or _month(tokens, place)
        )
        if day is None:
            place += 1
            continue
        found.append(day)
        place = max(day.last, place + 1)
    return _merged(found, tokens)


def _weekday(tokens: Sequence[Token], place: int, today: date) -> Day | None:
    token = tokens[place]
    weekday = _WEEKDAY_OF.get(token.word)
    if weekday is None or (token.word in _AMBIGUOUS and token.text[0].islower()):
        return None
    before = tokens[place - 1].word if place else ""
    monday = today - timedelta(days=today.weekday())
    nearest = today + timedelta(days=(weekday - today.weekday()) % 7)
    if before == "next":
        return Day(place - 1, place + 1, weekday, exact=frozenset({monday + timedelta(days=7 + weekday)}))
    if before == "this":
        return Day(place - 1, place + 1, weekday, exact=frozenset({nearest}))
    if before == "last":
        return Day(place - 1, place + 1, weekday, exact=frozenset({nearest - timedelta(days=7)}))
    return Day(place, place + 1, weekday)


def _date(tokens: Sequence[Token], place: int, at_first: dict[int, Number]) -> Day | None:
    number = at_first.get(place)
    value = next(iter(number.wholes), 0) if number is not None and len(number.wholes) == 1 else 0
    if number is None or not 1 <= value <= 31:  # noqa: PLR2004 - days of a month
        return None
    if (beside := _month_beside(tokens, place, number.last)) is not None:
        month, first, last = beside
        return Day(first, last, month=month, day=int(value))
    after = tokens[number.last].text if number.last < len(tokens) else ""
    if after == "/" and (second := at_first.get(number.last + 1)) is not None:
        day = next(iter(second.wholes), 0)
        if 1 <= value <= 12 and 1 <= day <= 31:  # noqa: PLR2004 - calendar
            return Day(place, second.last, month=int(value), day=int(day))
    if not number.ordinal:
        return None
    following = tokens[number.last].word if number.last < len(tokens) else "."
    before = tokens[place - 1].word if place else ""
    follows_day = before in _WEEKDAY_OF
    if follows_day or (before in ("the", "on", ",", "and", "or", "") and following in _AFTER_DATE):
        return Day(place, number.last, day=int(value))
    return None


def _month_beside(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int, int] | None:
    """Find the month before a day ("December the ninth") or after it, and where both begin and end."""
    for back in (1, 2):
        joined = back == 1 or tokens[first - 1].word in ("the", ".")
        if first - back >= 0 and joined and _is_month(tokens[first - back]):
            return _MONTH_OF[tokens[first - back].word], first - back, last
    for place in range(last, min(last + 2, len(tokens))):
        joined = place == last or tokens[place - 1].word in ("of", "de")
        if joined and _is_month(tokens[place]):
            return _MONTH_OF[tokens[place].word], first, place + 1
    return None


def _is_month(token: Token) -> bool:
    return token.word in _MONTH_OF and not (token.word in _AMBIGUOUS and token.text[0].islower())


def _month(tokens: Sequence[Token], place: int) -> Day | None:
    if not _is_month(tokens[place]):
        return None
    return Day(place, place + 1, month=_MONTH_OF[tokens[place].word])


def _named(tokens: Sequence[Token], place: int, named: NamedDays) -> Day | None:
    for words, dates in named.get(tokens[place].word, ()):
        if [one.word for one in tokens[place : place + len(words)]] == list(words):
            return Day(place, place + len(words), exact=dates)
    return None


def _relative(tokens: Sequence[Token], place: int, today: date, at_first: dict[int, Number]) -> Day | None:
    word = tokens[place].word
    following = tokens[place + 1].word if place + 1 < len(tokens) else ""
    third = tokens[place + 2].word if place + 2 < len(tokens) else ""
    if word == "day" and following == "after" and third == "tomorrow":
        return _exactly(place, place + 3, today + timedelta(days=2))
    near = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1, "hoy": 0, "pasado": 2}.get(word)
    if word == "pasado" and following != "manana":
        near = None
    if word == "manana" and (not place or tokens[place - 1].word not in ("la", "esta")):
        near = 1
    if near is not None:
        return _exactly(place, place + (2 if word == "pasado" else 1), today + timedelta(days=near))
    return _stretch(tokens, place, today) or _ahead(tokens, place, today, at_first)


def _stretch(tokens: Sequence[Token], place: int, today: date) -> Day | None:
    """Read "this week", "next weekend", "this afternoon", "next month"."""
    word = tokens[place].word
    following = tokens[place + 1].word if place + 1 < len(tokens) else ""
    if word not in ("this", "next", "following", "esta", "proxima"):
        return None
    weeks = 1 if word in ("next", "following", "proxima") else 0
    first = today + timedelta(days=7 * weeks - today.weekday())
    if following in ("week", "semana"):
        return Day(place, place + 2, span=(max(first, today), first + timedelta(days=6)))
    if following == "weekend":
        return Day(place, place + 2, span=(first + timedelta(days=5), first + timedelta(days=6)))
    if following in ("morning", "afternoon", "evening", "lunchtime") and word == "this":
        return _exactly(place, place + 1, today)
    if following == "month":
        start = (
            today.replace(day=1) if not weeks else (today.replace(day=1) + timedelta(days=31)).replace(day=1)
        )
        end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return Day(place, place + 2, span=(max(start, today), end))
    return None


def _ahead(tokens: Sequence[Token], place: int, today: date, at_first: dict[int, Number]) -> Day | None:
    """Read "in three days", "two weeks from now", "a week from tomorrow"."""
    number = at_first.get(place)
    count, end = (next(iter(number.wholes), 0), number.last) if number else (0, place)
    if tokens[place].word == "a":
        count, end = 1, place + 1
    unit = tokens[end].word if end < len(tokens) else ""
    if unit not in _AHEAD_WORDS or not 0 < count < _WINDOW_PAST:
        return None
    after = [one.word for one in tokens[end + 1 : end + 3]]
    before = tokens[place - 1].word if place else ""
    later = _FROM.get(after[1]) if len(after) > 1 and after[0] == "from" else None
    if later is None and not (before == "in" and unit.startswith("da")):
        return None
    last = end + (3 if later is not None else 1)
    return _exactly(place, last, today + timedelta(days=int(count) * _AHEAD_WORDS[unit] + (later or 0)))


def _exactly(first: int, last: int, value: date) -> Day:
    return Day(first, last, exact=frozenset({value}))


def _merged(found: list[Day], tokens: Sequence[Token]) -> list[Day]:
    """Make one of a weekday and a date that stand side by side."""
    merged: list[Day] = []
    for day in found:
        before = merged[-1] if merged else None
        gap = [one.word for one in tokens[before.last : day.first]] if before else []
        beside = before is not None and all(word in _JOINS for word in gap) and len(gap) <= 3  # noqa: PLR2004
        if before is not None and beside and _complete(before, day):
            merged[-1] = Day(
                before.first,
                day.last,
                weekday=before.weekday if before.weekday is not None else day.weekday,
                month=before.month or day.month,
                day=before.day or day.day,
                exact=before.exact if before.exact is not None else day.exact,
                span=before.span or day.span,
            )
        else:
            merged.append(day)
    return merged


def _complete(one: Day, other: Day) -> bool:
    """Tell whether two mentions say different things of one day, as "Wednesday" and "the ninth" do."""
    if one.weekday is not None and other.weekday is not None:
        return False
    if (one.day or one.span) and (other.day or other.span):
        return False
    return not (one.exact is not None and other.exact is not None)
