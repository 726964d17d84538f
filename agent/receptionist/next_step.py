"""The next step of what the caller and the receptionist are at: a question, or a function to call."""

from agent.receptionist import change_responses, responses
from agent.receptionist.action import Action, call
from agent.receptionist.asking import ask, question
from agent.receptionist.change_steps import change_step
from agent.receptionist.goals import Goal, is_urgent
from agent.receptionist.matching import practitioner_in
from agent.receptionist.questions import Ask
from agent.receptionist.state import ENOUGH_ASKS, ReadBack, Scene, State, Task
from agent.receptionist.state_tracker import BOOK, MESSAGE, SEARCH
from language.datetimes.time_phrases import EARLIEST
from language.names import is_whole
from language.normalize import normal

_SEARCHES_IN_A_TURN = 2
_OPTIONAL_ASKS = 2


def proceed(state: State, scene: Scene) -> Action:
    """Go on with the task."""
    if state.task is Task.BOOK:
        return _book(state, scene)
    if state.task is Task.CHANGE:
        return change_step(state, scene)
    if state.task is Task.MESSAGE:
        return _message(state, scene)
    return _nothing_at_hand(state, scene)


def _book(state: State, scene: Scene) -> Action:  # noqa: PLR0911 - a chain of decisions
    turn = state.turn
    if turn is not None and turn.unclear_choice:
        return Action(say=responses.which_of(turn.unclear_choice, state.all_asks[Ask.SLOT]))
    if state.to_change == "?":
        return question(state, scene, Ask.WHAT_TO_CHANGE).after(
            responses.one_of(responses.ALL_RIGHT, state.turns)
        )
    if state.chosen is None:
        return _find_slot(state, scene)
    if state.to_spell:
        return ask(state, scene, Ask.SPELLING)
    if not state.name:
        return ask(state, scene, Ask.NAME).after(_acknowledged(state))
    if not is_whole(state.name) and not state.phone and state.all_asks[Ask.LAST_NAME] == 0:
        return ask(state, scene, Ask.LAST_NAME).after(responses.thanks(state.name))
    if not state.phone:
        return _ask_phone(state, scene).after(_acknowledged(state))
    return _book_chosen(state, scene)


def _find_slot(state: State, scene: Scene) -> Action:
    move = _slot_step(state, scene)
    turn = state.turn
    suffering = (
        turn is not None and turn.got_on and is_urgent(turn.words) and state.reason == turn.text.strip()[:200]
    )
    if suffering:
        return move.after(responses.one_of(responses.SYMPATHY, state.turns))
    stays_open = state.asked in (Ask.SLOT, Ask.WHEN, Ask.SERVICE) and not state.calls_in_turn
    if turn is not None and move.call is None and stays_open:
        if turn.wrong_digits and not turn.got_on:
            return move.after(responses.one_of(responses.BAD_DIGITS, state.turns))
        if turn.introduced or turn.dialled:
            # What came unasked is kept; the question that was asked stays open.
            return move.after(responses.thanks(state.name if turn.introduced else ""))
    return move


def _slot_step(state: State, scene: Scene) -> Action:  # noqa: PLR0911 - a chain of decisions
    if state.wants_service(scene.facts):
        turn = state.turn
        unknown = turn is not None and turn.unknown_service
        if unknown and state.asks[Ask.SERVICE] < ENOUGH_ASKS:
            listed = question(state, scene, Ask.SERVICE, least=1 + state.all_asks[Ask.SERVICE] % 2)
            return listed.after(responses.one_of(responses.NOT_OFFERED, state.turns))
        return ask(state, scene, Ask.SERVICE)
    if state.needs_search:
        if state.calls_in_turn[SEARCH] >= _SEARCHES_IN_A_TURN:
            return question(state, scene, Ask.PERSON_OR_MESSAGE).after(responses.CALENDAR_TROUBLE)
        return _search(state, scene, state.search_key[0])
    if state.offers:
        return ask(state, scene, Ask.SLOT)
    if (
        state.asks[Ask.WHEN] >= ENOUGH_ASKS
        and not state.calls_in_turn[SEARCH]
        and state.search_key[0] != EARLIEST
    ):
        return _search(state, scene, EARLIEST)
    return ask(state, scene, Ask.WHEN)


def _search(state: State, scene: Scene, words: str) -> Action:
    service = state.service.name if state.service else None
    asked_for = (
        practitioner_in(normal(f"with {state.practitioner}"), scene.facts) if state.practitioner else None
    )
    practitioner = asked_for.name if asked_for else state.practitioner
    filler = responses.looking(state.turns) if not state.calls_in_turn[SEARCH] else None
    return call(SEARCH, {"when": words, "service": service, "practitioner": practitioner}, filler)


def _book_chosen(state: State, scene: Scene) -> Action:
    if state.chosen is None:
        return ask(state, scene, Ask.WHEN)
    details = ReadBack(state.chosen.slot_id, state.name, state.phone)
    if details == state.read_back and not state.agreed:
        return ask(state, scene, Ask.READ_BACK)
    if state.calls_in_turn[BOOK] > 1:
        return question(state, scene, Ask.PERSON_OR_MESSAGE).after(responses.CALENDAR_TROUBLE)
    filler = responses.checking(state.turns) if details == state.read_back else None
    arguments = {
        "slot_id": details.slot_id,
        "name": details.name,
        "phone": details.phone,
        "reason": state.reason,
    }
    return call(BOOK, arguments, filler)


def _ask_phone(state: State, scene: Scene) -> Action:
    if state.turn is not None and state.turn.wrong_digits:
        return ask(state, scene, Ask.PHONE).after(responses.one_of(responses.BAD_DIGITS, state.turns))
    if state.digits:
        return question(state, scene, Ask.PHONE_REST)
    if scene.caller_phone and not state.caller_phone_refused:
        return ask(state, scene, Ask.CALLER_PHONE)
    return ask(state, scene, Ask.PHONE)


def _message(state: State, scene: Scene) -> Action:
    if not state.message:
        return ask(state, scene, Ask.MESSAGE_TEXT).after(responses.one_of(responses.ALL_RIGHT, state.turns))
    if not state.name and state.asks[Ask.NAME] < _OPTIONAL_ASKS:
        return question(state, scene, Ask.NAME)
    own = scene.caller_phone and not state.caller_phone_refused
    wanted = Ask.PHONE_REST if state.digits else (Ask.CALLER_PHONE if own else Ask.PHONE)
    if not state.phone and state.asks[wanted] < _OPTIONAL_ASKS:
        return question(state, scene, wanted).after(_acknowledged(state))
    phone = state.phone or scene.caller_phone
    return call(
        MESSAGE, {"text": state.message, "name": state.name, "phone": phone}, responses.checking(state.turns)
    )


def _nothing_at_hand(state: State, scene: Scene) -> Action:  # noqa: PLR0911 - a chain of decisions
    turn = state.turn
    intents = turn.intents if turn else []
    if turn is not None and turn.kept:
        return question(state, scene, Ask.ANYTHING_ELSE).after(change_responses.kept(state.change.chosen))
    if Goal.ABANDON in intents and state.outcome_spoken:
        # What stands in the calendar stays there, and the caller has to know.
        if turn is not None and turn.dropped:
            return question(state, scene, Ask.ANYTHING_ELSE).after(
                responses.one_of(responses.NOT_BOOKED_MORE, state.turns)
            )
        return question(state, scene, Ask.PERSON_OR_MESSAGE).after(
            f"You're still down for {state.outcome_spoken}. {responses.one_of(responses.CHANGE, state.turns)}"
            if state.outcome == "booked"
            else responses.one_of(responses.CHANGE, state.turns)
        )
    if Goal.ABANDON in intents:
        return question(state, scene, Ask.ANYTHING_ELSE).after(
            responses.one_of(responses.NOT_BOOKED, state.turns)
        )
    if turn is not None and turn.agreed and not turn.refused and not intents:
        return question(state, scene, Ask.HELP).after(responses.one_of(responses.ALL_RIGHT, state.turns))
    if state.turns > 1 or state.outcome or Goal.THANKS in intents:
        opening = (
            "You're welcome."
            if Goal.THANKS in intents
            else responses.one_of(responses.ALL_RIGHT, state.turns)
        )
        return question(state, scene, Ask.ANYTHING_ELSE).after(opening)
    return question(state, scene, Ask.HELP)


def _acknowledged(state: State) -> str:
    """Say that the last answer was taken in, where one was."""
    turn = state.turn
    if turn is None or not turn.got_on or turn.wrong_digits:
        return ""
    if turn.introduced and state.asked in (Ask.SLOT, Ask.WHEN):
        return responses.thanks(state.name)
    if state.asked in (Ask.NAME, Ask.LAST_NAME, Ask.SPELLING) and state.name:
        return responses.thanks(state.name)
    if state.asked is Ask.SLOT:
        return responses.one_of(responses.GREAT, state.turns)
    return ""
