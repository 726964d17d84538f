"""The limits at the partner api, and what it says while the records are away."""

from pathlib import Path

from config.settings import LimitSettings, ServerSettings
from tests.fakes.partner_app import booking_for, error, run_partner_app


async def test_a_key_that_asks_too_much_is_told_when_to_come_back(
    tmp_path: Path, sqlite_template: Path
) -> None:
    limits = LimitSettings(requests_per_minute=3)
    async with run_partner_app(tmp_path, sqlite_template, limits=limits) as api:
        path = f"/v1/bots/{api.embedded}"
        left = [(await api.get(path)).headers["RateLimit-Remaining"] for _ in range(3)]
        assert left == ["2", "1", "0"]
        refused = await api.get(path)
        assert error(refused) == (429, "rate_limited")
        assert 1 <= int(refused.headers["Retry-After"]) <= 120
        assert (refused.headers["RateLimit-Limit"], refused.headers["RateLimit-Remaining"]) == ("3", "0")
        before = await api.written()
        assert error(await api.book(api.embedded, "k")) == (429, "rate_limited")
        assert await api.written() == before
        other = await api.app.services.partner_keys.create_key(api.partner_id)
        assert (await api.get(path, other.key)).status_code == 200
        for _ in range(5):
            assert (await api.get(path, api.app.services.runtime.for_bot(api.embedded))).status_code == 200


async def test_an_errors_answer_says_what_is_left_as_well(tmp_path: Path, sqlite_template: Path) -> None:
    async with run_partner_app(tmp_path, sqlite_template) as api:
        missing = await api.get("/v1/bookings/none")
        assert missing.headers["RateLimit-Limit"] == "1200"
        assert 1 <= int(missing.headers["RateLimit-Reset"]) <= 60


async def test_wrong_keys_are_counted_by_address_before_they_are_looked_up(
    tmp_path: Path, sqlite_template: Path
) -> None:
    limits = LimitSettings(refused_keys_per_minute=3)
    async with run_partner_app(tmp_path, sqlite_template, limits=limits) as api:
        path = f"/v1/bots/{api.embedded}"
        spare = (await api.app.services.partner_keys.create_key(api.partner_id)).key
        assert (await api.get(path)).status_code == 200
        answers = [error(await api.get(path, "sk_ptnr_wrong")) for _ in range(4)]
        assert answers == [(401, "invalid_api_key")] * 3 + [(429, "rate_limited")]
        # What was good a moment ago still is; what nobody has seen yet has to wait.
        assert (await api.get(path)).status_code == 200
        refused = await api.get(path, spare)
        assert error(refused) == (429, "rate_limited")
        assert int(refused.headers["Retry-After"]) >= 1
        assert (await api.get(path, api.app.services.runtime.for_bot(api.embedded))).status_code == 200


async def test_clients_behind_our_own_proxy_are_told_apart(tmp_path: Path, sqlite_template: Path) -> None:
    limits = LimitSettings(refused_keys_per_minute=1)
    server = ServerSettings(trusted_proxies="127.0.0.1")
    async with run_partner_app(tmp_path, sqlite_template, limits=limits, server=server) as api:

        async def status(client: str) -> int:
            headers = {**api.app.partner("sk_ptnr_wrong"), "X-Forwarded-For": client}
            return (await api.app.client.get("/v1/bots", headers=headers)).status_code

        assert [await status("203.0.113.9"), await status("203.0.113.9")] == [401, 429]
        assert await status("203.0.113.10") == 401
        assert await status("203.0.113.11, 203.0.113.10") == 429


async def test_while_the_records_are_away_everything_is_put_off(
    tmp_path: Path, sqlite_template: Path
) -> None:
    async with run_partner_app(tmp_path, sqlite_template) as api:
        await api.app.services.database.dispose()
        file = api.app.settings.data_dir / "chairside.db"
        file.unlink()
        file.mkdir()
        for response in (
            await api.book(api.external, "k"),
            await api.get("/v1/bookings/1"),
            await api.post("/v1/bookings/1/cancel", booking_for(api.external), "k"),
        ):
            assert error(response) == (503, "unavailable")
            assert response.headers["Retry-After"] == "2"
            assert response.headers["Chairside-Nothing-Done"] == "true"
        assert api.platform.requests == []
