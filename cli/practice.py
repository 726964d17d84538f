"""``chairside practice``: a practice as a folder, applied to the records and given back."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.data_folder import Records, open_records, with_records, with_records_of
from cli.errors import UserError
from cli.options import DataDir, Now, clock_of, load_settings
from cli.output import AsJson, print_json, print_rows, tell, writing
from config.settings import Settings
from kit.clock import Clock
from knowledge.extract.errors import DocumentError
from knowledge.extract.extractor import Extracted, Extractor
from practice.practice_file.check import Remark, remarks
from practice.practice_file.folder import KeptFile, PracticeFolder, read_folder, write_folder
from practice.practice_file.problems import PracticeFileInvalid
from practice.practice_file.service import Applied, PracticeFiles

practice = typer.Typer(
    no_args_is_help=True, help="Write down in a folder what a practice is, apply it, check it, get it back."
)
Folder = Annotated[Path, typer.Argument(help="The practice's folder, with practice.toml in it.")]
PracticeId = Annotated[
    str | None,
    typer.Option(
        "--practice",
        help="The practice to change: prac_…; for a new assistant code.",
        show_default="the one with the folder's assistant code, or a new one",
    ),
]


@practice.command()
def apply(
    folder: Folder,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, change nothing.")
    ] = False,
    practice_id: PracticeId = None,
    data_dir: DataDir = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Make the practice as the folder has it, whole or not at all. Again, it changes nothing."""
    wanted = read(folder)
    applied = apply_folder(load_settings(data_dir), wanted, clock_of(now), practice_id, dry_run=dry_run)
    if as_json:
        print_json(applied_json(applied, dry_run=dry_run))
        return
    show_applied(applied, dry_run=dry_run)


@practice.command()
def export(
    folder: Folder, practice_id: PracticeId = None, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Write a practice's folder, as apply takes it."""

    async def work(records: Records) -> PracticeFolder:
        files = records.of(PracticeFiles)
        return await files.export(practice_id or await _only(files))

    found = with_records(data_dir, work)
    with writing(folder, "The folder "):
        write_folder(folder, found)
    files = f"{len(found.files)} file{'' if len(found.files) == 1 else 's'}"
    said = f"{found.file.practice.name} is written to {folder}, with {files}."
    tell(as_json, {"folder": str(folder), "files": [one.name for one in found.files]}, said)


@practice.command("list")
def list_(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the practices."""
    found = with_records(data_dir, lambda records: records.of(PracticeFiles).list_practices())
    print_rows(
        as_json,
        "practices",
        found,
        asdict,
        lambda one: {
            "practice": one.practice_id,
            "name": one.name,
            "code": one.assistant_code,
            "site": str(one.site_id),
            "bot": one.bot_id or "none",
            "numbers": ", ".join(one.phone_numbers),
        },
        "There is no practice yet. Make one: chairside init",
    )


@practice.command()
def check(folder: Folder, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Look through a practice's folder for what is wrong, missing or contradicts itself.

    Ends with exit code 1 when something is wrong.
    """
    settings = load_settings(data_dir)
    try:
        found = asyncio.run(_remarks(settings, read_folder(folder)))
    except PracticeFileInvalid as error:
        found = [Remark("error", str(one)) for one in error.problems]
    if as_json:
        print_json({"remarks": [asdict(one) for one in found]})
    else:
        for one in found:
            typer.echo(f"{one.kind:<8} {one.text}")
        if not found:
            typer.echo("Nothing is wrong.")
    if any(one.kind == "error" for one in found):
        raise typer.Exit(1)


def read(folder: Path) -> PracticeFolder:
    """Read a practice's folder. Raises `UserError`: all that is wrong with it, a line each."""
    try:
        return read_folder(folder)
    except PracticeFileInvalid as error:
        raise UserError("the practice's folder cannot be applied:\n" + str(error)) from error


def apply_folder(
    settings: Settings,
    folder: PracticeFolder,
    clock: Clock,
    practice_id: str | None = None,
    *,
    dry_run: bool = False,
) -> Applied:
    """Apply a practice's folder to the records; UserError when the practice refuses a part of it."""

    async def work(records: Records) -> Applied:
        async with Extractor(settings.documents) as extractor:

            async def extract(one: KeptFile) -> Extracted:
                try:
                    return await extractor.extract(one.content, one.name)
                except DocumentError as error:
                    raise UserError(f"{one.name}: {error.message}") from error

            files = PracticeFiles(
                records.database, clock, countries=settings.sessions.countries, extract=extract
            )
            return await files.apply(folder, practice_id, dry_run=dry_run)

    return with_records_of(settings, work, makes=True)


def show_applied(applied: Applied, *, dry_run: bool = False) -> None:
    """Tell a person what applying did."""
    if not applied.changes:
        typer.echo("Nothing changes: the practice is so already.")
    for line in applied.changes:
        typer.echo(f"  {line}")
    if applied.conflicts:
        typer.echo("\nThese appointments stand, and do not fit any more. Call the patients:")
        for one in applied.conflicts:
            typer.echo(f"  {one.start:%a %d %b %Y %H:%M}  {one.patient} with {one.practitioner}: {one.why}")
    if applied.new_staff and not dry_run:
        typer.echo("")
        for email in applied.new_staff:
            typer.echo(f"{email} cannot log in yet: chairside staff passwd {email}")
    if dry_run:
        typer.echo("\nThat would change; nothing has.")


def applied_json(applied: Applied, *, dry_run: bool = False) -> dict[str, Any]:
    """Give what applying did as JSON."""
    return {
        "dry_run": dry_run,
        "practice": None if applied.ids is None or dry_run else asdict(applied.ids),
        "changes": list(applied.changes),
        "unfitting": [asdict(one) for one in applied.conflicts],
        "new_staff": list(applied.new_staff),
    }


async def _remarks(settings: Settings, folder: PracticeFolder) -> Sequence[Remark]:
    unreadable: dict[str, str] = {}
    async with Extractor(settings.documents) as extractor:
        for one in folder.files:
            try:
                await extractor.extract(one.content, one.name)
            except DocumentError as error:
                unreadable[one.name] = error.message
    taken: list[tuple[str, str]] = []
    if (settings.data_dir / "chairside.db").exists() or settings.database.url is not None:
        async with open_records(settings) as records:
            taken = await records.of(PracticeFiles).find_taken_numbers(folder.file)
    return remarks(folder, unreadable, taken)


async def _only(files: PracticeFiles) -> str:
    found = await files.list_practices()
    if len(found) != 1:
        raise UserError(
            "There is no practice yet."
            if not found
            else "Say which practice with --practice: "
            + ", ".join(f"{one.practice_id} ({one.name})" for one in found)
        )
    return found[0].practice_id
