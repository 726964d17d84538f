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
from fastapi import APIRouter, Request
from starlette.responses import Response

from practice.conversations.service import CallView
from webhooks.dependencies import Injected, Services
from webhooks.early_leg_addresses import RETRIES, early_leg_address
from webhooks.twilio import twiml
from webhooks.twilio.auth import SignedForm, base_url
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


async def wait_for(
    request: Request, services: Services, call: CallView, words: str, *, asked: Asked
) -> Response | None:
    """Have a caller wait for the contact who is rung ahead, or join them; None when nobody is."""
    found = await services.early_legs.wait_for(call.call_id, hurried=asked == "hurried")
    if found is None:
        return None
    here = base_url(request, services.settings)
    address = early_leg_address(here)
    query = urlencode({"session": found.session_id, "contact": found.contact})
    if not found.accepted:
        told = f"{words}{twiml.RINGING}" if asked == "first" else None
        return twiml.wait(told, f"{here}{TONE}", address("waiting", found.session_id, found.contact))
    return twiml.confer(
        found.session_id,
        wait_url=address("alone", found.session_id, found.contact),
        after_url=f"{here}/twilio/voice/dialled?{query}",
        limit_minutes=services.settings.sessions.talk_minutes,
        words=words or None,
    )


@router.post("/whisper")
async def whisper(
    request: Request, form: SignedForm, services: Injected, session_id: SessionId, contact: ContactName
) -> Response:
    """Tell whoever picked up what the call is about, and wait for the key that takes it."""
    session = await services.ringing.find(session_id)
    if session is None or session.finishedAt is not None:
        return twiml.hang_up()
    await services.early_legs.note_call(session_id, form.get("CallSid", ""))
    address = early_leg_address(base_url(request, services.settings))
    return twiml.ask_for_key(about(session), address("key", session_id, contact))


@router.post("/key")
async def take_key(
    request: Request, form: SignedForm, services: Injected, session_id: SessionId, contact: ContactName
) -> Response:
    """Have whoever pressed the key wait for the caller, if they are the first."""
    address = early_leg_address(base_url(request, services.settings))
    hurry_url = address("hurried", session_id, contact) + RETRIES
    if form.get("Digits") != TAKE:
        declined = form.get("Digits") == DECLINE
        await services.early_legs.end(session_id, contact, "declined" if declined else "machine", hurry_url)
        return twiml.hang_up()
    accepted = await services.early_legs.accept(session_id, contact, hurry_url)
    if accepted == "caller_gone":
        return twiml.say_and_hang_up(twiml.CALLER_GONE)
    if accepted == "taken_elsewhere":
        return twiml.say_and_hang_up(twiml.TAKEN_ALREADY)
    return twiml.confer(
        session_id,
        wait_url=address("alone", session_id, contact),
        limit_minutes=services.settings.sessions.talk_minutes,
        words=twiml.CALLER_COMES,
    )


@router.post("/ended", status_code=204)
async def leg_ended(
    request: Request, form: SignedForm, services: Injected, session_id: SessionId, contact: ContactName
) -> Response:
    """Note how the call to a contact ended."""
    outcome = OUTCOMES.get(form.get("CallStatus", ""), "machine")
    address = early_leg_address(base_url(request, services.settings))
    hurry_url = address("hurried", session_id, contact) + RETRIES
    await services.early_legs.end(session_id, contact, outcome, hurry_url)
    return Response(status_code=204)


@router.post("/alone")
async def alone_in_conference(
    request: Request, form: SignedForm, services: Injected, session_id: SessionId, contact: ContactName
) -> Response:
    """Play the ringing tone to whoever is alone; a caller whom nobody meets any more is sent on."""
    here = base_url(request, services.settings)
    hurry_url = early_leg_address(here)("hurried", session_id, contact) + RETRIES
    await services.early_legs.leave_alone(form.get("CallSid", ""), session_id, hurry_url)
    return twiml.play(f"{here}{TONE}")


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
