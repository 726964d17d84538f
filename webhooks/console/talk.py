"""``/console/try/talk``: a call from the browser, in the phone's media format, into the same pipeline."""

import time

from fastapi import APIRouter, WebSocket

from agent.call_start import CallStart
from agent.transcript import StreamReplaced
from config.logs import get_logger, log_context
from kit.ids import new_id
from practice.conversations.service import CallView
from practice.partners.views import BotView
from webhooks.assistant_choice import choose_assistant, conversation_tags
from webhooks.console.desk import desk_of, is_own_page
from webhooks.dependencies import Services, services_of
from webhooks.http_errors import HttpError
from webhooks.media_link import (
    INTERNAL_ERROR,
    NORMAL,
    POLICY_VIOLATION,
    TRY_AGAIN_LATER,
    CallRecord,
    MediaLink,
)
from webhooks.rehearsals import rehearsed

CALL_EVENT = "call"
"""The event by which the browser is told the call's id; every other one is the phone's."""

router = APIRouter(include_in_schema=False)
_log = get_logger(__name__)


@router.websocket("/console/try/talk")
async def talk(websocket: WebSocket, real: str = "") -> None:
    """Carry a microphone's audio to the bot, and its voice back; in a rehearsed calendar unless ``real``."""
    services = services_of(websocket)
    try:
        desk = await desk_of(websocket, services)
    except HttpError:
        desk = None
    if desk is None or not is_own_page(websocket):
        await websocket.close(POLICY_VIOLATION)
        return
    await websocket.accept()
    settings = services.settings
    link = MediaLink(websocket, settings.call.max_message_bytes, settings.admission.media_messages_per_second)
    bot = await services.bots.find_bot_by_site(desk.place.site_id)
    if bot is None or services.voice_agent is None or services.in_progress.draining:
        await link.close(TRY_AGAIN_LATER)
        return
    call_id = new_id("try", services.clock())
    if services.admission.ask(call_id, bot.id, None) != "yes":
        await link.close(TRY_AGAIN_LATER)
        return
    call = await _begin(services, bot, call_id)
    with log_context(call_id=call.call_id):
        _log.info("call from the console")
        await websocket.send_json({"event": CALL_EVENT, "call": {"id": call.call_id}})
        await link.close(await _hold(services, websocket, link, bot, call, real=bool(real)))


async def _begin(services: Services, bot: BotView, call_id: str) -> CallView:
    chosen = await choose_assistant(services, bot, conversation_tags(bot, "phone", {}))
    return await services.calls.start(
        call_id,
        bot.id,
        None,
        None,
        assistant_id=chosen.id if chosen else None,
        assistant_version=chosen.version if chosen else None,
    )


async def _hold(
    services: Services, websocket: WebSocket, link: MediaLink, bot: BotView, call: CallView, *, real: bool
) -> int:
    """Hold the call to its end; gives the code to close the socket with."""
    assert services.voice_agent is not None  # noqa: S101 - checked before the call began
    connection = await services.calls.connect(call.call_id)
    await services.calls.take_over(call.call_id, connection)
    start = CallStart(
        call_id=call.call_id,
        stream_id=call.call_id,
        bot_id=bot.id,
        from_number=None,
        to_number=None,
        timezone=bot.timezone,
        assistant_id=call.assistant_id,
        assistant_version=call.assistant_version,
    )
    calendar = services.rehearsals.calendar(call.call_id, websocket.app, services.settings)
    record = CallRecord(services.calls, call.call_id, connection)
    began, code, status = time.monotonic(), NORMAL, "completed"
    try:
        await services.in_progress.run(
            call.call_id,
            services.voice_agent.run_call(
                start,
                link,
                record,
                adapt=None if real else lambda briefing: rehearsed(briefing, services.upstreams, calendar),
            ),
        )
    except StreamReplaced:
        code = POLICY_VIOLATION
    except Exception:  # noqa: BLE001 - the edge of a call
        _log.exception("call failed")
        code, status = INTERNAL_ERROR, "failed"
    await services.calls.finish(call.call_id, status, round(time.monotonic() - began))
    return code
