"""What is drawn over and between the letters of a PDF page: lines that strike out, rules, raised marks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import pypdfium2
from pypdfium2 import raw

from knowledge.extract.notes import RAISED

STRUCK_OUT = "\u200b"
"""Stands for a letter that is struck out: it has its place, and no text."""
_MOST_DRAWN = 2_000
"""Shapes of a page that are looked at; a page that has more is a drawing."""
_THICKEST = 2.5
"""Points, of a line."""
_STRUCK = (0.25, 0.62)
"""How far up a letter a line strikes it out; one that underlines it is lower."""
_SMALLER = 0.87
_MAY_BE_RAISED = re.compile(r"\d{1,2}(?!\d)")

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""


@dataclass(frozen=True)
class Drawn:
    """The straight lines on a page."""

    across: Sequence[Box]
    upright: Sequence[Box]

    def parts(self, left: float, right: float, height: float) -> bool:
        """Tell whether an upright line stands between two places."""
        return any(left <= one[0] and one[2] <= right and one[1] <= height <= one[3] for one in self.upright)


def lines_drawn(page: pypdfium2.PdfPage) -> Drawn:
    """Find the straight lines on a page."""
    boxes = [
        one.get_bounds()
        for one in islice(page.get_objects(max_depth=1), _MOST_DRAWN)
        if one.type == raw.FPDF_PAGEOBJ_PATH
    ]
    return Drawn(
        [one for one in boxes if one[3] - one[1] <= _THICKEST < one[2] - one[0]],
        [one for one in boxes if one[2] - one[0] <= _THICKEST < one[3] - one[1]],
    )


def read_text(text_page: pypdfium2.PdfTextPage, drawn: Drawn) -> str:
    """Read a page's text, what is struck out as nothing, and figures that are raised as such."""
    text: str = text_page.get_text_range()
    if text and max(text) > "\uffff":
        return text  # pdfium counts such letters twice
    letters = list(text)
    for start, end in _struck(text_page, drawn.across):
        letters[start:end] = [one if one in "\r\n" else STRUCK_OUT for one in letters[start:end]]
    for match in _MAY_BE_RAISED.finditer(text):
        for place in reversed(range(match.start(), match.end())):
            if not _is_raised(text_page, text, place, match.end()):
                break  # what stands before it is no part of a mark
            letters[place] = letters[place].translate(RAISED)
    return "".join(letters)


def _struck(text_page: pypdfium2.PdfTextPage, across: Sequence[Box]) -> Iterator[tuple[int, int]]:
    for left, bottom, right, top in across:
        middle = (bottom + top) / 2
        first, last = (text_page.get_index(at, middle, 2, 1) for at in (left + 1.5, right - 1.5))
        if first is None or last is None or last < first:
            continue
        boxes = [text_page.get_charbox(one, loose=True) for one in (first, last)]
        if all(_STRUCK[0] < (middle - low) / max(high - low, 1) < _STRUCK[1] for _, low, _, high in boxes):
            start, end = (raw.FPDFText_GetTextIndexFromCharIndex(text_page, one) for one in (first, last))
            yield start, end + 1


def _is_raised(text_page: pypdfium2.PdfTextPage, text: str, place: int, end: int) -> bool:
    """Compare a figure with the letter before it, and where it begins a line with that behind it."""
    before = place - 1
    while before >= 0 and text[before].isdigit() and place - before < 3:  # noqa: PLR2004 - a note's two figures
        before -= 1
    if before < 0 or text[before].isspace():
        before = end
        while before < len(text) and text[before].isspace():
            before += 1
        if before == len(text):
            return False
    sizes = [_size(text_page, one) for one in (place, before)]
    return 0 < sizes[0] < _SMALLER * sizes[1]


def _size(text_page: pypdfium2.PdfTextPage, text_index: int) -> float:
    index = raw.FPDFText_GetCharIndexFromTextIndex(text_page, text_index)
    return float(raw.FPDFText_GetFontSize(text_page, index)) if index >= 0 else 0.0
