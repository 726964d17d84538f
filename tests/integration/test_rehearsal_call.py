"""The exchange against a bot on real sockets: protocol, pace, marks, clear, what follows a stream."""

import asyncio
import time
import wave
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rehearsal.call_report import CallReport, CallResult
from rehearsal.conditions import LineConditions, Noise
from rehearsal.exchange import CallPlan, place_call
from rehearsal.line import Caller
from rehearsal.mulaw import FRAME_SAMPLES, SILENCE, is_audible
from tests.fakes.twilio_bot import CONNECT, HANG_UP, TOKEN, Answer, BotCall, TwilioBot, tone


class Handset:
    """A caller whose every frame is known beforehand.

    Args:
        speech: What they say.
        on_cue: They begin when the bot has been heard and is quiet again, not with the call.
        hang_up_after: Seconds.
    """

    def __init__(self, speech: bytes = b"", *, on_cue: bool = False, hang_up_after: float = 30.0) -> None:
        self._silent = on_cue
        self.frames = [speech[i : i + FRAME_SAMPLES] for i in range(0, len(speech), FRAME_SAMPLES)]
        self.heard: list[bytes | None] = []
        self._hang_up_after = hang_up_after

    @property
    def hung_up(self) -> bool:
        return len(self.heard) * 0.02 >= self._hang_up_after

    def speak(self) -> bytes | None:
        return self.frames.pop(0) if self.frames and not self._silent else None

    def hear(self, audio: bytes | None, at: float) -> None:  # noqa: ARG002 - the protocol's argument
        if audio is None and any(self.heard):
            self._silent = False
        self.heard.append(audio)


def plan(bot: TwilioBot, **more: Any) -> CallPlan:
    base = CallPlan(
        voice_url=f"{bot.url}/twilio/voice",
        status_url=f"{bot.url}/twilio/status",
        auth_token=TOKEN,
        to="+12025550142",
        from_="+12025550164",
        max_seconds=20,
    )
    return replace(base, **more)


async def call(bot: TwilioBot, caller: Caller | None = None, **more: Any) -> CallReport:
    return await place_call(plan(bot, **more), caller or Handset())


NEXT: dict[str, list[Answer]] = {"/twilio/voice/next": [HANG_UP]}


async def test_the_call_speaks_twilios_protocol_from_webhook_to_status() -> None:
    async def talk(bot_call: BotCall) -> None:
        await bot_call.say(tone(0.04))
        await bot_call.listen()

    async with TwilioBot(talk, NEXT) as bot:
        report = await call(bot, Handset(tone(0.1), on_cue=True))

    assert report.outcome is CallResult.BOT_HUNG_UP
    assert report.ended_cleanly
    assert bot.paths() == ["/twilio/voice", "/twilio/voice/next", "/twilio/status"]
    assert all(asked.signature_ok for asked in bot.asked)
    assert bot.handshake_signatures == [True]
    voice, then, status = (asked.fields for asked in bot.asked)
    assert voice["CallStatus"] == "ringing"
    assert then["CallStatus"] == "in-progress"
    assert status["CallStatus"] == "completed"
    assert status["CallDuration"].isdecimal()
    for fields in (voice, then, status):
        assert fields["CallSid"] == report.call_sid
        assert (fields["From"], fields["To"]) == ("+12025550164", "+12025550142")
        assert (fields["Caller"], fields["Called"]) == ("+12025550164", "+12025550142")
        assert fields["AccountSid"].startswith("AC")
        assert fields["Direction"] == "inbound"

    messages = bot.calls[0].received
    assert messages[0] == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    start = messages[1]
    assert start["event"] == "start"
    assert start["start"]["callSid"] == report.call_sid
    assert start["start"]["customParameters"] == {"token": "t0k"}
    assert start["start"]["mediaFormat"] == {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    assert start["streamSid"].startswith("MZ")
    assert len(start["streamSid"]) == 34
    assert [int(m["sequenceNumber"]) for m in messages[1:]] == list(range(1, len(messages)))
    chunks = [int(m["media"]["chunk"]) for m in bot.calls[0].events("media")]
    assert chunks == list(range(1, len(chunks) + 1))
    stamps = [int(m["media"]["timestamp"]) for m in bot.calls[0].events("media")]
    assert np.diff(stamps).tolist() == [20] * (len(stamps) - 1)
    assert tone(0.1) in bot.calls[0].heard()


async def test_media_keeps_to_the_wall_clock() -> None:
    async def talk(bot_call: BotCall) -> None:
        await bot_call.until(lambda: len(bot_call.events("media")) >= 50)
        time.sleep(0.4)  # noqa: ASYNC251 - the stall is what is tested
        await bot_call.until(lambda: len(bot_call.events("media")) >= 100)

    async with TwilioBot(talk, NEXT) as bot:
        loop = asyncio.get_running_loop()
        began = loop.time()
        report = await call(bot)
        took = loop.time() - began
    assert took >= 1.98
    # Lateness of one tick does not move the next, which is late by 20 ms less.
    late = report.pace.late_ms
    latest = late.index(max(late))
    assert late[latest] > 300
    assert late[latest + 1] > late[latest] - 21


async def test_a_mark_returns_when_its_audio_was_heard_and_not_before() -> None:
    moments: dict[str, float] = {}

    async def talk(bot_call: BotCall) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await bot_call.say(tone(0.6))
        await bot_call.mark("half")
        await bot_call.say(tone(0.4))
        await bot_call.mark("whole")
        for name in ("half", "whole"):
            await bot_call.marked(name)
            moments[name] = loop.time() - began

    handset = Handset()
    async with TwilioBot(talk, NEXT) as bot:
        report = await call(bot, handset)
    assert 0.55 <= moments["half"] <= 0.9
    assert 0.95 <= moments["whole"] <= 1.4
    assert sum(is_audible(frame) for frame in handset.heard) == 50
    assert report.streams[0].marks_returned == 2


async def test_clear_silences_the_line_and_returns_the_waiting_marks_at_once() -> None:
    async def talk(bot_call: BotCall) -> None:
        await bot_call.say(tone(5.0))
        await bot_call.mark("never heard")
        await bot_call.until(lambda: len(bot_call.events("media")) >= 25)
        await bot_call.clear()
        await bot_call.marked("never heard")

    handset = Handset()
    async with TwilioBot(talk, NEXT) as bot:
        report = await call(bot, handset)
    heard = sum(is_audible(frame) for frame in handset.heard) * 0.02
    assert heard < 1.5
    assert report.streams[0].cleared_seconds == pytest.approx(5.0 - heard, abs=0.3)
    assert report.duration_seconds < 3


async def test_audio_that_the_bot_left_unplayed_dies_with_the_stream() -> None:
    async def talk(bot_call: BotCall) -> None:
        await bot_call.say(tone(5.0))

    pause = '<Response><Pause length="1"/><Hangup/></Response>'
    handset = Handset()
    async with TwilioBot(talk, {"/twilio/voice/next": [pause]}) as bot:
        await call(bot, handset)
    assert len(handset.heard) >= 50
    assert sum(is_audible(frame) for frame in handset.heard) < 25


async def test_hanging_up_sends_stop_and_runs_no_further_verb() -> None:
    async def talk(bot_call: BotCall) -> None:
        await bot_call.stopped.wait()

    async with TwilioBot(talk, NEXT) as bot:
        report = await call(bot, Handset(hang_up_after=0.5))
    assert report.outcome is CallResult.CALLER_HUNG_UP
    assert report.ended_cleanly
    assert bot.calls[0].received[-1]["event"] == "stop"
    assert bot.calls[0].received[-1]["stop"]["callSid"] == report.call_sid
    assert bot.paths() == ["/twilio/voice", "/twilio/status"]


async def test_a_stream_that_dies_is_connected_again_when_the_bot_says_so() -> None:
    async def talk(bot_call: BotCall) -> None:
        if len(bot.calls) == 1:
            await bot_call.socket.close(1011)
        else:
            await bot_call.say(tone(0.3))
            await bot_call.mark("done")
            await bot_call.marked("done")

    async with TwilioBot(talk, {"/twilio/voice/next": [CONNECT, HANG_UP]}) as bot:
        report = await call(bot)
    assert report.outcome is CallResult.BOT_HUNG_UP
    assert [stream.close_code for stream in report.streams] == [1011, 1000]
    assert len({c.stream_sid for c in bot.calls}) == 2


async def test_garbage_from_the_bot_is_counted_and_the_call_goes_on() -> None:
    async def talk(bot_call: BotCall) -> None:
        for text in (
            "",
            "{",
            "[]",
            "1",
            '{"event":"media"}',
            '{"event":"dance","streamSid":"x"}',
            "[" * 100_000,
        ):
            await bot_call.socket.send_text(text)
        await bot_call.socket.send_bytes(b"\x00\xff")
        await bot_call.send("media", media={"payload": "***"})
        await bot_call.send("media", media={})
        await bot_call.send("media", media={"payload": 7})
        await bot_call.send("dance")
        await bot_call.say(tone(0.2))
        await bot_call.mark("after")
        await bot_call.marked("after")

    async with TwilioBot(talk, NEXT) as bot:
        report = await call(bot)
    assert report.ended_cleanly
    assert report.streams[0].received["malformed"] == 12
    assert report.streams[0].marks_returned == 1


async def test_another_streams_messages_are_not_played() -> None:
    async def talk(bot_call: BotCall) -> None:
        mine, bot_call.stream_sid = bot_call.stream_sid, "MZ" + "0" * 32
        await bot_call.say(tone(0.5))
        bot_call.stream_sid = mine
        await bot_call.mark("done")
        await bot_call.marked("done")

    handset = Handset()
    async with TwilioBot(talk, NEXT) as bot:
        await call(bot, handset)
    assert not any(is_audible(frame) for frame in handset.heard)


async def test_the_recording_holds_both_sides_on_one_timeline(tmp_path: Path) -> None:
    async def talk(bot_call: BotCall) -> None:
        await bot_call.say(tone(0.5, hz=500))
        await bot_call.mark("said")
        await bot_call.marked("said")
        await bot_call.until(lambda: len(bot_call.events("media")) >= 60)

    path = tmp_path / "deep" / "call.wav"
    async with TwilioBot(talk, NEXT) as bot:
        report = await call(bot, Handset(SILENCE * 30 + tone(0.4, hz=1500)), record=path)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 8000)
        sides = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).astype(float)
    assert len(sides) / 8000 == pytest.approx(report.duration_seconds, abs=0.2)
    tones = [int(np.argmax(np.abs(np.fft.rfft(sides[:, side], 8000 * 10)))) / 10 for side in (0, 1)]
    assert tones == pytest.approx([1500, 500], abs=5)
    caller_starts = int(np.argmax(np.abs(sides[:, 0]) > 1000)) / 8000
    assert caller_starts == pytest.approx(0.6, abs=0.02)


async def test_a_quiet_line_can_carry_noise() -> None:
    async def talk(bot_call: BotCall) -> None:
        await bot_call.until(lambda: len(bot_call.events("media")) >= 10)

    async with TwilioBot(talk, NEXT) as bot:
        await call(bot, conditions=LineConditions(Noise.HISS))
    heard = bot.calls[0].heard()
    assert set(heard) <= {0xFF, 0x7F, 0xFE, 0x7E}
    assert len(set(heard)) > 1
    assert not is_audible(heard)


async def test_the_greeting_and_the_answer_are_timed() -> None:
    async def talk(bot_call: BotCall) -> None:
        await bot_call.say(tone(0.3))
        await bot_call.listen()
        await bot_call.say(tone(0.3))
        await bot_call.mark("answered")
        await bot_call.marked("answered")

    async with TwilioBot(talk, NEXT) as bot:
        report = await call(bot, Handset(tone(0.4), on_cue=True))
    assert report.timing.greeting_ms is not None
    assert len(report.timing.responses) == 1
    answered = report.timing.responses[0].ms
    assert answered >= 580
    # What else a call lasts is sound: the greeting, the caller, the answer.
    assert report.timing.greeting_ms + answered + 900 <= report.duration_seconds * 1000
