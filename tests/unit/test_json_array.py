"""Bare arrays of any length."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.responses import StreamingResponse

from webhooks.assistants_api.json_stream import json_array


async def pages(*sizes: int) -> AsyncIterator[list[dict[str, Any]]]:
    for size in sizes:
        yield [{"said": f"é {number}"} for number in range(size)]


@pytest.mark.parametrize(
    ("sizes", "body"),
    [
        ((), "[]"),
        ((0,), "[]"),
        ((1,), '[{"said":"é 0"}]'),
        ((2, 1), '[{"said":"é 0"},{"said":"é 1"},{"said":"é 0"}]'),
        ((1, 1, 1), '[{"said":"é 0"},{"said":"é 0"},{"said":"é 0"}]'),
        ((1, 0), '[{"said":"é 0"}]'),
        ((1, 1, 0), '[{"said":"é 0"},{"said":"é 0"}]'),
    ],
)
async def test_pages_make_one_array(sizes: tuple[int, ...], body: str) -> None:
    response = await json_array(pages(*sizes))
    assert response.headers["content-type"] == "application/json"
    if isinstance(response, StreamingResponse):
        assert b"".join([bytes(part) async for part in response.body_iterator]).decode() == body  # type: ignore[arg-type] # they are bytes
    else:
        assert bytes(response.body).decode() == body
