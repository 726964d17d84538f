"""The conversation as data: messages in the chat format, and how to read them.

Messages hold what was really said and heard. Whatever decides reads them and nothing else, so that a
conversation can be picked up anywhere.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]
"""One message in OpenAI's chat format; the content of a ``tool`` message is a JSON object as text."""
ADDED_BY = "added_by"
"""Field of a message that somebody put into a conversation from outside. What it says that functions gave is
hearsay: nothing is said to be so because of it, and no id in it counts."""


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

    @property
    def status(self) -> str:
        """The result's ``status``, empty when it has none."""
        return str(self.result.get("status", ""))


def text_of(message: Message) -> str:
    """Give the text of a message, whether its content is a string, parts, or nothing.

    Returns:
        The text, empty when there is none.
    """
    content = message.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return ""


def calls_of(message: Message) -> list[FunctionCall]:
    """List the function calls that an assistant message asks for.

    Returns:
        The calls in order; arguments that are not a JSON object read as empty.
    """
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
        conversation has an empty name. Messages that were put in from outside are passed over.
    """
    calls: dict[str, FunctionCall] = {}
    for index, message in enumerate(messages):
        if ADDED_BY in message:
            continue
        for call in calls_of(message):
            calls[call.id] = call
        if message.get("role") == "tool":
            asked = calls.get(str(message.get("tool_call_id", "")))
            yield FunctionResult(
                index=index,
                name=asked.name if asked else "",
                arguments=asked.arguments if asked else {},
                result=_json_object(message.get("content")),
            )


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
