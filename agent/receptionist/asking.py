"""How a question is asked: in other words each time, and not for ever."""

from agent.receptionist import change_say, say
from agent.receptionist.fold import natural_ask
from agent.receptionist.move import Move
from agent.receptionist.questions import Ask
from agent.receptionist.state import ENOUGH_ASKS, Scene, State, Task


def question(state: State, scene: Scene, ask: Ask, *, after_gap: bool = False, least: int = 0) -> Move:
    """Ask a question in a wording that was not used just before.

    Args:
        state: What is known.
        scene: What surrounds the conversation.
        ask: The question.
        after_gap: The caller may have missed what came before the question.
        least: The first wording that may be used; later ones say more.

    Returns:
        The move.
    """
    if ask in (Ask.NOTHING, Ask.SAME):
        ask = natural_ask(state, scene)
    if ask in change_say.ASKS and state.change.chosen is None and ask is not Ask.WHICH_APPOINTMENT:
        ask = natural_ask(state, scene)
    if ask in change_say.ASKS:
        return Move(say=change_say.ask(ask, state))
    if state.task is Task.CHANGE and (words := change_say.ask_of_it(ask, state)):
        return Move(say=words)
    if ask is Ask.SLOT and state.offers:
        return Move(say=_offer(state))
    if (
        ask is Ask.READ_BACK
        and after_gap
        and state.result is not None
        and state.result.result.get("read_back")
    ):
        return Move(say=str(state.result.result["read_back"]))
    if ask is Ask.CALLER_PHONE and not scene.caller_phone:
        ask = Ask.PHONE
    if ask is Ask.PHONE_REST and not state.digits:
        ask = Ask.PHONE
    words = say.ask(
        ask,
        scene.facts,
        max(state.all_asks[ask], least),
        last_four=(scene.caller_phone or "")[-4:],
        so_far=state.digits,
        for_other=state.for_other and state.task is Task.BOOK,
    )
    return Move(say=words)


def ask(state: State, scene: Scene, wanted: Ask) -> Move:
    """Ask, unless this was asked often enough without getting on: then offer another way.

    Args:
        state: What is known.
        scene: What surrounds the conversation.
        wanted: The question.

    Returns:
        The move.
    """
    if state.asks[wanted] >= ENOUGH_ASKS:
        if state.asks[Ask.PERSON_OR_MESSAGE] >= ENOUGH_ASKS:
            return Move(say=say.one_of(say.HOLDING, state.turns))
        return question(state, scene, Ask.PERSON_OR_MESSAGE).after(say.TROUBLE if state.misses else "")
    return question(state, scene, wanted)


def _offer(state: State) -> str:
    named = False
    if len(state.offers) == 1 and state.offers[0].start is not None:
        named = bool(state.wish.time) and state.result is not None and state.result.status == "ok"
    by_name = bool(state.practitioner) or len({one.start for one in state.offers}) < len(state.offers)
    return say.offer(state.offers, state.all_asks[Ask.SLOT], named=named, practitioners=by_name)
