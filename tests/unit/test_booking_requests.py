"""What a booking request must say, and how a platform is sent it."""

from typing import Any

import pytest

from practice.bookings.phones import find_e164, region_of
from practice.bookings.validation import check_booking, check_hold, check_lookup, check_reschedule
from practice.errors import InvalidRequest


def body(customer: dict[str, Any] | None = None, **booking: Any) -> dict[str, Any]:
    return {
        "booking": {
            "start_at": "2026-12-01T14:00:00-05:00",
            "duration_minutes": 30,
            "customer": {"phone": "+15551234567", "name": "Anna Bell", **(customer or {})},
            **booking,
        }
    }


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
    assert region_of(language) == region


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
    wish = check_booking(body({"phone": "(202) 555-0142", "more": 1}), "en-US")
    assert wish.content["customer"] == {"phone": "+12025550142", "name": "Anna Bell", "more": 1}
    assert wish.sha256 == check_booking(body({"phone": "+12025550142", "more": 1})).sha256
    assert check_lookup({"customer": {"phone": "(202) 555-0142", "more": 1}}, "en-US") == {
        "phone": "+12025550142",
        "more": 1,
    }


def test_the_request_itself_is_left_as_it_came() -> None:
    given = body({"phone": "(202) 555-0142", "email": None})
    check_booking(given, "en-US")
    assert given == body({"phone": "(202) 555-0142", "email": None})


@pytest.mark.parametrize("phone", ["202-555-0142", "911", "anonymous", "+1202777", "+12025550142x5"])
def test_a_number_without_a_country_is_refused_by_field(phone: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^booking\.customer\.phone must be") as caught:
        check_booking(body({"phone": phone}), "en")
    assert phone not in caught.value.message
    with pytest.raises(InvalidRequest, match=r"^customer\.phone must be"):
        check_lookup({"customer": {"phone": phone}}, "en")


def test_an_e_mail_address_is_plausible_or_not_sent() -> None:
    assert (
        check_booking(body({"email": "anna@example.com"})).content["customer"]["email"] == "anna@example.com"
    )
    assert check_booking(body({"email": " a@b.example "})).content["customer"]["email"] == "a@b.example"
    for email in (None, "", " "):
        assert "email" not in check_booking(body({"email": email})).content["customer"]
    for email in ("anna", "anna@", "@example.com", "a b@example.com", "a@b@c"):
        with pytest.raises(InvalidRequest, match=r"^booking\.customer\.email must be"):
            check_booking(body({"email": email}))


@pytest.mark.parametrize("field", ["hold_id", "practitioner_id", "service_id", "notes"])
def test_what_we_know_beyond_the_contract_is_text(field: str) -> None:
    assert check_booking(body(None, **{field: "x_1"})).content[field] == "x_1"
    with pytest.raises(InvalidRequest, match=rf"^booking\.{field} must be a string"):
        check_booking(body(None, **{field: {"id": 1}}))


def test_an_appointment_lasts_a_minute_to_a_day() -> None:
    for minutes in (1, 1440):
        wish = check_booking(body(duration_minutes=minutes))
        assert wish.start is not None
        assert wish.end is not None
        assert (wish.end - wish.start).total_seconds() == minutes * 60
    for minutes in (0, -30, 1441):
        with pytest.raises(InvalidRequest, match="duration_minutes must be between"):
            check_booking(body(duration_minutes=minutes))
        with pytest.raises(InvalidRequest, match="duration_minutes must be between"):
            check_hold({"slot": {"start_at": "2026-12-01T14:00:00Z", "duration_minutes": minutes}})


def test_a_reschedule_may_keep_the_length() -> None:
    wish = check_reschedule({"booking": {"start_at": "2026-12-01T14:00:00Z"}}, "1")
    assert (wish.booking_id, wish.end) == ("1", None)


def test_what_may_be_left_out_is_not_sent_as_null() -> None:
    plain = check_booking(body())
    nulls = check_booking(body(notes=None, service_id=None, practitioner_id=None, hold_id=None))
    assert nulls.content == plain.content
    assert nulls.sha256 == plain.sha256
    assert check_booking(body(insurance=None)).content["insurance"] is None
    moved = {"start_at": "2026-12-01T14:00:00-05:00", "duration_minutes": None}
    assert check_reschedule({"booking": moved}, "7").content == {"start_at": moved["start_at"]}


def test_a_whole_number_of_minutes_is_one_however_it_is_written() -> None:
    wish = check_booking(body(duration_minutes=30.0))
    assert repr(wish.content["duration_minutes"]) == "30"
    assert wish.sha256 == check_booking(body()).sha256
