"""What the receptionist does next."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.conversation import FunctionCall


@dataclass(frozen=True)
class Action:
    """Something to say, a function to call, or both: then the words fill the time of the call.

    A move with neither means that nothing is left to do: the conversation has ended, or is being put
    through.

    Attributes:
        say: What to say, None for nothing.
        call: The function to call after it, None for none. Its id is made by ``next_action``.
        state: What is known after it, to be kept with the conversation (``agent/dialogue/memory.py``).
    """

    say: str | None = None
    call: FunctionCall | None = None
    state: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to say or call."""
        return self.say is None and self.call is None

    def after(self, words: str) -> "Action":
        """Give this move with words said before its own."""
        return replace(self, say=f"{words} {self.say}" if self.say else words) if words else self


def call(name: str, arguments: Mapping[str, Any], filler: str | None = None) -> Action:
    """Make a move that calls a function.

    Args:
        arguments: Its arguments; those that are None or empty are left out.
    """
    given = {key: value for key, value in arguments.items() if value not in (None, "")}
    return Action(say=filler, call=FunctionCall(id="", name=name, arguments=given))
