"""Bring a database's tables up to date, in process."""

import functools
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from kit.db.database import Database, DatabaseUnavailable
from kit.db.postgres import be_patient

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x63686169_72736964
"""Any fixed number: whoever migrates a PostgreSQL database holds the advisory lock of this name."""


def alembic_config(connection: Connection | None = None) -> Config:
    """Describe the migrations to Alembic."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def migrate(database: Database) -> None:
    """Run the migrations that are missing, also when several start at once; else DatabaseUnavailable."""
    async with database.session() as session:
        connection = await session.connection()
        # Whoever comes second waits here: Alembic keeps in global names what it is just doing. SQLite's
        # transaction is exclusive, and begins with its first statement.
        if database.is_sqlite:
            await connection.execute(text("SELECT 1"))
        else:
            # A table may be large, and another replica may be at it.
            await be_patient(connection)
            await connection.execute(text("SET LOCAL lock_timeout = 0"))
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        try:
            await connection.run_sync(_upgrade)
        except CommandError as error:
            raise DatabaseUnavailable(f"A later version has written this database: {error}.") from error


def _upgrade(connection: Connection) -> None:
    # Alembic runs the file of every migration there is, only to find that none is missing.
    if MigrationContext.configure(connection).get_current_heads() != (_head(),):
        command.upgrade(alembic_config(connection), "head")


@functools.cache
def _head() -> str | None:
    return ScriptDirectory.from_config(alembic_config()).get_current_head()
