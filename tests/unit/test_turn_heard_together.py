"""A turn with pauses in it is heard together, from its beginning."""

import asyncio
from collections.abc import Sequence
from typing import cast

from pipecat.frames.frames import (
    Frame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMUserAggregatorParams
from pipecat.processors.frame_processor import FrameDirection
from pipecat.turns.user_start import BaseUserTurnStartStrategy
from pipecat.turns.user_stop import BaseUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from agent.speech.local import LocalSTTService, SpeechRecognizer
from agent.speech.standby import NO_QUESTION, Question
from agent.telephony.turns import SaidSoFarFrame, TurnAggregator
from agent.telephony.wire import SAMPLE_RATE_HZ
from tests.fakes.lone_service import LoneService, lone

VOICE, QUIET = VADUserStartedSpeakingFrame(), VADUserStoppedSpeakingFrame()
BEGINS, ENDS = UserStartedSpeakingFrame(), UserStoppedSpeakingFrame()
STRETCH = 50
"""Frames of 20 ms."""


class SecondsHeard:
    """Hears how long somebody spoke, in seconds; nothing in what is given as unclear."""

    has_room = True

    def __init__(self, *unclear: int) -> None:
        self._unclear = unclear

    async def transcribe(self, pcm: bytes, _: Question = NO_QUESTION) -> str:
        seconds = round(len(pcm) / 2 / SAMPLE_RATE_HZ - 0.5)
        return "" if seconds in self._unclear else f"{seconds} s"


async def heard(frames: Sequence[Frame], *, unclear: Sequence[int] = (), stretch: int = STRETCH) -> list[str]:
    """Give what was written down, with a ``=`` before what replaces the words so far."""
    service = LocalSTTService(cast("SpeechRecognizer", SecondsHeard(*unclear)))
    async with lone(service) as one:
        written: list[str] = []
        for frame in frames:
            if frame is QUIET:
                written.append(await _stretch(one, stretch))
            elif frame is not VOICE:
                await one.host.put(frame)
                await asyncio.sleep(0)
        return written


async def _stretch(one: LoneService, frames: int) -> str:
    text, _ = await one.hear(frames)
    return text


async def test_what_follows_on_a_pause_is_heard_with_what_came_before() -> None:
    assert await heard([VOICE, BEGINS, QUIET, VOICE, QUIET, VOICE, QUIET]) == ["1 s", "2 s", "3 s"]


async def test_the_next_turn_begins_afresh() -> None:
    assert await heard([VOICE, BEGINS, QUIET, ENDS, VOICE, BEGINS, QUIET]) == ["1 s", "1 s"]


async def test_what_was_not_taken_for_the_callers_words_is_not_heard_again() -> None:
    assert await heard([VOICE, QUIET, VOICE, QUIET]) == ["1 s", "1 s"]


async def test_what_began_a_turn_over_the_bot_belongs_to_it() -> None:
    assert await heard([VOICE, QUIET, BEGINS, VOICE, QUIET]) == ["1 s", "2 s"]


async def test_words_of_long_ago_stay_and_are_not_heard_again() -> None:
    frames = [VOICE, BEGINS, *[QUIET] * 3]
    assert await heard(frames, stretch=12 * STRETCH) == ["12 s", "24 s", "24 s 12 s"]


async def test_what_is_heard_together_replaces_its_pieces() -> None:
    params = LLMUserAggregatorParams(
        user_turn_strategies=UserTurnStrategies(
            start=[BaseUserTurnStartStrategy()], stop=[BaseUserTurnStopStrategy()]
        )
    )
    aggregator = TurnAggregator(LLMContext(), params=params)
    for frame in (
        TranscriptionFrame("But for cleaning.", "", ""),
        SaidSoFarFrame("A cleaning for Tuesday.", "", ""),
        TranscriptionFrame("", "", ""),
    ):
        await aggregator.process_frame(frame, FrameDirection.DOWNSTREAM)
    assert aggregator.aggregation_string() == "A cleaning for Tuesday."
