"""Errors of Twilio's webhooks: a refused request gets an empty body, a failed call an apology."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from webhooks.http_errors import HttpError
from webhooks.twilio.twiml import apology


def twilio_error(request: Request, error: HttpError) -> Response:
    """Shape an error for Twilio.

    Returns:
        An empty body; but for a call whose signed request failed on our side, spoken words and
        a hang-up, since Twilio would read its own error message to the caller instead.
    """
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR and request.url.path.startswith("/twilio/voice"):
        return apology()
    return Response(status_code=error.status)
