"""From the messages of a conversation to its state, whoever led it so far."""

from collections.abc import Sequence

from agent.receptionist import change_tracker
from agent.receptionist.change import Kind
from agent.receptionist.matching import service_in
from agent.receptionist.questions import Ask, asked_in
from agent.receptionist.responses import is_filler
from agent.receptionist.state import ReadBack, Scene, State, Task
from agent.receptionist.understand import listen
from contracts.conversation import FunctionCall, FunctionResult, Message, calls_of, results_of, text_of
from language.choices import Offer, offers_in
from language.datetimes.mentions import clock_mentions
from language.datetimes.time_phrases import EARLIEST, TimePreference
from language.normalize import normal
from tools.appointments import appointments_in

SEARCH = "search_availability"
BOOK = "book_appointment"
FIND, CANCEL, MOVE = change_tracker.CHANGE_FUNCTIONS
KNOWLEDGE = "search_knowledge"
MESSAGE = "take_message"
TRANSFER = "request_person"
END = "end_call"

_BOOKING_ASKS = frozenset(
    {Ask.SERVICE, Ask.WHEN, Ask.SLOT, Ask.NAME, Ask.PHONE, Ask.CALLER_PHONE, Ask.READ_BACK, Ask.PRACTITIONER}
)


def fold(messages: Sequence[Message], scene: Scene) -> State:
    """Derive the state of a conversation.

    Args:
        messages: Everything said, heard, called and returned so far.
    """
    state = State()
    results = {result.index: result for result in results_of(messages)}
    heard: list[str] = []
    for index, message in enumerate(messages):
        role = message.get("role")
        if role == "user":
            heard.append(text_of(message))
            continue
        if role in ("assistant", "tool") and heard:
            # Speech that recognition cut in two is one utterance.
            listen(state, " ".join(part for part in heard if part), scene)
            heard = []
        if role == "assistant":
            _said(state, text_of(message), scene)
            _called(state, calls_of(message), scene)
        elif role == "tool" and index in results:
            _returned(state, results[index], scene)
    if heard:
        listen(state, " ".join(part for part in heard if part), scene)
    return state


def natural_ask(state: State, scene: Scene) -> Ask:
    """Give the question that stands when none was heard to be asked."""
    if state.task is Task.BOOK:
        ask = state.booking_ask(scene.facts)
        if ask is Ask.PHONE and scene.caller_phone and not state.caller_phone_refused:
            return Ask.CALLER_PHONE
        return ask
    if state.task is Task.CHANGE:
        return _change_ask(state)
    if state.task is Task.MESSAGE and not state.message:
        return Ask.MESSAGE_TEXT
    return Ask.ANYTHING_ELSE if state.turns > 1 or state.outcome else Ask.HELP


def _change_ask(state: State) -> Ask:
    change = state.change
    if change.chosen is None:
        if change.known:
            return Ask.WHICH_APPOINTMENT
        return Ask.NAME if not state.name else Ask.PHONE_REST if state.digits else Ask.PHONE
    if change.kind is Kind.CANCEL:
        return Ask.CANCEL_IT
    if change.kind is not Kind.MOVE:
        return Ask.CANCEL_OR_MOVE
    if state.chosen is not None:
        return Ask.READ_BACK
    return Ask.SLOT if state.offers and not state.needs_search else Ask.WHEN


def _said(state: State, text: str, scene: Scene) -> None:
    text = text.strip()
    if not text:
        return
    if is_filler(text):
        # Words that only fill the time of a call ask nothing and are worth no repetition.
        return
    state.last_said = text
    state.unspoken = False
    asked = asked_in(text)
    if state.offers and state.chosen is None:
        clocks = clock_mentions(text)
        for offer in state.offers:
            if offer.slot_id not in state.heard and (
                offer.spoken in text or (offer.start and any(clock.is_at(offer.start) for clock in clocks))
            ):
                state.heard.append(offer.slot_id)
    if asked is Ask.SAME:
        return
    if asked is Ask.NOTHING:
        state.asked = natural_ask(state, scene)
        return
    if state.task is Task.NONE and asked is Ask.MESSAGE_TEXT:
        state.task = Task.MESSAGE
    elif state.task is Task.NONE and asked in _BOOKING_ASKS:
        # Another model began a booking in words of its own.
        state.start_booking()
    state.asked = asked
    state.asks[asked] += 1
    state.all_asks[asked] += 1


def _called(state: State, calls: Sequence[FunctionCall], scene: Scene) -> None:
    for call in calls:
        state.pending.append(call)
        state.calls_in_turn[call.name] += 1
        if call.name in change_tracker.CHANGE_FUNCTIONS:
            change_tracker.called(state, call)
        elif call.name == SEARCH and call.arguments.get("booking_id"):
            change_tracker.searched(state, call)
        elif call.name == SEARCH:
            _searched(state, call, scene)
        elif call.name == BOOK:
            _asked_to_book(state, call)
        elif call.name == KNOWLEDGE:
            state.last_question = str(call.arguments.get("question") or "")
        elif call.name == MESSAGE:
            state.message = str(call.arguments.get("text") or state.message)


def _searched(state: State, call: FunctionCall, scene: Scene) -> None:
    """Take over what the calendar is asked, where another model asked it in its own words."""
    state.start_booking()
    words = str(call.arguments.get("when") or "")
    service = str(call.arguments.get("service") or "")
    practitioner = str(call.arguments.get("practitioner") or "")
    if words != state.search_key[0]:
        state.wish, state.search_words = (
            TimePreference(day="" if words == EARLIEST else words, loose=words == EARLIEST),
            "",
        )
    if service and (state.service is None or service != state.service.name):
        state.service = service_in(normal(service), scene.facts) or state.service
    if not service and state.service is None:
        state.any_service = True
    state.practitioner = practitioner
    state.searched = state.search_key


def _asked_to_book(state: State, call: FunctionCall) -> None:
    state.start_booking()
    slot_id = str(call.arguments.get("slot_id") or "")
    if state.chosen is None or state.chosen.slot_id != slot_id:
        state.chosen = state.known_offers.get(slot_id) or Offer(slot_id=slot_id, start=None, spoken="")
    state.name = str(call.arguments.get("name") or state.name)
    state.phone = str(call.arguments.get("phone") or state.phone)


def _returned(state: State, result: FunctionResult, scene: Scene) -> None:
    if state.pending:
        named = next((call for call in state.pending if call.name == result.name), state.pending[0])
        state.pending.remove(named)
    state.result = result
    state.unspoken = True
    if result.name == SEARCH:
        _found(state, result, scene)
    elif result.name == BOOK:
        _booking_answered(state, result)
    elif result.name in change_tracker.CHANGE_FUNCTIONS:
        change_tracker.returned(state, result, scene)
    elif result.name == MESSAGE and result.status != "invalid":
        state.task, state.message = Task.NONE, ""


def _found(state: State, result: FunctionResult, scene: Scene) -> None:
    if result.status == "ask":
        # The calendar's own question comes first; its answer makes another search.
        if result.result.get("about") == "service":
            state.service, state.any_service = None, False
        elif result.result.get("about") == "practitioner":
            state.practitioner = ""
    state.offers = offers_in(result.result)
    state.known_offers.update({offer.slot_id: offer for offer in state.offers})
    if result.result.get("asked_time_is_free") is True:
        # The very time that was asked for is free: the others were not mentioned.
        state.offers = state.offers[:1]
    state.heard, state.chosen, state.read_back, state.agreed = [], None, None, False
    service = result.result.get("service")
    if state.service is None and isinstance(service, dict):
        state.service = next((one for one in scene.facts.services if one.id == service.get("id")), None)
        state.searched = state.search_key
    if result.status == "unavailable":
        # Asked again later, the calendar may be back.
        state.new_search()
        state.task = Task.NONE
        state.wish, state.search_words = TimePreference(), ""


def _booking_answered(state: State, result: FunctionResult) -> None:
    status = result.status
    arguments = {key: str(value) for key, value in result.arguments.items()}
    if status == "read_back":
        state.read_back = ReadBack(
            arguments.get("slot_id", ""), arguments.get("name", ""), arguments.get("phone", "")
        )
        state.agreed = False
    elif status in ("booked", "pending", "unknown"):
        spoken = result.result.get("spoken") or (state.chosen.spoken if state.chosen else "")
        state.finish_booking(status, str(spoken))
        state.change.known += appointments_in(result.result) if status == "booked" else []
    elif status == "taken":
        state.offer_instead(offers_in(result.result))
    elif status == "invalid":
        _invalid(state, str(result.result.get("field") or ""))
    else:
        state.new_search()
        state.task = Task.NONE
        state.wish, state.search_words = TimePreference(), ""


def _invalid(state: State, field: str) -> None:
    state.read_back, state.agreed = None, False
    if field == "phone":
        state.phone, state.digits, state.caller_phone_refused = "", "", True
    elif field == "name":
        state.name = ""
    else:
        state.new_search()
