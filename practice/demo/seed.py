"""A practice to try everything on."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id
from practice.calendar.repository import next_practitioner_number
from practice.demo.holidays import holidays
from practice.errors import AlreadySeeded
from practice.partners import key_format
from practice.records.accounts import Account
from practice.records.assistants import Assistant, AssistantFile, AssistantTool
from practice.records.partners import AccountPartner, Bot, BotNumber, Partner, PartnerKey
from practice.records.practices import (
    Closure,
    OpeningHours,
    Practice,
    Practitioner,
    PractitionerService,
    Service,
    Site,
)
from practice.records.staff import StaffMember, StaffSite

PHONE_NUMBER = "+12025550142"
TRANSFER_NUMBER = "+12025550143"
TIMEZONE = "America/New_York"
ASSISTANT_CODE = "maple-street"
STAFF_EMAIL = "dana.reyes@maplestreet.example"
YEARS_OF_HOLIDAYS = 4

FRIDAY = 4
HOURS = [*((day, 9 * 60, 17 * 60) for day in range(FRIDAY)), (FRIDAY, 9 * 60, 14 * 60)]
SERVICES = [
    ("Cleaning", 45, 0, ["teeth cleaning", "dental cleaning", "hygiene", "hygienist", "scale and polish"]),
    ("Check-up", 30, 0, ["checkup", "check up", "exam", "examination", "consultation", "new patient visit"]),
    ("Filling", 60, 10, ["cavity", "cavities", "fillings", "tooth filling", "broken filling"]),
]
PRACTITIONERS = [
    ("Dr. Maya Lee", ["Cleaning", "Check-up", "Filling"]),
    ("Dr. Omar Haddad", ["Check-up", "Filling"]),
]
FILES = [
    ("fees-and-insurance.md", "What visits cost, the insurance we take, how to pay"),
    ("visiting-us.md", "Where we are, hours, parking, the first visit"),
    ("aftercare.md", "Care after a treatment, and when to call"),
    ("new-patients.md", "Joining, forms, records from another dentist, the first check-up, children"),
    ("policies.md", "Being late, walking in, reminders, records, what is sent elsewhere"),
    ("team.md", "The dentists and the office manager"),
    ("insurance-list.csv", "Insurers and plans, in network or not"),
]


@dataclass(frozen=True, slots=True)
class DemoIds:
    """What was made, for printing once; the key and the password are shown here only.

    Attributes:
        account_id: ``acct_…``.
        practice_id: ``prac_…``.
        partner_id: ``ptnr_…``.
        partner_key: ``sk_ptnr_…``, in plain.
        bot_id: ``bot_…``.
        phone_number: The bot's number, E.164.
    """

    account_id: str
    practice_id: str
    site_id: int
    assistant_id: int
    assistant_code: str
    partner_id: str
    partner_key: str
    bot_id: str
    phone_number: str
    timezone: str
    staff_email: str
    staff_password: str


async def seed_demo(database: Database, clock: Clock, *, hasher: PasswordHasher | None = None) -> DemoIds:
    """Make the demo practice, whole or not at all.

    Args:
        hasher: How the log-in's password is hashed, if not as ``Staff`` does.

    Returns:
        The ids, the partner's key and the log-in.

    Raises:
        AlreadySeeded: It is there.
        DatabaseUnavailable: The database cannot be written.
    """
    now = clock()
    key, password = key_format.new_key(), secrets.token_urlsafe(12)
    password_hash = await asyncio.to_thread((hasher or PasswordHasher()).hash, password)
    async with database.session() as session:
        if await session.get(BotNumber, PHONE_NUMBER) is not None:
            raise AlreadySeeded
        practice = await _add_practice(session, now)
        site = Site(name="Maple Street Dental", practice_id=practice.id, created_at=now)
        session.add(site)
        await session.flush()
        assistant = await _add_assistant(session, site.id, now)
        partner = Partner(
            id=new_id("ptnr", now), name="Maple Street IT", strict_idempotency=False, created_at=now
        )
        session.add(partner)
        await session.flush()
        bot = Bot(
            id=new_id("bot", now),
            partner_id=partner.id,
            account_id=practice.account_id,
            practice_id=practice.id,
            site_id=site.id,
            assistant_id=assistant.id,
            name="Maple Street front desk",
            language="en-US",
            timezone=TIMEZONE,
            transfer_number=TRANSFER_NUMBER,
            embedded=True,
            confirmation_sms=False,
            reminder_sms=False,
            created_at=now,
            numbers=[BotNumber(number=PHONE_NUMBER)],
        )
        session.add_all(
            [
                bot,
                AccountPartner(account_id=practice.account_id, partner_id=partner.id, created_at=now),
                PartnerKey(
                    id=new_id("key", now),
                    partner_id=partner.id,
                    prefix=key_format.shown(key),
                    sha256=key_format.fingerprint(key),
                    created_at=now,
                ),
                StaffMember(
                    id=new_id("staf", now),
                    email=STAFF_EMAIL,
                    password_hash=password_hash,
                    role="ADMIN",
                    first_name="Dana",
                    last_name="Reyes",
                    created_at=now,
                    sites=[StaffSite(site_id=site.id)],
                ),
            ]
        )
    return DemoIds(
        account_id=practice.account_id,
        practice_id=practice.id,
        site_id=site.id,
        assistant_id=assistant.id,
        assistant_code=ASSISTANT_CODE,
        partner_id=partner.id,
        partner_key=key,
        bot_id=bot.id,
        phone_number=PHONE_NUMBER,
        timezone=TIMEZONE,
        staff_email=STAFF_EMAIL,
        staff_password=password,
    )


async def _add_practice(session: AsyncSession, now: datetime) -> Practice:
    account = Account(id=new_id("acct", now), name="Maple Street Dental", created_at=now)
    session.add(account)
    await session.flush()
    practice = Practice(
        id=new_id("prac", now),
        account_id=account.id,
        name="Maple Street Dental",
        phone=PHONE_NUMBER,
        address="214 Maple Street, Suite 2, New York, NY 10033",
        timezone=TIMEZONE,
        horizon_days=90,
        min_notice_minutes=60,
        created_at=now,
        hours=[
            OpeningHours(weekday=weekday, opens_minute=opens, closes_minute=closes)
            for weekday, opens, closes in HOURS
        ],
        closures=[
            Closure(day=day, name=name)
            for year in range(now.year, now.year + YEARS_OF_HOLIDAYS)
            for day, name in holidays(year)
        ],
        services=[
            Service(
                id=new_id("svc", now),
                position=position,
                name=name,
                duration_minutes=minutes,
                buffer_before_minutes=0,
                buffer_after_minutes=after,
                aliases=aliases,
                active=True,
            )
            for position, (name, minutes, after, aliases) in enumerate(SERVICES)
        ],
    )
    session.add(practice)
    await session.flush()
    ids = {service.name: service.id for service in practice.services}
    last = await next_practitioner_number(session)
    session.add_all(
        Practitioner(
            id=new_id("prov", now),
            number=number,
            practice_id=practice.id,
            name=name,
            active=True,
            performs=[PractitionerService(service_id=ids[service]) for service in performed],
        )
        for number, (name, performed) in enumerate(PRACTITIONERS, start=last)
    )
    return practice


async def _add_assistant(session: AsyncSession, site_id: int, now: datetime) -> Assistant:
    folder = resources.files("practice.demo")
    assistant = Assistant(
        site_id=site_id,
        code=ASSISTANT_CODE,
        name="Maple Street front desk",
        instructions=(folder / "instructions.md").read_text(encoding="utf-8"),
        created_at=now,
        updated_at=now,
    )
    session.add(assistant)
    await session.flush()
    session.add(AssistantTool(assistant_id=assistant.id, created_at=now))
    for name, description in FILES:
        content = (folder / name).read_bytes()
        session.add(
            AssistantFile(
                assistant_id=assistant.id,
                file_name=name,
                mime_type="text/csv" if name.endswith(".csv") else "text/markdown",
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                description=description,
                content=content,
                created_at=now,
            )
        )
    return assistant
