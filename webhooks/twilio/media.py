"""``/twilio/media``: the socket that carries a call's audio, from its first message to the agent."""

import asyncio
import json

from fastapi import APIRouter, WebSocket

from agent.call_start import CallStart
from agent.telephony.carriers import STREAMS, TWILIO, StreamStart
from agent.voice_agent import VoiceAgent
from config.logs import get_logger, log_context
from contracts.conversation import Message
from kit.db.database import DatabaseUnavailable
from practice.conversations.service import NUMBER_DOUBTED, CallView
from practice.errors import CallTakenOver
from practice.partners.views import BotView
from webhooks.dependencies import Services, services_of
from webhooks.media_link import (
    INTERNAL_ERROR,
    NORMAL,
    POLICY_VIOLATION,
    TRY_AGAIN_LATER,
    CallRecord,
    MediaLink,
)
from webhooks.security.tokens import TokenRefused
from webhooks.twilio.auth import CARRIER
from webhooks.twilio.grants import redeem_grant
from webhooks.twilio.hand_off import NOBODY
from webhooks.twilio.other_carriers import TOKEN_IN_ADDRESS
from webhooks.twilio.records import promptly

MAX_FOREWORDS = 50
"""Messages that a socket may send before it says which call it carries."""

router = APIRouter(prefix="/twilio", tags=["Twilio"])
_log = get_logger(__name__)


@router.websocket("/media")
async def carry_call(websocket: WebSocket) -> None:
    """Carry a call's audio between the carrier and the agent, if the socket shows that it is that call's."""
    services = services_of(websocket)
    carrier: str = websocket.scope.get(CARRIER, TWILIO)
    settings, admission = services.settings.admission, services.admission
    if admission.sockets_waiting >= settings.sockets_waiting or admission.calls.leaving:
        _log.warning("media socket refused", waiting=admission.sockets_waiting)
        await websocket.close(TRY_AGAIN_LATER)
        return
    with admission.waiting_socket():
        await websocket.accept()
        most_bytes = services.settings.call.max_message_bytes
        link = MediaLink(websocket, most_bytes, settings.media_messages_per_second)
        shown = await _shown(services, link, carrier, websocket.scope.get(TOKEN_IN_ADDRESS, ""))
    if shown is not None:
        call, stream_id = shown
        with log_context(call_id=call.call_id):
            await _converse(services, link, call, stream_id, carrier)


async def _shown(
    services: Services, link: MediaLink, carrier: str, token_in_address: str
) -> tuple[CallView, str] | None:
    """Wait for a socket to show which call it carries; None when it does not, and is closed."""
    try:
        async with asyncio.timeout(services.settings.call.start_seconds):
            start = await _start_of(link, carrier)
        token = start.token or token_in_address
        redeeming = redeem_grant(services.media_tokens, services.calls, token, start.call_id)
        return await promptly(services, redeeming), start.stream_id
    except (TimeoutError, TokenRefused):
        _log.warning("media socket refused", dropped=link.dropped)
        await link.close(POLICY_VIOLATION)
    except DatabaseUnavailable:
        _log.exception("media socket not checked")
        await link.close(TRY_AGAIN_LATER)
    return None


async def _start_of(link: MediaLink, carrier: str) -> StreamStart:
    """Wait for the ``start`` message; ``connected`` and whatever else comes before it is passed over."""
    for _ in range(MAX_FOREWORDS):
        message = await link.receive()
        if message is None:
            break
        try:
            event = json.loads(message)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict) and event.get("event") == "start" and isinstance(event.get("start"), dict):
            start = STREAMS[carrier].read_start(event)
            if start is not None:
                return start
            break
    raise TokenRefused("the socket did not say which call it carries")


async def _converse(
    services: Services, link: MediaLink, call: CallView, stream_id: str, carrier: str
) -> None:
    if services.voice_agent is None:
        _log.error("no voice agent in this server")
        await link.close(TRY_AGAIN_LATER)
        return
    _log.info("media connected", connection=call.connections + 1)
    code = NORMAL
    try:
        with services.listening.open_to(call.call_id, link):
            await services.in_progress.run(
                call.call_id, _conversation(services, services.voice_agent, link, call, stream_id, carrier)
            )
    except CallTakenOver:
        _log.warning("a later stream leads the call")
        code = POLICY_VIOLATION
    except DatabaseUnavailable:
        _log.exception("call not taken up")
        code = TRY_AGAIN_LATER
    except Exception:  # noqa: BLE001 - the edge of a call
        # Twilio sees the socket close and asks /twilio/voice/next, which connects the call again.
        _log.exception("call failed")
        code = INTERNAL_ERROR
    await link.close(code)
    _log.info("media ended", dropped=link.dropped)


async def _conversation(
    services: Services, agent: VoiceAgent, link: MediaLink, call: CallView, stream_id: str, carrier: str
) -> None:
    """Hold the conversation from where it stands once the call's earlier stream, if any, has ended here."""
    connection = call.connections + 1
    bot, said, opening = await promptly(services, _taken_up(services, call, connection))
    start = CallStart(
        call_id=call.call_id,
        stream_id=stream_id,
        bot_id=call.bot_id,
        from_number=call.from_number,
        to_number=call.to_number,
        thread=tuple(said),
        timezone=bot.timezone if bot is not None else "UTC",
        assistant_id=call.assistant_id,
        assistant_version=call.assistant_version,
        opening=opening,
        carrier=carrier,
        number_proves=all(one.get("content") != NUMBER_DOUBTED for one in said),
    )
    await agent.run_call(start, link, CallRecord(services.calls, call.call_id, connection))


async def _taken_up(
    services: Services, call: CallView, connection: int
) -> tuple[BotView | None, list[Message], str | None]:
    """Take the lead of a call: give its bot, what was said so far, and what to say first if that is known."""
    bot = await services.bots.find_bot(call.bot_id)
    # Only now: the earlier stream writes its last messages down as it ends.
    said = await services.calls.take_over(call.call_id, connection)
    return bot, said, await _opening(services, call)


async def _opening(services: Services, call: CallView) -> str | None:
    """Give what a caller hears first who comes back from a hand-off that nobody took."""
    found = await services.ringing.find_of_call(call.call_id)
    if found is None:
        return NOBODY if call.came_back else None
    session, rung = found
    return NOBODY if rung and session.acceptedAt is None else None
