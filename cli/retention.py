"""``chairside retention``: how long each practice keeps what, and what is due."""

from collections import Counter
from typing import Annotated

import typer

from cli.data_folder import Records, with_records
from cli.options import DataDir
from cli.output import AsJson, picked, print_rows, tell
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
        said = ", ".join(f"{count} {kind}" for kind, count in gone.items()) or "Nothing was due."
        tell(as_json, {"forgotten": dict(gone)}, said)
        return
    print_rows(
        as_json,
        "rules",
        with_records(data_dir, _plan),
        lambda one: picked(one, "practice kind days due"),
        lambda one: {
            **picked(one, "practice kind"),
            "kept": f"{one.days} days" if one.days else "until erased",
            "due now": str(one.due),
        },
        "There is no practice.",
    )


async def _plan(records: Records) -> list[Rule]:
    return await records.of(Retention).plan()


async def _forget(records: Records) -> Counter[str]:
    gone = await records.of(Retention).forget()
    await records.note("retention.apply")
    return gone
