"""The database: SQLite in the data folder, or PostgreSQL by URL; the same records on both."""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from config.settings import Settings

FILE_NAME = "chairside.db"
CONNECT_TIMEOUT_SECONDS = 5
SQLITE_CONNECTIONS = 20
"""At most; each has a thread. They are kept, because to open one costs more than a hundred statements."""
_READ_ONLY = "chairside_read_only"


class DatabaseUnavailable(Exception):
    """The database cannot be opened, reached or written; the message is one sentence for the operator."""


class Database:
    """An engine and its sessions.

    Args:
        settings: ``database.url``, or the data folder for SQLite.

    Raises:
        DatabaseUnavailable: The URL is none we understand, or the data folder cannot be made.
    """

    def __init__(self, settings: Settings) -> None:
        self.url = _resolve(settings)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # SQLite has one writer at a time. Waiting here, in order, is fair; waiting in SQLite is a poll.
        self._writer = asyncio.Lock() if self.is_sqlite else contextlib.nullcontext()
        self.engine = self._sqlite(settings) if self.is_sqlite else self._postgresql(settings)
        reading = (
            {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        self._reader = self.engine.execution_options(**{_READ_ONLY: True}, **reading)

    def __repr__(self) -> str:
        return f"Database({self.url.render_as_string(hide_password=True)})"

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Open a session with one writing transaction: committed at the end, rolled back on an error.

        Yields:
            The session. On SQLite the write lock is held from the beginning, so that what was read
            is still so when it is written.

        Raises:
            DatabaseUnavailable: The database cannot be reached or stays locked.
        """
        async with (
            self._writer,
            self._translated(),
            AsyncSession(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a session that only reads: a consistent view that waits for no writer.

        Raises:
            DatabaseUnavailable: The database cannot be reached.
        """
        async with self._translated(), AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session
            if not self.is_sqlite:
                # At a rollback psycopg has the server forget every statement that it had prepared.
                await session.commit()

    async def check(self) -> None:
        """Make sure that the database answers and can be written.

        Raises:
            DatabaseUnavailable: It does not, or cannot.
        """
        async with self.session() as session:
            await session.execute(text("SELECT 1"))

    async def dispose(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    def _sqlite(self, settings: Settings) -> AsyncEngine:
        engine = create_async_engine(
            self.url,
            pool_size=SQLITE_CONNECTIONS,
            max_overflow=0,
            connect_args={"timeout": settings.database.busy_timeout_seconds},
        )
        event.listen(engine.sync_engine, "do_connect", _try_sqlite)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine

    def _postgresql(self, settings: Settings) -> AsyncEngine:
        return create_async_engine(
            self.url,
            pool_size=settings.database.pool_size,
            pool_pre_ping=True,  # a server that was restarted is no outage for who comes after
            connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS},
        )

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


def _is_outage(error: Exception) -> bool:
    # SQLite says "file is not a database" with the driver's root class; other errors are our own faults.
    return (
        isinstance(error, OperationalError | InterfaceError | PoolTimeoutError)
        or type(error) is DatabaseError
    )


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


def _try_sqlite(_dialect: Any, _record: Any, arguments: Any, _options: Any) -> None:
    # The driver opens the file in a thread of its own, which outlives a failure and complains when the
    # event loop is closed by then. A file that cannot be opened fails here first, quietly.
    sqlite3.connect(arguments[0]).close()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction control begins lazily and deferred; ours begins where SQLAlchemy does.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA journal_mode=WAL")
        # A caller who was told "you're booked" must be booked after a power cut too.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
    except BaseException:
        # The pool never learns of this connection, so nobody else would end its thread.
        connection.close()
        raise
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
