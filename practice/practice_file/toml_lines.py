"""On which line of a TOML text a key stands; ``tomllib`` reads values and forgets where they were."""

import re

Location = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)([^\[\]#]{1,200})\]\]?\s*(?:#.*)?")
_KEY = re.compile(
    r"""\s*((?:"[^"]{1,80}"|'[^']{1,80}'|[A-Za-z0-9_-]{1,80})(?:\s*\.\s*[A-Za-z0-9_-]{1,80}){0,5})\s*=(.*)"""
)
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|' + r"'[^']*'")
_LONG_QUOTES = ('"""', "'''")


def key_lines(text: str) -> dict[Location, int]:
    """Find the lines of tables and keys.

    Args:
        text: A TOML document; one that is broken gives as much as can be made out.

    Returns:
        Key path, items of arrays of tables by their place from 0, to line from 1. What stands inside an
        inline table or a list is on the line of its key.
    """
    found: dict[Location, int] = {}
    counts: dict[Location, int] = {}
    table: Location = ()
    waits_for, depth = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if waits_for:
            waits_for = "" if waits_for in line else waits_for
            continue
        if depth > 0:
            depth += _depth(line)
            continue
        if (header := _HEADER.fullmatch(line)) is not None:
            table = _entered(_parts(header[2]), counts, is_array=header[1] == "[[")
            found.setdefault(table, number)
        elif (key := _KEY.fullmatch(line)) is not None:
            found.setdefault((*table, *_parts(key[1])), number)
            opened = next((mark for mark in _LONG_QUOTES if key[2].count(mark) == 1), "")
            waits_for, depth = opened, 0 if opened else _depth(key[2])
    return found


def line_of(location: Location, lines: dict[Location, int]) -> int | None:
    """Find the line of a key, or of the nearest table around it."""
    for length in range(len(location), 0, -1):
        if location[:length] in lines:
            return lines[location[:length]]
    return None


def _entered(parts: list[str], counts: dict[Location, int], *, is_array: bool) -> Location:
    table: Location = ()
    for place, part in enumerate(parts):
        table = (*table, part)
        if is_array and place == len(parts) - 1:
            counts[table] = counts.get(table, -1) + 1
        if table in counts:
            table = (*table, counts[table])
    return table


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def _depth(line: str) -> int:
    bare = _QUOTED.sub("", line).split("#")[0]
    return sum(bare.count(mark) for mark in "[{") - sum(bare.count(mark) for mark in "]}")
