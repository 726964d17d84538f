"""Health: alive, and able to take calls."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.doors import Injected, include_routers


@pytest.fixture
async def doors(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Injected]:
    async with include_routers(tmp_path, sqlite_template) as doors:
        yield doors


async def test_a_running_server_is_alive_and_ready(doors: Injected) -> None:
    assert doors.agent.started
    live, ready = await doors.client.get("/health/live"), await doors.client.get("/health/ready")
    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    assert ready.json() == {"status": "ok", "checks": {"database": "ok", "serving": "ok"}}


async def test_whoever_watches_may_ask_without_a_body(doors: Injected) -> None:
    for path in ("/health/ready", "/docs/partner", "/openapi/partner.json", "/v1/bots"):
        whole = await doors.client.get(path, headers=doors.partner())
        head = await doors.client.head(path, headers=doors.partner())
        assert (head.status_code, head.content) == (200, b""), path
        for name in ("Content-Length", "Content-Type", "ETag"):
            assert head.headers.get(name) == whole.headers.get(name)
    wrong = await doors.client.head("/v1/bookings", headers=doors.partner())
    assert (wrong.status_code, wrong.content, wrong.headers["Allow"]) == (405, b"", "POST")


async def test_a_stopping_server_is_alive_and_not_ready(doors: Injected) -> None:
    doors.services.in_progress.draining = True
    assert (await doors.client.get("/health/live")).status_code == 200
    ready = await doors.client.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]["serving"]) == (503, "failing")


async def test_a_server_without_its_database_is_not_ready(doors: Injected) -> None:
    await doors.services.database.dispose()
    file = doors.settings.data_dir / "chairside.db"
    file.unlink()
    file.mkdir()
    ready = await doors.client.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]["database"]) == (503, "failing")


async def test_while_the_database_is_away_the_other_doors_say_so_in_their_shapes(doors: Injected) -> None:
    await doors.services.database.dispose()
    file = doors.settings.data_dir / "chairside.db"
    file.unlink()
    file.mkdir()
    partner = await doors.client.get(f"/v1/bots/{doors.demo.bot_id}", headers=doors.partner())
    site = await doors.client.get(f"/site/{doors.demo.site_id}/assistant", headers=doors.site())
    assert (partner.status_code, partner.json()["error"]["code"]) == (503, "unavailable")
    assert (site.status_code, site.json()["error"]) == (503, "Service Unavailable")
