"""Who: the patient's name, taken out of an utterance."""

import re

from agent.dialogue.acts import ANOTHER, Heard
from agent.dialogue.names_beside import (
    GOES_FIRST,
    name_in_passing,
    take_next,
    take_order,
    take_other,
    take_party,
)
from agent.dialogue.state import NAME_ASKS, PHONE_ASKS, Ask, Goal, Kind, Scene, State
from language import known_names, names, spelled_names, spelling
from language.datetimes.mentions import clock_mentions
from language.normalize import normal, plain
from language.phrases import phrase
from language.sentences import split_sentences
from language.sounds import likeness
from language.speak import cased

_SELF = phrase("people.self")
_FOR_KIN = phrase("people.for_kin")
_SURELY_THE_SAME = 0.5
_CLEARLY_MORE = 0.2
_SPELLING_ASKS = 2
_LEAST_SHARE = 0.5
"""Fewer letters than that of a part as it was heard are a scrap of its spelling."""
_OBJECTIONS = 2
_SPELLS = 3
"""So many letters spell a name where none is asked for."""
_VOCATIVE = phrase("people.vocative")
_SELF_CORRECTS = phrase("people.self_corrects")
_OFFICE = phrase("update.office")
_KIN_NAMED = phrase("people.kin_named")
_NEEDS = re.compile(r"\b(?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+){1,4})\b.{0,12}\b(?:needs|wants)\b")


def introduce(state: State, heard: Heard, scene: Scene) -> None:
    """Keep who somebody says they are beside a question, for what they may want afterwards."""
    alone = (names.introduced(one.text) for one in heard.clauses if not heard.is_for(ANOTHER))
    name = names.stated_name(heard.text) or next(filter(None, alone), None)
    if name and not state.name and names.is_whole(name) and not _is_ours(name, heard.words, scene):
        state.name = name


def take_name(state: State, heard: Heard, scene: Scene) -> str:  # noqa: C901, PLR0912, PLR0915 - a chain of decisions
    """Take a name in, a part of one, its letters, or what is said of them.

    Returns:
        ``changed``, ``again`` where it was said and nothing changed, or empty.
    """
    goal = state.goal
    before = goal.name
    asked = state.asked in (Ask.NAME, Ask.LAST_NAME)
    letters = state.asked in PHONE_ASKS and spelling.only_letters(heard.text, _SPELLS)
    correcting = bool(goal.name) and (
        state.asked in (Ask.READ_BACK, Ask.WHAT_TO_CHANGE) or heard.has("wrong") or bool(letters)
    )
    clauses = [
        one
        for one in heard.clauses
        if (one.kind not in _NO_NAMES or (asked and (one.kind == "lookup" or one.sure < _HARDLY)))
        and not (asked and one.kind in _ANSWERS and one.sure >= _SURELY_AN_ANSWER)
    ]
    text = " ".join(one.text for one in clauses)
    if asked or correcting:
        text = _VOCATIVE.sub("", spelling.joined(plain(text)))
    if (corrected := _SELF_CORRECTS.sub("", text)) != text and names.bare_name(corrected):
        text = corrected if asked else f"it's {corrected}"  # "It's Maddie, well, Madeline Okafor."
    words = normal(text)
    if not words:
        return ""
    if (
        goal.kind is not Kind.MESSAGE
        and not goal.for_other
        and not any(kind in ("party", "next", "noted") for kind, _ in state.todo)
        and heard.is_for(ANOTHER)
        and not (state.waiting and GOES_FIRST.search(text))
    ):
        goal.for_other, goal.name = True, ""
    if (asked or correcting) and goal.for_other and heard.is_for(("own",)) and not heard.is_for(ANOTHER):
        goal.for_other, goal.name = False, state.name
    pieces = [text] if asked else split_sentences(text)
    if take_order(state, text) or any(take_party(state, piece) for piece in pieces):
        return "changed"
    take_other(state, text)
    said = spelling.without_letters(text) if asked or correcting else text
    letters = spelling.only_letters(text, 3 if goal.name else 2) if asked or correcting else []
    said = "" if letters else said
    found = _said(state, said, words, asked=asked, correcting=correcting)
    if found and scene.by_ear and not _is_written_as_name(found, text):
        found = None
    told = asked or state.asked in (Ask.WHEN, Ask.SLOT, Ask.SERVICE)
    if found is None and (told or not names.is_whole(goal.name)):
        apart = ", ".join(one.text for one in clauses if one.kind != "greet")
        found = name_in_passing(state, text if asked or correcting or goal.for_other else apart, scene)
    if found and not correcting and take_next(state, found):
        return "again"
    if found and not _is_ours(found, words, scene):
        if not spelling.holds(found, words):
            found = spelling.respelled(found, words) or found
        goal.name = _as_spelled(goal, _joined(state, found, correcting=correcting))
        goal.surname = goal.name == found and names.is_titled(found, text)
    else:
        found = None
    spelled = letters or (
        spelling.spelled_words(text, asked=state.asked is Ask.SPELLING)
        if _may_spell(state, found, words)
        else []
    )
    if spelled and state.asked is Ask.SPELLING:
        _take_spelling(state, spelled, by_ear=scene.by_ear)
    elif spelled:
        goal.spell, goal.name_unsure = [], _are_of_no_part(goal.name, spelled)
        goal.name = _with_letters(goal, spelled, found or "", by_ear=scene.by_ear)
    elif (
        goal.name
        and not found
        and (asked or correcting)
        and not clock_mentions(words)
        and state.asked is not Ask.SPELLING
    ):
        goal.name = spelling.respelled(goal.name, words) or goal.name
    objects = heard.no or heard.has("wrong") or goal.name != before
    if correcting and found and not spelled and objects and not spelling.holds(goal.name, words):
        _objected(state, unchanged=goal.name == before)
    if state.asked is Ask.SPELLING and not spelled:
        _not_spelled(state)
    if goal.name != before or (correcting and goal.spell):
        goal.to_change = ""
        return "changed"
    return "again" if found or (spelled and not asked) else ""


_ANSWERS = frozenset("any refuse abandon abuse".split())
_SURELY_AN_ANSWER = 0.85
_HARDLY = 0.5
"""Less sure than that, what is said where a name is asked for may be one."""
_NO_NAMES = frozenset(
    "privacy hours open_now address phone_number duration practitioners services general opinion "
    "advice records symptom "
    "complaint abuse recap repeat today other vendor hold urgent whom gender".split()
)


def _may_spell(state: State, found: str | None, words: str) -> bool:
    """Tell whether letters are letters: where a name was just said, or is asked for, or put right."""
    if clock_mentions(words):
        return False
    known = bool(state.goal.name) and state.asked in (*PHONE_ASKS, Ask.READ_BACK, Ask.WHAT_TO_CHANGE)
    return state.asked in NAME_ASKS or bool(found) or known


def _with_letters(goal: Goal, spelled: list[str], found: str, *, by_ear: bool) -> str:
    """Put spelled words in the place of those parts of the name that they spell.

    Args:
        found: What was said of the name beside the letters: of "Anna, N N A" the whole stands.
    """
    name = goal.name
    spelled = spelling.as_one(spelled) if by_ear else spelled
    if len(spelled) > 1 and len(spelled) >= len(name.split()):
        return " ".join(spelled)
    for word in spelled:
        if any(word.lower() in part.lower() for part in found.split()):
            continue
        parts = name.split()
        # A part that was spelled before stands.
        open_parts = [part for part in parts if part not in goal.spelled]
        beside = len(open_parts) == 1 < len(parts)
        place = parts.index(open_parts[0]) if beside else spelling.place_in(parts, word)
        heard = parts[place] if place < len(parts) else ""
        written = _as_a_name(word, "last" if place else "first", heard) if by_ear else word
        name = spelling.put_at(name, place, written)
    return name


def _are_of_no_part(name: str, spelled: list[str]) -> bool:
    """Tell whether letters are those of no part of a name, so that it is not sure which part they replace."""
    parts = name.split()
    if len(spelled) >= len(parts):
        return False
    return not all(
        any(spelling.similarity(part, word) >= _SURELY_THE_SAME for part in parts) for word in spelled
    )


def ask_to_spell(state: State) -> None:
    """Have the name spelled: it was read back wrong, and saying it again would not help.

    What nobody is called is the part that was misheard; otherwise it may be either. A name that was spelled
    in vain is left as it was heard, for the team to ask.
    """
    goal = state.goal
    parts = ["first"] if " " not in goal.name else known_names.unknown_parts(goal.name) or ["last", "first"]
    goal.spell = list(parts) if goal.name and not goal.spelled_in_vain else []
    if goal.spelled_in_vain and goal.name:
        _leave_name(state)
    goal.unread()
    goal.objections += 1
    goal.name_unsure, goal.examined = True, goal.name


def _leave_name(state: State) -> None:
    """Leave the name as it was heard, and say so."""
    state.goal.name_left, state.goal.to_change = True, ""
    state.todo.append(["name_left", ""])


def examine_name(goal: Goal) -> None:
    """Have those parts spelled that hardly anybody is called: they were likely misheard."""
    if goal.examined == goal.name or goal.spelled_in_vain:
        return
    goal.examined = goal.name
    goal.spell = list(known_names.unknown_parts(goal.name))
    goal.name_unsure = goal.name_unsure or bool(goal.spell)


def _objected(state: State, *, unchanged: bool) -> None:
    """Take a name that was said again at the read-back; if it was again misheard, have it spelled."""
    if unchanged or state.goal.objections >= _OBJECTIONS:
        ask_to_spell(state)
    else:
        state.goal.objections += 1


def _take_spelling(state: State, spelled: list[str], *, by_ear: bool) -> None:
    goal = state.goal
    spelled = spelling.as_one(spelled) if by_ear else spelled
    if len(spelled) > 1:
        goal.name, goal.spell, goal.name_unsure = " ".join(spelled), [], False
        goal.examined, goal.spelled = goal.name, spelled
        return
    first, _, last = goal.name.partition(" ")
    parts: dict[known_names.Part, str] = {"first": first, "last": last}
    meant = _part_spelled(goal, parts, spelled[0])
    if meant == "last" and not last and _likeness(first, spelled[0]) >= _SURELY_THE_SAME:
        parts["first"] = ""  # it was the last name that was misheard: the first is still to be asked for
        state.asks.pop(Ask.LAST_NAME, None), state.all_asks.pop(Ask.LAST_NAME, None)
    goal.surname = goal.surname or (meant == "last" and not parts["first"])
    if goal.spell and meant not in goal.spell and parts[meant] in goal.spelled:
        # What was spelled before is spelled again: they will not spell the other part.
        goal.spell, goal.spelled_in_vain = goal.spell[1:], True
        state.asks[Ask.SPELLING] = 0
    elif goal.spell and meant != goal.spell[0]:
        _not_spelled(state)  # the other part was spelled
    if by_ear and len(spelled[0]) < len(parts[meant]) * _LEAST_SHARE:
        _not_spelled(state)
        return
    # What was asked for again was misheard before.
    heard = parts[meant] if state.all_asks.get(Ask.SPELLING, 0) <= _SPELLING_ASKS else ""
    written = _as_a_name(spelled[0], meant, heard) if by_ear else spelled[0]
    if spelled[0].lower() in parts[meant].lower():
        written = parts[meant]  # the letters were cut off at one end
    doubtful = written.lower() != spelled[0].lower()
    parts[meant] = written
    goal.name = " ".join(part for part in parts.values() if part)
    goal.spelled = [*goal.spelled, parts[meant]]
    goal.spell = [part for part in goal.spell if part != meant]
    goal.name_unsure = goal.name_unsure and (bool(goal.spell) or goal.spelled_in_vain or doubtful)
    goal.examined = goal.name


def _as_spelled(goal: Goal, name: str) -> str:
    """Keep the letters of a part that was spelled before and is misheard again: "Asin" is still Hassan."""
    return " ".join(
        next((one for one in goal.spelled if _is_misheard(part, one)), part) for part in name.split()
    )


def _is_misheard(part: str, spelled: str) -> bool:
    return not known_names.is_name(part) and likeness(part, spelled) >= _SURELY_THE_SAME


def _part_spelled(goal: Goal, parts: dict[known_names.Part, str], spelled: str) -> known_names.Part:
    """Tell which part letters are those of: the one that they are most like, else the one that was asked."""
    own = known_names.part_of(spelled)
    if goal.spell[:1] == ["last"] and not parts["last"] and own != "first":
        return "last"
    alike = {part: _likeness(word, spelled) for part, word in parts.items()}
    nearest = max(alike, key=lambda part: alike[part])
    if not goal.spell:
        return nearest
    asked: known_names.Part = "first" if goal.spell[0] == "first" else "last"
    if alike[nearest] - alike[asked] >= _CLEARLY_MORE and alike[nearest] >= _SURELY_THE_SAME:
        return nearest
    return own if own is not None and alike[own] > alike[asked] - _CLEARLY_MORE else asked


def _likeness(heard: str, spelled: str) -> float:
    return max(spelling.similarity(heard, spelled), likeness(heard, spelled))


def _as_a_name(letters: str, part: known_names.Part, heard: str) -> str:
    """Give the part of a name that letters are, garbled as they may be; what was heard keeps its marks."""
    name = spelled_names.likeliest([letters], part, heard)
    return next((one for one in (heard, letters) if known_names.plain(one) == name), cased(name))


def _not_spelled(state: State) -> None:
    """Give up on a part whose letters were asked for often enough."""
    if state.count(Ask.SPELLING) >= _SPELLING_ASKS:
        state.goal.spell, state.goal.spelled_in_vain = [], True
        state.asks[Ask.SPELLING] = 0
        if state.goal.objections:
            _leave_name(state)


def _said(state: State, text: str, words: str, *, asked: bool, correcting: bool) -> str | None:  # noqa: C901, PLR0911, PLR0912 - a chain of decisions
    goal = state.goal
    first, last = names.stated_parts(text)
    stated = names.stated_name(text)
    if first and last:
        return stated or f"{first} {last}"
    if (first or last) and goal.name:
        parts = goal.name.split()
        return f"{first} {' '.join(parts[1:])}".strip() if first else f"{parts[0]} {last}"
    if first or last:
        return first or last
    if clock_mentions(words) and correcting and not stated:
        return None
    if stated and asked and (answer := names.bare_name(text)) and stated in answer:
        stated = answer  # "It's Mark Day": a word after a name is part of it where it is asked for
    calls_self = _SELF.search(words) is not None and not _FOR_KIN.search(words)
    if stated and goal.for_other and asked and calls_self and (theirs := _beside_self(text)):
        state.name = stated
        return theirs
    if stated and not (goal.for_other and calls_self and not asked):
        return stated
    if stated:
        # Who calls is not the patient; the name is kept for who calls.
        state.name = stated
        return None
    if goal.for_other and not goal.name and (kin := _KIN_NAMED.search(text)):
        return names.bare_name(kin["name"])
    if needs := _NEEDS.search(text):
        goal.for_other = True
        return needs["name"]
    if (asked or correcting) and goal.name and (pair := names.contrasted(text)):
        return spelling.put_in(goal.name, pair[0])
    if asked or (correcting and state.asked is Ask.WHAT_TO_CHANGE):
        return names.bare_name(_without_kin(text))
    if correcting and state.asked is Ask.READ_BACK:
        found = names.bare_name(text)
        return found if found and any(part in text for part in found.split()) else None
    return None


def _beside_self(text: str) -> str | None:
    """Give the patient's name where who calls says theirs as well: "Lou Ames. I'm Ken, his grandfather."."""
    others = [one for one in split_sentences(text) if not _SELF.search(normal(one))]
    return names.bare_name(_without_kin(" ".join(others))) if others else None


_OPENING_KIN = phrase("people.opening_kin")
_OPENING_NEXT = phrase("people.opening_next")
_SAME_DAY = phrase("people.same_day")


def _without_kin(text: str) -> str:
    """Give an answer to "what name?" without whose it is and when they come."""
    return _OPENING_KIN.sub("", _OPENING_NEXT.sub("", _SAME_DAY.sub("", text)))


def _is_written_as_name(found: str, text: str) -> bool:
    """Tell whether recognition took a word for a name: it writes those with a capital.

    "It's highly romantic" is no answer to "your name?", and nobody is called so.
    """
    return any(part in text or known_names.is_name(part) for part in found.split())


def _is_ours(found: str, words: str, scene: Scene) -> bool:
    """Tell whether a name is the practice's or a practitioner's rather than the caller's."""
    parts = normal(found).split()
    if not parts or set(parts) <= set(normal(scene.facts.name).split()):
        return True
    if (office := _OFFICE.search(words)) and parts[-1] in office.group().split()[-3:]:
        return True  # "this is Precision Dental Lab"
    return any(
        set(parts) <= set(normal(one.name).split())
        and re.search(rf"\b(?:dr|doctor) (?:\w+ )?{re.escape(parts[-1])}\b", words)
        for one in scene.facts.practitioners
    )


def _joined(state: State, found: str, *, correcting: bool) -> str:
    """Join what was heard with the name so far."""
    goal, parts = state.goal, found.split()
    if len(parts) > 1 or not goal.name:
        return found
    if state.asked is Ask.LAST_NAME:
        if goal.surname:
            return f"{found} {goal.name}"
        first = goal.name.split()[0]
        return goal.name if found == first else f"{first} {found}"
    if correcting or names.is_whole(goal.name):
        return spelling.put_in(goal.name, found)
    return found
