"""From any exception to the error shape of the API that it happened in."""

from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple, cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from config.logs import get_logger
from contracts.partner import NOTHING_DONE
from kit.db.database import DatabaseUnavailable
from practice.errors import PracticeError
from webhooks.assistants_api.errors import admin_error, evaluation_error, invalid_fields, unprocessable
from webhooks.assistants_api.oauth import oauth_error
from webhooks.body_route import refused_body
from webhooks.chat_sessions_api.errors import chat_session_error
from webhooks.chat_sessions_api.errors import invalid as invalid_session
from webhooks.console.errors import console_error
from webhooks.http_errors import UNAVAILABLE, HttpError, first_finding, http_error_of
from webhooks.partner_api.errors import invalid, invalid_payload, partner_error
from webhooks.site_api import errors as site
from webhooks.twilio.errors import twilio_error

Shape = Callable[[Request, HttpError], Response]
Invalid = Callable[[RequestValidationError], HttpError]


class Errors(NamedTuple):
    """How an API tells of errors: their shape, and its sentences for a body that does not fit."""

    shape: Shape
    invalid: Invalid


PARTNER = Errors(partner_error, invalid)
ERRORS: tuple[tuple[str, Errors], ...] = (
    ("/site/", Errors(site.site_error, site.invalid)),
    ("/auth/", Errors(site.site_error, site.invalid)),
    ("/oauth/", Errors(oauth_error, first_finding)),
    ("/apis/admin/", Errors(admin_error, invalid_fields)),
    ("/api/v2/", Errors(evaluation_error, unprocessable)),
    ("/chat-sessions", Errors(chat_session_error, invalid_session)),
    ("/console", Errors(console_error, first_finding)),
    ("/platform/", Errors(partner_error, invalid_payload)),
    ("/twilio/", Errors(twilio_error, first_finding)),
)
"""Paths and how their API tells of errors; every other path answers as the Partner API."""

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_log = get_logger(__name__)


def install_error_shapes(app: FastAPI) -> None:
    """Make every error of the app leave in the shape of its API."""
    app.add_exception_handler(HttpError, _on_http_error)
    app.add_exception_handler(PracticeError, _on_practice_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(DatabaseUnavailable, _on_database_unavailable)


def shaped(request: Request, error: HttpError) -> Response:
    """Give an error the shape of the API that the request came to."""
    response = _errors_of(request).shape(request, error)
    response.headers.update(error.headers)
    return response


def unexpected(request: Request) -> Response:
    """Answer a request that failed for a reason nobody foresaw, and say nothing of the reason (500)."""
    return shaped(request, HttpError(500, "internal_error", "Something went wrong on our side."))


def interrupted(request: Request) -> Response:
    """Answer a request that is cut off because the server stops (503); its work may go on."""
    message = "The server is stopping. Repeat the request, with its Idempotency-Key if it has one."
    return shaped(request, HttpError(503, "unavailable", message, headers={"Retry-After": "2"}))


async def _on_http_error(request: Request, error: Exception) -> Response:
    return shaped(request, cast("HttpError", error))


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    refusal = refused_body(request)
    return shaped(request, refusal or _errors_of(request).invalid(cast("RequestValidationError", error)))


def _errors_of(request: Request) -> Errors:
    return next((errors for prefix, errors in ERRORS if request.url.path.startswith(prefix)), PARTNER)


async def _on_practice_error(request: Request, error: Exception) -> Response:
    return shaped(request, http_error_of(cast("PracticeError", error)))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    error = cast("HTTPException", error)
    code, message = {
        404: ("not_found", "There is no such path."),
        405: ("method_not_allowed", f"{request.method} is not allowed here."),
    }.get(error.status_code, ("invalid_request", str(error.detail)))
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods(request))
    return shaped(request, HttpError(error.status_code, code, message, headers=headers, route=True))


def _methods(request: Request) -> list[str]:
    """List what is allowed at a path: several routes may share it, and the router tells of one."""
    routes = request.app.router.routes
    methods = [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]
    return ["GET", "HEAD", *methods[1:]] if methods[:1] == ["GET"] else methods


async def _on_database_unavailable(request: Request, error: Exception) -> Response:
    # Its sentence says all; every request until the database is back would log the same stack.
    _log.error("database unavailable", error=str(error))
    response = shaped(request, UNAVAILABLE)
    if not cast("DatabaseUnavailable", error).unclear:
        response.headers[NOTHING_DONE] = "true"
    return response
