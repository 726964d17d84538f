"""SQLite's connections: each has a thread, and a statement crosses over to it once."""

import sqlite3
from collections.abc import Iterable
from typing import Any

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

CONNECTIONS = 20
"""At most; each has a thread. They are kept, because to open one costs more than a hundred statements."""
AUTOCOMMIT = "AUTOCOMMIT"
"""SQLAlchemy's name for statements outside any transaction."""
READ_ONLY = "chairside_read_only"
WAIT_SECONDS = "chairside_wait_seconds"
_AHEAD = 100
"""Rows; of a longer result the rest is fetched when it is asked for."""
_BUSY_MS = "chairside_busy_ms"
_BUSY_STEP_MS = 100
"""How exactly SQLite is told how long to wait; it is told once for each transaction that waited here."""


def sqlite_engine(url: URL) -> AsyncEngine:
    """Make an engine whose transactions begin where SQLAlchemy's do.

    Execution options: ``READ_ONLY`` for a transaction that waits for no writer, ``WAIT_SECONDS`` for how long
    one that writes may wait for others.
    """

    async def connect() -> aiosqlite.Connection:
        [path], options = engine.dialect.create_connect_args(url)
        # The driver opens the file in a thread of its own, which outlives a failure and complains when the
        # event loop is closed by then. A file that cannot be opened fails here first, quietly.
        sqlite3.connect(path).close()
        return await _Connection(str(path), {**options, "check_same_thread": False})

    engine = create_async_engine(url, pool_size=CONNECTIONS, max_overflow=0, async_creator=connect)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


class _Cursor(aiosqlite.Cursor):
    """A cursor that has the first rows fetched where the statement was executed.

    The driver's own asks its thread four times for one SELECT, and each time costs more than the SELECT.
    """

    _rows: list[Any]
    _all = True

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> aiosqlite.Cursor:
        await self._execute(  # type: ignore[no-untyped-call] # the driver's own way to its thread
            self._run, sql, () if parameters is None else parameters
        )
        return self

    async def fetchone(self) -> sqlite3.Row | None:
        rows = await self.fetchmany(1)
        return next(iter(rows), None)

    async def fetchmany(self, size: int | None = None) -> Iterable[sqlite3.Row]:
        if self._rows or self._all:
            wanted = self.arraysize if size is None else size
            rows, self._rows = self._rows[:wanted], self._rows[wanted:]
            return rows
        return await super().fetchmany(size)

    async def fetchall(self) -> Iterable[sqlite3.Row]:
        rows, self._rows = self._rows, []
        return rows if self._all else [*rows, *await super().fetchall()]

    async def close(self) -> None:
        self._cursor.close()

    def _run(self, sql: str, parameters: Iterable[Any]) -> None:
        cursor = self._cursor.execute(sql, parameters)  # type: ignore[arg-type] # what SQLAlchemy gives
        self._rows = cursor.fetchmany(_AHEAD) if cursor.description else []
        self._all = len(self._rows) < _AHEAD


class _Connection(aiosqlite.Connection):
    """A connection that makes its cursors without asking its thread."""

    def __init__(self, path: str, options: dict[str, Any]) -> None:
        super().__init__(lambda: sqlite3.connect(path, **options), iter_chunk_size=64)
        self._thread.daemon = True

    def cursor(self) -> Any:
        return _Cursor(self, self._conn.cursor())


def _prepare(connection: Any, _record: Any) -> None:
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


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == AUTOCOMMIT:
        return
    if options.get(READ_ONLY, False):
        connection.exec_driver_sql("BEGIN")
        return
    if WAIT_SECONDS in options:
        busy_ms = round(options[WAIT_SECONDS] * 1000 / _BUSY_STEP_MS) * _BUSY_STEP_MS
        if connection.info.get(_BUSY_MS) != busy_ms:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {busy_ms}")
            connection.info[_BUSY_MS] = busy_ms
    connection.exec_driver_sql("BEGIN IMMEDIATE")
