"""The next step of what the caller and the receptionist are at: a question, or a function to call."""

from datetime import timedelta
from typing import Any

from agent.dialogue import responses
from agent.dialogue.account import joined, note
from agent.dialogue.action import Action, call
from agent.dialogue.changes import chosen_of, named_in
from agent.dialogue.choose import choose
from agent.dialogue.facts import closed_then
from agent.dialogue.identity import UNKNOWN, next_identity
from agent.dialogue.matching import practitioner_in
from agent.dialogue.memory import BOOK, CANCEL, FIND, MESSAGE, MOVE, SEARCH, search_key
from agent.dialogue.missing import natural_ask
from agent.dialogue.people import examine_name
from agent.dialogue.responses import say
from agent.dialogue.state import CHANGES, NAME_ASKS, PHONE_ASKS, Ask, Kind, Scene, State
from agent.dialogue.times import is_relative
from contracts.practice_rules import NeverBook
from language import speak
from language.choices import Offer
from language.datetimes.resolve import EARLIEST
from language.names import is_whole
from language.normalize import normal
from language.phrases import phrase
from tools.appointments import Appointment

ENOUGH_ASKS = 3
"""A question that was asked this often without getting on is given up."""
_NAME_ASKS = 2
_CALLS_IN_A_TURN = 2
_AFTER_ME = phrase("steps.after_me")
_ALONG = phrase("steps.along")
_LOOKED_IN_VAIN = 2
"""A question for an appointment that is not found, asked this often in vain: the team can look better."""


def ask(state: State, scene: Scene, wanted: Ask, *, gives_up: bool = True) -> Action:
    """Ask, in other words each time; asked often enough without getting on, another way is offered."""
    if wanted is Ask.NOTHING:
        wanted = natural_ask(state, scene)
    if wanted is Ask.CALLER_PHONE and not scene.caller_phone:
        wanted = Ask.PHONE
    if wanted is Ask.PHONE_REST and not state.goal.digits:
        wanted = Ask.PHONE
    if wanted is Ask.READ_BACK and not state.goal.read_back:
        wanted = natural_ask(state, scene)
    if scene.by_ear and state.goal.kind is Kind.BOOK and _is_not_heard(state, wanted):
        state.goal.spell, state.goal.name_unsure, wanted = ["last"], True, Ask.SPELLING
    vain = state.goal.kind in CHANGES and state.looked and not state.known
    if gives_up and state.count(wanted) >= (_LOOKED_IN_VAIN if vain else ENOUGH_ASKS):
        if state.count(Ask.PERSON_OR_MESSAGE) >= ENOUGH_ASKS:
            return Action(say=say("holding", state.turns))
        wanted = Ask.PERSON_OR_MESSAGE
    words = responses.ask(wanted, state, scene)
    state.ask(wanted)
    return Action(say=words)


def _is_not_heard(state: State, wanted: Ask) -> bool:
    """Tell whether a name was asked for in vain, and its letters may be made out where it is not."""
    enough = {Ask.NAME: _NAME_ASKS, Ask.LAST_NAME: 1}.get(wanted, ENOUGH_ASKS)
    alone = not state.goal.name if wanted is Ask.NAME else not is_whole(state.goal.name)
    missing = alone and not (state.goal.surname or state.goal.spelled_in_vain)
    return wanted in (Ask.NAME, Ask.LAST_NAME) and missing and state.count(wanted) >= enough


def proceed(state: State, scene: Scene) -> Action:
    """Go on with the goal."""
    goal = state.goal
    if goal.kind is Kind.BOOK:
        return _book(state, scene)
    if goal.kind is Kind.MESSAGE:
        return _message(state, scene)
    if goal.kind is Kind.NONE:
        return _nothing_at_hand(state, scene)
    return _change(state, scene)


def _nothing_at_hand(state: State, scene: Scene) -> Action:
    if state.turns > 1 or state.outcome or state.told:
        return ask(state, scene, Ask.ANYTHING_ELSE, gives_up=False)
    return ask(state, scene, Ask.HELP, gives_up=False)


def filler(state: State, *, looks: bool) -> str | None:
    """Give words for the time of a call, once in a turn; in Spanish there are none."""
    if state.filled or state.language == "es":
        return None
    state.filled = True
    return say("looking" if looks else "checking", state.turns, language=state.language)


def trouble(state: State, scene: Scene) -> Action:
    """Offer help where the calendar cannot be asked again in this turn."""
    return ask(state, scene, Ask.PERSON_OR_MESSAGE).after(say("calendar_trouble"))


# --- A booking ---


def _book(state: State, scene: Scene) -> Action:  # noqa: PLR0911 - a chain of decisions
    goal = state.goal
    if state.unclear:
        fitting = [one for one in goal.offers if one.slot_id in state.unclear]
        words = responses.which_of(fitting, state.all_asks.get(Ask.SLOT, 0))
        state.ask(Ask.SLOT)
        return Action(say=words)
    if goal.to_change == "?":
        return ask(state, scene, Ask.WHAT_TO_CHANGE).after(say("all_right", state.turns))
    if (never := _never(state, scene)) is not None:
        words = never.say or say("not_by_phone")
        note(state, f"{_service_name(state, scene)}. {goal.reason}")
        state.goal = type(goal)(name=goal.name, phone=goal.phone)
        return ask(state, scene, Ask.PERSON_OR_MESSAGE).after(words)
    if goal.when and scene.proven_phone and not state.looked and not state.calls.get(FIND):
        # What they have already is mentioned before one more is made.
        return call(FIND, {})
    _beside_own(state)
    if not goal.one_more and not goal.booking_id and goal.slot is None and (same := _same_kind(state, scene)):
        if not goal.service and is_relative(goal.when):
            # "Can I come in later on Wednesday?" is a wish to move it.
            state.begin(Kind.MOVE, booking_id=same, phrases=goal.phrases)
            return proceed(state, scene)
        goal.booking_id = same
        return ask(state, scene, Ask.MOVE_OR_NEW)
    if goal.slot is None:
        return _find_slot(state, scene)
    return _details(state, scene)


def _never(state: State, scene: Scene) -> NeverBook | None:
    """Find the rule by which a service is not booked by the bot, on whatever day."""
    name = normal(_service_name(state, scene))
    rules = [one for one in scene.facts.rules.never_book if not one.days]
    return next((one for one in rules if name and name in map(normal, one.services)), None)


def _service_name(state: State, scene: Scene) -> str:
    found = scene.service(state.goal.service)
    return found.name if found else ""


def _beside_own(state: State) -> None:
    """Let a visit be right after one that the caller has, or somebody come along then."""
    goal = state.goal
    meant = chosen_of(goal.about, state.appointments) if goal.about else []
    along = goal.phrases and _ALONG.search(normal(goal.when)) and goal.about
    after = _AFTER_ME.search(normal(goal.phrases[-1])) if goal.phrases else None
    if after and (after["theirs"] or goal.for_other) and state.outcome == "booked":
        meant = state.appointments[-1:]  # "right after his": after what was just booked
    elif after and goal.for_other and len(state.appointments) == 1:
        meant = state.appointments
    elif after and not goal.for_other:
        meant = chosen_of(after.group(), state.appointments)
    if state.looked and goal.about:
        goal.about = ""
    if len(meant) == 1 and (not goal.phrases or along or after):
        length = timedelta(minutes=0 if goal.for_other and not after else meant[0].minutes or 0)
        goal.phrases = [f"{meant[0].start:%A %B %-d} after {meant[0].start + length:%-I:%M %p}"]


def _same_kind(state: State, scene: Scene) -> str:
    """Find an appointment of the caller's own that is of the kind that is asked for."""
    goal = state.goal
    if goal.for_other:
        return ""
    if not goal.service:
        # "Can I come in later on Wednesday?": what they have that day is meant.
        coming = [one for one in state.appointments if one.start > scene.now and state.outcome == ""]
        return next((one.booking_id for one in coming if choose(goal.when, [_as_offer(one)])), "")
    name = _service_name(state, scene)
    mine = [one for one in state.appointments if one.service == name and one.start > scene.now]
    whose = [one for one in mine if not goal.name or normal(one.name) == normal(goal.name)]
    return whose[0].booking_id if whose and state.outcome not in ("booked", "moved") else ""


def _as_offer(one: Appointment) -> Offer:
    return Offer(one.booking_id, one.start, speak.moment(one.start), one.practitioner)


def _find_slot(state: State, scene: Scene) -> Action:
    goal = state.goal
    if not goal.service and not goal.any_service and len(scene.facts.services) > 1:
        first = not state.all_asks.get(Ask.SERVICE)
        return ask(state, scene, Ask.SERVICE).after(closed_then(normal(goal.when), scene) if first else "")
    key = search_key(goal.when, goal.service, goal.practitioner)
    if goal.when and key != goal.searched:
        return _search(state, scene, goal.when)
    if goal.offers:
        return ask(state, scene, Ask.SLOT)
    if state.count(Ask.WHEN) >= ENOUGH_ASKS and not state.calls and goal.when != EARLIEST:
        goal.loose, goal.phrases = True, []
        return _search(state, scene, EARLIEST)
    # Offers that were turned down are let go of: that is said.
    return ask(state, scene, Ask.WHEN).after(say("all_right", state.turns) if goal.searched else "")


def _search(state: State, scene: Scene, words: str) -> Action:
    goal = state.goal
    if state.calls.get(SEARCH, 0) >= _CALLS_IN_A_TURN:
        return trouble(state, scene)
    goal.searched = search_key(goal.when, goal.service, goal.practitioner)
    named = practitioner_in(normal(f"with {goal.practitioner}"), scene.facts) if goal.practitioner else None
    whom = named.name if named else goal.practitioner
    fills = filler(state, looks=True)
    if goal.kind is Kind.MOVE:
        state.told += [_which_one(state)]
        return call(SEARCH, {"when": words, "practitioner": whom, "booking_id": goal.booking_id}, fills)
    wish: dict[str, Any] = {"when": words, "service": _service_name(state, scene), "practitioner": whom}
    if goal.nobody_else:
        wish["nobody_else"] = True
    return call(SEARCH, wish | ({"patients": state.together} if state.together > 1 else {}), fills)


def _details(state: State, scene: Scene) -> Action:  # noqa: PLR0911 - a chain of decisions
    goal = state.goal
    settled = _settled(state)
    if not goal.name:
        return ask(state, scene, Ask.NAME).after(settled)
    if not is_whole(goal.name) and not goal.phone and not state.all_asks.get(Ask.LAST_NAME):
        return ask(state, scene, Ask.LAST_NAME).after(
            settled or responses.thanks("" if goal.surname else goal.name)
        )
    if scene.by_ear:
        examine_name(goal)
    if goal.spell:
        return ask(state, scene, Ask.SPELLING).after(settled)
    if any(one.key not in goal.answers for one in scene.facts.rules.always_ask):
        return ask(state, scene, Ask.RULE).after(settled)
    if scene.facts.rules.ask_date_of_birth and not goal.born:
        return ask(state, scene, Ask.BIRTH_DATE).after(settled)
    if not goal.phone:
        return _ask_phone(state, scene).after(settled)
    return _book_chosen(state, scene)


def _settled(state: State) -> str:
    """Name what was just taken, so that an error is heard at once."""
    goal = state.goal
    if not state.got_on or goal.slot is None:
        return ""
    if state.asked is Ask.READ_BACK and goal.groups and not goal.name:
        return say("next_one", slot=goal.slot.spoken)
    if state.chose and state.asked in (*NAME_ASKS, *PHONE_ASKS):
        return say("taken", slot=goal.slot.spoken)
    if state.asked in (Ask.NAME, Ask.LAST_NAME, Ask.SPELLING) and goal.name:
        return responses.thanks("" if goal.for_other else goal.name)
    if state.asked in (Ask.SLOT, Ask.NOTHING, Ask.WHEN) and len(goal.offers) > 1 and goal.slot.spoken:
        return say("taken", slot=goal.slot.spoken)
    return say("all_right", state.turns) if state.asked in (Ask.SLOT, Ask.RULE) else ""


def _ask_phone(state: State, scene: Scene) -> Action:
    goal = state.goal
    if goal.digits:
        return ask(state, scene, Ask.PHONE_REST)
    if scene.caller_phone and goal.own_number:
        return ask(state, scene, Ask.CALLER_PHONE)
    return ask(state, scene, Ask.PHONE)


def _book_chosen(state: State, scene: Scene) -> Action:
    goal = state.goal
    if goal.slot is None:
        return ask(state, scene, Ask.WHEN)
    same = _is_read_back(state, goal.slot.slot_id)
    if same and not goal.agreed:
        return ask(state, scene, Ask.READ_BACK)
    if state.calls.get(BOOK, 0) >= _CALLS_IN_A_TURN:
        return trouble(state, scene)
    arguments = {
        "slot_id": goal.slot.slot_id,
        "name": goal.name,
        "phone": goal.phone,
        "reason": _notes(state),
        "date_of_birth": goal.born if goal.born != UNKNOWN else "",
    }
    return call(BOOK, arguments, filler(state, looks=False) if same else None)


def _is_read_back(state: State, slot_id: str) -> bool:
    """Tell whether what is to be booked is what was read back."""
    goal, read = state.goal, state.goal.read_back
    if not read or read.get("slot_id") != slot_id:
        return False
    return goal.kind is Kind.MOVE or (
        normal(str(read.get("name"))) == normal(goal.name) and read.get("phone") in (goal.phone, None)
    )


def _notes(state: State) -> str:
    """Write the notes of a booking: why they come, what the practice asks of everybody, and doubts."""
    goal = state.goal
    parts = [goal.reason, *(f"{key}: {answer}" for key, answer in goal.answers.items())]
    return "; ".join(part for part in (*parts, *_beside(state)) if part)


def _beside(state: State) -> list[str]:
    """Give what the team should know of the name and the number."""
    goal = state.goal
    extension = say("extension", digits=goal.extension) if goal.extension else ""
    return [say("name_unsure") if goal.name_unsure else "", extension]


# --- A message ---


def _message(state: State, scene: Scene) -> Action:
    goal = state.goal
    if not goal.text:
        return ask(state, scene, Ask.MESSAGE_TEXT).after(
            "" if state.language == "es" else say("all_right", state.turns)
        )
    if goal.message_kind == "waiting_list" and not state.all_asks.get(Ask.NAME) and not goal.name:
        return ask(state, scene, Ask.NAME).after(say("waiting_list"))
    if not goal.name and state.count(Ask.NAME) < _CALLS_IN_A_TURN:
        return ask(state, scene, Ask.NAME, gives_up=False)
    wanted = (
        Ask.PHONE_REST
        if goal.digits
        else Ask.CALLER_PHONE
        if scene.caller_phone and goal.own_number
        else Ask.PHONE
    )
    if not goal.phone and state.count(wanted) < _CALLS_IN_A_TURN:
        thanked = (
            responses.thanks(goal.name)
            if state.got_on and state.asked is Ask.NAME and state.language == "en"
            else ""
        )
        return ask(state, scene, wanted, gives_up=False).after(thanked)
    text = " ".join(part for part in (joined(goal.reason, goal.text), *_beside(state)) if part)
    kind = goal.message_kind if goal.message_kind != "message" else None
    phone = goal.phone or scene.caller_phone
    arguments = {"text": text, "name": goal.name, "phone": phone, "kind": kind}
    if state.urgent:
        arguments["urgency"] = "urgent"
    return call(MESSAGE, arguments, filler(state, looks=False))


# --- An appointment that the caller has ---


def _change(state: State, scene: Scene) -> Action:
    goal, chosen = state.goal, state.chosen
    if chosen is None and not state.known:
        return _look_for_it(state, scene)
    if chosen is None and goal.kind is not Kind.LOOK:
        return ask(state, scene, Ask.WHICH_APPOINTMENT)
    if state.unclear:
        fitting = [one for one in goal.offers if one.slot_id in state.unclear]
        words = responses.which_of(fitting, state.all_asks.get(Ask.SLOT, 0))
        state.ask(Ask.SLOT)
        return Action(say=words)
    if goal.kind in (Kind.CANCEL, Kind.MOVE):
        return (_cancel if goal.kind is Kind.CANCEL else _move)(state, scene)
    if goal.kind is Kind.LOOK:
        told = "" if state.told else what_they_have(state)
        state.finish()
        return ask(state, scene, Ask.ANYTHING_ELSE, gives_up=False).after(told)
    return ask(state, scene, Ask.CANCEL_OR_MOVE)


def what_they_have(state: State, words: str = "") -> str:
    """Say which visits the caller has, or which of them words name: "which one's with Dr. Lee?"."""
    known = state.appointments
    meant = named_in(words, known) or chosen_of(words, known) if words else []
    return speak.one_stop(say("you_have", listed=responses.appointments(meant or known)))


def _look_for_it(state: State, scene: Scene) -> Action:  # noqa: PLR0911 - a chain of decisions
    """Look under the number that the call comes from, then under a name and a number."""
    goal = state.goal
    if not state.looked and scene.proven_phone and not goal.elsewhere:
        return call(FIND, {}, filler(state, looks=True))
    if goal.elsewhere and not scene.facts.identity:
        state.begin(Kind.NONE, name=goal.name, phone=goal.phone)
        return ask(state, scene, Ask.PERSON_OR_MESSAGE, gives_up=False).after(say("only_own_number"))
    if not scene.facts.identity:
        # Nobody can be made sure of here; the function says so.
        asked = state.calls.get(FIND)
        return trouble(state, scene) if asked else call(FIND, {}, filler(state, looks=True))
    if not goal.name:
        return ask(state, scene, Ask.NAME)
    if not is_whole(goal.name) and not goal.phone and not state.all_asks.get(Ask.LAST_NAME):
        return ask(state, scene, Ask.LAST_NAME).after(responses.thanks("" if goal.surname else goal.name))
    if not goal.phone:
        thanked = state.got_on and state.asked in (Ask.NAME, Ask.LAST_NAME)
        return ask(state, scene, Ask.PHONE_REST if goal.digits else Ask.PHONE).after(
            responses.thanks(goal.name) if thanked else ""
        )
    if (wanted := next_identity(state, scene)) is not None:
        return ask(state, scene, wanted, gives_up=wanted is not Ask.PERSON_OR_MESSAGE)
    if state.calls.get(FIND, 0) >= _CALLS_IN_A_TURN:
        return trouble(state, scene)
    return call(FIND, _shown(state), filler(state, looks=True))


def _shown(state: State) -> dict[str, Any]:
    """Give what the caller has shown of themselves."""
    goal = state.goal
    shown: dict[str, Any] = {"name": goal.name, "phone": goal.phone}
    if goal.texts == "sent":
        return shown | {"code": goal.code}
    if goal.texts == "wanted":
        return shown | {"text_code": True}
    return shown | {"date_of_birth": goal.born}


def _cancel(state: State, scene: Scene) -> Action:
    goal = state.goal
    if goal.read_back and not goal.agreed:
        return ask(state, scene, Ask.CANCEL_IT)
    if state.calls.get(CANCEL, 0) >= _CALLS_IN_A_TURN:
        return trouble(state, scene)
    return call(CANCEL, {"booking_id": goal.booking_id}, filler(state, looks=False) if goal.agreed else None)


def _move(state: State, scene: Scene) -> Action:
    goal = state.goal
    if goal.slot is not None:
        same = _is_read_back(state, goal.slot.slot_id)
        if same and not goal.agreed:
            return ask(state, scene, Ask.READ_BACK)
        if state.calls.get(MOVE, 0) >= _CALLS_IN_A_TURN:
            return trouble(state, scene)
        arguments = {"booking_id": goal.booking_id, "slot_id": goal.slot.slot_id}
        return call(MOVE, arguments, filler(state, looks=False) if same else None)
    if goal.practitioner and not goal.when and not goal.searched:
        goal.phrases = ["the same time on the same day"]
    if goal.when and search_key(goal.when, goal.service, goal.practitioner) != goal.searched:
        return _search(state, scene, goal.when)
    if goal.offers:
        return ask(state, scene, Ask.SLOT)
    opening = _which_one(state) or (say("all_right", state.turns) if state.got_on else "")
    return ask(state, scene, Ask.WHEN).after(opening)


def _which_one(state: State) -> str:
    """Name the visit that is moved, once, so that the caller knows which is meant."""
    asked = state.all_asks.get(Ask.WHEN) or state.all_asks.get(Ask.SLOT) or state.asked is Ask.CANCEL_OR_MOVE
    return "" if asked or state.chosen is None else say("i_see", appointment=state.chosen.owned)
