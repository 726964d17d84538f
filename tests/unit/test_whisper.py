"""What is made of Whisper's words; no model is loaded."""

import pytest

from agent.speech.whisper import is_caught, said_once


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Yes? Yes.", "Yes."),
        ("What are your hours? What are your hours?", "What are your hours?"),
        ("Nina Rossi Nina Rossi", "Nina Rossi"),
        ("Direct. Direct. Direct.", "Direct."),
        ("Bye, bye, bye.", "Bye, bye, bye."),
        ("No, no.", "No, no."),
        ("5 5 5. 5 5 5.", "5 5 5. 5 5 5."),
        ("Yes. Yes, please.", "Yes. Yes, please."),
        ("", ""),
    ],
)
def test_what_was_written_again_for_silence_was_said_once(written: str, said: str) -> None:
    assert said_once(written) == said


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("S, A, R, I, T, I, T, I, T, I, T, I, T, I, T, T,", "S, A, R, I, T,"),
        ("K-O-N-N-N-N-N-N-N-N-", "K-O-N-"),
        ("H, A, N, N, A, H.", "H, A, N, N, A, H."),
    ],
)
def test_letters_that_go_round_and_round_end_where_that_begins(written: str, kept: str) -> None:
    assert said_once(written) == kept


@pytest.mark.parametrize(
    ("written", "caught"),
    [
        ("5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,", True),
        ("I'd like the the the the the the the the the the", True),
        ("2 0 2 5 5 5 5 5 5 5", False),
        ("No, no, no, no, no!", False),
    ],
)
def test_one_word_on_and_on_was_not_said(written: str, caught: bool) -> None:
    assert is_caught(written) is caught
