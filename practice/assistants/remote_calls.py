"""Calls of remote APIs for an assistant: pinned to host and path, bounded, with no secret in the answer."""

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx

from config.settings import RemoteApiSettings
from contracts.site import API_METHODS, LONGEST_API_PATH
from practice.assistants.remote_apis import RemoteApis
from practice.errors import InvalidField, RemoteApiFailed

REDACTED = "[redacted]"
SHORTEST_SECRET = 6
"""Shorter header values are no secrets, and stand everywhere."""
TOKEN_MARGIN_SECONDS = 30.0
UNAUTHORIZED = 401
_SAFE = "/:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class RemoteAnswer:
    """What a remote API answered: JSON, or text; ``truncated`` where there was more than is read."""

    status: int
    body: Any
    truncated: bool


class RemoteCalls:
    """Calls remote APIs."""

    def __init__(
        self, apis: RemoteApis, settings: RemoteApiSettings, transport: httpx.AsyncBaseTransport
    ) -> None:
        self._apis = apis
        self._settings = settings
        timeout = httpx.Timeout(settings.timeout_seconds)
        self._client = httpx.AsyncClient(
            transport=transport, timeout=timeout, follow_redirects=False, trust_env=False
        )
        self._tokens: dict[str, tuple[str, float]] = {}

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def call(
        self,
        code: str,
        site_ids: Sequence[int] | None,
        *,
        path: str,
        method: str = "GET",
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> RemoteAnswer:
        """Call a remote API; its answer, whatever the status, comes without the credentials."""
        api, headers, oauth = await self._apis.credentials(code, site_ids)
        if method.upper() not in API_METHODS:
            raise InvalidField("method", f"The method must be one of {', '.join(API_METHODS)}.")
        url = pinned(api.url, path)
        request = {
            "method": method.upper(),
            "url": url,
            "params": {name: _plain(value) for name, value in (query or {}).items()} or None,
            "json": body,
        }
        secrets = list(headers.values())
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                if oauth is None:
                    return _redacted(*await self._send(request, headers), secrets)
                secrets.append(oauth["client_secret"])
                for fresh in (False, True):
                    token = await self._token(oauth, fresh=fresh)
                    secrets.append(token)
                    bearer = {**headers, "Authorization": f"Bearer {token}"}
                    status, content, cut = await self._send(request, bearer)
                    if status != UNAUTHORIZED:
                        break
                return _redacted(status, content, cut, secrets)
        except (httpx.HTTPError, TimeoutError, httpx.InvalidURL) as error:
            raise RemoteApiFailed from error

    async def _send(self, request: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[int, bytes, bool]:
        kwargs = {name: value for name, value in request.items() if value is not None}
        # What is not packed cannot grow when it is read.
        sent = {
            "Accept": "application/json",
            "User-Agent": "chairside",
            **headers,
            "Accept-Encoding": "identity",
        }
        async with self._client.stream(**kwargs, headers=sent) as response:
            content, cut = await self._read(response)
            return response.status_code, content, cut

    async def _read(self, response: httpx.Response) -> tuple[bytes, bool]:
        """Read an answer up to the limit, and tell whether there was more."""
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise RemoteApiFailed("The API answered in an encoding that was not asked for.")
        limit = self._settings.max_answer_bytes
        content = bytearray()
        async for part in response.aiter_raw():
            content += part
            if len(content) > limit:
                return bytes(content[:limit]), True
        return bytes(content), False

    async def _token(self, oauth: Mapping[str, str], *, fresh: bool) -> str:
        """Get an access token of an OAuth 2 client, kept until shortly before it ends.

        It is kept for the client as it is configured now: a changed one never sends what it had before.
        """
        key = hashlib.sha256(json.dumps(oauth, sort_keys=True).encode()).hexdigest()
        kept = self._tokens.get(key)
        if kept is not None and not fresh and time.monotonic() < kept[1]:
            return kept[0]
        form = {"grant_type": "client_credentials", "scope": oauth.get("scope")}
        async with self._client.stream(
            "POST",
            oauth["token_url"],
            data={name: value for name, value in form.items() if value},
            auth=(oauth["client_id"], oauth["client_secret"]),
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        ) as response:
            content, _ = await self._read(response)
            failed = not response.is_success
        try:
            answer = json.loads(content)
            token, seconds = answer["access_token"], float(answer.get("expires_in") or 0)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise RemoteApiFailed("The API's token endpoint gave no token.") from error
        if failed or not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise RemoteApiFailed("The API's token endpoint gave no token.")
        self._tokens[key] = (token, time.monotonic() + seconds - TOKEN_MARGIN_SECONDS)
        return token


def pinned(base: str, path: str) -> httpx.URL:
    """Join a path to a base URL and make sure that it stays below it."""
    if len(path) > LONGEST_API_PATH:
        raise InvalidField("path", f"The path must have at most {LONGEST_API_PATH} characters.")
    parts = unquote(path).replace("\\", "/")
    if "://" in parts or parts.startswith("//") or not parts.isprintable() or "?" in parts or "#" in parts:
        raise InvalidField("path", "The path must be a path below the API's URL.")
    names = [name for name in parts.split("/") if name not in ("", ".")]
    # Some servers take what follows a semicolon for parameters, and climb all the same.
    if ".." in (name.partition(";")[0].strip() for name in names) or "%" in "".join(names):
        raise InvalidField("path", "The path must be a path below the API's URL.")
    split = urlsplit(base)
    prefix = split.path.rstrip("/")
    tail = "/" if parts.endswith("/") and names else ""
    joined = "/".join(quote(name, safe=_SAFE) for name in names)
    whole = f"{prefix}/{joined}{tail}" if names else (split.path or "/")
    return httpx.URL(f"{split.scheme}://{split.netloc}{whole}")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def _redacted(status: int, content: bytes, truncated: bool, secrets: Sequence[str]) -> RemoteAnswer:
    """Strike out the credentials, as they stand there, in what JSON's escapes say, and cut in two."""
    parts = {part for secret in secrets for part in (secret, secret.rpartition(" ")[2])}
    known = sorted((part for part in parts if len(part) >= SHORTEST_SECRET), key=len, reverse=True)
    text = _struck(content.decode("utf-8", "replace"), known)
    if truncated:
        return RemoteAnswer(status, _without_start(text, known), truncated=True)
    try:
        return RemoteAnswer(status, _clean(json.loads(text), known), truncated=False)
    except (ValueError, RecursionError):
        return RemoteAnswer(status, text, truncated=False)


def _struck(text: str, secrets: Sequence[str]) -> str:
    # JSON's escapes can say what no thread can keep: half a surrogate pair, NUL.
    text = text.encode("utf-8", "replace").decode().replace("\0", "")
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    return text


def _clean(value: Any, secrets: Sequence[str]) -> Any:
    if isinstance(value, dict):
        return {_struck(name, secrets): _clean(one, secrets) for name, one in value.items()}
    if isinstance(value, list):
        return [_clean(one, secrets) for one in value]
    return _struck(value, secrets) if isinstance(value, str) else value


def _without_start(text: str, secrets: Sequence[str]) -> str:
    """Take away the start of a credential that was cut off at the end of a text."""
    for secret in secrets:
        for length in range(len(secret) - 1, 0, -1):
            if text.endswith(secret[:length]):
                return text[:-length] + REDACTED
    return text
