"""OpenAI's published schema of a chat request, by its own library's types, which are written from it."""

from typing import Any, get_type_hints

from openai.types.chat import (
    ChatCompletionAssistantMessageParam,
    ChatCompletionDeveloperMessageParam,
    ChatCompletionSystemMessageParam,
    ChatCompletionToolMessageParam,
    ChatCompletionUserMessageParam,
)
from openai.types.chat.chat_completion_function_tool_param import ChatCompletionFunctionToolParam
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)
from pydantic import TypeAdapter, ValidationError

_ROLES: dict[str, Any] = {
    "system": ChatCompletionSystemMessageParam,
    "developer": ChatCompletionDeveloperMessageParam,
    "user": ChatCompletionUserMessageParam,
    "assistant": ChatCompletionAssistantMessageParam,
    "tool": ChatCompletionToolMessageParam,
}
_WHOLE: tuple[Any, Any] = (CompletionCreateParamsNonStreaming, CompletionCreateParamsStreaming)
_ADAPTERS = {kind: TypeAdapter(kind) for kind in (*_ROLES.values(), *_WHOLE, ChatCompletionFunctionToolParam)}


def find_violation(body: dict[str, Any]) -> str | None:
    """Find what a request says that the schema does not allow.

    Args:
        body: The request's body.

    Returns:
        The first violation, or None. A list's items are checked one by one: the library's types call lists
        iterables, which are not looked into otherwise.
    """
    found = _misfit(_WHOLE[bool(body.get("stream"))], body, "the request")
    for message in body.get("messages") or ():
        kind = _ROLES.get(message.get("role"))
        found = found or (
            f"unknown role in {message}" if kind is None else _misfit(kind, message, "a message")
        )
    for tool in body.get("tools", ()):
        found = found or _misfit(ChatCompletionFunctionToolParam, tool, "a tool")
    if "tools" in body and not body["tools"]:
        found = found or "tools is an empty list"
    return found


def _misfit(kind: Any, value: dict[str, Any], name: str) -> str | None:
    unknown = set(value) - set(get_type_hints(kind))
    if unknown:
        return f"{name} has unknown fields: {sorted(unknown)}"
    try:
        _ADAPTERS[kind].validate_python(value)
    except ValidationError as error:
        return f"{name}: {error}"
    return None
