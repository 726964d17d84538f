"""How long the bot waits for the caller to go on: a pure function, by what was asked and what was heard."""

from dataclasses import replace

import pytest

from agent.expected import expected_after, recognition_prompt
from agent.telephony.patience import Awaited, Expected, patience
from config.vendor_settings import SpeechSettings

SETTINGS = SpeechSettings()
NOT_AT_ALL = 0.0
A_MOMENT = SETTINGS.turn_wait_seconds
A_BREATH = SETTINGS.closed_wait_seconds
FOR_A_PART = SETTINGS.part_wait_seconds
FOR_A_NAME = A_MOMENT + A_BREATH
FOR_A_WISH = SETTINGS.hesitation_wait_seconds
FOR_THE_REST = SETTINGS.dictation_wait_seconds

HELP = "Thank you for calling. How can I help you?"
SERVICE = "What would you like to come in for?"
WHEN = "What day and time would suit you?"
SLOT = "I have Tuesday at ten, or Wednesday at two. Which one would you like?"
NAME = "What's your full name, please?"
SPELL = "Could you spell the last name for me, letter by letter?"
NUMBER = "What's the best phone number to reach you?"
REST = "I have 2 0 2, 5 5 5. What's the rest?"
DIGITS = "Sorry, which digits come after 2 0 2?"
CALLER_ID = "Can I use the number you're calling from, ending in 1 2 3 4?"
READ_BACK = "A cleaning on Tuesday, for Anna Bell, and your number is 2 0 2, 5 5 5, 0 1 1 2. Is that right?"
ELSE = "You're booked. Is there anything else I can do for you?"


@pytest.mark.parametrize(
    ("asked", "heard", "wait"),
    [
        (HELP, "I'd like to book a cleaning, please.", A_BREATH),
        (HELP, "I'd like to book a cleaning.", A_MOMENT),
        (HELP, "What are your opening hours?", A_BREATH),
        (HELP, "Sorry, what was that?", A_BREATH),
        (HELP, "Hello?", FOR_A_WISH),
        (HELP, "Hello.", FOR_A_WISH),
        (HELP, "Um.", FOR_A_WISH),
        (HELP, "Hello, this is Robert Anderson.", FOR_A_WISH),
        (HELP, "This is rubber tan person.", FOR_A_WISH),
        (HELP, "Hello? Done. This is rubber tan person.", FOR_A_WISH),
        (HELP, "I need a cleaning on Tuesday. This is Anna.", FOR_A_WISH),
        (HELP, "I need a cleaning on Tuesday, it's really urgent.", A_MOMENT),
        (HELP, "Hello. Done.", FOR_A_WISH),
        (HELP, "Hi, my name is", FOR_THE_REST),
        (SERVICE, "A cleaning.", A_MOMENT),
        (SERVICE, "Cleaning.", A_MOMENT),
        (HELP, "I'd like to", FOR_THE_REST),
        (HELP, "I was wondering if.", FOR_THE_REST),
        (HELP, "I need to cancel my", FOR_THE_REST),
        (HELP, "I have a toothache and", FOR_THE_REST),
        (HELP, "Who is it for?", A_BREATH),
        (HELP, "Tuesday, or...", FOR_THE_REST),
        (WHEN, "On Tuesday morning.", NOT_AT_ALL),
        (WHEN, "On Tuesday or", FOR_THE_REST),
        (WHEN, "I don't really mind at all when it is.", A_MOMENT),
        (SLOT, "The first one, please.", NOT_AT_ALL),
        (SLOT, "Wednesday.", NOT_AT_ALL),
        (SLOT, "I think the", FOR_THE_REST),
        (NAME, "Karen Mitchell.", NOT_AT_ALL),
        (NAME, "It's Karen Mitchell.", NOT_AT_ALL),
        (NAME, "Karen.", FOR_A_PART),
        (NAME, "Kim.", A_MOMENT),
        (NAME, "My name is", FOR_THE_REST),
        (SPELL, "M, I, T.", FOR_A_PART),
        (SPELL, "M.", FOR_A_PART),
        (SPELL, "S, M, I, T, H.", FOR_A_NAME),
        (SPELL, "B, E, L, L, E, D, D.", FOR_A_NAME),
        (NUMBER, "It's 2 0 2.", FOR_THE_REST),
        (NUMBER, "two oh two, five five five", FOR_THE_REST),
        (NUMBER, "202-555-0142.", NOT_AT_ALL),
        (NUMBER, "2 0 2 5 5, 0 1 3 8", A_MOMENT),
        (REST, "5 0 1", FOR_THE_REST),
        (DIGITS, "5 5 5.", FOR_THE_REST),
        (CALLER_ID, "Yes, please.", NOT_AT_ALL),
        (CALLER_ID, "No, please use another number.", NOT_AT_ALL),
        (READ_BACK, "Yes, that's right.", NOT_AT_ALL),
        (READ_BACK, "No.", A_MOMENT),
        (READ_BACK, "No, the name is wrong.", A_MOMENT),
        (READ_BACK, "No, it's", FOR_THE_REST),
        (ELSE, "No, that's all, thank you.", NOT_AT_ALL),
        (ELSE, "Yes, I would.", NOT_AT_ALL),
        (ELSE, "", A_MOMENT),
    ],
)
def test_the_wait_follows_the_question_and_the_answer(asked: str, heard: str, wait: float) -> None:
    assert patience(heard, Awaited(expected_after(asked)), SETTINGS) == wait


@pytest.mark.parametrize(
    ("known", "asked", "heard", "wait"),
    [
        (Awaited(digits="202555"), REST, "0 1 4 2.", NOT_AT_ALL),
        (Awaited(digits="202555"), REST, "0 1.", A_MOMENT),
        (Awaited(digits="202"), REST, "5 5 5.", FOR_THE_REST),
        (Awaited(digits="202555"), REST, "2 0 2, 5 5 5.", FOR_THE_REST),  # begun anew
        (Awaited(digits="202555"), REST, "2 0 2, 5 5 5, 0 1 4 2.", NOT_AT_ALL),
        (Awaited(digits="202555"), REST, "Wait a moment.", A_MOMENT),
        (Awaited(word="Becker"), SPELL, "B, E, C, K, E, R.", A_BREATH),
        (Awaited(word="Becker"), SPELL, "B, E, C, K.", FOR_A_NAME),
        (Awaited(word="Becker"), SPELL, "B, E.", FOR_A_PART),
        (Awaited(word="Lee"), SPELL, "L, E, E.", A_BREATH),
        (Awaited(word="Gold"), SPELL, "G, O.", FOR_A_PART),
        (Awaited(word="Sorrow"), SPELL, "S, A, T, O.", FOR_A_NAME),
    ],
)
def test_the_wait_follows_what_is_still_to_come(known: Awaited, asked: str, heard: str, wait: float) -> None:
    assert patience(heard, replace(known, kind=expected_after(asked)), SETTINGS) == wait


def test_who_pauses_between_letters_is_waited_for_as_long_again() -> None:
    asked = Awaited(Expected.SPELLING, word="Becker")
    assert patience("B, E, C, K, E, R.", asked, SETTINGS, 0.8) == pytest.approx(1.1)


def test_another_models_wording_of_a_question_is_understood() -> None:
    assert expected_after("Great. And which phone number should I put down for you?") is Expected.NUMBER
    assert expected_after("Did I get everything right?") is Expected.READ_BACK


def test_recognition_is_given_the_question_and_how_its_answer_is_written() -> None:
    assert recognition_prompt(WHEN) == WHEN
    assert recognition_prompt(NUMBER) == "It's 6 4 6, 5 5 5, 0 1 8 2."
    assert recognition_prompt(SPELL) == f"{SPELL} It's S, M, I, T, H."
    assert recognition_prompt("") == ""


def test_who_pauses_in_a_sentence_is_waited_for_as_long_again() -> None:
    asked = Awaited(expected_after(HELP))
    assert patience("I'd like to book a cleaning.", asked, SETTINGS, 1.1) == pytest.approx(1.4)
    assert patience("I'd like to book a cleaning.", asked, SETTINGS, 4.0) == FOR_A_WISH
    assert patience("2 2 5 5 5 5 0 2", Awaited(Expected.NUMBER), SETTINGS, 1.1) == pytest.approx(1.4)
    assert patience("A cleaning.", Awaited(expected_after(SERVICE)), SETTINGS, 1.1) == A_MOMENT
    assert patience("A cleaning, please.", asked, SETTINGS, 1.1) == A_BREATH
