"""What an utterance does to a change of an appointment that the caller has."""

import re
from dataclasses import replace

from agent.receptionist import change_words, understand_details
from agent.receptionist.change import Change, Kind
from agent.receptionist.goals import Goal
from agent.receptionist.matching import anyone_will_do, practitioner_in
from agent.receptionist.questions import HELP_OFFERS, Ask
from agent.receptionist.state import Scene, State, Task, Turn
from agent.receptionist.understand_when import when
from language.datetimes.time_phrases import TimePreference, wish_in
from language.normalize import normal
from tools.consent import refuses_cancelling, refuses_moving

_OURS = frozenset({Goal.CHANGE, Goal.LOOKUP, Goal.LATE, Goal.RECAP, Goal.BOOK, Goal.ABANDON, Goal.KNOWLEDGE})
_BOOKS_ANEW = re.compile(
    r"\b(?:book|make|schedule|get) (?:a|an|another|a new|one more)\b|\banother appointment\b"
)
_ONE_MORE = re.compile(r"\b(?:book|also|too|as well|for my)\b|\banother appointment\b")
_LATE = re.compile(r"\blate\b|\btraffic\b")
_RECORDS = re.compile(r"\b(?:results?|records?|chart|file|bill|balance|invoice|prescription)\b")
_HANGS_UP = re.compile(r"\b(?:bye|goodbye|hang(?:ing)? up|good night)\b")


def take_in_change(state: State, turn: Turn, scene: Scene) -> bool:
    """Take in what is said of an appointment that the caller has.

    Args:
        state: The state so far; changed in place.
        scene: The practice, the moment, the caller's number.
    """
    if state.task is Task.CHANGE:
        return _go_on(state, turn, scene)
    return _begin(state, turn, scene)


def begin_change(state: State, kind: Kind) -> None:
    """Let go of whatever was being done, and turn to an appointment that the caller has."""
    state.new_search()
    state.task, state.change = Task.CHANGE, Change(kind=kind, known=state.change.known)
    state.wish, state.search_words, state.to_change = TimePreference(), "", ""
    state.practitioner = ""


def settle(state: State, scene: Scene) -> None:
    """Choose the appointment that is known to be meant, and put its new time into words of its own."""
    change = state.change
    if change.chosen is None and len(change.known) == 1:
        change.choose(change.known[0])
    if change.chosen is None and change.about:
        found = change_words.chosen_of(change.about, change.known)
        if len(found) == 1:
            change.choose(found[0])
        elif found and len(found) == len(change.known) and change.kind is Kind.CANCEL:
            change.choose_all()
    if change.chosen is not None and change.target:
        target, change.target = change.target, ""
        # "Move it to eleven" answers what would be asked next.
        state.asked = Ask.WHEN
        _new_time(state, Turn(text=target, words=normal(target)), scene)


def _begin(state: State, turn: Turn, scene: Scene) -> bool:
    words = turn.words
    named = state.task is Task.NONE and bool(state.change.known)
    booked = named and state.outcome == "booked"
    kind = _of_named(turn, booked=booked) if named else None
    kind = kind or change_words.change_in(words)
    if kind is None or _not_ours(state, turn, kind):
        return False
    if state.task is Task.BOOK and _means_this_one(state, kind, words):
        # "Cancel the appointment" drops the one that is being booked; "move it" is another wish for it.
        others = [one for one in turn.intents if one not in _OURS]
        if kind is Kind.CANCEL:
            turn.intents[:] = [Goal.ABANDON, *others]
        elif kind is Kind.MOVE:
            turn.intents[:] = others
        return False
    just_booked = state.change.known[-1:] if booked else []
    state.staff_matter = turn.text.strip()
    begin_change(state, kind)
    understand_details.name(state, turn, scene)
    understand_details.phone(state, turn, scene)
    state.change.about, state.change.target = change_words.split_change(turn.text)
    if kind is Kind.OPEN and state.change.target and wish_in(state.change.target, asked=True):
        state.change.kind = Kind.MOVE
    elif kind in (Kind.CANCEL, Kind.LOOK):
        state.change.about, state.change.target = words, ""
    if just_booked and not wish_in(state.change.about):
        state.change.known = just_booked
        settle(state, scene)
    else:
        # Asked anew: somebody else may have changed them since.
        state.change.known = []
    _consumed(turn)
    # "This is Anna, I have an appointment" asks about nobody else.
    turn.intents[:] = [one for one in turn.intents if one is not Goal.PRIVACY]
    return True


def _means_this_one(state: State, kind: Kind, words: str) -> bool:
    """Tell whether the words are about the appointment that is being booked."""
    if state.chosen is not None or not change_words.means_existing(words):
        return state.chosen is not None or bool(state.offers) or kind in (Kind.CANCEL, Kind.OPEN)
    return False


def _of_named(turn: Turn, *, booked: bool) -> Kind | None:
    """Read "cancel that" and "move it to four" as being about what was just booked, or named."""
    if Goal.ABANDON in turn.intents and booked:
        return Kind.CANCEL
    if _ONE_MORE.search(turn.words) or not change_words.MOVES.search(turn.words):
        return None
    return change_words.kind_in(turn.words)


def _not_ours(state: State, turn: Turn, kind: Kind) -> bool:
    """Tell whether the words are for a person after all, or about something else."""
    intents = set(turn.intents)
    if state.asked in HELP_OFFERS and state.staff_matter:
        return True
    if intents & {Goal.EMERGENCY, Goal.DESPAIR, Goal.PERSON, Goal.MESSAGE} or state.task is Task.MESSAGE:
        return True
    if kind is Kind.LOOK and (intents & {Goal.PRIVACY} or _RECORDS.search(turn.words) or state.outcome):
        return True
    return _LATE.search(turn.words) is not None and not change_words.kind_in(turn.words)


def _go_on(state: State, turn: Turn, scene: Scene) -> bool:
    words = turn.words
    declines = turn.refused and not turn.intents
    if state.asked in HELP_OFFERS and not declines:
        return False
    if {Goal.PERSON, Goal.MESSAGE} & set(turn.intents) or _HANGS_UP.search(words):
        return False
    if _BOOKS_ANEW.search(words) and change_words.kind_in(words) is None:
        state.change, state.task = Change(), Task.NONE
        return False
    if state.asked in HELP_OFFERS or (change_words.KEEPS.search(words) and not _says_when(turn)):
        _keep(state, turn)
        return True
    details = _details(state, turn, scene)
    if not _what(state, turn, scene) and not details:
        _which_and_when(state, turn, scene)
        if set(turn.intents) - _OURS:
            return False
    _consumed(turn)
    return True


def _what(state: State, turn: Turn, scene: Scene) -> bool:
    """Take in what is to be done, or the answer to whether it shall be; True when the words said that."""
    change = state.change
    kind = change_words.kind_in(turn.words)
    if kind is None and state.asked is Ask.CANCEL_OR_MOVE:
        kind = change_words.kind_by_place(turn.words)
        if kind is not None:
            _other_kind(state, replace(turn, text="", words=""), kind, scene)
            return True
    if kind is None and change.kind is Kind.OPEN and change.chosen is not None and wish_in(turn.text).words:
        kind = Kind.MOVE  # "Could I come on Wednesday?"
    answers = state.asked in (Ask.CANCEL_IT, Ask.NOTHING, Ask.SAME)
    if change.kind is Kind.CANCEL and change.read_back and answers:
        return _cancel_answer(state, turn, scene, kind)
    if kind in (None, Kind.OPEN, change.kind):
        return False
    _other_kind(state, turn, kind or Kind.OPEN, scene)
    return True


def _which_and_when(state: State, turn: Turn, scene: Scene) -> None:
    """Take in which appointment it is, and where to."""
    change = state.change
    if change.chosen is None and change.known:
        found = change_words.chosen_of(turn.text, change.known)
        if len(found) == 1:
            change.choose(found[0])
            settle(state, scene)
        elif found and len(found) == len(change.known) and change.kind is Kind.CANCEL:
            change.choose_all()
        elif not found and turn.refused:
            _keep(state, turn)
    elif change.chosen is None and _says_when(turn):
        # "Tomorrow at three" tells which one it is, here and to the team.
        change.about = f"{change.about} {turn.words}"
        state.staff_matter = f"{state.staff_matter} {turn.text.strip()}"
    elif change.chosen is not None and change.kind is Kind.MOVE:
        _moving(state, turn, scene)


def _details(state: State, turn: Turn, scene: Scene) -> bool:
    """Take in a name and a number, where they are needed to find the appointment."""
    if state.change.known or state.change.chosen is not None:
        return False
    named = understand_details.name(state, turn, scene)
    dialled = understand_details.phone(state, turn, scene)
    return named or dialled


def _cancel_answer(state: State, turn: Turn, scene: Scene, kind: Kind | None) -> bool:
    change = state.change
    others = [one for one in change.known if change.chosen and one.booking_id != change.chosen.booking_id]
    named = change_words.chosen_of(turn.text, others) if others else []
    if others and (len(named) == 1 or re.search(r"\b(?:the )?other (?:one|appointment)\b", turn.words)):
        change.choose(named[0] if len(named) == 1 else others[0])
        return True
    if kind is Kind.MOVE or (turn.refused and _says_when(turn)):
        _other_kind(state, turn, Kind.MOVE, scene)
        return True
    said_so = turn.agreed or kind is Kind.CANCEL or change_words.CANCELS.search(turn.words)
    if said_so and not turn.question and not refuses_cancelling(turn.text):
        change.agreed = True
        return True
    if turn.refused and Goal.HOLD not in turn.intents:
        _keep(state, turn)
        return True
    return False


def _other_kind(state: State, turn: Turn, kind: Kind, scene: Scene) -> None:
    """Take a change of mind between cancelling and moving."""
    change = state.change
    state.new_search()
    state.wish, state.search_words, state.to_change = TimePreference(), "", ""
    change.kind, change.read_back, change.agreed = kind, False, False
    about, target = change_words.split_change(turn.text)
    if kind is Kind.MOVE:
        change.target = target or (turn.text if _says_when(turn) else "")
    if change.chosen is None:
        change.about = change.about or about
    settle(state, scene)


def _moving(state: State, turn: Turn, scene: Scene) -> None:
    """Take in where to, which of the offers, and the answer to the read-back."""
    before = (state.chosen, state.search_key, state.practitioner)
    found = practitioner_in(turn.words, scene.facts, asked=state.asked is Ask.PRACTITIONER)
    if found is not None and state.practitioner != found.name:
        state.practitioner = found.name
        state.new_search()
    elif anyone_will_do(turn.words):
        state.practitioner = "anyone"
        state.new_search()
    changed = _new_time(state, turn, scene) or before != (state.chosen, state.search_key, state.practitioner)
    if changed or state.read_back is None or state.asked not in (Ask.READ_BACK, Ask.NOTHING, Ask.SAME):
        return
    if turn.agreed and not turn.question and not refuses_moving(turn.text):
        state.agreed = True
    elif turn.refused or refuses_moving(turn.text):
        # The new time does not suit: another one is asked for, and nothing was said against its day.
        state.last_day = f"{state.chosen.start:%A %B %-d}" if state.chosen and state.chosen.start else ""
        state.new_search()
        state.wish, state.search_words = TimePreference(), ""


def _new_time(state: State, turn: Turn, scene: Scene) -> bool:
    chosen = state.change.chosen
    if chosen is None:
        return False
    words = change_words.shifted(turn.words, chosen.start)
    if words != turn.words:
        # A time that depends on the appointment's is searched for in words of its own.
        turn = replace(turn, text=words, words=normal(words), intents=list(turn.intents))
    return when(state, turn, scene, volunteered=False)


def _says_when(turn: Turn) -> bool:
    return bool(wish_in(turn.text).words) or change_words.MOVES.search(turn.words) is not None


def _keep(state: State, turn: Turn) -> None:
    turn.kept = True
    turn.intents[:] = [one for one in turn.intents if one not in _OURS]
    state.task = Task.NONE
    state.new_search()
    state.wish, state.search_words = TimePreference(), ""


def _consumed(turn: Turn) -> None:
    turn.intents[:] = [one for one in turn.intents if one not in _OURS]
