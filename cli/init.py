"""``chairside init``: the first practice of a data folder."""

import secrets
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.data_folder import Records, with_records_of
from cli.errors import UserError
from cli.options import DataDir, Now, clock_of, hint, load_settings
from cli.output import AsJson, print_json
from cli.practice import applied_json, apply_folder, read, show_applied
from cli.questions import INSTRUCTIONS, ask_practice
from cli.staff import show_link
from config.settings import Settings
from practice.partners.keys import PartnerKeys
from practice.practice_file.folder import PracticeFolder, read_demo, write_folder
from practice.practice_file.model import PracticeFile, PracticeSection, StaffSection
from practice.practice_file.normal import normalised
from practice.practice_file.service import Applied
from practice.staff.service import Staff


def init(
    from_: Annotated[
        Path | None, typer.Option("--from", help="The practice's folder, with practice.toml in it.")
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Make the demo practice, to try everything on.")
    ] = False,
    name: Annotated[
        str | None,
        typer.Option(help="Make a practice of this name alone; the rest is entered at the console."),
    ] = None,
    admin: Annotated[
        str | None, typer.Option(help="With --name: who enters it; their e-mail address.")
    ] = None,
    timezone: Annotated[str, typer.Option(help="With --name: the practice's.")] = "America/New_York",
    data_dir: DataDir = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Create the database and a practice: by a few questions, --from a folder, by its --name, or the --demo.

    The demo's partner key and staff password are shown this once: keep them if you need them.
    """
    settings, clock = load_settings(data_dir), clock_of(now)
    folder = _begun(name, admin, timezone) if name is not None else _folder(from_, demo=demo)
    applied = apply_folder(settings, folder, clock)
    if demo:
        _show_demo(settings, _with_access(settings, applied, folder), as_json=as_json)
    elif as_json:
        print_json({**applied_json(applied), "data_dir": str(settings.data_dir)})
    else:
        show_applied(applied)
        if name is not None and admin is not None:
            link = with_records_of(settings, lambda records: records.of(Staff).make_link(admin))
            show_link(settings, admin, link, as_json=False)
        serve, chat = hint(settings, "serve"), hint(settings, "chat")
        typer.echo(f"\nNext: {serve}, and beside it {chat}. Then: docs/your-practice.md")


def _folder(from_: Path | None, *, demo: bool) -> PracticeFolder:
    if demo:
        return read_demo()
    if from_ is not None:
        return read(from_)
    if not sys.stdin.isatty():
        raise UserError("Say which practice: --from FOLDER, or --demo for one to try everything on.")
    answered, folder = ask_practice()
    try:
        write_folder(folder, answered)
    except OSError as error:
        raise UserError(f"The folder {folder} cannot be written: {error.strerror}.") from error
    typer.echo(f"\nWritten to {folder / 'practice.toml'}; change it there and apply it again at any time.\n")
    return read(folder)


def _begun(name: str, admin: str | None, timezone: str) -> PracticeFolder:
    """Begin a practice of which no more is known than its name."""
    try:
        section = PracticeSection(name=name, timezone=timezone)
        staff = [StaffSection(email=admin, name=admin.partition("@")[0], role="admin")] if admin else []
        file = PracticeFile(practice=section, staff=staff)
    except ValidationError as error:
        raise UserError(
            "; ".join(one["msg"].removeprefix("Value error, ") for one in error.errors())
        ) from error
    return PracticeFolder(normalised(file), INSTRUCTIONS.format(name=name))


def _with_access(settings: Settings, applied: Applied, folder: PracticeFolder) -> dict[str, Any]:
    """Make the demo's key and password: unlike a practice's own, they are there at once."""

    async def work(records: Records) -> dict[str, Any]:
        if applied.ids is None or applied.ids.partner_id is None or not applied.changes:
            raise UserError("The demo practice is already there.")
        key = await PartnerKeys(records.database).create_key(applied.ids.partner_id)
        password = secrets.token_urlsafe(12)
        email = folder.file.staff[0].email
        await records.of(Staff).set_password(email, password)
        made = asdict(applied.ids)
        numbers = made.pop("phone_numbers")
        return {
            **made,
            "phone_number": numbers[0],
            "partner_key": key.key,
            "staff_email": email,
            "staff_password": password,
            "data_dir": str(settings.data_dir),
        }

    return with_records_of(settings, work, makes=True)


def _show_demo(settings: Settings, made: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(made)
        return
    table = Table(box=None, show_header=False)
    for name, value in made.items():
        table.add_row(name.replace("_", " "), str(value))
    console = Console(highlight=False, soft_wrap=True)
    console.print("[bold]The demo practice is ready.[/bold] Key and password are shown this once.\n")
    console.print(table)
    serve, call = escape(hint(settings, "serve")), escape(hint(settings, "call"))
    console.print(f"\nNext: [bold]{serve}[/bold], and beside it [bold]{call}[/bold].")
