"""A database that goes away, or takes no writes any more."""

import contextlib
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from kit.db.database import FILE_NAME, Database


async def lose_connections(database: Database) -> None:
    """Cut all connections, as a restart of PostgreSQL does; those of SQLite cannot be lost."""
    if database.is_sqlite:
        return
    cut = text(
        "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with database.session() as session:
        await session.execute(cut)


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[bool]:
    """Let SQLite's folder take no writes, as its system does after an error of the disk; nobody has it open.

    Yields:
        Whether it is so: not every machine lets us.
    """
    with contextlib.ExitStack() as stack:
        # Whoever has it open keeps the files beside it there, without which nobody could read it either.
        reader = stack.enter_context(contextlib.closing(sqlite3.connect(folder / FILE_NAME)))
        reader.execute("SELECT COUNT(*) FROM sqlite_master").fetchall()
        if os.geteuid():
            for one in (*folder.iterdir(), folder):
                mode = one.stat().st_mode
                stack.callback(one.chmod, mode)
                one.chmod(mode & ~0o222)
            yield True
            return
        # Nothing is forbidden to root, but by a mount.
        bound = _mounted("--bind", str(folder), str(folder))
        if bound:
            stack.callback(subprocess.run, ["umount", "-l", str(folder)], check=False)
        yield bound and _mounted("-o", "remount,ro,bind", str(folder))


def _mounted(*words: str) -> bool:
    return subprocess.run(["mount", *words], check=False, capture_output=True).returncode == 0  # noqa: S603, S607 - the system's
