"""CSV: each row is a sentence of its own, with the columns' names."""

import csv
import re
import sys
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import islice

from knowledge.blocks import Block, Rows
from knowledge.extract.clean import unify_lines
from knowledge.extract.errors import BrokenFile
from knowledge.extract.kind import Recognised
from knowledge.extract.limits import Limits
from knowledge.extract.reading import Reading
from knowledge.extract.table import may_name_columns, table_lines

_DELIMITERS = ",;\t|"
_TOLD_DELIMITER = re.compile(r"sep=([,;\t|])[ \t]*\n", re.IGNORECASE)
"""The first line that Excel reads and does not show."""
_SAMPLE_CHARS = 50_000
_SAMPLE_ROWS = 50
_ROWS_PER_BLOCK = 200


def read(file: Recognised, limits: Limits) -> Reading:  # noqa: ARG001 - as every parser
    """Read a table; see ``Parser.read``."""
    return Reading(_blocks(unify_lines(file.text)))


def _blocks(text: str) -> Iterator[Block]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # the upload's own size bounds a field
    if told := _TOLD_DELIMITER.match(text):
        text = text[told.end() :]
    delimiter = told[1] if told else delimiter_of(text)
    first = list(islice((row for row in _rows(text, delimiter) if len(row) > 1), 2))
    lines = table_lines(_rows(text, delimiter), header=bool(first) and may_name_columns(*first))
    while batch := tuple(islice(lines, _ROWS_PER_BLOCK)):
        yield Rows(batch)


def _rows(text: str, delimiter: str) -> Iterator[Sequence[str]]:
    try:
        yield from csv.reader(StringIO(text), delimiter=delimiter, skipinitialspace=True)
    except csv.Error:
        raise BrokenFile("The rows of this CSV file cannot be told apart. Save it again as CSV.") from None


def delimiter_of(text: str) -> str:
    """Find the sign between the cells: it cuts the first rows into the most, the same number in each."""
    sample = text[:_SAMPLE_CHARS]

    def fitness(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(StringIO(sample), delimiter=delimiter, skipinitialspace=True)
        widths = [len(row) for row in islice(reader, _SAMPLE_ROWS) if row]
        if len(sample) == _SAMPLE_CHARS and len(widths) > 1:
            widths.pop()  # the sample ends within it
        usual = max(set(widths), key=widths.count, default=1)
        return (widths.count(usual) / len(widths) if usual > 1 else 0.0, usual)

    return max(_DELIMITERS, key=fitness)
