"""The tables that the migrations make are the tables that the models describe."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import StatementError

from config.settings import Settings
from kit.db.database import FILE_NAME, Database, DatabaseUnavailable
from practice.records.accounts import Account
from practice.records.migrate import migrate
from practice.records.tables import metadata
from tests.conftest import postgres_settings, sqlite_settings
from tests.fakes.postgres import PostgresForTests

TABLES_AT_0018 = Path(__file__).parents[1] / "data" / "tables_at_0018.sql"


async def differences(database: Database) -> list[object]:
    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    async with database.session() as session:
        return await (await session.connection()).run_sync(compare)


async def test_the_migrated_schema_equals_the_models(database: Database) -> None:
    assert await differences(database) == []


async def test_migrating_again_changes_nothing_even_from_several_tasks_at_once(database: Database) -> None:
    await asyncio.gather(*(migrate(database) for _ in range(4)))


async def test_a_database_of_the_first_revision_is_brought_to_the_models(tmp_path: Path) -> None:
    """Its tables are those that the migrations before the first release had made, one after the other."""
    settings = sqlite_settings(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME)) as file:
        file.executescript(TABLES_AT_0018.read_text())
    database = Database(settings)
    await migrate(database)
    assert await differences(database) == []
    await database.dispose()


@pytest.mark.parametrize(("revision", "sentence"), [("0017", "before the first release"), ("9999", "later")])
async def test_a_database_that_no_migration_leads_from_is_refused(
    database: Database, revision: str, sentence: str
) -> None:
    async with database.session() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    with pytest.raises(DatabaseUnavailable, match=sentence):
        await migrate(database)


async def test_a_naive_datetime_is_not_stored(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        async with database.session() as session:
            session.add(Account(id="acct_1", name="A", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001


@pytest.fixture
def empty_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Give settings whose database has no tables yet."""
    if request.param == "sqlite":
        yield sqlite_settings(tmp_path)
    else:
        server: PostgresForTests = request.getfixturevalue("postgres")
        name = server.create()
        yield postgres_settings(tmp_path, server.url(name))
        server.drop(name)


@pytest.mark.parametrize(
    "empty_settings", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
async def test_several_processes_that_start_at_once_migrate_an_empty_database_once(
    empty_settings: Settings,
) -> None:
    databases = [Database(empty_settings) for _ in range(4)]
    await asyncio.gather(*(migrate(database) for database in databases))
    for database in databases:
        await database.dispose()
