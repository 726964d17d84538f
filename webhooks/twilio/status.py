"""``/twilio/status``: how a call ended, as the carrier saw it."""

from fastapi import APIRouter
from starlette.responses import Response

from webhooks.twilio.auth import SignedWebhook

FINAL = ("completed", "busy", "failed", "no-answer", "canceled")

router = APIRouter(prefix="/twilio", tags=["Twilio"])


@router.api_route("/status", methods=["GET", "POST"], status_code=204)
async def note_status(hook: SignedWebhook) -> Response:
    """Note the last word on a call; what comes before is not kept."""
    status = hook.form.get("CallStatus", "")
    if status in FINAL:
        seconds = hook.form.get("CallDuration", "")
        duration = int(seconds) if seconds.isascii() and seconds.isdecimal() and len(seconds) < 9 else None  # noqa: PLR2004 - a number of seconds
        call_id = hook.call_id
        await hook.services.calls.finish(call_id, status, duration)
        await hook.services.early_legs.caller_gone(call_id)
        await hook.services.ringing.note_hang_up(call_id)
    return Response(status_code=204)
