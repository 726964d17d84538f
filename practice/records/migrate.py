"""Make a database's tables, and bring those that are there up to date, in process.

A new database is made from the models; a migration changes those that stand at the revision before it.
"""

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
from practice.records.guards import GUARDS
from practice.records.tables import metadata

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
    """Make the tables, or run the migrations that are missing, also when several start at once.

    Raises:
        DatabaseUnavailable: It cannot be reached, or its tables are not ours to bring up to date.
    """
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
        await connection.run_sync(_bring_up_to_date)


def _bring_up_to_date(connection: Connection) -> None:
    first, newest = _revisions()
    stands_at = MigrationContext.configure(connection).get_current_revision()
    if stands_at is None:
        metadata.create_all(connection)
        for statement in GUARDS[connection.dialect.name]:
            connection.exec_driver_sql(statement)
        command.stamp(alembic_config(connection), newest)
    elif stands_at < first:
        raise DatabaseUnavailable(
            f"This database is of a version from before the first release ({stands_at}): see the changelog."
        )
    # Alembic runs the file of every migration there is, only to find that none is missing.
    elif stands_at != newest:
        try:
            command.upgrade(alembic_config(connection), newest)
        except CommandError as error:
            raise DatabaseUnavailable(f"A later version has written this database: {error}.") from error


@functools.cache
def _revisions() -> tuple[str, str]:
    """Look up the first revision and the newest."""
    script = ScriptDirectory.from_config(alembic_config())
    return str(script.get_base()), str(script.get_current_head())
