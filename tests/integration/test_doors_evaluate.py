"""One evaluation of an assistant, and sessions of people that end when they say so."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.settings import LimitSettings
from tests.fakes.doors import Injected, include_routers

PATH = "/api/v2/assistants/maple-street/evaluate"


@pytest.fixture
async def doors(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Injected]:
    async with include_routers(
        tmp_path, sqlite_template, limits=LimitSettings(log_ins_per_minute=3)
    ) as opened:
        yield opened


async def token(doors: Injected, *scopes: str) -> dict[str, str]:
    made = await doors.services.clients.create_client(scopes or ["assistants:read"])
    issued = await doors.services.access_tokens.issue(made.client.id, list(made.client.scopes))
    return {"Authorization": f"Bearer {issued}"}


async def evaluate(doors: Injected, given: Any, path: str = PATH, **options: Any) -> httpx.Response:
    headers = await token(doors)
    return await doors.client.post(path, json={"input": given}, headers=headers, **options)


async def test_an_assistant_answers_from_the_practices_files(doors: Injected) -> None:
    answer = await evaluate(doors, {"message": "Where can I park?"})
    assert answer.status_code == 200
    assert list(answer.json()) == ["output"]
    assert "park" in answer.json()["output"].lower()
    assert await doors.services.threads.list_threads(doors.demo.assistant_id) == []


async def test_with_a_conversation_the_thread_is_kept_and_goes_on(doors: Injected) -> None:
    where = {"conversation_id": "conv-7"}
    await evaluate(doors, {"message": "I'd like a cleaning"}, params=where)
    second = await evaluate(doors, {"message": "tomorrow at ten"}, params=where)
    assert second.status_code == 200
    (thread,) = await doors.services.threads.list_threads(doors.demo.assistant_id)
    assert (thread.conversation_id, thread.assistant_version) == ("conv-7", 1)
    kept = await doors.services.threads.list_messages(doors.demo.assistant_id, thread.number)
    said = [one.message["content"] for one in kept if one.message["role"] == "user"]
    assert said == ["I'd like a cleaning", "tomorrow at ten"]
    assert {one.message["answered_by"] for one in kept if one.message["role"] == "assistant"} == {
        "receptionist"
    }


async def test_an_assistant_that_answers_in_json_does_so_without_a_model(doors: Injected) -> None:
    await doors.services.assistants.update_assistant(
        doors.demo.site_id, doors.demo.assistant_id, {"response_format_json": True}
    )
    output = (await evaluate(doors, {"message": "Where can I park?"})).json()["output"]
    assert "park" in json.loads(output)["message"].lower()


async def test_without_a_slash_less_path_there_is_no_such_path(doors: Injected) -> None:
    answer = await evaluate(doors, {}, f"{PATH}/")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


async def test_an_unknown_assistant_is_not_found(doors: Injected) -> None:
    answer = await evaluate(doors, {}, "/api/v2/assistants/nobody/evaluate")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


@pytest.mark.parametrize(
    ("content", "where", "kind"),
    [
        (b"{", ["body"], "json_invalid"),
        (b"[]", ["body"], "dict_type"),
        (b"{}", ["body", "input"], "missing"),
        (b'{"input": "x"}', ["body", "input"], "dict_type"),
        (b'{"input": {"text": "%s"}}' % (b"x" * 4001), ["body", "input"], "string_too_long"),
    ],
)
async def test_a_body_that_does_not_fit_is_unprocessable(
    doors: Injected, content: bytes, where: list[str], kind: str
) -> None:
    answer = await doors.client.post(PATH, content=content, headers=await token(doors))
    (finding,) = answer.json()["detail"]
    assert (answer.status_code, finding["loc"], finding["type"]) == (422, where, kind)


async def test_a_conversation_without_a_name_is_unprocessable(doors: Injected) -> None:
    for name, kind in (("", "string_too_short"), ("x" * 256, "string_too_long")):
        answer = await evaluate(doors, {}, params={"conversation_id": name})
        assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, kind)


async def test_the_documents_stand_where_the_contract_has_them_too(doors: Injected) -> None:
    theirs, ours = [await doors.client.get(path) for path in ("/api/v2/docs", "/docs/assistants")]
    assert (theirs.status_code, theirs.content) == (200, ours.content)
    assert theirs.headers["etag"] == ours.headers["etag"]


async def test_only_a_token_that_may_read_evaluates(doors: Injected) -> None:
    nobody = await doors.client.post(PATH, json={"input": {}})
    assert (nobody.status_code, nobody.json()) == (401, {"detail": "Not authenticated"})
    writer = await doors.client.post(PATH, json={"input": {}}, headers=await token(doors, "assistants:write"))
    assert writer.status_code == 403


async def test_a_conversation_keeps_the_version_that_it_began_with(doors: Injected) -> None:
    where = {"conversation_id": "conv-8"}
    await evaluate(doors, {"message": "hello"}, params=where)
    await doors.services.assistants.update_assistant(
        doors.demo.site_id, doors.demo.assistant_id, {"instructions": "Another."}
    )
    await evaluate(doors, {"message": "hello again"}, params=where)
    (thread,) = await doors.services.threads.list_threads(doors.demo.assistant_id)
    assert thread.assistant_version == 1


async def log_in(doors: Injected, **changes: str) -> httpx.Response:
    body = {"email": doors.demo.staff_email, "password": doors.demo.staff_password} | changes
    return await doors.client.post("/auth/login", json=body)


async def test_who_logs_out_is_out(doors: Injected) -> None:
    first, second = [(await log_in(doors)).json()["token"] for _ in range(2)]
    headers = {"Authorization": f"Bearer {first}"}
    gone = await doors.client.post("/auth/logout", headers=headers)
    assert (gone.status_code, gone.json()["statusCode"]) == (200, 200)
    assert (await doors.client.get("/auth/user", headers=headers)).status_code == 401
    assert (await doors.client.post("/auth/logout", headers=headers)).status_code == 401
    other = {"Authorization": f"Bearer {second}"}
    assert (await doors.client.get("/auth/user", headers=other)).status_code == 200


async def test_too_many_log_ins_have_to_wait_but_others_need_not(doors: Injected) -> None:
    for _ in range(3):
        assert (await log_in(doors, password="wrong")).status_code == 401
    refused = await log_in(doors)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert refused.json()["statusCode"] == 429
    assert (await log_in(doors, email="somebody@else.example")).status_code == 401
