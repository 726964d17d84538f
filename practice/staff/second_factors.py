"""The second factor of a log-in: six digits from an authenticator, others every 30 seconds."""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from kit.clock import Clock
from kit.db.database import Database
from kit.keyring import Keyring
from kit.vault import Vault
from practice.errors import StaffNotFound, WrongCode
from practice.records.finding import find_by
from practice.records.staff import StaffMember
from practice.service import RecordsService
from practice.staff import repository

DIGITS, STEP_SECONDS, KEY_BYTES = 6, 30, 20
"""What every authenticator knows (RFC 6238, with RFC 4226's 160 bits)."""
_TOLERATED = (0, -1, 1)
"""Steps that a telephone's clock may be off."""
_ISSUER = "Chairside"


@dataclass(frozen=True, slots=True)
class NewSecret:
    """What somebody enters into their authenticator; the address opens one on the same telephone."""

    text: str = field(repr=False)
    address: str = field(repr=False)


class SecondFactors(RecordsService):
    """The second factors of a practice's staff; a secret counts once its first code was right."""

    def __init__(self, database: Database, clock: Clock, keyring: Keyring) -> None:
        super().__init__(database, clock)
        self._vault = Vault(keyring, "staff-totp")

    async def begin(self, staff_id: str) -> NewSecret:
        """Make a secret, which counts as soon as a code of it was given."""
        key = secrets.token_bytes(KEY_BYTES)
        async with self._database.session() as session:
            member = await repository.find_member(session, staff_id)
            if member is None or member.totp_since is not None:
                raise StaffNotFound
            member.totp_sealed, member.totp_step = self._vault.seal(key.hex()), None
        text = base64.b32encode(key).decode()
        return NewSecret(
            " ".join(text[place : place + 4] for place in range(0, len(text), 4)),
            _totp(key).get_provisioning_uri(member.email, _ISSUER),
        )

    async def confirm(self, staff_id: str, code: str) -> None:
        """Take the first code: from now on a log-in asks for one."""
        await self._use(staff_id, code, confirmed=False)

    async def check(self, staff_id: str, code: str) -> None:
        """Check a code; it is good once."""
        await self._use(staff_id, code, confirmed=True)

    async def remove(self, staff_id: str) -> None:
        """Ask for no codes any more."""
        async with self._database.session() as session:
            member = await repository.find_member(session, staff_id)
            if member is not None:
                drop_second_factor(member)

    async def _use(self, staff_id: str, code: str, *, confirmed: bool) -> None:
        now = self._clock()
        async with self._database.session() as session:
            member = await find_by(session, StaffMember, id=staff_id, lock=True)
            if member is None or member.totp_sealed is None or (member.totp_since is not None) != confirmed:
                raise WrongCode
            step = _step_of(bytes.fromhex(self._vault.open(member.totp_sealed)), code, now, member)
            if step is None:
                raise WrongCode
            member.totp_step = step
            member.totp_since = member.totp_since or now


def drop_second_factor(member: StaffMember) -> None:
    """Have somebody log in by password alone."""
    member.totp_sealed = member.totp_since = member.totp_step = None


def _step_of(key: bytes, code: str, now: datetime, member: StaffMember) -> int | None:
    """Find which step a code is of; None when it is of none near, or of one that was used."""
    given = "".join(code.split())
    if not (given.isascii() and given.isdecimal() and len(given) == DIGITS):
        return None
    current = int(now.timestamp()) // STEP_SECONDS
    for step in (current + off for off in _TOLERATED):
        if member.totp_step is not None and step <= member.totp_step:
            continue
        try:
            _totp(key).verify(given.encode(), step * STEP_SECONDS)
        except InvalidToken:
            continue
        return step
    return None


def _totp(key: bytes) -> TOTP:
    return TOTP(key, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - HMAC-SHA1 is what authenticators speak
