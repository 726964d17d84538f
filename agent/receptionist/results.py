"""What is said after a function has returned."""

from collections.abc import Sequence

from agent.receptionist import change_responses, responses
from agent.receptionist.action import Action, call
from agent.receptionist.asking import question
from agent.receptionist.general_questions import asks_something
from agent.receptionist.next_step import proceed
from agent.receptionist.passages import best_answer
from agent.receptionist.questions import Ask, asked_in
from agent.receptionist.reply import answer_otherwise
from agent.receptionist.side_questions import for_the_files, questions_in
from agent.receptionist.state import Scene, State, Task
from agent.receptionist.state_tracker import (
    BOOK,
    CANCEL,
    END,
    FIND,
    KNOWLEDGE,
    MESSAGE,
    MOVE,
    SEARCH,
    TRANSFER,
)
from contracts.conversation import FunctionResult, Message, results_of, text_of
from language.choices import offers_in
from language.datetimes.mentions import clock_mentions

_OUTCOMES = frozenset({"booked", "pending", "unknown"})
_CHANGED = frozenset({"cancelled", "moved", "passed_on", "pending", "unknown"})
_TELLING_WORDS = 4
"""So many words of an outcome's sentence tell that it was said."""


def after_result(state: State, scene: Scene) -> Action:  # noqa: PLR0911 - a chain of decisions
    """Say what came of a function call, and what is next.

    Args:
        state: What is known; its ``result`` is the last one.

    Returns:
        The move; silent after the conversation was ended or put through.
    """
    result = state.result
    if result is None:
        return question(state, scene, state.asked)
    spoken = _spoken(result)
    if result.name == END:
        return Action()
    if result.name == TRANSFER:
        return _after_transfer(state, scene, result, spoken)
    if result.name == KNOWLEDGE:
        return _after_knowledge(state, scene, result)
    if result.name == SEARCH:
        return _after_search(state, scene, result, spoken)
    if result.name == BOOK:
        return _after_booking(state, scene, result, spoken)
    if result.name == FIND:
        return _after_finding(state, scene, result, spoken)
    if result.name in (CANCEL, MOVE):
        return _after_change(state, scene, result, spoken)
    if result.name == MESSAGE:
        return _completed(state, scene, spoken or responses.CALENDAR_TROUBLE)
    return _completed(state, scene, spoken)


def untold(messages: Sequence[Message]) -> FunctionResult | None:
    """Find the outcome of a booking that the caller has not heard: they spoke into it, or the line broke.

    Args:
        messages: The conversation; an assistant message holds what was heard.

    Returns:
        The result, or None when there is none or it was told.
    """
    outcomes = [
        one
        for one in results_of(messages)
        if one.status in (_OUTCOMES if one.name == BOOK else _CHANGED) and one.name in (BOOK, CANCEL, MOVE)
    ]
    if not outcomes:
        return None
    last = outcomes[-1]
    heard = " ".join(text_of(one) for one in messages[last.index + 1 :] if one.get("role") == "assistant")
    sign = (
        last.status
        if last.status in ("booked", "cancelled", "moved")
        else " ".join(_spoken(last).split()[:_TELLING_WORDS])
    )
    return None if sign.lower() in heard.lower() else last


def tell(outcome: FunctionResult, move: Action, state: State, scene: Scene) -> Action:
    """Tell an outcome before anything else is said.

    Returns:
        The outcome with the move after it, or with the question what else there is where the move only
        went on about the booking.
    """
    words = _spoken(outcome) or _outcome(state, outcome.status)
    if move.call is not None:
        return move.after(words)
    return question(state, scene, Ask.ANYTHING_ELSE).after(words)


def _spoken(result: FunctionResult) -> str:
    words = result.result.get("say")
    return words.strip() if isinstance(words, str) else ""


def _completed(state: State, scene: Scene, words: str, ask: Ask = Ask.ANYTHING_ELSE) -> Action:
    """Say a result's own sentence; where it asks nothing, go on with the task or ask what else."""
    if "?" in words:
        return Action(say=words)
    if state.task is not Task.NONE:
        return proceed(state, scene).after(words)
    return question(state, scene, ask).after(words)


def _after_transfer(state: State, scene: Scene, result: FunctionResult, spoken: str) -> Action:
    if result.status in {"transferring", "asked"}:
        return Action(say=spoken or None)
    if "?" in spoken:
        return Action(say=spoken)
    if asked_in(spoken) is Ask.MESSAGE_OFFER:
        return Action(say=f"{spoken} Would you like that?")
    return question(state, scene, Ask.MESSAGE_OFFER).after(spoken or "I can't put you through right now.")


def _after_knowledge(  # noqa: PLR0911 - a chain of decisions
    state: State, scene: Scene, result: FunctionResult
) -> Action:
    passages = result.result.get("passages")
    asked = str(result.arguments.get("question") or (state.turn.text if state.turn else ""))
    answer = best_answer(asked, passages) if isinstance(passages, list) else None
    following = _next_for_the_files(state, scene)
    if following:
        told = answer.replace("?", ".") if answer else responses.one_of(responses.NO_ANSWER, state.turns)
        return call(KNOWLEDGE, {"question": following}, responses.checking(state.turns + 1)).after(told)
    if answer:
        return _completed(state, scene, answer.replace("?", "."))
    if state.turn and (known := answer_otherwise(state, state.turn, scene)):
        return known
    if state.misses:
        return question(state, scene, state.asked).after(responses.unclear(state.misses - 1))
    if state.turn and state.task is Task.NONE and not (state.turn.intents or asks_something(state.turn.text)):
        return proceed(state, scene)  # something told, and nothing asked
    unknown = responses.one_of(responses.NO_ANSWER, state.turns)
    if state.task is not Task.NONE:
        return proceed(state, scene).after(f"{unknown} The team can tell you.")
    return question(state, scene, Ask.PERSON_OR_MESSAGE).after(unknown)


def _next_for_the_files(state: State, scene: Scene) -> str | None:
    """Give the next question of the last utterance that the files were not asked yet."""
    asked = questions_in(state.turn.text) if state.turn else []
    searched = for_the_files(asked, scene) if len(asked) > 1 else []
    done = state.calls_in_turn[KNOWLEDGE]
    return searched[done] if done < len(searched) else None


def _after_search(state: State, scene: Scene, result: FunctionResult, spoken: str) -> Action:
    if result.status == "ok" and state.offers:
        return Action(say=spoken) if spoken.endswith("?") else question(state, scene, Ask.SLOT)
    if result.status == "none":
        return _nothing_free(state, scene, spoken)
    if spoken:
        return _completed(state, scene, spoken, Ask.PERSON_OR_MESSAGE)
    if result.status == "ok":
        return question(state, scene, Ask.WHEN).after("I don't see anything free then.")
    return question(state, scene, Ask.PERSON_OR_MESSAGE).after(responses.CALENDAR_TROUBLE)


def _nothing_free(state: State, scene: Scene, spoken: str) -> Action:
    spoken = spoken or "I don't see anything free then."
    if not state.offers:
        return Action(say=spoken) if "?" in spoken else question(state, scene, Ask.WHEN).after(spoken)
    clocks = clock_mentions(spoken)
    named = any(
        one.spoken in spoken or (one.start and any(clock.is_at(one.start) for clock in clocks))
        for one in state.offers
    )
    if named:
        return (
            Action(say=spoken) if "?" in spoken else Action(say=f"{spoken} Would any of those work for you?")
        )
    return question(state, scene, Ask.SLOT).after(
        spoken if "?" not in spoken else "I don't see anything free then."
    )


def _after_booking(state: State, scene: Scene, result: FunctionResult, spoken: str) -> Action:
    status = result.status
    if status == "read_back":
        text = result.result.get("read_back")
        return Action(say=str(text)) if text else question(state, scene, Ask.READ_BACK)
    if status == "taken":
        if offers_in(result.result):
            return _nothing_free(state, scene, spoken or "I'm sorry, that time has just gone.")
        return proceed(state, scene).after(spoken or "I'm sorry, that time has just gone.")
    if status in _OUTCOMES:
        return _completed(state, scene, spoken or _outcome(state, status))
    if status == "invalid":
        return _completed(state, scene, spoken, Ask.PERSON_OR_MESSAGE)
    return _completed(state, scene, spoken or responses.CALENDAR_TROUBLE, Ask.PERSON_OR_MESSAGE)


def _after_finding(state: State, scene: Scene, result: FunctionResult, spoken: str) -> Action:
    if result.status == "found":
        return (
            question(state, scene, Ask.ANYTHING_ELSE).after(spoken)
            if state.task is Task.NONE
            else proceed(state, scene)
        )
    if state.task is not Task.CHANGE:
        return _completed(state, scene, spoken or responses.CALENDAR_TROUBLE, Ask.PERSON_OR_MESSAGE)
    if result.status == "none":
        return proceed(state, scene).after(change_responses.NOT_THERE)
    if result.status == "invalid":
        return proceed(state, scene).after(responses.one_of(responses.BAD_DIGITS, state.turns))
    return proceed(state, scene)


def _after_change(  # noqa: PLR0911 - a chain of decisions
    state: State, scene: Scene, result: FunctionResult, spoken: str
) -> Action:
    status = result.status
    if status == "read_back":
        text = result.result.get("read_back")
        return Action(say=str(text)) if text else proceed(state, scene)
    if status == "taken":
        words = spoken or "I'm sorry, that time has just gone."
        return _nothing_free(state, scene, words) if state.offers else proceed(state, scene).after(words)
    if status == "cancelled":
        if state.task is Task.CHANGE:
            return proceed(state, scene).after(spoken)
        return Action(say=f"{spoken} {change_responses.ANEW}")
    if status in ("moved", "passed_on", "pending", "unknown", "same"):
        return _completed(state, scene, spoken)
    if state.task is Task.CHANGE:
        return proceed(state, scene).after(spoken)
    return _completed(state, scene, spoken or responses.CALENDAR_TROUBLE, Ask.PERSON_OR_MESSAGE)


def _outcome(state: State, status: str) -> str:
    if status == "booked" and state.outcome_spoken:
        return f"You are booked for {state.outcome_spoken}."
    if status == "booked":
        return "You are booked."
    return "I've sent the request, and I can't yet say whether it is booked. The team will be in touch."
