"""Where a conversation does not get on: answers that do not come through, garbles, and what is put right."""

import pytest

from agent.dialogue.policy import Action
from agent.dialogue.presence import goes_unheard
from agent.dialogue.state import Ask
from contracts.conversation import Message
from tests.fakes.dialogue_talk import RESULTS, SLOTS, Talk, asked_by
from tests.fakes.practice_api import CALLER

READ_BACK = ("a cleaning on Tuesday at two", "yes", "Anna Bell", "yes")
"""Until the booking is read back."""


def _after(*heard: str, caller_number: str | None = CALLER) -> Talk:
    talk = Talk(caller_number)
    for words in heard:
        talk.hear(words)
    return talk


def _ends(move: Action) -> bool:
    return move.call is not None and move.call.name == "end_call"


def test_a_caller_whose_yes_is_never_heard_is_put_through_and_at_last_a_message_is_left() -> None:
    talk = _after(*READ_BACK, "Yes, I'm here.")
    assert asked_by(talk.move) is Ask.READ_BACK
    talk.hear("Hello, I'm still here.")
    assert asked_by(talk.move) is Ask.PERSON_OR_MESSAGE
    talk.gives |= {"request_person": RESULTS[15], "take_message": RESULTS[14]}
    for _ in range(2):
        assert not talk.calls("request_person")
        talk.hear("I'm here.")
    assert len(talk.calls("request_person")) == 1
    talk.hear("I'm here.")
    assert "could not be heard" in talk.calls("take_message")[-1]["text"]
    talk.hear("Still here.")
    talk.hear("Still here.")
    assert _ends(talk.move)


def test_a_yes_that_is_heard_after_all_ends_the_count_of_those_that_were_not() -> None:
    talk = _after("a cleaning on Tuesday at two", "I'm here.", "yes", "I'm here.")
    assert asked_by(talk.move) is Ask.NAME
    talk.hear("Anna Bell")
    assert asked_by(talk.hear("Yes, I'm here.")) is Ask.CALLER_PHONE


@pytest.mark.parametrize("words", ["I'd like to vote.", "I would like to float.", "High assistance."])
def test_an_opening_that_means_nothing_is_said_to_be_not_understood(words: str) -> None:
    talk = Talk()
    talk.gives["search_knowledge"] = {"status": "nothing"}
    talk.hear(words)
    assert asked_by(talk.move) is Ask.HELP
    assert "catch that" in (talk.move.say or "")


@pytest.mark.parametrize("words", ["Hi, assistant.", "High assistance."])
def test_nobody_is_put_through_for_a_garble(words: str) -> None:
    assert not _after(words).calls("request_person")


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("The number should end in 0191, not 0119.", "+12025550191"),
        ("The area code is 203.", "+12035550142"),
        ("It's 0191.", "+12025550191"),
        ("Make it ten thirty.", CALLER),
    ],
)
def test_a_part_of_the_number_is_put_right_at_the_read_back(said: str, number: str) -> None:
    talk = _after(*READ_BACK, said)
    assert talk.state.goal.phone == number


def test_an_extension_goes_into_the_notes() -> None:
    talk = _after(*READ_BACK[:3], "202 555 0177 extension 12", caller_number=None)
    assert "extension is 12" in talk.calls("book_appointment")[-1]["reason"]


def test_a_time_that_is_only_given_as_a_reason_is_not_the_one_that_is_wanted() -> None:
    talk = _after(*READ_BACK, "Ah wait, I've got a meeting at two. Could it be noon or so that day?")
    wanted = talk.calls("search_availability")[-1]["when"]
    assert "noon" in wanted
    assert "December 1" in wanted
    assert "2:00" not in wanted


def test_who_complains_and_asks_for_a_visit_in_one_breath_gets_the_visit() -> None:
    talk = _after("Nobody ever calls me back, so just put me down for a cleaning on Tuesday at two.")
    assert "sorry" in (talk.move.say or "")
    assert asked_by(talk.move) is Ask.SLOT


def test_a_visit_that_was_looked_up_is_moved_where_its_time_does_not_suit() -> None:
    talk = Talk()
    talk.gives["find_appointments"] = {
        "status": "found",
        "say": "You have a cleaning.",
        "appointments": [{"booking_id": "b1", "service": "Cleaning", "name": "Anna Bell", **SLOTS[1]}],
    }
    talk.hear("What time is my appointment?")
    talk.hear("Oh, that's too early. Is there something around noon that day?")
    assert talk.calls("search_availability")[-1]["booking_id"] == "b1"


def _said(*texts: str) -> list[Message]:
    return [
        message
        for text in texts
        for message in (
            {"role": "assistant", "content": "Shall I book that?"},
            {"role": "user", "content": text},
        )
    ]


@pytest.mark.parametrize(
    ("texts", "unheard"),
    [
        (("a cleaning please", "Yes, I'm here.", "I'm still here."), True),
        (("a cleaning please", "Yes, I'm here."), False),
        (("Yes, I'm here.", "Tuesday at two", "I'm still here."), False),
        (("Hello?", "Hello, I'm here."), True),
        (("What did you say?", "Could you repeat that?"), False),
    ],
)
def test_a_model_whose_caller_is_only_there_twice_running_is_relieved(
    texts: tuple[str, ...], unheard: bool
) -> None:
    assert goes_unheard(_said(*texts)) is unheard


@pytest.mark.parametrize(
    "said", ["No, I want Dr. Haddad.", "No, it has to be Dr. Haddad.", "Tuesday at two, with Dr. Haddad."]
)
@pytest.mark.parametrize(
    "wish", ["a cleaning on Tuesday at two", "a cleaning with Dr. Haddad on Tuesday at two"]
)
def test_who_is_named_against_what_was_read_back_is_the_only_one(wish: str, said: str) -> None:
    talk = _after(wish, "the first one", *READ_BACK[2:])
    assert asked_by(talk.move) is Ask.READ_BACK
    talk.gives["search_availability"] = RESULTS[3]
    talk.hear(said)
    searched = talk.calls("search_availability")[-1]
    assert (searched["practitioner"], searched["nobody_else"]) == ("Dr. Omar Haddad", True)
    assert talk.state.goal.slot is None
    talk.hear("Then anybody will do, on Friday.")
    assert "nobody_else" not in talk.calls("search_availability")[-1]


def test_who_is_only_wished_for_shuts_nobody_out() -> None:
    talk = _after("a cleaning with Dr. Haddad on Tuesday")
    assert "nobody_else" not in talk.calls("search_availability")[-1]
    assert _after("a cleaning on Tuesday, as long as it's Dr. Haddad").calls("search_availability")[-1][
        "nobody_else"
    ]


def test_the_day_of_one_dentist_with_the_name_of_the_other_chooses_neither() -> None:
    offers = [{**SLOTS[0], "practitioner": "Dr. Omar Haddad"}, {**SLOTS[1], "practitioner": "Dr. Maya Lee"}]
    talk = Talk()
    talk.gives["search_availability"] = {**RESULTS[2], "slots": offers}
    for words in ("a cleaning with Dr. Lee on Tuesday", "Tuesday, with Dr. Lee."):
        talk.hear(words)
    assert talk.state.goal.slot is None
    assert talk.calls("search_availability")[-1]["nobody_else"]


@pytest.mark.parametrize("said", ["Hmm, is that with Dr. Haddad?", "Wait, is that Dr. Haddad?"])
def test_who_asks_whom_it_is_with_lets_go_of_nothing(said: str) -> None:
    talk = _after("a cleaning on Tuesday at two", *READ_BACK[1:])
    searched = talk.calls("search_availability")
    talk.hear(said)
    assert (talk.calls("search_availability"), asked_by(talk.move)) == (searched, Ask.READ_BACK)
    assert "Dr. Maya Lee" in (talk.move.say or "")
