"""The receptionist's decision: a pure function from a conversation to the next move."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from agent.danger.stage import without_questions
from agent.dialogue import responses
from agent.dialogue.action import Action, call
from agent.dialogue.asides import answer_todo, nothing_understood
from agent.dialogue.memory import END, fold, is_record, pending_calls, without_records
from agent.dialogue.presence import way_out
from agent.dialogue.results import after_result, tell, untold
from agent.dialogue.state import Ask, Scene, State
from agent.dialogue.steps import ask, proceed
from contracts.conversation import Message, text_of
from contracts.partner import PracticeFacts
from language.speak import one_stop

__all__ = ["Action", "next_action"]

_STALLED_ROUNDS = 3
"""Rounds that led to nowhere new, after which a person or a message is offered."""
_REPAIRS = 4


def next_action(
    messages: Sequence[Message],
    facts: PracticeFacts,
    now: datetime,
    caller_number: str | None,
    *,
    number_proves: bool = True,
    by_ear: bool = False,
) -> Action:
    """Decide what to say or call next.

    The decision depends on the arguments alone, so that any conversation can be taken up anywhere,
    also one that another model led so far.

    Args:
        messages: The conversation so far, in the chat format; states that were kept with it among them.
        facts: What may be said about the practice.
        now: The present moment, aware.
        caller_number: Where the call comes from (E.164), None when it is withheld.
        number_proves: Whether that number proves whose appointments may be spoken of.
        by_ear: The caller's words are what a recogniser made of a voice.

    Returns:
        The move; it is silent only after the conversation was ended or put through.
    """
    scene = Scene(facts, now, caller_number, number_proves, by_ear)
    heard = without_questions(messages)
    kept = [one for one in heard if one.get("role") in ("user", "assistant", "tool") or is_record(one)]
    spoken = without_records(kept)
    while spoken and _only_fills_time(spoken[-1]):
        kept.remove(spoken.pop())
    if not spoken:
        return Action(say=responses.greeting(facts), state=State(all_asks={Ask.HELP: 1}).dump())
    state, fresh, caller_spoke = fold(kept, scene)
    pending = pending_calls(spoken)
    if pending:
        # The call was asked for and its result is not there: ask again, functions answer alike twice.
        move = call(pending[0].name, pending[0].arguments)
    elif caller_spoke:
        move = _after_words(state, scene)
        if (outcome := untold(spoken)) is not None:
            move = tell(outcome, move, state, scene)
    elif fresh is not None:
        move = after_result(state, scene, fresh)
    elif spoken[-1].get("role") == "tool":
        move = proceed(state, scene)
    else:
        move = ask(state, scene, state.asked, gives_up=False).after(responses.say("lost"))
    return _finished(move, state, len(messages))


def _only_fills_time(message: Message) -> bool:
    return (
        message.get("role") == "assistant"
        and not message.get("tool_calls")
        and responses.is_filler(text_of(message))
    )


def _finished(move: Action, state: State, position: int) -> Action:
    """Give the call its id, see to it that nothing is said twice in a row, and write down what is known."""
    words = move.say
    if words is not None:
        # A sentence that ends with "p.m." has its full stop already.
        words = one_stop(words)
        if words == state.last_said:
            words = responses.say("again", words=words)
        if not (move.call and responses.is_filler(words)):
            state.said = [*state.said, words][-12:]
    function = replace(move.call, id=f"call_{position}") if move.call else None
    return Action(say=words, call=function, state=state.dump())


def _after_words(state: State, scene: Scene) -> Action:
    if state.leaving:
        return _goodbye(state, scene)
    if state.misses and not state.todo:
        return nothing_understood(state, scene)
    if (move := way_out(state, scene)) is not None:
        return move
    if any(kind == "repeat" for kind, _ in state.todo) and state.last_said and not state.got_on:
        state.todo = []
        return _again(state, scene)
    stuck = state.stalls >= _STALLED_ROUNDS or state.goal.repairs >= _REPAIRS
    if stuck and not state.todo:
        state.stalls, state.goal.repairs = 0, 0
        return ask(state, scene, Ask.PERSON_OR_MESSAGE).after(responses.say("stuck"))
    return answer_todo(state, scene)


def _goodbye(state: State, scene: Scene) -> Action:
    facts = scene.facts
    kind = state.goal.kind
    words = responses.goodbye(facts, language=state.language)
    if kind == "book":
        words = responses.say("goodbye_no_more" if state.spoken else "goodbye_unbooked", practice=facts.name)
    elif kind in ("cancel", "move", "open"):
        words = f"{responses.say('nothing_changed')} {words}"
    return call(END, {"reason": "the caller said goodbye"}, words)


def _again(state: State, scene: Scene) -> Action:
    """Say it again; who asks twice gets other words, with what there is to choose."""
    last = responses.without_excuse(state.last_said)
    first, second = (one.partition("{")[0] for one in responses.wordings_of("again", "en"))
    said_twice = last.startswith(first)
    if said_twice and state.asked not in (Ask.NOTHING, Ask.HELP, Ask.ANYTHING_ELSE):
        return ask(state, scene, state.asked, gives_up=False)
    plain = last.removeprefix(first).removeprefix(second)
    return Action(say=responses.say("again", int(said_twice), words=plain))
