"""What of a caller's words about time was not used: it is told, so that nobody takes it for kept."""

import re

from language.datetimes.words import any_of, table

_MARK = re.compile(r"\b[MX]\d*\b|\?")
_USED = re.compile(rf"\b{any_of('used')}\b")
_EMPTY = frozenset(table("empty").split())


def unused(left: str) -> str:
    """Give what of the words about time changes nothing of what they are read as.

    Args:
        left: What is left of them, with marks for what was understood.

    Returns:
        The words, empty when all were used or say nothing about time.
    """
    text = _USED.sub(" M ", _MARK.sub("M", left))
    parts = [part.split() for part in re.split(r"\bM\b", text)]
    return ", ".join(" ".join(part) for part in parts if any(one not in _EMPTY for one in part))
