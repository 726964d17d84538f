"""``chairside demo``: a phone call that ends in a booking, on a server of its own."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import httpx
import typer
from rich.console import Console
from rich.table import Table

from cli.bookings import BookedRow, list_bookings
from cli.call import signing_token
from cli.failures import UserError
from cli.options import SERVER_FILE
from cli.records import open_database, prepare_data_dir, said_plainly
from config.clock import system_clock
from config.settings import DatabaseSettings, Settings
from practice.demo.seed import seed_demo
from practice.errors import AlreadySeeded
from practice.partners.service import Partners
from practice.partners.views import BotView
from rehearsal.conversation import Conversation
from rehearsal.exchange import CallPlan
from rehearsal.outcome import CallReport
from rehearsal.report import LiveReport
from rehearsal.script import DEFAULT_SCRIPT, Script, ScriptedMind, load_script
from rehearsal.speech import SpeechError, SpeechProcess
from rehearsal.timing import Timing

_START_SECONDS: Final = 90.0
_STOP_SECONDS: Final = 10.0
_CALL_SECONDS: Final = 180.0
_LOG_FILE: Final = "server.log"
_BRISK: Final = {"CHAIRSIDE_SPEECH_TTS_SPEED": "1.2"}
"""A demonstration speaks a little faster than a practice's phone should, unless told otherwise."""
_PASSED_ON: Final = ("CHAIRSIDE_SPEECH_", "CHAIRSIDE_LOG_")
"""The only settings of the environment that the demo's server sees: with a model's key, a public URL or
another database the demo would show something else than what it says, or write where it should not."""


def demo(
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Folder for the demo's data; by default a new one.", show_default=False),
    ] = None,
    keep: Annotated[bool, typer.Option(help="Keep the folder afterwards.")] = True,
) -> None:
    """Place a real simulated phone call that ends in a booking.

    Makes a demo practice, starts the server, phones it with a speaking caller, and shows the conversation
    and the booking that came of it. No keys, no network.
    """
    console = Console(highlight=False)
    try:
        folder = _folder(data_dir)
        settings = _settings(folder)
        with said_plainly():
            booked = asyncio.run(_Demo(console, settings, keep=keep or data_dir is not None).run())
    except SpeechError as error:
        raise UserError(f"The caller's voice does not work: {error}.") from error
    if booked and not keep and data_dir is None:
        shutil.rmtree(folder, ignore_errors=True)
    raise typer.Exit(0 if booked else 1)


def _folder(wanted: Path | None) -> Path:
    if wanted is None:
        return Path(tempfile.mkdtemp(prefix="chairside-demo-"))
    return wanted.expanduser().resolve()


def _settings(folder: Path) -> Settings:
    """Give settings that only the folder decides, whatever the environment or a ``.env`` says."""
    return Settings(
        data_dir=folder,
        database=DatabaseSettings(),
        secret=None,
        twilio_auth_token=None,
        openai_api_key=None,
    )


class _Demo:
    """One run of the demo."""

    def __init__(self, console: Console, settings: Settings, *, keep: bool) -> None:
        self._console = console
        self._settings = settings
        self._keep = keep
        self._log = settings.data_dir / _LOG_FILE
        self._note = settings.data_dir / SERVER_FILE
        self._recording = settings.data_dir / "call.wav"

    async def run(self) -> bool:
        """Run it.

        Returns:
            Whether the call ended in exactly one booking.
        """
        began = time.monotonic()
        prepare_data_dir(self._settings)
        script, timing = load_script(DEFAULT_SCRIPT), Timing()
        live = LiveReport(self._console, timing, bot="Chairside", caller=script.person.name.split()[0])
        mind = ScriptedMind(script, datetime.now().astimezone().date())
        # The server first, for it takes longest; what the call needs is made ready while it starts.
        async with self._server() as server, SpeechProcess() as speech:
            conversation = Conversation(mind, speech, script.style, live.tell, timing)
            preparing = asyncio.create_task(conversation.prepare())
            bot = await self._practice()
            before = {row.id for row in await list_bookings(self._settings, bot.account_id)}
            await preparing
            address = await self._ready(server)
            ready = time.monotonic() - began
            self._console.print(f"[dim]Server ready at {address} after {ready:.0f} s.[/dim]")
            self._console.print(f"{script.person.name} calls {bot.name}, {bot.phone_numbers[0]}:\n")
            report = await conversation.hold(self._plan(address, bot, script))
        live.summary(report)
        made = [row for row in await list_bookings(self._settings, bot.account_id) if row.id not in before]
        return self._conclude(report, made, bot, time.monotonic() - began)

    async def _practice(self) -> BotView:
        async with open_database(self._settings) as database:
            with contextlib.suppress(AlreadySeeded):  # a folder of an earlier demo
                await seed_demo(database, system_clock)
            bots = await Partners(database, system_clock, prepare_data_dir(self._settings)).list_bots()
        return next(bot for bot in bots if bot.phone_numbers)

    def _plan(self, address: str, bot: BotView, script: Script) -> CallPlan:
        return CallPlan(
            voice_url=f"{address}/twilio/voice",
            status_url=f"{address}/twilio/status",
            auth_token=signing_token(self._settings),
            to=bot.phone_numbers[0],
            from_=script.person.phone,
            record=self._recording,
            max_seconds=_CALL_SECONDS,
        )

    @contextlib.asynccontextmanager
    async def _server(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run the server as the process it is in real life."""
        self._note.unlink(missing_ok=True)
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith("CHAIRSIDE_") or k.startswith(_PASSED_ON)
        }
        kept = {k: v for k, v in kept.items() if k not in {"OPENAI_API_KEY", "TWILIO_AUTH_TOKEN"}}
        kept = _BRISK | kept
        folder = str(self._settings.data_dir)
        with self._log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "cli.main", "serve", "--port", "0", "--data-dir", folder),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=kept,
                cwd=folder,  # a .env of the working folder is for the real server
                start_new_session=True,  # Ctrl-C hangs up first; the server is stopped after it
            )
        try:
            yield process
        finally:
            await _stop(process)

    async def _ready(self, process: asyncio.subprocess.Process) -> str:
        deadline = time.monotonic() + _START_SECONDS
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            while process.returncode is None and time.monotonic() < deadline:
                address = _noted(self._note)
                with contextlib.suppress(httpx.HTTPError):
                    if address and (await client.get(f"{address}/health/ready")).is_success:
                        return address
                await asyncio.sleep(0.05)
        raise UserError(f"The server did not start. {self._server_said()}")

    def _server_said(self) -> str:
        """Tell where the server's log is, and its last complaint."""
        lines = self._log.read_text(errors="replace").split("\n") if self._log.exists() else []
        last = [said for line in lines if (said := _complaint(line))][-1:]
        return f"Its log is {self._log}" + (f" and ends in: {last[0]}" if last else ".")

    def _conclude(self, report: CallReport, made: list[BookedRow], bot: BotView, seconds: float) -> bool:
        console = self._console
        console.print()
        console.print("[bold]In the calendar:[/bold]" + ("" if made else " nothing"))
        for row in made:
            console.print(_shown(row, ZoneInfo(bot.timezone)))
        console.print()
        wrong = what_is_wrong(report, made)
        if self._keep or wrong:
            console.print(f"  recording  {self._recording}  (stereo: caller left, bot right)", soft_wrap=True)
            console.print(f"  database   {self._settings.data_dir}", soft_wrap=True)
        if not wrong:
            console.print(f"\n[bold green]Booked, once.[/bold green] [dim]{seconds:.0f} s in all.[/dim]")
            self._suggest()
            return True
        console.print(f"\n[bold red]Not as it should be:[/bold red] {wrong}.")
        console.print(f"  server log {self._log}", soft_wrap=True)
        return False

    def _suggest(self) -> None:
        """Say what to try next, on the data that is there now or on new data."""
        command = _command()
        where = f" --data-dir {self._settings.data_dir}" if self._keep else ""
        first = "" if self._keep else f"{command} init, then "
        self._console.print(
            f"Next: {first}{command} serve{where}, and in another terminal"
            f" {command} call{where} --wav you.wav or {command} chat{where}.",
            soft_wrap=True,
        )


def _noted(note: Path) -> str:
    try:
        return note.read_text().strip()
    except FileNotFoundError:
        return ""


def _complaint(line: str) -> str:
    """Give what a line of the log complains of: an error event's last line, or what is not JSON at all."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line.strip()
    if not isinstance(entry, dict) or entry.get("level") not in {"error", "critical"}:
        return ""
    text = str(entry.get("exception") or entry.get("event", "")).strip()
    return text.split("\n")[-1] if "\n" in text else ""


def what_is_wrong(report: CallReport, made: list[BookedRow]) -> str:
    """Judge the call by what it left behind.

    Args:
        report: The call.
        made: The appointments that it added to the calendar.

    Returns:
        What is not as it should be; empty for a call that ended well, in one booking.
    """
    count = sum(row.status != "cancelled" for row in made)
    if count != 1:
        return f"the call left {count} bookings in the calendar; there should be one"
    if not report.ended_cleanly:
        return report.detail or f"the call did not end as it should: {report.outcome}"
    return ""


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def _command() -> str:
    here = Path(sys.argv[0])
    if shutil.which("chairside") or here.name != "chairside":
        return "chairside"
    with contextlib.suppress(ValueError):
        return str(here.absolute().relative_to(Path.cwd()))
    return str(here.absolute())


def _shown(row: BookedRow, zone: ZoneInfo) -> Table:
    start = row.start.astimezone(zone)
    minutes = round((row.end - row.start).total_seconds() / 60)
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, value in (
        ("booking", row.id),
        ("service", f"{row.service}, {minutes} minutes"),
        ("with", row.practitioner),
        ("when", f"{start:%A %d %B %Y, %H:%M} {start.tzname()}"),
        ("patient", f"{row.patient}, {row.phone}"),
        ("status", row.status),
    ):
        table.add_row(f"  {name}", value)
    return table
