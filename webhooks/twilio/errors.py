"""Errors of Twilio's webhooks: what a caller hears, or what Twilio is to do, while we cannot answer."""

from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

from webhooks.assistant_choice import TAG_PREFIX
from webhooks.dependencies import Services, services_of
from webhooks.http_errors import HttpError
from webhooks.twilio import twiml
from webhooks.twilio.auth import base_url
from webhooks.twilio.overflow import overflow
from webhooks.twilio.tries import Tries

FIRST, NEXT = "/twilio/voice", "/twilio/voice/next"


def twilio_error(request: Request, error: HttpError) -> Response:
    """Shape an error for Twilio.

    Returns:
        For a new call while the records are away: the practice's own number where it is known, else the
        status, upon which Twilio tries again and then asks the number's fallback. A call in progress is held
        and asked about again, for a while. Where neither helps, an apology and a hang-up: Twilio would read
        its own error message to the caller instead. A refused request gets an empty body.
    """
    path, called = request.url.path, getattr(request.state, "called", None)
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE and called is not None and path in {FIRST, NEXT}:
        services = services_of(request)
        if path == NEXT:
            tries = Tries.of(request).another(services.wall_clock())
            if not tries.is_over(services.wall_clock(), services.settings.call):
                return hold(request, services, tries)
            return overflow(request, services, called, twiml.TROUBLE)
        if services.overflow.find(called) is not None and not services.in_progress.draining:
            return overflow(request, services, called)
        # Twilio tries again; not by a connection that leads here again.
        return Response(status_code=error.status, headers={"Connection": "close"})
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR and path.startswith(FIRST):
        return twiml.apology()
    return Response(status_code=error.status)


def hold(request: Request, services: Services, tries: Tries, *, silent: bool = False) -> Response:
    """Keep a caller for a moment, and have Twilio ask the same again.

    Args:
        silent: At once, and without a word.
    """
    counted = {"tries", "since", "n"}
    # Of a GET the query is the form, too, which comes again by itself.
    others = [
        (name, value)
        for name, value in parse_qsl(request.url.query)
        if name not in counted and (request.method == "POST" or name.startswith(TAG_PREFIX))
    ]
    query = "&".join(part for part in (urlencode(others), tries.query()) if part)
    here = base_url(request, services.settings)
    again = f"{here}{request.url.path}?{query}"
    return twiml.again(again) if silent else twiml.hold(again, services.settings.call.hold_seconds)
