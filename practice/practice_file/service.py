"""Applying a practice's folder to the records, and giving it back."""

import hashlib
import mimetypes
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id
from knowledge.extract.extractor import Extracted
from practice.assistants import repository as assistant_files
from practice.assistants import versions
from practice.errors import ChangedMeanwhile, InvalidRequest, PracticeNotFound
from practice.partners import bot_repository
from practice.practice_file import rows as stored
from practice.practice_file.changes import changes
from practice.practice_file.conflicts import AppointmentConflict, list_conflicts
from practice.practice_file.describe import ROLES, describe
from practice.practice_file.folder import KeptFile, PracticeFolder
from practice.practice_file.model import PracticeFile, StaffSection
from practice.practice_file.normal import normalised
from practice.practice_file.rows import PracticeRows
from practice.practice_file.write import write_ladder, write_practice
from practice.records.accounts import Account
from practice.records.assistants import Assistant, AssistantFile, AssistantTool
from practice.records.partners import AccountPartner, Bot, Partner
from practice.records.practices import Practice, Site
from practice.records.staff import StaffMember
from practice.service import RecordsService
from practice.staff import repository as staff

MADE_BY = "practice file"
_ROLES = {name: role for role, name in ROLES.items()}

Extract = Callable[[KeptFile], Awaitable[Extracted]]
"""Takes the text out of a file."""


@dataclass(frozen=True, slots=True)
class PracticeIds:
    """What a practice is made of, by its ids, and its bot's numbers, E.164."""

    account_id: str
    practice_id: str
    site_id: int
    assistant_id: int
    assistant_code: str
    name: str
    timezone: str
    partner_id: str | None
    bot_id: str | None
    phone_numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a folder did, or would do; a dry run of a new practice has no ids."""

    ids: PracticeIds | None
    changes: tuple[str, ...]
    conflicts: tuple[AppointmentConflict, ...] = ()
    new_staff: tuple[str, ...] = ()


class _DryRun(Exception):
    """Takes everything back that a dry run has written."""

    def __init__(self, applied: Applied) -> None:
        self.applied = applied
        super().__init__()


class PracticeFiles(RecordsService):
    """The practices as folders.

    Args:
        countries: Countries in which people may be rung; None is each practice's own.
        extract: Takes the text out of files while they are applied; None leaves that to who first reads them.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        countries: Sequence[str] | None = None,
        extract: Extract | None = None,
    ) -> None:
        super().__init__(database, clock)
        self._countries = countries
        self._extract = extract

    async def apply(
        self, folder: PracticeFolder, practice_id: str | None = None, *, dry_run: bool = False
    ) -> Applied:
        """Make the records as a folder has them, whole or not at all; what is so already is not touched.

        Args:
            practice_id: The practice; None is the one whose assistant has the folder's code, or a new one.
            dry_run: Say what would change, and change nothing.

        Raises:
            InvalidRequest: A number is another bot's, a contact cannot be rung, or the code is taken.
        """
        texts = await self._texts(folder, practice_id)
        try:
            async with self._database.session() as session:
                return await self._apply(session, folder, practice_id, texts, dry_run=dry_run)
        except _DryRun as dry:
            return dry.applied

    async def export(self, practice_id: str) -> PracticeFolder:
        """Give a practice as a folder; PracticeNotFound without an assistant."""
        async with self._database.reading() as session:
            found = await stored.find_by_practice(session, practice_id)
            if found is None:
                raise PracticeNotFound
            return describe(found)

    async def read(self, practice_id: str) -> tuple[PracticeFile, int]:
        """Read what a practice is, but for instructions and files, and its revision, which grows."""
        async with self._database.reading() as session:
            found = await stored.find_by_practice(session, practice_id, files=False)
            if found is None:
                raise PracticeNotFound
            return describe(found).file, found.practice.revision

    async def change(self, practice_id: str, revision: int, file: PracticeFile) -> Applied:
        """Make a practice what a file says, made of a revision; instructions and files stay as they are."""
        now, file = self._clock(), normalised(file)
        async with self._database.session() as session:
            found = await stored.find_by_practice(session, practice_id, lock=True, files=False)
            if found is None:
                raise PracticeNotFound
            if found.practice.revision != revision:
                raise ChangedMeanwhile
            before = describe(found)
            said = tuple(changes(before, replace(before, file=file)))
            new_staff: tuple[str, ...] = ()
            if said:
                new_staff = await self._write(session, found, file, now)
                found.practice.revision += 1
                await session.flush()
            account_id = found.practice.account_id
            session.expunge_all()  # what was loaded before it was changed is read anew
            return Applied(None, said, tuple(await list_conflicts(session, account_id, now)), new_staff)

    async def list_conflicts(self, account_id: str) -> list[AppointmentConflict]:
        """List the appointments to come that do not fit the practice as it is."""
        async with self._database.reading() as session:
            return await list_conflicts(session, account_id, self._clock())

    async def list_practices(self) -> list[PracticeIds]:
        """List the practices that have an assistant, oldest first."""
        async with self._database.reading() as session:
            found = [
                await stored.find_by_practice(session, one) for one in await stored.list_practice_ids(session)
            ]
        return [_ids(one) for one in found if one is not None]

    async def find_taken_numbers(self, file: PracticeFile) -> list[tuple[str, str]]:
        """List the numbers of a file that bots of other practices answer, with the bots' names."""
        async with self._database.reading() as session:
            rows = await stored.find_by_code(session, file.code)
            mine = rows.bot.id if rows is not None and rows.bot is not None else None
            owners = [
                (one, await stored.find_owner(session, one, mine)) for one in file.practice.phone_numbers
            ]
        return [(number, owner) for number, owner in owners if owner is not None]

    async def _texts(self, folder: PracticeFolder, practice_id: str | None) -> dict[str, Extracted]:
        """Take the text out of the files that are new, before anything is locked."""
        if self._extract is None:
            return {}
        async with self._database.reading() as session:
            found = await _find(session, folder.file.code, practice_id)
        kept = set() if found is None else {(one.file_name, one.sha256) for one in found.files}
        return {
            one.name: await self._extract(one) for one in folder.files if (one.name, _sha256(one)) not in kept
        }

    async def _apply(
        self,
        session: AsyncSession,
        folder: PracticeFolder,
        practice_id: str | None,
        texts: dict[str, Extracted],
        *,
        dry_run: bool,
    ) -> Applied:
        now, file = self._clock(), folder.file
        found = await _find(session, file.code, practice_id, lock=True)
        if found is None and practice_id is not None:
            raise PracticeNotFound
        before = None if found is None else describe(found)
        said = tuple(changes(before, folder))
        new_staff: tuple[str, ...] = ()
        if found is None:
            found = await _make(session, file, now)
        if said:
            new_staff = await self._write(session, found, file, now)
            await _write_assistant(session, found, folder, texts, now, is_known=before is not None)
            found.practice.revision += before is not None
            await session.flush()
        account_id, practice_id = found.practice.account_id, found.practice.id
        session.expunge_all()  # what was loaded before it was changed is read anew
        conflicts = await list_conflicts(session, account_id, now)
        written = await stored.find_by_practice(session, practice_id)
        applied = Applied(None if written is None else _ids(written), said, tuple(conflicts), new_staff)
        if dry_run:
            raise _DryRun(applied)
        return applied

    async def _write(
        self, session: AsyncSession, rows: PracticeRows, file: PracticeFile, now: datetime
    ) -> tuple[str, ...]:
        """Write everything but the assistant; gives the staff who have no password yet."""
        await write_practice(session, rows.practice, file, now)
        await _write_bot(session, rows, file, now)
        await write_ladder(session, rows, file, self._countries)
        new_staff = await _write_staff(session, rows, file.staff, now)
        rows.site.name = file.practice.name
        return new_staff


async def _find(
    session: AsyncSession, code: str, practice_id: str | None, *, lock: bool = False
) -> PracticeRows | None:
    if practice_id is not None:
        return await stored.find_by_practice(session, practice_id, lock=lock)
    return await stored.find_by_code(session, code, lock=lock)


async def _make(session: AsyncSession, file: PracticeFile, now: datetime) -> PracticeRows:
    """Make the rows of a practice that is not there yet, bare."""
    section = file.practice
    if await assistant_files.find_assistant(session, Assistant.code == file.code) is not None:
        raise InvalidRequest(f"The assistant's code {file.code} is taken; give the practice another.")
    account = Account(id=new_id("acct", now), name=section.name, created_at=now)
    partner = Partner(id=new_id("ptnr", now), name=section.name, strict_idempotency=False, created_at=now)
    session.add_all([account, partner])
    await session.flush()
    practice = Practice(
        id=new_id("prac", now),
        account_id=account.id,
        name=section.name,
        timezone=section.timezone,
        horizon_days=file.booking.horizon_days,
        min_notice_minutes=file.booking.notice_minutes,
        created_at=now,
        hours=[],
        special_days=[],
        services=[],
        practitioners=[],
    )
    session.add(practice)
    await session.flush()
    site = Site(name=section.name, practice_id=practice.id, created_at=now)
    session.add_all([site, AccountPartner(account_id=account.id, partner_id=partner.id, created_at=now)])
    await session.flush()
    assistant = Assistant(
        site_id=site.id, code=file.code, name=section.name, instructions=None, created_at=now, updated_at=now
    )
    session.add(assistant)
    await session.flush()
    session.add(AssistantTool(assistant_id=assistant.id, created_at=now))
    bot = Bot(
        id=new_id("bot", now),
        partner_id=partner.id,
        account_id=account.id,
        practice_id=practice.id,
        site_id=site.id,
        assistant_id=assistant.id,
        name=section.name,
        language=file.language,
        timezone=section.timezone,
        embedded=True,
        confirmation_sms=file.booking.confirmation_sms,
        reminder_sms=bool(file.booking.reminder_hours),
        created_at=now,
        numbers=[],
    )
    session.add(bot)
    await session.flush()
    return PracticeRows(practice, site, assistant, [], bot, [], [])


async def _write_bot(session: AsyncSession, rows: PracticeRows, file: PracticeFile, now: datetime) -> None:
    """Make the bot as the file has it; a practice whose bot was deleted has none, and no numbers."""
    bot = rows.bot
    if bot is None:
        if file.practice.phone_numbers:
            raise InvalidRequest("The practice has no bot any more that could answer its numbers.")
        return
    values = {
        "name": file.practice.name,
        "language": file.language,
        "timezone": file.practice.timezone,
        "transfer_number": file.hand_off[0].to if file.hand_off else None,
        "confirmation_sms": file.booking.confirmation_sms,
        "reminder_sms": bool(file.booking.reminder_hours),
    }
    if bot.created_at != now and any(getattr(bot, name) != value for name, value in values.items()):
        bot.updated_at = now
    for name, value in values.items():
        setattr(bot, name, value)
    for number in file.practice.phone_numbers:
        if (owner := await stored.find_owner(session, number, bot.id)) is not None:
            raise InvalidRequest(f"The number {number} is answered by the bot of {owner} already.")
    await session.flush()
    await bot_repository.give_numbers(session, bot.id, file.practice.phone_numbers)


async def _write_assistant(
    session: AsyncSession,
    rows: PracticeRows,
    folder: PracticeFolder,
    texts: dict[str, Extracted],
    now: datetime,
    *,
    is_known: bool,
) -> None:
    """Make instructions and files as the folder has them; all that changes is one version."""
    assistant, wanted = rows.assistant, {one.name: one for one in folder.files}
    instructions = folder.instructions or None
    gone = [
        one
        for one in rows.files
        if one.file_name not in wanted or one.sha256 != _sha256(wanted[one.file_name])
    ]
    kept = {one.file_name: one for one in rows.files if one not in gone}
    new = [one for one in folder.files if one.name not in kept]
    for name, row in kept.items():
        row.description = wanted[name].about
    assistant.code = folder.file.code
    if not gone and not new and (assistant.instructions or None) == instructions:
        return
    if is_known:
        await versions.begin(session, assistant)
    assistant.instructions = instructions
    for row in gone:
        row.deleted_at = now
    for one in new:
        await _add_file(session, assistant.id, one, texts.get(one.name), now)
    if is_known:  # the first version is what it is made with
        await versions.record(session, assistant, "practice file applied", MADE_BY, now)


async def _add_file(
    session: AsyncSession, assistant_id: int, one: KeptFile, text: Extracted | None, now: datetime
) -> None:
    guessed = mimetypes.guess_type(one.name)[0] or "text/plain"
    row = AssistantFile(
        assistant_id=assistant_id,
        file_name=one.name,
        mime_type=guessed if text is None else text.mime_type,
        size=len(one.content),
        sha256=_sha256(one),
        description=one.about,
        content=one.content,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    if text is not None:
        row.pages, row.chunked_at = text.pages, now
        await session.flush()
        await assistant_files.add_chunks(session, row.id, text.chunks)


async def _write_staff(
    session: AsyncSession, rows: PracticeRows, wanted: Sequence[StaffSection], now: datetime
) -> tuple[str, ...]:
    """Add and change those whom the file names; gives those who have no password yet."""
    fresh = []
    for one in wanted:
        member = await staff.find_by_email(session, one.email)
        first, _, last = one.name.partition(" ")
        if member is None:
            fresh.append(one.email)
            member = StaffMember(
                id=new_id("staf", now), email=one.email, password_hash="", created_at=now, sites=[]
            )
            session.add(member)
        member.first_name, member.last_name, member.role = first, last, _ROLES[one.role]
        if rows.site.id not in {site.site_id for site in member.sites}:
            await staff.join_site(session, member, rows.site.id)
    return tuple(fresh)


def _sha256(one: KeptFile) -> str:
    return hashlib.sha256(one.content).hexdigest()


def _ids(rows: PracticeRows) -> PracticeIds:
    practice, bot = rows.practice, rows.bot
    numbers = [] if bot is None else [one.number for one in bot.numbers]
    return PracticeIds(
        account_id=practice.account_id,
        practice_id=practice.id,
        site_id=rows.site.id,
        assistant_id=rows.assistant.id,
        assistant_code=rows.assistant.code,
        name=practice.name,
        timezone=practice.timezone,
        partner_id=None if bot is None else bot.partner_id,
        bot_id=None if bot is None else bot.id,
        phone_numbers=tuple(sorted(numbers, key=lambda one: (one != practice.phone, one))),
    )
