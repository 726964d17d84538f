"""What is said after a function has returned."""

from collections.abc import Sequence

from agent.dialogue import responses
from agent.dialogue.action import Action
from agent.dialogue.asides import after_knowledge, answer_todo, finish_told
from agent.dialogue.memory import BOOK, CANCEL, END, FIND, KNOWLEDGE, MESSAGE, MOVE, SEARCH, TRANSFER
from agent.dialogue.responses import say
from agent.dialogue.state import CHANGES, Ask, Kind, Scene, State
from agent.dialogue.steps import ask, proceed
from agent.dialogue.times import heard_offers
from contracts.conversation import FunctionResult, Message, results_of, sentence_of, text_of
from tools.consent import NOT_AGREED, READ_BACK
from tools.functions.rules import ASK_FIRST, PERSON_OR_MESSAGE

_OUTCOMES = frozenset({"booked", "pending", "unknown"})
_CHANGED = frozenset({"cancelled", "moved", "passed_on", "pending", "unknown"})
_TELLING_WORDS = 4
"""So many words of an outcome's sentence tell that it was said."""


def after_result(state: State, scene: Scene, result: FunctionResult) -> Action:
    """Say what came of a function call, and what is next.

    Returns:
        The move; silent after the conversation was ended or put through.
    """
    spoken = _spoken(result)
    if result.name == END:
        return Action()
    if result.name == KNOWLEDGE:
        return after_knowledge(state, scene, result)
    if result.name == FIND:
        return _after_finding(state, scene, result, spoken)
    move = _exact(state, scene, result, spoken)
    return finish_told(state, move)


def _exact(state: State, scene: Scene, result: FunctionResult, spoken: str) -> Action:
    if result.name == TRANSFER:
        return _after_transfer(state, scene, result, spoken)
    if result.name == SEARCH:
        return _after_search(state, scene, result, spoken)
    if result.name == BOOK:
        return _after_booking(state, scene, result, spoken)
    if result.name in (CANCEL, MOVE):
        return _after_change(state, scene, result, spoken)
    if result.name == MESSAGE:
        return _completed(state, scene, spoken or say("calendar_trouble"))
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
    signs = [" ".join(_spoken(last).split()[:_TELLING_WORDS])]
    if last.status in ("booked", "cancelled", "moved"):
        signs.append(last.status)
    return None if any(one.lower() in heard.lower() for one in signs) else last


def tell(outcome: FunctionResult, move: Action, state: State, scene: Scene) -> Action:
    """Tell an outcome before anything else is said.

    Returns:
        The outcome with the move after it, or with the question what else there is where the move only
        went on about the booking.
    """
    words = _spoken(outcome) or say("sent")
    if move.call is not None:
        return move.after(words)
    return ask(state, scene, Ask.ANYTHING_ELSE, gives_up=False).after(words)


def _spoken(result: FunctionResult) -> str:
    words = result.result.get("say")
    return words.strip() if isinstance(words, str) else ""


def _completed(state: State, scene: Scene, words: str, wanted: Ask = Ask.ANYTHING_ELSE) -> Action:
    """Say a result's own sentence; where it asks nothing, go on, or ask what else."""
    if "?" in words:
        return Action(say=words)
    if state.todo:
        state.told.append(words)
        return answer_todo(state, scene)
    if state.goal.kind is not Kind.NONE:
        return proceed(state, scene).after(words)
    return ask(state, scene, wanted, gives_up=False).after(words)


def _after_transfer(state: State, scene: Scene, result: FunctionResult, spoken: str) -> Action:
    state.handed = result.status == "asked"
    if result.status in {"transferring", "asked"}:
        return Action(say=spoken or None)
    if "?" in spoken:
        state.ask(Ask.MESSAGE_OFFER)
        return Action(say=spoken)
    if "message" in spoken or "mensaje" in spoken:
        state.ask(Ask.MESSAGE_OFFER)
        return Action(say=f"{spoken} {say('would_you_like_that', language=state.language)}")
    return ask(state, scene, Ask.MESSAGE_OFFER).after(spoken or say("cant_put_through"))


def _after_search(state: State, scene: Scene, result: FunctionResult, spoken: str) -> Action:  # noqa: PLR0911 - a chain of decisions
    if result.status == "ok" and (slot := state.goal.slot) is not None:
        move = finish_told(state, proceed(state, scene))
        free = say("offer_free", listed=slot.spoken[:1].upper() + slot.spoken[1:])
        return move if move.call is not None else move.after(free)
    if result.status == "ok" and state.goal.offers:
        if spoken.endswith("?"):
            state.ask(Ask.SLOT)
            return Action(say=spoken)
        return ask(state, scene, Ask.SLOT, gives_up=False)
    if result.status == "none":
        return _nothing_free(state, scene, spoken)
    if "?" in spoken:
        state.ask(Ask.MESSAGE_OFFER if result.status == "unavailable" else state.asked)
        return Action(say=spoken)
    if result.status == "unavailable":
        return ask(state, scene, Ask.MESSAGE_OFFER, gives_up=False).after(spoken or say("calendar_trouble"))
    if spoken:
        return _completed(state, scene, spoken, Ask.PERSON_OR_MESSAGE)
    if result.status == "ok":
        return ask(state, scene, Ask.WHEN).after(say("none_free"))
    return ask(state, scene, Ask.PERSON_OR_MESSAGE).after(say("calendar_trouble"))


def _nothing_free(state: State, scene: Scene, spoken: str) -> Action:
    spoken = spoken or say("none_free")
    if not state.goal.offers:
        if "?" in spoken:
            state.ask(Ask.WHEN)
            return Action(say=spoken)
        return ask(state, scene, Ask.WHEN).after(spoken)
    if heard_offers(state.goal.offers, spoken):
        state.ask(Ask.SLOT)
        return Action(say=spoken if "?" in spoken else f"{spoken} {say('any_of_those')}")
    return ask(state, scene, Ask.SLOT, gives_up=False).after(
        spoken if "?" not in spoken else say("none_free")
    )


def _after_booking(state: State, scene: Scene, result: FunctionResult, spoken: str) -> Action:  # noqa: PLR0911 - a chain of decisions
    status = result.status
    if status in (NOT_AGREED, ASK_FIRST):
        return proceed(state, scene)
    if status == READ_BACK:
        if not (text := sentence_of(result.result)):
            return ask(state, scene, Ask.READ_BACK)
        state.ask(Ask.READ_BACK)
        return Action(say=text)
    if status == "taken":
        return _nothing_free(state, scene, spoken)
    if status in _OUTCOMES:
        spoken = spoken or say("booked" if status == "booked" else "sent")
        return _completed(state, scene, f"{spoken} {_next_visit(state, scene)}".rstrip())
    if status == "invalid":
        asks = {"name": Ask.NAME, "phone": Ask.PHONE}.get(str(result.result.get("field")))
        if "?" in spoken and asks:
            state.ask(asks)
        return _completed(state, scene, spoken, Ask.PERSON_OR_MESSAGE)
    if "?" in spoken:
        state.ask(Ask.PERSON_OR_MESSAGE if spoken.endswith(PERSON_OR_MESSAGE) else Ask.MESSAGE_OFFER)
    return _completed(state, scene, spoken or say("calendar_trouble"), Ask.PERSON_OR_MESSAGE)


def _next_visit(state: State, scene: Scene) -> str:
    """Say what the visit that is seen to next is for, where it is of another kind than the one before."""
    goal = state.goal
    service = scene.service(goal.service) if goal.kind is Kind.BOOK and goal.slot is None else None
    return say("next_visit", service=service.name.lower()) if service and service.id != state.topic else ""


def _after_finding(state: State, scene: Scene, result: FunctionResult, spoken: str) -> Action:
    kind = state.goal.kind
    if kind in CHANGES:
        if words := _not_yet_found(state, result, spoken):
            state.told.append(words)
        return answer_todo(state, scene)
    booking = kind is Kind.BOOK and result.status in ("found", "none")
    asked = {one for one, _ in state.todo}
    if (booking and "lookup" not in asked) or "late" in asked:
        return answer_todo(state, scene)  # looked up on the way to a booking, or for who is late
    state.todo = [one for one in state.todo if one[0] != "lookup"]
    if result.status == "found":
        state.told.append(spoken)
        return answer_todo(state, scene)
    if kind is Kind.BOOK:
        return answer_todo(state, scene)
    if "?" in spoken:
        asks = {"who": Ask.NAME, "unavailable": Ask.MESSAGE_OFFER}
        state.ask(asks.get(result.status, Ask.PERSON_OR_MESSAGE))
        return finish_told(state, Action(say=spoken))
    return finish_told(
        state, _completed(state, scene, spoken or say("calendar_trouble"), Ask.PERSON_OR_MESSAGE)
    )


def _not_yet_found(state: State, result: FunctionResult, spoken: str) -> str:
    """Say what was wrong with what the caller gave, or that a code is on its way; empty for nothing."""
    missing = result.result.get("missing") or ()
    if result.status == "code_sent":
        return spoken
    if result.status == "invalid":
        name = {"date_of_birth": "bad_birth_date", "code": "bad_code"}.get(str(result.result.get("field")))
        return say(name) if name else say("bad_digits", state.turns)
    if result.status != "none" or not missing:
        return ""
    if "code" not in missing:
        return say("not_there")
    return say("wrong_code" if state.goal.texts else "details_wrong")


def _after_change(state: State, scene: Scene, result: FunctionResult, spoken: str) -> Action:  # noqa: PLR0911 - a chain of decisions
    status = result.status
    if status in (READ_BACK, NOT_AGREED):
        if not (text := sentence_of(result.result)):
            return proceed(state, scene)
        state.ask(Ask.CANCEL_IT if result.name == CANCEL else Ask.READ_BACK)
        return Action(say=text)
    if status == "taken":
        return _nothing_free(state, scene, spoken)
    if status == "cancelled":
        if state.goal.kind is not Kind.NONE or state.todo:
            return _completed(state, scene, spoken)
        state.ask(Ask.BOOK_OFFER)
        return Action(say=f"{spoken} {say('anew')}")
    if status in ("moved", "passed_on", "pending", "unknown", "same"):
        return _completed(state, scene, spoken)
    if "?" in spoken:
        state.ask(Ask.MESSAGE_OFFER if status == "unavailable" else Ask.PERSON_OR_MESSAGE)
    return _completed(state, scene, spoken or say("calendar_trouble"), Ask.PERSON_OR_MESSAGE)


__all__ = ["after_result", "responses", "tell", "untold"]
