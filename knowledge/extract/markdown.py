"""Markdown and plain text: headings, paragraphs, lists, tables.

Lines are put together here, as they come: plain text is read likewise, in which an indented line is no code
and a line in capitals is a heading, and markdown-it's blocks take ten times the time of a long list and three
times its memory. What stands within a line is markdown-it's.
"""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.blocks import Block, Heading, Paragraph, Rows
from knowledge.extract.clean import unify_lines
from knowledge.extract.flow import ItemsAbove, as_aside, join_wrapped
from knowledge.extract.kind import Recognised
from knowledge.extract.limits import Limits
from knowledge.extract.notes import with_notes
from knowledge.extract.reading import Reading
from knowledge.extract.table import table_lines

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r"(?:=+|-{2,})[ \t]*$")
_LONGEST_TITLE = 100
_CAPITALS = re.compile(r"(?=(?:[^A-Z]*[A-Z]){4})[^a-z|]{4,60}(?<![.!?,;:])$")
"""A line of its own in capitals: what plain text has for a heading."""
_INNERMOST = 6
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM = re.compile(r"(?:[-*+•◦▪‣][ \t]+|(\d{1,3})[.)][ \t]+)(?=\S)")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_FRONT_MATTER = re.compile(r"\s{0,9}---[ \t]*\n((?:(?!---).{0,500}\n){0,60})---[ \t]*(?:\n|$)")
_FRONT_TITLE = re.compile(r"^title:[ \t]*(.{1,200})$", re.MULTILINE | re.IGNORECASE)
_CELL = re.compile(r":?-+:?")
_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_INLINE = MarkdownIt("commonmark")
_MARKS = re.compile(r"[*_`\[<&\\]")
_STRUCK = re.compile(
    r"(?<![~\w])(~{1,2})(?=[^\s~])[^~\n]{1,500}(?<!\s)\1(?![~$\w])|<(s|del|strike)>(?:(?!</).){0,500}</\2>",
    re.IGNORECASE,
)
"""What is struck through holds no more."""
_LAYOUT_TAG = re.compile(r"</?(?:br|b|i|u|p|em|strong|sub|sup|span|div|center|small)\b", re.IGNORECASE)
_NOTE = re.compile(
    r"^ {0,3}\[\^([^\]\s]{1,40})\]:[ \t]*(.{0,1000}(?:\n(?: {2,8}|\t)\S.{0,500}){0,20})$", re.MULTILINE
)
_NOTED = re.compile(r"\[\^([^\]\s]{1,40})\]")
_CELL_BORDER = re.compile(r"(?<!\\)\|")


def read(file: Recognised, limits: Limits) -> Reading:  # noqa: ARG001 - as every parser
    """Read Markdown or plain text; see ``Parser.read``."""
    return Reading(markdown_blocks(file.text))


def markdown_blocks(text: str) -> Iterator[Block]:
    """Read Markdown or plain text, without the signs that only lay it out."""
    text = _UNSEEN.sub("", unify_lines(text))
    if front := _FRONT_MATTER.match(text):
        text = text[front.end() :]
        if title := _FRONT_TITLE.search(front[1]):
            yield Heading(title[1].strip("\"' "), level=0)
    yield from _Reader(with_notes(_with_named_notes(text).split("\n"))).blocks()


def _with_named_notes(text: str) -> str:
    """Say footnotes where they are pointed at."""
    if "[^" not in text:
        return text
    notes = {match[1]: as_aside(" ".join(match[2].split())) for match in _NOTE.finditer(text)}
    return _NOTED.sub(lambda match: notes.get(match[1], ""), _NOTE.sub("", text))


class _Reader:
    """Goes through the lines once, and gathers what belongs together."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0
        self._paragraph: list[str] = []
        self._items: list[list[str]] = []
        self._above = ItemsAbove()

    def blocks(self) -> Iterator[Block]:
        while self._at < len(self._lines):
            yield from self._next()
        yield from self._finished()

    def _next(self) -> Iterator[Block]:
        raw = self._lines[self._at]
        self._at += 1
        line = raw.strip()
        while line.startswith(">"):
            line = line[1:].lstrip()
        if not line:
            yield from self._finished(keep_list=True)
        elif heading := _HEADING.match(line):
            yield from self._finished()
            if heading[2]:
                yield Heading(_plain(heading[2]), level=len(heading[1]))
        elif self._paragraph and _UNDERLINE.match(line) and len(self._paragraph[-1]) <= _LONGEST_TITLE:
            title = self._paragraph.pop()
            yield from self._finished()
            yield Heading(_plain(title), level=1 if line[0] == "=" else 2)
        elif _RULE.match(line):
            yield from self._finished()
        elif fence := _FENCE.match(line):
            yield from self._finished()
            yield from self._fenced(fence[1])
        elif "|" in line and self._at < len(self._lines) and _is_border(self._lines[self._at]):
            yield from self._finished()
            yield from self._table(line)
        else:
            yield from self._running(raw, line)

    def _running(self, raw: str, line: str) -> Iterator[Block]:
        item = _ITEM.match(line)
        if item and (not self._paragraph or item[1] in (None, "1")):
            yield from self._finished(keep_list=True)
            said = line if item[1] else line[item.end() :]
            indent = len(raw) - len(raw.lstrip())
            if not self._items:
                self._above = ItemsAbove()
            self._items.append([self._above.said(indent, said)])
        elif self._items and not self._paragraph and (raw[0] in " \t" or self._lines[self._at - 2].strip()):
            self._items[-1].append(line)
        else:
            if self._items:
                yield from self._finished()
            self._paragraph.append(line)

    def _finished(self, *, keep_list: bool = False) -> Iterator[Block]:
        if self._items and not keep_list:
            yield Rows(tuple(_plain(" ".join(item)) for item in self._items))
            self._items = []
        if len(self._paragraph) == 1 and _CAPITALS.match(self._paragraph[0]):
            yield Heading(_plain(self._paragraph[0]), level=_INNERMOST)
        elif self._paragraph:
            yield Paragraph(_plain(join_wrapped(self._paragraph)))
        self._paragraph = []

    def _fenced(self, fence: str) -> Iterator[Block]:
        start = self._at
        while self._at < len(self._lines) and not self._lines[self._at].strip().startswith(fence):
            self._at += 1
        yield Paragraph("\n".join(self._lines[start : self._at]))
        self._at += 1

    def _table(self, names: str) -> Iterator[Block]:
        self._at += 1
        rows = [_cells(names)]
        while self._at < len(self._lines) and "|" in self._lines[self._at]:
            rows.append(_cells(self._lines[self._at]))
            self._at += 1
        yield Rows(tuple(table_lines(rows, header=any(map(str.strip, rows[0])))))


def _is_border(line: str) -> bool:
    """Tell the line of dashes that makes a table of the line above it."""
    return (
        "-" in line
        and "|" in line
        and all(_CELL.fullmatch(cell.strip()) for cell in line.strip().strip("|").split("|"))
    )


def _cells(line: str) -> list[str]:
    bare = line.strip().removeprefix("|")
    bare = bare if bare.endswith("\\|") else bare.removesuffix("|")
    cells = [cell.strip() for cell in _CELL_BORDER.split(bare)]
    if cells[0].startswith("**") and not any(cells[1:]):
        del cells[1:]  # a bold cell alone is what the rows below stand under
    return [_plain(cell.replace("\\|", "|")) for cell in cells]


def _plain(text: str) -> str:
    """Leave out what marks emphasis, links and line breaks."""
    if "~" in text or "</" in text:
        text = " ".join(_STRUCK.sub(" ", text).split())
    if not _MARKS.search(text):
        return text
    (line,) = _INLINE.parseInline(text)
    return _said(line.children or [])


def _said(tokens: Sequence[Token]) -> str:
    return "".join(
        _said(one.children)
        if one.children
        else "\n"
        if one.type in {"softbreak", "hardbreak"}
        else " "
        if one.type == "html_inline" and _LAYOUT_TAG.match(one.content)
        else one.content
        for one in tokens
    )
