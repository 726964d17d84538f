"""What the telephone's keys mean."""

import pytest

from agent.telephony.keypad import PERSON, keyed_words
from agent.telephony.patience import Expected


@pytest.mark.parametrize(
    ("keys", "expected", "ended", "words"),
    [
        ("202555013", Expected.NUMBER, False, None),
        ("2025550135", Expected.NUMBER, False, "2 0 2 5 5 5 0 1 3 5"),
        ("1202555013", Expected.NUMBER, False, None),
        ("12025550135", Expected.NUMBER, False, "1 2 0 2 5 5 5 0 1 3 5"),
        ("202555", Expected.NUMBER, True, "2 0 2 5 5 5"),
        ("0", Expected.NUMBER, False, None),
        ("0", Expected.NUMBER, True, PERSON),
        ("0", Expected.ANYTHING, False, PERSON),
        ("0", Expected.READ_BACK, False, PERSON),
        ("1", Expected.READ_BACK, False, "Yes."),
        ("2", Expected.YES_OR_NO, False, "No."),
        ("2", Expected.TIME, False, "The second one."),
        ("7", Expected.TIME, False, None),
        ("7", Expected.TIME, True, "7"),
        ("1", Expected.NAME, False, None),
        ("", Expected.NUMBER, True, ""),
    ],
)
def test_keys_are_words(keys: str, expected: Expected, ended: bool, words: str | None) -> None:
    assert keyed_words(keys, expected, ended=ended) == words
