"""Names that are told beside other matters: in passing, of a whole party, of who comes along."""

import re

from agent.dialogue.matching import practitioner_in, service_in
from agent.dialogue.state import NAME_ASKS, Ask, Goal, Kind, Scene, State
from language import names
from language import phone as phones
from language.datetimes.resolve import mentions_time
from language.normalize import FILLERS, normal
from language.phone import without_number
from language.phrases import phrase

_NAME_TAIL = phrase("acts.name_tail")
_THEIRS = phrase("people.theirs")
GOES_FIRST = phrase("people.goes_first")
_WHOLE_DIGITS = 7
_GREETS = FILLERS | {"yes", "yeah", "there"}


def take_order(state: State, text: str) -> bool:
    """Let whoever is to go first have the first of the times that several people come at.

    Returns:
        Whether words say who that is.
    """
    match, goal = GOES_FIRST.search(text), state.goal
    other = next((one for one in state.waiting if one.kind is Kind.BOOK and one.one_more), None)
    if match is None or other is None or other.service not in ("", goal.service) or other.phrases:
        return False
    who = (match["who"] or match["put"]).lower()
    if who in ("i", "me"):
        swaps = goal.for_other and not other.for_other
    elif who in normal(goal.name).split():
        swaps = False
    else:
        swaps = not goal.for_other or bool(goal.name) or who in normal(other.name).split()
    if swaps:
        swap_people(goal, other)
    named = match["who"] or match["put"]
    if not goal.name and named[0].isupper() and named not in ("I", "Me") and not named.startswith("My "):
        goal.name = named
    return True


def swap_people(goal: Goal, other: Goal) -> None:
    """Let whoever was second have the first visit."""
    goal.name, other.name = other.name, goal.name
    goal.for_other, other.for_other = other.for_other, goal.for_other
    goal.unread()


def take_party(state: State, text: str) -> bool:
    """Take the names of all who come together, where they are given in one breath."""
    others = [one for one in state.waiting if one.kind is Kind.BOOK and one.one_more and not one.name]
    listed = names.listed(text) if others else []
    if len(listed) != len(others) + 1:
        return False
    state.goal.name, *rest = listed
    for goal, name in zip(others, rest, strict=True):
        goal.name = name
    return True


def take_other(state: State, text: str) -> None:
    """Take the name of who comes along, told beside something else: "and hers is Joy Park"."""
    waiting = next((one for one in state.waiting if one.for_other and not one.name), None)
    match = _THEIRS.search(text) if waiting else None
    if match and waiting and (found := names.introduced(match["name"])):
        waiting.name = found


def take_next(state: State, found: str) -> bool:
    """Take a second whole name, given while times are chosen, as that of who comes along."""
    waiting = next((one for one in state.waiting if one.for_other and not one.name), None)
    goal = state.goal
    if waiting is None or state.asked not in (Ask.WHEN, Ask.SLOT, Ask.CALLER_PHONE, Ask.PHONE):
        return False
    if not (names.is_whole(goal.name) and names.is_whole(found)) or normal(found) == normal(goal.name):
        return False
    waiting.name = found
    return True


def name_in_passing(state: State, text: str, scene: Scene) -> str | None:
    """Find the name that stands by itself beside other matters: "One thirty then, Ann Hall".

    It opens a wish, stands beside a number, ends a message, or is told where a time, a service or a name was
    asked for.
    """
    numbered = len(phones.digits(text)) >= _WHOLE_DIGITS
    if state.goal.kind is Kind.MESSAGE:
        pieces = _SENTENCES.split(text)[-1:]  # "It's about my mother, Ann Hall": not who calls
        pieces += _PIECES.split(pieces[0])[-1:] if phones.digits(pieces[0]) else []
    elif numbered or state.asked in (Ask.WHEN, Ask.SLOT, Ask.SERVICE, *NAME_ASKS):
        pieces = _PIECES.split(text)
    else:
        # "Yes hello, Gus Petrakis, I need a cleaning": behind the greeting.
        pieces = [one for one in _PIECES.split(text) if set(normal(one).split()) - _GREETS]
        ends = len(pieces) > 1 or _FOR_WHAT.search(" ".join(pieces))
        pieces = [pieces[0], pieces[-1].strip(" .")] if ends and state.goal.kind is not Kind.NONE else []
    for piece in pieces:
        told = _FOR_WHAT.sub("", _NAME_TAIL.sub("", without_number(piece).strip(" .,"))).removeprefix("for ")
        found = names.introduced(told)
        if found and not mentions_time(told) and not _is_practices(normal(told), scene):
            return found
    return None


def _is_practices(words: str, scene: Scene) -> bool:
    """Tell whether words name a service, or somebody of the practice."""
    facts = scene.facts
    return service_in(words, facts) is not None or practitioner_in(words, facts, asked=True) is not None


_FOR_WHAT = re.compile(r" for (?:an?|my|the|his|her) [\w-]{1,40}(?: [\w-]{1,40}){0,3} ?$")
_SENTENCES = re.compile(r"(?<=\w\w)[.?!]\s+")
_PIECES = re.compile(rf"[,;]\s*|{_SENTENCES.pattern}")
