"""``chairside encryption``: with which keys patients' data is encrypted in the database, and a new one."""

import os
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from cli.data_folder import Records, with_records
from cli.errors import UserError
from cli.options import DataDir
from cli.output import AsJson, print_json, print_secret, print_table, tell
from config.settings import Settings
from kit.data_keys import PLAIN, new_key
from practice.records.encryption import Encryption

encryption = typer.Typer(
    no_args_is_help=True, help="Show with which keys patients' data is encrypted; make a new one, apply it."
)


@encryption.command()
def status(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Count what is encrypted with which key, and what is not."""

    async def work(records: Records) -> tuple[str, str, dict[str, Counter[str]]]:
        found = await Encryption(records.database).count()
        return records.database.data_keys().writing_id, _source(records.settings), found

    now, source, found = with_records(data_dir, work)
    if as_json:
        print_json({"key": now, "source": source, "values": {name: dict(one) for name, one in found.items()}})
        return
    if now == PLAIN:
        typer.echo("New values are not encrypted: no key is given. chairside encryption new-key makes one.")
    else:
        typer.echo(f"New values are encrypted with {now}: {source}.")
    rows = [
        {"table": table, "key": "not encrypted" if key == PLAIN else key, "values": str(count)}
        for table, values in found.items()
        for key, count in sorted(values.items())
    ]
    print_table(rows, "Nothing is kept yet.")
    if any(key != now for values in found.values() for key in values):
        typer.echo("A server brings all of it under one key as it runs; at once: chairside encryption apply")


@encryption.command("new-key")
def new_key_(
    file: Annotated[
        Path | None,
        typer.Option(help="A file of keys to put it into, in front of the others; it is made if need be."),
    ] = None,
    last: Annotated[
        bool, typer.Option("--last", help="Behind the others: it only reads until it is put in front.")
    ] = False,
) -> None:
    """Make a key. In a file it encrypts what is written from the next start on; older keys still read."""
    made = new_key()
    if file is None:
        print_secret("CHAIRSIDE_ENCRYPTION_KEY, in front of the older ones.", made)
        return
    try:
        known = file.read_text().split() if file.exists() else []
        lines = [*known, made] if last else [made, *known]
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
            written.write("".join(f"{one}\n" for one in lines))
            written.flush()
            os.fsync(written.fileno())
        draft.replace(file)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file} cannot be written: {error}.") from error
    typer.echo(
        f"{file} has {len(lines)} keys, the new one {'last' if last else 'first'}. Keep a copy elsewhere:"
        if len(lines) > 1
        else f"{file} has the key. Keep a copy elsewhere:"
    )
    typer.echo("without its keys nobody reads what was encrypted with them.")


@encryption.command()
def apply(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Bring everything under the key that is in force, and rewrite the database's file.

    With CHAIRSIDE_ENCRYPTION_ENABLED=false everything is written plainly instead.
    """

    async def work(records: Records) -> tuple[str, int]:
        rows = await Encryption(records.database).apply()
        return records.database.data_keys().writing_id, rows

    now, rows = with_records(data_dir, work, noted="encryption.apply")
    said = f"{rows} rows were written anew, {'plainly' if now == PLAIN else f'with {now}'}."
    tell(as_json, {"key": now, "rows": rows}, said)


def _source(settings: Settings) -> str:
    """Say where the key that encrypts comes from."""
    told = settings.encryption
    if told.key_file is not None:
        return f"the first of {told.key_file}"
    if told.key_command is not None:
        return "the first of CHAIRSIDE_ENCRYPTION_KEY_COMMAND"
    return "the first of CHAIRSIDE_ENCRYPTION_KEY" if told.key is not None else "none"
