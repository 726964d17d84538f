"""What the team is told: the caller's own words about a matter, whole, in whatever turns they said them."""

from agent.dialogue.acts import QUESTIONS, Clause, Heard
from agent.dialogue.matching import practitioner_in
from agent.dialogue.state import NAME_ASKS, PHONE_ASKS, Goal, Kind, Scene, State
from language import names
from language.normalize import FILLERS, normal
from language.phone import digits
from language.phrases import phrase, word_set

ENOUGH = 3
"""So many words that say something are a message; fewer only say what it will be about."""
_LITTLE = 2
_WHOLE_NUMBER = 10
_SAYS_NOTHING = frozenset(
    "agree refuse none any hold here repeat greet thanks bye keep abandon question smalltalk person".split()
)
_FOR_THE_TEAM = frozenset("message note late urgent complaint bill pharmacy team".split())
_SURE = 0.5
_OF_ELSE = phrase("people.of_else")
_OFFICE = phrase("update.office")
_TALK = word_set("account.talk") | FILLERS
_WHOLE, _POINTS_BACK = phrase("account.whole"), phrase("account.points_back")
_OF_NAMES = word_set("account.of_names")


def joined(*parts: str) -> str:
    """Put what was said in several breaths together, each once."""
    found: list[str] = []
    for part in (one.strip(" ,;") for one in parts):
        if part and not any(normal(part) in normal(one) for one in found):
            found.append(part)
    ended = [one if one[-1] in ".?!" else f"{one}." for one in found[:-1]]
    return " ".join([*ended, *found[-1:]])


def note(state: State, text: str) -> None:
    """Keep what the caller wants of the team, beside what they wanted of it before."""
    state.matter = joined(state.matter, text)


def content(words: str, name: str = "") -> list[str]:
    """List the words that say what it is about: not who asks, nor that a message is to be taken."""
    known = _TALK | set(normal(name).split())
    return [one for one in words.split() if one not in known and not one.isdigit()]


def told(heard: Heard, scene: Scene) -> str:
    """Give what an utterance tells the team: its clauses that do more than answer, greet or say who it is."""
    name = names.stated_name(heard.text) or names.introduced(heard.text) or ""
    return joined(*(one.text for one in heard.clauses if _tells(one, name, scene)))


def _tells(clause: Clause, name: str, scene: Scene) -> bool:
    if clause.kind in _SAYS_NOTHING or (clause.asks and clause.kind in QUESTIONS):
        return False
    says = content(clause.words, name) or _WHOLE.search(clause.words)
    return bool(says) or practitioner_in(clause.words, scene.facts) is not None


def is_enough(text: str, scene: Scene) -> bool:
    """Tell whether words are a message, and not only who it is from, whom it is for or what about."""
    if _WHOLE.search(normal(text)):
        return True
    people = " ".join([*(one.name for one in scene.facts.practitioners), names.stated_name(text) or ""])
    return len(content(_OFFICE.sub(" ", normal(text)), people)) >= ENOUGH


def begin_message(state: State, heard: Heard, scene: Scene) -> None:
    """Begin a message for the team, with what they said of the matter so far."""
    waits = heard.has("waiting_list")
    before = state.goal
    goal = state.begin(Kind.MESSAGE, message_kind="waiting_list" if waits else "message")
    goal.name, goal.phone = before.name or state.name, before.phone or state.phone
    known, state.matter = state.matter, ""
    if before.kind is not Kind.BOOK and before.for_other and before.name:
        # Whose visit it is stands in the message; who calls, and from where, is asked.
        known = joined(known, f"{before.name} {before.phone}")
        goal.name = state.name if state.name != before.name else ""
        goal.phone, goal.for_other = state.phone, False
    if waits:
        service = scene.service(before.service)
        goal.text = joined(known, service.name if service else "", before.when, heard.text)
        return
    more = told(heard, scene)
    if (
        not known
        and state.question
        and state.question_turn >= state.turns - 1
        and _POINTS_BACK.search(heard.words)
    ):
        known = state.question  # "can somebody call me about that?"
    text = known if normal(heard.text) in normal(known) else joined(known, more)
    adds = len(content(normal(more))) >= _LITTLE or _WHOLE.search(normal(more)) is not None
    adds = adds or len(digits(more)) >= _WHOLE_NUMBER
    wished = state.language == "es" and heard.surely("book")  # booked by the team alone
    if known or wished or (adds and is_enough(joined(goal.reason, more), scene)):
        goal.text, goal.reason = joined(goal.reason, text), ""
    else:
        goal.reason = joined(goal.reason, text)


def add(state: State, heard: Heard, name: str, scene: Scene) -> bool:
    """Add to a message what is told beside the name and the number; True when anything was."""
    goal = state.goal
    least = ENOUGH if state.asked in (*NAME_ASKS, *PHONE_ASKS) or heard.has("bye") else _LITTLE
    more = [one.text for one in heard.clauses if _tells(one, name, scene) and _adds(one, name, least)]
    before = goal.text
    goal.text = joined(before, *more)
    return bool(more) and goal.text != before


def _adds(clause: Clause, name: str, least: int) -> bool:
    found = [word for word in content(clause.words, name) if word not in _OF_NAMES]
    if clause.kind in _FOR_THE_TEAM and clause.sure >= _SURE:
        least = 1
    return len(found) >= least or _OF_ELSE.search(clause.text) is not None


def add_after(state: State, heard: Heard, scene: Scene) -> bool:
    """Begin one more message for what is told right after one was left: "no, that's the fax number"."""
    if state.goal.kind is not Kind.NONE or not state.left or any(one.asks for one in heard.clauses):
        return False
    goal = Goal(kind=Kind.MESSAGE, name=state.name, phone=state.phone)
    before, state.goal = state.goal, goal
    if not add(state, heard, state.name, scene):
        state.goal = before
        return False
    return True
