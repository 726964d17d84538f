"""What the caller answers to the read-back of an appointment."""

import re

from agent.receptionist.questions import Ask
from agent.receptionist.state import State, Turn
from language.datetimes.time_phrases import TimePreference

_ONLY_A_PART = re.compile(
    r"(?:um |uh |well |actually |just |only |sorry |it's |it is )*(?:the |my |that )?(?:phone |appointment )?"
    r"(?:time|day|date|slot|name|number|phone|doctor|dentist|service|spelling)(?: please| sorry| actually)?"
)


def read_back_answer(state: State, turn: Turn, *, changed: bool) -> None:
    """Take yes, no, or what is wrong.

    Args:
        state: The state so far; changed in place.
        changed: The utterance has corrected a detail already.
    """
    if state.read_back is None and state.asked not in (Ask.READ_BACK, Ask.WHAT_TO_CHANGE):
        return
    if changed:
        state.agreed = False
        return
    words = turn.words
    part = re.search(r"\b(?:time|day|date|slot|name|number|phone|doctor|dentist|service|spelling)\b", words)
    if part and (
        turn.refused
        or (_ONLY_A_PART.fullmatch(words) and not turn.question)
        or state.asked is Ask.WHAT_TO_CHANGE
        or re.search(r"\bwrong|change|not right|incorrect\b", words)
    ):
        state.to_change = part.group()
        _reopen(state, part.group())
        return
    if state.read_back is not None and state.asked in (Ask.READ_BACK, Ask.NOTHING, Ask.SAME):
        if turn.agreed and not turn.question:
            state.agreed = True
        elif turn.refused:
            state.agreed = False
            state.to_change = "?"


def _reopen(state: State, part: str) -> None:
    state.read_back, state.agreed = None, False
    if part in ("time", "day", "date", "slot"):
        if part in ("time", "slot") and state.chosen is not None and state.chosen.start is not None:
            # Nothing was said against the day: a time alone means that day still.
            state.last_day = f"{state.chosen.start:%A %B %-d}"
        state.new_search()
        state.wish, state.search_words = TimePreference(), ""
    elif part in ("name", "spelling"):
        # Said again and wrong again: letters are the last resort, recognition is weak on them.
        state.to_spell = state.all_asks[Ask.NAME] > 1
        state.name = state.name.split()[0] if state.to_spell and state.name else ""
    elif part in ("number", "phone"):
        state.phone, state.digits, state.caller_phone_refused = "", "", True
    elif part in ("doctor", "dentist"):
        state.practitioner = ""
        state.new_search()
    else:
        state.service, state.any_service = None, False
        state.new_search()
