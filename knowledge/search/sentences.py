"""The sentences of a passage, each with the heading that it stands under, as they are compared."""

import re
from functools import lru_cache

from language.meaning.classifier import plain_words

_END = re.compile(r"(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<=[.!?])\s+|\n+")


@lru_cache(maxsize=20_000)
def with_heading(text: str, heading: str) -> tuple[str, ...]:
    """Take a passage apart.

    Returns:
        At least one sentence; rows of a table are sentences.
    """
    above = plain_words(heading.rsplit(" / ", 1)[-1])
    found = [one.strip() for one in _END.split(text) if one.strip()] or [text]
    return tuple(f"{above}: {one}" if above else one for one in found)
