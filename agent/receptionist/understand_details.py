"""The caller's name and number, taken out of an utterance into the state."""

import re

from agent.receptionist.caller_goals import KIN
from agent.receptionist.goals import Goal
from agent.receptionist.matching import practitioner_in, service_in
from agent.receptionist.questions import Ask
from agent.receptionist.state import Scene, State, Task, Turn
from language import names, spelling
from language import phone as phones
from language.datetimes.time_phrases import wish_in
from language.normalize import any_of, normal

_OTHER = any_of(
    r"""
    (?:for|book|bring|bringing) (?:my|our) (?:\w+ )?<kin>
    (?:for|book|bring|bringing) (?:my|our) (?:grandson|granddaughter|grandmother|grandfather|grandma|grandpa)
    someone else
    on behalf of
    my <kin> (?:is|has|needs|wants|would|can|could|hurt|broke|lost|got|fell|\w+ed)
    """,
    kin=KIN,
)
_OWN_NUMBER = re.compile(r"\b(?:this|same|the one i'm calling|calling from|this one|that one)\b")
_START_OVER = re.compile(
    r"\b(?:start over|start again|from the (?:start|beginning|top)|let me start|"
    r"again from)\b"
)
_NUMBER_TALK = re.compile(r"\b(?:number|phone|cell|mobile|reach me|call me|digits)\b")
_STRONG = frozenset(Goal) - {Goal.BOOK, Goal.BYE, Goal.THANKS, Goal.LATE}
_LETTER_COUNT = re.compile(r"\b(?:one|two|three|double|1|2|3) [a-z]'?s?\b(?!\w)", re.IGNORECASE)
_AFTER_NUMBER = re.compile(r"\bnumber(?:'s| is| was)?[:,]? (?P<rest>.*)", re.IGNORECASE)
_ABROAD = re.compile(r"(?:\+|\bplus )[\d ().-]{7,}")
_DICTATED = re.compile(
    r"(?:(?:um|uh|yes|yeah|ok|okay|and|it's|it is|that's) )*"
    r"(?:(?:oh|o|zero|one|two|three|four|five|six|seven|eight|nine|double|triple|hundred|\d+) ?){4,}"
)
_WHOLE_DIGITS = 7
_MOST_DIGITS = 15
_FEW_DIGITS = 3


def name(state: State, turn: Turn, scene: Scene) -> bool:
    """Take in a name, a part of one, or how it is spelled.

    Args:
        state: The state so far; changed in place.
        scene: The practice, whose own name is not the caller's.
    """
    before = state.name
    if _OTHER.search(turn.words) and state.task is not Task.MESSAGE and not state.for_other:
        state.for_other = True
        state.name = ""
    asked = state.asked in (Ask.NAME, Ask.LAST_NAME, Ask.SPELLING)
    correcting = state.asked in (Ask.READ_BACK, Ask.WHAT_TO_CHANGE)
    heard = _heard_name(state, turn, asked=asked, correcting=correcting) or _introduced(state, turn, scene)
    if heard and not _is_ours(heard, turn, scene):
        # "It's Bell with two L's": what is said of the letters belongs to the part that was just said.
        heard = spelling.respelled(heard, turn.words) or heard
        state.name = _joined(state, heard, correcting=correcting)
        turn.introduced = not (asked or correcting)
    spelled = spelling.spelled_words(turn.text, asked=state.asked is Ask.SPELLING)
    if spelled and (asked or correcting or heard):
        state.name = " ".join(spelled) if len(spelled) > 1 else spelling.put_in(state.name, spelled[0])
    elif state.name and not heard and (asked or correcting or turn.refused):
        state.name = spelling.respelled(state.name, turn.words) or state.name
    if state.name != before:
        state.to_change = ""
        state.to_spell = state.to_spell and not asked
    return state.name != before


def phone(state: State, turn: Turn, scene: Scene) -> bool:
    """Take in a number, a part of one, or leave to use the one the call comes from.

    Args:
        state: The state so far; changed in place.
        scene: The caller's number, and the country that numbers belong to.

    Returns:
        True when the number or its digits changed.
    """
    asked = state.asked in (Ask.PHONE, Ask.PHONE_REST, Ask.CALLER_PHONE)
    said = (
        phones.digits(_dialled_part(turn.text))
        if asked or _NUMBER_TALK.search(turn.words) or _looks_dialled(turn.text)
        else ""
    )
    if _START_OVER.search(turn.words) and asked:
        state.digits = ""
        turn.agreed = turn.refused = False
    if said and _ABROAD.search(turn.text):
        said = f"+{said}"
    if said and (asked or len(said) >= _WHOLE_DIGITS):
        turn.dialled = not asked
        return _dial(state, turn, said, scene)
    if not scene.caller_phone:
        return False
    own = _OWN_NUMBER.search(turn.words) is not None
    if state.asked is Ask.CALLER_PHONE and turn.refused and not own:
        state.caller_phone_refused = True
        return False
    if (state.asked is Ask.CALLER_PHONE and turn.agreed and not turn.question) or (
        asked and own and not turn.refused
    ):
        state.phone, state.digits, state.to_change = scene.caller_phone, "", ""
        return True
    return False


def _dial(state: State, turn: Turn, said: str, scene: Scene) -> bool:
    whole = phones.parse(said, scene.region)
    if whole is None and state.digits and not said.startswith(state.digits[:3]):
        said = state.digits + said
        whole = phones.parse(said, scene.region)
    if state.asked is Ask.CALLER_PHONE:
        state.caller_phone_refused = True
    if whole is not None:
        changed = state.phone != whole
        state.phone, state.digits, state.to_change = whole, "", ""
        return changed
    if len(said) > _longest(scene) or (state.asked not in (Ask.PHONE, Ask.PHONE_REST, Ask.CALLER_PHONE)):
        state.digits = ""
        turn.wrong_digits = True
        return False
    changed = state.digits != said
    state.digits = said
    return changed


def _dialled_part(text: str) -> str:
    """Give what follows "number is", where that holds digits; counts of letters are no digits."""
    text = _LETTER_COUNT.sub(" ", text)
    if abroad := _ABROAD.search(text):
        return abroad.group()
    match = _AFTER_NUMBER.search(text)
    return match["rest"] if match and len(phones.digits(match["rest"])) >= _FEW_DIGITS else text


def _longest(scene: Scene) -> int:
    return 11 if scene.region in ("US", "CA") else _MOST_DIGITS


def _looks_dialled(text: str) -> bool:
    return len(re.sub(r"\D", "", text)) >= _WHOLE_DIGITS or _DICTATED.fullmatch(normal(text)) is not None


def _heard_name(state: State, turn: Turn, *, asked: bool, correcting: bool) -> str | None:  # noqa: PLR0911 - a chain of decisions
    first, last = names.stated_parts(turn.text)
    stated = names.stated_name(turn.text)
    if first and last:
        return stated or f"{first} {last}"
    if (first or last) and state.name:
        parts = state.name.split()
        return f"{first} {' '.join(parts[1:])}".strip() if first else f"{parts[0]} {last}"
    if first or last:
        return first or last
    if stated and not (state.for_other and _calls_self(turn) and not asked):
        return stated
    if (asked or correcting) and state.name and (pair := names.contrasted(turn.text)):
        return spelling.put_in(state.name, pair[0])
    strong = set(turn.intents) & _STRONG
    if asked and not strong:
        return names.bare_name(turn.text)
    if correcting and turn.refused and not strong and state.asked is Ask.READ_BACK:
        return _bare_correction(turn)
    return None


def _introduced(state: State, turn: Turn, scene: Scene) -> str | None:
    """Read "Peter Parker" as a name where a day or a slot was asked for."""
    if state.asked not in (Ask.WHEN, Ask.SLOT) or turn.intents or turn.question or wish_in(turn.text):
        return None
    if practitioner_in(turn.words, scene.facts, asked=True) or service_in(turn.words, scene.facts):
        return None
    return names.introduced(turn.text)


def _bare_correction(turn: Turn) -> str | None:
    """Read "no, Anna Ball": a capitalised answer to the read-back that is nothing else."""
    found = names.bare_name(turn.text)
    return found if found and any(part in turn.text for part in found.split()) else None


def _calls_self(turn: Turn) -> bool:
    return re.search(r"\b(?:this is|my name|i'm|i am)\b", turn.words) is not None and not re.search(
        r"\bfor my (?:\w+ ){1,2}[a-z]+$", turn.words
    )


def _is_ours(heard: str, turn: Turn, scene: Scene) -> bool:
    """Tell whether the words are the practice's or a practitioner's name rather than the caller's."""
    parts = normal(heard).split()
    if set(parts) <= set(normal(scene.facts.name).split()):
        return True
    for practitioner in scene.facts.practitioners:
        theirs = normal(practitioner.name).split()
        if set(parts) <= set(theirs) and re.search(
            rf"\b(?:dr|doctor) (?:\w+ )?{re.escape(parts[-1])}\b", turn.words
        ):
            return True
    return False


def _joined(state: State, heard: str, *, correcting: bool) -> str:
    """Join what was heard now with the name so far."""
    parts = heard.split()
    if len(parts) > 1 or not state.name:
        return heard
    if state.asked is Ask.LAST_NAME:
        first = state.name.split()[0]
        return state.name if heard == first else f"{first} {heard}"
    if correcting or names.is_whole(state.name):
        return spelling.put_in(state.name, heard)
    return heard
