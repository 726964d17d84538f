"""The embedded calendar's requests, and its rows."""

from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import select

from kit.db.database import Database
from practice.records.bookings import Appointment, AppointmentChange, SlotHold
from practice.records.practices import Practitioner, Service

Row = TypeVar("Row", Appointment, AppointmentChange, SlotHold)

TEN = "2026-12-01T10:00:00-05:00"
ELEVEN = "2026-12-01T11:00:00-05:00"
TWO = "2026-12-01T14:00:00-05:00"
DAY = {"query": {"filter": {"start_at_range": {"start_at": "2026-12-01", "end_at": "2026-12-01"}}}}


def booking(key: str, start: str, minutes: int = 30, **extra: Any) -> dict[str, Any]:
    """Ask for an appointment."""
    customer = {"phone": "+12025550100", "name": "Anna Bell"}
    wanted = {"start_at": start, "duration_minutes": minutes, "customer": customer, **extra}
    return {"idempotency_key": key, "booking": wanted}


def cancellation(key: str) -> dict[str, Any]:
    """Ask for a cancellation."""
    return {"idempotency_key": key, "cancellation": {"reason": "ill"}}


def move(key: str, start: str, **extra: Any) -> dict[str, Any]:
    """Ask for another time."""
    return {"idempotency_key": key, "booking": {"start_at": start, **extra}}


def hold(key: str, start: str, minutes: int = 30, seconds: int | None = None, **extra: Any) -> dict[str, Any]:
    """Ask for a time to be kept."""
    body: dict[str, Any] = {
        "idempotency_key": key,
        "slot": {"start_at": start, "duration_minutes": minutes, **extra},
    }
    return body if seconds is None else {**body, "hold_seconds": seconds}


def at(text: str) -> datetime:
    """Read a moment."""
    return datetime.fromisoformat(text).astimezone(UTC)


async def ids_of(database: Database, kind: type[Service] | type[Practitioner]) -> dict[str, str]:
    """Give the ids of all services or practitioners by their names."""
    async with database.reading() as session:
        return {name: id_ for id_, name in (await session.execute(select(kind.id, kind.name))).all()}


async def rows_of(database: Database, kind: type[Row]) -> list[Row]:
    """List all rows of a table."""
    async with database.reading() as session:
        return list(await session.scalars(select(kind).order_by(kind.created_at, kind.id)))
