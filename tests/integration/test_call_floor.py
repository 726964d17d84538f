"""Who has the floor in a call: real pipeline, voice and transport, and a carrier that obeys `clear`."""

import pytest

from agent.dialogue.responses import is_filler
from tests.fakes.live_call import LiveCall, LiveCalls, quick

pytestmark = pytest.mark.audio

GREETING = "Thank you for calling Maple Street Dental. This is the automated assistant. How can I help you?"


async def sounds_in_the_greeting(call: LiveCall, heard_as: str) -> None:
    """Make a sound one second into the greeting, as long as a word or two, and let the bot go on."""
    await call.until(lambda: len(call.socket.played) > 8000)
    call.recognizer.words = heard_as
    await call.socket.speak(call.voice[: 8000 * 6 // 10])
    await call.until(lambda: len(call.socket.events("clear")) == 1)
    await call.hears("how can I help you?")


@pytest.mark.parametrize("heard_as", ["Uh-huh.", ""])
async def test_the_bot_goes_on_where_it_was_after_a_sound_that_says_nothing(
    calls: LiveCalls, heard_as: str
) -> None:
    async with calls.place(speed=1.0) as call:
        await sounds_in_the_greeting(call, heard_as)
        assert call.said() == [GREETING]
        assert not [one for one in call.log.messages if one["role"] == "user"]
        whole = len(await calls.synthesizer.speak(GREETING)) // 2
        assert whole < len(call.socket.played) < whole + 8000, "taken up where it was, not begun again"


async def test_the_bots_own_voice_on_the_line_is_not_answered(calls: LiveCalls) -> None:
    async with calls.place(speed=1.0) as call:
        await sounds_in_the_greeting(call, "for calling maple street")
        assert call.said() == [GREETING]
        assert not [one for one in call.log.messages if one["role"] == "user"]


async def test_who_asks_for_a_person_is_told_at_once_and_not_bidden_farewell(calls: LiveCalls) -> None:
    async with calls.place() as call:
        await call.hears("how can I help")
        await call.says("Can I speak to a real person, please?")
        await call.hears("I'll put you through")
        await call.until(lambda: call.socket.closed is not None)
        assert call.log.ending is not None
        assert call.log.ending.kind == "transfer"
        assert "goodbye" not in " ".join(call.said()).lower()
        assert " ".join(call.said()).count("put you through") == 1


async def test_recognition_is_told_the_question_that_the_words_answer(calls: LiveCalls) -> None:
    async with calls.place() as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning.")
        assert call.recognizer.prompt.endswith("How can I help you?")


async def test_a_second_goodbye_is_not_taken_back(calls: LiveCalls) -> None:
    async with calls.place(speed=2.0) as call:
        await call.hears("how can I help")
        for _ in range(2):
            await call.says("No thanks, goodbye.")
            await call.until(lambda: call.agent.speaking)
        await call.says("No thanks, goodbye.")
        await call.until(lambda: call.socket.closed is not None)
        assert call.log.ending is not None


@pytest.mark.parametrize(
    ("before", "word", "then"),
    [
        ([], "Yep.", "name"),
        ([("Yes.", "name"), ("Anna.", "last name")], "Lee.", "number"),
    ],
)
async def test_one_short_word_is_an_answer(
    calls: LiveCalls, before: list[tuple[str, str]], word: str, then: str
) -> None:
    async with calls.place() as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two in the afternoon.")
        await call.hears("shall I take that?")
        for words, question in before:
            await call.says(words)
            await call.hears(question)
        await call.until(lambda: not call.agent.speaking)
        call.recognizer.words = word
        await call.socket.speak(call.voice[5400:6600])  # 150 ms of a vowel
        await call.hears(then)


async def test_who_is_not_made_out_for_long_is_told_to_wait(calls: LiveCalls) -> None:
    async with calls.place(settings=quick(waiting_seconds=0.4)) as call:
        await call.hears("how can I help")
        call.recognizer.release.clear()
        call.recognizer.words = "I'd like a cleaning tomorrow at two."
        await call.socket.speak(call.voice)
        await call.until(lambda: is_filler(call.said()[-1]))
        call.recognizer.release.set()
        await call.hears("two p.m.")
