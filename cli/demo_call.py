"""The demo's call: the practice seeded, the call placed, the booking read from the database and judged."""

import asyncio
import contextlib
import shutil
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import httpx
from rich.console import Console
from rich.table import Table

from cli.call import signing_token
from cli.data_folder import Records, with_records_of
from cli.demo_server import DemoServer
from cli.errors import UserError
from config.settings import DatabaseSettings, Settings
from practice.calendar.views import AppointmentView
from practice.partners.views import BotView
from practice.practice_file.folder import read_demo
from practice.practice_file.service import PracticeFiles
from rehearsal.call_report import CallReport
from rehearsal.conversation import Conversation
from rehearsal.exchange import CallPlan
from rehearsal.phone_patient import PATIENT_VOICE, PhonePatient
from rehearsal.report import LiveReport
from rehearsal.scenario import DEFAULT_SCENARIO, find_scenarios
from rehearsal.speech import SpeechError, SpeechProcess
from rehearsal.timing import Timing

_START_SECONDS: Final = 90.0
_CALL_SECONDS: Final = 180.0


def show_call(server: DemoServer, folder: Path, *, began: float, keep: bool) -> bool:
    """Place the demo's call and show what came of it: whether it ended well, in exactly one booking.

    UserError where the server, the database or the caller's voice does not work.
    """
    # What the folder holds decides, whatever the environment or a .env says.
    settings = Settings(
        data_dir=folder, database=DatabaseSettings(), secret=None, twilio_auth_token=None, openai_api_key=None
    )
    try:
        return with_records_of(settings, _Demo(server, settings, began=began, keep=keep).run, makes=True)
    except SpeechError as error:
        raise UserError(f"The caller's voice does not work: {error}.") from error


class _Demo:
    """One run of the demo."""

    def __init__(self, server: DemoServer, settings: Settings, *, began: float, keep: bool) -> None:
        self._console = Console(highlight=False)
        self._server = server
        self._settings = settings
        self._began = began
        self._keep = keep
        self._recording = settings.data_dir / "call.wav"

    async def run(self, records: Records) -> bool:
        """Run it; tells whether the call ended in exactly one booking."""
        (scenario,), timing = find_scenarios([DEFAULT_SCENARIO], datetime.now().astimezone()), Timing()
        patient = scenario.patient
        live = LiveReport(self._console, timing, bot="Chairside", caller=patient.name.split()[0])
        async with SpeechProcess() as speech:
            conversation = Conversation(PhonePatient(scenario), speech, PATIENT_VOICE, live.tell, timing)
            preparing = asyncio.create_task(conversation.prepare())
            bot = await _practice(records)
            before = {one.id for one in await records.calendar.list_appointments(bot.account_id)}
            await preparing
            address = await wait_ready(self._server)
            ready = time.monotonic() - self._began
            self._console.print(f"[dim]Server ready at {address} after {ready:.0f} s.[/dim]")
            self._console.print(f"{patient.name} calls {bot.name}, {bot.phone_numbers[0]}:\n")
            report = await conversation.hold(self._plan(address, bot, patient.phone))
        live.summary(report)
        after = await records.calendar.list_appointments(bot.account_id)
        made = [one for one in after if one.id not in before]
        return self._conclude(report, made, bot)

    def _plan(self, address: str, bot: BotView, from_: str) -> CallPlan:
        return CallPlan(
            voice_url=f"{address}/twilio/voice",
            status_url=f"{address}/twilio/status",
            auth_token=signing_token(self._settings),
            to=bot.phone_numbers[0],
            from_=from_,
            record=self._recording,
            max_seconds=_CALL_SECONDS,
        )

    def _conclude(self, report: CallReport, made: list[AppointmentView], bot: BotView) -> bool:
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
            seconds = time.monotonic() - self._began
            console.print(f"\n[bold green]Booked, once.[/bold green] [dim]{seconds:.0f} s in all.[/dim]")
            self._suggest()
            return True
        console.print(f"\n[bold red]Not as it should be:[/bold red] {wrong}.")
        console.print(f"  server log {self._server.log}", soft_wrap=True)
        return False

    def _suggest(self) -> None:
        """Say what to try next, on the data that is there now or on new data."""
        command = _command()
        where = f" --data-dir {self._settings.data_dir}" if self._keep else ""
        first = "" if self._keep else f"{command} init --demo, then "
        self._console.print(
            f"Next: {first}{command} serve{where}, and in another terminal"
            f" {command} call{where} --wav you.wav or {command} chat{where}.",
            soft_wrap=True,
        )


async def wait_ready(server: DemoServer) -> str:
    """Wait until a server answers; give its address, or raise `UserError`."""
    deadline = time.monotonic() + _START_SECONDS
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        while server.runs and time.monotonic() < deadline:
            address = server.find_address()
            with contextlib.suppress(httpx.HTTPError):
                if address and (await client.get(f"{address}/health/ready")).is_success:
                    return address
            await asyncio.sleep(0.05)
    raise UserError(f"The server did not start. {server.complaint()}")


def what_is_wrong(report: CallReport, made: list[AppointmentView]) -> str:
    """Say what is not as it should be of a call, by the appointments that it made; empty for one booking."""
    count = sum(row.status != "cancelled" for row in made)
    if count != 1:
        return f"the call left {count} bookings in the calendar; there should be one"
    if not report.ended_cleanly:
        return report.detail or f"the call did not end as it should: {report.outcome}"
    return ""


async def _practice(records: Records) -> BotView:
    """Give the demo practice's bot."""
    await records.of(PracticeFiles).apply(read_demo())
    return next(bot for bot in await records.bots.list_bots() if bot.phone_numbers)


def _command() -> str:
    here = Path(sys.argv[0])
    if shutil.which("chairside") or here.name != "chairside":
        return "chairside"
    with contextlib.suppress(ValueError):
        return str(here.absolute().relative_to(Path.cwd()))
    return str(here.absolute())


def _shown(row: AppointmentView, zone: ZoneInfo) -> Table:
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
