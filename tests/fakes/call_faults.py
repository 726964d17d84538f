"""What goes wrong in production, done to real servers, their database and their calls; and undone again."""

import asyncio
import contextlib
import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from kit.db.database import FILE_NAME
from tests.fakes.call_servers import CallServers
from tests.fakes.forked_servers import ForkedServer
from tests.fakes.postgres import PostgresForTests

DISK_MB = 64
_TABLES = "calls, thread_messages, booking_intents, follow_ups"


@contextlib.contextmanager
def small_disk() -> Iterator[tuple[Path, bool]]:
    """Give a folder, and whether it is on a disk of its own that can be filled: not every machine lets us."""
    with tempfile.TemporaryDirectory(prefix="chairside-calls-") as folder:
        options = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", folder]
        mounted = os.geteuid() == 0
        mounted = mounted and subprocess.run(options, check=False, capture_output=True).returncode == 0  # noqa: S603 - fixed words
        try:
            yield Path(folder), mounted
        finally:
            if mounted:
                subprocess.run(["umount", "-l", folder], check=False)  # noqa: S603, S607 - the system's


@dataclass
class World:
    """Servers with their database.

    Attributes:
        postgres: None on SQLite.
        has_small_disk: SQLite's file may fill the disk that it is on.
    """

    servers: CallServers
    number: Callable[[float, float], float]
    postgres: PostgresForTests | None = None
    database: str = ""
    has_small_disk: bool = False

    def victim(self) -> ForkedServer:
        """Choose the server that something befalls: one that holds calls, where one does."""
        running = self.servers.running
        carrying = self.servers.ingress.carrying()
        among = [one for one in running if one.port in carrying] or running
        return among[int(self.number(0, len(among)))]

    def connect(self) -> "psycopg.Connection[Any]":
        """Connect to PostgreSQL as its operator."""
        assert self.postgres is not None
        return psycopg.connect(self.postgres.url(self.database), autocommit=True)


WorldFault = Callable[[World, float], Coroutine[Any, Any, None]]
"""Lasts some seconds, or as long as it takes to have everything up again."""


async def server_killed(world: World, _seconds: float) -> None:
    """A server dies; another is started in its place, as whatever runs servers does."""
    servers = world.servers
    victim = world.victim()
    await servers.kill(victim)
    await servers.start()


async def server_replaced(world: World, _seconds: float) -> None:
    """A server is stopped in order, when another has been started in its place: its calls move."""
    servers = world.servers
    earlier = world.victim()
    await servers.start()
    await servers.stop(earlier)


async def replica_lost(world: World, seconds: float) -> None:
    """A server cannot be reached any more and does not know it: it lives on for a while, then is killed."""
    servers = world.servers
    victim = world.victim()
    servers.ingress.lose(victim.port)
    await asyncio.sleep(seconds)
    servers.ingress.bury()
    await servers.kill(victim)
    await servers.start()


async def database_locked(world: World, seconds: float) -> None:
    """Somebody holds on to what others want to write."""
    if world.postgres is None:
        with contextlib.closing(
            sqlite3.connect(world.servers.folder / FILE_NAME, isolation_level=None)
        ) as one:
            one.execute("PRAGMA busy_timeout = 10000")
            one.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
            one.execute("ROLLBACK")
        return
    with world.connect() as connection, connection.transaction():
        connection.execute(f"LOCK TABLE {_TABLES} IN EXCLUSIVE MODE")
        await asyncio.sleep(seconds)


async def database_full(world: World, seconds: float) -> None:
    """Nothing more fits on the disk."""
    if world.postgres is None and not world.has_small_disk:
        return  # the disk of this machine is nothing to fill
    if world.postgres is None:
        filler = world.servers.folder / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * 65_536)
        try:
            await asyncio.sleep(seconds)
        finally:
            filler.unlink()
        return
    # The server itself says so of a disk that is full.
    with _refusing(world, "could not extend file: No space left on device", "disk_full"):
        await asyncio.sleep(seconds)


@contextlib.contextmanager
def _refusing(world: World, words: str, condition: str) -> Iterator[None]:
    """Let PostgreSQL refuse what is to be written.

    Args:
        condition: Its name of the error.
    """
    tables = [name.strip() for name in _TABLES.split(",")]
    with world.connect() as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = '{condition}'; END $$"
        )
        for table in tables:
            connection.execute(
                f"CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION refuse()"
            )
        try:
            yield
        finally:
            for table in tables:
                connection.execute(f"DROP TRIGGER refuse ON {table}")


async def database_read_only(world: World, seconds: float) -> None:
    """After a failover the address leads to a server that takes no writes."""
    # Whoever asks for a writing transaction by name gets one in spite of the setting; of a standby, never.
    refused = _refusing(
        world, "cannot execute INSERT in a read-only transaction", "read_only_sql_transaction"
    )
    with refused, world.connect() as connection:
        connection.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        connection.execute("SELECT pg_reload_conf()")
        try:
            await asyncio.sleep(seconds)
        finally:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute("ALTER SYSTEM RESET default_transaction_read_only")
            connection.execute("SELECT pg_reload_conf()")


async def database_stopped(world: World, seconds: float) -> None:
    """The database server is stopped, and started again."""
    assert world.postgres is not None
    world.postgres.crash()
    await asyncio.sleep(seconds)
    await asyncio.to_thread(world.postgres.start)


async def database_frozen(world: World, seconds: float) -> None:
    """The database server says nothing any more, for a while."""
    assert world.postgres is not None
    with world.postgres.frozen():
        await asyncio.sleep(seconds)
