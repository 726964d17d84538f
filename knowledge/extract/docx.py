"""Word documents: the text as a reader sees it, one paragraph or table at a time.

python-docx would load every part of the package, pictures too, and leaves out what stands in content
controls, text boxes and tracked insertions: both the memory and the loss are why the XML is read here.
"""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from knowledge.blocks import Block, Heading, Paragraph, Rows
from knowledge.extract.errors import BrokenFile
from knowledge.extract.flow import ItemsAbove, as_aside, is_note_mark
from knowledge.extract.kind import Recognised
from knowledge.extract.limits import Limits
from knowledge.extract.reading import Reading
from knowledge.extract.table import table_lines
from knowledge.extract.word_styles import Styles, is_struck_through, outline_level
from knowledge.extract.word_xml import (
    Element,
    attribute,
    child,
    children_of,
    is_on,
    local_name,
    parse_part,
    value_of,
)
from knowledge.extract.zip_guard import GuardedZip, open_zip

_ROOT_RELATIONS = "_rels/.rels"
_USUAL_DOCUMENT = "word/document.xml"
_LEFT_OUT = frozenset(
    "del moveFrom Fallback instrText delText delInstrText pPr sectPr rPr tblPr trPr tcPr sdtPr".split()
)
_TEXT_BOX = "txbxContent"
_SIGNS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NO_NOTES: Mapping[str, str] = {}
_NO_STYLES = Styles({})
_LONGEST_CELL = 400
"""Characters; a table with longer cells lays out a page."""
_LONGEST_BOLD_TITLE = 80
"""Characters; a longer bold paragraph is a warning, not a title."""
_BOLD_LEVEL = 20
"""Deeper than every real heading."""


def read(file: Recognised, limits: Limits) -> Reading:
    """Read a Word document; see ``Parser.read``."""
    return Reading(_blocks(file.content, limits))


def _blocks(content: bytes, limits: Limits) -> Iterator[Block]:
    with open_zip(content, limits.max_unpacked_bytes) as package:
        try:
            main = _main_part(package)
            folder = posixpath.dirname(main)
            styles = Styles.read(package, posixpath.join(folder, "styles.xml"))
            if title := _title(package):
                yield Heading(title, level=0)
            notes = _notes(package, folder, "footnote") | _notes(package, folder, "endnote")
            yield from _Body(styles, notes).blocks(children_of(package.pieces(main), parent="body"))
        except etree.LxmlError as cause:
            raise BrokenFile(
                "The Word document is damaged and cannot be read. Save it again and upload the new file."
            ) from cause


def _main_part(package: GuardedZip) -> str:
    names = package.names()
    if _ROOT_RELATIONS in names:
        for relation in parse_part(package, _ROOT_RELATIONS):
            if str(relation.get("Type")).endswith("/officeDocument"):
                target = str(relation.get("Target")).lstrip("/")
                if target in names:
                    return target
    return _USUAL_DOCUMENT


def _notes(package: GuardedZip, folder: str, kind: str) -> dict[str, str]:
    """Read the notes of a kind, by what points at them."""
    part = posixpath.join(folder, f"{kind}s.xml")
    if part not in package.names():
        return {}
    return {
        f"{kind}Reference {attribute(note, 'id')}": as_aside(
            "".join(text for one in _parts(note) for text, _ in _runs(one))
        )
        for note in parse_part(package, part)
        if attribute(note, "type") is None
    }


def _title(package: GuardedZip) -> str:
    part = "docProps/core.xml"
    if part not in package.names():
        return ""
    return next(
        (one.text or "" for one in parse_part(package, part) if local_name(one) == "title"), ""
    ).strip()


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph of the document.

    Attributes:
        level: Of a heading; otherwise None.
        item: It is an item of a list; 1 for an outermost one.
    """

    text: str
    level: int | None = None
    item: int = 0
    is_bold: bool = False


class _Body:
    """Turns the elements of a document's body into blocks."""

    def __init__(self, styles: Styles, notes: Mapping[str, str]) -> None:
        self._styles = styles
        self._notes = notes
        self._items: list[str] = []
        self._above = ItemsAbove()

    def blocks(self, elements: Iterator[Element]) -> Iterator[Block]:
        for element in elements:
            yield from self._blocks_of(element)
        yield from self._end_list()

    def _blocks_of(self, element: Element) -> Iterator[Block]:
        for part in _parts(element):
            if local_name(part) == "tbl":
                yield from self._end_list()
                yield from self._table(part)
            else:
                yield from self._placed(self._line(part))

    def _placed(self, line: _Line | None) -> Iterator[Block]:
        if line is None:
            return
        if line.item and line.level is None:
            if not self._items:
                self._above = ItemsAbove()
            self._items.append(self._above.said(line.item, line.text))
            return
        yield from self._end_list()
        level = line.level
        if (
            level is None
            and line.is_bold
            and len(line.text) <= _LONGEST_BOLD_TITLE
            and line.text[-1] not in ".!;,"
        ):
            level = _BOLD_LEVEL
        yield Paragraph(line.text) if level is None else Heading(line.text.replace("\n", " "), level)

    def _end_list(self) -> Iterator[Block]:
        if self._items:
            yield Rows(tuple(self._items))
            self._items = []

    def _line(self, paragraph: Element) -> _Line | None:
        properties = child(paragraph, "pPr")
        look = self._styles.look(value_of(properties, "pStyle"))
        runs = list(_runs(paragraph, self._notes, self._styles))
        text = "".join(run for run, _ in runs).strip()
        if not text or look.is_contents or look.is_struck:
            return None
        level = outline_level(value_of(properties, "outlineLvl"))
        listed = child(properties, "numPr")
        moved_in = _count(value_of(listed, "ilvl"))
        return _Line(
            text,
            level=look.level if level is None else level,
            item=moved_in + max(look.list_depth, int(listed is not None)),
            is_bold=look.is_bold or all(bold for run, bold in runs if run.strip()),
        )

    def _table(self, table: Element) -> Iterator[Block]:
        rows: list[list[list[_Line]]] = []
        named = 0
        for row in _inside(table, "tr"):
            before = value_of(child(row, "trPr"), "gridBefore")
            cells: list[list[_Line]] = [[] for _ in range(_count(before))]
            for cell in _inside(row, "tc"):
                properties = child(cell, "tcPr")
                goes_on = (
                    child(properties, "vMerge") is not None and value_of(properties, "vMerge") != "restart"
                )
                if goes_on and rows and len(rows[-1]) > len(cells):
                    cells.append(rows[-1][len(cells)])
                else:
                    cells.append(list(self._cell(cell)))
                cells.extend([] for _ in range(_span(properties) - 1))
            lines = [line for cell in cells for line in cell]
            is_section = len(cells) > 1 == sum(1 for _ in _inside(row, "tc"))
            is_bold = len(lines) > 0 and all(one.is_bold for one in lines)
            if named == len(rows) and (
                is_on(child(row, "trPr"), "tblHeader") or (is_bold and not (is_section and rows))
            ):
                named += 1
            rows.append(cells[:1] if is_section else cells)
        yield from self._table_blocks(rows, named if named < len(rows) else 1)

    def _cell(self, cell: Element) -> Iterator[_Line]:
        for part in _parts(cell):
            if local_name(part) == "p":
                inner: Iterator[Element] = iter([part])
            else:
                inner = (one for one in part.iter() if local_name(one) == "p")
            yield from (line for one in inner if (line := self._line(one)))

    def _table_blocks(self, rows: list[list[list[_Line]]], named: int) -> Iterator[Block]:
        texts = [["\n".join(line.text for line in cell) for cell in row] for row in rows]
        widest = max(map(len, rows), default=0)
        if widest > 1 and max((len(cell) for row in texts for cell in row), default=0) <= _LONGEST_CELL:
            if lines := tuple(table_lines(texts, header=named or None)):
                yield Rows(lines)
            return
        for row in rows:
            for cell in row:
                for line in cell:
                    yield from self._placed(line)
        yield from self._end_list()


def _is_unseen(look: Element | None) -> bool:
    """Tell what is hidden, or struck through: an old price holds no more."""
    return is_on(look, "vanish") or is_struck_through(look)


def _parts(element: Element) -> Iterator[Element]:
    """Go through the paragraphs and tables in an element, those of a text box after its paragraph."""
    pending = [element]
    while pending:
        one = pending.pop()
        name = local_name(one)
        if name in {"p", "tbl"}:
            yield one
            if name == "p":
                pending.extend(reversed([inner for inner in _walk(one) if local_name(inner) == _TEXT_BOX]))
        elif name not in _LEFT_OUT:
            pending.extend(reversed(one))


def _walk(paragraph: Element) -> Iterator[Element]:
    """Go through what a paragraph shows; a text box is named, but not entered."""
    pending = list(reversed(paragraph))
    while pending:
        one = pending.pop()
        name = local_name(one)
        if name in _LEFT_OUT or (name == "r" and _is_unseen(child(one, "rPr"))):
            continue
        yield one
        if name != _TEXT_BOX:
            pending.extend(reversed(one))


def _runs(
    paragraph: Element, notes: Mapping[str, str] = _NO_NOTES, styles: Styles = _NO_STYLES
) -> Iterator[tuple[str, bool]]:
    """Go through a paragraph's pieces of text, and whether each is bold; a note stands at its mark."""
    bold = raised = struck = False
    for one in _walk(paragraph):
        name = local_name(one)
        if name == "r":
            look = child(one, "rPr")
            bold = is_on(look, "b")
            raised = value_of(look, "vertAlign") == "superscript"
            struck = styles.look(value_of(look, "rStyle")).is_struck
        elif struck:
            continue
        elif name == "t":
            text = one.text or ""
            yield "" if raised and is_note_mark(text) else text, bold
        elif name in {"footnoteReference", "endnoteReference"}:
            yield notes.get(f"{name} {attribute(one, 'id')}", ""), bold
        elif name in _SIGNS:
            yield _SIGNS[name], bold


def _inside(element: Element, name: str) -> Iterator[Element]:
    """Go through rows or cells, also those in content controls."""
    for one in element:
        if local_name(one) == name:
            yield one
        elif local_name(one) in {"sdt", "sdtContent", "customXml", "ins"}:
            yield from _inside(one, name)


def _span(properties: Element | None) -> int:
    return max(_count(value_of(properties, "gridSpan") or "1"), 1)


def _count(value: str | None) -> int:
    return min(int(value), 64) if value and value.isdecimal() else 0
