"""Bare arrays, as the contract has its lists, of which nobody knows how long they get."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from starlette.responses import JSONResponse, Response, StreamingResponse

Pages = AsyncIterator[Sequence[dict[str, Any]]]


async def json_array(pages: Pages) -> Response:
    """Answer with an array, a page of it at a time: a long one must not hold up the calls of the process.

    Returns:
        The response; what goes wrong with the first page is raised here, and has its own answer.
    """
    first: Sequence[dict[str, Any]] = await anext(pages, [])
    second = await anext(pages, None)
    if second is None:
        return JSONResponse(list(first))
    return StreamingResponse(_written([first, second], pages), media_type="application/json")


async def _written(known: Sequence[Sequence[dict[str, Any]]], pages: Pages) -> AsyncIterator[str]:
    opening = "["
    for page in known:
        if page:
            yield opening + _items(page)
            opening = ","
    async for page in pages:
        if page:
            yield opening + _items(page)
            opening = ","
    yield "[]" if opening == "[" else "]"


def _items(page: Sequence[dict[str, Any]]) -> str:
    return ",".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in page)
