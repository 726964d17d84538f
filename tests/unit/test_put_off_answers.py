"""Which answers of a model leave whoever hears them waiting for more."""

import pytest

from agent.llm.answers import AnswerCheck
from agent.statements.speech import SpeechGate
from language.sentences import split_sentences
from tests.fakes.statement_sets import new_check, statements


def is_put_off(words: str) -> bool:
    answer = AnswerCheck(SpeechGate(new_check(), list), asks_again=True)
    answer.said += split_sentences(words)
    return answer.only_promises()


@pytest.mark.parametrize(
    "words",
    [
        "Sure, let me look that up for you.",
        "Of course! Just one second while I look at the schedule.",
        "I'd be happy to help with that. Let me check our availability.",
        "Hang on a moment, I'm searching for openings.",
        "I'll find out what's available.",
        "Un momento, por favor.",
    ],
)
def test_an_answer_that_only_says_that_something_is_looked_up_is_put_off(words: str) -> None:
    assert is_put_off(words)


@pytest.mark.parametrize(
    "words", ["", "Let me check that. What day was it?", "Let me check. We're open until five."]
)
def test_an_answer_that_asks_or_tells_something_is_none(words: str) -> None:
    assert not is_put_off(words)


def test_what_a_bot_says_of_a_practice_and_its_calendar_puts_nothing_off() -> None:
    said = [one.text for one in statements("open")]
    assert [one for one in said if is_put_off(one)] == []
