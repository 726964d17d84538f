"""Calls with vendors beside OpenAI, their faults, and callers with nobody who stands by for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from agent.call import NOT_SPOKEN
from config.settings import Settings
from config.vendor_settings import ModelSettings, SpeechSettings
from config.vendors import KEYS, LOCAL
from contracts.conversation import results_of
from tests.fakes.live_call import LiveCall, LiveCalls, MemoryLog, quick
from tests.fakes.openai_server import (
    Breaks,
    Calls,
    Fails,
    Hangs,
    OpenAIServer,
    Reply,
    Says,
    openai_server,
)
from tests.fakes.vendor_sockets import Vendors, vendor_sockets

pytestmark = [
    pytest.mark.audio,
    # Deepgram's library takes names from websockets that are on their way out.
    pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning"),
]

COMBINATIONS = {
    "anthropic, deepgram, elevenlabs": ("anthropic", "deepgram", "elevenlabs"),
    "groq, assemblyai, cartesia": ("groq", "assemblyai", "cartesia"),
}
URLS = {
    "deepgram": "ws://{}",
    "assemblyai": "ws://{}/v3/ws",
    "elevenlabs": "ws://{}",
    "cartesia": "ws://{}/tts/websocket",
}
BOOKING: list[Reply] = [
    Calls((("search_availability", {"when": "tomorrow at two", "service": "Cleaning"}),)),
    Says("May I have your full name?"),
    *[Calls((("book_appointment", {"slot_id": "s1", "name": "Anna Bell", "phone": "caller"}),))] * 2,
    Calls((("end_call", {"reason": "booked"}),), text="Goodbye, Anna."),
]


@dataclass
class Scene:
    """Vendors of one combination, and the settings that choose them."""

    vendors: Vendors
    chat: OpenAIServer
    settings: Settings

    def will(self, *replies: Reply) -> None:
        """Let the model answer so, whoever's it is."""
        self.vendors.model.script.extend(replies)
        self.chat.will(*replies)

    async def says(self, call: LiveCall, words: str) -> None:
        """Speak; the vendor, and whoever stands by, understand these words."""
        self.vendors.hears = words
        await call.says(words)


@asynccontextmanager
async def scene(model: str | None, stt: str, tts: str) -> AsyncIterator[Scene]:
    async with vendor_sockets() as vendors, openai_server() as chat:
        given: dict[str, object] = {"stt": stt, "tts": tts, "turn_wait_seconds": 0.05}
        given |= {"dictation_wait_seconds": 0.1, "hearing_seconds": 1.0, "voice_seconds": 1.0}
        if stt != LOCAL:
            given["stt_url"] = URLS[stt].format(vendors.address)
        if tts != LOCAL:
            given |= {"tts_url": URLS[tts].format(vendors.address), "tts_voice": "v1"}
        url = f"http://{vendors.address}" if model == "anthropic" else chat.base_url
        chosen = ModelSettings(service=model, base_url=url, timeout_seconds=2.0) if model else ModelSettings()
        settings = Settings(
            vendor_keys={name: SecretStr("key") for name in KEYS},
            model=chosen,
            speech=SpeechSettings.model_validate(given),
            call=quick().call,
        )
        yield Scene(vendors, chat, settings)


@pytest.mark.parametrize("names", COMBINATIONS.values(), ids=COMBINATIONS)
async def test_a_call_ends_in_a_booking(calls: LiveCalls, names: tuple[str, str, str]) -> None:
    async with scene(*names) as now:
        now.will(*BOOKING)
        async with calls.place(settings=now.settings) as call:
            await call.hears("how can I help")
            await now.says(call, "I'd like a cleaning tomorrow at two.")
            await call.hears("is free. Shall I take that?")
            await now.says(call, "Yes please.")
            await call.hears("full name")
            await now.says(call, "Anna Bell, and this number is fine.")
            await call.hears("for Anna Bell. Is that right?")
            await now.says(call, "Yes, that's right.")
            await call.hears("You are booked for a cleaning with Dr. Maya Lee")
            await call.hears("anything else")
            await now.says(call, "No thank you, bye.")
            await call.hears("Goodbye, Anna.")
            booked = [one.status for one in results_of(call.log.messages) if one.name == "book_appointment"]
            assert booked == ["read_back", "booked"]
            heard = [one["content"] for one in call.log.messages if one["role"] == "user"]
        assert heard[0] == "I'd like a cleaning tomorrow at two."
        assert len(call.server.bookings) == 1
        assert {"May I have your full name?", "Goodbye, Anna."} <= set(now.vendors.spoken)


@pytest.mark.parametrize("names", COMBINATIONS.values(), ids=COMBINATIONS)
async def test_whatever_the_vendors_do_in_a_call_the_caller_is_answered(
    calls: LiveCalls, names: tuple[str, str, str]
) -> None:
    async with scene(*names) as now, calls.place(settings=now.settings) as call:
        await call.hears("how can I help")
        for trouble, reply, words, answer in (
            ("fail", Fails(500), "I'd like a cleaning tomorrow at two.", "two p.m. is free"),
            ("hang", Hangs(), "When are you open?", "two p.m. is free"),
            ("cut", Breaks("We are open until", 2), "Yes, I'll take it.", "name"),
        ):
            now.will(reply)
            now.vendors.troubles.extend([trouble] * 2)  # what the caller says, and the next sentence
            before = len(call.said())
            await now.says(call, words)
            await call.until(
                lambda n=before, part=answer: part in " ".join(call.said()[n:]).lower()  # type: ignore[misc] # bound now
            )
        heard = [one["content"] for one in call.log.messages if one["role"] == "user"]
        assert heard == ["I'd like a cleaning tomorrow at two.", "When are you open?", "Yes, I'll take it."]


@pytest.mark.parametrize("status", [404, 429])
async def test_vendors_that_refuse_everything_leave_the_call_to_this_machine(
    calls: LiveCalls, status: int
) -> None:
    async with scene(*COMBINATIONS["anthropic, deepgram, elevenlabs"]) as now:
        now.vendors.refuses = status
        now.will(*[Fails(status)] * 3)
        async with calls.place(settings=now.settings) as call:
            await call.hears("how can I help")
            await now.says(call, "I'd like a cleaning tomorrow at two.")
            await call.hears("two p.m. is free")
        assert now.vendors.spoken == []


@pytest.mark.parametrize("trouble", ["refused", "fail", "hang"])
async def test_where_nobody_stands_by_the_carrier_says_what_the_voice_cannot(
    calls: LiveCalls, trouble: str
) -> None:
    async with scene(None, "deepgram", "cartesia") as now:
        if trouble == "refused":
            now.vendors.refuses = 429
        else:
            now.vendors.troubles.extend([trouble] * 9)
        async with calls.place(settings=now.settings, local=False) as call:
            await call.until(lambda: call.socket.closed is not None)
        assert call.log.ending is not None
        assert (call.log.ending.kind, call.log.ending.reason) == ("message", "the bot's speech failed")
        assert "Thank you for calling Maple Street Dental." in not_spoken(call.log)


async def test_one_fault_is_tried_again_where_nobody_stands_by(calls: LiveCalls) -> None:
    async with scene(None, "deepgram", "cartesia") as now:
        now.vendors.troubles.append("fail")
        async with calls.place(settings=now.settings, local=False) as call:
            await call.hears("how can I help")
            assert not_spoken(call.log) == ""
            assert call.log.ending is None


@pytest.mark.parametrize(
    ("trouble", "times"),
    # What is not answered may be a noise: the caller is asked again twice as often.
    [("refused", 1), ("cut", 1), ("fail", 2), ("hang", 2)],
)
async def test_a_caller_whom_nobody_hears_is_sent_on(calls: LiveCalls, trouble: str, times: int) -> None:
    async with scene(None, "deepgram", "cartesia") as now:
        now.vendors.deaf = trouble
        async with calls.place(settings=now.settings, local=False) as call:
            await call.hears("how can I help")
            for _ in range(times * now.settings.speech.unheard_limit):
                assert call.socket.closed is None
                said = len(call.said())
                await call.socket.speak(call.voice)
                await call.until(lambda n=said: len(call.said()) > n or call.socket.closed is not None)  # type: ignore[misc] # bound now
            await call.until(lambda: call.socket.closed is not None)
        assert call.log.ending is not None
        assert (call.log.ending.kind, call.log.ending.reason) == ("message", "the bot's speech failed")
        assert not_spoken(call.log) == ""


async def test_a_booking_under_way_is_told_by_the_carrier(calls: LiveCalls) -> None:
    async with scene(None, "deepgram", "cartesia") as now:
        async with calls.place(settings=now.settings, local=False) as call:
            await call.hears("how can I help")
            for words, answer in (
                ("I'd like a cleaning tomorrow at two.", "is free"),
                ("Yes, please.", "name"),
                ("My name is Daniel Reed.", "number"),
                ("Yes, please.", "Is that right?"),
            ):
                await now.says(call, words)
                await call.hears(answer)
            now.vendors.hears = "Yes, that's right."
            now.vendors.troubles.extend(["", *["fail"] * 9])
            await call.socket.speak(call.voice)
            await call.until(lambda: call.socket.closed is not None)
        assert len(call.server.bookings) == 1
        assert "You are booked for a cleaning with Dr. Maya Lee" in not_spoken(call.log)


def not_spoken(log: MemoryLog) -> str:
    return " ".join(one["words"] for one in log.messages if one.get("content") == NOT_SPOKEN)
