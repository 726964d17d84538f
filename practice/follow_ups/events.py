"""Signed events for partners, by the rules of https://www.standardwebhooks.com."""

import asyncio
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import httpx
from cryptography.fernet import InvalidToken
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from config.settings import Settings
from kit.clock import Clock
from kit.db.database import Database
from kit.http.addresses import Networks, UrlRefused, check_url
from kit.http.guard import AddressRefused
from kit.http.retry_after import retry_after
from kit.vault import Vault
from practice.outbox import repository
from practice.outbox.views import AttemptResult, Cancelled, Completed, Dead, Delivery, FollowUpView, Retry
from practice.records.partners import Partner


class EventDelivery(Delivery):
    """Tells partners what became of their bots' bookings."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        vault: Vault,
        wall_clock: Clock,
        transport: httpx.AsyncBaseTransport,
    ) -> None:
        super().__init__(settings.followups, timedelta(hours=settings.followups.event_hours))
        self._timeout = settings.followups.event_timeout_seconds
        self._networks = Networks.parse(settings.relay.allowed_networks)
        self._allow_http = settings.relay.allow_http
        self._database = database
        self._vault = vault
        self._wall_clock = wall_clock
        self._client = httpx.AsyncClient(
            timeout=self._timeout, transport=transport, follow_redirects=False, trust_env=False
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def attempt(self, follow_up: FollowUpView) -> AttemptResult:
        """Send an event once; ``body`` in its row is the text that every attempt sends."""
        waiting = follow_up.payload.get("session_id")
        async with self._database.reading() as session:
            if waiting is not None and not await repository.is_hand_off_open(session, waiting):
                return Cancelled("somebody has taken the hand-off")
            partner = await session.get(Partner, follow_up.partner_id)
        if partner is None or not partner.event_url or partner.disabled_at is not None:
            return Cancelled("the partner takes no events")
        now = self._wall_clock()
        try:
            check_url(partner.event_url, self._networks, allow_http=self._allow_http, with_query=True)
            headers = self._headers(partner, follow_up, now)
        except UrlRefused as error:
            return Dead(f"the event URL {error}")
        except (ValueError, InvalidToken, EmptyWebhookSecretError):
            return Dead("the partner's event secret cannot be used")
        try:
            return await self._post(partner.event_url, headers, follow_up.payload["body"], now)
        except (TimeoutError, httpx.HTTPError) as error:
            return Retry(_sentence(error))

    async def _post(self, url: str, headers: dict[str, str], body: str, now: datetime) -> AttemptResult:
        async with (
            asyncio.timeout(self._timeout),
            # The status is the answer: what else the partner says is not read.
            self._client.stream("POST", url, content=body.encode(), headers=headers) as answer,
        ):
            if answer.is_success:
                return Completed()
            error = f"the partner answered {answer.status_code}"
            if answer.status_code == HTTPStatus.GONE:
                return Dead(error)
            return Retry(error, retry_after(answer.headers, now))

    def _headers(self, partner: Partner, follow_up: FollowUpView, now: datetime) -> dict[str, str]:
        if partner.sealed_event_secret is None:
            raise ValueError("there is no secret")
        sealed = [partner.sealed_event_secret]
        until = partner.previous_event_secret_until
        if partner.sealed_previous_event_secret is not None and until is not None and now < until:
            sealed.append(partner.sealed_previous_event_secret)
        moment = now.astimezone(UTC)
        body = follow_up.payload["body"]
        signatures = [Webhook(self._vault.open(one)).sign(follow_up.id, moment, body) for one in sealed]
        return {
            "content-type": "application/json",
            "user-agent": "Chairside",
            "webhook-id": follow_up.id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


def _sentence(error: Exception) -> str:
    if isinstance(error, AddressRefused):
        return "the event URL leads to an address that is not allowed"
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "the partner did not answer in time"
    return f"the partner cannot be reached: {type(error).__name__}"
