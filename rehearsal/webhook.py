"""Signed requests to the bot's webhooks, with Twilio's connection overrides.

References: https://www.twilio.com/docs/usage/webhooks/webhooks-security and
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

import asyncio
import time
import uuid
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import parse_qsl, urldefrag, urlencode, urlsplit, urlunsplit

import httpx

from rehearsal.carriers import Carrier

Trouble = Literal["ct", "rt", "4xx", "5xx"]
"""Twilio's names for what went wrong: connecting, reading, or the status."""

_FIRST_DELAY_SECONDS: Final = 0.25
_LONGEST_SECONDS: Final = 15.0


class WebhookError(Exception):
    """A webhook gave no usable answer, after its retries."""

    def __init__(self, trouble: Trouble, status: int | None, attempts: int, detail: str) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.status = status
        self.attempts = attempts


@dataclass(frozen=True)
class Overrides:
    """How one webhook URL wants to be called; the defaults are Twilio's."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = _LONGEST_SECONDS
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})

    def retry(self, trouble: Trouble) -> bool:
        """Say whether this trouble is worth another attempt."""
        return "all" in self.policy or trouble in self.policy


def read_overrides(url: str) -> tuple[str, Overrides]:
    """Split a webhook URL, as it is requested and signed, from its fragment's overrides: ``#rc=5&rp=all``.

    Values out of Twilio's ranges are pulled into them, unknown ones are left out.
    """
    bare, fragment = urldefrag(url)
    given = dict(parse_qsl(fragment))
    plain = Overrides()
    return bare, Overrides(
        connect_seconds=_clamped(given.get("ct"), plain.connect_seconds * 1000, 100, 10_000) / 1000,
        read_seconds=_clamped(given.get("rt"), plain.read_seconds * 1000, 100, 15_000) / 1000,
        total_seconds=_clamped(given.get("tt"), plain.total_seconds * 1000, 100, 15_000) / 1000,
        retries=int(_clamped(given.get("rc"), plain.retries, 0, 5)),
        policy=frozenset(given["rp"].split(",")) if given.get("rp") else plain.policy,
    )


def _clamped(text: str | None, default: float, low: float, high: float) -> float:
    if text is None or not text.isdigit():
        return default
    return min(max(float(text), low), high)


class Webhooks:
    """Calls the bot as Twilio does: form fields, a signature, bounded retries."""

    def __init__(self, client: httpx.AsyncClient, carrier: Carrier) -> None:
        self._client = client
        self.carrier = carrier

    async def ask(self, url: str, fields: dict[str, str], method: str = "POST") -> httpx.Response:
        """Request a webhook by ``POST`` (form body) or ``GET`` (query string).

        WebhookError: no answer, or a status that is not a success, after the allowed retries.
        """
        bare, overrides = read_overrides(url)
        fields = self.carrier.fields(fields)
        if method == "GET":
            parts = urlsplit(bare)
            query = "&".join(filter(None, [parts.query, urlencode(fields)]))
            bare = urlunsplit(parts._replace(query=query))
        token = uuid.uuid4().hex
        deadline = time.monotonic() + overrides.total_seconds
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._once(
                    bare, fields if method == "POST" else None, token, overrides, deadline
                )
            except _Failed as failed:
                delay = _FIRST_DELAY_SECONDS * 2 ** (attempt - 1)
                spent = time.monotonic() + delay >= deadline
                if attempt > overrides.retries or spent or not overrides.retry(failed.trouble):
                    raise WebhookError(failed.trouble, failed.status, attempt, failed.detail) from failed
                await asyncio.sleep(delay)

    async def _once(
        self, url: str, fields: dict[str, str] | None, token: str, overrides: Overrides, deadline: float
    ) -> httpx.Response:
        left = max(deadline - time.monotonic(), 0.1)
        timeout = httpx.Timeout(
            min(overrides.read_seconds, left), connect=min(overrides.connect_seconds, left)
        )
        headers = {
            **self.carrier.headers(url, fields or {}),
            "I-Twilio-Idempotency-Token": token,
            "User-Agent": self.carrier.agent,
            "Accept": "*/*",
        }
        try:
            answer = await self._client.request(
                "GET" if fields is None else "POST", url, data=fields, headers=headers, timeout=timeout
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _Failed("ct", None, f"cannot connect to {urlsplit(url).netloc}") from error
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise _Failed("rt", None, f"no answer from {url}: {type(error).__name__}") from error
        if answer.is_success:
            return answer
        trouble: Trouble = "5xx" if answer.is_server_error else "4xx"
        raise _Failed(trouble, answer.status_code, f"{url} answered {answer.status_code}")


class _Failed(Exception):
    def __init__(self, trouble: Trouble, status: int | None, detail: str) -> None:
        super().__init__(detail)
        self.trouble: Trouble = trouble
        self.status = status
        self.detail = detail
