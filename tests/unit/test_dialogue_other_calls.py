"""Calls that are about no new visit: being late, whose visit it is, messages, and how such calls end."""

import re
from dataclasses import replace

import pytest

from agent.danger.stage import without_questions
from agent.dialogue.state import Ask, Kind
from language import names
from language.danger.says import says_in
from tests.fakes.dialogue_talk import Talk
from tests.fakes.practice_api import CALLER, NOW
from tests.unit.test_dialogue_changes import CHECKUP, CLEANING
from tests.unit.test_dialogue_own_visits import LATE, having, said

DANGER = says_in("en").sentences["question"]


def message(talk: Talk) -> dict[str, str]:
    found: dict[str, str] = talk.calls("take_message")[-1]
    return found


def test_who_is_late_for_a_visit_of_today_is_asked_nothing() -> None:
    talk = having(replace(CLEANING, start=NOW.replace(hour=10), name="Troy Abbott"), CHECKUP)
    talk.gives["search_knowledge"] = LATE
    talk.gives["take_message"] = {"status": "taken_down", "say": "I've passed it on."}
    told = said(
        talk, "I'm stuck in traffic. I'll be twenty minutes late for my ten o'clock, is that a problem?"
    )
    assert re.search("more than 15 minutes late.*passed it on", told)
    assert len(talk.calls("take_message")) == 1
    assert message(talk)["name"] == "Troy Abbott"
    assert message(talk)["phone"] == CALLER
    assert re.search("twenty minutes late.*cleaning.*ten a.m.", message(talk)["text"])


def test_who_is_late_and_has_no_visit_today_is_offered_somebody() -> None:
    talk = having(CHECKUP)
    said(talk, "I'll be twenty minutes late.")
    assert talk.state.asked is Ask.PERSON_OR_MESSAGE


def test_what_is_told_behind_the_no_to_our_question_counts() -> None:
    said_so_far = [
        {"role": "user", "content": "I'm stuck on the bridge."},
        {"role": "assistant", "content": DANGER},
        {"role": "user", "content": "What? No, no. I'll be late for my ten thirty."},
    ]
    kept = without_questions(said_so_far)
    assert [one["content"] for one in kept] == ["I'm stuck on the bridge. I'll be late for my ten thirty."]


@pytest.mark.parametrize(
    ("asked", "told", "not_told"),
    [
        ("Which one's with Dr. Haddad?", "check-up with Dr. Omar Haddad", "cleaning"),
        ("When is the cleaning?", "cleaning", "check-up"),
    ],
)
def test_of_several_visits_the_one_that_is_asked_for_is_told(asked: str, told: str, not_told: str) -> None:
    talk = having(CLEANING, CHECKUP)
    answer = said(talk, "When am I supposed to come in?", asked)
    assert told in answer
    assert not_told not in answer


def test_another_visit_than_the_one_at_hand_is_told_beside_the_read_back() -> None:
    talk = having(CLEANING, CHECKUP)
    said(talk, "I need to cancel my check-up.")
    assert "cleaning" in said(talk, "Yes, dear. And when's my cleaning again?")


def test_a_part_of_the_same_day_is_where_a_visit_is_moved_to() -> None:
    talk = having(CLEANING, CHECKUP)
    day = CHECKUP.start.strftime("%A")
    said(
        talk,
        f"The one with Dr. Haddad, {day}, can that be in the afternoon instead? My ride can't do mornings.",
    )
    searched = talk.calls("search_availability")[-1]
    assert searched["booking_id"] == CHECKUP.booking_id
    assert "afternoon" in searched["when"]


def test_a_message_about_somebody_elses_visit_is_from_who_calls() -> None:
    talk = Talk(caller_number=None)
    talk.gives["find_appointments"] = {"status": "none"}
    said(talk, "I'm calling for my mother, Ruth Abrams, she can't make her appointment on the tenth.")
    assert talk.state.goal.name in ("", "Ruth Abrams")
    said(talk, "Leave a message, my name is Leah, her daughter.", "646 555 0133", "646 555 0133")
    assert message(talk)["name"] == "Leah"
    assert "Ruth Abrams" in message(talk)["text"]


@pytest.mark.parametrize("text", ["My name is Leah, her daughter.", "I'm Leah, her daughter."])
def test_whose_kin_they_are_is_no_part_of_a_name(text: str) -> None:
    assert names.stated_name(text) == "Leah"


def test_a_question_is_a_message_where_one_is_asked_for() -> None:
    talk = Talk()
    said(talk, "This is the pharmacy, it's about a prescription.", "Leave a message.")
    said(talk, "Which strength did he write, 250 or 500 milligrams?")
    assert "250 or 500" in talk.state.goal.text


def test_a_yes_beside_a_goodbye_is_one_to_the_number() -> None:
    talk = Talk()
    said(talk, "Can I leave a message for Dr. Lee?", "Tell her that Ann Hall got the new crown.", "Ann Hall")
    assert talk.state.asked is Ask.CALLER_PHONE
    said(talk, "Yeah, bye.")
    assert message(talk)["phone"] == CALLER


def test_who_takes_leave_in_more_words_is_let_go() -> None:
    talk = Talk()
    said(talk, "When are you open?", "No, we'll see, I'll call in the new year. You have a blessed day now.")
    assert talk.calls("end_call")


@pytest.mark.parametrize(
    "instead",
    ["No, I don't want to come in, I need a work note.", "I don't want an appointment. I need a work note."],
)
def test_who_wants_no_visit_is_not_asked_again_what_it_is_for(instead: str) -> None:
    talk = Talk()
    assert "come in for" in said(talk, "I need an appointment.")
    said(talk, instead)
    assert talk.state.goal.kind is Kind.NONE
    assert talk.state.asked is Ask.PERSON_OR_MESSAGE


def test_a_question_that_leans_on_what_was_told_is_asked_with_it_and_begins_no_booking() -> None:
    talk = Talk()
    said(talk, "My dentist said I need a wisdom tooth out. Do you folks do that there?")
    assert "wisdom tooth" in talk.calls("search_knowledge")[0]["question"]
    assert talk.state.goal.kind is Kind.NONE


def test_what_a_visit_is_for_is_told_where_the_files_do_not_hold_it() -> None:
    talk = having(CHECKUP)
    said(talk, "I got a text saying I'm in on Friday at ten. I never made that, what's it even for?")
    assert talk.calls("find_appointments")
    assert talk.state.asked is Ask.ANYTHING_ELSE


def test_a_dentist_who_is_asked_for_instead_of_a_message_is_a_person() -> None:
    talk = Talk()
    said(
        talk,
        "You people overcharged me and I'm furious.",
        "I don't want to leave another message. Get me Dr. Haddad.",
    )
    assert talk.calls("request_person")


@pytest.mark.parametrize("asked", ["Do you have their phone number?", "What's the surgeon's address?"])
def test_somebody_elses_number_is_not_ours(asked: str) -> None:
    talk = Talk()
    assert not re.search("Our number|We're at", said(talk, asked))
    assert talk.calls("search_knowledge")


def test_a_message_that_says_all_is_asked_for_no_more() -> None:
    talk = Talk()
    said(talk, "Just tell her Mona called.")
    assert talk.state.asked is Ask.NAME


def test_what_was_asked_before_goes_into_a_message_about_that() -> None:
    talk = Talk()
    said(talk, "Do you know what my copay is?", "Can somebody call me about that?")
    assert "copay" in talk.state.goal.text


def test_an_indirect_question_about_pain_asks_for_no_visit() -> None:
    talk = Talk()
    said(talk, "Is there parking?", "No. I asked if it hurts.")
    assert talk.state.goal.kind is Kind.NONE


def test_whom_they_see_at_their_visit_is_confirmed() -> None:
    talk = having(CHECKUP)
    assert "Dr. Omar Haddad" in said(
        talk, "When is my appointment?", "And it's Dr. Haddad I see? How long is it?"
    )


def test_a_list_tells_what_it_holds_of_what_is_named_though_the_search_is_unsure() -> None:
    rows = "Insurer: Medicaid; Plan: all plans; In network: no\nInsurer: Cigna; Plan: DPPO; In network: yes"
    passages = [{"text": rows, "file": "list.csv", "heading": "", "unsure": True}]
    talk = Talk()
    talk.gives["search_knowledge"] = {"status": "unsure", "passages": passages}
    told = said(talk, "Do you bill Medicaid for kids?")
    assert "Medicaid, all plans is not in network" in told
    assert "Cigna" not in told
    assert "Medicaid" not in said(talk, "How much is a crown with Medicaid?")


def test_of_two_visits_the_one_that_is_not_kept_is_cancelled() -> None:
    talk = having(CLEANING, CHECKUP)
    said(talk, "When are my appointments?", "Then I'll keep the cleaning and drop the other one.")
    assert talk.calls("cancel_appointment")[-1]["booking_id"] == CHECKUP.booking_id


def test_a_question_beside_the_yes_to_a_move_leaves_a_short_question() -> None:
    talk = having(CHECKUP)
    talk.gives["reschedule_appointment"] = {
        "status": "read_back", "of": "move", "say": "I'll move it to Tuesday at two p.m.",
        "ask": "Is that right?", "slot_id": "s1", "start": "2026-12-01T14:00:00-05:00",
    }  # fmt: skip
    said(talk, "Can you move my check-up to Tuesday at two?")
    told = said(talk, "Yes, perfect. Do I need to bring a doctor's note?")
    assert told.endswith("yes or no?") or "is that right?" in told
    assert "I'll move it" not in told


def test_a_later_time_wished_after_its_reason_is_a_move() -> None:
    talk = having(CLEANING)
    said(talk, "Something came up at work, any chance I could come in a bit later on Tuesday than three?")
    assert talk.calls("search_knowledge") == []


def test_whose_visit_it_is_counts_before_who_calls() -> None:
    talk = having(CLEANING, replace(CLEANING, booking_id="b9", name="Andy Bell"))
    said(talk, "Hi, Anna Bell. I need to cancel Andy's cleaning but keep mine.")
    assert talk.calls("cancel_appointment")[-1]["booking_id"] == "b9"


def test_a_question_for_the_day_of_a_visit_moves_it_nowhere() -> None:
    talk = having(CHECKUP)
    told = said(talk, "When is my check-up?", "And my appointment, is it the fourth or the fifth?")
    assert "check-up with Dr. Omar Haddad" in told
    said(talk, "No, I'm not moving it! I only asked what day.")
    assert talk.state.goal.kind is Kind.NONE
    assert talk.calls("search_availability") == []


def test_a_pharmacy_s_question_goes_to_the_team_and_not_to_the_files() -> None:
    talk = Talk()
    said(talk, "CVS pharmacy calling, Omar Vance needs a refill on the rinse, can she authorize it?")
    assert talk.calls("search_knowledge") == []
    assert talk.state.asked is Ask.PERSON_OR_MESSAGE


def test_what_is_told_with_the_yes_to_a_message_is_the_message() -> None:
    talk = Talk()
    said(talk, "I'm a dental assistant, who do I send my resume to?")
    said(talk, "Sure. I'd say experienced dental assistant looking for full time work.")
    assert "full time work" in talk.state.goal.text


def test_the_number_of_whom_the_files_named_is_not_known() -> None:
    talk = Talk()
    text = "Root canals: Hudson Dental Specialists on Fort Washington Avenue."
    talk.gives["search_knowledge"] = {"status": "ok", "passages": [{"text": text, "file": "a.md"}]}
    assert "Hudson" in said(talk, "Do you do root canals here, or where do I go?")
    said(talk, "Can you give me their number?")
    assert talk.state.asked is Ask.PERSON_OR_MESSAGE


def test_what_was_asked_before_our_question_is_not_asked_twice() -> None:
    said_so_far = [
        {"role": "user", "content": "My knees are shot. Is there an elevator?"},
        {"role": "assistant", "content": DANGER},
        {"role": "user", "content": "No, nobody's hurt. Is there an elevator?"},
    ]
    assert [one["content"] for one in without_questions(said_so_far)] == [said_so_far[0]["content"]]


@pytest.mark.parametrize(
    "asked",
    [
        "Please tell Dr. Haddad thank you for squeezing me in last week, he was a saint.",
        "Could you ask Dr. Lee if I should take my antibiotic before I come in next week?",
    ],
)
def test_what_a_dentist_is_to_be_told_or_asked_is_a_message(asked: str) -> None:
    talk = Talk()
    said(talk, asked)
    assert talk.state.goal.kind is Kind.MESSAGE
    assert "Dr." in talk.state.goal.text


def test_another_dentist_instead_of_theirs_is_the_other() -> None:
    talk = having(CHECKUP)
    said(talk, "Could I see Dr. Haddad instead of Dr. Lee for it?")
    assert talk.calls("search_availability")[-1]["practitioner"] == "Dr. Omar Haddad"


def test_a_visit_is_pushed_back_by_a_week_and_not_within_one() -> None:
    talk = having(CHECKUP)
    said(talk, "I want to push my appointment back by a week, same time.")
    assert talk.calls("search_availability")[-1]["when"] == "back a week"


@pytest.mark.parametrize(
    "lost",
    [
        "I think my daughter left her mittens in your waiting room, did anyone hand them in?",
        "Hello, has somebody found a black umbrella at your place?",
        "I can't find my reading glasses, could someone look if they're still there?",
    ],
)
def test_what_was_left_there_is_a_message_and_asks_no_files(lost: str) -> None:
    talk = Talk()
    said(talk, lost)
    assert talk.state.goal.kind is Kind.MESSAGE
    assert not talk.calls("search_knowledge")


def test_a_passage_that_did_not_help_comes_again_with_the_team() -> None:
    talk = Talk()
    parked = {"text": "There is a car park behind the building.", "file": "a.md", "heading": "Parking"}
    desk = {"text": "The desk is on the second floor.", "file": "a.md", "heading": "Desk"}
    talk.gives["search_knowledge"] = {"status": "ok", "passages": [parked]}
    said(talk, "Is there a car park behind the building?")
    assert Ask.PERSON_OR_MESSAGE not in talk.state.all_asks
    talk.gives["search_knowledge"] = {"status": "ok", "passages": [desk]}
    said(talk, "Which floor is the desk on?")
    talk.gives["search_knowledge"] = {"status": "ok", "passages": [parked]}
    said(talk, "Is there a car park for the building?")
    assert talk.state.asked is Ask.PERSON_OR_MESSAGE


def test_who_complains_in_a_message_is_told_sorry_and_is_called_no_pronoun() -> None:
    talk = Talk(caller_number=None)
    told = said(
        talk, "The crown Dr. Haddad did came off in a week. I'm not happy. I want him to call me himself."
    )
    assert "sorry" in told
    assert "Himself" not in told
    assert "call me himself" in talk.state.goal.text


def test_whoever_a_message_says_is_calling_is_not_asked_for_a_name() -> None:
    talk = Talk()
    said(talk, "Please tell them Nadia Petrov asked whether the crown is in.")
    assert talk.state.goal.name == "Nadia Petrov"
    talk = Talk()
    said(talk, "Just let Dr. Lee know Pat Quinn called.")
    assert "Pat Quinn called" in talk.state.goal.text


def test_who_says_their_name_beside_a_look_for_their_visit_is_not_asked_for_it() -> None:
    talk = Talk(caller_number=None)
    said(talk, "Can you check if I have an appointment? Ines Okafor, I'm not sure it went through.")
    assert talk.state.goal.name == "Ines Okafor"
    talk = Talk(caller_number=None)
    said(talk, "Can you check my wife's appointment? Mary Jones, she comes on Monday.")
    assert talk.state.name != "Mary Jones"


def test_who_must_know_whether_somebody_has_a_visit_is_told_nothing_of_it() -> None:
    talk = Talk()
    told = said(
        talk,
        "I run a warehouse. One of my drivers says he's at your office. Confirm he has an appointment.",
    )
    assert re.search("privacy|can't share", told)
    assert talk.state.goal.kind is Kind.NONE


def test_who_wants_to_sell_is_told_nothing_of_how_one_pays() -> None:
    talk = Talk()
    said(
        talk, "Hi there! What do you folks pay for card processing at the moment? I can save you half of it."
    )
    assert not talk.calls("search_knowledge")
    assert talk.state.asked is Ask.MESSAGE_OFFER


def test_a_treatment_that_is_not_booked_is_asked_of_the_files() -> None:
    talk = Talk()
    said(talk, "Could you guys pull out a molar?")
    assert talk.calls("search_knowledge")
    talk = Talk()
    assert "a cleaning" in said(talk, "What treatments do you guys do?")
