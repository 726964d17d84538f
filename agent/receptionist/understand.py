"""What a caller's utterance does to the state of the conversation."""

import re
from dataclasses import replace

from agent.receptionist import understand_details
from agent.receptionist.caller_goals import KIN
from agent.receptionist.general_questions import add_general_question
from agent.receptionist.goals import Goal, goals_in, is_question, is_urgent
from agent.receptionist.matching import anyone_will_do, practitioner_in, service_in
from agent.receptionist.questions import HELP_OFFERS, Ask
from agent.receptionist.state import Scene, State, Task, Turn
from agent.receptionist.understand_change import take_in_change
from agent.receptionist.understand_message import message_ahead, message_text
from agent.receptionist.understand_read_back import read_back_answer
from agent.receptionist.understand_when import accept_only_offer, when
from contracts.partner import ServiceFacts
from language.choices import declines, pick, says_no, says_yes
from language.datetimes.time_phrases import wish_in
from language.normalize import any_of, is_short, normal
from language.sentences import split_sentences

_OFFERS = (*HELP_OFFERS, Ask.BOOK_OFFER)
_BARE_YES = 4
"""Words of an answer that is a yes and nothing else."""
_ASIDES = frozenset(Goal) - {Goal.ABANDON, Goal.BOOK, Goal.BYE, Goal.THANKS, Goal.HOLD}
_PLAIN_BOOKING = frozenset({Goal.BOOK, Goal.THANKS, Goal.HOLD, Goal.BYE})
_CHANGES_MIND = re.compile(
    r"\b(?:actually|instead|rather|change|change[ds]?|different|switch|move|make (?:it|that)|"
    r"on second thought|sorry|wait|could we|can we|can i|could i|"
    r"what about|how about|better|prefer)\b"
)
_CHECKUPS = ("checkup", "check up", "exam", "consult")
_URGENT_SERVICES = ("emergency", "urgent", "pain", *_CHECKUPS)
_UNDECIDED = re.compile(
    r"\b(?:not sure|don't (?:really )?know|no idea|whatever|any(?:thing)?|"
    r"just (?:a )?(?:regular|normal|general|routine)|you tell me|regular)\b"
)
_ONLY_TALK = re.compile(
    r"^(?:(?:i|i'd|i'm|like|want|need|to|a|an|the|please|book|make|appointment|yes|"
    r"yeah|sure|ok|okay|no|hi|hello|um|uh|well|for|me|schedule|one|my)\s?)*$"
)


def listen(state: State, text: str, scene: Scene) -> None:
    """Take an utterance in.

    Args:
        state: The state so far; changed in place.
        text: The caller's words as recognised; empty when nothing was understood.
        scene: The practice, the moment, the caller's number.
    """
    words = normal(text)
    intents = goals_in(words)
    if state.task is Task.NONE and state.asked not in HELP_OFFERS:
        intents = add_general_question(words, text, intents)
    turn = Turn(text=text, words=words, intents=intents, question=is_question(words, text))
    if state.turn and Goal.PRIVACY in state.turn.intents and state.asked not in _NAME_ASKS and _insists(turn):
        turn.intents.insert(0, Goal.PRIVACY)
        turn.insists = True
    state.wants_person = state.leaving = False
    before = state.fingerprint()
    state.turn = turn
    state.turns += 1
    state.calls_in_turn.clear()
    turn.agreed, turn.refused = says_yes(words), says_no(words)
    if state.asked in _OFFERS and declines(words):
        turn.agreed, turn.refused = False, True
    if Goal.OPINION in turn.intents:
        turn.agreed = False  # "Is she any good?" agrees to nothing.
    if words:
        _take_in(state, turn, scene)
    turn.got_on = state.fingerprint() != before
    understood = turn.got_on or turn.agreed or turn.refused or bool(turn.intents) or bool(turn.unclear_choice)
    understood = understood or turn.introduced or turn.dialled
    understood = understood or (turn.question and not is_short(words, 2))
    answered = state.asked not in (
        Ask.NAME,
        Ask.LAST_NAME,
        Ask.WHEN,
        Ask.SERVICE,
        Ask.PHONE,
        Ask.PHONE_REST,
        Ask.SPELLING,
    )
    state.misses = (
        0
        if turn.got_on
        or turn.introduced
        or turn.dialled
        or (understood and (answered or turn.question or turn.intents))
        else state.misses + 1
    )
    if turn.got_on:
        state.asks.clear()


def _take_in(state: State, turn: Turn, scene: Scene) -> None:  # noqa: C901 - a chain of decisions
    if {Goal.EMERGENCY, Goal.DESPAIR} & set(turn.intents):
        return
    if take_in_change(state, turn, scene):
        return
    if Goal.ABANDON in turn.intents and state.task is Task.NONE and state.outcome_spoken:
        state.staff_matter = f"{turn.text.strip()} ({state.outcome_spoken})"
    if {Goal.CHANGE, Goal.LATE, Goal.LOOKUP} & set(turn.intents) and state.task is not Task.BOOK:
        state.staff_matter = turn.text.strip()
    if _answer_offer(state, turn):
        return
    _set_task(state, turn, scene)
    if state.asked is Ask.MESSAGE_TEXT and state.task is Task.MESSAGE and not state.message:
        message_text(state, turn)
        return
    if state.task is Task.MESSAGE and not state.message:
        message_ahead(state, turn)
    named = understand_details.name(state, turn, scene)
    dialled = understand_details.phone(state, turn, scene)
    if state.task is not Task.BOOK:
        _keep_pain(state, turn, scene)
        return
    if set(turn.intents) & (_ASIDES - {Goal.DURATION, Goal.LATE}) and Goal.BOOK not in turn.intents:
        _keep_pain(state, turn, scene)
        _beside_a_question(state, turn, scene)
        return
    changed = _service(state, turn, scene)
    _practitioner(state, turn, scene)
    if dialled or named:
        accept_only_offer(state, turn)
    if not (dialled or (named and not _CHANGES_MIND.search(turn.words) and state.asked in _NAME_ASKS)):
        changed = when(state, turn, scene, volunteered=named or dialled) or changed
    read_back_answer(state, turn, changed=changed or named or dialled)


_PRESSES = any_of(
    r"""
    (?:i'm|i am|this is|it's|he's|she's|he is|she is|they're|they are|that's|as) (?:only |just )?(?:his|her|\
        their|my|the|\w+'s) (?:\w+ )?<kin>
    (?:tell|answer) (?:me|us)(?: (?:now|please|then|anyway|yes or no|(?:when|if|whether|what|where) \
        (?:he|she|they)\b.*))*$
    (?:just|please|you can) (?:say|answer)(?: it| yes or no)?$
    come on
    (?:i have|i've got|i got) (?:a |the |every |her |his |their )?(?:right|permission|consent|authority)
    (?:i'm|i am) (?:allowed|authori[sz]ed|family|a relative|related|the next of kin|next of kin)
    (?:he|she|they) (?:said|told|asked|knows?|won't mind|doesn't mind|wouldn't mind|don't mind|gave|sent)
    (?:nobody|no one) (?:will|would|has to|needs to) (?:ever )?know
    why (?:not|can't you|won't you)
    (?:we're|we are) (?:married|family)
    (?:only|just) (?:want|need) to know
    """,
    kin=KIN,
)
_NAME_ASKS = (Ask.NAME, Ask.LAST_NAME, Ask.SPELLING)


def _beside_a_question(state: State, turn: Turn, scene: Scene) -> None:
    """Take the time out of "Tomorrow at nine. Where can I park?", but not out of the question."""
    stated = " ".join(one for one in split_sentences(turn.text) if not one.endswith("?"))
    if (
        state.asked not in (Ask.WHEN, Ask.SLOT)
        or stated == turn.text.strip()
        or not wish_in(stated, asked=True)
    ):
        return
    aside = replace(turn, text=stated, words=normal(stated), intents=[], question=False)
    when(state, aside, scene, volunteered=False)
    turn.unclear_choice = aside.unclear_choice


def _answer_offer(state: State, turn: Turn) -> bool:  # noqa: C901, PLR0911 - a chain of decisions
    """Take yes or no to an offer of help; True when the words are used up."""
    words, asked = turn.words, state.asked
    strong_or_plain = set(turn.intents)
    strong = [intent for intent in turn.intents if intent not in _PLAIN_BOOKING]
    if asked in HELP_OFFERS:
        person = Goal.PERSON in strong or re.search(
            r"\b(?:person|someone|somebody|human|speak|talk|"
            r"connect|through|transfer|the first)\b",
            words,
        )
        message = Goal.MESSAGE in strong or re.search(
            r"\b(?:message|call ?back|the second|"
            r"leave one)\b",
            words,
        )
        # A bare yes to "someone, or a message?" takes the first, which is the better help.
        either = asked is Ask.PERSON_OR_MESSAGE and not turn.intents and is_short(words, _BARE_YES)
        agreed = turn.agreed and (asked is Ask.PERSON_OFFER or either)
        # "Are you a real person?" asks who is speaking.
        wanted = person and not turn.refused and Goal.IDENTITY not in strong
        if (agreed or wanted) and not message:
            state.wants_person = True
            return True
        if (asked is Ask.MESSAGE_OFFER and turn.agreed) or message:
            state.task = Task.MESSAGE
            message_ahead(state, turn)
            return True
        if Goal.BYE in strong_or_plain:
            state.leaving = True
            return True
        if state.staff_matter and not turn.refused and not turn.intents and wish_in(turn.text, asked=True):
            # "Cancel my appointment." - "Tomorrow at three.": that goes with it, to the team.
            state.staff_matter = f"{state.staff_matter} {turn.text.strip()}"
            state.task = Task.MESSAGE
            message_ahead(state, turn)
            return True
        if turn.refused:
            # Declined: what was being done goes on, as if newly asked.
            state.asks.clear()
            state.asked = Ask.ANYTHING_ELSE if state.task is Task.NONE else Ask.NOTHING
        return False
    if asked is Ask.BOOK_OFFER and turn.agreed:
        state.start_booking()
        return False
    if asked in (Ask.ANYTHING_ELSE, Ask.HELP, Ask.BOOK_OFFER, Ask.NOTHING) and state.task is Task.NONE:
        closing = {Goal.BYE, Goal.THANKS, Goal.ABANDON} & set(turn.intents)
        refusal = turn.refused and asked is not Ask.HELP and not strong and Goal.BOOK not in turn.intents
        if (refusal or closing) and not strong and Goal.BOOK not in turn.intents and not turn.question:
            state.leaving = bool(refusal or asked is Ask.ANYTHING_ELSE or Goal.BYE in closing)
            return state.leaving
    if (
        Goal.BYE in turn.intents
        and not strong
        and re.search(
            r"\b(?:bye|goodbye|hang(?:ing)? up|"
            r"good night)\b",
            words,
        )
    ):
        state.leaving = True
        return True
    return False


def _set_task(state: State, turn: Turn, scene: Scene) -> None:
    intents = set(turn.intents)
    if (
        Goal.ABANDON in intents
        and state.task is not Task.NONE
        and not (intents & {Goal.BOOK, Goal.PERSON, Goal.MESSAGE} and state.chosen is None)
    ):
        outcome = state.outcome
        turn.dropped = state.task is Task.BOOK
        state.finish_booking(outcome, "")
        state.message = ""
        return
    if Goal.PERSON in intents and Goal.IDENTITY not in intents:
        state.wants_person = True
        return
    if Goal.MESSAGE in intents:
        state.task = Task.MESSAGE
        return
    if intents & (
        _ASIDES
        - {
            Goal.DURATION,
            Goal.KNOWLEDGE,
            Goal.HOURS,
            Goal.PRACTITIONERS,
            Goal.SERVICES,
            Goal.RECAP,
        }
    ):
        return
    if Goal.COMPLAINT in intents and Goal.BOOK not in intents:
        return
    if Goal.RECAP in intents and state.task is Task.NONE and state.outcome:
        return  # "When is my appointment?" speaks of the one that was made, and wishes for none
    asks_about = intents & _ASIDES
    named = service_in(turn.words, scene.facts)
    wants = Goal.BOOK in intents or (not asks_about and (named or is_urgent(turn.words)))
    wants = wants or (
        not asks_about
        and state.task is Task.NONE
        and bool(wish_in(turn.text).words or _WANTS.search(turn.words))
    )
    only_asks = asks_about and not re.search(
        r"\b(?:book|appointment|schedule|come in|get in|i'd like|"
        r"i want|(?<!do )i need)\b",
        turn.words,
    )
    if wants and not only_asks and state.task not in (Task.MESSAGE, Task.CHANGE):
        state.start_booking()


_WANTS = re.compile(
    r"\b(?:i'd like|i would like|i want|i need|can i get|could i get|i'm looking for) (?:to (?:get|have|"
    r"book|schedule|come in for|be seen for) )?(?:a|an|my|some) \w+"
)


def _service(state: State, turn: Turn, scene: Scene) -> bool:
    found = service_in(turn.words, scene.facts)
    if is_urgent(turn.words):
        state.reason = state.reason or turn.text.strip()[:200]
        found = found or _first_like(scene, _URGENT_SERVICES)
    if found is not None:
        if state.service is not None and found.id == state.service.id:
            return False
        if state.service is not None or state.offers or state.chosen:
            state.new_search()
        state.service, state.any_service = found, False
        return True
    if (state.asked is Ask.SERVICE or _WANTS.search(turn.words)) and state.service is None:
        if _UNDECIDED.search(turn.words):
            state.service = _first_like(scene, _CHECKUPS)
            return state.service is not None
        if not turn.question and not wish_in(turn.text, asked=True) and not _ONLY_TALK.match(turn.words):
            turn.unknown_service = True
            if state.all_asks[Ask.SERVICE] > 1 and (general := _first_like(scene, _CHECKUPS)):
                # Not on the list, said twice: a general visit, with the caller's own words as the reason.
                state.service, state.reason = general, turn.text.strip()[:200]
                return True
    return False


def _keep_pain(state: State, turn: Turn, scene: Scene) -> None:
    """Keep pain that was told along with a question: a booking that follows is for it."""
    if state.task is Task.MESSAGE or not is_urgent(turn.words):
        return
    state.reason = state.reason or turn.text.strip()[:200]
    if state.service is None and not state.any_service:
        state.service = _first_like(scene, _URGENT_SERVICES)


def _insists(turn: Turn) -> bool:
    """Tell whether the words only press for what was just refused."""
    others = set(turn.intents) - {Goal.THANKS, Goal.HOLD, Goal.PRIVACY}
    return not others and _PRESSES.search(turn.words) is not None


def _first_like(scene: Scene, keys: tuple[str, ...]) -> ServiceFacts | None:
    for key in keys:
        for service in scene.facts.services:
            if any(key in normal(name) for name in (service.name, *service.aliases)):
                return service
    return None


def _practitioner(state: State, turn: Turn, scene: Scene) -> None:
    found = practitioner_in(turn.words, scene.facts, asked=state.asked in (Ask.SLOT, Ask.PRACTITIONER))
    if found is not None and state.chosen is not None and state.chosen.practitioner == found.name:
        state.practitioner = found.name
    elif found is not None and not (state.offers and pick(turn.text, state.offers, agreed=False)):
        if state.practitioner != found.name and (state.offers or state.chosen):
            start = state.chosen.start if state.chosen else None
            state.new_search()
            if start is not None:
                # Another person, but the time that was chosen, whatever was wished for before it.
                state.search_words = f"{start:%A %B %-d} at {start:%-I:%M %p}"
        state.practitioner = found.name
    elif anyone_will_do(turn.words) and state.practitioner:
        state.practitioner = ""
