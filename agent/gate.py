"""The truth gate in the pipeline: no sentence reaches the voice that the conversation does not bear out."""

from collections.abc import Callable, Sequence

import structlog
from pipecat.frames.frames import (
    AggregatedTextFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.utils.text.base_text_aggregator import TextType
from pipecat.utils.text.simple_text_aggregator import SimpleTextAggregator

from agent.truth import gate
from tools.conversation import Message

_log = structlog.get_logger(__name__)


class TruthGate(FrameProcessor):
    """Cuts the model's text into sentences and lets each through, or a true one in its place."""

    def __init__(self, messages: Callable[[], Sequence[Message]]) -> None:
        """Make the gate.

        Args:
            messages: Gives the conversation so far.
        """
        super().__init__()
        self._messages = messages
        self._sentences = SimpleTextAggregator()
        self._correction: str | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Hold the model's words until they make a sentence; let everything else pass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMTextFrame):
            async for sentence in self._sentences.aggregate(frame.text):
                await self._let_through(sentence.text)
            return
        if isinstance(frame, LLMFullResponseStartFrame):
            self._correction = None
        elif isinstance(frame, LLMFullResponseEndFrame):
            rest = await self._sentences.flush()
            if rest:
                await self._let_through(rest.text)
        elif isinstance(frame, InterruptionFrame):
            await self._sentences.handle_interruption()
        await self.push_frame(frame, direction)

    async def _let_through(self, sentence: str) -> None:
        if not sentence.strip():
            return
        true = gate(sentence, self._messages())
        if true != sentence:
            _log.warning("sentence replaced by the truth gate")
            if true == self._correction:  # said once in this answer; that is enough
                return
            self._correction = true
        if true:
            await self.push_frame(AggregatedTextFrame(true, TextType.SENTENCE))
