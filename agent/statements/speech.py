"""The check for speech that comes in pieces, as a model streams it."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from agent.statements.check import StatementCheck, Verdict
from contracts.conversation import Message
from language.sentences import SentenceSplitter


class SpeechGate:
    """Cuts one answer into sentences and lets each through, or says a true one in its place.

    One for each answer; ``judge`` gives the verdict itself, for those who ask the model once more.
    """

    def __init__(self, check: StatementCheck, messages: Callable[[], Sequence[Message]]) -> None:
        """Make the gate."""
        self._check = check
        self._messages = messages
        self._splitter = SentenceSplitter()
        self._said: set[str] = set()
        check.begin()

    def feed(self, text: str) -> list[str]:
        """Take the next piece; gives the sentences that are complete now, not yet checked."""
        return self._splitter.feed(text)

    def flush(self) -> list[str]:
        """Give what is left when the speech has ended, not yet checked."""
        return self._splitter.flush()

    def judge(self, sentence: str) -> Verdict:
        """Hold one sentence against the conversation as it is now."""
        self._check.take(self._messages())
        return self._check.judge(sentence)

    def true_words(self, sentences: Iterable[str]) -> list[str]:
        """Give each sentence that may be said; what stands in for others is said once."""
        found: list[str] = []
        for sentence in sentences:
            verdict = self.judge(sentence)
            said = sentence if verdict.ok else verdict.instead
            if verdict.ok or said not in self._said:
                found.append(said)
            if not verdict.ok:
                self._said.add(said)
        return found

    async def true_words_async(self, sentences: Sequence[str]) -> list[str]:
        """Check sentences without holding up the event loop."""
        return await asyncio.to_thread(self.true_words, sentences) if sentences else []
