"""PostgreSQL that answers nothing, though its connections stand."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from config.settings import DatabaseSettings, Settings
from kit.db.database import Database, DatabaseUnavailable
from kit.db.postgres import IDLE_SECONDS, be_patient
from tests.fakes.postgres import PostgresForTests


@pytest.mark.postgres
@pytest.mark.parametrize("idle", [False, True], ids=["in use", "idle"])
async def test_a_server_that_is_frozen_is_an_outage_and_not_an_endless_wait(
    postgres: PostgresForTests, tmp_path: Path, postgres_database: str, idle: bool
) -> None:
    told = DatabaseSettings(url=SecretStr(postgres.url(postgres_database)), statement_seconds=1.0)
    database = Database(Settings(data_dir=tmp_path, database=told))
    statement = text("SELECT 1")

    async def ask() -> int:
        async with database.reading() as session:
            value: int = (await session.execute(statement)).scalar_one()
            return value

    assert await ask() == 1
    await asyncio.sleep(2 * IDLE_SECONDS if idle else 0)
    with postgres.frozen():
        asked = asyncio.create_task(ask())
        done, _ = await asyncio.wait({asked}, timeout=60)
    assert done, "somebody waits for as long as the server is frozen"
    with pytest.raises(DatabaseUnavailable):
        await asked
    assert await ask() == 1
    await database.dispose()


@pytest.mark.postgres
async def test_a_statement_that_may_take_long_is_not_cut(
    postgres: PostgresForTests, tmp_path: Path, postgres_database: str
) -> None:
    told = DatabaseSettings(url=SecretStr(postgres.url(postgres_database)), statement_seconds=0.2)
    database = Database(Settings(data_dir=tmp_path, database=told))
    async with database.session() as session:
        await be_patient(await session.connection())
        await session.execute(text("SELECT pg_sleep(3)"))
    with pytest.raises(DatabaseUnavailable):
        async with database.session() as session:
            await session.execute(text("SELECT pg_sleep(3)"))
    await database.dispose()
