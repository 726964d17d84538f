"""The Partner API as its clients see it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.fakes.app import AppUnderTest
from tests.fakes.bots import create_bot
from webhooks.security.runtime_credentials import PARTNER_PREFIX

DAY = {"start_at": "2026-12-02T00:00:00-05:00", "end_at": "2026-12-03T00:00:00-05:00"}


def search_body(app: AppUnderTest, **changes: Any) -> dict[str, Any]:
    return {"bot_id": app.demo.bot_id, "query": {"filter": {"start_at_range": DAY}}, **changes}


async def search(app: AppUnderTest, path: str = "/v1/availability/search", **changes: Any) -> httpx.Response:
    return await app.client.post(path, json=search_body(app, **changes), headers=app.partner())


async def booking_body(app: AppUnderTest) -> dict[str, Any]:
    window = (await search(app)).json()["availabilities"][0]
    customer = {"phone": "+12025550100", "name": "Anna Bell"}
    booking = {"start_at": window["start_at"], "duration_minutes": 30, "customer": customer}
    return {"bot_id": app.demo.bot_id, "booking": booking}


def error(response: httpx.Response) -> tuple[int, str]:
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    return response.status_code, body["error"]["code"]


@pytest.mark.parametrize(
    "path",
    ["/v1/availability/search", "/v1/availability/search/", "/availability/search", "/availability/search/"],
)
async def test_windows_come_by_every_spelling_of_the_path(app: AppUnderTest, path: str) -> None:
    response = await search(app, path)
    assert response.status_code == 200
    assert response.json()["availabilities"]


@pytest.mark.parametrize("path", ["/v1/bookings", "/v1/bookings/", "/bookings", "/bookings/"])
async def test_a_booking_comes_by_every_spelling_of_the_path(app: AppUnderTest, path: str) -> None:
    body = await booking_body(app)
    headers = app.partner(**{"Idempotency-Key": "one"})
    response = await app.client.post(path, json=body, headers=headers)
    assert response.status_code == 201, response.text
    assert response.json()["booking"]["id"]
    assert "Idempotency-Replayed" not in response.headers


async def test_the_same_key_replays_the_booking_and_says_so(app: AppUnderTest) -> None:
    body = await booking_body(app)
    headers = app.partner(**{"Idempotency-Key": "one"})
    first = await app.client.post("/v1/bookings", json=body, headers=headers)
    second = await app.client.post("/v1/bookings", json=body, headers=headers)
    assert second.status_code == 200
    assert second.json() == first.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Key-Mismatch" not in second.headers


async def test_the_same_key_with_another_body_shows_the_mismatch(app: AppUnderTest) -> None:
    body = await booking_body(app)
    headers = app.partner(**{"Idempotency-Key": "one"})
    first = await app.client.post("/v1/bookings", json=body, headers=headers)
    body["booking"]["customer"]["name"] = "Somebody Else"
    second = await app.client.post("/v1/bookings", json=body, headers=headers)
    assert second.json() == first.json()
    assert second.headers["Idempotency-Key-Mismatch"] == "true"


@pytest.mark.parametrize("key", [None, "", "   "])
async def test_a_booking_without_a_key_is_refused(app: AppUnderTest, key: str | None) -> None:
    headers = app.partner() if key is None else app.partner(**{"Idempotency-Key": key})
    response = await app.client.post("/v1/bookings", json=await booking_body(app), headers=headers)
    assert error(response) == (400, "missing_idempotency_key")


@pytest.mark.parametrize("key", ["k" * 256, "caf\u00e9", "a\tb"])
async def test_a_key_of_the_wrong_shape_is_refused(app: AppUnderTest, key: str) -> None:
    headers = {**app.partner(), "Idempotency-Key": key.encode("latin-1").decode("latin-1")}
    response = await app.client.post(
        "/v1/bookings", json=await booking_body(app), headers=httpx.Headers(headers, encoding="latin-1")
    )
    assert error(response) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "unauthorized"),
        ("Basic abc", "unauthorized"),
        ("Bearer ", "unauthorized"),
        ("Bearer nonsense", "invalid_api_key"),
        ("Bearer sk_ptnr_nonsense", "invalid_api_key"),
        ("Bearer sk_ptnr_rt_nonsense", "invalid_api_key"),
    ],
)
async def test_a_missing_or_wrong_credential_is_refused(
    app: AppUnderTest, authorization: str | None, code: str
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    response = await app.client.post("/v1/availability/search", json=search_body(app), headers=headers)
    assert error(response) == (401, code)
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def another_partner(app: AppUnderTest) -> tuple[str, str]:
    partner_id = await app.services.partners.create_partner("Another")
    return partner_id, (await app.services.partner_keys.create_key(partner_id)).key


async def test_another_partner_s_bot_looks_like_none(app: AppUnderTest) -> None:
    _, key = await another_partner(app)
    theirs = await app.client.post("/v1/availability/search", json=search_body(app), headers=app.partner(key))
    unknown = await search(app, bot_id="bot_01h2xcejqtf2nbrexx3vqjhp41")
    assert error(theirs) == error(unknown) == (404, "bot_not_found")
    assert theirs.json() == unknown.json()


async def test_another_partner_sees_no_profile_and_leaves_no_message(app: AppUnderTest) -> None:
    _, key = await another_partner(app)
    headers = app.partner(key, **{"Idempotency-Key": "m"})
    profile = await app.client.get(f"/v1/bots/{app.demo.bot_id}", headers=headers)
    message = {"bot_id": app.demo.bot_id, "message": {"text": "Call me"}}
    left = await app.client.post("/v1/messages", json=message, headers=headers)
    assert error(profile) == error(left) == (404, "bot_not_found")


async def test_a_runtime_credential_reaches_its_bot(app: AppUnderTest) -> None:
    key = app.services.runtime.for_bot(app.demo.bot_id)
    assert key.startswith(PARTNER_PREFIX)
    response = await app.client.post(
        "/v1/availability/search", json=search_body(app), headers=app.partner(key)
    )
    assert response.status_code == 200


async def test_a_runtime_credential_reaches_no_other_bot(app: AppUnderTest) -> None:
    partner_id, _ = await another_partner(app)
    other = await create_bot(
        app.services.bots,
        partner_id,
        name="Other",
        account_id="acct_another",
        webhook_url="https://platform.example",
    )
    key = app.services.runtime.for_bot(other.id)
    response = await app.client.get(f"/v1/bots/{app.demo.bot_id}", headers=app.partner(key))
    assert error(response) == (404, "bot_not_found")
    own = await app.client.get(f"/v1/bots/{other.id}", headers=app.partner(key))
    assert own.status_code == 200


async def test_a_runtime_credential_ends(app: AppUnderTest) -> None:
    key = app.services.runtime.for_bot(app.demo.bot_id)
    app.wall.move(minutes=6)
    response = await app.client.get(f"/v1/bots/{app.demo.bot_id}", headers=app.partner(key))
    assert error(response) == (401, "invalid_api_key")


async def test_a_site_credential_is_no_partner_credential(app: AppUnderTest) -> None:
    key = PARTNER_PREFIX + app.services.runtime.for_site(app.demo.site_id)
    response = await app.client.get(f"/v1/bots/{app.demo.bot_id}", headers=app.partner(key))
    assert error(response) == (401, "invalid_api_key")


async def test_the_profile_describes_bot_and_practice(app: AppUnderTest) -> None:
    response = await app.client.get(f"/v1/bots/{app.demo.bot_id}", headers=app.partner())
    bot = response.json()["bot"]
    assert bot["id"] == app.demo.bot_id
    assert bot["timezone"] == app.demo.timezone
    assert bot["practice"]["services"]


async def test_a_message_for_staff_is_kept_once(app: AppUnderTest) -> None:
    body = {
        "bot_id": app.demo.bot_id,
        "message": {"customer": {"name": "Anna"}, "text": "Please call back"},
    }
    headers = app.partner(**{"Idempotency-Key": "m1"})
    first = await app.client.post("/v1/messages", json=body, headers=headers)
    again = await app.client.post("/v1/messages", json=body, headers=headers)
    assert first.status_code == 201
    assert again.json() == first.json()
    assert len((await app.services.messages.list_of_sites(None)).messages) == 1


HOSTILE = {
    "empty": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"bot_id": "\xff"}',
    "a list": b"[]",
    "a string": b'"bot"',
    "NaN": b'{"bot_id": NaN}',
    "infinity": b'{"bot_id": 1e999}',
    "a huge number": b'{"bot_id": 123456789012345678901234567890}',
    "a number of 5000 digits": b'{"bot_id": ' + b"1" * 5000 + b"}",
    "NUL": b'{"bot_id": "a\\u0000b"}',
    "half a surrogate pair": b'{"bot_id": "\\ud800"}',
    "a key twice": b'{"bot_id": "a", "bot_id": "b"}',
    "deep nesting": b'{"bot_id": ' + b"[" * 40 + b"]" * 40 + b"}",
    "very deep nesting": b"[" * 30_000,
    "no bot": b"{}",
    "a bot that is a number": b'{"bot_id": 1}',
    "a blank bot": b'{"bot_id": " "}',
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("path", ["/v1/availability/search", "/v1/bookings", "/v1/messages"])
async def test_a_hostile_body_is_a_bad_request(app: AppUnderTest, path: str, raw: bytes) -> None:
    headers = app.partner(**{"Content-Type": "application/json", "Idempotency-Key": "k"})
    response = await app.client.post(path, content=raw, headers=headers)
    assert error(response) == (400, "invalid_request")


async def test_a_wrong_credential_is_seen_before_a_bad_body(app: AppUnderTest) -> None:
    response = await app.client.post("/v1/bookings", content=b"{", headers=app.partner("sk_ptnr_no"))
    assert error(response) == (401, "invalid_api_key")


async def test_another_content_type_is_refused(app: AppUnderTest) -> None:
    headers = app.partner(**{"Content-Type": "application/x-www-form-urlencoded"})
    response = await app.client.post("/v1/bookings", content=b"bot_id=1", headers=headers)
    assert error(response) == (415, "unsupported_media_type")


async def test_a_body_beyond_the_limit_is_refused_announced_or_not(app: AppUnderTest) -> None:
    large = json.dumps({"bot_id": "x" * 70_000}).encode()

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 4096):
            yield large[start : start + 4096]

    headers = app.partner(**{"Content-Type": "application/json"})
    announced = await app.client.post("/v1/bookings", content=large, headers=headers)
    streamed = await app.client.post("/v1/bookings", content=in_pieces(), headers=headers)
    assert error(announced) == error(streamed) == (413, "payload_too_large")


async def test_a_body_announced_beyond_the_limit_is_poured_away_for_a_while(app: AppUnderTest) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b" " * 1024

    headers = app.partner(**{"Content-Type": "application/json", "Content-Length": "1024000"})
    response = await app.client.post("/v1/bookings", content=endless(), headers=headers)
    assert error(response) == (413, "payload_too_large")
    assert read <= 66  # as much again as the limit, so that the sender hears of it


async def test_unknown_routes_and_methods_answer_in_the_same_shape(app: AppUnderTest) -> None:
    assert error(await app.client.get("/v1/nothing", headers=app.partner())) == (404, "not_found")
    wrong = await app.client.get("/v1/bookings", headers=app.partner())
    assert error(wrong) == (405, "method_not_allowed")
    assert wrong.headers["Allow"] == "POST"


async def test_answers_are_kept_by_no_cache_and_come_by_https_alone_where_it_is_there(
    app: AppUnderTest,
) -> None:
    plain = await search(app)
    assert plain.headers["Cache-Control"] == "no-store"
    assert plain.headers["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" not in plain.headers
    secure = await app.client.get("https://testserver/v1/nothing")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"
    document = await app.client.get("/openapi/partner.json")
    assert document.headers["Cache-Control"] == "public, max-age=300"


async def test_every_answer_has_a_request_id_and_a_given_one_is_kept(app: AppUnderTest) -> None:
    made = await search(app)
    given = await app.client.get("/v1/nothing", headers={"X-Request-Id": "abc-123"})
    hostile = await app.client.get("/v1/nothing", headers={"X-Request-Id": "a b"})
    assert len(made.headers["X-Request-Id"]) == 16
    assert given.headers["X-Request-Id"] == "abc-123"
    assert hostile.headers["X-Request-Id"] != "a b"
