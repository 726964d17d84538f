"""The chat format between a conversation's record and a model's server: what goes out, and what comes in.

Servers are strict about what they take, each in its own way, and one message that is refused would keep the
model out of its conversation for ever. What they answer may be anything.
"""

import json
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.conversation import OTHER, Message, text_of
from tools.handles import with_handles

WORDLESS = "(Something was said that could not be understood.)"
MOST_CALLS = 32
"""Function calls of one answer that are run; a model that asks for more has lost its way."""
MOST_ARGUMENT_CHARACTERS = 20_000
"""Characters of the arguments of one call."""

_KEPT = ("role", "content", "tool_call_id")
_NO_NAME = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST_NAME = 64


class ModelFailed(Exception):
    """The model gave nothing that can be used."""


def clean(text: str) -> str:
    """Put question marks for what no record and no request can hold: halves of surrogate pairs; drop NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


@dataclass(frozen=True)
class FunctionCall:
    """A function that the model asks for, as it came; anything may be missing or wrong."""

    id: str | None
    name: str | None
    arguments: str


@dataclass(frozen=True)
class Answer:
    """A model's answer: words, functions to run, or both."""

    text: str
    calls: tuple[FunctionCall, ...] = ()


def calls_in(answer: Answer, so_far: Sequence[Message]) -> list[dict[str, Any]]:
    """Read an answer's function calls as a message keeps them, each with a new id and a name to send back.

    ModelFailed where they are too many, or too large, to be meant.
    """
    if len(answer.calls) > MOST_CALLS:
        raise ModelFailed("the answer asks for too many functions")
    taken = {call["id"] for message in so_far for call in message.get("tool_calls") or ()}
    calls = []
    for one in answer.calls:
        arguments = clean(one.arguments)
        if len(arguments) > MOST_ARGUMENT_CHARACTERS or _is_bottomless(arguments):
            raise ModelFailed("the arguments of a function are too large")
        called = clean(one.id or "")
        if not called or called in taken:
            called = f"call_{uuid.uuid4().hex[:24]}"
        taken.add(called)
        function = {"name": _name(one.name), "arguments": arguments}
        calls.append({"id": called, "type": "function", "function": function})
    return calls


def sendable(messages: Sequence[Message], most_characters: int | None = None) -> list[Message]:
    """Put messages as every server takes them: whole exchanges with functions, and nothing empty.

    Args:
        messages: Of a thread; integrators may have added any.
        most_characters: How much of them; what was said longest ago is left out, a whole turn at a time.

    Returns:
        The messages, from the person's side of a turn on.
    """
    fit = list(_fitting(with_handles(messages)))
    if most_characters is None:
        return fit
    turns = [place for place, one in enumerate(fit) if one["role"] == "user"]
    size = 0
    start = len(fit)
    for begin, end in zip(reversed(turns), [len(fit), *reversed(turns)], strict=False):
        size += sum(len(json.dumps(one)) for one in fit[begin:end])
        if size > most_characters and start < len(fit):
            return fit[start:]
        start = begin
    return fit


def _fitting(messages: Sequence[Message]) -> Iterator[Message]:
    for place, message in enumerate(messages):
        sent = {name: message[name] for name in _KEPT if message.get(name) is not None}
        role = message.get("role")
        if role in ("tool", OTHER):
            continue  # a result goes with its call
        if role == "developer":
            sent["role"] = "system"  # its older name, which every server knows
        if isinstance(sent.get("content"), list):
            sent["content"] = text_of(message)
        if role != "assistant" or not message.get("tool_calls"):
            if text_of(message).strip():
                yield sent
            elif role == "user":
                yield {**sent, "content": WORDLESS}
            continue
        answers = _answers(messages[place + 1 :])
        calls = [_sendable_call(one) for one in message["tool_calls"] if one["id"] in answers]
        if calls:
            yield {"content": None, **sent, "tool_calls": calls}
            yield from (answers[one["id"]] for one in calls)
        elif text_of(message).strip():
            yield sent


def _answers(following: Sequence[Message]) -> dict[str, Message]:
    """Gather the results that stand directly behind a message, by the call that they answer."""
    found: dict[str, Message] = {}
    for message in following:
        if message.get("role") != "tool":
            break
        called = message.get("tool_call_id")
        if isinstance(called, str):
            found.setdefault(called, {"role": "tool", "tool_call_id": called, "content": text_of(message)})
    return found


def _sendable_call(call: dict[str, Any]) -> dict[str, Any]:
    function = call["function"]
    # Some servers read the arguments themselves, and fall over what is none.
    arguments = function["arguments"] if _is_object(function["arguments"]) else "{}"
    return {
        "id": call["id"],
        "type": "function",
        "function": {"name": _name(function["name"]), "arguments": arguments},
    }


def _name(given: str | None) -> str:
    return _NO_NAME.sub("_", given or "")[:_LONGEST_NAME] or "unnamed"


def _is_object(arguments: str) -> bool:
    try:
        return isinstance(json.loads(arguments), dict)
    except (ValueError, RecursionError):
        return False


def _is_bottomless(arguments: str) -> bool:
    try:
        json.loads(arguments)
    except RecursionError:
        return True
    except ValueError:
        return False
    return False
