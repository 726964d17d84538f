"""The Partner API as its clients see it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.doors import Injected, include_routers
from webhooks.security.runtime_credentials import PARTNER_PREFIX

DAY = {"start_at": "2026-12-02T00:00:00-05:00", "end_at": "2026-12-03T00:00:00-05:00"}


@pytest.fixture
async def doors(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Injected]:
    async with include_routers(tmp_path, sqlite_template) as doors:
        yield doors


def search_body(doors: Injected, **changes: Any) -> dict[str, Any]:
    return {"bot_id": doors.demo.bot_id, "query": {"filter": {"start_at_range": DAY}}, **changes}


async def search(doors: Injected, path: str = "/v1/availability/search", **changes: Any) -> httpx.Response:
    return await doors.client.post(path, json=search_body(doors, **changes), headers=doors.partner())


async def booking_body(doors: Injected) -> dict[str, Any]:
    window = (await search(doors)).json()["availabilities"][0]
    customer = {"phone": "+12025550100", "name": "Anna Bell"}
    booking = {"start_at": window["start_at"], "duration_minutes": 30, "customer": customer}
    return {"bot_id": doors.demo.bot_id, "booking": booking}


def error(response: httpx.Response) -> tuple[int, str]:
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    return response.status_code, body["error"]["code"]


@pytest.mark.parametrize(
    "path",
    ["/v1/availability/search", "/v1/availability/search/", "/availability/search", "/availability/search/"],
)
async def test_windows_come_by_every_spelling_of_the_path(doors: Injected, path: str) -> None:
    response = await search(doors, path)
    assert response.status_code == 200
    assert response.json()["availabilities"]


@pytest.mark.parametrize("path", ["/v1/bookings", "/v1/bookings/", "/bookings", "/bookings/"])
async def test_a_booking_comes_by_every_spelling_of_the_path(doors: Injected, path: str) -> None:
    body = await booking_body(doors)
    headers = doors.partner(**{"Idempotency-Key": "one"})
    response = await doors.client.post(path, json=body, headers=headers)
    assert response.status_code == 201, response.text
    assert response.json()["booking"]["id"]
    assert "Idempotency-Replayed" not in response.headers


async def test_the_same_key_replays_the_booking_and_says_so(doors: Injected) -> None:
    body = await booking_body(doors)
    headers = doors.partner(**{"Idempotency-Key": "one"})
    first = await doors.client.post("/v1/bookings", json=body, headers=headers)
    second = await doors.client.post("/v1/bookings", json=body, headers=headers)
    assert second.status_code == 200
    assert second.json() == first.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Key-Mismatch" not in second.headers


async def test_the_same_key_with_another_body_shows_the_mismatch(doors: Injected) -> None:
    body = await booking_body(doors)
    headers = doors.partner(**{"Idempotency-Key": "one"})
    first = await doors.client.post("/v1/bookings", json=body, headers=headers)
    body["booking"]["customer"]["name"] = "Somebody Else"
    second = await doors.client.post("/v1/bookings", json=body, headers=headers)
    assert second.json() == first.json()
    assert second.headers["Idempotency-Key-Mismatch"] == "true"


@pytest.mark.parametrize("key", [None, "", "   "])
async def test_a_booking_without_a_key_is_refused(doors: Injected, key: str | None) -> None:
    headers = doors.partner() if key is None else doors.partner(**{"Idempotency-Key": key})
    response = await doors.client.post("/v1/bookings", json=await booking_body(doors), headers=headers)
    assert error(response) == (400, "missing_idempotency_key")


@pytest.mark.parametrize("key", ["k" * 256, "caf\u00e9", "a\tb"])
async def test_a_key_of_the_wrong_shape_is_refused(doors: Injected, key: str) -> None:
    headers = {**doors.partner(), "Idempotency-Key": key.encode("latin-1").decode("latin-1")}
    response = await doors.client.post(
        "/v1/bookings", json=await booking_body(doors), headers=httpx.Headers(headers, encoding="latin-1")
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
    doors: Injected, authorization: str | None, code: str
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    response = await doors.client.post("/v1/availability/search", json=search_body(doors), headers=headers)
    assert error(response) == (401, code)
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def another_partner(doors: Injected) -> tuple[str, str]:
    partner_id = await doors.services.partners.create_partner("Another")
    return partner_id, (await doors.services.partner_keys.create_key(partner_id)).key


async def test_another_partner_s_bot_looks_like_none(doors: Injected) -> None:
    _, key = await another_partner(doors)
    theirs = await doors.client.post(
        "/v1/availability/search", json=search_body(doors), headers=doors.partner(key)
    )
    unknown = await search(doors, bot_id="bot_01h2xcejqtf2nbrexx3vqjhp41")
    assert error(theirs) == error(unknown) == (404, "bot_not_found")
    assert theirs.json() == unknown.json()


async def test_another_partner_sees_no_profile_and_leaves_no_message(doors: Injected) -> None:
    _, key = await another_partner(doors)
    headers = doors.partner(key, **{"Idempotency-Key": "m"})
    profile = await doors.client.get(f"/v1/bots/{doors.demo.bot_id}", headers=headers)
    message = {"bot_id": doors.demo.bot_id, "message": {"text": "Call me"}}
    left = await doors.client.post("/v1/messages", json=message, headers=headers)
    assert error(profile) == error(left) == (404, "bot_not_found")


async def test_a_runtime_credential_reaches_its_bot(doors: Injected) -> None:
    key = doors.services.runtime.for_bot(doors.demo.bot_id)
    assert key.startswith(PARTNER_PREFIX)
    response = await doors.client.post(
        "/v1/availability/search", json=search_body(doors), headers=doors.partner(key)
    )
    assert response.status_code == 200


async def test_a_runtime_credential_reaches_no_other_bot(doors: Injected) -> None:
    partner_id, _ = await another_partner(doors)
    other = await doors.services.bots.create_bot(
        partner_id, name="Other", account_id="acct_another", webhook_url="https://platform.example"
    )
    key = doors.services.runtime.for_bot(other.id)
    response = await doors.client.get(f"/v1/bots/{doors.demo.bot_id}", headers=doors.partner(key))
    assert error(response) == (404, "bot_not_found")
    own = await doors.client.get(f"/v1/bots/{other.id}", headers=doors.partner(key))
    assert own.status_code == 200


async def test_a_runtime_credential_ends(doors: Injected) -> None:
    key = doors.services.runtime.for_bot(doors.demo.bot_id)
    doors.wall.move(minutes=6)
    response = await doors.client.get(f"/v1/bots/{doors.demo.bot_id}", headers=doors.partner(key))
    assert error(response) == (401, "invalid_api_key")


async def test_a_site_credential_is_no_partner_credential(doors: Injected) -> None:
    key = PARTNER_PREFIX + doors.services.runtime.for_site(doors.demo.site_id)
    response = await doors.client.get(f"/v1/bots/{doors.demo.bot_id}", headers=doors.partner(key))
    assert error(response) == (401, "invalid_api_key")


async def test_the_profile_describes_bot_and_practice(doors: Injected) -> None:
    response = await doors.client.get(f"/v1/bots/{doors.demo.bot_id}", headers=doors.partner())
    bot = response.json()["bot"]
    assert bot["id"] == doors.demo.bot_id
    assert bot["timezone"] == doors.demo.timezone
    assert bot["practice"]["services"]


async def test_a_message_for_staff_is_kept_once(doors: Injected) -> None:
    body = {
        "bot_id": doors.demo.bot_id,
        "message": {"customer": {"name": "Anna"}, "text": "Please call back"},
    }
    headers = doors.partner(**{"Idempotency-Key": "m1"})
    first = await doors.client.post("/v1/messages", json=body, headers=headers)
    again = await doors.client.post("/v1/messages", json=body, headers=headers)
    assert first.status_code == 201
    assert again.json() == first.json()
    assert len(await doors.services.messages.list_messages(doors.demo.bot_id)) == 1


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
async def test_a_hostile_body_is_a_bad_request(doors: Injected, path: str, raw: bytes) -> None:
    headers = doors.partner(**{"Content-Type": "application/json", "Idempotency-Key": "k"})
    response = await doors.client.post(path, content=raw, headers=headers)
    assert error(response) == (400, "invalid_request")


async def test_a_wrong_credential_is_seen_before_a_bad_body(doors: Injected) -> None:
    response = await doors.client.post("/v1/bookings", content=b"{", headers=doors.partner("sk_ptnr_no"))
    assert error(response) == (401, "invalid_api_key")


async def test_another_content_type_is_refused(doors: Injected) -> None:
    headers = doors.partner(**{"Content-Type": "application/x-www-form-urlencoded"})
    response = await doors.client.post("/v1/bookings", content=b"bot_id=1", headers=headers)
    assert error(response) == (415, "unsupported_media_type")


async def test_a_body_beyond_the_limit_is_refused_announced_or_not(doors: Injected) -> None:
    large = json.dumps({"bot_id": "x" * 70_000}).encode()

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 4096):
            yield large[start : start + 4096]

    headers = doors.partner(**{"Content-Type": "application/json"})
    announced = await doors.client.post("/v1/bookings", content=large, headers=headers)
    streamed = await doors.client.post("/v1/bookings", content=in_pieces(), headers=headers)
    assert error(announced) == error(streamed) == (413, "payload_too_large")


async def test_a_body_announced_beyond_the_limit_is_poured_away_for_a_while(doors: Injected) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b" " * 1024

    headers = doors.partner(**{"Content-Type": "application/json", "Content-Length": "1024000"})
    response = await doors.client.post("/v1/bookings", content=endless(), headers=headers)
    assert error(response) == (413, "payload_too_large")
    assert read <= 66  # as much again as the limit, so that the sender hears of it


async def test_unknown_routes_and_methods_answer_in_the_same_shape(doors: Injected) -> None:
    assert error(await doors.client.get("/v1/nothing", headers=doors.partner())) == (404, "not_found")
    wrong = await doors.client.get("/v1/bookings", headers=doors.partner())
    assert error(wrong) == (405, "method_not_allowed")
    assert wrong.headers["Allow"] == "POST"


async def test_every_answer_has_a_request_id_and_a_given_one_is_kept(doors: Injected) -> None:
    made = await search(doors)
    given = await doors.client.get("/v1/nothing", headers={"X-Request-Id": "abc-123"})
    hostile = await doors.client.get("/v1/nothing", headers={"X-Request-Id": "a b"})
    assert len(made.headers["X-Request-Id"]) == 16
    assert given.headers["X-Request-Id"] == "abc-123"
    assert hostile.headers["X-Request-Id"] != "a b"
