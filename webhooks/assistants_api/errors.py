"""The error shapes of the Assistants Admin API: those of the frameworks that its vendor uses."""

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from practice.errors import InvalidField
from webhooks.http_errors import HttpError

NOT_AUTHENTICATED = "Authentication credentials were not provided."
FORBIDDEN = "You do not have permission to perform this action."
_MATCHES = {
    "assistant_not_found": "No Assistant matches the given query.",
    "api_not_found": "No Api matches the given query.",
    "tool_not_found": "No AssistantTool matches the given query.",
    "route_not_found": "No AssistantRoute matches the given query.",
    "thread_not_found": "No AssistantThread matches the given query.",
    "version_not_found": "No AssistantVersion matches the given query.",
}


def admin_error(request: Request, fault: HttpError) -> Response:
    """Shape a fault as Django REST Framework does.

    Args:
        fault: What is refused; its body, where it has one, maps fields to what is wrong with them.
    """
    body: dict[str, Any] = fault.body or {"detail": _detail(request, fault)}
    return JSONResponse(body, fault.status)


def evaluation_error(_request: Request, fault: HttpError) -> Response:
    """Shape a fault as FastAPI does.

    Args:
        fault: What is refused; its body, where it has one, is passed on.
    """
    detail: Any = fault.message
    if fault.status == HTTPStatus.UNAUTHORIZED:
        detail = "Not authenticated"
    elif fault.status == HTTPStatus.NOT_FOUND:
        detail = "Not Found" if fault.route else "Not found."
    elif fault.status == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = "Method Not Allowed"
    return JSONResponse(fault.body or {"detail": detail}, fault.status)


def invalid(findings: dict[str, list[str]]) -> HttpError:
    """Make the fault of fields that do not fit.

    Args:
        findings: Field to what is wrong with it.

    Returns:
        A 400.
    """
    return HttpError(HTTPStatus.BAD_REQUEST, "invalid", "The request is not valid.", body=dict(findings))


def refused(error: InvalidField) -> HttpError:
    """Make the fault of a field that the practice refused.

    Returns:
        A 400.
    """
    return invalid({error.field: [error.message]})


def _detail(request: Request, fault: HttpError) -> str:
    if fault.status == HTTPStatus.UNAUTHORIZED:
        return NOT_AUTHENTICATED
    if fault.status == HTTPStatus.FORBIDDEN:
        return FORBIDDEN
    if fault.status == HTTPStatus.METHOD_NOT_ALLOWED:
        return f'Method "{request.method}" not allowed.'
    if fault.status == HTTPStatus.NOT_FOUND:
        return _MATCHES.get(fault.code, "Not found.")
    if fault.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        kind = request.headers.get("content-type", "")
        return f'Unsupported media type "{kind[:100]}" in request.'
    return fault.message
