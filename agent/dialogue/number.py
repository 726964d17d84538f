"""The telephone number, taken out of an utterance."""

import re

from agent.dialogue.acts import FACTS, Heard
from agent.dialogue.matching import practitioner_in
from agent.dialogue.state import PHONE_ASKS, Ask, Scene, State
from agent.dialogue.times import says_when
from language import phone as phones
from language.datetimes.mentions import clock_mentions
from language.phrases import phrase

_OWN_NUMBER = phrase("people.own_number")
_OTHER_NUMBER = phrase("people.other_number")
_CALLING_FROM = phrase("people.calling_from")
"""Leave, before it is asked for, to use the number of the call."""
_START_OVER = phrase("people.start_over")
_NUMBER_TALK = phrase("people.number_talk")
_OF_ELSE = phrase("people.of_else")
_LETTER_COUNT = re.compile(r"\b(?:one|two|three|double|1|2|3) [b-np-z]'?s?\b(?!\w)", re.IGNORECASE)
_AFTER_NUMBER = phrase("people.after_number")
_ABROAD = re.compile(
    r"(?:\+|\bplus )[\d ().-]{7,}|\bplus (?:(?:oh|o|zero|one|two|three|four|five|six|seven|eight|"
    r"nine|double|triple|\d+)[ ,.-]*){7,}",
    re.IGNORECASE,
)
_DICTATED = re.compile(
    r"(?:(?:um|uh|yes|yeah|ok|okay|and|it's|it is|that's) )*"
    r"(?:(?:oh|o|zero|one|two|three|four|five|six|seven|eight|nine|double|triple|hundred|\d) ?){4,}"
)
_WHOLE_DIGITS = 7
_MOST_DIGITS = 15
_NATIONAL_DIGITS = 10
_FEW_DIGITS = 3
_BESIDE_A_YES = FACTS - {"phone_number"} | {"general", "agree"}


def take_phone(state: State, heard: Heard, scene: Scene) -> str:  # noqa: C901, PLR0911 - a chain of decisions
    """Take in a number, a part of one, or leave to use the one that the call comes from.

    Returns:
        ``changed``, ``again``, ``wrong`` where the digits make no number, or empty.
    """
    goal = state.goal
    asked = state.asked in PHONE_ASKS
    text = heard.text
    if asked and _START_OVER.search(heard.words):
        goal.digits = ""
        return "changed"
    if (corrected := _corrected(state, heard, scene)) != goal.phone:
        goal.phone, goal.to_change = corrected, ""
        return "changed"
    text = _OF_ELSE.sub(" ", text)
    run = phones.run_of_digits(text)
    dialled = bool(_NUMBER_TALK.search(heard.words)) or len(re.sub(r"\D", "", text)) >= _WHOLE_DIGITS
    said = ""
    if phones.parse(run, scene.region) and not _ABROAD.search(text):
        said = phones.digits(run)  # whatever else is counted: "but only after six"
    elif asked or _DICTATED.fullmatch(heard.words):
        said = phones.digits(_dialled_part(text))
    elif dialled:
        parts = phones.digits(_dialled_part(text))  # "347, and please don't text, 555 0146"
        said = parts if phones.parse(parts, scene.region) else phones.digits(run or parts)
    if said and _ABROAD.search(text):
        said = f"+{said}"
    questions = any(one.asks for one in heard.clauses) and len(said) < _WHOLE_DIGITS
    if asked and ((len(said) == 1 and heard.yes) or questions):
        said = ""  # "that's the one", "what about nine forty-five?"
    if said and (asked or len(said) >= _WHOLE_DIGITS):
        goal.extension = phones.extension(text) or goal.extension
        return _dial(state, said, scene)
    if not scene.caller_phone:
        return ""
    own = _OWN_NUMBER.search(heard.words) is not None
    asks = any(one.asks for one in heard.clauses)
    doubts = any(one.asks and one.kind not in _BESIDE_A_YES for one in heard.clauses)
    # "Sure. And no, not Monday." says yes to the number.
    of_else = (
        asks
        or heard.has("bye", "thanks")
        or says_when(heard.text)
        or practitioner_in(heard.words, scene.facts, named=True)
    )
    agrees = (heard.yes and not doubts) or (heard.opens_with_yes and bool(of_else))
    other = (heard.no and not agrees) or _OTHER_NUMBER.search(heard.words) is not None
    ahead = not asked and not goal.phone and _CALLING_FROM.search(heard.words) is not None
    if state.asked is Ask.CALLER_PHONE and other and not own:
        if says_when(heard.text):
            return ""  # "no wait, can we do the week after?" says nothing of the number
        goal.own_number = False
        return "changed"
    if (state.asked is Ask.CALLER_PHONE and agrees) or (
        (ahead or (asked and own)) and not (other and state.asked is Ask.CALLER_PHONE)
    ):
        goal.phone, goal.digits, goal.to_change = scene.caller_phone, "", ""
        return "changed"
    return ""


def _corrected(state: State, heard: Heard, scene: Scene) -> str:
    """Give the number that is known with what an utterance changes of it."""
    known = state.goal.phone
    if not known:
        return known
    # Digits alone are a part of it where it is asked for, or was just read back and no time is said.
    reads = state.asked in (Ask.READ_BACK, Ask.WHAT_TO_CHANGE) and not clock_mentions(heard.words)
    alone = reads or state.asked in PHONE_ASKS
    return phones.corrected(known, heard.text, scene.region, alone=alone) or known


def _dial(state: State, said: str, scene: Scene) -> str:
    goal = state.goal
    whole = phones.parse(said, scene.region)
    if whole is None and goal.digits and not said.startswith(goal.digits[:3]):
        said = goal.digits + said
        whole = phones.parse(said, scene.region)
    if whole is None and len(said) == _longest(said, scene) + 1:
        whole = phones.parse(phones.without_surplus(said), scene.region)
    again = bool(goal.digits) and said == goal.digits
    if whole is None and again and len(said) == _longest(said, scene) - 1:
        whole = phones.parse(phones.with_lost(said), scene.region)
    if state.asked is Ask.CALLER_PHONE:
        goal.own_number = False
    if whole is not None:
        changed = goal.phone != whole
        goal.phone, goal.digits, goal.to_change = whole, "", ""
        return "changed" if changed else "again"
    if again or len(said) > _longest(said, scene) or state.asked not in PHONE_ASKS:
        goal.digits = ""
        return "wrong"
    goal.digits = said
    return "changed"


def _dialled_part(text: str) -> str:
    """Give what follows "number is", where that holds digits; counts of letters are no digits."""
    text = _LETTER_COUNT.sub(" ", text)
    if abroad := _ABROAD.search(text):
        return abroad.group()
    match = _AFTER_NUMBER.search(text)
    return match["rest"] if match and len(phones.digits(match["rest"])) >= _FEW_DIGITS else text


def _longest(said: str, scene: Scene) -> int:
    """Give how many digits a number may come to; beyond that none can follow, and it is begun afresh."""
    if scene.region not in ("US", "CA"):
        return _MOST_DIGITS
    return _NATIONAL_DIGITS + said.startswith("1")
