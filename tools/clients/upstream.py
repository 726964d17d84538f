"""An upstream API: its HTTP client, time-outs, retries of what is safe, and errors with names."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import tenacity

from contracts.partner import NOTHING_DONE
from kit.http.retry_after import retry_after
from tools.errors import (
    NoCalendar,
    UpstreamDown,
    UpstreamError,
    UpstreamRefused,
    UpstreamResponseInvalid,
    UpstreamTimeout,
    UpstreamUnreachable,
)

IN_PROCESS_URL = "http://in-process.internal"
"""Base URL of requests that never leave the process."""

Credential = Callable[[], str]
"""Gives the bearer token to send now; asked again for every try, since tokens may be short-lived."""

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class RetryPolicy:
    """How long and how often one request is tried.

    Attributes:
        attempts: Tries of a request that is safe to repeat.
        total_seconds: Bound on all tries and pauses together.
        keep_seconds: How long a message that cannot be left is kept and tried again.
    """

    timeout_seconds: float
    attempts: int
    total_seconds: float
    keep_seconds: float = 3600.0


@dataclass
class Upstream:
    """An endpoint and the way to talk to it.

    Attributes:
        sleep: How a pause between tries is made.
    """

    client: httpx.AsyncClient
    credential: Credential = field(repr=False)
    retries: RetryPolicy
    sleep: Sleep = asyncio.sleep

    async def request(
        self,
        method: str,
        path: str,
        *,
        json_body: Any = None,
        headers: dict[str, str] | None = None,
        repeatable: bool,
    ) -> httpx.Response:
        """Send a request, and again when it is safe to repeat and the failure may pass.

        Args:
            repeatable: A read, or a write that carries its idempotency key.

        Returns:
            An answer below 400.

        Raises:
            UpstreamUnreachable: No try made a connection.
            UpstreamTimeout: Out of time, and some try may have been carried out.
            UpstreamDown: The last try was answered by a 5xx, or earlier tries may have been carried out.
            UpstreamRefused: A 4xx.
        """
        failures: list[UpstreamError] = []

        async def attempt() -> httpx.Response:
            try:
                return await self._try(method, path, json_body, headers or {})
            except UpstreamError as error:
                error.after_unclear = any(not one.nothing_done for one in failures)
                failures.append(error)
                raise

        retrying = tenacity.AsyncRetrying(
            sleep=self.sleep,
            # Whoever asks for a longer pause than there is time for is not asked again.
            stop=tenacity.stop_after_attempt(self.retries.attempts if repeatable else 1)
            | tenacity.stop_before_delay(self.retries.total_seconds),
            wait=_wait,
            retry=tenacity.retry_if_exception(_may_pass),
            reraise=True,
        )
        try:
            async with asyncio.timeout(self.retries.total_seconds):
                return await retrying(attempt)
        except TimeoutError:
            raise UpstreamTimeout(f"{method} {path}: no answer in time") from None
        except UpstreamUnreachable as error:
            unclear = next((one for one in failures if not one.nothing_done), None)
            raise (unclear or error) from None

    async def _try(self, method: str, path: str, json_body: Any, headers: dict[str, str]) -> httpx.Response:
        content = None if json_body is None else json.dumps(json_body, ensure_ascii=False).encode()
        sent = {"Authorization": f"Bearer {self.credential()}", "Accept": "application/json", **headers}
        if content is not None:
            sent["Content-Type"] = "application/json"
        where = f"{method} {path}"
        try:
            # The in-process transport knows no time-outs of its own.
            async with asyncio.timeout(self.retries.timeout_seconds):
                response = await self.client.request(method, path, content=content, headers=sent)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise UpstreamUnreachable(f"{where}: no connection") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise UpstreamTimeout(f"{where}: no answer in time") from error
        except httpx.HTTPError as error:
            raise UpstreamDown(f"{where}: the connection broke", status=0) from error
        return _checked(response, where)


class NoUpstream(Upstream):
    """Stands for the Partner API in a conversation of no bot: whatever is asked has the same answer."""

    async def request(self, *_asked: Any, **_more: Any) -> httpx.Response:
        """Refuse."""
        raise NoCalendar


def json_of(response: httpx.Response) -> Any:
    """Read an answer's JSON body, or raise `UpstreamResponseInvalid`."""
    try:
        return response.json()
    except ValueError as error:
        raise UpstreamResponseInvalid("the answer is not JSON") from error


def retry_after_seconds(response: httpx.Response) -> float | None:
    """Read when an endpoint wants to be asked again; None when it does not say, or wants no wait."""
    return retry_after(response.headers).total_seconds() or None


def _checked(response: httpx.Response, where: str) -> httpx.Response:
    if response.status_code < 300:  # noqa: PLR2004 - the success class
        return response
    code = _error_code(response)
    message = f"{where}: status {response.status_code}, code {code or 'none'}"
    at_fault = response.status_code >= 500 or response.status_code < 400  # noqa: PLR2004 - the server's fault
    kind = UpstreamDown if at_fault else UpstreamRefused
    error = kind(message, status=response.status_code, code=code)
    error.retry_after_seconds = retry_after_seconds(response)
    error.nothing_done = error.nothing_done or response.headers.get(NOTHING_DONE) == "true"
    raise error


def _error_code(response: httpx.Response) -> str | None:
    """Read the code from ``{"error":{"code"}}``, ``{"code"}``, or give None."""
    try:
        body = response.json()
    except ValueError:
        return None
    if not isinstance(body, dict):
        return None
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else body.get("code")
    return code[:64] if isinstance(code, str) else None


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, UpstreamRefused):
        return error.status in (408, 425, 429)
    if isinstance(error, UpstreamDown):
        # A 500 with a body says what is wrong, and will say so again; an empty one is a crash.
        return error.status in (0, 502, 503, 504) or (error.status >= 500 and error.code == UpstreamDown.code)  # noqa: PLR2004
    return isinstance(error, UpstreamTimeout | UpstreamUnreachable)


_pause = tenacity.wait_random_exponential(multiplier=0.2, max=2.0)


def _wait(state: tenacity.RetryCallState) -> float:
    """Pause as usual, or as long as the endpoint asked for."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_seconds if isinstance(error, UpstreamError) else None
    return max(_pause(state), asked or 0.0)
