"""The text bot over OpenAI's Responses API."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from agent.chat import RECEPTIONIST, ChatAgent
from config.settings import Settings
from config.vendor_settings import ModelSettings
from config.vendors import DEFAULT_MODEL, OPENAI
from contracts.conversation import Message
from tests.fakes.openai_server import (
    Breaks,
    Calls,
    CutShort,
    Fails,
    Garbage,
    Hangs,
    OpenAIServer,
    Reply,
    Says,
)
from tests.fakes.practice_api import FakePracticeApi

SEARCH = ("search_availability", {"when": "Wednesday at ten", "service": "check-up"})


@pytest.fixture
async def agent(model: OpenAIServer, tmp_path: Path) -> AsyncIterator[ChatAgent]:
    chosen = ModelSettings(service=OPENAI, base_url=model.base_url, timeout_seconds=20.0)
    agent = ChatAgent(Settings(data_dir=tmp_path, openai_api_key=SecretStr("sk-test"), model=chosen))
    yield agent
    await agent.close()


async def _reply(agent: ChatAgent, text: str, *, in_json: bool = False) -> list[Message]:
    return await agent.reply([], text, FakePracticeApi().context(list), in_json=in_json)


def _says(messages: list[Message]) -> list[tuple[str, str | None]]:
    return [(one["answered_by"], one["content"]) for one in messages if one["role"] == "assistant"]


async def test_the_model_answers_with_functions_in_between(agent: ChatAgent, model: OpenAIServer) -> None:
    free = "Wednesday the twenty-fifth of November at ten a.m. is free. Shall I take it?"
    model.will(Calls((SEARCH, ("search_knowledge", {"question": "Where can I park?"}))), Says(free))
    new = await _reply(agent, "A check-up on Wednesday at ten, please")
    assert [one["role"] for one in new] == ["user", "assistant", "tool", "tool", "assistant"]
    assert json.loads(new[2]["content"])["status"] == "ok"
    assert _says(new)[-1] == (DEFAULT_MODEL, free)
    first, second = model.requests
    assert [one["type"] for one in second["input"][-2:]] == ["function_call_output"] * 2
    assert (first["model"], first["store"], first["stream"]) == (DEFAULT_MODEL, False, True)
    assert (first["reasoning"], first["text"]) == ({"effort": "none"}, {"verbosity": "low"})
    assert first["max_output_tokens"] == ModelSettings().max_tokens
    assert first["prompt_cache_key"] == second["prompt_cache_key"] != ""
    assert first["instructions"] == second["instructions"] != ""
    assert "search_availability" in {one["name"] for one in first["tools"]}


async def test_an_answer_in_json_is_asked_for_as_such(agent: ChatAgent, model: OpenAIServer) -> None:
    model.will(Says('{"answer": "yes"}'))
    new = await _reply(agent, "Are you open?", in_json=True)
    assert json.loads(str(new[-1]["content"])) == {"answer": "yes"}
    assert model.requests[0]["text"] == {"verbosity": "low", "format": {"type": "json_object"}}


async def test_a_model_that_hangs_is_answered_for(model: OpenAIServer, tmp_path: Path) -> None:
    chosen = ModelSettings(service=OPENAI, base_url=model.base_url, timeout_seconds=1.0)
    agent = ChatAgent(Settings(data_dir=tmp_path, openai_api_key=SecretStr("sk-test"), model=chosen))
    model.will(Hangs())
    assert _says(await _reply(agent, "I'd like a cleaning")) == [
        (RECEPTIONIST, "What day and time would suit you?")
    ]
    await agent.close()


@pytest.mark.parametrize(
    "failure",
    [
        Fails(500),
        Fails(429, "rate_limit_exceeded"),
        Fails(401, "invalid_api_key"),
        Fails(404, "model_not_found"),
        Garbage(),
        Breaks("I can help you with"),
        CutShort("A cleaning costs one hundr"),
    ],
    ids=repr,
)
async def test_when_the_model_fails_the_receptionist_takes_the_turn(
    agent: ChatAgent, model: OpenAIServer, failure: Reply
) -> None:
    model.will(failure)
    assert _says(await _reply(agent, "I'd like a cleaning")) == [
        (RECEPTIONIST, "What day and time would suit you?")
    ]
    assert len(model.requests) == 1
