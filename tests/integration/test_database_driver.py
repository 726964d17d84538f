"""How statements get to the database: few errands to SQLite's thread, no dead connection to PostgreSQL."""

import asyncio
from datetime import UTC, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from config.settings import Settings
from kit.clock import Clock
from kit.db.database import Database, DatabaseUnavailable
from kit.db.singles import IDLE_SECONDS
from kit.db.sqlite import Connection, connect
from practice.records.accounts import Account
from practice.records.partners import Partner, PartnerKey
from tests.fakes.postgres import PostgresForTests


class CountedErrands(Connection):
    """A connection that counts how often its thread is asked for something."""

    errands = 0

    async def _execute(self, fn, *args, **kwargs):  # type: ignore[no-untyped-def] # noqa: ANN001,ANN002,ANN003,ANN202 - as the driver's
        self.errands += 1
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]


def end_connections(url: str) -> None:
    """End a database's connections as its server does when it is restarted."""
    with psycopg.connect(url, autocommit=True) as operator:
        operator.execute(
            "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def opened(file: Path) -> CountedErrands:
    plain = connect(str(file), isolation_level=None)
    counted = CountedErrands(plain._connector, 64)  # noqa: SLF001 - as the driver makes it
    await counted
    counted.errands = 0
    return counted


async def test_a_read_takes_one_errand_with_its_transaction(tmp_path: Path) -> None:
    connection = await opened(tmp_path / "a.db")
    connection.begin(read_only=True)
    cursor = await connection.cursor().execute("SELECT 1, ?", (2,))
    assert [*await cursor.fetchall()] == [(1, 2)]
    await connection.rollback()
    assert connection.errands == 1
    await connection.close()


async def test_a_write_takes_one_errand_and_one_to_commit(tmp_path: Path) -> None:
    connection = await opened(tmp_path / "a.db")
    connection.begin(read_only=False)
    await connection.cursor().execute("CREATE TABLE t (x)")
    await connection.commit()
    assert connection.errands == 2
    connection.begin(read_only=False)
    cursor = await connection.cursor().executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
    assert cursor.rowcount == 2
    await connection.rollback()
    cursor = await connection.cursor().execute("SELECT count(*) FROM t")
    assert [*await cursor.fetchall()] == [(0,)]
    await connection.close()


async def test_what_was_never_begun_needs_no_end(tmp_path: Path) -> None:
    connection = await opened(tmp_path / "a.db")
    connection.begin(read_only=False)
    await connection.commit()
    connection.begin(read_only=True)
    await connection.rollback()
    assert connection.errands == 0
    await connection.close()


async def test_a_failed_statement_leaves_nothing_open(database: Database, clock: Clock) -> None:
    with pytest.raises(Exception, match="nonsense"):
        async with database.session() as session:
            await session.execute(text("nonsense"))
    async with database.session() as session:
        await session.execute(insert(Account).values(id="acct_1", name="A", created_at=clock()))
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Account)) == 1


async def test_a_cancelled_writer_leaves_the_lock(database: Database, clock: Clock) -> None:
    entered = asyncio.Event()

    async def write() -> None:
        async with database.session() as session:
            await session.execute(insert(Account).values(id="acct_1", name="A", created_at=clock()))
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


async def test_a_single_statement_is_a_transaction_of_its_own(database: Database, clock: Clock) -> None:
    account = {"id": "acct_1", "name": "A", "created_at": clock()}
    assert await database.change(insert(Account), account) == 1
    renamed = update(Account).where(Account.id == bindparam("wanted")).values(name="B")
    assert await database.change(renamed, {"wanted": "acct_1"}) == 1
    assert await database.change(renamed, {"wanted": "acct_none"}) == 0
    query = select(Account.name, Account.created_at).where(Account.id == bindparam("wanted"))
    assert [tuple(row) for row in await database.fetch(query, {"wanted": "acct_1"})] == [("B", clock())]
    with pytest.raises(IntegrityError):
        await database.change(insert(Account), account)
    assert await database.change(renamed, {"wanted": "acct_1"}) == 1, "the failure left nothing open"


async def test_a_single_statement_waits_for_the_writer_before_it(database: Database, clock: Clock) -> None:
    renamed = update(Account).where(Account.id == "acct_1").values(name=Account.name + bindparam("more"))
    async with database.session() as session:
        await session.execute(insert(Account).values(id="acct_1", name="A", created_at=clock()))
    async with database.session() as session:
        await session.execute(renamed, {"more": "B"})
        waiting = asyncio.create_task(database.change(renamed, {"more": "C"}))
        await asyncio.sleep(0.05)
        assert not waiting.done()
    assert await waiting == 1
    async with database.reading() as session:
        assert await session.scalar(select(Account.name)) == "ABC"


async def test_more_at_once_than_there_are_connections_wait_for_one(database: Database) -> None:
    query = select(func.count()).select_from(Account)
    found = await asyncio.gather(*(database.fetch(query, {}) for _ in range(100)))
    assert [rows[0][0] for rows in found] == [0] * 100


async def test_a_single_statement_means_what_it_means_in_a_session(database: Database, clock: Clock) -> None:
    partner = {
        "id": "ptnr_1",
        "name": "José %s :x ?",
        "strict_idempotency": True,
        "sealed_event_secret": b"\x00\xff",
        "event_url": None,
        "created_at": clock(),
    }
    key = {
        "id": "key_1",
        "partner_id": "ptnr_1",
        "prefix": "sk",
        "sha256": "0" * 64,
        "scopes": ["a", "b"],
        "created_at": clock().astimezone(timezone(timedelta(hours=-5))),
    }
    assert await database.change(insert(Partner), partner) == 1
    assert await database.change(insert(PartnerKey), key) == 1
    names = ("id", "name", "strict_idempotency", "sealed_event_secret", "event_url", "created_at")
    query = select(
        *(getattr(Partner, name) for name in names), PartnerKey.scopes, PartnerKey.created_at.label("at")
    )
    query = query.join(PartnerKey, PartnerKey.partner_id == Partner.id).where(
        Partner.id == bindparam("wanted")
    )
    (single,) = await database.fetch(query, {"wanted": "ptnr_1"})
    async with database.reading() as session:
        (read,) = await session.execute(query, {"wanted": "ptnr_1"})
    assert tuple(single) == tuple(read) == (*partner.values(), ["a", "b"], clock())
    assert (single.scopes, single.at.tzinfo) == (["a", "b"], UTC)


async def test_a_statement_whose_text_depends_on_its_values_is_no_single_one(database: Database) -> None:
    with pytest.raises(ValueError, match="another statement each time"):
        await database.fetch(select(Account.id).where(Account.id.in_(["acct_1", "acct_2"])), {})


async def test_a_failed_single_statement_tells_no_values(database: Database, clock: Clock) -> None:
    account = {"id": "acct_1", "name": "Jane Roe", "created_at": clock()}
    await database.change(insert(Account), account)
    with pytest.raises(IntegrityError) as caught:
        await database.change(insert(Account), account)
    assert "Jane Roe" not in str(caught.value)


async def test_a_single_statement_that_nobody_waits_for_any_more_holds_nobody_up(
    database: Database, clock: Clock
) -> None:
    renamed = update(Account).where(Account.id == "acct_1").values(name=bindparam("other"))
    async with database.session() as session:
        await session.execute(insert(Account).values(id="acct_1", name="A", created_at=clock()))
    async with database.session() as session:
        await session.execute(renamed, {"other": "B"})
        waiting = [asyncio.create_task(database.change(renamed, {"other": "C"})) for _ in range(30)]
        await asyncio.sleep(0.05)
        for task in waiting:
            task.cancel()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        assert {type(one) for one in ended} == {asyncio.CancelledError}
    async with asyncio.timeout(20):
        assert await database.change(renamed, {"other": "D"}) == 1
        (row,) = await database.fetch(select(Account.name), {})
    assert row.name == "D"


@pytest.mark.postgres
async def test_a_single_statement_on_a_connection_that_was_just_cut_is_an_outage_and_the_next_is_none(
    postgres: PostgresForTests, postgres_database: str, tmp_path: Path
) -> None:
    url = postgres.url(postgres_database)
    database = Database(Settings(data_dir=tmp_path, database={"url": url}))
    query = select(func.pg_backend_pid(), func.pg_sleep(0.05))
    await asyncio.gather(*(database.fetch(query, {}) for _ in range(3)))
    end_connections(url)
    with pytest.raises(DatabaseUnavailable):
        await database.fetch(query, {})
    await asyncio.gather(*(database.fetch(query, {}) for _ in range(3)))
    await database.dispose()


@pytest.mark.postgres
async def test_connections_that_were_ended_meanwhile_are_replaced(
    postgres: PostgresForTests, postgres_database: str, tmp_path: Path
) -> None:
    url = postgres.url(postgres_database)
    database = Database(Settings(data_dir=tmp_path, database={"url": url}))
    query = select(func.pg_sleep(0.05))
    await asyncio.gather(
        database.check(), database.check(), database.fetch(query, {}), database.fetch(query, {})
    )
    end_connections(url)
    await asyncio.sleep(IDLE_SECONDS)  # what was just used is not asked whether it lives
    await asyncio.gather(
        database.check(), database.check(), database.fetch(query, {}), database.fetch(query, {})
    )
    await database.dispose()
