"""The commonest query."""

from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from practice.records.base import Base

_Row = TypeVar("_Row", bound=Base)


async def find_by(session: AsyncSession, kind: type[_Row], **columns: Any) -> _Row | None:
    """Find the row whose columns have these values; there is one at most."""
    return (await session.scalars(select(kind).filter_by(**columns))).one_or_none()
