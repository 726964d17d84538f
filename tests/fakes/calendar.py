"""The embedded calendar's requests, and its rows."""

from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import select

from contracts.platform import BookRequest, CancelRequest, HoldRequest, MoveRequest, SearchRequest
from kit.db.database import Database
from practice.records.bookings import Appointment, AppointmentChange, SlotHold
from practice.records.practices import Practitioner, Service

Row = TypeVar("Row", Appointment, AppointmentChange, SlotHold)

TEN = "2026-12-01T10:00:00-05:00"
ELEVEN = "2026-12-01T11:00:00-05:00"
TWO = "2026-12-01T14:00:00-05:00"
ACCOUNT = "acct_of_the_path"
"""What a body says; the calendar goes by the path, which a door has compared with it."""


def search(start: str, end: str, **extra: Any) -> SearchRequest:
    """Ask for free windows."""
    wanted = {"start_at_range": {"start_at": start, "end_at": end}, **extra}
    return SearchRequest.model_validate({"account_id": ACCOUNT, "query": {"filter": wanted}})


DAY = search("2026-12-01", "2026-12-01")


def booking(key: str, start: str, minutes: int = 30, **extra: Any) -> BookRequest:
    """Ask for an appointment."""
    customer = {"phone": "+12025550100", "name": "Anna Bell"}
    wanted = {"start_at": start, "duration_minutes": minutes, "customer": customer, **extra}
    body = {"account_id": ACCOUNT, "idempotency_key": key, "booking": wanted}
    return BookRequest.model_validate(body)


def cancellation(key: str, **said: Any) -> CancelRequest:
    """Ask for a cancellation."""
    body = {"account_id": ACCOUNT, "idempotency_key": key, "cancellation": {"reason": "ill"}, **said}
    return CancelRequest.model_validate(body)


def move(key: str, start: str, **extra: Any) -> MoveRequest:
    """Ask for another time."""
    body = {"account_id": ACCOUNT, "idempotency_key": key, "booking": {"start_at": start, **extra}}
    return MoveRequest.model_validate(body)


def hold(key: str, start: str, minutes: int = 30, seconds: int | None = None, **extra: Any) -> HoldRequest:
    """Ask for a time to be kept."""
    slot = {"start_at": start, "duration_minutes": minutes, **extra}
    body = {"account_id": ACCOUNT, "idempotency_key": key, "slot": slot, "hold_seconds": seconds}
    return HoldRequest.model_validate(body)


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
