"""Rows of a table, each as a line that says what it says without the others."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain, islice, zip_longest

from knowledge.extract.clean import clean_line

_FIGURE = re.compile(r"\d")
_VALUE = re.compile(r"[$\u20ac\u00a3%]|\d[.,:]\d|\d{3}")
_FOR_WHOM = re.compile(
    r"\b(?:under|over|below|above|up to|from|ages?|older|younger|years?|yrs?|months?)\b|\d\+"
)
"""What a figure in a column's name stands beside: "under 12", "65+"."""
_LONGEST_NAME = 80
"""Characters; a longer cell is no column's name."""
_LONGEST_SECTION = 60
"""Characters; a longer row of one cell is a note, and not what the rows below stand under."""
_MOST_WORDS = 3
"""Words in a column's name where nothing but the looks speak for it."""
_LOOK_AHEAD = 20
_MOST = 0.6


def table_lines(rows: Iterable[Sequence[str]], header: int | None = None) -> Iterator[str]:
    """Read a table row by row: ``Service: Cleaning; Price: $120``, without columns' names ``Monday: 9 to 5``.

    How many of the first rows name the columns is told by their look, unless ``header`` says. A row of one
    cell, over all columns, is what the rows below stand under. Empty rows and cells are left out.
    """
    cleaned = ([clean_line(cell) for cell in row] for row in rows)
    filled = (row for row in cleaned if any(row))
    ahead = list(islice(filled, _LOOK_AHEAD))
    named = header or 0
    if named < 2 and _has_two_rows_of_names(ahead):  # noqa: PLR2004 - none or one
        named = 2
    while len(ahead) > 1 and _is_caption(ahead, named):
        yield next(cell for cell in ahead.pop(0) if cell)
        named, header = max(0, named - 1), None
    if header is None and not named:
        named = int(_seems_named(ahead))
    names: Sequence[str] = ()
    if len(ahead) > named > 0:
        names = reduce(_joined, [ahead.pop(0) for _ in range(named)], [])
    yield from _lines(chain(ahead, filled), names)


def _is_caption(rows: Sequence[Sequence[str]], named: int) -> bool:
    """Tell a title that stands in the table itself."""
    if named > 1:
        return len(rows[0]) == 1 < len(rows[1])
    return _filled(rows[0]) == 1 < _filled(rows[1])


def may_name_columns(row: Sequence[str], below: Sequence[str] = ()) -> bool:
    """Tell whether a row could name columns: short, filled, different from each other, without values.

    A figure may say for whom a column is, where it says nothing of the kind in the row below.
    """
    named = [cell for cell in row if cell.strip()]
    return (
        len(named) > 1
        and len(named) >= len(row) - 1
        and len(set(named)) == len(named)
        and all(map(_may_be_name, named))
        and not any(
            _FIGURE.search(cell) and _FOR_WHOM.search(under) for cell, under in zip(row, below, strict=False)
        )
    )


def _may_be_name(cell: str) -> bool:
    if len(cell) > _LONGEST_NAME:
        return False
    return not _FIGURE.search(cell) or (
        not _VALUE.search(cell) and _FOR_WHOM.search(cell.lower()) is not None
    )


def _seems_named(rows: Sequence[Sequence[str]]) -> bool:
    """Tell names of columns by figures that stand under them."""
    if len(rows) < 2 or not may_name_columns(*rows[:2]):  # noqa: PLR2004 - names and a row
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
        and all(name or group for name, group in zip(names, groups, strict=True))
        and all(map(_may_be_name, filter(None, names)))
        and any(_FIGURE.search(cell) for row in rows[2:5] for cell in row)
    )


def _joined(groups: Sequence[str], names: Sequence[str]) -> list[str]:
    """Give each column's name after the one that it stands under."""
    joined: list[str] = []
    group = ""
    for place, (above, name) in enumerate(zip_longest(groups, names, fillvalue="")):
        group = above or (group if place > 1 else "")
        both = (group, name.rstrip(":").strip())
        joined.append(", ".join(dict.fromkeys(filter(None, both))))
    return joined


def _lines(rows: Iterable[Sequence[str]], names: Sequence[str]) -> Iterator[str]:
    section, is_said = "", True
    for row in rows:
        first, *others = row
        if len(names) > 1 and not any(others) and (not others or first.endswith(":")):
            if not is_said:
                yield section
            if len(first) > _LONGEST_SECTION or first.endswith((".", "!", "?")):
                yield first
            else:
                section, is_said = first.rstrip(":"), False
            continue
        yield _line([f"{section}, {first}", *others] if section and first else row, names)
        is_said = True
    if not is_said:
        yield section


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
