"""Partner keys: created, checked, replaced, revoked."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from config.logs import get_logger
from kit.clock import Clock, system_clock
from kit.copying import copy_fields
from kit.db.database import Database, DatabaseUnavailable
from kit.ids import new_id
from kit.text import is_text
from practice.errors import InvalidApiKey, InvalidRequest, KeyNotFound, PartnerNotFound
from practice.partners import key_format, repository, scopes
from practice.partners.views import KeyView, NewKey, PartnerPrincipal
from practice.records.partners import Partner, PartnerKey

LAST_USED_INTERVAL = timedelta(minutes=1)
"""A key's ``last_used_at`` is written at most this often."""
LONGEST_NAME = 200

_log = get_logger(__name__)


class PartnerKeys:
    """The partners' keys. A partner may have several at once: that is how one is replaced without a pause.

    Args:
        wall_clock: The machine's time, which keys expire by. Not a rehearsal's clock: another process may
            have created them.
    """

    def __init__(self, database: Database, wall_clock: Clock = system_clock) -> None:
        self._database = database
        self._wall_clock = wall_clock
        self._last_used: dict[str, datetime] = {}
        self._writes: set[asyncio.Task[None]] = set()

    async def aclose(self) -> None:
        """Wait for the writes in progress."""
        await asyncio.gather(*self._writes)

    async def authenticate(self, key: str) -> PartnerPrincipal:
        """Find the partner of a key, as the database has it now; InvalidApiKey never says what is wrong."""
        if not key_format.is_well_formed(key):
            raise InvalidApiKey
        now = self._wall_clock()
        async with self._database.lookup() as session:
            found = await repository.find_live_key(session, key_format.fingerprint(key), now)
        if found is None:
            raise InvalidApiKey
        self._note_use(found.id, found.last_used_at, now)
        granted = None if found.scopes is None else frozenset(found.scopes)
        return PartnerPrincipal(found.partner_id, found.name, found.id, granted)

    async def create_key(
        self,
        partner_id: str,
        *,
        name: str | None = None,
        scopes_of_key: Iterable[str] | None = None,
        expires_at: datetime | None = None,
    ) -> NewKey:
        """Create a key for a partner, which may do some things, or everything (None)."""
        key, now = key_format.new_key(), self._wall_clock()
        if expires_at is not None and expires_at <= now:
            raise InvalidRequest("A key's end must lie ahead.")
        if name is not None:
            check_name(name)
        record = PartnerKey(
            id=new_id("key", now),
            partner_id=partner_id,
            prefix=key_format.shown(key),
            sha256=key_format.fingerprint(key),
            name=name,
            scopes=scopes.checked(scopes_of_key),
            created_at=now,
            expires_at=expires_at,
        )
        async with self._database.session() as session:
            if await session.get(Partner, partner_id) is None:
                raise PartnerNotFound
            session.add(record)
        return NewKey(key, _view(record))

    async def list_keys(self, partner_id: str | None = None) -> list[KeyView]:
        """List a partner's keys, or all partners': by partner, oldest first, without the keys themselves."""
        async with self._database.reading() as session:
            return [_view(one) for one in await repository.list_keys(session, partner_id)]

    async def revoke_key(
        self, partner_id: str | None, key_id: str, after: timedelta = timedelta(0)
    ) -> KeyView:
        """Revoke a partner's key, or anybody's, now or after a while; an earlier end still counts."""
        now = self._wall_clock()
        async with self._database.session() as session:
            key = await repository.find_key_for_change(session, partner_id, key_id)
            if key is None:
                raise KeyNotFound
            if key.revoked_at is None:
                _end(key, now, now + after)
        return _view(key)

    def _note_use(self, key_id: str, last: datetime | None, now: datetime) -> None:
        noted = self._last_used.get(key_id, last)
        if noted is not None and now - noted < LAST_USED_INTERVAL:
            return
        self._last_used[key_id] = now
        # In a task: the request does not wait for the write.
        writing = asyncio.create_task(self._write_use(key_id, now))
        self._writes.add(writing)
        writing.add_done_callback(self._writes.discard)

    async def _write_use(self, key_id: str, at: datetime) -> None:
        try:
            async with self._database.session() as session:
                await repository.note_use(session, key_id, at)
        except DatabaseUnavailable as error:
            # The next minute tries again.
            _log.warning("a key's use was not noted", key_id=key_id, error=type(error).__name__)


def check_name(name: str) -> None:
    """Refuse a name that is blank, too long, or cannot be shown on one line."""
    if not name.strip() or len(name) > LONGEST_NAME or not is_text(name) or not name.isprintable():
        raise InvalidRequest(f"A name has 1 to {LONGEST_NAME} printable characters.")


def _end(key: PartnerKey, now: datetime, at: datetime) -> None:
    if at <= now:
        key.revoked_at = now
    elif key.expires_at is None or at < key.expires_at:
        key.expires_at = at


def _view(key: PartnerKey) -> KeyView:
    return copy_fields(KeyView, key, scopes=None if key.scopes is None else tuple(key.scopes))
