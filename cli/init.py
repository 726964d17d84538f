"""``chairside init``: the database and the demo practice."""

import dataclasses

from rich.console import Console
from rich.table import Table

from cli.data_folder import with_records_of
from cli.options import DataDir, Now, clock_of, load_settings
from cli.output import AsJson, print_json
from practice.demo.seed import seed_demo


def init(
    data_dir: DataDir = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Create the database and a demo practice to try everything on.

    The partner key and the staff password are shown this once: keep them if you need them.
    """
    settings = load_settings(data_dir)
    clock = clock_of(now)
    ids = with_records_of(settings, lambda records: seed_demo(records.database, clock))
    made = {**dataclasses.asdict(ids), "data_dir": str(settings.data_dir)}
    if as_json:
        print_json(made)
        return
    table = Table(box=None, show_header=False)
    for name, value in made.items():
        table.add_row(name.replace("_", " "), str(value))
    console = Console(highlight=False, soft_wrap=True)
    console.print("[bold]The demo practice is ready.[/bold] Key and password are shown this once.\n")
    console.print(table)
    console.print("\nNext: [bold]chairside serve[/bold], and beside it [bold]chairside call[/bold].")
