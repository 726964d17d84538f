"""Rounds in which the caller is there, and no answer of theirs comes through.

Recognition drops a "yep" as it likes; the caller says that they are there when they are asked, and the
question comes again. Such rounds are counted whoever leads the talk, and end with a person or a message.
"""

from collections.abc import Sequence

from agent.dialogue.action import Action, call
from agent.dialogue.acts import ONLY_THERE, hear
from agent.dialogue.memory import END, MESSAGE, TRANSFER
from agent.dialogue.responses import say
from agent.dialogue.state import HELP_OFFERS, Ask, Scene, State
from agent.dialogue.steps import ask
from contracts.conversation import ADDED_BY, Message, text_of
from language.normalize import is_short

UNHEARD_ROUNDS = 2
"""After so many the question is not asked again: a person or a message is offered."""
_ASKED_AGAIN = 1
"""A caller who wants to hear something again may do so once more often."""
_OFFERED_TWICE = 2
_MOST_WORDS = 8
_NO_ANSWER = ONLY_THERE - {"repeat"}
"""Who wants to hear something again is answered by the model that said it."""


def way_out(state: State, scene: Scene) -> Action | None:
    """Give what ends rounds in which nothing comes through; None where the question may be asked again."""
    again = any(kind == "repeat" for kind, _ in state.todo)
    rounds = state.idle - UNHEARD_ROUNDS + (-_ASKED_AGAIN if again else state.misses)
    if not state.idle or rounds < 0:
        return None
    if state.asked not in HELP_OFFERS:
        state.todo = []
        return ask(state, scene, Ask.PERSON_OR_MESSAGE, gives_up=False).after(
            say("unheard", language=state.language)
        )
    if rounds < _OFFERED_TWICE:
        return None
    state.todo = []
    if rounds == _OFFERED_TWICE:
        return call(TRANSFER, {"reason": "the caller is there, but no answer of theirs comes through"})
    if rounds == _OFFERED_TWICE + 1 and scene.caller_phone:
        return call(MESSAGE, {"text": say("unheard_message"), "phone": scene.caller_phone})
    return call(
        END, {"reason": "no answer of the caller came through"}, say("giving_up", language=state.language)
    )


def goes_unheard(messages: Sequence[Message]) -> bool:
    """Tell whether the caller's last words, turn by turn, only say that they are there.

    A model would ask its question again as often as that comes.
    """
    turns: list[list[str]] = [[]]
    for message in messages:
        if message.get("role") == "assistant" and turns[-1]:
            turns.append([])
        elif message.get("role") == "user" and ADDED_BY not in message:
            turns[-1].append(text_of(message))
    said = [" ".join(one) for one in turns if one][-UNHEARD_ROUNDS:]
    return len(said) == UNHEARD_ROUNDS and all(map(_only_there, said))


def _only_there(text: str) -> bool:
    heard = hear(text) if is_short(text, _MOST_WORDS) else None
    return heard is not None and bool(heard.clauses) and all(one.kind in _NO_ANSWER for one in heard.clauses)
