"""The data folder and its database, opened for a command."""

import asyncio
import contextlib
import getpass
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cli.errors import UserError
from cli.options import hint, load_settings
from config.settings import Settings
from kit.clock import Clock, system_clock
from kit.data_keys import DataKeyUnavailable
from kit.db.database import FILE_NAME, Database, DatabaseUnavailable
from kit.keyring import Keyring
from practice.audit.service import AuditLog
from practice.calendar.embedded import EmbeddedCalendar
from practice.errors import PracticeError
from practice.partners.accounts import Accounts
from practice.partners.bots import Bots
from practice.partners.keys import PartnerKeys
from practice.partners.service import Partners
from practice.records.prepare import WrongSecret, prepare

_Result = TypeVar("_Result")
_Service = TypeVar("_Service")


@dataclass(frozen=True)
class Records:
    """An open data folder, and the services on it."""

    settings: Settings
    database: Database
    keyring: Keyring
    clock: Clock = system_clock

    @property
    def partners(self) -> Partners:
        """Its partners."""
        return Partners(self.database, self.clock, self.keyring, settings=self.settings.relay)

    @property
    def partner_keys(self) -> PartnerKeys:
        """The partners' keys."""
        return PartnerKeys(self.database)

    @property
    def bots(self) -> Bots:
        """The partners' bots."""
        return Bots(
            self.database,
            self.clock,
            self.keyring,
            settings=self.settings.relay,
            numbers_granted=self.settings.numbers.granted,
        )

    @property
    def accounts(self) -> Accounts:
        """The accounts that bots answer for."""
        return Accounts(self.database, self.clock, self.keyring, self.settings.relay)

    @property
    def audit(self) -> AuditLog:
        """Who read or changed what."""
        return AuditLog(self.database, self.clock, self.keyring)

    async def note(self, action: str, subject: str | None = None) -> None:
        """Write into the audit log what whoever runs the server has done by a command."""
        await self.audit.note(f"operator:{_user()}", action, subject=subject)

    async def list_numbers(self) -> list[str]:
        """List the numbers that bots answer, E.164."""
        return [number for bot in await self.bots.list_bots(1000) for number in bot.phone_numbers]

    def of(self, service: Callable[[Database, Clock], _Service]) -> _Service:
        """Open a service of the practice on them."""
        return service(self.database, self.clock)

    @property
    def calendar(self) -> EmbeddedCalendar:
        """The practices' own calendars."""
        return EmbeddedCalendar(self.database, self.clock, self.settings.calendar)


@contextlib.asynccontextmanager
async def open_records(settings: Settings) -> AsyncIterator[Records]:
    """Open a data folder, whether a server runs on it or not, with its database's tables up to date.

    Raises:
        UserError: The folder cannot be created or written, or its key cannot be read.
        DatabaseUnavailable: The database cannot be used.
        WrongSecret: It was written with another key.
        DataKeyUnavailable: A key that patients' data in it is encrypted with is not to be had.
    """
    keyring = prepare_data_dir(settings)
    database = Database(settings)
    try:
        await prepare(database, keyring)
        yield Records(settings, database, keyring)
    finally:
        await database.dispose()


def with_records(
    data_dir: Path | None,
    work: Callable[[Records], Awaitable[_Result]],
    *,
    noted: str | None = None,
    about: str | None = None,
    makes: bool = False,
) -> _Result:
    """Run a coroutine on the records of the ``--data-dir`` option; otherwise as ``with_records_of``."""
    return with_records_of(load_settings(data_dir), work, noted=noted, about=about, makes=makes)


def with_records_of(
    settings: Settings,
    work: Callable[[Records], Awaitable[_Result]],
    *,
    noted: str | None = None,
    about: str | None = None,
    makes: bool = False,
) -> _Result:
    """Run a coroutine on the records of a data folder.

    Args:
        makes: It may begin with a database that it makes; anything else needs one that is there.
        noted: What it does, for the audit log; None is nothing that belongs there.
        about: Ids of what it does that to.

    Raises:
        UserError: The practice refused, or the folder or its database cannot be used.
    """
    if not makes:
        _check_there_is_one(settings)

    async def run() -> _Result:
        async with open_records(settings) as records:
            result = await work(records)
            if noted is not None:
                await records.note(noted, about)
            return result

    with user_errors():
        return asyncio.run(run())


def _check_there_is_one(settings: Settings) -> None:
    """Make sure that a command which only looks leaves no empty database behind."""
    if settings.database.url is None and not (settings.data_dir / FILE_NAME).exists():
        raise UserError(
            f"There is no database in {settings.data_dir} yet. Make one: {hint(settings, 'init')}"
        )


@contextlib.contextmanager
def user_errors() -> Iterator[None]:
    """Turn the failures that a person can correct into one sentence."""
    try:
        yield
    except (DatabaseUnavailable, DataKeyUnavailable, PracticeError, WrongSecret) as error:
        raise UserError(str(error)) from error


def prepare_data_dir(settings: Settings) -> Keyring:
    """Make sure that the data folder can be written, and load the installation's key.

    Raises:
        UserError: The folder cannot be created or written, or the key cannot be read.
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


def _user() -> str:
    """Give who is logged in to the machine; a container may know no name for them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
