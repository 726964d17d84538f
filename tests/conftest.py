"""What every test may ask for: a database of its own, on each engine we serve."""

import asyncio
import gc
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest
import structlog
from argon2 import PasswordHasher
from pydantic import SecretStr

from config.settings import DatabaseSettings, Settings
from kit.clock import Clock
from kit.db.database import FILE_NAME, Database
from kit.keyring import Keyring
from practice.records.migrate import migrate
from tests.fakes.clock import fixed_clock
from tests.fakes.demo_practice import DemoIds, seed_demo
from tests.fakes.postgres import PostgresForTests, Saved

CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashes passwords at once; how slow the product is at it is not under test."""

Result = TypeVar("Result")

MOMENT = datetime(2026, 11, 30, 14, tzinfo=UTC)

# A million objects are made at collection, and stay: looking through them for garbage takes half its time.
gc.disable()

# How long one example takes says more of the machine than of the code.
hypothesis.settings.register_profile("chairside", deadline=None)
hypothesis.settings.load_profile("chairside")


def sqlite_settings(folder: Path) -> Settings:
    """Tell the product to keep its records in a folder, whatever the environment says."""
    return Settings(data_dir=folder, database=DatabaseSettings())


def postgres_settings(folder: Path, url: str) -> Settings:
    """Tell the product to keep its records in PostgreSQL."""
    return Settings(data_dir=folder, database=DatabaseSettings(url=SecretStr(url)))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for garbage from now on, among what the tests make."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)  # a test makes and drops more than a call
    gc.enable()


@pytest.fixture(autouse=True)
def plain_logs() -> None:
    """Print lines without the decorated tracebacks of structlog's default, which take seconds each."""
    structlog.reset_defaults()  # a test before this one may have set up the product's own
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.set_exc_info,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )


def _with_database(settings: Settings, work: Callable[[Database], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        database = Database(settings)
        try:
            return await work(database)
        finally:
            await database.dispose()

    return asyncio.run(run())


async def _seed(database: Database) -> DemoIds:
    return await seed_demo(database, fixed_clock(MOMENT), hasher=CHEAP_HASHER)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one SQLite file, to be copied."""
    folder = tmp_path_factory.mktemp("sqlite-template")
    _with_database(sqlite_settings(folder), migrate)
    return folder / FILE_NAME


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresForTests]:
    """Start the session's PostgreSQL server."""
    server = PostgresForTests()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_database(postgres: PostgresForTests, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Migrate one PostgreSQL database, to be emptied after each test."""
    name = postgres.create()
    folder = tmp_path_factory.mktemp("postgres")
    _with_database(postgres_settings(folder, postgres.url(name)), migrate)
    return name


@pytest.fixture(scope="session")
def sqlite_demo(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoIds]:
    """Seed one SQLite file with the demo practice, to be copied."""
    folder = tmp_path_factory.mktemp("sqlite-demo")
    shutil.copy(sqlite_template, folder / FILE_NAME)
    return folder / FILE_NAME, _with_database(sqlite_settings(folder), _seed)


@pytest.fixture(scope="session")
def postgres_demo(
    postgres: PostgresForTests, postgres_database: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Saved, DemoIds]:
    """Save what PostgreSQL holds with the demo practice, to be filled in."""
    folder = tmp_path_factory.mktemp("postgres-demo")
    ids = _with_database(postgres_settings(folder, postgres.url(postgres_database)), _seed)
    saved = postgres.save(postgres_database)
    postgres.empty(postgres_database)
    return saved, ids


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Give settings whose database is migrated, and empty but for ``demo``: on SQLite, then on PostgreSQL."""
    seeded = "demo" in request.fixturenames
    if request.param == "sqlite":
        found = request.getfixturevalue("sqlite_demo" if seeded else "sqlite_template")
        template: Path = found[0] if seeded else found
        shutil.copy(template, tmp_path / FILE_NAME)
        yield sqlite_settings(tmp_path)
    else:
        server: PostgresForTests = request.getfixturevalue("postgres")
        name: str = request.getfixturevalue("postgres_database")
        if seeded:
            server.fill(name, request.getfixturevalue("postgres_demo")[0])
        yield postgres_settings(tmp_path, server.url(name))
        server.empty(name)


@pytest.fixture
async def database(database_settings: Settings) -> AsyncIterator[Database]:
    """Give a migrated, empty database: a test that asks for it runs on each engine."""
    database = Database(database_settings)
    yield database
    await database.dispose()


@pytest.fixture
def clock() -> Clock:
    """Show Monday, 30 November 2026, nine in the morning in New York."""
    return fixed_clock(MOMENT)


@pytest.fixture
def keyring() -> Keyring:
    """Give an installation's keys that are the same in every test."""
    return Keyring(b"a master key of thirty-two bytes")


@pytest.fixture
def demo(database: Database, request: pytest.FixtureRequest) -> DemoIds:
    """Keep the demo practice in the database."""
    ids: DemoIds = request.getfixturevalue("sqlite_demo" if database.is_sqlite else "postgres_demo")[1]
    return ids
