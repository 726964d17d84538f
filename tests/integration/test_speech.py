"""Hearing and speaking with the models that ship in the wheels."""

import asyncio
import re
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.expected import LIKE_LETTERS
from agent.speech.local import SpeechRecognizer, SpeechSynthesizer, SpeechWorkers
from agent.speech.standby import Question, SpeechBusy, Utterance
from agent.telephony.vad import SpeechDetector, SpeechEvent, VoiceModel
from agent.telephony.wire import decode_ulaw, encode_ulaw
from config.vendor_settings import SpeechSettings

pytestmark = [pytest.mark.audio, pytest.mark.xdist_group("speech")]  # its models are loaded once

SETTINGS = SpeechSettings()


@pytest.fixture(scope="module")
def recognizer() -> Iterator[SpeechRecognizer]:
    recognizer = SpeechRecognizer(SETTINGS)
    yield recognizer
    recognizer.close()


@pytest.fixture(scope="module")
def synthesizer() -> Iterator[SpeechSynthesizer]:
    synthesizer = SpeechSynthesizer(SETTINGS)
    yield synthesizer
    synthesizer.close()


@pytest.fixture(scope="module")
def voice_model() -> VoiceModel:
    return VoiceModel()


async def on_the_phone(synthesizer: SpeechSynthesizer, text: str) -> NDArray[np.int16]:
    return decode_ulaw(encode_ulaw(await synthesizer.speak(text)))


def events(detector: SpeechDetector, audio: NDArray[np.int16]) -> list[tuple[SpeechEvent, float]]:
    found = []
    for start in range(0, len(audio), 160):
        found += [(event, (start + 160) / 8000) for event in detector.feed(audio[start : start + 160])]
    return found


@pytest.mark.parametrize(
    "sentence",
    [
        "I would like to book a cleaning.",
        "Next Tuesday afternoon, please.",
        "My name is Emily Watson.",
        "The first one, please.",
        "Yes, that's right.",
    ],
)
async def test_what_the_voice_says_is_heard_over_the_telephone(
    recognizer: SpeechRecognizer, synthesizer: SpeechSynthesizer, sentence: str
) -> None:
    audio = await on_the_phone(synthesizer, sentence)
    heard = await recognizer.transcribe(audio.tobytes() + bytes(8000))
    assert heard.lower().strip(" .") == sentence.lower().strip(" .")


async def test_what_is_longer_than_the_window_is_heard_to_its_end(synthesizer: SpeechSynthesizer) -> None:
    narrow = SpeechSettings(whisper_window_seconds=5)
    long = "I would like to book a cleaning for my daughter, and I want to know how late you are open."
    audio = await on_the_phone(synthesizer, f"{long} We can come next Tuesday afternoon.")
    assert len(audio) > 1.2 * narrow.whisper_window_seconds * 8000
    recognizer = SpeechRecognizer(narrow)
    try:
        assert "Tuesday afternoon" in await recognizer.transcribe(audio.tobytes() + bytes(8000))
    finally:
        recognizer.close()


async def test_the_same_words_are_spoken_alike_and_only_once(synthesizer: SpeechSynthesizer) -> None:
    first = await synthesizer.speak("One moment, please.")
    assert await synthesizer.speak("One moment, please.") is first


async def test_the_voice_does_not_keep_the_caller_waiting(synthesizer: SpeechSynthesizer) -> None:
    audio = np.abs(await on_the_phone(synthesizer, "Good morning."))
    assert np.nonzero(audio > 400)[0][0] < 0.1 * 8000


@pytest.mark.parametrize("seconds", [0.3, 2.0])
async def test_nothing_is_heard_in_noise(recognizer: SpeechRecognizer, seconds: float) -> None:
    noise = np.random.default_rng(7).normal(0, 300, int(8000 * seconds)).astype("<i2")
    assert await recognizer.transcribe(noise.tobytes()) == ""


async def test_speech_is_found_and_silence_is_not(
    synthesizer: SpeechSynthesizer, voice_model: VoiceModel
) -> None:
    speech = await on_the_phone(synthesizer, "I would like to book a cleaning.")
    quiet = np.zeros(8000, np.int16)
    found = events(SpeechDetector(voice_model, SETTINGS), np.concatenate([quiet, speech, quiet]))
    assert [event for event, _ in found if event in {"started", "stopped"}] == ["started", "stopped"]
    (start, stop) = [at for event, at in found if event in {"started", "stopped"}]
    assert 1.0 < start < 1.5
    assert 1.0 + len(speech) / 8000 - 0.3 < stop < 1.0 + len(speech) / 8000 + 0.7


async def test_a_pause_is_announced_before_the_end_and_taken_back_when_speech_goes_on(
    synthesizer: SpeechSynthesizer, voice_model: VoiceModel
) -> None:
    speech = await on_the_phone(synthesizer, "On Monday.")
    speech = speech[: np.nonzero(np.abs(speech) > 400)[0][-1]]
    gap, quiet = np.zeros(1600, np.int16), np.zeros(8000, np.int16)
    found = events(SpeechDetector(voice_model, SETTINGS), np.concatenate([quiet, speech, gap, speech, quiet]))
    assert [event for event, _ in found] == ["started", "paused", "resumed", "paused", "stopped"]


async def test_two_callers_do_not_share_a_state(
    synthesizer: SpeechSynthesizer, voice_model: VoiceModel
) -> None:
    speech = await on_the_phone(synthesizer, "Hello, this is Emily.")
    alone = events(SpeechDetector(voice_model, SETTINGS), speech)
    one, other = SpeechDetector(voice_model, SETTINGS), SpeechDetector(voice_model, SETTINGS)
    noise = np.random.default_rng(3).normal(0, 2000, len(speech)).astype(np.int16)
    together = []
    for start in range(0, len(speech), 160):
        other.feed(noise[start : start + 160])
        together += [(e, (start + 160) / 8000) for e in one.feed(speech[start : start + 160])]
    assert together == alone


async def test_a_full_queue_refuses_and_does_not_grow() -> None:
    synthesizer = SpeechSynthesizer(SpeechSettings(queue_limit=1))
    try:
        results = await asyncio.gather(
            *(synthesizer.speak(f"Sentence number {number}.") for number in range(5)), return_exceptions=True
        )
    finally:
        synthesizer.close()
    assert sum(isinstance(result, bytes) for result in results) == 1
    assert sum(isinstance(result, SpeechBusy) for result in results) == 4


async def test_a_model_that_fails_or_takes_too_long_is_one_that_did_not_come() -> None:
    workers, may_end = SpeechWorkers("test", 2, SpeechSettings(job_seconds=0.1)), threading.Event()

    def fails() -> None:
        raise RuntimeError("no such tensor")

    try:
        with pytest.raises(SpeechBusy, match="RuntimeError"):
            await workers.run(fails)
        with pytest.raises(SpeechBusy, match="nothing came"):
            await workers.run(may_end.wait)
    finally:
        may_end.set()
        workers.close()


async def test_a_job_that_nobody_waits_for_takes_its_room_until_it_is_done() -> None:
    workers, began, may_end = (
        SpeechWorkers("test", 1, SpeechSettings(queue_limit=2)),
        threading.Event(),
        threading.Event(),
    )

    def work() -> None:
        began.set()
        may_end.wait(60)

    job = asyncio.ensure_future(workers.run(work))
    await asyncio.to_thread(began.wait, 60)
    job.cancel()
    await asyncio.gather(job, return_exceptions=True)
    assert not workers.has_room
    may_end.set()
    async with asyncio.timeout(60):
        await until_room(workers)
    workers.close()


async def until_room(workers: SpeechWorkers) -> None:
    while not workers.has_room:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.01)


async def test_letters_are_read_where_they_are_asked_for_and_words_still_as_words(
    recognizer: SpeechRecognizer, synthesizer: SpeechSynthesizer
) -> None:
    async def heard(text: str) -> str:
        audio = await on_the_phone(synthesizer, text)
        return await recognizer.transcribe(audio.tobytes() + bytes(8000), Question(letters=LIKE_LETTERS))

    letters = await heard("D, U, B, O, I, S.")
    assert re.fullmatch(r"(?:[A-Z]\W*)+", letters), letters
    assert "spell" in await heard("I do not want to spell it.")


async def test_digits_are_told_by_their_sound(
    recognizer: SpeechRecognizer, synthesizer: SpeechSynthesizer
) -> None:
    def digits(heard: Utterance) -> str:
        symbols = heard.symbols()
        return symbols.digits.readings(1)[0] if symbols else ""

    audio = await on_the_phone(synthesizer, "It's 2 0 2, 5 5 5, 0 1 4 3.")
    question = Question(choose=digits)
    assert await recognizer.transcribe(audio.tobytes() + bytes(8000), question) == "2025550143"
