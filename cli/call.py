"""``chairside call``: phone a bot."""

import asyncio
import contextlib
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console

from cli.data_folder import Records, prepare_data_dir, with_records_of
from cli.errors import UserError
from cli.options import DataDir, ServerUrl, hint, load_settings, server_url
from cli.output import writing
from config.settings import Settings
from rehearsal.call_report import CallReport, CallResult
from rehearsal.caller import CallerPolicy, RecordedCaller
from rehearsal.conditions import LineConditions, Noise
from rehearsal.conversation import Conversation
from rehearsal.events import OnEvent
from rehearsal.exchange import CallPlan
from rehearsal.phone_patient import PATIENT_VOICE, PhonePatient
from rehearsal.report import LiveReport
from rehearsal.scenario import DEFAULT_SCENARIO, ScenarioError, find_scenarios
from rehearsal.speech import SpeechError, SpeechProcess
from rehearsal.timing import Timing
from rehearsal.voice import WavError, load_wav

KEY_FILE = "secret.key"
"""Where the data folder keeps its key; see `kit.keyring`."""
_CONNECT_SECONDS = 3.0


def call(
    url: ServerUrl = None,
    to: Annotated[
        str | None, typer.Option(help="The number to call, E.164; by default the bot's of the data folder.")
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="The caller's number; by default the scenario's.")
    ] = None,
    scenario: Annotated[
        str, typer.Option(help="Who calls: a scenario of chairside rehearse, by its name, or a TOML file.")
    ] = DEFAULT_SCENARIO,
    wav: Annotated[
        Path | None,
        typer.Option(help="Your own voice instead: a WAV file, played when the greeting is over."),
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Record the call: stereo WAV, caller left, bot right.")
    ] = None,
    noise: Annotated[Noise, typer.Option(help="What is to be heard behind the caller.")] = Noise.NONE,
    noise_below: Annotated[
        float, typer.Option(help="How many dB softer than the caller the noise is.")
    ] = LineConditions.noise_below_db,
    echo_below: Annotated[
        float | None, typer.Option(help="The bot's own voice comes back, so many dB softer: a loudspeaker.")
    ] = None,
    lost_percent: Annotated[
        float, typer.Option(min=0, max=100, help="Share of the caller's sound that is lost.")
    ] = 0.0,
    max_minutes: Annotated[float, typer.Option(min=0.1, help="Cut the call off then.")] = 5.0,
    data_dir: DataDir = None,
) -> None:
    """Phone a bot: a simulated patient, or your own voice from a WAV file.

    Any bot that speaks Twilio's Voice webhooks and Media Streams can be called; requests are signed with
    TWILIO_AUTH_TOKEN, or with the data folder's own token when that is not set.
    """
    settings = load_settings(data_dir)
    try:
        called_by, *more = find_scenarios([scenario], datetime.now().astimezone())
        policy: CallerPolicy = PhonePatient(called_by)
        if wav is not None:
            policy = RecordedCaller(load_wav(wav), f"[{wav.name}]")
    except (ScenarioError, WavError) as error:
        raise UserError(f"{error}.") from error
    if more:
        raise UserError(f"{scenario} holds several scenarios; one call has one.")
    if record is not None:
        with writing(record, "The recording "):  # found out before the call
            record.open("ab").close()
    base = server_url(settings, url)
    token = signing_token(settings)
    asyncio.run(reach(base))
    plan = CallPlan(
        voice_url=f"{base}/twilio/voice",
        status_url=f"{base}/twilio/status",
        auth_token=token,
        to=to or own_number(settings),
        from_=from_ or called_by.from_ or called_by.patient.phone,
        record=record,
        conditions=LineConditions(noise, noise_below, echo_below, lost_percent / 100),
        max_seconds=max_minutes * 60,
    )
    console = Console(highlight=False)
    console.print(f"Calling {plan.to} at {base} as {plan.from_} …\n")
    timing = Timing()
    live = LiveReport(console, timing)
    try:
        report = asyncio.run(hold_call(plan, policy, live.tell, timing))
    except SpeechError as error:
        raise UserError(f"The caller's voice does not work: {error}.") from error
    live.summary(report)
    if record is not None:
        console.print(f"  recording {record}", soft_wrap=True)
    if report.outcome is CallResult.UNREACHABLE:
        raise UserError(f"{report.detail}.")
    raise typer.Exit(0 if report.ended_cleanly else 1)


def signing_token(settings: Settings) -> str:
    """Find the secret that webhook requests are signed with, or raise `UserError`."""
    if settings.twilio_auth_token is not None:
        return settings.twilio_auth_token.get_secret_value()
    if settings.secret is None and not (settings.data_dir / KEY_FILE).exists():
        raise UserError(
            f"There is no server's data in {settings.data_dir}. Make some with"
            f" {hint(settings, 'init')} --demo, name another folder with --data-dir, or set TWILIO_AUTH_TOKEN"
            " to call somebody else's bot."
        )
    return prepare_data_dir(settings).derive("twilio").hex()


async def reach(base: str) -> None:
    """Find out early, before voices are loaded, whether anybody listens there, or raise `UserError`."""
    parts = urlsplit(base)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise UserError(f"{base} is not an address: {error}.") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UserError(f"{base} is not an address such as http://127.0.0.1:8080.")
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, port)
    except OSError as error:  # TimeoutError is one
        raise UserError(f"No server answers at {base}. Start one with: chairside serve") from error
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def own_number(settings: Settings) -> str:
    """Find the number of the data folder's first bot, or raise `UserError`."""
    numbers = with_records_of(settings, Records.list_numbers)
    if not numbers:
        raise UserError(
            f"No bot in {settings.data_dir} has a number. Say whom to call with --to, or make the demo"
            f" practice with {hint(settings, 'init')} --demo."
        )
    return numbers[0]


async def hold_call(plan: CallPlan, policy: CallerPolicy, live: OnEvent, timing: Timing) -> CallReport:
    """Place a call, with a caller who speaks."""
    async with SpeechProcess() as speech:
        conversation = Conversation(policy, speech, PATIENT_VOICE, live, timing)
        await conversation.prepare()
        return await conversation.hold(plan)
