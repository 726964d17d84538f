"""An HTTP error before it takes the shape of the API that it happened at."""

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError

from practice.errors import InvalidField, PracticeError, RateLimited


class HttpError(Exception):
    """An error response, in no API's shape yet.

    Attributes:
        message: Sentence for people, without the caller's data.
        details: Single findings, for a contract that lists them.
        body: A body to pass on verbatim, where another system gave one.
        route: No handler was reached: the path or its method is unknown.
        field: Name of the field that is refused, where it is one.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
        body: dict[str, Any] | None = None,
        route: bool = False,
        field: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = tuple(details)
        self.headers = dict(headers or {})
        self.body = body
        self.route = route
        self.field = field


def http_error_of(error: PracticeError | type[PracticeError]) -> HttpError:
    """Turn an error of the practice, or the default of its class, into the HTTP error that it leaves as."""
    headers = {"WWW-Authenticate": "Bearer"} if error.status == HTTPStatus.UNAUTHORIZED else {}
    if error is RateLimited or isinstance(error, RateLimited):
        seconds = error.retry_after_seconds if isinstance(error, RateLimited) else 1
        headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    if isinstance(error, PracticeError):
        field = error.field if isinstance(error, InvalidField) else None
        return HttpError(
            error.status, error.code, error.message, headers=headers, body=error.body, field=field
        )
    return HttpError(error.status, error.code, error.default_message, headers=headers)


def invalid_request(message: str, *details: str) -> HttpError:
    """Make the error of a request that does not fit the contract (400)."""
    return HttpError(400, "invalid_request", message, details=details)


def unauthorized(message: str = "Authentication is required.") -> HttpError:
    """Make the error of a missing or wrong credential (401)."""
    return HttpError(401, "unauthorized", message, headers={"WWW-Authenticate": "Bearer"})


def payload_too_large(limit_bytes: int) -> HttpError:
    """Make the error of a body beyond the limit (413); the rest of the body is not read."""
    message = f"The request body is larger than {limit_bytes} bytes."
    return HttpError(413, "payload_too_large", message, headers={"Connection": "close"})


def request_timeout() -> HttpError:
    """Make the error of a body that does not come (408); the connection ends with it."""
    message = "The request did not come in time."
    return HttpError(408, "request_timeout", message, headers={"Connection": "close"})


UNAVAILABLE = HttpError(
    503, "unavailable", "The service is not available just now.", headers={"Retry-After": "2"}
)
"""The error of a database that does not answer."""


def first_finding(error: RequestValidationError) -> HttpError:
    """Name the first field that does not fit, in pydantic's own words (400)."""
    finding = error.errors()[0]
    place = ".".join(str(one) for one in finding["loc"][1:]) or "The request"
    return invalid_request(f"{place}: {finding['msg']}.")
