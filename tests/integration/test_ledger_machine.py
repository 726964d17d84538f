"""In whatever order things happen: one key, one booking, equal answers, nothing said that is not so."""

import asyncio
import shutil
import tempfile
from collections import defaultdict, deque
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, update

from config.settings import FollowUpSettings
from kit.clock import Clock
from kit.db.database import FILE_NAME, Database
from kit.fault_points import FaultPoints
from kit.keyring import Keyring
from practice.bookings.service import Bookings
from practice.errors import IdempotencyKeyReused, WebhookError
from practice.outbox.service import Outbox
from practice.partner_response import PartnerResponse
from practice.partners.views import BotView
from practice.records.bookings import BookingIntent
from practice.records.follow_ups import FollowUp
from practice.records.partners import Partner
from tests.conftest import CHEAP_HASHER, sqlite_settings
from tests.fakes.bookings import SECRET, Scene, details, moved_to, register
from tests.fakes.clock import fixed_clock
from tests.fakes.demo_practice import seed_demo
from tests.fakes.platform import FakePlatform, Trouble, answers, cut, down, late

Result = TypeVar("Result")

START = datetime(2026, 11, 30, 14, tzinfo=UTC)
KEYRING = Keyring(b"k" * 32)
REFUSAL = {"error": {"code": "slot_unavailable", "message": "Taken."}}

before_it: dict[str, Trouble] = {
    "down": down,
    "cut before": cut,
    "late before": late,
    "refused": answers(409, REFUSAL),
    "too many": answers(429, REFUSAL),
    "empty 500 before": answers(500),
}
after_it: dict[str, Trouble] = {
    "cut after": cut,
    "late after": late,
    "empty 500 after": answers(500),
    "nonsense after": answers(201, content=b"<html>"),
}

keys = st.sampled_from(["k1", "k2"])
changes = st.sampled_from(["c1", "c2"])
lengths = st.sampled_from([30, 60])
troubles = st.lists(st.sampled_from([*before_it, *after_it, "well"]), max_size=4)
befores = st.lists(st.sampled_from(sorted(before_it)), max_size=3)
deaths = st.sampled_from(
    [None, None, "ledger.claiming", "ledger.claimed", "relay.answered", "ledger.settling", "ledger.settled"]
)


class Died(BaseException):
    """The process is gone."""


class Mortal(FaultPoints):
    """Ends the work at a fault point, as the death of its process does: nothing after it happens."""

    def __init__(self) -> None:
        super().__init__()
        self.at: str | None = None

    def reach(self, name: str) -> None:
        if name == self.at:
            raise Died


class Witness(FakePlatform):
    """A platform that sees when one key asks for two things although the first may have been done."""

    def __init__(self, secret: str, clock: Clock) -> None:
        super().__init__(secret, clock)
        self.done: dict[str, Any] = {}
        self.contradictions: list[str] = []
        self.plan: deque[str] = deque()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path, body = request.url.path, await self.read(request)
        key, asked = body["idempotency_key"], (path, body.get("booking"), body.get("cancellation"))
        if self.done.get(key, asked) != asked:
            self.contradictions.append(key)
        trouble = self.plan.popleft() if self.plan else "well"
        if trouble in after_it:
            self.after.append(after_it[trouble])
        # No platform refuses under a key what it has done under it.
        elif trouble in before_it and not (trouble == "refused" and key in self.done):
            self.before.append(before_it[trouble])
        held = len(self.bookings) + len(self.changes)
        try:
            return await super().handle_async_request(request)
        finally:
            if len(self.bookings) + len(self.changes) > held:
                self.done[key] = asked

    @staticmethod
    async def read(request: httpx.Request) -> dict[str, Any]:
        body: dict[str, Any] = httpx.Response(200, content=await request.aread()).json()
        return body


class LedgerMachine(RuleBasedStateMachine):
    """Two processes over one ledger, a platform that goes wrong, and partners that repeat themselves."""

    template: Path
    bot: BotView

    @initialize()
    def open(self) -> None:
        """Begin with an empty ledger."""
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="chairside-machine-"))
        shutil.copy(self.template, self.folder / FILE_NAME)
        self.said: dict[str, list[PartnerResponse]] = defaultdict(list)
        self.used = 0
        self.run(self._open())

    async def _open(self) -> None:
        self.database = Database(sqlite_settings(self.folder))
        self.scene = Scene(self.database, KEYRING, self.bot, START)
        self.platform = self.scene.platform = Witness(SECRET, self.scene.clock)
        self.faults = [Mortal(), Mortal()]
        self.services = [self.new_service(0), self.new_service(1)]

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run something to its end."""
        return self.runner.run(work)

    def new_service(self, number: int) -> Bookings:
        """Start a process."""
        self.faults[number] = Mortal()
        return self.scene.bookings(
            attempts=2, outbox=Outbox(FollowUpSettings()), faults=self.faults[number], total_seconds=20
        )

    def teardown(self) -> None:
        """Stop everything; in the end every key is found out about."""
        if hasattr(self, "scene"):
            try:
                self.run(self._come_to_rest())
                self.nothing_is_said_that_is_not_so()
            finally:
                self.run(self.database.dispose())
                self.runner.close()
                shutil.rmtree(self.folder)

    async def _come_to_rest(self) -> None:
        self.prepare([])
        self.scene.lease_now += timedelta(minutes=1)
        for intent_id, _ in await self.services[0].queries.list_abandoned(100):
            await self.services[0].resolve(self.scene.bot, intent_id)
        assert {row.state for row in await self.scene.rows()} <= {"succeeded", "refused"}
        for row in await self.scene.rows():
            if row.operation == "book" and row.state == "succeeded":
                answer = await self.services[1].book(self.scene.bot, row.idempotency_key, details(30))
                self.said[row.idempotency_key].append(answer)
                assert answer.replayed

    @rule(
        key=keys,
        bodies=st.lists(lengths, min_size=1, max_size=3),
        trouble=troubles,
        death=deaths,
        mortal=st.integers(0, 1),
    )
    def ask(self, key: str, bodies: list[int], trouble: list[str], death: str | None, mortal: int) -> None:
        """Ask for a booking, some times at once, at both processes; one of them may die of it."""
        self.prepare(trouble)
        self.faults[mortal].at = death
        asking = [
            self.services[number % 2].book(self.scene.bot, key, details(minutes))
            for number, minutes in enumerate(bodies)
        ]
        self.run(self._gather(key, asking, mortal))

    @rule(
        key=keys, change=st.sampled_from(["c1", "c2"]), cancels=st.booleans(), trouble=troubles, death=deaths
    )
    def change(self, key: str, change: str, cancels: bool, trouble: list[str], death: str | None) -> None:
        """Cancel or move what a key has booked."""
        booked = next((one for one in self.said[key] if one.status < 300), None)
        if booked is None:
            return
        self.prepare(trouble)
        self.faults[0].at = death
        booking_id, bot = booked.body["booking"]["id"], self.scene.bot
        if cancels:
            asking = [bookings.cancel(bot, change, booking_id) for bookings in self.services]
        else:
            to = moved_to("2026-12-03T14:00:00Z")
            asking = [bookings.reschedule(bot, change, booking_id, to) for bookings in self.services]
        self.run(self._gather(change, asking, 0))

    @rule(key=keys)
    def overtake(self, key: str) -> None:
        """Let a process fall silent in the middle of its request, and come back when another took over."""
        self.prepare([])
        self.run(self._overtake(key))

    async def _overtake(self, key: str) -> None:
        self.platform.gate.clear()
        self.platform.arrived.clear()
        asked = len(self.platform.requests)
        asking = [asyncio.create_task(self.services[0].book(self.scene.bot, key, details()))]
        arriving = asyncio.create_task(self.platform.arrived.wait())
        await asyncio.wait({*asking, arriving}, return_when=asyncio.FIRST_COMPLETED)
        if len(self.platform.requests) > asked:
            self.scene.lease_now += timedelta(seconds=6)
            self.platform.arrived.clear()
            asking.append(asyncio.create_task(self.services[1].book(self.scene.bot, key, details())))
            await self.platform.arrived.wait()
        self.platform.gate.set()
        arriving.cancel()
        await self._hear(key, await asyncio.gather(*asking, return_exceptions=True))

    @rule(
        death=st.sampled_from(["ledger.claimed", "relay.answered", "ledger.settling"]),
        trouble=troubles,
        minutes=lengths,
    )
    def die(self, death: str, trouble: list[str], minutes: int) -> None:
        """Let a process die of a new key, and another be asked for something else under it."""
        key = self.new_key()
        self.prepare([])
        self.faults[0].at = death
        self.run(self._gather(key, [self.services[0].book(self.scene.bot, key, details(30))], 0))
        self.prepare(trouble)
        self.run(self._gather(key, [self.services[1].book(self.scene.bot, key, details(minutes))], 1))

    @rule(first=st.sampled_from(sorted(after_it)), then=befores)
    def leave_in_doubt(self, first: str, then: list[str]) -> None:
        """Leave a new key in doubt, and ask for something else under it until there is an answer."""
        key = self.new_key()
        for minutes, trouble in ((30, [first, "down"]), (60, then), (60, [])):
            self.prepare(trouble)
            self.run(self._gather(key, [self.services[0].book(self.scene.bot, key, details(minutes))], 0))

    def new_key(self) -> str:
        """Give a key that nobody has used."""
        self.used += 1
        return f"k-new-{self.used}"

    @rule(trouble=troubles)
    def find_out(self, trouble: list[str]) -> None:
        """Find out about what was left behind."""
        self.prepare(trouble)
        self.scene.lease_now += timedelta(seconds=11)

        async def work() -> None:
            for intent_id, _ in await self.services[1].queries.list_abandoned(10):
                await self.services[1].resolve(self.scene.bot, intent_id)

        self.run(work())

    def prepare(self, trouble: list[str]) -> None:
        """Set what goes wrong with the next requests; what did not come to pass is forgotten."""
        self.platform.plan = deque(trouble)

    async def _gather(
        self, key: str, asking: list[Coroutine[Any, Any, PartnerResponse]], mortal: int
    ) -> None:
        tasks = [asyncio.create_task(one) for one in asking]
        waiting = set(tasks)
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if any(isinstance(one.exception(), Died) for one in done):
                # Whoever waits at the other process takes over when the lease has run out.
                self.scene.lease_now += timedelta(seconds=6)
        outcomes = [one.exception() or one.result() for one in tasks]
        if any(isinstance(one, Died) for one in outcomes):
            self.services[mortal] = self.new_service(mortal)
        self.faults[mortal].at = None
        await self._hear(key, outcomes)

    async def _hear(self, key: str, outcomes: list[Any]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, PartnerResponse):
                self.said[key].append(outcome)
            else:
                assert isinstance(outcome, WebhookError | Died | IdempotencyKeyReused), repr(outcome)

    @invariant()
    def nothing_is_said_that_is_not_so(self) -> None:
        """Compare what was answered with what the platform and the ledger hold."""
        if not hasattr(self, "scene"):
            return
        assert self.platform.contradictions == []
        bookings = {key.rpartition(":")[2]: made for key, made in self.platform.bookings.items()}
        for key, said in self.said.items():
            successes = [answer for answer in said if answer.status < 300]
            assert len({repr(answer.body) for answer in successes}) <= 1
            assert sum(not answer.replayed for answer in successes) <= 1
            if key.startswith("k"):
                for answer in successes:
                    assert answer.body["booking"]["id"] == bookings[key]["id"]
        self.run(self._compare())

    async def _compare(self) -> None:
        rows = await self.scene.rows()
        succeeded = [row for row in rows if row.state == "succeeded"]
        held = {f"{self.scene.bot.id}:{row.idempotency_key}" for row in succeeded}
        assert held <= {*self.platform.bookings, *self.platform.changes}
        async with self.database.reading() as session:
            events = list(await session.scalars(select(FollowUp.intent_id).where(FollowUp.kind == "event")))
            resolving = set(
                await session.scalars(select(FollowUp.intent_id).where(FollowUp.kind == "resolve"))
            )
        assert sorted(str(one) for one in events) == sorted(row.id for row in succeeded)
        assert {row.id for row in rows if row.state == "unknown"} <= resolving
        await self._compare_records(succeeded)

    async def _compare_records(self, succeeded: list[BookingIntent]) -> None:
        """A booking that was cancelled as far as the ledger knows is so in its record."""
        cancelled = {row.booking_id for row in succeeded if row.operation == "cancel"}
        for row in succeeded:
            if row.operation == "book":
                assert (row.booking_status == "cancelled") == (row.booking_id in cancelled)


@pytest.fixture
def template(sqlite_template: Path, tmp_path: Path) -> Path:
    """Keep a partner that is sent events, and its bot, in a database to be copied."""
    shutil.copy(sqlite_template, tmp_path / FILE_NAME)

    async def fill() -> BotView:
        database, clock = Database(sqlite_settings(tmp_path)), fixed_clock(START)
        demo = await seed_demo(database, clock, hasher=CHEAP_HASHER)
        bot = await register(database, clock, KEYRING, demo)
        async with database.session() as session:
            await session.execute(update(Partner).values(event_url="https://partner.example/events"))
        await database.dispose()
        return bot

    LedgerMachine.bot = asyncio.run(fill())
    return tmp_path / FILE_NAME


def test_no_order_of_events_books_twice_or_says_what_is_not_so(template: Path) -> None:
    LedgerMachine.template = template
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=30,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
