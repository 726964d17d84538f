"""Kills servers in the middle of bookings, thousands of times: run with `make torture`.

Half of the rounds are played on SQLite with one server, half on PostgreSQL with two replicas, of which one
dies, or is frozen for longer than its lease, and the other takes over. A round is made of the seed and its
number: to go on after an interruption, or to play one round again, name the seed and the first number.
"""

import argparse
import asyncio
import contextlib
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.forked_servers import ForkedServers
from tests.fakes.kills import (
    LEDGER_POINTS,
    BrokenPromise,
    DoubleBooking,
    FalseSuccess,
    Lane,
    Point,
    Tally,
    open_lane,
    plan,
)
from tests.fakes.platform_process import PlatformProcess, run_platform_process
from tests.fakes.postgres import PostgresForTests

POINTS: Sequence[Point] = (*LEDGER_POINTS, None)
PROGRESS_SECONDS = 10.0
MOST_BROKEN = 20
"""Broken promises after which there is nothing more to learn."""


@dataclass
class Course:
    """The rounds on one engine, handed out to its lanes.

    Attributes:
        name: ``sqlite`` or ``postgres``.
        first: Number of the first round.
        end: Number after the last.
        done: What the finished lanes came to.
        broken: What was not as it must be.
    """

    name: str
    seed: int
    first: int
    end: int
    lanes: list[Lane] = field(default_factory=list)
    broken: list[BrokenPromise] = field(default_factory=list)
    next: int = 0
    under_way: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.next = self.first

    @property
    def played(self) -> int:
        return self.next - self.first - len(self.under_way)

    @property
    def resume_from(self) -> int:
        """The first number that was not played to its end."""
        return min(self.under_way, default=self.next)

    @property
    def tally(self) -> Tally:
        total = Tally()
        for lane in self.lanes:
            total.add(lane.tally)
        return total

    async def run(self, lane: Lane) -> None:
        """Play rounds in a lane until there are none."""
        self.lanes.append(lane)
        while self.next < self.end and len(self.broken) < MOST_BROKEN:
            number = self.next
            self.next += 1
            self.under_way.add(number)
            try:
                await lane.play(plan(self.seed, number, POINTS))
            except BrokenPromise as error:
                self.broken.append(error)
                print(f"\n{self.name}, round {number}: {error}", flush=True)
            self.under_way.discard(number)


async def _report(courses: Sequence[Course], began: float) -> None:
    while True:
        await asyncio.sleep(PROGRESS_SECONDS)
        seconds = time.monotonic() - began
        total = sum(course.end - course.first for course in courses)
        played = sum(course.played for course in courses)
        killed = sum(course.tally.kills.total() for course in courses)
        left = (total - played) * seconds / max(played, 1)
        each = ", ".join(f"{course.name} {course.played}" for course in courses)
        broken = sum(len(course.broken) for course in courses)
        print(
            f"{played}/{total} rounds ({each}), {killed} kills, {broken} broken promises,"
            f" {seconds:.0f} s, about {left / 60:.0f} min to go",
            flush=True,
        )


async def _run(courses: Sequence[Course], lanes: int, fork: ForkedServers, platform: PlatformProcess) -> None:
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(fork.attached())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chairside-torture-")))
        plans: list[tuple[Course, Lane]] = []
        for course in courses:
            postgres = None
            if course.name == "postgres":
                postgres = PostgresForTests()
                stack.callback(postgres.stop)
            for number in range(lanes):
                place = folder / f"{course.name}-{number}"
                place.mkdir()
                url = postgres.url(postgres.create()) if postgres else None
                replicas = 2 if postgres else 1
                # In every other lane the follow-ups look for bookings in doubt, beside those who ask again.
                follow_ups = {"FOLLOWUPS_IN_SERVER": "true", "FOLLOWUPS_SWEEP_SECONDS": "0.5"}
                env = follow_ups if number % 2 else {}
                opening = open_lane(fork, platform, place, database_url=url, replicas=replicas, **env)
                plans.append((course, await stack.enter_async_context(opening)))
        reporting = asyncio.create_task(_report(courses, time.monotonic()))
        try:
            async with asyncio.TaskGroup() as group:
                for course, lane in plans:
                    group.create_task(course.run(lane))
        finally:
            reporting.cancel()


def _print_verdict(courses: Sequence[Course], seed: int, seconds: float) -> None:
    total, broken = Tally(), [error for course in courses for error in course.broken]
    for course in courses:
        total.add(course.tally)
    faults = Counter(type(error) for error in broken)
    print(f"\nSeed {seed}, {seconds / 60:.1f} minutes, {total.answers} answers")
    for course in courses:
        servers = "one server" if course.name == "sqlite" else "two replicas"
        print(f"  {course.name + ', ' + servers:<24}{course.tally.rounds:>7} rounds kept their promise")
    print("  killed at")
    for point in POINTS:
        name = point or "any moment"
        print(f"    {name:<22}{total.kills[name]:>7}")
    print(f"    {'frozen, not killed':<22}{total.kills['frozen, not killed']:>7}")
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(total.kinds.items()))
    print(f"  asked                   {kinds}")
    print(f"  {'taken over':<24}{total.taken_over:>7} keys claimed more than once")
    print(f"  {'asked again':<24}{total.repeated:>7} keys that the platform was sent more than once")
    print(f"  {'double bookings':<24}{faults[DoubleBooking]:>7}")
    print(f"  {'false successes':<24}{faults[FalseSuccess]:>7}")
    print(f"  {'other broken promises':<24}{faults[BrokenPromise]:>7}", flush=True)


def main() -> None:
    """Play the rounds and print the verdict; exit status 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10_000, help="on all engines together")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--from", type=int, default=0, dest="first", help="each engine's first round")
    parser.add_argument("--database", choices=["both", "sqlite", "postgres"], default="both")
    parser.add_argument("--lanes", type=int, default=2, help="rounds at once on each engine")
    options = parser.parse_args()
    seed = random.randrange(10**6) if options.seed is None else options.seed  # noqa: S311 - any will do
    names = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    each = -(-options.rounds // len(names))
    courses = [Course(name, seed, options.first, options.first + each) for name in names]
    print(f"Seed {seed}; {each} rounds on each of: {', '.join(names)}", flush=True)
    began, fork = time.monotonic(), ForkedServers()
    interrupted = False
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it sees the verdict so far
    try:
        with run_platform_process() as platform:
            asyncio.run(_run(courses, options.lanes, fork, platform))
    except KeyboardInterrupt:
        interrupted = True
    finally:
        fork.close()
    _print_verdict(courses, seed, time.monotonic() - began)
    if interrupted:
        first = min(course.resume_from for course in courses)
        print(f"Interrupted; to go on: make torture SEED={seed} FROM={first} ROUNDS=…")
    sys.exit(any(course.broken for course in courses) or interrupted)


if __name__ == "__main__":
    main()
