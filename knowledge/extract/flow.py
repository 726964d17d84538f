"""Lines to paragraphs: which line ends are the author's, and which the margin's."""

import re
from collections.abc import Sequence

_NARROWEST = 50
"""Characters; lines in a narrower block were not broken by a margin."""
_FULL = 0.85
"""A margin is ragged: a line so full was broken by it."""
_HYPHENATED = re.compile(r"\w\w-$")
_KEEPS_HYPHEN = re.compile(r"(?:up|in|on|out|off|to|ray|rays|day|year|free|based|old|time|term|fee|fees)\b")
"""What stands behind a hyphen that is part of the word: check-up, drop-in, year-old."""


def join_wrapped(lines: Sequence[str], width: int | None = None) -> str:
    r"""Join the lines that were broken because they were full.

    Args:
        lines: Of one paragraph, stripped.
        width: Characters that fit into a line; without it, about as many as the longest has.

    Returns:
        The paragraph; ``\n`` stands where a line ended although the next word would have fit.
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
    """Append a line that goes on where the last one was full.

    Args:
        joined: Parts of the paragraph so far; changed.
    """
    last = joined[-1] if joined else ""
    if _HYPHENATED.search(last[-3:]) and line[:1].islower():
        if not _KEEPS_HYPHEN.match(line):
            joined[-1] = last[:-1]
        joined.append(line)
    else:
        joined.extend((" ", line))
