"""``chairside backup``: a copy of the database, made while the server runs on it."""

import os
import sqlite3
from pathlib import Path
from typing import Annotated

import typer

from cli.data_folder import user_errors
from cli.errors import UserError
from cli.options import DataDir, load_settings
from config.settings import Settings
from kit.db.database import FILE_NAME, Database
from kit.keyring import FILE_NAME as KEY_FILE


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
    data_dir: DataDir = None,
) -> None:
    """Copy the database into one file, while the server runs on it.

    The file holds everything that patients said, encrypted; no key is in it.
    """
    settings = load_settings(data_dir)
    source = _source(settings)
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise UserError(f"{file} is there already; it is not written over.") from error
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}.") from error
    try:
        copy_database(source, file)
    except sqlite3.Error as error:
        file.unlink()
        raise UserError(f"{source} cannot be copied to {file}: {error}.") from error
    key = source.parent / KEY_FILE
    kept = str(key) if key.exists() else "CHAIRSIDE_SECRET"
    told = settings.encryption
    if (told.key, told.key_file, told.key_command) != (None, None, None):
        kept += " and the keys of patients' data"
    typer.echo(f"Written to {file} ({file.stat().st_size / 1_000_000:.1f} MB).")
    typer.echo(f"No key is in it: keep {kept}, with which alone it can be read whole, in another place.")


def copy_database(source: Path, target: Path) -> None:
    """Copy an SQLite database as it is at one moment; sqlite3.Error when it cannot be used."""
    read, written = sqlite3.connect(source), sqlite3.connect(target)
    try:
        read.backup(written)
        # As one file, without the one that SQLite writes ahead into.
        written.execute("PRAGMA journal_mode=DELETE")
        (answer,) = written.execute("PRAGMA integrity_check").fetchone()
    finally:
        read.close()
        written.close()
    if answer != "ok":
        raise sqlite3.DatabaseError(f"the copy is damaged: {answer}")


def _source(settings: Settings) -> Path:
    if settings.database.url is None:
        path = settings.data_dir / FILE_NAME
    else:
        with user_errors():
            url = Database(settings).url
        if url.get_backend_name() != "sqlite":
            shown = url.set(drivername="postgresql", password=None).render_as_string()
            raise UserError(f"The database is PostgreSQL. Run: pg_dump --format=custom --file FILE {shown}")
        path = Path(url.database or "")
    if not path.exists():
        raise UserError(f"There is no database at {path}.")
    return path
