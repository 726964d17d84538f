"""OpenAI's hearing and voice, and who stands by for them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from agent.speech.choice import SpeechChoice
from agent.speech.openai_voice import same_words
from agent.speech.standby import NO_QUESTION, Listening, Question
from agent.telephony.wire import decode_ulaw
from config.settings import Settings
from config.vendor_settings import SpeechSettings
from config.vendors import LOCAL, OPENAI
from tests.fakes.lone_service import LoneService, lone
from tests.fakes.openai_realtime import tone
from tests.fakes.openai_server import Fails, Hangs, OpenAIServer, openai_server

LISTENING = Listening(("Dr. Maya Lee", "Cleaning"), ("en",))
SENTENCE = "Tuesday the first of December at two p.m. is free."


class Heard:
    """A local model that says that it was asked."""

    queue = 0.0

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.prompts: list[str] = []
        self.began = asyncio.Event()
        self.attentive = asyncio.Event()
        self.attentive.set()

    async def transcribe(self, pcm: bytes, question: Question = NO_QUESTION) -> str:
        self.heard.append(len(pcm))
        self.prompts.append(question.prompt)
        self.began.set()
        await self.attentive.wait()
        return "heard on this machine"

    async def speak(self, text: str) -> bytes:
        return text.encode() * 100

    def close(self) -> None: ...


@pytest.fixture
async def vendor() -> AsyncIterator[OpenAIServer]:
    async with openai_server() as server:
        server.realtime.hears = server.hears = "The first one, please."
        yield server


@pytest.fixture
def local() -> Heard:
    return Heard()


PATIENT_SECONDS = 8.0
"""For a vendor that answers: no machine is so busy that it would not come first."""
HASTY = "1.5"
"""For one that does not."""


def choice(vendor: OpenAIServer, local: Heard, **speech: str) -> SpeechChoice:
    settings = Settings(
        openai_api_key=SecretStr("sk-test"),
        speech=SpeechSettings.model_validate(
            {
                "stt": OPENAI,
                "tts": OPENAI,
                "stt_url": vendor.base_url,
                "tts_url": vendor.base_url,
                "hearing_seconds": PATIENT_SECONDS,
                "voice_seconds": PATIENT_SECONDS,
                **speech,
            }
        ),
    )
    return SpeechChoice(settings, local, local)


@pytest.fixture
async def hearing(vendor: OpenAIServer, local: Heard) -> AsyncIterator[LoneService]:
    made = choice(vendor, local).hearing(LISTENING, lambda: Question("Which one?"))
    async with lone(made) as service:
        await vendor.realtime.configured.wait()
        yield service


@pytest.fixture
async def voice(vendor: OpenAIServer, local: Heard) -> AsyncIterator[LoneService]:
    async with lone(choice(vendor, local).voice()) as service:
        yield service


async def test_words_come_at_the_end_of_the_turn(
    hearing: LoneService, vendor: OpenAIServer, local: Heard
) -> None:
    for _ in range(3):
        text, seconds = await hearing.hear()
        assert text == "The first one, please."
        assert seconds < PATIENT_SECONDS / 2
    assert not local.heard
    assert all(900 <= one <= 1100 for one in vendor.realtime.committed)
    session = vendor.realtime.sessions[-1]
    assert session["audio"]["input"]["transcription"] == {
        "model": "gpt-live-transcribe",
        "keywords": ["Dr. Maya Lee", "Cleaning"],
        "languages": ["en"],
        "prompt": "Which one?",
    }
    assert session["audio"]["input"]["turn_detection"] is None


@pytest.mark.parametrize("trouble", ["fail", "cut", "hang"])
async def test_what_the_vendor_fails_at_is_heard_on_this_machine(
    vendor: OpenAIServer, local: Heard, trouble: str
) -> None:
    patience = {} if trouble == "fail" else {"hearing_seconds": HASTY}
    async with lone(
        choice(vendor, local, **patience).hearing(LISTENING, lambda: Question("Which one?"))
    ) as hearing:
        await vendor.realtime.configured.wait()
        vendor.realtime.troubles.append(trouble)
        text, seconds = await hearing.hear()
    assert text == "heard on this machine"
    assert (local.heard, local.prompts) == ([50 * 320], ["Which one?"])
    assert seconds < PATIENT_SECONDS / 2


@pytest.fixture
async def hasty(vendor: OpenAIServer, local: Heard) -> AsyncIterator[LoneService]:
    made = choice(vendor, local, hearing_seconds=HASTY).hearing(LISTENING, lambda: Question("Which one?"))
    async with lone(made) as service:
        await vendor.realtime.configured.wait()
        yield service


async def test_after_a_fault_the_vendor_hears_again(hearing: LoneService, vendor: OpenAIServer) -> None:
    vendor.realtime.troubles.append("fail")
    assert (await hearing.hear())[0] == "heard on this machine"
    assert (await hearing.hear())[0] == "The first one, please."
    assert hearing.none_left()


async def test_a_slow_vendor_whose_words_come_first_all_the_same_is_heard(
    hasty: LoneService, vendor: OpenAIServer, local: Heard
) -> None:
    local.attentive.clear()
    vendor.realtime.answers.clear()
    turn = asyncio.create_task(hasty.hear())
    async with asyncio.timeout(10):
        await local.began.wait()  # beside the vendor, which goes on
    vendor.realtime.answers.set()
    assert (await turn)[0] == "The first one, please."
    local.attentive.set()
    assert (await hasty.hear())[0] == "The first one, please."
    assert hasty.none_left()


async def test_a_vendor_that_hangs_once_is_heard_again_afterwards(
    hasty: LoneService, vendor: OpenAIServer
) -> None:
    vendor.realtime.troubles.append("hang")
    words = [(await hasty.hear())[0] for _ in range(3)]
    assert words == ["heard on this machine", "heard on this machine", "The first one, please."]


async def test_a_vendor_that_hangs_again_and_again_is_left_alone_by_every_call(
    vendor: OpenAIServer, local: Heard
) -> None:
    vendor.realtime.troubles.extend(["hang"] * 6)
    shared = choice(vendor, local, hearing_seconds=HASTY)
    waits = []
    for _ in range(2):
        async with lone(shared.hearing(LISTENING, Question)) as service:
            waits += [(await service.hear())[1] for _ in range(2)]
    assert min(waits[:3]) >= float(HASTY)
    assert waits[3] < float(HASTY), "after three failures nobody waits for it, in another call either"


async def test_a_vendor_s_voice_that_hangs_again_and_again_is_left_alone(
    vendor: OpenAIServer, local: Heard
) -> None:
    vendor.realtime.troubles.extend(["hang"] * 6)
    async with lone(choice(vendor, local, voice_seconds=HASTY).voice()) as service:
        waits = [(await service.speak(f"Sentence number {n}."))[1] for n in range(4)]
    assert min(waits[:3]) >= float(HASTY)
    assert waits[3] < float(HASTY)


async def test_a_vendor_that_cannot_be_reached_costs_no_wait(vendor: OpenAIServer, local: Heard) -> None:
    vendor.realtime.refuses = 429
    async with lone(choice(vendor, local).hearing(LISTENING, Question)) as service:
        text, seconds = await service.hear()
    assert text == "heard on this machine"
    assert seconds < PATIENT_SECONDS / 2


async def test_silence_is_heard_as_no_words(hearing: LoneService, vendor: OpenAIServer, local: Heard) -> None:
    vendor.realtime.hears = ""
    text, seconds = await hearing.hear()
    assert (text, local.heard) == ("", [])
    assert seconds < PATIENT_SECONDS / 2


async def test_a_turn_at_a_time_is_the_other_way(vendor: OpenAIServer, local: Heard) -> None:
    made = choice(vendor, local, stt="openai-turns", hearing_seconds=HASTY).hearing(
        LISTENING, lambda: Question("Which one?")
    )
    async with lone(made) as service:
        assert (await service.hear())[0] == "The first one, please."
        vendor.audio_troubles.extend([Fails(404, "model_not_found"), Fails(429), Hangs()])
        for _ in range(3):
            assert (await service.hear())[0] == "heard on this machine"
    asked = vendor.requests[0]
    assert (asked["model"], asked["keywords[]"], asked["languages[]"]) == (
        "gpt-transcribe",
        ["Dr. Maya Lee", "Cleaning"],
        ["en"],
    )


async def test_a_sentence_is_spoken_when_it_is_the_sentence(voice: LoneService, vendor: OpenAIServer) -> None:
    audio, _ = await voice.speak(SENTENCE)
    assert audio == decode_ulaw(tone(SENTENCE)).tobytes()
    assert (await voice.speak(SENTENCE))[0] == audio
    assert vendor.realtime.spoken == [SENTENCE]  # what was said once is kept


@pytest.mark.parametrize(
    "said",
    [
        "Sure! Tuesday the first of December at two p.m. is free.",
        "Tuesday the second of December at two p.m. is free.",
        "Tuesday the first of December at two p.m.",
        "",
    ],
)
async def test_other_words_than_those_asked_for_are_never_heard(
    voice: LoneService, vendor: OpenAIServer, local: Heard, said: str
) -> None:
    vendor.realtime.rewords[SENTENCE] = said
    audio, _ = await voice.speak(SENTENCE)
    assert audio == await local.speak(SENTENCE)
    vendor.realtime.rewords.clear()
    assert (await voice.speak(SENTENCE))[0] == decode_ulaw(tone(SENTENCE)).tobytes()


@pytest.mark.parametrize("trouble", ["fail", "cut", "hang"])
async def test_a_sentence_that_the_vendor_does_not_finish_is_said_here(
    vendor: OpenAIServer, local: Heard, trouble: str
) -> None:
    patience = {"voice_seconds": HASTY} if trouble == "hang" else {}
    async with lone(choice(vendor, local, **patience).voice()) as voice:
        vendor.realtime.troubles.append(trouble)
        audio, _ = await voice.speak(SENTENCE)
        assert audio == await local.speak(SENTENCE)
        assert (await voice.speak("Good-bye."))[0] == decode_ulaw(tone("Good-bye.")).tobytes()


def test_case_and_punctuation_are_no_other_words() -> None:
    assert same_words("It's free, isn't it?", "it\u2019s FREE isn't it")
    assert not same_words("at two p.m.", "at 2 p.m.")
    assert not same_words("nine to five", "five to nine")


async def test_with_only_a_key_openai_hears_and_the_local_voice_speaks(
    vendor: OpenAIServer, local: Heard
) -> None:
    made = choice(vendor, local, stt="auto", tts="auto")
    async with lone(made.hearing(LISTENING, Question)) as service:
        await vendor.realtime.configured.wait()
        assert (await service.hear())[0] == "The first one, please."
    assert (
        SpeechChoice(Settings(speech=SpeechSettings(tts=LOCAL)), local, local)
        .voice()
        .name.startswith("LocalTTSService")
    )
    assert made.voice().name.startswith("LocalTTSService")


async def test_a_vendor_may_keep_us_waiting_for_as_long_as_the_setting_says(
    vendor: OpenAIServer, local: Heard
) -> None:
    vendor.realtime.troubles.append("hang")
    async with lone(choice(vendor, local, voice_seconds="3.5").voice()) as service:
        audio, seconds = await service.speak(SENTENCE)
    assert audio == await local.speak(SENTENCE)
    assert 3.5 <= seconds < PATIENT_SECONDS


async def test_without_the_local_speech_a_fault_is_said_to_be_one(
    vendor: OpenAIServer, local: Heard, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = choice(vendor, local, hearing_seconds=HASTY, voice_seconds=HASTY).settings
    alone = SpeechChoice(settings, None, None)
    vendor.realtime.troubles.extend(["fail"] * 3)
    async with lone(alone.hearing(LISTENING, Question)) as service:
        await vendor.realtime.configured.wait()
        assert (await service.hear())[0] == ""
    async with lone(alone.voice()) as service:
        assert (await service.speak(SENTENCE))[0] == b""
    said = capsys.readouterr().out
    assert "nobody hears" in said
    assert "nobody speaks" in said
    assert "make extra NAME=local" in said
