"""Errors of Twilio's webhooks: what a caller hears, or what Twilio is to do, while we cannot answer."""

from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

from webhooks.assistant_choice import TAG_PREFIX
from webhooks.dependencies import services_of
from webhooks.http_errors import HttpError
from webhooks.twilio import twiml
from webhooks.twilio.auth import Webhook
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
        hook = Webhook(request, services_of(request))
        if path == NEXT:
            tries = Tries.of(hook.request).another(hook.services.wall_clock())
            if not tries.is_over(hook.services.wall_clock(), hook.services.settings.call):
                return hold(hook, tries)
            return overflow(hook, called, twiml.TROUBLE)
        if hook.services.overflow.find(called) is not None and not hook.services.in_progress.draining:
            return overflow(hook, called)
        # Twilio tries again; not by a connection that leads here again.
        return Response(status_code=error.status, headers={"Connection": "close"})
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR and path.startswith(FIRST):
        return twiml.apology()
    return Response(status_code=error.status)


def hold(hook: Webhook, tries: Tries, *, silent: bool = False) -> Response:
    """Keep a caller for a moment, and have Twilio ask again; ``silent`` is at once, without a word."""
    counted = {"tries", "since", "n"}
    # Of a GET the query is the form, too, which comes again by itself.
    others = [
        (name, value)
        for name, value in parse_qsl(hook.request.url.query)
        if name not in counted and (hook.request.method == "POST" or name.startswith(TAG_PREFIX))
    ]
    query = "&".join(part for part in (urlencode(others), tries.query()) if part)
    again = f"{hook.here}{hook.request.url.path}?{query}"
    return twiml.again(again) if silent else twiml.hold(again, hook.services.settings.call.hold_seconds)
