"""Everything of value that a sentence names, read in one pass over its tokens."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time

from language.phrases import word_set
from language.values.days import CALENDAR_WORDS, NO_NAMES, Day, NamedDays, days_of
from language.values.numbers import Number, numbers_of
from language.values.tokens import Token, tokens_of

_NOON = 12
_HALF_OF = {
    "am": "am", "pm": "pm", "morning": "am", "afternoon": "pm", "evening": "pm", "tonight": "pm",
    "night": "pm", "manana": "am", "tarde": "pm", "noche": "pm",
}  # fmt: skip
_CUES = word_set("values.cues")
_LISTING = frozenset({",", "or", "and", "to", "-", "\u2013", "through", "y", "o", "a", "till", "until", "&"})
_MONEY_SIGNS = frozenset({"$", "\u20ac", "\u00a3"})
_MONEY = word_set("values.money")
_PERCENT = frozenset({"%", "percent", "ciento", "pct"})
_MINUTES = {
    "minute": 1, "minutes": 1, "min": 1, "mins": 1, "hour": 60, "hours": 60, "minutos": 1, "hora": 60,
    "horas": 60,
}  # fmt: skip
_TITLES = frozenset({"dr", "doctor", "dra", "doctora", "mr", "mrs", "ms", "miss", "nurse"})
_NO_NAMES = frozenset(CALENDAR_WORDS) | _TITLES
_NOT_UNITS = word_set("values.no_units")
_PARTS = {
    "morning": (0, 12), "mornings": (0, 12), "afternoon": (12, 18), "afternoons": (12, 18),
    "evening": (17, 24), "evenings": (17, 24), "midafternoon": (14, 17), "midmorning": (9, 12),
    "lunchtime": (11, 14), "tonight": (17, 24), "night": (18, 24),
}  # fmt: skip
_CONTACT = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+|"
    r"\b(?:www\.)?[\w-]{2,64}\.(?:com|org|net|io|dental|example|us|health)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day; ``half`` is None where it was left open.

    Attributes:
        sure: Named as a clock time; otherwise a bare number that may be one.
        wholes: What else a bare number may be.
        last: Position after its number.
    """

    hour: int
    minute: int
    half: str | None
    place: int
    sure: bool
    wholes: frozenset[float] = frozenset()
    last: int = 0

    def may_be(self, value: time) -> bool:
        """Tell whether a wall-clock time may be the one that was said."""
        if value.minute != self.minute:
            return False
        if self.hour > _NOON or self.hour == 0:
            return value.hour == self.hour
        if value.hour % _NOON != self.hour % _NOON:
            return False
        return self.half is None or (self.half == "pm") == (value.hour >= _NOON)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that counts something.

    Attributes:
        values: What it may be.
        unit: ``money``, ``percent``, ``minutes``, the noun that is counted, or empty.
    """

    values: frozenset[float]
    unit: str
    place: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sentence names.

    Attributes:
        parts: Parts of the day, as first and last hour.
        people: Names after "Dr." and other titles, lower case.
        capitals: Other words with a capital that no sentence begins with.
        phones: Digits of telephone numbers.
        contacts: E-mail addresses and web sites, lower case.
    """

    text: str
    tokens: Sequence[Token]
    times: Sequence[Time] = ()
    days: Sequence[Day] = ()
    amounts: Sequence[Amount] = ()
    parts: Sequence[tuple[int, int]] = ()
    people: Sequence[str] = ()
    capitals: Sequence[str] = ()
    phones: Sequence[str] = ()
    contacts: Sequence[str] = ()
    words: frozenset[str] = field(default_factory=frozenset)


def read(text: str, today: date, *, spanish: bool = False, named: NamedDays = NO_NAMES) -> Reading:
    """Read the values that a sentence names.

    Args:
        today: In the practice's zone.
        named: Days with a name; see ``named_days``.
    """
    tokens = tokens_of(text)
    numbers = numbers_of(tokens, spanish=spanish)
    days = days_of(tokens, numbers, today, named)
    free = [one for one in numbers if not any(day.first <= one.first < day.last for day in days)]
    times, used = _times(tokens, free)
    amounts = [
        amount for one in free if one.first not in used and (amount := _amount(tokens, one)) is not None
    ]
    amounts += _unnumbered(tokens)
    people, named_at = _people(tokens)
    return Reading(
        text=text,
        tokens=tokens,
        times=times,
        days=days,
        amounts=amounts,
        parts=[_PARTS[one.word] for one in tokens if one.word in _PARTS],
        people=people,
        capitals=_capitals(tokens, named_at),
        phones=[one.digits for one in numbers if len(one.digits) > 6],  # noqa: PLR2004 - shortest numbers
        contacts=[match[0].lower().removeprefix("www.") for match in _CONTACT.finditer(text)],
        words=frozenset(one.word for one in tokens if one.word[0].isalpha()),
    )


def _word(tokens: Sequence[Token], place: int) -> str:
    return tokens[place].word if 0 <= place < len(tokens) else ""


def _times(tokens: Sequence[Token], numbers: Sequence[Number]) -> tuple[list[Time], set[int]]:
    found: list[Time] = []
    used: set[int] = set()
    for index, number in enumerate(numbers):
        after = numbers[index + 1] if index + 1 < len(numbers) else None
        if number.first in used or _counts_something(tokens, number) or _counted_with(tokens, number, after):
            continue
        spoken = _past(tokens, number, after) or _plain(tokens, number, found)
        if spoken is not None:
            found.append(spoken)
            used |= {number.first} | ({after.first} if after and spoken.place == after.first else set())
    for place, token in enumerate(tokens):
        if token.word in ("noon", "midday", "mediodia"):
            found.append(Time(12, 0, "pm", place, sure=True, last=place + 1))
        elif token.word in ("midnight", "medianoche"):
            found.append(Time(0, 0, None, place, sure=True, last=place + 1))
        elif token.word in ("half", "quarter") and _word(tokens, place + 1) in (
            "past",
            "to",
            "after",
            "of",
            "till",
        ):
            hour = next((one for one in numbers if one.first == place + 2), None)
            if hour is not None and hour.clock is not None:
                found = [one for one in found if one.place != hour.first]
                minute = 30 if token.word == "half" else 15
                found.append(
                    _shifted(tokens, hour, minute, later=_word(tokens, place + 1) in ("past", "after"))
                )
                used.add(hour.first)
    return sorted(found, key=lambda one: one.place), used


def _counts_something(tokens: Sequence[Token], number: Number) -> bool:
    before, after = _word(tokens, number.first - 1), _word(tokens, number.last)
    if _word(tokens, number.last + 1) == "-" and after.isalpha():
        after = _word(tokens, number.last + 2)  # "two check-ups"
    if number.clock is None or number.ordinal or len(number.digits) > 4:  # noqa: PLR2004
        return True
    if before in _MONEY_SIGNS or after in _MONEY or after in _PERCENT or after in _MINUTES:
        return True
    if (
        _word(tokens, number.last + 1) in _MINUTES
        and after in ("-", "and", "to", "or")
        and number.clock[1] == 0
    ):
        return True
    if _is_name(tokens, number.last) or (_is_name(tokens, number.first - 1) and number.first > 1):
        return before not in _CUES or _is_name(tokens, number.last)
    plural = after.endswith("s") and len(after) > 2 and after not in _NOT_UNITS and "'" not in after  # noqa: PLR2004
    return plural and number.clock[1] == 0


def _is_name(tokens: Sequence[Token], place: int) -> bool:
    """Tell whether a word has a capital as streets and suites have; days and months have one too."""
    if not 0 <= place < len(tokens):
        return False
    token = tokens[place]
    return token.text[0].isupper() and token.text.upper() != token.text and token.word not in _NO_NAMES


def _counted_with(tokens: Sequence[Token], number: Number, after: Number | None) -> bool:
    """Tell whether a number shares the unit of the next one, as in "two or three surfaces"."""
    if after is None or after.first != number.last + 1 or number.clock is None:
        return False
    if number.clock[1] and _word(tokens, after.last) not in _MONEY:
        return False
    return _word(tokens, number.last) in ("or", "and", "to", "-", "\u2013") and _counts_something(
        tokens, after
    )


def _past(tokens: Sequence[Token], number: Number, after: Number | None) -> Time | None:
    """Read "ten past two", "five minutes to nine"."""
    place = number.last + (_word(tokens, number.last) in ("minutes", "minute"))
    side = _word(tokens, place)
    value = next(iter(number.wholes), 0)
    if side not in ("past", "to", "till", "of") or after is None or after.first != place + 1:
        return None
    if after.clock is None or not 1 <= value < 60 or value not in (5, 10, 15, 20, 25):  # noqa: PLR2004
        return None
    if side == "to" and _word(tokens, number.first - 1) in ("from", "between", *_PLURAL_DAYS):
        return None
    if side in ("to", "of") and (value >= 15 or _word(tokens, number.first - 1) in ("from", "")):  # noqa: PLR2004
        return None
    return _shifted(tokens, after, int(value), later=side == "past")


_PLURAL_DAYS = tuple(f"{name}days" for name in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun"))


def _shifted(tokens: Sequence[Token], hour: Number, minute: int, *, later: bool) -> Time:
    clock = hour.clock or (0, 0)
    at = clock[0] if later else (clock[0] - 1) % _NOON or _NOON
    return Time(
        at, minute if later else 60 - minute, _half(tokens, hour.last), hour.first, sure=True, last=hour.last
    )


def _plain(tokens: Sequence[Token], number: Number, found: Sequence[Time]) -> Time | None:
    hour, minute = number.clock or (0, 0)
    half = _half(tokens, number.last)
    if _word(tokens, number.last) == "y" and _word(tokens, number.last + 1) in ("media", "cuarto"):
        minute = 30 if _word(tokens, number.last + 1) == "media" else 15
        half = _half(tokens, number.last + 2)
    before = _word(tokens, number.first - 1)
    text = tokens[number.first].text
    sibling = bool(found) and before in _LISTING and _near(found[-1].place, number.first)
    sure = (
        half is not None
        or ":" in text
        or ("h" in text and text[0].isdigit())
        or _word(tokens, number.last) in ("o'clock", "oclock", "sharp", "ish")
        or before in _CUES
        or (sibling and found[-1].sure)
    )
    if hour > _NOON and not sure:
        return (
            None
            if minute == 0 and max(number.wholes, default=0) <= hour
            else Time(hour, minute, None, number.first, sure=False, wholes=number.wholes, last=number.last)
        )
    wholes = frozenset() if sure else number.wholes
    return Time(hour, minute, half, number.first, sure=sure, wholes=wholes, last=number.last)


def _near(first: int, second: int) -> bool:
    return second - first <= 6  # noqa: PLR2004 - "nine a.m., or eleven"


def _half(tokens: Sequence[Token], place: int) -> str | None:
    words = [_word(tokens, place + n) for n in range(4)]
    if words[0] in ("o'clock", "oclock"):
        words = [*words[1:], _word(tokens, place + 4)]
    if words[0] in ("am", "pm"):
        return words[0]
    if words[0] in ("in", "at", "de", "por"):
        return _HALF_OF.get(words[2]) or (_HALF_OF.get(words[1]) if words[0] == "at" else None)
    if words[0] in ("this", "tomorrow"):
        return _HALF_OF.get(words[1])
    return "pm" if words[0] == "tonight" else None


def _amount(tokens: Sequence[Token], number: Number) -> Amount | None:
    if len(number.digits) > 6:  # noqa: PLR2004 - telephone numbers
        return None
    before, after = _word(tokens, number.first - 1), _word(tokens, number.last)
    values = number.wholes or (frozenset({float(number.digits)}) if number.digits else frozenset())
    if before in _MONEY_SIGNS or after in _MONEY:
        return Amount(values, "money", number.first)
    if after in _PERCENT or (after == "por" and _word(tokens, number.last + 1) == "ciento"):
        return Amount(values, "percent", number.first)
    unit_at = number.last + (after in ("-", "to", "more"))
    scale = _MINUTES.get(_word(tokens, unit_at))
    if scale is not None:
        return Amount(frozenset(value * scale for value in values), "minutes", number.first)
    noun = after if after.endswith("s") and len(after) > 3 and after not in _NOT_UNITS else ""  # noqa: PLR2004
    return Amount(values, noun, number.first)


_HOURS = tuple(
    (said.split(), minutes)
    for said, minutes in (
        ("three quarters of an hour", 45),
        ("quarter of an hour", 15),
        ("half an hour", 30),
        ("half - hour", 30),
        ("half hour", 30),
        ("an hour and a half", 90),
        ("an hour", 60),
    )
)
"""Lengths without a number, the longer ways to say them first."""


def _unnumbered(tokens: Sequence[Token]) -> list[Amount]:
    words, found, place = [one.word for one in tokens], [], 0
    while place < len(words):
        said = next((one for one in _HOURS if words[place : place + len(one[0])] == one[0]), None)
        if said is not None:
            at = place + said[0].index("hour")
            found.append(Amount(frozenset({float(said[1])}), "minutes", at))
        place += len(said[0]) if said else 1
    return found


def _people(tokens: Sequence[Token]) -> tuple[list[str], set[int]]:
    people: list[str] = []
    named: set[int] = set()
    for place, token in enumerate(tokens):
        if token.word not in _TITLES:
            continue
        at = place + 1 + (_word(tokens, place + 1) == ".")
        while at < len(tokens) and tokens[at].text[0].isupper() and len(people) < _MOST_PEOPLE:
            people.append(tokens[at].word.removesuffix("'s"))
            named |= {place, at}
            at += 1
    return people, named


_MOST_PEOPLE = 50
_BEGINNING = frozenset(
    {".", "!", "?", ":", ";", "\u2026", "-", "*", "\u2022", "\u00bf", "\u00a1", '"', "(", "["}
)


def _capitals(tokens: Sequence[Token], named: set[int]) -> list[str]:
    return [
        token.word.removesuffix("'s")
        for place, token in enumerate(tokens)
        if place
        and place not in named
        and token.text[0].isupper()
        and len(token.text) > 1
        and tokens[place - 1].text not in _BEGINNING
        and token.word not in _NO_NAMES
    ]
