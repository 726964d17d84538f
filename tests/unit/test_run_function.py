"""Arguments as models write them: what is none is told to the model, and reaches no function."""

from typing import Any

import pytest

from tests.fakes.practice_api import FakePracticeApi
from tools.registry import run_function


@pytest.mark.parametrize(
    "arguments",
    [
        "{",
        "[1]",
        "[" * 100_000,
        '{"timezone": "\\ud83d"}',
        '{"timezone": "\\u0000"}',
        [1],
        5,
        {"timezone": "\ud83d"},
        {"timezone": {1}},
    ],
    ids=lambda value: ascii(value)[:40],
)
async def test_arguments_that_are_none_are_told_to_the_model(arguments: Any) -> None:
    result = await run_function(FakePracticeApi().context(list), "get_current_time", arguments)
    assert result["status"] == "invalid"


@pytest.mark.parametrize("arguments", ["", "{}", {}, '{"timezone": null}', {"timezone": ""}])
async def test_arguments_that_say_nothing_are_none_needed(arguments: Any) -> None:
    result = await run_function(FakePracticeApi().context(list), "get_current_time", arguments)
    assert result["status"] == "ok"
