"""Full-text search over the practice's files, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """A file as text (Markdown or plain)."""

    name: str
    text: str


@dataclass(frozen=True)
class Passage:
    """A piece of a file that may answer a question."""

    text: str
    file: str
    heading: str
    score: float


class KnowledgeIndex:
    """An index over a set of documents; it never changes after it is built."""

    @classmethod
    def build(cls, documents: Sequence[Document]) -> "KnowledgeIndex":
        """Build the index."""
        raise NotImplementedError

    def search(self, question: str, limit: int = 3) -> list[Passage]:
        """Find passages."""
        raise NotImplementedError
