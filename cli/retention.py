"""``chairside retention``: how long each practice keeps what, and what is due."""

from collections import Counter
from typing import Annotated

import typer

from cli.data_folder import Records, with_records
from cli.options import DataDir
from cli.output import AsJson, print_json, print_table
from practice.patients.retention import Retention, Rule


def retention(
    apply: Annotated[
        bool, typer.Option("--apply", help="Forget what is due, now; the server does so every hour.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Tell how long each practice keeps what, and how much is due; forgets nothing without --apply."""
    if apply:
        gone = with_records(data_dir, _forget)
        if as_json:
            print_json({"forgotten": dict(gone)})
        else:
            typer.echo(", ".join(f"{count} {kind}" for kind, count in gone.items()) or "Nothing was due.")
        return
    rules = with_records(data_dir, _plan)
    if as_json:
        rows = [
            {"practice": one.practice, "kind": one.kind, "days": one.days, "due": one.due} for one in rules
        ]
        print_json({"rules": rows})
        return
    print_table(
        ("practice", "kind", "kept", "due now"),
        [
            (one.practice, one.kind, f"{one.days} days" if one.days else "until erased", str(one.due))
            for one in rules
        ],
        "There is no practice.",
    )


async def _plan(records: Records) -> list[Rule]:
    return await Retention(records.database, records.clock).plan()


async def _forget(records: Records) -> Counter[str]:
    gone = await Retention(records.database, records.clock).forget()
    await records.note("retention.apply")
    return gone
