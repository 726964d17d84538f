"""What callers say of appointments that they have: what is to be done with which, and where to."""

import re
from collections.abc import Sequence

from agent.dialogue.acts import ANOTHER, FACTS, Clause, Heard
from agent.dialogue.choose import choose
from agent.dialogue.matching import anyone_will_do, practitioner_in, service_in
from agent.dialogue.state import PHONE_ASKS, Ask, Kind, Scene, State
from agent.dialogue.times import day_phrase, let_go, says_when, take_when, want
from language import speak
from language.choices import Offer
from language.normalize import normal
from language.phone import digits
from language.phrases import phrase
from tools.appointments import Appointment
from tools.consent import agrees_to, leaves_standing

_PART_OF_A_NUMBER = 3
_BOTH = phrase("changes.both")
_MINE = phrase("changes.mine")
_CANNOT = phrase("changes.cannot")
_SPARED = phrase("changes.spared")
_TO = phrase("changes.to")
_THEN = phrase("changes.then")
_SIDE = phrase("changes.side")
_SHIFTS = phrase("changes.shifts")
_NAMED = phrase("changes.named")
# "I can't make it today" is no wish for today.
_MAKE_IT = phrase("changes.make_it")
_REMAKES = phrase("changes.remakes")
_OF_IT = phrase("changes.of_it")
_ANOTHER = phrase("changes.another")
_MINE_TOO = phrase("changes.mine_too")
_DENIED, _NO_MOVE = phrase("changes.denied"), phrase("changes.no_move")
_SURE = 0.5


def kind_in(heard: Heard) -> Kind | None:  # noqa: PLR0911 - a chain of decisions
    """Tell what an utterance wants done with an appointment that exists; None when it speaks of none."""
    kinds = [one.kind for one in heard.clauses]
    cancels = "cancel" in kinds
    moves = any(one.kind == "move" and not _NO_MOVE.search(one.words) for one in heard.clauses)
    if cancels and moves:
        return Kind.OPEN if re.search(r"\bor\b", heard.words) else Kind.MOVE
    if (
        cancels
        and not re.search(r"\bor\b", heard.words)
        and re.search(r"\b(?:re ?book|re ?schedule|book (?:a )?new)\b", heard.words)
    ):
        return Kind.MOVE
    if cancels and _CANNOT.search(heard.words) and says_when(_parted(heard)[1], asked=True):
        return Kind.MOVE  # "I can't make it, can we do the week after?"
    if cancels:
        return Kind.OPEN if re.search(r"\bor (?:re ?schedul|mov|chang)\w*", heard.words) else Kind.CANCEL
    if moves:
        return Kind.MOVE
    if "cannot_come" in kinds:
        return Kind.OPEN
    # "What's parking like? I have an appointment on Friday": that is only said beside the question.
    mentioned = not any(one.asks for one in heard.clauses if one.kind == "lookup")
    asks = any(one.asks and one.kind in {"general", *FACTS} for one in heard.clauses)
    return Kind.LOOK if "lookup" in kinds and not (mentioned and asks) else None


def moves_own(heard: Heard, scene: Scene) -> bool:
    """Tell whether a visit that they have is told beside a wish for another time or another person.

    "I have a cleaning on the seventeenth, and I was wondering if I could come earlier that day."
    """
    wish = _wish_beside_own(heard)
    words = " ".join(one.words for one in wish)
    if not wish or _MINE_TOO.search(words) or _ANOTHER.search(words):
        return False
    return practitioner_in(words, scene.facts) is not None or any(says_when(one.text) for one in wish)


def _wish_beside_own(heard: Heard) -> list[Clause]:
    """Give what is wished after a visit of their own was told."""
    told = (
        at
        for at, one in enumerate(heard.clauses)
        if one.kind != "symptom" and _MINE.search(one.words) and says_when(one.text)
    )
    place = next(told, None)
    if place is None or heard.clauses[place].asks_in_form:
        return []
    return [one for one in heard.clauses[place + 1 :] if one.kind in ("book", "move", "none") or one.asks]


def remakes(state: State, heard: Heard) -> bool:
    """Tell whether what was just booked, moved or told is to be at another time: "can we make it ten?"."""
    idle = state.goal.kind is Kind.NONE
    made = idle and state.outcome in ("booked", "moved") and bool(state.known)
    told = idle and not state.outcome and len(state.known) == 1 and state.asked is Ask.ANYTHING_ELSE
    if told and _OF_IT.search(heard.words):
        return says_when(heard.text, asked=True)
    if match := _MAKE_IT.search(heard.words):
        return made and says_when(match["target"], asked=True)
    return made and _REMAKES.search(heard.words) is not None and says_when(heard.text, asked=True)


def speaks_of_own(words: str) -> bool:
    """Tell whether words are about an appointment that exists, rather than one that is being booked."""
    return _MINE.search(words) is not None


def begin_change(state: State, kind: Kind, heard: Heard, scene: Scene) -> None:
    """Turn to an appointment that the caller has."""
    booked = [state.known[-1]] if state.known and state.outcome in ("booked", "moved") else []
    kept_name = state.goal.name or state.name
    # A number under which nothing was found is asked for again.
    state.begin(kind, name=kept_name, phone=state.phone)
    goal = state.goal
    if not goal.name and (named := _NAMED.search(heard.text)):
        goal.name, goal.for_other = named["name"], True
    goal.for_other = goal.for_other or (heard.is_for(ANOTHER) and not heard.is_for(("own",)))
    goal.about, goal.target = (heard.text, "") if kind in (Kind.CANCEL, Kind.LOOK) else _parted(heard)
    if kind is Kind.MOVE and not heard.has("move") and (wish := _wish_beside_own(heard)):
        goal.target = ", ".join(one.text for one in wish)
        goal.about = heard.text.partition(wish[0].text)[0]
    if kind in (Kind.OPEN, Kind.MOVE) and not goal.target:
        _take_target(state, heard)
    if kind in (Kind.OPEN, Kind.LOOK) and goal.target and says_when(goal.target, asked=True):
        goal.kind = Kind.MOVE
    if kind is Kind.LOOK:
        _look_is_move(state, heard)
    state.matter = heard.text.strip()
    if (other := practitioner_in(normal(goal.target), scene.facts, asked=True)) is not None:
        goal.practitioner = other.name
        # "Dr. Lee instead of Haddad, same time": the time stays unless another is named.
        goal.target = goal.target if says_when(goal.target, asked=True) else "the same time on the same day"
    if heard.has("elsewhere"):
        look_elsewhere(state)
        return
    if booked and not says_when(goal.about) and len(chosen_of(goal.about, state.appointments)) != 1:
        goal.booking_id = str(booked[0].get("booking_id"))
    settle(state)


def look_elsewhere(state: State) -> None:
    """Look for the visit under a name and a number that are told, whatever is under the call's own."""
    goal = state.goal
    goal.elsewhere, goal.booking_id, goal.phone, state.known = True, "", "", []
    goal.unread()


def _take_target(state: State, heard: Heard) -> None:
    """Take times told behind what cannot be for where to: "I can't do Friday. What about Monday?"."""
    cannot = ("cannot_come", "lookup", "cancel", "refuse")
    place = next((at for at, one in enumerate(heard.clauses) if one.kind in cannot), None)
    wish = [one.text for one in heard.clauses[(place or 0) + 1 :] if says_when(one.text)]
    if place is not None and wish:
        state.goal.target = ". ".join(one.strip(" .?!") for one in wish)
        state.goal.about = heard.text.partition(wish[0])[0]


def _look_is_move(state: State, heard: Heard) -> None:
    """Read "my appointment is at nine, can I come at ten" as the move that it is."""
    later = [
        one
        for one in heard.clauses
        if one.kind not in ("lookup", "recap") and says_when(one.text, asked=True)
    ]
    about = [one for one in heard.clauses if one.kind == "lookup"]
    if later and about and any(one.asks or one.kind in ("book", "move", "none") for one in later):
        state.goal.kind = Kind.MOVE
        state.goal.about = " ".join(one.text for one in about)
        state.goal.target = " ".join(one.text for one in later)


def _parted(heard: Heard) -> tuple[str, str]:  # noqa: PLR0911 - a chain of decisions
    """Part what says which appointment from what says where to."""
    which = next((at for at, one in enumerate(heard.clauses) if says_when(one.text)), None)
    if which is not None and heard.clauses[which].kind == "tell":
        later = [
            one
            for one in heard.clauses[which + 1 :]
            if one.kind == "move" and says_when(one.text, asked=True)
        ]
        if later:
            # "The one on the sixteenth, can that be in the afternoon? My ride can't come mornings."
            return heard.text.partition(later[0].text)[0], later[0].text
    words = _with_stops(heard)
    cannot = _CANNOT.search(words)
    # "I'm not going to make it Wednesday" makes it no other day.
    makes = (one for one in _MAKE_IT.finditer(words) if not (cannot and one.start() < cannot.end()))
    if (match := next(makes, None)) and says_when(match["target"], asked=True):
        return words[: match.start()], match["target"]
    if match := _SHIFTS.search(words):
        shift = match.group().replace(" by ", " ")  # "by a week" alone is a last day
        return f"{words[: match.start()]} {words[match.end() :]}".strip(), shift
    if match := _TO.search(words):
        return f"{words[: match.start()]} {match['about']}".strip(), match["target"].strip()
    if cannot:
        rest = _THEN.search(words, cannot.end())
        return (words[: rest.start()], rest["target"]) if rest else (words, "")
    if (rest := _THEN.search(words)) and rest.start() > 0 and says_when(words[: rest.start()]):
        return words[: rest.start()], rest["target"]
    if match := _SIDE.search(words):
        return _SIDE.sub("", words), "earlier" if match["earlier"] else "later"
    if re.search(r"\binstead\b|\bsame time\b|\b(?:switch|change) me\b", words) or (
        heard.clauses
        and heard.clauses[0].kind == "move"
        and not speaks_of_own(words)
        and says_when(words, asked=True)
    ):
        return "", words
    return words, ""


def _with_stops(heard: Heard) -> str:
    """Give the words of an utterance with a stop where a sentence ends: what follows stands by itself."""
    parts = [
        f"{one.words}{'.' if one.text.rstrip().endswith(('.', '!', '?')) else ''}" for one in heard.clauses
    ]
    return " ".join(parts).strip(" .") or heard.words


def settle(state: State) -> None:
    """Choose the appointment that is known to be meant, and put its new time into words of its own."""
    goal, known = state.goal, state.appointments
    if not goal.booking_id and len(known) == 1:
        goal.booking_id = known[0].booking_id
    if not goal.booking_id and goal.about:
        found = chosen_of(goal.about, known)
        if len(found) == 1:
            goal.booking_id = found[0].booking_id
        elif found and len(found) == len(known) and goal.kind in (Kind.CANCEL, Kind.MOVE):
            goal.booking_id, *goal.rest = (one.booking_id for one in found)
    chosen = state.chosen
    if chosen is not None and goal.target and goal.kind is Kind.MOVE:
        target, goal.target = goal.target, ""
        state.asked = Ask.WHEN
        if says_when(target, asked=True):
            want(state, target)


def chosen_of(text: str, known: Sequence[Appointment]) -> list[Appointment]:
    """Find which of the caller's appointments words mean: one when it is clear, else none or several."""
    # That they cannot come is no word against any of them; "but keep the check-up" is none for it.
    words = normal(text)
    spared = _SPARED.search(words)
    if found := _named(_SPARED.sub(" ", _CANNOT.sub(" ", words)), known):
        return found
    kept = _named(spared.group(), known) if spared else []
    return [one for one in known if one not in kept] if kept else []


def _named(words: str, known: Sequence[Appointment]) -> list[Appointment]:
    if _BOTH.search(words):
        return list(known)
    by_name = named_in(words, known)
    among = by_name or list(known)
    offers = [Offer(one.booking_id, one.start, speak.moment(one.start), one.practitioner) for one in among]
    picked = [one.slot_id for one in choose(words, offers)]
    found = [one for one in among if one.booking_id in picked]
    return found or (by_name if len(by_name) < len(known) or len(known) == 1 else [])


def named_in(words: str, known: Sequence[Appointment]) -> list[Appointment]:
    """List the visits that words name by what they are for or whose they are: "Andy's" is no one else's."""
    found = [one for one in known if _names(words, one)]
    theirs = [one for one in found if re.search(rf"\b{re.escape(_first_name(one))}'s\b", words)]
    return theirs or found


def _first_name(one: Appointment) -> str:
    return normal(one.name).split(" ", 1)[0] or "?"


def _names(words: str, one: Appointment) -> bool:
    """Tell whether words name what an appointment is for, or whose it is."""
    service, first = normal(one.service), _first_name(one)
    return bool(service and re.search(rf"\b{re.escape(service)}\b", words)) or bool(
        re.search(rf"\b{re.escape(first)}(?:'s|s)?\b", words)
    )


def go_on(state: State, heard: Heard, scene: Scene) -> bool:  # noqa: C901, PLR0911, PLR0912 - a chain of decisions
    """Take in what is said while an appointment is being changed.

    Returns:
        Whether the words were about that.
    """
    if heard.has("elsewhere") and not state.goal.elsewhere:
        look_elsewhere(state)
        return False  # the name and the number that come along are taken
    goal, known = state.goal, state.appointments
    new_kind = kind_in(heard)
    if state.asked is Ask.CANCEL_IT and any(_asks_for_times(one) for one in heard.clauses):
        new_kind = Kind.MOVE  # "No, wait. What else do you have on Friday?"
    moves = new_kind is Kind.MOVE and any(
        one.kind == "move" and one.sure >= _SURE and not _DENIED.search(one.words) for one in heard.clauses
    )
    denied = [one for one in heard.clauses if one.kind == "move" and _NO_MOVE.search(one.words)]
    keeps = (heard.has("keep", "abandon") or bool(denied)) and not moves and not heard.has("cancel")
    if state.asked is Ask.CANCEL_IT and goal.read_back:
        goal.agreed = agrees_to(heard.text, goal.read_back)
        goal.stands = not goal.agreed and leaves_standing(heard.text, goal.read_back)
        if stays := _asks_to_stay(state, heard):
            state.todo.append(["kept", stays])
        if goal.agreed or stays:
            return True
        if other := _other_one(state, heard):
            goal.booking_id = other
            goal.unread()
            return True
    if keeps or (
        state.asked is Ask.CANCEL_IT
        and heard.no
        and new_kind in (None, Kind.CANCEL)
        and not heard.has("hold", "wrong")
    ):
        state.todo.append(["kept", goal.booking_id])
        state.finish()
        return True
    if new_kind in (Kind.CANCEL, Kind.MOVE) and new_kind is not goal.kind:
        goal.kind = new_kind
        goal.unread()
        _, target = _parted(heard)
        target = target or ", ".join(one.text for one in heard.clauses if says_when(one.text))
        goal.target = target if new_kind is Kind.MOVE else ""
        settle(state)
        return True
    if state.asked is Ask.CANCEL_OR_MOVE and goal.kind is Kind.OPEN:
        if re.search(r"\b(?:first|former)\b", heard.words) or heard.has("none"):
            goal.kind = Kind.MOVE
            return True
        if re.search(r"\b(?:second|last|latter)\b", heard.words):
            goal.kind = Kind.CANCEL
            return True
    if not goal.booking_id and known and (found := chosen_of(heard.text, known)):
        if len(found) == 1:
            goal.booking_id = found[0].booking_id
            settle(state)
        elif goal.kind in (Kind.CANCEL, Kind.MOVE) and len(found) == len(known):
            goal.booking_id, *goal.rest = (one.booking_id for one in found)
            settle(state)
        return True
    if state.asked in PHONE_ASKS and len(digits(heard.text)) >= _PART_OF_A_NUMBER:
        return False
    if not goal.booking_id and not known and says_when(heard.text):
        goal.about = f"{goal.about} {heard.text}".strip()
        state.matter = f"{state.matter} {heard.text}".strip()
        return True
    if (
        goal.kind is Kind.OPEN
        and goal.booking_id
        and says_when(heard.text, asked=True)
        and not heard.has("general", "hours")
    ):
        goal.kind = Kind.MOVE
    if goal.kind is Kind.MOVE and goal.booking_id:
        return _moving(state, heard, scene)
    return False


def _asks_for_times(clause: Clause) -> bool:
    return clause.asks and clause.kind in ("book", "move", "none") and says_when(clause.text)


def _asks_to_stay(state: State, heard: Heard) -> str:
    """Give the other visit of which a yes asks: "Yes. And Ana's stays, right?"."""
    asked = " ".join(one.words for one in heard.clauses if one.asks)
    found = chosen_of(asked, state.appointments) if heard.yes and asked else []
    other = [one.booking_id for one in found if one.booking_id != state.goal.booking_id]
    return other[0] if len(found) == len(other) == 1 else ""


def _other_one(state: State, heard: Heard) -> str:
    """Read "no, the other one" where one of two was read back."""
    others = [one for one in state.appointments if one.booking_id != state.goal.booking_id]
    if len(others) == 1 and re.search(r"\bother\b", heard.words):
        return others[0].booking_id
    named = chosen_of(heard.text, others) if heard.no and others else []
    return named[0].booking_id if len(named) == 1 else ""


def _moving(state: State, heard: Heard, scene: Scene) -> bool:
    """Take in where to, which of the offers, and the answer to the read-back."""
    goal = state.goal
    before = goal.progress()
    found = practitioner_in(heard.words, scene.facts, asked=state.asked is Ask.PRACTITIONER)
    if found is not None and goal.practitioner != found.name:
        goal.practitioner = found.name
        goal.begin_search()
    elif anyone_will_do(heard.words):
        goal.practitioner = "anyone"
        goal.begin_search()
    if goal.read_back and agrees_to(heard.text, goal.read_back):
        goal.agreed = True
        return True
    goal.stands = bool(goal.read_back) and leaves_standing(heard.text, goal.read_back)
    take_when(state, heard, besides=False)
    if goal.progress() != before or state.unclear:
        return True
    if goal.read_back and (heard.no or heard.has("wrong")):
        # The new time does not suit: another one is asked for, and nothing was said against its day.
        let_go(goal, day_phrase(goal.slot))
        return True
    return False


def names_own(state: State, heard: Heard, scene: Scene) -> bool:
    """Tell whether a visit that they have is to be cancelled, rather than the one that is being booked."""
    goal, own = state.goal, speaks_of_own(heard.words)
    if goal.slot is not None:
        return bool(state.appointments) and re.search(r"\bmy\b", heard.words) is not None
    named = service_in(heard.words, scene.facts) is not None or says_when(heard.text)
    return own or (named and not goal.offers)


def wants_another(words: str) -> bool:
    """Tell whether words are about one more appointment."""
    return _ANOTHER.search(words) is not None
