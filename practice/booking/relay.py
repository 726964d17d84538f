"""The signed webhook to a booking platform, and what its answers mean."""

import asyncio
import ipaddress
import json
from collections.abc import Mapping
from typing import Any, NoReturn

import httpx
from cryptography.fernet import InvalidToken

from config.clock import Clock
from config.keyring import Keyring
from config.settings import RelaySettings
from practice.booking.answer import Answer
from practice.booking.signing import ACCOUNT_HEADER, SIGNATURE_HEADER, platform_secret, sign
from practice.errors import (
    WebhookFailed,
    WebhookNotConfigured,
    WebhookRejected,
    WebhookTimeout,
    WebhookUnreachable,
)
from practice.partners.views import SECRETS, BotView
from practice.vault import Vault

EMBEDDED_BASE = "http://embedded.internal/platform"
"""Base URL of the embedded calendar's door; ``/{account_id}/availability/search`` and so on follow."""

UNAUTHORIZED, FORBIDDEN = 401, 403


class Relay:
    """Sends signed requests to a bot's platform.

    Args:
        settings: Time-out and limits.
        clock: The machine's time, which signatures are dated by.
        keyring: The installation's keys.
        embedded: The way to the embedded calendar's door: an ASGI transport on our own app.
        outside: The way to every other platform; None is the network.
    """

    def __init__(
        self,
        settings: RelaySettings,
        clock: Clock,
        keyring: Keyring,
        *,
        embedded: httpx.AsyncBaseTransport | None,
        outside: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._keyring = keyring
        self._vault = Vault(keyring, SECRETS)
        timeout = httpx.Timeout(settings.timeout_seconds)
        self._embedded = httpx.AsyncClient(transport=embedded, timeout=timeout) if embedded else None
        self._outside = httpx.AsyncClient(transport=outside, timeout=timeout, trust_env=False)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._embedded is not None:
            await self._embedded.aclose()
        await self._outside.aclose()

    async def search(self, bot: BotView, query: Mapping[str, Any]) -> Answer:
        """Ask for free windows.

        Args:
            bot: Whose platform.
            query: The contract's ``query``, passed on untouched.

        Returns:
            The platform's answer: 2xx with ``availabilities``, or a 4xx of its own.

        Raises:
            WebhookNotConfigured: There is no platform to ask.
            WebhookError: It gave no usable answer.
        """
        answer = await self._post(bot, "/availability/search", {"query": query})
        if _is_success(answer.status) and not isinstance(answer.body.get("availabilities"), list):
            raise WebhookFailed
        return answer

    async def book(self, bot: BotView, key: str, booking: Mapping[str, Any]) -> Answer:
        """Ask for a booking, once.

        Args:
            bot: Whose platform.
            key: The key that the platform is to know the request by.
            booking: The contract's ``booking``, passed on untouched.

        Returns:
            The platform's answer: 2xx with ``booking``, or a 4xx of its own.

        Raises:
            WebhookNotConfigured: There is no platform to ask.
            WebhookError: It gave no usable answer; ``in_doubt`` says whether it may have booked.
        """
        answer = await self._post(bot, "/bookings", {"idempotency_key": key, "booking": booking})
        if _is_success(answer.status):
            made = answer.body.get("booking")
            if not isinstance(made, dict) or not made.get("id"):
                raise WebhookFailed(in_doubt=True)
        return answer

    async def lookup(self, bot: BotView, phone: str) -> Answer:
        """Ask who has a phone number.

        Args:
            bot: Whose platform.
            phone: E.164.

        Returns:
            The platform's answer.

        Raises:
            WebhookNotConfigured: There is no platform to ask.
            WebhookError: It gave no usable answer.
        """
        return await self._post(bot, "/customers/lookup", {"customer": {"phone": phone}})

    async def _post(self, bot: BotView, path: str, content: Mapping[str, Any]) -> Answer:
        client, base, secret = self._way_to(bot)
        body = json.dumps({"account_id": bot.account_id, **content}, allow_nan=False).encode()
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "chairside-relay",
            SIGNATURE_HEADER: sign(body, secret, self._clock()),
            ACCOUNT_HEADER: bot.account_id,
        }
        url = base.removesuffix("/") + path
        try:
            async with (
                asyncio.timeout(self._settings.timeout_seconds),
                client.stream("POST", url, content=body, headers=headers) as response,
            ):
                return _understood(response.status_code, await self._read(response))
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise WebhookUnreachable from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise WebhookTimeout(in_doubt=True) from error
        except httpx.DecodingError as error:
            raise WebhookFailed(in_doubt=True) from error
        except httpx.TransportError as error:
            message = "The connection to the booking platform was cut. Repeat with the same Idempotency-Key."
            raise WebhookUnreachable(message, in_doubt=True) from error

    async def _read(self, response: httpx.Response) -> bytes:
        content = bytearray()
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > self._settings.max_response_bytes:
                raise WebhookFailed("The booking platform's answer is too large.", in_doubt=True)
        return bytes(content)

    def _way_to(self, bot: BotView) -> tuple[httpx.AsyncClient, str, str]:
        if bot.webhook_url is None:
            if not bot.embedded or self._embedded is None:
                raise WebhookNotConfigured
            base = f"{EMBEDDED_BASE}/{bot.account_id}"
            return self._embedded, base, platform_secret(self._keyring, bot.account_id)
        if bot.sealed_secret is None:
            raise WebhookNotConfigured("The booking platform's webhook secret is not set.")
        if not _may_be_asked(bot.webhook_url, allow_http=self._settings.allow_http):
            raise WebhookNotConfigured("The booking platform's URL must begin with https://.")
        try:
            return self._outside, bot.webhook_url, self._vault.open(bot.sealed_secret)
        except InvalidToken as error:
            message = "The booking platform's webhook secret cannot be read with this installation's key."
            raise WebhookNotConfigured(message) from error


def _may_be_asked(url: str, *, allow_http: bool) -> bool:
    """Tell whether a URL is one of HTTP's, and encrypted unless it never leaves the machine."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    if parsed.scheme == "https":
        return True
    return parsed.scheme == "http" and (allow_http or _is_this_machine(parsed.host))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_success(status: int) -> bool:
    return 200 <= status < 300  # noqa: PLR2004 - HTTP's own classes


def _understood(status: int, content: bytes) -> Answer:
    """Pass on what the platform decided; everything else is a failure of the platform, not of the partner."""
    if status in {UNAUTHORIZED, FORBIDDEN}:
        raise WebhookRejected
    decided = _is_success(status) or 400 <= status < 500  # noqa: PLR2004 - HTTP's own classes
    if not decided:
        raise WebhookFailed(in_doubt=status >= 500)  # noqa: PLR2004 - HTTP's own classes
    try:
        body = json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise WebhookFailed(in_doubt=_is_success(status)) from error
    if not isinstance(body, dict):
        raise WebhookFailed(in_doubt=_is_success(status))
    return Answer(status, body)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
