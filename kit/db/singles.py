"""Single statements, each a transaction of its own, on the shortest way that there is to the driver.

What SQLAlchemy does around a statement (a connection from the pool, a cursor, an execution context, a
result, all in a greenlet) costs several times what the statement does. A statement that is run all the time
is compiled once, with what its types do to values, and handed to the driver itself.
"""

import functools
import time
from asyncio import Semaphore
from collections import namedtuple
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.expression import UpdateBase
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import greenlet_spawn

Statement = Select[*tuple[Any, ...]] | UpdateBase
Row = Any
"""A named tuple."""
Run = Callable[[Any, str, Any], Awaitable[tuple[Sequence[Sequence[Any]], int]]]
"""Runs a statement with its parameters on a driver's connection; gives the rows and how many were changed."""

IDLE_SECONDS = 1.0
"""How long a connection to PostgreSQL may lie idle and still be taken to be one."""
MOST_COMPILED = 256
_KINDS: dict[str, type[DBAPIError]] = {
    kind.__name__: kind
    for kind in (
        IntegrityError,
        OperationalError,
        InterfaceError,
        DataError,
        ProgrammingError,
        NotSupportedError,
        InternalError,
        DatabaseError,
    )
}


class Compiled:
    """A statement as its driver takes it.

    Args:
        statement: The statement; its own literal values are part of it.
        names: Of the values that it is run with.

    Raises:
        ValueError: Its text depends on its values.
    """

    def __init__(self, statement: Statement, names: Iterable[str], dialect: Dialect) -> None:
        given = dict.fromkeys(names)
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(given))
        if compiled.post_compile_params:
            raise ValueError("a list of values makes another statement each time; run it in a session")
        self.sql: str = compiled.string
        self._literals = {
            name: value for name, value in compiled.construct_params(given).items() if name not in given
        }
        self._positional: bool = compiled.positional
        taken: Sequence[str] = (
            compiled.positiontup if self._positional else list(compiled.construct_params(given))
        )
        self._binds = [
            (name, _impl(compiled.binds[name].type, dialect).bind_processor(dialect)) for name in taken
        ]
        columns = statement.selected_columns if isinstance(statement, Select) else None
        self._row = _row_type(columns.keys() if columns else ())
        self._reads = [
            _impl(column.type, dialect).result_processor(dialect, None) for column in columns or ()
        ]

    def bind(self, values: Mapping[str, Any]) -> Sequence[Any] | Mapping[str, Any]:
        """Give the parameters for the driver.

        Args:
            values: By name, as the statement's types have them.
        """
        known = {**self._literals, **values}
        if self._positional:
            return [known[name] if process is None else process(known[name]) for name, process in self._binds]
        return {
            name: known[name] if process is None else process(known[name]) for name, process in self._binds
        }

    def read(self, rows: Sequence[Sequence[Any]]) -> list[Row]:
        """Give the driver's rows as the statement's types have them, each a named tuple."""
        return [
            self._row._make(
                value if process is None else process(value)
                for value, process in zip(row, self._reads, strict=True)
            )
            for row in rows
        ]


@dataclass(slots=True, eq=False)
class _Line:
    """A connection that is kept.

    Attributes:
        left_at: When it was last used, monotonic seconds.
    """

    proxied: PoolProxiedConnection
    driver: Any
    left_at: float = field(default_factory=time.monotonic)


class Singles:
    """Runs single statements, on connections that are kept for nothing else.

    The one used last is used next: what it knows, and the thread that SQLite's have, is still warm.

    Args:
        most: How many connections; who finds none free waits for one.
        execute: Runs a statement on a driver's connection.
        check: Connections that lay idle may have been cut meanwhile.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        most: int,
        execute: Run,
        *,
        check: bool,
    ) -> None:
        self._engine = engine
        self._dialect = engine.sync_engine.dialect
        self._driver: Any = self._dialect.loaded_dbapi
        self._execute = execute
        self._check = check
        self._room = Semaphore(most)
        self._free: list[_Line] = []
        self._compiled = functools.lru_cache(MOST_COMPILED)(self._compile)

    async def run(self, statement: Statement, values: Mapping[str, Any]) -> tuple[list[Row], int]:
        """Run a statement.

        Args:
            statement: The statement; the same object each time, or it is compiled each time.

        Raises:
            DBAPIError: What the driver raises, as SQLAlchemy has it.
        """
        compiled = self._compiled(statement, tuple(values))
        parameters = compiled.bind(values)
        try:
            async with self._room:
                line = await self._take()
                try:
                    rows, count = await self._execute(line.driver, compiled.sql, parameters)
                except BaseException as error:
                    await self._give_up(line, error)
                    raise
                self._leave(line)
        except self._driver.Error as error:
            raise _as_sqlalchemys(error, compiled.sql) from error
        return compiled.read(rows), count

    async def aclose(self) -> None:
        """Give the connections back to the engine."""
        free, self._free = self._free, []
        for line in free:
            await greenlet_spawn(line.proxied.close)

    def _compile(self, statement: Statement, names: tuple[str, ...]) -> Compiled:
        return Compiled(statement, names, self._dialect)

    async def _take(self) -> _Line:
        if self._free:
            line = self._free.pop()
            if not self._check or time.monotonic() - line.left_at < IDLE_SECONDS:
                return line
            try:
                await greenlet_spawn(self._dialect.do_ping, line.proxied.dbapi_connection)
            except BaseException as error:
                await self._give_up(line, error)
                if not isinstance(error, self._driver.Error):
                    raise
            else:
                return line
        proxied = await self._engine.raw_connection()
        return _Line(proxied, proxied.driver_connection)

    async def _give_up(self, line: _Line, error: BaseException) -> None:
        """See to a connection on which something went wrong."""
        if not self._check:
            self._leave(line)  # whoever asked may be gone; its thread comes to an end of it
        elif isinstance(error, self._driver.OperationalError | self._driver.InterfaceError):
            # Its server may have gone, and then the others are cut as well.
            await self._drop([line, *self._free])
        elif isinstance(error, self._driver.Error):
            self._leave(line)
        else:
            await self._drop([line])

    def _leave(self, line: _Line) -> None:
        line.left_at = time.monotonic()
        self._free.append(line)

    async def _drop(self, lines: Sequence[_Line]) -> None:
        self._free = [line for line in self._free if line not in lines]
        for line in lines:
            await greenlet_spawn(line.proxied.invalidate)
            await greenlet_spawn(line.proxied.close)


def _row_type(names: Iterable[str]) -> Any:
    return namedtuple("Row", list(names), rename=True)  # noqa: PYI024 - its names come with the statement


def _impl(of: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return of.dialect_impl(dialect)


def _as_sqlalchemys(error: Exception, sql: str) -> DBAPIError:
    """Give a driver's error the name that it has everywhere else; without values, which may be personal."""
    names = (kind.__name__ for kind in type(error).__mro__)
    kind = next((_KINDS[name] for name in names if name in _KINDS), DBAPIError)
    return kind(sql, None, error)
