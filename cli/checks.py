"""What ``chairside doctor`` looks at beside the settings: the practice, Twilio, the machine."""

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta

import httpx
from sqlalchemy import text

from cli.data_folder import Records, with_records_of
from cli.errors import UserError
from cli.findings import Finding, needed, useful
from cli.twilio_account import VOICE, TwilioAccount
from config.settings import Settings
from practice.follow_ups.mail import can_mail
from practice.practice_file.folder import read_demo
from practice.practice_file.service import PracticeFiles, PracticeIds
from practice.staff.service import Staff
from practice.twilio_rest import has_account

OLDEST_SQLITE = (3, 38, 0)
OLDEST_POSTGRESQL = 140_000
LEAST_FREE_BYTES = 1_000_000_000
CLOCKS_DIFFER = timedelta(seconds=60)
"""Twilio's signatures and our tokens live for minutes; more than this and calls fail."""
_SECONDS = 5.0


def practices(settings: Settings) -> list[Finding]:
    """Look at whose phone is answered, and who reads what callers leave."""
    try:
        return with_records_of(settings, lambda records: _practices(records, settings))
    except UserError:
        return []  # told as "records" already


async def _practices(records: Records, settings: Settings) -> list[Finding]:
    files = records.of(PracticeFiles)
    found = await files.list_practices()
    bots = await records.bots.list_bots()
    demo = read_demo().file
    own = [one for one in found if (one.assistant_code, one.name) != (demo.code, demo.practice.name)]
    others = [bot for bot in bots if bot.practice_id is None]
    findings = [
        needed(
            "your practice",
            bool(own or others) or not found,
            "This is the demo practice, which is invented: do not take real calls with it."
            " Make your own: chairside init",
            says=", ".join(one.name for one in own),
        )
    ]
    for one in own:
        readers = await _readers(records, files, one, settings)
        findings.append(
            needed(
                f"inbox of {one.assistant_code}",
                bool(readers),
                "Nobody reads what callers leave. Add somebody: chairside staff add, or put addresses"
                " under [messages] of the practice file and set CHAIRSIDE_EMAIL_HOST.",
                says=", ".join(readers),
            )
        )
    return findings


async def _readers(records: Records, files: PracticeFiles, one: PracticeIds, settings: Settings) -> list[str]:
    """Say who reads what callers leave."""
    people = [
        f"{member.staff.email} logs in"
        for member in await records.of(Staff).list_staff()
        if member.has_password and member.disabled_at is None and one.site_id in member.staff.site_ids
    ]
    messages = (await files.export(one.practice_id)).file.messages
    mails = [f"mail to {address}" for address in messages.email] if can_mail(settings) else []
    texts = [f"texts to {number}" for number in messages.sms] if has_account(settings) else []
    return [*people, *mails, *texts]


def twilio(settings: Settings) -> list[Finding]:
    """Look at the account, where its numbers lead, and whether our clock is right."""
    if not has_account(settings):
        return []
    base = (settings.server.public_url or "").rstrip("/")
    try:
        with TwilioAccount(settings) as account:
            there = account.time()
            numbers = [
                (number, account.find(number)) for number in with_records_of(settings, Records.list_numbers)
            ]
    except UserError as error:
        return [needed("Twilio's account", good=False, advice=str(error))]
    findings = [needed("Twilio's account", good=True)]
    for number, known in numbers:
        leads = "" if known is None else known.voice_url
        findings.append(
            needed(
                f"calls to {number}",
                bool(base) and leads == base + VOICE,
                "It is no number of your Twilio account."
                if known is None
                else f"They go to {leads or 'nowhere'}. Set it right: chairside twilio connect {number}",
            )
        )
    if there is not None:
        apart = abs(datetime.now(UTC) - there)
        findings.append(
            needed(
                "clock",
                apart <= CLOCKS_DIFFER,
                f"It is {int(apart.total_seconds())} s off: signatures and tokens fail. Use NTP.",
            )
        )
    return findings


def machine(settings: Settings) -> list[Finding]:
    """Look at the database's version, the disk, and our public address from here."""
    findings = []
    try:
        name, new_enough = with_records_of(settings, _database_version)
        findings.append(needed("database", new_enough, f"{name} is too old.", says=name))
    except UserError:
        pass  # told as "records" already
    folder = settings.data_dir
    free = shutil.disk_usage(next(one for one in (folder, *folder.parents) if one.exists())).free
    findings.append(
        needed(
            "disk",
            free >= LEAST_FREE_BYTES,
            f"Only {free // 1_000_000} MB are free in {settings.data_dir}.",
            says=f"{free // 1_000_000_000} GB free",
        )
    )
    if (base := (settings.server.public_url or "").rstrip("/")).startswith("https://"):
        findings.append(_reached(base))
    if not can_mail(settings):
        advice = (
            "Without CHAIRSIDE_EMAIL_HOST and CHAIRSIDE_EMAIL_FROM_ADDRESS nobody gets mail about messages."
        )
        findings.append(useful("mail", good=False, advice=advice))
    return findings


def _reached(base: str) -> Finding:
    try:
        reached = httpx.get(f"{base}/health/ready", timeout=_SECONDS).is_success
    except httpx.HTTPError:
        reached = False
    return useful(
        "from outside",
        reached,
        f"{base}/health/ready does not answer from here: look at your proxy or tunnel.",
    )


async def _database_version(records: Records) -> tuple[str, bool]:
    if records.database.is_sqlite:
        return f"SQLite {sqlite3.sqlite_version}", sqlite3.sqlite_version_info >= OLDEST_SQLITE
    async with records.database.reading() as session:
        number = int(str(await session.scalar(text("SHOW server_version_num"))))
    return f"PostgreSQL {number // 10_000}.{number % 10_000}", number >= OLDEST_POSTGRESQL
