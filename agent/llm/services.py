"""What answers the caller: the OpenAI model, and the deterministic receptionist that stands in for it.

Both are pipecat LLM services over the same context and the same functions, so either can go on where
the other stopped, in the middle of a call.
"""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from typing import Any, cast

import openai
from pipecat.adapters.llm.services.open_ai_adapter import OpenAILLMInvocationParams
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    FunctionCallFromLLM,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSSpeakFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import LLMService
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.services.settings import LLMSettings

from agent.llm.knowledge import Knowledge
from agent.llm.messages import clean
from agent.llm.prompt import found_block
from agent.receptionist.action import Action
from agent.receptionist.responses import looking, split_filler
from config.logs import get_logger
from config.settings import OpenAISettings
from contracts.conversation import Message, text_of
from knowledge.search.index import Passage

_log = get_logger(__name__)

Decide = Callable[[Sequence[Message]], Action]
"""The receptionist, with the practice, the clock and the caller's number filled in."""

OnFound = Callable[[Sequence[Passage]], None]
"""Told of the passages that are laid before the model."""

_ENDING = frozenset({"end_call", "request_person"})
"""Functions after which the words beside the call are the last ones, not a filler."""

UNCLEAR = (
    "The caller spoke, but nothing could be understood. Ask them to say it again, in other words than "
    "you asked before."
)
"""The developer message that stands for speech without words."""


def conversation(context: LLMContext) -> list[Message]:
    """Give the conversation in the shape that functions, gate and receptionist read.

    Returns:
        User, assistant and tool messages; speech that was not understood is a user message without text.
    """
    messages: list[Message] = []
    for raw in context.get_messages():
        message = cast("Message", raw)
        if message.get("role") == "developer":
            messages.append({"role": "user", "content": ""})
        elif message.get("role") != "system":
            messages.append(message)
    return messages


class _ReceptionistMixin(LLMService):
    """Lets a pipecat LLM service answer by the receptionist's policy, and fill the wait for a function.

    Most functions answer before a caller would notice; words to fill the time come only when one takes
    longer, and only once.
    """

    _decide: Decide
    _filler_seconds: float
    _filler: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Drop the filler that is not needed any more."""
        if isinstance(frame, LLMContextFrame | InterruptionFrame | CancelFrame | EndFrame):
            await self._drop_filler()
        await super().process_frame(frame, direction)

    async def cleanup(self) -> None:
        """Drop the filler with the call."""
        await self._drop_filler()
        await super().cleanup()  # type: ignore[no-untyped-call] # pipecat leaves it untyped

    async def _answer_by_policy(self, context: LLMContext) -> None:
        move = self._decide(conversation(context))
        words, filler = split_filler(move.say or "") if move.call else (move.say, "")
        if words:
            await self.push_frame(LLMTextFrame(words))
        if move.call:
            call = FunctionCallFromLLM(
                function_name=move.call.name,
                tool_call_id=f"call_{uuid.uuid4().hex[:24]}",
                arguments=move.call.arguments,
                context=context,
            )
            if filler:
                self._fill(filler)
            await self.run_function_calls([call])

    def _fill(self, words: str) -> None:
        self._filler = self.create_task(self._fill_after(words))

    async def _fill_after(self, words: str) -> None:
        await asyncio.sleep(self._filler_seconds)
        await self.push_frame(TTSSpeakFrame(words, append_to_context=True))

    async def _drop_filler(self) -> None:
        filler, self._filler = self._filler, None
        if filler:
            await self.cancel_task(filler)


class ReceptionistLLMService(_ReceptionistMixin):
    """The deterministic receptionist as an LLM service."""

    def __init__(self, decide: Decide, filler_seconds: float) -> None:
        super().__init__(
            settings=LLMSettings(
                model="receptionist",
                system_instruction=None,
                temperature=None,
                max_tokens=None,
                top_p=None,
                top_k=None,
                frequency_penalty=None,
                presence_penalty=None,
                seed=None,
                filter_incomplete_user_turns=False,
                user_turn_completion_config=None,
            )
        )
        self._decide = decide
        self._filler_seconds = filler_seconds

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Answer when the conversation asks for it; let everything else pass."""
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        await self.push_frame(LLMFullResponseStartFrame())
        try:
            await self._answer_by_policy(frame.context)
        finally:
            await self.push_frame(LLMFullResponseEndFrame())


class FallbackLLMService(_ReceptionistMixin, OpenAILLMService):
    """The OpenAI model; when it fails or keeps the caller waiting, the receptionist takes that turn."""

    def __init__(
        self,
        decide: Decide,
        *,
        client: openai.AsyncOpenAI,
        settings: OpenAISettings,
        instruction: str,
        sampling: dict[str, Any],
        knowledge: Knowledge,
        on_found: OnFound,
        filler_seconds: float,
    ) -> None:
        """Make the service.

        Args:
            client: The client that all calls of the process share.
            sampling: Which model, and how freely it answers.
            on_found: Told of the passages that are laid before the model.
            filler_seconds: How long a function may take before the caller hears that they have to wait.
        """
        self._shared_client = client
        OpenAILLMService.__init__(
            self,
            settings=OpenAILLMService.Settings(system_instruction=instruction, **sampling),
        )
        self._knowledge = knowledge
        self._on_found = on_found
        self._found: Sequence[Passage] = ()
        self._decide = decide
        self._filler_seconds = filler_seconds
        self._said = False
        self._called = False
        self._patience = settings.timeout_seconds
        self._deadline: asyncio.Timeout | None = None

    def create_client(self, *_: object, **__: object) -> openai.AsyncOpenAI:
        """Give the shared client instead of one a call."""
        return self._shared_client

    def build_chat_completion_params(self, params_from_context: OpenAILLMInvocationParams) -> dict[str, Any]:
        """Lay what was found for the caller's last words beside them; it is not kept in the conversation."""
        params: dict[str, Any] = super().build_chat_completion_params(params_from_context)
        if self._found:
            messages = list(params["messages"])
            last = max((n for n, one in enumerate(messages) if one["role"] == "user"), default=-1)
            messages.insert(last + 1, {"role": "system", "content": found_block(self._found)})
            params["messages"] = messages
        return params

    async def _push_llm_text(self, text: str) -> None:
        # Every word that comes buys the model another stretch of patience.
        self._said = True
        if self._deadline:
            self._deadline.reschedule(asyncio.get_running_loop().time() + self._patience)
        await super()._push_llm_text(clean(text))

    async def run_function_calls(self, function_calls: Sequence[FunctionCallFromLLM]) -> None:
        """Run the model's calls, with words to fill the time when it gave none itself."""
        self._called = self._called or bool(function_calls)
        lasting = [call for call in function_calls if call.function_name not in _ENDING]
        if lasting and not self._said and not self._filler:
            self._fill(looking(len(conversation(lasting[0].context))))
        await super().run_function_calls(function_calls)

    async def _process_context(self, context: LLMContext) -> None:
        self._said = self._called = False
        await self._look_up(conversation(context))
        try:
            async with asyncio.timeout(self._patience) as self._deadline:
                await super()._process_context(context)
        except (openai.OpenAIError, TimeoutError, ValueError, RecursionError) as error:
            _log.warning("model failed, the receptionist answers", error=type(error).__name__)
            await self._answer_by_policy(context)
        else:
            if not self._said and not self._called:  # no answer is no answer, whatever its status was
                _log.warning("model said nothing, the receptionist answers")
                await self._answer_by_policy(context)
        finally:
            self._deadline = None

    async def _look_up(self, messages: Sequence[Message]) -> None:
        """Search the files for the caller's last words, once, before the model asks for it."""
        if messages and messages[-1]["role"] == "user":
            self._found = await self._knowledge.find(text_of(messages[-1]))
            if self._found:
                self._on_found(self._found)
