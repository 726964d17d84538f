"""What the commands that manage partners, keys, bots and accounts share."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from cli.options import load_settings
from cli.records import open_database, prepare_data_dir, said_plainly
from config.clock import system_clock
from config.keyring import Keyring
from config.settings import Settings
from practice.partners.service import Partners

_WIDEST = 2000

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]

_Result = TypeVar("_Result")


def with_partners(data_dir: Path | None, work: Callable[[Partners], Awaitable[_Result]]) -> _Result:
    """Do something with the partners of a data folder, whether a server runs on it or not.

    Args:
        data_dir: The ``--data-dir`` option.
        work: What to do.

    Returns:
        What it gave.

    Raises:
        UserError: It was refused, or the folder or its database cannot be used.
    """
    settings = load_settings(data_dir)
    keyring = prepare_data_dir(settings)

    async def run() -> _Result:
        async with _opened(settings, keyring) as partners:
            return await work(partners)

    with said_plainly():
        return asyncio.run(run())


@contextlib.asynccontextmanager
async def _opened(settings: Settings, keyring: Keyring) -> AsyncIterator[Partners]:
    async with open_database(settings) as database:
        yield Partners(database, system_clock, keyring, settings=settings.relay)


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object on a line."""
    typer.echo(json.dumps(value))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> None:
    """Print rows for reading.

    Args:
        headings: Of the columns.
        rows: Their texts.
        empty: What to print when there are none.
    """
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
    """Print a secret on a line of its own, to be copied, after what to do with it.

    Args:
        remark: What it is.
        secret: The secret.
    """
    typer.echo(f"{remark} It is shown this once: keep it now.\n\n  {secret}")
