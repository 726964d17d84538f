"""Scenarios by phone: a server of our own with a practice of its own, or anybody's bot."""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cli.call import own_number, reach, signing_token
from cli.data_folder import prepare_data_dir
from cli.demo_call import wait_ready
from cli.demo_server import DemoServer
from cli.errors import UserError
from cli.options import load_settings, server_url
from cli.rehearsal_world import PracticeWorld, rehearsal_settings
from practice.practice_file.folder import PracticeFolder
from rehearsal.call_report import CallReport
from rehearsal.conditions import LINES
from rehearsal.conversation import Conversation as Call
from rehearsal.events import BotSaid, CallerSaid, Event
from rehearsal.exchange import CallPlan
from rehearsal.hearing import ear
from rehearsal.phone_patient import PATIENT_VOICE, PhonePatient
from rehearsal.practice import Practice, State
from rehearsal.rehearse import Played
from rehearsal.scenario import Scenario
from rehearsal.speech import SpeechProcess
from rehearsal.timing import Timing
from rehearsal.verdict import Conversation, Exchange, judge

_CALL_SECONDS: Final = 300.0


@dataclass(frozen=True)
class Calling:
    """How the calls are placed; recordings go beside the ``report``'s page, None keeps none."""

    lines: tuple[str, ...]
    seed: int
    report: Path | None
    patience_seconds: float
    tell: Callable[[Played], None]


async def call_outside(
    scenarios: Sequence[Scenario], calling: Calling, url: str, to: str | None, data_dir: Path | None
) -> list[Played]:
    """Phone somebody's bot: only what is said, and whether the caller is put through, is judged.

    Raises:
        UserError: Nobody answers there, or it is not said whom to call or how to sign.
    """
    settings = load_settings(data_dir)
    base, token = server_url(settings, url), signing_token(settings)
    await reach(base)
    number = to or own_number(settings)
    played = []
    async with SpeechProcess() as speech:
        for scenario in scenarios:
            for line in calling.lines:
                record = _recording(calling, scenario, line)
                phone = _Phone(base, token, number, line, record, calling.patience_seconds)
                played.append(await _hold(scenario, phone, calling.seed, speech, None))
                calling.tell(played[-1])
    return played


async def call_own(scenarios: Sequence[Scenario], calling: Calling, folder: PracticeFolder) -> list[Played]:
    """Phone a bot of our own, on a server for each scenario: each has its own moment and its own world.

    Raises:
        UserError: The server does not start, or the scenario has a world that only text can have.
    """
    played = []
    for scenario in scenarios:
        if scenario.world.platform or scenario.world.model or scenario.world.taken_at:
            raise UserError(f"{scenario.name}: what its world does can be played by text only.")
    async with SpeechProcess() as speech:
        for scenario in scenarios:
            for line in calling.lines:
                with tempfile.TemporaryDirectory(prefix="chairside-rehearsal-") as place:
                    server = _Server(folder, Path(place))
                    played.append(await _with_server(scenario, calling, line, speech, server))
                calling.tell(played[-1])
    return played


@dataclass(frozen=True)
class _Phone:
    """Where a call goes."""

    base: str
    token: str
    to: str
    line: str
    record: Path | None
    patience_seconds: float


@dataclass(frozen=True)
class _Server:
    """The practice of a server of our own, and where its records are kept."""

    folder: PracticeFolder
    place: Path


async def _with_server(
    scenario: Scenario, calling: Calling, line: str, speech: SpeechProcess, own: _Server
) -> Played:
    settings = rehearsal_settings(own.place).model_copy(update={"secret": None})
    token = prepare_data_dir(settings).derive("twilio").hex()
    world = PracticeWorld(settings, own.folder)
    world.now = scenario.now
    try:
        await world.make()
        server = DemoServer(own.place, now=scenario.now)
        try:
            base = await wait_ready(server)
            await world.keep()
            await world.prepare(scenario)
            number, record = world.ids.phone_numbers[0], _recording(calling, scenario, line)
            phone = _Phone(base, token, number, line, record, calling.patience_seconds)
            return await _hold(scenario, phone, calling.seed, speech, world)
        finally:
            server.stop()
    finally:
        await world.close()


async def _hold(
    scenario: Scenario, phone: _Phone, seed: int, speech: SpeechProcess, world: PracticeWorld | None
) -> Played:
    began = time.monotonic()
    mind = PhonePatient(scenario, seed, phone.patience_seconds)
    before = await world.state() if world else None
    plan = CallPlan(
        voice_url=f"{phone.base}/twilio/voice",
        status_url=f"{phone.base}/twilio/status",
        auth_token=phone.token,
        to=phone.to,
        from_=scenario.from_ or "anonymous",
        record=phone.record,
        conditions=LINES[phone.line],
        max_seconds=_CALL_SECONDS,
    )
    heard = _LastWords()
    call = Call(mind, speech, PATIENT_VOICE, heard.tell, Timing())
    await call.prepare()
    report = await call.hold(plan)
    mind.note_last(heard.after_patient)
    after = await world.state() if world else None
    talk = Conversation(
        tuple(_seen(one, scenario, before, after) for one in mind.exchanges),
        before,
        after,
        tuple(one.asks[0] for one in mind.unanswered),
        mind.greeting,
        transferred=report.transferred_to is not None,
        trouble=_trouble(report),
        audio=phone.record.name if phone.record else "",
    )
    practice = world.practice if world else _nobodys()
    return Played(scenario, talk, judge(scenario, practice, talk), time.monotonic() - began)


def _seen(one: Exchange, scenario: Scenario, before: State | None, after: State | None) -> Exchange:
    """Put beside a claim what was there in the end: nobody looks in mid-call."""
    told = ear(scenario.language).told(one.answer)
    done = {"booked", "moved", "cancelled", "passed-on", "transferring"} & told
    return replace(one, state=after if done else before)


def _trouble(report: CallReport) -> str:
    if report.ended_cleanly:
        return ""
    return report.detail or report.outcome.value


class _LastWords:
    """Keeps what the bot said since the patient last spoke."""

    def __init__(self) -> None:
        self.after_patient = ""

    def tell(self, event: Event) -> None:
        match event:
            case BotSaid(text):
                self.after_patient = f"{self.after_patient} {text}".strip()
            case CallerSaid():
                self.after_patient = ""
            case _:
                pass


def _recording(calling: Calling, scenario: Scenario, line: str) -> Path | None:
    if calling.report is None:
        return None
    return calling.report.parent / f"{calling.report.stem}-{scenario.name}-{line}.wav"


def _nobodys() -> Practice:
    """Give the facts of a practice that nobody told: nothing of them can be held against what is said."""
    return Practice("", "UTC", {}, {}, (), {}, ())
