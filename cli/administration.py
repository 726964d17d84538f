"""What the commands that manage partners, keys, bots and accounts share."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from cli.data_folder import open_database, prepare_data_dir, said_plainly
from cli.options import load_settings
from config.settings import Settings
from kit.clock import system_clock
from kit.db.database import Database
from kit.keyring import Keyring
from practice.partners.accounts import Accounts
from practice.partners.bots import Bots
from practice.partners.keys import PartnerKeys
from practice.partners.service import Partners

_WIDEST = 2000

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Records:
    """A data folder, opened."""

    settings: Settings
    database: Database
    keyring: Keyring

    @property
    def partners(self) -> Partners:
        """Its partners."""
        return Partners(self.database, system_clock, self.keyring, settings=self.settings.relay)

    @property
    def partner_keys(self) -> PartnerKeys:
        """The partners' keys."""
        return PartnerKeys(self.database)

    @property
    def bots(self) -> Bots:
        """The partners' bots."""
        return Bots(self.database, system_clock, self.keyring, settings=self.settings.relay)

    @property
    def accounts(self) -> Accounts:
        """The accounts that bots answer for."""
        return Accounts(self.database, system_clock, self.keyring, self.settings.relay)


def with_records(data_dir: Path | None, work: Callable[[Records], Awaitable[_Result]]) -> _Result:
    """Do something with the records of a data folder, whether a server runs on it or not.

    Args:
        data_dir: The ``--data-dir`` option.

    Raises:
        UserError: It was refused, or the folder or its database cannot be used.
    """
    settings = load_settings(data_dir)
    keyring = prepare_data_dir(settings)

    async def run() -> _Result:
        async with open_database(settings) as database:
            return await work(Records(settings, database, keyring))

    with said_plainly():
        return asyncio.run(run())


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object on a line."""
    typer.echo(json.dumps(value))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> None:
    """Print rows for reading.

    Args:
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
    """Print a secret on a line of its own, to be copied, after what to do with it."""
    typer.echo(f"{remark} It is shown this once: keep it now.\n\n  {secret}")
