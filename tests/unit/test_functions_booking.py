"""``book_appointment``: a sealed slot, a heard read-back, one booking."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts.conversation import sentence_of
from kit.clock import Clock
from tests.fakes.clock import fixed_clock
from tests.fakes.partner_server import PartnerServer
from tests.fakes.tool_conversation import Talk, local, talking, window
from tools.registry import run_function

ANNA = {"name": "anna bell", "phone": "two oh two five five five oh one nine nine"}
SPOKEN = "Tuesday the first of December at two p.m."


@pytest.fixture
def server() -> PartnerServer:
    """Free on Tuesday the first of December."""
    return PartnerServer(windows=[window("2026-12-01T09:00:00-05:00", 8 * 60)])


@pytest.fixture
async def talk(server: PartnerServer, clock: Clock) -> AsyncIterator[Talk]:
    async with talking(server, clock) as talk:
        yield talk


async def chosen(talk: Talk) -> dict[str, Any]:
    """Look up Tuesday at two and give the arguments of its booking."""
    result = await talk.calls("search_availability", when="tuesday at two", service="cleaning")
    return {"slot_id": result["slots"][0]["slot_id"], **ANNA}


async def heard(talk: Talk, answer: str = "Yes, that's right.") -> dict[str, Any]:
    """Go as far as the caller's answer to the read-back."""
    wish = await chosen(talk)
    read_back = await talk.calls("book_appointment", **wish)
    talk.says(sentence_of(read_back))
    talk.hears(answer)
    return wish


async def test_the_first_call_reads_back_and_books_nothing(talk: Talk) -> None:
    wish = {**await chosen(talk), "phone": "six four six five five five oh one nine eight"}
    result = await talk.calls("book_appointment", **wish)
    assert result["status"] == "read_back"
    assert sentence_of(result) == (
        "That's a cleaning with Dr. Lee on Tuesday the first of December at two p.m., for Anna Bell, "
        "and your number is 6 4 6, 5 5 5, 0 1 9 8. Is that right?"
    )
    assert talk.server.bookings == {}


async def test_the_number_that_the_call_comes_from_is_not_read_back(talk: Talk) -> None:
    result = await talk.calls("book_appointment", **await chosen(talk))
    assert result["phone"] == talk.ctx.caller_number
    assert sentence_of(result) == (
        "That's a cleaning with Dr. Lee on Tuesday the first of December at two p.m., "
        "for Anna Bell. Is that right?"
    )


async def test_it_books_after_the_read_back_was_heard_and_agreed_to(talk: Talk) -> None:
    wish = await heard(talk)
    result = await talk.calls("book_appointment", **wish)
    assert result["status"] == "booked"
    assert result["booking_id"] == "bkg_1"
    assert result["say"] == f"You are booked for a cleaning with Dr. Lee on {SPOKEN}"
    asked = talk.server.asked_for("/v1/bookings")[0]
    assert asked.body["booking"] == {
        "start_at": "2026-12-01T19:00:00Z",
        "duration_minutes": 30,
        "customer": {"phone": "+12025550199", "name": "Anna Bell"},
        "service_id": "svc_clean",
        "practitioner_id": "p_lee",
    }


async def test_without_a_read_back_nothing_is_booked_whatever_was_said(talk: Talk) -> None:
    wish = await chosen(talk)
    talk.says(f"Shall I book {SPOKEN}?")
    talk.hears("Yes.")
    assert (await talk.calls("book_appointment", **wish))["status"] == "read_back"
    assert talk.server.bookings == {}


async def test_a_read_back_that_was_not_spoken_is_no_consent(talk: Talk) -> None:
    wish = await chosen(talk)
    await talk.calls("book_appointment", **wish)
    talk.says("Let me see.")
    talk.hears("Yes.")
    assert (await talk.calls("book_appointment", **wish))["status"] == "read_back"
    assert talk.server.bookings == {}


async def test_a_read_back_that_was_cut_off_before_the_time_is_no_consent(talk: Talk) -> None:
    wish = await chosen(talk)
    await talk.calls("book_appointment", **wish)
    talk.says("That's a cleaning with Dr. Lee")
    talk.hears("Yes yes.")
    assert (await talk.calls("book_appointment", **wish))["status"] == "read_back"


async def test_a_read_back_in_the_models_own_words_is_none(talk: Talk) -> None:
    wish = await chosen(talk)
    await talk.calls("book_appointment", **wish)
    talk.says("So that's a cleaning on Tuesday, December 1st at 2 PM for Anna Bell, right?")
    talk.hears("Correct.")
    assert (await talk.calls("book_appointment", **wish))["status"] == "read_back"
    assert talk.server.bookings == {}


async def test_without_an_answer_nothing_is_booked(talk: Talk) -> None:
    wish = await chosen(talk)
    read_back = await talk.calls("book_appointment", **wish)
    talk.says(sentence_of(read_back))
    assert (await talk.calls("book_appointment", **wish))["status"] == "read_back"
    assert talk.server.bookings == {}


@pytest.mark.parametrize(
    "answer",
    [
        "No.",
        "no that's not right",
        "wait",
        "",
        "Actually, don't book it.",
        "nope",
        "absolutely not",
        "okay let me ask my husband",
        "what's your parking like?",
        "Yes, if my insurance covers it.",
        "Yes, but my name is Ann",
        "Can it be Thursday?",
        "No, gracias.",
    ],
)
async def test_whatever_does_not_agree_is_no_consent(talk: Talk, answer: str) -> None:
    wish = await heard(talk, answer)
    result = await talk.calls("book_appointment", **wish)
    assert result["status"] == "not_agreed"
    assert "Nothing is done" in result["to_do"]
    assert (await talk.calls("book_appointment", **wish))["status"] == "read_back"
    assert talk.server.bookings == {}


@pytest.mark.parametrize(
    "answer",
    [
        "Yes.",
        "that's fine",
        "No, that's fine.",
        "okay",
        "sure thing",
        "No problem.",
        "Sí, a las dos, gracias.",
    ],
)
async def test_an_answer_that_agrees_in_every_clause_is_consent(talk: Talk, answer: str) -> None:
    wish = await heard(talk, answer)
    assert (await talk.calls("book_appointment", **wish))["status"] == "booked"


async def test_a_yes_after_the_question_was_answered_books(talk: Talk) -> None:
    wish = await heard(talk, "Hmm wait, what does a cleaning cost first?")
    assert (await talk.calls("book_appointment", **wish))["status"] == "not_agreed"
    talk.says(f"One hundred forty dollars. Shall I book {SPOKEN}?")
    talk.hears("Yes, go ahead.")
    assert (await talk.calls("book_appointment", **wish))["status"] == "booked"


@pytest.mark.parametrize(
    "changed", [{"name": "Hannah Bell"}, {"phone": "202 555 0198"}], ids=["another name", "another number"]
)
async def test_a_correction_needs_its_own_read_back(talk: Talk, changed: dict[str, str]) -> None:
    wish = await heard(talk)
    assert (await talk.calls("book_appointment", **{**wish, **changed}))["status"] == "read_back"
    assert talk.server.bookings == {}


async def test_another_time_needs_its_own_read_back(talk: Talk) -> None:
    wish = await heard(talk)
    other = await talk.calls("search_availability", when="tuesday at three", service="cleaning")
    wish["slot_id"] = other["slots"][0]["slot_id"]
    assert (await talk.calls("book_appointment", **wish))["status"] == "read_back"


async def test_the_same_time_found_again_needs_no_second_read_back(talk: Talk) -> None:
    await heard(talk)
    assert (await talk.calls("book_appointment", **await chosen(talk)))["status"] == "booked"


async def test_the_same_request_again_gives_the_first_result(talk: Talk) -> None:
    wish = await heard(talk)
    first = await talk.calls("book_appointment", **wish)
    talk.hears("Did you book it?")
    assert await talk.calls("book_appointment", **wish) == first
    assert len(talk.server.asked_for("/v1/bookings")) == 1


async def test_two_requests_at_once_make_one_booking(talk: Talk) -> None:
    wish = await heard(talk)
    results = await asyncio.gather(*(run_function(talk.ctx, "book_appointment", wish) for _ in range(3)))
    assert [one["status"] for one in results] == ["booked"] * 3
    assert len(talk.server.asked_for("/v1/bookings")) == 1


async def test_a_cancelled_turn_does_not_cancel_the_booking_and_the_next_one_joins_it(talk: Talk) -> None:
    wish = await heard(talk)
    talk.server.troubles = ["slow"]
    talk.server.arrived.clear()
    turn = asyncio.create_task(run_function(talk.ctx, "book_appointment", wish))
    await talk.server.arrived.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    again = asyncio.create_task(talk.calls("book_appointment", **wish))
    talk.server.release.set()
    assert (await again)["status"] == "booked"
    assert len(talk.server.asked_for("/v1/bookings")) == 1


async def test_another_process_that_takes_the_call_over_books_under_the_same_key(
    talk: Talk, server: PartnerServer, clock: Clock
) -> None:
    wish = await heard(talk)
    server.troubles = ["cut_after", "down", "down"]
    assert (await run_function(talk.ctx, "book_appointment", wish))["status"] == "unknown"
    async with talking(server, clock) as other:
        other.messages.extend(talk.messages)
        assert (await other.calls("book_appointment", **wish))["status"] == "booked"
    assert len(server.bookings) == 1


async def test_a_slot_of_another_call_is_unknown(talk: Talk, server: PartnerServer, clock: Clock) -> None:
    wish = await heard(talk)
    await talk.calls("book_appointment", **wish)
    async with talking(server, clock, call_id="call-2") as other:
        other.messages.extend(talk.messages[:-2])
        result = await other.calls("book_appointment", **wish)
    assert (result["status"], result["field"]) == ("invalid", "slot_id")


async def test_a_taken_time_is_said_to_be_taken_with_the_nearest_others(talk: Talk) -> None:
    wish = await heard(talk)
    talk.server.windows = [window("2026-12-01T13:00:00-05:00", 60), window("2026-12-01T14:45:00-05:00", 60)]
    talk.server.troubles = ["taken"]
    result = await talk.calls("book_appointment", **wish)
    assert result["status"] == "taken"
    assert local(result) == ["12-01 13:15", "12-01 13:30", "12-01 14:45"]
    assert result["say"].startswith("I'm sorry, that time has just been taken. The nearest I have:")


async def test_no_clear_answer_is_said_as_such_and_a_person_is_told(talk: Talk) -> None:
    wish = await heard(talk)
    talk.server.troubles = ["cut_before", "down", "cut_before"]
    result = await talk.calls("book_appointment", **wish)
    assert result["status"] == "unknown"
    assert "can't tell you yet" in result["say"]
    (message,) = talk.server.messages.values()
    assert message["customer"] == {"name": "Anna Bell", "phone": "+12025550199"}


async def test_what_was_never_taken_is_said_to_be_not_booked(talk: Talk) -> None:
    wish = await heard(talk)
    talk.server.troubles = ["away"] * 3
    result = await talk.calls("book_appointment", **wish)
    assert (result["status"], result["code"]) == ("refused", "not_taken")
    assert "Nothing is booked." in result["say"]
    assert "sent" not in result["say"]
    assert talk.server.messages == {}


async def test_what_may_have_been_taken_before_is_not_said_to_be_not_booked(talk: Talk) -> None:
    wish = await heard(talk)
    talk.server.troubles = ["away"] * 3
    asked_again = replace(talk.ctx, asked_before=True)
    result = await run_function(asked_again, "book_appointment", wish)
    assert result["status"] == "unknown"
    assert "can't tell you yet" in result["say"]
    assert len(talk.server.messages) == 1


async def test_the_caller_hears_the_truth_first_and_the_message_is_kept_until_it_can_be_left(
    talk: Talk,
) -> None:
    wish = await heard(talk)
    talk.server.troubles, talk.server.messages_away = ["down"] * 3, True
    result = await talk.calls("book_appointment", **wish)
    assert "Please call us again" in result["say"]
    talk.server.messages_away = False
    await talk.server.until(lambda: bool(talk.server.messages))
    (message,) = talk.server.messages.values()
    assert "Please check whether this was booked" in message["text"]


async def test_a_pending_booking_is_not_called_booked(talk: Talk) -> None:
    wish = await heard(talk)
    talk.server.troubles = ["pending"]
    result = await talk.calls("book_appointment", **wish)
    assert result["status"] == "pending"
    assert "isn't booked yet" in result["say"]


async def test_a_platform_that_takes_its_time_is_waited_for_once_more(talk: Talk) -> None:
    wish = await heard(talk)
    talk.server.troubles = ["under_way"]
    result = await talk.calls("book_appointment", **wish)
    assert result["status"] == "booked"
    assert {one.key for one in talk.server.asked_for("/v1/bookings")} == {result["intent"]}


async def test_of_a_booking_that_is_still_under_way_nobody_says_that_it_is_not_booked(talk: Talk) -> None:
    wish = await heard(talk)
    talk.server.troubles = ["under_way", "under_way"]
    result = await talk.calls("book_appointment", **wish)
    assert result["status"] == "unknown"
    assert "can't tell you yet" in result["say"]
    assert "isn't booked" not in result["say"]


async def test_a_refused_booking_is_said_to_be_refused(talk: Talk) -> None:
    wish = await heard(talk)
    talk.server.troubles = ["refused"]
    result = await talk.calls("book_appointment", **wish)
    assert (result["status"], result["code"]) == ("refused", "webhook_not_configured")
    assert "nothing is booked" in result["say"]


@pytest.mark.parametrize("name", ["", "unknown", "the caller" * 20, "12", "N/A"])
async def test_a_name_that_is_none_is_asked_for(talk: Talk, name: str) -> None:
    wish = await chosen(talk) | {"name": name}
    result = await talk.calls("book_appointment", **wish)
    assert result["status"] == "invalid"
    assert talk.server.asked_for("/v1/bookings") == []


@pytest.mark.parametrize("number", ["five five five", "no idea", "2 0 2 5 5 5 0 1 9 9 9 9"])
async def test_a_number_that_is_not_whole_is_asked_for_again(talk: Talk, number: str) -> None:
    result = await talk.calls("book_appointment", **(await chosen(talk) | {"phone": number}))
    assert (result["status"], result["field"]) == ("invalid", "phone")


@pytest.mark.parametrize("said", ["caller", "this number", "the one I'm calling from", "same number"])
async def test_the_number_that_the_caller_calls_from_can_be_used(talk: Talk, said: str) -> None:
    result = await talk.calls("book_appointment", **(await chosen(talk) | {"phone": said}))
    assert result["phone"] == "+12025550199"


async def test_a_made_up_slot_is_not_booked(talk: Talk) -> None:
    result = await talk.calls("book_appointment", slot_id="2026-12-01T14:00", **ANNA)
    assert (result["status"], result["field"]) == ("invalid", "slot_id")


async def test_a_slot_offered_too_long_ago_is_not_booked(talk: Talk, clock: Clock) -> None:
    wish = await chosen(talk)
    talk.ctx.clock = fixed_clock(clock() + timedelta(minutes=30))
    result = await talk.calls("book_appointment", **wish)
    assert (result["status"], result["code"]) == ("invalid", "slot_id_expired")


async def test_a_slot_that_has_begun_is_not_booked(server: PartnerServer, clock: Clock) -> None:
    server.windows = [window("2026-11-30T10:00:00-05:00", 30)]
    async with talking(server, clock, slot_lifetime=timedelta(hours=2)) as talk:
        found = await talk.calls("search_availability", when="today", service="cleaning")
        talk.ctx.clock = fixed_clock(clock() + timedelta(minutes=60))
        result = await talk.calls("book_appointment", slot_id=found["slots"][0]["slot_id"], **ANNA)
    assert (result["status"], result["field"]) == ("invalid", "slot_id")


@pytest.mark.parametrize("arguments", ["", "{", "[]", '{"slot_id": 5}', '{"name": {"a": 1}}'])
async def test_bad_arguments_give_invalid_and_no_exception(talk: Talk, arguments: str) -> None:
    assert (await run_function(talk.ctx, "book_appointment", arguments))["status"] == "invalid"


async def test_an_unknown_function_gives_invalid(talk: Talk) -> None:
    assert (await run_function(talk.ctx, "rm_rf", {}))["status"] == "invalid"
