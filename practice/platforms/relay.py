"""The signed webhook to a booking platform: what is asked, and how it is sent."""

import asyncio
import functools
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx

from config.settings import RelaySettings
from config.telemetry import PLATFORM
from contracts.partner import LONGEST_ID
from contracts.platform_signature import ACCOUNT_HEADER, SIGNATURE_HEADER, sign
from kit.circuit_breaker import RequestResult
from kit.clock import Clock
from kit.http.addresses import SETTING, Networks
from kit.http.guard import AddressRefused, GuardedTransport, SystemResolver
from kit.keyring import Keyring
from kit.text import is_text
from practice.errors import (
    BookingNotFound,
    NotSupportedByPlatform,
    WebhookError,
    WebhookFailed,
    WebhookNotConfigured,
    WebhookTimeout,
    WebhookUnreachable,
)
from practice.partner_response import PartnerResponse
from practice.partners.views import BotView
from practice.platforms.connection_pools import CircuitOpen, ConnectionPools, HostBusy, HostPool
from practice.platforms.response import (
    REFUSED_SIGNATURE,
    PlatformReply,
    is_failing,
    is_success,
    parse_reply,
    read_reply,
    with_booking,
    with_windows,
)
from practice.platforms.routing import PlatformRoute, PlatformRoutes, is_embedded


class Relay:
    """Sends signed requests to a bot's platform.

    Each platform host has its own connections and its own circuit breaker; the clients are bare transports,
    because what ``httpx.AsyncClient`` adds (redirects, cookies, proxies) is just what must not be here.

    A request returns the platform's answer: 2xx with what the protocol says, or a 4xx of its own. It raises
    ``WebhookNotConfigured`` when there is no platform to ask, ``NotSupportedByPlatform`` when the platform
    has no such path, and ``WebhookError`` when it gave no usable answer; ``in_doubt`` says whether it may
    have acted.

    Args:
        clock: The machine's time, which signatures are dated by.
        embedded: The transport to the embedded calendar, an ASGI app of our own.
    """

    def __init__(
        self,
        settings: RelaySettings,
        clock: Clock,
        keyring: Keyring,
        *,
        embedded: httpx.AsyncBaseTransport | None,
        outside: httpx.AsyncBaseTransport | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._routes = PlatformRoutes(settings, keyring, clock)
        self._embedded = embedded
        self._outside = outside
        self._resolver = SystemResolver()
        self._networks = Networks.parse(settings.allowed_networks)
        self._pools = ConnectionPools(settings, monotonic, self._connect, owned=outside is None)

    @property
    def open_circuits(self) -> int:
        """How many hosts of platforms are left alone."""
        return self._pools.open_circuits

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pools.aclose()
        for transport in (self._embedded, self._outside):
            if transport is not None:
                await transport.aclose()
        self._resolver.close()

    def is_silent(self, bot: BotView) -> bool:
        """Tell whether a bot's platform failed so often of late that it is left alone."""
        try:
            route = self._routes.to(bot)
        except WebhookNotConfigured:
            return False
        url = httpx.URL(route.base)
        return not route.embedded and self._pools.is_open((url.scheme, url.host, url.port))

    async def search(self, bot: BotView, query: Mapping[str, Any]) -> PartnerResponse:
        """Ask for free windows; the contract's ``query`` is passed on untouched."""
        return with_windows(await self._post(bot, "/availability/search", {"query": query}))

    async def lookup(self, bot: BotView, customer: Mapping[str, Any]) -> PartnerResponse:
        """Ask who a customer is; the contract's ``customer`` is passed on untouched."""
        answer = await self._post(bot, "/customers/lookup", {"customer": customer}, optional=True)
        return _with(answer, "found", bool)

    async def book(self, bot: BotView, key: str, booking: Mapping[str, Any]) -> PartnerResponse:
        """Ask for a booking, once per key that the platform is to know the request by."""
        content = {"idempotency_key": key, "booking": _without_birth_date(booking)}
        return with_booking(await self._post(bot, "/bookings", content))

    async def cancel(
        self, bot: BotView, booking_id: str, key: str, cancellation: Mapping[str, Any]
    ) -> PartnerResponse:
        """Ask for a booking to be cancelled, once per key."""
        content = {"idempotency_key": key, "cancellation": cancellation}
        path = f"/bookings/{_segment(booking_id)}/cancel"
        # That another booking was cancelled is no answer; a moved one may have got another id.
        return with_booking(await self._post(bot, path, content, optional=True), booking_id)

    async def reschedule(
        self, bot: BotView, booking_id: str, key: str, booking: Mapping[str, Any]
    ) -> PartnerResponse:
        """Ask for a booking to be moved, once per key."""
        content = {"idempotency_key": key, "booking": booking}
        path = f"/bookings/{_segment(booking_id)}/reschedule"
        return with_booking(await self._post(bot, path, content, optional=True))

    async def get_booking(self, bot: BotView, booking_id: str) -> PartnerResponse:
        """Ask the embedded calendar for a booking as it is now."""
        return with_booking(await self._post_embedded(bot, f"/bookings/{_segment(booking_id)}/get", {}))

    async def find_bookings(self, bot: BotView, phone: str, limit: int) -> PartnerResponse:
        """Ask the embedded calendar for the bookings to come of an E.164 number."""
        content = {"customer": {"phone": phone}, "limit": limit}
        return _with(await self._post_embedded(bot, "/bookings/search", content), "bookings", list)

    async def hold(
        self, bot: BotView, key: str, slot: Mapping[str, Any], hold_seconds: float | None = None
    ) -> PartnerResponse:
        """Ask the embedded calendar to keep a time, as long as it does or for so long, once per key."""
        content: dict[str, Any] = {"idempotency_key": key, "slot": slot}
        if hold_seconds is not None:
            content["hold_seconds"] = hold_seconds
        return await self._post_embedded(bot, "/slots/hold", content)

    async def _post_embedded(self, bot: BotView, path: str, content: Mapping[str, Any]) -> PartnerResponse:
        """Send what the protocol has no path for on other platforms."""
        if not is_embedded(bot):
            raise NotSupportedByPlatform
        return await self._post(bot, path, content)

    async def _post(
        self, bot: BotView, path: str, content: Mapping[str, Any], *, optional: bool = False
    ) -> PartnerResponse:
        route = self._routes.to(bot)
        body = json.dumps({"account_id": bot.account_id, **content}, allow_nan=False).encode()
        deadline = asyncio.get_running_loop().time() + self._settings.timeout_seconds
        send = self._send_inside if route.embedded else self._send_outside
        reply = await send(self._request(route, bot, path, body, route.secret), deadline)
        if reply.status in REFUSED_SIGNATURE and route.previous_secret is not None:
            # A request whose signature was refused was not acted upon, so it may go out again as it was
            # signed before the secret was changed. Two signatures in one header would break verifiers.
            reply = await send(self._request(route, bot, path, body, route.previous_secret), deadline)
        try:
            answer = parse_reply(reply.status, reply.content, optional=optional)
        except WebhookError as error:
            error.retry_after = reply.retry_after
            raise
        return replace(answer, retry_after=reply.retry_after) if reply.retry_after else answer

    def _request(
        self, route: PlatformRoute, bot: BotView, path: str, body: bytes, secret: str
    ) -> httpx.Request:
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "chairside-relay",
            SIGNATURE_HEADER: sign(body, secret, self._clock()),
            ACCOUNT_HEADER: bot.account_id,
        }
        # The answer as a whole has a deadline; the connection has a nearer one, because who could not
        # connect has sent nothing.
        timeouts = {"connect": min(self._settings.connect_seconds, self._settings.timeout_seconds)}
        return httpx.Request(
            "POST", _url(route.base + path), headers=headers, content=body, extensions={"timeout": timeouts}
        )

    async def _send_inside(self, request: httpx.Request, deadline: float) -> PlatformReply:
        if self._embedded is None:
            raise WebhookNotConfigured
        return await self._exchange(self._embedded, request, deadline)

    async def _send_outside(self, request: httpx.Request, deadline: float) -> PlatformReply:
        origin = (request.url.scheme, request.url.host, request.url.port)
        try:
            async with self._pools.acquire(origin, deadline) as host:
                return await self._send_counted(host, request, deadline)
        except CircuitOpen as error:
            message = "The booking platform failed repeatedly and is left alone for a moment."
            raise WebhookUnreachable(message) from error
        except HostBusy as error:
            message = "The booking platform is too slow for all that is asked of it; nothing was sent."
            raise WebhookTimeout(message) from error
        except AddressRefused as error:
            message = f"The booking platform is not on the public internet; {SETTING} can allow its network."
            raise WebhookUnreachable(message) from error

    async def _send_counted(self, host: HostPool, request: httpx.Request, deadline: float) -> PlatformReply:
        """Send a request, and tell the host's circuit breaker how that went."""
        admission = host.breaker.admit()
        if admission is None:
            raise CircuitOpen
        outcome: RequestResult = "cancelled"
        began = time.monotonic()
        try:
            reply = await self._exchange(host.transport, request, deadline)
            outcome = "failure" if is_failing(reply.status) else "success"
        except (WebhookUnreachable, WebhookTimeout):
            outcome = "failure"
            raise
        except WebhookFailed:
            outcome = "success"  # It does answer.
            raise
        finally:
            host.breaker.report(admission, outcome)
            PLATFORM.labels(outcome).observe(time.monotonic() - began)
        return reply

    async def _exchange(
        self, transport: httpx.AsyncBaseTransport, request: httpx.Request, deadline: float
    ) -> PlatformReply:
        try:
            async with asyncio.timeout_at(deadline):
                response = await transport.handle_async_request(request)
                try:
                    return await read_reply(response, self._settings.max_response_bytes, self._clock())
                finally:
                    await response.aclose()
        except AddressRefused:
            raise
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise WebhookUnreachable from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise WebhookTimeout(in_doubt=True) from error
        except httpx.DecodingError as error:
            raise WebhookFailed(in_doubt=True) from error
        except httpx.TransportError as error:
            message = "The connection to the booking platform was cut. Repeat with the same Idempotency-Key."
            raise WebhookUnreachable(message, in_doubt=True) from error

    def _connect(self) -> httpx.AsyncBaseTransport:
        if self._outside is not None:
            return self._outside
        return GuardedTransport(
            self._networks, self._resolver, connections=self._settings.connections_per_host
        )


def _with(answer: PartnerResponse, name: str, kind: type) -> PartnerResponse:
    """Let a success through only with the field that it is about."""
    if is_success(answer.status) and not isinstance(answer.body.get(name), kind):
        raise WebhookFailed
    return answer


def _without_birth_date(booking: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep to ourselves what no platform asks for."""
    customer = booking.get("customer")
    if not isinstance(customer, Mapping) or "date_of_birth" not in customer:
        return booking
    told = {name: value for name, value in customer.items() if name != "date_of_birth"}
    return {**booking, "customer": told}


_url = functools.lru_cache(1024)(httpx.URL)


def _segment(booking_id: str) -> str:
    """Make a path segment of an id; dots alone would climb to another path."""
    if not booking_id.strip(".") or len(booking_id) > LONGEST_ID or not is_text(booking_id):
        raise BookingNotFound
    return quote(booking_id, safe="")
