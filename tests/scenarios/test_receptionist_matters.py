"""Conversations about anything but a booking: people, messages, questions, trouble."""

import re

import pytest

from tests.fakes.practice_api import CALLER, Conversation, FakePracticeApi

Turns = list[tuple[str, str]]

SCENARIOS: dict[str, Turns] = {
    "a robot says that it is one": [
        ("Am I talking to a real person?", "automated assistant.*not a person|automated assistant")
    ],
    "the practice's facts are answered": [
        (
            "What are your hours?",
            "Monday to Thursday from nine a.m. to five p.m. and Friday from nine a.m. to two p.m.",
        ),
        ("Are you open on Saturday?", "closed on Saturdays"),
        (
            "What about Thanksgiving, are you open on Thanksgiving?",
            "closed on Thursday the twenty-sixth of November",
        ),
        ("What time do you close today?", "Today, we're open from nine a.m. to five p.m."),
        ("Where are you located?", "214 Maple Street"),
        ("What's your phone number?", "2 0 2, 5 5 5, 0 1 9 9"),
        ("Which doctors do you have?", "Dr. Maya Lee or Dr. Omar Haddad"),
        ("What services do you offer?", "a cleaning, a check-up, or a filling"),
        ("How long is a filling?", "takes an hour"),
        ("No, that's all.", "Goodbye"),
    ],
    "files answer what the facts do not": [
        ("How much is a cleaning?", "cleaning is 140 dollars"),
        ("Do you take Medicaid?", "do not take Medicaid"),
        ("Is there parking?", "car park behind the building"),
    ],
    "what nobody wrote down is not made up": [
        (
            "Do you have a swimming pool?",
            "don't know|don't have that information|couldn't find.*speak with someone, or leave",
        )
    ],
    "medical advice is not given": [("Should I take ibuprofen for my tooth?", "can't.*advi[cs]e.*\\?")],
    "nobody learns who is a patient": [
        ("Is John Smith a patient of yours?", "can't (share|say) anything"),
        ("When is my wife's appointment?", "can't (share|say) anything|privacy"),
    ],
    "records are not looked up": [("What were my test results?", "can't look into|don't have access.*\\?")],
    "what was not heard is said again": [
        ("What are your hours?", "open Monday"),
        ("Sorry, what did you say?", "^I said: .*open Monday"),
        ("Say that again?", "^Once more: .*open Monday"),
    ],
    "waiting is no trouble": [
        ("I'd like a cleaning.", "What day"),
        ("Hold on a second.", "wait|take your time|ready"),
        ("Okay, tomorrow at nine.", "is free"),
    ],
    "a caller may think better of it": [
        ("I'd like a cleaning.", "What day"),
        ("Actually, never mind.", "(haven't|nothing is) booked"),
        ("Bye.", "Goodbye"),
    ],
    "thanks is not an answer to work on": [("Thank you.", "welcome|help"), ("That's it, bye.", "Goodbye")],
    "another language is met with a person": [("Do you speak Spanish?", "English.*put you through")],
    "what is not on the list is said so": [
        ("I need a root canal.", "(not sure I can book|on my list).*a cleaning, a check-up, or a filling"),
        ("A check-up then.", "What day"),
    ],
}


@pytest.mark.parametrize("name", SCENARIOS)
async def test_the_receptionist_answers_as_it_should(name: str) -> None:
    talk = Conversation()
    await talk.start()
    for said, expected in SCENARIOS[name]:
        answer = await talk.hear(said)
        assert re.search(expected, answer, re.IGNORECASE), f"after {said!r}: {answer}"
    assert talk.practice.bookings == {}


async def test_a_caller_who_wants_a_person_is_put_through() -> None:
    talk = Conversation()
    await talk.start()
    await talk.hear("Can I speak to a human, please?")
    ending = talk.context.ending.ending
    assert ending is not None
    assert ending.kind == "transfer"


async def test_without_a_number_to_transfer_to_a_message_is_offered() -> None:
    talk = Conversation(transfer_number=None)
    await talk.start()
    assert "message" in await talk.hear("Operator")
    assert "What should I tell them" in await talk.hear("Yes")
    await talk.hear("My crown came off and I don't know what to do.")
    await talk.hear("Anna Bell")
    assert "passed your message on" in await talk.hear("Yes")
    assert talk.practice.notes[0]["text"] == "My crown came off and I don't know what to do."


async def test_where_nothing_can_be_looked_up_a_cancellation_becomes_a_message_in_the_callers_words() -> None:
    talk = Conversation(FakePracticeApi(trouble={"bookings/search": "missing"}))
    await talk.start()
    assert "speak with someone, or leave a message" in await talk.hear(
        "I need to cancel my appointment on Friday."
    )
    for said in ("A message, please.", "Anna Bell", "Yes"):
        await talk.hear(said)
    customer = {"name": "Anna Bell", "phone": CALLER}
    assert talk.practice.notes == [
        {"customer": customer, "text": "I need to cancel my appointment on Friday."}
    ]


async def test_a_message_that_cannot_be_saved_is_not_said_to_be() -> None:
    talk = Conversation(FakePracticeApi(trouble={"messages": "down"}))
    await talk.start()
    for said in ("I'd like to leave a message", "Please call me about my bill", "Anna Bell"):
        await talk.hear(said)
    answer = await talk.hear("Yes")
    assert "couldn't save" in answer
    assert "passed" not in answer


async def test_a_line_that_cannot_be_understood_ends_kindly_and_soon() -> None:
    talk = Conversation()
    await talk.start()
    answers = [await talk.hear("") for _ in range(5)]
    assert "leave a message" in answers[2]
    assert len(set(answers)) == 5
    assert "Goodbye" in answers[-1]
    assert talk.context.ending.ending is not None


async def test_every_answer_is_short_enough_to_follow() -> None:
    for turns in SCENARIOS.values():
        talk = Conversation()
        await talk.start()
        for said, _ in turns:
            assert len((await talk.hear(said)).split()) <= 60
