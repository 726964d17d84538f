"""What is said besides the key of a cancellation is kept where it can be, and never hinders it."""

from typing import Any

import pytest

from practice.calendar.changes import reason_of


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"reason": " My car broke down. "}, "My car broke down."),
        ({"reason": "x" * 1001}, "x" * 1000),
        ({"reason": "  "}, None),
        ({"reason": 5}, None),
        ({}, None),
        ("no object", None),
        (None, None),
    ],
)
def test_a_reason_is_kept_and_anything_else_is_passed_over(said: Any, reason: str | None) -> None:
    assert reason_of(said) == reason
