"""Connecting a call's audio to the bot."""

from fastapi import Request
from starlette.responses import Response

from practice.conversations.service import CallView
from webhooks.dependencies import Services
from webhooks.twilio import twiml
from webhooks.twilio.auth import base_url
from webhooks.twilio.grants import issue_grant


def connected(request: Request, services: Services, call: CallView) -> Response:
    """Have Twilio open a media stream for a call, bound to it by a short-lived signed parameter."""
    here = base_url(request, services.settings)
    token = issue_grant(services.media_tokens, call, services.settings.call.token_seconds)
    media = f"ws{here.removeprefix('http')}/twilio/media"
    return twiml.connect(media, token, f"{here}/twilio/voice/next")
