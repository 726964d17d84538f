"""How a question is asked: in other words each time, and not for ever."""

from agent.receptionist import change_responses, responses
from agent.receptionist.action import Action
from agent.receptionist.questions import Ask
from agent.receptionist.state import ENOUGH_ASKS, Scene, State, Task
from agent.receptionist.state_tracker import natural_ask


def question(state: State, scene: Scene, ask: Ask, *, after_gap: bool = False, least: int = 0) -> Action:
    """Ask a question in a wording that was not used just before.

    Args:
        after_gap: The caller may have missed what came before the question.
        least: The first wording that may be used; later ones say more.
    """
    if ask in (Ask.NOTHING, Ask.SAME):
        ask = natural_ask(state, scene)
    if ask in change_responses.ASKS and state.change.chosen is None and ask is not Ask.WHICH_APPOINTMENT:
        ask = natural_ask(state, scene)
    if ask in change_responses.ASKS:
        return Action(say=change_responses.ask(ask, state))
    if state.task is Task.CHANGE and (words := change_responses.ask_of_it(ask, state)):
        return Action(say=words)
    if ask is Ask.SLOT and state.offers:
        return Action(say=_offer(state))
    if (
        ask is Ask.READ_BACK
        and after_gap
        and state.result is not None
        and state.result.result.get("read_back")
    ):
        return Action(say=str(state.result.result["read_back"]))
    if ask is Ask.CALLER_PHONE and not scene.caller_phone:
        ask = Ask.PHONE
    if ask is Ask.PHONE_REST and not state.digits:
        ask = Ask.PHONE
    words = responses.ask(
        ask,
        scene.facts,
        max(state.all_asks[ask], least),
        last_four=(scene.caller_phone or "")[-4:],
        so_far=state.digits,
        for_other=state.for_other and state.task is Task.BOOK,
    )
    return Action(say=words)


def ask(state: State, scene: Scene, wanted: Ask) -> Action:
    """Ask, unless this was asked often enough without getting on: then offer another way."""
    if state.asks[wanted] >= ENOUGH_ASKS:
        if state.asks[Ask.PERSON_OR_MESSAGE] >= ENOUGH_ASKS:
            return Action(say=responses.one_of(responses.HOLDING, state.turns))
        return question(state, scene, Ask.PERSON_OR_MESSAGE).after(responses.TROUBLE if state.misses else "")
    return question(state, scene, wanted)


def _offer(state: State) -> str:
    named = False
    if len(state.offers) == 1 and state.offers[0].start is not None:
        named = bool(state.wish.time) and state.result is not None and state.result.status == "ok"
    by_name = bool(state.practitioner) or len({one.start for one in state.offers}) < len(state.offers)
    return responses.offer(state.offers, state.all_asks[Ask.SLOT], named=named, practitioners=by_name)
