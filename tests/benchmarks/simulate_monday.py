"""A Monday morning of many practices, simulated: how many calls find a place on so many servers.

Arrivals are a Poisson process whose rate rises to its peak at the full hour and falls off, lengths are
exponential with a floor, a server may die and come back. A call goes to the server with the fewest; where all
are full it is refused (the practice's own number rings), and the caller tries again once. What a dying
server carried goes on elsewhere after a gap, or waits there. Nothing of the product runs.
"""

import argparse
import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

HOURS = (7, 8, 9, 10, 11, 12)
SHARES = (0.04, 0.26, 0.28, 0.19, 0.13, 0.10)
"""Of the morning's calls, by hour: most practices are rung as they open."""
BURST = 1.6
"""How much denser the first ten minutes of an hour are than the rest."""
AGAIN_SECONDS = 90.0


@dataclass
class World:
    """What is assumed.

    Attributes:
        places: Calls that one server takes.
        mean_seconds: Of a call's length.
        dies_at: Seconds after seven at which one server dies; None is never.
        back_after: Seconds until it takes calls again.
    """

    practices: int
    calls_a_practice: float
    servers: int
    places: int
    mean_seconds: float = 140.0
    least_seconds: float = 15.0
    dies_at: float | None = None
    back_after: float = 120.0


@dataclass
class Figures:
    """What came of it."""

    calls: int = 0
    most_at_once: int = 0
    refused: int = 0
    refused_twice: int = 0
    moved: int = 0
    moved_in_vain: int = 0


def arrivals(world: World, rng: random.Random) -> Iterator[float]:
    """Give the moments, in seconds after seven, at which somebody calls."""
    total = world.practices * world.calls_a_practice
    for index, share in enumerate(SHARES):
        in_burst = BURST / (BURST + 5)
        for begin, length, part in ((0, 600, in_burst), (600, 3000, 1 - in_burst)):
            rate = total * share * part / length
            at = float(begin)
            while rate and (at := at + rng.expovariate(rate)) < begin + length:
                yield index * 3600 + at


class Morning:
    """One morning, played event by event."""

    def __init__(self, world: World, seed: int) -> None:
        self.figures = Figures()
        self._world = world
        self._rng = random.Random(seed)  # noqa: S311 - a simulation
        self._busy = [0] * world.servers
        self._back_at = [0.0] * world.servers
        self._server_of: dict[int, int] = {}
        calls = [(at, number, "call") for number, at in enumerate(arrivals(world, self._rng))]
        death = [] if world.dies_at is None else [(world.dies_at, len(calls), "death")]
        self._events: list[tuple[float, int, str]] = calls + death
        heapq.heapify(self._events)
        self._ends: dict[int, float] = {}

    def play(self) -> Figures:
        """Play it to its end."""
        while self._events:
            at, call, what = heapq.heappop(self._events)
            if what == "end":
                self._end(call, at)
            elif what == "death":
                self._die(at)
            else:
                self._ring(call, at, first=what == "call")
        return self.figures

    def _ring(self, call: int, at: float, *, first: bool) -> None:
        figures, world = self.figures, self._world
        figures.calls += first
        if self._place(call, at, max(world.least_seconds, self._length())):
            figures.most_at_once = max(figures.most_at_once, len(self._server_of))
        elif first:
            figures.refused += 1
            heapq.heappush(self._events, (at + AGAIN_SECONDS, call, "again"))
        else:
            figures.refused_twice += 1

    def _place(self, call: int, at: float, seconds: float) -> bool:
        places = self._world.places
        free = [one for one, busy in enumerate(self._busy) if busy < places and self._back_at[one] <= at]
        if not free:
            return False
        server = min(free, key=self._busy.__getitem__)
        self._busy[server] += 1
        self._server_of[call], self._ends[call] = server, at + seconds
        heapq.heappush(self._events, (at + seconds, call, "end"))
        return True

    def _end(self, call: int, at: float) -> None:
        # What was moved has a later end than the one that it was placed with first.
        if self._ends.get(call) == at:
            self._busy[self._server_of.pop(call)] -= 1
            del self._ends[call]

    def _die(self, at: float) -> None:
        fullest = max(range(self._world.servers), key=self._busy.__getitem__)
        self._back_at[fullest], self._busy[fullest] = at + self._world.back_after, 0
        there = [call for call, server in self._server_of.items() if server == fullest]
        for call in there:
            del self._server_of[call], self._ends[call]
            self.figures.moved += 1
            # Memoryless: what is left of a call is as long as a new one.
            self.figures.moved_in_vain += not self._place(call, at, self._length())

    def _length(self) -> float:
        return self._rng.expovariate(1 / self._world.mean_seconds)


def main() -> None:
    """Print a row for each number of servers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--practices", type=int, default=100)
    parser.add_argument("--calls", type=float, default=22.0, help="of a practice, that morning")
    parser.add_argument("--places", type=int, default=30, help="calls that one server takes")
    parser.add_argument("--servers", type=int, nargs="*", help="numbers of servers to try")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    busiest = given.practices * given.calls * max(SHARES) * BURST * 140 / 3600
    least = max(1, round(busiest / given.places))
    table = Table(title=f"{given.practices} practices, {given.places} calls a server, seed {given.seed}")
    for head in ("servers", "calls", "at once", "refused", "twice", "one dies: refused", "moved", "in vain"):
        table.add_column(head, justify="right")
    for servers in given.servers or sorted({max(1, least - 1), least, least + 1, least + 2}):
        world = World(given.practices, given.calls, servers, given.places)
        calm = Morning(world, given.seed).play()
        world.dies_at = 2 * 3600 + 300  # in the burst after nine
        bad = Morning(world, given.seed).play()
        share = f"{calm.refused} ({calm.refused / max(1, calm.calls):.1%})"
        row = (servers, calm.calls, calm.most_at_once, share, calm.refused_twice)
        table.add_row(*map(str, (*row, bad.refused, bad.moved, bad.moved_in_vain)))
    Console().print(table)


if __name__ == "__main__":
    main()
