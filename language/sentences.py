"""Cutting speech into sentences."""

import re

_SENTENCE_END = re.compile(r"[.!?\u2026]+[\"')\]]*\s+|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|st|prof|jr|sr|vs|no|ave|blvd|rd|approx|e\.g|i\.e)|\b[a-z]|\b[ap]\.m)\.$",
    re.IGNORECASE,
)
_MERIDIEM_END = re.compile(r"\b[ap]\.\s?m\.$", re.IGNORECASE)


def split_sentences(text: str, *, keep_open: bool = False) -> list[str]:
    """Cut a text into sentences; "two p.m." and "Dr. Lee" end none.

    Args:
        keep_open: The text may go on: its last piece is given as it is, maybe empty, even when it looks
            complete.
    """
    found: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        piece = text[start : match.end()].strip()
        following = text[match.end() : match.end() + 1]
        if keep_open and not following:
            break
        if "\n" not in match.group() and _goes_on(piece, following):
            continue
        if piece:
            found.append(piece)
        start = match.end()
    rest = text[start:]
    if keep_open:
        return [*found, rest]
    return [*found, rest.strip()] if rest.strip() else found


def _goes_on(piece: str, following: str) -> bool:
    if _MERIDIEM_END.search(piece):
        return not following.isupper()
    return _ABBREVIATION.search(piece) is not None
