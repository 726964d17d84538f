"""Callers cancel and move what they have: whole conversations, and what is in the calendar after them."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest

from agent.dialogue.policy import next_action
from tests.fakes.practice_api import CALLER, FACTS, NOW, ZONE, Conversation, FakePracticeApi

Turns = list[tuple[str, str]]
TUESDAY = "Tuesday the first of December at two p.m."


def one(practice: FakePracticeApi) -> None:
    """A cleaning with Dr. Lee on Tuesday at two."""
    practice.has("2026-12-01T14:00")


def proving() -> FakePracticeApi:
    """A practice that keeps dates of birth."""
    return FakePracticeApi(FACTS.model_copy(update={"identity": ["date_of_birth"]}))


def two(practice: FakePracticeApi) -> None:
    """And a check-up with Dr. Haddad on Friday at ten."""
    one(practice)
    practice.has("2026-12-04T10:00", service_id="svc_checkup", practitioner_id="prac_haddad")


def family(practice: FakePracticeApi) -> None:
    """The check-up is Tim's."""
    one(practice)
    practice.has("2026-12-04T10:00", "Tim Bell", service_id="svc_checkup", practitioner_id="prac_haddad")


SCENARIOS: dict[str, tuple[Callable[[FakePracticeApi], None], Turns, list[str]]] = {
    "the only one is named, and cancelled after a yes": (
        one,
        [
            (
                "I need to cancel my appointment.",
                f"your cleaning with Dr. Maya Lee on {TUESDAY} Shall I cancel it\\?$",
            ),
            (
                "Yes, please.",
                f"Your cleaning with Dr. Maya Lee on {TUESDAY[:-1]}. is cancelled.*new appointment",
            ),
            ("No thanks.", "Goodbye"),
        ],
        ["cancelled"],
    ),
    "who cannot come is asked what is to be done, and moves": (
        one,
        [
            (
                "I can't make it on Tuesday.",
                f"I see your cleaning .* {TUESDAY} Would you like to move it, or cancel",
            ),
            ("Move it.", "What day and time"),
            ("Thursday afternoon", "Thursday the third of December at"),
            ("The first one", f"from {TUESDAY} to Thursday the third of December at noon. Is that right"),
            ("Yes", "Your cleaning is moved to Thursday the third of December at noon"),
            ("what time is that again?", "Your appointment is Thursday the third of December at noon"),
            ("No, that's all.", "Goodbye"),
        ],
        ["12-03 12:00"],
    ),
    "where to is said in the same breath": (
        one,
        [
            (
                "Can I move my appointment to Thursday at three?",
                "from Tuesday .* to Thursday .*Is that right",
            ),
            ("Yes, move it", "is moved to Thursday"),
        ],
        ["12-03 15:00"],
    ),
    "who cannot come and says when instead moves": (
        one,
        [
            (
                "I won't make it to my cleaning on Tuesday, can we do the same time the week after?",
                "to Tuesday the eighth of December at two p.m. Is that right",
            ),
            ("Yes", "is moved"),
        ],
        ["12-08 14:00"],
    ),
    "a wish that is told beside their own visit moves that one": (
        one,
        [
            (
                "I have a cleaning on Tuesday at two and I was wondering if I could come at ten that day.",
                "from two p.m. to ten a.m. Is that right",
            ),
            ("Yes it is. Where do I park?", "is moved"),
        ],
        ["12-01 10:00"],
    ),
    "an hour later is an hour after what is in the calendar": (
        one,
        [
            (
                "Could I come an hour later on Tuesday?",
                "on Tuesday the first of December from two p.m. to three p.m. Is that right",
            ),
            ("Right", "is moved to Tuesday the first of December at three p.m."),
        ],
        ["12-01 15:00"],
    ),
    "a week later keeps day and time": (
        one,
        [
            (
                "Please push my appointment back a week",
                "to Tuesday the eighth of December at two p.m. Is that right",
            ),
            ("Yes", "is moved"),
        ],
        ["12-08 14:00"],
    ),
    "of several the caller says which, and which one it was that they cannot make": (
        two,
        [
            ("I won't be able to make it on Friday, can I come on Monday instead?", "Monday the thirtieth"),
            (
                "The last one",
                "your check-up with Dr. Omar Haddad from Friday the fourth of December at ten a.m.",
            ),
            ("Yes", "Your check-up is moved to Monday"),
        ],
        ["12-01 14:00", "11-30 16:00"],
    ),
    "of several one is chosen by its place": (
        two,
        [
            (
                "I want to cancel an appointment",
                "I see two: a cleaning .* and a check-up .* Which one .* cancel",
            ),
            (
                "the second one",
                "your check-up .* Friday the fourth of December at ten a.m. Shall I cancel it",
            ),
            ("No, the other one", f"your cleaning .* {TUESDAY} Shall I cancel it"),
            ("Yes", "is cancelled"),
        ],
        ["cancelled", "12-04 10:00"],
    ),
    "of several one is chosen by its day": (
        two,
        [
            ("Cancel an appointment please", "I see two"),
            ("mumble", "Which of them should I cancel"),
            ("The one on Friday", "check-up .* Shall I cancel it"),
            ("yes", "is cancelled"),
        ],
        ["12-01 14:00", "cancelled"],
    ),
    "all of them, one after the other": (
        two,
        [
            ("Cancel both my appointments", "your cleaning .* Shall I cancel it"),
            ("Yes, and the other one too", "cleaning .* is cancelled.*your check-up .* Shall I cancel it"),
            ("Yes", "check-up .* is cancelled.*book a new"),
        ],
        ["cancelled", "cancelled"],
    ),
    "a family's are told apart by name": (
        family,
        [
            ("I need to cancel my son's appointment", "for Anna Bell on Tuesday .* for Tim Bell on Friday"),
            ("Tim's", "Tim's check-up"),
            ("Yes", "is cancelled"),
        ],
        ["12-01 14:00", "cancelled"],
    ),
    "a caller may think better of it": (
        one,
        [
            ("I need to cancel my appointment", "Shall I cancel it"),
            ("No, keep it", "stays as it is.*anything else"),
            ("No", "Goodbye"),
        ],
        ["12-01 14:00"],
    ),
    "or would rather move it": (
        one,
        [
            ("I need to cancel my appointment", "Shall I cancel it"),
            ("Actually, move it to Thursday at three instead", "Thursday the third .* Is that right"),
            ("No, make it four", "at four p.m. Is that right"),
            ("Yes", "is moved to Thursday the third of December at four p.m."),
        ],
        ["12-03 16:00"],
    ),
    "or cancel it after all": (
        one,
        [
            ("I need to reschedule", "I see your cleaning .* What day and time"),
            ("Actually, just cancel it", "Shall I cancel it"),
            ("Cancel it, yes", "is cancelled"),
        ],
        ["cancelled"],
    ),
    "or keep the old time": (
        one,
        [
            ("I need to reschedule my appointment", "What day and time"),
            ("Wednesday at ten", "Is that right"),
            ("No", "Which day"),
            ("Keep the old one", "stays as it is"),
        ],
        ["12-01 14:00"],
    ),
    "a side question and a pause lose nothing": (
        one,
        [
            ("I'd like to move my appointment", "What day and time"),
            ("Where can I park?", "car park.*Which day"),
            ("Thursday at ten", "Is that right"),
            ("Hold on a second", "wait|time|ready"),
            ("", "Was that a yes or a no"),
            ("Yes", "is moved"),
        ],
        ["12-03 10:00"],
    ),
    "waiting is no answer": (
        one,
        [
            ("Cancel my appointment", "Shall I cancel it"),
            ("Hold on", "wait|time|ready"),
            ("Okay, yes", "is cancelled"),
        ],
        ["cancelled"],
    ),
    "what a caller has they may hear, and then cancel": (
        one,
        [
            (
                "Do I have an appointment?",
                f"You have a cleaning with Dr. Maya Lee on {TUESDAY}.*anything else",
            ),
            ("Can you cancel it?", "Shall I cancel it"),
            ("Yes", "is cancelled"),
            ("Is it cancelled now?", "Yes, it's cancelled"),
        ],
        ["cancelled"],
    ),
    "what was named can be moved": (
        two,
        [
            ("Do I have any appointments?", "a cleaning .* and a check-up"),
            (
                "Move the first one to Wednesday at ten",
                "your cleaning .* to Wednesday the second of December at ten a.m. Is that right",
            ),
            ("Yes", "is moved"),
        ],
        ["12-02 10:00", "12-04 10:00"],
    ),
    "a time is the wish to move": (
        one,
        [
            (
                "This is Anna. I have an appointment on Tuesday but something came up.",
                "move it, or cancel it",
            ),
            (
                "Could I come on Wednesday at ten?",
                "to Wednesday the second of December at ten a.m. Is that right",
            ),
            ("Yes", "is moved"),
        ],
        ["12-02 10:00"],
    ),
    "the first of two ways": (
        one,
        [
            ("I can't come on Tuesday", "move it, or cancel it"),
            ("Yes", "should I move it, or cancel it"),
            ("The first", "What day and time"),
            ("Keep it after all", "stays as it is"),
        ],
        ["12-01 14:00"],
    ),
    "a new time is found after a cancellation, for the same thing": (
        one,
        [
            ("I have to cancel my appointment", "Shall I cancel it"),
            ("Yes", "is cancelled.*book a new appointment"),
            (
                "Yes, please, on Friday the fourth at nine",
                # Whose it is is known from the one that was cancelled.
                "That's a cleaning with .* on Friday the fourth .* for Anna Bell. Is that right",
            ),
            ("Yes", "You are booked for a cleaning"),
        ],
        ["cancelled", "12-04 09:00"],
    ),
    "what was booked in this call can be moved in it": (
        lambda _: None,
        [
            ("A check-up tomorrow at ten, my name is Anna Bell", "is free"),
            ("Yes", "calling from"),
            ("Yes", "Is that right"),
            ("Yes", "You are booked"),
            ("Can you move it to eleven?", "from ten a.m. to eleven a.m. Is that right"),
            ("Yes", "Your check-up is moved"),
        ],
        ["11-24 11:00"],
    ),
    "another time for somebody else moves nothing": (
        lambda _: None,
        [
            ("A check-up tomorrow at ten, my name is Anna Bell", "is free"),
            ("Yes", "calling from"),
            ("Yes", "Is that right"),
            ("Yes", "You are booked"),
            ("I'd also like to book another time for my son", "come in for"),
        ],
        ["11-24 10:00"],
    ),
    "what was booked in this call can be cancelled in it": (
        lambda _: None,
        [
            ("A check-up tomorrow at ten, my name is Anna Bell", "is free"),
            ("Yes", "calling from"),
            ("Yes", "Is that right"),
            ("Yes", "You are booked"),
            ("Actually, cancel that", "That's your check-up .* Shall I cancel it"),
            ("Yes", "is cancelled"),
        ],
        ["cancelled"],
    ),
    "to cancel what is being booked drops that, and nothing else": (
        one,
        [
            ("I'd like a cleaning tomorrow at two", f"already have a cleaning .* on {TUESDAY} .*one more"),
            ("One more, please", "is free"),
            ("Yes", "full name"),
            ("Cancel the appointment", "haven't booked anything|nothing is booked"),
            ("No, that's it", "Goodbye"),
        ],
        ["12-01 14:00"],
    ),
    "a caller who goes is told that nothing was done": (
        one,
        [
            ("I need to cancel my appointment", "Shall I cancel it"),
            ("I have to go, bye", "haven't changed anything"),
        ],
        ["12-01 14:00"],
    ),
}


def rows(practice: FakePracticeApi) -> list[str]:
    """What is in the calendar: ``cancelled``, or when it is."""
    return [
        "cancelled"
        if booking["status"] == "cancelled"
        else datetime.fromisoformat(booking["start_at"]).astimezone(ZONE).strftime("%m-%d %H:%M")
        for booking in practice.bookings.values()
    ]


@pytest.mark.parametrize("name", SCENARIOS)
async def test_the_conversation_ends_in_what_the_caller_meant(name: str) -> None:
    prepare, turns, left = SCENARIOS[name]
    talk = Conversation()
    prepare(talk.practice)
    await talk.start()
    for said, expected in turns:
        answer = await talk.hear(said)
        assert re.search(expected, answer), f"after {said!r}: {answer}"
    assert rows(talk.practice) == left
    for index, message in enumerate(talk.messages):
        # Whoever takes the conversation up goes on in the very same way.
        if message["role"] == "assistant":
            assert next_action(talk.messages[:index], FACTS, NOW, CALLER).say == message["content"]


async def test_another_phone_and_a_chat_are_asked_for_name_number_and_date_of_birth() -> None:
    for caller_number in ("+16465550111", None):
        talk = Conversation(proving(), caller_number=caller_number)
        one(talk.practice)
        await talk.start()
        assert "What's the full name on the appointment" in await talk.hear("Cancel my appointment please")
        assert "what phone number was it booked with" in await talk.hear("anna bell")
        assert "date of birth" in await talk.hear("202 555 0142")
        assert "your cleaning" in await talk.hear("March third nineteen eighty")
        assert "is cancelled" in await talk.hear("Yes")
        assert rows(talk.practice) == ["cancelled"]


@pytest.mark.parametrize(("name", "number"), [("Tom Hale", "202 555 0142"), ("Anna Bell", "202 555 0143")])
async def test_who_cannot_name_it_hears_nothing_of_it_and_can_leave_a_message(name: str, number: str) -> None:
    talk = Conversation(proving(), caller_number="+16465550111")
    one(talk.practice)
    await talk.start()
    for said in ("I need to cancel my appointment on Tuesday", name, number):
        await talk.hear(said)
    answer = await talk.hear("March third nineteen eighty")
    assert "couldn't find an appointment with those details" in answer
    assert "speak with someone, or leave a message" in answer
    assert "passed your message on" in await talk.hear("A message, please")
    assert not re.search("cleaning|Lee|two p.m.", " ".join(talk.said))
    (note,) = talk.practice.notes
    assert note["text"] == "I need to cancel my appointment on Tuesday"
    assert note["customer"] == {"name": name, "phone": f"+1{number.replace(' ', '')}"}
    assert rows(talk.practice) == ["12-01 14:00"]


@pytest.mark.parametrize(
    ("trouble", "expected", "notes"),
    [
        ({"cancel": "missing"}, "left a message for the team to cancel the cleaning", 1),
        ({"cancel": "refused"}, "didn't accept that.*stays as it is.*speak with someone, or leave", 0),
        ({"cancel": "pending"}, "have yet to confirm it", 0),
        ({"bookings/bkg_1/cancel": "timeout"}, "can't tell you yet whether it went through", 1),
    ],
)
async def test_what_is_no_cancellation_is_said_as_it_is(
    trouble: dict[str, str], expected: str, notes: int
) -> None:
    talk = Conversation(FakePracticeApi(trouble=trouble))
    one(talk.practice)
    await talk.start()
    await talk.hear("I need to cancel my appointment")
    assert re.search(expected, answer := await talk.hear("Yes")), answer
    assert "is cancelled" not in " ".join(talk.said)
    assert len(talk.practice.notes) == notes
    assert rows(talk.practice) == ["12-01 14:00"]


async def test_a_new_time_that_was_taken_meanwhile_is_replaced_by_another() -> None:
    talk = Conversation()
    one(talk.practice)
    await talk.start()
    await talk.hear("Move my appointment to Thursday at three")
    talk.practice.busy.add(datetime(2026, 12, 3, 15, 0, tzinfo=ZONE))
    assert "just been taken" in await talk.hear("Yes")
    assert "Is that right" in await talk.hear("The first one")
    assert "is moved" in await talk.hear("Yes")
    assert rows(talk.practice) == ["12-03 14:00"]


async def test_an_outcome_that_was_talked_over_is_told_again() -> None:
    talk = Conversation()
    one(talk.practice)
    await talk.start()
    for said in ("Cancel my appointment", "Yes"):
        await talk.hear(said)
    talk.messages[-1]["content"] = "Your\u2014"
    assert "is cancelled" in await talk.hear("Hello?")


async def test_when_the_calendar_is_down_a_message_is_offered() -> None:
    talk = Conversation(FakePracticeApi(trouble={"bookings/search": "down"}))
    await talk.start()
    assert "take a message" in await talk.hear("I need to cancel my appointment on Tuesday")
    for said in ("Yes", "Anna Bell", "Yes"):
        await talk.hear(said)
    assert talk.practice.notes[0]["text"] == "I need to cancel my appointment on Tuesday"
