"""What an utterance gives for a booking: the reason, the service, the person, and what it corrects."""

import re

from agent.dialogue import account
from agent.dialogue.acts import MATTERS, QUESTIONS, Heard
from agent.dialogue.matching import anyone_will_do, practitioner_in, service_in, service_sounding_like
from agent.dialogue.number import take_phone
from agent.dialogue.people import ask_to_spell, take_name
from agent.dialogue.state import CHANGES, LONGEST_REASON, NAME_ASKS, PHONE_ASKS, Ask, Goal, Kind, Scene, State
from agent.dialogue.times import day_phrase, let_go, moment_phrase, says_when, take_when, timed_text
from contracts.partner import PractitionerFacts, ServiceFacts
from language.datetimes.resolve import mentions_time
from language.normalize import is_short, normal
from language.phrases import phrase

_CHECKUPS = ("checkup", "check up", "exam", "consult")
_URGENT_SERVICES = ("emergency", "urgent", "pain", *_CHECKUPS)
_AFTER_ME = phrase("steps.after_me")
_PART = phrase("slots.part")
_POINTS_BACK = phrase("slots.points_back")
_OTHER_ONE = phrase("slots.other_one")
_OF_THE_OFFER = frozenset(("whom", "recap"))
_NOBODY_ELSE = phrase("slots.nobody_else")
_NOT_THEM = phrase("slots.not_them").pattern
_ANOTHER_SERVICE = phrase("slots.another_service")
_ALONE = 3
_SURE = 0.5
_SURELY_HURTS = 0.8


def take_values(state: State, heard: Heard, scene: Scene) -> bool:
    """Take in what an utterance gives by value, and what it says to be wrong; True when it gave anything."""
    goal = state.goal
    said = take_name(state, heard, scene)
    number = take_phone(state, heard, scene)
    if number == "wrong":
        state.todo.append(["bad_digits", ""])
    if goal.kind is Kind.NONE or goal.kind is Kind.MESSAGE:
        _thank(state, heard, said, number)
        more = bool(goal.text) and account.add(state, heard, goal.name, scene)
        return bool(said or number or more)
    if goal.kind in CHANGES:
        return bool(said or number)
    _keep_reason(state, heard, scene)
    changed = _service(state, heard, scene, besides=bool(said or number))
    changed = _practitioner(state, heard, scene) or changed
    gives = (bool(said) or number in ("changed", "again")) and not heard.no
    gives = gives and not says_when(timed_text(state, heard))
    if gives and len(goal.offers) == 1 and goal.slot is None and goal.heard:
        # Who goes on to name or number has taken the one time that was offered.
        goal.slot = goal.offers[0]
    besides = bool(said or number)
    answers = state.asked in NAME_ASKS and not heard.has("wrong", "move", "book")
    dialled = number and state.asked in PHONE_ASKS and goal.phone != scene.caller_phone
    if not (besides and (answers or dialled)):
        changed = take_when(state, heard, besides=besides) or changed
    _thank(state, heard, said, number)
    _correct(state, heard, changed=changed or besides)
    return changed or besides


def _thank(state: State, heard: Heard, said: str, number: str) -> None:
    """Thank for what came unasked: it is kept, and the question that was asked stays open."""
    asked_name = state.asked in NAME_ASKS
    if (
        said
        and not asked_name
        and state.asked in (Ask.WHEN, Ask.SLOT, Ask.SERVICE, Ask.HELP, Ask.ANYTHING_ELSE)
        and state.goal.slot is None
        and (state.goal.kind is not Kind.NONE or not (state.todo or heard.has(*QUESTIONS, *MATTERS)))
    ):
        unsure = state.goal.surname or state.goal.for_other or state.waiting  # who of them speaks
        state.todo.append(["thanked", "" if unsure else state.goal.name])
    elif (
        number in ("changed", "again")
        and state.goal.phone
        and state.asked in (Ask.WHEN, Ask.SLOT)
        and state.goal.slot is None
    ):
        state.todo.append(["thanked", ""])
    elif said and not state.goal.name_left:
        asks = (*PHONE_ASKS, *((*NAME_ASKS, Ask.READ_BACK) if said == "again" else ()))
        state.todo += [["noted", ""]] if state.asked in asks else []


def _keep_reason(state: State, heard: Heard, scene: Scene) -> None:
    goal = state.goal
    for note in (one.text.strip() for one in heard.clauses if one.kind == "note" and one.sure >= _SURE):
        goal.reason = ". ".join(filter(None, [goal.reason, note]))[:LONGEST_REASON]
        state.todo.append(["note", ""])
    # Where a name is asked for, its garbles mean anything: "It's mad, it's" was "It's Bennett".
    hurts = heard.surely("symptom", least=_SURELY_HURTS if state.asked in NAME_ASKS else _SURE)
    told = [one.text.strip() for one in heard.clauses if hurts and one.kind in ("symptom", "happened")]
    if not told and state.urgent == state.turns:
        told = [heard.text.strip()]
    if not told:
        return
    if not goal.reason:
        state.todo.append(["sympathy", ""])
    goal.reason = ". ".join(dict.fromkeys([*filter(None, [goal.reason]), *told]))[:LONGEST_REASON]
    if (
        not goal.service
        and service_in(heard.words, scene.facts) is None
        and (found := _first_like(scene, _URGENT_SERVICES))
    ):
        goal.service = found.id


def _spoken_of(state: State, heard: Heard, words: str, scene: Scene) -> ServiceFacts | None:
    """Give the service that was spoken of, where words point back: "a cleaning?", "book me one"."""
    known = state.goal.service or state.goal.any_service
    if known or not heard.has("book"):
        return None
    if _POINTS_BACK.search(words):
        return scene.service(state.topic)
    # "How much is a filling?", and then "can I get her in on Thursday?".
    asked = state.question if state.question_turn == state.turns - 1 else ""
    return service_in(normal(asked), scene.facts)


def _service(state: State, heard: Heard, scene: Scene, *, besides: bool) -> bool:  # noqa: C901, PLR0911 - a chain
    goal = state.goal
    words = " ".join(
        one.words
        for one in heard.clauses
        if one.kind not in ("duration", "general", "services", "practitioners", "hours", "happened")
        or (one.price and not goal.service and heard.has("book"))
    )
    words = _AFTER_ME.sub(" ", words)  # "right after my cleaning" is none of another
    found = service_in(words, scene.facts) or _spoken_of(state, heard, words, scene)
    if found is None and not (goal.service or goal.any_service) and _is_for_a_service(state, heard, words):
        found = service_sounding_like(words, scene.facts)
    if (
        found is not None
        and goal.service
        and any(kind in ("party", "two", "swapped") for kind, _ in state.todo)
    ):
        return False  # each of them has a service of their own
    if found is not None and goal.slot is not None and found.id in [one.service for one in state.waiting]:
        return False  # of what was put off
    if found is not None:
        if found.id == goal.service or not _names_the_service(state, heard, words, scene):
            return False
        if goal.service or goal.offers or goal.slot:
            goal.begin_search()
        goal.service, goal.any_service = found.id, False
        return True
    if goal.service or goal.any_service or besides or not scene.facts.services:
        return False
    wish = heard.first("book", "tell")
    asked = state.asked is Ask.SERVICE
    if (asked and (heard.has("any") or _UNSURE.search(words))) or (
        heard.has("book") and _UNSURE_WHAT_FOR.search(heard.words)
    ):
        general = _first_like(scene, _CHECKUPS)
        goal.service = general.id if general else ""
        return general is not None
    if not _is_for_a_service(state, heard, words):
        return False
    if (
        wish is None
        or any(one.asks for one in heard.clauses if one.kind != "book")
        or mentions_time(heard.text, asked=True)
        or _NO_SERVICE.fullmatch(words)
    ):
        return False
    if state.all_asks.get(Ask.SERVICE, 0) > 1 and (general := _first_like(scene, _CHECKUPS)):
        # Not on the list, said twice: a general visit, with the caller's own words as the reason.
        goal.service, goal.reason = general.id, heard.text.strip()[:LONGEST_REASON]
        return True
    state.todo.append(["not_offered", heard.text])
    return False


def _names_the_service(state: State, heard: Heard, words: str, scene: Scene) -> bool:
    """Tell whether a service that is named is what they come for: "that's his exam day" tells of none."""
    if not state.goal.service or state.asked in (Ask.SERVICE, Ask.WHAT_TO_CHANGE) or is_short(words, _ALONE):
        return True
    naming = [one.words for one in heard.clauses if service_in(one.words, scene.facts)]
    return heard.has("book", "wrong", "refuse") or any(map(_ANOTHER_SERVICE.search, naming))


def _is_for_a_service(state: State, heard: Heard, words: str) -> bool:
    """Tell whether words are to say what the visit is for."""
    return state.asked is Ask.SERVICE or (heard.has("book") and _NAMES_ONE.search(words) is not None)


_NAMES_ONE = phrase("slots.names_one")
_NO_SERVICE = phrase("slots.no_service")
_UNSURE = phrase("slots.unsure")
_UNSURE_WHAT_FOR = phrase("slots.unsure_what_for")


def _first_like(scene: Scene, names: tuple[str, ...]) -> ServiceFacts | None:
    for name in names:
        for service in scene.facts.services:
            called = [normal(one).replace("-", " ") for one in (service.name, *service.aliases)]
            if any(name in one or name in one.replace(" ", "") for one in called):
                return service
    return None


def _practitioner(state: State, heard: Heard, scene: Scene) -> bool:  # noqa: PLR0911 - a chain of decisions
    goal = state.goal
    if heard.has("practitioners", "opinion") and not heard.has("book"):
        return False
    # "Is that with Dr. Lee?" asks of the times that are talked of.
    asked = [one for one in heard.clauses if one.asks and one.kind in _OF_THE_OFFER and one.second != "book"]
    words = " ".join(one.words for one in heard.clauses if one not in asked)
    found = practitioner_in(words, scene.facts, asked=state.asked in (Ask.PRACTITIONER, Ask.SLOT, Ask.WHEN))
    if found is None:  # whoever says more than a name says nothing of their own
        wishes = [one.words for one in heard.clauses if one.kind not in QUESTIONS | {"tell"}]
        found = practitioner_in(" ".join(wishes), scene.facts, named=True)
    if found is not None and re.search(rf"{_NOT_THEM}{re.escape(normal(found.name).split()[-1])}\b", words):
        others = [one for one in scene.facts.practitioners if one.name != found.name]
        found = others[0] if len(others) == 1 else None
    found = found or _other_one(state, heard, scene)
    if found is None and anyone_will_do(heard.words) and goal.practitioner not in ("", "anyone"):
        goal.practitioner, goal.nobody_else = "anyone", False
        goal.begin_search()
        return True
    if found is None:
        return False
    again, refused = goal.practitioner == found.name, _is_with_another(goal, found)
    insists = refused or (again and (goal.nobody_else or bool(goal.offers)))
    goal.nobody_else = insists or _NOBODY_ELSE.search(words) is not None
    if again:
        return refused and _keep_to_them(goal, found)
    if goal.slot is not None and goal.slot.practitioner == found.name:
        goal.practitioner = found.name
        return True
    if goal.slot is not None and goal.slot.start is not None and not mentions_time(heard.text):
        # Another person, and nothing said of the time: the time that was chosen is kept.
        goal.phrases = [*goal.phrases, moment_phrase(goal.slot)]
    goal.practitioner = found.name
    offered = [one for one in goal.offers if one.practitioner == found.name]
    if goal.slot is None and offered:
        return True
    goal.begin_search()
    return True


def _is_with_another(goal: Goal, wanted: PractitionerFacts) -> bool:
    """Tell whether the time that was chosen is with somebody else than who is named now."""
    return goal.slot is not None and goal.slot.practitioner not in ("", wanted.name)


def _keep_to_them(goal: Goal, wanted: PractitionerFacts) -> bool:
    """Let go of a time with somebody else than who was asked for: only theirs are left."""
    theirs = [one for one in goal.offers if one.practitioner == wanted.name]
    if not theirs:
        goal.begin_search()
    goal.offers, goal.slot = theirs, None
    goal.unread()
    return True


def _other_one(state: State, heard: Heard, scene: Scene) -> PractitionerFacts | None:
    """Give whom "the other dentist" means: the one of two whom the times that are talked of are not with."""
    talked_of = {one.practitioner for one in ([state.goal.slot] if state.goal.slot else state.goal.offers)}
    others = [one for one in scene.facts.practitioners if one.name not in talked_of]
    meant = len(talked_of) == 1 == len(others) and _OTHER_ONE.search(heard.words)
    return others[0] if meant else None


def _correct(state: State, heard: Heard, *, changed: bool) -> None:  # noqa: C901, PLR0911 - a chain
    """Take what is said to be wrong of what was read back, or settled."""
    goal = state.goal
    reading = bool(goal.read_back) or state.asked in (Ask.READ_BACK, Ask.WHAT_TO_CHANGE)
    if not reading:
        return
    if state.asked is Ask.WHAT_TO_CHANGE and not changed and (heard.yes or heard.has("thanks", "keep")):
        goal.to_change = ""  # nothing is wrong: it is read back once more
        return
    if changed:
        if goal.to_change != "?" or state.asked is Ask.WHAT_TO_CHANGE:
            goal.to_change = ""
        goal.agreed = False
        return
    if heard.surely("move") and goal.slot is not None:
        # "I need to move it", and no word of where to.
        goal.repairs += 1
        _reopen(state, "day")
        return
    part = _PART.search(heard.words)
    asks = heard.has(*QUESTIONS, "repeat", "hold", "question", "note") and not heard.surely(
        "wrong", least=0.5
    )
    if part and not asks and (heard.no or heard.has("wrong", "tell") or state.asked is Ask.WHAT_TO_CHANGE):
        goal.repairs += 1
        _reopen(state, part["part"])
        return
    if not goal.read_back or state.asked not in (Ask.READ_BACK, Ask.NOTHING):
        return
    if (
        goal.stands
        or asks
        or heard.surely("thanks", "greet", "smalltalk", least=_SURE)
        or _one_more_waits(state)
    ):
        return
    goal.agreed = False
    if heard.clauses and (
        heard.no or heard.has("wrong", "refuse", "tell", "agree", "abandon", "keep", "any", "none")
    ):
        goal.repairs += 1
        if goal.spelled_in_vain and not goal.name_left and heard.no:
            ask_to_spell(state)  # what was not put right is what is wrong still
        else:
            goal.to_change = "?"


def _one_more_waits(state: State) -> bool:
    return any(kind == "next" for kind, _ in state.todo)


def _reopen(state: State, part: str) -> None:
    goal = state.goal
    goal.unread()
    goal.to_change = part
    if part in ("time", "day", "date", "slot"):
        # Nothing was said against the day: a time alone means that day still.
        let_go(goal, day_phrase(goal.slot) if part in ("time", "slot") else [])
    elif part in ("name", "spelling"):
        ask_to_spell(state)
    elif part in ("number", "phone", "digits"):
        goal.phone, goal.digits, goal.own_number = "", "", False
    elif part in ("doctor", "dentist"):
        goal.practitioner, goal.nobody_else = "", False
        goal.begin_search()
    else:
        goal.service, goal.any_service = "", False
        goal.begin_search()
