"""Footnotes that are typed: what stands behind a star or a raised figure is said where that is pointed at."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from knowledge.blocks import Block, Heading, Rows
from knowledge.extract.flow import as_aside

RAISED = str.maketrans("0123456789", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
_FIGURES = "\u2070\u00b9\u00b2\u00b3\u2074-\u2079"
_MARK = rf"\*{{1,3}}|[\u2020\u2021]|[{_FIGURES}]{{1,2}}"
NOTE = re.compile(rf"({_MARK})[ \t]?(?=[\w$])(?!_)(.{{3,1000}})$", re.DOTALL)
_POINTS = re.compile(rf"(?<=[\w%)])([.,!?;:]?)({_MARK})(?![\w*])")
_LEFT_OVER = re.compile(rf"(?<![cm\s])[{_FIGURES}]{{1,2}}(?!\w)")
"""A raised figure without a note; that of a square metre stays."""


def with_notes(lines: Sequence[str]) -> list[str]:
    """Say notes where they are pointed at, for the last time before them; a line that held one is empty.

    A mark that begins a line is a bullet where nothing points at it, or the next line begins with it, too.
    """
    placed = list(lines)
    pointing: dict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        note = NOTE.match(line)
        if note and note[1] not in note[2] and pointing[note[1]] and not _is_listed(lines, at, note[1]):
            for earlier in pointing.pop(note[1]):
                placed[earlier] = _said(placed[earlier], note[1], as_aside(note[2]))
            placed[at] = ""
            continue
        for _, mark in _POINTS.findall(line):
            if line.count(mark[0]) == len(mark) or mark[0] != "*":
                pointing[mark].append(at)
    return placed


def _is_listed(lines: Sequence[str], at: int, mark: str) -> bool:
    beside = [*lines[max(0, at - 1) : at], *lines[at + 1 : at + 2]]
    return any((note := NOTE.match(one)) is not None and note[1] == mark for one in beside)


def _said(line: str, mark: str, note: str) -> str:
    return _POINTS.sub(lambda match: note + match[1] if match[2] == mark else match[0], line)


def blocks_with_notes(blocks: Iterable[Block]) -> Iterator[Block]:
    """Say a document's notes where they are pointed at, where there are any."""
    read = list(blocks)
    lines = [line for block in read for line in _lines(block)]
    if any(map(NOTE.match, lines)) or any(map(_LEFT_OVER.search, lines)):
        lines = [_LEFT_OVER.sub("", line) for line in with_notes(lines)]
    said = iter(lines)
    for block in read:
        own = tuple(next(said) for _ in _lines(block))
        if isinstance(block, Rows):
            if kept := tuple(filter(None, own)):
                yield replace(block, lines=kept)
        elif isinstance(block, Heading):
            yield block
        elif own[0]:
            yield replace(block, text=own[0])


def _lines(block: Block) -> Sequence[str]:
    if isinstance(block, Heading):
        return ()
    return block.lines if isinstance(block, Rows) else (block.text,)
