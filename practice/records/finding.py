"""The commonest query, for what no row can have as well; and taking turns."""

from typing import Any, TypeVar

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.text import is_text
from practice.records.base import Base

LARGEST_ROW_NUMBER = 2**31 - 1

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_Row = TypeVar("_Row", bound=Base)


def is_row_number(number: int) -> bool:
    """Tell whether a number could be a row's; PostgreSQL refuses to compare with larger ones."""
    return 0 < number <= LARGEST_ROW_NUMBER


async def find_by(
    session: AsyncSession, kind: type[_Row], *, lock: bool = False, **columns: Any
) -> _Row | None:
    """Find the row whose columns have these values, one at most; ``lock`` holds it for the transaction.

    PostgreSQL refuses to compare with texts that it cannot hold and with numbers beyond a row's.
    """
    for value in columns.values():
        if (isinstance(value, str) and not is_text(value)) or (
            isinstance(value, int) and not is_row_number(value)
        ):
            return None
    query = select(kind).filter_by(**columns)
    return (await session.scalars(query.with_for_update() if lock else query)).one_or_none()


async def take_turns(session: AsyncSession, name: str) -> None:
    """Hold a name until the transaction ends; on SQLite a writing transaction is alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(_LOCK, {"name": name})
