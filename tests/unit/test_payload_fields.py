"""Any JSON either passes or is refused with the name of the field; nothing else happens."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice.bookings.command import fingerprint
from practice.bookings.validation import check_booking, check_search
from practice.calendar.requests import read_booking, read_lookup, read_search
from practice.errors import InvalidPayload, InvalidRequest, PracticeError
from practice.payload import Fields

GOOD: dict[str, Any] = {
    "start_at": "2026-12-01T14:00:00-05:00",
    "duration_minutes": 30,
    "customer": {"phone": "+12025550100", "name": "Anna Bell"},
}


def booking_with(**changes: Any) -> dict[str, Any]:
    return {"booking": {**GOOD, **changes}}


def search_over(start: Any, end: Any) -> dict[str, Any]:
    return {"query": {"filter": {"start_at_range": {"start_at": start, "end_at": end}}}}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start_at": None}, "booking.start_at is required"),
        ({"start_at": "2026-12-01"}, "booking.start_at must be a date and a time"),
        ({"start_at": "2026-12-01T14:00:00"}, "booking.start_at must carry an offset"),
        ({"start_at": "2026-02-30T14:00:00Z"}, "booking.start_at is not a date that exists"),
        ({"start_at": "2026-12-01T14:00:00+99:00"}, "booking.start_at is not a date that exists"),
        ({"start_at": "0001-01-01T00:00:00+14:00"}, "booking.start_at"),
        ({"start_at": "9999-12-31T23:59:59-12:00"}, "booking.start_at"),
        ({"start_at": "1 December"}, "booking.start_at must be an RFC 3339"),
        ({"start_at": 1764601200}, "booking.start_at must be a string"),
        ({"duration_minutes": 0}, "booking.duration_minutes must be between"),
        ({"duration_minutes": -30}, "booking.duration_minutes must be between"),
        ({"duration_minutes": 10**30}, "booking.duration_minutes must be between"),
        ({"duration_minutes": True}, "booking.duration_minutes must be an integer"),
        ({"duration_minutes": 30.5}, "booking.duration_minutes must be an integer"),
        ({"duration_minutes": "30"}, "booking.duration_minutes must be an integer"),
        ({"customer": []}, "booking.customer must be an object"),
        ({"customer": {"name": "A"}}, "booking.customer.phone is required"),
        ({"customer": {"phone": "+1", "name": "  "}}, "booking.customer.name must not be empty"),
        ({"customer": {"phone": "+1", "name": "A", "email": 5}}, "booking.customer.email must be a string"),
        ({"customer": {"phone": "+1", "name": "A\x00"}}, "booking.customer.name must be valid text"),
        ({"notes": "\ud800"}, "booking.notes must be valid text"),
        ({"notes": "x" * 10_001}, "booking.notes must have at most"),
        ({"price": float("nan")}, "number that JSON does not have"),
    ],
)
def test_a_booking_that_does_not_fit_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest, match=field):
        check_booking(booking_with(**changes))


def test_a_booking_keeps_what_the_contract_does_not_know() -> None:
    assert check_booking(booking_with(service_id="svc_1", colour="blue")).content["colour"] == "blue"


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2026-12-02T00:00:00Z", "2026-12-01T00:00:00Z", "before end_at"),
        ("2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z", "before end_at"),
        ("2026-12-01T05:00:00-05:00", "2026-12-01T10:00:00Z", "before end_at"),
        ("2026-12-02", "2026-12-01", "before end_at"),
        ("2026-12-01T00:00:00", "2026-12-02T00:00:00Z", "start_at must carry an offset"),
        (None, "2026-12-01", "start_at is required"),
    ],
)
def test_a_range_that_is_none_is_refused(start: Any, end: Any, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        check_search(search_over(start, end))


def test_a_range_of_one_bare_day_is_a_day() -> None:
    check_search(search_over("2026-12-01", "2026-12-01"))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01T14:00:00Z", datetime(2026, 12, 1, 14, tzinfo=UTC)),
        ("2026-12-01t09:00:00.123-05:00", datetime(2026, 12, 1, 14, 0, 0, 123000, tzinfo=UTC)),
        ("2026-12-01T09:00-0500", datetime(2026, 12, 1, 14, tzinfo=UTC)),
        ("2026-12-01", date(2026, 12, 1)),
    ],
)
def test_dates_are_read_as_rfc_3339_writes_them(text: str, moment: datetime | date) -> None:
    assert Fields.of({"at": text}, InvalidRequest).instant_or_day("at") == moment


def test_the_order_of_fields_does_not_change_the_fingerprint() -> None:
    assert fingerprint(GOOD) == fingerprint(dict(reversed(list(GOOD.items()))))
    assert fingerprint(GOOD) != fingerprint({**GOOD, "duration_minutes": 31})


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
    st.builds(lambda value: search_over(value, "2026-12-01"), json_values),
    st.builds(lambda value: booking_with(start_at=value), st.text(max_size=40) | json_values),
    st.builds(lambda value: {"idempotency_key": "k", **booking_with(customer=value)}, json_values),
)


def refusal(check: Callable[[Any], object], kind: type[PracticeError], body: Any) -> str:
    try:
        check(body)
    except kind as error:
        return error.message
    return "It passes."


@given(json_values | near_misses)
def test_any_json_passes_or_is_refused_with_a_sentence(body: Any) -> None:
    for check in (check_search, check_booking):
        assert refusal(check, InvalidRequest, body).endswith(".")
    for read in (read_search, read_booking, read_lookup):
        assert refusal(read, InvalidPayload, body).endswith(".")
