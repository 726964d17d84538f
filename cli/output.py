"""How commands print: JSON, tables, secrets; and how they write files."""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from cli.errors import UserError
from contracts.timestamps import timestamp

_WIDEST = 2000
_Row = TypeVar("_Row")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object on a line, with datetimes as RFC 3339 in UTC."""
    typer.echo(json.dumps(value, default=timestamp))


def tell(as_json: bool, value: dict[str, Any], sentence: str) -> None:
    """Print a JSON object, or the sentence that says the same."""
    if as_json:
        print_json(value)
    else:
        typer.echo(sentence)


def picked(one: object, names: str) -> dict[str, Any]:
    """Give attributes of an object, by their names."""
    return {name: getattr(one, name) for name in names.split()}


def print_rows(
    as_json: bool,
    name: str,
    rows: Sequence[_Row],
    described: Callable[[_Row], Any],
    columns: Callable[[_Row], Mapping[str, str | None]],
    empty: str,
) -> None:
    """Print rows: under a name as JSON, or as a table."""
    if as_json:
        print_json({name: [described(one) for one in rows]})
    else:
        print_table([columns(one) for one in rows], empty)


def print_table(rows: Sequence[Mapping[str, str | None]], empty: str) -> None:
    """Print rows for reading, each by its headings; ``empty`` when there are none."""
    if not rows:
        typer.echo(empty)
        return
    table = Table(box=None, pad_edge=False)
    for heading in rows[0]:
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(*(escape(value or "") for value in row.values()))
    # An id that is cut off cannot be copied: a row too long for the window goes on in the next line.
    console = Console(highlight=False)
    needed = Measurement.get(console, console.options.update(width=_WIDEST), table).maximum
    Console(highlight=False, width=max(console.width, needed)).print(table)


@contextlib.contextmanager
def writing(path: Path, what: str = "") -> Iterator[None]:
    """Turn a file that cannot be written into a sentence; ``what`` it is comes before its path."""
    try:
        yield
    except OSError as error:
        raise UserError(f"{what}{path} cannot be written: {error.strerror}.") from error


def print_secret(remark: str, secret: str) -> None:
    """Print a secret on a line of its own, to be copied."""
    typer.echo(f"{remark} It is shown this once: keep it now.\n\n  {secret}")
