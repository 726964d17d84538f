"""A few rounds of ``make torture-calls``: whole calls to real servers while something fails."""

import pytest

from tests.fakes.call_rounds import open_lane, plan
from tests.fakes.forked_servers import ForkedServers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SEED = 7
CALLS = 3


@pytest.mark.parametrize(
    ("engine", "batch"),
    [
        pytest.param("sqlite", 0, id="server killed", marks=pytest.mark.xdist_group("kills-sqlite")),
        pytest.param(
            "postgres",
            12,
            id="database read-only",
            marks=[pytest.mark.postgres, pytest.mark.xdist_group("kills-postgres")],
        ),
    ],
)
async def test_calls_survive_what_befalls_them(engine: str, batch: int, fork_server: ForkedServers) -> None:
    async with fork_server.attached() as fork, open_lane(fork, engine, SEED) as lane:
        courses = await lane.play(plan(engine, SEED, batch, CALLS, model=False))
    for course in courses:
        # How long nobody spoke says on a busy machine more of the machine; `make torture-calls` measures it.
        assert set(course.findings()) - {"silence"} == set(), course.story()
