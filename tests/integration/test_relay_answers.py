"""What the relay makes of each answer that a platform can give, and what it sends: the contract's table."""

import asyncio
import gzip
import json
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from contracts.platform_signature import SIGNATURE_HEADER, verify
from kit.clock import Clock
from practice.errors import (
    BookingNotFound,
    NotSupportedByPlatform,
    PracticeError,
    WebhookError,
    WebhookFailed,
    WebhookNotConfigured,
    WebhookRejected,
    WebhookTimeout,
    WebhookUnreachable,
)
from practice.partner_response import PartnerResponse
from practice.platforms.relay import Relay
from practice.platforms.response import read_body
from practice.platforms.routing import platform_secret
from tests.fakes.platform import NO_SUCH_PATH, FakePlatform, Trouble, answers, cut, down, hang, late
from tests.fakes.relay import BOOKING, KEYRING, SECRET, make_bot, make_relay, sealed

BOOKED: Mapping[str, Any] = {"booking": {"id": "1", "status": "accepted"}}
SPAN = {"filter": {"start_at_range": {"start_at": "2026-12-01", "end_at": "2026-12-01"}}}
Ask = Callable[[Relay], Awaitable[PartnerResponse]]
OPERATIONS: dict[str, Ask] = {
    "search": lambda relay: relay.search(make_bot(), SPAN),
    "lookup": lambda relay: relay.lookup(make_bot(), {"phone": "+12025550100"}),
    "book": lambda relay: relay.book(make_bot(), "k1", BOOKING),
    "cancel": lambda relay: relay.cancel(make_bot(), "1", "k1", {"reason": "ill"}),
    "reschedule": lambda relay: relay.reschedule(make_bot(), "1", "k1", BOOKING),
}
WRITES = ["book", "cancel", "reschedule"]


@pytest.fixture
def platform(clock: Clock) -> FakePlatform:
    return FakePlatform(SECRET, clock)


@pytest.fixture
def relay(clock: Clock, platform: FakePlatform) -> Relay:
    return make_relay(clock, platform)


async def failure_of(work: Awaitable[object]) -> PracticeError:
    with pytest.raises(PracticeError) as caught:
        await work
    return caught.value


async def test_each_operation_has_its_path_and_its_body(relay: Relay, platform: FakePlatform) -> None:
    for ask in OPERATIONS.values():
        platform.before.append(answers(200, {**BOOKED, "availabilities": [], "found": False}))
        assert (await ask(relay)).status == 200
    account = {"account_id": "acct_01h2xcejqtf2nbrexx3vqjhp41"}
    assert platform.requests == [
        ("/hooks/availability/search", {**account, "query": SPAN}),
        ("/hooks/customers/lookup", {**account, "customer": {"phone": "+12025550100"}}),
        ("/hooks/bookings", {**account, "idempotency_key": "k1", "booking": BOOKING}),
        ("/hooks/bookings/1/cancel", {**account, "idempotency_key": "k1", "cancellation": {"reason": "ill"}}),
        ("/hooks/bookings/1/reschedule", {**account, "idempotency_key": "k1", "booking": BOOKING}),
    ]
    assert set(platform.accounts) == set(account.values())


async def test_the_bytes_that_are_signed_are_the_bytes_that_are_sent(clock: Clock) -> None:
    seen: list[httpx.Request] = []

    async def upstream(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, json=BOOKED)

    relay = make_relay(clock, httpx.MockTransport(upstream))
    await relay.book(make_bot(), "schlüssel", {**BOOKING, "notes": 'ü "日本" \u2028 \ud83e\uddb7 \\'})
    (request,) = seen
    verify(request.content, request.headers[SIGNATURE_HEADER], SECRET, clock())
    assert request.method == "POST"
    assert {name.decode(): value.decode() for name, value in request.headers.raw} == {
        "Host": "platform.example",
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "chairside-relay",
        "X-DialStack-Signature": request.headers[SIGNATURE_HEADER],
        "X-DialStack-Account-Id": "acct_01h2xcejqtf2nbrexx3vqjhp41",
        "Content-Length": str(len(request.content)),
    }


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_a_success_is_passed_on_with_all_that_it_holds(
    relay: Relay, platform: FakePlatform, status: int
) -> None:
    body = {"booking": {"id": "1", "status": "weird", "x": [1, None]}, "y": {"z": "ü"}}
    platform.before.append(answers(status, body))
    assert await OPERATIONS["book"](relay) == PartnerResponse(status, body)


@pytest.mark.parametrize("booking_id", [7, "7"])
async def test_a_platform_that_counts_its_bookings_is_understood(
    relay: Relay, platform: FakePlatform, booking_id: int | str
) -> None:
    body = {"booking": {"id": booking_id, "status": "cancelled"}}
    platform.before.extend([answers(201, body), answers(200, body)])
    assert await relay.book(make_bot(), "k", BOOKING) == PartnerResponse(201, body)
    assert await relay.cancel(make_bot(), str(booking_id), "k", {}) == PartnerResponse(200, body)


async def test_a_cancellation_of_another_booking_is_in_doubt(relay: Relay, platform: FakePlatform) -> None:
    platform.before.append(answers(200, {"booking": {"id": "8", "status": "cancelled"}}))
    error = await failure_of(relay.cancel(make_bot(), "7", "k", {}))
    assert isinstance(error, WebhookFailed)
    assert error.in_doubt


@pytest.mark.parametrize("status", [400, 402, 404, 408, 409, 410, 422, 429, 451])
@pytest.mark.parametrize("name", OPERATIONS)
async def test_a_refusal_is_passed_on_word_for_word(
    relay: Relay, platform: FakePlatform, name: str, status: int
) -> None:
    body = {"error": {"code": "their_code", "message": "Their words."}, "more": 1}
    platform.before.append(answers(status, body))
    assert await OPERATIONS[name](relay) == PartnerResponse(status, body)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("name", OPERATIONS)
async def test_a_refused_signature_is_our_fault_and_nobodys_booking(
    relay: Relay, platform: FakePlatform, name: str, status: int
) -> None:
    platform.before.append(answers(status, {"error": {"code": "invalid_signature", "message": "No."}}))
    error = await failure_of(OPERATIONS[name](relay))
    assert isinstance(error, WebhookRejected)
    assert (error.status, error.code, error.in_doubt) == (502, "webhook_rejected", False)


FAILURES: dict[str, tuple[Trouble, type[WebhookError], bool]] = {
    "a redirect": (
        lambda: httpx.Response(307, headers={"Location": "https://elsewhere.example/"}),
        WebhookFailed,
        False,
    ),
    "not modified": (answers(304), WebhookFailed, False),
    "an empty 500": (answers(500), WebhookFailed, True),
    "a 500 with words": (
        answers(500, {"error": {"code": "configuration_error", "message": ""}}),
        WebhookFailed,
        True,
    ),
    "a proxy's 502": (answers(502, content=b"<html>"), WebhookFailed, True),
    "a 503": (answers(503, {"error": "later"}), WebhookFailed, True),
    "an empty 200": (answers(200), WebhookFailed, True),
    "an empty 204": (answers(204), WebhookFailed, True),
    "a page": (answers(200, content=b"<!doctype html>"), WebhookFailed, True),
    "a page for an error": (answers(400, content=b"<!doctype html>"), WebhookFailed, False),
    "half of it": (answers(201, content=b'{"booking": {"id": "1"'), WebhookFailed, True),
    "a list": (answers(200, [BOOKED]), WebhookFailed, True),
    "a text": (answers(200, "booked"), WebhookFailed, True),
    "not a number": (answers(200, content=b'{"booking": {"id": NaN}}'), WebhookFailed, True),
    "broken text": (answers(200, content=b'{"booking": {"id": "\xff"}}'), WebhookFailed, True),
    "too deep": (answers(200, content=b"[" * 100_000), WebhookFailed, True),
    "too large": (answers(200, content=b" " * 1_048_577), WebhookFailed, True),
    "nothing booked": (answers(200, {}), WebhookFailed, True),
    "a null booking": (answers(201, {"booking": None}), WebhookFailed, True),
    "a list booking": (answers(201, {"booking": [1]}), WebhookFailed, True),
    "a nameless booking": (answers(201, {"booking": {"status": "accepted"}}), WebhookFailed, True),
    "an empty id": (answers(201, {"booking": {"id": ""}}), WebhookFailed, True),
    "a blank id": (answers(201, {"booking": {"id": " "}}), WebhookFailed, True),
    "an id of no kind": (answers(201, {"booking": {"id": {"$oid": "1"}}}), WebhookFailed, True),
    "a true id": (answers(201, {"booking": {"id": True}}), WebhookFailed, True),
    "refused": (down, WebhookUnreachable, False),
    "cut": (cut, WebhookUnreachable, True),
    "late": (late, WebhookTimeout, True),
}


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("failure", FAILURES)
async def test_everything_else_is_a_failure_that_knows_whether_it_is_in_doubt(
    relay: Relay, platform: FakePlatform, name: str, failure: str
) -> None:
    trouble, kind, in_doubt = FAILURES[failure]
    platform.before.append(trouble)
    error = await failure_of(OPERATIONS[name](relay))
    assert isinstance(error, kind)
    assert error.in_doubt is in_doubt
    assert len(platform.requests) == 1


async def test_a_search_without_windows_is_a_failure(relay: Relay, platform: FakePlatform) -> None:
    platform.before.append(answers(200, {"availabilities": None}))
    assert isinstance(await failure_of(OPERATIONS["search"](relay)), WebhookFailed)


async def test_a_platform_that_never_answers_is_given_up_in_doubt(
    clock: Clock, platform: FakePlatform
) -> None:
    platform.before.append(hang)
    error = await failure_of(OPERATIONS["book"](make_relay(clock, platform, timeout_seconds=0.02)))
    assert isinstance(error, WebhookTimeout)
    assert (error.status, error.in_doubt) == (504, True)


async def test_a_body_that_drips_is_given_up_like_any_other_slow_answer(clock: Clock) -> None:
    class Drip(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b" "
                await asyncio.sleep(0.001)

    async def upstream(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Drip())

    relay = make_relay(clock, httpx.MockTransport(upstream), timeout_seconds=0.05)
    error = await failure_of(OPERATIONS["book"](relay))
    assert isinstance(error, WebhookTimeout)
    assert error.in_doubt


@pytest.mark.parametrize("body", [{}, {"found": None}, {"found": "no"}, {"customer": {"name": "Anna Bell"}}])
async def test_a_look_up_that_does_not_say_whether_it_found_anybody_is_a_failure(
    relay: Relay, platform: FakePlatform, body: dict[str, object]
) -> None:
    platform.before.append(answers(200, body))
    assert isinstance(await failure_of(OPERATIONS["lookup"](relay)), WebhookFailed)


def packed(content: bytes, encoding: str) -> Trouble:
    return lambda: httpx.Response(
        201, headers={"Content-Encoding": encoding}, stream=httpx.ByteStream(content)
    )


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)],
)
async def test_a_platform_that_packs_unasked_is_understood(
    relay: Relay, platform: FakePlatform, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    platform.before.append(packed(pack(json.dumps(BOOKED).encode()), encoding))
    assert await OPERATIONS["book"](relay) == PartnerResponse(201, dict(BOOKED))


BOMB = gzip.compress(b" " * 30_000_000 + json.dumps(BOOKED).encode())


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (BOMB, "gzip"),
        (gzip.compress(json.dumps(BOOKED).encode())[:-9], "gzip"),
        (b"no gzip", "gzip"),
        (json.dumps(BOOKED).encode(), "br"),
        (gzip.compress(json.dumps(BOOKED).encode()), "br"),
        (gzip.compress(gzip.compress(json.dumps(BOOKED).encode())), "gzip, gzip"),
    ],
    ids=["bomb", "cut off", "a lie", "brotli", "mislabelled", "twice"],
)
async def test_what_cannot_be_unpacked_within_bounds_is_a_failure_in_doubt(
    relay: Relay, platform: FakePlatform, content: bytes, encoding: str
) -> None:
    assert len(content) < 1_048_576
    platform.before.append(packed(content, encoding))
    error = await failure_of(OPERATIONS["book"](relay))
    assert isinstance(error, WebhookFailed)
    assert error.in_doubt


async def test_a_bomb_is_left_packed_but_for_what_shows_that_it_is_one() -> None:
    bomb = httpx.Response(201, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(BOMB))
    tracemalloc.start()
    try:
        with pytest.raises(WebhookFailed, match="too large"):
            await read_body(bomb, 1_048_576)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize("shape", NO_SUCH_PATH)
@pytest.mark.parametrize("name", ["lookup", "cancel", "reschedule"])
async def test_a_platform_without_the_path_does_not_support_it(
    relay: Relay, platform: FakePlatform, name: str, shape: str
) -> None:
    platform.before.append(NO_SUCH_PATH[shape])
    error = await failure_of(OPERATIONS[name](relay))
    assert isinstance(error, NotSupportedByPlatform)
    assert (error.status, error.code) == (501, "not_supported_by_platform")


@pytest.mark.parametrize(
    ("booking_id", "segment"),
    [
        ("bkg_1", "bkg_1"),
        ("a/b", "a%2Fb"),
        ("../bookings", "..%2Fbookings"),
        ("ü?#%", "%C3%BC%3F%23%25"),
        ("1 2", "1%202"),
    ],
)
async def test_a_booking_id_stays_one_segment_of_the_path(
    relay: Relay, platform: FakePlatform, booking_id: str, segment: str
) -> None:
    platform.before.append(answers(200, {"booking": {"id": booking_id}}))
    await relay.cancel(make_bot(), booking_id, "k1", {})
    assert platform.requests[0][0] == f"/hooks/bookings/{segment}/cancel"


@pytest.mark.parametrize("booking_id", ["", ".", "..", "a" * 256, "\0", "\ud800"])
async def test_an_id_that_no_platform_can_have_is_not_asked_for(
    relay: Relay, platform: FakePlatform, booking_id: str
) -> None:
    bot = make_bot()
    for work in (
        relay.cancel(bot, booking_id, "k1", {}),
        relay.reschedule(bot, booking_id, "k1", BOOKING),
        relay.get_booking(make_bot(webhook_url=None, embedded=True), booking_id),
    ):
        assert isinstance(await failure_of(work), BookingNotFound)
    assert platform.requests == []


async def test_only_the_embedded_calendar_is_asked_for_holds_and_bookings(
    clock: Clock, platform: FakePlatform
) -> None:
    inside = FakePlatform(platform_secret(KEYRING, make_bot().account_id), clock)
    inside.before.extend([answers(201, {"hold": {"id": "hold_1"}}), answers(200, BOOKED)])
    relay = make_relay(clock, platform, embedded=inside)
    for work in (relay.hold(make_bot(), "k1", {}, 60), relay.get_booking(make_bot(), "1")):
        assert isinstance(await failure_of(work), NotSupportedByPlatform)
    ours = make_bot(webhook_url=None, embedded=True)
    assert (await relay.hold(ours, "k1", {"start_at": "then"}, 60)).status == 201
    assert (await relay.get_booking(ours, "bkg_1")).status == 200
    account = ours.account_id
    assert inside.requests == [
        (
            f"/platform/{account}/slots/hold",
            {
                "account_id": account,
                "idempotency_key": "k1",
                "slot": {"start_at": "then"},
                "hold_seconds": 60,
            },
        ),
        (f"/platform/{account}/bookings/bkg_1/get", {"account_id": account}),
    ]
    assert platform.requests == []


async def test_a_changed_secret_falls_back_on_the_previous_one_once(
    clock: Clock, platform: FakePlatform
) -> None:
    bot = make_bot(
        sealed_secret=sealed("whsec_new"),
        sealed_previous_secret=sealed(SECRET),
        previous_secret_until=clock() + timedelta(hours=1),
    )
    relay = make_relay(clock, platform)
    assert (await relay.book(bot, "k1", BOOKING)).status == 201
    assert (platform.refused, len(platform.requests)) == (1, 1)
    platform.secret = "whsec_new"
    assert (await relay.book(bot, "k2", BOOKING)).status == 201
    assert (platform.refused, len(platform.requests)) == (1, 2)
    platform.secret = "whsec_another"
    assert isinstance(await failure_of(relay.book(bot, "k3", BOOKING)), WebhookRejected)
    assert platform.refused == 3


async def test_the_previous_secret_is_not_used_beyond_its_time(clock: Clock, platform: FakePlatform) -> None:
    bot = make_bot(
        sealed_secret=sealed("whsec_new"),
        sealed_previous_secret=sealed(SECRET),
        previous_secret_until=clock(),
    )
    assert isinstance(await failure_of(make_relay(clock, platform).book(bot, "k1", BOOKING)), WebhookRejected)
    assert platform.refused == 1


async def test_both_tries_share_the_time_that_one_has(clock: Clock) -> None:
    asked: list[httpx.Request] = []

    async def upstream(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        await asyncio.sleep(1.0 if len(asked) == 1 else 60)
        return httpx.Response(401)

    bot = make_bot(sealed_previous_secret=sealed("old"), previous_secret_until=clock() + timedelta(hours=1))
    relay = make_relay(clock, httpx.MockTransport(upstream), timeout_seconds=2)
    began = time.monotonic()
    assert isinstance(await failure_of(relay.book(bot, "k1", BOOKING)), WebhookTimeout)
    assert time.monotonic() - began < 2.9  # 3 if the second had a time of its own
    assert len({request.headers[SIGNATURE_HEADER] for request in asked}) == 2
    assert all(request.headers[SIGNATURE_HEADER].count("v1=") == 1 for request in asked)


@pytest.mark.parametrize(
    ("bot", "account", "installation"), [(True, True, True), (False, True, True), (False, False, True)]
)
async def test_url_and_secret_are_the_bots_else_the_accounts_else_the_installations(
    clock: Clock, bot: bool, account: bool, installation: bool
) -> None:
    whose = "bot" if bot else "account" if account else "installation"
    platform = FakePlatform(f"whsec_{whose}", clock)
    relay = make_relay(
        clock,
        platform,
        webhook_url="https://platform.example/installation",
        webhook_secret="whsec_installation",
    )
    view = make_bot(
        webhook_url="https://platform.example/bot" if bot else None,
        sealed_secret=sealed("whsec_bot") if bot else None,
        account_webhook_url="https://platform.example/account" if account else None,
        account_sealed_secret=sealed("whsec_account") if account else None,
    )
    assert (await relay.book(view, "k1", BOOKING)).status == 201
    assert platform.requests[0][0] == f"/{whose}/bookings"


async def test_the_embedded_calendar_comes_before_the_accounts_platform(
    clock: Clock, platform: FakePlatform
) -> None:
    inside = FakePlatform(platform_secret(KEYRING, make_bot().account_id), clock)
    relay = make_relay(clock, platform, embedded=inside)
    bot = make_bot(webhook_url=None, embedded=True, account_webhook_url="https://platform.example")
    assert (await relay.book(bot, "k1", BOOKING)).status == 201
    assert len(inside.requests) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_url": None},
        {"webhook_url": None, "embedded": True},
        {"sealed_secret": None},
        {"sealed_secret": b"sealed by another installation"},
        {"webhook_url": "http://platform.example"},
        {"webhook_url": "ftp://127.0.0.1/"},
        {"webhook_url": "not a url"},
        {"webhook_url": "https://"},
    ],
)
async def test_without_a_way_to_the_platform_nothing_is_sent(
    relay: Relay, platform: FakePlatform, changes: dict[str, Any]
) -> None:
    for work in (relay.book(make_bot(**changes), "k1", BOOKING), relay.search(make_bot(**changes), SPAN)):
        error = await failure_of(work)
        assert isinstance(error, WebhookNotConfigured)
        assert error.status == 422
    assert platform.requests == []
