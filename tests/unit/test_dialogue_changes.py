"""What callers say of appointments that they have, and what it is taken for."""

from datetime import datetime

import pytest

from agent.dialogue.acts import hear
from agent.dialogue.changes import chosen_of, kind_in
from agent.dialogue.state import Kind
from tests.fakes.dialogue_talk import Talk
from tests.fakes.practice_api import ZONE
from tools.appointments import Appointment

START = datetime(2026, 12, 1, 14, 0, tzinfo=ZONE)
CLEANING = Appointment("b1", START, 45, "Cleaning", "Dr. Maya Lee", "Anna Bell", "+12025550142")
CHECKUP = Appointment(
    "b2",
    datetime(2026, 12, 4, 10, 0, tzinfo=ZONE),
    30,
    "Check-up",
    "Dr. Omar Haddad",
    "Tim Bell",
    "+12025550142",
)

WISHES = {
    Kind.CANCEL: """
        I need to cancel my appointment
        I'd like to cancel, please.
        Cancel tomorrow's appointment
        could you cancel my 3 o'clock
        I'm calling to cancel
        Can you take me off the schedule for Friday?
        I don't need my appointment anymore
        we have to cancel our appointment
        How do I cancel my appointment?
        cancel
    """,
    Kind.MOVE: """
        can I move my appointment to Thursday afternoon
        I need to reschedule
        can we push my appointment to Friday
        I was wondering if I could switch my appointment to another day
        Could I come an hour later?
        I have an appointment on Tuesday but I need to change it
        I have an appointment Tuesday, can it be moved to Wednesday?
        is it possible to have my appointment earlier
        do you have anything earlier than my appointment on Friday
        I need a different time for my appointment
        postpone my visit by a week
        Can I reschedule?
        I need to change the time of my appointment on Tuesday
        Can I come in a bit earlier on Tuesday?
        can my appointment be a bit later
        can you bring my appointment forward
        my husband has an appointment tomorrow, can you move it
    """,
    Kind.OPEN: """
        I can't make it on Tuesday
        I won't be coming on Tuesday
        I'm not going to make it tomorrow
        something came up and I can't make my appointment on Tuesday
        I have an appointment tomorrow at two and I can't make it
        I'd like to cancel or reschedule my appointment
    """,
    Kind.LOOK: """
        Do I have an appointment tomorrow?
        when is my next appointment
        I want to confirm my appointment
        is my appointment still on
        Am I still booked for Friday?
    """,
    None: """
        I'd like to book an appointment
        what is your cancellation policy
        how much do you charge if I cancel my appointment
        do I have to pay if I can't make it
        what if I can't make my appointment
        can I change my address
        I can't make a decision
        can I come in later this week
        I can't make it before five
        I'd like to make an appointment, I can't come on Tuesdays
        can I get an earlier appointment
        cancel my subscription to the newsletter
        I moved to Brooklyn, are you near there
        what do I need to bring to my first appointment
        Should I bring my insurance card to my appointment?
        do I need to cancel if I have a cold
    """,
}
SAID = [(line.strip(), kind) for kind, lines in WISHES.items() for line in lines.strip().splitlines()]


SAME: dict[Kind | None, set[Kind | None]] = {
    Kind.OPEN: {Kind.OPEN, Kind.MOVE, Kind.CANCEL},
    Kind.LOOK: {Kind.LOOK},
}
"""What the caller is asked next, or may be taken for without harm: nothing is done before a read-back."""


def test_wishes_to_change_are_recognised_out_of_the_blue() -> None:
    wrong = [
        (words, found)
        for words, kind in SAID
        if (found := kind_in(hear(words))) not in SAME.get(kind, {kind})
    ]
    print(f"\n{len(SAID) - len(wrong)} of {len(SAID)} told rightly; not: {wrong}")  # noqa: T201
    assert len(wrong) <= MOST_WRONG


MOST_WRONG = 8


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("cancel it", Kind.CANCEL),
        ("move it", Kind.MOVE),
        ("cancel and rebook", Kind.MOVE),
        ("yes", None),
        ("the first one", None),
    ],
)
def test_of_an_appointment_fewer_words_are_enough(words: str, kind: Kind | None) -> None:
    assert kind_in(hear(words)) is kind


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("the second one", [CHECKUP]),
        ("the last one", [CHECKUP]),
        ("Tuesday", [CLEANING]),
        ("the one at ten", [CHECKUP]),
        ("my cleaning", [CLEANING]),
        ("Tim's", [CHECKUP]),
        ("with Dr. Haddad", [CHECKUP]),
        ("I won't be able to make it on Friday", [CHECKUP]),
        ("both of them", [CLEANING, CHECKUP]),
        ("yes", []),
        ("my appointment", []),
    ],
)
def test_an_appointment_is_chosen_by_place_day_time_purpose_person_or_patient(
    words: str, meant: list[Appointment]
) -> None:
    assert chosen_of(words, [CLEANING, CHECKUP]) == meant


@pytest.mark.parametrize("wish", ["I need to cancel my appointment.", "When is my appointment?"])
def test_a_number_that_the_carrier_doubts_finds_nothing_without_a_name(wish: str) -> None:
    trusted, doubted = Talk(), Talk(number_proves=False)
    trusted.hear(wish)
    assert trusted.calls("find_appointments")[0] == {}
    assert "name" in (doubted.hear(wish).say or "")
    assert doubted.calls("find_appointments") == []
    doubted.hear("Anna Bell")
    doubted.hear("202 555 0142")
    assert [one["name"] for one in doubted.calls("find_appointments")] == ["Anna Bell"]


def test_somebody_whose_number_is_doubted_books_and_hears_of_no_appointment() -> None:
    talk = Talk(number_proves=False)
    talk.hear("I'd like a cleaning on Tuesday morning.")
    assert talk.calls("search_availability")
    assert talk.calls("find_appointments") == []
