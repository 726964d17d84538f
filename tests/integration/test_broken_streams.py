"""A stream that breaks in the middle of a call: what the caller hears then, and what was asked and booked."""

import asyncio
import contextlib
import json
from typing import Any

import pytest

from agent.briefing import Briefings
from agent.call_start import CallStart
from agent.moving import MOVED
from agent.services import AgentServices
from agent.speech.choice import SpeechChoice
from agent.speech.local import SpeechSynthesizer
from agent.telephony.wire import encode_ulaw
from agent.voice_agent import VoiceAgent
from contracts.conversation import Message, results_of
from kit.keyring import Keyring
from tests.fakes.clock import fixed_clock
from tests.fakes.live_call import (
    BOT,
    CALLER,
    NOW,
    WINDOW,
    LiveCall,
    LiveCalls,
    MemoryLog,
    ScriptedRecognizer,
    quick,
)
from tests.fakes.media_socket import FakeMediaSocket
from tests.fakes.partner_server import PartnerServer
from tests.integration.test_call import read_back
from tools.clients.upstreams import Upstreams

pytestmark = pytest.mark.audio

GREETING = "Thank you for calling Maple Street Dental. How can I help you?"


async def agreed(call: LiveCall) -> None:
    """Take the conversation to the moment in which the booking is under way."""
    await read_back(call)
    call.recognizer.words = "Yes, that's right."
    async with asyncio.timeout(60):
        # A yes that falls into another sentence of the bot's is no answer: a caller says it again.
        while not call.server.asked_for("/v1/bookings"):
            await call.socket.speak(call.voice)
            with contextlib.suppress(TimeoutError):
                await call.until(lambda: bool(call.server.asked_for("/v1/bookings")), seconds=5)


async def drop(call: LiveCall) -> tuple[Message, ...]:
    """Break the stream; gives what stands on the thread then."""
    call.socket.hang_up()
    await asyncio.wait_for(call.running, 20)
    return tuple(call.log.messages)


def booked(messages: list[Message]) -> list[str]:
    return [one.status for one in results_of(messages) if one.status == "booked"]


async def test_a_booking_outlives_its_stream_and_is_told_before_anything_else(calls: LiveCalls) -> None:
    server = PartnerServer(bot=BOT, windows=[WINDOW], troubles=["slow"])
    async with calls.place(server) as first:
        await agreed(first)
        thread = await drop(first)
        assert not booked(first.log.messages)
        async with calls.place(server, messages=thread) as second:
            await second.hears("you are booked")
            said = second.said()
            assert said[0] == "Sorry, the line dropped for a moment."
            assert "You are booked for a cleaning" in said[1]
            assert "anything else" in said[1]
    assert booked(first.log.messages), "the result reaches the thread of the stream that is gone"
    assert len(server.bookings) == 1
    assert len({one.key for one in server.asked_for("/v1/bookings")}) == 1


async def test_a_result_that_nobody_wrote_down_is_asked_for_once_and_told(calls: LiveCalls) -> None:
    server = PartnerServer(bot=BOT, windows=[WINDOW])
    async with calls.place(server) as first:
        await agreed(first)
        await first.hears("booked")
        thread = list(await drop(first))
    # As a server leaves it that is killed between the booking and the thread.
    after = next(n for n, one in enumerate(thread) if booked(thread[: n + 1]))
    async with calls.place(server, messages=tuple(thread[:after])) as second:
        await second.hears("you are booked")
        await second.until(lambda: not second.agent.speaking)
        assert len(server.asked_for("/v1/bookings")) == 2
        assert len([one for one in second.log.messages if one["role"] == "tool"]) == 1
    assert len(server.bookings) == 1


async def test_a_caller_who_speaks_after_the_break_hears_the_outcome_first(calls: LiveCalls) -> None:
    server = PartnerServer(bot=BOT, windows=[WINDOW])
    async with calls.place(server) as first:
        await agreed(first)
        await first.hears("booked")
        thread = list(await drop(first))
    after = next(n for n, one in enumerate(thread) if booked(thread[: n + 1]))
    said: tuple[Message, ...] = (
        *thread[:after],
        {"role": "user", "content": "I'd like a cleaning tomorrow."},
    )
    async with calls.place(server, messages=said) as second:
        await second.hears("you are booked")
        assert "You are booked" in second.said()[1]
    assert len(server.bookings) == 1


async def test_a_line_that_was_cut_is_said_with_its_question(calls: LiveCalls) -> None:
    before: tuple[Message, ...] = (
        {"role": "assistant", "content": GREETING},
        {"role": "user", "content": "I'd like a cleaning."},
        {"role": "assistant", "content": "All right."},
    )
    async with calls.place(messages=before) as call:
        await call.until(lambda: len(call.said()) > 1)
        assert call.said()[0] == "Sorry, the line dropped for a moment."
        assert call.said()[1].endswith("?")


async def test_a_goodbye_that_was_cut_still_ends_the_call(calls: LiveCalls) -> None:
    function: dict[str, Any] = {"name": "end_call", "arguments": json.dumps({"reason": "done"})}
    before: tuple[Message, ...] = (
        {"role": "assistant", "content": GREETING},
        {"role": "user", "content": "No thanks, goodbye."},
        {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": "c1", "content": '{"status": "ending"}'},
        {"role": "assistant", "content": "Thank you—"},
    )
    async with calls.place(messages=before) as call:
        await call.until(lambda: call.socket.closed is not None)
        assert call.log.ending is not None
        assert "goodbye" in call.said()[-1].lower()


async def test_whoever_waits_hears_that_they_are_waited_for(calls: LiveCalls) -> None:
    server = PartnerServer(bot=BOT, windows=[WINDOW], troubles=["slow"])
    async with calls.place(server, settings=quick(waiting_seconds=0.2)) as call:
        await agreed(call)
        await call.until(
            lambda: len({text for text in call.said() if "waiting" in text or "holding" in text}) == 3,
            seconds=60,
        )
        server.release.set()
        await call.hears("you are booked")


async def test_a_stream_that_was_replaced_ends_without_a_word(calls: LiveCalls) -> None:
    async with calls.place(settings=quick(silence_seconds=0.4)) as call:
        await call.hears("how can I help")
        call.log.replaced = True
        await call.until(call.running.done)
        assert call.log.ending is None
        assert len(call.said()) == 1


async def test_a_call_moves_with_the_callers_answer_and_is_neither_cut_nor_told_of_it(
    calls: LiveCalls,
) -> None:
    async with calls.place() as first:
        await first.until(lambda: first.agent.speaking)
        moving = asyncio.create_task(first.agent.move())
        await first.until(lambda: bool(first.said()) and not first.agent.speaking)
        assert not first.running.done(), "the answer to the question is waited for"
        await first.says("I'd like a cleaning tomorrow at two.")
        await first.until(first.running.done)
        await moving
        assert len(first.said()) == 1, "the answer is left to the next stream"
    async with calls.place(messages=tuple(first.log.messages)) as second:
        await second.hears("two p.m.")
        assert "two p.m." in second.said()[0]


async def test_a_call_that_moves_tells_first_what_was_under_way(calls: LiveCalls) -> None:
    """Between an outcome and the words for it the line is quiet, too."""
    server = PartnerServer(bot=BOT, windows=[WINDOW], troubles=["slow"])
    async with calls.place(server, settings=quick(silence_seconds=2.0)) as call:
        await agreed(call)
        await call.until(lambda: call.agent.speaking)  # words that fill the wait
        await call.until(lambda: not call.agent.speaking)
        moving = asyncio.create_task(call.agent.move())
        server.release.set()
        await call.until(call.running.done, seconds=60)
        await moving
        assert "You are booked" in call.said()[-1]
        assert call.said()[-1].endswith("?")
        assert call.log.messages[-1]["content"] == MOVED


async def test_a_silent_caller_moves_and_is_asked_whether_they_are_there(calls: LiveCalls) -> None:
    async with calls.place(settings=quick(silence_seconds=0.4)) as first:
        await first.until(lambda: first.agent.speaking)
        moving = asyncio.create_task(first.agent.move())
        await first.until(first.running.done)
        await moving
        assert len(first.said()) == 1
    async with calls.place(messages=tuple(first.log.messages)) as second:
        await second.hears("are you still there")
        assert len(second.said()) == 1


class SlowLog(MemoryLog):
    """A record that takes its time."""

    async def append(self, message: Message) -> None:
        """Keep a message."""
        await asyncio.sleep(0.5)
        await super().append(message)


async def test_calls_have_moved_when_what_was_said_on_them_is_written_down(calls: LiveCalls) -> None:
    settings, server = quick(silence_seconds=0.4), PartnerServer(bot=BOT, windows=[WINDOW])
    upstreams = Upstreams(
        settings,
        partner_credential=lambda _: server.token,
        site_credential=lambda _: "token",
        partner_transport=server.transport(),
        site_transport=server.transport(),
    )
    clock = fixed_clock(NOW)
    # With a voice of its own, which ends with it.
    speech = SpeechChoice(settings, ScriptedRecognizer(), SpeechSynthesizer(settings.speech))
    agent = VoiceAgent(
        settings,
        clock,
        Briefings(settings, Keyring(b"k" * 32), clock, upstreams),
        lambda _: AgentServices(settings, calls.voice_model, speech, None),
    )
    log, socket = SlowLog(), FakeMediaSocket(speed=4.0)
    socket.start()
    await agent.start()
    try:
        start = CallStart("CA1", "MZ1", "bot_1", CALLER, "+12025550142")
        running = asyncio.create_task(agent.run_call(start, socket, log))
        await socket.until_played(160)
        await agent.move_calls()
        assert log.messages[-1]["content"] == MOVED
        await running
    finally:
        await agent.stop()
        await socket.stop()
        await upstreams.aclose()


async def test_a_second_stream_asks_the_same_of_the_same_caller(calls: LiveCalls) -> None:
    """The caller's own number is agreed to in the first stream and used in the second."""
    server = PartnerServer(bot=BOT, windows=[WINDOW])
    async with calls.place(server) as first:
        await read_back(first)
        thread = await drop(first)
    async with calls.place(server, messages=thread) as second:
        await second.hears("Is that right?")
        await second.says("Yes, that's right.")
        await second.hears("you are booked")
    (booking,) = server.bookings.values()
    assert booking["customer"]["phone"] == CALLER


@pytest.mark.parametrize(("left", "words"), [(0.4, "That's right."), (0.1, "That's right."), (0.4, "")])
async def test_an_answer_over_the_end_of_the_question_is_never_met_with_silence(
    calls: LiveCalls, left: float, words: str
) -> None:
    """It is made of the question's own words, or not made out; the stream has only just been connected."""
    server = PartnerServer(bot=BOT, windows=[WINDOW])
    answer = encode_ulaw(await calls.synthesizer.speak("Right."))
    async with calls.place(server) as first:
        await read_back(first)
        thread = await drop(first)
    async with calls.place(server, messages=thread, speed=1.0) as call:
        await call.until(lambda: bool(call.socket.events("mark")))
        await call.until(lambda: call.socket.left_seconds <= left)
        call.recognizer.words = words
        await call.socket.speak(answer)
        sent = len(call.socket.events("media"))
        await call.until(lambda: len(call.socket.events("media")) > sent, seconds=3)
        await call.until(lambda: not call.agent.speaking)
        assert ("You are booked" in call.said()[-1]) is bool(words), call.said()
        assert call.said()[-1].endswith("?")
