"""The ways to say days, each with what it stands for: ``days`` and ``vague_days`` of ``en/times.toml``."""

import re
from collections.abc import Callable
from datetime import date

from language.datetimes import day_phrases
from language.datetimes.constraints import Days
from language.datetimes.words import rows

Means = Callable[[re.Match[str], date, bool], Days]
"""What a way to say days means: given the match, today, and whether the month is written first."""


def _rules(name: str) -> list[tuple[re.Pattern[str], Means]]:
    return [(said, _means(means)) for said, means in rows(name, r"\b(?:{})(?![\w/])")]


def _means(name: str) -> Means:
    """Find the function of that name, or the day that lies so many days ahead."""
    found: Means = day_phrases.fixed(int(name)) if name.lstrip("-").isdigit() else getattr(day_phrases, name)
    return found


DAYS, VAGUE_DAYS = _rules("days"), _rules("vague_days")
