"""Keeping a time for someone who is still making up their mind."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from config.settings import CalendarSettings
from contracts.platform import ANYONE, HoldRequest, WantedBooking, WantedMove
from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id
from practice.calendar import repository
from practice.calendar.placing import Wanted, find_place
from practice.calendar.plan import Plan
from practice.calendar.shapes import hold_of
from practice.errors import InvalidPayload
from practice.records.bookings import SlotHold
from practice.records.finding import find_by
from practice.service import RecordsService

CREATED, REPEATED = 201, 200


class Holds(RecordsService):
    """Holds of the embedded calendar. A hold is nobody's but the account's, and ends by itself."""

    def __init__(self, database: Database, clock: Clock, settings: CalendarSettings) -> None:
        super().__init__(database, clock)
        self._settings = settings

    async def hold(self, account_id: str, body: HoldRequest) -> tuple[int, dict[str, Any]]:
        """Keep a time that is free for a while: 201, or 200 with what the key keeps; else SlotUnavailable."""
        slot, seconds = body.slot, body.hold_seconds or self._settings.hold_seconds
        longest = int(self._settings.longest_hold_seconds)
        if body.hold_seconds is not None and body.hold_seconds > longest:
            raise InvalidPayload(f"hold_seconds must be between 1 and {longest}.")
        async with self._database.session() as session:
            practice = await repository.lock_practice(session, account_id)
            now = self._clock()
            await repository.sweep_holds(session, account_id, now)
            made = await find_by(
                session, SlotHold, account_id=account_id, idempotency_key=body.idempotency_key
            )
            if made is not None:
                return REPEATED, {"hold": hold_of(practice, made)}
            plan = Plan(practice, now)
            service = plan.find_service(slot.service_id)
            practitioners = plan.list_practitioners(slot.practitioner_id, service)
            length = timedelta(minutes=slot.duration_minutes)
            place = await find_place(session, plan, Wanted(slot.start_at, length, service, practitioners))
            hold = SlotHold(
                id=new_id("hold", now),
                account_id=account_id,
                **asdict(place),
                service_id=service.id if service else None,
                expires_at=now + timedelta(seconds=seconds),
                idempotency_key=body.idempotency_key,
                created_at=now,
            )
            session.add(hold)
            return CREATED, {"hold": hold_of(practice, hold)}


async def find_hold(session: AsyncSession, plan: Plan, wanted: WantedBooking | WantedMove) -> SlotHold | None:
    """Find the hold that a booking or a move uses up: it must be of the same account, time and practitioner.

    One that has run out, or is of another time, is as none: the booking has to find its own place.

    Args:
        session: A writing transaction on a locked practice, rid of holds that ran out.
        wanted: What is to be booked, or where to it is moved.
    """
    if wanted.hold_id is None:
        return None
    hold = await find_by(session, SlotHold, account_id=plan.practice.account_id, id=wanted.hold_id)
    if hold is None or hold.start_at != wanted.start_at:
        return None
    holder = next(one for one in plan.practice.practitioners if one.number == hold.practitioner_number)
    return hold if wanted.practitioner_id in {None, ANYONE, holder.id} else None
