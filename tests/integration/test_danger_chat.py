"""Danger by text comes before the model, which would have answered otherwise, and before the receptionist."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from agent.chat import RECEPTIONIST, ChatAgent, answer_of
from config.settings import Settings
from config.vendor_settings import ModelSettings
from contracts.conversation import Message, results_of
from contracts.emergencies import EmergencyRule
from language.danger.says import says_in
from language.datetimes.resolve import EARLIEST
from tests.fakes.openai_server import OpenAIServer, Says
from tests.fakes.practice_api import FakePracticeApi
from tools.context import ToolContext

COLD = "Sure, I can help with that. What day and time would suit you?"
QUESTION = says_in("en").sentences["question"]
RULE = EmergencyRule(signs=["a knocked-out tooth"], say="Keep the tooth in milk. We'll see you at once.")


@pytest.fixture(params=["a model", "no key"])
async def agent(
    model: OpenAIServer, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[ChatAgent]:
    settings = Settings(data_dir=tmp_path)
    if request.param == "a model":
        vendor = ModelSettings(base_url=model.base_url, timeout_seconds=20.0)
        settings = Settings(data_dir=tmp_path, openai_api_key=SecretStr("sk-test"), model=vendor)
    agent = ChatAgent(settings)
    yield agent
    await agent.close()


def text_context(practice: FakePracticeApi | None = None) -> ToolContext:
    return (practice or FakePracticeApi()).context(list).by_text()


async def talk(agent: ChatAgent, *texts: str, context: ToolContext | None = None) -> list[Message]:
    messages: list[Message] = []
    for text in texts:
        messages += await agent.reply(messages, text, context or text_context())
    return messages


@pytest.mark.parametrize(
    "text",
    [
        "My face is all swollen up on one side and it's getting hard to swallow.",
        "i cant breathe right my tongue is swelling up after that shot",
        "I'd like a cleaning and by the way there's blood everywhere and it won't stop",
        "No, chest pain.",
    ],
)
async def test_danger_is_answered_at_once(agent: ChatAgent, model: OpenAIServer, text: str) -> None:
    model.will(Says(COLD))
    new = await talk(agent, text)
    answer = answer_of(new)
    assert answer.startswith("That sounds like an emergency. Please call 911 right now.")
    assert "?" not in answer
    assert {one["answered_by"] for one in new if one["role"] == "assistant"} == {RECEPTIONIST}
    (asked,) = results_of(new)
    assert (asked.name, asked.arguments["urgency"]) == ("request_person", "emergency")
    assert not model.requests


async def test_danger_in_the_middle_of_a_booking_ends_it(agent: ChatAgent, model: OpenAIServer) -> None:
    model.will(Says("When would you like to come?"), Says(COLD))
    new = await talk(agent, "I'd like a cleaning", "he's turning blue")
    assert "call 911" in str(new[-1]["content"])


async def test_despair_is_answered_with_the_crisis_line(agent: ChatAgent, model: OpenAIServer) -> None:
    model.will(Says(COLD))
    answer = answer_of(await talk(agent, "honestly I just want to end my life"))
    assert "988" in answer
    assert "911" in answer
    assert not model.requests


async def test_after_a_no_the_first_words_are_answered(agent: ChatAgent, model: OpenAIServer) -> None:
    model.will(Says("When would you like to come in?"))
    first, second = "I swallowed my crown and I'd like to see the dentist on Wednesday", "No, nobody."
    messages = await talk(agent, first, second)
    assert messages[1]["content"] == QUESTION
    assert messages[2]["content"] == second
    assert "911" not in answer_of(messages[3:])
    assert answer_of(messages[3:]) not in ("", QUESTION)
    assert [one.name for one in results_of(messages)] != ["request_person"]


async def test_a_yes_to_the_question_raises_the_alarm(agent: ChatAgent, model: OpenAIServer) -> None:
    model.will(Says(COLD))
    messages = await talk(agent, "I swallowed my crown", "yes a little")
    assert "call 911" in answer_of(messages[3:])
    assert not model.requests


async def test_the_practices_own_rule_is_kept_with_a_model_and_without(
    agent: ChatAgent, model: OpenAIServer
) -> None:
    model.will(Says(COLD))
    context = text_context()
    facts = context.facts.model_copy(update={"emergency_rules": [RULE]})
    context.facts = facts
    new = await talk(agent, "my son just knocked out his front tooth", context=context)
    assert answer_of(new).startswith(RULE.say)
    assert [one.arguments["urgency"] for one in results_of(new)] == ["urgent"]
    assert not model.requests


async def test_ordinary_words_are_left_to_whoever_answers(agent: ChatAgent, model: OpenAIServer) -> None:
    model.will(Says("Which day suits you?"))
    new = await talk(agent, "I had a stroke in 2019, can I still get a filling on Wednesday?")
    assert "911" not in answer_of(new)
    assert QUESTION not in answer_of(new)


async def test_what_should_be_seen_soon_is_offered_the_earliest_time_unasked(
    agent: ChatAgent, model: OpenAIServer
) -> None:
    model.will(Says("Let me see."))
    new = await talk(agent, "My filling fell out and it really hurts")
    if model.requests:
        assert "as soon as possible" in str(model.requests[0])
    else:
        (searched,) = [one for one in results_of(new) if one.name == "search_availability"]
        assert searched.arguments["when"] == EARLIEST
        assert "911" not in answer_of(new)
