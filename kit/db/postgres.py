"""PostgreSQL's connections: asked whether they live when they lay idle, and cut when nothing answers."""

import asyncio
import contextlib
import os
import socket
import time
from typing import Any, Literal

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

IDLE_SECONDS = 0.2
"""No server restarts in less; and a request that takes up four connections does not ask four times."""
LATE_SECONDS = 2.0
"""After a statement's longest time, for a server that lives to say that it took too long."""
_USED = "chairside_used"
_PATIENT = "chairside_patient"
_CUT = "chairside_cut"


def ping_the_idle(engine: AsyncEngine) -> None:
    """Ask a connection that has lain idle whether it lives, before it is used.

    A server that was restarted is no outage for who comes after. SQLAlchemy's own ``pool_pre_ping`` asks each
    time, which is a round trip more for every transaction.
    """
    dialect = engine.dialect

    def checked_out(connection: Any, record: Any, _proxy: Any) -> None:
        used = record.info.get(_USED)
        if used is None or time.monotonic() - used < IDLE_SECONDS:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # the pool makes another

    def checked_in(_connection: Any, record: Any) -> None:
        record.info[_USED] = time.monotonic()

    event.listen(engine.sync_engine, "checkout", checked_out)
    event.listen(engine.sync_engine, "checkin", checked_in)


def cut_the_silent(engine: AsyncEngine, seconds: float) -> None:
    """Cut a connection whose server has answered nothing for so long.

    A server that is frozen, or whose disk hangs, holds its connections open: no time-out of its own runs, its
    machine answers keep-alives, and psycopg waits even for a task that was cancelled. To be called before
    ``ping_the_idle``, so that a ping is bounded too.
    """

    def begin(record: Any, connection: Any) -> None:
        end(record)
        if not record.info.get(_PATIENT):
            loop = asyncio.get_running_loop()
            record.info[_CUT] = loop.call_later(seconds, _cut, connection.driver_connection)

    def end(record: Any) -> None:
        if timer := record.info.pop(_CUT, None):
            timer.cancel()

    def checked_out(connection: Any, record: Any, _proxy: Any) -> None:
        begin(record, connection)

    def checked_in(_connection: Any, record: Any) -> None:
        end(record)
        record.info.pop(_PATIENT, None)

    def asked(connection: Any, *_statement: Any) -> None:
        if connection.invalidated:
            return
        proxy = connection.connection
        begin(proxy._connection_record, proxy)  # noqa: SLF001 # where the events above keep theirs

    for name in ("before_cursor_execute", "commit", "rollback"):
        event.listen(engine.sync_engine, name, asked)
    event.listen(engine.sync_engine, "checkout", checked_out)
    event.listen(engine.sync_engine, "checkin", checked_in)


async def be_patient(connection: AsyncConnection, scope: Literal["LOCAL", "SESSION"] = "LOCAL") -> None:
    """Let a transaction's statements take as long as they need; a session's, until it is reset."""
    raw = await connection.get_raw_connection()
    raw.info[_PATIENT] = True
    await connection.exec_driver_sql(f"SET {scope} statement_timeout = 0")


def _cut(connection: psycopg.AsyncConnection[Any]) -> None:
    """End a connection without its server, as if the line had been cut: who waits for it gets an error."""
    with contextlib.suppress(OSError, psycopg.Error):
        line = socket.socket(fileno=os.dup(connection.fileno()))
        with line:
            line.shutdown(socket.SHUT_RDWR)
