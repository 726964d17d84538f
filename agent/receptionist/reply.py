"""Answers to what a caller says beside the matter at hand; then the conversation goes back to it."""

import re
from dataclasses import replace

from agent.receptionist import change_responses, responses
from agent.receptionist import facts as known
from agent.receptionist.action import Action, call
from agent.receptionist.asking import question
from agent.receptionist.goals import Goal
from agent.receptionist.matching import service_in
from agent.receptionist.next_step import proceed
from agent.receptionist.questions import Ask
from agent.receptionist.side_questions import SideQuestion, for_the_files, questions_in
from agent.receptionist.state import Scene, State, Task, Turn
from agent.receptionist.state_tracker import KNOWLEDGE
from contracts.partner import PracticeFacts
from language.normalize import normal

_FACTS = (Goal.HOURS, Goal.ADDRESS, Goal.PHONE, Goal.DURATION, Goal.PRACTITIONERS, Goal.SERVICES)
_STAFF_MATTERS = {
    Goal.CHANGE: responses.CHANGE,
    Goal.LOOKUP: responses.LOOKUP,
    Goal.LATE: responses.LATE,
}
_REFUSED_MATTERS = {
    Goal.ADVICE: responses.ADVICE,
    Goal.OPINION: responses.OPINION,
    Goal.PRIVACY: responses.PRIVACY,
    Goal.LANGUAGE: responses.LANGUAGE,
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


def answer_aside(state: State, turn: Turn, scene: Scene) -> Action | None:
    """Answer a side question of the last utterance, where it holds one.

    Returns:
        The answer with what comes next, or None when there was no side question.
    """
    if state.task is Task.NONE and (told := change_responses.recap(state, turn.words)):
        return _back_to(state, scene, told)
    if turn.intents and turn.intents[0] in (*_FACTS, Goal.KNOWLEDGE):
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


def answer_otherwise(state: State, turn: Turn, scene: Scene) -> Action | None:
    """Answer what the files did not: where they are asked first, facts and refusals come after.

    Args:
        state: What is known; the files were asked in this turn.

    Returns:
        The answer with what comes next, or None when there is none.
    """
    for intent in turn.intents:
        if intent in (Goal.ADVICE, Goal.DURATION, Goal.PRIVACY):
            move = _answer(intent, state, turn, scene)
            if move is not None and move.call is None:
                return move
    return None


def _several(asked: list[SideQuestion], state: State, turn: Turn, scene: Scene) -> Action:
    """Answer questions that came in one breath: what the facts hold at once, then what the files may."""
    answers = [known.answer(one.intent, normal(one.text), scene) for one in asked if one.intent in _FACTS]
    told = " ".join(dict.fromkeys(answer for answer in answers if answer))
    searched = for_the_files(asked, scene)
    if searched:
        return look_up(state, replace(turn, text=searched[0], words=normal(searched[0]))).after(told)
    return _back_to(state, scene, told)


def _answer(intent: Goal, state: State, turn: Turn, scene: Scene) -> Action | None:  # noqa: C901, PLR0911 - a chain of decisions
    if intent is Goal.IDENTITY:
        return _back_to(state, scene, responses.identity(scene.facts, state.turns))
    if intent is Goal.RECAP and state.outcome == "booked" and state.outcome_spoken:
        return _back_to(state, scene, f"Your appointment is {state.outcome_spoken}.")
    if (
        intent is Goal.RECAP
        and not state.outcome
        and not state.outcome_spoken
        and _ASKS_IF_BOOKED.search(turn.words)
    ):
        return _back_to(state, scene, responses.one_of(responses.NOTHING_BOOKED, state.turns))
    if intent is Goal.COMPLAINT and not turn.got_on:
        return question(state, scene, Ask.PERSON_OR_MESSAGE).after(
            responses.one_of(responses.COMPLAINT, state.turns)
        )
    if intent is Goal.ADDRESS and _BY_TRANSPORT.search(turn.words):
        return look_up(state, turn)
    if (
        intent in _STAFF_MATTERS
        and state.task is not Task.CHANGE
        and not (state.task is Task.BOOK and turn.got_on)
    ):
        if state.task is Task.MESSAGE and turn.got_on:
            return None
        return question(state, scene, Ask.PERSON_OR_MESSAGE).after(
            responses.one_of(_STAFF_MATTERS[intent], state.turns)
        )
    if intent is Goal.LANGUAGE and state.task is Task.NONE:
        return question(state, scene, Ask.PERSON_OFFER).after(
            responses.one_of(responses.LANGUAGE, state.turns)
        )
    if intent in _REFUSED_MATTERS:
        refusal = responses.one_of(_REFUSED_MATTERS[intent], state.turns)
        # Who presses on after a refusal has a reason, and only the team can weigh it.
        pressed = intent is Goal.PRIVACY and turn.insists
        return (
            question(state, scene, Ask.PERSON_OR_MESSAGE).after(refusal)
            if pressed
            else _back_to(state, scene, refusal)
        )
    if intent in _FACTS and not (intent is Goal.SERVICES and turn.got_on):
        answer = known.answer(intent, turn.words, scene)
        if answer is None:
            return look_up(state, turn)
        return _back_to(state, scene, answer)
    if intent is Goal.KNOWLEDGE and not state.calls_in_turn[KNOWLEDGE]:
        return look_up(state, turn)
    return None


def may_be_looked_up(state: State, turn: Turn) -> bool:
    """Tell whether words that nothing fits are enough of a sentence to look for in the files, once."""
    return len(turn.words.split()) >= _WHOLE_SENTENCE and not state.calls_in_turn[KNOWLEDGE]


def look_up(state: State, turn: Turn) -> Action:
    """Ask the practice's files.

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
    return call(KNOWLEDGE, {"question": asked}, responses.checking(state.turns))


def _back_to(state: State, scene: Scene, answer: str) -> Action:
    """Say the answer, then go on with what was being done."""
    turn = state.turn
    if state.task is not Task.NONE:
        return proceed(state, scene).after(answer)
    intents = turn.intents if turn else []
    if {Goal.ADVICE, Goal.OPINION} & set(intents) or (
        Goal.SERVICES in intents and turn and service_in(turn.words, scene.facts)
    ):
        return question(state, scene, Ask.BOOK_OFFER).after(answer)
    asked = Ask.HELP if state.turns <= 1 and Goal.IDENTITY in intents else Ask.ANYTHING_ELSE
    return question(state, scene, asked).after(answer)
