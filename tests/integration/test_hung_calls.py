"""Something hangs in a call and never comes back: how long the caller hears nothing."""

import asyncio
import time
from collections.abc import Callable

import pytest

from config.settings import CallSettings, Settings
from config.vendor_settings import SpeechSettings
from language.sentences import split_sentences
from tests.fakes.live_call import BOT, WINDOW, LiveCall, LiveCalls
from tests.fakes.partner_server import PartnerServer

pytestmark = [pytest.mark.audio, pytest.mark.timeout(120)]

WISH = "I'd like a cleaning tomorrow at two."
SETTINGS = Settings(call=CallSettings(), speech=SpeechSettings(turn_wait_seconds=0.05))
"""Every wait as it is in the field."""
LONGEST_SECONDS = 6.0


class Ear:
    """Listens for silence that the caller did not choose."""

    def __init__(self, call: LiveCall) -> None:
        self._call = call
        self._played = 0
        self._sound_at = time.monotonic()
        self.longest = 0.0

    async def until(self, truth: Callable[[], bool], seconds: float = 40.0) -> None:
        """Wait, and listen."""
        self._sound_at = time.monotonic()
        async with asyncio.timeout(seconds):
            while not truth():
                await self._call.socket.pass_frame()
                now, played = time.monotonic(), len(self._call.socket.played)
                self._sound_at = now if played > self._played else self._sound_at
                self._played = played
                self.longest = max(self.longest, now - self._sound_at)


@pytest.mark.parametrize(
    ("path", "words", "outcome"),
    [
        ("/v1/availability/search", WISH, "can't reach our calendar"),
        ("/v1/bookings/search", "When is my appointment?", "can't reach our calendar"),
        ("/v1/messages", "I want to speak with a person, please.", "put you through"),
    ],
)
async def test_while_an_endpoint_hangs_the_caller_hears_so_and_then_what_came_of_it(
    calls: LiveCalls, path: str, words: str, outcome: str
) -> None:
    server = PartnerServer(bot=BOT, windows=[WINDOW], troubled_path=path, troubles=["silent"] * 9)
    async with calls.place(server, settings=SETTINGS) as call:
        ear = Ear(call)
        await call.hears("how can I help")
        await call.says(words)
        await ear.until(lambda: outcome in " ".join(call.said()))
        assert ear.longest < LONGEST_SECONDS, call.said()
        sentences = split_sentences(call.said()[-1])
        assert len(sentences) == len(set(sentences)), "nothing is said twice in a breath"
