"""Whether a practice is open at a moment, for whoever asks on the telephone or about it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kit.db.database import Database
from practice.calendar import repository
from practice.calendar.plan import week_of


async def find_open(database: Database, account_id: str, now: datetime) -> bool | None:
    """Tell whether an account's practice is open; None where none is kept, or it has no hours."""
    async with database.reading() as session:
        practice = await repository.find_practice(session, account_id)
    if practice is None or not any(one.practitioner_id is None for one in practice.hours):
        return None
    local = now.astimezone(ZoneInfo(practice.timezone))
    minute = local.hour * 60 + local.minute
    return any(opens <= minute < closes for opens, closes in week_of(practice).on(local.date()))
