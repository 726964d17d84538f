"""What patients and staff read."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from contracts.partner_messages import MessageCustomer, StaffMessage
from language.phone import written
from practice.outbox.wording import LONGEST, Occasion, text_message, unknown_outcome_message, when
from practice.partners.views import BotView

START = datetime(2026, 12, 1, 19, 30, tzinfo=UTC)
BOT = BotView(
    id="bot_1",
    partner_id="ptnr_1",
    name="Elm Park",
    account_id="acct_1",
    practice_id=None,
    site_id=None,
    assistant_id=None,
    phone_numbers=("+12025550142",),
    language="en-US",
    timezone="America/New_York",
    transfer_number=None,
    webhook_url=None,
    embedded=True,
)


@pytest.mark.parametrize(
    "service", ["Cleaning, verify at https://evil.example/x", "evil.example", "call 9005551234"]
)
def test_a_service_s_name_that_leads_elsewhere_is_left_out(service: str) -> None:
    assert worded("booked", service=service) == worded("booked", service=None)


def worded(occasion: Occasion, **changes: str | None) -> str:
    given = {"practice": "Elm Park Dental", "service": "Cleaning", "phone": "+12025550142", **changes}
    return text_message(
        occasion,
        practice=given["practice"] or "",
        start=START,
        timezone="America/New_York",
        language="en-US",
        service=given["service"],
        phone=given["phone"],
    )


@pytest.mark.parametrize(
    ("occasion", "text"),
    [
        ("booked", "you're booked for Cleaning on Tuesday, December 1 at 2:30 PM."),
        ("moved", "your appointment for Cleaning has been moved to Tuesday, December 1 at 2:30 PM."),
        ("cancelled", "your appointment for Cleaning on Tuesday, December 1 at 2:30 PM has been cancelled."),
        ("reminder", "a reminder of your appointment for Cleaning on Tuesday, December 1 at 2:30 PM."),
    ],
)
def test_text_message_names_the_practice_the_time_and_where_to_call(occasion: Occasion, text: str) -> None:
    purpose = "book again" if occasion == "cancelled" else "change or cancel"
    assert worded(occasion) == f"Elm Park Dental: {text} To {purpose}, call +1 202-555-0142."


def test_what_is_not_known_is_left_out() -> None:
    assert worded("booked", service=None, phone=None) == (
        "Elm Park Dental: you're booked on Tuesday, December 1 at 2:30 PM."
    )


@pytest.mark.parametrize("occasion", ["booked", "moved", "cancelled", "reminder"])
def test_text_message_stays_short_whatever_things_are_called(occasion: Occasion) -> None:
    text = worded(occasion, practice="Elm " * 100, service="a very long name " * 40)
    assert len(text) <= LONGEST
    assert "December 1 at 2:30 PM" in text
    assert "\n" not in worded(occasion, practice="Elm\nPark")


@pytest.mark.parametrize(
    ("moment", "zone", "language", "text"),
    [
        (
            datetime(2026, 12, 1, 5, 5, tzinfo=UTC),
            "America/New_York",
            "en-US",
            "Tuesday, December 1 at 12:05 AM",
        ),
        (
            datetime(2026, 12, 1, 17, 0, tzinfo=UTC),
            "America/New_York",
            "en-US",
            "Tuesday, December 1 at 12:00 PM",
        ),
        (datetime(2027, 7, 1, 8, 0, tzinfo=UTC), "Europe/London", "en-GB", "Thursday 1 July at 09:00"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "Europe/London", "en-GB", "Sunday 28 March at 02:00"),
        (datetime(2026, 12, 1, 23, 30, tzinfo=UTC), "Asia/Tokyo", "ja", "Wednesday 2 December at 08:30"),
    ],
)
def test_time_is_told_in_the_practices_zone(moment: datetime, zone: str, language: str, text: str) -> None:
    assert when(moment, zone, language) == text


def test_a_number_is_written_in_groups_and_other_text_stays() -> None:
    assert written("+442079460018") == "+44 20 7946 0018"
    assert written("the front desk") == "the front desk"


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        ("book", "It was asked to book an appointment on Tuesday, December 1 at 2:30 PM, and"),
        ("cancel", "It was asked to cancel the appointment on Tuesday, December 1 at 2:30 PM, and"),
        ("reschedule", "It was asked to move an appointment to Tuesday, December 1 at 2:30 PM, and"),
    ],
)
def test_staff_are_told_what_is_not_known(operation: str, sentence: str) -> None:
    message = unknown_outcome_message("intent_1", operation, {"name": "José", "phone": 5}, START, 24.0, BOT)
    assert sentence in message.text
    assert "for 24 hours" in message.text
    assert message.customer == MessageCustomer(name="José")


def test_doubt_without_time_or_patient_is_still_told() -> None:
    message = unknown_outcome_message("intent_1", "cancel", {}, None, 0.5, replace(BOT, language="en-GB"))
    assert message == StaffMessage(
        text="The booking system gave no clear answer for 0.5 hours. It was asked to cancel the appointment,"
        " and we do not know whether it did. Please look in the calendar, and let the patient know. Then have"
        " it settled: chairside bookings settle intent_1 --done, or --not-done. Until then it stays in doubt"
        ".",
        kind="booking_in_doubt",
        urgency="urgent",
    )
