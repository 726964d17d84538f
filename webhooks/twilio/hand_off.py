"""Putting a caller through: the practice's contacts are rung one after the other, and may decline.

A contact's phone is no person until a key was pressed: an answering machine presses none. Whoever is put
through to nobody comes back to the bot.
"""

from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from config.logs import get_logger, log_context
from practice.chat_sessions.ringing import LegOutcome
from practice.conversations.service import CallView
from webhooks.twilio import twiml
from webhooks.twilio.auth import CARRIER, SignedWebhook, Webhook
from webhooks.twilio.connect import connected
from webhooks.twilio.early_legs import Asked, wait_for
from webhooks.twilio.whisper import OUTCOMES, TAKE, ContactName, SessionId, about

NOBODY = (
    "I'm sorry, nobody could take your call just now. I can take a message for the team, and they"
    " call you back at a time that suits you. Would you like to leave a message?"
)
"""What the bot says to a caller who comes back; it ends in the question that the answer is taken for."""

router = APIRouter(prefix="/twilio/voice", tags=["Twilio"])
_log = get_logger(__name__)


async def put_through(hook: Webhook, call: CallView, words: str = "", *, asked: Asked = "first") -> Response:
    """Ring the next contact for a call; when nobody is left, connect it to the bot again.

    Args:
        asked: Why this is asked, of a caller who may wait for somebody who is rung already.
    """
    waiting = await wait_for(hook, call, words, asked=asked)
    if waiting is not None:
        return waiting
    bot = await hook.services.bots.find_bot(call.bot_id)
    reason = call.ending.reason if call.ending is not None else ""
    leg = await hook.services.ringing.next_leg(bot, call.call_id, reason) if bot is not None else None
    if leg is None:
        if bot is not None and bot.site_id is None and call.ending is not None and call.ending.to:
            # A bot without a site has no session to keep: its one number is rung, and that is all.
            return twiml.dial(
                call.ending.to,
                f"{hook.here}/twilio/voice/dialled",
                limit_minutes=hook.services.settings.sessions.talk_minutes,
                words=words or None,
            )
        await hook.services.calls.resume(call.call_id)
        _log.info("nobody took the call")
        return connected(hook, await hook.services.calls.get(call.call_id))
    query = urlencode({"session": leg.session.id, "contact": leg.contact.name})
    _log.info("ringing", attempt=leg.number)
    return twiml.ring(
        words + (twiml.RINGING if leg.number == 1 else twiml.RINGING_NEXT),
        leg.contact.phone,
        whisper_url=f"{hook.here}/twilio/voice/whisper?{query}",
        after_url=f"{hook.here}/twilio/voice/dialled?{query}",
        ring_seconds=leg.contact.ring_seconds,
        limit_minutes=hook.services.settings.sessions.talk_minutes,
    )


@router.post("/whisper")
async def whisper(hook: SignedWebhook, session_id: SessionId, contact: ContactName) -> Response:
    """Tell whoever picked up what the call is about, and wait for the key that takes it."""
    session = await hook.services.ringing.find(session_id)
    if session is None or session.finishedAt is not None:
        return twiml.hang_up()
    query = urlencode({"session": session_id, "contact": contact})
    return twiml.ask_for_key(about(session), f"{hook.here}/twilio/voice/whisper/key?{query}")


@router.post("/whisper/key")
async def take_key(hook: SignedWebhook, session_id: SessionId, contact: ContactName) -> Response:
    """Connect whoever pressed the key, if they are the first."""
    if hook.form.get("Digits") != TAKE:
        await hook.services.ringing.note_outcome(session_id, contact, "declined")
        return twiml.hang_up()
    if not await hook.services.ringing.accept(session_id, contact):
        return twiml.say_and_hang_up(twiml.TAKEN_ALREADY)
    return twiml.bridge()


@router.post("/ahead/waiting")
async def ask_again(hook: SignedWebhook) -> Response:
    """Tell a caller's call what follows after a ringing tone."""
    return await _go_on(hook, "again")


@router.post("/ahead/hurried")
async def hurried(hook: SignedWebhook) -> Response:
    """Tell a caller's call what follows, as soon as it is known."""
    return await _go_on(hook, "hurried")


async def _go_on(hook: Webhook, asked: Asked) -> Response:
    call = await hook.services.calls.find(hook.call_id)
    if call is None:
        return twiml.apology()
    with log_context(call_id=call.call_id):
        return await put_through(hook, call, asked=asked)


@router.post("/dialled")
async def after_dial(hook: SignedWebhook, session_id: SessionId = "", contact: ContactName = "") -> Response:
    """Go on after a contact was rung: hang up after a conversation, else ring the next one."""
    call = await hook.services.calls.find(hook.call_id)
    if call is None:
        return twiml.apology()
    with log_context(call_id=call.call_id):
        session = await hook.services.ringing.find(session_id) if session_id else None
        if session is None:
            return await _without_session(hook, call)
        # A carrier that waits for the key itself tells of it only now.
        taken = session.acceptedBy == contact or (
            hook.form.get("Confirmed") == "true"
            and CARRIER in hook.request.scope
            and await hook.services.ringing.accept(session_id, contact)
        )
        outcome = _outcome(hook, taken=taken)
        await hook.services.ringing.note_outcome(session.id, contact, outcome, unless_known=True)
        _log.info("rung", outcome=outcome)
        if outcome == "accepted":
            return twiml.hang_up()
        return await put_through(hook, call)


async def _without_session(hook: Webhook, call: CallView) -> Response:
    if hook.form.get("DialCallStatus") in {"completed", "answered"}:
        return twiml.hang_up()
    await hook.services.calls.resume(call.call_id)
    return connected(hook, await hook.services.calls.get(call.call_id))


def _outcome(hook: Webhook, *, taken: bool) -> LegOutcome:
    if taken:
        return "accepted"
    return OUTCOMES.get(hook.form.get("DialCallStatus", ""), "machine")
