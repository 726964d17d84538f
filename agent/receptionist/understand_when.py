"""When the caller wants to come, and which offered slot they choose, taken out of an utterance."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from agent.receptionist.questions import Ask
from agent.receptionist.state import Scene, State, Task, Turn
from language.choices import pick
from language.datetimes.mentions import day_mentions
from language.datetimes.normalize import WEEKDAYS
from language.datetimes.time_phrases import EARLIEST, TimePreference, wish_in
from language.normalize import any_of, normal

_WEEK = timedelta(days=7)
_BARE_WEEKDAY = re.compile(rf"(?P<name>{'|'.join(WEEKDAYS)})s?")
_FOLLOWING = re.compile(
    r"(?:the )?(?P<unit>week|day) after(?: that)?|(?:the )?following (?P<other>week|"
    r"day)|(?:the )?next (?P<last>day)"
)
_MORE = any_of(
    r"""
    what else
    anything else
    (?:other|more|different|another) (?:times?|options?|slots?|openings?|ones?)
    any others?
    """
)
_REVERT_DAY = re.compile(r"\b(?:first|former|earlier|sooner|this)\b")
_REVERT_LATER = re.compile(r"\b(?:second|latter|later|next|other)\b")
_NEXT_START = timedelta(minutes=15)
_LATER_DAYS = 4
"""How many days after the last offer "later" looks at."""


def accept_only_offer(state: State, turn: Turn) -> None:
    """Take the one slot that was offered when the caller goes on to name or number instead of saying yes."""
    if (
        len(state.offers) == 1
        and state.chosen is None
        and state.heard
        and not turn.refused
        and not wish_in(turn.text)
    ):
        state.chosen = state.offers[0]


def when(state: State, turn: Turn, scene: Scene, *, volunteered: bool) -> bool:  # noqa: PLR0911 - a chain of decisions
    """Take in a wish for a day or time, or the choice of a slot; True when either changed."""
    asked_when = state.asked in (Ask.WHEN, Ask.SLOT, Ask.READ_BACK, Ask.WHAT_TO_CHANGE)
    wish = wish_in(turn.text, asked=asked_when)
    if state.offers and (state.chosen is None or wish.words):
        if _choose(state, turn, wish):
            return True
        if turn.unclear_choice:
            return False
    if state.chosen is not None and wish.words and pick(turn.text, [state.chosen], agreed=False):
        return False
    if not wish.words and state.offers and state.chosen is None and _MORE.search(turn.words):
        wish = TimePreference(relative="later")
    if wish.loose and (state.chosen is not None or state.offers):
        return False
    if wish.loose and (
        state.asked is not Ask.WHEN
        and not re.search(
            r"\bavailable|open|earliest|"
            r"soonest|next|when\b",
            turn.words,
        )
    ):
        return False
    if not wish and state.asked is Ask.WHEN:
        wish = _answer_to_doubt(state, turn)
    if not wish:
        return not volunteered and _turned_down(state, turn)
    _wish_anew(state, wish, scene)
    return True


def _choose(state: State, turn: Turn, wish: TimePreference) -> bool:
    heard = [offer for offer in state.offers if offer.slot_id in state.heard] or (
        [] if turn.agreed and not wish.words else state.offers
    )
    sure = state.asked in (Ask.SLOT, Ask.NOTHING, Ask.SAME, Ask.WHEN) and turn.agreed
    if state.chosen is not None and state.chosen.start is not None and not wish.day:
        # "Make it three" means three on the day that was chosen, not any other three that was offered.
        day = state.chosen.start.date()
        heard = [offer for offer in heard if offer.start is not None and offer.start.date() == day]
    picked = pick(turn.text, heard, agreed=sure)
    if not picked and wish.words and state.chosen is None:
        picked = pick(turn.text, state.offers, agreed=False)
    if len(picked) == 1:
        state.chosen = picked[0]
        state.read_back, state.agreed, state.to_change = None, False, ""
        state.wish = TimePreference(day=state.wish.day, time=state.wish.time, loose=state.wish.loose)
        return True
    if picked and turn.agreed and len(picked) == len(heard) and state.asks[Ask.SLOT] > 1:
        # Yes to several, and yes again when asked which: the first; the read-back is still to come.
        state.chosen = picked[0]
        return True
    turn.unclear_choice = picked
    return False


def _turned_down(state: State, turn: Turn) -> bool:
    """Let go of offers that the caller does not want; what they want is asked next."""
    if state.offers and state.chosen is None and turn.refused and state.asked in (Ask.SLOT, Ask.NOTHING):
        starts = _starts(state)
        one_day = bool(starts) and starts[0].date() == starts[-1].date()
        state.last_day = f"{starts[0]:%A %B %-d}" if one_day else ""
        state.new_search()
        state.wish, state.search_words = TimePreference(), ""
        return True
    return False


def _answer_to_doubt(state: State, turn: Turn) -> TimePreference:
    """Read "the second one" after "do you mean this Tuesday, or Tuesday the first?"."""
    question = normal(state.last_said)
    days = day_mentions(state.last_said)
    if len(days) < 2 or not question:  # noqa: PLR2004 - nothing to choose from
        return TimePreference()
    if _REVERT_LATER.search(turn.words):
        chosen = days[-1]
    elif _REVERT_DAY.search(turn.words) or turn.agreed:
        chosen = days[0]
    else:
        return TimePreference()
    return TimePreference(day=question[chosen.start : chosen.end], time=state.wish.time)


def _wish_anew(state: State, wish: TimePreference, scene: Scene) -> None:
    words = ""
    if day := _following_day(state, wish) or _weekday_there(state, wish, scene):
        state.wish = TimePreference(day=day, time=wish.time or state.wish.time)
    elif wish.relative:
        words = _relative_words(state, wish)
    else:
        state.wish = state.wish.then(wish)
        if wish.time and not wish.day:
            words = _same_day_words(state, wish)
        if not words and not state.wish.day and state.last_day:
            state.wish = TimePreference(day=state.last_day, time=state.wish.time)
    state.last_day = ""
    state.new_search()
    state.search_words = words
    state.to_change = ""


def _starts(state: State) -> list[datetime]:
    """List the moments talked of: the chosen slot's, else those offered, else that of what is moved."""
    talked_of = [state.chosen] if state.chosen else state.offers
    starts = sorted(offer.start for offer in talked_of if offer.start)
    if not starts and not state.last_day and state.task is Task.CHANGE and state.change.chosen is not None:
        return [state.change.chosen.start]
    return starts


def _relative_words(state: State, wish: TimePreference) -> str:
    """Say "later" and "earlier" in words that stand without the offers they refer to."""
    starts = _starts(state)
    if not starts:
        state.wish = TimePreference(day=wish.day or state.wish.day or state.last_day, time="")
        state.wish = replace(state.wish, loose=not state.wish.day)
        return ""
    # Later than a time is not that time again: the next quarter of an hour is the nearest that can be meant.
    edge = starts[-1] + _NEXT_START if wish.relative == "later" else starts[0]
    side = "after" if wish.relative == "later" else "before"
    if wish.day:
        return f"{wish.day} {side} {edge:%-I:%M %p}"
    if starts[0].date() == starts[-1].date() == edge.date():
        return f"{edge:%A %B %-d} {side} {edge:%-I:%M %p}"
    if wish.relative == "earlier":
        return EARLIEST
    first, last = starts[-1] + timedelta(days=1), starts[-1] + timedelta(days=_LATER_DAYS)
    return f"between {first:%A %B %-d} and {last:%A %B %-d} {state.wish.time}".strip()


def _following_day(state: State, wish: TimePreference) -> str:
    """Say "the week after" and "the next day" in words that stand without the day they refer to."""
    match = _FOLLOWING.fullmatch(wish.day)
    starts = _starts(state)
    if match is None or not starts:
        return ""
    if "week" in match.groups():
        return f"the week of {starts[0] + _WEEK:%B %-d}"
    return f"{starts[-1] + timedelta(days=1):%A %B %-d}"


def _weekday_there(state: State, wish: TimePreference, scene: Scene) -> str:
    """Say a bare weekday with its date when the talk is of a later week than this one."""
    mondays = {start.date() - timedelta(days=start.weekday()) for start in _starts(state)}
    weekday = _BARE_WEEKDAY.fullmatch(wish.day)
    if weekday is None or len(mondays) != 1:
        return ""
    monday = mondays.pop()
    if monday <= scene.today:
        return ""
    return f"{monday + timedelta(days=WEEKDAYS.index(weekday['name'])):%A %B %-d}"


def _same_day_words(state: State, wish: TimePreference) -> str:
    starts = _starts(state)
    if starts and starts[0].date() == starts[-1].date():
        return f"{starts[0]:%A %B %-d} {wish.time}"
    return ""
