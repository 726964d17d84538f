"""Integrators' clients: made, checked, revoked."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from kit.clock import Clock
from kit.copying import copy_fields
from kit.db.database import Database
from kit.ids import is_id, new_id
from kit.text import is_text, sha256
from practice.errors import ClientNotFound, InvalidClient, InvalidRequest, SiteNotFound
from practice.integrators import repository
from practice.integrators.views import ClientView, NewClient
from practice.records.finding import find_by, is_row_number
from practice.records.integrators import OAuthClient

SCOPES = ("assistants:read", "assistants:write")
"""What a client may be given (the Assistants Admin API names them)."""
SECRET_PREFIX = "cs_"  # noqa: S105 - how a secret begins, no secret
LONGEST_SECRET = 200
LONGEST_NAME = 200
USE_NOTED_EVERY = timedelta(minutes=1)


class Integrators:
    """The clients of the Assistants Admin API."""

    def __init__(self, database: Database, wall_clock: Clock) -> None:
        self._database = database
        self._wall_clock = wall_clock

    async def create_client(
        self, scopes: Iterable[str], *, site_ids: Iterable[int] | None = None, name: str | None = None
    ) -> NewClient:
        """Make a client of some sites; None is all of them, also those to come."""
        granted = sorted(set(scopes))
        unknown = [scope for scope in granted if scope not in SCOPES]
        if unknown or not granted:
            raise InvalidRequest(f"A client has scopes out of: {' '.join(SCOPES)}.")
        sites = None if site_ids is None else sorted(set(site_ids))
        if sites == []:
            raise InvalidRequest("A client that is kept to sites has at least one.")
        if sites is not None and not all(map(is_row_number, sites)):
            raise SiteNotFound
        if name is not None and not (0 < len(name) <= LONGEST_NAME and is_text(name) and name.isprintable()):
            raise InvalidRequest(f"A name has 1 to {LONGEST_NAME} printable characters.")
        secret, now = SECRET_PREFIX + secrets.token_urlsafe(32), self._wall_clock()
        record = OAuthClient(
            id=new_id("client", now),
            name=name,
            secret_sha256=sha256(secret),
            scopes=granted,
            site_ids=sites,
            created_at=now,
        )
        async with self._database.session() as session:
            if sites and await repository.list_missing_sites(session, sites):
                raise SiteNotFound
            session.add(record)
        return NewClient(_view(record), secret)

    async def authenticate(self, client_id: str, secret: str) -> ClientView:
        """Check a client's secret; InvalidClient does not say if it is unknown, revoked, or another's."""
        if not is_id(client_id, "client") or len(secret) > LONGEST_SECRET:
            raise InvalidClient
        now = self._wall_clock()
        async with self._database.reading() as session:
            found = await find_by(session, OAuthClient, id=client_id, revoked_at=None)
        if found is None or not hmac.compare_digest(found.secret_sha256, sha256(secret)):
            raise InvalidClient
        if found.last_used_at is None or now - found.last_used_at >= USE_NOTED_EVERY:
            async with self._database.session() as session:
                await repository.note_use(session, client_id, now)
        return _view(found)

    async def find(self, client_id: str) -> ClientView | None:
        """Find a client that is still good. It is asked of the database: a revoked one ends at once."""
        if not is_id(client_id, "client"):
            return None
        async with self._database.reading() as session:
            found = await find_by(session, OAuthClient, id=client_id, revoked_at=None)
        return None if found is None else _view(found)

    async def list_clients(self) -> list[ClientView]:
        """List all clients."""
        async with self._database.reading() as session:
            return [
                _view(one)
                for one in list(await session.scalars(select(OAuthClient).order_by(OAuthClient.id)))
            ]

    async def revoke_client(self, client_id: str) -> None:
        """Revoke a client: its secret and its tokens open nothing from now on."""
        async with self._database.session() as session:
            if not await repository.revoke_client(session, client_id, self._wall_clock()):
                raise ClientNotFound


def _view(client: OAuthClient) -> ClientView:
    return copy_fields(
        ClientView,
        client,
        scopes=tuple(client.scopes),
        site_ids=None if client.site_ids is None else tuple(client.site_ids),
    )
