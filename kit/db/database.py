"""The database: SQLite in the data folder, or PostgreSQL by URL; the same records on both."""

import asyncio
import contextlib
import functools
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import cast

from sqlalchemy import Dialect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from config.settings import Settings
from kit.data_keys import DataKeys
from kit.db.postgres import LATE_SECONDS, be_patient, cut_the_silent, ping_the_idle
from kit.db.sqlite import AUTOCOMMIT, READ_ONLY, WAIT_SECONDS, sqlite_engine

FILE_NAME = "chairside.db"
CONNECT_TIMEOUT_SECONDS = 5
_TAKES_NO_WRITES = "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean"
_KEYS = "chairside_data_keys"
_REMEMBERED_SECONDS = 10.0
"""How long a write that failed speaks against the database while none has succeeded since."""


class DatabaseUnavailable(Exception):
    """The database cannot be opened, reached or written; if ``unclear``, it may be written all the same."""

    unclear = False


class Database:
    """An engine and its sessions; ``data_keys`` gives the keys, loaded when they are first needed."""

    def __init__(self, settings: Settings) -> None:
        self.url = _resolve(settings)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._wait_seconds = settings.database.busy_timeout_seconds
        self._least_free_bytes = settings.database.least_free_mb * 1_000_000
        # SQLite has one writer at a time. Waiting here, in order, is fair; waiting in SQLite is a poll.
        self._writer = asyncio.Lock()
        self._failed_at: float | None = None
        self.engine = sqlite_engine(self.url) if self.is_sqlite else self._postgresql(settings)
        # Given to each connection, not to an engine: a task that is cancelled while they are set loses its
        # connection there, to the garbage collector.
        self._reading = {READ_ONLY: True} | (
            {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        # A transaction around one statement that reads is two more round trips to the server.
        self._single = self._reading if self.is_sqlite else {"isolation_level": AUTOCOMMIT}
        self.data_keys: Callable[[], DataKeys] = functools.cache(lambda: DataKeys.load(settings))
        setattr(self.engine.dialect, _KEYS, self.data_keys)

    def __repr__(self) -> str:
        return f"Database({self.url.render_as_string(hide_password=True)})"

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Open a session with one writing transaction: committed at the end, rolled back on an error.

        Yields:
            The session. On SQLite the write lock is held from the beginning, so that what was read
            is still so when it is written.
        """
        committing = False
        try:
            async with (
                self._turn() as left,
                self._translated(),
                AsyncSession(self.engine, expire_on_commit=False) as session,
                session.begin(),
            ):
                if self.is_sqlite:
                    # What was waited for the other writers here is not waited for once more there.
                    await session.connection(execution_options={WAIT_SECONDS: left})
                yield session
                committing = True
        except DatabaseUnavailable as error:
            error.unclear = error.unclear or (committing and not _is_rolled_back(error))
            self._failed_at = time.monotonic()
            if isinstance(error.__cause__, DBAPIError) and _is_read_only(error.__cause__.orig):
                # After a failover the address leads to another server, for those who connect anew.
                await self.engine.dispose()
            raise
        self._failed_at = None

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a session that only reads: a consistent view that waits for no writer."""
        async with self._translated(), AsyncSession(self.engine, expire_on_commit=False) as session:
            await session.connection(execution_options=self._reading)
            yield session
            if not self.is_sqlite:
                # At a rollback psycopg has the server forget every statement that it had prepared.
                await session.commit()

    @contextlib.asynccontextmanager
    async def lookup(self) -> AsyncIterator[AsyncSession]:
        """Open a session for one statement that reads: cheaper than ``reading``, and no view of several."""
        async with self._translated(), AsyncSession(self.engine, expire_on_commit=False) as session:
            await session.connection(execution_options=self._single)
            yield session

    async def check(self) -> None:
        """Make sure that the database answers and can be written, as far as can be told without writing.

        Nobody waits for it and it waits for no writer: it reads, looks at the disk and at the server's mode,
        and remembers how the last write ended.
        """
        async with self._translated(), self.engine.connect() as connection:
            await connection.execution_options(**self._reading)
            await connection.execute(text("SELECT 1"))
        if self.is_sqlite:
            await asyncio.to_thread(self._check_disk)
        else:
            async with self._translated(), self.engine.connect() as connection:
                if await connection.scalar(text(_TAKES_NO_WRITES)):
                    raise DatabaseUnavailable(f"{self!r} is read-only.")
        if self._failed_at is not None and time.monotonic() - self._failed_at < _REMEMBERED_SECONDS:
            raise DatabaseUnavailable("The last write failed.")

    def _check_disk(self) -> None:
        """Look whether SQLite's file and what it writes beside it can grow."""
        path = Path(self.url.database or "")
        try:
            disk = os.statvfs(path.parent)
        except OSError as error:
            raise DatabaseUnavailable(f"{path.parent} cannot be looked at: {error.strerror}.") from error
        if disk.f_flag & os.ST_RDONLY or not all(os.access(one, os.W_OK) for one in (path, path.parent)):
            raise DatabaseUnavailable(f"{path} cannot be written.")
        if disk.f_bavail * disk.f_frsize < self._least_free_bytes:
            raise DatabaseUnavailable(f"The disk of {path} is full.")

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[float]:
        """Wait for one's turn to write, where there is one writer at a time; gives the seconds left."""
        if not self.is_sqlite:
            yield self._wait_seconds
            return
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._writer.acquire()
        except TimeoutError:
            raise DatabaseUnavailable("Too many wait to write to the database.") from None
        try:
            yield max(0.0, began + self._wait_seconds - time.monotonic())
        finally:
            self._writer.release()

    async def compact(self) -> None:
        """Rewrite the database, so that nothing of what was deleted stays in its files.

        On PostgreSQL pages are given free, and their old content goes when they are written again.

        Raises:
            DatabaseUnavailable: It cannot be reached, or others have kept it busy for too long.
        """
        async with self._turn(), self._translated(), self.engine.connect() as connection:
            raw = await connection.execution_options(isolation_level=AUTOCOMMIT)
            if self.is_sqlite:
                await raw.exec_driver_sql("VACUUM")
                await raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                await be_patient(raw, "SESSION")
                await raw.exec_driver_sql("VACUUM")
                await raw.exec_driver_sql("RESET statement_timeout")

    async def dispose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    def _postgresql(self, settings: Settings) -> AsyncEngine:
        told = settings.database
        engine = create_async_engine(
            self.url,
            pool_size=told.pool_size,
            pool_timeout=told.busy_timeout_seconds,
            connect_args={
                "connect_timeout": CONNECT_TIMEOUT_SECONDS,
                # A server or a way to it that died without a word is noticed in seconds, not in hours.
                "keepalives_idle": 5,
                "keepalives_interval": 2,
                "keepalives_count": 3,
                "tcp_user_timeout": round(told.statement_seconds * 1000),
                "options": f"-c statement_timeout={round(told.statement_seconds * 1000)}"
                f" -c lock_timeout={round(told.busy_timeout_seconds * 1000)}",
            },
        )
        cut_the_silent(engine, told.statement_seconds + LATE_SECONDS)
        ping_the_idle(engine)
        return engine

    @contextlib.asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        try:
            yield
        except (DBAPIError, PoolTimeoutError) as error:
            if not _is_outage(error):
                raise
            raise DatabaseUnavailable(self._sentence(error)) from error

    def _sentence(self, error: Exception) -> str:
        cause = error.orig if isinstance(error, DBAPIError) else error
        why = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
        where = self.url.database if self.is_sqlite else self.url.render_as_string(hide_password=True)
        return f"The database {where} cannot be used: {why}."


def keys_of(dialect: Dialect) -> DataKeys:
    """Give the keys of the database that a dialect speaks to: it is all that a column's type is told."""
    return cast("Callable[[], DataKeys]", getattr(dialect, _KEYS))()


def _is_outage(error: Exception) -> bool:
    # SQLite says "file is not a database" with the driver's root class; other errors are our own faults.
    return (
        isinstance(error, OperationalError | InterfaceError | PoolTimeoutError)
        or type(error) is DatabaseError
        or (isinstance(error, DBAPIError) and _is_read_only(error.orig))
    )


def _is_read_only(cause: BaseException | None) -> bool:
    """Tell whether PostgreSQL refused a write because it takes none: a standby, or one set so."""
    state = getattr(cause, "sqlstate", None)
    # A standby that is asked for a writing transaction refuses that as a feature that it lacks.
    return state == "25006" or (state == "0A000" and "recovery" in str(cause))


def _is_rolled_back(error: DatabaseUnavailable) -> bool:
    """Tell whether a commit that failed has certainly changed nothing: SQLite says so of these."""
    cause = error.__cause__
    driver = cause.orig if isinstance(cause, DBAPIError) else None
    return getattr(driver, "sqlite_errorname", "") in {"SQLITE_FULL", "SQLITE_BUSY", "SQLITE_READONLY"}


def _resolve(settings: Settings) -> URL:
    if settings.database.url is None:
        try:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUnavailable(
                f"The data folder {settings.data_dir} cannot be made: {error.strerror}."
            ) from error
        path = settings.data_dir / FILE_NAME
        # Patients' names are for nobody else on the machine; SQLite's other files take after this one.
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return URL.create("sqlite+aiosqlite", database=str(path))
    try:
        url = make_url(settings.database.url.get_secret_value())
    except ArgumentError as error:
        raise DatabaseUnavailable("CHAIRSIDE_DATABASE_URL is not a database URL.") from error
    backend = url.drivername.split("+")[0]
    if backend in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite+aiosqlite")
    raise DatabaseUnavailable(
        "CHAIRSIDE_DATABASE_URL must start with postgresql:// or with sqlite:/// and a file's path."
    )
