"""Insert-once, said in the dialect of whichever database it is."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from practice.records.base import Base


async def insert_once(
    session: AsyncSession, record: type[Base], values: dict[str, Any], unique: Sequence[str]
) -> bool:
    """Insert a row unless one is equal in the columns of a unique index; waits for who is inserting it."""
    table = record.metadata.tables[record.__tablename__]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).on_conflict_do_nothing(index_elements=unique).returning(*table.primary_key)
    return (await session.execute(statement, values)).first() is not None
