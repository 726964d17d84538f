"""HTML, read as it streams by: no tree is built, so neither size nor depth of nesting costs memory."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

from lxml import etree

from knowledge.blocks import Block, Heading, Paragraph, Rows
from knowledge.extract.errors import BrokenFile
from knowledge.extract.flow import ItemsAbove, as_aside, is_note_mark
from knowledge.extract.kind import Recognised
from knowledge.extract.limits import Limits
from knowledge.extract.reading import Reading
from knowledge.extract.table import table_lines

_UNSAID = frozenset(
    "script style nav template noscript svg iframe object embed applet canvas audio video map select button "
    "textarea datalist dialog head del s strike".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu ol p pre section summary table tbody "
    "td tfoot th thead title tr ul".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset({"ul", "ol", "menu", "dl"})
_CELLS = frozenset({"td", "th"})
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|line-through", re.IGNORECASE
)
_HIDDEN_CLASS = re.compile(r"\b(?:screen-reader-text|sr-only|visually-?hidden)\b", re.IGNORECASE)
_STRUCK_CLASS = re.compile(r"\.([\w-]{1,60})\s{0,9}\{[^{}]{0,500}line-through")
_POINTER = re.compile(
    r"<a\b[^<>]{0,300}\bhref=[\"']#([\w:.-]{1,80})[\"'][^<>]{0,300}>\s{0,9}(?:<sup[^<>]{0,200}>)?([^<>]{1,12})<",
    re.IGNORECASE,
)
"""A footnote's mark, and the id of the note."""
_NOTE = r"<(li|p|div|aside|dd|span)\b[^<>]{0,300}\bid=[\"']?%s[\"'\s>].{0,3000}?</\1>"
_BACK = re.compile(r"<a\b[^<>]{0,300}>(?:[^<>\w]|&\w{1,9};){0,12}</a>|<[^<>]{0,500}>", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
_OWN_MARK = re.compile(r"^\s*(?:\[?\d{1,3}[\].):]|[*\u2020\u2021]{1,3})(?=\D)\s*")
_MOST_NOTES = 200
_PIECE_CHARS = 65_536
_MOST_SPANNED = 64
_LONGEST_CELL = 400
"""Characters; a table with longer cells lays out a page."""


def read(file: Recognised, limits: Limits) -> Reading:  # noqa: ARG001 - as every parser
    """Read a page; see ``Parser.read``."""
    return Reading(_blocks(file.text))


def _blocks(text: str) -> Iterator[Block]:
    page = _Page(_notes(text), frozenset(_STRUCK_CLASS.findall(text)))
    parser = etree.HTMLParser(target=page, huge_tree=True, encoding="utf-8")
    try:
        for start in range(0, len(text), _PIECE_CHARS):
            piece = text[start : start + _PIECE_CHARS].replace("\x00", "")
            parser.feed(piece.encode("utf-8", "ignore"))
            yield from page.taken()
        if text.strip("\x00"):
            parser.close()
    except etree.LxmlError as cause:
        raise BrokenFile("The HTML in this file cannot be read.") from cause
    yield from page.taken()


def _notes(text: str) -> dict[str, str]:
    """Find the footnotes that are pointed at, by their ids."""
    ids = {one for one, mark in _POINTER.findall(text) if is_note_mark(mark.strip())}
    found: dict[str, str] = {}
    for one in sorted(ids)[:_MOST_NOTES]:
        if note := re.search(_NOTE % re.escape(one), text, re.IGNORECASE | re.DOTALL):
            said = _BLANKS.sub(" ", unescape(_BACK.sub("", note[0])))
            found[one] = as_aside(_OWN_MARK.sub("", said).strip())
    return found


@dataclass
class _Table:
    """A table that is being read."""

    rows: list[list[list[Block]]] = field(default_factory=list)
    named: int = 0
    """How many of its first rows are marked as names, each cell of them."""
    below: dict[int, tuple[int, list[Block]]] = field(default_factory=dict)
    """By column, the cell that reaches into the next rows, and into how many."""
    alone: bool = False
    """Whether the row that is being read has one cell so far, over several columns."""
    names: bool = True
    """Whether all cells of the row that is being read are marked as names."""
    spans: tuple[int, int] = (1, 1)
    """Over how many rows and columns the cell that is being read reaches."""

    def fill(self) -> None:
        """Say cells again that reach into this row, up to the next free column."""
        row = self.rows[-1]
        while len(row) in self.below:
            rows, cell = self.below.pop(len(row))
            if rows > 1:
                self.below[len(row)] = (rows - 1, cell)
            row.append(cell)

    def put(self, cell: list[Block]) -> None:
        """Put a cell where it stands."""
        row, (rows, columns) = self.rows[-1], self.spans
        if rows > 1:
            self.below[len(row)] = (rows - 1, cell)
        row += [cell, *([] for _ in range(columns - 1))]
        self.alone = len(row) == columns > 1

    def end_row(self) -> None:
        """End a row; a cell that is as wide as the table stays alone."""
        if self.alone and len(self.rows[-1]) >= max(map(len, self.rows)):
            del self.rows[-1][1:]
        names = self.names and (len(self.rows[-1]) > 1 or len(self.rows) == 1)
        self.named += names and self.named == len(self.rows) - 1
        self.alone, self.names = False, True
        self.fill()


class _Page:
    """Takes the parser's events; each method is called by lxml."""

    def __init__(self, notes: Mapping[str, str], struck: frozenset[str]) -> None:
        self._notes = notes
        self._struck = struck
        self._points_at = ""
        """The note that a link points at, until its mark is read."""
        self._open: list[str] = []
        self._unsaid_at: int | None = None
        """Depth of the outermost open element whose content is left out."""
        self._text: list[str] = []
        self._scopes: list[list[Block]] = [[]]
        """Where blocks go: the page, then the cell, then the cell of the table within it, and so on."""
        self._tables: list[_Table] = []
        self._items: list[list[str]] = []
        """Of each open scope, the lines of its list."""
        self._items.append([])
        self._above = ItemsAbove()
        self._raised_at = 0
        """Where in the text what is raised above the line begins."""
        self._lists: list[int] = [0]
        """Of each open scope, how many lists are open."""
        self._term = ""
        self._title: list[str] = []

    def taken(self) -> list[Block]:
        """Hand over what is complete so far."""
        if len(self._scopes) > 1:
            return []
        done, self._scopes[0] = self._scopes[0], []
        return done

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag not in _VOID:
            self._open.append(tag)
        if self._unsaid_at is not None:
            return
        if (tag in _UNSAID or self._is_unseen(attributes)) and tag not in _VOID:
            self._unsaid_at = len(self._open)
        elif tag == "br":
            self._text.append("\n")
        elif tag == "sup":
            self._raised_at = len(self._text)
        elif tag == "a" and (note := self._notes.get(attributes.get("href", "").removeprefix("#"))):
            self._points_at, self._raised_at = note, len(self._text)
        elif tag in _BLOCKS:
            self._flush()
            self._enter(tag, attributes)

    def _is_unseen(self, attributes: Mapping[str, str]) -> bool:
        """Tell what no visitor sees, what is struck out, and a note, which is said where it is pointed at."""
        classes = attributes.get("class", "")
        return (
            "hidden" in attributes
            or attributes.get("aria-hidden", "").lower() == "true"
            or attributes.get("id", "") in self._notes
            or _HIDDEN_STYLE.search(attributes.get("style", "")) is not None
            or _HIDDEN_CLASS.search(classes) is not None
            or not self._struck.isdisjoint(classes.split())
        )

    def _enter(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _LISTS:
            self._lists[-1] += 1
        elif tag == "table" and not self._in_table():
            self._end_list()
            self._tables.append(_Table())
        elif tag == "tr" and self._in_table():
            self._tables[-1].rows.append([])
        elif tag in _CELLS and self._in_table():
            table = self._tables[-1]
            if not table.rows:
                table.rows.append([])
            table.fill()
            table.spans = (_count(attributes.get("rowspan")), _count(attributes.get("colspan")))
            table.names = table.names and tag == "th"
            self._scopes.append([])
            self._items.append([])
            self._lists.append(0)

    def _in_table(self) -> bool:
        """Tell whether the innermost thing open is a table, outside of its cells."""
        return len(self._tables) == len(self._scopes)

    def end(self, tag: str) -> None:
        if tag not in self._open[-1:]:
            if tag in _VOID or tag not in self._open:
                return
            while self._open[-1] != tag:
                self.end(self._open[-1])
        if self._unsaid_at is None:
            if tag in _BLOCKS:
                self._leave(tag)
            elif (tag == "sup" or (tag == "a" and self._points_at)) and is_note_mark(
                "".join(self._text[self._raised_at :])
            ):
                self._text[self._raised_at :] = [self._points_at]
                self._points_at = ""
        elif self._unsaid_at == len(self._open):
            self._unsaid_at = None
            title = _BLANKS.sub(" ", "".join(self._title)).strip()
            self._title.clear()
            if title:
                self._scopes[-1].append(Heading(title, level=0))
        self._open.pop()

    def _leave(self, tag: str) -> None:
        self._flush(tag)
        if tag in _LISTS:
            self._lists[-1] = max(0, self._lists[-1] - 1)
            if not self._lists[-1]:
                self._end_list()
        elif tag in _CELLS and len(self._scopes) > 1 and len(self._tables) == len(self._scopes) - 1:
            self._end_list()
            self._items.pop()
            self._lists.pop()
            self._tables[-1].put(self._scopes.pop())
        elif tag == "tr" and self._in_table() and self._tables[-1].rows:
            self._tables[-1].end_row()
        elif tag == "table" and self._tables and self._in_table():
            self._scopes[-1].extend(_table_blocks(self._tables.pop()))

    def data(self, text: str) -> None:
        if self._unsaid_at is None:
            # Within lines, a line end is a blank; only <br> ends a line.
            self._text.append(text if self._open[-1:] == ["pre"] else _BLANKS.sub(" ", text))
        elif self._open[-2:] == ["head", "title"]:
            self._title.append(text)

    def comment(self, text: str) -> None:
        """Leave it out."""

    def close(self) -> None:
        while self._open:
            self.end(self._open[-1])
        self._flush()
        self._end_list()

    def _flush(self, tag: str = "") -> None:
        text = "".join(self._text).strip()
        self._text.clear()
        if not text:
            return
        if tag in _HEADINGS and not self._lists[-1]:
            self._end_list()
            self._scopes[-1].append(Heading(text.replace("\n", " "), level=_HEADINGS[tag]))
        elif tag == "dt":
            self._term = text
        elif self._lists[-1]:
            term, self._term = self._term, ""
            said = f"{term.rstrip(':')}: {text}" if term else text
            if not self._items[-1]:
                self._above = ItemsAbove()
            self._items[-1].append(self._above.said(self._lists[-1], said))
        else:
            self._scopes[-1].append(Paragraph(text))

    def _end_list(self) -> None:
        if self._items[-1]:
            self._scopes[-1].append(Rows(tuple(self._items[-1])))
            self._items[-1] = []


def _count(value: str | None) -> int:
    return min(max(int(value), 1), _MOST_SPANNED) if value and value.isascii() and value.isdecimal() else 1


def _table_blocks(table: _Table) -> list[Block]:
    """Read a table of facts row by row, and one that only lays out a page cell by cell."""
    cells = [cell for row in table.rows for cell in row]
    lays_out = max(map(len, table.rows), default=0) < 2 or any(  # noqa: PLR2004 - one column
        isinstance(block, Heading | Rows) or len(block.text) > _LONGEST_CELL
        for cell in cells
        for block in cell
    )
    if lays_out:
        return [block for cell in cells for block in cell]
    rows = [[" ".join(_said(block) for block in cell) for cell in row] for row in table.rows]
    lines = tuple(table_lines(rows, header=table.named or None))
    return [Rows(lines)] if lines else []


def _said(block: Block) -> str:
    return "\n".join(block.lines) if isinstance(block, Rows) else block.text
