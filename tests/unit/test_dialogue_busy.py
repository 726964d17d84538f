"""What is told instead of a no to times that were offered: what else somebody has on, or "none of those"."""

import pytest

from agent.dialogue.acts import hear
from agent.dialogue.busy import when_busy
from agent.dialogue.state import Ask
from tests.fakes.dialogue_talk import Talk
from tests.fakes.practice_api import converse

TUESDAY = "A cleaning on the morning of December first"
NEXT_WEEK = "Could I get a cleaning next week?"


@pytest.mark.parametrize(
    ("told", "when"),
    [
        ("I have yoga at ten", "not at ten"),
        ("Mornings I mind my granddaughter", "not mornings"),
        ("I don't finish till five", "not till five"),
        ("I've got my class from two to four", "not from two to four"),
        ("I coach on Thursdays", "not on thursdays"),
        ("Mondays I've got court", "not mondays"),
        ("we're in Maine the week of the 14th", "not the week of the 14th"),
        ("nine's when I get my kid on the bus", "not at nine"),
        ("we're away until the tenth", "we're away until the tenth"),
        ("I've got work then", ""),
        ("we're in Boston that week", ""),
    ],
)
def test_when_somebody_cannot_come_is_read_as_what_it_rules_out(told: str, when: str) -> None:
    (clause,) = hear(told).clauses
    assert clause.busy
    assert when_busy(clause) == when


@pytest.mark.parametrize(
    "told", ["I'm free after three", "That's my day off", "I work nearby", "My mother's name is Ann", "Hmm"]
)
def test_what_leaves_a_time_free_rules_nothing_out(told: str) -> None:
    assert not any(one.busy for one in hear(told).clauses)


@pytest.mark.parametrize(
    "told", ["I've got work then", "That's when I pick up the kids", "I'd miss my lecture"]
)
async def test_a_reason_alone_turns_down_what_was_offered(told: str) -> None:
    talk, reply = await converse(TUESDAY, told)
    assert reply.endswith("What day and time would suit you?")
    reply = await talk.hear("Any time really")
    assert "Tuesday the first of December at" in reply
    assert "nine" not in reply


async def test_a_week_that_somebody_is_away_is_not_offered_again() -> None:
    _talk, reply = await converse(NEXT_WEEK, "I'm in Boston that week")
    assert "Which suits you" in reply
    assert "the thirtieth" not in reply
    assert "of December" not in reply


async def test_a_time_that_is_the_reason_is_not_chosen_by_it() -> None:
    talk, reply = await converse("A cleaning tomorrow at ten", "Oh, I've a doctor's appointment at ten")
    assert "Which suits you" in reply
    assert "ten a.m." not in reply
    assert talk.messages[-1]["dialogue"]["asked"] == Ask.SLOT


async def test_what_is_remembered_at_the_read_back_gives_up_its_time() -> None:
    _talk, reply = await converse(
        "A cleaning tomorrow at ten", "yes", "Anna Bell", "yes", "wait, I've got yoga then"
    )
    assert reply.endswith("What day and time would suit you?")


def test_what_is_on_at_another_time_changes_nothing() -> None:
    talk = Talk()
    for words in ("A cleaning on Tuesday at two", "yes"):
        talk.hear(words)
    before = talk.state.goal.slot
    talk.hear("Anna Bell, I've got yoga at nine")
    assert talk.state.goal.slot == before


async def test_none_of_those_is_answered_with_none_of_them() -> None:
    _talk, first = await converse(NEXT_WEEK)
    _talk, second = await converse(NEXT_WEEK, "none of those work")
    _talk, third = await converse(NEXT_WEEK, "none of those work", "nope, none of those either")
    offered = [{one.strip(" .") for one in text.split(" at ")[1:]} for text in (first, second, third)]
    assert second != first
    assert "I said" not in second + third
    assert not offered[0] & offered[1]


async def test_another_day_is_another_day_at_that_hour() -> None:
    _talk, reply = await converse("A cleaning on Wednesday at ten", "do you have another day?")
    assert "Wednesday the twenty-fifth" not in reply
    assert reply.count("ten a.m.") == 3


async def test_next_monday_where_two_were_offered_is_the_second() -> None:
    _talk, reply = await converse("A cleaning on Monday", "Next Monday at four")
    assert "Monday the thirtieth of November at four p.m. is free" in reply


async def test_a_time_that_was_turned_down_may_be_wanted_after_all() -> None:
    _talk, reply = await converse(TUESDAY, "none of those", "Oh, then nine o'clock after all")
    assert "Tuesday the first of December at nine a.m. is free" in reply


@pytest.mark.parametrize(
    ("said", "offered"),
    [
        ("late morning would be best", "Which suits you"),
        ("ten's fine, no, eleven", "at eleven a.m. What"),
    ],
)
async def test_a_choice_that_is_narrowed_or_mended_takes_no_other_time(said: str, offered: str) -> None:
    _talk, reply = await converse("A cleaning tomorrow at ten or eleven", said)
    assert offered in reply
