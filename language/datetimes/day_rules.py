"""The ways to say days, each with what it stands for: ``days`` and ``vague_days`` of ``en/times.toml``."""

import re
from collections.abc import Callable
from datetime import date

from language.datetimes import day_phrases
from language.datetimes.constraints import Days
from language.datetimes.words import rows

Means = Callable[[re.Match[str], date, bool], Days]
"""What a way to say days means: given the match, today, and whether the month is written first."""
_MEANS: dict[str, Means] = {
    one.__name__: one
    for one in (
        day_phrases.bare_ordinal,
        day_phrases.distance,
        day_phrases.iso_date,
        day_phrases.named_month,
        day_phrases.named_week,
        day_phrases.named_weekday,
        day_phrases.named_year,
        day_phrases.nth_week,
        day_phrases.nth_weekday,
        day_phrases.ordinal_of_month,
        day_phrases.some_weekdays,
        day_phrases.spoken_date,
        day_phrases.weekend,
        day_phrases.within,
        day_phrases.written_date,
    )
} | {str(days): day_phrases.fixed(days) for days in (-1, 0, 1, 2, 7, 8)}


def _rules(name: str) -> list[tuple[re.Pattern[str], Means]]:
    return [(said, _MEANS[means]) for said, means in rows(name, r"\b(?:{})(?![\w/])")]


DAYS, VAGUE_DAYS = _rules("days"), _rules("vague_days")
