"""The engine: which databases we understand, what is said when they are not there, and who waits for whom."""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from config.settings import DatabaseSettings, Settings
from kit.clock import Clock
from kit.db.database import Database, DatabaseUnavailable
from practice.records.accounts import Account
from practice.records.partners import BotNumber
from practice.records.staff import StaffMember
from tests.fakes.outages import lose_connections, read_only
from tests.fakes.postgres import PostgresForTests


def told(folder: Path, url: str | None) -> Settings:
    return Settings(
        data_dir=folder,
        database=DatabaseSettings(url=SecretStr(url) if url else None, busy_timeout_seconds=0.1),
    )


async def read(database: Database) -> None:
    async with database.reading() as session:
        await session.execute(select(1))


@pytest.mark.parametrize(
    ("url", "drivername"),
    [
        ("postgresql://u:p@h/d", "postgresql+psycopg"),
        ("postgres://u:p@h/d", "postgresql+psycopg"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql+psycopg"),
        ("sqlite:////tmp/x.db", "sqlite+aiosqlite"),
        (None, "sqlite+aiosqlite"),
    ],
)
async def test_a_url_chooses_the_driver(tmp_path: Path, url: str | None, drivername: str) -> None:
    database = Database(told(tmp_path, url))
    assert database.url.drivername == drivername
    await database.dispose()


@pytest.mark.parametrize("url", ["mysql://h/d", "sqlite://", "sqlite:///:memory:", "nonsense", "://"])
def test_a_url_that_we_do_not_understand_is_one_clear_error(tmp_path: Path, url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="CHAIRSIDE_DATABASE_URL"):
        Database(told(tmp_path, url))


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    assert "hunter2" not in repr(Database(told(tmp_path, "postgresql://u:hunter2@h/d")))


async def test_a_data_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DatabaseUnavailable, match="data folder"):
        Database(told(tmp_path / "file" / "folder", None))


async def test_a_file_that_cannot_be_opened_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "chairside.db").mkdir()
    database = Database(told(tmp_path, None))
    with pytest.raises(DatabaseUnavailable, match=r"chairside\.db cannot be used"):
        await database.check()
    with pytest.raises(DatabaseUnavailable, match=r"chairside\.db cannot be used"):
        await read(database)
    await database.dispose()


async def test_a_file_that_is_no_database_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "chairside.db").write_bytes(b"not a database, but long enough to be read as one" * 20)
    database = Database(told(tmp_path, None))
    with pytest.raises(DatabaseUnavailable, match="not a database"):
        await database.check()
    await database.dispose()


async def test_a_server_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    database = Database(told(tmp_path, "postgresql://u:hunter2@127.0.0.1:1/d"))
    for ask in (database.check(), read(database)):
        with pytest.raises(DatabaseUnavailable) as caught:
            await ask
        assert "hunter2" not in str(caught.value)
        assert "\n" not in str(caught.value)
    await database.dispose()


async def test_a_file_locked_by_another_process_is_one_clear_error(tmp_path: Path) -> None:
    one, other = Database(told(tmp_path, None)), Database(told(tmp_path, None))
    async with one.session() as session:
        await session.execute(text("CREATE TABLE t (x INTEGER)"))
        with pytest.raises(DatabaseUnavailable, match="locked"):
            await write(other, "SELECT 1")
    await write(other, "SELECT 1")
    await one.dispose()
    await other.dispose()


async def write(database: Database, *statements: str, cut: Database | None = None) -> None:
    async with database.session() as session:
        for statement in statements:
            await session.execute(text(statement))
            if cut is not None:
                await lose_connections(cut)


@pytest.mark.postgres
async def test_a_commit_that_broke_off_may_have_been_carried_out(
    postgres: PostgresForTests, postgres_database: str, tmp_path: Path
) -> None:
    database = Database(told(tmp_path, postgres.url(postgres_database)))
    other = Database(told(tmp_path, postgres.url(postgres_database)))
    for statements, unclear in ((["SELECT 1"], True), (["SELECT 1", "SELECT 1"], False)):
        with pytest.raises(DatabaseUnavailable) as caught:
            await write(database, *statements, cut=other)
        assert caught.value.unclear is unclear
    await database.dispose()
    await other.dispose()


async def test_a_full_disk_is_an_outage_in_which_nothing_was_written(tmp_path: Path) -> None:
    database = Database(told(tmp_path, None))
    await write(database, "CREATE TABLE t (x BLOB)")
    with pytest.raises(DatabaseUnavailable, match="full") as caught:
        await write(database, "PRAGMA max_page_count = 2", "INSERT INTO t VALUES (zeroblob(50000))")
    assert not caught.value.unclear
    await database.dispose()


async def test_all_who_wait_to_write_wait_no_longer_than_one(tmp_path: Path) -> None:
    one, other = Database(told(tmp_path, None)), Database(told(tmp_path, None))
    async with one.session() as session:
        await session.execute(text("CREATE TABLE t (x INTEGER)"))
        began = time.monotonic()
        waiting = [write(other, "SELECT 1") for _ in range(20)]
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        waited = time.monotonic() - began
    assert {type(one) for one in outcomes} == {DatabaseUnavailable}
    assert waited < 1.0, "each in turn would have waited two seconds"
    await write(other, "SELECT 1")
    await one.dispose()
    await other.dispose()


async def test_whether_it_is_ready_is_told_while_somebody_writes(database: Database) -> None:
    async with database.session() as session:
        await session.execute(text("SELECT 1"))
        await asyncio.wait_for(database.check(), 5)


async def test_after_a_write_that_failed_it_is_not_ready_until_one_succeeds(tmp_path: Path) -> None:
    database = Database(told(tmp_path, None))
    await write(database, "CREATE TABLE t (x BLOB)")
    await database.check()
    with pytest.raises(DatabaseUnavailable, match="full"):
        await write(database, "PRAGMA max_page_count = 2", "INSERT INTO t VALUES (zeroblob(50000))")
    with pytest.raises(DatabaseUnavailable, match="last write"):
        await database.check()
    await write(database, "INSERT INTO t VALUES (1)")
    await database.check()
    await database.dispose()


async def test_a_disk_that_is_nearly_full_is_not_ready(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database=DatabaseSettings(least_free_mb=10**9))
    database = Database(settings)
    with pytest.raises(DatabaseUnavailable, match="disk"):
        await database.check()
    await database.dispose()


async def test_a_disk_that_takes_no_writes_is_told_at_once_and_can_still_be_read(tmp_path: Path) -> None:
    database = Database(told(tmp_path, None))
    await write(database, "CREATE TABLE t (x INTEGER)")
    await database.dispose()
    with read_only(tmp_path) as is_so:
        if not is_so:
            pytest.skip("this machine lets nobody mount")
        with pytest.raises(DatabaseUnavailable, match="cannot be written"):
            await database.check()
        with pytest.raises(DatabaseUnavailable, match="readonly") as caught:
            await write(database, "INSERT INTO t VALUES (1)")
        assert not caught.value.unclear
        await read(database)
        await database.dispose()
    await write(database, "INSERT INTO t VALUES (1)")
    await database.check()
    await database.dispose()


@pytest.mark.postgres
async def test_a_server_that_takes_no_writes_is_an_outage_until_there_is_another(
    postgres: PostgresForTests, tmp_path: Path
) -> None:
    name = postgres.create()
    database = Database(told(tmp_path, postgres.url(name)))
    await write(database, "CREATE TABLE t (x INTEGER)")
    await write(database, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await database.dispose()
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable, match="read-only"):
            await write(database, "INSERT INTO t VALUES (1)")
        assert database.engine.sync_engine.pool.checkedin() == 0, "who comes next connects anew"  # type: ignore[attr-defined] # a queue
    with pytest.raises(DatabaseUnavailable, match="read-only"):
        await database.check()
    await write(database, "SET TRANSACTION READ WRITE", f"ALTER DATABASE {name} RESET ALL")
    await database.dispose()
    await write(database, "INSERT INTO t VALUES (1)")
    await database.check()
    await database.dispose()


@pytest.mark.postgres
async def test_a_statement_that_takes_too_long_is_an_outage_and_holds_no_connection(
    postgres: PostgresForTests, tmp_path: Path, postgres_database: str
) -> None:
    url = SecretStr(postgres.url(postgres_database))
    settings = Settings(data_dir=tmp_path, database=DatabaseSettings(url=url, statement_seconds=0.1))
    database = Database(settings)
    with pytest.raises(DatabaseUnavailable, match="statement timeout"):
        await write(database, "SELECT pg_sleep(60)")
    await read(database)
    await database.dispose()


@contextlib.asynccontextmanager
async def over_tcp(url: str) -> AsyncIterator[str]:
    """Give a URL by which a server that listens at a file is reached over the network."""
    told = make_url(url)
    passing: set[asyncio.Task[None]] = set()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(f"{told.query['host']}/.s.PGSQL.5432")
        await asyncio.gather(_pump(reader, back), _pump(there, writer))

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passing.add(asyncio.create_task(pass_on(reader, writer)))

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        here = told.set(host="127.0.0.1", port=port, query={})
        yield here.render_as_string(hide_password=False)
    await asyncio.gather(*passing)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


@pytest.mark.postgres
async def test_a_way_to_the_server_that_dies_without_a_word_is_noticed_in_seconds(
    postgres: PostgresForTests, tmp_path: Path, postgres_database: str
) -> None:
    async with over_tcp(postgres.url(postgres_database)) as url:
        told = DatabaseSettings(url=SecretStr(url), statement_seconds=7.0, busy_timeout_seconds=3.0)
        database = Database(Settings(data_dir=tmp_path, database=told))
        async with database.engine.connect() as connection:
            limits = [
                (await connection.execute(text(f"SHOW {name}"))).scalar_one()
                for name in ("statement_timeout", "lock_timeout")
            ]
            raw = await connection.get_raw_connection()
            line = socket.socket(fileno=os.dup(raw.driver_connection.pgconn.socket))  # type: ignore[union-attr] # psycopg's
            with line:
                alive = line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
                idle, interval, count, unanswered_ms = (
                    line.getsockopt(socket.IPPROTO_TCP, option)
                    for option in (
                        socket.TCP_KEEPIDLE,
                        socket.TCP_KEEPINTVL,
                        socket.TCP_KEEPCNT,
                        socket.TCP_USER_TIMEOUT,
                    )
                )
        await database.dispose()
    assert limits == ["7s", "3s"]
    assert alive
    assert idle + interval * count <= 15, "nobody waits for an answer that cannot come"
    assert unanswered_ms == 7000


async def test_writers_take_turns_and_lose_nothing(database: Database, clock: Clock) -> None:
    async with database.session() as session:
        session.add(Account(id="acct_1", name="0", created_at=clock()))

    async def count_up() -> None:
        async with database.session() as session:
            query = select(Account).where(Account.id == "acct_1").with_for_update()
            account = (await session.scalars(query)).one()
            await asyncio.sleep(0)
            account.name = str(int(account.name) + 1)

    await asyncio.gather(*(count_up() for _ in range(20)))
    async with database.reading() as session:
        assert await session.scalar(select(Account.name)) == "20"


async def test_what_is_committed_survives_a_power_cut(tmp_path: Path) -> None:
    database = Database(told(tmp_path, None))
    async with database.session() as session:
        full = 2  # https://www.sqlite.org/pragma.html#pragma_synchronous
        assert (await session.execute(text("PRAGMA synchronous"))).scalar_one() == full
    await database.dispose()


async def test_a_reader_waits_for_no_writer(database: Database, clock: Clock) -> None:
    async with database.session() as writing:
        writing.add(Account(id="acct_1", name="A", created_at=clock()))
        await writing.flush()
        async with database.reading() as session:
            assert await session.scalar(select(func.count()).select_from(Account)) == 0


async def test_a_writer_waits_for_no_reader_and_the_reader_keeps_its_view(
    database: Database, clock: Clock
) -> None:
    count = select(func.count()).select_from(Account)
    async with database.reading() as session:
        assert await session.scalar(count) == 0
        async with database.session() as writing:
            writing.add(Account(id="acct_1", name="A", created_at=clock()))
        assert await session.scalar(count) == 0
    async with database.reading() as session:
        assert await session.scalar(count) == 1


async def test_an_error_takes_everything_back(database: Database, clock: Clock) -> None:
    async def fail() -> None:
        async with database.session() as session:
            session.add(Account(id="acct_1", name="A", created_at=clock()))
            await session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Account)) == 0


async def test_a_failed_statement_leaves_nothing_open(database: Database, clock: Clock) -> None:
    with pytest.raises(Exception, match="nonsense"):
        async with database.session() as session:
            await session.execute(text("nonsense"))
    async with database.session() as session:
        session.add(Account(id="acct_1", name="A", created_at=clock()))
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Account)) == 1


async def test_a_cancelled_writer_releases_the_lock_and_leaves_nothing(
    database: Database, clock: Clock
) -> None:
    entered = asyncio.Event()

    async def write() -> None:
        async with database.session() as session:
            session.add(Account(id="acct_1", name="A", created_at=clock()))
            await session.flush()
            entered.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write())
    await entered.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await database.check()
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Account)) == 0


async def test_writers_cancelled_while_they_wait_hold_nobody_up(database: Database, clock: Clock) -> None:
    async def write(number: int) -> None:
        async with database.session() as session:
            session.add(Account(id=f"acct_{number}", name="A", created_at=clock()))

    async with database.session() as session:
        session.add(Account(id="acct_0", name="A", created_at=clock()))
        await session.flush()
        waiting = [asyncio.create_task(write(0)) for _ in range(30)]
        await asyncio.wait(waiting, timeout=0)
        for task in waiting:
            task.cancel()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(one) for one in ended} == {asyncio.CancelledError}
    async with asyncio.timeout(20):
        await write(1)


async def test_more_at_once_than_there_are_connections_wait_for_one(database: Database) -> None:
    await asyncio.gather(*(read(database) for _ in range(100)))


async def test_a_reference_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.session() as session:
            session.add(BotNumber(number="+12025550100", bot_id="bot_none"))


async def test_moments_come_back_aware_in_utc(database: Database, clock: Clock) -> None:
    async with database.session() as session:
        session.add(
            StaffMember(
                id="staf_1",
                email="a@b",
                password_hash="",
                role="ADMIN",
                first_name="A",
                last_name="B",
                created_at=clock(),
            )
        )
    async with database.reading() as session:
        moment = await session.scalar(select(StaffMember.created_at))
    assert moment == clock()
    assert moment is not None
    assert moment.isoformat() == "2026-11-30T14:00:00+00:00"


@pytest.mark.postgres
async def test_postgresql_plans_a_statement_that_is_read_often_once(
    tmp_path: Path, postgres: PostgresForTests, postgres_database: str
) -> None:
    database = Database(told(tmp_path, postgres.url(postgres_database)))
    asked = text("SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE '%this very statement%'")
    prepared = []
    for _ in range(12):
        async with database.reading() as session:
            prepared.append(await session.scalar(asked))
    assert prepared[-1] == 1
    await database.dispose()


@pytest.mark.postgres
async def test_connections_that_the_server_has_ended_are_replaced(
    tmp_path: Path, postgres: PostgresForTests, postgres_database: str
) -> None:
    database = Database(told(tmp_path, postgres.url(postgres_database)))
    await asyncio.gather(read(database), read(database), database.check(), database.check())
    await lose_connections(database)
    await asyncio.gather(read(database), read(database), database.check(), database.check())
    await database.dispose()


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
async def test_a_long_result_comes_whole_at_once_and_in_parts(database: Database, count: int) -> None:
    numbers = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
        " SELECT i FROM n WHERE i <= :count"
    )
    async with database.reading() as session:
        rows = (await session.scalars(text(numbers), {"count": count})).all()
        assert rows == list(range(1, count + 1))
        streamed = await session.stream_scalars(text(numbers), {"count": count})
        assert [row async for part in streamed.partitions(70) for row in part] == rows
