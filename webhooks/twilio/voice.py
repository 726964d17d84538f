"""``/twilio/voice``: a call comes in, and what follows when its stream has ended."""

import re

from fastapi import APIRouter, BackgroundTasks, Request
from starlette.responses import Response

from config.logs import get_logger, log_context
from contracts.partner import LONGEST_PHONE
from contracts.partner_bots import E164_PATTERN
from contracts.partner_messages import MessageCustomer, StaffMessage
from webhooks.assistant_choice import choose_assistant, conversation_tags, tags_in_query
from webhooks.dependencies import Injected, Services
from webhooks.twilio import twiml
from webhooks.twilio.auth import Form, SignedForm, base_url
from webhooks.twilio.connect import connected
from webhooks.twilio.hand_off import put_through

MAX_SID_CHARACTERS = 64
_WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""What Twilio gives for a caller who shows no number: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and
UNAVAILABLE, spelled on the keys of a telephone."""

router = APIRouter(prefix="/twilio", tags=["Twilio"])
_log = get_logger(__name__)


@router.post("/voice")
async def answer_call(
    request: Request, form: SignedForm, services: Injected, later: BackgroundTasks
) -> Response:
    """Answer a call: find the bot that owns the number, and connect the call's audio to it."""
    call_id, to_number = form.get("CallSid", ""), form.get("To", "")
    with log_context(call_id=call_id[:MAX_SID_CHARACTERS]):
        bot = await services.bots.find_bot_by_number(to_number) if to_number else None
        if bot is None or not 0 < len(call_id) <= MAX_SID_CHARACTERS:
            _log.warning("call to a number that no bot owns")
            return twiml.say_and_hang_up(twiml.UNKNOWN_NUMBER)
        tags = conversation_tags(bot, "phone", tags_in_query(request), to_number)
        chosen = await choose_assistant(services, bot, tags)
        call = await services.calls.start(
            call_id,
            bot.id,
            _caller(form),
            to_number,
            assistant_id=chosen.id if chosen else None,
            assistant_version=chosen.version if chosen else None,
        )
        _log.info("call came in", bot_id=bot.id)
        later.add_task(prepare, services, bot.id, call.assistant_id, call.assistant_version)
        return connected(request, services, call)


@router.post("/voice/next")
async def continue_call(request: Request, form: SignedForm, services: Injected) -> Response:
    """Say what follows when a call's stream has ended: hang up, a person, a message, or the bot again."""
    call = await services.calls.find(form.get("CallSid", ""))
    if call is None:
        return twiml.apology()
    with log_context(call_id=call.call_id):
        if call.ending is None:
            if call.connections > services.settings.call.reconnects:
                _log.error("call given up", connections=call.connections)
                return twiml.apology()
            _log.warning("stream ended without the bot", connections=call.connections)
            return connected(request, services, call)
        _log.info("call goes on", ending=call.ending.kind)
        here = base_url(request, services.settings)
        if call.ending.kind == "transfer":
            return await put_through(request, services, call)
        if call.ending.kind == "message":
            return twiml.record(twiml.LEAVE_A_MESSAGE, f"{here}/twilio/voice/recorded")
        return twiml.hang_up()


@router.post("/voice/recorded")
async def after_recording(form: SignedForm, services: Injected) -> Response:
    """Tell the practice's people where the recorded message is."""
    call = await services.calls.find(form.get("CallSid", ""))
    bot = await services.bots.find_bot(call.bot_id) if call is not None else None
    recording = form.get("RecordingUrl", "")
    if call is not None and bot is not None and recording:
        customer = MessageCustomer(phone=call.from_number[:LONGEST_PHONE] if call.from_number else None)
        message = StaffMessage(text=f"Recorded message: {recording}", customer=customer)
        key = f"recording-{form.get('RecordingSid', call.call_id)}"
        await services.messages.leave(bot, key[:100], message)
    return twiml.say_and_hang_up(twiml.THANKS)


async def prepare(
    services: Services, bot_id: str, assistant_id: int | None = None, version: int | None = None
) -> None:
    """Fetch what a bot needs, and its greeting, ahead of its call; a failure is only logged.

    Args:
        assistant_id: The assistant that was chosen for the call; None is the bot's own.
        version: The version of it; None is the latest.
    """
    if services.voice_agent is None:
        return
    try:
        await services.voice_agent.prepare(bot_id, assistant_id, version)
    except Exception:  # noqa: BLE001 - the edge of a background task
        # The call itself fetches again, and knows what to do without.
        _log.exception("call not prepared", bot_id=bot_id)


def _caller(form: Form) -> str | None:
    """Give the number that the caller can be called back on; None when they show none or have none (SIP)."""
    number = form.get("From", "")
    return number if re.fullmatch(E164_PATTERN, number) and number not in _WITHHELD else None
