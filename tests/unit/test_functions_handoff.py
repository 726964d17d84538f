"""Messages, transfers, endings and knowledge."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from contracts.conversation import Message
from kit.clock import Clock
from knowledge.chunk import Chunk
from knowledge.search.index import KnowledgeIndex
from tests.fakes.partner_server import PartnerServer
from tests.fakes.practice_api import FakePracticeApi
from tests.fakes.tool_conversation import PROFILE, Talk, talking
from tools.clients.chat_sessions import ChatSessionsClient
from tools.clients.upstream import IN_PROCESS_URL, RetryPolicy, Upstream
from tools.context import Ending
from tools.functions.knowledge import SOURCE
from tools.registry import run_function

RETRIES = RetryPolicy(1.0, 2, 2.0)


@pytest.fixture
async def talk(clock: Clock) -> AsyncIterator[Talk]:
    knowledge = KnowledgeIndex.build([("fees.md", [Chunk("A cleaning costs $120.", "Fees")])])
    async with talking(PartnerServer(), clock, knowledge=knowledge) as talk:
        yield talk


async def test_a_message_goes_to_the_staff_with_name_and_number(talk: Talk) -> None:
    result = await talk.calls(
        "take_message", text="Please call me about a crown.", name="anna bell", phone="202 555 0171"
    )
    assert result["status"] == "taken_down"
    assert list(talk.server.messages.values()) == [
        {"customer": {"name": "Anna Bell", "phone": "+12025550171"}, "text": "Please call me about a crown."}
    ]


async def test_without_a_number_the_callers_own_is_kept(talk: Talk) -> None:
    await talk.calls("take_message", text="Please call me.")
    assert next(iter(talk.server.messages.values()))["customer"] == {"phone": "+12025550199"}


async def test_the_same_message_twice_is_one_message(talk: Talk) -> None:
    await talk.calls("take_message", text="Please call me.")
    await talk.calls("take_message", text="Please call me.")
    assert len(talk.server.messages) == 1


async def test_a_message_that_could_not_be_kept_is_said_to_be_lost(talk: Talk) -> None:
    talk.server.troubled_path = "/v1/messages"
    talk.server.troubles = ["down", "down", "down"]
    result = await talk.calls("take_message", text="Please call me.")
    assert result["status"] == "unavailable"
    assert "couldn't save your message" in result["say"]


async def test_where_nobody_reads_messages_nothing_is_said_to_be_passed_on(talk: Talk) -> None:
    talk.server.reaches_somebody = False
    result = await talk.calls("take_message", text="Please call me.")
    assert result["status"] == "taken_down"
    assert "passed" not in result["say"]
    assert "can't promise" in result["say"]


async def test_a_wish_for_the_waiting_list_is_one(talk: Talk) -> None:
    await talk.calls("take_message", text="Earlier, please.", kind="waiting_list", urgency="urgent")
    (kept,) = talk.server.messages.values()
    assert (kept["kind"], kept["urgency"]) == ("waiting_list", "urgent")


async def test_a_transfer_names_the_practices_number(talk: Talk) -> None:
    assert (await talk.calls("request_person", reason="pain"))["status"] == "transferring"
    assert talk.ctx.ending.ending == Ending("transfer", "pain", "+12025550143")


async def test_without_a_number_there_is_no_transfer(clock: Clock) -> None:
    async with talking(PartnerServer(), clock, profile={**PROFILE, "transfer_number": None}) as talk:
        assert (await talk.calls("request_person", reason="pain"))["status"] == "not_possible"
        assert talk.ctx.ending.ending is None


async def test_the_first_ending_stands(talk: Talk) -> None:
    await talk.calls("request_person", reason="pain")
    await talk.calls("end_call", reason="done")
    assert talk.ctx.ending.ending == Ending("transfer", "pain", "+12025550143")


async def test_no_transfer_once_the_call_is_ending(talk: Talk) -> None:
    assert await talk.calls("end_call", reason="done") == {"status": "ending"}
    assert (await talk.calls("request_person", reason="pain"))["status"] == "not_possible"
    assert talk.ctx.ending.ending == Ending("hang_up", "done")


async def test_knowledge_comes_with_its_file_and_heading(talk: Talk) -> None:
    result = await talk.calls("search_knowledge", question="What does a cleaning cost?")
    assert result == {
        "status": "ok",
        "source": SOURCE,
        "passages": [{"text": "A cleaning costs $120.", "file": "fees.md", "heading": "Fees"}],
    }


async def test_knowledge_comes_with_its_page_where_there_is_one(clock: Clock) -> None:
    knowledge = KnowledgeIndex.build([("book.pdf", [Chunk("Parking is free.", "Cars", 7)])])
    async with talking(PartnerServer(), clock, knowledge=knowledge) as talk:
        result = await talk.calls("search_knowledge", question="Where can I park?")
    assert result["passages"] == [
        {"text": "Parking is free.", "file": "book.pdf", "heading": "Cars", "page": 7}
    ]


async def test_what_no_file_says_is_nothing(talk: Talk) -> None:
    assert await talk.calls("search_knowledge", question="Who won the match?") == {"status": "nothing"}


async def test_a_practice_without_files_knows_nothing(clock: Clock) -> None:
    async with talking(PartnerServer(), clock) as talk:
        assert await talk.calls("search_knowledge", question="Cost?") == {"status": "nothing"}


async def test_summary_says_who_what_and_what_was_tried() -> None:
    asked: list[dict[str, Any]] = []

    def chat_sessions(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        session = {"id": "chs_1", "createdAt": 1, "createdBy": "bot_1", "participants": ["bot_1"]}
        return httpx.Response(200, json={**session, "reachable": True})

    messages: list[Message] = [
        {"role": "user", "content": "I have a question about my bill."},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "1", "function": {"name": "search_knowledge", "arguments": '{"question": "bill"}'}}
            ],
        },
        {"role": "tool", "tool_call_id": "1", "content": '{"status": "nothing"}'},
        {"role": "user", "content": "Can I talk to somebody?"},
    ]
    ctx = FakePracticeApi().context(lambda: messages)
    client = httpx.AsyncClient(transport=httpx.MockTransport(chat_sessions), base_url=IN_PROCESS_URL)
    ctx.hand_offs = ChatSessionsClient(Upstream(client=client, credential=lambda: "key", retries=RETRIES))
    result = await run_function(ctx, "request_person", {"reason": "a bill", "urgency": "urgent"})
    assert result["status"] == "transferring"
    (body,) = asked
    assert (body["reason"], body["urgency"], body["callId"]) == ("a bill", "urgent", "call_1")
    assert body["summary"] == (
        "Caller: name not given, +12025550142.\n"
        "Last said: I have a question about my bill. / Can I talk to somebody?\n"
        "Tried: search_knowledge: nothing"
    )


async def test_nobody_reachable_is_said_and_no_transfer_is_made() -> None:
    def chat_sessions(_request: httpx.Request) -> httpx.Response:
        session = {"id": "chs_1", "createdAt": 1, "createdBy": "bot_1", "participants": ["bot_1"]}
        return httpx.Response(200, json={**session, "reachable": False})

    ctx = FakePracticeApi().context(list)
    client = httpx.AsyncClient(transport=httpx.MockTransport(chat_sessions), base_url=IN_PROCESS_URL)
    ctx.hand_offs = ChatSessionsClient(Upstream(client=client, credential=lambda: "key", retries=RETRIES))
    assert (await run_function(ctx, "request_person", {"reason": "a bill"}))["status"] == "not_possible"
    assert ctx.ending.ending is None
