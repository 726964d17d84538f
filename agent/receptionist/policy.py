"""The receptionist's decision: a pure function from a conversation to the next move."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from agent.receptionist import change_responses, responses
from agent.receptionist.action import Action, call
from agent.receptionist.asking import question
from agent.receptionist.goals import Goal
from agent.receptionist.next_step import proceed
from agent.receptionist.questions import Ask
from agent.receptionist.reply import answer_aside, emergency_number, look_up, may_be_looked_up
from agent.receptionist.results import after_result, tell, untold
from agent.receptionist.state import Scene, State, Task
from agent.receptionist.state_tracker import END, TRANSFER, fold
from contracts.conversation import Message
from contracts.partner import PracticeFacts

__all__ = ["Action", "next_action"]

_TWO_STOPS = re.compile(r"(\b[ap]\.m\.)\.")
_HELLO = re.compile(
    r"(?:um |uh |oh |well )*(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|greetings)"
    r"(?: hello| there| hi| good (?:morning|afternoon|evening))*$|"
    r"(?:hello |hi )?(?:is |are )?(?:any ?(?:one|body)|some ?(?:one|body)|you)(?: still)? there$"
)
_HAS_QUESTION = re.compile(
    r"(?:hi |hello |yes |yeah )*(?:i have|i've got|i had|i got|just) an? (?:quick |couple of )?questions?$"
)
_URGENT = frozenset({Goal.DESPAIR, Goal.EMERGENCY})
_OFFER_HELP_AT = 3
_STOP_AT = 5
_REPEATED = ("I said: ", "Once more: ")


def next_action(
    messages: Sequence[Message], facts: PracticeFacts, now: datetime, caller_number: str | None
) -> Action:
    """Decide what to say or call next.

    The decision depends on the arguments alone, so that any conversation can be taken up anywhere,
    also one that another model led so far.

    Args:
        messages: The conversation so far, in the chat format.
        facts: What may be said about the practice.
        now: The present moment, aware.
        caller_number: Where the call comes from (E.164), None when it is withheld.

    Returns:
        The move; it is silent only after the conversation was ended or put through.
    """
    scene = Scene(facts=facts, now=now, caller_number=caller_number)
    spoken = [message for message in messages if message.get("role") in ("user", "assistant", "tool")]
    if not spoken:
        return Action(say=responses.greeting(facts))
    state = fold(messages, scene)
    role = spoken[-1].get("role")
    if role == "user":
        move = _after_words(state, scene)
        outcome = untold(spoken)
        if outcome and not _URGENT & set(state.turn.intents if state.turn else ()):
            move = tell(outcome, move, state, scene)
    elif state.pending:
        # The call was asked for and its result is not there: ask again, functions answer alike twice.
        move = call(state.pending[0].name, state.pending[0].arguments)
    elif role == "tool" or state.unspoken:
        move = after_result(state, scene)
    else:
        move = question(state, scene, state.asked, after_gap=True).after(responses.LOST)
    return _finished(move, state, len(messages))


def _finished(move: Action, state: State, position: int) -> Action:
    """Give the call its id, and see to it that nothing is said twice in a row in the same words."""
    words = move.say
    if words is not None and words == state.last_said:
        words = f"{_REPEATED[0]}{words}"
    if words is not None:
        # A sentence that ends with "p.m." has its full stop already.
        words = _TWO_STOPS.sub(r"\1", words)
    function = replace(move.call, id=f"call_{position}") if move.call else None
    return Action(say=words, call=function)


def _after_words(state: State, scene: Scene) -> Action:  # noqa: C901, PLR0911 - a chain of decisions
    turn = state.turn
    if turn is None:
        return question(state, scene, state.asked)
    intents = turn.intents
    if Goal.DESPAIR in intents:
        return question(state, scene, Ask.PERSON_OFFER).after(
            responses.despair(emergency_number(scene.facts))
        )
    if Goal.EMERGENCY in intents:
        asked = {"reason": "a possible emergency", "urgency": "emergency"}
        return call(TRANSFER, asked, responses.emergency(emergency_number(scene.facts)))
    if state.leaving:
        unfinished = state.task is Task.BOOK
        words = responses.goodbye(scene.facts, unfinished=unfinished, more=bool(state.outcome_spoken))
        if state.task is Task.CHANGE:
            words = f"{change_responses.NOTHING_CHANGED} {words}"
        return call(END, {"reason": "the caller said goodbye"}, words)
    if state.wants_person:
        return call(TRANSFER, {"reason": "the caller asked for a person"})
    if _HELLO.match(turn.words):
        opening = "Hello." if state.asked is Ask.HELP else "Yes, I'm here."
        return question(state, scene, state.asked).after(opening)
    if state.misses and not (turn.wrong_digits or turn.unknown_service):
        return _not_understood(state, scene)
    if _HAS_QUESTION.match(turn.words):
        return Action(say=responses.one_of(responses.WHAT_QUESTION, state.turns))
    if Goal.REPEAT in intents and not turn.got_on and state.last_said:
        return Action(say=_again(responses.without_excuse(state.last_said)))
    if Goal.HOLD in intents and not turn.got_on and len(intents) == 1 and not turn.agreed:
        return Action(say=responses.one_of(responses.HOLDING, state.turns))
    aside = answer_aside(state, turn, scene)
    if aside is not None:
        return aside
    return proceed(state, scene)


def _not_understood(state: State, scene: Scene) -> Action:
    """Look it up, or ask again differently; then offer a person or a message, and at last end the call."""
    if state.task is Task.NONE and state.turn is not None and may_be_looked_up(state, state.turn):
        return look_up(state, state.turn)
    if state.misses >= _STOP_AT:
        return call(END, {"reason": "the caller could not be understood"}, responses.GIVING_UP)
    if state.misses >= _OFFER_HELP_AT:
        opening = responses.TROUBLE if state.misses == _OFFER_HELP_AT else responses.unclear(state.misses)
        return question(state, scene, Ask.PERSON_OR_MESSAGE).after(opening)
    return question(state, scene, state.asked).after(responses.unclear(state.misses - 1))


def _again(last: str) -> str:
    for prefix, other in (_REPEATED, _REPEATED[::-1]):
        if last.startswith(prefix):
            return f"{other}{last.removeprefix(prefix)}"
    return f"{_REPEATED[0]}{last}"
