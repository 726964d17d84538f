"""The follow-ups of this process: what is due goes to the workflow engine, what was left behind is found."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from config.logs import get_logger
from config.settings import Settings
from kit.clock import Clock
from kit.db.database import Database, DatabaseUnavailable
from kit.fault_points import FaultPoints
from kit.keyring import Keyring
from practice.bookings.service import Bookings
from practice.calendar.retention import forget_changes
from practice.follow_ups.attempts import Attempts
from practice.messages.service import Messages
from practice.outbox import repository
from practice.outbox.service import Outbox
from practice.outbox.views import LONGEST_PAUSE, FollowUpView, Handler, view
from practice.partners.bots import Bots
from practice.patients.retention import Retention
from practice.records.encryption import Encryption
from practice.records.follow_ups import Replica
from practice.service import RecordsService

if TYPE_CHECKING:
    from practice.follow_ups.engine import WorkflowEngine

PAGE = 100
MOST_UNKNOWN = 1000
"""How many requests of unknown outcome are looked through for those without a follow-up."""
SIDE_BY_SIDE = 10
"""How many follow-ups are handed over at a time."""
GRACE_SECONDS = 5.0
"""How long a stopping process lets attempts end."""
HOUSEKEEPING = timedelta(hours=1)
SILENT = LONGEST_PAUSE * 2
"""Something that runs says so at least this often."""
FORGOTTEN = timedelta(days=2)
"""How long the engine remembers what is over; our own rows tell it for longer."""

_log = get_logger(__name__)


@dataclass(frozen=True)
class FollowUpServices:
    """What follow-ups stand on."""

    database: Database
    keyring: Keyring
    clock: Clock
    wall_clock: Clock
    bookings: Bookings
    bots: Bots
    messages: Messages
    outbox: Outbox
    wake: asyncio.Event
    faults: FaultPoints


class FollowUps(RecordsService):
    """Hands over, finds, takes over, tidies up; one to a process, as the engine is."""

    def __init__(
        self,
        settings: Settings,
        services: FollowUpServices,
        handlers: Mapping[str, Handler],
    ) -> None:
        super().__init__(services.database, services.clock)
        self._services = services
        self._settings = settings.followups
        self._keep = timedelta(days=settings.ledger.keep_days)
        self._dead_after = timedelta(seconds=settings.followups.replica_dead_seconds)
        self._encryption = Encryption(services.database)
        self._encrypting: asyncio.Task[int] | None = None
        self._attempts = Attempts(services.database, services.clock, handlers, settings.followups.at_once)
        self.replica_id = _new_replica_id()
        """This process's name, from one start to the next stop."""
        self._seen_at = services.wall_clock()
        self._engine: WorkflowEngine | None = None
        self._task: asyncio.Task[None] | None = None
        self.running = asyncio.Event()
        """Set when the engine runs."""

    def start(self) -> None:
        """Begin in the background: nobody waits for it."""
        self.replica_id = _new_replica_id()
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Let attempts end, and leave the rest to another process or the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._encrypting is not None:
            # Cut off within a transaction it would leave the database locked.
            await asyncio.gather(self._encrypting, return_exceptions=True)
        await self._attempts.settle(GRACE_SECONDS)
        self.running.clear()
        if self._engine is None:
            return
        engine, self._engine = self._engine, None
        await engine.stop()
        with contextlib.suppress(DatabaseUnavailable):
            async with self._database.session() as session:
                await session.execute(delete(Replica).where(Replica.id == self.replica_id))

    def wake(self) -> None:
        """Say that there is something to hand over."""
        self._services.wake.set()

    async def sweep(self) -> None:
        """Find what was left behind, and hand over what is due."""
        # Either way: when the clock was set back, what we said last is not true of anybody's clock.
        if abs(self._services.wall_clock() - self._seen_at) >= self._dead_after / 4:
            await self._beat()
        await self._plan_abandoned()
        await self.hand_over()
        await self._take_over()

    async def hand_over(self) -> None:
        """Hand what is due to the engine."""
        while True:
            async with self._database.lookup() as session:
                due = [view(row) for row in await repository.list_due(session, self._clock(), PAGE)]
            for first in range(0, len(due), SIDE_BY_SIDE):
                await self._hand_over(due[first : first + SIDE_BY_SIDE])
            if len(due) < PAGE:
                return

    async def tidy(self) -> None:
        """Delete what is over and old, and put right what claims to run and does not."""
        now = self._clock()
        purged = await self._services.bookings.queries.purge(now - self._keep)
        changes = await forget_changes(self._database, now - self._keep)
        patients = await Retention(self._database, self._clock).forget()
        async with self._database.session() as session:
            forgotten = await repository.purge(session, now - self._keep)
            long_ago = self._services.wall_clock() - FORGOTTEN
            await session.execute(delete(Replica).where(Replica.seen_at < long_ago))
        await self._running_engine.forget(long_ago)
        await self._revive(now)
        if purged or forgotten or changes or patients:
            _log.info(
                "old records deleted", bookings=purged, follow_ups=forgotten, changes=changes, **patients
            )

    async def _work(self) -> None:
        await self._launch()
        loop = asyncio.get_running_loop()
        next_sweep, next_tidying = 0.0, loop.time() + self._settings.sweep_seconds
        while True:
            self._services.wake.clear()
            try:
                if loop.time() >= next_sweep:
                    next_sweep = loop.time() + self._settings.sweep_seconds
                    await self.sweep()
                    self._encrypting = asyncio.create_task(self._encryption.step())
                    await asyncio.shield(self._encrypting)
                else:
                    await self.hand_over()
                if loop.time() >= next_tidying:
                    next_tidying = loop.time() + HOUSEKEEPING.total_seconds()
                    await self.tidy()
            except DatabaseUnavailable:
                _log.warning("follow-ups wait for the database")
            except Exception:  # noqa: BLE001 - see below
                # The edge of the follow-ups: one faulty round must not be the last.
                _log.exception("a round of follow-ups failed")
                await asyncio.sleep(self._settings.sweep_seconds)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(next_sweep - loop.time(), 0)):
                    await self._services.wake.wait()

    async def _launch(self) -> None:
        while True:
            try:
                await self._beat()
                if self._engine is None:
                    make = await asyncio.to_thread(_load_engine)
                    self._engine = make(self._database, self.replica_id, self._attempt)
                await self._engine.start()
            except Exception:  # noqa: BLE001 - see below
                # Whatever the engine met, the server goes on without it, and tries again.
                _log.exception("follow-ups cannot start yet")
                await asyncio.sleep(self._settings.sweep_seconds)
            else:
                _log.info("follow-ups run", replica_id=self.replica_id)
                self.running.set()
                return

    @property
    def _running_engine(self) -> "WorkflowEngine":
        if self._engine is None:
            raise RuntimeError("the follow-ups have not been started")
        return self._engine

    async def _hand_over(self, due: list[FollowUpView]) -> None:
        await asyncio.gather(*map(self._hand_over_one, due))
        async with self._database.session() as session:
            await repository.mark_running(session, [one.id for one in due], self._clock())

    async def _hand_over_one(self, follow_up: FollowUpView) -> None:
        self._services.faults.reach("followups.handing_over")
        await self._running_engine.hand_over(follow_up.run_id, follow_up.id)
        self._services.faults.reach("followups.handed_over")

    async def _attempt(self, follow_up_id: str) -> float | None:
        if self._services.wall_clock() - self._seen_at > self._dead_after * 0.75:
            # Nobody may have heard of us for long; others may be about to take our work over.
            return self._settings.sweep_seconds
        return await self._attempts.attempt(follow_up_id)

    async def _beat(self) -> None:
        now = self._services.wall_clock()
        async with self._database.session() as session:
            await repository.beat(session, self.replica_id, now)
        self._seen_at = now

    async def _plan_abandoned(self) -> None:
        """Have someone find out about bookings whose worker died, or that nobody resolves."""
        abandoned = dict(await self._services.bookings.queries.list_abandoned(MOST_UNKNOWN))
        if not abandoned:
            return
        async with self._database.reading() as session:
            found = await repository.list_without_resolve(session, list(abandoned))
        for intent in found:
            bot = await self._services.bots.find_bot(intent.bot_id, deleted=True)
            if bot is None:
                continue
            async with self._database.session() as session:
                now = self._clock()
                if await self._services.outbox.plan_resolve(session, bot, intent, now, due_at=now):
                    _log.info("abandoned booking found", intent_id=intent.id)

    async def _take_over(self) -> None:
        owners = await self._running_engine.list_owners() - {self.replica_id}
        if not owners:
            return
        async with self._database.reading() as session:
            since = self._services.wall_clock() - self._dead_after
            living = set(await session.scalars(select(Replica.id).where(Replica.seen_at >= since)))
        if gone := owners - living:
            _log.warning("follow-ups of replicas that are gone are taken over", replicas=sorted(gone))
            await self._running_engine.take_over(gone)

    async def _revive(self, now: datetime) -> None:
        async with self._database.reading() as session:
            silent = [view(row) for row in await repository.list_silent(session, now - SILENT, PAGE)]
        if not silent:
            return
        live = await self._running_engine.list_live([one.run_id for one in silent])
        async with self._database.session() as session:
            for one in silent:
                if one.run_id not in live and await repository.wait_again(session, one.id, ["running"], now):
                    _log.warning("follow-up begun anew", follow_up_id=one.id, kind=one.kind)


def _new_replica_id() -> str:
    return f"{socket.gethostname()}-{secrets.token_hex(6)}"


def _load_engine() -> "type[WorkflowEngine]":
    # Loading it takes a third of a second, in which the first call would wait.
    from practice.follow_ups.engine import WorkflowEngine  # noqa: PLC0415 - see above

    return WorkflowEngine
