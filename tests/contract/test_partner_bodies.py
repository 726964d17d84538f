"""Any JSON fits a body of the Partner API, or is refused with a sentence that names its first wrong field."""

import contextlib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from contracts import platform
from contracts.partner import (
    AvailabilitySearch,
    BookingRequest,
    CancelRequest,
    LookupRequest,
    RescheduleRequest,
)
from contracts.partner_holds import HoldRequest
from contracts.partner_messages import StaffMessageRequest
from contracts.timestamps import TimestampInvalid, read_timestamp
from webhooks.partner_api.errors import invalid, invalid_payload

GOOD: dict[str, Any] = {
    "start_at": "2026-12-01T14:00:00-05:00",
    "duration_minutes": 30,
    "customer": {"phone": "+12025550100", "name": "Anna Bell"},
}
SLOT = {"start_at": "2026-12-01T14:00:00-05:00", "duration_minutes": 30}


def refusal(model: type[BaseModel], body: Any) -> str:
    """Give the sentence with which a body is refused."""
    try:
        model.model_validate(body)
    except ValidationError as error:
        findings = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        assert invalid_payload(RequestValidationError(findings)).code == "invalid_payload"
        return invalid(RequestValidationError(findings)).message
    return ""


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"start_at": None}, "booking.start_at is required."),
        ({"start_at": " "}, "booking.start_at must not be empty."),
        ({"start_at": "2026-12-01"}, "booking.start_at must be a date and a time with an offset."),
        ({"start_at": "2026-12-01T14:00:00"}, "booking.start_at must carry an offset such as Z or -05:00."),
        ({"start_at": "2026-02-30T14:00:00Z"}, "booking.start_at is not a date that exists."),
        ({"start_at": "2026-12-01T14:00:00+99:00"}, "booking.start_at is not a date that exists."),
        ({"start_at": "0001-01-01T00:00:00+14:00"}, "booking.start_at is not a date that exists."),
        ({"start_at": "1969-01-01T00:00:00Z"}, "booking.start_at must lie between 1970 and 2200."),
        (
            {"start_at": "1 December"},
            "booking.start_at must be an RFC 3339 date-time such as 2026-12-01T09:00:00-05:00.",
        ),
        ({"start_at": 1764601200}, "booking.start_at must be a string."),
        ({"start_at": "2" * 65}, "booking.start_at must have at most 64 characters."),
        ({"duration_minutes": None}, "booking.duration_minutes is required."),
        ({"duration_minutes": 0}, "booking.duration_minutes must be between 1 and 1440."),
        ({"duration_minutes": -30}, "booking.duration_minutes must be between 1 and 1440."),
        ({"duration_minutes": 10**30}, "booking.duration_minutes must be between 1 and 1440."),
        ({"duration_minutes": 1441.0}, "booking.duration_minutes must be between 1 and 1440."),
        ({"duration_minutes": True}, "booking.duration_minutes must be an integer."),
        ({"duration_minutes": 30.5}, "booking.duration_minutes must be an integer."),
        ({"duration_minutes": float("nan")}, "booking.duration_minutes must be an integer."),
        ({"duration_minutes": "30"}, "booking.duration_minutes must be an integer."),
        ({"customer": []}, "booking.customer must be an object."),
        ({"customer": {"name": "A"}}, "booking.customer.phone is required."),
        ({"customer": {"phone": "+1", "name": "  "}}, "booking.customer.name must not be empty."),
        (
            {"customer": {"phone": "+1", "name": "A" * 201}},
            "booking.customer.name must have at most 200 characters.",
        ),
        ({"customer": {"phone": "+1", "name": "A", "email": 5}}, "booking.customer.email must be a string."),
        ({"notes": "x" * 10_001}, "booking.notes must have at most 10000 characters."),
        ({"hold_id": {"id": 1}}, "booking.hold_id must be a string."),
        ({"service_id": "x" * 256}, "booking.service_id must have at most 255 characters."),
        ({"practitioner_id": 7}, "booking.practitioner_id must be a string."),
        *(
            (
                {"customer": {"phone": "+1", "name": "A", "email": email}},
                "booking.customer.email must be an e-mail address.",
            )
            for email in ("anna", "anna@", "@example.com", "a b@example.com", "a@b@c")
        ),
    ],
)
def test_a_booking_that_does_not_fit_is_refused_by_field(changes: dict[str, Any], sentence: str) -> None:
    assert refusal(BookingRequest, {"bot_id": "b", "booking": {**GOOD, **changes}}) == sentence


@pytest.mark.parametrize(
    ("model", "body", "sentence"),
    [
        (BookingRequest, {"booking": GOOD}, "bot_id is required and must be a string."),
        (BookingRequest, {"bot_id": 7, "booking": GOOD}, "bot_id is required and must be a string."),
        (BookingRequest, {"bot_id": " ", "booking": GOOD}, "bot_id is required and must be a string."),
        (BookingRequest, {"bot_id": "b"}, "booking is required."),
        (AvailabilitySearch, {"bot_id": "b", "query": "x"}, "query must be an object."),
        (CancelRequest, {"bot_id": "b", "cancellation": []}, "cancellation must be an object."),
        (
            HoldRequest,
            {"bot_id": "b", "slot": SLOT, "hold_seconds": 0},
            "hold_seconds must be between 1 and 86400.",
        ),
        (LookupRequest, {"bot_id": "b", "customer": {}}, "customer.phone is required."),
        (StaffMessageRequest, {"bot_id": "b", "message": {"text": " "}}, "message.text must not be empty."),
        (
            StaffMessageRequest,
            {"bot_id": "b", "message": {"text": "x", "customer": "Anna"}},
            "message.customer must be an object.",
        ),
    ],
)
def test_any_body_that_does_not_fit_is_refused_by_field(
    model: type[BaseModel], body: Any, sentence: str
) -> None:
    assert refusal(model, body) == sentence


@pytest.mark.parametrize(
    ("model", "body", "sentence"),
    [
        (platform.BookRequest, {"booking": GOOD}, "idempotency_key is required."),
        (
            platform.BookRequest,
            {"idempotency_key": "k" * 101, "booking": GOOD},
            "idempotency_key must have at most 100 characters.",
        ),
        (platform.MoveRequest, {"idempotency_key": "k"}, "booking is required."),
        (platform.HoldRequest, {"idempotency_key": "k"}, "slot is required."),
        (platform.CancelRequest, {}, "idempotency_key is required."),
        (platform.CancelRequest, {"idempotency_key": "k", "cancellation": "no object"}, ""),
        (platform.FindRequest, {"customer": {"phone": "+1"}, "limit": 0}, "limit must be between 1 and 100."),
    ],
)
def test_a_platform_s_body_that_does_not_fit_is_refused_by_field(
    model: type[BaseModel], body: dict[str, Any], sentence: str
) -> None:
    assert refusal(model, {"account_id": "acct_1", **body}) == sentence


def test_a_request_keeps_what_it_was_given() -> None:
    given = {**GOOD, "duration_minutes": 30.0, "notes": None, "colour": {"name": "blue"}}
    booking = BookingRequest.model_validate({"bot_id": "b", "booking": given}).booking
    assert booking.given == given
    assert (booking.duration_minutes, booking.customer.given) == (30, GOOD["customer"])


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01T14:00:00Z", datetime(2026, 12, 1, 14, tzinfo=UTC)),
        ("2026-12-01t09:00:00.123-05:00", datetime(2026, 12, 1, 14, 0, 0, 123000, tzinfo=UTC)),
        ("2026-12-01T09:00-0500", datetime(2026, 12, 1, 14, tzinfo=UTC)),
        ("2026-12-01", date(2026, 12, 1)),
    ],
)
def test_timestamps_are_read_as_rfc_3339_writes_them(text: str, moment: datetime | date) -> None:
    assert read_timestamp(text) == moment


@given(st.text(max_size=40))
def test_any_text_is_a_timestamp_or_none(text: str) -> None:
    with contextlib.suppress(TimestampInvalid):
        assert read_timestamp(text).year in range(1969, 2202)


def search_from(start: Any) -> dict[str, Any]:
    return {"query": {"filter": {"start_at_range": {"start_at": start, "end_at": "2026-12-02T00:00:00Z"}}}}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["query", "filter", "start_at_range", "start_at", "end_at", "booking", "customer"]
            )
            | st.sampled_from(["duration_minutes", "phone", "name", "idempotency_key", "notes"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
near_misses = st.one_of(
    st.builds(search_from, json_values),
    st.builds(lambda value: {"booking": {**GOOD, "start_at": value}}, st.text(max_size=40) | json_values),
    st.builds(lambda value: {"idempotency_key": "k", "booking": {**GOOD, "customer": value}}, json_values),
)
MODELS = (
    AvailabilitySearch,
    BookingRequest,
    RescheduleRequest,
    platform.BookRequest,
    platform.SearchRequest,
    platform.LookupRequest,
)


@given(json_values | near_misses)
def test_any_json_fits_or_is_refused_with_a_sentence(body: Any) -> None:
    if isinstance(body, dict):
        body = {"bot_id": "b", "account_id": "acct_1", **body}
        for model in MODELS:
            assert refusal(model, body)[-1:] in {"", "."}
