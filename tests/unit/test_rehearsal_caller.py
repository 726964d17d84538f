"""The speaking caller, frame by frame, without a clock: when they answer, wait, interrupt, leave."""

import asyncio

import pytest

from rehearsal.caller import Decision, Interruption, RecordedCaller, SpeakingCaller
from rehearsal.events import BotSaid, CallerSaid, Event, Remarked
from rehearsal.mulaw import FRAME_SAMPLES, SILENCE
from rehearsal.speech import SpeechError, VoiceStyle
from tests.fakes.silent_caller import SilentCaller
from tests.fakes.tone_speech import ToneSpeech
from tests.fakes.twilio_bot import tone


class Parrot:
    """Answers everything with its number; leaves after as many turns as told."""

    def __init__(self, turns: int = 99, interruptions: tuple[Interruption, ...] = ()) -> None:
        self.interruptions = interruptions
        self.heard: list[str] = []
        self._turns = turns

    def phrases(self) -> list[str]:
        return [f"answer {number}" for number in range(1, 4)]

    def think(self, heard: str, quiet_seconds: float) -> Decision | None:
        if not heard or ("wait" in heard and quiet_seconds < 2):
            return None
        self.heard.append(heard)
        count = len(self.heard)
        return Decision(
            f"answer {count}", hang_up=count >= self._turns, remark="odd" if "odd" in heard else ""
        )


class Stage:
    """Runs a caller through frames and notes when they spoke."""

    def __init__(self, caller: SpeakingCaller) -> None:
        self.caller = caller
        self.frame = 0
        self.spoke: list[float] = []

    async def play(self, audio: bytes | None = None, seconds: float = 0.0) -> None:
        """Let the caller hear audio, or that many seconds of an empty line."""
        frames: list[bytes | None] = [None] * round(seconds * 50)
        if audio is not None:
            frames = [audio[i : i + FRAME_SAMPLES] for i in range(0, len(audio), FRAME_SAMPLES)]
        for frame in frames:
            if self.caller.speak() is not None:
                self.spoke.append(self.frame * 0.02)
            self.caller.hear(frame, self.frame * 0.02)
            self.frame += 1
            await asyncio.sleep(0)
            await asyncio.sleep(0)


async def stage(
    mind: Parrot | SilentCaller | RecordedCaller, speech: ToneSpeech, events: list[Event] | None = None
) -> Stage:
    caller = SpeakingCaller(mind, speech, VoiceStyle(), (events if events is not None else []).append)
    await caller.prepare()
    return Stage(caller)


async def test_the_caller_answers_half_a_second_after_the_bot() -> None:
    speech, mind, events = ToneSpeech(), Parrot(), list[Event]()
    on = await stage(mind, speech, events)
    await on.play(speech.audio("hello there"))
    await on.play(seconds=2)
    assert mind.heard == ["hello there"]
    assert 0.98 <= on.spoke[0] <= 1.1
    assert len(on.spoke) == 25
    said, answer = events
    assert isinstance(said, BotSaid)
    assert (said.text, said.start) == ("hello there", 0.0)
    assert isinstance(answer, CallerSaid)
    assert answer.text == "answer 1"


async def test_a_short_pause_does_not_end_the_bots_turn() -> None:
    speech, mind = ToneSpeech(), Parrot()
    on = await stage(mind, speech)
    await on.play(speech.audio("first half"))
    await on.play(seconds=0.4)
    await on.play(speech.audio("second half"))
    await on.play(seconds=1)
    assert mind.heard == ["first half second half"]


async def test_the_caller_never_answers_to_half_of_what_was_said() -> None:
    speech, mind = ToneSpeech(), Parrot()
    on = await stage(mind, speech)
    await on.play(speech.audio("first half"))
    await on.play(seconds=0.4)
    speech.attentive.clear()
    await on.play(speech.audio("second half"))
    await on.play(seconds=1)
    assert mind.heard == []
    speech.attentive.set()
    await on.play(seconds=0.5)
    assert mind.heard == ["first half second half"]


async def test_a_mind_that_is_not_sure_goes_on_listening() -> None:
    speech, mind = ToneSpeech(), Parrot()
    on = await stage(mind, speech)
    await on.play(speech.audio("wait a moment"))
    await on.play(seconds=1.5)
    assert not on.spoke
    await on.play(speech.audio("two o'clock?"))
    await on.play(seconds=2.5)
    assert mind.heard == ["wait a moment two o'clock?"]


async def test_a_click_is_not_an_utterance() -> None:
    speech, mind = ToneSpeech(), Parrot()
    on = await stage(mind, speech)
    await on.play(tone(0.06))
    await on.play(SILENCE * 100)
    assert mind.heard == []


async def test_what_the_bot_says_while_the_caller_speaks_belongs_to_its_next_turn() -> None:
    speech, mind = ToneSpeech(), Parrot()
    on = await stage(mind, speech)
    await on.play(speech.audio("one"))
    await on.play(seconds=0.7)
    await on.play(speech.audio("two"))
    await on.play(seconds=1)
    assert mind.heard == ["one", "two"]


async def test_an_interruption_comes_at_its_moment_over_the_bots_voice() -> None:
    speech, events = ToneSpeech(2.0), list[Event]()
    mind = Parrot(interruptions=(Interruption(1, 0.8, "stop please"),))
    on = await stage(mind, speech, events)
    await on.play(speech.audio("a long speech"))
    assert 0.75 <= on.spoke[0] <= 0.9
    assert [e.text for e in events if isinstance(e, CallerSaid)] == ["stop please"]
    assert [e.text for e in events if isinstance(e, BotSaid)] == ["a long speech"]


async def test_the_caller_leaves_after_the_last_word_when_the_bot_does_not() -> None:
    speech = ToneSpeech()
    on = await stage(Parrot(turns=1), speech)
    await on.play(speech.audio("bye?"))
    left = []
    for audio in (SILENCE * 150, speech.audio("goodbye"), SILENCE * 150, SILENCE * 75):
        await on.play(audio)
        left.append(on.caller.hung_up)
    assert left == [False, False, False, True]


async def test_the_bots_last_words_are_heard_out_after_the_call() -> None:
    speech, events = ToneSpeech(), list[Event]()
    on = await stage(Parrot(turns=1), speech, events)
    await on.play(speech.audio("bye?"))
    await on.play(seconds=1.5)
    await on.play(speech.audio("goodbye"))
    await on.caller.finish()
    assert [e.text for e in events if isinstance(e, BotSaid)] == ["bye?", "goodbye"]


async def test_a_remark_is_reported() -> None:
    speech, events = ToneSpeech(), list[Event]()
    on = await stage(Parrot(), speech, events)
    await on.play(speech.audio("odd"))
    await on.play(seconds=1)
    assert Remarked("odd") in events


async def test_a_silent_caller_says_nothing_and_leaves_in_the_end() -> None:
    speech = ToneSpeech()
    on = await stage(SilentCaller(3.0), speech)
    await on.play(speech.audio("hello?"))
    left = []
    for seconds in (2, 6):
        await on.play(seconds=seconds)
        left.append(on.caller.hung_up)
    assert left == [False, True]
    assert not on.spoke


async def test_a_recording_is_played_once_after_the_greeting() -> None:
    speech = ToneSpeech()
    on = await stage(RecordedCaller(tone(1.0), "[me.wav]"), speech)
    await on.play(speech.audio("welcome"))
    await on.play(seconds=3)
    assert len(on.spoke) == 50
    assert 0.98 <= on.spoke[0] <= 1.1
    await on.play(speech.audio("how can I help?"))
    await on.play(seconds=3)
    assert len(on.spoke) == 50


async def test_a_recording_is_played_into_silence_when_no_greeting_comes() -> None:
    on = await stage(RecordedCaller(tone(1.0), "[me.wav]"), ToneSpeech())
    await on.play(seconds=7.5)
    assert not on.spoke
    await on.play(seconds=2)
    assert len(on.spoke) == 50


async def test_deaf_ears_break_the_call_off() -> None:
    speech = ToneSpeech()
    on = await stage(Parrot(), speech)
    speech.broken = True
    with pytest.raises(SpeechError, match="deaf"):
        await on.play(speech.audio("hello") + SILENCE * 50)
