"""What is asked or told beside the matter at hand, kept to be answered before going on."""

from agent.dialogue.account import joined
from agent.dialogue.acts import MATTERS, QUESTIONS, REFUSED, TALK, WISHES, Clause, Heard
from agent.dialogue.facts import asked_days
from agent.dialogue.matching import practitioner_in
from agent.dialogue.names_beside import GOES_FIRST
from agent.dialogue.state import CHANGES, NAME_ASKS, Kind, Scene, State
from agent.dialogue.times import TIME_ASKS, says_when
from language.datetimes.mentions import clock_mentions
from language.normalize import is_short
from language.phrases import phrase

_WITH_THEM = phrase("slots.with_them")
_NO_MATTER = phrase("update.no_matter")
_TOGETHER = phrase("wishes.together")
_POINTS_BACK = phrase("files_first.points_back")
SWAPS = phrase("wishes.swaps")
_SURE = 0.5
_CLEAR = 0.6
_STEADY = 0.75
_VERY_SURE = 0.8
_OF_BEING_LATE = frozenset(("general", "advice", "recap"))
_ASIDES = QUESTIONS | MATTERS | frozenset("smalltalk repeat hold question late".split())


def keep_questions(state: State, heard: Heard, scene: Scene, *, given: bool = False) -> None:
    """Keep what is asked or told beside the matter at hand, in order, to be answered before going on."""
    done = {kind for kind, _ in state.todo}
    if heard.surely("message", least=_SURE):
        done |= {"privacy", "records"}  # whom a message is about is no question about them
    for clause in heard.clauses:
        kind = _asked_kind(state, clause, scene)
        says = not _says_nothing(state, clause, kind, heard, given=given)
        if not says or (kind in done and kind != "general") or _passes(state, clause, heard, given=given):
            continue
        if kind in QUESTIONS and _is_answer(state, clause):
            continue
        if kind in QUESTIONS and clause.sure < _SURE and state.goal.kind is Kind.MESSAGE and state.goal.text:
            state.goal.text = joined(state.goal.text, clause.text)
        elif kind in _ASIDES or kind in ("greet", "thanks"):
            state.todo.append([kind, _whole(clause, kind, heard, scene)])
            if (
                kind == "general"
                and heard.surely("lookup", least=_SURE)
                and _POINTS_BACK.search(clause.words)
            ):
                state.todo.append(["own", heard.text])  # told where the files hold no answer
        elif clause.asks and _is_of_their_visit(state, clause, kind):
            state.todo.append(["lookup", clause.text])
        elif (
            (clause.asks and kind == "tell" and clause.sure < _SURE)
            or (clause.asks_in_form and kind == "symptom" and state.goal.kind is Kind.NONE)
        ) and not (is_short(clause.words, 2) or says_when(clause.text)):
            state.todo.append(["general", clause.text])


def _is_of_their_visit(state: State, clause: Clause, kind: str) -> bool:
    """Tell whether a visit that they have is asked for: "can you tell me if mine's the tenth?"."""
    changing = state.goal.kind in CHANGES and bool(state.known)
    unsure = kind == "tell" and clause.sure < _SURE and clause.second in ("lookup", "recap")
    return (kind == "lookup" and changing) or (unsure and state.goal.kind is Kind.NONE)


def _whole(clause: Clause, kind: str, heard: Heard, scene: Scene) -> str:
    """Give what is asked or told, with what it leans on: what goes to the team goes whole."""
    if kind in MATTERS or (kind == "hours" and not asked_days(clause.words, scene)):
        return heard.text.strip()
    before = heard.clauses[: heard.clauses.index(clause)][-1:]
    leans = kind == "general" and not clause.price and _POINTS_BACK.search(clause.words) is not None
    if not leans or not before or before[0].asks or says_when(before[0].text) or before[0].kind in TALK:
        return clause.text
    # "My dentist said I need a wisdom tooth out. Do you do that there?"
    return f"{before[0].text} {clause.text}"


def _says_nothing(state: State, clause: Clause, kind: str, heard: Heard, *, given: bool) -> bool:
    """Tell whether a clause that may be an act of its own is none beside the others."""
    several = len(heard.clauses) > 1
    if given and state.asked in NAME_ASKS and clause.sure < _SURE:
        return True
    if kind in TALK and clause.sure < _SURE and several:
        return True  # "Yes, dear."
    if kind in _OF_BEING_LATE and clause.sure < _VERY_SURE and heard.has("late"):
        return True  # "is that going to be a problem?", "do I still get seen?"
    if kind == "hold":
        return heard.yes or several or (given and clause.sure < _SURE)
    return kind == "greet" and (several or state.got_on)


def _passes(  # noqa: PLR0911 - a chain of decisions
    state: State, clause: Clause, heard: Heard, *, given: bool
) -> bool:
    """Tell whether a clause asks for nothing beside what was taken in."""
    if clause.kind in REFUSED and not clause.asks:
        # "It doesn't hurt or anything" beside a broken tooth, "my wife's is better" beside a number.
        alone = state.goal.kind is Kind.NONE and not given and not heard.has(*WISHES)
        return clause.sure < (_SURE if alone and clause.kind == "records" else _STEADY) or heard.has(
            "symptom"
        )
    if clause.kind == "wrong_number" and clause.sure < _CLEAR:
        return True  # "I'd like to boat a pudding meant" is a garble: nobody is hung up on for one
    if clause.kind in ("practitioners", "whom") and not clause.asks:
        return True  # "And not with Dr. Haddad."
    if any(kind == "swapped" for kind, _ in state.todo) and SWAPS.search(clause.words):
        return True  # "Can you swap those two?" is done
    if clause.kind == "general" and not clause.asks:
        # "And the filling, I want to cancel that one", "Can he go first? He hates to wait."
        ordered = given and GOES_FIRST.search(heard.text) is not None
        return ordered or heard.surely(*WISHES, least=_STEADY)
    if clause.kind == "general" and state.waiting:
        # "Can I do both the same day?" of two visits is what is looked for; "can she go first?" is done.
        together = any(kind == "two" for kind, _ in state.todo) and _TOGETHER.search(clause.words)
        return bool(together or (given and GOES_FIRST.search(clause.text)))
    wished = state.goal.kind is not Kind.NONE or heard.has("lookup", "recap")
    return wished and clause.kind in ("tell", "general") and _NO_MATTER.match(clause.words) is not None


def _asked_kind(state: State, clause: Clause, scene: Scene) -> str:
    """Give what a clause does; who it is with is asked of the times that are talked of."""
    talked_of = bool(state.goal.slot or state.goal.offers)
    own = state.goal.kind is Kind.NONE and clause.asks and clause.kind == "tell" and bool(state.appointments)
    if own and practitioner_in(clause.words, scene.facts, named=True) is not None:
        return "whom"  # "And it's Dr. Lee I see?"
    is_with = clause.asks and _WITH_THEM.match(clause.words) is not None
    named = is_with and practitioner_in(clause.words, scene.facts) is not None
    whom = clause.kind == "practitioners" and clause.second == "whom"
    return "whom" if talked_of and (named or whom) else clause.kind


def _is_answer(state: State, clause: Clause) -> bool:
    """Tell whether what may be a question gives what was asked for: "how about Friday?"."""
    if clause.kind in ("whom", "gender"):
        return False
    if state.asked in TIME_ASKS and clause.sure < _SURE and state.got_on:
        return True
    return (
        state.asked in TIME_ASKS
        and clause.sure < _VERY_SURE
        and (says_when(clause.text) or bool(clock_mentions(clause.words)))
        and not set(clause.words.split()) & {"open", "close", "closed", "hours"}
        and not clause.words.startswith(("how much", "how long", "do you take", "what if"))
    )
