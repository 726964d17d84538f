"""Full-text search over the practice's files, in memory."""

import importlib
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

MAX_PASSAGE_CHARS = 700
SHORT_CHARS = 120
"""Paragraphs shorter than this take the next one in."""
LEAST_COVERAGE = 0.35
"""Share of the question's weight that a passage must hold to count as an answer to it."""

_STOP_WORDS = frozenset(
    "a about am an and any anything are as at be been but by can could did do does doing for from get give "
    "go got had has have having he hello her hi him his how i id if ill im in into is it its ive just know "
    "like me much my need of on or our out please question s say she should so some something take t tell "
    "than thank thanks that the their them then there these they thing this to too u up us want was we well "
    "were what whats when where which who why will with would yes you your youre".split()
)
_ALIKE = {
    word: group[0]
    for group in (
        ("price", "cost", "fee", "charge", "pricing", "rate", "expensive", "cheap"),
        ("insurance", "insurer", "coverage", "cover", "covered", "plan", "network"),
        ("location", "located", "address", "direction", "find", "street", "avenue"),
        ("parking", "park", "parked", "garage"),
        ("payment", "pay", "paying", "paid", "card", "cash", "credit", "debit", "installment"),
        ("hour", "open", "opening", "close", "closing", "closed"),
        ("child", "kid", "children", "son", "daughter", "paediatric", "pediatric"),
        ("cancel", "cancellation", "cancelling", "canceling", "reschedule"),
        ("extraction", "extract", "pull", "pulled", "remove", "removal"),
        ("train", "subway", "metro", "underground"),
        ("xray", "radiograph"),
    )
    for word in group
}


@dataclass(frozen=True)
class Document:
    """A file as text (Markdown or plain)."""

    name: str
    text: str


@dataclass(frozen=True)
class Passage:
    """A piece of a file that may answer a question.

    Attributes:
        text: The piece, without its heading.
        file: The file's name.
        heading: The headings that it stands under, from the outermost; empty when there are none.
        score: How well it fits, comparable within one search.
    """

    text: str
    file: str
    heading: str
    score: float = 0.0


class KnowledgeIndex:
    """An index over a set of documents; it never changes after it is built."""

    def __init__(self, passages: Sequence[Passage], words: Sequence[Sequence[str]], ranking: Any) -> None:
        self._passages = tuple(passages)
        self._words = tuple(frozenset(one) for one in words)
        self._ranking = ranking
        self._weights = _weights(self._words)

    def __len__(self) -> int:
        return len(self._passages)

    @classmethod
    def build(cls, documents: Sequence[Document]) -> "KnowledgeIndex":
        """Build an index; a few hundred pages take well under a second, in the calling thread.

        Args:
            documents: The files.

        Returns:
            The index, which finds nothing when the documents hold no words.
        """
        passages = [passage for document in documents for passage in passages_of(document)]
        words = [_words(f"{one.heading} {one.text}") for one in passages]
        if not any(words):
            return cls([], [], None)
        # Loading it takes seconds, since it brings a compiler along: only a process that indexes pays.
        bm25s = importlib.import_module("bm25s")
        ranking = bm25s.BM25(method="lucene", auto_compile=False)
        ranking.index([list(one) for one in words], show_progress=False)
        return cls(passages, words, ranking)

    def search(self, question: str, limit: int = 3) -> list[Passage]:
        """Find the passages that answer a question.

        Args:
            question: As the caller put it.
            limit: At most so many.

        Returns:
            Passages, best first; none when nothing fits well enough.
        """
        asked = list(dict.fromkeys(_words(question)))
        known = [word for word in asked if word in self._weights]
        if not known:
            return []
        scores = self._ranking.get_scores(known)
        rarest = math.log(1 + len(self._passages) + 0.5)
        total = sum(self._weights.get(word, rarest) for word in asked)
        found = []
        for place in sorted(range(len(self._passages)), key=lambda one: -float(scores[one])):
            held = sum(self._weights[word] for word in known if word in self._words[place])
            if held / total < LEAST_COVERAGE:
                continue
            one = self._passages[place]
            found.append(Passage(one.text, one.file, one.heading, round(float(scores[place]), 3)))
            if len(found) == limit:
                break
        return found


def passages_of(document: Document) -> list[Passage]:
    """Cut a document into passages at its headings and paragraphs.

    Args:
        document: Markdown or plain text.

    Returns:
        Passages of at most about ``MAX_PASSAGE_CHARS`` characters.
    """
    passages: list[Passage] = []
    trail: list[tuple[int, str]] = []
    paragraphs: list[str] = []

    def close() -> None:
        heading = " / ".join(name for _, name in trail)
        passages.extend(Passage(text, document.name, heading) for text in _packed(paragraphs))
        paragraphs.clear()

    for block in re.split(r"\n\s*\n|(?=^#{1,6} )|(?<=\n)(?=#{1,6} )", document.text.replace("\r\n", "\n")):
        heading = re.match(r"(#{1,6}) +(.+?) *#* *(?:\n|$)", block)
        if heading:
            close()
            level = len(heading[1])
            trail[:] = [one for one in trail if one[0] < level] + [(level, heading[2].strip())]
            block = block[heading.end() :]  # noqa: PLW2901 - what follows the heading is a paragraph
        if block.strip():
            paragraphs.append(block.strip())
    close()
    return passages


def _packed(paragraphs: Iterable[str]) -> list[str]:
    """Join short paragraphs and cut long ones between sentences."""
    pieces: list[str] = []
    for paragraph in paragraphs:
        sentences = (
            re.split(r"(?<=[.!?])\s+|\n", paragraph) if len(paragraph) > MAX_PASSAGE_CHARS else [paragraph]
        )
        for place, sentence in enumerate(sentences):
            room = MAX_PASSAGE_CHARS if place else SHORT_CHARS
            if pieces and len(pieces[-1]) < room and len(pieces[-1]) + len(sentence) < MAX_PASSAGE_CHARS:
                pieces[-1] += (" " if place else "\n") + sentence
            else:
                pieces.append(sentence)
    return [piece for piece in pieces if piece]


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = plain.replace("'", "").replace("x-ray", "xray").replace("x ray", "xray")
    stems = (_stem(word) for word in re.findall(r"[a-z0-9]+", plain) if word not in _STOP_WORDS)
    return [_ALIKE.get(word, word) for word in stems]


def _stem(word: str) -> str:
    if word in _ALIKE:
        return word
    for ending, rest in (("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("s", ""), ("ing", ""), ("ed", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:  # noqa: PLR2004 - shorter stems say nothing
            stem = word[: -len(ending)] + rest
            return stem.removesuffix("e") if len(stem) > 4 else stem  # noqa: PLR2004
    return word.removesuffix("e") if len(word) > 4 else word  # noqa: PLR2004


def _weights(passages: Sequence[frozenset[str]]) -> dict[str, float]:
    """Weigh words by how rare they are, as BM25 does."""
    counts: dict[str, int] = {}
    for words in passages:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    total = len(passages)
    return {word: math.log(1 + (total - count + 0.5) / (count + 0.5)) for word, count in counts.items()}
