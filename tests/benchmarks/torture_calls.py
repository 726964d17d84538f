"""``make torture-calls``: whole calls while something fails, judged by the caller's ear.

Each round is a call to real servers, one on SQLite or two replicas on PostgreSQL, with a carrier, a booking
platform and a model that behave as the fault says (`tests.fakes.call_rounds`); speech costs nothing
(`tests.fakes.coded_speech`). ``--matrix`` plays each of ``FAULTS`` once with a real voice, in one process,
and each of what may befall servers once, and writes ``docs/faults.md``.
"""

import argparse
import asyncio
import contextlib
import itertools
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from loguru import logger
from rich.console import Console
from rich.table import Table

from config.settings import Settings
from contracts.conversation import Message
from kit.db.database import Database
from practice.conversations.service import Calls
from practice.records.migrate import migrate
from tests.conftest import CHEAP_HASHER, sqlite_settings
from tests.fakes import call_rounds
from tests.fakes.broken_calls import BOOKING, Course, Fault, NewLog, RecordedLog, play
from tests.fakes.clock import fixed_clock
from tests.fakes.demo_practice import seed_demo
from tests.fakes.forked_servers import ForkedServers
from tests.fakes.live_call import LiveCalls

NOW = datetime(2026, 11, 30, 14, tzinfo=UTC)
_WORLD_FAULT_SECONDS = 6.0
MATRIX = Path(__file__).parents[2] / "docs" / "faults.md"
FAULTS = (
    Fault("nothing fails"),
    Fault("the stream is cut in the greeting", at="thank you for calling"),
    Fault("the stream is cut after an offer", at="shall i take that"),
    Fault("the stream is cut after the read-back", at="is that right"),
    Fault("the stream is cut while a slow booking is under way", at=BOOKING, troubles=("slow",)),
    Fault("the same, and the caller says their wish again", at=BOOKING, troubles=("slow",), repeats=True),
    Fault("the server dies before it has written the booking's result down", at="you are booked", lost=2),
    Fault("the stream is cut after the outcome was heard", at="you are booked"),
    Fault("the earlier stream lives on at another replica", at="is that right", ghost=True),
    Fault("the platform breaks the connection off after it has booked", troubles=("cut_after",)),
    Fault("the platform answers 500 after it has booked", troubles=("crash_after",)),
    Fault("the platform answers 503", troubles=("down", "down")),
    Fault("the database is away before the booking is taken", troubles=("away",) * 3),
    Fault("the time is taken", troubles=("taken",)),
)


@asynccontextmanager
async def records(settings: Settings) -> AsyncIterator[tuple[Calls, str]]:
    """Open a database with a bot in it, and the calls on it."""
    database = Database(settings)
    try:
        await migrate(database)
        ids = await seed_demo(database, fixed_clock(NOW), hasher=CHEAP_HASHER)
        yield Calls(database, fixed_clock(NOW)), ids.bot_id
    finally:
        await database.dispose()


def logs_of(calls: Calls, bot_id: str, call_id: str) -> NewLog:
    """Make the records of one call's streams."""

    async def new_log() -> tuple[RecordedLog, list[Message]]:
        await calls.start(call_id, bot_id, None, None)
        connection = await calls.connect(call_id)
        said = await calls.take_over(call_id, connection)
        return RecordedLog(calls, call_id, connection), said

    return new_log


async def play_matrix() -> list[Course]:
    """Play each fault once."""
    with tempfile.TemporaryDirectory() as folder:
        async with records(sqlite_settings(Path(folder))) as (kept, bot_id):
            live = await LiveCalls.open()
            try:
                return [
                    await play(live, fault, logs_of(kept, bot_id, f"CA{number}"))
                    for number, fault in enumerate(FAULTS)
                ]
            finally:
                live.synthesizer.close()


async def play_worlds() -> list[call_rounds.Course]:
    """Let each fault befall the servers once, while a caller is about to agree to the booking."""
    fork, courses = ForkedServers(), []
    try:
        async with fork.attached():
            for engine, faults in call_rounds.WORLD_FAULTS.items():
                async with call_rounds.open_lane(fork, engine, seed=1) as lane:
                    await lane.warm_up()
                    courses += [
                        await lane.play_at("is that right", number, fault, _WORLD_FAULT_SECONDS)
                        for number, fault in enumerate(faults)
                    ]
    finally:
        fork.close()
    return courses


def matrix(courses: Sequence[Course], worlds: Sequence[call_rounds.Course]) -> str:
    """Write what each fault comes to as Markdown tables.

    Args:
        courses: One call each, in one process.
        worlds: One call each to real servers.
    """
    lines = [
        "# Faults, and what they come to",
        "",
        "Written by `make fault-matrix`, which plays each of these calls with a real pipeline and voice;",
        "`tests/integration/test_torture_calls.py` judges the same ones. What the caller hears is what comes",
        "after the fault, or the last lines where the stream is not cut. `make torture-calls` plays others.",
        "",
        "| fault | what the caller hears | bookings | requests to book |",
        "|---|---|---|---|",
    ]
    for course in courses:
        heard = course.after if course.fault.at else course.after[-3:]
        lines.append(f"| {course.fault.name} | {_line(heard)} | {course.bookings} | {course.asked} |")
    lines += [
        "",
        "## What befalls the servers",
        "",
        "One server on SQLite, or two on PostgreSQL behind one address. It strikes as the caller is about",
        f"to say yes to the read-back, and lasts {_WORLD_FAULT_SECONDS:.0f} seconds; a server that",
        "is gone is started again. `tests/e2e/test_call_rounds.py` plays some of them at random moments.",
        "",
        "| records | fault | what the caller hears | bookings | requests to book |",
        "|---|---|---|---|---|",
    ]
    for one in worlds:
        struck = one.caller.struck_at or 0.0
        words = _line([heard.text for heard in one.caller.ear.heard if heard.at > struck and heard.whole])
        lines.append(f"| {one.engine} | {one.round.fault} | {words} | {one.bookings} | {one.asked} |")
    return "\n".join(lines) + "\n"


def _line(heard: Sequence[str]) -> str:
    return " / ".join(line.replace("|", " ") for line in heard[:5])


@dataclass
class Tally:
    """What the rounds with one fault on one engine came to."""

    rounds: int = 0
    bookings: int = 0
    busy: int = 0
    """Calls on which nothing could be measured: this machine was too busy."""
    silences: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    findings: Counter[str] = field(default_factory=Counter)

    def add(self, course: call_rounds.Course) -> None:
        """Take one in."""
        self.rounds += 1
        self.bookings += course.bookings
        self.findings.update(course.findings())
        if not course.measured:
            self.busy += 1
            return
        self.silences.append(course.caller.ear.longest_silence)
        if course.gap_seconds is not None:
            self.gaps.append(course.gap_seconds)


@dataclass
class Torture:
    """Lanes of batches, until enough rounds are played or the time is over."""

    seed: int
    rounds: int
    at_once: int
    until: float
    console: Console
    tallies: defaultdict[tuple[str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    played: int = 0

    async def run(self, fork: ForkedServers, lanes: Sequence[tuple[str, bool]], first: int) -> None:
        """Play on all lanes at once."""
        async with fork.attached(), contextlib.AsyncExitStack() as stack:
            opened = []
            for place, (engine, model) in enumerate(lanes):  # one after the other: they migrate
                opening = call_rounds.open_lane(
                    fork, engine, self.seed, model=model, first_phone=10_000 * place
                )
                opened.append(await stack.enter_async_context(opening))
            await asyncio.gather(*(self._lane(lane, first) for lane in opened))

    async def _lane(self, lane: call_rounds.Lane, first: int) -> None:
        name, model = lane.engine, lane.mind is not None
        name += ", model" if model else ""
        await lane.warm_up()
        for number in itertools.count(first):
            if self.played >= self.rounds or time.monotonic() > self.until:
                return
            batch = call_rounds.plan(lane.engine, self.seed, number, self.at_once, model=model)
            self.played += len(batch.rounds)
            for course in await lane.play(batch):
                self.tallies[name, course.round.fault].add(course)
                if found := course.findings():
                    self.console.print(
                        found, f"{name}, batch {number}", course.story(), sep="\n", markup=False
                    )
            self.console.print(f"{self.played} rounds, {name}, batch {number} {batch.world or ''}")

    def table(self) -> Table:
        """Sum it up."""
        columns = ("records", "fault", "rounds", "booked", "longest silence", "gap p50 / max", "findings")
        table = Table(*columns, title=f"seed {self.seed}, {self.at_once} calls at once in each world")
        for (name, fault), tally in sorted(self.tallies.items()):
            gaps = sorted(tally.gaps)
            table.add_row(
                name,
                fault,
                f"{tally.rounds}" + (f" ({tally.busy} too slow to measure)" if tally.busy else ""),
                str(tally.bookings),
                f"{max(tally.silences):.1f} s" if tally.silences else "",
                f"{gaps[len(gaps) // 2]:.2f} / {gaps[-1]:.2f} s" if gaps else "",
                ", ".join(f"{count} {what}" for what, count in tally.findings.items()) or "none",
            )
        return table


LANES = {
    "sqlite": [("sqlite", False)],
    "postgres": [("postgres", False)],
    "model": [("sqlite", True)],
    "all": [("sqlite", False), ("postgres", False), ("sqlite", True)],
}


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2000, help="calls, in all worlds together")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--from", type=int, default=0, dest="first", help="each world's first batch")
    parser.add_argument("--worlds", choices=sorted(LANES), default="all")
    parser.add_argument("--at-once", type=int, default=6, help="calls at once in each world")
    parser.add_argument("--minutes", type=float, default=600.0, help="begin no batch after that")
    parser.add_argument("--matrix", action="store_true", help="write docs/faults.md")
    told = parser.parse_args()
    logger.remove()
    console = Console(highlight=False, soft_wrap=True)
    if told.matrix:
        courses, worlds = asyncio.run(play_matrix()), asyncio.run(play_worlds())
        MATRIX.write_text(matrix(courses, worlds))
        failed = [one for one in worlds if one.findings()]
        for one in failed:
            console.print(one.story(), markup=False)
        raise SystemExit(bool(failed) or any(course.findings() for course in courses))
    seed = told.seed if told.seed is not None else random.SystemRandom().randrange(10**6)
    began = time.monotonic()
    torture = Torture(seed, told.rounds, told.at_once, began + 60 * told.minutes, console)
    fork = ForkedServers()
    try:
        asyncio.run(torture.run(fork, LANES[told.worlds], told.first))
    finally:
        fork.close()
    console.print(torture.table())
    found = sum((tally.findings for tally in torture.tallies.values()), Counter())
    rounds = sum(tally.rounds for tally in torture.tallies.values())
    console.print(
        f"{rounds} rounds in {(time.monotonic() - began) / 60:.1f} minutes: {dict(found) or 'no findings'}"
    )
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
