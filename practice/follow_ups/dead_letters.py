"""Follow-ups as an operator sees them: the list, and another try for what is dead."""

from practice.errors import NotFound
from practice.outbox import repository
from practice.outbox.views import STATES, FollowUpView, State, view
from practice.records.follow_ups import FollowUp
from practice.service import RecordsService

RETRIABLE = ("dead",)


class FollowUpNotFound(NotFound, code="follow_up_not_found", says="No such follow-up that was given up."):
    """No such follow-up that was given up."""


class DeadLetters(RecordsService):
    """The list of follow-ups."""

    async def list_follow_ups(
        self, state: State | None = None, kind: str | None = None, limit: int = 100
    ) -> list[FollowUpView]:
        """List follow-ups."""
        async with self._database.reading() as session:
            return [view(row) for row in await repository.list_some(session, state, kind, limit)]

    async def counts(self) -> dict[State, int]:
        """Count follow-ups."""
        async with self._database.reading() as session:
            found = await repository.count_by_state(session)
        return {state: found.get(state, 0) for state in STATES}

    async def retry(self, follow_up_id: str) -> FollowUpView:
        """Have a follow-up done that was given up; its time begins anew."""
        async with self._database.session() as session:
            if not await repository.wait_again(session, follow_up_id, RETRIABLE, self._clock()):
                raise FollowUpNotFound
            row = await session.get(FollowUp, follow_up_id)
            if row is None:
                raise FollowUpNotFound
            return view(row)
