"""Names as the practice wants to hear them: what is spoken differs, what is written down stays."""

import re
from collections.abc import Callable, Coroutine
from typing import Any

from contracts.partner import PracticeFacts

Transform = Callable[[str, str], Coroutine[Any, Any, str]]
"""A text and its kind to the text that is spoken, as pipecat's voices take it."""


def pronounced(text: str, facts: PracticeFacts) -> str:
    """Put the way a name is said in the place of the name.

    Args:
        facts: The practice, its people and services, some of which have a ``say_as``.
    """
    named = [
        (facts.name, facts.say_as),
        *((one.name, one.say_as) for one in (*facts.services, *facts.other_services)),
        *((one.name, one.say_as) for one in facts.practitioners),
    ]
    said = {name.casefold(): say_as for name, say_as in named if say_as}
    if not said:
        return text
    # The longest first: a name may begin another.
    names = "|".join(re.escape(name) for name in sorted(said, key=len, reverse=True))
    return re.sub(
        rf"(?<!\w)(?:{names})(?!\w)", lambda found: said[found[0].casefold()], text, flags=re.IGNORECASE
    )


def pronunciation(facts: PracticeFacts) -> Transform:
    """Make the transform for the voice of a practice's calls."""

    async def transform(text: str, _kind: str) -> str:
        return pronounced(text, facts)

    return transform
