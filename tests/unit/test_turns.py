"""When the caller's turn ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pipecat.frames.frames import (
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.turns.user_stop import BaseUserTurnStopStrategy, UserTurnStoppedParams

from agent.telephony.patience import Awaited, Expected
from agent.telephony.turns import PatientUserTurnStopStrategy
from config.vendor_settings import SpeechSettings
from tests.fakes.tasks import processor_setup

IMPATIENT = SpeechSettings(turn_wait_seconds=0.01, hesitation_wait_seconds=0.01, dictation_wait_seconds=0.01)
PATIENT = SpeechSettings(turn_wait_seconds=60, hesitation_wait_seconds=60, dictation_wait_seconds=60)
VOICE, QUIET = VADUserStartedSpeakingFrame(), VADUserStoppedSpeakingFrame()


def words(text: str) -> TranscriptionFrame:
    return TranscriptionFrame(text, "", "")


class Turn:
    def __init__(self, strategy: PatientUserTurnStopStrategy) -> None:
        self.strategy = strategy
        self.over = asyncio.Event()

    async def happens(
        self, *frames: TranscriptionFrame | VADUserStartedSpeakingFrame | VADUserStoppedSpeakingFrame
    ) -> None:
        for frame in frames:
            await self.strategy.process_frame(frame)

    async def ends(self) -> bool:
        """Tell whether the turn ends in a while that is long for an impatient strategy."""
        try:
            await asyncio.wait_for(self.over.wait(), 1.0)
        except TimeoutError:
            return False
        return True


@asynccontextmanager
async def turn(
    settings: SpeechSettings,
    expected: Expected = Expected.ANYTHING,
    *,
    recognition_seconds: float = 60.0,
) -> AsyncIterator[Turn]:
    strategy = PatientUserTurnStopStrategy(
        settings.model_copy(update={"recognition_wait_seconds": recognition_seconds}),
        lambda: Awaited(expected),
    )
    await strategy.setup(processor_setup())
    one = Turn(strategy)

    async def on_stop(_: BaseUserTurnStopStrategy, __: UserTurnStoppedParams) -> None:
        one.over.set()

    strategy.add_event_handler("on_user_turn_stopped", on_stop)
    await strategy.handle_user_turn_started()
    try:
        yield one
    finally:
        await strategy.cleanup()


async def test_the_turn_ends_when_the_words_are_there() -> None:
    async with turn(IMPATIENT) as one:
        await one.happens(VOICE, QUIET, words("I'd like a cleaning."))
        assert await one.ends()


async def test_the_turn_does_not_end_while_the_caller_speaks_though_words_come_late() -> None:
    async with turn(IMPATIENT) as one:
        await one.happens(VOICE, QUIET, VOICE, words("It's two zero two."))
        assert not await one.ends()


async def test_late_words_count_with_those_that_follow() -> None:
    async with turn(PATIENT, Expected.NUMBER) as one:
        await one.happens(VOICE, QUIET, VOICE, words("202 555"), QUIET, words("0142"))
        assert await one.ends(), "ten digits are a whole number"


async def test_the_turn_does_not_end_before_every_stretch_of_speech_is_recognised() -> None:
    async with turn(IMPATIENT) as one:
        await one.happens(VOICE, QUIET, VOICE, QUIET, words("I'd like a cleaning."))
        assert not await one.ends()


async def test_words_that_answer_whole_are_not_waited_upon() -> None:
    async with turn(PATIENT, Expected.READ_BACK) as one:
        await one.happens(VOICE, QUIET, words("Yes, that's right."))
        assert await one.ends()


async def test_a_sentence_in_the_air_is_waited_for() -> None:
    async with turn(PATIENT, Expected.READ_BACK) as one:
        await one.happens(VOICE, QUIET, words("No, it's"))
        assert not await one.ends()


async def test_recognition_that_never_comes_does_not_hold_the_call() -> None:
    async with turn(PATIENT, recognition_seconds=0.01) as one:
        await one.happens(VOICE, QUIET)
        assert await one.ends()


async def test_pauses_of_an_earlier_turn_are_no_reason_to_wait_behind_a_short_answer() -> None:
    settings = IMPATIENT.model_copy(update={"hesitation_wait_seconds": 60})
    async with turn(settings, Expected.NAME_PART) as one:
        await one.happens(VOICE, QUIET, words("Thomas"))
        await asyncio.sleep(0.05)
        await one.happens(VOICE, QUIET)
        await one.strategy.handle_user_turn_started()
        started = asyncio.get_running_loop().time()
        await one.happens(words("It's quite risky."))
        assert await one.ends()
        assert asyncio.get_running_loop().time() - started < 0.34  # the settling of a turn, and no pause more


async def test_the_time_between_two_turns_is_no_pause_of_the_callers() -> None:
    settings = IMPATIENT.model_copy(update={"hesitation_wait_seconds": 60})
    async with turn(settings, Expected.ANYTHING) as one:
        await one.happens(VOICE, QUIET, words("I'd like a cleaning, please."))
        assert await one.ends()
        await one.strategy.handle_user_turn_stopped()
        one.over.clear()
        await asyncio.sleep(0.4)  # the bot answers
        await one.happens(VOICE)
        await one.strategy.handle_user_turn_started()
        started = asyncio.get_running_loop().time()
        await one.happens(QUIET, words("No, that's all I need today."))
        assert await one.ends()
        assert asyncio.get_running_loop().time() - started < 0.5
