"""What callers answer to an offer of help, or of a new appointment, and what it is taken for."""

import pytest

from agent.receptionist.policy import next_action
from contracts.conversation import Message
from tests.fakes.practice_api import CALLER, FACTS, NOW

PERSON = "I'm not sure about that. Would you like to speak with someone?"
MESSAGE = "I'm not sure about that. Would you like to leave a message?"
EITHER = "I'm not sure about that. Would you like to speak with someone, or leave a message?"
ANEW = "Your cleaning is cancelled. Would you like to book a new appointment?"


def after(offer: str, answer: str) -> tuple[str | None, str | None]:
    """Give what is said to an answer, and the function that is called."""
    said: list[Message] = [
        {"role": "assistant", "content": "How can I help you?"},
        {"role": "user", "content": "Do you have a swimming pool?"},
        {"role": "assistant", "content": offer},
        {"role": "user", "content": answer},
    ]
    move = next_action(said, FACTS, NOW, CALLER)
    return move.say, move.call.name if move.call else None


@pytest.mark.parametrize("offer", [PERSON, MESSAGE, EITHER, ANEW])
@pytest.mark.parametrize(
    "answer", ["No, that's all. Thank you, bye.", "No, that's it, bye.", "No, I'm good, thank you. Bye"]
)
def test_a_goodbye_after_an_offer_is_one(offer: str, answer: str) -> None:
    assert after(offer, answer)[1] == "end_call"


@pytest.mark.parametrize("offer", [PERSON, MESSAGE, EITHER])
@pytest.mark.parametrize("answer", ["No, that's fine.", "no that's okay", "No, it's fine"])
def test_a_polite_no_to_help_puts_nobody_through(offer: str, answer: str) -> None:
    assert after(offer, answer) == ("Sure. Is there anything else I can help with?", None)


@pytest.mark.parametrize("answer", ["Yes", "Yes, please.", "sure", "No problem, yes"])
def test_a_bare_yes_to_a_person_or_a_message_is_for_the_person(answer: str) -> None:
    assert after(EITHER, answer)[1] == "request_person"


def test_who_asks_whether_this_is_a_person_is_told() -> None:
    said, called = after(EITHER, "Are you a real person?")
    assert called is None
    assert said is not None
    assert "automated" in said


def test_what_else_is_wanted_after_an_offer_is_heard() -> None:
    assert after(EITHER, "No that's okay, I'd like to book a cleaning") == (
        "What day and time would suit you?",
        None,
    )
    assert after(EITHER, "Yes, a message please") == ("Sure. What should I tell them?", None)
