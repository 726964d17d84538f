"""Connecting a call's audio to the bot."""

from starlette.responses import Response

from practice.conversations.service import CallView
from webhooks.twilio import twiml
from webhooks.twilio.auth import Webhook
from webhooks.twilio.grants import issue_grant
from webhooks.twilio.tries import Tries


def connected(hook: Webhook, call: CallView, tries: Tries | None = None) -> Response:
    """Have Twilio open a call's media stream, by a signed parameter that soon ends, after some tries."""
    settings = hook.services.settings.call
    tries = tries or Tries(connection=call.connections)
    # Twilio may pause first, and the parameter has to be good after that.
    pause = settings.hold_seconds if tries.count > 1 else 0
    token = issue_grant(hook.services.media_tokens, call, settings.token_seconds + pause)
    media = f"ws{hook.here.removeprefix('http')}/twilio/media"
    next_url = f"{hook.here}/twilio/voice/next?{tries.query()}"
    return twiml.connect(media, token, next_url, pause_seconds=pause)
