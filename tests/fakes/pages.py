"""Lists that are read a page at a time."""

from collections.abc import AsyncIterator
from typing import TypeVar

T = TypeVar("T")


async def all_of(pages: AsyncIterator[list[T]]) -> list[T]:
    """Read them to the end."""
    return [one async for page in pages for one in page]
