"""What kind of answer a question wants, in our own words and in other models'."""

import itertools

import pytest

from agent.dialogue import responses
from agent.dialogue.memory import Memory
from agent.dialogue.state import Ask, Goal, Scene, State
from agent.expected import awaited_after, expected_after
from agent.telephony.patience import Awaited, Expected
from contracts.conversation import Message
from tests.fakes.practice_api import CALLER, FACTS, NOW

SCENE = Scene(FACTS, NOW, CALLER)
WANTED = {
    Ask.WHEN: Expected.TIME,
    Ask.NAME: Expected.NAME,
    Ask.LAST_NAME: Expected.NAME_PART,
    Ask.SERVICE: Expected.FEW_WORDS,
    Ask.WHAT_TO_CHANGE: Expected.FEW_WORDS,
    Ask.PERSON_OR_MESSAGE: Expected.FEW_WORDS,
    Ask.SPELLING: Expected.SPELLING,
    Ask.PHONE: Expected.NUMBER,
    Ask.PHONE_REST: Expected.NUMBER,
    Ask.CALLER_PHONE: Expected.YES_OR_NO,
    Ask.READ_BACK: Expected.READ_BACK,
    Ask.ANYTHING_ELSE: Expected.YES_OR_NO,
    Ask.BOOK_OFFER: Expected.YES_OR_NO,
    Ask.PERSON_OFFER: Expected.YES_OR_NO,
    Ask.MESSAGE_OFFER: Expected.YES_OR_NO,
    Ask.MESSAGE_TEXT: Expected.ANYTHING,
    Ask.HELP: Expected.ANYTHING,
}


@pytest.mark.parametrize(("ask", "expected"), WANTED.items())
def test_every_wording_of_our_own_question_is_recognised(ask: Ask, expected: Expected) -> None:
    for count in range(3):
        state = State(all_asks={ask: count})
        state.goal.digits = "202555"
        words = responses.ask(ask, state, SCENE)
        assert len(words.split()) <= 30
        assert expected_after(words) is expected, words
        assert expected_after(f"All right. {words}") is expected, words


@pytest.mark.parametrize("ask", WANTED)
def test_a_question_is_not_asked_twice_in_a_row_in_the_same_words(ask: Ask) -> None:
    state = State()
    wordings = []
    for _ in range(3):
        wordings.append(responses.ask(ask, state, SCENE))
        state.ask(ask)
    assert all(first != second for first, second in itertools.pairwise(wordings))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Sure! What can I help you with today?", Expected.ANYTHING),
        ("Of course. What brings you in?", Expected.FEW_WORDS),
        ("What type of appointment are you looking for?", Expected.FEW_WORDS),
        ("I can certainly help with that. When would you like to come in?", Expected.TIME),
        ("Do you prefer mornings or afternoons?", Expected.TIME),
        (
            "Do you mean this Tuesday the twenty-fourth of November, or Tuesday the first of December?",
            Expected.TIME,
        ),
        ("I have 2 PM or 3:30 PM on Tuesday. Which works best for you?", Expected.TIME),
        ("There's an opening at 10 AM. Would that work for you?", Expected.TIME),
        ("Great choice! May I have your full name, please?", Expected.NAME),
        ("Who is the appointment for?", Expected.NAME),
        ("Could you spell your last name for me?", Expected.SPELLING),
        ("And what is the best phone number to reach you at?", Expected.NUMBER),
        ("Is the number you're calling from a good one to use?", Expected.YES_OR_NO),
        ("So that's a cleaning on Tuesday at two, for Anna Bell. Is that correct?", Expected.READ_BACK),
        ("Shall I go ahead and book that for you?", Expected.READ_BACK),
        ("You're all set. Is there anything else I can do for you?", Expected.YES_OR_NO),
        ("Would you like me to take a message?", Expected.YES_OR_NO),
        (
            "I can have someone call you back, or put you through to the front desk. Which would you prefer?",
            Expected.FEW_WORDS,
        ),
        ("Would you like to speak with someone at the office?", Expected.YES_OR_NO),
        ("What would you like me to tell them?", Expected.ANYTHING),
        ("Are you still there?", Expected.ANYTHING),
        ("Sure, let me look that up for you.", Expected.NOTHING),
        ("Thanks, Daniel. I'm just looking that up.", Expected.NOTHING),
        ("Let me double-check that. What day was it?", Expected.ANYTHING),
        ("The weather is lovely.", Expected.ANYTHING),
        ("", Expected.ANYTHING),
    ],
)
def test_questions_of_other_models_are_recognised(words: str, expected: Expected) -> None:
    assert expected_after(words) is expected


REST: Message = {"role": "assistant", "content": "I have 2 0 2, 5 5 5. What's the rest of the number?"}
SPELL: Message = {"role": "assistant", "content": "Could you spell the first name for me, letter by letter?"}


@pytest.mark.parametrize(
    ("goal", "said", "awaited"),
    [
        (Goal(digits="202555"), REST, Awaited(Expected.NUMBER, "202555")),
        (Goal(name="Roger Patel", spell=["first"]), SPELL, Awaited(Expected.SPELLING, "", "first", "Roger")),
        (Goal(name="Roger Patel"), SPELL, Awaited(Expected.SPELLING, "", "last", "Patel")),
    ],
)
def test_what_is_known_goes_with_the_question_until_somebody_has_answered(
    goal: Goal, said: Message, awaited: Awaited
) -> None:
    asked: list[Message] = [{"role": "user", "content": "Yes."}]
    memory = Memory(())
    memory.keep(len(asked), State(goal=goal).dump())
    assert awaited_after(memory.laid([*asked, said])) == awaited
    answered: list[Message] = [*asked, said, {"role": "user", "content": "0 1"}, said]
    assert awaited_after(memory.laid(answered)) == Awaited(awaited.kind)
