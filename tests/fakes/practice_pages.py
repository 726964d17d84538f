"""Eight practices' files as a bot searches them, and the fresh sets of questions that are asked of them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.extract.limits import Limits
from knowledge.extract.parse import parse
from knowledge.search.index import KnowledgeIndex
from knowledge.search.passage import Passage
from tests.fakes.demo_pages import demo_index

FOLDER = Path(__file__).parent.parent / "data" / "knowledge"
SETS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
)


@dataclass(frozen=True)
class Fresh:
    """A question of a fresh set.

    Attributes:
        practice: Whose files it is asked of.
        question: As a caller puts it.
        texts: Words of the passages that answer it, any of which will do; none when no passage does.
    """

    practice: str
    question: str
    texts: tuple[str, ...] = ()

    def is_answered_by(self, passage: Passage) -> bool:
        """Tell whether a passage is one that answers."""
        return any(text in " ".join(passage.text.split()) for text in self.texts)


@cache
def index_of(practice: str) -> KnowledgeIndex:
    """Index a practice's files.

    Args:
        practice: ``maple``, the demo practice, or a folder beside the sets.
    """
    if practice == "maple":
        return demo_index()
    files = sorted((FOLDER / practice).iterdir())
    return KnowledgeIndex.build(
        [(one.name, parse(one.read_bytes(), one.name, Limits()).chunks) for one in files]
    )


def answerable(name: str) -> list[Fresh]:
    """List the questions of one set that its practices' files answer."""
    return [
        Fresh(practice, question, tuple(texts.split(" | ")))
        for practice, texts, question in _read(name)["answerable"]
    ]


def unanswerable(name: str) -> list[Fresh]:
    """List the questions of one set that no file of their practice answers."""
    return [Fresh(practice, question) for practice, question in _read(name)["unanswerable"]]


def _read(name: str) -> dict[str, list[list[str]]]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
