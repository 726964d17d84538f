"""Bad input answers 4xx in the api's shape, is relayed to nobody, and leaves nothing behind."""

import copy
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.fakes.partner_app import CUSTOMER, START, PartnerApp, booking_for, error, run_partner_app

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAY = {"start_at": "2026-12-02T00:00:00-05:00", "end_at": "2026-12-03T00:00:00-05:00"}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/availability/search": {"query": {"filter": {"start_at_range": DAY}}},
    "/v1/bookings": {"booking": booking_for("")["booking"]},
    "/v1/bookings/7/cancel": {"cancellation": {"reason": "ill"}},
    "/v1/bookings/7/reschedule": {"booking": {"start_at": START, "duration_minutes": 30}},
    "/v1/slots/hold": {"slot": {"start_at": START, "duration_minutes": 30}, "hold_seconds": 60},
    "/v1/customers/lookup": {"customer": {"phone": CUSTOMER["phone"]}},
    "/v1/bookings/search": {"customer": {"phone": CUSTOMER["phone"]}},
    "/v1/messages": {"message": {"customer": {"name": "Anna"}, "text": "Please call."}},
}
"""A good body for each path, but for its bot."""
KEYED = [path for path in BODIES if path.rsplit("/", 1)[-1] not in {"search", "lookup"}]
RAW = {
    "nothing": b"",
    "truncated": b'{"bot_id": "bot',
    "no JSON": b"bot_id=1",
    "not UTF-8": b'{"bot_id": "\xff"}',
    "UTF-16": '{"bot_id": "b"}'.encode("utf-16"),
    "a list": b"[]",
    "null": b"null",
    "NaN": b'{"bot_id": NaN}',
    "infinity": b'{"bot_id": -Infinity}',
    "a float beyond range": b'{"bot_id": 1e999}',
    "an integer beyond range": b'{"bot_id": 9223372036854775808}',
    "5000 digits": b'{"bot_id": ' + b"1" * 5000 + b"}",
    "a NUL": b'{"bot_id": "a\\u0000b"}',
    "a NUL in a name": b'{"bot_id": "a", "b\\u0000": 1}',
    "a lone surrogate": b'{"bot_id": "\\ud800"}',
    "a key twice": b'{"bot_id": "a", "bot_id": "b"}',
    "an inner key twice": b'{"bot_id": "a", "booking": {"x": 1, "x": 2}}',
    "33 levels": b'{"bot_id": ' + b"[" * 33 + b"]" * 33 + b"}",
    "30,000 levels": b"[" * 30_000,
    "two values": b'{"bot_id": "a"} {}',
}
DATES: dict[str, Any] = {
    "naive": "2026-12-03T10:00:00",
    "a bare date": "2026-12-03",
    "no such day": "2026-02-30T10:00:00Z",
    "no such hour": "2026-12-03T25:00:00Z",
    "no such offset": "2026-12-03T10:00:00+25:00",
    "the 24th hour and a half": "2026-12-03T24:30:00Z",
    "words": "tomorrow at ten",
    "a week": "2026-W49-4T10:00:00Z",
    "other digits": "٢٠٢٦-12-03T10:00:00Z",
    "far ahead": "9999-12-31T23:59:59Z",
    "a number": 1764774000,
    "a list": ["2026-12-03T10:00:00Z"],
    "missing": None,
    "blank": " ",
}
MINUTES: dict[str, Any] = {
    "zero": 0,
    "negative": -30,
    "a fraction": 30.5,
    "a text": "30",
    "true": True,
    "a day and a minute": 24 * 60 + 1,
    "beyond the database": 2**62,
    "missing": None,
}
PHONES: dict[str, Any] = {
    "words": "my mobile",
    "too short": "+1202",
    "too long": "+120255501000000000",
    "an extension": "+12025550100 ext. 5",
    "letters": "+1 800 FLOWERS NOW",
    "no country there is": "+999123456789",
    "a number": 12025550100,
    "blank": "  ",
    "missing": None,
    "a control character": "+1202555\x070100",
}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> AsyncIterator[PartnerApp]:
    async with run_partner_app(tmp_path_factory.mktemp("bad-input"), sqlite_template) as api:
        yield api


async def refused(api: PartnerApp, path: str, content: bytes, **headers: Any) -> tuple[int, str]:
    """Send something bad; gives the error after making sure that it came to nothing."""
    before, relayed = await api.written(), list(api.platform.requests)
    sent = [("Authorization", f"Bearer {api.app.demo.partner_key}")]
    given = {"Content-Type": "application/json", "Idempotency-Key": "bad", **headers}
    for name, values in given.items():
        sent += [(name, one) for one in (values if isinstance(values, list) else [values])]
    raw = [(name.encode(), value.encode("latin-1")) for name, value in sent]
    response = await api.app.client.post(path, content=content, headers=httpx.Headers(raw))
    assert await api.written() == before
    assert api.platform.requests == relayed
    assert api.platform.refused == 0
    return error(response)


def changed(body: dict[str, Any], where: str, value: Any) -> dict[str, Any]:
    """Change a field; None takes it out."""
    made = copy.deepcopy(body)
    *way, last = where.split(".")
    inner = made
    for name in way:
        inner = inner[name]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return made


def body_for(api: PartnerApp, path: str) -> dict[str, Any]:
    return {"bot_id": api.external, **BODIES[path]}


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW.keys())
async def test_what_is_no_unambiguous_json_object_is_refused(api: PartnerApp, raw: bytes) -> None:
    for path in [*BODIES, "/v1/bots"]:
        assert await refused(api, path, raw) == (400, "invalid_request"), path


@pytest.mark.parametrize("path", KEYED)
@pytest.mark.parametrize("key", [[], "", " \t "], ids=["none", "empty", "blank"])
async def test_without_a_key_nothing_is_done(api: PartnerApp, path: str, key: Any) -> None:
    content = json.dumps(body_for(api, path)).encode()
    assert await refused(api, path, content, **{"Idempotency-Key": key}) == (400, "missing_idempotency_key")


@pytest.mark.parametrize("path", KEYED)
@pytest.mark.parametrize(
    "key",
    ["k" * 256, "a\tb", "a\x01", "\x1fa", "a\x7f", "caf\xe9", "\xa0", ["a", "b"], ["a", ""]],
    ids=["256", "tab", "control", "control first", "delete", "non-ASCII", "hard blank", "two", "one blank"],
)
async def test_with_a_key_of_another_shape_nothing_is_done(api: PartnerApp, path: str, key: Any) -> None:
    content = json.dumps(body_for(api, path)).encode()
    assert await refused(api, path, content, **{"Idempotency-Key": key}) == (400, "invalid_request")


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json", ""]
)
async def test_another_content_type_is_refused(api: PartnerApp, path: str, content_type: str) -> None:
    content = json.dumps(body_for(api, path)).encode()
    found = await refused(api, path, content, **{"Content-Type": content_type})
    assert found == (415, "unsupported_media_type")


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, identity"])
async def test_a_compressed_body_is_refused_by_what_it_is(api: PartnerApp, encoding: str) -> None:
    packed = gzip.compress(json.dumps(body_for(api, "/v1/bookings")).encode())
    found = await refused(api, "/v1/bookings", packed, **{"Content-Encoding": encoding})
    assert found == (415, "unsupported_media_type")


@pytest.mark.parametrize("path", BODIES)
async def test_a_body_over_64_kib_is_refused(api: PartnerApp, path: str) -> None:
    content = json.dumps({**body_for(api, path), "more": "x" * 65_536}).encode()
    assert await refused(api, path, content) == (413, "payload_too_large")


@pytest.mark.parametrize("path", BODIES)
async def test_an_unknown_bot_is_not_found(api: PartnerApp, path: str) -> None:
    for bot in ("bot_01h2xcejqtf2nbrexx3vqjhp41", "bot_", "7", "' OR 1=1 --", "bot_\u00e9"):
        content = json.dumps({**body_for(api, path), "bot_id": bot}).encode()
        assert await refused(api, path, content) == (404, "bot_not_found"), bot


@pytest.mark.parametrize("path", BODIES)
async def test_a_bot_that_is_no_text_is_refused(api: PartnerApp, path: str) -> None:
    wrong: list[Any] = [None, 7, [], {}, "", " ", True]
    for bot in wrong:
        content = json.dumps({**body_for(api, path), "bot_id": bot}).encode()
        assert await refused(api, path, content) == (400, "invalid_request"), bot


@pytest.mark.parametrize("start", DATES.values(), ids=DATES.keys())
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/bookings", "booking.start_at"),
        ("/v1/bookings/7/reschedule", "booking.start_at"),
        ("/v1/slots/hold", "slot.start_at"),
    ],
)
async def test_a_time_that_nobody_can_come_at_is_refused(
    api: PartnerApp, path: str, field: str, start: Any
) -> None:
    content = json.dumps(changed(body_for(api, path), field, start)).encode()
    assert await refused(api, path, content) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (DAY["end_at"], DAY["start_at"]),
        (DAY["start_at"], DAY["start_at"]),
        ("2026-12-03T10:00:00+01:00", "2026-12-03T03:30:00-05:00"),
        ("2026-12-03", "2026-12-02"),
        ("2026-12-03T10:00:00", DAY["end_at"]),
        (DAY["start_at"], "2026-12-03T10:00:00"),
        ("2026-02-30", DAY["end_at"]),
        (DAY["start_at"], 7),
        (None, DAY["end_at"]),
        (DAY["start_at"], None),
    ],
)
async def test_a_span_that_is_none_is_refused(api: PartnerApp, start: Any, end: Any) -> None:
    body = body_for(api, "/v1/availability/search")
    for name, value in (("start_at", start), ("end_at", end)):
        body = changed(body, f"query.filter.start_at_range.{name}", value)
    found = await refused(api, "/v1/availability/search", json.dumps(body).encode())
    assert found == (400, "invalid_request")


@pytest.mark.parametrize("minutes", MINUTES.values(), ids=MINUTES.keys())
@pytest.mark.parametrize(
    ("path", "field"),
    [("/v1/bookings", "booking"), ("/v1/bookings/7/reschedule", "booking"), ("/v1/slots/hold", "slot")],
)
async def test_a_length_that_is_none_is_refused(api: PartnerApp, path: str, field: str, minutes: Any) -> None:
    if minutes is None and path.endswith("reschedule"):
        return  # the booking keeps its length
    content = json.dumps(changed(body_for(api, path), f"{field}.duration_minutes", minutes)).encode()
    assert await refused(api, path, content) == (400, "invalid_request")


@pytest.mark.parametrize("phone", PHONES.values(), ids=PHONES.keys())
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/bookings", "booking.customer.phone"),
        ("/v1/customers/lookup", "customer.phone"),
        ("/v1/bookings/search", "customer.phone"),
    ],
)
async def test_a_phone_that_nobody_can_be_called_at_is_refused(
    api: PartnerApp, path: str, field: str, phone: Any
) -> None:
    content = json.dumps(changed(body_for(api, path), field, phone)).encode()
    assert await refused(api, path, content) == (400, "invalid_request")


WRONG_TYPES: list[tuple[str, str, Any]] = [
    ("/v1/availability/search", "query", []),
    ("/v1/availability/search", "query.filter", "x"),
    ("/v1/availability/search", "query.filter.start_at_range", None),
    ("/v1/availability/search", "query.filter.service_id", 7),
    ("/v1/availability/search", "query.filter.practitioner_id", []),
    ("/v1/availability/search", "query.filter.duration_minutes", "30"),
    ("/v1/availability/search", "query.filter.duration_minutes", 0),
    ("/v1/bookings", "booking", None),
    ("/v1/bookings", "booking", "x"),
    ("/v1/bookings", "booking.customer", []),
    ("/v1/bookings", "booking.customer", None),
    ("/v1/bookings", "booking.customer.name", None),
    ("/v1/bookings", "booking.customer.name", 7),
    ("/v1/bookings", "booking.customer.name", " "),
    ("/v1/bookings", "booking.customer.name", "x" * 201),
    ("/v1/bookings", "booking.customer.email", 7),
    ("/v1/bookings", "booking.customer.email", "nobody"),
    ("/v1/bookings", "booking.notes", {}),
    ("/v1/bookings", "booking.service_id", 7),
    ("/v1/bookings", "booking.practitioner_id", []),
    ("/v1/bookings", "booking.hold_id", True),
    ("/v1/bookings/7/cancel", "cancellation", []),
    ("/v1/bookings/7/cancel", "cancellation.reason", 7),
    ("/v1/bookings/7/reschedule", "booking", None),
    ("/v1/bookings/7/reschedule", "booking", 7),
    ("/v1/slots/hold", "slot", None),
    ("/v1/slots/hold", "slot.practitioner_id", 7),
    ("/v1/slots/hold", "hold_seconds", 0),
    ("/v1/slots/hold", "hold_seconds", -1),
    ("/v1/slots/hold", "hold_seconds", "60"),
    ("/v1/slots/hold", "hold_seconds", 1.5),
    ("/v1/customers/lookup", "customer", None),
    ("/v1/customers/lookup", "customer", "x"),
    ("/v1/bookings/search", "customer", "x"),
    ("/v1/messages", "message", None),
    ("/v1/messages", "message.text", 7),
    ("/v1/messages", "message.customer", "Anna"),
]


@pytest.mark.parametrize(("path", "field", "value"), WRONG_TYPES)
async def test_a_field_of_another_type_is_refused(api: PartnerApp, path: str, field: str, value: Any) -> None:
    content = json.dumps(changed(body_for(api, path), field, value)).encode()
    assert await refused(api, path, content) == (400, "invalid_request")


async def test_an_error_names_the_field_and_not_what_stood_in_it(api: PartnerApp) -> None:
    body = changed(body_for(api, "/v1/bookings"), "booking.customer.phone", "call Anna Bell")
    response = await api.post("/v1/bookings", body, "k")
    assert "booking.customer.phone" in response.text
    assert "Anna" not in response.text
