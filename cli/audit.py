"""``chairside audit``: who read or changed what."""

from pathlib import Path
from typing import Annotated

import typer

from cli.data_folder import Records, with_records
from cli.durations import shown
from cli.errors import UserError
from cli.options import DataDir
from cli.output import AsJson, picked, print_json, print_rows, writing
from language import phone as phones
from practice.audit.service import AuditView
from webhooks.console.audit import as_csv

MOST = 100_000


def audit(
    site: Annotated[int | None, typer.Option(help="Only what was done at this site.")] = None,
    patient: Annotated[
        str | None, typer.Option(help="Only what was looked up, given out or erased under this number.")
    ] = None,
    about: Annotated[
        str | None, typer.Option(help="Only what concerns this id, such as that of a call.")
    ] = None,
    last: Annotated[int, typer.Option(min=1, max=MOST, help="How many entries.")] = 50,
    verify: Annotated[bool, typer.Option("--verify", help="Find out whether the log is whole.")] = False,
    csv: Annotated[Path | None, typer.Option(help="A file to write as a table.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show who read or changed whose data, logged in, made keys and grants; newest first."""
    if verify:
        _verify(data_dir, as_json=as_json)
        return
    number = None if patient is None else phones.parse(patient)
    if patient is not None and number is None:
        raise UserError(f"{patient} is no telephone number; give it as +12025550142.")

    async def work(records: Records) -> list[AuditView]:
        subjects = [*([about] if about else []), *([records.audit.patient(number)] if number else [])]
        return await records.audit.list_entries(site, subjects=subjects, limit=MOST if csv else last)

    found = with_records(data_dir, work)
    if csv is not None:
        with writing(csv):
            csv.touch(mode=0o600)
            csv.write_text(as_csv(found), encoding="utf-8")
        typer.echo(f"{len(found)} entries are written to {csv}.")
        return
    print_rows(
        as_json,
        "entries",
        found,
        lambda one: {
            **picked(one, "number at who action site_id"),
            "about": list(one.subject),
            "detail": one.detail,
        },
        lambda one: {
            "number": str(one.number),
            "at": shown(one.at),
            **picked(one, "who action"),
            "about": " ".join(one.subject) or "-",
        },
        "Nothing is in the log.",
    )


def _verify(data_dir: Path | None, *, as_json: bool) -> None:
    async def work(records: Records) -> tuple[int | None, int]:
        newest = await records.audit.list_entries(limit=1)
        return await records.audit.find_break(), newest[0].number if newest else 0

    broken, newest = with_records(data_dir, work)
    if as_json:
        print_json({"whole": broken is None, "entries": newest, "broken_at": broken})
    elif broken is None:
        typer.echo(
            f"The log is whole: {newest} entries. Note that number: what is cut off at the end shows by it."
        )
    if broken is not None:
        raise UserError(f"Entry {broken} is missing, or is not as it was written.")
