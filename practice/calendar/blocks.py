"""Time that the practice's people keep free: nobody is offered it, and nobody booked in it."""

from dataclasses import dataclass
from datetime import datetime

from kit.ids import is_id, new_id
from practice.calendar import repository
from practice.errors import BlockNotFound, InvalidRequest, SlotUnavailable
from practice.records.bookings import TimeBlock
from practice.service import RecordsService

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class BlockView:
    """A stretch of somebody's time that is kept free."""

    id: str
    start: datetime
    end: datetime
    reason: str


class Blocks(RecordsService):
    """The blocked time of the embedded calendar."""

    async def add(
        self, account_id: str, practitioner_id: str, start: datetime, end: datetime, reason: str, by: str
    ) -> None:
        """Keep time free."""
        if start >= end:
            raise InvalidRequest("The time ends before it begins.")
        now = self._clock()
        async with self._database.session() as session:
            practice = await repository.lock_practice(session, account_id)
            person = next((one for one in practice.practitioners if one.id == practitioner_id), None)
            if person is None:
                raise InvalidRequest("There is no such person.")
            taken = await repository.list_taken(session, [person.number], start, end)
            if taken:
                raise SlotUnavailable(f"{person.name} has somebody booked then. Move the appointment first.")
            session.add(
                TimeBlock(
                    id=new_id("blk", now),
                    practice_id=practice.id,
                    practitioner_number=person.number,
                    start_at=start,
                    end_at=end,
                    reason=reason[:LONGEST_REASON],
                    made_by=by,
                    created_at=now,
                )
            )

    async def remove(self, account_id: str, block_id: str) -> None:
        """Give time back."""
        async with self._database.session() as session:
            practice = await repository.lock_practice(session, account_id)
            found = await session.get(TimeBlock, block_id) if is_id(block_id, "blk") else None
            if found is None or found.practice_id != practice.id:
                raise BlockNotFound
            await session.delete(found)
