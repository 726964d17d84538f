"""Where a call whose stream was lost goes on: from the outcome of what was under way.

What stands on a thread was heard, but it may end in the middle of a sentence, in words that only filled a
wait, or in a function whose result nobody has written down.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.dialogue.memory import END, TRANSFER, is_record
from agent.dialogue.responses import asks_whether_there, is_filler, without_excuse
from contracts.conversation import ADDED_BY, NOT_RETURNED, FunctionCall, Message, calls_of, text_of
from tools.functions.remote_api import CALL_API
from tools.registry import FUNCTIONS

UNKNOWN = {
    "status": "unknown",
    "error": "the connection broke before there was an answer; whether it was done is not known",
}
"""The result of a function that must not be asked for twice."""
_WRITES = frozenset(function.name for function in FUNCTIONS if function.write)


@dataclass(frozen=True)
class Resumption:
    """How to go on.

    Attributes:
        messages: What the conversation goes on from: each result directly behind its call, without words
            that only filled a wait, and without a last line that was not heard to its question.
        owed: Functions that were asked for and whose outcome nobody knows; to be asked again, in order,
            before a word is said that depends on it.
        again: The last line, to be said once more; None where the next one is to be made from the state.
    """

    messages: tuple[Message, ...]
    owed: tuple[FunctionCall, ...]
    again: str | None


def resume(said: Sequence[Message], *, came_back: bool = False) -> Resumption:
    """Find out where a conversation stands.

    Args:
        said: The messages of its thread, in the order in which they were written.
        came_back: The caller was put through, and nobody took the call.
    """
    messages, unanswered = _in_order(said)
    spoke_last = max((n for n, one in enumerate(messages) if one.get("role") == "user"), default=-1)
    owed: list[FunctionCall] = []
    kept: list[Message] = []
    for place, message in enumerate(messages):
        calls = calls_of(message)
        lost = [
            one
            for one in calls
            if (one.id in unanswered and (one.name in _WRITES or place > spoke_last))
            # How the call ends is not on its thread: it is decided anew.
            or (place > spoke_last and one.name in _ENDINGS and not came_back)
        ]
        owed += lost
        gone = unanswered - {one.id for one in lost}
        kept += _without(message, gone)
    kept = [one for one in kept if not (one.get("role") == "tool" and one["tool_call_id"] in _ids(owed))]
    again = None
    while kept and (is_record(kept[-1]) or (kept[-1].get("role") == "assistant" and not calls_of(kept[-1]))):
        if is_record(kept[-1]):
            # What is made anew is made from what was known before it.
            kept.pop()
            continue
        line = without_excuse(text_of(kept[-1]))
        if not owed and line.endswith("?") and not asks_whether_there(line):
            again = line
            break
        kept.pop()
    return Resumption(tuple(kept), tuple(owed), again)


_ENDINGS = frozenset({END, TRANSFER})


def up_to(messages: Sequence[Message], call: FunctionCall) -> list[Message]:
    """Give a conversation as it was when a function was asked for."""
    ends = next((n for n, one in enumerate(messages) if call.id in _ids(calls_of(one))), len(messages))
    return list(messages[: ends + 1])


def is_repeatable(call: FunctionCall) -> bool:
    """Tell whether a function may be asked for again: it reads, or one key stands for both times."""
    return call.name != CALL_API.name or str(call.arguments.get("method", "GET")).upper() == "GET"


def _ids(calls: Sequence[FunctionCall]) -> frozenset[str]:
    return frozenset(one.id for one in calls)


def _in_order(said: Sequence[Message]) -> tuple[list[Message], frozenset[str]]:
    """Put each result behind its call, and leave out fillers; give the ids of calls without a result too."""
    results = {
        str(one.get("tool_call_id", "")): one
        for one in said
        if one.get("role") == "tool" and ADDED_BY not in one and one.get("content") not in NOT_RETURNED
    }
    messages: list[Message] = []
    known: set[str] = set()
    for message in said:
        role, calls = message.get("role"), calls_of(message)
        if ADDED_BY not in message and role == "tool":
            continue
        if ADDED_BY in message or not calls:
            if not (role == "assistant" and is_filler(text_of(message))):
                messages.append(message)
            continue
        new = [one for one in calls if one.id not in known]
        known |= {one.id for one in new}
        if new:
            messages.append(message)
            messages += [results[one.id] for one in new if one.id in results]
    return messages, frozenset(known - results.keys())


def _without(message: Message, gone: frozenset[str]) -> list[Message]:
    """Take function calls out of a message; nothing is left of one that has no other content."""
    if not any(one.id in gone for one in calls_of(message)):
        return [message]
    calls = [one for one in message["tool_calls"] if one["id"] not in gone]
    left = {name: value for name, value in message.items() if name != "tool_calls"}
    if calls:
        return [{**left, "tool_calls": calls}]
    return [left] if text_of(left).strip() else []
