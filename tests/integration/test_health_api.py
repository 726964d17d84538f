"""Health: alive, and able to take calls."""

from tests.fakes.app import AppUnderTest


async def test_a_running_server_is_alive_and_ready(app: AppUnderTest) -> None:
    assert app.agent.started
    live, ready = await app.client.get("/health/live"), await app.client.get("/health/ready")
    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    assert ready.json() == {"status": "ok", "checks": {"database": "ok", "serving": "ok", "capacity": "ok"}}


async def test_whoever_watches_may_ask_without_a_body(app: AppUnderTest) -> None:
    for path in ("/health/ready", "/docs/partner", "/openapi/partner.json", "/v1/bots"):
        whole = await app.client.get(path, headers=app.partner())
        head = await app.client.head(path, headers=app.partner())
        assert (head.status_code, head.content) == (200, b""), path
        for name in ("Content-Length", "Content-Type", "ETag"):
            assert head.headers.get(name) == whole.headers.get(name)
    wrong = await app.client.head("/v1/bookings", headers=app.partner())
    assert (wrong.status_code, wrong.content, wrong.headers["Allow"]) == (405, b"", "POST")


async def test_a_stopping_server_is_alive_and_not_ready(app: AppUnderTest) -> None:
    app.services.in_progress.draining = True
    assert (await app.client.get("/health/live")).status_code == 200
    ready = await app.client.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]["serving"]) == (503, "failing")


async def test_a_server_without_its_database_is_not_ready(app: AppUnderTest) -> None:
    await app.services.database.dispose()
    file = app.settings.data_dir / "chairside.db"
    file.unlink()
    file.mkdir()
    ready = await app.client.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]["database"]) == (503, "failing")


async def test_while_the_database_is_away_the_other_doors_say_so_in_their_shapes(app: AppUnderTest) -> None:
    await app.services.database.dispose()
    file = app.settings.data_dir / "chairside.db"
    file.unlink()
    file.mkdir()
    partner = await app.client.get(f"/v1/bots/{app.demo.bot_id}", headers=app.partner())
    site = await app.client.get(f"/site/{app.demo.site_id}/assistant", headers=app.site())
    assert (partner.status_code, partner.json()["error"]["code"]) == (503, "unavailable")
    assert (site.status_code, site.json()["error"]) == (503, "Service Unavailable")
