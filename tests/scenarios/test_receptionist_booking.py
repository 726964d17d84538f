"""Whole conversations that end in a booking, and what is in the calendar after them."""

import json
import re
from datetime import datetime

import pytest

from agent.dialogue.policy import next_action
from tests.fakes.practice_api import CALLER, FACTS, NOW, Conversation, FakePracticeApi

Turns = list[tuple[str, str]]
"""What the caller says, and a pattern of what the receptionist answers."""

SCENARIOS: dict[str, tuple[Turns, tuple[str, str, str, str]]] = {
    "everything is asked for in turn": (
        [
            ("Hi, I'd like to book an appointment please.", "What would you like to come in for"),
            ("A cleaning.", "What day and time"),
            ("Wednesday morning.", "I have Wednesday the twenty-fifth of November at .* Which suits you"),
            ("The first one.", "full name"),
            ("Anna Bell.", "Thank you, Anna.*calling from, ending in 0 1 4 2"),
            (
                "Yes, please.",
                "cleaning.*for Anna Bell.*Is that right",
            ),
            ("Yes, that's right.", "You are booked.*anything else"),
            ("No, thank you.", "Goodbye"),
        ],
        ("2026-11-25T09:00", "Anna Bell", "+12025550142", "svc_cleaning"),
    ),
    "everything is said at once": (
        [
            (
                "Hi, this is Anna Bell, I'd like a cleaning next Wednesday at two.",
                "Do you mean this Wednesday.*or Wednesday the second",
            ),
            ("The second of December.", "Wednesday the second of December at two p.m. is free"),
            ("Perfect.", "calling from"),
            ("Sure.", "Is that right"),
            ("Yep.", "You are booked"),
            ("That's all, thanks. Bye.", "Goodbye"),
        ],
        ("2026-12-02T14:00", "Anna Bell", "+12025550142", "svc_cleaning"),
    ),
    "the number is dictated in pieces": (
        [
            ("I need a check-up tomorrow at ten.", "is free"),
            ("Yes.", "full name"),
            ("My name is Tom O'Brien.", "calling from"),
            ("No.", "best phone number"),
            ("It's two oh two", "2 0 2. What's the rest"),
            ("five five five", "2 0 2, 5 5 5.*rest"),
            ("oh one double seven", "for Tom O'Brien, and your number is 2 0 2, 5 5 5, 0 1 7 7"),
            ("That's correct.", "You are booked"),
            ("Bye.", "Goodbye"),
        ],
        ("2026-11-24T10:00", "Tom O'Brien", "+12025550177", "svc_checkup"),
    ),
    "name, number and time are corrected at the read-back": (
        [
            ("I'd like a cleaning tomorrow at two. My name is Anna Ball.", "is free"),
            ("Yes, please.", "calling from"),
            ("Yes.", "for Anna Ball"),
            ("No, it's Bell with two L's.", "for Anna Bell.*"),
            ("No, my number is 202 555 0188.", "for Anna Bell, and your number is 2 0 2, 5 5 5, 0 1 8 8"),
            (
                "Actually, make it three o'clock.",
                "at three p.m., for Anna Bell, and your number is 2 0 2, 5 5 5, 0 1 8 8. Is that right",
            ),
            ("Yes.", "You are booked.*three p.m."),
            ("No thanks.", "Goodbye"),
        ],
        ("2026-11-24T15:00", "Anna Bell", "+12025550188", "svc_cleaning"),
    ),
    "on a Monday, Monday is today or next week's": (
        [
            (
                "This is Anna Bell, a cleaning for Monday morning please.",
                "today at .*Monday the thirtieth",
            ),
            ("Sorry, what was that?", "^I said: .*Monday the thirtieth of"),
            ("Sorry, what was that?", "^I have Monday the twenty-third.*Monday the thirtieth.*Which"),
            ("The thirtieth.", "thirtieth of November at"),
            ("Yes.", "Is that right"),
            ("Yes.", "You are booked"),
            ("Bye.", "Goodbye"),
        ],
        ("2026-11-30T09:00", "Anna Bell", "+12025550142", "svc_cleaning"),
    ),
    "a mind is changed midway": (
        [
            ("Can I get a check-up on Wednesday afternoon?", "Wednesday the twenty-fifth"),
            ("Actually, can we do Friday instead?", "Friday the twenty-seventh"),
            ("Friday at eleven.", "Friday the twenty-seventh of November at eleven"),
            ("Yes.", "name"),
            ("Priya Ramaswamy.", "calling from"),
            ("Yes.", "Is that right"),
            ("Yes.", "You are booked"),
            ("Goodbye.", "Goodbye"),
        ],
        ("2026-11-27T11:00", "Priya Ramaswamy", "+12025550142", "svc_checkup"),
    ),
    "side questions do not lose the thread": (
        [
            ("Do you take Delta Dental?", "Delta Dental PPO.*anything else|Anything else"),
            ("Okay, I'd like a cleaning. How long does it take?", "forty-five minutes.*What day"),
            ("Tomorrow at nine. Where can I park?", "car park behind the building.*nine a.m. is free"),
            ("Yes.", "name|Which"),
            ("Jane Doe.", "calling from"),
            ("Are you a robot?", "automated assistant.*calling from"),
            ("Yes, use that.", "Is that right"),
            ("Correct.", "You are booked"),
            ("What time was that again?", "nine a.m."),
            ("Thanks, bye.", "Goodbye"),
        ],
        ("2026-11-24T09:00", "Jane Doe", "+12025550142", "svc_cleaning"),
    ),
    "the caller leaves the time to us, and the practitioner matters": (
        [
            ("I want to see Dr. Haddad for a filling.", "What day"),
            ("I don't know, what do you have?", "Which suits you"),
            ("Anything later?", "Which suits you|suit you"),
            ("The last one.", "name"),
            ("It's Will Smith.", "calling from"),
            ("No, use 202-555-0111.", "filling with Dr. Omar Haddad.*0 1 1 1"),
            ("Yes.", "You are booked"),
            ("Nothing else.", "Goodbye"),
        ],
        ("", "Will Smith", "+12025550111", "svc_filling"),
    ),
    "a name that is wrong is spelled, last and first": (
        [
            ("I'd like a cleaning tomorrow at two.", "is free"),
            ("Yes, please.", "full name"),
            ("Anna Ball.", "calling from"),
            ("Yes.", "for Anna Ball"),
            ("No, the name is wrong.", "spell the last name"),
            ("B as in boy, E, double L.", "spell the first name"),
            ("A, double N, A.", "for Anna Bell"),
            ("Yes.", "You are booked"),
            ("No.", "Goodbye"),
        ],
        ("2026-11-24T14:00", "Anna Bell", "+12025550142", "svc_cleaning"),
    ),
    "a name that is said again and misheard again is spelled": (
        [
            ("I'd like a cleaning tomorrow at two.", "is free"),
            ("Yes, please.", "full name"),
            ("Roger Battle.", "calling from"),
            ("Yes.", "for Roger Battle"),
            ("No, my name is Roger Battle.", "spell the last name"),
            ("P, A, T, E, L.", "spell the first name"),
            ("R, A, J.", "for Raj Patel"),
            ("Yes.", "You are booked"),
            ("No.", "Goodbye"),
        ],
        ("2026-11-24T14:00", "Raj Patel", "+12025550142", "svc_cleaning"),
    ),
    "a part that is spelled again is kept, and the other is let be": (
        [
            ("I'd like a cleaning tomorrow at two.", "is free"),
            ("Yes, please.", "full name"),
            ("Anishmet Smith.", "calling from"),
            ("Yes.", "for Anishmet Smith"),
            ("No, my name is Anishmet.", "spell the first name"),
            ("S, C, H, M, I, D, T.", "spell the first name"),
            ("C, H, M, I, D, T.", "for Anishmet Schmidt"),
            ("Yes.", "You are booked"),
            ("No.", "Goodbye"),
        ],
        ("2026-11-24T14:00", "Anishmet Schmidt", "+12025550142", "svc_cleaning"),
    ),
    "a digit that recognition writes once too often is left out, and the number read back": (
        [
            ("I'd like a cleaning tomorrow at two.", "is free"),
            ("Yes, please.", "full name"),
            ("Anna Bell.", "calling from"),
            ("No, please use another number.", "phone number"),
            ("It's 2 0 2. 5 5 5 5. 0 1 2 7.", "for Anna Bell.*2 0 2, 5 5 5, 0 1 2 7"),
            ("Yes.", "You are booked"),
            ("No.", "Goodbye"),
        ],
        ("2026-11-24T14:00", "Anna Bell", "+12025550127", "svc_cleaning"),
    ),
    "a parent books for a child": (
        [
            ("Hi, my name is Anna Bell and I'd like to book a check-up for my son.", "What day"),
            ("Tomorrow after school.", "Which"),
            ("Half past three.", "patient's full name"),
            ("Tim Bell.", "calling from"),
            ("Yes.", "for Tim Bell"),
            ("Yes.", "You are booked"),
            ("No.", "Goodbye"),
        ],
        ("2026-11-24T15:30", "Tim Bell", "+12025550142", "svc_checkup"),
    ),
    "pain leads to the first opening": (
        [
            ("My tooth hurts really badly.", "sorry.*Which suits you"),
            ("The earliest.", "name"),
            ("Sam Jones", "calling from"),
            ("yes", "Is that right"),
            ("yes", "You are booked"),
            ("no", "Goodbye"),
        ],
        ("2026-11-23T10:00", "Sam Jones", "+12025550142", "svc_checkup"),
    ),
    "speech that was not understood is asked for again in other words": (
        [
            ("", "didn't catch that"),
            ("I'd like a cleaning", "What day"),
            ("mumble mumble", "didn't catch that. Which day"),
            ("Tomorrow at nine", "is free"),
            ("", "didn't catch"),
            ("yes", "name"),
            ("", "didn't catch"),
            ("Ann Lee", "calling from"),
            ("", "didn't catch"),
            ("yes", "Is that right"),
            ("", "at nine a.m. Was that a yes or a no[?]"),
            ("yes", "You are booked"),
            ("no", "Goodbye"),
        ],
        ("2026-11-24T09:00", "Ann Lee", "+12025550142", "svc_cleaning"),
    ),
}


@pytest.mark.parametrize("name", SCENARIOS)
async def test_the_conversation_ends_in_the_booking_that_the_caller_meant(name: str) -> None:
    turns, (start, who, number, service) = SCENARIOS[name]
    talk = Conversation()
    assert "Maple Street Dental" in await talk.start()
    for said, expected in turns:
        answer = await talk.hear(said)
        assert re.search(expected, answer), f"after {said!r}: {answer}"
    (booking,) = talk.practice.bookings.values()
    local = datetime.fromisoformat(booking["start_at"]).astimezone(NOW.tzinfo)
    assert local.isoformat().startswith(start)
    assert booking["customer"] == {"name": who, "phone": number}
    assert booking["service_id"] == service
    ending = talk.context.ending.ending
    assert ending is not None
    assert ending.kind == "hang_up"


@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_conversation_can_be_taken_up_at_any_point(name: str) -> None:
    talk = Conversation()
    await talk.start()
    for said, _ in SCENARIOS[name][0]:
        await talk.hear(said)
    for index, message in enumerate(talk.messages):
        if message["role"] == "assistant":
            written = json.dumps(talk.messages[:index])
            kept = json.loads(written)
            move = next_action(kept, FACTS, NOW, CALLER)
            assert move.say == message["content"]
            assert json.dumps(kept) == written


async def test_a_caller_without_a_number_is_asked_for_one() -> None:
    talk = Conversation(caller_number=None)
    await talk.start()
    await talk.hear("A check-up tomorrow at ten, my name is Anna Bell")
    assert "phone number" in await talk.hear("yes")
    assert "0 1 7 7" in await talk.hear("202 555 0177")


async def test_a_slot_that_was_taken_meanwhile_is_replaced_by_another() -> None:
    practice = FakePracticeApi()
    talk = Conversation(practice)
    await talk.start()
    for said in ("A check-up tomorrow at ten, my name is Anna Bell", "yes", "yes"):
        await talk.hear(said)
    practice.busy.add(datetime(2026, 11, 24, 10, 0, tzinfo=NOW.tzinfo))
    answer = await talk.hear("yes")
    assert "just been taken" in answer
    assert "booked" not in answer
    assert "Is that right" in await talk.hear("the first one")
    assert "You are booked" in await talk.hear("yes")
    assert len(practice.bookings) == 1


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [("pending", "isn't booked yet"), ("timeout", "can't tell you yet"), ("refused", "nothing is booked")],
)
async def test_an_outcome_that_is_no_booking_is_said_as_it_is(trouble: str, expected: str) -> None:
    practice = FakePracticeApi()
    talk = Conversation(practice)
    await talk.start()
    for said in ("A check-up tomorrow at ten, my name is Anna Bell", "yes", "yes"):
        await talk.hear(said)
    practice.trouble["bookings"] = trouble
    answer = await talk.hear("yes")
    assert expected in answer
    assert "You are booked" not in " ".join(talk.said)
    assert practice.bookings == {}


async def test_when_the_calendar_is_down_a_message_is_offered_and_taken() -> None:
    practice = FakePracticeApi(trouble={"availability/search": "down"})
    talk = Conversation(practice)
    await talk.start()
    assert "message" in await talk.hear("A check-up tomorrow at ten")
    assert "What should I tell them" in await talk.hear("Yes please.")
    assert "name" in await talk.hear("I'd like a check-up tomorrow at ten.")
    await talk.hear("Anna Bell")
    assert "passed your message on" in await talk.hear("Yes.")
    assert practice.notes == [
        {"customer": {"name": "Anna Bell", "phone": CALLER}, "text": "I'd like a check-up tomorrow at ten."}
    ]


async def test_a_second_booking_in_the_same_call_is_another_booking() -> None:
    talk = Conversation()
    await talk.start()
    for said in ("A check-up tomorrow at ten, my name is Anna Bell", "yes", "yes", "yes"):
        await talk.hear(said)
    for said in ("Yes, I also need a cleaning for my son.", "Friday at nine", "yes", "Tim Bell", "yes"):
        answer = await talk.hear(said)
    assert "You are booked" in answer
    assert sorted(one["customer"]["name"] for one in talk.practice.bookings.values()) == [
        "Anna Bell",
        "Tim Bell",
    ]


@pytest.mark.parametrize("answer", ["absolutely not", "that doesn't look right to me", "not for that lady"])
async def test_an_answer_that_does_not_agree_is_asked_what_to_change(answer: str) -> None:
    talk = Conversation()
    await talk.start()
    for said in ("A check-up tomorrow at ten, my name is Anna Bell", "yes", "yes"):
        asked = await talk.hear(said)
    assert "Is that right" in asked
    assert "What should I change" in await talk.hear(answer)
    assert talk.practice.bookings == {}


async def test_goodbye_before_the_booking_says_that_nothing_is_booked() -> None:
    talk = Conversation()
    await talk.start()
    await talk.hear("A check-up tomorrow at ten")
    assert "haven't booked anything" in await talk.hear("Sorry, I have to go, bye.")
    assert talk.practice.bookings == {}
