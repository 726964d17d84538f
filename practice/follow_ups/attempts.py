"""One attempt at a follow-up: read the row, do it, write down what came of it."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from config.logs import get_logger
from kit.clock import Clock
from kit.db.database import Database, DatabaseUnavailable
from practice.outbox import repository
from practice.outbox.views import (
    AttemptResult,
    Cancelled,
    Completed,
    Dead,
    FollowUpView,
    Handler,
    Retry,
    view,
)
from practice.records.follow_ups import FollowUp
from practice.service import RecordsService

DATABASE_PAUSE = timedelta(seconds=30)
_UNKNOWN_KIND = Dead("this version does not know this kind of follow-up")

_log = get_logger(__name__)


class Attempts(RecordsService):
    """Does what is to be done, a bounded number at once."""

    def __init__(
        self, database: Database, clock: Clock, handlers: Mapping[str, Handler], at_once: int
    ) -> None:
        super().__init__(database, clock)
        self._handlers = handlers
        self._places = asyncio.Semaphore(at_once)
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def attempt(self, follow_up_id: str) -> float | None:
        """Try a follow-up once, never failing; gives seconds until another try, or None when it is over."""
        async with self._places:
            self._under_way += 1
            self._idle.clear()
            try:
                return await self._attempt(follow_up_id)
            except DatabaseUnavailable:
                _log.warning("follow-up waits for the database", follow_up_id=follow_up_id)
                return DATABASE_PAUSE.total_seconds()
            finally:
                self._under_way -= 1
                if not self._under_way:
                    self._idle.set()

    async def settle(self, seconds: float) -> None:
        """Wait for the attempts under way."""
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            _log.warning("follow-ups were cut off; they will be taken up again", count=self._under_way)

    async def _attempt(self, follow_up_id: str) -> float | None:
        async with self._database.reading() as session:
            row = await session.get(FollowUp, follow_up_id)
        if row is None or row.state not in repository.LIVE:
            return None
        follow_up = view(row)
        handler = self._handlers.get(follow_up.kind)
        if handler is None:
            return await self._record(follow_up, _UNKNOWN_KIND)
        outcome = await self._outcome(handler, follow_up)
        if not isinstance(outcome, Retry):
            return await self._record(follow_up, outcome)
        since = max(follow_up.created_at, follow_up.due_at)
        if self._clock() - since >= handler.retries.lifetime:
            await handler.give_up(follow_up, outcome.error)
            return await self._record(follow_up, Dead(outcome.error))
        if await self._record(follow_up, outcome) is None:
            return None
        return handler.retries.pause(follow_up.attempts + 1, outcome.not_before).total_seconds()

    async def _outcome(self, handler: Handler, follow_up: FollowUpView) -> AttemptResult:
        try:
            return await handler.attempt(follow_up)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - see below
            # The edge of the follow-ups: a fault of ours in one must not end the others, or pass unseen.
            _log.exception("follow-up failed", follow_up_id=follow_up.id, kind=follow_up.kind)
            return Retry(f"a fault of ours: {type(error).__name__}")

    async def _record(self, follow_up: FollowUpView, outcome: AttemptResult) -> float | None:
        """Write an outcome down; gives 0 when there is more to do, None when it is over."""
        state, error = _STATES[type(outcome)], _error(outcome)
        async with self._database.session() as session:
            kept = await repository.record(session, follow_up.id, state, error, self._clock())
        log = _log.warning if isinstance(outcome, Dead) else _log.info
        log(
            "follow-up tried",
            follow_up_id=follow_up.id,
            kind=follow_up.kind,
            state=state if kept else "cancelled",
            attempts=follow_up.attempts + 1,
            reason=error,
        )
        return 0.0 if kept and isinstance(outcome, Retry) else None


_STATES: Mapping[type[AttemptResult], str] = {
    Completed: "done",
    Cancelled: "cancelled",
    Retry: "running",
    Dead: "dead",
}


def _error(outcome: AttemptResult) -> str | None:
    if isinstance(outcome, Completed):
        return None
    return outcome.reason if isinstance(outcome, Cancelled) else outcome.error
