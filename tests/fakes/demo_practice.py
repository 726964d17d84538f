"""The demo practice in a database, with a key and a log-in to test with."""

import functools
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy import update

from config.settings import DocumentSettings
from kit.clock import Clock
from kit.db.database import Database
from knowledge.extract.extractor import Extracted, Extractor
from practice.partners.keys import PartnerKeys
from practice.practice_file.folder import DEMO_FOLDER as FOLDER
from practice.practice_file.folder import KeptFile, PracticeFolder, read_demo
from practice.practice_file.service import PracticeFiles
from practice.records.staff import StaffMember

TRANSFER_NUMBER = "+12025550143"
_TEXTS: dict[str, Extracted] = {}
FILES = sorted(one.name for one in (FOLDER / "files").iterdir())


@dataclass(frozen=True, slots=True)
class DemoIds:
    """What the demo practice is made of; key and password are known here alone."""

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
    """Apply the demo practice's folder, make its partner a key, and give its first log-in a password.

    Args:
        hasher: How the password is hashed, if not as ``Staff`` does.
    """
    folder, password = _demo(), "correct horse battery staple"
    async with Extractor(DocumentSettings()) as extractor:
        ids = (
            await PracticeFiles(database, clock, extract=functools.partial(_read, extractor)).apply(folder)
        ).ids
    assert ids is not None
    assert ids.partner_id is not None
    assert ids.bot_id is not None
    key = await PartnerKeys(database).create_key(ids.partner_id)
    member = folder.file.staff[0]
    async with database.session() as session:
        await session.execute(
            update(StaffMember)
            .where(StaffMember.email == member.email)
            .values(password_hash=(hasher or PasswordHasher()).hash(password))
        )
    return DemoIds(
        account_id=ids.account_id,
        practice_id=ids.practice_id,
        site_id=ids.site_id,
        assistant_id=ids.assistant_id,
        assistant_code=ids.assistant_code,
        partner_id=ids.partner_id,
        partner_key=key.key,
        bot_id=ids.bot_id,
        phone_number=ids.phone_numbers[0],
        timezone=ids.timezone,
        staff_email=member.email,
        staff_password=password,
    )


async def _read(extractor: Extractor, file: KeptFile) -> Extracted:
    """Read a file once a process: a process for each of seven files takes longer than many a test."""
    if file.name not in _TEXTS:
        _TEXTS[file.name] = await extractor.extract(file.content, file.name)
    return _TEXTS[file.name]


@functools.cache
def _demo() -> PracticeFolder:
    return read_demo()
