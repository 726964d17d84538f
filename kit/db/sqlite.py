"""SQLite for an event loop: each statement is one errand of the connection's own thread.

An errand to another thread and back costs more than most statements. The driver runs four for a statement
(make a cursor, execute, fetch, close) and one each to begin and to end a transaction; here a transaction
begins together with its first statement, a statement is one errand, and nobody waits for a reader's end.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Self, TypeVar

import aiosqlite

Row = tuple[Any, ...]
Done = TypeVar("Done")


class Cursor:
    """One statement's outcome, as much of a cursor as SQLAlchemy asks for."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: Sequence[Row] = ()
        self.arraysize = 1
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        """Begin; there is nothing to open."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """End; everything was closed when it was done."""

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        """Run a statement and fetch what it gives."""
        return await self._run(sql, parameters, many=False)

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> Self:
        """Run a statement once for each of the parameters."""
        return await self._run(sql, parameters, many=True)

    async def fetchall(self) -> Sequence[Row]:
        """Give the rows."""
        return self._rows

    async def close(self) -> None:
        """Close; it is."""

    async def _run(self, sql: str, parameters: Sequence[Any], *, many: bool) -> Self:
        begin = self._connection.take_begin()

        def errand(connection: sqlite3.Connection) -> None:
            if begin is not None:
                connection.execute(begin)
            made = (connection.executemany if many else connection.execute)(sql, parameters)
            self.description = made.description
            self._rows = made.fetchall() if made.description else ()
            self.rowcount, self.lastrowid = made.rowcount, made.lastrowid
            made.close()

        await self._connection.run(errand)
        return self


class Connection(aiosqlite.Connection):
    """A connection whose transactions begin when there is something to do."""

    _begin: str | None = None
    _reads_only = False
    _is_open = False

    def begin(self, *, read_only: bool) -> None:
        """Begin a transaction with the next statement.

        Args:
            read_only: Take a view; otherwise take the write lock.
        """
        self._begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
        self._reads_only = read_only

    def take_begin(self) -> str | None:
        """Give what the next statement has to begin with, if anything."""
        begin, self._begin = self._begin, None
        self._is_open = self._is_open or begin is not None
        return begin

    async def run(self, errand: Callable[[sqlite3.Connection], Done]) -> Done:
        """Have the connection's thread do something."""
        done: Done = await self._execute(errand, self._conn)  # type: ignore[no-untyped-call] # it says no types
        return done

    def cursor(self) -> Cursor:  # type: ignore[override] # SQLAlchemy enters it, as it does the driver's
        """Give a cursor."""
        return Cursor(self)

    async def commit(self) -> None:
        """Commit what has begun."""
        self._begin, is_open, self._is_open = None, self._is_open, False
        if is_open:
            await super().commit()

    async def rollback(self) -> None:
        """Take back what has begun; of what was only read nothing needs taking back, so nobody waits."""
        self._begin, is_open, self._is_open = None, self._is_open, False
        if is_open and self._reads_only:
            self._tx.put_nowait((None, self._conn.rollback))
        elif is_open:
            await super().rollback()


async def execute(connection: Connection, sql: str, parameters: Sequence[Any]) -> tuple[Sequence[Row], int]:
    """Run a single statement, outside of any transaction."""

    def errand(driver: sqlite3.Connection) -> tuple[Sequence[Row], int]:
        cursor = driver.execute(sql, parameters)
        return cursor.fetchall(), cursor.rowcount

    return await connection.run(errand)


def connect(file: str, **options: Any) -> Connection:
    """Make a connection; await it to open it.

    Args:
        options: Of ``sqlite3.connect``.
    """
    made = Connection(lambda: sqlite3.connect(file, **options), iter_chunk_size=64)
    made._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does for the driver's own
    return made
