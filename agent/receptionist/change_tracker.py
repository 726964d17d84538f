"""What functions did with the caller's appointments, folded into the state."""

from agent.receptionist.change import Change, Kind
from agent.receptionist.matching import service_in
from agent.receptionist.state import ReadBack, Scene, State, Task
from agent.receptionist.understand_change import begin_change, settle
from contracts.conversation import FunctionCall, FunctionResult
from language.choices import offers_in
from language.datetimes.time_phrases import EARLIEST, TimePreference
from language.normalize import normal
from tools.appointments import CANCEL, FIND, MOVE, appointments_in

CHANGE_FUNCTIONS = (FIND, CANCEL, MOVE)


def called(state: State, call: FunctionCall) -> None:
    """Take over what is being changed, where another model asked for it in its own words.

    Args:
        state: The state so far; changed in place.
        call: The call of one of ``CHANGE_FUNCTIONS``, or of a search for a moved appointment.
    """
    change = state.change
    if state.task is not Task.CHANGE:
        begin_change(state, Kind.OPEN)
        change = state.change
    booking_id = str(call.arguments.get("booking_id") or "")
    for one in change.known:
        if one.booking_id == booking_id:
            change.choose(one)
    if call.name == FIND:
        change.asked_calendar += 1
        state.name = str(call.arguments.get("name") or state.name)
    elif call.name == CANCEL:
        change.kind = Kind.CANCEL
    else:
        change.kind = Kind.MOVE


def searched(state: State, call: FunctionCall) -> None:
    """Take over the search for a new time.

    Args:
        state: The state so far; changed in place.
    """
    called(state, call)
    words = str(call.arguments.get("when") or "")
    if words != state.search_key[0]:
        loose = words == EARLIEST
        state.wish, state.search_words = TimePreference(day="" if loose else words, loose=loose), ""
    state.practitioner = state.practitioner or str(call.arguments.get("practitioner") or "")
    state.searched = state.search_key


def returned(state: State, result: FunctionResult, scene: Scene) -> None:
    """Take in what one of ``CHANGE_FUNCTIONS`` gave.

    Args:
        state: The state so far; changed in place.
    """
    status = result.status
    if result.name == FIND:
        _found(state, result, scene)
    elif status == "read_back":
        state.agreed = state.change.agreed = False
        if result.name == CANCEL:
            state.change.read_back = True
        else:
            slot_id = str(result.arguments.get("slot_id") or "")
            state.read_back = ReadBack(slot_id, str(result.arguments.get("booking_id") or ""), "")
    elif status == "taken":
        state.offer_instead(offers_in(result.result))
    elif status == "invalid" and result.result.get("field") == "slot_id":
        state.new_search()
    else:
        _ended(state, result, scene)


def _found(state: State, result: FunctionResult, scene: Scene) -> None:
    change = state.change
    if result.status == "found":
        change.known = appointments_in(result.result)
        settle(state, scene)
        if change.kind is Kind.LOOK:
            state.task = Task.NONE
    elif result.status == "invalid":
        state.phone = state.digits = ""
    elif result.status in ("none", "who") and result.result.get("missing"):
        # Under another name and number, maybe.
        state.phone = state.digits = ""
        change.known = []
    else:
        state.task = Task.NONE


def _ended(state: State, result: FunctionResult, scene: Scene) -> None:
    """Close the change, whatever came of it."""
    chosen, rest = state.change.chosen, state.change.rest
    state.finish_booking(result.status, "")
    state.change = Change()
    if result.status == "moved":
        state.outcome, state.outcome_spoken = "booked", str(result.result.get("spoken") or "")
        state.change.known = appointments_in(result.result)
    elif result.status == "cancelled":
        state.outcome_spoken = ""
        if chosen is not None and chosen.service:
            # Another time that is booked next is most likely for the same thing.
            state.service = service_in(normal(chosen.service), scene.facts)
        if rest:
            begin_change(state, Kind.CANCEL)
            state.change.known, state.change.asked_calendar = rest, 1
            state.change.choose_all()
    if result.status in ("moved", "cancelled", "passed_on", "pending", "unknown"):
        state.staff_matter = ""
