"""A conversation runs on its assistant: the one its routes choose, at the version it began with."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from config.upstream_settings import SiteApiSettings
from config.vendor_settings import ModelSettings
from config.vendors import DEFAULT_MODEL
from practice.records.assistants import Memory
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.openai_server import Calls, OpenAIServer, Says

KEY = "sk-test"


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path, model: OpenAIServer) -> AsyncIterator[AppUnderTest]:
    openai = ModelSettings(base_url=model.base_url, timeout_seconds=20.0)
    site = SiteApiSettings(cache_seconds=0)  # what a test changes is known at once
    groups: dict[str, Any] = {"model": openai, "openai_api_key": SecretStr(KEY), "site": site}
    async with run_app(tmp_path, sqlite_template, **groups) as opened:
        yield opened


async def say(
    app: AppUnderTest, message: str, assistant: int | None = None, thread: str | None = None
) -> Any:
    body = {"message": message} | ({"threadId": thread} if thread else {})
    path = f"/site/{app.demo.site_id}/assistant/{assistant or app.demo.assistant_id}/chat"
    answer = await app.client.post(path, json=body, headers=app.site())
    assert answer.status_code == 201, answer.text
    return answer.json()


async def change(app: AppUnderTest, **fields: Any) -> None:
    where = (app.demo.site_id, app.demo.assistant_id)
    await app.services.assistants.update_assistant(*where, fields)  # type: ignore[arg-type]


def prompt_of(request: dict[str, Any]) -> str:
    first = request["messages"][0]
    assert first["role"] == "system"
    text: str = first["content"]
    return text


async def test_the_assistants_own_model_and_sampling_are_asked(
    app: AppUnderTest, model: OpenAIServer
) -> None:
    await change(app, model="gpt-35-turbo", temperature_hundredths=20, top_p_hundredths=50)
    model.will(Says("Hello."))
    await say(app, "Hi")
    asked = model.requests[0]
    assert (asked["model"], asked["temperature"], asked["top_p"]) == (DEFAULT_MODEL, 0.2, 0.5)
    assert asked["stream"] is True


async def test_what_nobody_has_set_is_asked_as_the_admin_api_shows_it(
    app: AppUnderTest, model: OpenAIServer
) -> None:
    model.will(Says("Hello."))
    await say(app, "Hi")
    asked = model.requests[0]
    assert (asked["model"], asked["temperature"], asked["top_p"]) == (DEFAULT_MODEL, 0.7, 1.0)
    assert (asked["reasoning_effort"], asked["verbosity"]) == ("none", "low")
    assert asked["max_completion_tokens"] == ModelSettings().max_tokens


async def test_a_thread_keeps_the_version_that_it_began_with(app: AppUnderTest, model: OpenAIServer) -> None:
    await change(app, instructions="Say first.")
    model.will(Says("Hello."), Says("Hello again."), Says("Good morning."))
    began = await say(app, "Hi")
    await change(app, instructions="Say second.")
    await say(app, "Again", thread=began["threadId"])
    fresh = await app.services.chats.start(app.demo.assistant_id, "runtime")
    await say(app, "New", thread=fresh)
    prompts = [prompt_of(one) for one in model.requests]
    assert ["Say first." in one for one in prompts] == [True, True, False]
    assert "Say second." in prompts[2]


async def test_only_the_assistants_tools_are_offered_and_run(app: AppUnderTest, model: OpenAIServer) -> None:
    tools = {one.function: one.id for one in await app.services.tools.list_tools(None)}
    await change(app, tool_ids=[tools["search_knowledge"], tools["get_current_time"]])
    model.will(Calls((("book_appointment", {"slot_id": "x", "name": "A", "phone": "1"}),)), Says("I see."))
    answer = await say(app, "Book me in")
    offered = [one["function"]["name"] for one in model.requests[0]["tools"]]
    assert offered == ["search_knowledge", "get_current_time"]
    assert "book_appointment" not in prompt_of(model.requests[0])
    kept = await app.services.chats.messages(answer["threadId"])
    results = [json.loads(one["content"]) for one in kept if one["role"] == "tool"]
    assert [one["status"] for one in results] == ["unavailable"]


async def test_the_time_is_told_by_a_function(app: AppUnderTest, model: OpenAIServer) -> None:
    model.will(Calls((("get_current_time", {}),)), Says("It is nine."))
    await say(app, "What time is it?")
    result = json.loads(model.requests[1]["messages"][-1]["content"])
    assert (result["now"], result["timezone"]) == ("2026-12-01T09:00:00-05:00", "America/New_York")


async def test_what_is_written_down_is_known_in_the_next_turn(app: AppUnderTest, model: OpenAIServer) -> None:
    model.will(Calls((("write_to_memory", {"key": "pet", "data": "a dog"}),)), Says("I see."), Says("A dog."))
    first = await say(app, "I have a dog")
    assert "a dog" not in prompt_of(model.requests[0])
    await say(app, "Which pet did I say?", thread=first["threadId"])
    assert prompt_of(model.requests[2]).endswith("- pet: a dog")


async def test_what_was_found_stands_beside_the_question_and_on_the_thread(
    app: AppUnderTest, model: OpenAIServer
) -> None:
    where = (app.demo.site_id, app.demo.assistant_id)
    much = "\n\n".join(
        f"# Room {number}\n\nIts door is green. " + "It is quiet. " * 30 for number in range(120)
    )
    await app.services.files.add_file(*where, file_name="rooms.md", content=much.encode())
    model.will(Says("There is parking behind the house."))
    answer = await say(app, "Where can I park my car?")
    *_, question, beside, hour = model.requests[0]["messages"]
    assert hour["content"].startswith("It is Tuesday the first of December at nine a.m.")
    assert question == {"role": "user", "content": "Where can I park my car?"}
    assert beside["role"] == "system"
    assert "visiting-us.md" in beside["content"]
    assert "visiting-us.md" not in prompt_of(model.requests[0])
    kept = await app.services.chats.messages(answer["threadId"])
    assert [one["role"] for one in kept] == ["user", "assistant"]
    assert "visiting-us.md" in {source["file"] for source in kept[1]["sources"]}


async def test_small_files_stand_in_the_prompt_whole(app: AppUnderTest, model: OpenAIServer) -> None:
    where = (app.demo.site_id, app.demo.assistant_id)
    for file in await app.services.files.list_files(*where):
        await app.services.files.delete_file(*where, file.id)
    await app.services.files.add_file(*where, file_name="wifi.md", content=b"# Wi-Fi\n\nAsk at the desk.\n")
    model.will(Says("Ask at the desk."))
    await say(app, "Do you have Wi-Fi?")
    assert "[wifi.md, Wi-Fi]\n> Ask at the desk." in prompt_of(model.requests[0])
    assert [one["role"] for one in model.requests[0]["messages"]] == ["system", "user", "system"]


async def test_another_assistant_is_asked_and_its_answer_is_data(
    app: AppUnderTest, model: OpenAIServer
) -> None:
    other = await app.services.assistants.create_assistant(
        app.demo.site_id,
        {"name": "Billing", "instructions": "You know bills.", "tool_ids": []},
        code="bills",
    )
    tool = next(one for one in await app.services.tools.list_tools(None) if one.source_id == other.id)
    await change(app, tool_ids=[tool.id])
    model.will(
        Calls((("ask_bills", {"input": "What does a cleaning cost?"}),)),
        Says("Please ask at the desk."),
        Says("Please ask at the desk."),
    )
    answer = await say(app, "What does it cost?")
    asked = model.requests[1]
    assert "You know bills." in prompt_of(asked)
    assert asked["messages"][1] == {"role": "user", "content": "What does a cleaning cost?"}
    assert "tools" not in asked
    kept = await app.services.chats.messages(answer["threadId"])
    assert json.loads(kept[2]["content"]) == {"status": "ok", "answer": "Please ask at the desk."}


async def test_nobody_is_put_through_by_an_assistant_that_is_asked(app: AppUnderTest) -> None:
    other = await app.services.assistants.create_assistant(app.demo.site_id, {"name": "Billing"})
    ask = app.services.others.ask_for(app.demo.bot_id, "CA1")
    assert ask is not None
    told = await ask(other.id, "I want to talk to a person, please put me through")
    assert told.startswith("Nobody of the team can join us here just now. I can take a message")


async def test_a_call_goes_to_the_assistant_that_its_route_names(app: AppUnderTest) -> None:
    services, site = app.services, app.demo.site_id
    spring = await services.assistants.create_assistant(site, {"name": "Spring"})
    night = await services.assistants.create_assistant(site, {"name": "Night"})
    await services.routes.create_route(spring.id, {"campaign": "spring"})
    await services.routes.create_route(night.id, {"after_hours": "true"})
    await app.twilio("/twilio/voice", app.incoming("CA1"))
    own = await services.calls.get("CA1")
    assert (own.assistant_id, own.assistant_version) == (app.demo.assistant_id, 1)
    await app.twilio("/twilio/voice?tag_campaign=spring", app.incoming("CA2"))
    assert (await services.calls.get("CA2")).assistant_id == spring.id


async def test_a_call_that_is_connected_again_keeps_its_version(app: AppUnderTest) -> None:
    await app.twilio("/twilio/voice", app.incoming("CA1"))
    await change(app, instructions="Changed in the middle of the call.")
    await app.twilio("/twilio/voice/next", app.incoming("CA1"))
    assert (await app.services.calls.get("CA1")).assistant_version == 1


async def test_evaluation_in_json_asks_for_json_and_passes_it_on(
    app: AppUnderTest, model: OpenAIServer
) -> None:
    await change(app, response_format_json=True)
    model.will(Says('{"intent": "parking. And more."}'))
    made = await app.services.clients.create_client(["assistants:read"])
    token = await app.services.access_tokens.issue(made.client.id, ["assistants:read"])
    answer: httpx.Response = await app.client.post(
        "/api/v2/assistants/maple-street/evaluate",
        json={"input": {"text": "Hi"}},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert json.loads(answer.json()["output"]) == {"intent": "parking. And more."}
    assert model.requests[0]["response_format"] == {"type": "json_object"}
    assert "one JSON object" in prompt_of(model.requests[0])


async def test_what_an_evaluation_without_a_conversation_wrote_down_is_not_kept(
    app: AppUnderTest, model: OpenAIServer
) -> None:
    made = await app.services.clients.create_client(["assistants:read"])
    token = await app.services.access_tokens.issue(made.client.id, ["assistants:read"])
    for params, kept in (({}, 0), ({"conversation_id": "c1"}, 1)):
        model.will(Calls((("write_to_memory", {"key": "pet", "data": "a dog"}),)), Says("I see."))
        answer = await app.client.post(
            "/api/v2/assistants/maple-street/evaluate",
            params=params,
            json={"input": {"text": "I have a dog"}},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.json() == {"output": "I see."}
        async with app.services.database.reading() as session:
            assert await session.scalar(select(func.count()).select_from(Memory)) == kept
