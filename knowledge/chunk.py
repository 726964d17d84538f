"""Pieces of a file that are small enough to be found, quoted and read to a caller."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.blocks import Block, Heading, Rows

MAX_CHUNK_CHARS = 700
"""What a piece is filled up to."""
LONGEST_CHUNK_CHARS = 2 * MAX_CHUNK_CHARS
"""A row, or a sentence, is torn only beyond this."""
SHORT_CHARS = 120
"""Pieces shorter than this take the next one in."""

_SENTENCE_END = re.compile(
    "(?<![.!?\u2026])[.!?\u2026]++[\"'\u201d\u2019)\\]]*+\\s+|[\u3002\uff01\uff1f]+|\n"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|prof|st|ste|apt|ave|blvd|no|nos|tel|ext|vs|approx|dept|e\.g|i\.e|a\.m|p\.m|[a-z])|\b\d+)\.$",
    re.IGNORECASE,
)
_LONGEST_ABBREVIATION = 12
_CLAUSE_END = re.compile(r"[;,:]\s|\s")
_WORDS_OF_A_FACT = 4


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a file that may answer a question.

    Attributes:
        heading: The headings that it stands under, from the outermost, as ``A / B``; empty when there
            are none.
        page: The page that it begins on, from 1; None in files without pages.
    """

    text: str
    heading: str = ""
    page: int | None = None


def cut(blocks: Iterable[Block]) -> list[Chunk]:
    """Cut a file at its headings, pages, paragraphs, sentences and rows.

    Args:
        blocks: What a parser found, in reading order.

    Returns:
        Chunks of about ``MAX_CHUNK_CHARS`` characters and never more than ``LONGEST_CHUNK_CHARS``, in reading
        order. Short ones are joined with the next under the same heading on the same page. A heading with
        nothing under it is a chunk of its own when it says something.
    """
    return list(cut_lazily(blocks))


def cut_lazily(blocks: Iterable[Block]) -> Iterator[Chunk]:
    """Cut a file while it is being read; see ``cut``."""
    cutter = _Cutter()
    for block in blocks:
        cutter.take(block)
        yield from cutter.taken()
    cutter.close()
    yield from cutter.taken()


class _Cutter:
    """Holds the chunk that is being filled."""

    def __init__(self) -> None:
        self._chunks: list[Chunk] = []
        self._says_something = False
        self._trail: list[Heading] = []
        self._piece = ""
        self._page: int | None = None
        self._is_bare = False
        """Nothing has come under the last heading yet."""
        self._passed_over: list[Heading] = []

    def take(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._enter(block)
            return
        if block.page != self._page:
            self._end_piece()
        self._page = block.page
        self._is_bare = False
        if not isinstance(block, Rows):
            self._take_parts(list(_sentences(block.text)))
            return
        if block.alone:
            self._end_piece()
        self._take_parts([f"{line}\n" for line in block.lines])
        if block.alone:
            self._end_piece()

    def close(self) -> None:
        self._end_piece()
        if self._is_bare:
            self._keep_heading()
        if not self._says_something and self._passed_over:  # headings are all there is
            said = "\n".join(one.text for one in self._passed_over)[:MAX_CHUNK_CHARS]
            self._keep(Chunk(said, "", self._passed_over[0].page))

    def taken(self) -> list[Chunk]:
        """Hand over what is complete so far."""
        chunks, self._chunks = self._chunks, []
        return chunks

    def _keep(self, chunk: Chunk) -> None:
        self._chunks.append(chunk)
        self._says_something = True

    def _enter(self, heading: Heading) -> None:
        self._end_piece()
        if self._is_bare and heading.level <= self._trail[-1].level:
            self._keep_heading()
        self._trail = [one for one in self._trail if one.level < heading.level]
        self._is_bare = bool(heading.text)
        if heading.text and not (self._trail and self._trail[-1].text == heading.text):
            self._trail.append(heading)
        else:
            self._is_bare = False

    def _keep_heading(self) -> None:
        """Keep a heading that says something by itself, such as ``Open on Saturdays from 9 to 12``."""
        last = self._trail[-1]
        if len(last.text.split()) >= _WORDS_OF_A_FACT or any(sign.isdigit() for sign in last.text):
            self._keep(Chunk(last.text, self._path(self._trail[:-1]), last.page))
        elif not self._says_something:
            self._passed_over.append(last)
        self._is_bare = False

    def _take_parts(self, parts: list[str]) -> None:
        """Fill chunks with sentences or rows."""
        # A short lead, such as the line above a list, goes with the first part of what follows.
        if len(self._piece) >= SHORT_CHARS or len(self._piece) + len(parts[0]) > MAX_CHUNK_CHARS:
            self._end_piece()
        if self._piece:
            self._piece = f"{self._piece.rstrip()}\n"
        for part in parts:
            for fitting in _torn(part):
                if self._piece and len(self._piece) + len(fitting.rstrip()) > MAX_CHUNK_CHARS:
                    self._end_piece()
                self._piece += fitting

    def _end_piece(self) -> None:
        if text := self._piece.strip():
            self._keep(Chunk(text, self._path(self._trail), self._page))
        self._piece = ""

    @staticmethod
    def _path(trail: list[Heading]) -> str:
        return " / ".join(one.text for one in trail)


def _sentences(text: str) -> Iterator[str]:
    """Cut after sentences and lines, and not after ``Dr.``; together they are the text again."""
    if len(text) <= MAX_CHUNK_CHARS:
        yield text
        return
    start = 0
    for end in _SENTENCE_END.finditer(text):
        mark = end.group()
        if mark[0] == "." and mark[-1] != "\n":
            before = text[max(start, end.start() - _LONGEST_ABBREVIATION) : end.start() + 1]
            if text[end.end() : end.end() + 1].islower() or _ABBREVIATION.search(before):
                continue
        yield text[start : end.end()]
        start = end.end()
    if start < len(text):
        yield text[start:]


def _torn(part: str) -> Iterator[str]:
    """Tear what is longer than a chunk may be, between clauses, words, or anywhere."""
    start = 0
    while len(part) - start > LONGEST_CHUNK_CHARS:
        full = start + MAX_CHUNK_CHARS
        ends = [end.end() for end in _CLAUSE_END.finditer(part, start + MAX_CHUNK_CHARS // 2, full)]
        clauses = [end for end in ends if part[end - 2] in ";,:"]
        end = (clauses or ends or [full])[-1]
        yield part[start:end]
        start = end
    yield part[start:]
