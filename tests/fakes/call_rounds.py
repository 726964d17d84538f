"""Whole calls to real servers while something fails, and a judge: what was heard, is booked, was asked.

Calls come in batches, since a server or a database fails for all of its callers at once; each call is a
round. Batches are made of a seed and a number, so that they can be played again.
"""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from kit.db.database import Database
from practice.records.bookings import BookingIntent
from rehearsal.call_report import CallReport, CallResult
from tests.fakes import call_faults as faults
from tests.fakes.booking_mind import BookingMind
from tests.fakes.call_faults import World, WorldFault
from tests.fakes.call_servers import CallServers, phone
from tests.fakes.calls_platform import CallsPlatform, Trouble
from tests.fakes.coded_caller import CodedCaller
from tests.fakes.forked_servers import ForkedServers
from tests.fakes.http_server import serve_http
from tests.fakes.ingress import Ingress
from tests.fakes.openai_server import openai_server
from tests.fakes.postgres import PostgresForTests

WORLD_FAULTS: dict[str, dict[str, WorldFault]] = {
    "sqlite": {
        "server killed": faults.server_killed,
        "database locked": faults.database_locked,
        "database full": faults.database_full,
    },
    "postgres": {
        "server killed": faults.server_killed,
        "replica lost": faults.replica_lost,
        "database locked": faults.database_locked,
        "database full": faults.database_full,
        "database stopped": faults.database_stopped,
        "database frozen": faults.database_frozen,
        "database read-only": faults.database_read_only,
        "server replaced": faults.server_replaced,
    },
}
BREAKS = frozenset({"server killed", "replica lost"})
"""After which a stream has to be connected anew."""
STREAM_FAULTS = ("stream cut", "stream cut twice", "stream half cut")
PLATFORM_FAULTS: dict[str, tuple[Trouble, ...]] = {
    "platform slow": ("slow",),
    "platform silent": ("silent",),
    "platform late": ("late",),
    "platform 500": ("crash_before",),
    "platform 500, booked": ("crash_after",),
    "time taken": ("taken",),
}
MODEL_FAULTS = {"model cut": ("cut",), "model hung": ("hung", "drip"), "model 500": ("500",)}
ENV = {
    "DATABASE_LEAST_FREE_MB": "1",
    "FOLLOWUPS_SWEEP_SECONDS": "1",
    "FOLLOWUPS_RESOLVE_FIRST_SECONDS": "1",
    "LIMITS_REQUESTS_PER_MINUTE": "1000000",
    "ADMISSION_LAG_SECONDS": "5",
    # Faults come one upon the other here: the breaker would only make the rounds longer.
    "RELAY_BREAKER_FAILURES": "1000000",
    "MODEL_BREAKER_SECONDS": "2",
    # A server that is stopped lets its calls move at once.
    "SERVER_DRAIN_SECONDS": "0.1",
}
"""What servers are told beside what makes speech quick."""
LONGEST_SECONDS = 100.0
LONGEST_SILENCE_SECONDS = 6.0
MOST_REQUESTS = 12
_SETTLED_SECONDS = 45.0
_LATE_MS = 250.0
"""Lateness of the line's own ticks beyond which a time measured on it says more of this machine."""


@dataclass(frozen=True)
class Round:
    """One call, and what befalls it.

    Attributes:
        cuts: When its stream is cut, in seconds from its beginning.
        half: The server does not learn of the cut.
        repeats: The caller says the wish again after the fault.
    """

    number: int
    fault: str
    starts: float = 0.0
    cuts: tuple[float, ...] = ()
    half: bool = False
    troubles: tuple[Trouble, ...] = ()
    repeats: bool = False


@dataclass(frozen=True)
class Batch:
    """Calls at once.

    Attributes:
        world: What befalls the servers, if anything.
        at: When, in seconds.
        seconds: For how long.
    """

    number: int
    rounds: tuple[Round, ...]
    world: str | None = None
    at: float = 0.0
    seconds: float = 0.0
    model: tuple[str, ...] = ()


def plan(engine: str, seed: int, number: int, calls: int, *, model: bool) -> Batch:
    """Make a batch; the same of the same seed, engine and number."""
    dice = random.Random(f"{seed}/{engine}/{model}/{number}")  # noqa: S311 - to be repeated
    each = list(WORLD_FAULTS[engine])
    of_world = None if model or number % 2 else each[number // 2 % len(each)]
    of_model = list(MODEL_FAULTS)[number % len(MODEL_FAULTS)] if model else None
    rounds = []
    for place in range(calls):
        name = number * calls + place
        starts, repeats = dice.uniform(0, 2), dice.random() < 0.4
        own = dice.choice([*STREAM_FAULTS, *PLATFORM_FAULTS])
        if of_world or of_model:
            slow: tuple[Trouble, ...] = ("slow",) if dice.random() < 0.4 else ()
            rounds.append(Round(name, of_world or of_model or "", starts, troubles=slow, repeats=repeats))
        elif own in STREAM_FAULTS:
            cuts = tuple(sorted(dice.uniform(0.3, 12) for _ in range(2 if own.endswith("twice") else 1)))
            slow = ("slow",) if dice.random() < 0.5 else ()
            half = own == "stream half cut"
            rounds.append(Round(name, own, starts, cuts, half, slow, repeats))
        else:
            rounds.append(Round(name, own, starts, troubles=PLATFORM_FAULTS[own], repeats=repeats))
    return Batch(
        number,
        tuple(rounds),
        of_world,
        dice.uniform(1, 11),
        dice.uniform(2, 9),
        MODEL_FAULTS[of_model] if of_model else (),
    )


@dataclass
class Course:
    """What became of one round."""

    round: Round
    engine: str
    caller: CodedCaller
    report: CallReport
    bookings: int = 0
    asked: int = 0
    recorded: Counter[str] = field(default_factory=Counter)
    """States of the call's requests in the ledger."""

    @property
    def measured(self) -> bool:
        """Whether times measured on this call tell of the product, not of a machine that was too busy."""
        return self.report.pace.percentile(0.99) < _LATE_MS

    @property
    def gap_seconds(self) -> float | None:
        """How long the caller heard nothing after their stream was lost, where another server went on."""
        broken = self.round.fault in {*BREAKS, *STREAM_FAULTS} and len(self.report.streams) > 1
        return self.caller.gap_seconds if broken and self.engine == "postgres" else None

    def findings(self) -> list[str]:
        """List what must not be."""
        words = " ".join(one.text for one in self.caller.ear.heard if one.whole).lower()
        told = "you are booked" in words
        unsure = "can't tell you yet" in words
        sent_on = "trouble with the line" in words or "our lines are busy" in words
        silence = self.caller.ear.longest_silence
        wrong = {
            "double booking": self.bookings > 1,
            "said to be booked, and is not": told and not self.bookings,
            "said not to be booked, and is": "nothing is booked" in words
            and bool(self.bookings)
            and not told,
            "said to be sent, and was not": "i've sent that" in words and not self.asked,
            "unanswered": not (told or unsure or sent_on or "sorry" in words),
            "booked, and never told": bool(self.bookings) and not (told or unsure or sent_on),
            "in the ledger twice": self.recorded["succeeded"] > 1,
            "not in the ledger": bool(self.bookings) and not self.recorded["succeeded"],
            "in the ledger, and not booked": self.recorded["succeeded"] > self.bookings,
            "loop": self.asked > MOST_REQUESTS or self.report.remarks.count("loop") > 0,
            "noticed a move": self.round.fault == "server replaced"
            and ("line dropped" in words or not all(one.whole for one in self.caller.ear.heard)),
            "silence": silence > LONGEST_SILENCE_SECONDS and self.measured,
            "never ended": self.report.outcome not in {CallResult.BOT_HUNG_UP, CallResult.TRANSFERRED},
        }
        return [name for name, is_so in wrong.items() if is_so]

    def story(self) -> str:
        """Tell it, for people."""
        about = f"{self.engine} {self.round}"
        ended = f"  {self.report.call_sid}: {self.report.outcome} {self.report.detail}"
        rows = f"  booked {self.bookings}, asked {self.asked}, ledger {dict(self.recorded)}"
        silence = f"  silence {self.caller.ear.longest_silence:.1f} s after {self.caller.ear.before_it!r}"
        late = f"  the line was late by {self.report.pace.percentile(0.99):.0f} ms"
        return f"{about}\n{ended}\n{self.caller.story()}\n{rows}\n{silence}\n{late}"


@dataclass
class Lane:
    """A world in which one batch comes after the other."""

    engine: str
    seed: int
    world: World
    platform: CallsPlatform
    mind: BookingMind | None = None
    first_phone: int = 0

    async def play(self, batch: Batch) -> list[Course]:
        """Hold the calls of a batch, and judge none before everything is settled."""
        if self.mind:
            self.mind.failures = batch.model
        callers = {
            one.number: CodedCaller(repeats=one.repeats, phone=self._phone(one)[2:]) for one in batch.rounds
        }
        striking = asyncio.create_task(self._strike(batch, callers))
        reports = await asyncio.gather(*(self._hold(one, callers[one.number]) for one in batch.rounds))
        await striking
        self.platform.end()
        courses = [
            Course(one, self.engine, callers[one.number], report)
            for one, report in zip(batch.rounds, reports, strict=True)
        ]
        await self._settle(courses)
        return courses

    async def play_at(self, words: str, number: int, fault: str, seconds: float) -> Course:
        """Hold one call, and let something befall the servers when the bot has been heard to say something.

        Args:
            words: A part of it.
        """
        one = Round(number, fault)
        caller = CodedCaller(phone=self._phone(one)[2:])
        calling = asyncio.create_task(self._hold(one, caller))
        while not calling.done() and not any(words in heard.text.lower() for heard in caller.ear.heard):
            await asyncio.wait({calling}, timeout=0.02)
        caller.struck()
        await WORLD_FAULTS[self.engine][fault](self.world, seconds)
        course = Course(one, self.engine, caller, await calling)
        self.platform.end()
        await self._settle([course])
        return course

    async def warm_up(self) -> None:
        """Have everything done once before anything fails, as in servers that have run for a while."""
        numbers = (phone(self.first_phone + n) for n in (9_998, 9_999))
        await asyncio.gather(*(self.hold(CodedCaller(), number) for number in numbers))

    async def hold(self, caller: CodedCaller, number: str) -> CallReport:
        """Hold a call to which nothing is done."""
        async with self.world.servers.line() as port:
            return await self.world.servers.call(caller, port, number, LONGEST_SECONDS)

    async def _hold(self, one: Round, caller: CodedCaller) -> CallReport:
        number = self._phone(one)
        self.platform.troubles[number].extend(one.troubles)
        await asyncio.sleep(one.starts)
        async with self.world.servers.line() as port:
            cutting = asyncio.create_task(self._cut(one, caller, port))
            try:
                return await self.world.servers.call(caller, port, number, LONGEST_SECONDS)
            finally:
                cutting.cancel()

    async def _cut(self, one: Round, caller: CodedCaller, port: int) -> None:
        for at in one.cuts:
            await asyncio.sleep(max(0.0, at - caller.now))
            self.world.servers.ingress.cut(port, half=one.half)
            caller.struck()

    async def _strike(self, batch: Batch, callers: dict[int, CodedCaller]) -> None:
        if batch.world is None:
            return
        await asyncio.sleep(batch.at)
        for caller in callers.values():
            caller.struck()
        await WORLD_FAULTS[self.engine][batch.world](self.world, batch.seconds)

    def _phone(self, one: Round) -> str:
        return phone(self.first_phone + one.number)

    async def _settle(self, courses: list[Course]) -> None:
        """Wait until the ledger knows what became of every request, and read it."""
        database = Database(self.world.servers.settings())
        numbers = {self._phone(one.round): one for one in courses}
        try:
            async with asyncio.timeout(_SETTLED_SECONDS):
                while True:
                    rows = await _rows(database, set(numbers))
                    if not any(state in {"pending", "unknown"} for _, state in rows):
                        break
                    await asyncio.sleep(0.25)
        except TimeoutError:
            pass
        finally:
            await database.dispose()
        for number, course in numbers.items():
            course.bookings = len(self.platform.bookings[number])
            course.asked = self.platform.asked[number]
            course.recorded = Counter(state for who, state in rows if who == number)


@contextlib.asynccontextmanager
async def open_lane(
    fork: ForkedServers, engine: str, seed: int, *, model: bool = False, first_phone: int = 0, **env: str
) -> AsyncIterator[Lane]:
    """Open a world: one server on SQLite, or two replicas on PostgreSQL.

    Args:
        env: Further settings of the servers, without their ``CHAIRSIDE_``.
    """
    dice = random.Random(seed)  # noqa: S311 - to be repeated
    platform, mind = CallsPlatform(dice.uniform), BookingMind(dice.uniform) if model else None
    async with contextlib.AsyncExitStack() as stack:
        folder, small = stack.enter_context(faults.small_disk())
        postgres = None
        if engine == "postgres":
            postgres = PostgresForTests()
            stack.callback(postgres.stop)
        database = postgres.create() if postgres else ""
        http = await stack.enter_async_context(serve_http(platform.app, log_level="critical"))
        env = ENV | env
        if mind:
            vendor = await stack.enter_async_context(openai_server())
            vendor.mind = mind
            stack.callback(vendor.stop_hanging)
            env |= {"OPENAI_API_KEY": "sk-test", "MODEL_BASE_URL": vendor.base_url}
        servers = CallServers(
            fork,
            folder,
            await stack.enter_async_context(Ingress().open()),
            f"http://{http.address}",
            postgres.url(database) if postgres else None,
            env,
        )
        stack.callback(platform.end)
        await servers.prepare()
        for _ in range(2 if postgres else 1):
            await servers.start()
        yield Lane(
            engine, seed, World(servers, dice.uniform, postgres, database, small), platform, mind, first_phone
        )
        for server in servers.running:
            server.kill()


async def _rows(database: Database, phones: set[str]) -> list[tuple[str, str]]:
    async with database.reading() as session:
        found: Any = await session.execute(select(BookingIntent.request, BookingIntent.state))
        rows = [(request["customer"]["phone"], state) for request, state in found]
    return [row for row in rows if row[0] in phones]
