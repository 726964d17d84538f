"""The styles of a Word document: which of them are headings, lists, or not for reading."""

import re
from dataclasses import dataclass
from typing import Self

from knowledge.extract.word_xml import Element, attribute, child, is_on, local_name, parse_part, value_of
from knowledge.extract.zip_guard import GuardedZip

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_LIST = re.compile(r"list\b\D{0,40}(\d)?", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc \d|toc heading|table of figures|index \d)", re.IGNORECASE)
_DEEPEST_OUTLINE = 8
_LONGEST_LINE_OF_STYLES = 20


@dataclass(frozen=True, slots=True)
class Look:
    """What a style makes of a paragraph.

    Attributes:
        level: Of a heading, from 0 for the document's title; None for all else.
        list_depth: Of an item of a list, 1 for an outermost one; otherwise 0.
        is_contents: It belongs to a table of contents, which repeats the headings.
    """

    level: int | None = None
    list_depth: int = 0
    is_bold: bool = False
    is_struck: bool = False
    is_contents: bool = False


class Styles:
    """The styles by their ids."""

    def __init__(self, looks: dict[str, Look]) -> None:
        self._looks = looks

    @classmethod
    def read(cls, package: GuardedZip, part: str) -> Self:
        """Read the part that holds them, if there is one; lxml.etree.LxmlError if it is broken."""
        if part not in package.names():
            return cls({})
        found = {
            str(attribute(one, "styleId")): one
            for one in parse_part(package, part)
            if local_name(one) == "style"
        }
        return cls({name: _look(name, found) for name in found})

    def look(self, style: str | None) -> Look:
        """Tell what a style makes of a paragraph, by its id; None is the usual one."""
        return self._looks.get(style or "", Look())


def _look(name: str, styles: dict[str, Element]) -> Look:
    """Follow a style to those it is based on, until each question has an answer."""
    level: int | None = None
    depth = 0
    is_bold = is_struck = False
    for _ in range(_LONGEST_LINE_OF_STYLES):
        style = styles.get(name)
        if style is None:
            break
        title = value_of(style, "name") or ""
        if _CONTENTS.fullmatch(title):
            return Look(is_contents=True)
        paragraph = child(style, "pPr")
        if level is None:
            level = _level(title, value_of(paragraph, "outlineLvl"))
        if not depth and (listed := _LIST.match(title)):
            depth = int(listed[1] or 1)
        elif not depth and child(paragraph, "numPr") is not None:
            depth = 1
        is_bold = is_bold or is_on(child(style, "rPr"), "b")
        is_struck = is_struck or is_struck_through(child(style, "rPr"))
        name = value_of(style, "basedOn") or ""
    return Look(level=level, list_depth=depth if level is None else 0, is_bold=is_bold, is_struck=is_struck)


def is_struck_through(look: Element | None) -> bool:
    """Tell what holds no more, as an old price."""
    return is_on(look, "strike") or is_on(look, "dstrike")


def _level(title: str, outline: str | None) -> int | None:
    if title.lower() == "title":
        return 0
    if heading := _HEADING.fullmatch(title):
        return int(heading[1])
    return outline_level(outline)


def outline_level(value: str | None) -> int | None:
    """Read an outline level, which counts from 0, as a heading's, from 1; None for running text, 9."""
    return int(value) + 1 if value and value.isdecimal() and int(value) <= _DEEPEST_OUTLINE else None
