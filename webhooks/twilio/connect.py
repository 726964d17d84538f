"""Connecting a call's audio to the bot."""

from fastapi import Request
from starlette.responses import Response

from practice.conversations.service import CallView
from webhooks.dependencies import Services
from webhooks.twilio import twiml
from webhooks.twilio.auth import base_url
from webhooks.twilio.grants import issue_grant
from webhooks.twilio.tries import Tries


def connected(request: Request, services: Services, call: CallView, tries: Tries | None = None) -> Response:
    """Have Twilio open a media stream for a call, bound to it by a short-lived signed parameter.

    Args:
        tries: How often that came to nothing.
    """
    settings = services.settings.call
    here = base_url(request, services.settings)
    tries = tries or Tries(connection=call.connections)
    # Twilio may pause first, and the parameter has to be good after that.
    pause = settings.hold_seconds if tries.count > 1 else 0
    token = issue_grant(services.media_tokens, call, settings.token_seconds + pause)
    media = f"ws{here.removeprefix('http')}/twilio/media"
    next_url = f"{here}/twilio/voice/next?{tries.query()}"
    return twiml.connect(media, token, next_url, pause_seconds=pause)
