"""The check of statements in the pipeline: the voice gets only what the conversation bears out."""

from collections.abc import Callable, Sequence

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

from agent.statements.check import StatementCheck
from agent.statements.speech import SpeechGate
from contracts.conversation import Message


class TruthGate(FrameProcessor):
    """Cuts the model's text into sentences and lets each through, or a true one in its place."""

    def __init__(self, check: StatementCheck, messages: Callable[[], Sequence[Message]]) -> None:
        """Make the gate."""
        super().__init__()
        self._check = check
        self._messages = messages
        self._gate = SpeechGate(check, messages)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Hold the model's words until they make a sentence; let everything else pass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMTextFrame):
            await self._speak(await self._gate.true_words_async(self._gate.feed(frame.text)))
            return
        if isinstance(frame, LLMFullResponseStartFrame | InterruptionFrame):
            self._gate = SpeechGate(self._check, self._messages)
        elif isinstance(frame, LLMFullResponseEndFrame):
            await self._speak(await self._gate.true_words_async(self._gate.flush()))
        await self.push_frame(frame, direction)

    async def _speak(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            await self.push_frame(AggregatedTextFrame(sentence, TextType.SENTENCE))
