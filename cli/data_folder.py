"""The data folder and its database, opened for a command, with failures said plainly."""

import contextlib
import os
from collections.abc import AsyncIterator, Iterator

from cli.errors import UserError
from config.settings import Settings
from kit.db.database import Database, DatabaseUnavailable
from kit.keyring import Keyring
from practice.errors import PracticeError
from practice.records.migrate import migrate


@contextlib.contextmanager
def said_plainly() -> Iterator[None]:
    """Turn the failures that a person can mend into one sentence.

    Raises:
        UserError: The data folder, the database or the practice refused.
    """
    try:
        yield
    except (DatabaseUnavailable, PracticeError) as error:
        raise UserError(str(error)) from error


def prepare_data_dir(settings: Settings) -> Keyring:
    """Make sure that the data folder can be written, and load the installation's key.

    Raises:
        UserError: The folder cannot be made or written, or the key cannot be read.
    """
    folder = settings.data_dir
    try:
        # It holds what patients said: nobody else on the machine reads it.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keyring = Keyring.load(folder, settings.secret.get_secret_value() if settings.secret else None)
    except FileExistsError as error:
        raise UserError(f"The data folder {folder} is not a folder.") from error
    except OSError as error:
        raise UserError(f"The data folder {folder} cannot be written: {error.strerror}.") from error
    except ValueError as error:
        raise UserError(f"The key in {folder / 'secret.key'} is damaged: {error}.") from error
    if not os.access(folder, os.W_OK):
        raise UserError(f"The data folder {folder} cannot be written.")
    return keyring


@contextlib.asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """Open the database with its tables up to date."""
    database = Database(settings)
    try:
        await migrate(database)
        yield database
    finally:
        await database.dispose()
