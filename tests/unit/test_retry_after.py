"""``Retry-After`` is seconds or a date, and never more than a day."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.http.retry_after import retry_after

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("99999999999", 86_400),
        ("Tue, 01 Dec 2026 12:01:00 GMT", 60),
        ("Tue, 01 Dec 2026 12:01:00 -0000", 60),
        ("Tue, 01 Dec 2026 11:00:00 GMT", 0),
        ("Tuesday, 01-Dec-26 12:01:00 GMT", 60),
        ("Tue Dec  1 12:01:00 2026", 60),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("-5", 0),
        ("1.5", 0),
        ("soon", 0),
        ("", 0),
        ("٣", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float) -> None:
    assert retry_after({"retry-after": header}, NOW) == timedelta(seconds=seconds)


def test_no_header_is_no_wait() -> None:
    assert retry_after({}, NOW) == timedelta(0)


@given(header=st.text())
def test_no_header_breaks_it(header: str) -> None:
    assert timedelta(0) <= retry_after({"retry-after": header}, NOW) <= timedelta(days=1)


def test_a_date_is_held_against_the_servers_own_clock_when_there_is_no_other() -> None:
    headers = {"retry-after": "Tue, 01 Dec 2026 12:01:00 GMT", "date": "Tue, 01 Dec 2026 12:00:20 GMT"}
    assert retry_after(headers) == timedelta(seconds=40)
    assert retry_after(headers, NOW) == timedelta(seconds=60)
    for date in ({}, {"date": ""}, {"date": "noon"}):
        assert retry_after({"retry-after": headers["retry-after"], **date}) == timedelta(0)
