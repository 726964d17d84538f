"""How much a caller may ask: counted over the last minute, of a bounded number of callers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import LimitSettings
from practice.errors import RateLimited
from webhooks.rate_limit import MOST_COUNTED, RateLimits, SlidingWindow


class Hand:
    """A clock's hand that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


def test_as_many_as_are_allowed_go_through_and_no_more() -> None:
    window = SlidingWindow(3, Hand())
    for left in (2, 1, 0):
        assert window.retry_after_seconds("a") == 0
        window.hit("a")
        assert window.allowance("a").remaining == left
    assert window.retry_after_seconds("a") > 0
    assert window.retry_after_seconds("b") == 0


@given(
    limit=st.integers(1, 50),
    gaps=st.lists(st.floats(0, 90, allow_nan=False), min_size=1, max_size=120),
)
def test_who_waits_as_told_is_let_in_and_no_sooner(limit: int, gaps: list[float]) -> None:
    hand = Hand()
    window = SlidingWindow(limit, hand)
    for gap in gaps:
        hand.seconds += gap
        wait = window.retry_after_seconds("a")
        assert 0 <= wait <= 120
        if wait:
            begun = hand.seconds
            hand.seconds = begun + wait * 0.98 - 1e-6
            assert window.retry_after_seconds("a") > 0
            hand.seconds = begun + wait + 1e-6
            assert window.retry_after_seconds("a") == 0
        window.hit("a")


@given(gaps=st.lists(st.floats(0, 10, allow_nan=False), min_size=1, max_size=300))
def test_in_no_minute_of_the_clock_more_than_the_limit_goes_through(gaps: list[float]) -> None:
    hand = Hand()
    window = SlidingWindow(7, hand)
    by_minute: dict[int, int] = {}
    for gap in gaps:
        hand.seconds += gap
        if window.retry_after_seconds("a") == 0:
            window.hit("a")
            minute = int(hand.seconds // 60)
            by_minute[minute] = by_minute.get(minute, 0) + 1
    assert max(by_minute.values()) <= 7


def test_two_minutes_of_silence_give_everything_back() -> None:
    hand = Hand()
    window = SlidingWindow(2, hand)
    window.hit("a")
    window.hit("a")
    hand.seconds += 120
    assert window.allowance("a").remaining == 2


def test_a_flood_of_callers_does_not_grow_what_is_kept() -> None:
    window = SlidingWindow(2, Hand(), most_counted=100)
    for number in range(10_000):
        window.hit(f"caller {number}")
        window.hit("steady")
    assert len(window) == 100
    assert window.retry_after_seconds("steady") > 0


def limits(requests: int = 100, refused: int = 2) -> RateLimits:
    return RateLimits(LimitSettings(requests_per_minute=requests, refused_keys_per_minute=refused), Hand())


def refuse(limits: RateLimits, address: str, times: int = 2) -> None:
    for _ in range(times):
        limits.check_address(address, "wrong")
        limits.refused(address, "wrong")


def test_after_too_many_wrong_keys_an_address_is_not_even_heard() -> None:
    one = limits()
    refuse(one, "203.0.113.9")
    with pytest.raises(RateLimited) as caught:
        one.check_address("203.0.113.9", "another")
    assert 0 < caught.value.retry_after_seconds <= 120
    one.check_address("203.0.113.10", "another")


def test_a_key_that_was_good_is_not_shut_out_by_its_neighbours() -> None:
    one = limits()
    one.accepted("good")
    refuse(one, "203.0.113.9")
    one.check_address("203.0.113.9", "good")
    one.refused("203.0.113.9", "good")  # revoked meanwhile
    with pytest.raises(RateLimited):
        one.check_address("203.0.113.9", "good")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.9", "203.0.113.10", False),
        ("testclient", "testclient", True),
        ("", "", True),
    ],
)
def test_a_network_of_the_newer_protocol_is_one_client(first: str, second: str, *, same: bool) -> None:
    one = limits()
    refuse(one, first)
    if same:
        with pytest.raises(RateLimited):
            one.check_address(second, "x")
    else:
        one.check_address(second, "x")


def test_good_keys_are_remembered_within_bounds() -> None:
    one = limits()
    for number in range(MOST_COUNTED + 10):
        one.accepted(str(number))
    refuse(one, "203.0.113.9")
    one.check_address("203.0.113.9", str(MOST_COUNTED))
    with pytest.raises(RateLimited):
        one.check_address("203.0.113.9", "0")
