"""``/twilio/status``: how a call ended, as the carrier saw it."""

from fastapi import APIRouter
from starlette.responses import Response

from webhooks.dependencies import Injected
from webhooks.twilio.auth import SignedForm

FINAL = ("completed", "busy", "failed", "no-answer", "canceled")

router = APIRouter(prefix="/twilio", tags=["Twilio"])


@router.api_route("/status", methods=["GET", "POST"], status_code=204)
async def note_status(form: SignedForm, services: Injected) -> Response:
    """Note the last word on a call; what comes before is not kept."""
    status = form.get("CallStatus", "")
    if status in FINAL:
        seconds = form.get("CallDuration", "")
        duration = int(seconds) if seconds.isascii() and seconds.isdecimal() and len(seconds) < 9 else None  # noqa: PLR2004 - a number of seconds
        call_id = form.get("CallSid", "")
        await services.calls.finish(call_id, status, duration)
        await services.early_legs.caller_gone(call_id)
        await services.ringing.note_hang_up(call_id)
    return Response(status_code=204)
