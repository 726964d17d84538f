"""A message that an integrator adds to a thread: the chat format, read field by field."""

import re
from collections.abc import Mapping
from typing import Any

from webhooks.assistants_api import body as read
from webhooks.assistants_api.errors import invalid

ROLES = ("user", "assistant", "system", "tool")
MOST_CHARACTERS = 100_000
"""Characters of a message's text, and of the arguments of all its calls together."""
LONGEST_ID = 255
MOST_CALLS = 128
"""Function calls of one message, as in the chat format itself."""
FUNCTION_NAME = "^[a-zA-Z0-9_-]{1,64}$"

_NAME = re.compile(FUNCTION_NAME.removesuffix("$"))
_id = read.text(most=LONGEST_ID)
_arguments = read.text(most=MOST_CHARACTERS, blank=True)


def read_message(given: Mapping[str, Any]) -> dict[str, Any]:
    """Read a message.

    Args:
        given: The request's fields; those that the chat format does not know are ignored.

    Returns:
        ``role`` and ``content``, and ``tool_calls`` or ``tool_call_id`` where they were given.

    Raises:
        HttpError: Some fields do not fit, or do not fit together; all of them are named (400).
    """
    named = {name: value for name, value in given.items() if value is not None or name in ("role", "content")}
    required = () if named.get("tool_calls") else ("content",)
    message = {"role": "user", "content": None, **read.read_fields(named, _READERS, required)}
    found: dict[str, list[str]] = {}
    if "tool_calls" in message and message["role"] != "assistant":
        found["tool_calls"] = ["Only a message of the assistant has function calls."]
    if "tool_call_id" in message and message["role"] != "tool":
        found["tool_call_id"] = ["Only a message of the role tool answers a function call."]
    if message["content"] is None and "tool_calls" not in message:
        found["content"] = [read.NULL]
    if found:
        raise invalid(found)
    return message


def _calls(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise read.Misfit(f'Expected a list of items but got type "{type(value).__name__}".')
    if not 0 < len(value) <= MOST_CALLS:
        raise read.Misfit(f"Ensure this field has 1 to {MOST_CALLS} elements.")
    calls = [_call(one) for one in value]
    if len({one["id"] for one in calls}) < len(calls):
        raise read.Misfit("Two function calls have the same id.")
    if sum(len(one["function"]["arguments"]) for one in calls) > MOST_CHARACTERS:
        raise read.Misfit(f"Ensure the arguments have no more than {MOST_CHARACTERS} characters.")
    return calls


def _call(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or value.get("type", "function") != "function":
        raise read.Misfit('A function call is an object of the type "function".')
    function = value.get("function")
    if not isinstance(function, dict):
        raise read.Misfit("A function call needs an object function.")
    name, arguments = function.get("name"), function.get("arguments")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise read.Misfit(f"A function's name does not match the required pattern {FUNCTION_NAME}.")
    if not isinstance(arguments, str):
        raise read.Misfit("A function's arguments must be a string of JSON.")
    kept = {"name": name, "arguments": _arguments(arguments)}
    return {"id": _id(value.get("id")), "type": "function", "function": kept}


_READERS: dict[str, read.Read] = {
    "role": read.choice(*ROLES),
    "content": read.text(most=MOST_CHARACTERS, blank=True, null=True),
    "tool_calls": _calls,
    "tool_call_id": _id,
}
