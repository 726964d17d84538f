"""The call as a person follows it: a live transcript with timings, then the figures."""

import math
import statistics
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rehearsal.call_report import CallReport
from rehearsal.events import BotSaid, CallerSaid, Event
from rehearsal.timing import Timing

_CALLER_STYLE = "cyan"
_BOT_STYLE = "green"
_ONSET_SECONDS = 0.1


class LiveReport:
    """Prints a call while it goes on."""

    def __init__(self, console: Console, timing: Timing, *, bot: str = "bot", caller: str = "caller") -> None:
        self._console = console
        self._timing = timing
        self._bot = bot
        self._caller = caller
        self._width = max(len(bot), len(caller))

    def tell(self, event: Event) -> None:
        """Print one event; a `rehearsal.events.OnEvent`."""
        match event:
            case BotSaid(text, start):
                self._line(start, self._bot, _BOT_STYLE, text or "(no words)", self._beside(event))
            case CallerSaid(text, start):
                self._line(start, self._caller, _CALLER_STYLE, text, "")
            case _:
                self._console.print(Text(f"      {event.text}", style="yellow"))

    def summary(self, report: CallReport) -> None:
        """Print how the call ended and what was measured."""
        good = report.ended_cleanly
        ending = f"{report.outcome.value} after {clock(report.duration_seconds)}"
        self._console.print()
        self._console.print(Text(f"The call: {ending}.", style="bold" if good else "bold red"))
        if report.detail:
            self._console.print(Text(f"  {report.detail}", style="red"))
        if report.transferred_to:
            self._console.print(Text(f"  put through to {report.transferred_to}"))
        for line in figures(report):
            self._console.print(Text(f"  {line}"))
        for remark in report.remarks:
            self._console.print(Text(f"  {remark}", style="yellow"))

    def _beside(self, event: BotSaid) -> str:
        """Find the measurement that belongs to a turn of the bot."""
        timing = self._timing
        for response in timing.responses:
            if event.start - _ONSET_SECONDS <= response.bot_start <= event.end:
                return f"{response.ms} ms"
        if timing.greeted_at is not None and event.start - _ONSET_SECONDS <= timing.greeted_at <= event.end:
            return f"{timing.greeting_ms} ms"
        return ""

    def _line(self, at: float, who: str, style: str, text: str, beside: str) -> None:
        row = Table.grid(padding=(0, 2, 0, 0), expand=True)
        row.add_column(width=5, justify="right")
        row.add_column(width=self._width)
        row.add_column(ratio=1)
        row.add_column(width=8, justify="right")
        row.add_row(
            Text(clock(at), style="dim"),
            Text(who, style=f"bold {style}"),
            Text(text, style=style),
            Text(beside, style="dim"),
        )
        self._console.print(row)


def figures(report: CallReport) -> list[str]:
    """Put what was measured of a call into lines of text; none for a call without media."""
    timing, lines = report.timing, []
    if timing.greeting_ms is not None:
        lines.append(f"greeting {timing.greeting_ms} ms after the stream's start")
    answers = [response.ms for response in timing.responses]
    if answers:
        half, most = round(statistics.median(answers)), percentile(answers, 0.95)
        lines.append(f"{len(answers)} answers, voice to voice: median {half} ms, 95 % within {most} ms")
    if timing.barge_in_ms:
        lines.append(f"quiet {max(timing.barge_in_ms)} ms after being interrupted")
    if timing.overlap_seconds:
        lines.append(f"both spoke at once for {timing.overlap_seconds:.1f} s")
    if timing.stutters:
        lines.append(f"{timing.stutters} holes in the bot's audio")
    malformed = sum(stream.received["malformed"] for stream in report.streams)
    if malformed:
        lines.append(f"{malformed} messages of the bot that a carrier would refuse")
    if len(report.streams) > 1:
        lines.append(f"{len(report.streams)} media streams")
    return lines


def clock(seconds: float) -> str:
    """Write seconds as ``m:ss``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def percentile(values: Sequence[int], share: float) -> int:
    """Give the nearest-rank percentile of at least one value."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]
