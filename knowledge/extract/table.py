"""Rows of a table, each as a line that says what it says without the others."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from knowledge.extract.clean import clean_line

_FIGURE = re.compile(r"\d")
_LONGEST_NAME = 80
"""Characters; a longer cell is no column's name."""
_MOST_WORDS = 3
"""Words in a column's name where nothing but the looks speak for it."""
_LOOK_AHEAD = 20
_MOST = 0.6


def table_lines(rows: Iterable[Sequence[str]], header: bool | None = None) -> Iterator[str]:
    """Read a table row by row: ``Service: Cleaning; Price: $120``, without columns' names ``Monday: 9 to 5``.

    Whether the first row names the columns is told by its look, unless ``header`` says. Empty rows and cells
    are left out.
    """
    cleaned = ([clean_line(cell) for cell in row] for row in rows)
    filled = (row for row in cleaned if any(row))
    ahead = list(islice(filled, _LOOK_AHEAD))
    if _has_two_rows_of_names(ahead):
        both = _joined(ahead.pop(0), ahead.pop(0))
        yield from (_line(row, both) for row in chain(ahead, filled))
        return
    while len(ahead) > 1 and _filled(ahead[0]) == 1 < _filled(ahead[1]):
        yield next(cell for cell in ahead.pop(0) if cell)  # a caption, within the table
    if header is None:
        header = _seems_named(ahead)
    names: Sequence[str] = ()
    if header and len(ahead) > 1:
        names = [name.rstrip(":").strip() for name in ahead.pop(0)]
    for row in chain(ahead, filled):
        yield _line(row, names)


def may_name_columns(row: Sequence[str]) -> bool:
    """Tell whether a row could name columns: short, filled, different from each other, without figures."""
    named = [cell for cell in row if cell.strip()]
    return (
        len(named) > 1
        and len(named) >= len(row) - 1
        and len(set(named)) == len(named)
        and all(len(cell) <= _LONGEST_NAME and not _FIGURE.search(cell) for cell in named)
    )


def _seems_named(rows: Sequence[Sequence[str]]) -> bool:
    """Tell names of columns by figures that stand under them."""
    if len(rows) < 2 or not may_name_columns(rows[0]):  # noqa: PLR2004 - names and a row
        return False
    if any(len(cell.split()) > _MOST_WORDS for cell in rows[0]):
        return False
    below = rows[1:]
    figures = [
        sum(len(row) > at and bool(_FIGURE.search(row[at])) for row in below) for at in range(len(rows[0]))
    ]
    return any(count >= _MOST * len(below) for count in figures)


def _has_two_rows_of_names(rows: Sequence[Sequence[str]]) -> bool:
    """Tell names that stand over several columns, each of which has a name of its own below."""
    if len(rows) < 3 or len(rows[0]) != len(rows[1]):  # noqa: PLR2004 - two of names, and a row
        return False
    (first, *groups), (below, *names) = rows[0], rows[1]
    return (
        any(groups)
        and not all(groups)
        and below in {"", first}
        and all(name and len(name) <= _LONGEST_NAME and not _FIGURE.search(name) for name in names)
        and any(_FIGURE.search(cell) for cell in rows[2])
    )


def _joined(groups: Sequence[str], names: Sequence[str]) -> list[str]:
    """Give each column's name after the one that it stands under."""
    joined = [groups[0].rstrip(":")]
    group = ""
    for above, name in zip(groups[1:], names[1:], strict=True):
        group = above.rstrip(":") or group
        joined.append(f"{group}, {name.rstrip(':')}" if group else name.rstrip(":"))
    return joined


def _filled(row: Sequence[str]) -> int:
    return sum(map(bool, row))


def _line(row: Sequence[str], names: Sequence[str]) -> str:
    if names:
        named = zip(row, [*names, *[""] * (len(row) - len(names))], strict=False)
        return "; ".join(f"{name}: {cell}" if name else cell for cell, name in named if cell)
    cells = [cell for cell in row if cell]
    if len(row) == 2 and len(cells) == 2:  # noqa: PLR2004 - a pair
        return f"{cells[0].rstrip(':')}: {cells[1]}"
    return "; ".join(cells)
