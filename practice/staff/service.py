"""Log-in of the practice's staff."""

import asyncio
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id
from kit.text import is_text
from practice.errors import WrongPassword
from practice.records.insert_once import insert_once
from practice.records.integrators import RevokedToken
from practice.records.staff import StaffMember, StaffSite
from practice.staff import repository
from practice.staff.views import StaffView

_HASHES_AT_ONCE = 2


class Staff:
    """The practice's staff, with their log-ins.

    Args:
        hasher: How passwords are hashed; the default is argon2id with its library's parameters.
    """

    def __init__(self, database: Database, clock: Clock, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        # A hash takes 64 MiB and a thread: a flood of log-ins waits in line instead of taking the machine.
        self._hashing = asyncio.Semaphore(_HASHES_AT_ONCE)
        self._dummy_hash: str | None = None

    async def log_in(self, email: str, password: str) -> StaffView:
        """Check a password.

        An address that is not known takes as long as a wrong password, so that the two cannot be told apart.

        Raises:
            WrongPassword: E-mail and password do not belong together.
        """
        member = None
        if is_text(email):
            async with self._database.reading() as session:
                member = await repository.find_by_email(session, _normal(email))
        async with self._hashing:
            if self._dummy_hash is None:
                self._dummy_hash = await asyncio.to_thread(self._hasher.hash, "dummy")
            stored = self._dummy_hash if member is None else member.password_hash
            right = await asyncio.to_thread(self._matches, stored, password)
        if member is None or not right:
            raise WrongPassword
        return _view(member)

    async def find(self, staff_id: str) -> StaffView | None:
        """Find a staff member."""
        async with self._database.reading() as session:
            member = await repository.find_member(session, staff_id)
        return None if member is None else _view(member)

    async def end_session(self, session_id: str, expires_at: datetime) -> None:
        """End a session early; it is remembered until it would have expired."""
        async with self._database.session() as session:
            await repository.delete_expired(session, self._clock())
            values = {"id": session_id, "expires_at": expires_at}
            await insert_once(session, RevokedToken, values, ["id"])

    async def has_ended(self, session_id: str) -> bool:
        """Tell whether a session was ended early."""
        async with self._database.reading() as session:
            return await session.get(RevokedToken, session_id) is not None

    async def create(
        self,
        email: str,
        password: str,
        *,
        first_name: str,
        last_name: str,
        role: str = "SITE_USER",
        site_ids: tuple[int, ...] = (),
    ) -> StaffView:
        """Add a staff member; of the password only the hash is kept.

        Args:
            role: ``ADMIN`` or ``SITE_USER``.
        """
        now = self._clock()
        member = StaffMember(
            id=new_id("staf", now),
            email=_normal(email),
            password_hash=await asyncio.to_thread(self._hasher.hash, password),
            role=role,
            first_name=first_name,
            last_name=last_name,
            created_at=now,
            sites=[StaffSite(site_id=site_id) for site_id in site_ids],
        )
        async with self._database.session() as session:
            session.add(member)
        return _view(member)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return is_text(password) and self._hasher.verify(stored, password)
        except VerifyMismatchError:
            return False


def _normal(email: str) -> str:
    return email.strip().lower()


def _view(member: StaffMember) -> StaffView:
    return StaffView(
        id=member.id,
        email=member.email,
        role=member.role,
        first_name=member.first_name,
        last_name=member.last_name,
        site_ids=tuple(sorted(site.site_id for site in member.sites)),
    )
