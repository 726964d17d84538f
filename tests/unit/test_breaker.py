"""The breaker: leaves a failing host alone, and lets exactly one request try it again."""

import pytest

from practice.platforms.circuit_breaker import Admission, CircuitBreaker

FAILURES, SECONDS = 3, 15.0


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def breaker(seconds: Seconds) -> CircuitBreaker:
    return CircuitBreaker(FAILURES, SECONDS, seconds)


def admitted(breaker: CircuitBreaker) -> Admission:
    admission = breaker.admit()
    assert admission is not None
    return admission


def fail(breaker: CircuitBreaker, times: int = FAILURES) -> None:
    for _ in range(times):
        breaker.report(admitted(breaker), "bad")


def test_fewer_failures_than_the_limit_change_nothing(breaker: CircuitBreaker) -> None:
    fail(breaker, FAILURES - 1)
    assert not breaker.refuses
    assert breaker.admit() is not None


def test_a_success_between_failures_starts_the_count_anew(breaker: CircuitBreaker) -> None:
    fail(breaker, FAILURES - 1)
    breaker.report(admitted(breaker), "good")
    fail(breaker, FAILURES - 1)
    assert breaker.admit() is not None


def test_too_many_failures_in_a_row_leave_the_host_alone_for_the_whole_time(
    breaker: CircuitBreaker, seconds: Seconds
) -> None:
    fail(breaker)
    for _ in range(3):
        assert breaker.admit() is None
        seconds.now += 4.9
    seconds.now = 100 + SECONDS - 0.001
    assert breaker.admit() is None


def test_after_that_time_exactly_one_probe_is_let_through(breaker: CircuitBreaker, seconds: Seconds) -> None:
    fail(breaker)
    seconds.now += SECONDS
    admissions = [breaker.admit() for _ in range(20)]
    assert [one for one in admissions if one is not None] == [admissions[0]]
    seconds.now += 10 * SECONDS
    assert breaker.admit() is None  # The probe is still out.


def test_a_good_probe_takes_the_host_back(breaker: CircuitBreaker, seconds: Seconds) -> None:
    fail(breaker)
    seconds.now += SECONDS
    breaker.report(admitted(breaker), "good")
    fail(breaker, FAILURES - 1)
    assert breaker.admit() is not None


def test_a_bad_probe_leaves_the_host_alone_for_as_long_again(
    breaker: CircuitBreaker, seconds: Seconds
) -> None:
    fail(breaker)
    seconds.now += SECONDS
    breaker.report(admitted(breaker), "bad")
    seconds.now += SECONDS - 0.001
    assert breaker.admit() is None
    seconds.now += 0.001
    assert breaker.admit() is not None


def test_a_probe_that_is_given_up_makes_room_for_another(breaker: CircuitBreaker, seconds: Seconds) -> None:
    fail(breaker)
    seconds.now += SECONDS
    breaker.report(admitted(breaker), "unknown")
    assert admitted(breaker).is_probe
    assert breaker.admit() is None


@pytest.mark.parametrize("outcome", ["good", "bad"])
def test_what_was_sent_before_the_host_was_given_up_no_longer_counts(
    breaker: CircuitBreaker, seconds: Seconds, outcome: str
) -> None:
    old = admitted(breaker)
    fail(breaker)
    seconds.now += SECONDS / 2
    breaker.report(old, "good" if outcome == "good" else "bad")
    assert breaker.refuses
    seconds.now += SECONDS / 2
    assert not breaker.refuses


def test_failures_of_before_the_probe_do_not_count_after_it(
    breaker: CircuitBreaker, seconds: Seconds
) -> None:
    old = [admitted(breaker) for _ in range(FAILURES)]
    fail(breaker)
    seconds.now += SECONDS
    breaker.report(admitted(breaker), "good")
    for admission in old:
        breaker.report(admission, "bad")
    assert breaker.admit() is not None


def test_each_change_is_told_once_and_what_changes_nothing_is_not(seconds: Seconds) -> None:
    told: list[bool] = []
    breaker = CircuitBreaker(FAILURES, SECONDS, seconds, told.append)
    fail(breaker, FAILURES - 1)
    breaker.report(admitted(breaker), "good")
    assert told == []
    late = admitted(breaker)
    fail(breaker)
    breaker.report(late, "bad")
    for outcome in ("bad", "unknown", "bad"):
        seconds.now += SECONDS
        breaker.report(admitted(breaker), outcome)
    assert told == [True]
    seconds.now += SECONDS
    breaker.report(admitted(breaker), "good")
    breaker.report(admitted(breaker), "good")
    assert told == [True, False]
    fail(breaker)
    assert told == [True, False, True]
