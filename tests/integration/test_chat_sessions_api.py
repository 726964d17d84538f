"""The Chat Sessions API, row by row of its source document, and what contracts.md decides beside it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.fakes.app import AppUnderTest
from tests.fakes.http_server import serve_http

ACCOUNT, OTHER = "account-id1", "account-id2"
PARTICIPANTS = {"participants": [ACCOUNT, OTHER]}
DOCUMENT_POST = {"participants": ["account-id1", "account-id2"], "title": "Hello"}
DOCUMENT_PATCH = {"seen": True}


@pytest.fixture
async def token(app: AppUnderTest) -> str:
    return await token_of(app, ACCOUNT)


async def token_of(app: AppUnderTest, account: str) -> str:
    _, secret = await app.services.chat_session_tokens.create(account, app.demo.site_id)
    return secret


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def made(app: AppUnderTest, token: str, **fields: Any) -> dict[str, Any]:
    response = await app.client.post("/chat-sessions", json={**PARTICIPANTS, **fields}, headers=bearer(token))
    assert response.status_code == 200, response.text
    session: dict[str, Any] = response.json()
    return session


async def patched(app: AppUnderTest, token: str, session_id: str, **changes: Any) -> httpx.Response:
    return await app.client.patch(f"/chat-sessions/{session_id}", json=changes, headers=bearer(token))


async def test_post_example_of_the_document_runs_as_it_stands(app: AppUnderTest, token: str) -> None:
    response = await app.client.post("/chat-sessions", json=DOCUMENT_POST, headers=bearer(token))
    assert response.status_code == 200
    session = response.json()
    assert session == {
        "id": session["id"],
        "createdAt": int(app.services.clock().timestamp() * 1000),
        "createdBy": ACCOUNT,
        "participants": ["account-id1", "account-id2"],
    }


async def test_patch_example_of_the_document_changes_nothing(app: AppUnderTest, token: str) -> None:
    session = await made(app, token)
    response = await app.client.patch(
        f"/chat-sessions/{session['id']}", json=DOCUMENT_PATCH, headers=bearer(token)
    )
    assert (response.status_code, response.json()) == (200, session)


async def test_find_is_a_bare_array_of_the_accounts_own_sessions_newest_first(
    app: AppUnderTest, token: str
) -> None:
    first = await made(app, token, createdAt=1)
    second = await made(app, token, createdAt=2)
    stranger = await token_of(app, "stranger")
    await made(app, stranger, participants=["stranger"])
    response = await app.client.get("/chat-sessions", headers=bearer(token))
    assert (response.status_code, response.json()) == (200, [second, first])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("$limit=1", ["c"]),
        ("$limit=1&$skip=1", ["b"]),
        ("$sort[createdAt]=1", ["a", "b", "c"]),
        ("$sort[createdAt]=-1", ["c", "b", "a"]),
        ("room=b", ["b"]),
        ("type=telemed", ["c"]),
        ("participants=account-id3", ["a"]),
        ("participants=nobody", []),
        ("$limit=0", []),
    ],
)
async def test_find_filters_sorts_and_pages(
    app: AppUnderTest, token: str, query: str, expected: list[str]
) -> None:
    await made(app, token, createdAt=1, room="a", participants=[ACCOUNT, "account-id3"])
    await made(app, token, createdAt=2, room="b")
    await made(app, token, createdAt=3, room="c", type="telemed")
    response = await app.client.get(f"/chat-sessions?{query}", headers=bearer(token))
    assert [one["room"] for one in response.json()] == expected


@pytest.mark.parametrize(
    ("directive", "stamps"),
    [
        ({"start": True}, {"startedBy": ACCOUNT}),
        ({"accept": True}, {"acceptedBy": ACCOUNT}),
        ({"reject": True}, {"rejectedBy": ACCOUNT}),
        ({"reject": "no time"}, {"rejectedBy": ACCOUNT, "rejectReason": "no time"}),
        ({"finish": True}, {"finishedBy": ACCOUNT}),
        ({"finish": "done"}, {"finishedBy": ACCOUNT, "finishReason": "done"}),
        ({"start": True, "accept": True}, {"startedBy": ACCOUNT, "acceptedBy": ACCOUNT}),
        ({"start": False, "accept": False, "reject": False, "finish": False}, {}),
        # An explicit field loses to its directive.
        ({"accept": True, "acceptedAt": 5, "acceptedBy": "somebody"}, {"acceptedBy": ACCOUNT}),
    ],
)
async def test_directive_sets_its_stamps_and_is_not_echoed(
    app: AppUnderTest, token: str, directive: dict[str, Any], stamps: dict[str, Any]
) -> None:
    session = await made(app, token)
    response = await patched(app, token, session["id"], **directive)
    now = int(app.services.clock().timestamp() * 1000)
    at = {name.replace("By", "At"): now for name in stamps if name.endswith("By")}
    assert (response.status_code, response.json()) == (200, {**session, **stamps, **at})


@pytest.mark.parametrize(
    ("before", "then", "status"),
    [
        ({"accept": True}, {"accept": True}, 200),
        ({"finish": True}, {"finish": "again"}, 200),
        ({"reject": True}, {"accept": True}, 409),
        ({"finish": True}, {"accept": True}, 409),
        ({"finish": True}, {"start": True}, 409),
        ({"finish": True}, {"reject": True}, 409),
        ({}, {"accept": True, "reject": True}, 400),
        ({}, {"accept": True, "reject": "no"}, 400),
        ({"accept": True}, {"reject": "after all not"}, 200),
        ({"reject": True}, {"finish": True}, 200),
    ],
)
async def test_directive_out_of_order_is_refused_and_changes_nothing(
    app: AppUnderTest, token: str, before: dict[str, Any], then: dict[str, Any], status: int
) -> None:
    session = await made(app, token)
    if before:
        session = (await patched(app, token, session["id"], **before)).json()
    response = await patched(app, token, session["id"], **then, room="elsewhere")
    assert response.status_code == status
    after = (await app.client.get(f"/chat-sessions/{session['id']}", headers=bearer(token))).json()
    if status == 200:
        assert after["room"] == "elsewhere"
        assert {name: after[name] for name in session} == session
    else:
        assert after == session


async def test_only_one_of_two_accounts_accepts(app: AppUnderTest, token: str) -> None:
    other = await token_of(app, OTHER)
    session = await made(app, token)
    answers = await asyncio.gather(
        patched(app, token, session["id"], accept=True), patched(app, other, session["id"], accept=True)
    )
    assert sorted(one.status_code for one in answers) == [200, 409]
    conflict = next(one for one in answers if one.status_code == 409)
    assert conflict.json() == {
        "name": "Conflict",
        "message": "The session is accepted by somebody else.",
        "code": 409,
        "className": "conflict",
    }


async def test_who_takes_no_part_finds_nothing(app: AppUnderTest, token: str) -> None:
    session = await made(app, token)
    stranger = await token_of(app, "stranger")
    path = f"/chat-sessions/{session['id']}"
    answers = [
        await app.client.get(path, headers=bearer(stranger)),
        await patched(app, stranger, session["id"], accept=True),
        await app.client.get(f"{path}/messages", headers=bearer(stranger)),
        await app.client.post(f"{path}/messages", json={"text": "hi"}, headers=bearer(stranger)),
        await app.client.get(f"{path}/events", headers=bearer(stranger)),
    ]
    not_found = {
        "name": "NotFound",
        "message": f"No record found for id '{session['id']}'",
        "code": 404,
        "className": "not-found",
    }
    assert [(one.status_code, one.json()) for one in answers] == [(404, not_found)] * len(answers)


async def test_account_of_another_site_finds_nothing_though_it_is_named(
    app: AppUnderTest, token: str
) -> None:
    session = await made(app, token, participants=[ACCOUNT, "elsewhere"])
    site = await app.services.sites.create_site("Another practice")
    _, elsewhere = await app.services.chat_session_tokens.create("elsewhere", site)
    response = await app.client.get(f"/chat-sessions/{session['id']}", headers=bearer(elsewhere))
    assert response.status_code == 404


@pytest.mark.parametrize("credential", ["", "Bearer", "Bearer cst_wrong", "Basic abc", "Bearer a.b.c"])
async def test_missing_or_wrong_token_is_refused(app: AppUnderTest, credential: str) -> None:
    response = await app.client.get("/chat-sessions", headers={"Authorization": credential})
    assert (response.status_code, response.json()) == (
        401,
        {
            "name": "NotAuthenticated",
            "message": "Not authenticated",
            "code": 401,
            "className": "not-authenticated",
        },
    )


async def test_revoked_token_opens_nothing(app: AppUnderTest) -> None:
    view, secret = await app.services.chat_session_tokens.create(ACCOUNT, app.demo.site_id)
    await app.services.chat_session_tokens.revoke(view.id)
    assert (await app.client.get("/chat-sessions", headers=bearer(secret))).status_code == 401


async def test_staff_log_in_opens_the_api(app: AppUnderTest, token: str) -> None:
    credentials = {"email": app.demo.staff_email, "password": app.demo.staff_password}
    login = (await app.client.post("/auth/login", json=credentials)).json()
    jwt = login.get("token") or login["accessToken"]
    session = await app.client.post("/chat-sessions", json=PARTICIPANTS, headers=bearer(jwt))
    assert session.status_code == 200
    assert session.json()["createdBy"].startswith("staf_")


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"participants": "participants is required"}),
        ({"participants": []}, {"participants": "participants must not be empty"}),
        ({"participants": "account-id1"}, {"participants": "participants must be an array"}),
        ({"participants": [1]}, {"participants": "participants[0] must be a string"}),
        ({"participants": [""]}, {"participants": "participants[0] must not be empty"}),
        ({**PARTICIPANTS, "type": "video"}, {"type": "type must be one of: 'telemed'"}),
        ({**PARTICIPANTS, "createdAt": "now"}, {"createdAt": "createdAt must be a number"}),
        ({**PARTICIPANTS, "createdAt": -1}, {"createdAt": "createdAt must be at least 0"}),
        ({**PARTICIPANTS, "room": 7}, {"room": "room must be a string"}),
        (
            {**PARTICIPANTS, "room": 7, "type": 1},
            {"room": "room must be a string", "type": "type must be one of: 'telemed'"},
        ),
    ],
)
async def test_bad_body_names_every_field_in_the_vendors_shape(
    app: AppUnderTest, token: str, body: dict[str, Any], errors: dict[str, str]
) -> None:
    response = await app.client.post("/chat-sessions", json=body, headers=bearer(token))
    answer = response.json()
    assert (response.status_code, answer["name"], answer["code"]) == (400, "BadRequest", 400)
    assert (answer["className"], answer["data"], answer["errors"]) == ("bad-request", {}, errors)


async def test_people_write_to_each_other_in_the_session(app: AppUnderTest, token: str) -> None:
    other = await token_of(app, OTHER)
    session = await made(app, token)
    path = f"/chat-sessions/{session['id']}/messages"
    asked = await app.client.post(path, json={"text": "Is anybody there?"}, headers=bearer(token))
    said = await app.client.post(path, json={"text": "Yes."}, headers=bearer(other))
    assert (asked.json()["role"], said.json()["role"]) == ("user", "assistant")
    both = (await app.client.get(path, headers=bearer(token))).json()
    assert [(one["text"], one["answeredBy"]) for one in both] == [
        ("Is anybody there?", ACCOUNT),
        ("Yes.", OTHER),
    ]
    later = await app.client.get(f"{path}?after=0", headers=bearer(token))
    assert [one["text"] for one in later.json()] == ["Yes."]
    await patched(app, token, session["id"], finish=True)
    assert (await app.client.post(path, json={"text": "Hello?"}, headers=bearer(other))).status_code == 409


async def events(response: httpx.Response) -> AsyncIterator[tuple[str, str, dict[str, Any]]]:
    """Read (id, type, data) of a stream of server-sent events."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if not line and "data" in fields:
            yield fields["id"], fields["event"], json.loads(fields["data"])
            fields = {}
        elif line and not line.startswith(":"):
            name, _, value = line.partition(":")
            fields[name] = value.strip()


async def test_bot_hands_over_its_own_call_only_and_the_desk_sees_it(app: AppUnderTest, token: str) -> None:
    call = await app.services.calls.start("CA1", app.demo.bot_id, "+12025550100", None)
    runtime = bearer(app.services.runtime.for_hand_offs(app.demo.bot_id))
    body = {
        "participants": ["desk"],
        "reason": "a bill",
        "urgency": "urgent",
        "summary": "…",
        "callId": "CA1",
    }
    response = await app.client.post("/chat-sessions", json=body, headers=runtime)
    session = response.json()
    assert session.pop("reachable") is True
    assert (session["callId"], session["threadId"], session["reason"]) == ("CA1", call.thread_id, "a bill")
    assert ACCOUNT in session["participants"]
    assert "desk" not in session["participants"]
    assert (await app.client.get("/chat-sessions", headers=bearer(token))).json() == [session]
    wrong = await app.client.post("/chat-sessions", json={**body, "callId": "CA2"}, headers=runtime)
    assert wrong.status_code == 400


async def test_account_cannot_reach_a_conversation_by_naming_it(app: AppUnderTest, token: str) -> None:
    call = await app.services.calls.start("CA1", app.demo.bot_id, "+12025550100", None)
    await app.services.calls.append("CA1", {"role": "user", "content": "a patient's words"})
    session = await made(app, token, threadId=call.thread_id, callId="CA1")
    assert "threadId" not in session
    messages = await app.client.get(f"/chat-sessions/{session['id']}/messages", headers=bearer(token))
    assert messages.json() == []


async def test_stream_resumes_behind_the_last_event_without_loss(app: AppUnderTest, token: str) -> None:
    await app.services.calls.start("CA1", app.demo.bot_id, "+12025550100", None)
    runtime = bearer(app.services.runtime.for_hand_offs(app.demo.bot_id))
    body = {"participants": ["desk"], "reason": "a bill", "callId": "CA1"}
    session = (await app.client.post("/chat-sessions", json=body, headers=runtime)).json()
    path = f"/chat-sessions/{session['id']}/events"
    async with (
        serve_http(app.asgi) as server,
        httpx.AsyncClient(base_url=f"http://{server.address}") as client,
    ):
        async with client.stream("GET", path, headers=bearer(token)) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            arriving = events(stream)
            last, kind, data = await anext(arriving)
            assert (kind, data["session"]["reason"]) == ("session.created", "a bill")
            await app.services.calls.append("CA1", {"role": "user", "content": "Hello?"})
            last, kind, data = await anext(arriving)
            assert (kind, data["message"]["text"]) == ("message.created", "Hello?")
        # While nobody follows, the conversation goes on.
        await app.services.calls.append(
            "CA1",
            {"role": "tool", "tool_call_id": "1", "content": "{}"},
            {"role": "assistant", "content": "One moment."},
        )
        await patched(app, token, session["id"], accept=True)
        again = {**bearer(token), "Last-Event-ID": last}
        async with client.stream("GET", path, headers=again) as stream:
            arriving = events(stream)
            told = [await anext(arriving), await anext(arriving)]
    assert [kind for _, kind, _ in told] == ["message.created", "session.accepted"]
    assert told[0][2]["message"]["text"] == "One moment."
    assert told[1][2]["by"] == ACCOUNT


async def test_stream_of_all_sessions_tells_own_sessions_only_from_now_on(
    app: AppUnderTest, token: str
) -> None:
    stranger = await token_of(app, "stranger")
    await made(app, token, room="before")
    async with (
        serve_http(app.asgi) as server,
        httpx.AsyncClient(base_url=f"http://{server.address}") as client,
        client.stream("GET", "/chat-sessions/stream", headers=bearer(token)) as stream,
    ):
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith(":")
        await made(app, stranger, participants=["stranger"])
        session = await made(app, token, room="after")
        while not (line := await anext(lines)).startswith("data:"):
            pass
    assert json.loads(line.removeprefix("data:"))["session"] == session


@pytest.mark.parametrize("last", ["x", "-1", "1e3", "9" * 19])
async def test_last_event_id_that_is_none_is_refused(app: AppUnderTest, token: str, last: str) -> None:
    response = await app.client.get("/chat-sessions/stream", headers={**bearer(token), "Last-Event-ID": last})
    assert (response.status_code, response.json()["name"]) == (400, "BadRequest")
