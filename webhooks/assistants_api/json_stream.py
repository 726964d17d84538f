"""Bare arrays of unknown length, as the contract has its lists."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from pydantic_core import to_json
from starlette.responses import Response, StreamingResponse

JSON = "application/json"
Pages = AsyncIterator[Sequence[Any]]


async def json_array(pages: Pages) -> Response:
    """Answer with an array, a page of it at a time: a long one must not hold up the calls of the process.

    Returns:
        The response; what goes wrong with the first page is raised here, and has its own response.
    """
    first: Sequence[Any] = await anext(pages, [])
    second = await anext(pages, None)
    if second is None:
        return Response(to_json(first), media_type=JSON)
    return StreamingResponse(_parts(first, second, pages), media_type=JSON)


async def _parts(
    page: Sequence[Any] | None, ahead: Sequence[Any] | None, pages: Pages
) -> AsyncIterator[bytes]:
    separator = b"["
    while page is not None:
        if page:
            yield separator + to_json(page)[1:-1]
            separator = b","
        page, ahead = ahead, await anext(pages, None)
    yield b"[]" if separator == b"[" else b"]"
