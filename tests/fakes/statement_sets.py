"""The sets of statements that the check is measured on, and what it makes of them."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from agent.statements.check import StatementCheck
from agent.statements.speech import SpeechGate
from contracts.conversation import Message
from language.sentences import split_sentences
from tests.fakes.demo_record import demo_record

FOLDER = Path(__file__).parents[1] / "data" / "statements"
ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=ZONE)
"""A Tuesday, at nine in the morning."""
SETS = (
    "open",
    "fresh",
    "held_out",
    "last",
    "later",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
)


@dataclass(frozen=True)
class Statement:
    """What a bot might say, and whether its conversation bears it out."""

    text: str
    is_true: bool
    category: str
    context: str


@dataclass(frozen=True)
class Judged:
    """A statement with what the check made of it: the kind of what is wrong, empty when it may be said."""

    statement: Statement
    kind: str
    reason: str

    @property
    def is_right(self) -> bool:
        """Whether a true one passed, or a false one was stopped."""
        return self.statement.is_true == (not self.kind)


@cache
def contexts() -> dict[str, list[Message]]:
    """Read the conversations that statements are made in."""
    found: dict[str, list[Message]] = json.loads((FOLDER / "contexts.json").read_text("utf-8"))
    return found


def statements(name: str) -> Iterator[Statement]:
    """Read one set."""
    groups: list[dict[str, Any]] = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))["group"]
    for group in groups:
        for text in group["texts"]:
            yield Statement(text, group["true"], group["category"], group["context"])


def new_check() -> StatementCheck:
    """Make the check of a conversation with the demo practice."""
    return StatementCheck(demo_record(NOW.date()), lambda: NOW, ZONE)


def judge(statement: Statement) -> Judged:
    """Judge a statement as it would be said, sentence by sentence."""
    gate = SpeechGate(new_check(), lambda: contexts()[statement.context])
    for sentence in split_sentences(statement.text):
        verdict = gate.judge(sentence)
        if not verdict.ok:
            return Judged(statement, verdict.kind, verdict.reason)
    return Judged(statement, "", "")
