"""A whole call: real pipeline, real voice, real endpoints' protocol; only the recognition is scripted."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from contracts.conversation import Message, results_of
from tests.fakes.partner_server import PartnerServer
from tests.fakes.phone import BOT, WINDOW, Exchange, Phone, quick

pytestmark = [pytest.mark.audio, pytest.mark.xdist_group("audio")]


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    exchange = await Exchange.open()
    yield exchange
    exchange.synthesizer.close()


def statuses(phone: Phone, name: str) -> list[str]:
    return [one.status for one in results_of(phone.log.messages) if one.name == name]


def spoke_or_booked(phone: Phone, said: int) -> Callable[[], bool]:
    return lambda: len(phone.said()) > said or bool(statuses(phone, "book_appointment"))


async def read_back(phone: Phone) -> None:
    """Take the conversation to the point where the booking has been read back."""
    await phone.hears("how can I help")
    await phone.says("I'd like a cleaning tomorrow at two, please.")
    await phone.until(lambda: "search_availability" in str(phone.log.messages))
    answers = {
        "number": "Yes, please.",
        "name": "My name is Daniel Reed.",
        "two": "Yes, two o'clock, please.",
    }
    while True:
        answered = len(phone.said())
        asked = phone.said()[-1].lower()
        if answer := next((words for part, words in answers.items() if part in asked), None):
            await phone.says(answer)
        await phone.until(spoke_or_booked(phone, answered))
        if statuses(phone, "book_appointment"):
            break
    await phone.hears("Is that right?")


async def test_a_call_ends_in_one_booking(exchange: Exchange) -> None:
    async with exchange.call() as phone:
        await read_back(phone)
        await phone.says("Yes, that's right.")
        await phone.hears("booked")
        assert len(phone.server.bookings) == 1
        await phone.says("No, that's all, thank you.")
        await phone.until(lambda: phone.socket.closed is not None)
        assert phone.log.ending is not None
        assert phone.log.ending.kind == "hang_up"
        assert "goodbye" in phone.said()[-1].lower()
    assert len(phone.server.asked_for("/v1/bookings")) == 1


async def test_nothing_is_called_booked_that_the_ledger_does_not_hold(exchange: Exchange) -> None:
    server = PartnerServer(bot=BOT, windows=[WINDOW], troubles=["taken"])
    async with exchange.call(server) as phone:
        await read_back(phone)
        before = len(phone.said())
        await phone.says("Yes, that's right.")
        await phone.until(lambda: len(phone.said()) > before)
        assert not server.bookings
        assert "booked" not in " ".join(phone.said()[before:]).lower()


async def test_silence_is_asked_twice_and_then_the_call_ends(exchange: Exchange) -> None:
    async with exchange.call(settings=quick(silence_seconds=0.4)) as phone:
        await phone.until(lambda: phone.socket.closed is not None)
        assert len(phone.said()) == 4  # the greeting, two re-prompts, the goodbye
        assert len(set(phone.said())) == 4
        assert phone.log.ending is not None
        assert not [m for m in phone.log.messages if m["role"] == "user"]


async def test_speech_that_is_not_understood_is_asked_about_differently_each_time(exchange: Exchange) -> None:
    async with exchange.call() as phone:
        await phone.hears("how can I help")
        for turn in range(1, 4):
            await phone.says("")
            await phone.until(lambda turn=turn: len(phone.said()) > turn)  # type: ignore[misc] # bound now
        assert len(set(phone.said())) == 4
        assert "message" in phone.said()[-1].lower()


async def test_a_barge_in_stops_the_bot_and_keeps_what_was_heard(exchange: Exchange) -> None:
    async with exchange.call(speed=1.0) as phone:
        await phone.until(lambda: len(phone.socket.played) > 8000)
        await phone.says("A cleaning tomorrow at two.")
        assert len(phone.socket.events("clear")) == 1
        first = phone.said()[0]
        assert first.startswith("Thank you")
        assert first.endswith("—")
        assert 3 <= len(first.split()) <= 8


async def test_a_goodbye_is_taken_back_when_the_caller_goes_on(exchange: Exchange) -> None:
    async with exchange.call(speed=2.0) as phone:
        await phone.hears("how can I help")
        await phone.says("No thanks, goodbye.")
        await phone.until(lambda: phone.call.speaking)
        await phone.says("Oh wait, I'd like a cleaning tomorrow at two.")
        await phone.until(lambda: "ok" in statuses(phone, "search_availability"))
        await phone.hears("two p.m.")
        assert phone.socket.closed is None
        assert phone.log.ending is None


async def test_a_broken_stream_is_carried_on_where_it_was(exchange: Exchange) -> None:
    before: tuple[Message, ...] = (
        {"role": "assistant", "content": "Thank you for calling Maple Street Dental. How can I help you?"},
        {"role": "user", "content": "I'd like a cleaning."},
        {"role": "assistant", "content": "What day would suit you?"},
    )
    async with exchange.call(messages=before) as phone:
        await phone.hears("line dropped")
        assert "What day would suit you?" in phone.said()[0]
        await phone.says("Tomorrow at two.")
        await phone.until(lambda: "ok" in statuses_with(before, phone))


def statuses_with(before: tuple[Message, ...], phone: Phone) -> list[str]:
    return [one.status for one in results_of([*before, *phone.log.messages])]


async def test_an_answer_that_was_owed_is_given_after_the_break(exchange: Exchange) -> None:
    before: tuple[Message, ...] = (
        {"role": "assistant", "content": "Thank you for calling Maple Street Dental. How can I help you?"},
        {"role": "user", "content": "I'd like a cleaning tomorrow at two."},
    )
    async with exchange.call(messages=before) as phone:
        await phone.until(lambda: "ok" in statuses_with(before, phone))
        await phone.hears("two p.m.")


async def test_a_hang_up_ends_the_call_and_is_not_ours(exchange: Exchange) -> None:
    async with exchange.call() as phone:
        await phone.hears("how can I help")
        phone.socket.hang_up()
        await asyncio.wait_for(phone.running, 20)
        assert phone.log.ending is None


async def test_the_longest_call_ends_even_with_a_caller_who_never_falls_silent(exchange: Exchange) -> None:
    settings = quick(max_minutes=0.02)
    async with exchange.call(settings=settings) as phone:
        while phone.socket.closed is None:
            await phone.socket.speak(phone.voice)
        assert phone.log.ending is not None
        assert phone.log.ending.reason == "the longest call length was reached"


async def test_a_quick_function_needs_no_filler_and_a_slow_one_gets_one(exchange: Exchange) -> None:
    async with exchange.call() as phone:
        await phone.hears("how can I help")
        await phone.says("I'd like a cleaning tomorrow at two.")
        await phone.hears("two p.m.")
        assert not any("moment" in text.lower() or "calendar" in text.lower() for text in phone.said())
    slow = PartnerServer(bot=BOT, windows=[WINDOW])
    async with exchange.call(slow) as phone:
        await phone.hears("how can I help")
        slow.troubled_path, slow.troubles = "/v1/availability/search", ["slow"] * 5
        sentences = len(phone.socket.events("mark"))
        await phone.says("I'd like a cleaning next week, on Tuesday at two.")
        await phone.until(lambda: len(phone.socket.events("mark")) == sentences + 1)
        assert not statuses(phone, "search_availability")
        slow.windows = [{**WINDOW, "start_at": "2026-12-08T14:00:00-05:00"}]
        slow.release.set()
        await phone.hears("two p.m.")
        assert "check" in " ".join(phone.said()) or "moment" in " ".join(phone.said())


async def test_speech_during_a_booking_neither_cancels_nor_doubles_it(exchange: Exchange) -> None:
    server = PartnerServer(bot=BOT, windows=[WINDOW], troubles=["slow"])
    async with exchange.call(server) as phone:
        await read_back(phone)
        phone.recognizer.words = "Yes, that's right."
        await phone.socket.speak(phone.voice)
        await phone.until(lambda: bool(server.asked_for("/v1/bookings")))
        await phone.socket.speak(phone.voice)  # "hello?" while the booking is under way
        await phone.until(lambda: not phone.call.listening)
        server.release.set()
        await phone.hears("booked")
        assert len(server.bookings) == 1
        assert len({one.key for one in server.asked_for("/v1/bookings")}) == 1


async def test_the_phone_is_answered_with_the_endpoints_down(exchange: Exchange) -> None:
    down = PartnerServer(bot=BOT, troubles=["unreachable"] * 3, troubled_path="/v1/bots/bot_1")
    async with exchange.call(down) as phone:
        await phone.hears("Maple Street Dental")
