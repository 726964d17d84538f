"""Who has the floor while the bot speaks: what was heard decides, not that there was a sound."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.turns.user_start import BaseUserTurnStartStrategy, UserTurnStartedParams

from agent.telephony.floor import BriefVoiceFrame, Verdict, VoiceEndedFrame, WordsUserTurnStartStrategy, judge
from config.vendor_settings import SpeechSettings
from tests.fakes.tasks import processor_setup

SAID = "I have Tuesday the first of December at ten a.m."


@pytest.mark.parametrize(
    ("heard", "verdict"),
    [
        ("", Verdict.NOISE),
        ("Okay.", Verdict.ACKNOWLEDGEMENT),
        ("Uh-huh.", Verdict.ACKNOWLEDGEMENT),
        ("Mm-hmm.", Verdict.ACKNOWLEDGEMENT),
        ("M-M-H-M.", Verdict.ACKNOWLEDGEMENT),
        ("M. H. M. M., okay.", Verdict.ACKNOWLEDGEMENT),
        ("Mmm, Wednesday.", Verdict.WORDS),
        ("Yeah, right.", Verdict.ACKNOWLEDGEMENT),
        ("That's it.", Verdict.ACKNOWLEDGEMENT),
        ("Yes, Wednesday.", Verdict.WORDS),
        ("Um,", Verdict.ACKNOWLEDGEMENT),
        ("No.", Verdict.WORDS),
        ("Wednesday.", Verdict.WORDS),
        ("Stop.", Verdict.WORDS),
        ("Yes, but not on Tuesday.", Verdict.WORDS),
        ("He can't breathe", Verdict.WORDS),
        ("first of December", Verdict.ECHO),
        ("firsts of December", Verdict.ECHO),
        ("December at 10 am", Verdict.ECHO),
        ("Tuesday at eleven", Verdict.WORDS),
    ],
)
def test_words_decide(heard: str, verdict: Verdict) -> None:
    assert judge(heard, SAID, left_seconds=3.0) is verdict


def test_a_yes_to_a_question_that_was_nearly_heard_whole_is_an_answer() -> None:
    assert judge("Yes.", "Is that right?", left_seconds=0.4) is Verdict.WORDS
    assert judge("Uh-huh.", "Is that right?", left_seconds=0.4) is Verdict.WORDS
    assert judge("Um.", "Is that right?", left_seconds=0.4) is Verdict.ACKNOWLEDGEMENT


def test_the_bots_words_from_a_voice_as_loud_as_the_callers_are_the_callers() -> None:
    assert judge("The first of December.", "", left_seconds=3.0) is Verdict.WORDS


@dataclass
class FakeLine:
    """The bot's end of the line, and the ear on the caller's."""

    said: str = ""
    left_seconds: float = 3.0
    may_be_echo: bool = True
    log: list[str] = field(default_factory=list)
    resumed: asyncio.Event = field(default_factory=asyncio.Event)
    now: float = 1000.0

    async def hold(self) -> None:
        self.log.append("held")

    async def resume(self) -> None:
        self.log.append("went on")
        self.resumed.set()

    def said_between(self, start: float, end: float) -> str:
        assert start < end
        return self.said

    def dismiss_echo(self) -> None:
        self.log.append("echo")


@dataclass
class Floor:
    strategy: WordsUserTurnStartStrategy
    line: FakeLine

    async def happens(self, *frames: Frame) -> list[str]:
        """Let frames pass; gives what came of them."""
        self.line.log.clear()
        for frame in frames:
            await self.strategy.process_frame(frame)
        return list(self.line.log)


@asynccontextmanager
async def floor(*, ending: bool = False, recognition_seconds: float = 60.0) -> AsyncIterator[Floor]:
    line = FakeLine()
    strategy = WordsUserTurnStartStrategy(
        SpeechSettings(recognition_wait_seconds=recognition_seconds),
        line,
        line,
        ending=lambda: ending,
        clock=lambda: line.now,
    )
    await strategy.setup(processor_setup())

    async def on_turn(_: BaseUserTurnStartStrategy, params: UserTurnStartedParams) -> None:
        assert params.enable_interruptions
        line.log.append("the caller's turn")
        await strategy.handle_user_turn_started()

    async def on_reset(_: BaseUserTurnStartStrategy) -> None:
        line.log.append("dropped")

    strategy.add_event_handler("on_user_turn_started", on_turn)
    strategy.add_event_handler("on_reset_aggregation", on_reset)
    try:
        yield Floor(strategy, line)
    finally:
        await strategy.cleanup()


VOICE, QUIET = VADUserStartedSpeakingFrame(), VADUserStoppedSpeakingFrame()


def words(text: str) -> TranscriptionFrame:
    return TranscriptionFrame(text, "", "")


async def test_a_voice_holds_the_bot_and_takes_no_turn_yet() -> None:
    async with floor() as one:
        assert await one.happens(BotStartedSpeakingFrame(), VOICE) == ["held"]


@pytest.mark.parametrize("heard", ["", "Okay.", "Uh-huh."])
async def test_what_says_nothing_lets_the_bot_go_on_and_is_no_part_of_the_conversation(heard: str) -> None:
    async with floor() as one:
        await one.happens(BotStartedSpeakingFrame(), VOICE, QUIET)
        assert await one.happens(words(heard)) == ["dropped", "went on"]


async def test_words_take_the_turn() -> None:
    async with floor() as one:
        await one.happens(BotStartedSpeakingFrame(), VOICE, QUIET)
        assert await one.happens(words("No, on Wednesday.")) == ["the caller's turn"]


async def test_the_bots_own_voice_is_dropped_and_told_to_the_ear() -> None:
    async with floor() as one:
        one.line.said = SAID
        await one.happens(BotStartedSpeakingFrame(), VOICE, QUIET)
        assert await one.happens(words("first of December")) == ["dropped", "echo", "went on"]


async def test_an_echo_just_after_the_bot_fell_silent_takes_no_turn() -> None:
    async with floor() as one:
        one.line.said = "How can I help you?"
        await one.happens(BotStartedSpeakingFrame(), BotStoppedSpeakingFrame(), VOICE, QUIET)
        assert "the caller's turn" not in await one.happens(words("help you"))


@pytest.mark.parametrize(("seconds", "of_the_caller"), [(0.3, False), (0.8, True)])
async def test_an_answer_made_of_the_questions_words_lasts_longer_than_an_echo(
    seconds: float, of_the_caller: bool
) -> None:
    async with floor() as one:
        one.line.said, one.line.left_seconds = "Is that right?", 0.0
        await one.happens(BotStartedSpeakingFrame(), BotStoppedSpeakingFrame())
        one.line.now += 0.4
        await one.happens(VOICE, VoiceEndedFrame(stop_secs=0.35, voice_seconds=seconds))
        log = await one.happens(words("Yes, that's right."))
        assert ("the caller's turn" in log) is of_the_caller


async def test_an_answer_at_the_heels_of_the_question_that_was_not_understood_takes_the_turn() -> None:
    async with floor() as one:
        await one.happens(BotStartedSpeakingFrame(), BotStoppedSpeakingFrame(), VOICE, QUIET)
        assert await one.happens(words("")) == ["the caller's turn"]


async def test_a_voice_takes_the_turn_at_once_when_the_bot_waits_for_the_caller() -> None:
    async with floor() as one:
        await one.happens(BotStartedSpeakingFrame(), BotStoppedSpeakingFrame())
        one.line.now += 10
        assert await one.happens(VOICE) == ["the caller's turn"]


async def test_a_cough_after_the_goodbye_does_not_take_it_back() -> None:
    async with floor(ending=True) as one:
        await one.happens(BotStartedSpeakingFrame(), BotStoppedSpeakingFrame())
        one.line.now += 10
        await one.happens(VOICE, QUIET)
        assert "the caller's turn" not in await one.happens(words(""))


async def test_words_that_come_when_the_turn_is_over_begin_another() -> None:
    async with floor() as one:
        await one.happens(BotStartedSpeakingFrame(), BotStoppedSpeakingFrame())
        one.line.now += 10
        await one.happens(VOICE, QUIET)
        await one.strategy.handle_user_turn_stopped()
        assert await one.happens(words("The first one, please.")) == ["the caller's turn"]


async def test_words_said_while_the_bot_could_not_be_interrupted_are_dropped() -> None:
    async with floor() as one:
        assert await one.happens(BotStartedSpeakingFrame(), words("Hello?")) == ["dropped"]


async def test_the_bot_goes_on_when_no_words_ever_come() -> None:
    async with floor(recognition_seconds=0.01) as one:
        await one.happens(BotStartedSpeakingFrame(), VOICE, QUIET)
        await asyncio.wait_for(one.line.resumed.wait(), 10)


async def test_while_the_caller_speaks_on_the_bot_stays_held() -> None:
    async with floor() as one:
        await one.happens(BotStartedSpeakingFrame(), VOICE, QUIET, VOICE)
        assert await one.happens(words("Uh")) == ["dropped"]
        assert await one.happens(QUIET, words("can I ask something")) == ["the caller's turn"]


async def brief_sound(one: Floor, heard: str) -> list[str]:
    """Let the bot wait for a yes or no, and hear a sound too short to be a turn."""
    await one.happens(BotStartedSpeakingFrame(), BotStoppedSpeakingFrame())
    one.line.now += 10
    assert await one.happens(BriefVoiceFrame(), VoiceEndedFrame(stop_secs=0.35, voice_seconds=0.35)) == []
    return await one.happens(words(heard))


async def test_a_word_that_is_too_short_for_a_turn_takes_it_when_it_is_understood() -> None:
    async with floor() as one:
        assert await brief_sound(one, "Yep.") == ["the caller's turn"]


async def test_what_a_short_sound_meant_is_asked_once_until_words_come() -> None:
    async with floor() as one:
        for then in (["the caller's turn"], ["dropped", "went on"], ["dropped", "went on"]):
            assert await brief_sound(one, "") == then
            await one.strategy.handle_user_turn_stopped()
        assert await brief_sound(one, "No.") == ["the caller's turn"]
        await one.strategy.handle_user_turn_stopped()
        assert await brief_sound(one, "") == ["the caller's turn"]


@pytest.mark.parametrize(("seconds", "then"), [(0.35, "went on"), (0.9, "the caller's turn")])
async def test_more_words_than_anybody_says_in_that_time_are_made_up(seconds: float, then: str) -> None:
    async with floor() as one:
        await one.happens(BotStartedSpeakingFrame(), VADUserStartedSpeakingFrame())
        await one.happens(VoiceEndedFrame(stop_secs=0.35, voice_seconds=seconds))
        log = await one.happens(TranscriptionFrame("That's what I thought.", "", ""))
        assert log[-1] == then
