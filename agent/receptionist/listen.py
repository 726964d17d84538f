"""What a caller's utterance does to the state of the conversation."""

import re
from datetime import timedelta

from agent.receptionist import listen_details
from agent.receptionist.choices import pick, says_no, says_yes
from agent.receptionist.intents import Intent, intents_in, is_question, is_urgent
from agent.receptionist.matching import anyone_will_do, practitioner_in, service_in
from agent.receptionist.moments import EARLIEST, Wish, wish_in
from agent.receptionist.questions import Ask
from agent.receptionist.state import Scene, State, Task, Turn
from agent.receptionist.words import normal
from agent.times import WEEKDAYS, day_mentions
from tools.contracts.partner import ServiceFacts

_ASIDES = frozenset(
    {
        Intent.HOURS, Intent.ADDRESS, Intent.PHONE, Intent.DURATION, Intent.PRACTITIONERS, Intent.SERVICES, Intent.LANGUAGE,
        Intent.KNOWLEDGE, Intent.ADVICE, Intent.PRIVACY, Intent.LOOKUP, Intent.CHANGE, Intent.LATE, Intent.IDENTITY, Intent.RECAP,
        Intent.REPEAT, Intent.PERSON, Intent.MESSAGE, Intent.EMERGENCY, Intent.DESPAIR,
    }
)  # fmt: skip
_PLAIN_BOOKING = frozenset({Intent.BOOK, Intent.THANKS, Intent.HOLD, Intent.BYE})
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
WEEK = 7
_BARE_WEEKDAY = re.compile(rf"(?P<name>{'|'.join(WEEKDAYS)})s?")
_FOLLOWING = re.compile(
    r"(?:the )?(?P<unit>week|day) after(?: that)?|(?:the )?following (?P<other>week|"
    r"day)|(?:the )?next (?P<last>day)"
)
_REVERT_DAY = re.compile(r"\b(?:first|former|earlier|sooner|this)\b")
_REVERT_LATER = re.compile(r"\b(?:second|latter|later|next|other)\b")


def listen(state: State, text: str, scene: Scene) -> None:
    """Take an utterance in.

    Args:
        state: The state so far; changed in place.
        text: The caller's words as recognised; empty when nothing was understood.
        scene: The practice, the moment, the caller's number.
    """
    words = normal(text)
    turn = Turn(text=text, words=words, intents=intents_in(words), question=is_question(words, text))
    before = state.fingerprint()
    state.turn = turn
    state.turns += 1
    state.calls_in_turn.clear()
    turn.agreed, turn.refused = says_yes(words), says_no(words)
    if words:
        _take_in(state, turn, scene)
    turn.got_on = state.fingerprint() != before
    understood = turn.got_on or turn.agreed or turn.refused or bool(turn.intents) or bool(turn.unclear_choice)
    understood = understood or (turn.question and len(words.split()) > 2)  # noqa: PLR2004 - "what is" asks nothing
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
        0 if turn.got_on or (understood and (answered or turn.question or turn.intents)) else state.misses + 1
    )
    if turn.got_on:
        state.asks.clear()


def _take_in(state: State, turn: Turn, scene: Scene) -> None:
    if {Intent.EMERGENCY, Intent.DESPAIR} & set(turn.intents):
        return
    if {Intent.CHANGE, Intent.LATE, Intent.LOOKUP} & set(turn.intents) and state.task is not Task.BOOK:
        state.staff_matter = turn.text.strip()
    if _answer_offer(state, turn):
        return
    _set_task(state, turn, scene)
    if state.asked is Ask.MESSAGE_TEXT and state.task is Task.MESSAGE and not state.message:
        _message_text(state, turn)
        return
    if state.task is Task.MESSAGE and not state.message:
        _message_ahead(state, turn)
    named = listen_details.name(state, turn, scene)
    dialled = listen_details.phone(state, turn, scene)
    if state.task is Task.BOOK and not (
        set(turn.intents) & (_ASIDES - {Intent.DURATION, Intent.LATE}) and Intent.BOOK not in turn.intents
    ):
        changed = _service(state, turn, scene)
        _practitioner(state, turn, scene)
        if dialled or named:
            _accept_only_offer(state, turn)
        if not (dialled or (named and not _CHANGES_MIND.search(turn.words) and state.asked in _NAME_ASKS)):
            changed = _when(state, turn, volunteered=named or dialled) or changed
        _read_back_answer(state, turn, changed=changed or named or dialled)


_LATER_DAYS = 4
"""How many days after the last offer "later" looks at."""
_NAME_ASKS = (Ask.NAME, Ask.LAST_NAME, Ask.SPELLING)


def _answer_offer(state: State, turn: Turn) -> bool:
    """Take yes or no to an offer of help; True when the words are used up."""
    words, asked = turn.words, state.asked
    strong_or_plain = set(turn.intents)
    strong = [intent for intent in turn.intents if intent not in _PLAIN_BOOKING]
    if asked in (Ask.PERSON_OFFER, Ask.MESSAGE_OFFER, Ask.PERSON_OR_MESSAGE):
        person = Intent.PERSON in strong or re.search(
            r"\b(?:person|someone|somebody|human|speak|talk|"
            r"connect|through|transfer|the first)\b",
            words,
        )
        message = Intent.MESSAGE in strong or re.search(
            r"\b(?:message|call ?back|the second|"
            r"leave one)\b",
            words,
        )
        if (asked is Ask.PERSON_OFFER and turn.agreed and not message) or (
            person and not message and not turn.refused
        ):
            state.wants_person = True
            return True
        if (asked is Ask.MESSAGE_OFFER and turn.agreed) or message:
            state.task = Task.MESSAGE
            _message_ahead(state, turn)
            return True
        if Intent.BYE in strong_or_plain:
            state.leaving = True
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
        closing = {Intent.BYE, Intent.THANKS, Intent.ABANDON} & set(turn.intents)
        refusal = turn.refused and asked is not Ask.HELP and not strong and Intent.BOOK not in turn.intents
        if (refusal or closing) and not strong and Intent.BOOK not in turn.intents and not turn.question:
            state.leaving = bool(refusal or asked is Ask.ANYTHING_ELSE or Intent.BYE in closing)
            return state.leaving
    if (
        Intent.BYE in turn.intents
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
        Intent.ABANDON in intents
        and state.task is not Task.NONE
        and not (intents & {Intent.BOOK, Intent.PERSON, Intent.MESSAGE} and state.chosen is None)
    ):
        outcome = state.outcome
        state.finish_booking(outcome, "")
        state.message = ""
        return
    if Intent.PERSON in intents and Intent.IDENTITY not in intents:
        state.wants_person = True
        return
    if Intent.MESSAGE in intents:
        state.task = Task.MESSAGE
        return
    if intents & (
        _ASIDES
        - {
            Intent.DURATION,
            Intent.KNOWLEDGE,
            Intent.HOURS,
            Intent.PRACTITIONERS,
            Intent.SERVICES,
            Intent.RECAP,
        }
    ):
        return
    asks_about = intents & _ASIDES
    named = service_in(turn.words, scene.facts)
    wants = Intent.BOOK in intents or (not asks_about and (named or is_urgent(turn.words)))
    wants = wants or (
        not asks_about
        and state.task is Task.NONE
        and bool(wish_in(turn.text).words or _WANTS.search(turn.words))
    )
    only_asks = asks_about and not re.search(
        r"\b(?:book|appointment|schedule|come in|get in|i'd like|"
        r"i want|i need)\b",
        turn.words,
    )
    if wants and not only_asks and state.task is not Task.MESSAGE:
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
        elif not turn.question and not wish_in(turn.text, asked=True) and not _ONLY_TALK.match(turn.words):
            turn.unknown_service = True
            if state.all_asks[Ask.SERVICE] > 1 and (general := _first_like(scene, _CHECKUPS)):
                # Not on the list, said twice: a general visit, with the caller's own words as the reason.
                state.service, state.reason = general, turn.text.strip()[:200]
                return True
    return False


def _first_like(scene: Scene, keys: tuple[str, ...]) -> ServiceFacts | None:
    for key in keys:
        for service in scene.facts.services:
            if any(key in normal(name) for name in (service.name, *service.aliases)):
                return service
    return None


def _practitioner(state: State, turn: Turn, scene: Scene) -> None:
    found = practitioner_in(turn.words, scene.facts, asked=state.asked in (Ask.SLOT, Ask.PRACTITIONER))
    if found is not None and not (state.offers and pick(turn.text, state.offers, agreed=False)):
        if state.practitioner != found.name and (state.offers or state.chosen):
            state.new_search()
        state.practitioner = found.name
    elif anyone_will_do(turn.words) and state.practitioner:
        state.practitioner = ""


def _accept_only_offer(state: State, turn: Turn) -> None:
    """Take the one slot that was offered when the caller goes on to name or number instead of saying yes."""
    if (
        len(state.offers) == 1
        and state.chosen is None
        and state.heard
        and not turn.refused
        and not wish_in(turn.text)
    ):
        state.chosen = state.offers[0]


def _when(state: State, turn: Turn, *, volunteered: bool) -> bool:
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
    _wish_anew(state, wish)
    return True


def _choose(state: State, turn: Turn, wish: Wish) -> bool:
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
        state.wish = Wish(day=state.wish.day, time=state.wish.time, loose=state.wish.loose)
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
        state.new_search()
        state.wish, state.search_words = Wish(time=""), ""
        return True
    return False


def _answer_to_doubt(state: State, turn: Turn) -> Wish:
    """Read "the second one" after "do you mean this Tuesday, or Tuesday the first?"."""
    question = normal(state.last_said)
    days = day_mentions(state.last_said)
    if len(days) < 2 or not question:  # noqa: PLR2004 - nothing to choose from
        return Wish()
    if _REVERT_LATER.search(turn.words):
        chosen = days[-1]
    elif _REVERT_DAY.search(turn.words) or turn.agreed:
        chosen = days[0]
    else:
        return Wish()
    return Wish(day=question[chosen.start : chosen.end], time=state.wish.time)


def _wish_anew(state: State, wish: Wish) -> None:
    words = ""
    if following := _following_words(state, wish) or _weekday_there(state, wish):
        words = following
        state.wish = Wish(day=following, time=wish.time or state.wish.time)
    elif wish.relative:
        words = _relative_words(state, wish)
    else:
        state.wish = state.wish.then(wish)
        if wish.time and not wish.day:
            words = _same_day_words(state, wish)
    state.new_search()
    state.search_words = words
    state.to_change = ""


def _relative_words(state: State, wish: Wish) -> str:
    """Say "later" and "earlier" in words that stand without the offers they refer to."""
    starts = sorted(
        offer.start for offer in ([state.chosen] if state.chosen else state.offers) if offer and offer.start
    )
    if not starts:
        state.wish = Wish(day=wish.day or state.wish.day, time="", loose=not (wish.day or state.wish.day))
        return ""
    edge = starts[-1] if wish.relative == "later" else starts[0]
    side = "after" if wish.relative == "later" else "before"
    one_day = starts[0].date() == starts[-1].date()
    if wish.day:
        return f"{wish.day} {side} {edge:%-I:%M %p}"
    if one_day:
        return f"{edge:%A %B %-d} {side} {edge:%-I:%M %p}"
    if wish.relative == "earlier":
        return EARLIEST
    first, last = edge + timedelta(days=1), edge + timedelta(days=_LATER_DAYS)
    return f"between {first:%A %B %-d} and {last:%A %B %-d} {state.wish.time}".strip()


def _following_words(state: State, wish: Wish) -> str:
    """Say "the week after" and "the next day" in words that stand without the day they refer to."""
    match = _FOLLOWING.fullmatch(wish.day)
    starts = sorted(
        offer.start for offer in ([state.chosen] if state.chosen else state.offers) if offer and offer.start
    )
    if match is None or not starts:
        return ""
    if "week" in match.groups():
        return f"the week of {starts[0] + timedelta(days=7):%B %-d}"
    return f"{starts[-1] + timedelta(days=1):%A %B %-d}"


def _weekday_there(state: State, wish: Wish) -> str:
    """Say a bare weekday with its date when the talk is of a later week than this one."""
    starts = [
        offer.start for offer in ([state.chosen] if state.chosen else state.offers) if offer and offer.start
    ]
    mondays = {start.date() - timedelta(days=start.weekday()) for start in starts}
    weekday = _BARE_WEEKDAY.fullmatch(wish.day)
    if weekday is None or len(mondays) != 1:
        return ""
    day = mondays.pop() + timedelta(days=WEEKDAYS.index(weekday["name"]))
    return f"{day:%A %B %-d}" if day > min(starts).date() - timedelta(days=WEEK) else ""


def _same_day_words(state: State, wish: Wish) -> str:
    starts = [offer.start for offer in ([state.chosen] if state.chosen else state.offers) if offer.start]
    if starts and len({start.date() for start in starts}) == 1:
        return f"{starts[0]:%A %B %-d} {wish.time}"
    return ""


def _read_back_answer(state: State, turn: Turn, *, changed: bool) -> None:
    if state.read_back is None and state.asked not in (Ask.READ_BACK, Ask.WHAT_TO_CHANGE):
        return
    if changed:
        state.agreed = False
        return
    words = turn.words
    part = re.search(r"\b(?:time|day|date|slot|name|number|phone|doctor|dentist|service|spelling)\b", words)
    if part and (
        turn.refused
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
        state.new_search()
        state.wish, state.search_words = Wish(), ""
    elif part in ("name", "spelling"):
        state.name = ""
    elif part in ("number", "phone"):
        state.phone, state.digits, state.caller_phone_refused = "", "", True
    elif part in ("doctor", "dentist"):
        state.practitioner = ""
        state.new_search()
    else:
        state.service, state.any_service = None, False
        state.new_search()


def _message_ahead(state: State, turn: Turn) -> None:
    """Take a message that comes along with the wish to leave one."""
    match = re.search(
        r"(?:message (?:for [\w. ]+? )?(?:that|saying|to say)|(?:know|tell (?:them|the \w+|dr\.? \w+|"
        r"him|her)) (?:that )?|say(?:ing)? that)\s*(?P<text>.+)",
        turn.text,
        re.IGNORECASE,
    )
    if match and len(match["text"].split()) > 2:  # noqa: PLR2004 - "know that" is no message
        state.message = match["text"].strip()
    elif state.staff_matter:
        state.message, state.staff_matter = state.staff_matter, ""


def _message_text(state: State, turn: Turn) -> None:
    if Intent.ABANDON in turn.intents or (turn.refused and len(turn.words.split()) < 3):  # noqa: PLR2004 - "no", "no thanks"
        state.task = Task.NONE
        return
    if Intent.HOLD in turn.intents and len(turn.words.split()) < 6:  # noqa: PLR2004 - "hold on a second"
        return
    if Intent.PERSON in turn.intents and len(turn.words.split()) < 8:  # noqa: PLR2004 - a wish, not a message
        state.task, state.wants_person = Task.NONE, True
        return
    if not (turn.agreed and len(turn.words.split()) < 3):  # noqa: PLR2004 - "yes", "okay sure"
        state.message = turn.text.strip()
