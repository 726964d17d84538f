"""The receptionist's decision: a pure function from a conversation to the next move."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from agent.receptionist import change_say, say
from agent.receptionist.asking import question
from agent.receptionist.fold import END, TRANSFER, fold
from agent.receptionist.intents import Intent
from agent.receptionist.move import Move, call
from agent.receptionist.proceed import proceed
from agent.receptionist.questions import Ask
from agent.receptionist.reply import answer_aside, emergency_number, look_up, may_be_looked_up
from agent.receptionist.results import after_result, tell, untold
from agent.receptionist.state import Scene, State, Task
from tools.contracts.partner import PracticeFacts
from tools.conversation import Message

__all__ = ["Move", "next_move"]

_TWO_STOPS = re.compile(r"(\b[ap]\.m\.)\.")
_HELLO = re.compile(
    r"(?:um |uh |oh |well )*(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|greetings)"
    r"(?: hello| there| hi| good (?:morning|afternoon|evening))*$|"
    r"(?:hello |hi )?(?:is |are )?(?:any ?(?:one|body)|some ?(?:one|body)|you)(?: still)? there$"
)
_HAS_QUESTION = re.compile(
    r"(?:hi |hello |yes |yeah )*(?:i have|i've got|i had|i got|just) an? (?:quick |couple of )?questions?$"
)
_URGENT = frozenset({Intent.DESPAIR, Intent.EMERGENCY})
_OFFER_HELP_AT = 3
_STOP_AT = 5
_REPEATED = ("I said: ", "Once more: ")


def next_move(
    messages: Sequence[Message], facts: PracticeFacts, now: datetime, caller_number: str | None
) -> Move:
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
        return Move(say=say.greeting(facts))
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
        move = question(state, scene, state.asked, after_gap=True).after(say.LOST)
    return _finished(move, state, len(messages))


def _finished(move: Move, state: State, position: int) -> Move:
    """Give the call its id, and see to it that nothing is said twice in a row in the same words."""
    words = move.say
    if words is not None and words == state.last_said:
        words = f"{_REPEATED[0]}{words}"
    if words is not None:
        # A sentence that ends with "p.m." has its full stop already.
        words = _TWO_STOPS.sub(r"\1", words)
    function = replace(move.call, id=f"call_{position}") if move.call else None
    return Move(say=words, call=function)


def _after_words(state: State, scene: Scene) -> Move:  # noqa: C901, PLR0911 - a chain of decisions
    turn = state.turn
    if turn is None:
        return question(state, scene, state.asked)
    intents = turn.intents
    if Intent.DESPAIR in intents:
        return question(state, scene, Ask.PERSON_OFFER).after(say.despair(emergency_number(scene.facts)))
    if Intent.EMERGENCY in intents:
        return question(state, scene, Ask.PERSON_OFFER).after(say.emergency(emergency_number(scene.facts)))
    if state.leaving:
        unfinished = state.task is Task.BOOK
        words = say.goodbye(scene.facts, unfinished=unfinished, more=bool(state.outcome_spoken))
        if state.task is Task.CHANGE:
            words = f"{change_say.NOTHING_CHANGED} {words}"
        return call(END, {"reason": "the caller said goodbye"}, words)
    if state.wants_person:
        return call(TRANSFER, {"reason": "the caller asked for a person"})
    if _HELLO.match(turn.words):
        opening = "Hello." if state.asked is Ask.HELP else "Yes, I'm here."
        return question(state, scene, state.asked).after(opening)
    if state.misses and not (turn.wrong_digits or turn.unknown_service):
        return _not_understood(state, scene)
    if _HAS_QUESTION.match(turn.words):
        return Move(say=say.one_of(say.WHAT_QUESTION, state.turns))
    if Intent.REPEAT in intents and not turn.got_on and state.last_said:
        return Move(say=_again(say.without_excuse(state.last_said)))
    if Intent.HOLD in intents and not turn.got_on and len(intents) == 1 and not turn.agreed:
        return Move(say=say.one_of(say.HOLDING, state.turns))
    aside = answer_aside(state, turn, scene)
    if aside is not None:
        return aside
    return proceed(state, scene)


def _not_understood(state: State, scene: Scene) -> Move:
    """Look it up, or ask again differently; then offer a person or a message, and at last end the call."""
    if state.task is Task.NONE and state.turn is not None and may_be_looked_up(state, state.turn):
        return look_up(state, state.turn)
    if state.misses >= _STOP_AT:
        return call(END, {"reason": "the caller could not be understood"}, say.GIVING_UP)
    if state.misses >= _OFFER_HELP_AT:
        opening = say.TROUBLE if state.misses == _OFFER_HELP_AT else say.unclear(state.misses)
        return question(state, scene, Ask.PERSON_OR_MESSAGE).after(opening)
    return question(state, scene, state.asked).after(say.unclear(state.misses - 1))


def _again(last: str) -> str:
    for prefix, other in (_REPEATED, _REPEATED[::-1]):
        if last.startswith(prefix):
            return f"{other}{last.removeprefix(prefix)}"
    return f"{_REPEATED[0]}{last}"
