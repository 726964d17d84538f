"""What a caller makes of a read-back over the telephone, and which day they ask for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.readback import digits_disagree, sounds_like, spoken_digits
from rehearsal.scenario import WEEKDAYS, day_to_ask_for

PHONE = "+12025550164"


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_the_day_asked_for_is_clear_to_everybody(today: date) -> None:
    day = day_to_ask_for(today)
    assert WEEKDAYS[day.weekday()] in {"tuesday", "wednesday", "thursday"}
    assert timedelta(days=2) <= day - today <= timedelta(days=6)


@pytest.mark.parametrize(
    ("heard", "wrong"),
    [
        ("your number is 202-555-0164", False),
        ("your number is 2 0 2, 5 5 5, 0 1 6 4", False),
        ("your number is two oh two five five five zero one six four", False),
        ("your number is 202-55-0164", False),
        ("your number is 2025 555 0164", False),
        ("+1 202 555 0164", False),
        ("on the 1st at 2.30 p.m.", False),
        ("ending in 0164", False),
        ("your number is 202-555-0165", True),
        ("your number is 212-555-0164", True),
        ("your number is 555-0142", True),
    ],
)
def test_only_another_number_disagrees(heard: str, wrong: bool) -> None:
    assert digits_disagree(heard, PHONE) is wrong


@given(
    st.lists(st.sampled_from("0123456789"), min_size=10, max_size=10), st.integers(0, 9), st.integers(1, 9)
)
def test_any_changed_digit_disagrees(digits: list[str], place: int, step: int) -> None:
    phone = "+1" + "".join(digits)
    assert not digits_disagree(" ".join(digits), phone)
    digits[place] = str((int(digits[place]) + step) % 10)
    assert digits_disagree(" ".join(digits), phone)
    assert digits_disagree(" ".join(["1", *digits]), phone)


def test_runs_of_digits_end_at_words() -> None:
    assert spoken_digits("12, oh 3 then four-five") == ["1203", "45"]


def test_names_are_compared_by_sound_enough() -> None:
    assert sounds_like("Daniel Reed", "for Daniel Reid, on Tuesday")
    assert sounds_like("Anna Bell", "this is on a bell")
    assert not sounds_like("Daniel Reed", "a cleaning on Tuesday at two")
