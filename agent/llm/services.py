"""What answers the caller: a vendor's model, and the deterministic receptionist that stands in for it.

Both are pipecat LLM services over the same context and the same functions, so either can go on where
the other stopped, in the middle of a call.
"""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from typing import Any, cast

from pipecat.adapters.llm.base_llm_adapter import BaseLLMAdapter
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    AggregatedTextFrame,
    CancelFrame,
    EndFrame,
    ErrorFrame,
    Frame,
    FunctionCallFromLLM,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSSpeakFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings
from pipecat.utils.text.base_text_aggregator import TextType

from agent.dialogue.action import Action
from agent.dialogue.presence import goes_unheard
from agent.dialogue.responses import language_of, say, split_filler
from agent.dialogue.results import untold
from agent.llm.answers import AnswerCheck, NotSaidError, told_to_go_on
from agent.llm.exact_words import exact_words
from agent.llm.guards import MOST_ROUNDS, rounds_of
from agent.llm.knowledge import Knowledge
from agent.llm.messages import ModelFailed
from agent.llm.patience import Deadline, Patience
from agent.llm.prompt import found_block
from agent.statements.check import StatementCheck
from agent.statements.speech import SpeechGate
from config.logs import get_logger
from contracts.conversation import Message, sentence_of, text_of
from kit.circuit_breaker import RequestResult
from knowledge.search.passage import Passage
from language.sentences import split_sentences
from tools.handles import with_handles

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
        if not isinstance(raw, dict):
            continue  # a vendor's own record, such as of its reasoning
        message = cast("Message", raw)
        if message.get("role") == "developer":
            messages.append({"role": "user", "content": ""})
        elif message.get("role") != "system":
            messages.append(message)
    return messages


class ReceptionistMixin(LLMService):
    """Lets a pipecat LLM service answer by the receptionist's policy, and fill the wait for a function.

    Most functions answer before a caller would notice; words to fill the time come only when one takes
    longer, and only once.
    """

    _decide: Decide
    _filler_seconds: float
    _filler: asyncio.Task[None] | None = None
    answering = False
    """An answer is due or being made; set by whoever asks for one, too, as the request is on its way here."""

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
            await self._say_exactly(words)
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

    async def _say_exactly(self, words: str) -> None:
        """Say words of ours as they stand: nothing is left to check in them."""
        for sentence in split_sentences(words):
            await self.push_frame(AggregatedTextFrame(sentence, TextType.SENTENCE))

    def _fill(self, words: str, seconds: float | None = None) -> None:
        """Say words after a while, unless they are dropped before."""
        self._filler = self.create_task(self._fill_after(words, seconds or self._filler_seconds))

    async def _fill_after(self, words: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.push_frame(TTSSpeakFrame(words, append_to_context=True))

    async def _drop_filler(self) -> None:
        filler, self._filler = self._filler, None
        if filler:
            await self.cancel_task(filler)


class _NoVendor(BaseLLMAdapter[Any]):
    """Converts nothing: pipecat's own default would load a vendor's library in the middle of a first call."""

    @property
    def id_for_llm_specific_messages(self) -> str:
        """Name nobody's own messages."""
        return "receptionist"

    async def get_llm_invocation_params(self, context: LLMContext, **_: Any) -> list[Any]:
        """Give what a vendor would be asked with."""
        return self.get_messages_for_logging(context)

    def to_provider_tools_format(self, tools_schema: ToolsSchema) -> list[Any]:
        """Give the functions as they are."""
        return tools_schema.standard_tools

    def get_messages_for_logging(self, context: LLMContext) -> list[Any]:
        """Give the messages as they are."""
        return context.get_messages()


class ReceptionistLLMService(ReceptionistMixin):
    """The deterministic receptionist as an LLM service."""

    adapter_class = _NoVendor

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
        self.answering = True
        try:
            await self._answer_by_policy(frame.context)
        finally:
            self.answering = False
            await self.push_frame(LLMFullResponseEndFrame())


class FallbackMixin(ReceptionistMixin):
    """Any vendor's model; when it fails or keeps the caller waiting, the receptionist takes that turn.

    It is laid over pipecat's service of the vendor (``agent/llm/choice.py``). Some services raise what goes
    wrong, some push it as a frame: either way the turn is answered, within one response.
    """

    _knowledge: Knowledge
    _on_found: OnFound
    _patience: Patience
    _deadline: Deadline
    _now: Callable[[], str]
    _statements: StatementCheck
    _check: AnswerCheck
    _most_characters: int
    _characters = 0
    _not_said: NotSaidError | None = None
    _hour = ""
    """What the model is told of the time: the same for the whole of a turn."""
    _found: Sequence[Passage] = ()
    _said = False
    """Words have come, if not yet a sentence."""
    _spoken = False
    _called = False
    _fault: str | None = None
    _asking = False
    _open = False

    def stand_by(
        self,
        decide: Decide,
        *,
        patience: Patience,
        knowledge: Knowledge,
        on_found: OnFound,
        now: Callable[[], str],
        filler_seconds: float,
        language: str,
        statements: StatementCheck,
        most_characters: int,
    ) -> None:
        """Say who stands by for the model, and what it is helped with; before the first turn.

        Args:
            patience: How long the caller waits for it, and what it has failed at so far.
            filler_seconds: How long a function may take before the caller hears that they have to wait.
            language: The tag of the bot's language; the words that fill a wait follow the caller's.
            most_characters: Of one answer; one that says more comes to no end.
        """
        self._statements = statements
        self._most_characters = most_characters
        self._decide = decide
        self._patience, self._deadline = patience, Deadline(patience.sentence_seconds)
        self._knowledge = knowledge
        self._on_found = on_found
        self._now = now
        self._filler_seconds = filler_seconds
        self._language = language

    async def _abandon(self) -> None:
        """Let go of a request that failed; what it may still send must not be taken for the next answer."""

    async def _push_llm_text(self, text: str) -> None:
        self._said = True
        self._deadline.heard(text)
        self._characters += len(text)
        if self._characters > self._most_characters:
            raise ModelFailed("the answer has no end")
        await self._say_checked(self._check.feed(text))

    async def _say_checked(self, sentences: Sequence[str], *, beside_calls: bool = False) -> None:
        """Say the sentences that may be said; the first that may not ends the answer."""
        for sentence in sentences:
            try:
                said = await asyncio.to_thread(self._check.check, sentence, beside_calls=beside_calls)
            except NotSaidError as error:
                self._not_said = error
                raise
            for one in said:
                if not self._spoken:
                    await self._drop_filler()
                self._spoken = True
                await self.push_frame(AggregatedTextFrame(one, TextType.SENTENCE))

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        """Keep a turn one response, whoever answers it: some services open and close it with the request."""
        if isinstance(frame, LLMFullResponseStartFrame):
            if self._open:
                return
            self._open = True
        elif isinstance(frame, LLMFullResponseEndFrame):
            if self._asking or not self._open:
                return
            self._open = False
        await super().push_frame(frame, direction)

    async def push_error_frame(self, error: ErrorFrame, force_treat_as_permanent: bool = False) -> None:  # noqa: ARG002
        """Keep what went wrong; it is answered here, and nobody else has to know."""
        self._fault = type(error.exception).__name__ if error.exception else "reported"
        if not self._asking:
            _log.warning("the model's connection failed", error=self._fault)

    async def run_function_calls(self, function_calls: Sequence[FunctionCallFromLLM]) -> None:
        """Run the model's calls, with words to fill the time when it gave none itself."""
        if self._asking:
            await self._say_checked(self._check.flush(), beside_calls=True)
        self._called = self._called or bool(function_calls)
        lasting = [call for call in function_calls if call.function_name not in _ENDING]
        if lasting and not self._spoken and not (self._filler and self._filler.done()):
            await self._drop_filler()
            said = conversation(lasting[0].context)
            self._fill(say("looking", len(said), language=language_of(said, self._language)))
        await super().run_function_calls(function_calls)

    async def _process_context(self, context: LLMContext) -> None:
        await self.push_frame(LLMFullResponseStartFrame())
        self.answering = True
        try:
            await self._answer(context)
        finally:
            self.answering = False
            await self.push_frame(LLMFullResponseEndFrame())

    async def _answer(self, context: LLMContext) -> None:
        messages = conversation(context)
        if (exact := exact_words(messages)) is not None:
            await self._say_exactly(exact)
            return
        if (missed := untold(messages)) is not None:
            await self._say_exactly(sentence_of(missed.result))
        if rounds_of(messages) >= MOST_ROUNDS:
            _log.warning("model came to no end, the receptionist answers")
            await self._answer_by_policy(context)
            return
        if await asyncio.to_thread(goes_unheard, messages):
            _log.info("no answer of the caller comes through, the receptionist offers help")
            await self._answer_by_policy(context)
            return
        await self._look_up(messages)
        fault = await self._ask(context)
        if self._not_said is not None or (fault is None and await self._only_promised()):
            again = self._not_said.told if self._not_said else told_to_go_on(self._check.said)
            _log.info("the model is asked again", not_said=self._not_said is not None)
            fault = await self._ask(context, again)
            if self._not_said is not None and (fault is not None or not (self._spoken or self._called)):
                await self._say_exactly(self._not_said.verdict.instead)
                return
        if fault is not None:
            _log.warning("model failed, the receptionist answers", error=fault)
            await self._answer_by_policy(context)
        elif not self._called and (not self._spoken or await self._only_promised()):
            # No answer is no answer, whatever its status was.
            _log.warning("model said nothing, the receptionist answers")
            await self._answer_by_policy(context)

    async def _only_promised(self) -> bool:
        """Tell whether the caller was told that something is looked up, and nothing is."""
        return not self._called and await asyncio.to_thread(self._check.only_promises)

    async def _ask(self, context: LLMContext, again: str = "") -> str | None:
        """Ask the vendor, unless it is left alone; gives what went wrong, or None.

        What of an answer that breaks off makes no whole sentence is not said.

        Args:
            again: What it is told when it is asked for the second time, which is the last.
        """
        if not again:
            self._not_said = None
        self._said = self._spoken = self._called = False
        breaker = self._patience.breaker
        admission = breaker.admit()
        if admission is None:
            return "left alone"
        gate = SpeechGate(self._statements, lambda: conversation(context))
        self._check = AnswerCheck(gate, asks_again=not again)
        self._fault, self._asking, self._characters = None, True, 0
        outcome: RequestResult = "cancelled"
        said = conversation(context)
        filler = say("checking", len(said), language=language_of(said, self._language))
        self._fill(filler, self._patience.filler_seconds)
        try:
            async with self._deadline:
                seen = self._seen(context, again)
                await super()._process_context(seen)  # type: ignore[misc] # every vendor's service has it
            if not self._called and self._fault is None:
                await self._say_checked(self._check.flush())
            outcome = self._outcome()
        except NotSaidError:
            outcome = "success"
            await self._abandon()
        except Exception as error:  # noqa: BLE001 - the edge: a vendor's library raises what it likes
            self._fault, outcome = type(error).__name__, "failure"
            await self._abandon()
        finally:
            self._asking = False
            breaker.report(admission, outcome)
            if not self._called:
                await self._drop_filler()
        return self._fault

    def _outcome(self) -> RequestResult:
        """Tell what became of a request that raised nothing: some services push what goes wrong."""
        return "success" if self._fault is None or self._not_said is not None else "failure"

    def _seen(self, context: LLMContext, again: str) -> LLMContext:
        """Give the conversation as the model sees it, with what was found for the caller's last words."""
        given = context.get_messages()
        seen = iter(with_handles([cast("Message", one) for one in given if isinstance(one, dict)]))
        # A vendor's own record, such as of its reasoning, is no message.
        messages: list[Any] = [next(seen) if isinstance(one, dict) else one for one in given]
        # Beside the last words that they are for; they are not kept.
        last = max((n for n, one in enumerate(messages) if _role(one) == "user"), default=-1)
        told = [*([found_block(self._found)] if self._found else []), self._hour]
        messages[last + 1 : last + 1] = [{"role": "system", "content": one} for one in told]
        if again:
            messages.append({"role": "system", "content": again})
        return LLMContext(messages, tools=context.tools, tool_choice=context.tool_choice)

    async def _look_up(self, messages: Sequence[Message]) -> None:
        """Look at the clock, and search the files for the caller's last words, before the model asks."""
        if not messages or messages[-1]["role"] == "user" or not self._hour:
            self._hour = self._now()
        if messages and messages[-1]["role"] == "user":
            self._found = await self._knowledge.find(text_of(messages[-1]))
            if self._found:
                self._on_found(self._found)


def _role(message: object) -> str | None:
    return message.get("role") if isinstance(message, dict) else None
