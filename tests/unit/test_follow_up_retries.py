"""How long the follow-ups wait."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from practice.outbox.views import LONGEST_PAUSE, RetrySchedule

RETRIES = RetrySchedule(timedelta(seconds=5), timedelta(minutes=15), timedelta(hours=24))


@given(attempts=st.integers(1, 10_000))
def test_pause_doubles_until_the_longest(attempts: int) -> None:
    plain = min(5 * 2 ** min(attempts - 1, 30), 900)
    assert 0.9 * plain <= RETRIES.pause(attempts).total_seconds() <= 1.1 * plain


@given(wish=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_what_the_other_side_asks_for_is_honoured_within_reason(wish: timedelta) -> None:
    pause = RETRIES.pause(1, wish)
    assert pause >= min(wish, LONGEST_PAUSE)
    assert pause <= max(LONGEST_PAUSE, timedelta(seconds=5.5))
