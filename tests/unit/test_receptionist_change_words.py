"""What callers say of appointments that they have, and what it is taken for."""

from datetime import datetime

import pytest

from agent.receptionist import change_responses
from agent.receptionist.change import Change, Kind
from agent.receptionist.change_words import change_in, chosen_of, kind_in, shifted, split_change
from agent.receptionist.questions import Ask, asked_in
from agent.receptionist.state import State
from language.normalize import normal
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


@pytest.mark.parametrize(("words", "kind"), SAID)
def test_a_wish_to_change_is_recognised_out_of_the_blue(words: str, kind: Kind | None) -> None:
    assert change_in(normal(words)) is kind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("cancel it", Kind.CANCEL),
        ("move it", Kind.MOVE),
        ("another day would be better", Kind.MOVE),
        ("cancel and rebook", Kind.MOVE),
        ("yes", None),
        ("the first one", None),
    ],
)
def test_of_an_appointment_fewer_words_are_enough(words: str, kind: Kind | None) -> None:
    assert kind_in(normal(words)) is kind


@pytest.mark.parametrize(
    ("words", "about", "target"),
    [
        (
            "Can I move my Tuesday appointment to Thursday at three?",
            "tuesday appointment",
            "thursday at three",
        ),
        ("Can I move my appointment from Tuesday to Friday?", "from tuesday", "friday"),
        (
            "I can't make it on Tuesday, can I come on Monday instead?",
            "on tuesday",
            "can i come on monday instead",
        ),
        ("Could I come an hour later on Tuesday?", "on tuesday", "an hour later"),
        ("Postpone my visit by a week", "", "postpone my visit by a week"),
        ("Anything earlier than my appointment on Friday?", "on friday", "earlier"),
        ("I need to reschedule my check-up", "check up", ""),
    ],
)
def test_which_one_and_where_to_are_told_apart(words: str, about: str, target: str) -> None:
    found, wanted = split_change(words)
    assert about in found
    assert wanted == target


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("an hour later", "Tuesday December 1 at 3:00 PM"),
        ("half an hour earlier", "Tuesday December 1 at 1:30 PM"),
        ("two days later", "Thursday December 3 at 2:00 PM"),
        ("push it back a week", "Tuesday December 8 at 2:00 PM"),
        ("bring it forward by an hour", "Tuesday December 1 at 1:00 PM"),
        ("thursday at the same time", "thursday at 2:00 PM"),
        ("thursday at three", "thursday at three"),
    ],
)
def test_what_depends_on_the_appointment_is_put_into_words_of_its_own(words: str, meant: str) -> None:
    assert shifted(words, START) == meant


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


@pytest.mark.parametrize("ask", sorted(change_responses.ASKS))
@pytest.mark.parametrize("count", range(3))
def test_our_own_questions_are_recognised(ask: Ask, count: int) -> None:
    for kind in Kind:
        state = State(change=Change(kind=kind, known=[CLEANING, CHECKUP], chosen=CLEANING))
        state.all_asks[ask] = count
        assert asked_in(change_responses.ask(ask, state)) is ask


@pytest.mark.parametrize(
    ("words", "ask"),
    [
        ("Would you like me to cancel it?", Ask.CANCEL_IT),
        ("Do you want to cancel or reschedule?", Ask.CANCEL_OR_MOVE),
        ("Which appointment would you like to move?", Ask.WHICH_APPOINTMENT),
        (change_responses.ANEW, Ask.BOOK_OFFER),
    ],
)
def test_another_models_questions_are_recognised(words: str, ask: Ask) -> None:
    assert asked_in(words) is ask


def test_the_details_of_an_appointment_are_asked_for_in_words_that_are_recognised() -> None:
    for ask in (Ask.NAME, Ask.PHONE):
        assert asked_in(change_responses.ask_of_it(ask, State())) is ask
