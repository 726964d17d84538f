"""How long the bot waits for the caller to go on."""

import pytest

from agent.telephony.turns import patience
from config.settings import SpeechSettings

SETTINGS = SpeechSettings()
NAME = "What's your name, please?"
NUMBER = "What's the best phone number to reach you?"


@pytest.mark.parametrize(
    "heard", ["Yes.", "yeah", "No, thank you.", "The first one, please.", "That's right."]
)
def test_a_plainly_whole_answer_is_taken_at_once(heard: str) -> None:
    assert patience(heard, NAME, SETTINGS) == 0.0


@pytest.mark.parametrize("heard", ["I'd like to", "my name is", "and um", "a cleaning, and", "Tuesday or..."])
def test_a_sentence_that_hangs_in_the_air_is_waited_for(heard: str) -> None:
    assert patience(heard, NAME, SETTINGS) == SETTINGS.dictation_wait_seconds


def test_an_ordinary_sentence_gets_the_ordinary_wait() -> None:
    assert patience("I'd like a cleaning.", "How can I help?", SETTINGS) == SETTINGS.turn_wait_seconds


def test_a_number_in_dictation_is_waited_for_until_it_is_whole() -> None:
    assert patience("202.", NUMBER, SETTINGS) == SETTINGS.dictation_wait_seconds
    assert patience("202 555 0142.", NUMBER, SETTINGS) == SETTINGS.turn_wait_seconds
