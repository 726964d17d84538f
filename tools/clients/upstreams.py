"""The upstream APIs of the runtime, each with its one HTTP client."""

from collections.abc import Callable

import httpx

from config.settings import Settings
from tools.clients.chat_sessions import ChatSessionsClient
from tools.clients.partner import PartnerClient
from tools.clients.site import SiteClient
from tools.clients.upstream import IN_PROCESS_URL, RetryPolicy, Upstream


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
        hand_off_transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        partner, site = settings.partner, settings.site
        self._partner_http = _client(partner.api_url, partner_transport, partner.timeout_seconds)
        self._site_http = _client(site.api_url, site_transport, site.timeout_seconds)
        self._partner_retries = RetryPolicy(partner.timeout_seconds, partner.attempts, partner.total_seconds)
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
        self._hand_off_http = (
            _client(None, hand_off_transport, partner.timeout_seconds) if hand_off_transport else None
        )
        self._partners: dict[str, PartnerClient] = {}
        self._sites: dict[int, SiteClient] = {}

    def partner(self, bot_id: str) -> PartnerClient:
        """Give the client of a bot's endpoints; the same one each time."""
        if bot_id not in self._partners:
            upstream = Upstream(
                client=self._partner_http,
                credential=lambda: self._partner_credential(bot_id),
                retries=self._partner_retries,
            )
            self._partners[bot_id] = PartnerClient(upstream, bot_id)
        return self._partners[bot_id]

    def site(self, site_id: int) -> SiteClient:
        """Give the client of a site's assistants; the same one each time."""
        if site_id not in self._sites:
            upstream = Upstream(
                client=self._site_http,
                credential=lambda: self._site_credential(site_id),
                retries=self._site_retries,
            )
            self._sites[site_id] = SiteClient(upstream, site_id)
        return self._sites[site_id]

    def hand_offs(self, bot_id: str) -> ChatSessionsClient | None:
        """Give the client by which a bot asks for a person; None where nobody serves chat sessions."""
        credential = self._hand_off_credential
        if self._hand_off_http is None or credential is None:
            return None
        return ChatSessionsClient(
            Upstream(
                client=self._hand_off_http,
                credential=lambda: credential(bot_id),
                retries=self._partner_retries,
            )
        )

    async def aclose(self) -> None:
        """Wait for bookings that are under way, then close the connections."""
        for partner in list(self._partners.values()):
            await partner.settle()
        await self._partner_http.aclose()
        await self._site_http.aclose()
        if self._hand_off_http is not None:
            await self._hand_off_http.aclose()


def _client(url: str | None, transport: httpx.AsyncBaseTransport | None, timeout: float) -> httpx.AsyncClient:
    if url is None and transport is None:
        raise ValueError("without a URL the requests need a transport into this process")
    return httpx.AsyncClient(
        base_url=url or IN_PROCESS_URL, transport=transport, timeout=timeout, follow_redirects=False
    )
