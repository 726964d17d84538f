"""Where a process spends its processor time, seen a thousand times a second; cheap enough for a benchmark.

``cProfile`` charges for every call, so that code of many small functions looks worse than it is, and it
counts what awaits as working. This one asks, at each millisecond of processor time, where the process is.
"""

import itertools
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

import greenlet  # type: ignore[import-untyped] # it brings no types

INTERVAL_SECONDS = 0.001
LONGEST = 120


class Sampler:
    """Counts, from its making on, in which functions the main thread is and which it is on behalf of."""

    def __init__(self) -> None:
        self._inside: Counter[str] = Counter()
        self._on_behalf: Counter[str] = Counter()
        self._total = 0
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, INTERVAL_SECONDS, INTERVAL_SECONDS)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        self._total += 1
        names: dict[str, None] = {}
        running = greenlet.getcurrent()
        while frame is not None:
            code = frame.f_code
            names[f"{code.co_filename}:{code.co_firstlineno} {code.co_name}"] = None
            frame = frame.f_back
            while frame is None and running.parent is not None:
                # SQLAlchemy runs in greenlets, whose stacks begin anew.
                running = running.parent
                frame = running.gr_frame
        self._on_behalf.update(iter(names))
        self._inside.update(itertools.islice(names, 1))

    def write(self, file: Path) -> None:
        """Stop, and write what was seen."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        lines = [f"{self._total} samples of the main thread"]
        for title, counts in (("On behalf of", self._on_behalf), ("Inside", self._inside)):
            lines += ["", title]
            for name, count in counts.most_common(LONGEST):
                lines.append(f"{count / max(self._total, 1):>8.1%}  {_short(name)}")
        file.write_text("\n".join(lines) + "\n")


def _short(name: str) -> str:
    for folder in sorted(filter(None, sys.path), key=len, reverse=True):
        if name.startswith(folder):
            return name[len(folder) + 1 :]
    return name
