"""``/api/v2/assistants/{assistant_code}/evaluate``: an assistant's answer to one input."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request

from agent.chat import answer_of
from contracts.assistants import ConversationId, EvaluationInput, EvaluationOutput, message_of
from contracts.conversation import Message, calls_of
from kit.ids import new_id
from practice.assistants.views import AssistantView
from practice.conversations.integrator_threads import ThreadView
from tools.functions.memory import WRITE_TO_MEMORY
from webhooks.assistants_api.auth import ClientAccess, Reads
from webhooks.assistants_api.errors import EVALUATION, unprocessable_body
from webhooks.body_route import BodyRoute
from webhooks.dependencies import Injected, Services
from webhooks.http_errors import HttpError
from webhooks.json_body import JsonInvalid, parse_json
from webhooks.text_turns import bot_or_site, brief, others_of


async def read_json(request: Request) -> dict[str, Any]:
    """Read a body, whatever its content type says. Raises `HttpError`: it is no JSON object (422)."""
    try:
        body = parse_json(await request.body())
    except JsonInvalid as error:
        raise unprocessable_body(str(error), "json_invalid") from error
    if not isinstance(body, dict):
        raise unprocessable_body("Input should be a valid dictionary", "dict_type")
    return body


class EvaluationRoute(BodyRoute):
    """A route whose unreadable bodies are refused as FastAPI does."""

    read = staticmethod(read_json)


router = APIRouter(prefix="/api/v2/assistants", tags=["Evaluation"], route_class=EvaluationRoute)


@router.post(
    "/{assistant_code}/evaluate",
    operation_id="evaluateAssistant",
    summary="Evaluate an assistant",
    responses=EVALUATION,
)
async def evaluate(
    assistant_code: Annotated[
        str, Path(description="The assistant's code.", examples=["front-desk"], min_length=1)
    ],
    access: Reads,
    services: Injected,
    body: EvaluationInput,
    conversation_id: Annotated[
        ConversationId | None,
        Query(description="Your conversation: whatever you call it.", examples=["conv-1001"]),
    ] = None,
) -> EvaluationOutput:
    """An assistant's answer to one input.

    With a ``conversation_id``, the thread of this assistant and conversation goes on, with the version that
    it began with; without one, nothing is kept. A token without ``assistants:write`` is answered by an
    assistant that books, changes and passes on nothing. The path has no slash at its end.
    """
    assistant = await services.assistants.get_by_code(assistant_code, access.site_ids)
    text = message_of(body.input)
    if conversation_id is None:
        fresh = new_id("eval", services.wall_clock())
        return EvaluationOutput(output=await _answer(services, access, assistant, [], text, fresh))
    thread = await services.threads.of_conversation(assistant.id, conversation_id, assistant.version)
    return EvaluationOutput(output=await _continue(services, access, assistant, thread, text))


async def _continue(
    services: Services, access: ClientAccess, assistant: AssistantView, thread: ThreadView, text: str
) -> str:
    """Answer within a kept thread, one turn at a time."""
    async with services.thread_locks.of(thread.id):
        kept = await services.chats.messages(thread.id, services.settings.chat.history_messages)
        # The conversation keeps the version that it began with.
        pinned = await services.assistants.get_version(
            assistant.site_id, assistant.id, thread.assistant_version
        )
        return await _answer(services, access, pinned, kept, text, thread.id, keep=True)


async def _answer(
    services: Services,
    access: ClientAccess,
    assistant: AssistantView,
    kept: list[Message],
    text: str,
    conversation: str,
    *,
    keep: bool = False,
) -> str:
    bot = await bot_or_site(services, assistant)
    briefing = await brief(services, bot, assistant.id, assistant.version)
    history = kept if assistant.include_conversation_transcript else []
    tools = briefing.tools(
        call_id=conversation,
        caller_number=None,
        messages=lambda: history,
        ask=others_of(services, bot, conversation) if access.may_write else None,
    ).by_text()
    tools.reads_only = not access.may_write
    if keep:
        tools.earlier = await services.chats.messages_before(conversation, len(history))
    turn = await services.chat_agent.reply(history, text, tools, in_json=assistant.response_format_json)
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
