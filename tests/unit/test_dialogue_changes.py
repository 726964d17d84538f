"""What callers say of appointments that they have, and what it is taken for."""

from datetime import datetime

import pytest

from agent.dialogue.acts import hear
from agent.dialogue.changes import chosen_of, kind_in
from agent.dialogue.state import Ask, Kind
from contracts.partner import PracticeFacts
from contracts.practice_rules import PracticeRules
from tests.fakes.dialogue_talk import Talk
from tests.fakes.practice_api import FACTS, ZONE
from tools.appointments import Appointment
from tools.functions.identity import NO_WAY, NOT_FOUND

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
        ("cancel the cleaning but keep the check-up", [CLEANING]),
        ("keep the check-up and cancel the cleaning", [CLEANING]),
        ("I need to cancel the cleaning, not the check-up", [CLEANING]),
        ("cancel the check-up and leave my cleaning alone", [CHECKUP]),
        ("I'm not coming to my cleaning", [CLEANING]),
        ("yes", []),
        ("my appointment", []),
    ],
)
def test_an_appointment_is_chosen_by_place_day_time_purpose_person_or_patient(
    words: str, meant: list[Appointment]
) -> None:
    assert chosen_of(words, [CLEANING, CHECKUP]) == meant


FOUND = {"status": "found", "say": "You have a cleaning.", "appointments": [CLEANING.written()]}
NO_DATE = {"status": "none", "missing": ["code"], "say": "I couldn't find an appointment with those details."}
SENT = {"status": "code_sent", "say": "A text is on its way.", "ask": "What's the code?"}
BOTH_WAYS = FACTS.model_copy(update={"identity": ["date_of_birth", "code"]})
BY_CODE = FACTS.model_copy(update={"identity": ["code"]})


def doubted(wish: str, facts: PracticeFacts = BOTH_WAYS) -> Talk:
    """A caller whose number the carrier doubts, once they have given name and number."""
    talk = Talk(number_proves=False, facts=facts)
    for words in (wish, "Anna Bell", "202 555 0142"):
        talk.hear(words)
    return talk


def shown(talk: Talk) -> list[dict[str, str]]:
    """What find_appointments was given beside name and number."""
    calls = talk.calls("find_appointments")
    return [{key: one[key] for key in one.keys() - {"name", "phone"}} for one in calls]


def asks(talk: Talk) -> Ask:
    """What the caller was asked last."""
    return talk.state.asked


@pytest.mark.parametrize("wish", ["I need to cancel my appointment.", "When is my appointment?"])
def test_a_number_that_the_carrier_doubts_finds_nothing_without_a_date_of_birth(wish: str) -> None:
    trusted = Talk()
    trusted.hear(wish)
    assert trusted.calls("find_appointments")[0] == {}
    talk = doubted(wish)
    assert (asks(talk), shown(talk)) == (Ask.BIRTH_DATE, [])
    talk.gives["find_appointments"] = FOUND
    talk.hear("March third nineteen eighty")
    assert shown(talk) == [{"date_of_birth": "1980-03-03"}]
    assert talk.calls("cancel_appointment") or "cleaning" in (talk.move.say or "").lower()


def test_a_date_of_birth_is_taken_in_two_breaths_and_off_the_keypad() -> None:
    talk = doubted("Cancel my appointment")
    talk.hear("March third")
    assert asks(talk) is Ask.BIRTH_DATE
    talk.hear("nineteen eighty")
    keyed = doubted("Cancel my appointment")
    keyed.hear("0 3 0 3 1 9 8 0")
    assert shown(talk) == shown(keyed) == [{"date_of_birth": "1980-03-03"}]


def test_a_code_is_texted_only_when_the_caller_agrees_and_read_digit_by_digit() -> None:
    talk = doubted("Cancel my appointment")
    talk.gives["find_appointments"] = NO_DATE
    talk.hear("March fourth nineteen eighty")
    assert asks(talk) is Ask.CODE_OFFER
    talk.gives["find_appointments"] = SENT
    assert talk.hear("Yes, please.").say == "A text is on its way. What's the code?"
    talk.hear("three one four")
    assert asks(talk) is Ask.CODE
    talk.gives["find_appointments"] = FOUND
    talk.hear("one five nine")
    assert shown(talk)[1:] == [{"text_code": True}, {"code": "314159"}]
    assert talk.calls("cancel_appointment") == [{"booking_id": "b1"}]


def test_a_wrong_code_is_asked_for_again_and_in_the_end_a_person_is_offered() -> None:
    talk = doubted("Cancel my appointment", BY_CODE)
    assert asks(talk) is Ask.CODE_OFFER
    talk.gives["find_appointments"] = SENT
    talk.hear("yes")
    talk.gives["find_appointments"] = NO_DATE
    assert "isn't right" in (talk.hear("3 1 4 1 5 0").say or "")
    assert asks(talk) is Ask.CODE
    talk.gives["find_appointments"] = {"status": "none", "say": NOT_FOUND, "stop": True}
    assert talk.hear("3 1 4 1 5 1").say == NOT_FOUND
    assert asks(talk) is Ask.PERSON_OR_MESSAGE


@pytest.mark.parametrize("facts", [BY_CODE, FACTS])
def test_who_cannot_show_who_they_are_gets_a_person_or_a_message(facts: PracticeFacts) -> None:
    talk = Talk(number_proves=False, facts=facts)
    talk.gives["find_appointments"] = {"status": "not_possible", "say": NO_WAY}
    for words in ("I want to cancel my appointment", "Anna Bell", "202 555 0142", "No thanks"):
        talk.hear(words)
        if asks(talk) is Ask.PERSON_OR_MESSAGE:
            break
    assert asks(talk) is Ask.PERSON_OR_MESSAGE
    assert shown(talk) == ([] if facts is BY_CODE else [{}])


def test_whoever_books_is_asked_for_the_date_of_birth_where_the_practice_wants_it() -> None:
    rules = PracticeRules(ask_date_of_birth=True)
    talk = Talk(facts=FACTS.model_copy(update={"rules": rules}))
    for words in ("I'd like a cleaning on Tuesday at two.", "yes", "My name is Anna Bell."):
        talk.hear(words)
    assert asks(talk) is Ask.BIRTH_DATE
    talk.hear("The third of March 1980")
    talk.hear("yes, that number")
    assert talk.calls("book_appointment")[0]["date_of_birth"] == "1980-03-03"


def test_somebody_whose_number_is_doubted_books_and_hears_of_no_appointment() -> None:
    talk = Talk(number_proves=False)
    talk.hear("I'd like a cleaning on Tuesday morning.")
    assert talk.calls("search_availability")
    assert talk.calls("find_appointments") == []
