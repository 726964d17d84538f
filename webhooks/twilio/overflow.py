"""Where callers go whom the bot cannot take: the practice's own number, or a message."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from webhooks.dependencies import Injected, Services
from webhooks.twilio import twiml
from webhooks.twilio.auth import SignedForm, base_url

router = APIRouter(prefix="/twilio/voice", tags=["Twilio"])


def overflow(request: Request, services: Services, called: str, words: str = twiml.BUSY) -> Response:
    """Send a caller on: the practice is rung, or a message taken."""
    here = base_url(request, services.settings)
    number = services.overflow.find(called)
    if number is None:
        return twiml.record(f"{words} {twiml.LEAVE_A_MESSAGE}", f"{here}/twilio/voice/recorded")
    return twiml.dial(
        number,
        f"{here}/twilio/voice/overflow",
        limit_minutes=services.settings.sessions.talk_minutes,
        words=f"{words} {twiml.RINGING}",
    )


@router.post("/overflow")
async def after_overflow(request: Request, form: SignedForm, services: Injected) -> Response:
    """Go on after the practice was rung for a caller whom the bot could not take."""
    if form.get("DialCallStatus") in {"completed", "answered"}:
        return twiml.hang_up()
    recorded = f"{base_url(request, services.settings)}/twilio/voice/recorded"
    return twiml.record(twiml.LEAVE_A_MESSAGE, recorded)
