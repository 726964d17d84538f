"""How the practice's files are asked: a question in the words that find its answer, with what it leans on."""

import re

from agent.dialogue.action import Action, call
from agent.dialogue.acts import hear
from agent.dialogue.ages import age_in
from agent.dialogue.files_first import PRICE, names_only
from agent.dialogue.matching import service_in, without_service
from agent.dialogue.memory import KNOWLEDGE
from agent.dialogue.state import Kind, Scene, State
from agent.dialogue.steps import filler
from contracts.partner import ServiceFacts
from knowledge.search.lexicon import EMPTY_WORDS, PRICE_WORDS
from knowledge.search.terms import stem, terms
from language import speak
from language.normalize import is_short, normal
from language.phrases import phrase, word_set

_GOES_ON = phrase("asides.goes_on")
_POINTS_BACK = phrase("asides.points_back")
_CHILD = phrase("asides.child")
_SELF_PAID = phrase("asides.self_paid")
_CONDITION = phrase("asides.condition")
_PRICES = phrase("lookups.prices")
_OF_CHANGING = phrase("lookups.of_changing")
_OF_CANCELLING = "Is there a fee if I cancel my appointment?"
"""What "is there a fee for that?" asks of a visit that is cancelled."""
_PLAIN = frozenset(map(stem, word_set("lookups.plain")))
"""What says of a service no more than that it is one."""
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
    elif price and _POINTS_BACK.search(words) and state.matter and not state.question:
        asked = f"{asked} ({state.matter})"  # of what was told and goes to the team
    return call(KNOWLEDGE, {"question": asked}, filler(state, looks=False))


def asks_of_cancelling(state: State, text: str, scene: Scene) -> bool:
    """Tell whether a price is asked for that can only be that of the change at hand, or just made."""
    words = normal(text)
    cancels = state.goal.kind is Kind.CANCEL
    changes = state.goal.kind is Kind.MOVE or (
        state.goal.kind is Kind.NONE and state.outcome in ("cancelled", "moved")
    )
    if service_in(words, scene.facts) is not None or not (
        cancels or (changes and _OF_CHANGING.search(words))
    ):
        return False
    pays = {"pay", *PRICE_WORDS} & {stem(one) for one in words.split()}
    return bool(pays) or any(one.price for one in hear(text).clauses)


def _price_questions(state: State, words: str, scene: Scene) -> list[str]:
    """Word a question for the price of services as the files answer it; none where more is asked."""
    words = _LEADS.sub("", words)
    parts = [service_in(part, scene.facts) for part in _AND.split(words)]
    named = list({one.id: one for one in parts if one is not None}.values())
    if len(named) > 1:
        return [f"How much is {speak.article(one.name)}?" for one in named]
    service = named[0] if named else None
    if service is None and len(scene.facts.services) <= _MOST_LOOKS and asks_nothing_but_prices(words):
        return [f"How much is {speak.article(one.name)}?" for one in scene.facts.services]
    if service is None and _POINTS_BACK.search(words):
        service = spoken_of(state, scene)
    asked = _SELF_PAID.sub(" ", _GOES_ON.sub(" ", words))
    if service is None or _names_more(asked, service) or _CONDITION.search(asked):
        return []
    return [f"How much is {speak.article(service.name)}?"]


def _names_more(words: str, service: ServiceFacts) -> bool:
    """Tell whether words name more than a service: the price of a deep cleaning is not that of a cleaning."""
    left = {stem(one) for one in without_service(words, service).split()}
    return bool(left - EMPTY_WORDS - PRICE_WORDS - _PLAIN)


def asks_nothing_but_prices(words: str) -> bool:
    """Tell whether words ask for prices and name nothing that has one: "what are your prices?"."""
    stems = [stem(one) for one in words.split()]
    return _PRICES.search(words) is not None and all(one in EMPTY_WORDS | PRICE_WORDS for one in stems)


def spoken_of(state: State, scene: Scene) -> ServiceFacts | None:
    """Give the service that "it" means: of the visit that is booked or changed, else what was named last."""
    own = state.chosen or (state.appointments[0] if len(state.appointments) == 1 else None)
    if own is not None and not state.goal.service:
        return service_in(normal(own.service), scene.facts)
    return scene.service(state.goal.service or state.topic)


def adds_nothing(state: State, asked: str, answer: str) -> bool:
    """Tell whether an answer that was just told, or goes on with that, names nothing of what is asked now."""
    told = answer == state.answer
    if not told and not asked.startswith(f"{state.earlier} ("):
        return False
    if told and "(" in asked:
        return True
    new = asked.removeprefix(state.earlier) if state.earlier else asked
    return age_in(new) is None and not (set(terms(new)) - EMPTY_WORDS) & set(terms(answer))


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
