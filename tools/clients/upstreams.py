"""The upstream APIs of the runtime, each with its one HTTP client."""

import functools
from collections.abc import Callable

import httpx

from config.settings import Settings
from tools.clients.chat_sessions import ChatSessionsClient
from tools.clients.partner import PartnerClient
from tools.clients.site import SiteClient
from tools.clients.upstream import IN_PROCESS_URL, NoUpstream, RetryPolicy, Upstream


class Upstreams:
    """Gives the clients of a bot and of a site; owns the connections behind them.

    With no URL in the settings the requests go to the server in this process, through the transport
    that the composer hands in: the same path, no socket.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        partner_credential: Callable[[str], str],
        site_credential: Callable[[int], str],
        partner_transport: httpx.AsyncBaseTransport | None = None,
        site_transport: httpx.AsyncBaseTransport | None = None,
        hand_off_credential: Callable[[str], str] | None = None,
        own_credential: Callable[[str], str] | None = None,
        own_site_credential: Callable[[int], str] | None = None,
        own_transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Make the clients' connections.

        Args:
            own_credential: That of a bot at our own Partner API, for what another server does not serve.
            own_site_credential: That of a site at our own API, likewise.
            own_transport: The way there, and to our own Chat Sessions API.
        """
        partner, site = settings.partner, settings.site
        self._far_bot_id = partner.bot_id if partner.api_url else None
        self._own_http = _client(None, own_transport, partner.timeout_seconds) if own_transport else None
        self._own_partner_credential = own_credential if partner.api_url else None
        self._own_site_credential = own_site_credential if site.api_url else None
        self._partner_http = _client(partner.api_url, partner_transport, partner.timeout_seconds)
        self._site_http = _client(site.api_url, site_transport, site.timeout_seconds)
        self._partner_retries = RetryPolicy(
            partner.timeout_seconds, partner.attempts, partner.total_seconds, partner.keep_seconds
        )
        self._site_retries = RetryPolicy(site.timeout_seconds, site.attempts, site.total_seconds)
        partner_key, site_token = partner.api_key, site.api_token
        self._partner_credential = (
            (lambda _bot_id: partner_key.get_secret_value())
            if partner.api_url and partner_key
            else partner_credential
        )
        self._site_credential = (
            (lambda _site_id: site_token.get_secret_value())
            if site.api_url and site_token
            else site_credential
        )
        self._hand_off_credential = hand_off_credential
        self._partners: dict[str, PartnerClient] = {}
        self._sites: dict[int, SiteClient] = {}

    def partner(self, bot_id: str) -> PartnerClient:
        """Give the client of a bot's endpoints; the same one each time."""
        if bot_id not in self._partners:
            credential = functools.partial(self._partner_credential, bot_id)
            upstream = Upstream(self._partner_http, credential, self._partner_retries)
            self._partners[bot_id] = PartnerClient(
                upstream, self._far_bot_id or bot_id, own=self._own_partner(bot_id)
            )
        return self._partners[bot_id]

    def no_partner(self) -> PartnerClient:
        """Give the client of a conversation that no bot leads."""
        return PartnerClient(NoUpstream(self._partner_http, str, self._partner_retries), "none")

    def partner_over(self, bot_id: str, transport: httpx.AsyncBaseTransport) -> PartnerClient:
        """Give a client of a bot's endpoints that goes another way, such as over a rehearsed calendar."""
        client = httpx.AsyncClient(
            base_url=self._partner_http.base_url, transport=transport, timeout=self._partner_http.timeout
        )
        credential = functools.partial(self._partner_credential, bot_id)
        upstream = Upstream(client, credential, self._partner_retries)
        return PartnerClient(upstream, self._far_bot_id or bot_id)

    def _own_partner(self, bot_id: str) -> PartnerClient | None:
        credential = self._own_partner_credential
        if self._own_http is None or credential is None:
            return None
        return PartnerClient(
            Upstream(self._own_http, functools.partial(credential, bot_id), self._partner_retries), bot_id
        )

    def site(self, site_id: int) -> SiteClient:
        """Give the client of a site's assistants; the same one each time."""
        if site_id not in self._sites:
            credential = functools.partial(self._site_credential, site_id)
            upstream = Upstream(self._site_http, credential, self._site_retries)
            self._sites[site_id] = SiteClient(upstream, site_id)
        return self._sites[site_id]

    def own_site(self, site_id: int) -> SiteClient | None:
        """Give the client of a site at our own API; None where there is no other server."""
        credential = self._own_site_credential
        if self._own_http is None or credential is None:
            return None
        return SiteClient(
            Upstream(self._own_http, functools.partial(credential, site_id), self._site_retries), site_id
        )

    def hand_offs(self, bot_id: str) -> ChatSessionsClient | None:
        """Give the client by which a bot asks for a person; None where nobody serves chat sessions."""
        credential = self._hand_off_credential
        if self._own_http is None or credential is None:
            return None
        return ChatSessionsClient(
            Upstream(self._own_http, functools.partial(credential, bot_id), self._partner_retries)
        )

    async def aclose(self) -> None:
        """Wait for bookings that are under way, then close the connections."""
        for partner in list(self._partners.values()):
            await partner.settle()
        await self._partner_http.aclose()
        await self._site_http.aclose()
        if self._own_http is not None:
            await self._own_http.aclose()


def _client(url: str | None, transport: httpx.AsyncBaseTransport | None, timeout: float) -> httpx.AsyncClient:
    if url is None and transport is None:
        raise ValueError("without a URL the requests need a transport into this process")
    return httpx.AsyncClient(
        base_url=url or IN_PROCESS_URL, transport=transport, timeout=timeout, follow_redirects=False
    )
