"""Where callers go whom the bot cannot take: the practice's own number, or a message."""

from fastapi import APIRouter
from starlette.responses import Response

from webhooks.twilio import twiml
from webhooks.twilio.auth import SignedWebhook, Webhook

router = APIRouter(prefix="/twilio/voice", tags=["Twilio"])


def overflow(hook: Webhook, called: str, words: str = twiml.BUSY) -> Response:
    """Send a caller on: the practice is rung, or a message taken."""
    number = hook.services.overflow.find(called)
    if number is None:
        return twiml.record(f"{words} {twiml.LEAVE_A_MESSAGE}", f"{hook.here}/twilio/voice/recorded")
    return twiml.dial(
        number,
        f"{hook.here}/twilio/voice/overflow",
        limit_minutes=hook.services.settings.sessions.talk_minutes,
        words=f"{words} {twiml.RINGING}",
    )


@router.post("/overflow")
async def after_overflow(hook: SignedWebhook) -> Response:
    """Go on after the practice was rung for a caller whom the bot could not take."""
    if hook.form.get("DialCallStatus") in {"completed", "answered"}:
        return twiml.hang_up()
    recorded = f"{hook.here}/twilio/voice/recorded"
    return twiml.record(twiml.LEAVE_A_MESSAGE, recorded)
