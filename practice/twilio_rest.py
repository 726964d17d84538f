"""Twilio's REST API: its client, and the calls that we place, redirect and end by it.

Reference: https://www.twilio.com/docs/voice/api/call-resource
"""

from http import HTTPStatus

import httpx

from config.logs import get_logger
from config.settings import Settings
from kit.http.guard import tls_context

_log = get_logger(__name__)
_UNCERTAIN = {HTTPStatus.REQUEST_TIMEOUT}
"""Answers beside the server's errors upon which a call may have been placed all the same."""


class CallRefused(Exception):
    """A call was certainly not placed."""


def has_account(settings: Settings) -> bool:
    """Tell whether Twilio's account and token are known."""
    return bool(settings.twilio_account_sid and settings.twilio_auth_token)


def twilio_client(
    settings: Settings, timeout_seconds: float, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """Make a client of Twilio's REST API with the account's credentials, if they are set."""
    token = settings.twilio_auth_token.get_secret_value() if settings.twilio_auth_token else ""
    return httpx.AsyncClient(
        base_url=settings.sms.api_url,
        auth=(settings.twilio_account_sid or "", token),
        timeout=timeout_seconds,
        transport=transport,
        trust_env=False,
        verify=tls_context(),
    )


class OutboundCalls:
    """Places calls, and has a say in those under way."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.possible = has_account(settings)
        self._path = f"/2010-04-01/Accounts/{settings.twilio_account_sid}/Calls"
        self._client = twilio_client(settings, settings.sessions.carrier_seconds, transport)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def place(
        self, to: str, from_: str, *, url: str, status_url: str, ring_seconds: int, limit_seconds: int
    ) -> str | None:
        """Place a call.

        Args:
            from_: A number of the account, E.164.
            url: Where Twilio asks what to do when it is picked up.
            limit_seconds: How long it may last.

        Returns:
            The carrier's name of the call; None when it is not known, and the call may be under way.

        Raises:
            CallRefused: It was certainly not placed.
        """
        fields = {
            "To": to,
            "From": from_,
            "Url": url,
            "StatusCallback": status_url,
            "Timeout": str(ring_seconds),
            "TimeLimit": str(limit_seconds),
        }
        try:
            answer = await self._client.post(f"{self._path}.json", data=fields)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise CallRefused("Twilio cannot be reached") from error
        except httpx.HTTPError as error:
            _log.warning("call placed without an answer", error=type(error).__name__)
            return None
        if answer.is_server_error or answer.status_code in _UNCERTAIN:
            _log.warning("call placed without an answer", status=answer.status_code)
            return None
        if not answer.is_success:
            raise CallRefused(f"Twilio answered {answer.status_code}")
        try:
            return str(answer.json()["sid"])
        except (ValueError, KeyError, TypeError):
            return None

    async def redirect(self, call_id: str, url: str) -> None:
        """Have a call in progress go on elsewhere; it is tried once."""
        await self._update(call_id, {"Url": url})

    async def hang_up(self, call_id: str) -> None:
        """End a call that rings or is in progress; it is tried once."""
        await self._update(call_id, {"Status": "completed"})

    async def _update(self, call_id: str, fields: dict[str, str]) -> None:
        try:
            answer = await self._client.post(f"{self._path}/{call_id}.json", data=fields)
        except httpx.HTTPError as error:
            _log.warning("call not changed", error=type(error).__name__)
            return
        if not answer.is_success:
            # It may have ended by itself.
            _log.info("call not changed", status=answer.status_code)
