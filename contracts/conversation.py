"""The conversation as data: messages in the chat format, and how to read them.

Messages hold what was really said and heard. Whatever decides reads them and nothing else, so that a
conversation can be picked up anywhere.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]
"""One message in OpenAI's chat format; the content of a ``tool`` message is a JSON object as text."""
ADDED_BY = "added_by"
"""Field of a message that somebody put into a conversation from outside. What it says that functions gave is
hearsay: nothing is said to be so because of it, and no id in it counts."""
GIVEN = "given"
"""Field of such a message with what was given, where it is more than the chat format, or something else."""
OTHER = "other"
"""The role of a record that somebody put into a conversation from outside and that is no message."""
DIALOGUE = "dialogue"
"""Field of a message, or of a record beside them, with what the receptionist knew then: for no reader."""
NOT_RETURNED = frozenset({"IN_PROGRESS", "CANCELLED"})
"""What pipecat writes where a result will stand, or would have stood: no result at all."""


@dataclass(frozen=True)
class FunctionCall:
    """A call that an assistant message asks for."""

    id: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class FunctionResult:
    """What a function call gave, and where in the conversation its result stands."""

    index: int
    name: str
    arguments: dict[str, Any]
    result: dict[str, Any]
    call_id: str = ""

    @property
    def status(self) -> str:
        """The result's ``status``, empty when it has none."""
        return str(self.result.get("status", ""))


def text_of(message: Message) -> str:
    """Give the text of a message, whether its content is a string, parts, or nothing."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = (part.get("text") for part in content if isinstance(part, dict))
        return " ".join(text for text in texts if isinstance(text, str) and text)
    return ""


def for_readers(message: Message) -> Message | None:
    """Give a message as those may see it who read a thread; None for a record that is not for them."""
    if message.get("role") == "system" and message.get("content") is None:
        return None
    return {name: value for name, value in message.items() if name != DIALOGUE}


def calls_of(message: Message) -> list[FunctionCall]:
    """List the function calls an assistant message asks for; arguments that are no object read as empty."""
    calls = []
    for call in message.get("tool_calls") or ():
        function = call.get("function") or {}
        calls.append(
            FunctionCall(
                id=str(call.get("id", "")),
                name=str(function.get("name", "")),
                arguments=_json_object(function.get("arguments")),
            )
        )
    return calls


def results_of(messages: Sequence[Message]) -> Iterator[FunctionResult]:
    """Go through the function results of a conversation, oldest first.

    Yields:
        Each tool message together with the call it answers; a tool message whose call is not in the
        conversation has an empty name. Messages that were put in from outside are passed over, and so are
        results that have not come.
    """
    calls: dict[str, FunctionCall] = {}
    for index, message in enumerate(messages):
        if ADDED_BY in message:
            continue
        for call in calls_of(message):
            calls[call.id] = call
        if message.get("role") == "tool" and message.get("content") not in NOT_RETURNED:
            asked = calls.get(str(message.get("tool_call_id", "")))
            yield FunctionResult(
                index=index,
                name=asked.name if asked else "",
                arguments=asked.arguments if asked else {},
                result=_json_object(message.get("content")),
                call_id=str(message.get("tool_call_id", "")),
            )


def sentence_of(result: Mapping[str, Any]) -> str:
    """Give what a function result has to be said as it stands: its sentence, and the question after it."""
    parts = (result.get(name) for name in ("say", "ask"))
    return " ".join(words for part in parts if isinstance(part, str) and (words := part.strip()))


def _json_object(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if not isinstance(value, str):
        return {}
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
