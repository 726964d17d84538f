"""Lines to paragraphs and lists: which line ends are the author's, and what an item or a mark stands for."""

import re
from collections.abc import Sequence

_NARROWEST = 50
"""Characters; lines in a narrower block were not broken by a margin."""
_FULL = 0.85
"""A margin is ragged: a line so full was broken by it."""
_HYPHENATED = re.compile(r"\w\w-$")
_KEEPS_HYPHEN = re.compile(r"(?:up|in|on|out|off|to|ray|rays|day|year|free|based|old|time|term|fee|fees)\b")
"""What stands behind a hyphen that is part of the word: check-up, drop-in, year-old."""
_LONGEST_PARENT = 80
"""Characters; a longer item is a text, and not what others stand under."""
_MOST_PARENTS = 5
_LONGEST_NOTE = 1000
_INNER_END = re.compile(r"(?<=[a-z0-9%)])[.!?]\s+(?=\S)")
_NOTE_MARK = re.compile(r"\W{0,4}(?:\d{1,3}|[*\u2020\u2021]{1,3}|[a-z])\W{0,4}")


def is_note_mark(text: str) -> bool:
    """Tell whether what is raised above the line points at a note: read along, it would make $20 of $201."""
    return _NOTE_MARK.fullmatch(text) is not None


def as_aside(note: str) -> str:
    """Give a note as it is said where it is pointed at."""
    note = _INNER_END.sub("; ", note[:_LONGEST_NOTE].strip()).removesuffix(".")
    return f" ({note})" if note else ""


class ItemsAbove:
    """Remembers what the items of nested lists stand under."""

    def __init__(self) -> None:
        self._above: list[tuple[int, str]] = []

    def said(self, depth: int, item: str) -> str:
        """Say an item so that it says what it says without the others.

        Args:
            depth: How far it is moved in, by any measure; an outermost one forgets those before.
        """
        while self._above and self._above[-1][0] >= depth:
            self._above.pop()
        parents = [text for _, text in self._above[-_MOST_PARENTS:] if len(text) <= _LONGEST_PARENT]
        self._above.append((depth, item.rstrip(" :")))
        return ": ".join([*parents, item])


def join_wrapped(lines: Sequence[str], width: int | None = None) -> str:
    """Join a paragraph's stripped lines that were broken because they were full, as wide as the longest.

    A line end stays where a line ended although the next word would have fit.
    """
    if width is None:
        width = max(_NARROWEST, *(round(_FULL * len(line)) for line in lines)) if lines else 0
    joined: list[str] = []
    previous = ""
    for line in lines:
        if not joined:
            joined.append(line)
        elif len(previous) + 1 + len(line.partition(" ")[0]) > width:
            join_line(joined, line)
        else:
            joined.extend(("\n", line))
        previous = line
    return "".join(joined)


def join_line(joined: list[str], line: str) -> None:
    """Append a line that goes on where the last one of the paragraph was full."""
    last = joined[-1] if joined else ""
    if _HYPHENATED.search(last[-3:]) and line[:1].islower():
        if not _KEEPS_HYPHEN.match(line):
            joined[-1] = last[:-1]
        joined.append(line)
    else:
        joined.extend((" ", line))
