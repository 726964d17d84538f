"""The error shape of the Partner API and of the platform protocol: ``{"error":{"code","message"}}``."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from webhooks.http_errors import HttpError


def partner_error(_request: Request, fault: HttpError) -> Response:
    """Shape a fault as the Partner API does.

    Returns:
        The response; a platform's own error body passes through verbatim.
    """
    body = fault.body or {"error": {"code": fault.code, "message": fault.message}}
    return JSONResponse(body, fault.status)
