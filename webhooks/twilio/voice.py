"""``/twilio/voice``: a call comes in, and what follows when its stream has ended."""

import re

from fastapi import APIRouter, BackgroundTasks
from starlette.responses import Response

from agent.call import NOT_SPOKEN
from config.logs import get_logger, log_context
from config.telemetry import CALLS_REFUSED, CALLS_STARTED
from contracts.partner import LONGEST_PHONE
from contracts.partner_bots import E164_PATTERN
from contracts.partner_messages import MessageCustomer, StaffMessage
from language.sentences import split_sentences
from practice.conversations.service import CallView
from practice.partners.views import BotView
from webhooks.assistant_choice import choose_assistant, conversation_tags, tags_in_query
from webhooks.dependencies import Services
from webhooks.http_errors import HttpError
from webhooks.twilio import twiml
from webhooks.twilio.auth import SignedWebhook, Webhook
from webhooks.twilio.connect import connected
from webhooks.twilio.errors import hold
from webhooks.twilio.hand_off import put_through
from webhooks.twilio.overflow import overflow
from webhooks.twilio.records import promptly
from webhooks.twilio.tries import Tries
from webhooks.twilio.vouching import number_proves

MAX_SID_CHARACTERS = 64
_WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""What Twilio gives for a caller who shows no number: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and
UNAVAILABLE, spelled on the keys of a telephone."""

_RECORDING = re.compile(r"RE[0-9A-Za-z]{1,64}")
router = APIRouter(prefix="/twilio", tags=["Twilio"])
_log = get_logger(__name__)


@router.api_route("/voice", methods=["GET", "POST"])
async def answer_call(hook: SignedWebhook, later: BackgroundTasks) -> Response:
    """Answer a call: find the bot that owns the number, and connect the call's audio to it."""
    call_id, to_number = hook.call_id, hook.form.get("To", "")
    with log_context(call_id=call_id[:MAX_SID_CHARACTERS]):
        bot = await hook.services.bots.find_bot_by_number(to_number) if to_number else None
        if bot is None or not 0 < len(call_id) <= MAX_SID_CHARACTERS:
            _log.warning("call to a number that no bot owns")
            return twiml.say_and_hang_up(twiml.UNKNOWN_NUMBER)
        hook.services.overflow.remember(bot)
        if refused := _refused(hook, call_id, bot, _caller(hook), to_number):
            return refused
        tags = conversation_tags(bot, "phone", tags_in_query(hook.request), to_number)
        chosen = await choose_assistant(hook.services, bot, tags)
        call = await hook.services.calls.start(
            call_id,
            bot.id,
            _caller(hook),
            to_number,
            assistant_id=chosen.id if chosen else None,
            assistant_version=chosen.version if chosen else None,
            number_proves=number_proves(
                hook.form.get("StirVerstat"), hook.services.settings.call.number_proves
            ),
        )
        _log.info("call came in", bot_id=bot.id)
        CALLS_STARTED.inc()
        later.add_task(prepare, hook.services, bot.id, call.assistant_id, call.assistant_version)
        return connected(hook, call)


def _connect_again(hook: Webhook, call: CallView) -> Response:
    """Connect a call whose stream ended without the bot, unless that came to nothing too often."""
    settings, now = hook.services.settings.call, hook.services.wall_clock()
    tries = Tries.of(hook.request).another(now, call.connections)
    if call.connections > settings.reconnects or tries.is_over(now, settings):
        _log.error("call given up", connections=call.connections, tries=tries.count)
        return overflow(hook, call.to_number or "", twiml.TROUBLE)
    progress, alone = hook.services.in_progress, hook.services.database.is_sqlite
    if progress.leaving or (progress.draining and not alone):
        # By the time it is asked again, by another connection, another server answers.
        response = hold(hook, tries, silent=tries.count == 0 and not alone)
        response.headers["Connection"] = "close"
        return response
    _log.warning("stream ended without the bot", connections=call.connections, tries=tries.count)
    return connected(hook, call, tries)


def _refused(hook: Webhook, call_id: str, bot: BotView, caller: str | None, called: str) -> Response | None:
    """Send a call elsewhere that this process cannot serve well; None where it can."""
    if hook.services.in_progress.draining:
        if not hook.services.database.is_sqlite:
            raise HttpError(503, "stopping", "The server is stopping.")
        return overflow(hook, called)
    answer = hook.services.admission.ask(call_id, bot.id, caller)
    if answer == "yes":
        return None
    CALLS_REFUSED.labels(answer).inc()
    _log.warning("call not taken", why=answer, load=round(hook.services.admission.load, 2))
    if answer == "caller_full":
        return twiml.refuse()
    tries = Tries.of(hook.request).another(hook.services.wall_clock())
    if hook.services.overflow.find(called) is None and not tries.is_over(
        hook.services.wall_clock(), hook.services.settings.call
    ):
        # A place may become free while the caller is held; after that a message is taken.
        return hold(hook, tries)
    return overflow(hook, called)


@router.post("/voice/next")
async def continue_call(hook: SignedWebhook) -> Response:
    """Say what follows when a call's stream has ended: hang up, a person, a message, or the bot again."""
    call = await promptly(hook.services, hook.services.calls.find(hook.call_id))
    if call is None:
        return twiml.apology()
    with log_context(call_id=call.call_id):
        if call.ending is None:
            return _connect_again(hook, call)
        _log.info("call goes on", ending=call.ending.kind)
        words = await _not_spoken(hook, call)
        if call.ending.kind == "transfer":
            return await put_through(hook, call, words)
        if call.ending.kind == "message":
            return overflow(hook, call.to_number or "", f"{words}{twiml.TROUBLE}")
        return twiml.say_and_hang_up(words) if words else twiml.hang_up()


async def _not_spoken(hook: Webhook, call: CallView) -> str:
    """Give what the bot's voice failed to say last, without the questions: nobody waits for their answers."""
    sentences: list[str] = []
    for message in reversed(await hook.services.calls.messages(call.call_id)):
        if message.get("content") == NOT_SPOKEN:
            sentences[:0] = split_sentences(str(message.get("words", "")))
        elif message.get("role") == "user":
            break
    return "".join(f"{one.strip()} " for one in sentences if not one.strip().endswith("?"))


@router.post("/voice/recorded")
async def after_recording(hook: SignedWebhook) -> Response:
    """Tell the practice's people where the recorded message is."""
    # A caller whom the bot could not take has no call here.
    call = await hook.services.calls.find(hook.call_id)
    if call is not None:
        bot, caller = await hook.services.bots.find_bot(call.bot_id), call.from_number
    else:
        bot, caller = await hook.services.bots.find_bot_by_number(hook.form.get("To", "")), _caller(hook)
    recording = hook.form.get("RecordingSid", "")
    if bot is None or not re.fullmatch(_RECORDING, recording):
        return twiml.say_and_hang_up(twiml.NOT_KEPT)
    seconds = hook.form.get("RecordingDuration", "")
    message = StaffMessage(
        text=f"A spoken message of {seconds} seconds." if seconds.isdigit() else "A spoken message.",
        customer=MessageCustomer(phone=caller[:LONGEST_PHONE] if caller else None),
        kind="voicemail",
    )
    key = f"recording-{recording}"[:100]
    call_id = None if call is None else call.call_id
    await hook.services.messages.leave(bot, key, message, call_id=call_id, recording=recording)
    reaches = await hook.services.messages.reaches_somebody(bot.id)
    return twiml.say_and_hang_up(twiml.THANKS if reaches else twiml.KEPT)


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


def _caller(hook: Webhook) -> str | None:
    """Give the number that the caller can be called back on; None when they show none or have none (SIP)."""
    number = hook.form.get("From", "")
    return number if re.fullmatch(E164_PATTERN, number) and number not in _WITHHELD else None
