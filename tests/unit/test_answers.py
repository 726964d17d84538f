"""What of a model's answer is said: whole sentences that are true, told once why one is not."""

import time
from collections.abc import Callable

import pytest

from agent.llm.answers import AnswerCheck, NotSaidError
from agent.statements.records import statement_check
from agent.statements.speech import SpeechGate
from contracts.conversation import Message
from tests.fakes.practice_api import FakePracticeApi

CLAIM = "You're all booked for Tuesday at two p.m."


@pytest.fixture
def answer() -> Callable[..., AnswerCheck]:
    messages: list[Message] = [{"role": "user", "content": "Tuesday at two, please"}]
    check = statement_check(FakePracticeApi().context(lambda: messages))

    def make(*, asks_again: bool = True) -> AnswerCheck:
        return AnswerCheck(SpeechGate(check, lambda: messages), asks_again=asks_again)

    return make


def test_true_sentences_are_said_as_they_come(answer: Callable[..., AnswerCheck]) -> None:
    spoken = answer()
    assert spoken.feed("May I have your na") == []
    assert spoken.feed("me? And your ") == ["May I have your name?"]
    assert spoken.check("May I have your name?") == ["May I have your name?"]
    assert spoken.flush() == ["And your"]


def test_a_sentence_that_is_not_so_is_told_to_the_model_with_the_reason(
    answer: Callable[..., AnswerCheck],
) -> None:
    spoken = answer()
    spoken.check("Wonderful.")
    with pytest.raises(NotSaidError) as error:
        spoken.check(CLAIM)
    assert CLAIM in error.value.told
    assert error.value.verdict.reason in error.value.told
    assert '"Wonderful."' in error.value.told


def test_when_the_model_cannot_be_asked_again_what_is_true_is_said_once(
    answer: Callable[..., AnswerCheck],
) -> None:
    spoken = answer(asks_again=False)
    (instead,) = spoken.check(CLAIM)
    assert "booked for" not in instead
    assert spoken.check(CLAIM) == []


def test_beside_function_calls_it_is_left_out(answer: Callable[..., AnswerCheck]) -> None:
    assert answer().check(CLAIM, beside_calls=True) == []


def test_runs_of_marks_are_no_words_and_hold_nothing_up(answer: Callable[..., AnswerCheck]) -> None:
    began = time.perf_counter()
    spoken = answer()
    given = [one for _ in range(4000) for one in spoken.feed("!!!!")] + spoken.flush()
    assert given == []
    assert answer().flush() == []
    spoken = answer()
    assert [*spoken.feed(f"Hello{'!' * 16_000} Bye."), *spoken.flush()] == ["Hello!", "Bye."]
    assert time.perf_counter() - began < 1.0
