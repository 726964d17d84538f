"""The circuit breaker: opens after failures in a row, and lets exactly one probe through later."""

import pytest

from kit.circuit_breaker import CircuitBreaker, Permit, RequestResult

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


def admitted(breaker: CircuitBreaker) -> Permit:
    admission = breaker.admit()
    assert admission is not None
    return admission


def fail(breaker: CircuitBreaker, times: int = FAILURES) -> None:
    for _ in range(times):
        breaker.report(admitted(breaker), "failure")


def test_fewer_failures_than_the_limit_change_nothing(breaker: CircuitBreaker) -> None:
    fail(breaker, FAILURES - 1)
    assert not breaker.refuses
    assert breaker.admit() is not None


def test_a_success_between_failures_starts_the_count_anew(breaker: CircuitBreaker) -> None:
    fail(breaker, FAILURES - 1)
    breaker.report(admitted(breaker), "success")
    fail(breaker, FAILURES - 1)
    assert breaker.admit() is not None


def test_too_many_failures_in_a_row_open_the_circuit_for_the_whole_time(
    breaker: CircuitBreaker, seconds: Seconds
) -> None:
    fail(breaker)
    for _ in range(3):
        assert breaker.admit() is None
        seconds.now += 4.9
    seconds.now = 100 + SECONDS - 0.001
    assert breaker.admit() is None


def test_a_half_open_circuit_lets_exactly_one_probe_through(
    breaker: CircuitBreaker, seconds: Seconds
) -> None:
    fail(breaker)
    seconds.now += SECONDS
    admissions = [breaker.admit() for _ in range(20)]
    assert [one for one in admissions if one is not None] == [admissions[0]]
    seconds.now += 10 * SECONDS
    assert breaker.admit() is None  # The probe is still under way.


def test_a_successful_probe_closes_the_circuit(breaker: CircuitBreaker, seconds: Seconds) -> None:
    fail(breaker)
    seconds.now += SECONDS
    breaker.report(admitted(breaker), "success")
    fail(breaker, FAILURES - 1)
    assert breaker.admit() is not None


def test_a_failed_probe_opens_the_circuit_for_as_long_again(
    breaker: CircuitBreaker, seconds: Seconds
) -> None:
    fail(breaker)
    seconds.now += SECONDS
    breaker.report(admitted(breaker), "failure")
    seconds.now += SECONDS - 0.001
    assert breaker.admit() is None
    seconds.now += 0.001
    assert breaker.admit() is not None


def test_a_cancelled_probe_makes_room_for_another(breaker: CircuitBreaker, seconds: Seconds) -> None:
    fail(breaker)
    seconds.now += SECONDS
    breaker.report(admitted(breaker), "cancelled")
    assert admitted(breaker).is_probe
    assert breaker.admit() is None


@pytest.mark.parametrize("outcome", ["success", "failure"])
def test_requests_sent_before_the_circuit_opened_do_not_count(
    breaker: CircuitBreaker, seconds: Seconds, outcome: RequestResult
) -> None:
    old = admitted(breaker)
    fail(breaker)
    seconds.now += SECONDS / 2
    breaker.report(old, outcome)
    assert breaker.refuses
    seconds.now += SECONDS / 2
    assert not breaker.refuses


def test_failures_of_requests_sent_before_the_probe_do_not_count_after_it(
    breaker: CircuitBreaker, seconds: Seconds
) -> None:
    old = [admitted(breaker) for _ in range(FAILURES)]
    fail(breaker)
    seconds.now += SECONDS
    breaker.report(admitted(breaker), "success")
    for admission in old:
        breaker.report(admission, "failure")
    assert breaker.admit() is not None


def test_each_opening_and_closing_is_reported_once(seconds: Seconds) -> None:
    told: list[bool] = []
    breaker = CircuitBreaker(FAILURES, SECONDS, seconds, told.append)
    fail(breaker, FAILURES - 1)
    breaker.report(admitted(breaker), "success")
    assert told == []
    late = admitted(breaker)
    fail(breaker)
    breaker.report(late, "failure")
    outcomes: tuple[RequestResult, ...] = ("failure", "cancelled", "failure")
    for outcome in outcomes:
        seconds.now += SECONDS
        breaker.report(admitted(breaker), outcome)
    assert told == [True]
    seconds.now += SECONDS
    breaker.report(admitted(breaker), "success")
    breaker.report(admitted(breaker), "success")
    assert told == [True, False]
    fail(breaker)
    assert told == [True, False, True]
