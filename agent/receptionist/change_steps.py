"""The next step towards an appointment that is cancelled or moved."""

from agent.receptionist import change_responses, responses
from agent.receptionist.action import Action, call
from agent.receptionist.asking import ask, question
from agent.receptionist.change import Kind
from agent.receptionist.matching import practitioner_in
from agent.receptionist.questions import Ask
from agent.receptionist.state import ReadBack, Scene, State
from agent.receptionist.state_tracker import CANCEL, FIND, MOVE, SEARCH
from language.names import is_whole
from language.normalize import normal
from tools.appointments import Appointment

_CALLS_IN_A_TURN = 2


def change_step(state: State, scene: Scene) -> Action:
    """Go on with what the caller wants done with an appointment."""
    change, turn = state.change, state.turn
    if not change.known and change.chosen is None:
        return _look_for_it(state, scene)
    if change.chosen is None:
        return ask(state, scene, Ask.WHICH_APPOINTMENT)
    if turn is not None and turn.unclear_choice:
        return Action(say=responses.which_of(turn.unclear_choice, state.all_asks[Ask.SLOT]))
    if change.kind is Kind.CANCEL:
        return _cancel(state, scene, change.chosen)
    if change.kind is Kind.MOVE:
        return _move(state, scene, change.chosen)
    return ask(state, scene, Ask.CANCEL_OR_MOVE)


def _look_for_it(state: State, scene: Scene) -> Action:
    """Look under the number that the call comes from, then under a name and a number."""
    filler = responses.looking(state.turns)
    if not state.change.asked_calendar and scene.caller_phone:
        return call(FIND, {}, filler)
    if not state.name:
        return ask(state, scene, Ask.NAME)
    if not is_whole(state.name) and not state.phone and state.all_asks[Ask.LAST_NAME] == 0:
        return ask(state, scene, Ask.LAST_NAME).after(responses.thanks(state.name))
    if not state.phone:
        move = ask(state, scene, Ask.PHONE_REST if state.digits else Ask.PHONE)
        wrong = state.turn is not None and state.turn.wrong_digits
        opening = responses.one_of(responses.BAD_DIGITS, state.turns) if wrong else ""
        if (
            not opening
            and state.turn is not None
            and state.turn.got_on
            and state.asked in (Ask.NAME, Ask.LAST_NAME)
        ):
            opening = responses.thanks(state.name)
        return move.after(opening)
    if state.calls_in_turn[FIND] >= _CALLS_IN_A_TURN:
        return question(state, scene, Ask.PERSON_OR_MESSAGE).after(responses.CALENDAR_TROUBLE)
    return call(FIND, {"name": state.name, "phone": state.phone}, filler)


def _cancel(state: State, scene: Scene, chosen: Appointment) -> Action:
    change = state.change
    if change.read_back and not change.agreed:
        return ask(state, scene, Ask.CANCEL_IT)
    if state.calls_in_turn[CANCEL] >= _CALLS_IN_A_TURN:
        return question(state, scene, Ask.PERSON_OR_MESSAGE).after(responses.CALENDAR_TROUBLE)
    filler = responses.checking(state.turns) if change.agreed else None
    return call(CANCEL, {"booking_id": chosen.booking_id}, filler)


def _move(state: State, scene: Scene, chosen: Appointment) -> Action:
    if state.chosen is not None:
        return _move_there(state, scene, chosen)
    if state.needs_search:
        if state.calls_in_turn[SEARCH] >= _CALLS_IN_A_TURN:
            return question(state, scene, Ask.PERSON_OR_MESSAGE).after(responses.CALENDAR_TROUBLE)
        wanted = (
            practitioner_in(normal(f"with {state.practitioner}"), scene.facts) if state.practitioner else None
        )
        filler = None if state.calls_in_turn else responses.looking(state.turns)
        whom = wanted.name if wanted else state.practitioner
        arguments = {"when": state.search_key[0], "practitioner": whom, "booking_id": chosen.booking_id}
        return call(SEARCH, arguments, filler)
    if state.offers:
        return ask(state, scene, Ask.SLOT)
    move = ask(state, scene, Ask.WHEN)
    # Named once, so that the caller knows which one is meant; the read-back names it again.
    named = state.all_asks[Ask.WHEN] == 0 and state.asked is not Ask.CANCEL_OR_MOVE
    if named:
        return move.after(change_responses.new_time(chosen))
    return move.after(
        responses.one_of(responses.ALL_RIGHT, state.turns) if state.turn and state.turn.got_on else ""
    )


def _move_there(state: State, scene: Scene, chosen: Appointment) -> Action:
    if state.chosen is None:
        return ask(state, scene, Ask.WHEN)
    details = ReadBack(state.chosen.slot_id, chosen.booking_id, "")
    if details == state.read_back and not state.agreed:
        return ask(state, scene, Ask.READ_BACK)
    if state.calls_in_turn[MOVE] >= _CALLS_IN_A_TURN:
        return question(state, scene, Ask.PERSON_OR_MESSAGE).after(responses.CALENDAR_TROUBLE)
    filler = responses.checking(state.turns) if details == state.read_back else None
    return call(MOVE, {"booking_id": chosen.booking_id, "slot_id": details.slot_id}, filler)
