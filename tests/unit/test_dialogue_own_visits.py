"""What callers say and ask of visits that they have, of when people are there, and beside an answer."""

import re
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from agent.dialogue import changes
from agent.dialogue.acts import Clause, Heard, hear
from agent.dialogue.matching import practitioner_in
from agent.dialogue.state import Ask, Kind, Scene, State
from agent.dialogue.steps import proceed
from contracts.partner import Closure, DayHours, PractitionerFacts
from contracts.practice_rules import PracticeRules, SpecialHours
from language.datetimes.refine import Anchors
from language.datetimes.resolve import resolve
from tests.fakes.dialogue_talk import RESULTS, Talk
from tests.fakes.practice_api import CALLER, FACTS, NOW
from tests.unit.test_dialogue_changes import CHECKUP, CLEANING
from tools.appointments import Appointment
from tools.functions.opening import facts_of, hours_on

ZONE = ZoneInfo("America/New_York")
LEE, HADDAD = FACTS.practitioners
MORNINGS = [DayHours(weekday=day, opens="08:00", closes="12:00") for day in (0, 4)]
PEOPLE = FACTS.model_copy(
    update={"practitioners": [LEE, HADDAD.model_copy(update={"hours": MORNINGS})]},
)
LATE = {
    "status": "ok",
    "passages": [{"text": "If you arrive more than 15 minutes late, we may have to find you another time."}],
}


def having(*visits: Appointment, facts: object = FACTS) -> Talk:
    """A caller whose own visits are found."""
    talk = Talk(facts=facts)  # type: ignore[arg-type]
    told = [one.written() for one in visits]
    talk.gives["find_appointments"] = {"status": "found", "say": "You have these.", "appointments": told}
    return talk


def said(talk: Talk, *heard: str) -> str:
    for words in heard:
        talk.hear(words)
    return talk.move.say or ""


@pytest.mark.parametrize(
    ("heard", "told"),
    [
        (
            ["I'm a patient of Dr. Lee's. Is she in Friday afternoons?"],
            "Dr. Maya Lee is in from nine a.m. to two p.m.",
        ),
        (["Does Dr. Haddad work on Tuesdays?"], "Dr. Omar Haddad isn't in on Tuesdays. .*Monday from nine"),
        (
            ["I see Dr. Haddad. Is he there on Monday?", "And is he in on Friday?"],
            "Dr. Omar Haddad is in .*to noon",
        ),
    ],
)
def test_when_somebody_of_the_practice_is_there_is_no_secret(heard: list[str], told: str) -> None:
    assert re.search(told, said(Talk(facts=PEOPLE), *heard))


def test_when_a_patient_is_there_stays_one() -> None:
    assert "is in" not in said(Talk(facts=PEOPLE), "Is my wife in on Friday?")


def test_somebody_is_there_within_the_hours_of_the_practice() -> None:
    holiday, away, late = date(2026, 12, 25), date(2026, 12, 7), date(2026, 12, 11)
    person = PractitionerFacts(
        id="p", name="Nora Whelan", hours=MORNINGS, closures=[Closure(date=away)],
        special_hours=[SpecialHours(date=late, opens="13:00", closes="14:00")],
    )  # fmt: skip
    short = SpecialHours(date=date(2026, 12, 14), opens="10:00", closes="15:00")
    shut = SpecialHours(date=date(2026, 12, 15), opens="10:00", closes="15:00")
    facts = facts_of(person, FACTS.model_copy(update={"special_hours": [short, shut]}))
    spans = [hours_on(day, facts) for day in (date(2026, 11, 30), date(2026, 12, 1), holiday, away, late)]
    assert [[(a.hour, b.hour) for a, b in one] for one in spans] == [[(9, 12)], [], [], [], [(13, 14)]]
    assert [(a.hour, b.hour) for a, b in hours_on(short.date, facts)] == [(10, 12)]
    assert hours_on(shut.date, facts) == []


def test_who_has_no_title_is_known_by_the_first_name() -> None:
    facts = FACTS.model_copy(update={"practitioners": [PractitionerFacts(id="t", name="Tom Adeleke")]})
    found = [
        practitioner_in(one, facts) is not None
        for one in ("has tom got something", "tom adeleke the physio", "this is tom", "i'm tom adeleke")
    ]
    assert found == [True, True, False, False]
    assert practitioner_in("does maya work fridays", FACTS) is None


def test_a_possessive_ends_a_sentence() -> None:
    assert len(hear("I'm a patient of Dr. Lee's. Is she in Friday afternoons?").clauses) == 2


def test_which_visit_is_moved_is_said_before_times_are_offered() -> None:
    talk = having(CLEANING)
    assert "I see your cleaning" in said(talk, "Can you move my cleaning to Tuesday afternoon?")


def test_what_was_offered_for_later_is_nothing_that_later_is_said_of() -> None:
    nine = datetime(2026, 12, 3, 9, 30, tzinfo=ZONE)
    offered = {"later": [nine.replace(hour=hour) for hour in (10, 13, 16)]}
    asked = resolve("later; after two", NOW, ZONE, Anchors(nine, offered))
    again = resolve("later; later", NOW, ZONE, Anchors(nine, offered))
    assert getattr(asked, "since", None) == nine.replace(second=1)
    assert getattr(again, "since", None) == nine.replace(hour=16, second=1)


def test_whose_visit_was_told_is_not_asked_whether_to_cancel_it() -> None:
    talk = having(CHECKUP)
    said(talk, "When is my appointment?", "I mean my appointment on Friday, who's it with?")
    assert talk.state.asked is Ask.ANYTHING_ELSE
    assert "Dr. Omar Haddad" in (talk.move.say or "")


def test_who_is_late_hears_what_the_practice_says_of_that_and_may_pass_it_on() -> None:
    talk = Talk()
    talk.gives["search_knowledge"] = LATE
    told = said(talk, "I'm running ten minutes late for my check-up")
    assert "15 minutes late" in told
    assert talk.state.asked is Ask.PERSON_OR_MESSAGE
    assert "late" in talk.state.matter


def test_two_prices_asked_for_at_once_are_looked_up_one_by_one() -> None:
    talk = Talk()
    said(talk, "How much is a check-up and a cleaning?", "And a filling?")
    asked = [one["question"] for one in talk.calls("search_knowledge")]
    assert asked == ["How much is a check-up?", "How much is a cleaning?", "How much is a filling?"]


def test_a_price_of_several_is_no_price_of_one() -> None:
    talk = Talk()
    said(talk, "How much are five cleanings?")
    assert "five" in talk.calls("search_knowledge")[0]["question"]


def test_a_fee_asked_for_beside_a_cancellation_is_of_that() -> None:
    read_back = {
        "status": "read_back",
        "of": "cancel",
        "say": "That's your cleaning.",
        "ask": "Shall I cancel it?",
    }
    talk = having(CLEANING)
    talk.gives["cancel_appointment"] = read_back
    said(talk, "Please cancel my cleaning", "Yes please. And is there a fee for that?")
    assert [one["question"] for one in talk.calls("search_knowledge")] == [
        "Is there a fee if I cancel my appointment?"
    ]
    rules = PracticeRules.model_validate({"cancelling": {"notice_hours": 24, "say": "Late ones cost $50."}})
    talk = having(CLEANING, facts=FACTS.model_copy(update={"rules": rules}))
    talk.gives["cancel_appointment"] = read_back
    assert "$50" in said(talk, "Please cancel my cleaning", "Yes please. And is there a fee for that?")


def test_what_is_asked_beside_giving_up_is_answered_before_that_is_said() -> None:
    talk = Talk()
    talk.gives["search_knowledge"] = RESULTS[16]
    told = said(talk, "I'd like a cleaning", "I don't want to book. Is there parking?")
    assert re.search("car park.*booked", told)


def test_nobody_is_hung_up_on_who_goes_on_after_a_no() -> None:
    talk = Talk()
    said(
        talk,
        "What are your hours?",
        "No, I'm asking about the appointment of my mother-in-law, Ada Lindqvist.",
    )
    said(talk, "No. But the records, please.")
    assert talk.calls("end_call") == []
    said(talk, "No, that's all, thank you.")
    assert len(talk.calls("end_call")) == 1


def test_what_is_asked_beside_a_date_of_birth_is_answered() -> None:
    talk = Talk(facts=FACTS.model_copy(update={"rules": PracticeRules(ask_date_of_birth=True)}))
    talk.gives["search_knowledge"] = RESULTS[16]
    said(talk, "I'd like a cleaning on Tuesday at two.", "yes", "My name is Anna Bell.")
    assert "car park" in said(talk, "February second 1990. And where do I park?")


def test_a_yes_to_the_number_stands_beside_a_question() -> None:
    talk = Talk()
    said(talk, "I'd like a cleaning on Tuesday at two.", "yes", "My name is Anna Bell.")
    told = said(talk, "Yes. And how long will it take?")
    assert re.search("forty-five minutes.*Is that right", told)


def test_a_day_turned_down_before_any_was_offered_is_that_of_their_visit() -> None:
    talk = having(CHECKUP)
    said(talk, "I can't do the fourth any more. Has Dr. Lee got something on Monday?")
    assert [one["booking_id"] for one in talk.calls("search_availability")] == ["b2"]
    assert talk.calls("search_knowledge") == []


def test_a_visit_named_for_cancelling_is_their_own_while_none_is_being_booked() -> None:
    talk = having(replace(CLEANING), CHECKUP)
    said(talk, "I'd like a cleaning", "No, I want the cleaning cancelled that I have on the first.")
    assert talk.calls("cancel_appointment") == [{"booking_id": "b1"}]


def test_what_was_left_for_the_team_is_told_when_it_is_asked_for() -> None:
    talk = Talk()
    talk.gives["take_message"] = RESULTS[14]
    said(talk, "Take a message: my bill is fifty dollars too high.", "Anna Bell", "yes")
    assert "fifty dollars" in said(talk, "What did you write down?")
    said(talk, "And the fifty dollars, will they see that?")
    assert len(talk.calls("take_message")) == 1


def test_a_question_in_spanish_is_left_to_the_team() -> None:
    talk = Talk()
    told = said(
        talk,
        "Hola, buenos días, necesito cambiar mi cita, no hablo inglés.",
        "Un mensaje, por favor. Soy Lucía Ferrer, quiero cambiar mi cita. ¿Y aceptan Medicaid?",
    )
    assert talk.calls("search_knowledge") == []
    assert "Medicaid" in talk.state.goal.text
    assert "nombre" not in told


def test_a_holiday_is_the_next_of_its_name_and_its_eve_another_day() -> None:
    closures = [Closure(date=date(year, 12, 25), name="Christmas Day") for year in (2026, 2030)]
    closures += [Closure(date=date(year, 1, 1), name="New Year's Day") for year in (2027, 2031)]
    facts = FACTS.model_copy(update={"closures": closures})
    assert "Saturdays" in said(Talk(facts=facts), "Are you open the day after Christmas?")
    assert "thirty-first of December, we're open" in said(
        Talk(facts=facts), "Are you open on New Year's Eve?"
    )
    assert "New Year's Day" in said(Talk(facts=facts), "Are you open on New Year's Day?")


def test_a_day_that_they_cannot_make_is_not_where_it_is_moved_to() -> None:
    talk = having(CHECKUP)
    said(talk, "Hi, I'm not going to make it Friday.")
    assert talk.calls("search_availability") == []
    assert talk.state.asked is Ask.CANCEL_OR_MOVE


@pytest.mark.parametrize(
    ("asked", "ours"),
    [
        ("Is this Maple Street Dental?", True),
        ("Is this Dr. Lee's office?", True),
        ("Is this the Maple Street Bakery?", False),
    ],
)
def test_a_name_that_begins_like_ours_is_not_ours(asked: str, ours: bool) -> None:
    assert said(Talk(), asked).startswith("Yes, this is" if ours else "No, this is")


def test_parking_asked_for_beside_being_late_is_answered_too() -> None:
    talk = Talk()
    said(talk, "I'm coming at four but I'll be fifteen minutes late. Is there parking?")
    assert len(talk.calls("search_knowledge")) == 2


def test_whether_another_visit_stays_is_told_before_one_is_cancelled() -> None:
    talk = having(CLEANING, CHECKUP)
    talk.gives["cancel_appointment"] = {
        "status": "read_back", "of": "cancel", "say": "That's your cleaning.", "ask": "Shall I cancel it?",
        "start": CLEANING.start.isoformat(),
    }  # fmt: skip
    told = said(talk, "Cancel my cleaning", "Yes please. And Tim's stays, right?")
    assert re.search("check-up with Dr. Omar Haddad stays as it is", told)


def test_what_another_office_told_already_is_its_message() -> None:
    talk = Talk()
    talk.gives["take_message"] = RESULTS[14]
    said(
        talk,
        "Hi, this is CVS pharmacy, we have a refill request for chlorhexidine for Paul Ngo.",
        "A message. Please call us back on 212 555 0166.",
    )
    assert talk.state.asked is not Ask.MESSAGE_TEXT


def test_what_is_left_as_it_is_is_no_question_for_the_pages() -> None:
    talk = having(CLEANING, CHECKUP)
    told = said(talk, "When are my appointments?", "Can you swap... no, leave it as it is.")
    assert talk.calls("search_knowledge") == []
    assert "it all stays as it is" in told


def test_who_does_what_nobody_knows_of_is_not_said_to_be_everybody() -> None:
    talk = Talk()
    assert "can see" not in said(talk, "Do you do whitening? And if not, who does?")


@pytest.mark.parametrize(("ways", "asked"), [(["date_of_birth"], Ask.NAME), ([], Ask.PERSON_OR_MESSAGE)])
def test_a_visit_under_another_number_is_none_of_those_under_the_calls(ways: list[str], asked: Ask) -> None:
    words = "it's under my husband's number"
    heard = Heard(words, words, clauses=(Clause(words, words, "elsewhere", 1.0),))
    scene = Scene(FACTS.model_copy(update={"identity": ways}), NOW, CALLER)
    state = State(known=[CLEANING.written()], looked=True)
    state.begin(Kind.CANCEL, booking_id="b1")
    changes.go_on(state, heard, scene)
    assert (state.chosen, state.known) == (None, [])
    move = proceed(state, scene)
    assert (state.asked, move.call) == (asked, None)


def test_a_visit_right_after_their_own_begins_when_that_ends() -> None:
    talk = having(CLEANING, CHECKUP)
    said(talk, "I want to book a filling right after my cleaning on the first")
    assert talk.calls("search_availability")[0]["when"] == "Tuesday December 1 after 2:45 PM"


def test_hours_asked_for_in_spanish_are_left_to_the_team_in_spanish() -> None:
    told = said(Talk(), "Hola, ¿a qué hora cierran los viernes?")
    assert "equipo" in told
    assert "open" not in told


def test_two_visits_are_moved_one_after_the_other() -> None:
    talk = having(CLEANING, CHECKUP)
    talk.gives["reschedule_appointment"] = {
        "status": "moved", "say": "It is moved.", "appointment": CLEANING.written(), "spoken": "then",
    }  # fmt: skip
    told = said(talk, "I need to move my appointments", "Both of them", "Tuesday at two")
    assert [one["booking_id"] for one in talk.calls("reschedule_appointment")] == ["b1"]
    assert talk.state.goal.booking_id == "b2"
    assert "check-up" in told


def test_who_asks_for_other_times_instead_of_cancelling_moves_it() -> None:
    talk = having(CHECKUP)
    talk.gives["cancel_appointment"] = {
        "status": "read_back", "of": "cancel", "say": "That's your check-up.", "ask": "Shall I cancel it?",
        "start": CHECKUP.start.isoformat(),
    }  # fmt: skip
    said(talk, "I can't come Friday, cancel my check-up", "No, wait. What other times do you have on Friday?")
    assert [one["booking_id"] for one in talk.calls("search_availability")] == ["b2"]


def test_what_may_be_brought_along_is_not_what_has_to_be() -> None:
    talk = Talk()
    said(talk, "Can I bring my dog?")
    assert talk.calls("search_knowledge")[0]["question"] == "Can I bring my dog?"
