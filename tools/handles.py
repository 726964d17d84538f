"""Short handles of one conversation: ``s1`` for a time that was offered, ``a1`` for an appointment.

The model sees and passes handles alone; the ids under them stay in the results of functions. A handle that no
function of the conversation gave stands for nothing.
"""

import json
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from contracts.conversation import Message, results_of

HANDLE = "handle"
"""The field of a function result beside the id that it stands for."""
_IDS = ("slot_id", "booking_id")
_KEY = "cs-"
"""How the keys of intents begin: they are ours, and of no use to the model."""
_NUMBER = re.compile(r"[sa](\d{1,6})")


class Handles:
    """Gives handles out, each for one thing; those that were given before stand in the conversation."""

    def __init__(self) -> None:
        self._given: dict[Hashable, str] = {}

    def give(self, letter: str, thing: Hashable, messages: Sequence[Message]) -> str:
        """Give the handle of a thing, a new one when it has none.

        Args:
            letter: ``s`` for a slot, ``a`` for an appointment.
            thing: What it is, whatever its id is now.
            messages: The conversation, which may have been begun elsewhere.
        """
        key = (letter, thing)
        if key not in self._given:
            known = ids_by_handle(messages)
            if (before := next((one for one, given in known.items() if given == thing), None)) is not None:
                return self._given.setdefault(key, before)
            taken = {*self._given.values(), *known}
            numbers = [
                int(match[1]) for one in taken if (match := _NUMBER.fullmatch(one)) and one[0] == letter
            ]
            self._given[key] = f"{letter}{max(numbers, default=0) + 1}"
        return self._given[key]


def ids_by_handle(messages: Sequence[Message]) -> dict[str, str]:
    """Read off a conversation what its handles stand for, the latest id of each."""
    found: dict[str, str] = {}
    for result in results_of(messages):
        for one in _objects(result.result):
            handle = one.get(HANDLE)
            given = next((one[name] for name in _IDS if isinstance(one.get(name), str)), None)
            if isinstance(handle, str) and given is not None:
                found[handle] = given
    return found


def id_of(given: str, messages: Sequence[Message]) -> str:
    """Give the id that a handle stands for; anything else is given back as it is."""
    return ids_by_handle(messages).get(given.strip().lower(), given)


def with_handles(messages: Sequence[Message]) -> list[Message]:
    """Give a conversation as the model sees it: handles in the place of ids, and no keys."""
    handles = {given: handle for handle, given in ids_by_handle(messages).items()}
    return [_seen(one, handles) for one in messages]


def _seen(message: Message, handles: Mapping[str, str]) -> Message:
    if message.get("role") == "tool" and (result := _object(message.get("content"))) is not None:
        return {**message, "content": json.dumps(_shown(result, handles), ensure_ascii=False)}
    return _renamed(message, handles)


def _shown(value: Any, handles: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_shown(one, handles) for one in value]
    if not isinstance(value, dict):
        return value
    hidden = {HANDLE} if any(name in value for name in _IDS) else set()
    hidden |= {"intent"} if str(value.get("intent")).startswith(_KEY) else set()
    return {
        name: handles.get(one, one) if name in _IDS and isinstance(one, str) else _shown(one, handles)
        for name, one in value.items()
        if name not in hidden
    }


def _renamed(message: Message, names: Mapping[str, str]) -> Message:
    """Put other names in the place of ids that a message's calls pass."""
    if not message.get("tool_calls") or not names:
        return message
    return {**message, "tool_calls": [_call_with(one, names) for one in message["tool_calls"]]}


def _call_with(call: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    function = call.get("function") or {}
    arguments = _object(function.get("arguments"))
    if arguments is None or not any(name in arguments for name in _IDS):
        return call
    passed = {name: names.get(str(one), one) if name in _IDS else one for name, one in arguments.items()}
    if passed == arguments:
        return call
    return {**call, "function": {**function, "arguments": json.dumps(passed, ensure_ascii=False)}}


def _object(text: Any) -> dict[str, Any] | None:
    try:
        value = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from _objects(one)
