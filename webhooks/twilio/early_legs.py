"""The webhooks of a contact who is rung while the bot still speaks, and of the caller who waits for them.

Who takes the call waits in a conference for the caller, whose call asks here what to do as soon as the bot
has ended its part: it hears the ringing tone, joins, or goes on to the next contact. A caller who waits is
also told at once by the REST API; where that gets lost, the next question after the tone brings them on.
"""

import functools
import io
import wave
from typing import Literal
from urllib.parse import urlencode

import numpy as np
from fastapi import APIRouter
from starlette.responses import Response

from practice.chat_sessions.ringing import LegOutcome
from practice.conversations.service import CallView
from webhooks.early_leg_addresses import RETRIES, early_leg_address
from webhooks.twilio import twiml
from webhooks.twilio.auth import SignedWebhook, Webhook
from webhooks.twilio.whisper import DECLINE, OUTCOMES, TAKE, ContactName, SessionId, about

TONE = "/twilio/voice/ahead/ringing.wav"
_TONE_HZ = (440, 480)
_TONE_SECONDS, _PAUSE_SECONDS = 2, 2
"""The ringing tone of North America; its pause of four seconds is cut, for it is asked again after it."""
_RATE_HZ = 8000
_AMPLITUDE = 3000

Asked = Literal["first", "again", "hurried"]
"""Why a caller's call is asked about: its stream has ended, a tone was played, or we told the carrier to."""
router = APIRouter(prefix="/twilio/voice/ahead", tags=["Twilio"])


async def wait_for(hook: Webhook, call: CallView, words: str, *, asked: Asked) -> Response | None:
    """Have a caller wait for the contact who is rung ahead, or join them; None when nobody is."""
    found = await hook.services.early_legs.wait_for(call.call_id, hurried=asked == "hurried")
    if found is None:
        return None
    address = early_leg_address(hook.here)
    query = urlencode({"session": found.session_id, "contact": found.contact})
    if not found.accepted:
        told = f"{words}{twiml.RINGING}" if asked == "first" else None
        return twiml.wait(told, f"{hook.here}{TONE}", address("waiting", found.session_id, found.contact))
    return twiml.confer(
        found.session_id,
        wait_url=address("alone", found.session_id, found.contact),
        after_url=f"{hook.here}/twilio/voice/dialled?{query}",
        limit_minutes=hook.services.settings.sessions.talk_minutes,
        words=words or None,
    )


@router.post("/whisper")
async def whisper(hook: SignedWebhook, session_id: SessionId, contact: ContactName) -> Response:
    """Tell whoever picked up what the call is about, and wait for the key that takes it."""
    session = await hook.services.ringing.find(session_id)
    if session is None or session.finishedAt is not None:
        return twiml.hang_up()
    await hook.services.early_legs.note_call(session_id, hook.call_id)
    address = early_leg_address(hook.here)
    return twiml.ask_for_key(about(session), address("key", session_id, contact))


@router.post("/key")
async def take_key(hook: SignedWebhook, session_id: SessionId, contact: ContactName) -> Response:
    """Have whoever pressed the key wait for the caller, if they are the first."""
    address = early_leg_address(hook.here)
    hurry_url = address("hurried", session_id, contact) + RETRIES
    if hook.form.get("Digits") != TAKE:
        outcome: LegOutcome = "declined" if hook.form.get("Digits") == DECLINE else "machine"
        await hook.services.early_legs.end(session_id, contact, outcome, hurry_url)
        return twiml.hang_up()
    accepted = await hook.services.early_legs.accept(session_id, contact, hurry_url)
    if accepted == "caller_gone":
        return twiml.say_and_hang_up(twiml.CALLER_GONE)
    if accepted == "taken_elsewhere":
        return twiml.say_and_hang_up(twiml.TAKEN_ALREADY)
    return twiml.confer(
        session_id,
        wait_url=address("alone", session_id, contact),
        limit_minutes=hook.services.settings.sessions.talk_minutes,
        words=twiml.CALLER_COMES,
    )


@router.post("/ended", status_code=204)
async def leg_ended(hook: SignedWebhook, session_id: SessionId, contact: ContactName) -> Response:
    """Note how the call to a contact ended."""
    outcome = OUTCOMES.get(hook.form.get("CallStatus", ""), "machine")
    address = early_leg_address(hook.here)
    hurry_url = address("hurried", session_id, contact) + RETRIES
    await hook.services.early_legs.end(session_id, contact, outcome, hurry_url)
    return Response(status_code=204)


@router.post("/alone")
async def alone_in_conference(hook: SignedWebhook, session_id: SessionId, contact: ContactName) -> Response:
    """Play the ringing tone to whoever is alone; a caller whom nobody meets any more is sent on."""
    hurry_url = early_leg_address(hook.here)("hurried", session_id, contact) + RETRIES
    await hook.services.early_legs.leave_alone(hook.call_id, session_id, hurry_url)
    return twiml.play(f"{hook.here}{TONE}")


@router.get("/ringing.wav")
async def ringing_tone() -> Response:
    """Give what a caller hears while somebody is rung."""
    return Response(_tone(), media_type="audio/wav", headers={"Cache-Control": "public, max-age=86400"})


@functools.cache
def _tone() -> bytes:
    times = np.arange(_RATE_HZ * _TONE_SECONDS) / _RATE_HZ
    sound = sum(np.sin(2 * np.pi * hz * times) for hz in _TONE_HZ) * _AMPLITUDE
    samples = np.concatenate([sound, np.zeros(_RATE_HZ * _PAUSE_SECONDS)]).astype("<i2")
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(samples.tobytes())
    return content.getvalue()
