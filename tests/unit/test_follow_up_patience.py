"""How long the follow-ups wait."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice.followups.retry_after import retry_after
from practice.followups.views import LONGEST_PAUSE, Patience

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
PATIENCE = Patience(timedelta(seconds=5), timedelta(minutes=15), timedelta(hours=24))


@given(attempts=st.integers(1, 10_000))
def test_pause_doubles_until_the_longest(attempts: int) -> None:
    plain = min(5 * 2 ** min(attempts - 1, 30), 900)
    assert 0.9 * plain <= PATIENCE.pause(attempts).total_seconds() <= 1.1 * plain


@given(wish=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_what_the_other_side_asks_for_is_honoured_within_reason(wish: timedelta) -> None:
    pause = PATIENCE.pause(1, wish)
    assert pause >= min(wish, LONGEST_PAUSE)
    assert pause <= max(LONGEST_PAUSE, timedelta(seconds=5.5))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("99999999999", 86_400),
        ("Tue, 01 Dec 2026 12:01:00 GMT", 60),
        ("Tue, 01 Dec 2026 12:01:00 -0000", 60),
        ("Tue, 01 Dec 2026 11:00:00 GMT", 0),
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
