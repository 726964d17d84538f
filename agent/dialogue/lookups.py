"""How the practice's files are asked: a question in the words that find its answer, with what it leans on."""

import re

from agent.dialogue.action import Action, call
from agent.dialogue.acts import hear
from agent.dialogue.files_first import PRICE, names_only
from agent.dialogue.matching import service_in
from agent.dialogue.memory import KNOWLEDGE
from agent.dialogue.passages import age_in
from agent.dialogue.state import Kind, Scene, State
from agent.dialogue.steps import filler
from contracts.partner import ServiceFacts
from language import speak
from language.normalize import is_short, normal
from language.phrases import phrase

_GOES_ON = phrase("asides.goes_on")
_POINTS_BACK = phrase("asides.points_back")
_CHILD = phrase("asides.child")
_SELF_PAID = phrase("asides.self_paid")
_CONDITION = phrase("asides.condition")
_OF_CANCELLING = "Is there a fee if I cancel my appointment?"
"""What "is there a fee for that?" asks of a visit that is cancelled."""
_SHORT_QUESTION = 8
_LEADS = re.compile(r"^(?:and|or|so) ")
_AND = re.compile(r"\b(?:and|or)\b")
_MOST_LOOKS = 3
"""Times that the files are asked for one utterance."""


def look_up(state: State, text: str, scene: Scene) -> Action:
    """Ask the practice's files."""
    asked = text.strip()
    words = normal(asked)
    price = any(one.price for one in hear(asked).clauses)
    if asks_of_cancelling(state, asked, scene):
        asked, words = _OF_CANCELLING, normal(_OF_CANCELLING)
    priced = price or (
        state.fact == PRICE and (_GOES_ON.match(words) is not None or names_only(words, scene))
    )
    state.fact = PRICE if priced else ""
    if priced and (questions := _price_questions(state, words, scene)):
        asked, *others = questions
        state.todo[:0] = [["general", one] for one in others]
    elif state.question and _GOES_ON.search(words):
        # "And for children?" goes on with the question before.
        asked = f"{state.question} {asked}"
    elif "bring" in words.split() and {"what", "anything", "something"} & set(words.split()):
        asked = f"{asked} (to a visit)"
    if state.age and age_in(asked) is None and _CHILD.search(words):
        asked = f"{asked} (my {state.age} year old)"
    if _POINTS_BACK.search(words) and state.goal.kind is not Kind.NONE and (found := spoken_of(state, scene)):
        # "How much is it?" means what is being booked.
        asked = f"{asked} ({found.name})"
    return call(KNOWLEDGE, {"question": asked}, filler(state, looks=False))


def asks_of_cancelling(state: State, text: str, scene: Scene) -> bool:
    """Tell whether a price is asked for that can only be that of the cancellation at hand."""
    priced = state.goal.kind is Kind.CANCEL and any(one.price for one in hear(text).clauses)
    return priced and service_in(normal(text), scene.facts) is None


def _price_questions(state: State, words: str, scene: Scene) -> list[str]:
    """Word a question for the price of services as the files answer it; none where more is asked."""
    words = _LEADS.sub("", words)
    parts = [service_in(part, scene.facts) for part in _AND.split(words)]
    named = list({one.id: one for one in parts if one is not None}.values())
    if len(named) > 1:
        return [f"How much is {speak.article(one.name)}?" for one in named]
    service = named[0] if named else None
    if service is None and _POINTS_BACK.search(words):
        service = spoken_of(state, scene)
    if service is None or _CONDITION.search(_SELF_PAID.sub(" ", _GOES_ON.sub(" ", words))):
        return []
    return [f"How much is {speak.article(service.name)}?"]


def spoken_of(state: State, scene: Scene) -> ServiceFacts | None:
    """Give the service that "it" means: of the visit that is booked or changed, else what was named last."""
    if state.chosen is not None:
        return service_in(normal(state.chosen.service), scene.facts)
    return scene.service(state.goal.service or state.topic)


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
