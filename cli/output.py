"""How commands print: JSON, tables, secrets."""

import json
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from contracts.timestamps import timestamp

_WIDEST = 2000

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object on a line, with datetimes as RFC 3339 in UTC."""
    typer.echo(json.dumps(value, default=timestamp))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> None:
    """Print rows for reading; ``empty`` when there are none."""
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(*map(escape, row))
    if not table.row_count:
        typer.echo(empty)
        return
    # An id that is cut off cannot be copied: a row too long for the window goes on in the next line.
    console = Console(highlight=False)
    needed = Measurement.get(console, console.options.update(width=_WIDEST), table).maximum
    Console(highlight=False, width=max(console.width, needed)).print(table)


def print_secret(remark: str, secret: str) -> None:
    """Print a secret on a line of its own, to be copied."""
    typer.echo(f"{remark} It is shown this once: keep it now.\n\n  {secret}")
