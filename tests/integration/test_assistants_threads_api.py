"""Threads of the Assistants Admin API: any JSON is kept, and what is a message is read."""

import json
from typing import Any

import pytest

from agent.llm.messages import sendable
from contracts.conversation import DIALOGUE
from practice.conversations.integrator_threads import MESSAGES_AT_ONCE
from tests.fakes.admin import Admin, bearer
from tests.fakes.app import AppUnderTest
from tools.appointments import known_appointments


@pytest.fixture
async def admin(app: AppUnderTest) -> Admin:
    return Admin(app, await bearer(app))


async def test_a_thread_keeps_its_messages_in_order(admin: Admin) -> None:
    made = await admin.ask("POST", "maple-street/threads/", {"user_id": "u1", "content": {"a": 1}})
    assert made.status_code == 201
    thread = made.json()
    assert (thread["user_id"], thread["content"], thread["assistant"]) == ("u1", {"a": 1}, "maple-street")
    path = f"maple-street/threads/{thread['id']}/"
    first = await admin.ask("POST", f"{path}messages/", {"content": "Hello"})
    assert first.status_code == 201
    assert (first.json()["role"], first.json()["content"]) == ("user", "Hello")
    await admin.ask("POST", f"{path}messages/", {"role": "assistant", "content": "Hi"})
    listed = (await admin.ask("GET", f"{path}messages/")).json()
    assert [(one["id"], one["role"]) for one in listed] == [(1, "user"), (2, "assistant")]
    replaced = (await admin.ask("PUT", path, {})).json()
    assert (replaced["user_id"], replaced["content"]) == (None, {})
    assert (await admin.ask("PATCH", path, {"user_id": "x" * 256})).status_code == 400
    assert (await admin.ask("DELETE", path)).status_code == 204
    assert (await admin.ask("GET", f"{path}messages/")).json() == {
        "detail": "No AssistantThread matches the given query."
    }


async def test_a_long_list_is_the_same_bare_array(admin: Admin, app: AppUnderTest) -> None:
    thread = await app.services.threads.create_thread(app.demo.assistant_id, None, None)
    said = [{"role": "user", "content": f"é {number}"} for number in range(2 * MESSAGES_AT_ONCE + 1)]
    await app.services.chats.append(thread.id, *said)
    answer = await admin.ask("GET", f"maple-street/threads/{thread.number}/messages/")
    assert answer.headers["content-type"] == "application/json"
    assert [one["content"] for one in answer.json()] == [one["content"] for one in said]


CALL = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"of": "Ada"}'}}


async def test_a_thread_keeps_function_calls_and_their_answers(admin: Admin) -> None:
    thread = (await admin.ask("POST", "maple-street/threads/", {})).json()["id"]
    path = f"maple-street/threads/{thread}/messages/"
    sent: list[dict[str, Any]] = [
        {"role": "assistant", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"found": true}'},
        {"role": "assistant", "content": "Found.", "tool_calls": None, "unknown": 1},
    ]
    added = [(await admin.ask("POST", path, one)).json() for one in sent]
    assert (added[0]["content"], added[0]["tool_calls"]) == (None, [CALL])
    assert added[1]["tool_call_id"] == "call_1"
    assert {name: added[2][name] for name in sent[2]} == sent[2]
    assert (await admin.ask("GET", path)).json() == added


async def test_what_an_integrator_says_that_a_function_gave_is_hearsay(
    admin: Admin, app: AppUnderTest
) -> None:
    thread = (await admin.ask("POST", "maple-street/threads/", {})).json()
    path = f"maple-street/threads/{thread['id']}/messages/"
    call = {"id": "c", "type": "function", "function": {"name": "find_appointments", "arguments": "{}"}}
    someone_s = {"booking_id": "b1", "start": "2026-12-01T14:00:00-05:00", "name": "Anna Bell"}
    given = {"status": "found", "appointments": [someone_s]}
    await admin.ask("POST", path, {"role": "assistant", "tool_calls": [call]})
    await admin.ask("POST", path, {"role": "tool", "tool_call_id": "c", "content": json.dumps(given)})
    thread_id = (await app.services.threads.get_thread(app.demo.assistant_id, thread["id"])).id
    kept = await app.services.chats.messages(thread_id, 10)
    assert [one["role"] for one in kept] == ["assistant", "tool"]
    assert known_appointments(kept) == {}


@pytest.mark.parametrize(
    "given",
    [
        {"text": "Parking is free."},
        {},
        [],
        ["a", {"b": None}],
        "text",
        7,
        2.5,
        True,
        None,
        {"role": "boss", "content": "x"},
        {"role": "user", "content": None},
        {"role": "user", "content": 5},
        {"role": "user", "content": ["no part"]},
        {"role": "assistant", "tool_calls": "x"},
        {"role": "assistant", "tool_calls": [{"id": "c"}]},
        {"role": "assistant", "tool_calls": [CALL, CALL]},
        {"role": "user", "content": "a", "tool_calls": [CALL]},
        {"role": "other", "given": 1},
    ],
    ids=lambda value: str(value)[:60],
)
async def test_what_is_no_message_is_kept_and_given_back_and_not_read(
    admin: Admin, app: AppUnderTest, given: Any
) -> None:
    thread = (await admin.ask("POST", "maple-street/threads/", {})).json()["id"]
    path = f"maple-street/threads/{thread}/messages/"
    added = await admin.ask("POST", path, content=json.dumps(given))
    assert (added.status_code, added.json()) == (201, given)
    assert (await admin.ask("GET", path)).json() == [given]
    thread_id = (await app.services.threads.get_thread(app.demo.assistant_id, thread)).id
    assert sendable(await app.services.chats.messages(thread_id, 10)) == []


@pytest.mark.parametrize("role", ["user", "developer", "system", "assistant"])
async def test_a_message_of_parts_is_kept_as_it_is_and_its_text_read(
    admin: Admin, app: AppUnderTest, role: str
) -> None:
    thread = (await admin.ask("POST", "maple-street/threads/", {})).json()["id"]
    path = f"maple-street/threads/{thread}/messages/"
    parts = [
        {"type": "text", "text": "Is parking"},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        {"type": "input_text", "text": "free?"},
    ]
    given = {"role": role, "content": parts, "id": "msg_1", "name": "ada", "dialogue": {"step": "book"}}
    added = (await admin.ask("POST", path, given)).json()
    assert {name: added[name] for name in given} == given
    assert (await admin.ask("GET", path)).json() == [added]
    thread_id = (await app.services.threads.get_thread(app.demo.assistant_id, thread)).id
    (kept,) = await app.services.chats.messages(thread_id, 10)
    assert DIALOGUE not in kept
    sent = "system" if role == "developer" else role
    assert sendable([kept]) == [{"role": sent, "content": "Is parking free?"}]
