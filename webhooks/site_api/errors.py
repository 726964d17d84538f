"""The error shape of the Site Assistants API, that of the framework its vendor uses (NestJS)."""

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from webhooks.http_errors import HttpError


def site_error(request: Request, fault: HttpError) -> Response:
    """Shape a fault as the Site Assistants API does.

    Args:
        fault: What is refused; its details, where it has some, become the list under ``message``.

    Returns:
        The response. A 401 and a 500 carry no ``error`` key.
    """
    if fault.route:
        # The framework answers a wrong method as it does an unknown path.
        return _body(HTTPStatus.NOT_FOUND, f"Cannot {request.method} {request.url.path}", "Not Found")
    if fault.code == "payload_too_large":
        of_file = request.url.path.endswith("/files")
        return _body(413, "File too large" if of_file else "request entity too large", "Payload Too Large")
    if fault.status == HTTPStatus.UNAUTHORIZED:
        return JSONResponse({"message": "Unauthorized", "statusCode": 401}, 401)
    if fault.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return JSONResponse({"statusCode": 500, "message": "Internal server error"}, 500)
    return _body(fault.status, list(fault.details) or fault.message, HTTPStatus(fault.status).phrase)


def _body(status: int, message: Any, phrase: str) -> Response:
    return JSONResponse({"message": message, "error": phrase, "statusCode": status}, status)
