"""A server that is killed in the middle of a booking, on each engine; `make torture` plays many more."""

import asyncio
import contextlib
import dataclasses
import shutil
from pathlib import Path

import pytest

from kit.db.database import FILE_NAME
from tests.fakes.forked_servers import ForkedServers
from tests.fakes.kills import LEDGER_POINTS, Lane, Point, Tally, open_lane, plan
from tests.fakes.platform_process import run_platform_process
from tests.fakes.postgres import PostgresForTests

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

SEED = 20261201
AT_A_POINT, AT_ANY_MOMENT = 3, 7
"""Rounds at each of the six points, and between them: twenty-five on each engine."""
LANES = 2
POINTS: tuple[Point, ...] = (*LEDGER_POINTS, None)


async def _play(lanes: list[Lane], point: Point) -> None:
    rounds = AT_ANY_MOMENT if point is None else AT_A_POINT
    first = POINTS.index(point) * 1000  # rounds of their own for each point

    async def play(lane: Lane, share: int) -> None:
        for number in range(first + share, first + rounds, len(lanes)):
            await lane.play(plan(SEED, number, [point]))

    async with asyncio.TaskGroup() as group:
        for share, lane in enumerate(lanes):
            group.create_task(play(lane, share))
    assert sum(lane.tally.rounds for lane in lanes) == rounds
    names = [point] if point else ["any moment", "frozen, not killed"]
    kills = sum(lane.tally.kills[name] for lane in lanes for name in names)
    assert kills >= rounds // 2, "the server was not killed there"


@pytest.mark.xdist_group("kills-sqlite")
@pytest.mark.parametrize("point", POINTS)
async def test_one_server_on_sqlite_books_once_wherever_it_is_killed(
    point: Point, fork_server: ForkedServers, tmp_path: Path, sqlite_template: Path
) -> None:
    with run_platform_process() as platform:
        async with fork_server.attached() as fork, contextlib.AsyncExitStack() as stack:
            lanes = []
            for share in range(LANES):
                folder = tmp_path / str(share)
                folder.mkdir()
                shutil.copy(sqlite_template, folder / FILE_NAME)
                lanes.append(await stack.enter_async_context(open_lane(fork, platform, folder)))
            await _play(lanes, point)


@pytest.mark.postgres
@pytest.mark.xdist_group("kills-postgres")
@pytest.mark.parametrize("point", POINTS)
async def test_two_replicas_on_postgres_book_once_wherever_one_is_killed(
    point: Point,
    fork_server: ForkedServers,
    tmp_path: Path,
    postgres: PostgresForTests,
    postgres_database: str,
) -> None:
    url = postgres.url(postgres_database)
    with run_platform_process() as platform:
        try:
            async with (
                fork_server.attached() as fork,
                open_lane(fork, platform, tmp_path, database_url=url, replicas=2) as lane,
            ):
                others = [dataclasses.replace(lane, tally=Tally()) for _ in range(LANES - 1)]
                await _play([lane, *others], point)
        finally:
            postgres.empty(postgres_database)
