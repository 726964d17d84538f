"""The demo practice's pages as a bot searches them, and the questions that are asked of them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.extract.limits import Limits
from knowledge.extract.parse import parse
from knowledge.search.index import KnowledgeIndex
from knowledge.search.passage import Passage
from practice.practice_file.folder import DEMO_FOLDER as FOLDER
from tests.fakes.demo_practice import FILES

QUESTIONS = Path(__file__).parent.parent / "data" / "knowledge_questions.toml"


@dataclass(frozen=True)
class Answerable:
    """A question that the pages answer.

    Attributes:
        half: ``tuning`` or ``held-out``.
        question: As a caller puts it.
        file: The file that answers it.
        text: Words of the passage that does.
        said: Words of the receptionist's answer; the same where nothing else is given.
    """

    half: str
    question: str
    file: str
    text: str
    said: str

    def is_answered_by(self, passage: Passage) -> bool:
        """Tell whether a passage is the one that answers."""
        return passage.file == self.file and self.text in " ".join(passage.text.split())


@cache
def demo_index() -> KnowledgeIndex:
    """Index the demo practice's pages."""
    return KnowledgeIndex.build(
        [(name, parse((FOLDER / "files" / name).read_bytes(), name, Limits()).chunks) for name in FILES]
    )


def answerable(half: str) -> list[Answerable]:
    """List the questions of one half that the pages answer."""
    asked = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["answerable"]
    return [
        Answerable(half, one["question"], one["file"], one["text"], one.get("said", one["text"]))
        for one in asked
        if one["half"] == half
    ]


def unanswerable(half: str) -> list[str]:
    """List the questions of one half that no page answers."""
    asked = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["unanswerable"]
    return [one["question"] for one in asked if one["half"] == half]
