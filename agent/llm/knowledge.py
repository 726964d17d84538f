"""What of the practice's files lies before the model: all of it, or what was found for the last words."""

import asyncio
from collections.abc import Sequence

from contracts.partner import PracticeFacts
from knowledge.search.index import KnowledgeIndex
from knowledge.search.passage import Passage
from knowledge.search.quotable import quotable_passage

MOST_FOUND = 3


class Knowledge:
    """The practice's files, for one conversation.

    Args:
        whole_up_to: Files with at most so many characters of text go into the prompt whole.
        facts: The practice's profile: no passage is shown that speaks against it, or to the machine.
    """

    def __init__(self, index: KnowledgeIndex | None, whole_up_to: int, facts: PracticeFacts) -> None:
        self._index = index
        self._facts = facts
        passages = index.passages if index is not None else ()
        small = sum(len(one.text) + len(one.heading) for one in passages) <= whole_up_to
        self.whole: Sequence[Passage] = self._quotable(passages) if small else ()
        """All passages when they are small enough for the prompt, else none."""

    async def find(self, said: str) -> Sequence[Passage]:
        """Find what answers the words just said, before the model asks for it.

        Returns:
            Passages, best first; nothing when nothing answers, or all is in the prompt.
        """
        if self._index is None or self.whole or not said.strip():
            return ()
        return self._quotable(await asyncio.to_thread(self._index.search, said, MOST_FOUND, judged=True))

    def _quotable(self, passages: Sequence[Passage]) -> Sequence[Passage]:
        return [told for one in passages if (told := quotable_passage(one, self._facts)) is not None]
