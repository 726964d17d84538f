"""``chairside restore``: a backup takes the place of a data folder's database, once it was looked at."""

import asyncio
import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import httpx
import typer

from cli.backup import copy_database
from cli.data_folder import open_records, prepare_data_dir, user_errors
from cli.errors import UserError
from cli.options import SERVER_FILE, DataDir, load_settings
from config.settings import DatabaseSettings, Settings
from kit.db.database import FILE_NAME
from kit.keyring import FILE_NAME as KEY_FILE

_ASIDE = (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm")


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What `chairside backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="The folder has a database: move it aside.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Put a backup in the place of the data folder's database, with the server stopped.

    The backup is checked first: that it is whole, of this version or an earlier one, and written with this
    folder's key. What was there is moved aside, not deleted.
    """
    settings = load_settings(data_dir)
    if settings.database.url is not None:
        raise UserError("The database is PostgreSQL or elsewhere. Use pg_restore, into an empty database.")
    if settings.secret is None and not (settings.data_dir / KEY_FILE).exists():
        raise UserError(f"First put the {KEY_FILE} of that installation into {settings.data_dir}.")
    prepare_data_dir(settings)
    _check_nobody_serves(settings)
    target = settings.data_dir / FILE_NAME
    if target.exists() and not replace:
        raise UserError(f"{target} exists. With --replace it is moved aside.")
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix="restore-") as folder:
        copy = Path(folder) / FILE_NAME
        copy.touch(mode=0o600)
        try:
            copy_database(file, copy)
        except sqlite3.Error as error:
            raise UserError(f"{file} is no backup that can be used: {error}.") from error
        with user_errors():
            asyncio.run(_check(settings, Path(folder)))
        aside = _move_aside(settings.data_dir)
        copy.replace(target)
    typer.echo(f"Restored from {file}.{f' What was there is in {aside}.' if aside else ''}")


async def _check(settings: Settings, folder: Path) -> None:
    """Open the copy as the server will, so that whatever would stop it is known now."""
    trial = settings.model_copy(
        update={"database": DatabaseSettings.model_validate({"url": f"sqlite:///{folder / FILE_NAME}"})}
    )
    async with open_records(trial) as records:
        await records.bots.list_bots(1)


def _check_nobody_serves(settings: Settings) -> None:
    note = settings.data_dir / SERVER_FILE
    if not note.exists():
        return
    address = note.read_text().strip()
    try:
        httpx.get(f"{address}/health/live", timeout=5)
    except httpx.HTTPError:
        return
    raise UserError(f"A server runs on this folder ({urlsplit(address).netloc}). Stop it first.")


def _move_aside(folder: Path) -> Path | None:
    there = [folder / name for name in _ASIDE if (folder / name).exists()]
    if not there:
        return None
    aside = folder / f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    aside.mkdir(mode=0o700)
    for one in there:
        one.rename(aside / one.name)
    return aside
