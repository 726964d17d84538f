"""A whole call: real pipeline, real voice, real endpoints' protocol; only the recognition is scripted."""

import asyncio
from collections.abc import Callable

import pytest

from contracts.conversation import Message, results_of
from tests.fakes.live_call import BOT, WINDOW, LiveCall, LiveCalls, quick
from tests.fakes.partner_server import PartnerServer

pytestmark = pytest.mark.audio


def statuses(call: LiveCall, name: str) -> list[str]:
    return [one.status for one in results_of(call.log.messages) if one.name == name]


def spoke_or_booked(call: LiveCall, said: int) -> Callable[[], bool]:
    return lambda: len(call.said()) > said or bool(statuses(call, "book_appointment"))


async def read_back(call: LiveCall) -> None:
    """Take the conversation to the point where the booking has been read back."""
    await call.hears("how can I help")
    await call.says("I'd like a cleaning tomorrow at two, please.")
    await call.until(lambda: "search_availability" in str(call.log.messages))
    answers = {
        "number": "Yes, please.",
        "name": "My name is Daniel Reed.",
        "two": "Yes, two o'clock, please.",
    }
    while True:
        answered = len(call.said())
        asked = call.said()[-1].lower()
        if answer := next((words for part, words in answers.items() if part in asked), None):
            await call.says(answer)
        await call.until(spoke_or_booked(call, answered))
        if statuses(call, "book_appointment"):
            break
    await call.hears("Is that right?")


async def test_a_call_ends_in_one_booking(calls: LiveCalls) -> None:
    async with calls.place() as call:
        await read_back(call)
        await call.says("Yes, that's right.")
        await call.hears("booked")
        assert len(call.server.bookings) == 1
        await call.says("No, that's all, thank you.")
        await call.until(lambda: call.socket.closed is not None)
        assert call.log.ending is not None
        assert call.log.ending.kind == "hang_up"
        assert "goodbye" in call.said()[-1].lower()
    assert len(call.server.asked_for("/v1/bookings")) == 1


async def test_nothing_is_called_booked_that_the_ledger_does_not_hold(calls: LiveCalls) -> None:
    server = PartnerServer(bot=BOT, windows=[WINDOW], troubles=["taken"])
    async with calls.place(server) as call:
        await read_back(call)
        before = len(call.said())
        await call.says("Yes, that's right.")
        await call.until(lambda: len(call.said()) > before)
        assert not server.bookings
        assert "booked" not in " ".join(call.said()[before:]).lower()


async def test_silence_is_asked_twice_and_then_the_call_ends(calls: LiveCalls) -> None:
    async with calls.place(settings=quick(silence_seconds=0.4)) as call:
        await call.until(lambda: call.socket.closed is not None)
        assert len(call.said()) == 4  # the greeting, two re-prompts, the goodbye
        assert len(set(call.said())) == 4
        assert call.log.ending is not None
        assert not [m for m in call.log.messages if m["role"] == "user"]


async def test_speech_that_is_not_understood_is_asked_about_differently_each_time(calls: LiveCalls) -> None:
    async with calls.place() as call:
        await call.hears("how can I help")
        for turn in range(1, 4):
            await call.says("")
            await call.until(lambda turn=turn: len(call.said()) > turn)  # type: ignore[misc] # bound now
        assert len(set(call.said())) == 4
        assert "message" in call.said()[-1].lower()


async def test_a_barge_in_stops_the_bot_and_keeps_what_was_heard(calls: LiveCalls) -> None:
    async with calls.place(speed=1.0) as call:
        await call.until(lambda: len(call.socket.played) > 8000)
        await call.says("A cleaning tomorrow at two.")
        assert len(call.socket.events("clear")) == 1
        first = call.said()[0]
        assert first.startswith("Thank you")
        assert first.endswith("—")
        assert 3 <= len(first.split()) <= 8


async def test_a_goodbye_is_taken_back_when_the_caller_goes_on(calls: LiveCalls) -> None:
    async with calls.place(speed=2.0) as call:
        await call.hears("how can I help")
        await call.says("No thanks, goodbye.")
        await call.until(lambda: call.agent.speaking)
        await call.says("Oh wait, I'd like a cleaning tomorrow at two.")
        await call.until(lambda: "ok" in statuses(call, "search_availability"))
        await call.hears("two p.m.")
        assert call.socket.closed is None
        assert call.log.ending is None


async def test_a_broken_stream_is_carried_on_where_it_was(calls: LiveCalls) -> None:
    before: tuple[Message, ...] = (
        {"role": "assistant", "content": "Thank you for calling Maple Street Dental. How can I help you?"},
        {"role": "user", "content": "I'd like a cleaning."},
        {"role": "assistant", "content": "What day would suit you?"},
    )
    async with calls.place(messages=before) as call:
        await call.hears("line dropped")
        assert "What day would suit you?" in call.said()[0]
        await call.says("Tomorrow at two.")
        await call.until(lambda: "ok" in statuses_with(before, call))


def statuses_with(before: tuple[Message, ...], call: LiveCall) -> list[str]:
    return [one.status for one in results_of([*before, *call.log.messages])]


async def test_an_answer_that_was_owed_is_given_after_the_break(calls: LiveCalls) -> None:
    before: tuple[Message, ...] = (
        {"role": "assistant", "content": "Thank you for calling Maple Street Dental. How can I help you?"},
        {"role": "user", "content": "I'd like a cleaning tomorrow at two."},
    )
    async with calls.place(messages=before) as call:
        await call.until(lambda: "ok" in statuses_with(before, call))
        await call.hears("two p.m.")


async def test_a_hang_up_ends_the_call_and_is_not_ours(calls: LiveCalls) -> None:
    async with calls.place() as call:
        await call.hears("how can I help")
        call.socket.hang_up()
        await asyncio.wait_for(call.running, 20)
        assert call.log.ending is None


async def test_the_longest_call_ends_even_with_a_caller_who_never_falls_silent(calls: LiveCalls) -> None:
    settings = quick(max_minutes=0.02)
    async with calls.place(settings=settings) as call:
        while call.socket.closed is None:
            await call.socket.speak(call.voice)
        assert call.log.ending is not None
        assert call.log.ending.reason == "the longest call length was reached"


async def test_the_longest_call_ends_with_one_sentence(calls: LiveCalls) -> None:
    async with calls.place(settings=quick(max_minutes=0.1)) as call:
        await call.says("I'd like a cleaning tomorrow at two, please.")
        await call.until(lambda: call.socket.closed is not None)
        assert call.said()[-1].startswith("I'm sorry, I have to end our call here.")
        assert not call.said()[-2].startswith("I'm sorry, I have to end")


async def test_a_quick_function_needs_no_filler_and_a_slow_one_gets_one(calls: LiveCalls) -> None:
    async with calls.place() as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears("two p.m.")
        assert not any("moment" in text.lower() or "calendar" in text.lower() for text in call.said())
    slow = PartnerServer(bot=BOT, windows=[WINDOW])
    async with calls.place(slow) as call:
        await call.hears("how can I help")
        slow.troubled_path, slow.troubles = "/v1/availability/search", ["slow"] * 5
        sentences = len(call.socket.events("mark"))
        await call.says("I'd like a cleaning next week, on Tuesday at two.")
        await call.until(lambda: len(call.socket.events("mark")) == sentences + 1)
        assert not statuses(call, "search_availability")
        slow.windows = [{**WINDOW, "start_at": "2026-12-08T14:00:00-05:00"}]
        slow.release.set()
        await call.hears("two p.m.")
        assert "check" in " ".join(call.said()) or "moment" in " ".join(call.said())


async def test_speech_during_a_booking_neither_cancels_nor_doubles_it(calls: LiveCalls) -> None:
    server = PartnerServer(bot=BOT, windows=[WINDOW], troubles=["slow"])
    async with calls.place(server) as call:
        await read_back(call)
        call.recognizer.words = "Yes, that's right."
        await call.socket.speak(call.voice)
        await call.until(lambda: bool(server.asked_for("/v1/bookings")))
        await call.socket.speak(call.voice)  # "hello?" while the booking is under way
        await call.until(lambda: not call.agent.listening)
        server.release.set()
        await call.hears("booked")
        assert len(server.bookings) == 1
        assert len({one.key for one in server.asked_for("/v1/bookings")}) == 1


async def test_the_phone_is_answered_with_the_endpoints_down(calls: LiveCalls) -> None:
    down = PartnerServer(bot=BOT, troubles=["unreachable"] * 3, troubled_path="/v1/bots/bot_1")
    async with calls.place(down) as call:
        await call.hears("Maple Street Dental")


async def test_a_read_back_that_was_answered_by_something_else_is_said_whole_again(calls: LiveCalls) -> None:
    async with calls.place() as call:
        await read_back(call)
        await call.says("I'd like a cleaning tomorrow at two, please.")
        await call.until(lambda: sum("for Daniel Reed" in line for line in call.said()) == 2)
        await call.says("Yes, that's right.")
        await call.hears("you are booked")
    assert len(call.server.bookings) == 1
