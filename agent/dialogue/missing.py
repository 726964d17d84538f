"""What a conversation misses next, whatever was asked last."""

from agent.dialogue.identity import next_identity
from agent.dialogue.state import CHANGES, Ask, Kind, Scene, State


def natural_ask(state: State, scene: Scene) -> Ask:  # noqa: C901, PLR0911 - a chain of decisions
    """Give the question that is open by what is missing."""
    goal = state.goal
    if goal.kind is Kind.MESSAGE:
        if not goal.text:
            return Ask.MESSAGE_TEXT
        return Ask.NAME if not goal.name else Ask.PHONE
    if goal.kind in CHANGES and not goal.booking_id:
        if state.known:
            return Ask.WHICH_APPOINTMENT
        if goal.name and goal.phone:
            return next_identity(state, scene) or Ask.PHONE
        return Ask.NAME if not goal.name else Ask.PHONE_REST if goal.digits else Ask.PHONE
    if goal.kind is Kind.CANCEL:
        return Ask.CANCEL_IT
    if goal.kind in (Kind.OPEN, Kind.LOOK):
        return Ask.CANCEL_OR_MOVE
    if goal.kind is Kind.NONE:
        return Ask.ANYTHING_ELSE if state.turns else Ask.HELP
    if goal.kind is Kind.BOOK and not goal.service and not goal.any_service and len(scene.facts.services) > 1:
        return Ask.SERVICE
    if goal.slot is None:
        return Ask.SLOT if goal.offers else Ask.WHEN
    if goal.kind is Kind.MOVE or (goal.name and goal.phone):
        return Ask.READ_BACK
    if not goal.name:
        return Ask.NAME
    return Ask.PHONE_REST if goal.digits else Ask.PHONE
