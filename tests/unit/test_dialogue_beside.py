"""What stands beside the matter at hand, in one breath with it: names, numbers, notes and questions."""

import pytest

from agent.dialogue.acts import hear
from agent.dialogue.state import Ask, Kind
from language import names
from tests.fakes.dialogue_talk import RESULTS, Talk, asked_by
from tests.fakes.practice_api import CALLER


def _after(*heard: str, caller_number: str | None = CALLER) -> Talk:
    talk = Talk(caller_number)
    for words in heard:
        talk.hear(words)
    return talk


def test_whoever_says_all_in_one_breath_is_asked_only_whether_it_is_right() -> None:
    talk = _after(
        "A cleaning Tuesday at two, Anna Bell, two oh two five five five oh one eight one", caller_number=None
    )
    booked = talk.calls("book_appointment")
    assert [(one["name"], one["phone"]) for one in booked] == [("Anna Bell", "+12025550181")]
    assert asked_by(talk.move) is Ask.READ_BACK


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ((), "Anna Bell, I need a cleaning next Monday"),
        ((), "Hi, Anna Bell, I'd like a cleaning next Monday"),
        (("a cleaning on Tuesday",), "Two p.m. then, Anna Bell"),
        (("a cleaning on Tuesday",), "My name? Oh, Anna Bell."),
        (("a cleaning on Tuesday at two", "yes"), "I told you, Anna. Anna Bell"),
        (("a cleaning on Tuesday at two", "yes"), "Anna Bell, dear"),
        (("a cleaning on Tuesday at two", "yes"), "I said, Anna Bell. And do you take Delta Dental?"),
    ],
)
def test_a_name_beside_other_words_is_heard(before: tuple[str, ...], said: str) -> None:
    assert _after(*before, said).state.goal.name == "Anna Bell"


@pytest.mark.parametrize(
    "said",
    [
        "Dr. Lee, I'd like a cleaning Monday",
        "Hi, Maple Street, I want a cleaning",
        "Hello Grace, a filling please",
    ],
)
def test_whoever_is_greeted_or_asked_for_is_not_the_patient(said: str) -> None:
    assert not _after(said).state.goal.name


def test_a_title_tells_that_the_first_name_is_what_is_missing() -> None:
    talk = _after("Hi, Mrs. Bell here. A cleaning on Tuesday at two, please.", "yes")
    assert "first name" in (talk.move.say or "")
    talk.hear("Anna")
    assert talk.state.goal.name == "Anna Bell"


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("Ava, Ben and Chloe Ruiz", ["Ava Ruiz", "Ben Ruiz", "Chloe Ruiz"]),
        ("It's Ava Ruiz and Ben Moss.", ["Ava Ruiz", "Ben Moss"]),
        ("Ava Ruiz", []),
        ("Ava and the other two", []),
    ],
)
def test_names_of_a_party_are_told_apart(text: str, listed: list[str]) -> None:
    assert names.listed(text) == listed


def test_a_party_that_is_named_in_one_breath_is_asked_for_no_name_again() -> None:
    talk = _after("My three kids need check-ups on Tuesday at two", "yes", "Ava, Ben and Chloe Ruiz")
    assert [talk.state.goal.name, *(one.name for one in talk.state.waiting)] == [
        "Ava Ruiz",
        "Ben Ruiz",
        "Chloe Ruiz",
    ]


@pytest.mark.parametrize(
    "said",
    [
        "my friend Suzie recommended you, a cleaning on Tuesday",
        "my daughter normally does this, a cleaning please",
    ],
)
def test_who_is_only_spoken_of_is_not_the_patient(said: str) -> None:
    assert not _after(said).state.goal.for_other


def test_a_filling_for_a_son_and_a_check_up_for_oneself_are_two_visits() -> None:
    talk = _after("I need a filling for my son Leo and a check-up for me")
    first, (second,) = talk.state.goal, talk.state.waiting
    assert (first.service, first.for_other, first.name) == ("svc_filling", True, "Leo")
    assert (second.service, second.for_other) == ("svc_checkup", False)


NUMBER = ("a cleaning on Tuesday at two", "yes", "Anna Bell")


def test_an_hour_beside_a_number_is_no_digit_of_it() -> None:
    talk = _after(*NUMBER, "you can reach me at 917 555 0304, but only after six", caller_number=None)
    assert talk.state.goal.phone == "+19175550304"


def test_a_no_to_the_time_says_nothing_of_the_number() -> None:
    talk = _after(*NUMBER)
    assert asked_by(talk.move) is Ask.CALLER_PHONE
    talk.hear("no wait, can we do the week after instead")
    assert talk.state.goal.own_number
    assert "week after" in talk.calls("search_availability")[-1]["when"]


def test_saying_what_was_read_back_once_more_is_no_objection() -> None:
    talk = _after(*NUMBER, "yes", "Anna Bell")
    assert asked_by(talk.move) is Ask.READ_BACK
    assert not talk.state.goal.spell


@pytest.mark.parametrize("said", ["I'm allergic to latex", "can you write down that she uses a wheelchair"])
def test_what_the_team_should_know_goes_along_with_the_booking(said: str) -> None:
    talk = _after("a cleaning on Tuesday at two", f"Yes please. And {said}.", "Anna Bell", "yes")
    assert said in talk.calls("book_appointment")[-1]["reason"]
    assert any("notes" in str(one.get("content")) for one in talk.messages)


def test_what_the_team_should_know_of_a_booked_visit_is_passed_on() -> None:
    talk = _after(*NUMBER, "yes")
    talk.gives |= {"book_appointment": RESULTS[7], "take_message": RESULTS[14]}
    talk.hear("yes, that's right")
    talk.hear("Oh, one more thing, I take blood thinners.")
    (message,) = talk.calls("take_message")
    assert "blood thinners" in message["text"]
    assert message["name"] == "Anna Bell"


def test_a_message_is_not_asked_for_the_name_and_number_that_it_ends_with() -> None:
    talk = _after("Can I leave a message?", caller_number=None)
    talk.gives["take_message"] = RESULTS[14]
    talk.hear("Please call me back about my bill. Nadia Farouk, 929 555 0116")
    (message,) = talk.calls("take_message")
    assert (message["name"], message["phone"]) == ("Nadia Farouk", "+19295550116")


def test_whoever_a_message_is_about_is_not_who_leaves_it() -> None:
    talk = _after("Can I leave a message?", "It's about my mother, Anna Bell")
    assert talk.state.goal.name == ""


def test_a_question_beside_a_wish_is_answered_before_the_times() -> None:
    talk = _after("I was wondering if you take Delta Dental and if so can I get in for a cleaning on Tuesday")
    assert talk.calls("search_knowledge")
    assert talk.state.goal.kind is Kind.BOOK


@pytest.mark.parametrize(
    "asked",
    [
        "What's a cleaning without insurance?",
        "No, I asked how much a cleaning is",
        "what would a cleaning run me",
    ],
)
def test_the_price_of_a_service_is_asked_of_the_files_in_their_words(asked: str) -> None:
    assert _after(asked).calls("search_knowledge")[0]["question"] == "How much is a cleaning?"


def test_a_price_under_a_condition_is_asked_for_with_the_condition() -> None:
    asked = "How much is a cleaning for my nine-year-old daughter?"
    assert _after(asked).calls("search_knowledge")[0]["question"] == asked


def test_what_about_another_goes_on_with_the_price() -> None:
    talk = _after("How much is a cleaning?", "And what about a filling?")
    assert talk.calls("search_knowledge")[-1]["question"] == "How much is a filling?"
    talk = _after("How much is a check-up with x-rays?", "Right, and what about just a filling on its own?")
    assert talk.calls("search_knowledge")[-1]["question"] == "How much is a filling?"


def test_an_appointment_mentioned_beside_a_question_is_not_looked_up() -> None:
    talk = _after("what's parking like there? I've got an appointment Friday")
    assert talk.calls("search_knowledge")
    assert not talk.calls("find_appointments")


def test_a_long_story_does_not_swallow_what_is_ruled_out_at_its_end() -> None:
    talk = _after(
        "I'm calling because my friend Suzie recommended you, she says you're ever so gentle, which is what "
        "I need. Anyway, a cleaning I guess? I work nights so afternoons are best. Not Friday."
    )
    assert "Not Friday" in talk.calls("search_availability")[0]["when"]


def test_a_wish_that_is_said_once_more_is_understood() -> None:
    talk = _after("I think one of my fillings fell out", "Can I come in")
    assert "catch that" not in (talk.move.say or "")


@pytest.mark.parametrize(
    ("text", "price"), [("what would a crown run me", True), ("do you take Cigna", False)]
)
def test_a_question_for_a_price_is_told_from_others(text: str, price: bool) -> None:
    (clause,) = hear(text).clauses
    assert (clause.kind, clause.price) == ("general", price)


def test_the_name_of_who_comes_along_is_kept_until_it_is_their_turn() -> None:
    talk = _after("me and my girlfriend both need a cleaning on Tuesday at two", "yes", "Nina Castillo")
    talk.hear("Yes. And hers is Joy Park")
    assert [one.name for one in talk.state.waiting] == ["Joy Park"]
    assert not talk.calls("search_knowledge"), "nobody asked for parking"


def test_without_me_and_is_no_party() -> None:
    assert not _after("Can he come without me? And book him a check-up on Tuesday").state.waiting


def test_neither_a_person_nor_a_message_is_neither() -> None:
    talk = _after("Who do I talk to about a bill?", "Fine. No message.")
    assert talk.state.goal.kind is Kind.NONE
    assert asked_by(talk.move) is Ask.ANYTHING_ELSE


def test_a_message_and_who_leaves_it_in_one_breath_is_passed_on() -> None:
    talk = Talk(None)
    talk.gives["take_message"] = RESULTS[14]
    talk.hear("I'd like to know if my x-rays were sent to Dr. Ruiz")
    talk.hear("message please: were they sent, it's Hannah Cole, 917 555 0116")
    (message,) = talk.calls("take_message")
    assert "sent" in message["text"]
    assert (message["name"], message["phone"]) == ("Hannah Cole", "+19175550116")


def test_whoever_does_not_know_what_for_comes_for_a_check_up() -> None:
    talk = _after("I want an appointment but I don't know what for")
    assert talk.state.goal.service == "svc_checkup"


def test_name_and_number_do_not_hide_the_wish_that_they_come_with() -> None:
    talk = _after("I have to cancel for tomorrow, name's Tim Bell, number 917 555 0118", caller_number=None)
    assert talk.calls("find_appointments")
    assert talk.state.goal.name == "Tim Bell"


def test_a_name_at_the_end_of_a_wish_is_heard() -> None:
    talk = _after("I need a cleaning on Tuesday, no sorry, Wednesday at two, Marguerite Dubois")
    assert talk.state.goal.name == "Marguerite Dubois"


def test_two_kinds_of_visit_are_two_visits() -> None:
    talk = _after("I'd like two appointments, one for a cleaning and one for a check up, same day please")
    assert talk.state.goal.service == "svc_cleaning"
    assert [(one.service, one.for_other) for one in talk.state.waiting] == [("svc_checkup", False)]
    assert "one" not in talk.calls("search_availability")[0]["when"], "one is no hour here"


def test_a_wish_beside_a_yes_does_not_undo_what_it_agrees_to() -> None:
    talk = _after(*NUMBER, "yes", "yes, and could somebody call me back about my bill")
    assert talk.state.goal.kind is Kind.BOOK
    assert [one.kind for one in talk.state.waiting] == [Kind.MESSAGE]


def test_what_was_asked_is_the_message_when_they_are_only_to_know() -> None:
    talk = Talk()
    talk.gives |= {"search_knowledge": RESULTS[16], "take_message": RESULTS[14]}
    talk.hear("Is it ok if I come ten minutes late to my appointment tomorrow?")
    talk.hear("no, just let them know")
    assert "late" in talk.state.goal.text


def test_who_only_asks_whether_somebody_is_there_is_not_looked_up() -> None:
    assert not _after("hello? anyone there?").calls("search_knowledge")


def test_an_hour_that_is_fine_is_taken_beside_name_and_number() -> None:
    talk = Talk(None)
    talk.gives["search_availability"] = RESULTS[0]
    talk.hear("A check-up this week")
    talk.hear("two's fine. Karl Bruns, 929 555 0162")
    (booked,) = talk.calls("book_appointment")
    assert (booked["slot_id"], booked["name"], booked["phone"]) == ("s1", "Karl Bruns", "+19295550162")


def test_the_price_of_a_visit_and_a_time_for_it_are_of_the_same_visit() -> None:
    talk = _after("What do you charge for a filling, and do you have anything on Tuesday?")
    assert talk.calls("search_knowledge")[0]["question"] == "How much is a filling?"
    assert talk.calls("search_availability")[0]["service"] == "Filling"


def test_a_husband_who_is_named_makes_two() -> None:
    talk = _after("My husband Frank and I are both overdue for check-ups. Could we come on Tuesday?")
    assert len(talk.state.waiting) == 1


def test_who_wants_to_come_together_is_not_told_of_one_after_the_other() -> None:
    talk = _after("Could my wife and I be seen at the same time for check-ups on Tuesday?")
    assert not any("one after the other" in str(one.get("content")) for one in talk.messages)


@pytest.mark.parametrize("said", ["Samir Haddad is the name", "Samir Haddad"])
def test_a_patient_who_is_called_like_the_dentist_is_a_patient(said: str) -> None:
    assert (
        _after(f"Cleaning, a Tuesday before lunch, Dr. Lee if possible, {said}").state.goal.name
        == "Samir Haddad"
    )


@pytest.mark.parametrize(
    "said",
    [
        "Cleanings for me and my wife, mine on Tuesday and hers on Wednesday",
        "I need two check-ups, one for me and one for my son, I come Tuesday, he comes Wednesday",
    ],
)
def test_two_people_have_their_own_days(said: str) -> None:
    talk = _after(said)
    searched = talk.calls("search_availability")[0]
    assert "tuesday" in searched["when"].lower()
    assert "wednesday" not in searched["when"].lower()
    assert "patients" not in searched
    assert ["wednesday" in one.when.lower() for one in talk.state.waiting] == [True]


def test_what_cannot_be_booked_is_not_passed_over() -> None:
    talk = _after("A check-up on Tuesday at two", "yes", "Anna Bell. Can I book the whitening then too?")
    said = talk.move.say or ""
    assert "I can book that" in said or "on my list" in said


@pytest.mark.parametrize(
    ("said", "service"),
    [
        ("Sorry, a check-up, not a cleaning.", "svc_checkup"),
        ("No, check-up instead of cleaning.", "svc_checkup"),
    ],
)
def test_of_two_services_the_one_that_is_not_refused_is_meant(said: str, service: str) -> None:
    talk = _after("A cleaning on Tuesday at two", "yes", "Anna Bell", "yes", said)
    assert talk.state.goal.service == service


def test_a_question_beside_a_choice_does_not_choose() -> None:
    talk = Talk()
    talk.gives["search_availability"] = RESULTS[0]
    talk.hear("A cleaning on Tuesday please")
    talk.hear("The second one. Will we be done by two?")
    assert talk.state.goal.slot is not None
    assert talk.state.goal.slot.slot_id == "s2"


def test_an_i_that_begins_a_sentence_is_no_letter_of_a_name() -> None:
    talk = _after("Leonard Katz, K A T Z. I need a cleaning on Tuesday at two")
    assert talk.state.goal.name == "Leonard Katz"


def test_the_number_is_agreed_to_beside_a_question_or_a_correction() -> None:
    for said in ("Sure. What was the doctor's name again?", "Sure. And no, with Haddad please."):
        assert _after(*NUMBER[:3], said).state.goal.phone == CALLER
