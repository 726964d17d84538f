"""What a booking request must say, and how a platform is sent it."""

from typing import Any

import pytest

from contracts.partner import AvailabilityQuery, BookingDetails, CustomerPhone, RescheduleDetails
from language.phone import find_e164, find_region_of_language
from practice.bookings.command import (
    BookingCommand,
    booking_command,
    check_query,
    customer_with_e164,
    fingerprint,
    reschedule_command,
)
from practice.errors import InvalidRequest


def given(customer: dict[str, Any] | None = None, **booking: Any) -> dict[str, Any]:
    return {
        "start_at": "2026-12-01T14:00:00-05:00",
        "duration_minutes": 30,
        "customer": {"phone": "+15551234567", "name": "Anna Bell", **(customer or {})},
        **booking,
    }


def command(customer: dict[str, Any] | None = None, language: str = "", **booking: Any) -> BookingCommand:
    return booking_command(BookingDetails.model_validate(given(customer, **booking)), language)


@pytest.mark.parametrize(
    ("language", "region"),
    [
        ("en-US", "US"),
        ("de-AT", "AT"),
        ("zh-Hant-TW", "TW"),
        ("en_GB", "GB"),
        ("de-at", "AT"),
        ("en", None),
        ("es-419", None),
        ("en-XX", None),
        ("", None),
    ],
)
def test_a_language_tag_names_a_country_or_none(language: str, region: str | None) -> None:
    assert find_region_of_language(language) == region


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("+15551234567", None, "+15551234567"),
        ("+1 (202) 555-0142", None, "+12025550142"),
        ("202-555-0142", "US", "+12025550142"),
        ("030 123456", "DE", "+4930123456"),
        ("202-555-0142", None, None),
        ("555-0142", None, None),
        ("+1 202 555", None, None),
        ("+12025550142 ext. 5", None, None),
        ("+999123456789", None, None),
        ("hello", "US", None),
        ("+", None, None),
        ("+1202555014212345678", None, None),
    ],
)
def test_a_number_is_written_as_e164_or_is_none(written: str, region: str | None, number: str | None) -> None:
    assert find_e164(written, region) == number


def test_the_phone_number_is_sent_as_platforms_match_it() -> None:
    asked = command({"phone": "(202) 555-0142", "more": 1}, "en-US")
    assert asked.content["customer"] == {"phone": "+12025550142", "name": "Anna Bell", "more": 1}
    assert asked.sha256 == command({"phone": "+12025550142", "more": 1}).sha256
    customer = CustomerPhone.model_validate({"phone": "(202) 555-0142", "more": 1})
    assert customer_with_e164(customer, "en-US") == {"phone": "+12025550142", "more": 1}


def test_the_request_itself_is_left_as_it_came() -> None:
    booking = given({"phone": "(202) 555-0142", "email": None})
    booking_command(BookingDetails.model_validate(booking), "en-US")
    assert booking == given({"phone": "(202) 555-0142", "email": None})


@pytest.mark.parametrize("phone", ["202-555-0142", "911", "anonymous", "+1202777", "+12025550142x5"])
def test_a_number_without_a_country_is_refused_by_field(phone: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^booking\.customer\.phone must be") as caught:
        command({"phone": phone}, "en")
    assert phone not in caught.value.message
    with pytest.raises(InvalidRequest, match=r"^customer\.phone must be"):
        customer_with_e164(CustomerPhone(phone=phone), "en")


@pytest.mark.parametrize(
    ("email", "sent"),
    [
        ("anna@example.com", "anna@example.com"),
        (" a@b.example ", "a@b.example"),
        (None, None),
        ("", None),
        (" ", None),
    ],
)
def test_a_blank_e_mail_address_is_not_sent(email: str | None, sent: str | None) -> None:
    assert command({"email": email}).content["customer"].get("email") == sent
    assert ("email" in command({"email": email}).content["customer"]) is (sent is not None)


def test_a_booking_keeps_what_the_contract_does_not_know() -> None:
    assert command(service_id="svc_1", colour="blue").content["colour"] == "blue"


@pytest.mark.parametrize("minutes", [1, 1440])
def test_an_appointment_lasts_as_long_as_is_asked_for(minutes: int) -> None:
    asked = command(duration_minutes=minutes)
    assert asked.start is not None
    assert asked.end is not None
    assert (asked.end - asked.start).total_seconds() == minutes * 60


def test_a_reschedule_may_keep_the_length() -> None:
    wanted = RescheduleDetails.model_validate({"start_at": "2026-12-01T14:00:00Z"})
    asked = reschedule_command(wanted, "1")
    assert (asked.booking_id, asked.end) == ("1", None)


def test_what_may_be_left_out_is_not_sent_as_null() -> None:
    plain = command()
    nulls = command(notes=None, service_id=None, practitioner_id=None, hold_id=None)
    assert nulls.content == plain.content
    assert nulls.sha256 == plain.sha256
    assert command(insurance=None).content["insurance"] is None
    moved = {"start_at": "2026-12-01T14:00:00-05:00", "duration_minutes": None}
    assert reschedule_command(RescheduleDetails.model_validate(moved), "7").content == {
        "start_at": moved["start_at"]
    }


def test_a_whole_number_of_minutes_is_one_however_it_is_written() -> None:
    asked = command(duration_minutes=30.0)
    assert repr(asked.content["duration_minutes"]) == "30"
    assert asked.sha256 == command().sha256


def test_the_order_of_fields_does_not_change_the_fingerprint() -> None:
    assert fingerprint(given()) == fingerprint(dict(reversed(list(given().items()))))
    assert fingerprint(given()) != fingerprint(given(duration_minutes=31))


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        ("2026-12-02T00:00:00Z", "2026-12-01T00:00:00Z", False),
        ("2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z", False),
        ("2026-12-01T05:00:00-05:00", "2026-12-01T10:00:00Z", False),
        ("2026-12-02", "2026-12-01", False),
        ("2026-12-01", "2026-12-01", True),
        ("2026-12-02", "2026-12-01T00:00:00Z", True),
        ("2026-12-01T00:00:00Z", "2026-12-01T00:01:00Z", True),
    ],
)
def test_a_search_is_about_a_span(start: str, end: str, fits: bool) -> None:
    span = {"start_at_range": {"start_at": start, "end_at": end}}
    query = AvailabilityQuery.model_validate({"filter": span, "more": 1})
    if fits:
        assert check_query(query) == {"filter": span, "more": 1}
    else:
        with pytest.raises(
            InvalidRequest, match=r"^query\.filter\.start_at_range\.start_at must be before end_at"
        ):
            check_query(query)
