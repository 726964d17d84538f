"""One question to a model by text: the same services as in calls, asked outside of a pipeline.

As long as words come, the model is not too slow, however long it speaks.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from openai.types.responses import Response
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import ErrorFrame, Frame, FunctionCallFromLLM, LLMTextFrame
from pipecat.processors.aggregators.llm_context import NOT_GIVEN, LLMContext
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import LLMService
from pipecat.services.openai.base_llm import BaseOpenAILLMService

from agent.llm.messages import Answer, FunctionCall, ModelFailed
from agent.llm.wire import ResponsesHttpWire, check_finish
from contracts.conversation import Message
from tools.function import Function


@dataclass(frozen=True)
class TextLimits:
    """How long an answer may take.

    Attributes:
        patience_seconds: For the first words, and between words.
        answer_seconds: For all of it.
        characters: Of one answer; a model that says more comes to no end.
    """

    patience_seconds: float
    answer_seconds: float
    characters: int


class TextModel(Protocol):
    """A model that can be asked by text; ``first_words_at`` is of the event loop's clock."""

    limits: TextLimits
    instruction: str
    first_words_at: float | None

    async def ask(self, messages: Sequence[Message], functions: Sequence[Function]) -> Answer:
        """Ask for the next message of a conversation.

        Raises:
            ModelFailed: The vendor failed, in whatever way, or the answer is none.
            TimeoutError: It kept the person waiting.
        """


class _Text:
    """What all kinds of asking share."""

    limits: TextLimits
    instruction: str
    first_words_at: float | None = None
    _heard: Callable[[int], None]

    async def ask(self, messages: Sequence[Message], functions: Sequence[Function]) -> Answer:
        """Ask for the next message of a conversation."""
        tools = [
            FunctionSchema(
                name=one.name,
                description=one.description,
                properties=one.parameters["properties"],
                required=one.parameters["required"],
            )
            for one in functions
        ]
        given: Any = [dict(one) for one in messages]
        context = LLMContext(given, tools=ToolsSchema(standard_tools=list(tools)) if tools else NOT_GIVEN)
        try:
            async with self._in_time():
                answer = await self._answer(context)
        except (ModelFailed, TimeoutError):
            raise
        except Exception as error:
            # The edge: libraries take an answer apart as it should be, and a server may send any.
            raise ModelFailed(f"the answer cannot be had: {type(error).__name__}") from error
        if not (answer.text.strip() or answer.calls):
            raise ModelFailed("the answer is empty")
        return answer

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        loop, size = asyncio.get_running_loop(), 0
        last = loop.time() + self.limits.answer_seconds
        async with asyncio.timeout(self.limits.patience_seconds) as deadline:

            def heard(characters: int) -> None:
                nonlocal size
                if characters and self.first_words_at is None:
                    self.first_words_at = loop.time()
                size += characters
                if size > self.limits.characters:
                    raise ModelFailed("the answer has no end")
                deadline.reschedule(min(loop.time() + self.limits.patience_seconds, last))

            self._heard = heard
            yield

    async def _answer(self, context: LLMContext) -> Answer:
        raise NotImplementedError


class ChatCompletionsText(_Text, BaseOpenAILLMService):
    """By Chat Completions."""

    async def _answer(self, context: LLMContext) -> Answer:
        taken = await self.get_llm_adapter().get_llm_invocation_params(
            context,
            system_instruction=self.instruction,
            convert_developer_to_user=not self.supports_developer_role,
        )
        params = self.build_chat_completion_params(taken)
        params.pop("stream")
        came = False
        async with self._client.chat.completions.stream(**params) as stream:
            async for event in stream:
                came = True
                self._heard(len(event.delta) if event.type == "content.delta" else 0)
            completion = await stream.get_final_completion() if came else None
        choice = completion.choices[0] if completion and completion.choices else None
        check_finish(choice.finish_reason if choice else None)
        message = choice.message if choice else None
        calls = [
            FunctionCall(one.id, one.function.name, one.function.arguments or "")
            for one in (message.tool_calls if message else None) or ()
            if one.type == "function"
        ]
        return Answer((message.content if message else None) or "", tuple(calls))


class ResponsesText(_Text, ResponsesHttpWire):
    """By the Responses API."""

    async def _answer(self, context: LLMContext) -> Answer:
        taken = await self.get_llm_adapter().get_llm_invocation_params(
            context, system_instruction=self.instruction
        )
        stream = await self._client.responses.create(**self._build_response_params(taken))
        try:
            async for event in stream:
                self._heard(len(event.delta) if event.type == "response.output_text.delta" else 0)
                if event.type == "response.completed":
                    return _whole(event.response)
                if event.type in {"response.failed", "response.incomplete", "error"}:
                    raise ModelFailed(f"the answer was cut off: {event.type}")
        finally:
            await stream.close()
        raise ModelFailed("the answer was cut off")


def _whole(response: Response) -> Answer:
    calls = [
        FunctionCall(one.call_id, one.name, one.arguments)
        for one in response.output
        if one.type == "function_call"
    ]
    return Answer(response.output_text, tuple(calls))


class CollectedText(_Text, LLMService[Any]):
    """By whatever API the vendor's service speaks: what it would push into a pipeline is collected."""

    _words: list[str]
    _asked_for: list[FunctionCall]
    _fault: str | None

    async def _answer(self, context: LLMContext) -> Answer:
        self._words, self._asked_for, self._fault = [], [], None
        await self._process_context(context)  # type: ignore[attr-defined] # every vendor's service has it
        if self._fault is not None:
            raise ModelFailed(f"the vendor's service failed: {self._fault}")
        return Answer("".join(self._words), tuple(self._asked_for))

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:  # noqa: ARG002
        """Collect the words."""
        if isinstance(frame, LLMTextFrame):
            self._heard(len(frame.text))
            self._words.append(frame.text)

    async def push_error_frame(self, error: ErrorFrame, force_treat_as_permanent: bool = False) -> None:  # noqa: ARG002
        """Keep what went wrong."""
        self._fault = type(error.exception).__name__ if error.exception else "reported"

    async def run_function_calls(self, function_calls: Sequence[FunctionCallFromLLM]) -> None:
        """Collect the calls; the chat runs them."""
        for one in function_calls:
            arguments = json.dumps(dict(one.arguments), ensure_ascii=False)
            self._asked_for.append(FunctionCall(one.tool_call_id, one.function_name, arguments))
