"""Whether a practice is open at a moment, for whoever asks on the telephone or about it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kit.db.database import Database
from practice.calendar import repository


async def find_open(database: Database, account_id: str, now: datetime) -> bool | None:
    """Tell whether an account's practice is open.

    Args:
        account_id: ``acct_…``.
        now: An aware moment.

    Returns:
        True within the practice's own hours on a day without a closure of the whole practice; None where no
        practice is kept for the account, or it has no hours.
    """
    async with database.reading() as session:
        practice = await repository.find_practice(session, account_id)
    if practice is None:
        return None
    hours = [one for one in practice.hours if one.practitioner_id is None]
    if not hours:
        return None
    local = now.astimezone(ZoneInfo(practice.timezone))
    if any(one.day == local.date() and one.practitioner_id is None for one in practice.closures):
        return False
    minute = local.hour * 60 + local.minute
    return any(
        one.weekday == local.weekday() and one.opens_minute <= minute < one.closes_minute for one in hours
    )
