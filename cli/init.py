"""``chairside init``: the database and the demo practice."""

import asyncio
import dataclasses
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.data_folder import open_database, prepare_data_dir, said_plainly
from cli.options import DataDir, Now, clock_of, load_settings
from config.settings import Settings
from kit.clock import Clock
from practice.demo.seed import DemoIds, seed_demo


def init(
    data_dir: DataDir = None,
    now: Now = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> None:
    """Create the database and a demo practice to try everything on.

    The partner key and the staff password are shown this once: keep them if you need them.
    """
    settings = load_settings(data_dir)
    clock = clock_of(now)
    prepare_data_dir(settings)
    with said_plainly():
        ids = asyncio.run(_seed(settings, clock))
    made = {**dataclasses.asdict(ids), "data_dir": str(settings.data_dir)}
    if as_json:
        typer.echo(json.dumps(made))
        return
    table = Table(box=None, show_header=False)
    for name, value in made.items():
        table.add_row(name.replace("_", " "), str(value))
    console = Console(highlight=False, soft_wrap=True)
    console.print("[bold]The demo practice is ready.[/bold] Key and password are shown this once.\n")
    console.print(table)
    console.print("\nNext: [bold]chairside serve[/bold], and beside it [bold]chairside call[/bold].")


async def _seed(settings: Settings, clock: Clock) -> DemoIds:
    async with open_database(settings) as database:
        return await seed_demo(database, clock)
