"""Two vendors of each kind beside OpenAI, over the wire that they speak."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from agent.chat import RECEPTIONIST, ChatAgent
from agent.speech.choice import SpeechChoice
from agent.speech.standby import NO_QUESTION, Listening, Question
from config.settings import Settings
from config.vendor_settings import ModelSettings, SpeechSettings
from config.vendors import KEYS
from contracts.conversation import Message
from tests.fakes.lone_service import lone
from tests.fakes.openai_server import (
    Breaks,
    Calls,
    CutShort,
    Fails,
    Garbage,
    Hangs,
    Reply,
    Says,
    openai_server,
)
from tests.fakes.practice_api import FakePracticeApi
from tests.fakes.vendor_sockets import PCM, Vendors, vendor_sockets

# Deepgram's library takes names from websockets that are on their way out.
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

KEY = {name: SecretStr("key") for name in KEYS}
HEARING = {"deepgram": "ws://{}", "assemblyai": "ws://{}/v3/ws"}
LANGUAGES: dict[str, tuple[str, Any]] = {
    "deepgram": ("language", ["es"]),
    "assemblyai": ("language_codes", '["es", "en"]'),
}
VOICES = {"elevenlabs": "ws://{}", "cartesia": "ws://{}/tts/websocket"}
SILENT = {("deepgram", "hang"), ("deepgram", "fail"), ("assemblyai", "hang")}
"""Troubles in which pipecat tells of no error."""
SENTENCE = "Tuesday at two p.m. is free."


class Local:
    """Stands by on this machine."""

    queue = 0.0

    async def transcribe(self, pcm: bytes, question: Question = NO_QUESTION) -> str:
        return f"heard here{question.prompt}" if pcm else ""

    async def speak(self, text: str) -> bytes:
        return text.encode() * 2

    def close(self) -> None: ...


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    async with vendor_sockets() as fake:
        yield fake


HASTY = 1.5
"""Seconds that a vendor may take; a busy machine is quicker."""


def speech(*, local: bool = True, **chosen: Any) -> SpeechChoice:
    given = SpeechSettings.model_validate({"hearing_seconds": HASTY, "voice_seconds": HASTY, **chosen})
    stands_by = Local() if local else None
    return SpeechChoice(Settings(speech=given, vendor_keys=KEY), stands_by, stands_by)


@pytest.mark.parametrize("name", HEARING)
async def test_the_vendor_hears_and_the_local_model_stands_by(name: str, vendors: Vendors) -> None:
    vendors.hears = "The first one, please."
    made = speech(stt=name, stt_url=HEARING[name].format(vendors.address))
    async with lone(made.hearing(Listening(("Dr. Maya Lee",), ("es", "en", "x1")), Question)) as service:
        await service.hear()  # the connection may still be under way
        text, seconds = await service.hear()
        assert text == "The first one, please."
        assert seconds < HASTY
        vendors.troubles.append("hang")
        assert (await service.hear())[0] == "heard here"
    assert "Dr. Maya Lee" in json.dumps(vendors.asked[0])
    assert vendors.asked[0][LANGUAGES[name][0]] == LANGUAGES[name][1]
    assert service.none_left()


@pytest.mark.parametrize("name", VOICES)
async def test_the_vendor_speaks_and_the_local_voice_stands_by(name: str, vendors: Vendors) -> None:
    made = speech(tts=name, tts_voice="v1", tts_url=VOICES[name].format(vendors.address))
    async with lone(made.voice()) as service:
        assert (await service.speak(SENTENCE))[0] == PCM
        assert vendors.spoken == [SENTENCE]
        assert (await service.speak(SENTENCE))[0] == PCM
        assert vendors.spoken == [SENTENCE]
        vendors.troubles.append("hang")
        assert (await service.speak("Good-bye."))[0] == b"Good-bye." * 2


@pytest.mark.parametrize("trouble", ["fail", "cut", "hang"])
@pytest.mark.parametrize("name", HEARING)
async def test_what_a_vendor_fails_to_hear_is_heard_here_and_nothing_twice(
    name: str, trouble: str, vendors: Vendors
) -> None:
    vendors.hears = "The first one, please."
    made = speech(stt=name, stt_url=HEARING[name].format(vendors.address))
    async with lone(made.hearing(Listening(), Question)) as service:
        await service.hear()
        vendors.troubles.append(trouble)
        assert (await service.hear())[0] == "heard here"
        assert service.none_left()


@pytest.mark.parametrize("trouble", ["refused", "fail", "cut", "hang"])
@pytest.mark.parametrize("name", HEARING)
async def test_where_nobody_stands_by_it_is_told_that_nobody_hears(
    name: str, trouble: str, vendors: Vendors
) -> None:
    vendors.hears, vendors.deaf = "The first one, please.", trouble
    url = HEARING[name].format(vendors.address)
    made = speech(local=False, stt=name, stt_url=url, hearing_seconds=0.2)
    limit = made.settings.speech.unheard_limit
    # One that is not answered may be a noise, and counts half.
    utterances = 2 * limit if (name, trouble) in SILENT else limit
    async with lone(made.hearing(Listening(), Question)) as service:
        for _ in range(utterances):
            assert service.lost == 0
            assert (await service.hear())[0] == ""
        assert service.lost == 1


@pytest.mark.parametrize("trouble", ["fail", "cut"])
@pytest.mark.parametrize("name", VOICES)
async def test_a_sentence_that_a_vendor_fails_at_is_said_here(
    name: str, trouble: str, vendors: Vendors
) -> None:
    made = speech(tts=name, tts_voice="v1", tts_url=VOICES[name].format(vendors.address))
    async with lone(made.voice()) as service:
        assert (await service.speak(SENTENCE))[0] == PCM
        vendors.troubles.append(trouble)
        assert (await service.speak("Good-bye."))[0] == b"Good-bye." * 2


@pytest.mark.parametrize("status", [401, 404, 429, 500])
async def test_vendors_that_refuse_the_connection_leave_it_to_this_machine(
    status: int, vendors: Vendors
) -> None:
    vendors.refuses = status
    for name, url in HEARING.items():
        async with lone(
            speech(stt=name, stt_url=url.format(vendors.address)).hearing(Listening(), Question)
        ) as one:
            assert (await one.hear())[0] == "heard here"
    for name, url in VOICES.items():
        async with lone(speech(tts=name, tts_voice="v1", tts_url=url.format(vendors.address)).voice()) as one:
            assert (await one.speak(SENTENCE))[0] == SENTENCE.encode() * 2


async def reply(model: ModelSettings, folder: Path, text: str = "What time is it?") -> list[Message]:
    agent = ChatAgent(Settings(data_dir=folder, model=model, vendor_keys=KEY))
    try:
        return await agent.reply([], text, FakePracticeApi().context(list))
    finally:
        await agent.close()


async def test_anthropic_answers_with_a_function_in_between(vendors: Vendors, tmp_path: Path) -> None:
    vendors.model.script.extend([Calls((("get_current_time", {}),)), Says("How can I help?")])
    model = ModelSettings(service="anthropic", base_url=f"http://{vendors.address}", timeout_seconds=20.0)
    new = await reply(model, tmp_path)
    assert [one["role"] for one in new] == ["user", "assistant", "tool", "assistant"]
    assert new[-1]["content"] == "How can I help?"
    first, second = vendors.model.asked
    assert first["max_tokens"] == ModelSettings().max_tokens
    assert {"tool_use", "tool_result"} <= {
        part["type"] for one in second["messages"] for part in one["content"] if isinstance(part, dict)
    }


FAULTS = [
    Fails(429, "rate_limit_exceeded"),
    Fails(500),
    Fails(404, "model_not_found"),
    Fails(401),
    Hangs(),
    Garbage(),
    Breaks("A cleaning costs one hundred", 3),
    CutShort("A cleaning costs one hundr"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
async def test_when_a_vendors_model_fails_the_receptionist_takes_the_turn(
    vendors: Vendors, tmp_path: Path, fault: Reply
) -> None:
    vendors.model.script.append(fault)
    async with openai_server(fault) as server:
        for service, url in (("anthropic", f"http://{vendors.address}"), ("groq", server.base_url)):
            patience = 1.0 if isinstance(fault, Hangs) else 20.0
            model = ModelSettings(service=service, base_url=url, timeout_seconds=patience)
            new = await reply(model, tmp_path, "I'd like a cleaning")
            assert (new[-1]["answered_by"], new[-1]["content"]) == (
                RECEPTIONIST,
                "What day and time would suit you?",
            )
        assert max(len(server.requests), len(vendors.model.asked)) == 1


@pytest.mark.parametrize(("service", "name"), [("groq", None), ("ollama", "llama-4")])
async def test_vendors_of_the_chat_completions_shape_are_sent_what_they_take(
    service: str, name: str | None, tmp_path: Path
) -> None:
    async with openai_server(
        Calls((("get_current_time", {}),)), Says("How can I help?"), Fails(429)
    ) as server:
        model = ModelSettings(service=service, name=name, base_url=server.base_url, timeout_seconds=20.0)
        assert (await reply(model, tmp_path))[-1]["content"] == "How can I help?"
        asked = server.requests[0]
        assert asked["max_tokens"] == ModelSettings().max_tokens
        assert not {"reasoning_effort", "verbosity", "prompt_cache_key", "store"} & set(asked)
        assert asked["model"] == (name or "openai/gpt-oss-120b")
        assert (await reply(model, tmp_path))[-1]["answered_by"] == RECEPTIONIST
