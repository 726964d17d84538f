"""What callers ask of hours and people, turn down in passing, cannot spell, and write in shorthand."""

import re

import pytest

from agent.dialogue.acts import hear
from agent.dialogue.state import State
from language.normalize import written_out
from tests.fakes.practice_api import converse

TWO_DAYS = "I'd like a cleaning on Wednesday or Friday"
NAMED = ("A cleaning on Tuesday at one", "yes", "Xanthe Wojcik", "yes")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Just tell me when you close on Friday", "On Friday the twenty-seventh of November, we're open"),
        ("I only need to hear when you shut on Wednesday.", "On Wednesday .* to five p.m."),
        ("what time do you shut Thursdays", "On Thursdays, we're open from nine a.m. .* Thanksgiving"),
        ("are you there Saturdays?", "closed on Saturdays"),
        ("r u open sat?", "closed on Saturdays"),
    ],
)
async def test_a_question_for_hours_with_a_day_in_it_begins_no_booking(said: str, told: str) -> None:
    talk, reply = await converse(said)
    assert re.search(told, reply), reply
    assert "come in for" not in reply
    assert not talk.calls("search_availability")


@pytest.mark.parametrize(
    "said",
    [
        "The twenty-fifth is cutting it fine. The twenty-seventh.",
        "The twenty-fifth is a bit tight for me. The twenty-seventh.",
        "Wednesday's rather tricky. Friday.",
        "The twenty-fifth is cutting it fine.",
    ],
)
async def test_a_day_that_is_turned_down_in_passing_is_not_the_one_that_is_taken(said: str) -> None:
    _, reply = await converse(TWO_DAYS, said)
    assert re.search("^Friday the twenty-seventh .*name", reply), reply


async def test_whom_an_offer_is_with_is_told_as_often_as_it_is_asked() -> None:
    talk, reply = await converse("I'd like a cleaning on Tuesday", "which dentist?")
    for words in ("who's that with?", "who would I have at nine?"):
        assert re.search("with Dr. Omar Haddad.*Which", reply), reply
        reply = await talk.hear(words)
    assert re.search("with Dr. Omar Haddad.*Which", reply), reply
    assert "name" in await talk.hear("the first one")


async def test_what_nobody_knows_of_a_dentist_is_not_made_up() -> None:
    _, reply = await converse("I'd like a cleaning on Tuesday", "is that with a lady doctor?")
    assert re.search("I don't know that. That's with Dr. Omar Haddad.*Which", reply), reply


@pytest.mark.parametrize(
    "said",
    [
        "My crown's come off and I'm desperate",
        "I'm desperate, my crown is off",
        "It can't wait, my filling fell out",
    ],
)
async def test_despair_over_a_tooth_is_urgency_and_no_complaint(said: str) -> None:
    talk, reply = await converse(said)
    assert [one["when"] for one in talk.calls("search_availability")] == ["the earliest available"]
    assert re.search("sorry.*I have today", reply), reply


async def test_a_name_that_is_spelled_in_vain_stays_for_the_team_to_ask() -> None:
    talk, reply = await converse(*NAMED, "no", "the name", "mumble mumble", "I can't spell it")
    assert re.search("the team will ask you for it.*for Xanthe Wojcik. Is that right", reply), reply
    assert "booked" in await talk.hear("yes")
    assert "misspelled" in talk.calls("book_appointment")[-1]["reason"]


async def test_who_denies_a_name_that_was_left_is_offered_a_person() -> None:
    talk, _ = await converse(*NAMED, "no", "the name", "mumble mumble", "I can't spell it")
    replies = [await talk.hear(words) for words in ("no", "the name", "no")]
    assert any("speak with someone" in one for one in replies), replies


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("appt 4 a cleaning tmrw pls", "appointment for a cleaning tomorrow please"),
        ("w/ dr lee on tues @ 2, thx", "with dr lee on Tuesday at 2, thanks"),
        ("w/Dr. Lee", "with Dr. Lee"),
        ("at 4 a.m.", "at 4 a.m."),
        ("555 4 my", "555 4 my"),
        ("anna@2.com, she sat down", "anna@2.com, she sat down"),
        ("Thu Nguyen", "Thu Nguyen"),
        ("a  b", "a  b"),
    ],
)
def test_shorthand_is_written_out(text: str, written: str) -> None:
    assert written_out(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("That's a bit early for me", "That's too early for me"),
        ("nine is really early", "nine is too early"),
        ("I can't get there that early", "I can't get there too early"),
        ("a little late for the kids", "a little late for the kids"),
        ("kind of late for us", "too late for us"),
        ("I'd like it really early", "I'd like it really early"),
        ("is that early enough", "is that early enough"),
        ("I'm a bit late, sorry", "I'm a bit late, sorry"),
        ("that's pretty early in the week", "that's pretty early in the week"),
    ],
)
def test_what_is_said_against_an_hour_is_too_early_or_too_late(text: str, written: str) -> None:
    assert written_out(text) == written


async def test_whoever_finds_the_times_a_bit_early_is_offered_later_ones() -> None:
    _, reply = await converse("a cleaning next week", "That's a bit early for me")
    assert "I have Friday the fourth of December at one fifteen p.m." in reply


async def test_a_booking_in_shorthand() -> None:
    talk, reply = await converse(
        "need an appt 4 a cleaning w/ dr lee tmrw @ 2 pls", "thx", "bo park", "yes pls"
    )
    assert re.search("a cleaning with Dr. Maya Lee on Tuesday .* at two p.m., for Bo Park", reply), reply
    assert "booked" in await talk.hear("yes thx")


def test_no_thanks_take_a_time_that_is_refused() -> None:
    assert hear("no thx").no


async def test_a_weekday_said_against_a_day_that_was_read_back_is_that_of_the_same_week() -> None:
    booked = ("A check-up on Thursday December third at nine", "yes", "Omar Reyes", "yes")
    _, reply = await converse(*booked, "actually can we make it Friday instead")
    assert re.search("^.*Friday the fourth of December at nine", reply), reply


async def test_a_second_name_is_of_who_comes_along() -> None:
    cleanings = "cleanings for me and my daughter next week, Tuesday morning"
    talk, reply = await converse(cleanings, "Ines Roy", "Lola Roy", "the first one", "yes", "yes")
    assert re.search("You are booked.*for Lola Roy. Is that right", reply), reply
    assert talk.calls("book_appointment")[0]["name"] == "Ines Roy"


@pytest.mark.parametrize(
    "said", ["do you have anything with the other dentist?", "I'd rather see somebody else"]
)
async def test_the_other_of_two_dentists_is_the_one_whom_the_offer_is_not_with(said: str) -> None:
    talk, _ = await converse("I'd like a cleaning on Tuesday", said)
    assert talk.calls("search_availability")[-1]["practitioner"] == "Dr. Maya Lee"


async def test_who_wants_to_move_what_is_read_back_is_asked_where_to() -> None:
    _, reply = await converse(*NAMED, "I need to move it")
    assert "What day" in reply


async def test_what_is_told_of_a_bill_after_the_offer_of_a_message_goes_with_it() -> None:
    told = ("could somebody look into my bill?", "it's the one from October, I was charged twice")
    talk, _ = await converse(*told, "Dana Whitfield", "yes")
    assert [one["text"] for one in talk.calls("take_message")] == [" ".join(told)]


async def test_what_was_chosen_is_let_go_where_another_part_of_the_day_is_wished() -> None:
    talk, reply = await converse("I'd like a cleaning on Tuesday", "the first", "Nina Patel", "sure")
    assert "at nine a.m., for Nina Patel. Is that right" in reply
    assert "twelve thirty p.m. or four p.m.?" in await talk.hear("actually could we do the afternoon")
    assert re.search("at four p.m., for Nina Patel. Is that right", await talk.hear("the last one"))


async def test_a_tooth_that_a_child_chipped_is_what_the_visit_is_for() -> None:
    _, reply = await converse("my kid needs to be seen, he chipped a tooth at practice yesterday")
    assert "come in for" not in reply


async def test_news_for_a_doctors_office_are_a_message() -> None:
    told = "can you tell Dr. Haddad's office that the mouthguard broke and I need a new one"
    talk, reply = await converse(told)
    assert re.search("name|tell them", reply), reply
    assert not talk.calls("search_availability")


async def test_an_excuse_and_a_goodbye_end_the_call() -> None:
    talk, _ = await converse("is this Luigi's", "oh sorry, bye")
    assert talk.calls("end_call")


@pytest.mark.parametrize(
    ("said", "offered"),
    [
        (
            "I see Dr. Lee and I'm due for my check-up. Does she have anything the eighth?",
            "Tuesday the eighth",
        ),
        (
            "Tomorrow morning, do you have a cleaning? I've a flight in the afternoon.",
            "have Tuesday the twent",
        ),
        (
            "A piece of my filling broke off this morning. I'd like to get it fixed tomorrow.",
            "have Tuesday the",
        ),
        ("I'm overdue for a cleaning, is Friday any good?", "have Friday the twenty-seventh"),
        (
            "A check-up on Wednesday at ten... No wait, ten's my yoga, can we say eleven?",
            "eleven a.m. is free",
        ),
        (
            "I'll be here the week after Christmas and need a cleaning. Any day that week, 'cause I sleep in",
            "calendar. I have Monday the twenty-eighth",
        ),
    ],
)
async def test_a_wish_in_the_form_of_a_question_is_one(said: str, offered: str) -> None:
    _, reply = await converse(said)
    assert re.search(offered, reply), reply


@pytest.mark.parametrize(
    "said",
    [
        "I have a cleaning on Friday. Can I move it to Monday?",
        "At nine, how much would a cleaning be?",
    ],
)
async def test_a_question_beside_a_day_is_no_wish_for_a_visit(said: str) -> None:
    talk, _ = await converse(said)
    assert not talk.calls("search_availability")


async def test_a_husband_who_is_told_of_at_the_read_back_renames_nobody() -> None:
    told = "Yes, and my husband needs one too. Tom, same last name. Could he go right after me?"
    talk, reply = await converse("A cleaning on Wednesday at one", "yes", "Margaret Ellis", "yes", told)
    assert (
        "I'll see to that one right after this. Wednesday the twenty-fifth of November at one p.m." in reply
    )
    for words in ("yes", "yes"):
        reply = await talk.hear(words)
    assert talk.calls("book_appointment")[-1]["name"] == "Margaret Ellis"
    assert re.search("I have Wednesday the twenty-fifth of November at two", reply), reply
    assert "for Tom Ellis. Is that right?" in await talk.hear("the first one")


async def test_who_is_told_of_where_their_name_was_asked_is_no_third() -> None:
    both = "The kids are off school on the twenty-fifth and I wanna get both their cleanings knocked out. "
    both += "Can we do Owen at nine, that's Owen Hall, and then his sister right behind him?"
    talk, reply = await converse(both)
    assert "Thank you, Owen" not in reply
    for words in ("I'd take nine.", "yes", "yes"):
        reply = await talk.hear(words)
    assert "What's the patient's full name?" in reply.replace(", please", ""), reply
    assert "for Lily Hall. Is that right?" in await talk.hear(
        "And now his sister, Lily Hall, a cleaning right after him."
    )
    assert State.load(dict(talk.messages[-1]["dialogue"])).waiting == []
