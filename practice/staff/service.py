"""Log-in of the practice's staff."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.copying import copy_fields
from kit.db.database import Database
from kit.ids import new_id
from kit.text import is_text, sha256
from practice.errors import (
    InvalidRequest,
    LinkInvalid,
    RateLimited,
    SiteNotFound,
    StaffExists,
    StaffNotFound,
    StaffSessionNotFound,
    WrongPassword,
)
from practice.records.finding import find_by
from practice.records.insert_once import insert_once
from practice.records.integrators import RevokedToken
from practice.records.staff import StaffLogIn, StaffMember
from practice.service import RecordsService
from practice.sites.repository import site_exists
from practice.staff import repository
from practice.staff.second_factors import drop_second_factor
from practice.staff.views import LogInView, StaffEntry, StaffView

_HASHES_AT_ONCE = 2
_WAIT_SECONDS = 2.0
"""When somebody may try again for whom there was no room in the line."""
LINK_PREFIX = "first_"
LINK_LIFETIME = timedelta(hours=72)
"""How long a one-time link is good."""
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 1024


class Staff(RecordsService):
    """The practice's staff, with their log-ins.

    Args:
        hasher: How passwords are hashed; the default is argon2id with its library's parameters.
        most_waiting: How many may wait for a password to be hashed; whoever comes then is refused.
    """

    def __init__(
        self, database: Database, clock: Clock, hasher: PasswordHasher | None = None, most_waiting: int = 20
    ) -> None:
        super().__init__(database, clock)
        self._hasher = hasher or PasswordHasher()
        # A hash takes 64 MiB and a thread: a flood of log-ins waits in line instead of taking the machine.
        self._hashing = asyncio.Semaphore(_HASHES_AT_ONCE)
        self._in_line, self._most_in_line = 0, most_waiting + _HASHES_AT_ONCE
        self._dummy_hash: str | None = None

    async def log_in(self, email: str, password: str) -> StaffView:
        """Check a password.

        An address that is not known takes as long as a wrong password, so that the two cannot be told apart.
        """
        member = None
        if is_text(email):
            async with self._database.reading() as session:
                member = await repository.find_by_email(session, _normal(email))
        async with self._turn_to_hash():
            if self._dummy_hash is None:
                self._dummy_hash = await asyncio.to_thread(self._hasher.hash, "dummy")
            stored = self._dummy_hash if member is None else member.password_hash
            right = await asyncio.to_thread(self._matches, stored, password)
        if member is None or not right or member.disabled_at is not None:
            error = WrongPassword()
            error.staff_id = None if member is None else member.id
            raise error
        return _view(member)

    async def find(self, staff_id: str) -> StaffView | None:
        """Find a staff member who may log in."""
        async with self._database.reading() as session:
            member = await repository.find_member(session, staff_id)
        return None if member is None or member.disabled_at is not None else _view(member)

    async def end_session(self, session_id: str, expires_at: datetime) -> None:
        """End a session early; it is remembered until it would have expired."""
        async with self._database.session() as session:
            await session.execute(delete(RevokedToken).where(RevokedToken.expires_at <= self._clock()))
            values = {"id": session_id, "expires_at": expires_at}
            await insert_once(session, RevokedToken, values, ["id"])

    async def has_ended(self, session_id: str) -> bool:
        """Tell whether a session was ended early."""
        async with self._database.reading() as session:
            return await session.get(RevokedToken, session_id) is not None

    async def create(
        self,
        email: str,
        password: str | None,
        *,
        first_name: str,
        last_name: str,
        role: str = "SITE_USER",
        site_ids: tuple[int, ...] = (),
    ) -> StaffView:
        """Add an ``ADMIN`` or ``SITE_USER``; without a password they choose one by a link."""
        now = self._clock()
        hashed = "" if password is None else await asyncio.to_thread(self._hasher.hash, password)
        member = StaffMember(
            id=new_id("staf", now),
            email=_normal(email),
            password_hash=hashed,
            role=role,
            first_name=first_name,
            last_name=last_name,
            created_at=now,
            sites=[],
        )
        async with self._database.session() as session:
            if await repository.find_by_email(session, member.email) is not None:
                raise StaffExists
            for site_id in site_ids:
                if not await site_exists(session, site_id):
                    raise SiteNotFound
            session.add(member)
            for site_id in site_ids:
                await repository.join_site(session, member, site_id)
        return _view(member)

    async def list_staff(self, site_id: int | None = None) -> list[StaffEntry]:
        """List members of staff by their addresses: a site's, or all of them, for the operator."""
        async with self._database.reading() as session:
            return [_entry(one) for one in await repository.list_members(session, site_id)]

    async def set_password(self, email: str, password: str) -> StaffView:
        """Give a staff member a new password; whoever was logged in with the old one is out."""
        hashed = await asyncio.to_thread(self._hasher.hash, password)
        async with self._database.session() as session:
            member = await self._get(session, email)
            await self._set_hash(session, member, hashed)
        return _view(member)

    async def make_link(self, email: str) -> str:
        """Make the one-time token by which a staff member chooses a password; an earlier one is void."""
        token = LINK_PREFIX + secrets.token_urlsafe(32)
        async with self._database.session() as session:
            member = await self._get(session, email)
            member.link_sha256, member.link_until = sha256(token), self._clock() + LINK_LIFETIME
        return token

    async def is_link(self, token: str) -> bool:
        """Tell whether a token still lets somebody choose a password."""
        async with self._database.reading() as session:
            return await repository.find_by_link(session, sha256(token), self._clock()) is not None

    async def choose_password(self, token: str, password: str) -> StaffView:
        """Choose a password by a one-time token, which is used up; LinkInvalid if it was, or is too old."""
        _check_length(password)
        if not await self.is_link(token):
            raise LinkInvalid  # before a hash is made for it
        async with self._turn_to_hash():
            hashed = await asyncio.to_thread(self._hasher.hash, password)
        async with self._database.session() as session:
            member = await repository.find_by_link(session, sha256(token), self._clock(), lock=True)
            if member is None:
                raise LinkInvalid
            await self._set_hash(session, member, hashed)
        return _view(member)

    async def change_password(self, staff_id: str, old: str, new: str, session_id: str) -> None:
        """Change one's password; whoever else is logged in as the same person is out."""
        _check_length(new)
        await self.check_password(staff_id, old)
        async with self._turn_to_hash():
            hashed = await asyncio.to_thread(self._hasher.hash, new)
        async with self._database.session() as session:
            member = await find_by(session, StaffMember, id=staff_id, lock=True)
            if member is None:
                raise WrongPassword
            await self._set_hash(session, member, hashed, but=session_id)

    async def check_password(self, staff_id: str, password: str) -> None:
        """Make sure that somebody who is logged in knows their password."""
        async with self._database.reading() as session:
            member = await repository.find_member(session, staff_id)
        async with self._turn_to_hash():
            if member is None or not await asyncio.to_thread(self._matches, member.password_hash, password):
                raise WrongPassword

    async def set_disabled(self, email: str, *, disabled: bool) -> StaffView:
        """Take a staff member's access away, at once, or give it back."""
        now = self._clock()
        async with self._database.session() as session:
            member = await self._get(session, email)
            if disabled:
                member.link_sha256 = member.link_until = None
                await self._end_sessions(session, member.id)  # while they still count as somebody's
            member.disabled_at = (member.disabled_at or now) if disabled else None
        return _view(member)

    async def begin_session(self, session_id: str, staff_id: str, lifetime: timedelta) -> None:
        """Note that somebody has logged in."""
        now = self._clock()
        async with self._database.session() as session:
            await session.execute(delete(StaffLogIn).where(StaffLogIn.expires_at <= now))
            session.add(
                StaffLogIn(id=session_id, staff_id=staff_id, created_at=now, expires_at=now + lifetime)
            )

    async def list_sessions(self, staff_id: str | None = None) -> list[LogInView]:
        """List who is logged in, or where one person is; the latest first."""
        async with self._database.reading() as session:
            found = await repository.list_sessions(session, self._clock(), staff_id)
        return [LogInView(row.id, email, row.created_at, row.expires_at) for row, email in found]

    async def end_sessions(self, staff_id: str, *, but: str | None = None) -> None:
        """End every session of a person."""
        async with self._database.session() as session:
            await self._end_sessions(session, staff_id, but)

    async def end_sessions_of(self, email: str) -> None:
        """End every session of the person who has an address."""
        async with self._database.session() as session:
            await self._end_sessions(session, (await self._get(session, email)).id)

    async def remove_second_factor(self, email: str) -> None:
        """Have somebody log in by password alone."""
        async with self._database.session() as session:
            drop_second_factor(await self._get(session, email))

    async def end_listed_session(self, session_id: str, staff_id: str | None = None) -> None:
        """End a session that the list shows."""
        found = next((one for one in await self.list_sessions(staff_id) if one.id == session_id), None)
        if found is None:
            raise StaffSessionNotFound
        await self.end_session(found.id, found.expires_at)

    async def _get(self, session: AsyncSession, email: str) -> StaffMember:
        member = await repository.find_by_email(session, _normal(email)) if is_text(email) else None
        if member is None:
            raise StaffNotFound
        return member

    async def _set_hash(
        self, session: AsyncSession, member: StaffMember, hashed: str, but: str | None = None
    ) -> None:
        member.password_hash = hashed
        member.link_sha256 = member.link_until = None
        await self._end_sessions(session, member.id, but)

    async def _end_sessions(self, session: AsyncSession, staff_id: str, but: str | None = None) -> None:
        for row, _ in await repository.list_sessions(session, self._clock(), staff_id):
            if row.id != but:
                values = {"id": row.id, "expires_at": row.expires_at}
                await insert_once(session, RevokedToken, values, ["id"])

    @contextlib.asynccontextmanager
    async def _turn_to_hash(self) -> AsyncIterator[None]:
        """Wait for one's turn, in a line that has an end."""
        if self._in_line >= self._most_in_line:
            raise RateLimited(_WAIT_SECONDS)
        self._in_line += 1
        try:
            async with self._hashing:
                yield
        finally:
            self._in_line -= 1

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return is_text(password) and self._hasher.verify(stored, password)
        except (VerifyMismatchError, InvalidHashError):  # the second: there is no password yet
            return False


def _check_length(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or not is_text(password):
        raise InvalidRequest(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")


def _normal(email: str) -> str:
    return email.strip().lower()


def _view(member: StaffMember) -> StaffView:
    return copy_fields(
        StaffView,
        member,
        site_ids=tuple(sorted(site.site_id for site in member.sites)),
        has_second_factor=member.totp_since is not None,
    )


def _entry(member: StaffMember) -> StaffEntry:
    return StaffEntry(_view(member), has_password=bool(member.password_hash), disabled_at=member.disabled_at)
