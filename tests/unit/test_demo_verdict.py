"""What the demo calls a success: a call that ended well, in one booking."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cli.demo_call import what_is_wrong
from practice.calendar.views import AppointmentView
from rehearsal.call_report import CallReport, CallResult

START = datetime(2026, 12, 1, 19, tzinfo=UTC)
ROW = AppointmentView(
    id="bkg_1",
    start=START,
    end=START + timedelta(minutes=45),
    service="Cleaning",
    practitioner="Dr. Lee",
    patient="Daniel Reed",
    phone="+12025550164",
    status="confirmed",
)


def test_one_booking_and_a_clean_end_is_right() -> None:
    assert what_is_wrong(CallReport("CA1"), [ROW]) == ""
    assert what_is_wrong(CallReport("CA1"), [ROW, replace(ROW, id="bkg_2", status="cancelled")]) == ""


def test_no_booking_and_two_bookings_are_wrong() -> None:
    assert "0 bookings" in what_is_wrong(CallReport("CA1"), [])
    assert "2 bookings" in what_is_wrong(CallReport("CA1"), [ROW, replace(ROW, id="bkg_2")])


def test_a_call_that_broke_is_wrong_even_with_its_booking() -> None:
    broken = CallReport("CA1", CallResult.STREAM_FAILED, "no socket")
    assert what_is_wrong(broken, [ROW]) == "no socket"
