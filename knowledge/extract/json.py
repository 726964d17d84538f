"""JSON: lines of ``path: value`` in reading order; the objects of a list are pieces of their own."""

import re
from collections.abc import Iterator
from typing import Any

from knowledge.blocks import Block, Heading, Rows
from knowledge.extract.errors import TooLargeInside
from knowledge.extract.kind import Recognised
from knowledge.extract.limits import Limits
from knowledge.extract.reading import Reading
from knowledge.extract.table import table_lines

_DEEPEST = 64
_BETWEEN_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|_+")
_SAID = {True: "yes", False: "no"}


def read(file: Recognised, limits: Limits) -> Reading:  # noqa: ARG001 - as every parser
    """Read a tree of values; see ``Parser.read``."""
    return Reading(_blocks(file.value, ()))


def _blocks(value: Any, path: tuple[str, ...]) -> Iterator[Block]:
    """Walk down to the lists of objects, and gather the lines on the way."""
    _check_depth(path)
    if isinstance(value, dict):
        lines: list[str] = []
        for key, one in value.items():
            inner = (*path, _name(key))
            if _holds_objects(one):
                if lines:
                    yield Rows(tuple(lines))
                    lines = []
                yield from _blocks(one, inner)
            else:
                lines.extend(_lines(one, inner))
        if lines:
            yield Rows(tuple(lines))
    elif isinstance(value, list) and _is_list_of_objects(value):
        yield Heading(" / ".join(path), level=1)
        for one in value:
            yield Rows(tuple(_lines(one, ())), alone=True)
        yield Heading("", level=1)
    else:
        yield Rows(tuple(_lines(value, path)))


def _lines(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    _check_depth(path)
    name = " / ".join(path)
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _lines(one, (*path, _name(key)))
    elif not isinstance(value, list):
        if (said := _said(value)) is not None:
            yield f"{name}: {said}" if name else said
    elif not any(isinstance(one, dict | list) for one in value):
        said = ", ".join(said for one in value if (said := _said(one)) is not None)
        if said:
            yield f"{name}: {said}" if name else said
    elif all(isinstance(row, list) and not any(isinstance(one, dict | list) for one in row) for row in value):
        yield from table_lines([[_said(one) or "" for one in row] for row in value])
    else:
        for place, one in enumerate(value, start=1):
            yield from _lines(one, (*path[:-1], f"{path[-1]} {place}") if path else (str(place),))


def _holds_objects(value: Any) -> bool:
    """Tell whether there is a list of objects below, without going through other lists."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            pending.extend(one.values())
        elif _is_list_of_objects(one):
            return True
    return False


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _said(value: Any) -> str | None:
    if value is None:
        return None
    return _SAID[value] if isinstance(value, bool) else str(value)


def _name(key: str) -> str:
    return _BETWEEN_WORDS.sub(" ", key).strip()


def _check_depth(path: tuple[str, ...]) -> None:
    if len(path) > _DEEPEST:
        raise TooLargeInside("The values in this JSON file are nested too deeply.")
