"""What stands side by side on a page: texts are read one after the other, a table's rows each as a line."""

import re
from collections.abc import Iterator, Sequence
from statistics import median

from knowledge.blocks import Rows
from knowledge.extract.page_layout import Line, Table
from knowledge.extract.table import table_lines

_SAME_BASE = 0.3
"""Heights of a letter by which the pieces of one line may differ."""
_FEWEST = 2
"""Columns, and lines in columns, from which on there are any."""
_WIDEST_STEP = 2.5
"""Heights of a letter from a line to the next of the same columns."""
_WORDY = 4
"""Words in a usual piece of running text; those in a table are shorter."""
_GOES_ON = re.compile(r"[a-z(]")
Part = list[Line] | Table
Span = tuple[float, float]


def in_reading_order(pieces: Sequence[Line], page: int) -> list[Part]:
    """Put what stands side by side on a page in order.

    Args:
        pieces: Of lines, each without a wide gap, in the order in which they were drawn.
        page: From 1.

    Returns:
        Lines of text, those of one column after those of another, and the rows of tables. Where nothing
        stands side by side, the lines are in the order in which they were drawn.
    """
    across = _across(pieces)
    if sum(len(one) > 1 for one in across) < _FEWEST:
        first = {id(one[0]): one for one in across}
        return [[_whole(first[id(one)]) for one in pieces if id(one) in first]]
    found: list[Part] = [[]]
    for run, columns in _runs(across):
        for part in _parts(run, columns, page):
            if isinstance(part, list) and isinstance(found[-1], list):
                found[-1].extend(part)
            else:
                found.append(part)
    return found


def _across(pieces: Sequence[Line]) -> list[list[Line]]:
    """Gather what stands on one line, from the top of the page, each from the left."""
    found: list[list[Line]] = []
    for one in sorted(pieces, key=lambda piece: -piece.base):
        if found and found[-1][0].base - one.base <= _SAME_BASE * one.height:
            found[-1].append(one)
        else:
            found.append([one])
    return [sorted(one, key=lambda piece: piece.left) for one in found]


def _runs(across: Sequence[list[Line]]) -> Iterator[tuple[list[list[Line]], list[Span]]]:
    """Cut a page where columns begin and end; each run of lines comes with the columns that it stands in."""
    run: list[list[Line]] = []
    columns: list[Span] = []
    for line in across:
        wider = _widened(columns, line)
        if run and not _belongs(run[-1], line, columns, wider):
            yield run, columns
            run, wider = [], _widened([], line)
        run.append(line)
        columns = wider
    yield run, columns


def _belongs(above: Sequence[Line], line: Sequence[Line], columns: Sequence[Span], wider: list[Span]) -> bool:
    if len(columns) < _FEWEST:
        return len(line) < _FEWEST
    step, height = above[0].base - line[0].base, max(line[0].height, above[0].height)
    return len(wider) >= max(_FEWEST, len(columns) - (len(line) > 1)) and step <= _WIDEST_STEP * height


def _widened(columns: Sequence[Span], line: Sequence[Line]) -> list[Span]:
    """Give the stretches of the page's width that pieces stand in, when a line is put to them."""
    found: list[Span] = []
    for left, right in sorted([*columns, *((one.left, one.right) for one in line)]):
        if found and left < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], right))
        else:
            found.append((left, right))
    return found


def _parts(run: Sequence[list[Line]], columns: Sequence[Span], page: int) -> Iterator[Part]:
    if len(columns) < _FEWEST or len(run) < _FEWEST:
        yield [_whole(one) for one in run]
        return
    cells = [[[one for one in line if left <= one.left < right] for left, right in columns] for line in run]
    by_column = [[_whole(row[at]) for row in cells if row[at]] for at in range(len(columns))]
    if all(median(len(one.text.split()) for one in column) >= _WORDY for column in by_column):
        yield [one for column in by_column for one in column]
    else:
        texts = [[_whole(cell).text if cell else "" for cell in row] for row in cells]
        rows = Rows(tuple(table_lines(_unwrapped(texts))), page)
        yield Table(rows, [one for line in run for one in line])


def _unwrapped(rows: Sequence[list[str]]) -> list[list[str]]:
    """Put the second line of a cell to its first: it stands alone, and goes on in small letters."""
    found: list[list[str]] = []
    for row in rows:
        filled = [at for at, cell in enumerate(row) if cell]
        if found and len(filled) == 1 and found[-1][filled[0]] and _GOES_ON.match(row[filled[0]]):
            found[-1][filled[0]] += f" {row[filled[0]]}"
        else:
            found.append(list(row))
    return found


def _whole(pieces: Sequence[Line]) -> Line:
    """Join what stands on one line."""
    if len(pieces) == 1:
        return pieces[0]
    text = " ".join(one.text for one in pieces)
    height = max(one.height for one in pieces)
    return Line(text, pieces[0].left, pieces[-1].right, pieces[0].base, pieces[-1].last_base, height)
