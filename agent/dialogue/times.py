"""When: what a caller says of days and times, and which of the offered times they take.

Their words are kept as they are, of all turns; what they come to is the calendar's to read.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from agent.dialogue.acts import QUESTIONS, Clause, Heard
from agent.dialogue.busy import POINTS_AT, ruled_out, when_busy
from agent.dialogue.choose import choose
from agent.dialogue.state import Ask, Goal, Kind, State
from language import speak
from language.choices import Offer
from language.datetimes.constraints import TimeConstraints
from language.datetimes.mentions import clock_mentions, day_mentions
from language.datetimes.normalize import WEEKDAYS
from language.datetimes.resolve import mentions_time, names_day, names_hours, resolve
from language.normalize import is_short, normal
from language.phone import without_number
from language.phrases import phrase
from language.spelling import spelled_words

TIME_ASKS = (Ask.WHEN, Ask.SLOT, Ask.READ_BACK, Ask.WHAT_TO_CHANGE)
LONGEST_PHRASE = 160
_MOST_PHRASES = 12
_MOST_REFUSED = 4
_DAYS = "|".join(WEEKDAYS)
_NEXT = re.compile(rf"\bnext (?:{_DAYS})\b")
_NAMES_A_DAY = re.compile(rf"\b(?:{_DAYS})s?\b")
_RELATIVE = phrase("times.relative")
_NOT_THAT_TIME = phrase("times.not_that_time")
_COUNTED = phrase("times.counted")
_THE_ONE = phrase("times.the_one")
"""What stands for one of the times: "the Wednesday one" is at no one o'clock."""
_THAT_DAY = phrase("times.that_day")
_OTHER_DAY = re.compile(r"\b(?<!that )(?:days?|dates?)\b")
_FIRST_OF_TWO = phrase("times.first_of_two")
_SECOND_OF_TWO = phrase("times.second_of_two")
_UNTIMED = frozenset(
    "hours open_now address phone_number duration practitioners services opinion advice records "
    "complaint abuse "
    "vendor pharmacy bill job privacy recap repeat today identity late other smalltalk symptom urgent "
    "happened".split()
)
_ABOUT_THEM = frozenset(("whom", "gender"))
_PIECES = re.compile(r"[,;]\s+|[.?!]\s+(?=[A-Z])")
_STOPS = (".", "?", "!")
_FEW = 3
_SURE_QUESTION = 0.5
_SURE_CLOCK = 0.75
_SURE_REFUSAL = 0.6
_CLOCK = ZoneInfo("UTC")
"""For hours alone, which hold on any day and in any zone."""


def timed_text(state: State, heard: Heard) -> str:
    """Give what of an utterance may say when: not the questions in it, and not the story."""
    told = [one for one in heard.clauses if one.kind in ("tell", "book", "agree") and not one.asks]
    goal = state.goal
    answers = goal.slot is None and any(len(choose(one.words, goal.offers)) == 1 for one in told)
    aside = [one for one in heard.clauses if answers and one.asks and one.kind in QUESTIONS]
    kept = [_without_blame(one) for one in heard.clauses if not (one in aside or _untimed(state, one))]
    if len(", ".join(kept)) > LONGEST_PHRASE // 2:
        kept = [one for one in kept if says_when(one)]  # of a long story
    return _THE_ONE.sub(r"\g<named>", _COUNTED.sub(" ", without_number(_joined(kept))))


def _joined(texts: Sequence[str]) -> str:
    """Put clauses together again; what follows the end of a sentence is a clause of its own there too."""
    pieces = [f"{one.strip(' .,!?')}{'. ' if one.rstrip().endswith(_STOPS) else ', '}" for one in texts]
    return "".join(pieces).rstrip(" ,.")


def _without_blame(clause: Clause) -> str:
    """Say of a day that is turned down only that: "the tenth is cutting it fine" means not the tenth."""
    days = day_mentions(clause.words)
    if clause.kind != "refuse" or clause.sure < _SURE_REFUSAL or not days or days[0].start:
        return clause.text
    rest = clause.words[days[0].end :]
    return clause.text if says_when(rest) else f"not {clause.words[: days[0].end]}"


def _untimed(state: State, clause: Clause) -> bool:  # noqa: PLR0911 - a chain of decisions
    if (clause.kind in ("refuse", "none") or clause.text.endswith("?")) and not says_when(
        clause.text, asked=True
    ):
        # "That doesn't work. Thursday at eleven.", "Nothing? Thursday then.": nothing against Thursday
        return clause.text.endswith("?") or not choose(clause.words, state.goal.offers)
    if clause.price or clause.busy:
        return True  # "What's a cleaning for a nine-year-old?"
    if clause.kind == "general":
        wishes = clause.second == "book" and state.asked in (*TIME_ASKS, Ask.HELP)
        return not says_when(clause.text) or (clause.sure >= _SURE_QUESTION and not wishes)
    if clause.kind == "recap" and not (state.goal.slot or state.goal.offers):
        return False  # "No, Thursday was right", where nothing was said of either
    if clause.kind in _ABOUT_THEM or (spelled_words(clause.text) and not says_when(clause.text)):
        return True  # "O, L, I, Lee, R" names no Dr. Lee
    if clause.kind not in _UNTIMED or (clause.kind == "smalltalk" and says_when(clause.text)):
        return False
    # Where a time was asked for, a doubtful question with a time in it is an answer.
    sure = _SURE_CLOCK if clock_mentions(clause.words) else _SURE_QUESTION
    return not (state.asked in TIME_ASKS and clause.sure < sure and says_when(clause.text))


def says_when(text: str, *, asked: bool = False) -> bool:
    """Tell whether words say anything about when, what they rule out and what is relative included.

    Args:
        asked: A day or a time was just asked for: a lone number is a clock time.
    """
    words = normal(text)
    return bool(mentions_time(text, asked=asked) or _NAMES_A_DAY.search(words) or _RELATIVE.search(words))


def take_when(state: State, heard: Heard, *, besides: bool) -> bool:
    """Take in a wish for a day or time, the choice of a slot, or what keeps the caller from coming then.

    Args:
        besides: The utterance held a name or a number too.

    Returns:
        Whether any changed; ``state.unclear`` holds the offers where several fit.
    """
    before = state.goal.slot
    taken = _take_wish(state, heard, besides=besides)
    chose = taken and state.goal.slot is not None and state.goal.slot is not before
    return (not chose and _take_busy(state, heard)) or taken


def _take_wish(state: State, heard: Heard, *, besides: bool) -> bool:  # noqa: PLR0911 - a chain of decisions
    goal = state.goal
    text = timed_text(state, heard)
    if besides and goal.name:
        # Chance Noon names no time of day.
        text = re.sub(rf"\b{re.escape(goal.name)}\b", " ", text, flags=re.IGNORECASE)
    text = _without_its_time(text, goal)
    asked = state.asked in TIME_ASKS
    corrects = asked and (heard.no or heard.has("wrong")) and bool(clock_mentions(normal(text), bare=True))
    says = bool(text) and (corrects or says_when(text, asked=asked))
    turned_down = heard.has("cannot_come", "refuse", "move", "wrong") and says_when(text)
    beside = goal.slot is not None and is_relative(text)
    if state.asked is Ask.NAME and not (
        clock_mentions(normal(text)) or names_day(text) or turned_down or beside
    ):
        return False
    may_choose = goal.slot is None or says or state.asked in (Ask.READ_BACK, Ask.WHAT_TO_CHANGE)
    if goal.offers and may_choose and not _means_another_week(text, goal):
        picked = _choose(state, heard, text, says=says, besides=besides)
        if picked is not None:
            return picked
    if goal.slot is not None and says and not heard.no and _names(text, goal.slot):
        return False
    if state.asked is Ask.WHEN and not _names_moment(text) and (doubt := _answer_to_doubt(state, heard)):
        add_phrase(goal, doubt)
        return True
    if _none_of_those(goal, heard, text, told=says or besides):
        return True
    if says:
        opening = "no, " if heard.no and goal.slot is not None else ""
        want(state, f"{opening}{text}")
        return True
    leaves_it = heard.has("any") or (heard.has("none") and state.asked is Ask.WHEN)
    if leaves_it and goal.slot is None and not goal.offers:
        goal.loose = True
        goal.begin_search()
        return True
    return not besides and _turned_down(state, heard)


def _none_of_those(goal: Goal, heard: Heard, text: str, *, told: bool) -> bool:
    """Rule out what was offered where something else is asked for: other times, or another day."""
    day = _OTHER_DAY.search(heard.words) is not None and not (_names_moment(text) or names_day(text))
    if not goal.offers or goal.slot is not None or not heard.has("none") or (told and not day):
        return False
    if len(goal.offers) == 1 and not day:
        goal.phrases = day_phrase(goal.offers[0])
    add_phrase(goal, _others_than(goal.offers, day=day))
    return True


def _others_than(offers: Sequence[Offer], *, day: bool) -> str:
    """Rule out what was offered: its times, or its day where another day is asked for."""
    starts = [one.start for one in offers if one.start]
    if day and len({one.date() for one in starts}) == 1:
        return f"any day but {starts[0]:%A %B %-d}"
    return ", ".join(f"not {one:%A %B %-d} at {one:%-I:%M %p}" for one in starts[:_MOST_REFUSED]) or "later"


def _means_another_week(text: str, goal: Goal) -> bool:
    """Tell whether "next Friday" is said where Fridays were offered, and not as the next."""
    words = normal(text)
    days = {one.start.date() for one in goal.offers if one.start}
    both = len(days) > len({one.weekday() for one in days})  # "next Monday at four", of two Mondays
    return bool(_NEXT.search(words)) and not (
        _NEXT.search(normal(goal.when)) or (clock_mentions(words) and not both)
    )


def _names(text: str, slot: Offer) -> bool:
    """Tell whether words name a time that is chosen, or leave it: "I have to be at work at three" of noon."""
    if choose(text, [slot]):
        return True
    day = names_day(text) or day_mentions(normal(text))
    return not (day or is_relative(text)) and names_hours(text) and _allows(text, slot)


def _allows(text: str, slot: Offer) -> bool:
    """Tell whether words leave a time."""
    if slot.start is None:
        return False
    start = slot.start.replace(tzinfo=_CLOCK)
    meant = resolve(text, start - timedelta(days=1), _CLOCK)
    return isinstance(meant, TimeConstraints) and meant.allows(start)


def is_relative(text: str) -> bool:
    """Tell whether words ask for a time that is earlier or later than one that is known."""
    return _NOT_THAT_TIME.search(normal(text)) is not None


def says_relative(text: str) -> bool:
    """Tell whether words about when count from a moment that is known: "the week after, same day"."""
    return _RELATIVE.search(normal(text)) is not None


def _names_moment(text: str) -> bool:
    """Tell whether words name a day or a time of day, rather than leave it open or point at what was said."""
    words = normal(text)
    return bool(
        day_mentions(words) or clock_mentions(words) or _NAMES_A_DAY.search(words) or names_hours(text)
    )


def _without_its_time(text: str, goal: Goal) -> str:
    """Leave out what names the time that is talked of beside another: "I'm busy at ten, is noon free?"."""
    slot = goal.slot or (goal.offers[0] if len(goal.offers) == 1 else None)
    if slot is None or (start := slot.start) is None:
        return text
    pieces = _PIECES.split(text)
    named = [clock_mentions(one, bare=is_short(normal(one), _FEW)) for one in pieces]
    if all(clock.is_at(start) for clocks in named for clock in clocks):
        return text
    return ", ".join(
        piece
        for piece, clocks in zip(pieces, named, strict=True)
        if not (clocks and all(one.is_at(start) for one in clocks))
    )


def want(state: State, phrase: str) -> None:
    """Take over a wish; a time alone, for an appointment that is moved, means its day still."""
    goal, moved = state.goal, state.chosen
    talked_of = [goal.slot] if goal.slot else goal.offers
    days = {one.start.date() for one in talked_of if one.start}
    if len(days) == 1 and _NOT_THAT_TIME.search(normal(phrase)):
        # The time that was named goes; its day, and what was offered, are what "later" is said of.
        goal.phrases = [moment_phrase(goal.slot)] if goal.slot else day_phrase(talked_of[0])
    elif len(days) == 1 and _THAT_DAY.search(phrase) and clock_mentions(normal(phrase)):
        goal.phrases, phrase = day_phrase(talked_of[0]), _THAT_DAY.sub("", phrase)
    alone = not (_NAMES_A_DAY.search(normal(phrase)) or day_mentions(normal(phrase)) or names_day(phrase))
    if (
        goal.kind is Kind.MOVE
        and not goal.phrases
        and moved is not None
        and alone
        and not _RELATIVE.search(normal(phrase))
    ):
        goal.phrases = [f"{moved.start:%A %B %-d}"]
    add_phrase(goal, phrase)


def add_phrase(goal: Goal, phrase: str) -> None:
    """Add a caller's words about when to those before; the calendar is to be asked anew."""
    goal.phrases = [*goal.phrases, phrase.replace(";", ",").strip()[:LONGEST_PHRASE]][-_MOST_PHRASES:]
    goal.to_change = ""
    goal.begin_search()


def _choose(state: State, heard: Heard, text: str, *, says: bool, besides: bool) -> bool | None:
    """Take one of the offers; None where the words choose none of them."""
    goal = state.goal
    known = [one for one in goal.offers if one.slot_id in goal.heard]
    offers: Sequence[Offer] = known or ([] if heard.yes and not says else goal.offers)
    if goal.slot is not None and goal.slot.start is not None and not day_mentions(normal(text)):
        # "Make it three" means three on the day that was chosen, not any other three that was offered.
        day = goal.slot.start.date()
        offers = [one for one in offers if one.start is not None and one.start.date() == day]
    picked = choose(text, offers) if text else []
    if not picked and says and goal.slot is None:
        picked = choose(text, goal.offers)
        timed = [one for one in heard.clauses if says_when(one.text) and not one.busy]
        if not picked and len(timed) == 1 and len(only := choose(timed[0].words, goal.offers)) == 1:
            picked = only  # "I need it before the wedding. Monday at noon is good."
    if not picked and goal.slot is None and state.asked in (Ask.SLOT, Ask.NOTHING):
        if heard.has("any") and not heard.no and not (_names_moment(text) or names_day(text)):
            # "Any of them": the first, and the read-back is still to come.
            picked = list((offers or goal.offers)[:1])
        elif _accepts(heard, offers) and not (says or besides or _doubts(heard)) and offers:
            picked = list(offers)
    if len(picked) > 1 and heard.yes and len(picked) == len(offers) and state.count(Ask.SLOT) > 1:
        # Yes to several, and yes again when asked which: the first; the read-back is still to come.
        picked = picked[:1]
    if len(picked) == 1:
        take_slot(state, picked[0])
        return True
    if picked and not (len(picked) == len(goal.offers) and says and not heard.yes):
        state.unclear = [one.slot_id for one in picked]
        goal.offers, goal.slot = picked, None
        goal.unread()
        return False
    return None


def _accepts(heard: Heard, offers: Sequence[Offer]) -> bool:
    """Tell whether an offer is taken: by a yes, or by thanks for the only one."""
    thanks = len(offers) == 1 and not heard.no and all(one.kind == "thanks" for one in heard.clauses)
    return heard.yes or thanks


def _doubts(heard: Heard) -> bool:
    """Tell whether what comes with a yes leaves it open; a question about something else does not."""
    agrees = any(one.kind == "agree" and len(one.words.split()) > 1 for one in heard.clauses)
    beside = ("general", "address", "phone_number", "hours", "note") if agrees else ()
    others = [one for one in heard.clauses if one.kind in {"tell", *QUESTIONS} - set(beside)]
    return bool(others)


def take_slot(state: State, slot: Offer) -> None:
    """Settle on an offer; what is said of the time next is said of it."""
    goal = state.goal
    state.chose = goal.slot is None or goal.slot.slot_id != slot.slot_id
    goal.slot, goal.to_change = slot, ""
    if slot.start is not None:
        goal.phrases = [*goal.phrases, moment_phrase(slot)][-_MOST_PHRASES:]
    goal.unread()


def moment_phrase(slot: Offer) -> str:
    """Say when a slot is, as the calendar reads it."""
    return f"{slot.start:%A %B %-d} at {slot.start:%-I:%M %p}" if slot.start else ""


def day_phrase(slot: Offer | None) -> list[str]:
    """Say on which day a slot is, as the calendar reads it."""
    return [f"{slot.start:%A %B %-d}"] if slot is not None and slot.start is not None else []


def let_go(goal: Goal, phrases: list[str]) -> None:
    """Let go of what was offered or chosen; the caller is asked before the calendar is.

    Args:
        phrases: What still holds of the caller's words about when.
    """
    goal.begin_search()
    goal.phrases, goal.loose = phrases, False
    goal.searched = [goal.when, goal.service, goal.practitioner]


def _turned_down(state: State, heard: Heard) -> bool:
    """Let go of offers that the caller does not want; what they want is asked next."""
    goal = state.goal
    if not (goal.offers and goal.slot is None and heard.no and state.asked in (Ask.SLOT, Ask.NOTHING)):
        return False
    days = {one.start.date() for one in goal.offers if one.start}
    kept = day_phrase(goal.offers[0]) if len(days) == 1 else goal.phrases
    let_go(goal, [*kept, _others_than(goal.offers, day=False)])
    return True


def _take_busy(state: State, heard: Heard) -> bool:
    """Take what keeps somebody from coming for a no to the times that are talked of."""
    goal = state.goal
    away = [one for one in heard.clauses if one.busy]
    told = ", ".join(filter(None, map(when_busy, away)))
    if told:
        if goal.slot is not None and _allows(told, goal.slot):
            return False
        want(state, told)
        return True
    pointing = next((match for one in away if (match := POINTS_AT.search(one.words))), None)
    talked_of = [goal.slot] if goal.slot else goal.offers
    if not (away and talked_of) or (pointing is None and (goal.slot is not None or heard.yes)):
        return False
    unit = (pointing and pointing["unit"]) or ""
    left = ruled_out(talked_of, unit)
    if unit and left:
        want(state, left[0])
    else:
        let_go(goal, left or [*goal.phrases, _others_than(talked_of, day=False)])
    return True


def _answer_to_doubt(state: State, heard: Heard) -> str:
    """Read "the second one" after "do you mean this Tuesday, or Tuesday the first?"."""
    question = normal(state.last_said)
    days = day_mentions(question)
    if len(days) < 2:  # noqa: PLR2004 - nothing to choose from
        return ""
    if _SECOND_OF_TWO.search(heard.words):
        chosen = days[-1]
    elif _FIRST_OF_TWO.search(heard.words) or heard.yes:
        chosen = days[0]
    else:
        return ""
    return question[chosen.start : chosen.end]


def heard_offers(offers: Sequence[Offer], said: str) -> list[str]:
    """Give the ids of the offers that a piece of speech names, whoever worded it."""
    clocks = clock_mentions(said)
    return [
        one.slot_id
        for one in offers
        if one.spoken in said
        or (one.start and (any(clock.is_at(one.start) for clock in clocks) or speak.clock(one.start) in said))
    ]
