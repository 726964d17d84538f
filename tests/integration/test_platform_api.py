"""The embedded calendar's API: the signed protocol, and the relay to platforms that are not ours."""

import json
from datetime import datetime
from typing import Any

import httpx
import pytest

from contracts.platform_signature import ACCOUNT_HEADER, SIGNATURE_HEADER, sign
from practice.platforms.routing import platform_secret
from tests.fakes.app import AppUnderTest

DAY = {"start_at": "2026-12-02T00:00:00-05:00", "end_at": "2026-12-03T00:00:00-05:00"}
PATHS = [
    "customers/lookup",
    "availability/search",
    "bookings",
    "bookings/search",
    "bookings/bkg_1/get",
    "bookings/bkg_1/cancel",
    "bookings/bkg_1/reschedule",
    "slots/hold",
]


async def send(
    app: AppUnderTest,
    path: str,
    body: Any,
    *,
    account: str | None = None,
    at: datetime | None = None,
    secret: str | None = None,
    named: str | None = None,
) -> httpx.Response:
    account = account or app.demo.account_id
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    key = secret or platform_secret(app.services.keyring, account)
    signed = {SIGNATURE_HEADER: sign(raw, key, at or app.wall()), ACCOUNT_HEADER: named or account}
    return await app.client.post(f"/platform/{account}/{path}", content=raw, headers=signed)


def lookup_body(app: AppUnderTest) -> dict[str, Any]:
    return {"account_id": app.demo.account_id, "customer": {"phone": "+12025550100"}}


def error(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


async def test_a_signed_look_up_is_answered(app: AppUnderTest) -> None:
    response = await send(app, "customers/lookup", lookup_body(app))
    assert (response.status_code, response.json()["found"]) == (200, False)


async def test_a_signed_search_gives_windows(app: AppUnderTest) -> None:
    body = {"account_id": app.demo.account_id, "query": {"filter": {"start_at_range": DAY}}}
    response = await send(app, "availability/search", body)
    assert response.status_code == 200
    assert response.json()["availabilities"]


async def test_a_signed_booking_is_made_once(app: AppUnderTest) -> None:
    booking = {
        "start_at": "2026-12-02T10:00:00-05:00",
        "duration_minutes": 30,
        "customer": {"phone": "+12025550100", "name": "Anna Bell"},
    }
    body = {"account_id": app.demo.account_id, "idempotency_key": "k1", "booking": booking}
    first = await send(app, "bookings", body)
    again = await send(app, "bookings", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["booking"]["id"] == first.json()["booking"]["id"]


async def test_a_signed_booking_is_shown_moved_and_cancelled(app: AppUnderTest) -> None:
    account = {"account_id": app.demo.account_id}
    booking = {
        "start_at": "2026-12-02T10:00:00-05:00",
        "duration_minutes": 30,
        "customer": {"phone": "+12025550100", "name": "Anna Bell"},
    }
    made = (await send(app, "bookings", {**account, "idempotency_key": "k1", "booking": booking})).json()
    path = f"bookings/{made['booking']['id']}"
    assert (await send(app, f"{path}/get", account)).json() == made
    to = {**account, "idempotency_key": "k2", "booking": {"start_at": "2026-12-02T11:00:00-05:00"}}
    moved = [await send(app, f"{path}/reschedule", to) for _ in range(2)]
    assert [response.status_code for response in moved] == [200, 200]
    assert moved[0].json() == moved[1].json()
    assert moved[0].json()["booking"]["start_at"] == "2026-12-02T16:00:00Z"
    cancelled = await send(app, f"{path}/cancel", {**account, "idempotency_key": "k3"})
    assert (cancelled.status_code, cancelled.json()["booking"]["status"]) == (200, "cancelled")
    refused = await send(app, f"{path}/reschedule", {**to, "idempotency_key": "k4"})
    assert error(refused) == (409, "booking_cancelled")


async def test_a_signed_hold_is_made_once_and_used_up(app: AppUnderTest) -> None:
    account = {"account_id": app.demo.account_id}
    slot = {"start_at": "2026-12-02T10:00:00-05:00", "duration_minutes": 30}
    body = {**account, "idempotency_key": "h1", "slot": slot, "hold_seconds": 60}
    first, again = await send(app, "slots/hold", body), await send(app, "slots/hold", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    booking = {
        **slot,
        "hold_id": first.json()["hold"]["id"],
        "customer": {"phone": "+12025550100", "name": "Anna Bell"},
    }
    response = await send(app, "bookings", {**account, "idempotency_key": "k1", "booking": booking})
    assert response.status_code == 201
    assert response.json()["booking"]["practitioner"] == first.json()["hold"]["practitioner"]


async def test_a_booking_id_that_is_none_is_not_found(app: AppUnderTest) -> None:
    body = {"account_id": app.demo.account_id, "idempotency_key": "k"}
    for booking_id in ("bkg_1", "a%2Fb", "%2E%2E", "%00", "%F0%9F%A6%B7"):
        for path in ("get", "cancel"):
            response = await send(app, f"bookings/{booking_id}/{path}", body)
            assert error(response) == (404, "booking_not_found")


async def test_without_a_good_signature_the_answer_is_401(app: AppUnderTest) -> None:
    for path in PATHS:
        for header in (None, "", "t=1,v1=00", "nonsense"):
            headers = {ACCOUNT_HEADER: app.demo.account_id}
            if header is not None:
                headers[SIGNATURE_HEADER] = header
            url = f"/platform/{app.demo.account_id}/{path}"
            response = await app.client.post(url, json=lookup_body(app), headers=headers)
            assert error(response) == (401, "invalid_signature")


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-299, 200), (299, 200), (302, 401)])
async def test_a_signature_is_good_for_five_minutes_both_ways(
    app: AppUnderTest, seconds: float, status: int
) -> None:
    at = app.wall()
    app.wall.move(seconds=seconds)
    assert (await send(app, "customers/lookup", lookup_body(app), at=at)).status_code == status


async def test_another_account_s_secret_is_refused(app: AppUnderTest) -> None:
    secret = platform_secret(app.services.keyring, "acct_other")
    response = await send(app, "customers/lookup", lookup_body(app), secret=secret)
    assert error(response) == (401, "invalid_signature")


async def test_a_changed_body_breaks_the_signature(app: AppUnderTest) -> None:
    raw = json.dumps(lookup_body(app)).encode()
    secret = platform_secret(app.services.keyring, app.demo.account_id)
    headers = {SIGNATURE_HEADER: sign(raw, secret, app.wall()), ACCOUNT_HEADER: app.demo.account_id}
    url = f"/platform/{app.demo.account_id}/customers/lookup"
    response = await app.client.post(url, content=raw + b" ", headers=headers)
    assert error(response) == (401, "invalid_signature")


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"account_id": NaN}', b"[" * 5000])
async def test_a_signed_body_that_does_not_fit_is_a_bad_request(app: AppUnderTest, raw: bytes) -> None:
    assert error(await send(app, "bookings", raw)) == (400, "invalid_payload")


@pytest.mark.parametrize("account", ["acct_other", None, 7, ["acct"]])
async def test_body_header_and_path_name_one_account(app: AppUnderTest, account: Any) -> None:
    body = {**lookup_body(app), "account_id": account}
    assert error(await send(app, "customers/lookup", body)) == (400, "invalid_payload")
    assert error(await send(app, "customers/lookup", lookup_body(app), named="acct_other")) == (
        400,
        "invalid_payload",
    )


async def test_an_account_that_is_not_kept_here_is_not_found(app: AppUnderTest) -> None:
    body = {"account_id": "acct_other", "query": {"filter": {"start_at_range": DAY}}}
    response = await send(app, "availability/search", body, account="acct_other")
    assert error(response) == (404, "account_not_found")
