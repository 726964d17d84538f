"""Lines on a page to headings, paragraphs and lists, by size, place and length."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from knowledge.blocks import Block, Heading, Paragraph, Rows
from knowledge.extract.flow import join_line
from knowledge.extract.notes import NOTE

_LARGER = 1.15
"""Letters so much larger than the page's usual ones make a heading."""
_LONGEST_HEADING = 120
_WIDER_GAP = 1.35
"""A gap so much wider than the page's usual one ends a paragraph."""
_SAME_SIZE = 0.12
_NARROWEST = 20
"""Heights of a letter; lines in a narrower column were not broken by a margin."""
_LONG = 0.6
"""How far towards the margin a line goes whose sentence goes on in small letters."""
_SAME_LINE = 0.3
_ITEM = re.compile(r"(?:[-\u2013*•◦▪‣●■]|(\d{1,2})[.)])\s+(?=\S)")
_ENDS_SENTENCE = re.compile(r"[.!?:][\"'\u201d\u2019)]*$")
_FINEST = 1_000
"""Levels of headings count down from here, by the size of their letters."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text on a page; measures in points, from the lower left corner.

    Attributes:
        last_base: Where its last letter stands: lower, when a word was broken and the line goes on.
    """

    text: str
    left: float
    right: float
    base: float
    last_base: float
    height: float


@dataclass(frozen=True, slots=True)
class Table:
    """A table on a page.

    Attributes:
        pieces: What it is made of.
    """

    rows: Rows
    pieces: Sequence[Line]


class Layout:
    """Puts the pages of a document together again."""

    def __init__(self) -> None:
        self._held: Paragraph | None = None

    def blocks(self, parts: Sequence[Sequence[Line] | Table], page: int) -> Iterator[Block]:
        """Read a page.

        Args:
            parts: Its lines, and the rows of its tables.
            page: From 1.

        Yields:
            What stands on it, and what was held of the page before; the last paragraph is held until it is
            known whether it goes on overleaf.
        """
        for block in _Page(parts, page).blocks():
            held, self._held = self._held, None
            if held and isinstance(block, Paragraph) and _goes_on(held, block):
                self._held = Paragraph(f"{held.text} {block.text}", held.page)
                continue
            if held:
                yield held
            if isinstance(block, Paragraph):
                self._held = block
            else:
                yield block

    def rest(self) -> Iterator[Block]:
        """Hand over what is still held."""
        if self._held:
            yield self._held
            self._held = None


def _goes_on(held: Paragraph, block: Paragraph) -> bool:
    return held.page != block.page and not _ENDS_SENTENCE.search(held.text) and block.text[:1].islower()


class _Page:
    """Reads one page."""

    def __init__(self, parts: Sequence[Sequence[Line] | Table], page: int) -> None:
        self._texts = parts
        self._lines = lines = [line for one in parts if not isinstance(one, Table) for line in one]
        self._page = page
        shown = [line for one in parts for line in (one.pieces if isinstance(one, Table) else one)]
        self._height = median(
            [line.height for line in shown for _ in range(1 + len(line.text) // 20)] or [0.0]
        )
        gaps = [one.last_base - two.base for one, two in pairwise(lines)]
        steps = [gap for gap in gaps if _SAME_LINE * self._height < gap < 3 * self._height]
        self._step = median(steps) if steps else 1.2 * self._height

    def blocks(self) -> Iterator[Block]:
        for part in self._texts:
            if isinstance(part, Table):
                yield part.rows
            else:
                yield from self._text(part)

    def _text(self, lines: Sequence[Line]) -> Iterator[Block]:
        items: list[str] = []
        for group in self._groups(lines):
            text = _joined(group, self._margin(group))
            item = _ITEM.match(text)
            if item and text[0] != "*":
                items.append(text if item[1] else text[item.end() :])
                continue
            if items:
                yield Rows(tuple(items), self._page)
                items = []
            if self._is_heading(group[0]) and len(text) <= _LONGEST_HEADING:
                yield Heading(
                    text.replace("\n", " "), max(1, _FINEST - round(2 * group[0].height)), self._page
                )
            else:
                yield Paragraph(text, self._page)
        if items:
            yield Rows(tuple(items), self._page)

    def _is_heading(self, line: Line) -> bool:
        return (
            line.height >= _LARGER * self._height > 0
            and line.text[-1] not in ".,;"
            and any(sign.isalpha() for sign in line.text)
        )

    def _margin(self, group: Sequence[Line]) -> float:
        """Tell how far lines of this column go."""
        left = min(line.left for line in group)
        near = 2 * self._height
        furthest = max(line.right for line in self._lines if abs(line.left - left) <= near)
        return max(furthest, left + _NARROWEST * self._height)

    def _groups(self, lines: Sequence[Line]) -> Iterator[list[Line]]:
        """Cut a text where a paragraph ends."""
        group: list[Line] = []
        for line in lines:
            if group and self._parts(group[-1], line):
                yield group
                group = []
            group.append(line)
        if group:
            yield group

    def _parts(self, above: Line, line: Line) -> bool:
        if abs(above.height - line.height) > _SAME_SIZE * max(above.height, line.height):
            return True
        gap = above.last_base - line.base
        if gap < -_SAME_LINE * line.height:  # the next column, or anywhere
            return not (line.text[:1].islower() and not _ENDS_SENTENCE.search(above.text))
        if gap > _WIDER_GAP * self._step:
            return True
        return _ITEM.match(line.text) is not None or NOTE.match(line.text) is not None


def _joined(lines: Sequence[Line], margin: float) -> str:
    r"""Join a paragraph's lines; ``\n`` stands where a line ended although the next word would have fit."""
    joined = [lines[0].text]
    for above, line in pairwise(lines):
        word = line.text.partition(" ")[0]
        wide = (line.right - line.left) * (len(word) + 1) / max(1, len(line.text))
        beside = above.last_base - line.base
        goes_on = line.text[0].islower() and above.right > _LONG * margin and above.text[-1] not in ".!?:"
        if abs(beside) < _SAME_LINE * line.height or beside < 0 or above.right + wide > margin or goes_on:
            join_line(joined, line.text)
        else:
            joined.extend(("\n", line.text))
    return "".join(joined)
