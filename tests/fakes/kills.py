"""Servers that are killed in the middle of a booking, and what has to be true afterwards.

A round is made of a seed and a number, so that it can be played again. It kills a server at one of the
fault points or at a random moment, while one or several clients ask for a booking under their keys and
repeat until they are answered. Afterwards the platform holds one booking, and everybody was told of it.
"""

import asyncio
import contextlib
import functools
import json
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import psycopg

from config.settings import Settings
from kit.data_keys import DataKeys
from kit.db.database import FILE_NAME
from practice.records.encrypted import stored_object
from tests.fakes.forked_servers import ForkedServer, ForkedServers
from tests.fakes.http_client import ConnectionCut, RawResponse
from tests.fakes.platform_process import PlatformProcess
from tests.fakes.platform_process_main import TROUBLES
from tests.fakes.registered_partner import RegisteredPartner, register_partner

Point = str | None
"""A fault point; None is any moment."""
Kind = Literal["alone", "duplicates", "altered", "rivals"]
"""One client; several with one key; the same, but not all ask for the same under it; two keys for one slot of
a platform that gives it once."""
CLIENTS: dict[Kind, tuple[int, int]] = {
    "alone": (1, 1),
    "duplicates": (2, 5),
    "altered": (2, 3),
    "rivals": (2, 2),
}
"""How many there are, at least and at most."""

LEDGER_POINTS = (
    "ledger.claiming",
    "ledger.claimed",
    "relay.answered",
    "ledger.settling",
    "ledger.settled",
    "door.answering",
)
ENV = {
    "LEDGER_LEASE_SECONDS": "0.4",
    "RELAY_TIMEOUT_SECONDS": "0.6",
    "RELAY_FIRST_PAUSE_SECONDS": "0.02",
    # Troubles come one upon the other here: the breaker would only make the rounds longer.
    "RELAY_BREAKER_FAILURES": "1000000",
    "LIMITS_REQUESTS_PER_MINUTE": "1000000",
    "FOLLOWUPS_IN_SERVER": "false",
    "LOG_LEVEL": "warning",
}
ROUND_SECONDS = 40.0
LONGEST_MOMENT_SECONDS = 0.08
PAUSE_SECONDS = 0.02
FROZEN_SECONDS = 0.7
"""Longer than a lease."""
THAWING_SECONDS = 0.3
"""How long a replica that was frozen may take to find that it has lost its lease."""
PATIENCE_SECONDS = 0.5
"""How long a client waits for a replica that may be frozen."""
OK, ACCEPTED, CONFLICT = 200, 202, 409
ROW = (
    "SELECT state, attempts, answer_status, CAST(answer_body AS TEXT) FROM booking_intents"
    " WHERE bot_id = {0} AND idempotency_key = {0}"
)


@dataclass(frozen=True)
class Round:
    """What is done in one round."""

    seed: int
    number: int
    point: Point
    """Where the server dies."""
    second: Point
    """Where the server that comes after it dies, if it gets there."""
    moment_seconds: float
    """When it is killed, if at no point."""
    kind: Kind
    clients: int
    victim: int
    """Which of two replicas dies."""
    troubles: tuple[str, ...]
    """What goes wrong on the platform, ask by ask."""
    prefers_wait: bool
    freezes: bool
    """One of two replicas is not killed but stopped, until the other has taken over, and then goes on."""

    @property
    def name(self) -> str:
        return f"{self.seed}-{self.number}"


def plan(seed: int, number: int, points: Sequence[Point]) -> Round:
    """Make a round; the same of the same seed, number and points."""
    dice = random.Random(f"{seed}/{number}")  # noqa: S311 - to be repeated
    kind: Kind = dice.choices(list(CLIENTS), [5, 3, 2, 2])[0]
    # A rival takes a refusal for the other's success, and what was refused leaves a key free for another
    # request; so here nobody is refused for no reason.
    words = [word for word in TROUBLES if word != "refuse" or kind in {"alone", "duplicates"}]
    return Round(
        seed=seed,
        number=number,
        point=points[number % len(points)],
        second=dice.choice(LEDGER_POINTS) if dice.random() < 0.2 else None,
        moment_seconds=dice.uniform(0, LONGEST_MOMENT_SECONDS),
        kind=kind,
        clients=dice.randint(*CLIENTS[kind]),
        victim=dice.randrange(2),
        troubles=tuple(dice.choices(words, k=dice.choices([0, 1, 2], [6, 3, 1])[0])),
        prefers_wait=dice.random() < 0.3,
        freezes=dice.random() < 0.4,
    )


@dataclass
class Tally:
    """What a number of rounds came to."""

    rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    taken_over: int = 0
    """Keys that a second worker had to claim."""
    repeated: int = 0
    """Keys that the platform was asked for more than once."""
    answers: int = 0

    def add(self, other: "Tally") -> None:
        """Take in another's."""
        self.rounds += other.rounds
        self.kills += other.kills
        self.kinds += other.kinds
        self.taken_over += other.taken_over
        self.repeated += other.repeated
        self.answers += other.answers


class BrokenPromise(AssertionError):
    """A round after which something is not as it must be."""


class DoubleBooking(BrokenPromise):
    """The platform holds more than one booking."""


class FalseSuccess(BrokenPromise):
    """Somebody was told of a booking that the platform does not hold."""


@dataclass
class Lane:
    """A world of its own in which one round comes after the other.

    Attributes:
        fork: Where servers come from.
        platform: The platform.
        world: Partner, bots and records.
        folder: Data folder; the servers' log is there too.
        replicas: How many servers there are at once.
        database_url: PostgreSQL's, if the records are there.
    """

    fork: ForkedServers
    platform: PlatformProcess
    world: RegisteredPartner
    folder: Path
    replicas: int = 1
    database_url: str | None = None
    tally: Tally = field(default_factory=Tally)
    _servers: list[ForkedServer | None] = field(default_factory=list, init=False)
    _armed: dict[int, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._servers = [None] * self.replicas

    async def play(self, planned: Round) -> None:
        """Play a round.

        Raises:
            BrokenPromise: The booking was not made exactly once, or somebody was told otherwise.
        """
        try:
            async with asyncio.timeout(ROUND_SECONDS):
                await self._play(planned)
        except* (AssertionError, TimeoutError) as group:
            error = group.exceptions[0]
            told = f"{type(error).__name__}: {error}\n  {planned}\n  log: {self.folder / 'server.log'}"
            kept = await self.platform.round(self._name(planned))
            kind = type(error) if isinstance(error, BrokenPromise) else BrokenPromise
            raise kind(f"{told}\n  platform: {kept}\n{self._how_to_repeat(planned)}") from error
        self.tally.rounds += 1
        self.tally.kinds[planned.kind] += 1

    def _how_to_repeat(self, planned: Round) -> str:
        database = "postgres" if self.database_url else "sqlite"
        return f"  again: make torture SEED={planned.seed} FROM={planned.number} ROUNDS=1 DATABASE={database}"

    async def _play(self, planned: Round) -> None:
        victim = planned.victim % self.replicas
        for index in range(self.replicas):
            await self._ready(index, planned.point if index == victim else None)
        server = self._servers[victim]
        assert server is not None
        async with asyncio.TaskGroup() as group:
            dying = group.create_task(self._die(planned, server, victim))
            told = await asyncio.gather(*(self._ask(planned, n, victim) for n in range(planned.clients)))
            if self._freezes(planned):
                await dying
                await asyncio.sleep(THAWING_SECONDS)
            elif planned.point is None or planned.kind == "alone" or self.replicas == 1:
                await self._must_die(server, planned.point)
            await self._check(planned, told)
            while not self._serves(victim):  # noqa: ASYNC110 - whoever died is being replaced
                await asyncio.sleep(PAUSE_SECONDS)
            dying.cancel()

    def _freezes(self, planned: Round) -> bool:
        return planned.freezes and planned.point is None and self.replicas > 1

    def _serves(self, index: int) -> bool:
        server = self._servers[index]
        return server is not None and server.status is None

    async def _must_die(self, victim: ForkedServer, point: Point) -> None:
        try:
            async with asyncio.timeout(10):
                await victim.died.wait()
        except TimeoutError:
            raise BrokenPromise(f"the server never reached {point}") from None

    async def _die(self, planned: Round, victim: ForkedServer, index: int) -> None:
        """See to the victim's end, and put another server in its place."""
        if planned.point is None:
            await asyncio.sleep(planned.moment_seconds)
            if self._freezes(planned):
                self.tally.kills["frozen, not killed"] += 1
                await victim.freeze(FROZEN_SECONDS)
                return
            victim.kill()
        await victim.died.wait()
        assert victim.status == -9, f"the server ended by itself with {victim.status}"
        self.tally.kills[planned.point or "any moment"] += 1
        await self._start(index, planned.second)
        second = self._servers[index]
        if planned.second is not None and second is not None:
            await second.died.wait()
            self.tally.kills[planned.second] += 1
            await self._start(index, None)

    async def _ready(self, index: int, point: Point) -> None:
        """Have a server that dies where it is to die, and nowhere else."""
        server = self._servers[index]
        if server is not None and server.status is None and self._armed.get(index) is None and point is None:
            return
        if server is not None:
            server.kill()
            await server.died.wait()
        await self._start(index, point)

    async def _start(self, index: int, point: Point) -> None:
        self._servers[index] = None
        self._armed.pop(index, None)
        env = dict(self.world.env)
        if point is not None:
            env["CHAIRSIDE_FAULT_KILL_AT"] = self._armed[index] = point
        self._servers[index] = await self.fork.start(env, self.folder / "server.log")

    async def _ask(self, planned: Round, number: int, victim: int) -> RawResponse:
        """Ask until the answer is final."""
        dice = random.Random(f"{planned.name}/{number}")  # noqa: S311 - to be repeated
        replica = victim if number == 0 or planned.kind == "rivals" else dice.randrange(self.replicas)
        if number and planned.kind != "rivals":
            await asyncio.sleep(dice.uniform(0, LONGEST_MOMENT_SECONDS / 2))
        while True:
            answer = await self._send(planned, number, replica)
            replica = (replica + 1) % self.replicas
            if answer is None:
                continue
            self.tally.answers += 1
            if answer.status in {OK, OK + 1} or (answer.status == CONFLICT and planned.kind == "rivals"):
                return answer
            assert answer.status in {ACCEPTED, CONFLICT, 502, 503, 504}, answer
            await asyncio.sleep(PAUSE_SECONDS)

    async def _send(self, planned: Round, number: int, replica: int) -> RawResponse | None:
        server = self._servers[replica]
        if server is None or server.status is not None:
            await asyncio.sleep(PAUSE_SECONDS / 4)
            return None
        headers = self.world.headers | {"Idempotency-Key": self._key(planned, number)}
        headers |= {"Prefer": "wait=2"} if planned.prefers_wait else {}
        try:
            async with asyncio.timeout(PATIENCE_SECONDS if self._freezes(planned) else None):
                return await server.wire().send("POST", "/v1/bookings", self._body(planned, number), headers)
        except (ConnectionCut, TimeoutError):
            return None

    def _name(self, planned: Round) -> str:
        """Name the round for the platform, which serves other lanes as well."""
        return f"{self.world.bots['roomy']}-{planned.name}"

    def _key(self, planned: Round, number: int) -> str:
        return f"{planned.name}-{number}" if planned.kind == "rivals" else planned.name

    def _body(self, planned: Round, number: int) -> bytes:
        start = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=2)
        start += timedelta(minutes=15 * planned.number)
        booking = {
            "start_at": start.isoformat(),
            "duration_minutes": 30,
            "customer": {"phone": "+12025550100", "name": "Ada Bell"},
            "round": self._name(planned),
            "trouble": planned.troubles,
        }
        if planned.kind == "altered":
            booking["notes"] = f"Wish {number}."
        return json.dumps({"bot_id": self._bot(planned), "booking": booking}).encode()

    def _bot(self, planned: Round) -> str:
        return self.world.bots["single" if planned.kind == "rivals" else "roomy"]

    async def _check(self, planned: Round, told: list[RawResponse]) -> None:
        kept = await self.platform.round(self._name(planned))
        if len(kept["bookings"]) > 1:
            raise DoubleBooking(f"{len(kept['bookings'])} bookings")
        if not kept["bookings"]:
            raise FalseSuccess(f"{told[0].content!r} was answered, and nothing is held")
        (held,) = kept["bookings"]
        booked = set()
        for number, answer in enumerate(told):
            if answer.status != CONFLICT:
                booked.add(self._key(planned, number))
                if answer.json()["booking"]["id"] != held:
                    raise FalseSuccess(f"told of {answer.content!r}, but {held} is held")
        if len(booked) > 1:
            raise FalseSuccess(f"both of {booked} were told of a booking")
        assert booked, "nobody was told of the booking"
        (winner,) = booked
        assert kept["changed"] == 0, "the platform was asked for something else under the same key"
        assert kept["badly_signed"] == 0, "a request was badly signed"
        fresh = [one for one in told if one.status != CONFLICT and not _replayed(one)]
        assert len(fresh) <= 1, "more than one was told that the booking is new"
        for key in sorted({self._key(planned, number) for number in range(planned.clients)}):
            self._check_row(planned, key, held if key == winner else None)
        await self._check_repeats(planned, winner, told)
        again = await self.platform.round(self._name(planned))
        # Who was frozen between two attempts makes the second, under the same key, before it looks around.
        assert again["keys"] == kept["keys"] or self._freezes(planned), (
            "a repeat of what is known was relayed"
        )
        self.tally.repeated += max(kept["keys"].values()) > 1

    def _check_row(self, planned: Round, key: str, held: str | None) -> None:
        state, attempts, _status, body = self._row(self._bot(planned), key)
        self.tally.taken_over += attempts > 1
        if held is None:
            assert state == "refused", f"the other key's row is {state}"
        else:
            assert state == "succeeded", f"the row is {state}"
            assert body["booking"]["id"] == held, f"the row holds {body}"

    async def _check_repeats(self, planned: Round, winner: str, told: list[RawResponse]) -> None:
        first = next(one for one in told if one.status != CONFLICT)
        number = next(n for n in range(planned.clients) if self._key(planned, n) == winner)
        for replica in range(self.replicas):
            repeat = None
            while repeat is None:
                repeat = await self._send(planned, number, replica)
            assert repeat.status == OK, repeat.status
            assert _replayed(repeat), "a repeat is not marked as one"
            assert repeat.json() == first.json(), "a repeat was answered otherwise"

    def _row(self, bot_id: str, key: str) -> tuple[str, int, int, dict[str, Any]]:
        if self.database_url is None:
            with contextlib.closing(sqlite3.connect(self.folder / FILE_NAME, timeout=10)) as connection:
                row = connection.execute(ROW.format("?"), (bot_id, key)).fetchone()
        else:
            with psycopg.connect(self.database_url) as connection:
                row = connection.execute(ROW.format("%s"), (bot_id, key)).fetchone()
        assert row is not None
        body = stored_object(self._keys, row[3], "booking_intents.answer_body") if row[3] else {}
        return (*row[:3], body)

    @functools.cached_property
    def _keys(self) -> DataKeys:
        """The keys that the servers encrypt with."""
        secret = self.world.env["CHAIRSIDE_SECRET"]
        return DataKeys.load(Settings(_env_file=None, data_dir=self.folder, secret=secret))


def _replayed(answer: RawResponse) -> bool:
    return answer.headers.get("idempotency-replayed") == "true"


@contextlib.asynccontextmanager
async def open_lane(
    fork: ForkedServers,
    platform: PlatformProcess,
    folder: Path,
    *,
    database_url: str | None = None,
    replicas: int = 1,
    **env: str,
) -> AsyncIterator[Lane]:
    """Make a lane.

    Args:
        fork: Where servers come from.
        platform: The platform.
        folder: An empty folder.
        database_url: An empty PostgreSQL database; without it, SQLite.
        replicas: How many servers there are at once.
        env: Settings of the servers beside ``ENV``, without their ``CHAIRSIDE_``.
    """
    urls = {mode: platform.url(mode) for mode in ("roomy", "single")}
    world = await register_partner(folder, urls, database_url, **(ENV | env))
    yield Lane(fork, platform, world, folder, replicas, database_url)
