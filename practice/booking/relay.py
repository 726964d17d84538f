"""The signed webhook to a booking platform, and what its answers mean."""

import asyncio
import ipaddress
import json
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import quote

import httpx
from cryptography.fernet import InvalidToken

from config.clock import Clock
from config.keyring import Keyring
from config.settings import RelaySettings
from practice.booking.answer import Answer
from practice.booking.signing import ACCOUNT_HEADER, SIGNATURE_HEADER, platform_secret, sign
from practice.errors import (
    BookingNotFound,
    NotSupportedByPlatform,
    WebhookFailed,
    WebhookNotConfigured,
    WebhookRejected,
    WebhookTimeout,
    WebhookUnreachable,
)
from practice.partners.views import SECRETS, BotView
from practice.payload import is_text
from practice.vault import Vault

EMBEDDED_BASE = "http://embedded.internal/platform"
"""Base URL of the embedded calendar's door; ``/{account_id}/availability/search`` and so on follow."""

UNAUTHORIZED, FORBIDDEN = 401, 403
NO_SUCH_PATH = (404, 405, 501)
LONGEST_BOOKING_ID = 255


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
        return _with_booking(await self._post(bot, "/bookings", {"idempotency_key": key, "booking": booking}))

    async def lookup(self, bot: BotView, customer: Mapping[str, Any]) -> Answer:
        """Ask who a customer is.

        Args:
            bot: Whose platform.
            customer: The contract's ``customer``, passed on untouched.

        Returns:
            The platform's answer.

        Raises:
            WebhookNotConfigured: There is no platform to ask.
            NotSupportedByPlatform: It knows no customers.
            WebhookError: It gave no usable answer.
        """
        return await self._post(bot, "/customers/lookup", {"customer": customer}, optional=True)

    async def cancel(
        self, bot: BotView, booking_id: str, key: str, cancellation: Mapping[str, Any]
    ) -> Answer:
        """Ask for a booking to be cancelled.

        Args:
            bot: Whose platform.
            booking_id: The platform's own id.
            key: The key that the platform is to know the request by.
            cancellation: The contract's ``cancellation``, passed on untouched.

        Returns:
            The platform's answer: 2xx with ``booking``, or a 4xx of its own.

        Raises:
            BookingNotFound: No platform can have such an id.
            WebhookNotConfigured: There is no platform to ask.
            NotSupportedByPlatform: It cancels nothing.
            WebhookError: It gave no usable answer; ``in_doubt`` says whether it may have cancelled.
        """
        content = {"idempotency_key": key, "cancellation": cancellation}
        return _with_booking(
            await self._post(bot, f"/bookings/{_segment(booking_id)}/cancel", content, optional=True)
        )

    async def reschedule(self, bot: BotView, booking_id: str, key: str, booking: Mapping[str, Any]) -> Answer:
        """Ask for a booking to be moved.

        Args:
            bot: Whose platform.
            booking_id: The platform's own id.
            key: The key that the platform is to know the request by.
            booking: The contract's ``booking`` with the new time, passed on untouched.

        Returns:
            The platform's answer: 2xx with ``booking``, or a 4xx of its own.

        Raises:
            BookingNotFound: No platform can have such an id.
            WebhookNotConfigured: There is no platform to ask.
            NotSupportedByPlatform: It moves nothing.
            WebhookError: It gave no usable answer; ``in_doubt`` says whether it may have moved it.
        """
        content = {"idempotency_key": key, "booking": booking}
        return _with_booking(
            await self._post(bot, f"/bookings/{_segment(booking_id)}/reschedule", content, optional=True)
        )

    async def get_booking(self, bot: BotView, booking_id: str) -> Answer:
        """Ask the embedded calendar for a booking as it is now; the protocol has no such path for others.

        Args:
            bot: Whose calendar.
            booking_id: The calendar's own id.

        Returns:
            The calendar's answer: 200 with ``booking``, or a 4xx.

        Raises:
            BookingNotFound: No calendar can have such an id.
            NotSupportedByPlatform: The bot's platform is another one.
            WebhookError: It gave no usable answer.
        """
        if bot.webhook_url is not None or not bot.embedded:
            raise NotSupportedByPlatform
        return _with_booking(await self._post(bot, f"/bookings/{_segment(booking_id)}/get", {}))

    async def hold(
        self, bot: BotView, key: str, slot: Mapping[str, Any], hold_seconds: float | None = None
    ) -> Answer:
        """Ask the embedded calendar to keep a time for a while; the protocol has no such path for others.

        Args:
            bot: Whose calendar.
            key: The key that the calendar is to know the request by.
            slot: The contract's ``slot``, passed on untouched.
            hold_seconds: For how long; None is as long as the calendar does.

        Returns:
            The calendar's answer: 2xx with ``hold``, or a 4xx.

        Raises:
            NotSupportedByPlatform: The bot's platform is another one.
            WebhookError: It gave no usable answer.
        """
        if bot.webhook_url is not None or not bot.embedded:
            raise NotSupportedByPlatform
        content: dict[str, Any] = {"idempotency_key": key, "slot": slot}
        if hold_seconds is not None:
            content["hold_seconds"] = hold_seconds
        return await self._post(bot, "/slots/hold", content)

    async def _post(
        self, bot: BotView, path: str, content: Mapping[str, Any], *, optional: bool = False
    ) -> Answer:
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
                return _understood(response.status_code, await self._read(response), optional=optional)
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


def _segment(booking_id: str) -> str:
    """Make a path segment of an id; dots alone would climb to another path."""
    if not booking_id.strip(".") or len(booking_id) > LONGEST_BOOKING_ID or not is_text(booking_id):
        raise BookingNotFound
    return quote(booking_id, safe="")


def _with_booking(answer: Answer) -> Answer:
    """Let a success through only with the booking it speaks of: without, nobody knows what became of it."""
    if _is_success(answer.status):
        booking = answer.body.get("booking")
        if not isinstance(booking, dict) or not booking.get("id"):
            raise WebhookFailed(in_doubt=True)
    return answer


def _has_no_such_path(status: int, content: bytes) -> bool:
    """Tell a web framework's "no such path" from the protocol's own errors, which carry a code."""
    if status not in NO_SUCH_PATH:
        return False
    try:
        error = json.loads(content)["error"]
        return not isinstance(error["code"], str)
    except (ValueError, LookupError, TypeError, RecursionError):
        return True


def _understood(status: int, content: bytes, *, optional: bool) -> Answer:
    """Pass on what the platform decided; everything else is a failure of the platform, not of the partner."""
    if status in {UNAUTHORIZED, FORBIDDEN}:
        raise WebhookRejected
    if optional and _has_no_such_path(status, content):
        raise NotSupportedByPlatform
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
