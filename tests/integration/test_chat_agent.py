"""The text bot against a real chat server, and without one."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from agent.chat import RECEPTIONIST, ChatAgent
from agent.llm.guards import MOST_ROUNDS
from agent.statements.check import NOTHING_DONE
from config.settings import Settings
from config.vendor_settings import ModelSettings
from config.vendors import DEFAULT_MODEL
from contracts.conversation import Message
from contracts.site import LONGEST_MESSAGE
from tests.fakes.openai_server import (
    Breaks,
    Calls,
    Fails,
    Garbage,
    Hangs,
    OpenAIServer,
    Says,
    Sends,
)
from tests.fakes.practice_api import FakePracticeApi

SEARCH = ("search_availability", {"when": "Wednesday at ten", "service": "check-up"})


@pytest.fixture
async def agent(model: OpenAIServer, tmp_path: Path) -> AsyncIterator[ChatAgent]:
    openai = ModelSettings(base_url=model.base_url, timeout_seconds=20.0)
    agent = ChatAgent(Settings(data_dir=tmp_path, openai_api_key=SecretStr("sk-test"), model=openai))
    yield agent
    await agent.close()


async def _reply(agent: ChatAgent, text: str, messages: list[Message] | None = None) -> list[Message]:
    return await agent.reply(messages or [], text, FakePracticeApi().context(list))


def _says(messages: list[Message]) -> list[tuple[str, str | None]]:
    return [(one["answered_by"], one["content"]) for one in messages if one["role"] == "assistant"]


async def test_without_a_key_the_receptionist_answers(tmp_path: Path) -> None:
    new = await _reply(ChatAgent(Settings(data_dir=tmp_path)), "I'd like a check-up on Wednesday at ten")
    called = [call["function"]["name"] for one in new for call in one.get("tool_calls") or ()]
    assert called == ["find_appointments", "search_availability"]
    assert {who for who, _ in _says(new)} == {RECEPTIONIST}
    assert "is free" in str(new[-1]["content"])


async def test_the_model_answers_with_functions_in_between(agent: ChatAgent, model: OpenAIServer) -> None:
    knowledge = ("search_knowledge", {"question": "Where can I park?"})
    model.will(
        Calls((SEARCH, knowledge)),
        Says("Wednesday the twenty-fifth of November at ten a.m. is free. Shall I take it?"),
    )
    new = await _reply(agent, "A check-up on Wednesday at ten, please")
    assert [one["role"] for one in new] == ["user", "assistant", "tool", "tool", "assistant"]
    assert json.loads(new[2]["content"])["status"] == "ok"
    assert _says(new)[-1] == (
        DEFAULT_MODEL,
        "Wednesday the twenty-fifth of November at ten a.m. is free. Shall I take it?",
    )
    assert model.requests[1]["messages"][-1]["role"] == "tool"
    assert "answered_by" not in str(model.requests[1]["messages"])


async def test_a_model_that_hangs_is_answered_for(model: OpenAIServer, tmp_path: Path) -> None:
    chosen = ModelSettings(base_url=model.base_url, timeout_seconds=1.0)
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
        Fails(429, retry_after=30),
        Fails(401, "invalid_api_key"),
        Garbage(),
        Garbage("{}"),
        Breaks("I can help"),
    ],
    ids=repr,
)
async def test_when_the_model_fails_the_receptionist_takes_the_turn(
    agent: ChatAgent, model: OpenAIServer, failure: Fails | Garbage | Breaks
) -> None:
    model.will(failure)
    new = await _reply(agent, "I'd like a cleaning")
    assert _says(new) == [(RECEPTIONIST, "What day and time would suit you?")]
    assert len(model.requests) == 1


async def test_a_failure_after_a_function_call_goes_on_from_its_result(
    agent: ChatAgent, model: OpenAIServer
) -> None:
    knowledge = ("search_knowledge", {"question": "Where can I park?"})
    model.will(Calls((knowledge, SEARCH), text="Let me look."), Fails(503))
    new = await _reply(agent, "A check-up on Wednesday at ten, please")
    assert [who for who, _ in _says(new)] == [DEFAULT_MODEL, RECEPTIONIST]
    assert "Wednesday the twenty-fifth of November at ten a.m. is free" in str(new[-1]["content"])


async def test_the_receptionist_goes_on_where_the_model_stopped(
    agent: ChatAgent, model: OpenAIServer
) -> None:
    model.will(Calls((SEARCH,)))
    so_far = await _reply(agent, "A check-up on Wednesday at ten, please")
    model.will(Fails(500))
    new = await _reply(agent, "yes please", so_far)
    assert _says(new)[-1][0] == RECEPTIONIST
    assert "name" in str(new[-1]["content"])


def _call(name: str | None, arguments: str, called: str | None = "call_1", index: int = 0) -> dict[str, Any]:
    function = {"arguments": arguments, **({} if name is None else {"name": name})}
    call = {"index": index, "type": "function", "function": function}
    return {"tool_calls": [call if called is None else {**call, "id": called}]}


def _asks(*deltas: dict[str, Any]) -> Sends:
    return Sends((({"role": "assistant"}, None), *((one, None) for one in deltas), ({}, "tool_calls")))


@pytest.mark.parametrize(
    "answer",
    [
        Sends((({"role": "assistant", "content": "  \n"}, None), ({}, "stop"))),
        Sends((({"role": "assistant", "content": "A cleaning costs one hundr"}, None), ({}, "length"))),
        Sends((({"role": "assistant", "content": "A cleaning costs one"}, None), ({}, "content_filter"))),
        Sends((({"role": "assistant", "refusal": "I can't help with that."}, None), ({}, "stop"))),
        Sends((({"role": "assistant", "content": "You are booked"}, None),)),
        Sends((*(({"content": "word " * 5_000}, None) for _ in range(5)), ({}, "stop"))),
        _asks(_call("search_availability", "[" * 100_000)),
        _asks(_call("write_to_memory", json.dumps({"key": "k", "data": "x" * 20_000}))),
        _asks(*(_call("get_current_time", "{}", f"c{n}", n) for n in range(33))),
    ],
    ids=lambda value: str(value)[:80],
)
async def test_an_answer_that_cannot_be_used_is_the_receptionist_s_turn(
    agent: ChatAgent, model: OpenAIServer, answer: Sends
) -> None:
    model.will(answer, Says("When would you like to come?"))
    new = await _reply(agent, "I'd like a cleaning")
    assert _says(new) == [(RECEPTIONIST, "What day and time would suit you?")]
    await _reply(agent, "tomorrow", new)
    assert len(model.requests) == 2


async def test_a_model_that_talks_for_ever_is_stopped(model: OpenAIServer, tmp_path: Path) -> None:
    openai = ModelSettings(base_url=model.base_url, answer_seconds=0.3)
    agent = ChatAgent(Settings(data_dir=tmp_path, openai_api_key=SecretStr("sk-test"), model=openai))
    model.will(Says("and so on " * 500, pause_seconds=0.05))
    assert _says(await _reply(agent, "I'd like a cleaning"))[-1][0] == RECEPTIONIST
    await agent.close()


@pytest.mark.parametrize(
    "answer",
    [
        _asks(_call("get_current_time", "{}", None)),
        _asks(_call(None, "{}")),
        _asks(_call("get_current_time", "{}", "a"), _call("get_current_time", "{}", "a", 1)),
        _asks(_call("fünf ü!", "{}")),
        _asks(_call("get_current_time", '{"timezone": "\ud83d\0"}')),
        _asks({"content": "Hm \ud83d\0"}, _call("get_current_time", "not json")),
    ],
    ids=lambda value: ascii(value)[:80],
)
async def test_what_a_model_says_can_be_kept_and_sent_back(
    agent: ChatAgent, model: OpenAIServer, answer: Sends
) -> None:
    model.will(answer, Says("I see."), Says("Yes."))
    first = await _reply(agent, "What time is it?")
    again = await _reply(agent, "And now?", first)
    assert [_says(one)[-1] for one in (first, again)] == [(DEFAULT_MODEL, "I see."), (DEFAULT_MODEL, "Yes.")]
    kept = json.dumps([*first, *again], ensure_ascii=False).encode()
    assert b"\\u0000" not in kept
    for request in model.requests:
        calls = [one for message in request["messages"] for one in message.get("tool_calls", ())]
        assert len({one["id"] for one in calls}) == len(calls)
        assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", one["function"]["name"]) for one in calls)
        assert all(isinstance(json.loads(one["function"]["arguments"]), dict) for one in calls)


async def test_a_history_of_loose_ends_is_sent_as_a_server_takes_it(
    agent: ChatAgent, model: OpenAIServer
) -> None:
    call = {"id": "a", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    history: list[Message] = [
        {"role": "tool", "content": "nobody asked"},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": None},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "user", "content": "Anyone?"},
        {"role": "assistant", "content": "Let me look.", "tool_calls": [call, {**call, "id": "b"}]},
        {"role": "tool", "tool_call_id": "b", "content": "{}"},
        {"role": "tool", "tool_call_id": "z", "content": "{}"},
        {"role": "system", "content": "They are a member."},
    ]
    model.will(Says("Yes?"))
    assert _says(await _reply(agent, "Still there?", history)) == [(DEFAULT_MODEL, "Yes?")]
    _, *sent = model.requests[0]["messages"]
    roles = [(one["role"], one.get("tool_call_id"), len(one.get("tool_calls", ()))) for one in sent]
    assert roles == [
        ("user", None, 0),
        ("user", None, 0),
        ("assistant", None, 1),
        ("tool", "b", 0),
        ("system", None, 0),
        ("user", None, 0),
        ("system", None, 0),
    ]


async def test_a_conversation_without_end_is_sent_from_where_there_is_room(
    agent: ChatAgent, model: OpenAIServer
) -> None:
    history: list[Message] = []
    for number in range(300):
        history += [
            {"role": "user", "content": f"{number} " + "x" * 500},
            {"role": "assistant", "content": "Yes."},
        ]
    model.will(Says("Yes?"), Says("Yes?"))
    await _reply(agent, "And now?", history)
    _, *sent = model.requests[0]["messages"]
    assert sent[0]["role"] == "user"
    assert sent[-2]["content"] == "And now?"
    assert 50_000 < sum(len(json.dumps(one)) for one in sent) <= ModelSettings().history_characters
    await _reply(agent, "x" * LONGEST_MESSAGE, [{"role": "user", "content": "y" * 200_000}])
    assert [one["role"] for one in model.requests[1]["messages"]] == ["system", "user", "system"]


async def test_a_claim_of_a_booking_that_is_not_there_never_leaves(
    agent: ChatAgent, model: OpenAIServer
) -> None:
    claim = "You're all booked for Tuesday at 2 p.m."
    model.will(Says(f"Great! {claim} See you then!"), Says(f"Great! {claim} See you then!"))
    new = await _reply(agent, "Tuesday at two please")
    assert _says(new) == [(DEFAULT_MODEL, f"Great! {NOTHING_DONE}")]
    told = model.requests[1]["messages"][-1]
    assert told["role"] == "system"
    assert f'This was not said: "{claim}", because' in told["content"]


async def test_a_model_that_is_told_why_may_say_it_better(agent: ChatAgent, model: OpenAIServer) -> None:
    model.will(Says("You're all booked for Tuesday at 2 p.m."), Says("May I have your name first?"))
    new = await _reply(agent, "Tuesday at two please")
    assert _says(new) == [(DEFAULT_MODEL, "May I have your name first?")]
    assert len(model.requests) == 2


async def test_a_model_that_only_says_that_it_looks_is_asked_again(
    agent: ChatAgent, model: OpenAIServer
) -> None:
    model.will(Says("Let me look at the calendar."), Says("What day would suit you?"))
    new = await _reply(agent, "I'd like a cleaning")
    assert _says(new) == [(DEFAULT_MODEL, "What day would suit you?")]
    assert "call the function" in str(model.requests[-1]["messages"][-1])


async def test_a_model_that_puts_an_answer_off_for_ever_is_answered_for(
    agent: ChatAgent, model: OpenAIServer
) -> None:
    model.will(Says("Let me look at the calendar."), Says("One moment, please."))
    new = await _reply(agent, "I'd like a cleaning")
    assert _says(new) == [(RECEPTIONIST, "What day and time would suit you?")]


async def test_a_claim_beside_a_function_call_is_left_out(agent: ChatAgent, model: OpenAIServer) -> None:
    model.will(Calls((SEARCH,), text="You're all booked for Wednesday at ten a.m."))
    new = await _reply(agent, "A check-up on Wednesday at ten, please")
    said = " ".join(str(words) for _, words in _says(new) if words)
    assert said == "Wednesday the twenty-fifth of November at ten a.m. is free. Shall I take that?"


async def test_a_model_that_has_no_end_is_stopped(agent: ChatAgent, model: OpenAIServer) -> None:
    model.will(Says("We have many services. " * 400))
    new = await _reply(agent, "I'd like a cleaning")
    assert _says(new) == [(RECEPTIONIST, "What day and time would suit you?")]


async def test_arguments_that_are_no_json_are_told_to_the_model(
    agent: ChatAgent, model: OpenAIServer
) -> None:
    model.will(Calls((("search_availability", '{"when": '),)), Says("When would you like to come?"))
    new = await _reply(agent, "Hi")
    assert json.loads(new[2]["content"])["status"] == "invalid"
    assert _says(new)[-1] == (DEFAULT_MODEL, "When would you like to come?")


async def test_a_model_that_calls_for_ever_is_stopped(agent: ChatAgent, model: OpenAIServer) -> None:
    model.will(*(Calls((("search_knowledge", {"question": "parking"}),)) for _ in range(MOST_ROUNDS + 2)))
    new = await _reply(agent, "Where can I park?")
    assert len(model.requests) == MOST_ROUNDS
    assert _says(new)[-1][0] == RECEPTIONIST


async def test_speech_that_was_not_understood_is_told_to_the_model(
    agent: ChatAgent, model: OpenAIServer
) -> None:
    model.will(Says("Sorry, could you say that again?"))
    await _reply(agent, "")
    assert "could not be understood" in model.requests[0]["messages"][-2]["content"]


async def test_a_whole_booking_by_text_is_in_the_calendar_once(tmp_path: Path) -> None:
    practice, agent = FakePracticeApi(), ChatAgent(Settings(data_dir=tmp_path))
    messages: list[Message] = []
    ctx = practice.context(lambda: messages)
    for text in ("A check-up on Wednesday at ten", "yes", "Anna Bell", "yes", "yes", "yes", "no thanks"):
        # Kept and read back as JSON, as a thread would be.
        messages = json.loads(json.dumps([*messages, *await agent.reply(messages, text, ctx)]))
    assert [one["customer"]["name"] for one in practice.bookings.values()] == ["Anna Bell"]
