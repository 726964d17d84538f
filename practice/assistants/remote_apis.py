"""Remote APIs that assistants may call by their code; whoever calls never sees the credentials."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from config.settings import Settings
from kit.clock import Clock
from kit.db.database import Database
from kit.http.addresses import Networks, UrlRefused, check_url
from kit.keyring import Keyring
from kit.text import is_text
from kit.vault import Vault
from practice.assistants.views import RemoteApiView
from practice.errors import InvalidField, RemoteApiNotFound
from practice.records.assistants import RemoteApi
from practice.records.finding import is_row_number
from practice.service import RecordsService

PURPOSE = "remote-apis"
"""The vault's purpose for remote APIs' credentials."""
MOST_DIGITS = 10
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
MOST_HEADER_CHARACTERS = 8192
OUR_HEADERS = frozenset(
    {
        *("host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection"),
        *("proxy-authenticate", "proxy-authorization", "te", "trailer", "upgrade", "expect"),
        *("accept-encoding", "content-encoding"),
    }
)
"""What frames a request, belongs to one connection (RFC 9110, section 7.6.1), or says where it goes: ours."""


class RemoteApis(RecordsService):
    """The remote APIs of an installation."""

    def __init__(self, database: Database, clock: Clock, keyring: Keyring, settings: Settings) -> None:
        super().__init__(database, clock)
        self._vault = Vault(keyring, PURPOSE)
        self._relay = settings.relay
        self._networks = Networks.parse(settings.relay.allowed_networks)

    async def list_codes(self, site_id: int) -> list[str]:
        """List what a site's assistants may call."""
        query = select(RemoteApi.code).where(*_of_sites([site_id], shared=True)).order_by(RemoteApi.id)
        async with self._database.reading() as session:
            return list(await session.scalars(query))

    async def list_apis(self, site_ids: Sequence[int] | None) -> list[RemoteApiView]:
        """List the remote APIs of some sites."""
        query = select(RemoteApi).where(*_of_sites(site_ids, shared=False)).order_by(RemoteApi.id)
        async with self._database.reading() as session:
            return [self._view(one) for one in await session.scalars(query)]

    async def get_api(self, code: str, site_ids: Sequence[int] | None) -> RemoteApiView:
        """Get a remote API."""
        async with self._database.reading() as session:
            return self._view(await _get(session, code, site_ids))

    async def create_api(
        self,
        *,
        url: str,
        headers: str,
        code: str | None = None,
        oauth: Mapping[str, str] | None = None,
        site_id: int | None = None,
    ) -> RemoteApiView:
        """Make a remote API known.

        Args:
            url: Base URL; requests stay on its host and below its path.
            headers: JSON object of headers to send, credentials among them.
            code: How assistants name it; made of the host when not given.
            oauth: ``token_url``, ``client_id``, ``client_secret`` and maybe ``scope``.
        """
        self._check_url("url", url)
        sealed_headers, sealed_oauth = self._sealed(headers, oauth)
        now = self._clock()
        api = RemoteApi(
            site_id=site_id,
            code=code or f"draft-{now.timestamp()}",
            url=url,
            auth=_auth(headers, oauth),
            sealed_headers=sealed_headers,
            sealed_oauth=sealed_oauth,
            created_at=now,
            updated_at=now,
        )
        try:
            async with self._database.session() as session:
                session.add(api)
                await session.flush()
                if code is None:
                    api.code = f"{_slug(url)}-{api.id}"
        except IntegrityError as error:
            raise InvalidField("code", "api with this code already exists.") from error
        return self._view(api)

    async def update_api(
        self, code: str, site_ids: Sequence[int] | None, changes: Mapping[str, Any]
    ) -> RemoteApiView:
        """Change a remote API. One that moves to another server loses the credentials not given anew."""
        if "url" in changes:
            self._check_url("url", changes["url"])
        async with self._database.session() as session:
            api = await _get(session, code, site_ids, lock=True)
            url = changes.get("url", api.url)
            # Credentials belong to the server that they were given for.
            moves = _origin(url) != _origin(api.url)
            headers = changes.get("headers", "{}" if moves else self._vault.open(api.sealed_headers))
            kept = json.loads(self._vault.open(api.sealed_oauth)) if api.sealed_oauth and not moves else None
            oauth = changes.get("oauth", kept)
            api.url = url
            api.sealed_headers, api.sealed_oauth = self._sealed(headers, oauth)
            api.auth, api.updated_at = _auth(headers, oauth), self._clock()
        return self._view(api)

    async def delete_api(self, code: str, site_ids: Sequence[int] | None) -> None:
        """Forget a remote API."""
        async with self._database.session() as session:
            await session.delete(await _get(session, code, site_ids))

    async def credentials(
        self, code: str, site_ids: Sequence[int] | None
    ) -> tuple[RemoteApiView, dict[str, str], dict[str, str] | None]:
        """Open what a request to a remote API needs."""
        async with self._database.reading() as session:
            api = await _get(session, code, site_ids, shared=True)
        headers = {
            name: str(value) for name, value in json.loads(self._vault.open(api.sealed_headers)).items()
        }
        oauth = json.loads(self._vault.open(api.sealed_oauth)) if api.sealed_oauth else None
        return self._view(api), headers, oauth

    def _check_url(self, field: str, url: str) -> None:
        try:
            check_url(url, self._networks, allow_http=self._relay.allow_http)
        except UrlRefused as error:
            raise InvalidField(field, str(error)) from error

    def _sealed(self, headers: str, oauth: Mapping[str, str] | None) -> tuple[bytes, bytes | None]:
        check_headers(headers)
        if oauth is None:
            return self._vault.seal(headers), None
        self._check_url("oauth", oauth["token_url"])
        kept = {name: value for name, value in oauth.items() if value}
        return self._vault.seal(headers), self._vault.seal(json.dumps(kept))

    def _view(self, api: RemoteApi) -> RemoteApiView:
        headers = self._vault.open(api.sealed_headers)
        return RemoteApiView(api.id, api.code, api.site_id, api.url, api.auth, headers)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def check_headers(text: str) -> None:
    """Make sure that a text is a JSON object of headers that can be sent."""
    try:
        headers = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidField("headers", "Value must be valid JSON.") from error
    if not isinstance(headers, dict) or len(text) > MOST_HEADER_CHARACTERS:
        raise InvalidField(
            "headers", f"Value must be a JSON object of at most {MOST_HEADER_CHARACTERS} characters."
        )
    for name, value in headers.items():
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise InvalidField("headers", "A header's value must be a string.")
        if not HEADER_NAME.fullmatch(name) or not str(value).isascii() or not str(value).isprintable():
            raise InvalidField("headers", "A header's name or value has characters that cannot be sent.")
        if name.lower() in OUR_HEADERS:
            raise InvalidField("headers", f"The header {name} is set by the server and cannot be configured.")
    if len({name.lower() for name in headers}) < len(headers):
        raise InvalidField("headers", "A header is named twice.")


def _auth(headers: str, oauth: Mapping[str, str] | None) -> str:
    if oauth is not None:
        return "oauth2"
    return "headers" if json.loads(headers) else "none"


def _slug(url: str) -> str:
    host = urlsplit(url).hostname or "api"
    return re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-")[:80] or "api"


def _of_sites(site_ids: Sequence[int] | None, *, shared: bool) -> list[ColumnElement[bool]]:
    """Keep to the APIs of some sites; the installation's own may be called by all, but not looked at."""
    if site_ids is None:
        return []
    mine = RemoteApi.site_id.in_(site_ids)
    return [or_(RemoteApi.site_id.is_(None), mine) if shared else mine]


async def _get(
    session: AsyncSession,
    code: str,
    site_ids: Sequence[int] | None,
    *,
    lock: bool = False,
    shared: bool = False,
) -> RemoteApi:
    if not is_text(code):
        raise RemoteApiNotFound
    query = select(RemoteApi).where(RemoteApi.code == code, *_of_sites(site_ids, shared=shared))
    found = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    digits = code if code.isascii() and code.isdecimal() and len(code) <= MOST_DIGITS else "0"
    if found is None and is_row_number(int(digits)):
        query = select(RemoteApi).where(RemoteApi.id == int(digits), *_of_sites(site_ids, shared=shared))
        found = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise RemoteApiNotFound
    return found
