"""The bot by text: one turn of a conversation, function calls and all.

The OpenAI model answers when there is a key; when it fails, in whatever way and at whatever point of the
turn, the receptionist goes on from there.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessage

from agent.llm.knowledge import Knowledge
from agent.llm.messages import ModelFailed, calls_in, clean, sendable
from agent.llm.openai_client import openai_client
from agent.llm.prompt import block, found_block, known_of, system_prompt
from agent.llm.sampling import sampling
from agent.receptionist.policy import next_action
from agent.statements.check import SpeechGate
from config.logs import get_logger
from config.settings import Settings
from contracts.conversation import Message, text_of
from contracts.site import LONGEST_MESSAGE
from language.sentences import split_sentences
from tools.context import ToolContext
from tools.errors import UpstreamError
from tools.registry import offered, run_function

MOST_ROUNDS = 8
"""Answers of the model, or moves of the receptionist, within one turn."""
MOST_ANSWER_CHARACTERS = 100_000
"""Characters of one answer of the model; one that says more comes to no end."""
RECEPTIONIST = "receptionist"
"""Who answered, when it was not a model."""
_log = get_logger(__name__)


class ChatAgent:
    """Answers messages, by the model where there is one and by the receptionist otherwise."""

    def __init__(self, settings: Settings, client: openai.AsyncOpenAI | None = None) -> None:
        """Make the agent.

        Args:
            settings: The model's settings; without an API key the receptionist answers.
            client: The model's client; without it one is made from the settings.
        """
        self._settings = settings.openai
        self._client = client or openai_client(settings)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.close()

    async def reply(
        self, messages: Sequence[Message], text: str, ctx: ToolContext, *, in_json: bool = False
    ) -> list[Message]:
        """Answer one message.

        Args:
            text: What the person wrote; empty when it could not be understood.
            ctx: What functions may use; they see the conversation of this turn, whatever its own view was.
            in_json: The model is to answer in JSON.

        Returns:
            The new messages, the person's first. Each assistant message says in ``answered_by`` who made it,
            and in ``sources`` which passages of the practice's files lay before them, if any.
        """
        turn = [*messages, {"role": "user", "content": text[:LONGEST_MESSAGE]}]
        ctx = replace(ctx, messages=lambda: turn)
        if self._client is None or not await self._model_answers(self._client, turn, ctx, in_json):
            await self._receptionist_answers(turn, ctx)
        return turn[len(messages) :]

    async def _model_answers(
        self,
        client: openai.AsyncOpenAI,
        turn: list[Message],
        ctx: ToolContext,
        in_json: bool,
    ) -> bool:
        """Let the model answer; False when the receptionist has to go on."""
        knowledge = Knowledge(ctx.knowledge, self._settings.knowledge_prompt_characters, ctx.facts)
        functions = offered(ctx)
        prompt: Message = {
            "role": "system",
            "content": system_prompt(
                ctx.facts,
                (ctx.config.assistant_instructions if ctx.config else None) or "",
                known_of(ctx, knowledge.whole, await _memory(ctx)),
                functions=[function.name for function in functions],
            ),
        }
        # Found for what the person just said: it stands beside that, not in the part that stays the same.
        found = await knowledge.find(text_of(turn[-1]))
        beside: list[Message] = [{"role": "system", "content": found_block(found)}] if found else []
        place = len(turn)
        params: dict[str, Any] = sampling(ctx.config, self._settings)
        if functions:
            params["tools"] = [function.openai_tool() for function in functions]
        if in_json:
            params["response_format"] = {"type": "json_object"}
            # Servers refuse that format where no message speaks of it.
            prompt["content"] += "\n\n" + block("json", {})
        try:
            for _ in range(MOST_ROUNDS):
                said = sendable(turn[:place], self._settings.history_characters)
                since = sendable(turn[place:])
                answer = await self._ask(client, [prompt, *said, *beside, *since], params)
                # A long answer takes longer to check than a packet of a call may wait.
                message = await asyncio.to_thread(self._message, answer, turn, params["model"], in_json)
                if found:
                    message["sources"] = [one.source for one in found]
                turn.append(message)
                for call in message.get("tool_calls", ()):
                    function = call["function"]
                    await _run(ctx, turn, call["id"], function["name"], function["arguments"])
                ended = ctx.ending.ending is not None and message["content"]
                if "tool_calls" not in message or ended:
                    return True
        except (openai.OpenAIError, TimeoutError, ValueError, ModelFailed) as error:
            _log.warning("the model failed, the receptionist answers", error=type(error).__name__)
            return False
        _log.warning("the model came to no end, the receptionist answers")
        return False

    async def _ask(
        self, client: openai.AsyncOpenAI, messages: list[Message], params: dict[str, Any]
    ) -> ChatCompletionMessage:
        """Ask the model, as a stream: as long as words come it is not too slow, however long it speaks."""
        try:
            completion = await self._stream(client, messages, params)
        except (openai.OpenAIError, TimeoutError, ModelFailed):
            raise
        except Exception as error:
            # The edge: the client takes a stream apart as it should be, and a server may send any.
            raise ModelFailed(f"the answer cannot be read: {type(error).__name__}") from error
        choice = completion.choices[0] if completion.choices else None
        # A stream that was cut off is no answer, however it reads.
        if choice is None or choice.finish_reason is None:
            raise ModelFailed("the answer was cut off")
        if not ((choice.message.content or "").strip() or choice.message.tool_calls):
            raise ModelFailed("the answer is empty")
        return choice.message

    async def _stream(
        self, client: openai.AsyncOpenAI, messages: list[Message], params: dict[str, Any]
    ) -> ChatCompletion:
        loop, patience = asyncio.get_running_loop(), self._settings.timeout_seconds
        last, size = loop.time() + self._settings.answer_seconds, 0
        async with (
            asyncio.timeout(patience) as deadline,
            client.chat.completions.stream(messages=cast("Any", messages), **params) as stream,
        ):
            came = False
            async for event in stream:
                came = True
                deadline.reschedule(min(loop.time() + patience, last))
                if event.type == "content.delta":
                    size += len(event.delta)
                if size > MOST_ANSWER_CHARACTERS:
                    raise ModelFailed("the answer has no end")
            if not came:
                raise ModelFailed("the answer holds nothing")
            return await stream.get_final_completion()

    def _message(
        self,
        answer: ChatCompletionMessage,
        turn: list[Message],
        model: str,
        in_json: bool,
    ) -> Message:
        gate = SpeechGate(lambda: turn)
        words = clean(answer.content or "")
        # JSON is for a program, which reads what functions returned; cut at sentences it would be none.
        sentences = [words] if in_json else split_sentences(words)
        said = " ".join(filter(None, (gate.check(one) for one in sentences)))
        message: Message = {"role": "assistant", "content": said or None, "answered_by": model}
        if calls := calls_in(answer, turn):
            message["tool_calls"] = calls
        elif not said:
            raise ModelFailed("the answer is empty")
        return message

    async def _receptionist_answers(self, turn: list[Message], ctx: ToolContext) -> None:
        for _ in range(MOST_ROUNDS):
            # It goes through all that was said, which takes longer than a packet of a call may wait.
            move = await asyncio.to_thread(next_action, turn, ctx.facts, ctx.clock(), ctx.caller_number)
            if move.is_silent:
                return
            message: Message = {"role": "assistant", "content": move.say, "answered_by": RECEPTIONIST}
            turn.append(message)
            if move.call is None:
                return
            arguments = json.dumps(move.call.arguments)
            function = {"name": move.call.name, "arguments": arguments}
            message["tool_calls"] = [{"id": move.call.id, "type": "function", "function": function}]
            await _run(ctx, turn, move.call.id, move.call.name, arguments)
        _log.error("the receptionist came to no end")


def answer_of(turn: Sequence[Message]) -> str:
    """Give what a turn says to somebody who waits for it as a whole.

    Args:
        turn: What ``ChatAgent.reply`` gave.

    Returns:
        The answer without the words that fill the wait for a function; empty when nothing was said.
    """
    spoken = [one for one in turn if one.get("role") == "assistant" and text_of(one)]
    answers = [one for one in spoken if not one.get("tool_calls")] or spoken
    return " ".join(text_of(one) for one in answers)


async def _memory(ctx: ToolContext) -> dict[str, Any]:
    """Read what the assistant wrote down; a conversation goes on without it."""
    if ctx.site is None or ctx.assistant_id is None:
        return {}
    try:
        return await ctx.site.read_memory(ctx.assistant_id, ctx.call_id)
    except UpstreamError as error:
        _log.warning("memory out of reach", code=error.code)
        return {}


async def _run(ctx: ToolContext, turn: list[Message], call_id: str, name: str, arguments: str) -> None:
    result = await run_function(ctx, name, arguments)
    content = clean(json.dumps(result, ensure_ascii=False))
    turn.append({"role": "tool", "tool_call_id": call_id, "content": content})
