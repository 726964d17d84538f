"""``/api/v2/assistants/{assistant_code}/evaluate``: an assistant's answer to one input."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from agent.chat import answer_of
from contracts.conversation import Message, calls_of
from contracts.site import LONGEST_MESSAGE
from kit.ids import new_id
from kit.text import is_text
from practice.assistants.views import AssistantView
from practice.conversations.integrator_threads import ThreadView
from practice.errors import AssistantNotFound
from tools.functions.memory import WRITE_TO_MEMORY
from webhooks.assistant_choice import find_bot_for
from webhooks.assistants_api.auth import ClientAccess, Reads
from webhooks.dependencies import Injected, Services
from webhooks.http_errors import HttpError
from webhooks.json_body import JsonInvalid, parse_json

LONGEST_CONVERSATION = 255

router = APIRouter(prefix="/api/v2/assistants", tags=["Evaluation"])


async def _input(request: Request) -> dict[str, Any]:
    """Read the body: ``{"input": {…}}``."""
    try:
        body = parse_json(await request.body())
    except JsonInvalid as error:
        raise _unprocessable(["body"], str(error), "json_invalid") from error
    if not isinstance(body, dict):
        raise _unprocessable(["body"], "Input should be a valid dictionary", "dict_type")
    if "input" not in body:
        raise _unprocessable(["body", "input"], "Field required", "missing")
    given: Any = body["input"]
    if not isinstance(given, dict):
        raise _unprocessable(["body", "input"], "Input should be a valid dictionary", "dict_type")
    if len(_text(given)) > LONGEST_MESSAGE:
        sentence = f"Input should have at most {LONGEST_MESSAGE} characters"
        raise _unprocessable(["body", "input"], sentence, "string_too_long")
    return given


@router.post("/{assistant_code}/evaluate")
async def evaluate(
    assistant_code: str,
    access: Reads,
    services: Injected,
    given: Annotated[dict[str, Any], Depends(_input)],
    conversation_id: Annotated[str | None, Query()] = None,
) -> dict[str, str]:
    """Give an assistant's answer; with a conversation, its thread is kept and goes on."""
    try:
        assistant = await services.assistants.get_by_code(assistant_code, access.site_ids)
    except AssistantNotFound as error:
        raise HttpError(404, "assistant_not_found", "Not found.") from error
    if conversation_id is not None and not (
        0 < len(conversation_id) <= LONGEST_CONVERSATION and is_text(conversation_id)
    ):
        where = ["query", "conversation_id"]
        kind = "string_too_long" if conversation_id else "string_too_short"
        raise _unprocessable(where, f"String should have 1 to {LONGEST_CONVERSATION} characters", kind)
    if conversation_id is None:
        fresh = new_id("eval", services.wall_clock())
        return {"output": await _answer(services, access, assistant, [], given, fresh)}
    thread = await services.threads.of_conversation(assistant.id, conversation_id, assistant.version)
    return {"output": await _continue(services, access, assistant, thread, given)}


async def _continue(
    services: Services,
    access: ClientAccess,
    assistant: AssistantView,
    thread: ThreadView,
    given: dict[str, Any],
) -> str:
    """Answer within a kept thread, one turn at a time."""
    async with services.chat_turns.of(thread.id):
        kept = await services.chats.messages(thread.id, services.settings.chat.history_messages)
        # The conversation keeps the version that it began with.
        pinned = await services.assistants.get_version(
            assistant.site_id, assistant.id, thread.assistant_version
        )
        return await _answer(services, access, pinned, kept, given, thread.id, keep=True)


async def _answer(
    services: Services,
    _access: ClientAccess,
    assistant: AssistantView,
    kept: list[Message],
    given: dict[str, Any],
    conversation: str,
    *,
    keep: bool = False,
) -> str:
    bot = await find_bot_for(services, assistant.site_id, assistant.id)
    if bot is None:
        raise HttpError(502, "no_bot", "No bot is registered for this assistant's site.")
    briefing = await services.briefings.get(
        bot.id, assistant_id=assistant.id, version=assistant.version, timezone=bot.timezone
    )
    history = kept if assistant.include_conversation_transcript else []
    tools = briefing.tools(
        call_id=conversation,
        caller_number=None,
        messages=lambda: history,
        ask=services.others.ask_for(bot.id, conversation),
    ).by_text()
    turn = await services.chat_agent.reply(
        history, _text(given), tools, in_json=assistant.response_format_json
    )
    if keep:
        await services.chats.append(conversation, *turn)
    elif any(call.name == WRITE_TO_MEMORY.name for one in turn for call in calls_of(one)):
        await services.memories.forget(assistant.id, conversation)
    said = answer_of(turn)
    if not said:
        raise HttpError(502, "no_answer", "The assistant gave no answer.")
    return _as_json(said) if assistant.response_format_json else said


def _as_json(said: str) -> str:
    """Give an answer as the text of one JSON object, whoever made it: the receptionist speaks to people."""
    try:
        if isinstance(json.loads(said), dict):
            return said
    except (ValueError, RecursionError):
        pass
    return json.dumps({"message": said}, ensure_ascii=False)


def _text(given: dict[str, Any]) -> str:
    """Say an input as one message: a lone text as it is, anything else as JSON."""
    values = list(given.values())
    alone = values[0] if len(values) == 1 and isinstance(values[0], str) else None
    return alone if alone is not None else json.dumps(given, ensure_ascii=False)


def _unprocessable(where: list[str], message: str, kind: str) -> HttpError:
    detail = [{"loc": where, "msg": message, "type": kind}]
    return HttpError(422, "unprocessable", message, body={"detail": detail})
