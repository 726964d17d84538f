"""What an utterance does to the state: every act in it is taken in, or kept to be answered."""

import re
import zlib
from dataclasses import replace

from agent.dialogue import account, changes
from agent.dialogue.acts import (
    FACTS,
    MATTERS,
    ONLY_THERE,
    QUESTIONS,
    THEIR_HOURS,
    WISHES,
    Clause,
    Heard,
    hear,
    hear_name,
)
from agent.dialogue.ages import age_in
from agent.dialogue.answers import (
    answer_move_or_new,
    answer_offer,
    message_text,
    reads_back,
    take_rule_answer,
)
from agent.dialogue.facts import asked_days
from agent.dialogue.files_first import asks_the_files, asks_whose, goes_on_asking, wishes_unclearly
from agent.dialogue.identity import take_identity
from agent.dialogue.matching import practitioner_in, service_in
from agent.dialogue.people import introduce
from agent.dialogue.questions import keep_questions
from agent.dialogue.rules import goes_to_a_person
from agent.dialogue.slots import take_values
from agent.dialogue.state import (
    CHANGES,
    HELP_OFFERS,
    IDENTITY_ASKS,
    NAME_ASKS,
    PHONE_ASKS,
    Ask,
    Goal,
    Kind,
    Scene,
    State,
)
from agent.dialogue.times import says_when, take_slot
from agent.dialogue.wishes import begin_booking, begin_wish, wished, without_put_off
from language import speak
from language.danger.detector import DangerDetector, Level
from language.normalize import is_short, normal
from language.phrases import phrase
from language.spelling import explains
from language.which import language_after

_FAREWELL = phrase("update.farewell")
_THANKS = phrase("answers.thanks")
_OFFICE = phrase("update.office")
_LITTLE = 12
_FEW_WORDS = 2
_SLIP_WORDS = 3
_AGAINST = frozenset("refuse abandon cannot_come".split())
_PARTING = frozenset("bye thanks refuse agree hold greet".split())
_SURE = 0.5
_LIKELY = 0.4
_CLEAR = 0.6
_VERY_SURE = 0.8
_ASKED_WHO = (*NAME_ASKS, *PHONE_ASKS, Ask.BIRTH_DATE, Ask.CODE)
_ASKED_VALUES = (*NAME_ASKS, Ask.WHEN, Ask.SERVICE, Ask.PHONE, Ask.PHONE_REST)
_MAY_BE_THEIRS = FACTS | frozenset("privacy whom general tell today".split())
_OPENINGS = ONLY_THERE | {"greet", "thanks"}
_NOT_OF_THEM = MATTERS | {"privacy"}
_TELLS = phrase("update.tells")
_OF_THEM = phrase("update.of_them")


def take_in(state: State, text: str, scene: Scene) -> None:
    """Take an utterance in.

    Args:
        state: The state so far; changed in place.
        text: The caller's words as recognised; empty when nothing was understood.
    """
    heard = _hear(state, text)
    state.turns += 1
    state.calls, state.todo, state.told, state.unclear = {}, [], [], []
    state.leaving = state.got_on = state.chose = state.filled = False
    state.unheard = not heard.words
    before, misses = (state.goal.progress(), len(state.waiting)), state.misses
    understood = False
    if heard.words:
        state.urgent = state.turns if _is_urgent(state, heard) else state.urgent
        state.language = language_after(text, state.language)
        if (named := service_in(heard.words, scene.facts)) is not None:
            state.topic = named.id
        state.age = age_in(text) or state.age
        heard = wished(state, _cannot_come(state, _their_hours(state, heard, scene)), scene)
        heard = _for_somebody(state, heard, scene)
        understood = _take(state, heard, scene)
        if state.language == "es":
            _keep_for_the_team(state, heard, scene, understood=understood)
    state.got_on = (state.goal.progress(), len(state.waiting)) != before or state.leaving
    wondered = [normal(text) for kind, text in state.todo if kind in QUESTIONS]
    if state.got_on or set(wondered) - set(state.wondered):
        state.asks = {}  # whom something new is asked is no nearer to giving up
    state.wondered = [*state.wondered, *wondered][-12:]
    understood = understood or state.got_on or bool(state.todo) or bool(state.unclear)
    if not any(kind == "files" for kind, _ in state.todo):
        # Whether words that the files are asked about were understood is known when they have answered.
        state.misses = 0 if understood else state.misses + 1
    _watch_progress(state)
    _watch_presence(state, misses)


def _keep_for_the_team(state: State, heard: Heard, scene: Scene, *, understood: bool) -> None:
    """Keep what is told and asked in a language in which nothing is done but to hand it over."""
    if state.goal.kind is Kind.MESSAGE or state.leaving:
        return
    if not understood and not state.todo and any(one.asks for one in heard.clauses):
        state.todo.append(["general", heard.text])
    else:
        account.note(state, account.told(heard, scene))


def _hear(state: State, text: str) -> Heard:
    """Take an utterance apart; where a name is asked for, or the one time offered, a name is a name."""
    only = state.asked is Ask.SLOT and len(state.goal.offers) == 1 and bool(state.goal.heard)
    named = hear_name(text) if only or state.asked is Ask.NAME else None
    if named is not None and only:
        # Who gives their name has taken the time.
        take_slot(state, state.goal.offers[0])
        state.asked = Ask.NAME
    return named or hear(text)


def _their_hours(state: State, heard: Heard, scene: Scene) -> Heard:
    """Take for that what asks when somebody is there: "I'm a patient of Dr. Lee's, is she in on Friday?"."""
    named = practitioner_in(heard.words, scene.facts)
    if named is not None:
        state.whom = named.id

    def asks(one: Clause) -> bool:
        whom = practitioner_in(one.words, scene.facts) or (state.whom and _OF_THEM.search(one.words))
        plain = one.asks and not one.price and (one.kind in _MAY_BE_THEIRS or one.sure < _SURE)
        return bool(whom) and plain and (one.kind == "hours" or bool(asked_days(one.words, scene)))

    if not any(map(asks, heard.clauses)):
        return heard
    clauses = [
        replace(one, kind=THEIR_HOURS, sure=1.0)
        if asks(one)
        else replace(one, kind="tell")
        if one.kind in _NOT_OF_THEM and named is not None and not one.asks
        else one
        for one in heard.clauses
    ]
    return replace(heard, clauses=tuple(clauses))


def _cannot_come(state: State, heard: Heard) -> Heard:
    """Take a day that is turned down where none was offered for one on which they have a visit."""
    first = next((one for one in heard.clauses if one.kind not in _OPENINGS), None)
    idle = state.goal.kind is Kind.NONE and state.asked in (Ask.HELP, Ask.ANYTHING_ELSE)
    if not idle or first is None or first.kind != "refuse" or first.sure < _SURE or not says_when(first.text):
        return heard
    meant = replace(first, kind="cannot_come", sure=1.0)
    return replace(heard, clauses=tuple(meant if one is first else one for one in heard.clauses))


def _for_somebody(state: State, heard: Heard, scene: Scene) -> Heard:
    """Take for a message what somebody of the practice is to be told: "please ask Dr. Lee whether I ..."."""
    told = [
        one
        for one in heard.clauses
        if _TELLS.match(one.words) and practitioner_in(one.words, scene.facts) is not None
    ]
    if not told or state.goal.kind is not Kind.NONE:
        return heard
    clauses = (replace(one, kind="message", sure=1.0) if one in told else one for one in heard.clauses)
    return replace(heard, clauses=tuple(clauses))


def _is_urgent(state: State, heard: Heard) -> bool:
    """Tell whether the caller tells of what should be seen soon; danger is answered before they get here."""
    goal = state.goal.kind in (Kind.NONE, Kind.BOOK)
    if not goal or state.asked in (*NAME_ASKS, *PHONE_ASKS) or heard.has(*QUESTIONS):
        return False
    if heard.surely("urgent", least=_LIKELY if heard.has("symptom") else _SURE):
        return True
    level = DangerDetector.shared().read(heard.text, state.language).level
    # What may have been danger is none once they have said so.
    return level is Level.URGENT or (level is Level.UNSURE and heard.surely("symptom"))


def _watch_progress(state: State) -> None:
    """Count the rounds that led to where the conversation has been before."""
    # Alike in every process: another may take the conversation up.
    reached = str(zlib.crc32(repr(state.goal.progress()).encode()))
    aside = bool(state.todo)
    if (
        reached in state.been
        and state.goal.kind is not Kind.NONE
        and state.asked not in HELP_OFFERS
        and not aside
    ):
        state.stalls += 1
    elif reached not in state.been:
        state.stalls = 0
    state.been = [*state.been, reached][-24:]


def _watch_presence(state: State, misses: int) -> None:
    """Count the rounds in which the caller only was there; they undo no utterance that was not understood."""
    kinds = {kind for kind, _ in state.todo}
    if kinds and kinds <= ONLY_THERE and not state.got_on:
        state.idle += 1
        state.misses = misses
    elif kinds or state.got_on:
        state.idle = 0


def _wants_person(state: State, heard: Heard, scene: Scene) -> bool:
    # The first words come garbled more often than others, and nobody is put through for a garble.
    least = _CLEAR if state.turns <= 1 else _LIKELY
    if not heard.surely("person", least=least) or heard.surely("identity", "message", least=_LIKELY):
        return False
    # "I'd like to see Dr. Lee" is a wish for a visit.
    return state.goal.kind is not Kind.BOOK or practitioner_in(heard.words, scene.facts) is None


def _misdialled(heard: Heard) -> bool:
    """Tell whether another number was surely meant: "Is that Gino's? Two pizzas, please"."""
    whole = heard.whole
    surely = whole is not None and whole.kind == "wrong_number" and whole.sure >= _VERY_SURE
    return (
        surely and heard.surely("wrong_number", least=_VERY_SURE) and not heard.surely(*WISHES, least=_SURE)
    )


def _presses(state: State, heard: Heard) -> bool:
    """Tell whether words press for what was refused in the turn before."""
    if (
        not state.pressed
        or (heard.yes and state.asked in (Ask.READ_BACK, Ask.CANCEL_IT, Ask.CALLER_PHONE))
        or state.pressed != state.turns - 1
        or state.asked in NAME_ASKS
        or heard.whole is None
    ):
        return False
    other = heard.surely(
        "message",
        "person",
        "bye",
        "thanks",
        "book",
        "cancel",
        "move",
        "lookup",
        *FACTS,
        "general",
        least=_SURE,
    )
    if state.goal.kind is not Kind.NONE and says_when(heard.text):
        return False
    return not other and not (heard.no and len(heard.clauses) == 1 and heard.has("refuse", "bye"))


def _take(state: State, heard: Heard, scene: Scene) -> bool:  # noqa: C901, PLR0911, PLR0912 - a chain of decisions
    if heard.surely("here", least=_SURE) and len(heard.clauses) == 1:
        # The answer to "are you still there?": what was asked before that stands.
        state.todo.append(["here", ""])
        return True
    if _presses(state, heard):
        state.todo.append(["privacy", heard.text])
        return True
    if state.asked is Ask.MESSAGE_TEXT and state.goal.kind is Kind.MESSAGE:
        return message_text(state, heard, scene)
    if (state.asked in IDENTITY_ASKS and take_identity(state, heard, scene)) or (
        state.asked is Ask.RULE and take_rule_answer(state, heard, scene)
    ):
        keep_questions(state, heard, scene, given=True)
        return True
    if state.asked in HELP_OFFERS:
        if answer_offer(state, heard, scene):
            if state.goal.kind is Kind.MESSAGE:
                keep_questions(state, heard, scene)
            return True
        heard = _hear(state, heard.text)
    if state.asked is Ask.MOVE_OR_NEW and answer_move_or_new(state, heard):
        return True
    if rest := _wants_no_visit(state, heard, scene):
        state.goal, state.asked = Goal(name=state.goal.name, phone=state.goal.phone), Ask.ANYTHING_ELSE
        return _take(state, hear(rest), scene)
    if state.asked is Ask.ANYTHING_ELSE and account.add_after(state, heard, scene):
        return True
    if _leaves(state, heard):
        state.leaving = True
        return True
    if whose := asks_whose(state, heard, scene):
        state.todo.append([whose, ""])
        return True
    if state.goal.kind is Kind.NONE and _misdialled(heard):
        state.todo.append(["wrong_number", heard.text])
        return True
    if state.goal.kind is Kind.NONE and _OFFICE.search(heard.words) and not heard.surely("book", "message"):
        # Another office, a laboratory, a pharmacy: what they call about is the team's.
        state.todo.append(["pharmacy", heard.text.strip()])
        return True
    if asked := goes_on_asking(state, heard, scene):
        introduce(state, heard, scene)
        state.todo.append(asked)
        return True
    if state.asked not in _ASKED_WHO and (rule := goes_to_a_person(heard, scene.facts.rules)):
        account.note(state, heard.text)
        state.todo.append(["to_a_person", rule])
        return True
    if asks_the_files(state, heard):
        introduce(state, heard, scene)
        state.todo.append(["files", heard.text])
        return True
    if wishes_unclearly(state, heard):
        state.todo.append(["team", heard.text])
        return True
    return _take_rest(state, heard, scene)


def take_unanswered(state: State, text: str, scene: Scene) -> None:
    """Take in what the practice's files were asked about first, and did not answer."""
    heard = hear(text)
    understood = _take_rest(state, heard, scene)
    state.got_on = state.goal.kind is not Kind.NONE
    understood = understood or state.got_on or bool(state.todo) or bool(state.unclear)
    state.misses = 0 if understood else state.misses + 1


def _take_rest(state: State, heard: Heard, scene: Scene) -> bool:  # noqa: PLR0911 - a chain of decisions
    if state.asked is Ask.READ_BACK and explains(state.goal.name, heard.words):
        # What a name is like confirms it; the question of the read-back stands.
        state.todo.append(["noted", ""])
        return True
    if state.asked is Ask.ANYTHING_ELSE and heard.yes and all(one.kind == "agree" for one in heard.clauses):
        state.todo.append(["question", ""])
        return True
    if _wants_person(state, heard, scene):
        state.todo.append(["person", heard.text])
        return True
    if _adds_a_note(state, heard) or _abandons(state, heard, scene):
        keep_questions(state, heard, scene)
        return True
    if state.goal.kind is Kind.NONE and state.known and heard.surely("keep", least=_SURE):
        state.todo.append(["kept", ""])
        return True
    if state.asked is Ask.BOOK_OFFER and heard.yes and not heard.declines and state.goal.kind is Kind.NONE:
        begin_booking(state, heard, scene)
    begun = begin_wish(state, heard, scene)
    if state.urgent == state.turns:
        if state.goal.kind is Kind.NONE:
            begin_booking(state, heard, scene)
        # The earliest times are offered unasked, where they have not said when.
        state.goal.loose = state.goal.kind is Kind.BOOK and not state.goal.phrases
    heard = without_put_off(state, heard)
    if not begun and state.goal.kind in CHANGES and changes.go_on(state, heard, scene):
        keep_questions(state, heard, scene)
        return True
    given = reads_back(state, heard) or take_values(state, heard, scene)
    keep_questions(state, heard, scene, given=given)
    answers_polar = state.asked not in _ASKED_VALUES and (heard.yes or heard.no or heard.has("any"))
    parting = state.asked not in _ASKED_WHO and heard.surely("thanks", "bye", least=_SURE)
    wishes = state.goal.kind is Kind.BOOK and heard.surely("book", least=_SURE)  # once more, in other words
    return given or answers_polar or parting or wishes or (heard.has("wrong") and bool(state.goal.to_change))


def _adds_a_note(state: State, heard: Heard) -> bool:
    """Take what the team should know of a visit that is booked already as a message."""
    note = heard.first("note")
    own = ", ".join(f"{one.what}, {speak.moment(one.start)}" for one in state.appointments)
    spoken = state.spoken if state.outcome in ("booked", "moved") else own
    if note is None or note.sure < _SURE or state.goal.kind is not Kind.NONE or not spoken:
        return False
    name, phone = state.name, state.phone
    state.begin(Kind.MESSAGE, text=f"{note.text.strip()} ({spoken})", name=name, phone=phone)
    return True


def _leaves(state: State, heard: Heard) -> bool:  # noqa: PLR0911 - a chain of decisions
    """Tell whether the caller is leaving: recognition writes "bye" for a five and for much else."""
    parting = _PARTING
    if _FAREWELL.search(heard.words):
        # "None of those. Forget it, thanks, bye."
        parting |= {"none", "abandon"}
        last = heard.clauses[-1]
        if state.goal.kind is Kind.NONE and last.kind == "bye" and last.sure >= _VERY_SURE:
            parting |= {"keep", "tell"}  # "I'll phone when she's better. Bye."
    if state.asked in (Ask.ANYTHING_ELSE, Ask.BOOK_OFFER) and heard.declines and _parts(heard.clauses[-1]):
        return state.goal.kind is Kind.NONE and not any(one.asks for one in heard.clauses)
    others = [one for one in heard.clauses if one.kind not in parting and one.sure > _SURE]
    if others or re.search(r"\d", heard.words) or any(one.asks for one in heard.clauses):
        return False
    idle = state.goal.kind is Kind.NONE
    beside = sum(len(one.words.split()) for one in heard.clauses if one.kind not in parting)
    if idle and state.asked in (Ask.ANYTHING_ELSE, Ask.BOOK_OFFER):
        gives_up = heard.has("abandon") and not state.spoken
        # Nobody is hung up on who goes on: "no, I'm asking about my mother-in-law's".
        ends = gives_up or beside <= _SLIP_WORDS
        thanks = heard.has("bye", "thanks") or _THANKS.search(heard.words) is not None
        return ends and (gives_up or heard.no or heard.declines or thanks)
    if beside > _FEW_WORDS:
        return False
    if not (heard.surely("bye", least=_SURE) or _FAREWELL.search(heard.words)) or not is_short(
        heard.words, _LITTLE
    ):
        return False
    if state.asked in _ASKED_WHO:
        return bool(_FAREWELL.search(heard.words)) and (state.misses > 0 or not is_short(heard.words, 2))
    if not idle:
        return _FAREWELL.search(heard.words) is not None
    return idle


def _parts(clause: Clause) -> bool:
    """Tell whether a clause takes leave, more likely than anything but small talk: "have a blessed day"."""
    return clause.kind in ("bye", "thanks") or (
        clause.kind in ("tell", "smalltalk") and clause.second == "bye"
    )


def _wants_no_visit(state: State, heard: Heard, scene: Scene) -> str:
    """Give what is wanted instead by who is asked what a visit is for, and wants none; else nothing.

    "I don't want to come in, I need a note for my work."
    """
    idle = state.goal.kind is Kind.NONE
    asked = state.asked is Ask.SERVICE and state.goal.kind is Kind.BOOK and not state.goal.service
    kinds = _AGAINST if asked else {"abandon"} if idle else set()
    against = [one for one in heard.clauses if one.kind in kinds and one.sure >= _SURE and not one.asks]
    others = [one for one in heard.clauses if one not in against]
    rest = " ".join(one.text for one in others)
    visit = heard.surely("book", "symptom", "urgent", least=_SURE)
    visit = visit or service_in(heard.words, scene.facts) is not None
    visit = visit or any(says_when(one.text) for one in against)  # "I can't do the fourth any more."
    visit = visit or (idle and not any(one.asks for one in others))
    return "" if not against or visit or is_short(normal(rest), _SLIP_WORDS) else rest


def _abandons(state: State, heard: Heard, scene: Scene) -> bool:
    goal = state.goal
    own = changes.names_own(state, heard, scene)
    # "And I'll take the Tuesday" sounds a little like it, and takes one of those that were offered.
    cancels = goal.kind is Kind.BOOK and not own
    cancels = cancels and any(
        one.kind == "cancel" and (one.sure >= _CLEAR or not says_when(one.text)) for one in heard.clauses
    )
    cancels = cancels and (goal.slot is not None or not (state.appointments or heard.has("book")))
    gives_up = heard.surely("abandon", least=0.45) and not heard.has("book", "message", "move")
    # "Cancel my four o'clock, I'll call when I feel better" gives up no call.
    gives_up = gives_up and (
        goal.kind is Kind.BOOK or not heard.surely("cancel", "cannot_come", least=_CLEAR)
    )
    # "No, thanks" answers neither of these: they want no visit.
    gives_up = gives_up or (
        state.asked in (Ask.WHEN, Ask.SERVICE)
        and goal.kind is Kind.BOOK
        and heard.no
        and is_short(heard.words, 3)
        and all(one.kind in ("refuse", "thanks") for one in heard.clauses)
    )
    if goal.kind in CHANGES and gives_up:
        return False
    if not (cancels or gives_up):
        return False
    if goal.kind is Kind.NONE:
        state.todo.append(["nothing_given_up", heard.text])
        return True
    state.waiting = []
    state.todo.append(["dropped", str(goal.kind)])
    state.goal = Goal(name=goal.name if not goal.for_other else "", phone=goal.phone)
    return True
