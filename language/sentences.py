"""Cutting speech into sentences."""

import re
from collections.abc import Iterator

LONGEST = 1000
"""Characters; a longer sentence is cut between two words, so that checking one takes a bounded time."""
# Possessive, and never begun within a run: a run of marks that no blank follows is gone through once.
_SENTENCE_END = re.compile(r"(?<![.!?\u2026])([.!?\u2026]++[\"')\]]*+)\s+|\n+")
_BLANK = re.compile(r"\s")
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|st|prof|jr|sr|vs|no|ave|blvd|rd|approx|e\.g|i\.e)|(?<!['\u2019])\b[a-z]|\b[ap]\.m)\.$",
    re.IGNORECASE,
)
_MERIDIEM_END = re.compile(r"\b[ap]\.\s?m\.$", re.IGNORECASE)
_LONGEST_ABBREVIATION = 16


class SentenceSplitter:
    """Cuts a text that comes in pieces into sentences; "two p.m." and "Dr. Lee" end none."""

    def __init__(self) -> None:
        self._rest = ""
        self._scanned = 0
        """Where in the rest the word starts that the next piece may make the last of a sentence."""

    def feed(self, text: str) -> list[str]:
        """Take the next piece; gives the sentences that are complete now."""
        is_open = text.isspace() or not (self._rest[-1:].isspace() or _BLANK.search(text))
        self._rest += text
        if is_open:  # What ends a sentence is known when a word comes after a blank.
            return []
        start = 0
        sentences: list[str] = []
        for match in _SENTENCE_END.finditer(self._rest, self._scanned):
            if match.end() == len(self._rest):
                break
            if not self._goes_on(match, start):
                sentences.extend(_bounded(self._rest[start : match.end()]))
                start = match.end()
        self._rest = self._rest[start:]
        self._scanned = len(self._rest.rstrip()) - len("".join(self._rest.rsplit(None, 1)[-1:]))
        return sentences

    def flush(self) -> list[str]:
        """Give what is left when the text has ended."""
        rest, self._rest, self._scanned = self._rest, "", 0
        return list(_bounded(rest))

    def _goes_on(self, match: re.Match[str], start: int) -> bool:
        if "\n" in match.group():
            return False
        end = self._rest[max(start, match.start() - _LONGEST_ABBREVIATION) : match.end(1)]
        if _MERIDIEM_END.search(end):
            return not self._rest[match.end()].isupper()
        return _ABBREVIATION.search(end) is not None


def split_sentences(text: str) -> list[str]:
    """Cut a whole text into sentences; see ``SentenceSplitter``."""
    splitter = SentenceSplitter()
    return splitter.feed(text) + splitter.flush()


def _bounded(sentence: str) -> Iterator[str]:
    sentence = sentence.strip()
    while len(sentence) > LONGEST and (end := sentence.rfind(" ", 0, LONGEST)) > 0:
        yield sentence[:end]
        sentence = sentence[end + 1 :].lstrip()
    if sentence:
        yield sentence
