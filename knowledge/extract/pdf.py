"""PDF, page by page, through pdfium."""

import re
from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw

from knowledge.blocks import Block, Heading
from knowledge.extract.errors import BrokenFile, NoText, PasswordProtected, TooManyPages
from knowledge.extract.flow import join_line
from knowledge.extract.kind import Recognised
from knowledge.extract.limits import Limits
from knowledge.extract.page_columns import in_reading_order
from knowledge.extract.page_layout import Layout, Line
from knowledge.extract.page_marks import Box, Drawn, lines_drawn, read_text
from knowledge.extract.reading import Reading
from knowledge.extract.running_lines import RunningLines

_LOCKED = frozenset({raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY})
_HYPHEN = re.compile("[\x02\ufffe\xad]")
"""What pdfium puts where a word was broken at the end of a line."""
_WORD = re.compile(r"\S+")
_MARK = re.compile(r"[-\u2013*•◦▪‣●■]|\d{1,2}[.)]")
"""What stands before an item of a list, often with a wide gap."""
_WIDE = 1.2
"""Heights of a letter; words of one line stand closer together, justified ones too."""
_SAME_LINE = 0.6
"""Heights of a letter by which what goes on behind a raised mark may be lower."""
_NO_TITLE = re.compile(
    r"^(?:\(?anonymous\)?$|microsoft (?:word|powerpoint|excel) - |untitled|document\d*$|about:blank)|"
    r"\.\w{2,5}$",
    re.IGNORECASE,
)
"""Titles that programs give when their user gives none."""


def read(file: Recognised, limits: Limits) -> Reading:
    """Open a PDF; see ``Parser.read``."""
    try:
        document = pypdfium2.PdfDocument(file.content)
    except pypdfium2.PdfiumError as cause:
        if cause.err_code in _LOCKED:
            raise PasswordProtected(
                "The PDF is protected by a password. Save it without one and upload it again."
            ) from None
        raise _broken() from None
    pages = len(document)
    if pages > limits.max_pages:
        raise TooManyPages(
            f"The PDF has {pages:,} pages; at most {limits.max_pages:,} can be read. "
            "Split it and upload the parts."
        )
    if not pages:
        raise _broken()
    return Reading(_blocks(document, pages), pages)


def _broken() -> BrokenFile:
    return BrokenFile(
        "The PDF is damaged and cannot be read. Open it, save it again and upload the new file."
    )


def _blocks(document: pypdfium2.PdfDocument, pages: int) -> Iterator[Block]:
    layout, running = Layout(), RunningLines()
    title = document.get_metadata_value("Title").strip()
    if title and not _NO_TITLE.search(title):
        yield Heading(title, level=0)
    unread = 0
    said = False
    for place in range(pages):
        try:
            lines = _lines(document, place)
        except pypdfium2.PdfiumError:
            unread += 1
            continue
        said = said or any(sign.isalnum() for line in lines for sign in line.text)
        parts = in_reading_order(running.left_out(lines, place + 1), place + 1)
        yield from layout.blocks(parts, place + 1)
    yield from layout.rest()
    if unread == pages:
        raise _broken()
    if not said:
        raise NoText(
            "The PDF holds pictures of pages and no text, as a scanner makes them. Run text recognition "
            "(OCR) over it, or upload the document that it was printed from."
        )


def _lines(document: pypdfium2.PdfDocument, place: int) -> list[Line]:
    """Take the lines off a page, with where they stand."""
    page = document[place]
    try:
        text_page = page.get_textpage()
        try:
            return list(_with_marks(_lines_of(text_page, lines_drawn(page))))
        finally:
            text_page.close()
    finally:
        page.close()


def _with_marks(lines: Iterator[Line]) -> Iterator[Line]:
    """Join lines that pdfium parts where a mark is raised, and a note's own mark to the note."""
    held: Line | None = None
    for line in lines:
        if held is not None and _ends_raised(held) and _SAME_LINE * held.height > abs(held.base - line.base):
            between = " " if line.text[0].isalnum() and held.text[0].isascii() else ""
            text = held.text + between + line.text
            held = Line(text, held.left, line.right, line.base, line.last_base, line.height)
            continue
        if held is not None:
            yield held
        held = line
    if held is not None:
        yield held


def _ends_raised(line: Line) -> bool:
    return line.text[-1].isdigit() and not line.text[-1].isdecimal()


def _lines_of(text_page: pypdfium2.PdfTextPage, drawn: Drawn) -> Iterator[Line]:
    start = 0
    may_have_columns = bool(drawn.upright) or _has_gaps(text_page)
    for one in read_text(text_page, drawn).split("\r\n"):
        if may_have_columns:
            yield from _pieces(text_page, one, start, drawn)
        elif said := one.strip():
            first = start + len(one) - len(one.lstrip())
            last = start + _units(one) - 1 - (len(one) - len(one.rstrip()))
            yield _piece(said, _box(text_page, first), _box(text_page, last))
        start += _units(one) + 2


def _has_gaps(text_page: pypdfium2.PdfTextPage) -> bool:
    """Tell whether any two pieces of text stand side by side with a gap: most pages have no columns.

    Looking at the gap between any two words takes ten times as long.
    """
    drawn = [text_page.get_rect(place) for place in range(text_page.count_rects())]
    line: Box | None = None
    for left, bottom, right, top in sorted(drawn, key=lambda one: (-one[3], one[0])):
        if line is not None and (bottom + top) / 2 > line[1]:
            height = top - bottom
            if left - line[2] > height or line[0] - right > height:
                return True
            line = (min(line[0], left), line[1], max(line[2], right), line[3])
        else:
            line = (left, bottom, right, top)
    return False


def _pieces(text_page: pypdfium2.PdfTextPage, line: str, start: int, drawn: Drawn) -> Iterator[Line]:
    """Cut a line at an upright rule, or a gap too wide to part two words: what stands there are columns."""
    left = right = None
    begun = end = seen = 0
    for word in _WORD.finditer(line):
        start += _units(line[seen : word.start()])
        first = _box(text_page, start)
        start += _units(word[0])
        last = _box(text_page, start - 1)
        seen = word.end()
        height = max(first[3] - first[1], last[3] - last[1])
        if left and right:
            is_wide = first[0] - right[2] > _WIDE * height and not _MARK.fullmatch(line, begun, end)
            if is_wide or drawn.parts(right[2], first[0], (first[1] + first[3]) / 2):
                yield _piece(line[begun:end], left, right)
                left = None
        if left is None:
            left, begun = first, word.start()
        right, end = last, word.end()
    if left and right:
        yield _piece(line[begun:end], left, right)


def _piece(text: str, first: Box, last: Box) -> Line:
    height = max(first[3] - first[1], last[3] - last[1])
    return Line(_mended(text), first[0], last[2], first[1], last[1], height)


def _mended(text: str) -> str:
    """Put words together again that were broken at the end of a line."""
    first, *others = _HYPHEN.split(text)
    joined = [first]
    for other in others:
        joined[-1] += "-"
        join_line(joined, other)
    return "".join(joined)


def _units(text: str) -> int:
    """Count the 16-bit units of a string, which pdfium counts in."""
    return (
        len(text)
        if text.isascii() or max(text) <= "\uffff"
        else len(text.encode("utf-16-le", "replace")) // 2
    )


def _box(text_page: pypdfium2.PdfTextPage, text_index: int) -> Box:
    index = raw.FPDFText_GetCharIndexFromTextIndex(text_page, text_index)
    if index < 0:
        return (0.0, 0.0, 0.0, 0.0)
    left, bottom, right, top = text_page.get_charbox(index, loose=True)
    return (left, bottom, right, top)
