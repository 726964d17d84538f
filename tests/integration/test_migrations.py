"""The tables that the migrations make are the tables that the models describe."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import StatementError

from config.settings import Settings
from kit.db.database import Database
from practice.records.accounts import Account
from practice.records.migrate import alembic_config, migrate
from practice.records.tables import metadata
from tests.conftest import postgres_settings, sqlite_settings
from tests.fakes.postgres import PostgresForTests


async def test_the_migrated_schema_equals_the_models(database: Database) -> None:
    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    async with database.session() as session:
        differences = await (await session.connection()).run_sync(compare)
    assert differences == []


async def test_migrating_again_changes_nothing_even_from_several_tasks_at_once(database: Database) -> None:
    await asyncio.gather(*(migrate(database) for _ in range(4)))


async def test_every_migration_can_be_taken_back(database: Database) -> None:
    async with database.session() as session:
        connection = await session.connection()
        await connection.run_sync(lambda sync: command.downgrade(alembic_config(sync), "base"))
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert tables == ["alembic_version"]
    await migrate(database)
    await database.check()


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
