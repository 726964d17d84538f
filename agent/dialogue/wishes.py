"""What a caller wants: which goal an utterance begins, and which it puts off."""

import re
from dataclasses import replace

from agent.dialogue import changes
from agent.dialogue.account import begin_message, note
from agent.dialogue.acts import ANOTHER, MATTERS, QUESTIONS, SEVERAL, Clause, Heard, hear
from agent.dialogue.choose import choose
from agent.dialogue.matching import practitioner_in, service_in
from agent.dialogue.names_beside import swap_people
from agent.dialogue.people import introduce
from agent.dialogue.state import CHANGES, NAME_ASKS, Ask, Goal, Kind, Scene, State
from agent.dialogue.times import says_when, timed_text
from contracts.partner import ServiceFacts
from language import names
from language.datetimes.mentions import clock_mentions, day_mentions
from language.normalize import normal
from language.phrases import phrase

_ONE_MORE = phrase("wishes.one_more")
_PARTY = phrase("wishes.party")
"""How many come, where that is said."""
_TOGETHER = phrase("wishes.together")
_NAMES_ONE = phrase("slots.names_one")
_MANY = {"two": 2, "2": 2, "both": 2, "three": 3, "3": 3, "all three": 3, "four": 4, "4": 4, "all four": 4}
_SURE = 0.5
_CLEAR = 0.55
"""Less sure than that, a wish for a visit that says neither what for nor when is none."""
_SURELY_DUE = 0.8
_NEARLY_WISHES = frozenset("book general lookup move opinion".split())
_AND = re.compile(r"\b(?:and|plus|also)\b", re.IGNORECASE)
_OF_A_VISIT = frozenset("book move symptom tell".split())
"""What a second visit is wished in beside a first: "and also I think I have a cavity"."""
_LEANS = phrase("files_first.points_back")
_ONLY_ME = phrase("wishes.only_me")
SWAPS = phrase("wishes.swaps")
_AFTER_ME = phrase("steps.after_me")
_SAME_NAME = phrase("wishes.same_name")
_COUNTED = phrase("wishes.counted")
"""People or visits that are counted, and no hours."""


def wished(state: State, heard: Heard, scene: Scene) -> Heard:
    """Take a question for a wish where what stands beside it calls for a visit.

    "I'm due for my check-up. Does she have anything on Tuesday?", "A filling broke, can I get it redone
    tomorrow?", "First thing tomorrow, do you have a cleaning?"
    """

    def wishes(one: Clause) -> bool:
        nearly = one.kind in _NEARLY_WISHES and "book" in (one.kind, one.second)
        if not nearly or one.price or changes.speaks_of_own(one.words):
            return False
        others = [other for other in heard.clauses if other is not one]
        if says_when(one.text):
            due = one.kind != "move" and any(
                other.kind == "book" and other.sure >= _SURELY_DUE for other in others
            )
            return due or any(
                other.kind in ("symptom", "happened") and other.sure >= _CLEAR for other in others
            )
        timed = any(says_when(other.text) and other.kind == "tell" and not other.busy for other in others)
        return timed and service_in(one.words, scene.facts) is not None

    if state.goal.kind is not Kind.NONE:
        return heard
    clauses = (replace(one, kind="book", sure=1.0) if wishes(one) else one for one in heard.clauses)
    return replace(heard, clauses=tuple(clauses))


def begin_wish(state: State, heard: Heard, scene: Scene) -> bool:  # noqa: C901, PLR0911 - a chain of decisions
    """Begin what the caller wants; True when that is about an appointment that they have."""
    goal = state.goal
    if goal.kind is Kind.BOOK and state.waiting and _ONLY_ME.search(heard.words):
        # "No, just me!": nobody comes along.
        state.waiting, goal.for_other, goal.name = [], False, state.name
        state.todo.append(["noted", ""])
        goal.begin_search()
        return False
    if goal.kind is Kind.BOOK and _swap(state, heard, scene):
        return False
    change = _change_meant(state, heard, scene)
    if change is not None:
        # A booking of this call that is not made is one that is given up for it.
        later = _booked_after(state, change, heard, scene)
        introduce(state, heard, scene)
        changes.begin_change(state, change, _without(heard, later), scene)
        return True
    if heard.has("late") and goal.kind is Kind.NONE:
        note(state, heard.text)
        if not heard.surely("book"):
            return False  # "late for my cleaning" asks for no cleaning
    put_off = _message_after(state, heard)
    if (
        goal.kind is not Kind.MESSAGE
        and not put_off
        and heard.surely("message", "waiting_list", least=0.45)
        and not heard.surely("book")
    ):
        begin_message(state, heard, scene)
        return False
    if goal.kind is Kind.BOOK:
        _one_more(state, heard, scene)
        return False
    if goal.kind is Kind.MESSAGE and state.asked in NAME_ASKS and heard.surely("book", least=0.75):
        # Who asks for a visit instead of giving a name wants that.
        begin_booking(state, heard, scene)
        return False
    if goal.kind in CHANGES:
        if heard.surely("book", least=0.5) and changes.wants_another(heard.words) and goal.kind is Kind.LOOK:
            begin_booking(state, heard, scene)
        return False
    if goal.kind is Kind.NONE and _wants_visit(state, heard, scene):
        begin_booking(state, heard, scene)
    return False


def _message_after(state: State, heard: Heard) -> bool:
    """Put off a message that is wished beside a visit, or beside the yes to one, until that is booked."""
    clause, goal = heard.first("message"), state.goal
    agrees = goal.kind is Kind.BOOK and goal.slot is not None and heard.yes
    if (
        clause is None
        or heard.has("waiting_list")
        or clause.sure < _SURE
        or not (agrees or heard.surely("book", least=_SURE))
    ):
        return False
    if goal.kind in (Kind.NONE, Kind.BOOK):
        state.waiting.append(Goal(kind=Kind.MESSAGE))
        state.todo.append(["next", clause.text])
    return True


def _change_meant(state: State, heard: Heard, scene: Scene) -> Kind | None:  # noqa: C901, PLR0911, PLR0912 - a chain of decisions
    kind = changes.kind_in(heard)
    if changes.remakes(state, heard):
        return Kind.MOVE
    if kind is None and state.goal.kind is Kind.NONE and changes.moves_own(heard, scene):
        return Kind.MOVE
    if state.outcome in ("booked", "moved") and heard.is_for(ANOTHER):
        return None  # "now the same for my husband": one more
    if kind is Kind.LOOK and any(one.kind == "book" and one.patient in ANOTHER for one in heard.clauses):
        return None  # "I'm coming on the tenth, and my sister needs one too"
    if kind is None or state.goal.kind in CHANGES or state.goal.kind is Kind.MESSAGE:
        return None
    if kind is Kind.MOVE and state.asked is Ask.BOOK_OFFER and not state.known:
        return None  # what was just cancelled is not moved: "can I come on Friday instead?" books
    own = changes.speaks_of_own(heard.words)
    cannot = heard.surely("cannot_come", least=0.7)
    if heard.surely("book", least=0.5) and not own and not cannot and kind is not Kind.CANCEL:
        return None
    if heard.surely("privacy", least=0.5):
        return None
    if state.goal.kind is Kind.BOOK:
        if kind is Kind.LOOK:
            asked = [["recap" if state.goal.slot else "lookup", heard.text]]
            state.todo += asked if heard.surely("lookup", least=_SURE) else []
            return None
        if kind is Kind.CANCEL and changes.names_own(state, heard, scene):
            return kind
        # "Move it" while one is being booked is another wish for it.
        if not own or (state.goal.slot is not None and not state.appointments):
            return None
    if kind is Kind.LOOK and state.goal.kind is Kind.NONE and state.outcome and not own:
        return None
    if kind is Kind.LOOK and state.spoken and state.outcome in ("booked", "moved"):
        state.todo.append(["recap", heard.text])
        return None
    return kind


def _wants_visit(state: State, heard: Heard, scene: Scene) -> bool:  # noqa: PLR0911 - a chain of decisions
    if heard.has("book"):
        leans = any(one.kind == "general" and one.asks and _LEANS.search(one.words) for one in heard.clauses)
        if leans and not _says_what_or_when(state, heard, scene):
            return False  # "I need a wisdom tooth out. Do you do that there?"
        if not heard.surely("book", least=_CLEAR) and not _says_what_or_when(state, heard, scene):
            return False  # "I would like to float" is a garble: it is asked again what they want
        return not heard.surely(*QUESTIONS, least=0.8) or any(
            one.kind == "book" and one.sure > _SURE for one in heard.clauses
        )
    asks = heard.has(*QUESTIONS, *MATTERS) or any(one.asks for one in heard.clauses)
    if state.asked is Ask.BOOK_OFFER and heard.has("move") and not heard.no:
        return True
    if any(one.kind in ("symptom", "urgent") and not one.asks_in_form for one in heard.clauses):
        return not heard.has(*QUESTIONS, "complaint") or heard.surely("symptom", least=0.8)
    if asks:
        return False
    declined = heard.no if state.asked is Ask.BOOK_OFFER else heard.declines
    if state.asked in (Ask.BOOK_OFFER, Ask.ANYTHING_ELSE) and declined:
        return False  # "No, that's from 10 cubed by" was "No, that's all, thank you, bye"
    return service_in(heard.words, scene.facts) is not None or (
        heard.has("tell", "none", "move") and says_when(timed_text(state, heard))
    )


def _says_what_or_when(state: State, heard: Heard, scene: Scene) -> bool:
    named = service_in(heard.words, scene.facts) or practitioner_in(heard.words, scene.facts)
    return named is not None or heard.has("symptom") or says_when(timed_text(state, heard))


def begin_booking(state: State, heard: Heard, scene: Scene) -> None:
    """Begin a booking; of several people each but the first is put off."""
    before = state.goal
    goal = state.begin(Kind.BOOK)
    own = next((one for one in heard.clauses if changes.speaks_of_own(one.words)), None)
    comes_along = any(one.patient in ANOTHER for one in heard.clauses if one is not own)
    if own is not None and comes_along and not heard.is_for(SEVERAL):
        goal.about, goal.for_other, goal.name = own.text, True, ""
    if before.kind is Kind.NONE and before.service:
        goal.service = before.service
    if not _take_party(state, heard, scene) and (two := _two_services(heard, scene)):
        first, second, when = two
        goal.service = first.id
        state.waiting.append(Goal(kind=Kind.BOOK, service=second.id, one_more=True, phrases=when))
        state.todo.append(["two", first.name.lower()])


def _take_party(state: State, heard: Heard, scene: Scene) -> bool:
    """Put off the visits of all but the first of several people; False where it is for one."""
    goal, counted = state.goal, _PARTY.search(heard.words)
    if not heard.is_for(SEVERAL):
        return False
    many = _MANY.get(counted["number"], 2) if counted else 2
    for _ in range(many - 1):
        state.waiting.append(Goal(kind=Kind.BOOK, for_other=True, one_more=True))
    if not heard.is_for(("both",)):
        goal.for_other, goal.name = True, ""
    goal.one_more = True
    _part_services(state, heard, scene)
    _part_days(state, heard)
    together = _TOGETHER.search(heard.words) is not None
    state.todo.append(["party", "" if together else str(many)])
    return True


def _two_services(heard: Heard, scene: Scene) -> tuple[ServiceFacts, ServiceFacts, list[str]] | None:
    """Give the services of "a cleaning on Monday and a check-up the week after", and when the second is."""
    said = [one.text for one in heard.clauses if one.kind in _OF_A_VISIT and not one.price]
    parts = [part for one in said for part in _AND.split(one) if part]
    named = [(part, found) for part in parts if (found := service_in(normal(part), scene.facts))]
    joined = heard.has("book") and _AND.search(heard.text) is not None
    if not joined or len(named) != 2 or named[0][1] == named[1][1]:  # noqa: PLR2004 - of two
        return None
    when = named[1][0].strip(" ,.")
    return named[0][1], named[1][1], [when] if says_when(_TOGETHER.sub(" ", when)) else []


def _part_services(state: State, heard: Heard, scene: Scene) -> bool:
    """Give each of two people their own service: "a cleaning for me and a check-up for my daughter"."""
    parts = [(part, service_in(part, scene.facts)) for part in re.split(r"\band\b", heard.words)]
    named = [(part, found.id) for part, found in parts if found is not None]
    if len(state.waiting) != 1 or not named:
        return False
    others = hear(named[0][0]).is_for(ANOTHER)
    if len(parts) > 1 and named[0][0] == parts[0][0] and others != state.goal.for_other:
        # "A filling for my son Leo, and a check-up for me": in that order.
        swap_people(state.goal, state.waiting[0])
    if len(named) != 2 or named[0][1] == named[1][1]:  # noqa: PLR2004 - of two
        return False
    state.goal.service, state.waiting[0].service = named[0][1], named[1][1]
    return True


def _part_days(state: State, heard: Heard) -> bool:
    """Give each of two people their own days: "mine on Tuesday and hers on Wednesday"."""
    parts = [hear(part) for one in heard.clauses for part in re.split(r",|\band\b", one.text)]
    timed = [one for one in parts if one.clauses and says_when(one.text)]
    theirs = [one.text.strip(" ,.") for one in timed if one.is_for(ANOTHER)]
    own = [one.text.strip(" ,.") for one in timed if one.is_for(("own",))]
    if len(state.waiting) != 1 or len(theirs) != 1 or len(own) != 1:
        return False
    state.waiting[0].phrases = own if state.goal.for_other else theirs
    return True


def _swap(state: State, heard: Heard, scene: Scene) -> bool:
    """Take what two visits have the other way round: whose each is, or what for, or when."""
    goal, other = state.goal, state.waiting[0] if len(state.waiting) == 1 else None
    if other is None or other.kind is not Kind.BOOK:
        return False
    bare = SWAPS.search(heard.words)
    if not bare and not heard.is_for(SEVERAL):
        return False
    if _part_services(state, heard, scene):
        goal.begin_search()
    elif _part_days(state, heard):
        goal.phrases = []
        goal.begin_search()
    elif not bare:
        return False
    elif other.service not in ("", goal.service):
        goal.service, other.service = other.service, goal.service
        goal.begin_search()
    elif other.phrases:
        goal.phrases, other.phrases = other.phrases, goal.phrases
        goal.begin_search()
    else:
        swap_people(goal, other)
    state.todo.append(["swapped", ""])
    return True


def _one_more(state: State, heard: Heard, scene: Scene) -> None:
    """Put off one more booking that is asked for while one is being made."""
    clause = heard.first("book")
    goal = state.goal
    if not (goal.slot or goal.offers or state.waiting) and _take_party(state, heard, scene):
        return
    if clause is None:
        return
    theirs, service = clause.patient in ANOTHER, service_in(clause.words, scene.facts)
    same = service is None or service.id == goal.service
    if theirs and same and goal.for_other and not goal.name and state.asked in NAME_ASKS:
        return  # "And now his sister, Lily": who she is was asked
    other = theirs or (goal.for_other and clause.patient == "own")
    if service is None and not other and _is_unlisted(clause, goal):
        state.todo.append(["not_offered", clause.text])
    if not (other or _ONE_MORE.search(clause.words)):
        return
    others = [one.text for one in heard.clauses if one is not clause]
    takes = heard.yes and len(goal.offers) == 1
    if not (goal.slot or takes) and not any(
        len(choose(one, goal.offers)) == 1 or says_when(one, asked=True) for one in others
    ):
        return
    if not other and same:
        return
    told = _told_of_them(state, heard, clause) if theirs else [clause]
    put_off = next((one for one in state.waiting if theirs and one.for_other and not one.phrases), None)
    if put_off is None:
        put_off = Goal(kind=Kind.BOOK, for_other=theirs, one_more=True)
        put_off.service = service.id if service else goal.service
        put_off.name = "" if theirs else state.name if other else goal.name
        state.waiting.append(put_off)
    when = [_COUNTED.sub(" ", one.text) for one in told]
    put_off.phrases = [one for one in when if says_when(one) or _AFTER_ME.search(normal(one))]
    named = next(filter(None, (_SAME_NAME.match(one.text) for one in told)), None)
    if named and names.is_whole(goal.name):
        put_off.name = f"{named['first']} {goal.name.split()[-1]}"
    state.todo.append(["next", ", ".join(one.text for one in told)])


def _told_of_them(state: State, heard: Heard, wish: Clause) -> list[Clause]:
    """Give a wish for another's visit with what is told of it behind it, where the first is read back."""
    behind = heard.clauses[heard.clauses.index(wish) + 1 :] if state.asked is Ask.READ_BACK else ()
    return [wish, *(one for one in behind if one.kind in ("tell", "book") and one.patient != "own")]


def _is_unlisted(clause: Clause, goal: Goal) -> bool:
    """Tell whether a wish names something that the practice does not book: "can I book the whitening too"."""
    told = day_mentions(clause.words) or clock_mentions(clause.words) or choose(clause.words, goal.offers)
    known = goal.service and clause.sure >= _SURE
    return bool(known) and not told and _NAMES_ONE.search(clause.words) is not None


def without_put_off(state: State, heard: Heard) -> Heard:
    """Give an utterance without what was put off: its values are of that, not of what is being made."""
    later = [text for kind, text in state.todo if kind == "next"]
    others = [one for goal in state.waiting if goal.one_more for one in goal.phrases]
    if any(one in heard.text for one in others):
        # The days of who comes along are theirs alone.
        kept = [(one, _cut(one.text, others)) for one in heard.clauses]
        clauses = tuple(replace(one, text=text, words=normal(text)) for one, text in kept if text)
        text = ", ".join(one.text for one in clauses)
        heard = replace(heard, text=text, words=normal(text), clauses=clauses)
    if state.goal.kind is Kind.BOOK and state.goal.about:
        later.append(state.goal.about)  # what they have themselves says nothing of when the other comes
    return _without(heard, tuple(one for one in heard.clauses if any(one.text in text for text in later)))


def _cut(text: str, parts: list[str]) -> str:
    for part in parts:
        text = text.replace(part, "")
    return text.rstrip(" ,.").removesuffix(" and").rstrip(" ,")


def _without(heard: Heard, put_off: tuple[Clause, ...]) -> Heard:
    if not put_off:
        return heard
    kept = tuple(one for one in heard.clauses if one not in put_off)
    text = ", ".join(one.text for one in kept)
    return replace(heard, text=text, words=normal(text), clauses=kept)


def _booked_after(state: State, change: Kind, heard: Heard, scene: Scene) -> tuple[Clause, ...]:
    """Put off what is to be booked when an appointment is cancelled: "cancel that, and book a filling"."""
    wishes = tuple(one for one in heard.clauses if one.kind == "book" and one.sure >= _SURE)
    if change is not Kind.CANCEL or not wishes:
        return ()
    words = " ".join(one.words for one in wishes)
    when = ", ".join(one.text for one in wishes if says_when(one.text))
    service = service_in(words, scene.facts)
    state.waiting.append(
        Goal(kind=Kind.BOOK, service=service.id if service else "", phrases=[when] if when else [])
    )
    state.todo.append(["next", words])
    return wishes
