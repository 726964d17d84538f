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
import structlog
from openai.types.chat import ChatCompletion, ChatCompletionMessage

from agent.openai_client import openai_client
from agent.prompt import system_prompt
from agent.receptionist.policy import next_move
from agent.sentences import split_sentences
from agent.truth import SpeechGate
from config.settings import Settings
from tools.context import ToolContext
from tools.conversation import Message
from tools.registry import FUNCTIONS, run_function

MOST_ROUNDS = 8
"""Answers of the model, or moves of the receptionist, within one turn."""
MOST_CHARS = 4000
"""Characters of one message of the person that are read."""
RECEPTIONIST = "receptionist"
"""Who answered, when it was not a model."""
WORDLESS = "(Something was said that could not be understood.)"

_KEPT = ("role", "content", "tool_calls", "tool_call_id")
_log = structlog.get_logger(__name__)


class ModelFailed(Exception):
    """The model gave nothing that can be used."""


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
        self, messages: Sequence[Message], text: str, ctx: ToolContext, *, instructions: str = ""
    ) -> list[Message]:
        """Answer one message.

        Args:
            messages: The conversation so far.
            text: What the person wrote; empty when it could not be understood.
            ctx: What functions may use; they see the conversation of this turn, whatever its own view was.
            instructions: The practice's own instructions for the model.

        Returns:
            The new messages, the person's first. Each assistant message says in ``answered_by`` who made it.
        """
        turn = [*messages, {"role": "user", "content": text[:MOST_CHARS]}]
        ctx = replace(ctx, messages=lambda: turn)
        if self._client is None or not await self._model_answers(self._client, turn, ctx, instructions):
            await self._receptionist_answers(turn, ctx)
        return turn[len(messages) :]

    async def _model_answers(
        self, client: openai.AsyncOpenAI, turn: list[Message], ctx: ToolContext, instructions: str
    ) -> bool:
        """Let the model answer; False when the receptionist has to go on."""
        prompt: Message = {"role": "system", "content": system_prompt(ctx.facts, instructions, ctx.clock())}
        try:
            for _ in range(MOST_ROUNDS):
                answer = await self._ask(client, [prompt, *(_for_model(message) for message in turn)])
                message = self._message(answer, turn)
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

    async def _ask(self, client: openai.AsyncOpenAI, messages: list[Message]) -> ChatCompletionMessage:
        async with asyncio.timeout(self._settings.timeout_seconds):
            completion: object = await client.chat.completions.create(
                model=self._settings.model,
                messages=cast("Any", messages),
                tools=cast("Any", [function.openai_tool() for function in FUNCTIONS]),
            )
        # The client passes on whatever a server that is not quite compatible sends.
        if not isinstance(completion, ChatCompletion) or not completion.choices:
            raise ModelFailed("the answer holds no choice")
        message: ChatCompletionMessage | None = completion.choices[0].message
        if message is None or not (message.content or message.tool_calls):
            raise ModelFailed("the answer is empty")
        return message

    def _message(self, answer: ChatCompletionMessage, turn: list[Message]) -> Message:
        gate = SpeechGate(lambda: turn)
        said = " ".join(filter(None, (gate.check(one) for one in split_sentences(answer.content or ""))))
        message: Message = {"role": "assistant", "content": said or None, "answered_by": self._settings.model}
        calls = [
            {
                "id": one.id,
                "type": "function",
                "function": {"name": one.function.name, "arguments": one.function.arguments},
            }
            for one in answer.tool_calls or ()
            if one.type == "function"
        ]
        if calls:
            message["tool_calls"] = calls
        return message

    async def _receptionist_answers(self, turn: list[Message], ctx: ToolContext) -> None:
        for _ in range(MOST_ROUNDS):
            move = next_move(turn, ctx.facts, ctx.clock(), ctx.caller_number)
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


async def _run(ctx: ToolContext, turn: list[Message], call_id: str, name: str, arguments: str) -> None:
    result = await run_function(ctx, name, arguments)
    turn.append({"role": "tool", "tool_call_id": call_id, "content": json.dumps(result, ensure_ascii=False)})


def _for_model(message: Message) -> Message:
    """Give a message in exactly the shape that the model's endpoint takes."""
    sent = {key: message[key] for key in _KEPT if key in message}
    if sent.get("role") == "user" and not sent.get("content"):
        sent["content"] = WORDLESS
    return sent
