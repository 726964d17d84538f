"""How a simulated patient words what they say: seeded variants, manners, and how it is spelled."""

import random
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final, Literal

from rehearsal.hearing import talk
from rehearsal.spoken_times import NUMBER_WORDS

Spelling = Literal["whisper", "plain"]
"""``whisper``: capitals, stops and figures, as the recogniser writes; ``plain``: as people type."""

_WORDS: Final = {value: word for word, value in NUMBER_WORDS.items() if "-" not in word}
_DIGITS: Final = "zero one two three four five six seven eight nine".split()
_WEEKDAYS: Final = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS: Final = (
    "January February March April May June July August September October November December".split()
)
_ORDINALS: Final = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
_MANNER_SHARE: Final = 0.35
_LEAST_WORDS: Final = 5
"""Shorter answers are given as they are."""


class Wording:
    """One patient's way to talk (`seed`: the same seed says the same)."""

    def __init__(self, language: str, manners: Sequence[str], spelling: Spelling, seed: str) -> None:
        self._says = talk(language)["says"]
        self._manners = talk(language)["manners"]
        self._manner = manners
        self.spelling = spelling
        self._random = random.Random(seed)  # noqa: S311 - variety, not secrecy
        self._told: dict[str, int] = {}

    def pick(self, key: str, /, **values: str) -> str:
        """Word something that patients say, each time differently."""
        return self.one_of(tuple(self._says[key]), key).format_map(values)

    def likely(self) -> list[str]:
        """Give the short answers that a booking mostly needs, as they are written down."""
        keys = ("take-nth", "use-same", "yes", "no-more")
        return [_whisper(one.format(nth=_ORDINALS[1])) for key in keys for one in self._says[key]]

    def one_of(self, wordings: Sequence[str], key: str = "") -> str:
        """Take one of several wordings; asked again for the same, the next one."""
        key = key or wordings[0]
        begin = self._told.get(key)
        place = self._random.randrange(len(wordings)) if begin is None else begin + 1
        self._told[key] = place
        return wordings[place % len(wordings)]

    def chance(self, share: float) -> bool:
        """Tell whether something happens that happens so often."""
        return self._random.random() < share

    def finish(self, text: str) -> str:
        """Say it in the patient's manner, and write it down as it is heard."""
        if self._manner and len(text.split()) >= _LEAST_WORDS and self.chance(_MANNER_SHARE):
            manner = self._manners[self._random.choice(list(self._manner))]
            before, after = self._random.choice(manner["before"]), self._random.choice(manner["after"])
            body = text if not before or text[:2] in {"I ", "I'"} else text[:1].lower() + text[1:]
            ending = re.search(r"[.?!]+$", body)
            stop = ending[0] if ending else ""
            text = f"{before}{body.removesuffix(stop)}{after}{stop}"
        return _whisper(text) if self.spelling == "whisper" else _typed(text)

    def phone(self, number: str) -> str:
        """Say a telephone number: in figures, in words, or in groups of words."""
        if not number.startswith("+1"):
            return number
        national = number[2:]
        groups = national[:3], national[3:6], national[6:]
        if self.spelling == "whisper" and self.chance(0.6):
            return "-".join(groups)
        return ", ".join(self.part(one) for one in groups)

    def part(self, digits: str) -> str:
        """Say some digits one by one."""
        zero = "oh" if self.chance(0.5) else "zero"
        return " ".join(zero if one == "0" else _DIGITS[int(one)] for one in digits)

    def letters(self, name: str) -> str:
        """Spell a name."""
        return ", ".join(" ".join(one.upper() for one in part if one.isalpha()) for part in name.split())

    def clock(self, moment: time) -> str:
        """Say a time of day."""
        hour = moment.hour % 12 or 12
        if self.spelling == "whisper" and self.chance(0.5):
            minutes = f":{moment.minute:02}" if moment.minute else ""
            return f"{hour}{minutes} {'a.m.' if moment.hour < 12 else 'p.m.'}"  # noqa: PLR2004 - noon
        if moment.minute == 0:
            return "noon" if moment.hour == 12 else _WORDS[hour]  # noqa: PLR2004 - noon
        return f"{_WORDS[hour]} {_WORDS[moment.minute]}"

    @staticmethod
    def nth(place: int) -> str:
        """Say which of several, from 1."""
        return _ORDINALS[place]

    @staticmethod
    def day(day: date | datetime) -> str:
        """Say a day."""
        return f"{_WEEKDAYS[day.weekday()]} {_MONTHS[day.month - 1]} {_nth(day.day)}"

    @staticmethod
    def birth_date(born: date) -> str:
        """Say a date of birth."""
        return f"{_MONTHS[born.month - 1]} {_nth(born.day)}, {born.year}"


def _nth(day: int) -> str:
    ending = "th" if day in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _whisper(text: str) -> str:
    text = re.sub(r"(^|(?<![ap]\.m)[.?!]\s+)([a-z])", lambda m: m[1] + m[2].upper(), text.strip())
    return text if text[-1:] in ".?!" else f"{text}."


def _typed(text: str) -> str:
    low = text.lower().replace("a.m.", "am").replace("p.m.", "pm")
    return " ".join(re.sub(r"[.,!;:'\u2019\"¿¡](?!\d)", "", low).split())
