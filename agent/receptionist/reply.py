"""Answers to what a caller says beside the matter at hand; then the conversation goes back to it."""

import re
from dataclasses import replace

from agent.receptionist import change_say, say
from agent.receptionist import facts as known
from agent.receptionist.asking import question
from agent.receptionist.fold import KNOWLEDGE
from agent.receptionist.intents import Intent
from agent.receptionist.matching import service_in
from agent.receptionist.move import Move, call
from agent.receptionist.proceed import proceed
from agent.receptionist.questions import Ask
from agent.receptionist.side_questions import SideQuestion, for_the_files, questions_in
from agent.receptionist.state import Scene, State, Task, Turn
from agent.receptionist.words import normal
from tools.contracts.partner import PracticeFacts

_FACTS = (Intent.HOURS, Intent.ADDRESS, Intent.PHONE, Intent.DURATION, Intent.PRACTITIONERS, Intent.SERVICES)
_STAFF_MATTERS = {Intent.CHANGE: say.CHANGE, Intent.LOOKUP: say.LOOKUP, Intent.LATE: say.LATE}
_REFUSED_MATTERS = {
    Intent.ADVICE: say.ADVICE,
    Intent.OPINION: say.OPINION,
    Intent.PRIVACY: say.PRIVACY,
    Intent.LANGUAGE: say.LANGUAGE,
}
_ASKS_IF_BOOKED = re.compile(r"^(?:so |and |but |wait )*(?:did|have|am|are|is)\b")
_BY_TRANSPORT = re.compile(r"\b(?:subway|train|bus|metro|tram|public transport\w*|by car)\b")
_GOES_ON = re.compile(r"^(?:and|or|(?:and )?(?:what|how) about)? ?(?:for|with|without|if|on)\b")
_POINTS_BACK = re.compile(r"\b(?:it|that|this)\b")
_SHORT_QUESTION = 3
_WHOLE_SENTENCE = 4
_AMERICAN = ("America/", "US/", "Pacific/Honolulu", "Canada/")


def emergency_number(facts: PracticeFacts) -> str:
    """Give the emergency number where the practice is, as it is said."""
    if facts.timezone.startswith(_AMERICAN):
        return "nine one one"
    if facts.timezone.startswith("Europe/London"):
        return "nine nine nine"
    if facts.timezone.startswith("Europe/"):
        return "one one two"
    return "your local emergency number"


def answer_aside(state: State, turn: Turn, scene: Scene) -> Move | None:
    """Answer a side question of the last utterance, where it holds one.

    Args:
        state: What is known.
        turn: The utterance.
        scene: What surrounds the conversation.

    Returns:
        The answer with what comes next, or None when there was no side question.
    """
    if state.task is Task.NONE and (told := change_say.recap(state, turn.words)):
        return _back_to(state, scene, told)
    if turn.intents and turn.intents[0] in (*_FACTS, Intent.KNOWLEDGE):
        asked = questions_in(turn.text)
        if len(asked) > 1:
            return _several(asked, state, turn, scene)
    for intent in turn.intents:
        move = _answer(intent, state, turn, scene)
        if move is not None:
            return move
    if (
        turn.question
        and not turn.got_on
        and not turn.intents
        and not turn.agreed
        and len(turn.words.split()) >= _SHORT_QUESTION
    ):
        return look_up(state, turn)
    if state.task is Task.NONE and not turn.got_on and not turn.intents and may_be_looked_up(state, turn):
        return look_up(state, turn)
    return None


def answer_otherwise(state: State, turn: Turn, scene: Scene) -> Move | None:
    """Answer what the files did not: where they are asked first, facts and refusals come after.

    Args:
        state: What is known; the files were asked in this turn.
        turn: The utterance.
        scene: What surrounds the conversation.

    Returns:
        The answer with what comes next, or None when there is none.
    """
    for intent in turn.intents:
        if intent in (Intent.ADVICE, Intent.DURATION, Intent.PRIVACY):
            move = _answer(intent, state, turn, scene)
            if move is not None and move.call is None:
                return move
    return None


def _several(asked: list[SideQuestion], state: State, turn: Turn, scene: Scene) -> Move:
    """Answer questions that came in one breath: what the facts hold at once, then what the files may."""
    answers = [known.answer(one.intent, normal(one.text), scene) for one in asked if one.intent in _FACTS]
    told = " ".join(dict.fromkeys(answer for answer in answers if answer))
    searched = for_the_files(asked, scene)
    if searched:
        return look_up(state, replace(turn, text=searched[0], words=normal(searched[0]))).after(told)
    return _back_to(state, scene, told)


def _answer(intent: Intent, state: State, turn: Turn, scene: Scene) -> Move | None:  # noqa: C901, PLR0911 - a chain of decisions
    if intent is Intent.IDENTITY:
        return _back_to(state, scene, say.identity(scene.facts, state.turns))
    if intent is Intent.RECAP and state.outcome == "booked" and state.outcome_spoken:
        return _back_to(state, scene, f"Your appointment is {state.outcome_spoken}.")
    if (
        intent is Intent.RECAP
        and not state.outcome
        and not state.outcome_spoken
        and _ASKS_IF_BOOKED.search(turn.words)
    ):
        return _back_to(state, scene, say.one_of(say.NOTHING_BOOKED, state.turns))
    if intent is Intent.COMPLAINT and not turn.got_on:
        return question(state, scene, Ask.PERSON_OR_MESSAGE).after(say.one_of(say.COMPLAINT, state.turns))
    if intent is Intent.ADDRESS and _BY_TRANSPORT.search(turn.words):
        return look_up(state, turn)
    if (
        intent in _STAFF_MATTERS
        and state.task is not Task.CHANGE
        and not (state.task is Task.BOOK and turn.got_on)
    ):
        if state.task is Task.MESSAGE and turn.got_on:
            return None
        return question(state, scene, Ask.PERSON_OR_MESSAGE).after(
            say.one_of(_STAFF_MATTERS[intent], state.turns)
        )
    if intent is Intent.LANGUAGE and state.task is Task.NONE:
        return question(state, scene, Ask.PERSON_OFFER).after(say.one_of(say.LANGUAGE, state.turns))
    if intent in _REFUSED_MATTERS:
        refusal = say.one_of(_REFUSED_MATTERS[intent], state.turns)
        # Who presses on after a refusal has a reason, and only the team can weigh it.
        pressed = intent is Intent.PRIVACY and turn.insists
        return (
            question(state, scene, Ask.PERSON_OR_MESSAGE).after(refusal)
            if pressed
            else _back_to(state, scene, refusal)
        )
    if intent in _FACTS and not (intent is Intent.SERVICES and turn.got_on):
        answer = known.answer(intent, turn.words, scene)
        if answer is None:
            return look_up(state, turn)
        return _back_to(state, scene, answer)
    if intent is Intent.KNOWLEDGE and not state.calls_in_turn[KNOWLEDGE]:
        return look_up(state, turn)
    return None


def may_be_looked_up(state: State, turn: Turn) -> bool:
    """Tell whether words that nothing fits are enough of a sentence to look for in the files, once."""
    return len(turn.words.split()) >= _WHOLE_SENTENCE and not state.calls_in_turn[KNOWLEDGE]


def look_up(state: State, turn: Turn) -> Move:
    """Ask the practice's files.

    Args:
        state: What is known.
        turn: The utterance.

    Returns:
        The call, with words to fill its time.
    """
    asked = turn.text.strip()
    if state.last_question and _GOES_ON.search(turn.words):
        # "And for children?" goes on with the question before.
        asked = f"{state.last_question} {asked}"
    elif "bring" in turn.words.split() and "visit" not in turn.words:
        asked = f"{asked} (to a visit)"
    if state.service is not None and _POINTS_BACK.search(turn.words):
        # "How much is it?" means what is being booked.
        asked = f"{asked} ({state.service.name})"
    return call(KNOWLEDGE, {"question": asked}, say.checking(state.turns))


def _back_to(state: State, scene: Scene, answer: str) -> Move:
    """Say the answer, then go on with what was being done."""
    turn = state.turn
    if state.task is not Task.NONE:
        return proceed(state, scene).after(answer)
    intents = turn.intents if turn else []
    if {Intent.ADVICE, Intent.OPINION} & set(intents) or (
        Intent.SERVICES in intents and turn and service_in(turn.words, scene.facts)
    ):
        return question(state, scene, Ask.BOOK_OFFER).after(answer)
    asked = Ask.HELP if state.turns <= 1 and Intent.IDENTITY in intents else Ask.ANYTHING_ELSE
    return question(state, scene, asked).after(answer)
