"""``/twilio/media``: the socket that carries a call's audio, from its first message to the agent."""

import asyncio
import json
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from agent.call import CallStart, VoiceAgent
from config.logs import get_logger, log_context
from contracts.conversation import Message
from kit.db.database import DatabaseUnavailable
from practice.conversations.service import Calls, CallView
from tools.context import Ending
from webhooks.dependencies import Services, services_of
from webhooks.security.tokens import TokenRefused
from webhooks.twilio.grants import redeem_grant
from webhooks.twilio.hand_off import NOBODY

NORMAL, POLICY_VIOLATION, INTERNAL_ERROR, TRY_AGAIN_LATER = 1000, 1008, 1011, 1013
MAX_FOREWORDS = 50
"""Messages that a socket may send before it says which call it carries."""

router = APIRouter(prefix="/twilio", tags=["Twilio"])
_log = get_logger(__name__)


class MediaLink:
    """A media socket as the agent sees it: messages come and go, and a closed socket is no error."""

    def __init__(self, websocket: WebSocket, max_message_bytes: int) -> None:
        self._websocket = websocket
        self._max_message_bytes = max_message_bytes
        self._closed = False
        self.dropped = 0
        """Messages dropped for their size."""

    async def receive(self) -> str | bytes | None:
        """Wait for the next message.

        Returns:
            Its text or bytes, or None when the carrier has closed the socket.
        """
        while not self._closed:
            event = await self._websocket.receive()
            if event["type"] == "websocket.disconnect":
                self._closed = True
                break
            text, raw = event.get("text"), event.get("bytes")
            message = text if text is not None else raw or b""
            if len(message) <= self._max_message_bytes:
                return message
            self.dropped += 1
        return None

    async def send(self, text: str) -> None:
        """Send a message; to a closed socket it is lost, as it would be on the way."""
        if self._closed:
            return
        try:
            await self._websocket.send_text(text)
        except (WebSocketDisconnect, RuntimeError):
            self._closed = True

    async def close(self, code: int = NORMAL) -> None:
        """Close the socket; once."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._websocket.close(code)
        except (WebSocketDisconnect, RuntimeError):
            return


class CallRecord:
    """Where the agent writes a call's conversation down."""

    def __init__(self, calls: Calls, call_id: str) -> None:
        self._calls = calls
        self._call_id = call_id

    async def append(self, message: Message) -> None:
        """Add a message to the call's thread."""
        await self._calls.append(self._call_id, message)

    async def end(self, ending: Ending) -> None:
        """Note how the bot ends its part of the call."""
        await self._calls.end(self._call_id, ending.kind, ending.reason, ending.to)


@router.websocket("/media")
async def carry_call(websocket: WebSocket) -> None:
    """Carry a call's audio between Twilio and the agent, if the socket shows that it is that call's."""
    services = services_of(websocket)
    await websocket.accept()
    link = MediaLink(websocket, services.settings.call.max_message_bytes)
    try:
        async with asyncio.timeout(services.settings.call.start_seconds):
            start = await _start_of(link)
        call = await _admitted(start, services)
    except (TimeoutError, TokenRefused):
        _log.warning("media socket refused", dropped=link.dropped)
        await link.close(POLICY_VIOLATION)
    except DatabaseUnavailable:
        _log.exception("media socket not checked")
        await link.close(TRY_AGAIN_LATER)
    else:
        with log_context(call_id=call.call_id):
            await _converse(services, link, call, str(start.get("streamSid", "")))


async def _start_of(link: MediaLink) -> dict[str, Any]:
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
            start: dict[str, Any] = event["start"]
            return {"streamSid": event.get("streamSid"), **start}
    raise TokenRefused("the socket did not say which call it carries")


async def _admitted(start: dict[str, Any], services: Services) -> CallView:
    parameters = start.get("customParameters")
    token = parameters.get("token") if isinstance(parameters, dict) else None
    call_id = start.get("callSid")
    if not isinstance(token, str) or not isinstance(call_id, str):
        raise TokenRefused("the socket shows no token")
    return await redeem_grant(services.media_tokens, services.calls, token, call_id)


async def _converse(services: Services, link: MediaLink, call: CallView, stream_id: str) -> None:
    if services.voice_agent is None:
        _log.error("no voice agent in this server")
        await link.close(TRY_AGAIN_LATER)
        return
    _log.info("media connected", connection=call.connections + 1)
    code = NORMAL
    try:
        await services.in_progress.run(
            call.call_id, _conversation(services, services.voice_agent, link, call, stream_id)
        )
    except Exception:  # noqa: BLE001 - the edge of a call
        # Twilio sees the socket close and asks /twilio/voice/next, which connects the call again.
        _log.exception("call failed")
        code = INTERNAL_ERROR
    await link.close(code)
    _log.info("media ended", dropped=link.dropped)


async def _conversation(
    services: Services, agent: VoiceAgent, link: MediaLink, call: CallView, stream_id: str
) -> None:
    """Hold the conversation from where it stands once the call's earlier stream, if any, has ended here."""
    bot = await services.bots.find_bot(call.bot_id)
    start = CallStart(
        call_id=call.call_id,
        stream_id=stream_id,
        bot_id=call.bot_id,
        from_number=call.from_number,
        to_number=call.to_number,
        # Read only now: the earlier stream writes its last messages down as it ends.
        messages=tuple(
            one for one in await services.calls.messages(call.call_id) if one.get("role") != "system"
        ),
        timezone=bot.timezone if bot is not None else "UTC",
        assistant_id=call.assistant_id,
        assistant_version=call.assistant_version,
        opening=await _opening(services, call),
    )
    await agent.run_call(start, link, CallRecord(services.calls, call.call_id))


async def _opening(services: Services, call: CallView) -> str | None:
    """Give what a caller hears first who comes back from a hand-off that nobody took."""
    found = await services.ringing.find_of_call(call.call_id)
    if found is None:
        return None
    session, rung = found
    return NOBODY if rung and session.acceptedAt is None else None
