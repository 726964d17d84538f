"""Several visits in a call: two services, several people, and who comes first."""

import pytest

from agent.dialogue.state import Ask
from language import names
from tests.fakes.dialogue_talk import SLOTS, Talk
from tests.fakes.practice_api import Conversation, converse

COUPLE = ("My wife and I both need cleanings", "Tuesday at two", "yes")


def _after(*heard: str) -> Talk:
    talk = Talk()
    for words in heard:
        talk.hear(words)
    return talk


def test_a_second_visit_has_the_time_that_was_said_with_it() -> None:
    talk = _after("A filling on Friday at ten and then a check-up the week after, same day, a bit later")
    assert talk.calls("search_availability")[0]["service"] == "Filling"
    assert "check" not in talk.calls("search_availability")[0]["when"]
    (after,) = talk.state.waiting
    assert (after.service, after.phrases) == (
        "svc_checkup",
        ["then a check-up the week after, same day, a bit later"],
    )


async def test_a_second_visit_counts_its_time_from_the_first() -> None:
    talk, reply = await converse(
        "A cleaning Friday at ten next week and a check-up the week after, same day, a bit later",
        "yes",
        "Anna Bell",
        "yes",
        "yes",
    )
    assert talk.calls("search_availability")[-1]["when"].startswith("Friday December 4 at 10:00 AM; ")
    assert "Friday the eleventh of December at ten fifteen a.m., eleven thirty a.m." in reply


async def test_what_hurts_may_be_what_a_second_visit_is_for() -> None:
    talk, reply = await converse("I need a cleaning, and also I've got a cavity, could both be on one day?")
    assert not talk.calls("search_knowledge")
    assert "I'll book both, first the cleaning" in reply


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ("Joan should go first, she has a train to catch", ["Joan", "Ken Ames"]),
        ("My wife goes first", ["", "Ken Ames"]),
        ("Put Joan first, please", ["Joan", "Ken Ames"]),
        ("I'd like to go first", ["Ken Ames", ""]),
    ],
)
def test_who_is_to_go_first_has_the_first_of_two_times(said: str, order: list[str]) -> None:
    talk = _after(*COUPLE, "Ken Ames", said)
    assert [talk.state.goal.name, talk.state.waiting[0].name] == order
    assert talk.state.goal.for_other is (order[1] == "Ken Ames")


def test_who_goes_first_is_asked_of_no_file() -> None:
    talk = _after(*COUPLE, "Ken Ames", "Can Joan go first? She hates to wait.")
    assert not talk.calls("search_knowledge")


def test_names_of_two_are_heard_where_one_says_i() -> None:
    assert names.listed("Joan Ames. And I'm Ken Ames.") == ["Joan Ames", "Ken Ames"]
    assert names.listed("Joan Ames, and my son is Lou Ames") == ["Joan Ames", "Lou Ames"]


@pytest.mark.parametrize("said", ["Lou. Lou Ames. I'm Ken, his grandfather.", "I'm Ken. It's for Lou Ames."])
def test_whoever_says_their_own_name_beside_the_patients_is_no_patient(said: str) -> None:
    talk = _after("My grandson needs a check-up on Tuesday at two", "yes", said)
    assert (talk.state.goal.name, talk.state.goal.for_other) == ("Lou Ames", True)


def test_a_name_that_is_said_again_is_that_name_once() -> None:
    assert names.bare_name("Ames. Lou Ames.") == "Lou Ames"


async def test_whether_one_visit_is_right_after_the_callers_own_is_told_by_both_times() -> None:
    talk, _ = await converse("a cleaning tomorrow at ten", "yes", "Anna Bell", "yes", "yes")
    await talk.hear("can my husband come right after me, a cleaning too")
    await talk.hear("the first one")
    reply = await talk.hear("Is that after mine?")
    assert (
        "It's Tuesday the twenty-fourth of November at eleven a.m.; "
        "yours is Tuesday the twenty-fourth of November at ten a.m." in reply
    )
    for words in ("Carl Bell", "yes"):
        await talk.hear(words)
    reply = await talk.hear("what time do we have to be there again?")
    assert "Anna Bell" in reply
    assert "Carl Bell" in reply


async def test_only_who_does_a_service_is_named_where_it_is_asked_who_that_would_be() -> None:
    talk = Conversation()
    people = talk.practice.facts.practitioners
    lee, haddad = people[0].model_copy(), people[1].model_copy(update={"service_ids": ["svc_checkup"]})
    talk.practice.facts = talk.practice.facts.model_copy(update={"practitioners": [lee, haddad]})
    await talk.start()
    await talk.hear("I'd like a cleaning")
    assert "Haddad" not in await talk.hear("which doctor would that be?")


def test_a_wish_beside_the_yes_to_the_number_is_heard() -> None:
    talk = _after(
        "a cleaning on Tuesday at two", "yes", "Anna Bell", "Sure, and could I make it three rather than two?"
    )
    assert "three" in talk.calls("search_availability")[-1]["when"]
    assert talk.state.goal.phone


def test_a_time_that_is_too_early_is_not_taken() -> None:
    talk = Talk()
    talk.gives["search_availability"] = {"status": "ok", "slots": SLOTS}
    talk.hear("a cleaning next week")
    talk.hear("Wednesday at nine thirty is too early, around noon?")
    assert talk.state.goal.slot is None
    assert len(talk.calls("search_availability")) == 2


def test_half_an_hour_later_is_heard_where_the_name_is_asked_for() -> None:
    talk = _after("a cleaning on Tuesday at two", "yes")
    assert talk.state.asked is Ask.NAME
    talk.hear("half an hour later would be better")
    assert "half an hour later" in talk.calls("search_availability")[-1]["when"]


def test_a_visit_that_is_asked_for_after_its_price_is_for_that() -> None:
    talk = _after("how much is a filling?", "could she come in on Tuesday at two?")
    assert talk.calls("search_availability")[-1]["service"] == "Filling"


def test_an_exam_day_is_no_exam() -> None:
    talk = _after("a cleaning on Tuesday at two", "yes", "oh, that's her exam day. Wednesday instead")
    assert talk.state.goal.service == "svc_cleaning"


def test_a_wish_in_the_middle_of_a_number_leaves_it_whole() -> None:
    talk = _after(
        "a cleaning on Tuesday at two", "yes", "Anna Bell", "no, 212, and please don't text, 555 0188"
    )
    assert talk.state.goal.phone == "+12125550188"


async def test_nobody_is_in_two_chairs_at_once() -> None:
    talk, _ = await converse(
        "A cleaning on Friday next week at ten and I need a filling too, same day",
        "yes",
        "Anna Bell",
        "yes",
        "yes",
    )
    assert talk.calls("search_availability")[-1]["when"] == "Friday December 4 after 10:45 AM"


def test_what_somebody_else_needs_as_well_changes_nothing_of_the_callers_own_visit() -> None:
    talk = _after(
        "a cleaning for me on Tuesday", "does Tuesday at three work? and she needs a filling, the same time"
    )
    assert talk.state.goal.service == "svc_cleaning"
    assert [(one.service, one.for_other) for one in talk.state.waiting] == [("svc_filling", True)]
    assert "same time" not in talk.calls("search_availability")[-1]["when"]


def test_a_visit_that_is_over_says_neither_what_the_next_is_for_nor_when() -> None:
    talk = _after("I had my last cleaning in May, and I need a filling on Tuesday at two")
    (searched,) = talk.calls("search_availability")
    assert searched["service"] == "Filling"
    assert "May" not in searched["when"]


BOTH = "A cleaning for me and a check-up for my daughter, both on Tuesday"
OWN_DAYS = "I need two cleanings, mine on Tuesday and my husband's on Wednesday"


@pytest.mark.parametrize(
    ("opening", "said", "own"),
    [
        (BOTH, "Sorry, can you swap those two round", ("svc_checkup", "")),
        (BOTH, "Actually swap that, the cleaning is for her and the check-up for me", ("svc_checkup", "")),
        (
            OWN_DAYS,
            "No, the other way round, his on Tuesday and mine on Wednesday",
            ("svc_cleaning", "Wednesday"),
        ),
    ],
)
def test_two_visits_are_swapped(opening: str, said: str, own: tuple[str, str]) -> None:
    talk = _after(opening, said)
    goals = [talk.state.goal, *talk.state.waiting]
    (mine,) = [one for one in goals if not one.for_other]
    assert len(goals) == 2
    assert mine.service == own[0]
    assert own[1] in " ".join(mine.phrases)
    assert "The other way round, then." in str(talk.move.say)


async def test_right_after_his_is_after_the_visit_that_was_just_booked() -> None:
    _talk, reply = await converse(
        "I need a cleaning for my son Leo Grant tomorrow at two",
        "yes",
        "yes",
        "yes",
        "and I need one too, right after his",
    )
    assert "at three p.m., three thirty p.m." in reply


async def test_a_visit_of_ones_own_beside_the_yes_to_somebody_elses_is_the_next() -> None:
    talk, _reply = await converse(
        "I need a cleaning for my son Leo Grant tomorrow at two",
        "Yes. And I need a cleaning too, right after his",
    )
    (own,) = talk.messages[-1]["dialogue"]["waiting"]
    assert "for_other" not in own


def test_who_comes_alone_after_all_has_one_visit() -> None:
    talk = _after(*COUPLE[:1], "No, just me! My wife has her own dentist")
    assert not talk.state.waiting
    assert not talk.state.goal.for_other


async def test_who_is_let_go_second_is_asked_for_their_own_name() -> None:
    _talk, reply = await converse(
        "My husband and I both need cleanings tomorrow morning, back to back",
        "The first. And he should go first",
        "Paul Novak",
        "yes",
        "yes",
    )
    assert "your first and last name" in reply


READ_BACK = ("A cleaning tomorrow at ten, it's Nora Quinn", "yes", "yes")


@pytest.mark.parametrize("said", ["Quinn with two n's, right.", "Q U I N N", "Quinn with a Q"])
async def test_letters_that_the_name_has_leave_the_read_back_as_it_is(said: str) -> None:
    talk, reply = await converse(*READ_BACK, said)
    assert reply.endswith("for Nora Quinn. Is that right?")
    assert "You are booked" in await talk.hear("yes")


async def test_letters_at_the_question_for_the_number_are_the_names() -> None:
    talk, reply = await converse("A cleaning tomorrow at ten, it's Gus Petrakas", "yes", "P E T R A K I S")
    assert reply.startswith("Thank you")
    assert "for Gus Petrakis" in await talk.hear("yes")


async def test_another_time_that_is_taken_where_the_name_is_asked_for_is_said() -> None:
    _talk, reply = await converse("A cleaning tomorrow", "The first one", "Four o'clock rather")
    assert "at four p.m." in reply
    assert reply.endswith("name?")


async def test_a_question_about_the_day_at_the_read_back_moves_nothing() -> None:
    talk, reply = await converse(*READ_BACK, "Is that the day after my birthday, the 24th?")
    assert len(talk.calls("search_availability")) == 1
    assert "No, it's" not in reply


@pytest.mark.parametrize(
    ("said", "name", "theirs"),
    [
        ("yes hello, Gus Petrakis, need a cleaning", "Gus Petrakis", False),
        ("Good morning, Dolores Whitcombe here, I need a check-up", "Dolores Whitcombe", False),
        ("I need a cleaning for my son Leo Grant", "Leo Grant", True),
        ("Bring my son Theo in for a check-up, I'd like that", "Theo", True),
        ("Cleaning next Thursday morning please, for Dina Abboud", "Dina Abboud", False),
    ],
)
def test_a_name_in_the_wish_is_kept(said: str, name: str, theirs: bool) -> None:
    goal = _after(said).state.goal
    assert (goal.name, goal.for_other) == (name, theirs)
