"""Figures of consent: how many answers that agree to a read-back count, and how many that do not.

Run it with ``make bench-consent``; the answers are in ``tests/data/consent_answers.toml``.
"""

import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast, get_args
from zoneinfo import ZoneInfo

from language.agreement import Intent, agrees, load_grammar
from language.agreement_grammar import ReadBackValues

ANSWERS = Path(__file__).parents[1] / "data" / "consent_answers.toml"
FRESH = tuple(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth".split()
)
_FRESH = Path(__file__).parent / "fresh"
_ZONE = ZoneInfo("America/New_York")
_WHAT = ("Cleaning", "Dr. Lee")
READ_BACKS: Mapping[Intent, ReadBackValues] = {
    "book": ReadBackValues(datetime(2026, 12, 9, 10, tzinfo=_ZONE), ("Anna Bell", *_WHAT), "+12025550199"),
    "move": ReadBackValues(datetime(2026, 12, 10, 15, tzinfo=_ZONE), _WHAT),
    "cancel": ReadBackValues(datetime(2026, 12, 9, 10, tzinfo=_ZONE), _WHAT),
}


_FRESH_READ_BACK = ReadBackValues(
    datetime(2026, 12, 1, 9, tzinfo=_ZONE), ("Maria Lopez", *_WHAT), "+12025550143"
)


def _others(sets: Mapping[str, Sequence[str]]) -> Sequence[str]:
    return sets.get("does_not") or sets["other"]


@dataclass(frozen=True)
class Figures:
    """What became of the answers of one group.

    Attributes:
        missed: Those that agree and do not count.
        mistaken: Those that do not agree and count.
        slowest_ms: The answer that took longest.
    """

    group: str
    agree: int
    others: int
    missed: Sequence[str]
    mistaken: Sequence[str]
    slowest_ms: float


def measure() -> list[Figures]:
    """Judge every answer."""
    return [_of(group, sets) for group, sets in tomllib.loads(ANSWERS.read_text(encoding="utf-8")).items()]


def measure_fresh() -> list[Figures]:
    """Judge the sets that were each measured once before anything was changed by them, by language."""
    return [
        _of(f"book_{name}_{language}", sets, _FRESH_READ_BACK)
        for name in FRESH
        for language, sets in tomllib.loads((_FRESH / f"consent_{name}.toml").read_text("utf-8")).items()
    ]


def _of(group: str, sets: Mapping[str, Sequence[str]], values: ReadBackValues | None = None) -> Figures:
    intent = next(one for one in cast("tuple[Intent, ...]", get_args(Intent)) if group.startswith(one))
    slowest = 0.0
    found: dict[str, bool] = {}
    for answer in (*sets["agrees"], *_others(sets)):
        began = time.perf_counter()
        found[answer] = agrees(answer, intent, values or READ_BACKS[intent])
        slowest = max(slowest, time.perf_counter() - began)
    return Figures(
        group=group,
        agree=len(sets["agrees"]),
        others=len(_others(sets)),
        missed=[one for one in sets["agrees"] if not found[one]],
        mistaken=[one for one in _others(sets) if found[one]],
        slowest_ms=slowest * 1000,
    )


if __name__ == "__main__":
    load_grammar()
    all_figures = [*measure(), *measure_fresh()]
    print(f"{'answers':18}{'agree':>7}{'counted':>9}{'do not':>8}{'counted':>9}{'slowest':>10}")
    for one in all_figures:
        counted, mistaken = one.agree - len(one.missed), len(one.mistaken)
        print(f"{one.group:18}{one.agree:7}{counted:9}{one.others:8}{mistaken:9}{one.slowest_ms:7.1f} ms")
        for answer in (*one.missed, *one.mistaken):
            print(f"    wrong: {answer!r}")
    total = sum(one.agree for one in all_figures)
    recall = 1 - sum(len(one.missed) for one in all_figures) / total
    print(f"of those that agree {recall:.1%} count")
