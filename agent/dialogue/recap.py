"""What the conversation has come to, said where that is asked."""

from agent.dialogue.changes import named_in
from agent.dialogue.choose import choose
from agent.dialogue.responses import say
from agent.dialogue.state import CHANGES, Kind, Scene, State
from agent.dialogue.steps import what_they_have
from agent.dialogue.times import says_relative
from language import speak
from language.choices import Offer
from language.datetimes.mentions import clock_mentions, day_mentions
from language.phrases import phrase

_IS_IT_DONE = phrase("asides.is_it_done")
_MINE = phrase("asides.mine")


def recap(state: State, words: str, scene: Scene) -> str:  # noqa: C901, PLR0911 - a chain of decisions
    """Say what the conversation has come to, where that is asked."""
    goal = state.goal
    if other := _another_of_theirs(words, state):
        return other
    if goal.slot is not None and (
        told := _confirmed(words, goal.slot) or _beside_theirs(words, goal.slot, state)
    ):
        return told
    if goal.slot is not None and goal.slot.spoken:
        whom = f" with {goal.slot.practitioner}" if goal.slot.practitioner else ""
        found = scene.service(goal.service)
        service = f"{speak.article(found.name)}, " if found else ""
        return speak.one_stop(say("so_far", what=f"{service}{goal.slot.spoken}{whom}")).replace(".;", ".,")
    if goal.kind in CHANGES and state.chosen is not None:
        return ""
    if goal.offers and goal.kind is not Kind.NONE:
        return _confirmed(words, goal.offers[0]) if len(goal.offers) == 1 else ""
    if state.left and goal.kind is Kind.NONE and not (state.outcome or state.known):
        return speak.one_stop(say("message_says", text=state.left.rstrip(".")))
    if state.outcome == "cancelled" and _IS_IT_DONE.search(words):
        return say("it_is_cancelled")
    if state.outcome in ("booked", "moved") and state.spoken:
        if len(state.appointments) > 1 and not day_mentions(words):
            return what_they_have(state)
        made = state.appointments[-1:]
        whom = f" with {made[0].practitioner}" if made and made[0].practitioner else ""
        return speak.one_stop(say("your_appointment", spoken=f"{state.spoken}{whom}")).replace(
            ". with", " with"
        )
    said = {"pending": "not_confirmed", "unknown": "not_known_yet", "passed_on": "not_yet_passed"}.get(
        state.outcome
    )
    if said:
        return say(said)
    return say("nothing_booked", state.turns) if _IS_IT_DONE.search(words) and not state.appointments else ""


def _another_of_theirs(words: str, state: State) -> str:
    """Tell the visit that words name, where it is not the one at hand: "and when's my cleaning?"."""
    at_hand = state.chosen or (state.appointments[-1] if state.outcome in ("booked", "moved") else None)
    if at_hand is None or named_in(words, [at_hand]):
        return ""
    return what_they_have(state, words) if named_in(words, state.appointments) else ""


def _confirmed(words: str, slot: Offer) -> str:
    """Say yes or no to a question that names a time or a day of a slot; empty where it names none."""
    if not (day_mentions(words) or clock_mentions(words)) or says_relative(words):
        return ""  # "the day after my birthday, the eighth": which of the two is meant nobody knows
    name = "it_is" if choose(words, [slot]) else "it_is_not"
    return speak.one_stop(say(name, what=slot.spoken))


def _beside_theirs(words: str, slot: Offer, state: State) -> str:
    """Say where a slot lies beside a visit that the caller has: "is that right after mine?"."""
    own = [one for one in state.appointments if slot.start and one.start.date() == slot.start.date()]
    if not own or not _MINE.search(words):
        return ""
    return speak.one_stop(say("beside_yours", what=slot.spoken, yours=speak.moment(own[0].start)))
