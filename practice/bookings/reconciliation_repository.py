"""The SQL of booking requests as people look at them."""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from practice.records.bookings import BookingIntent


async def list_requests(
    session: AsyncSession, limit: int, *, leases: tuple[datetime, datetime] | None = None
) -> list[BookingIntent]:
    """List requests, newest first; with the bounds of running leases, only those that are in doubt."""
    query = select(BookingIntent)
    if leases is not None:
        lease = BookingIntent.lease_until
        silent = and_(BookingIntent.state == "pending", or_(lease <= leases[0], lease > leases[1]))
        query = query.where(or_(BookingIntent.state == "unknown", silent))
    query = query.order_by(BookingIntent.created_at.desc(), BookingIntent.id.desc()).limit(limit)
    return list(await session.scalars(query))


async def find_request(session: AsyncSession, intent_id: str) -> BookingIntent | None:
    """Find a request, whosever it is."""
    return await session.get(BookingIntent, intent_id)
