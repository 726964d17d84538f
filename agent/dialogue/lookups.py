"""How the practice's files are asked: a question in the words that find its answer, with what it leans on."""

from agent.dialogue.action import Action, call
from agent.dialogue.acts import hear
from agent.dialogue.files_first import PRICE
from agent.dialogue.matching import service_in
from agent.dialogue.memory import KNOWLEDGE
from agent.dialogue.passages import age_in
from agent.dialogue.state import Kind, Scene, State
from agent.dialogue.steps import filler
from language import speak
from language.normalize import is_short, normal
from language.phrases import phrase

_GOES_ON = phrase("asides.goes_on")
_POINTS_BACK = phrase("asides.points_back")
_CHILD = phrase("asides.child")
_SELF_PAID = phrase("asides.self_paid")
_CONDITION = phrase("asides.condition")
_SHORT_QUESTION = 8
_MOST_LOOKS = 3
"""Times that the files are asked for one utterance."""


def look_up(state: State, text: str, scene: Scene) -> Action:
    """Ask the practice's files."""
    asked = text.strip()
    words = normal(asked)
    priced = any(one.price for one in hear(asked).clauses) or (
        state.fact == PRICE and _GOES_ON.match(words) is not None
    )
    state.fact = PRICE if priced else ""
    if priced and (question := _price_question(state, words, scene)):
        asked = question
    elif state.question and _GOES_ON.search(words):
        # "And for children?" goes on with the question before.
        asked = f"{state.question} {asked}"
    elif "bring" in words.split() and "visit" not in words:
        asked = f"{asked} (to a visit)"
    if state.age and age_in(asked) is None and _CHILD.search(words):
        asked = f"{asked} (my {state.age} year old)"
    service = state.goal.service
    if service and _POINTS_BACK.search(words) and state.goal.kind is Kind.BOOK:
        # "How much is it?" means what is being booked.
        asked = f"{asked} ({found.name if (found := scene.service(service)) else service})"
    return call(KNOWLEDGE, {"question": asked}, filler(state, looks=False))


def _price_question(state: State, words: str, scene: Scene) -> str:
    """Word a question for the price of a service as the files answer it; empty where more is asked."""
    service = service_in(words, scene.facts)
    if service is None and _POINTS_BACK.search(words):
        service = scene.service(state.goal.service or state.topic)
    if service is None or _CONDITION.search(_SELF_PAID.sub(" ", _GOES_ON.sub(" ", words))):
        return ""
    return f"How much is {speak.article(service.name)}?"


def goes_on(state: State, asked: str, scene: Scene) -> bool:
    """Tell whether a question without an answer goes on with the one before: "even though she's 7?"."""
    return (
        bool(state.earlier)
        and is_short(normal(asked), _SHORT_QUESTION)
        and "(" not in asked
        and service_in(normal(asked), scene.facts) is None
        and normal(state.earlier) not in normal(asked)
        and state.calls.get(KNOWLEDGE, 0) < _MOST_LOOKS
    )
