"""Where the state is kept: as data with the conversation, and how what came after it is folded in.

An assistant message, or a record of its own beside the conversation, holds under ``dialogue`` what was known
then. Whoever takes the conversation up reads the latest and folds in what followed: words of the caller, and
what functions gave, which is data already. Where another model led, its words are not read: the next thing
that is missing is what stands to be asked.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from agent.dialogue import changes, responses
from agent.dialogue.identity import refused
from agent.dialogue.matching import service_in
from agent.dialogue.missing import natural_ask
from agent.dialogue.state import CHANGES, Ask, Kind, Scene, State
from agent.dialogue.times import heard_offers, moment_phrase, says_relative, take_slot
from agent.dialogue.update import take_in
from contracts.conversation import (
    ADDED_BY,
    DIALOGUE,
    FunctionCall,
    FunctionResult,
    Message,
    calls_of,
    results_of,
    sentence_of,
    text_of,
)
from language import names
from language.choices import Offer, offers_in
from language.datetimes.resolve import EARLIEST
from language.normalize import normal
from tools.appointments import Appointment, appointments_in
from tools.consent import NOT_AGREED, READ_BACK
from tools.functions.rules import ASK_FIRST

KEPT = DIALOGUE
SEARCH, BOOK, FIND = "search_availability", "book_appointment", "find_appointments"
CANCEL, MOVE = "cancel_appointment", "reschedule_appointment"
MESSAGE, TRANSFER, END, KNOWLEDGE = "take_message", "request_person", "end_call", "search_knowledge"
_NEAR = 2
"""Rounds for which a question may still be gone on with."""
WRITES = frozenset({BOOK, CANCEL, MOVE, MESSAGE})


def record(state: Mapping[str, Any]) -> Message:
    """Write a state as a message of its own, beside the conversation."""
    return {"role": "system", "content": None, KEPT: dict(state)}


class Memory:
    """What was known at the places of a conversation whose messages cannot carry it themselves."""

    def __init__(self, messages: Sequence[Message]) -> None:
        """Take over the records that stand in a conversation."""
        self._kept: list[tuple[int, dict[str, Any]]] = []
        place = 0
        for message in messages:
            if is_record(message):
                self._kept.append((place, message[KEPT]))
            else:
                place += 1

    def keep(self, place: int, state: Mapping[str, Any]) -> None:
        """Keep what is known after so many messages."""
        self._kept = [(at, one) for at, one in self._kept if at < place][-1:]
        self._kept.append((place, dict(state)))

    def laid(self, messages: Sequence[Message]) -> list[Message]:
        """Give a conversation with what was known in it, but for what was decided at its very end."""
        known = [(at, one) for at, one in self._kept if at < len(messages)][-1:]
        found = list(messages)
        for at, state in known:
            found.insert(at, record(state))
        return found


def is_record(message: Message) -> bool:
    """Tell whether a message is what was known, kept beside the conversation."""
    return message.get("role") == "system" and isinstance(message.get(KEPT), dict)


def without_records(messages: Sequence[Message]) -> list[Message]:
    """Give a conversation without states that stand beside it."""
    return [one for one in messages if not is_record(one)]


def fold(messages: Sequence[Message], scene: Scene) -> tuple[State, FunctionResult | None, bool]:
    """Find out what a conversation has come to.

    Returns:
        The state, the function's result that came last and is not spoken of yet, and whether the caller spoke
        last.
    """
    start = max((n for n, one in enumerate(messages) if isinstance(one.get(KEPT), dict)), default=-1)
    state = State.load(messages[start][KEPT]) if start >= 0 else State(all_asks={Ask.HELP: 1})
    results = {one.index: one for one in results_of(messages)}
    fresh: FunctionResult | None = None
    said = text_of(messages[start]) if start >= 0 else ""
    for call in calls_of(messages[start]) if start >= 0 else ():
        _called(state, call, scene)
    words: list[str] = []
    spoken_to = False
    for index in range(start + 1, len(messages)):
        message = messages[index]
        role = message.get("role")
        if role == "user" and ADDED_BY not in message:
            # What was said in two breaths is one utterance.
            words.append(text_of(message))
            following = messages[index + 1] if index + 1 < len(messages) else {}
            if following.get("role") == "user" and ADDED_BY not in following:
                continue
            _note_heard(state, said)
            take_in(state, " ".join(one for one in words if one), scene)
            words, said, fresh, spoken_to = [], "", None, True
        elif role == "assistant" and ADDED_BY not in message:
            text = text_of(message)
            for call in calls_of(message):
                _called(state, call, scene)
            if text and not responses.is_filler(text):
                if spoken_to and not _is_ours(state, text, fresh):
                    # Another model's words: what is missing next is what it asks.
                    state.todo, state.told = [], []
                    state.asked = natural_ask(state, scene)
                said, fresh, spoken_to = f"{said} {text}", None, False
        elif index in results:
            returned(state, results[index], scene)
            fresh, spoken_to = results[index], False
    _note_heard(state, said)
    return state, fresh, spoken_to


def known_at_end(messages: Sequence[Message]) -> State | None:
    """Give what was known when the bot spoke last; None where nobody has written that down."""
    for message in reversed(messages):
        if is_record(message):
            return State.load(message[KEPT])
        if message.get("role") == "user":
            return None
    return None


def pending_calls(messages: Sequence[Message]) -> list[FunctionCall]:
    """List calls without a result: those that change something, and any since the caller spoke."""
    answered = {one.call_id for one in results_of(messages)}
    spoke = max((n for n, one in enumerate(messages) if one.get("role") == "user"), default=-1)
    found: dict[tuple[str, str], FunctionCall] = {}
    for index, message in enumerate(messages):
        for call in calls_of(message) if ADDED_BY not in message else ():
            same = (call.name, str(call.arguments))
            found.pop(same, None)
            if call.id not in answered and (call.name in WRITES or index > spoke):
                found[same] = call
    return list(found.values())


def _is_ours(state: State, text: str, fresh: FunctionResult | None) -> bool:
    """Tell whether words are what a function had to be said, or our own, as far as they were heard."""
    heard = text.rstrip("\u2014 ").strip()
    exact = sentence_of(fresh.result) if fresh is not None else ""
    return bool(heard) and (
        heard in exact
        or (bool(exact) and exact in text)
        or heard in state.last_said
        or (bool(state.last_said) and state.last_said in text)
    )


def _note_heard(state: State, said: str) -> None:
    goal = state.goal
    if said and goal.offers and goal.slot is None:
        goal.heard = list(dict.fromkeys([*goal.heard, *heard_offers(goal.offers, said)]))


def _called(state: State, call: FunctionCall, scene: Scene) -> None:  # noqa: C901, PLR0912 - a chain of decisions
    """Take over what a function is asked, where another model asked it in its own words."""
    state.calls[call.name] = state.calls.get(call.name, 0) + 1
    arguments = {key: str(value) for key, value in call.arguments.items()}
    goal = state.goal
    if call.name == SEARCH:
        moving = bool(arguments.get("booking_id"))
        if moving and goal.kind is not Kind.MOVE:
            goal = state.begin(Kind.MOVE)
        elif not moving and goal.kind is not Kind.BOOK:
            goal = state.begin(Kind.BOOK)
        if moving:
            goal.booking_id = _booking(state, arguments["booking_id"])
        if arguments.get("when", "") != goal.when:
            when = arguments.get("when", "")
            goal.phrases = [] if when == EARLIEST else [when]
            goal.loose = when == EARLIEST
        if (service := arguments.get("service", "")) and (found := service_in(normal(service), scene.facts)):
            goal.service = found.id
        elif not goal.service:
            goal.any_service = True
        goal.practitioner = arguments.get("practitioner", "") or goal.practitioner
        goal.searched = search_key(goal.when, goal.service, goal.practitioner)
    elif call.name == BOOK:
        if goal.kind is not Kind.BOOK:
            goal = state.begin(Kind.BOOK)
        _take_called(state, arguments.get("slot_id", ""))
        goal.name = arguments.get("name", "") or goal.name
        goal.phone = arguments.get("phone", "") or goal.phone
    elif call.name in (CANCEL, MOVE):
        kind = Kind.CANCEL if call.name == CANCEL else Kind.MOVE
        if goal.kind is not kind:
            goal = state.begin(kind)
        goal.booking_id = _booking(state, arguments.get("booking_id", "")) or goal.booking_id
        if call.name == MOVE:
            _take_called(state, arguments.get("slot_id", ""))
    elif call.name == TRANSFER and arguments.get("urgency") == "emergency":
        # Who is in danger books nothing now; what they still want afterwards, they say again.
        state.goal, state.waiting = type(goal)(name=goal.name, phone=goal.phone), []
    elif call.name == KNOWLEDGE:
        near = state.question_turn >= state.turns - _NEAR
        if state.question_turn < state.turns:
            state.earlier, state.question_turn = state.question if near else "", state.turns
        state.question = arguments.get("question", "")
    elif call.name == MESSAGE:
        if goal.kind is not Kind.MESSAGE:
            goal = state.begin(Kind.MESSAGE)
        goal.text = arguments.get("text", "") or goal.text


def search_key(when: str, service: str, practitioner: str) -> list[str]:
    """Give what a search is known by."""
    return [when, service, practitioner]


def _booking(state: State, given: str) -> str:
    """Give the id of an appointment that a model may call by its handle."""
    return next(
        (
            str(one["booking_id"])
            for one in state.known
            if given in (one.get("booking_id"), one.get("handle"))
        ),
        given,
    )


def _take_called(state: State, slot_id: str) -> None:
    goal = state.goal
    if slot_id and (goal.slot is None or goal.slot.slot_id != slot_id):
        goal.slot = next((one for one in goal.offers if one.slot_id == slot_id), Offer(slot_id, None, ""))


def returned(state: State, result: FunctionResult, scene: Scene) -> None:
    """Take in what a function gave."""
    if result.name == SEARCH:
        _found_times(state, result, scene)
    elif result.name == FIND:
        _found_appointments(state, result)
    elif result.name in (BOOK, CANCEL, MOVE):
        _answered(state, result, scene)
    elif result.name == MESSAGE and result.status != "invalid":
        said = str(result.arguments.get("text") or state.goal.text)
        state.matter, state.left = "", said if state.goal.kind is Kind.MESSAGE else ""
        if state.left:
            state.finish()


def _found_times(state: State, result: FunctionResult, scene: Scene) -> None:
    goal = state.goal
    about = result.result.get("about")
    if result.status == "ask" and about == "service":
        goal.service, goal.any_service = "", False
    elif result.status == "ask" and about == "practitioner":
        goal.practitioner = ""
    key = goal.searched
    goal.begin_search()
    goal.searched = key
    goal.groups = _groups_in(result.result)
    goal.offers = offers_in({"slots": [one[0] for one in goal.groups]} if goal.groups else result.result)
    if result.result.get("asked_time_is_free") is True:
        # The very time that was asked for is free: the others were not mentioned.
        goal.offers = goal.offers[:1]
        knows = goal.kind is Kind.MOVE or (names.is_whole(goal.name) and bool(goal.phone))
        if goal.offers and knows:
            # They have said all of it: what is asked next is whether all of it is right.
            take_slot(state, goal.offers[0])
    offered = {one.practitioner for one in goal.offers}
    if offered and goal.practitioner not in ("", "anyone", *offered):
        # They do not do that, or have no time: what is said next is said of those that were offered.
        goal.practitioner, goal.nobody_else = "", False
        goal.searched = search_key(goal.when, goal.service, "")
    service = result.result.get("service")
    if not goal.service and isinstance(service, dict) and scene.service(str(service.get("id"))):
        goal.service = str(service["id"])
        goal.searched = search_key(goal.when, goal.service, goal.practitioner)
    if result.status == "unavailable":
        state.goal = type(goal)(name=goal.name, phone=goal.phone)
    elif goal.offers:
        state.asked = Ask.NOTHING if goal.slot else Ask.SLOT
    else:
        state.asked = (
            Ask.WHEN if about in (None, "when") else Ask.SERVICE if about == "service" else Ask.PRACTITIONER
        )


def _groups_in(result: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """Give the slots of people who come together, those of one offer together."""
    slots = result.get("slots")
    found: dict[Any, list[dict[str, Any]]] = {}
    for one in slots if isinstance(slots, list) else ():
        if isinstance(one, dict) and one.get("group") is not None:
            kept = {name: one.get(name) for name in ("slot_id", "start", "spoken", "practitioner")}
            found.setdefault(one["group"], []).append(kept)
    return list(found.values())


def _found_appointments(state: State, result: FunctionResult) -> None:
    goal = state.goal
    by_number = not result.arguments
    state.looked = state.looked or by_number
    if result.status == "found":
        listed = result.result.get("appointments")
        state.known = [dict(one) for one in listed] if isinstance(listed, list) else []
        state.known = [one for one in state.known if appointments_in({"appointment": one})]
        if goal.kind in CHANGES:
            changes.settle(state)
        if goal.kind is Kind.LOOK:
            state.finish()
    elif goal.kind not in CHANGES:
        return
    elif (missing := _missing_proof(result)) != "":
        refused(state, missing)
    elif result.status == "code_sent":
        goal.texts, goal.code = "sent", ""
    elif result.status == "invalid":
        goal.phone = goal.digits = ""
    elif result.status in ("none", "who") and result.result.get("missing"):
        # Under another name and number, maybe.
        goal.phone = goal.digits = ""
        state.known = []
    else:
        # A message that is left instead goes with the name and number that were given.
        state.goal = type(goal)(name=goal.name, phone=goal.phone, for_other=goal.for_other)


def _missing_proof(result: FunctionResult) -> str:
    """Give what is to be shown, or shown again: ``date_of_birth``, ``code`` or nothing."""
    asked = [*(result.result.get("missing") or ()), result.result.get("field")]
    return next((str(one) for one in asked if one in ("date_of_birth", "code")), "")


def _answered(state: State, result: FunctionResult, scene: Scene) -> None:
    goal, status = state.goal, result.status
    if status == READ_BACK:
        passed = {name: result.arguments.get(name) for name in ("slot_id", "name", "phone")}
        goal.unread()
        goal.read_back = {**passed, **result.result}
        state.asked = Ask.CANCEL_IT if result.name == CANCEL else Ask.READ_BACK
    elif status == NOT_AGREED:
        # What was heard does not count any more: only the whole read-back, heard again, helps.
        goal.unread()
    elif status == ASK_FIRST:
        goal.answers.pop(str(result.result.get("about")), None)
    elif status == "taken":
        key = goal.searched
        goal.begin_search()
        goal.offers = offers_in(result.result)
        goal.searched = key if goal.offers else []
        state.asked = Ask.SLOT
    elif status == "invalid":
        goal.unread()
        field = result.result.get("field")
        if field == "phone":
            goal.phone, goal.digits, goal.own_number = "", "", False
        elif field == "name":
            goal.name = ""
        else:
            goal.begin_search()
    elif result.name == BOOK:
        _booked(state, result, scene)
    else:
        _changed(state, result, scene)


def _booked(state: State, result: FunctionResult, scene: Scene) -> None:
    goal, status = state.goal, result.status
    if status not in ("booked", "pending", "unknown"):
        state.goal = type(goal)(name=goal.name, phone=goal.phone)
        return
    state.outcome, state.topic = status, goal.service or state.topic
    state.spoken = str(result.result.get("spoken") or (goal.slot.spoken if goal.slot else ""))
    made = result.result.get("appointment")
    if status == "booked" and isinstance(made, dict):
        state.known = [*state.known, made]
    done = goal
    state.finish()
    following = state.goal
    if following.kind is Kind.BOOK and done.slot is not None and done.slot.start is not None:
        following.service = following.service or done.service
        seats = next((one[1:] for one in done.groups if one[0]["slot_id"] == done.slot.slot_id), [])
        if seats and not following.phrases:
            # Their seats were offered together.
            following.groups, following.offers = [seats], offers_in({"slots": seats[:1]})
            following.slot = next(iter(following.offers), None)
            following.phrases = [moment_phrase(following.slot)] if following.slot else []
        elif not following.phrases:
            # One after the other, on the same day; nobody is in two chairs at once.
            service = None if following.for_other else scene.service(done.service)
            free = done.slot.start + timedelta(minutes=service.duration_minutes if service else 0)
            following.phrases = [f"{free:%A %B %-d} after {free:%-I:%M %p}"]
        elif says_relative(following.when):
            following.phrases = [moment_phrase(done.slot), *following.phrases]


def _keep_who(state: State, chosen: Appointment | None, scene: Scene) -> None:
    """Keep whose appointment was cancelled: what is booked instead is for the same person."""
    names = {one.name for one in state.appointments}
    if chosen is None or scene.proven_phone is None or len(names) != 1 or not chosen.name:
        return
    state.name, state.phone = state.name or chosen.name, state.phone or scene.proven_phone
    if state.goal.kind is Kind.BOOK and not state.goal.for_other:
        state.goal.name, state.goal.phone = state.goal.name or state.name, state.goal.phone or state.phone


def _changed(state: State, result: FunctionResult, scene: Scene) -> None:
    """Close a change, whatever came of it."""
    chosen, rest = state.chosen, state.goal.rest
    state.finish()
    state.outcome = result.status
    if result.status == "moved":
        state.spoken = str(result.result.get("spoken") or "")
        now = result.result.get("appointment")
        others = [one for one in state.known if chosen is None or one.get("booking_id") != chosen.booking_id]
        state.known = [*others, now] if isinstance(now, dict) else others
        if rest:
            state.begin(Kind.MOVE, booking_id=rest[0], rest=rest[1:])
            state.all_asks = {key: n for key, n in state.all_asks.items() if key not in (Ask.WHEN, Ask.SLOT)}
    elif result.status == "cancelled":
        state.spoken = ""
        _keep_who(state, chosen, scene)
        state.known = [one for one in state.known if one.get("booking_id") != result.result.get("booking_id")]
        if rest:
            state.begin(Kind.CANCEL, booking_id=rest[0], rest=rest[1:])
        elif (
            state.goal.kind is Kind.NONE
            and chosen is not None
            and (found := service_in(normal(chosen.service), scene.facts))
        ):
            # Another time that is booked next is most likely for the same thing.
            state.goal.service = found.id
    if result.status in ("moved", "cancelled", "passed_on", "pending", "unknown"):
        state.matter = ""
