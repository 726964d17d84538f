"""What a simulated patient understands of a bot's words: what it asks and claims, which times it says."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from rehearsal.spoken_times import NUMBER_WORDS, Mention, read_times

TALK: Final = Path(__file__).parent / "talk"
_SENTENCE = re.compile(
    r"(?<=[.?!])(?<!\b[Dd]r\.)(?<!\b[Mm]rs\.)(?<!\b[Mm]r\.)(?<!\bSt\.)\s+"
    # Over a telephone the stop before that question is often heard as a comma.
    r"|,\s+(?=(?:[Ii]s there )?[Aa]nything else)"
)
_MERIDIEM = re.compile(r"\b([ap])\.\s?m\.(?=\s+[A-Z]|$)")
_MERIDIEM_INSIDE = re.compile(r"\b([ap])\.\s?m\b\.?")
_DIGIT_WORDS = {**{word: str(value) for word, value in NUMBER_WORDS.items() if value <= 9}, "oh": "0"}  # noqa: PLR2004
_DIGIT = re.compile(rf"\b(?:\d+|{'|'.join(_DIGIT_WORDS)})\b")
_LEAST_DIGITS: Final = 7
_BREAK = re.compile(r"(?<!\b[ap]\.m)(?<!\b[ap])(?<!\bDr)[.?!;](?=\s|$)|(?<=m)\.(?=\s+[A-Z])")
_RULED_OUT = re.compile(
    r"\b(?:don't|not|no|closed|isn't|nothing|can't|couldn't|open|taken|gone|until|only up to)\b"
)


@dataclass(frozen=True)
class Heard:
    """A turn of the bot, as it is understood.

    Attributes:
        asks: What the last question asks, empty where none was known; ``every`` holds all of them in order.
        question: Whether the turn ends with a question, known or not.
        tells: What it claims.
        times: Every day and time that it says; ``offers`` are those with both that it does not rule out.
    """

    text: str
    asks: str
    every: tuple[str, ...]
    question: bool
    tells: frozenset[str]
    times: tuple[Mention, ...]
    offers: tuple[Mention, ...] = ()


class Ear:
    """Understands a bot in one language."""

    def __init__(self, language: str) -> None:
        words = talk(language)
        self._asks = [(one["is"], [re.compile(p) for p in one["hears"]]) for one in words["asks"]]
        self._tells = {name: [re.compile(p) for p in found] for name, found in words["tells"].items()}

    def hear(self, text: str, today: date, focus: date | None = None) -> Heard:
        """Understand a turn (`focus`: the day that was last spoken of)."""
        sentences = split(text)
        every = tuple(ask for one in sentences if one.endswith("?") and (ask := self.asked(one)))
        last = sentences[-1] if sentences else ""
        asks = self.asked(last) if last.endswith("?") else ""
        if not asks and every:
            asks = every[-1]
        # "Please say the number." asks without a question mark.
        if not asks and last and not last.endswith("?"):
            asks = self.asked(last) if last.lower().startswith(("please", "may i", "could", "say")) else ""
        times = tuple(read_times(text, today, focus))
        offers = tuple(one for one in times if one.moment and not _is_refused(text, one.at))
        return Heard(text, asks, every, bool(last) and "?" in text, self.told(text), times, offers)

    def asked(self, sentence: str) -> str:
        """Tell what a question asks; empty where that is not known."""
        low = plain(sentence)
        return next((name for name, found in self._asks if any(p.search(low) for p in found)), "")

    def told(self, text: str) -> frozenset[str]:
        """Tell what is claimed in sentences that are no questions."""
        claims = " ".join(one for one in split(text) if not one.endswith("?"))
        low = plain(claims)
        return frozenset(name for name, found in self._tells.items() if any(p.search(low) for p in found))


@cache
def talk(language: str) -> dict[str, Any]:
    """Read how a patient hears and talks in a language."""
    return tomllib.loads((TALK / f"{language}.toml").read_text("utf-8"))


@cache
def ear(language: str) -> Ear:
    """Give the ear of a language."""
    return Ear(language)


def split(text: str) -> list[str]:
    """Part a text into sentences; the stops of "a.m." end one only before a capital letter."""
    joined = _MERIDIEM_INSIDE.sub(r"\1m", _MERIDIEM.sub(r"\1m.", text))
    return [one for one in _SENTENCE.split(joined.strip()) if one]


def _is_refused(text: str, at: int) -> bool:
    """Tell whether the sentence at a place rules out what it says, as in "I don't have nine"."""
    found = [match.start() for match in _BREAK.finditer(text) if match.start() < at]
    begin = found[-1] if found else 0
    following = _BREAK.search(text, at)
    return _RULED_OUT.search(plain(text[begin : following.start() if following else len(text)])) is not None


def plain(text: str) -> str:
    """Lower the letters and straighten the apostrophes."""
    return " ".join(text.lower().replace("\u2019", "'").split())


def digits_in(text: str) -> list[str]:
    """Find the telephone numbers that are said, as digits; shorter runs are none."""
    found: list[str] = []
    run, end = "", -1
    low = plain(text)
    for match in _DIGIT.finditer(low):
        gap = low[end : match.start()] if end >= 0 else ""
        if run and not re.fullmatch(r"[\s,.()+-]{0,4}(?:and )?", gap):
            found.append(run)
            run = ""
        run += _DIGIT_WORDS.get(match[0], match[0])
        end = match.end()
    return [one for one in [*found, run] if len(one) >= _LEAST_DIGITS]
