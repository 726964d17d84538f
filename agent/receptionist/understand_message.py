"""A message for the team, taken out of an utterance."""

import re

from agent.receptionist.goals import Goal
from agent.receptionist.state import State, Task, Turn
from language.normalize import is_short


def message_ahead(state: State, turn: Turn) -> None:
    """Take a message that comes along with the wish to leave one."""
    match = re.search(
        r"(?:message (?:for [\w. ]+? )?(?:that|saying|to say)|(?:know|tell (?:them|the \w+|dr\.? \w+|"
        r"him|her)) (?:that )?|say(?:ing)? that)\s*(?P<text>.+)",
        turn.text,
        re.IGNORECASE,
    )
    if match and not is_short(match["text"], 2):
        state.message = match["text"].strip()
    elif state.staff_matter:
        state.message, state.staff_matter = state.staff_matter, ""


def message_text(state: State, turn: Turn) -> None:
    """Take the whole utterance as the message, unless it says something else."""
    if Goal.ABANDON in turn.intents or (turn.refused and is_short(turn.words, 2)):
        state.task = Task.NONE
        return
    if Goal.HOLD in turn.intents and is_short(turn.words, 5):
        return
    if Goal.PERSON in turn.intents and is_short(turn.words, 7):
        state.task, state.wants_person = Task.NONE, True
        return
    if not (turn.agreed and is_short(turn.words, 2)):
        state.message = turn.text.strip()
