"""The question asked last is recognised, in our own words and in other models'."""

import itertools

import pytest

from agent.receptionist import change_responses, responses
from agent.receptionist.questions import Ask, asked_in
from language.choices import Offer
from tests.fakes.practice_api import FACTS, NOW

ASKED = [ask for ask in Ask if ask not in {Ask.NOTHING, Ask.SAME, Ask.SLOT, *change_responses.ASKS}]


@pytest.mark.parametrize(("ask", "count"), list(itertools.product(ASKED, range(4))))
def test_every_wording_of_our_own_question_is_recognised(ask: Ask, count: int) -> None:
    words = responses.ask(ask, FACTS, count, last_four="0142", so_far="202555")
    assert asked_in(words) is ask
    assert asked_in(f"All right. {words}") is ask


@pytest.mark.parametrize("count", range(3))
def test_offers_of_our_own_are_recognised(count: int) -> None:
    one = Offer("a", NOW, "Monday the twenty-third of November at nine a.m.", "Dr. Lee")
    two = Offer("b", NOW.replace(hour=14), "Monday the twenty-third of November at two p.m.", "Dr. Lee")
    for words in (
        responses.offer([one], count),
        responses.offer([one, two], count),
        responses.which_of([one, two], count),
    ):
        assert asked_in(words) is Ask.SLOT


def test_no_wording_is_longer_than_a_breath() -> None:
    for ask, count in itertools.product(ASKED, range(4)):
        for sentence in responses.ask(ask, FACTS, count, last_four="0142", so_far="202555").split("? "):
            assert len(sentence.split()) <= 25


@pytest.mark.parametrize("ask", ASKED)
def test_a_question_is_not_asked_twice_in_a_row_in_the_same_words(ask: Ask) -> None:
    wordings = [responses.ask(ask, FACTS, count, last_four="0142", so_far="202555") for count in range(4)]
    assert all(first != second for first, second in itertools.pairwise(wordings))


@pytest.mark.parametrize(
    ("words", "ask"),
    [
        ("Sure! What can I help you with today?", Ask.HELP),
        ("Of course. What brings you in?", Ask.SERVICE),
        ("What type of appointment are you looking for?", Ask.SERVICE),
        ("I can certainly help with that. When would you like to come in?", Ask.WHEN),
        ("Do you prefer mornings or afternoons?", Ask.WHEN),
        (
            "Do you mean this Tuesday the twenty-fourth of November, or Tuesday the first of December?",
            Ask.WHEN,
        ),
        ("I have 2 PM or 3:30 PM on Tuesday. Which works best for you?", Ask.SLOT),
        ("There's an opening at 10 AM. Would that work for you?", Ask.SLOT),
        ("Great choice! May I have your full name, please?", Ask.NAME),
        ("Who is the appointment for?", Ask.NAME),
        ("Could you spell your last name for me?", Ask.SPELLING),
        ("And what is the best phone number to reach you at?", Ask.PHONE),
        ("Is the number you're calling from a good one to use?", Ask.CALLER_PHONE),
        ("So that's a cleaning on Tuesday at two, for Anna Bell. Is that correct?", Ask.READ_BACK),
        ("Shall I go ahead and book that for you?", Ask.READ_BACK),
        ("You're all set. Is there anything else I can do for you?", Ask.ANYTHING_ELSE),
        ("Would you like me to take a message?", Ask.MESSAGE_OFFER),
        (
            "I can have someone call you back, or put you through to the front desk. Which would you prefer?",
            Ask.PERSON_OR_MESSAGE,
        ),
        ("Would you like to speak with someone at the office?", Ask.PERSON_OFFER),
        ("What would you like me to tell them?", Ask.MESSAGE_TEXT),
        ("Are you still there?", Ask.SAME),
        ("One moment, let me look.", Ask.SAME),
        ("The weather is lovely.", Ask.NOTHING),
        ("", Ask.NOTHING),
    ],
)
def test_questions_of_other_models_are_recognised(words: str, ask: Ask) -> None:
    assert asked_in(words) is ask
