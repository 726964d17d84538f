"""What is said in the words of functions: offers, read-backs and outcomes have to be said as they stand.

The model is not asked to repeat them, on the phone or by text; it is asked when a person has answered, or
when functions gave something that has to be put into words.
"""

from collections.abc import Sequence

from agent.dialogue.responses import is_filler, language_of
from contracts.conversation import FunctionResult, Message, calls_of, results_of, text_of
from language.sentences import split_sentences
from tools.consent import READ_BACK
from tools.registry import find_function
from tools.spanish import sentence

BY_FUNCTION = "function"
"""Who answered, when it was the sentence of a function."""
ANYTHING_ELSE = "Is there anything else I can help with?"
"""The question after an outcome that asks for nothing."""
SEVERAL = "Is all of that right?"
"""The question after several read-backs of one turn."""


def exact_words(messages: Sequence[Message]) -> str | None:
    """Give what is to be said after the functions that have just run, where no model is needed for it.

    Returns:
        The sentences, empty when nothing more is to be said; None when the model is to be asked: no function
        has just run, or one of them gave something that has no sentence of its own.
    """
    results = _just_run(messages)
    exact: list[FunctionResult] = []
    for one in results:
        function = find_function(one.name)
        if function is None or one.status not in function.exact | function.quiet or one.result.get("ignored"):
            return None
        if one.status in function.exact:
            exact.append(one)
    if not exact or sum(map(_offers, exact)) > 1:
        return None
    return " ".join(_sentences(exact, spanish=language_of(messages) == "es"))


def _sentences(results: Sequence[FunctionResult], *, spanish: bool) -> list[str]:
    # Asked for twice at once, it is said once.
    said = list(dict.fromkeys(str(one.result.get("say") or "").strip() for one in results))
    said = [one for one in said if one]
    asks = [words for one in results if (words := str(one.result.get("ask") or "").strip())]
    if len({one.result.get("intent") for one in results if one.status == READ_BACK}) > 1:
        asks = [sentence("all_right") if spanish else SEVERAL]
    if not any(one.endswith("?") for one in said):
        anything_else = sentence("any_else") if spanish else ANYTHING_ELSE
        said += asks[-1:] or ([anything_else] if said and not _leaves(results) else [])
    return said


def _leaves(results: Sequence[FunctionResult]) -> bool:
    """Tell whether somebody else is to answer from here on."""
    return any(one.status in ("transferring", "asked", "ending") for one in results)


def _offers(result: FunctionResult) -> bool:
    """Tell whether it offers times: which of several offers belongs to what, only words can say."""
    return bool(result.result.get("slots"))


def _just_run(messages: Sequence[Message]) -> list[FunctionResult]:
    last = max((place for place, one in enumerate(messages) if not _goes_between(one)), default=-1)
    return [one for one in results_of(messages) if one.index > last]


def _goes_between(message: Message) -> bool:
    """Tell whether a message may stand between a function's call and what is said of its result."""
    if message.get("role") != "assistant" or calls_of(message):
        return message.get("role") == "tool"
    return all(map(is_filler, split_sentences(text_of(message))))
