"""What becomes of a conversation: goodbyes, numbers, offers of help, and every act that is taken in."""

from collections.abc import Sequence
from typing import Any

import pytest

from agent.dialogue.policy import Action
from agent.dialogue.state import Ask
from contracts.partner import PracticeFacts
from contracts.practice_rules import AlwaysAsk, PracticeRules
from language.datetimes.resolve import EARLIEST
from tests.fakes.dialogue_talk import RESULTS, SLOTS, Talk, asked_by
from tests.fakes.practice_api import CALLER, FACTS

NUMBER = ("a cleaning on Tuesday at two", "yes", "Anna Bell", "no")
"""Until the number is asked for."""


def _after(*heard: str, caller_number: str | None = CALLER, by_ear: bool = False) -> Talk:
    talk = Talk(caller_number, by_ear=by_ear)
    for words in heard:
        talk.hear(words)
    return talk


def _ends(move: Action) -> bool:
    return move.call is not None and move.call.name == "end_call"


@pytest.mark.parametrize(
    ("before", "heard"),
    [
        (NUMBER, "It's 202. Bye, bye, bye. 0-1-5-4."),
        (NUMBER, "Bye."),
        (NUMBER[:2], "Bye."),
        ((), "Good night, big, very ill person. Please."),
    ],
)
def test_a_misheard_goodbye_hangs_nobody_up(before: tuple[str, ...], heard: str) -> None:
    assert not _ends(_after(*before, heard).move)


@pytest.mark.parametrize(
    ("before", "heard"),
    [
        ((), "Oh, goodbye."),
        (("What are your hours?",), "No, that's all. Thank you, bye."),
        (("What are your hours?",), "No."),
        (("a cleaning on Tuesday",), "Okay, bye."),
        (NUMBER, "Bye."),
    ],
)
def test_a_goodbye_that_is_all_that_was_said_ends_the_call(before: tuple[str, ...], heard: str) -> None:
    talk = _after(*before, heard)
    if before == NUMBER:  # into a dictation it counts when it is said again
        talk.hear("Goodbye.")
    assert _ends(talk.move)


@pytest.mark.parametrize("name", ["Hope Price", "April May", "Mark Day", "Summer Rose"])
@pytest.mark.parametrize("said", ["{}", "{}, please.", "It's {}."])
def test_a_name_made_of_words_is_a_name_where_one_is_asked_for(name: str, said: str) -> None:
    talk = _after(*NUMBER[:2], said.format(name))
    assert talk.state.goal.name == name
    assert asked_by(talk.move) in (Ask.CALLER_PHONE, Ask.PHONE)


@pytest.mark.parametrize(
    "said", ["What's the price?", "Hold on.", "Next Friday would be better.", "Thank You"]
)
def test_what_is_no_name_is_none_where_one_is_asked_for(said: str) -> None:
    assert not _after(*NUMBER[:2], said).state.goal.name


def test_eleven_digits_start_afresh() -> None:
    talk = _after(*NUMBER[:3], "2 0 2, 5 5 5, 0 0 1 2 8", caller_number=None)
    assert (talk.state.goal.digits, talk.state.goal.phone) == ("", "")
    assert asked_by(talk.move) is Ask.PHONE
    talk.hear("202 555 0128")
    assert talk.state.goal.phone == "+12025550128"


def test_a_number_with_its_country_code_may_have_eleven_digits() -> None:
    talk = _after(*NUMBER[:3], "1 2 0 2", "555 0128", caller_number=None)
    assert talk.state.goal.phone == "+12025550128"


def test_rounds_that_lead_nowhere_end_with_an_offer_of_help() -> None:
    talk = Talk()
    asked = []
    talk.hear("I'd like a cleaning on Tuesday.")
    for _ in range(12):
        asked.append(asked_by(talk.move))
        if asked[-1] is Ask.PERSON_OR_MESSAGE:
            break
        talk.hear("No, wanted please." if asked[-1] is Ask.SLOT else "Tuesday.")
    assert asked[-1] is Ask.PERSON_OR_MESSAGE
    assert asked.count(Ask.SLOT) <= 4


def test_letters_that_were_misheard_become_no_name() -> None:
    said = (
        *NUMBER[:3],
        "202 555 0128",
        "No, the name is wrong.",
        "Okay, all right, yeah.",
        "It's pretty odd, okay?",
    )
    goal = _after(*said, caller_number=None).state.goal
    assert goal.name == "Anna Bell"
    assert goal.spell == [], "two answers without a letter are enough"
    assert goal.name_left
    assert goal.name_unsure


def test_letters_that_a_telephone_garbles_are_read_with_the_name_and_win_when_it_is_denied_again() -> None:
    wrong = "No, the name is wrong."
    said = ("I'd like a cleaning on Tuesday at two", "yes", "Rachel Goldburg", "202 555 0128", wrong)
    talk = _after(*said, "G, O, L, G, B, U, R, T.", caller_number=None, by_ear=True)
    assert talk.state.goal.name == "Rachel Goldberg"
    assert talk.state.goal.name_unsure, "whoever reads the row is told"
    assert asked_by(talk.move) is Ask.READ_BACK
    for words in (wrong, "G, O, L, D, M, A, N."):
        talk.hear(words)
    assert talk.state.goal.name == "Rachel Goldman"


@pytest.mark.parametrize(
    ("said", "name", "unsure"),
    [
        ("No, it's that mid, they, H-M-E-D.", "Anna Ahmed", True),
        ("No, it's Bill, B-I-L-L.", "Anna Bill", False),
        ("No, it's Smith, S-M-I-T-H.", "Anna Smith", False),
    ],
)
def test_letters_that_are_of_no_part_of_the_name_leave_it_unsure(said: str, name: str, unsure: bool) -> None:
    goal = _after(*NUMBER[:3], "202 555 0128", said, caller_number=None, by_ear=True).state.goal
    assert (goal.name, goal.name_unsure) == (name, unsure)


def test_a_garbled_name_gets_no_sympathy() -> None:
    assert "sorry" not in str(_after(*NUMBER[:2], "It's mad, it's", caller_number=None).move.say)


def test_who_gives_one_name_only_is_not_asked_for_another_for_ever() -> None:
    assert asked_by(_after(*NUMBER[:2], "Mitchell.", "It's Mitchell.", caller_number=None).move) is Ask.PHONE


HELP = "Do you have a swimming pool?"
"""Nobody knows: a person or a message is offered."""


@pytest.mark.parametrize(
    "answer", ["No, that's all. Thank you, bye.", "No, that's it, bye.", "No, I'm good, thank you. Bye"]
)
def test_a_goodbye_after_an_offer_is_one(answer: str) -> None:
    assert _ends(_after(HELP, answer).move)


@pytest.mark.parametrize("answer", ["No, that's fine.", "no that's okay", "No, it's fine"])
def test_a_polite_no_to_help_puts_nobody_through(answer: str) -> None:
    talk = _after(HELP, answer)
    assert talk.calls("request_person") == []
    assert asked_by(talk.move) is Ask.ANYTHING_ELSE


@pytest.mark.parametrize("answer", ["Yes", "Yes, please.", "sure", "No problem, yes"])
def test_a_bare_yes_to_a_person_or_a_message_is_for_the_person(answer: str) -> None:
    assert len(_after(HELP, answer).calls("request_person")) == 1


def test_who_asks_whether_this_is_a_person_is_told() -> None:
    talk = _after(HELP, "Are you a real person?")
    assert talk.calls("request_person") == []
    assert "automated" in (talk.move.say or "")


def test_what_else_is_wanted_after_an_offer_is_heard() -> None:
    assert asked_by(_after(HELP, "No that's okay, I'd like to book a cleaning").move) is Ask.WHEN
    assert asked_by(_after("I want to complain", "Yes, a message please").move) is not Ask.PERSON_OR_MESSAGE


# --- Every act is taken in ---


def test_a_time_that_is_corrected_leaves_the_name_alone() -> None:
    talk = _after(*NUMBER[:3], "yes", "No, I said three, not two.")
    assert talk.state.goal.name == "Anna Bell"
    assert (
        "3" in talk.calls("search_availability")[-1]["when"]
        or "three" in talk.calls("search_availability")[-1]["when"]
    )


@pytest.mark.parametrize(
    "question", ["wait, which time was that?", "hold on what day is that", "which one and what time"]
)
def test_which_time_it_was_is_told_and_the_question_asked_again(question: str) -> None:
    talk = _after(*NUMBER[:2])
    move = talk.hear(question)
    assert "Tuesday the first of December at two" in (move.say or "")
    assert asked_by(move) is Ask.NAME


def test_one_more_that_is_asked_for_at_the_read_back_is_made_after_it() -> None:
    talk = _after(*NUMBER[:3], "yes")
    talk.hear("yes, and one for my husband too")
    assert len(talk.state.waiting) == 1
    assert talk.state.goal.name == "Anna Bell"


def _seat(number: int, hour: int, group: int) -> dict[str, Any]:
    start = f"2026-12-01T{hour}:00:00-05:00"
    spoken = f"Tuesday the first of December at {'two' if hour == 14 else 'three'} p.m."
    return {"slot_id": f"s{number}", "start": start, "spoken": spoken, "practitioner": "", "group": group}


TOGETHER = {
    "status": "ok",
    "slots": [_seat(1, 14, 1), _seat(2, 15, 1)],
    "say": "I have Tuesday the first of December at two p.m. and three p.m. Does that suit you?",
}


@pytest.mark.parametrize(
    ("wish", "first"),
    [
        ("My husband and I both need a cleaning on Tuesday", "your full name"),
        ("Two cleanings on Tuesday, one for me and one for my wife", "your full name"),
        ("I'd like to bring both my boys in for a cleaning on Tuesday", "the patient's full name"),
        ("a cleaning for my son and my daughter on Tuesday", "the patient's full name"),
    ],
)
def test_people_who_come_together_are_booked_one_after_the_other(wish: str, first: str) -> None:
    talk = Talk()
    talk.gives["search_availability"] = TOGETHER
    assert "one after the other" in (talk.hear(wish).say or "")
    assert talk.calls("search_availability")[-1]["patients"] == 2
    assert first in (talk.hear("yes").say or "")
    talk.hear("Anna Bell")
    talk.hear("yes")
    talk.gives["book_appointment"] = RESULTS[7]
    move = talk.hear("yes, that's right")
    assert "Now the next one, Tuesday the first of December at three p.m." in (move.say or "")
    talk.gives["book_appointment"] = RESULTS[6]
    talk.hear("And for Max Bell, the same afternoon.")
    made = talk.calls("book_appointment")[-1]
    assert (made["slot_id"], made["name"]) == ("s2", "Max Bell")


def test_a_day_that_was_not_offered_is_searched_behind_one_that_is_no_good() -> None:
    talk = Talk()
    talk.gives["search_availability"] = RESULTS[0]
    talk.hear("a cleaning this week")
    talk.hear("nah, Tuesday's no good. Friday?")
    assert len(talk.calls("search_availability")) == 2
    assert "riday" in talk.calls("search_availability")[-1]["when"]


def test_how_long_it_takes_is_told_of_the_visit_that_was_booked() -> None:
    talk = Talk()
    talk.gives["book_appointment"] = RESULTS[7]
    for words in (
        "my tooth hurts, can I come on Tuesday at two",
        "yes",
        "Anna Bell",
        "yes",
        "yes, that's right",
    ):
        talk.hear(words)
    assert "depends" not in (talk.hear("how long will it take?").say or "")


def test_an_hour_that_works_is_taken() -> None:
    talk = Talk()
    talk.gives["search_availability"] = RESULTS[0]
    talk.hear("a cleaning on Tuesday")
    talk.hear("two works for me")
    assert talk.state.goal.slot is not None
    assert talk.state.goal.slot.slot_id == "s1"


@pytest.mark.parametrize("words", ["can we make that three instead?", "Oh wait, could we make it three?"])
def test_what_was_just_booked_is_moved_where_it_is_to_be_at_another_time(words: str) -> None:
    talk = Talk()
    made = {
        "booking_id": "b1",
        "start": SLOTS[0]["start"],
        "spoken": SLOTS[0]["spoken"],
        "service": "Cleaning",
    }
    talk.gives["book_appointment"] = RESULTS[7] | {"appointment": made}
    for one in ("a cleaning on Tuesday at two", "yes", "Anna Bell", "yes"):
        talk.hear(one)
    talk.hear(words)
    assert talk.calls("search_availability")[-1]["booking_id"] == "b1"


def test_what_is_said_against_an_offer_is_not_said_against_the_day_named_after_it() -> None:
    talk = Talk()
    talk.gives["search_availability"] = RESULTS[0]
    talk.hear("a cleaning on Tuesday")
    talk.hear("No, none of those. Thursday at eleven.")
    assert talk.calls("search_availability")[-1]["when"].split("; ")[-1] == "Thursday at eleven"


def test_a_day_that_is_no_good_at_the_read_back_is_not_chosen_again() -> None:
    talk = _after(*NUMBER[:3], "yes")
    talk.hear("Oh no, Tuesday's no good, can we do Thursday at ten?")
    assert talk.calls("search_availability")[-1]["when"].endswith("can we do Thursday at ten")


def test_digits_that_could_be_an_hour_are_digits_where_the_number_is_asked_for() -> None:
    talk = _after(*NUMBER)
    searched = len(talk.calls("search_availability"))
    talk.hear("You can reach me at two oh two, five five five, six zero one seven.")
    assert len(talk.calls("search_availability")) == searched


@pytest.mark.parametrize(
    "words", ["My friend goes to you and loves it. I need a check-up", "a cleaning, my son drives me"]
)
def test_whoever_is_only_spoken_of_is_not_the_patient(words: str) -> None:
    assert not _after(words).state.goal.for_other


@pytest.mark.parametrize("words", ["Yes, I'm here.", "I'm here", "Yeah, I'm still here, sorry"])
def test_who_says_that_they_are_there_hears_the_open_question_again(words: str) -> None:
    talk = _after(*NUMBER[:3], "yes", words)
    assert asked_by(talk.move) is Ask.READ_BACK
    assert RESULTS[6]["say"] in (talk.move.say or "")
    assert asked_by(_after(*NUMBER[:2], words).move) is Ask.NAME


def test_a_number_that_is_corrected_is_read_as_no_time() -> None:
    talk = _after(*NUMBER[:3], "yes", "No, that's wrong.")
    assert asked_by(talk.move) is Ask.WHAT_TO_CHANGE
    searched = len(talk.calls("search_availability"))
    talk.hear("The phone number. It's 2 0 2, 5 5 5, 0 1 2 9.")
    assert len(talk.calls("search_availability")) == searched
    assert talk.calls("book_appointment")[-1]["phone"] == "+12025550129"


@pytest.mark.parametrize("words", ["The first one in three.", "yes the first one too"])
def test_what_comes_garbled_behind_a_choice_does_not_undo_it(words: str) -> None:
    talk = Talk()
    talk.gives["search_availability"] = RESULTS[0]
    talk.hear("a cleaning on Tuesday")
    talk.hear(words)
    assert talk.state.goal.slot is not None
    assert talk.state.goal.slot.slot_id == "s1"


def test_anything_but_the_first_leaves_the_others() -> None:
    talk = Talk()
    talk.gives["search_availability"] = RESULTS[0]
    talk.hear("a cleaning on Tuesday")
    talk.hear("anything but the first")
    slot = talk.state.goal.slot
    assert slot is not None
    assert slot.slot_id == "s2"


def test_a_question_that_is_always_asked_goes_into_the_notes() -> None:
    rules = FACTS.rules.model_copy(
        update={"always_ask": [AlwaysAsk(key="insurance", ask="Which insurance do you have?")]}
    )
    facts = FACTS.model_copy(update={"rules": rules})
    talk = Talk(CALLER, facts)
    for words in ("a cleaning on Tuesday at two", "yes", "Anna Bell", "Delta Dental", "yes"):
        talk.hear(words)
    assert talk.calls("book_appointment")[-1]["reason"] == "insurance: Delta Dental"


def _with_rules(**rules: Any) -> PracticeFacts:
    return FACTS.model_copy(update={"rules": PracticeRules.model_validate(rules)})


TEAM = _with_rules(to_a_person=["billing dispute", "a second opinion", "sedation"])


@pytest.mark.parametrize(
    "words",
    [
        "I want to dispute a bill.",
        "Hi, there's a billing dispute I need sorted out",
        "Can I get a second opinion on my root canal?",
        "I need to be sedated for my fillings",
    ],
)
def test_what_the_practice_wants_put_through_is_put_through(words: str) -> None:
    talk = Talk(CALLER, TEAM)
    talk.hear(words)
    (call,) = talk.calls("request_person")
    assert call["reason"] in TEAM.rules.to_a_person


def test_what_goes_to_a_person_is_heard_in_the_middle_of_a_booking() -> None:
    talk = Talk(CALLER, TEAM)
    talk.hear("a cleaning on Tuesday")
    talk.hear("oh and there's also a billing dispute I have")
    assert len(talk.calls("request_person")) == 1


@pytest.mark.parametrize(
    "words",
    ["I'd like to book a cleaning", "How do I pay my bill?", "My tooth hurts", "What are your hours?"],
)
def test_what_no_rule_names_is_put_through_to_nobody(words: str) -> None:
    talk = Talk(CALLER, TEAM)
    talk.hear(words)
    assert talk.calls("request_person") == []


def test_a_question_that_a_function_wants_asked_first_is_asked_again() -> None:
    talk = Talk(CALLER, _with_rules(always_ask=[{"key": "insurance", "ask": "Which insurance do you have?"}]))
    talk.gives["book_appointment"] = {
        "status": "ask_first", "about": "insurance", "say": "Which insurance do you have?"
    }  # fmt: skip
    for words in ("a cleaning on Tuesday at two", "yes", "Anna Bell", "none", "yes"):
        talk.hear(words)
    assert asked_by(talk.move) is Ask.RULE


@pytest.mark.parametrize(
    "text", ["Hola, necesito una cita para una limpieza.", "Buenos días, me duele una muela"]
)
def test_who_speaks_spanish_is_offered_a_person_or_a_message_in_spanish(text: str) -> None:
    talk = _after(text)
    assert "persona" in (talk.move.say or "")
    assert asked_by(talk.hear("un mensaje por favor")) is Ask.NAME, "what it is about was told"
    assert len(_after(text, "sí, con una persona").calls("request_person")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "this tooth is throbbing so bad",
        "I lost a filling and it really hurts",
        "my cheek is all swollen from a bad tooth, no fever",
    ],
)
def test_what_should_be_seen_soon_is_offered_the_earliest_time_unasked(text: str) -> None:
    talk = _after(text)
    (searched,) = talk.calls("search_availability")
    assert searched["when"] == EARLIEST
    assert asked_by(talk.move) is Ask.SLOT


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("this tooth is throbbing so bad, can I come on Thursday?", "Thursday"),
        ("I'd like a cleaning, my tooth is a little sensitive", ""),
        ("do you see people with a swollen cheek?", ""),
    ],
)
def test_who_says_when_or_is_in_no_hurry_is_offered_no_earliest_time(text: str, when: str) -> None:
    searched = [one["when"] for one in _after(text).calls("search_availability")]
    assert EARLIEST not in searched
    assert when in " ".join(searched)


@pytest.mark.parametrize(
    ("texts", "call"),
    [
        (("this tooth is throbbing so bad", "I want to talk to a person"), "request_person"),
        (("se me cayó un empaste y me duele muchísimo", "sí, con una persona"), "request_person"),
    ],
)
def test_the_person_is_told_that_it_is_urgent(texts: Sequence[str], call: str) -> None:
    (asked,) = _after(*texts).calls(call)
    assert asked["urgency"] == "urgent"


def test_a_message_about_what_should_be_seen_soon_is_urgent() -> None:
    talk = _after(
        "this tooth is throbbing so bad", "no, just take a message", "please call me", "Anna Bell", "yes"
    )
    (left,) = talk.calls("take_message")
    assert left["urgency"] == "urgent"


def test_who_is_in_danger_is_asked_for_no_time_afterwards() -> None:
    talk = Talk()
    talk.hear("I need a filling")
    talk.messages.append({"role": "user", "content": "wait, my son can't breathe, can you see him?"})
    call = {"name": "request_person", "arguments": '{"reason": "danger", "urgency": "emergency"}'}
    talk.messages.append(
        {
            "role": "assistant",
            "content": "Please call 911 right now.",
            "tool_calls": [{"id": "d1", "type": "function", "function": call}],
        }
    )
    talk.messages.append({"role": "tool", "tool_call_id": "d1", "content": '{"status": "not_possible"}'})
    move = talk.hear("Okay, thank you.")
    assert talk.state.goal.kind == "none"
    assert "suit" not in (move.say or "")
