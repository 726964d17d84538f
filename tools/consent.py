"""Whether a caller has agreed to a read-back: read off the conversation alone, so that any process can go on.

A read-back is a function result with what was read back by value. It was heard when the conversation holds
its whole sentence as said: on the phone, words are written down when the carrier has played them to the end.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from contracts.conversation import ADDED_BY, FunctionResult, Message, results_of, text_of
from language import beside
from language.agreement import (
    Intent,
    agrees,
    behind_a_yes,
    leaves_open,
    only_waits,
    speaks_against,
)
from language.agreement_grammar import ReadBackValues
from language.datetimes.resolve import names_moment

READ_BACK = "read_back"
NOT_AGREED = "not_agreed"
SERVICE_IN_SPANISH = "service_in_spanish"
"""Field of a read-back with the service as it was said, where that is not its name."""
_VALUES = ("name", "service", SERVICE_IN_SPANISH, "practitioner")
_TO_DO = {
    "open": (
        "Nothing is done: the caller asked something or wants a moment. Answer them; then ask for their yes, "
        "naming the day and the time, and call this function again when they have answered."
    ),
    "refused": (
        "Nothing is done: the caller did not clearly agree. If they want something else, do that. If they "
        "ask or tell you something, answer it. Otherwise call this function again: it will read back again."
    ),
}

State = Literal["not_heard", "not_answered", "agreed", "open", "refused"]


@dataclass
class _ReadBack:
    """A read-back that stands: the latest, or one of several of the same turn.

    Attributes:
        turn: How often the caller had spoken before it.
        state: ``open`` once the caller has only asked something or waited, ``refused`` once they have said
            anything else that does not agree.
    """

    result: FunctionResult
    turn: int
    state: State = "not_heard"
    waits: bool = True
    """Whatever was said before a yes was only a pause."""


def read_back(intent: Intent, key: str, say: str, ask: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Write a read-back by its key: the sentence agreed to, the question, and the values, with a start."""
    return {"status": READ_BACK, "of": intent, "intent": key, "say": say, "ask": ask, **values}


def consent(messages: Sequence[Message], key: str) -> State:
    """Tell how a caller stands to the read-back of an intent.

    Args:
        messages: The conversation; an assistant message holds what was heard, not what was meant.
        key: The intent's key, as the read-back result holds it.

    Returns:
        ``agreed`` only when the latest read-back is of this very intent, was heard whole, and is followed by
        an answer that agrees in every clause. After a question or a pause a later yes counts when the bot
        asked for it by day and time; after anything else only the whole read-back, heard again, helps.
    """
    standing: dict[str, _ReadBack] = {}
    results = {one.index: one for one in results_of(messages)}
    said = answer = ""
    turn = 0
    for index, message in enumerate(messages):
        role = message.get("role")
        if ADDED_BY in message:
            continue
        if role == "user":
            if not answer:
                turn += 1
            answer = f"{answer} {text_of(message)}".strip() or " "
            continue
        if answer and (role == "tool" or text_of(message) or message.get("tool_calls")):
            for one in standing.values():
                _answered(one, said, answer)
            said = answer = ""
        if role == "assistant":
            said = f"{said} {text_of(message)}"
        found = results.get(index)
        if found is not None and found.status == READ_BACK:
            standing = {k: one for k, one in standing.items() if one.turn == turn}
            standing[str(found.result.get("intent"))] = _ReadBack(found, turn)
    for one in standing.values():
        _answered(one, said, answer)
    mine = standing.get(key)
    return "not_heard" if mine is None else mine.state


def not_agreed(messages: Sequence[Message], key: str, state: State) -> dict[str, Any] | None:
    """Say to the model what is to be done when the caller has answered without agreeing.

    Returns:
        None when there is nothing to do but read back: the caller has heard nothing yet, or the model was
        told already since they spoke.
    """
    last = max((place for place, one in enumerate(messages) if one.get("role") == "user"), default=-1)
    told = any(
        one.index > last and one.status == NOT_AGREED and one.result.get("intent") == key
        for one in results_of(messages)
    )
    if told or state not in _TO_DO:
        return None
    return {"status": NOT_AGREED, "intent": key, "to_do": _TO_DO[state]}


def agrees_to(answer: str, result: Mapping[str, Any]) -> bool:
    """Tell whether an answer agrees to what a function result read back."""
    values = values_of(result)
    intent: Intent | None = next((one for one in get_args(Intent) if one == result.get("of")), None)
    if values is None or intent is None:
        return False
    if agrees(answer, intent, values):
        return True
    rest = behind_a_yes(answer, intent, values)
    return beside.is_of_others(rest, values.start) if intent == "cancel" else beside.changes_nothing(rest)


def leaves_standing(answer: str, result: Mapping[str, Any]) -> bool:
    """Tell whether a read-back stands after an answer that does not agree to it: a short question will do.

    Returns:
        True for waiting, for a question that wishes for nothing else, and for a yes with something behind it
        that says nothing against it.
    """
    values = values_of(result)
    intent: Intent | None = next((one for one in get_args(Intent) if one == result.get("of")), None)
    if leaves_open(answer) or not answer.strip():
        return True
    rest = behind_a_yes(answer, intent, values) if values is not None and intent is not None else ""
    return bool(rest) and (leaves_open(rest) or not speaks_against(rest, asks="?" in rest))


def values_of(result: Mapping[str, Any]) -> ReadBackValues | None:
    """Read what was read back out of a function result; None when it is none."""
    try:
        start = datetime.fromisoformat(str(result.get("start")))
    except ValueError:
        return None
    names = tuple(str(result[one]) for one in _VALUES if result.get(one))
    return ReadBackValues(start, names, str(result.get("phone") or ""))


def _answered(one: _ReadBack, said: str, answer: str) -> None:
    """Move a read-back on by what the caller heard, and by what they answered."""
    result = one.result.result
    if _holds(said, str(result.get("say") or "")):
        one.state, one.waits = "not_answered", True
    if not answer or one.state in ("not_heard", "refused"):
        return
    if one.state == "open" and not _asks_again(said, result, waits=one.waits):
        one.state = "refused"
    elif agrees_to(answer, result):
        one.state = "agreed"
    elif leaves_standing(answer, result):
        one.state, one.waits = "open", one.waits and (only_waits(answer) or not answer.strip())
    else:
        one.state = "refused"


def _holds(said: str, sentence: str) -> bool:
    """Tell whether a sentence was said whole, however it is spaced and punctuated."""
    words, wanted = _tokens(said), _tokens(sentence)
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(words)} "


def _asks_again(said: str, result: Mapping[str, Any], *, waits: bool) -> bool:
    """Tell whether a yes to what was said is one to the read-back still."""
    if waits and "?" not in said:
        return True
    values = values_of(result)
    return values is not None and names_moment(said, values.start)


def _tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())
