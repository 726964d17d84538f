"""What the embedded calendar forgets: it keeps appointments, but not for ever what was said on the way."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.database import Database
from practice.calendar import repository

FORGOTTEN_AT_ONCE = 500
"""Rows in one transaction: bookings must not wait for a long one."""


async def forget_changes(database: Database, before: datetime) -> int:
    """Forget the keys of old cancellations and reschedules, with their answers, and the reasons given."""
    keys = await _in_parts(database, before, repository.delete_changes)
    return keys + await _in_parts(database, before, repository.clear_reasons)


async def _in_parts(
    database: Database, before: datetime, forget: Callable[[AsyncSession, datetime, int], Awaitable[int]]
) -> int:
    forgotten, last = 0, FORGOTTEN_AT_ONCE
    while last == FORGOTTEN_AT_ONCE:
        async with database.session() as session:
            last = await forget(session, before, FORGOTTEN_AT_ONCE)
        forgotten += last
    return forgotten
