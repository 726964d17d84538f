"""One evaluation of an assistant, and sessions of people that end when they say so."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from config.settings import LimitSettings
from practice.records.bookings import BookingIntent
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.pages import all_of

PATH = "/api/v2/assistants/maple-street/evaluate"


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    async with run_app(tmp_path, sqlite_template, limits=LimitSettings(log_ins_per_minute=3)) as opened:
        yield opened


async def token(app: AppUnderTest, *scopes: str) -> dict[str, str]:
    made = await app.services.clients.create_client(scopes or ["assistants:read"])
    issued = await app.services.access_tokens.issue(made.client.id, list(made.client.scopes))
    return {"Authorization": f"Bearer {issued}"}


async def evaluate(app: AppUnderTest, given: Any, path: str = PATH, **options: Any) -> httpx.Response:
    headers = await token(app)
    return await app.client.post(path, json={"input": given}, headers=headers, **options)


async def test_an_assistant_answers_from_the_practices_files(app: AppUnderTest) -> None:
    answer = await evaluate(app, {"message": "Where can I park?"})
    assert answer.status_code == 200
    assert list(answer.json()) == ["output"]
    assert "park" in answer.json()["output"].lower()
    assert await all_of(app.services.threads.pages_of_threads(app.demo.assistant_id)) == []


async def test_with_a_conversation_the_thread_is_kept_and_goes_on(app: AppUnderTest) -> None:
    where = {"conversation_id": "conv-7"}
    await evaluate(app, {"message": "I'd like a cleaning"}, params=where)
    second = await evaluate(app, {"message": "tomorrow at ten"}, params=where)
    assert second.status_code == 200
    (thread,) = await all_of(app.services.threads.pages_of_threads(app.demo.assistant_id))
    assert (thread.conversation_id, thread.assistant_version) == ("conv-7", 1)
    kept = await all_of(app.services.threads.pages_of_messages(app.demo.assistant_id, thread.number))
    said = [one.message["content"] for one in kept if one.message["role"] == "user"]
    assert said == ["I'd like a cleaning", "tomorrow at ten"]
    assert {one.message["answered_by"] for one in kept if one.message["role"] == "assistant"} == {
        "receptionist"
    }


@pytest.mark.parametrize(("scopes", "booked"), [((), 0), (("assistants:read", "assistants:write"), 1)])
async def test_only_a_token_that_may_write_books(
    app: AppUnderTest, scopes: tuple[str, ...], booked: int
) -> None:
    headers, where = await token(app, *scopes), {"conversation_id": "conv-8"}
    for said in ("A cleaning tomorrow at ten", "yes", "Rosa Klein", "202 555 0188", "yes", "goodbye"):
        answer = await app.client.post(PATH, json={"input": {"message": said}}, headers=headers, params=where)
        assert answer.status_code == 200
    async with app.services.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(BookingIntent)) == booked


async def test_an_assistant_that_answers_in_json_does_so_without_a_model(app: AppUnderTest) -> None:
    await app.services.assistants.update_assistant(
        app.demo.site_id, app.demo.assistant_id, {"response_format_json": True}
    )
    output = (await evaluate(app, {"message": "Where can I park?"})).json()["output"]
    assert "park" in json.loads(output)["message"].lower()


async def test_a_slash_at_the_path_s_end_is_tolerated(app: AppUnderTest) -> None:
    assert (await evaluate(app, {}, f"{PATH}/")).status_code == 200
    answer = await evaluate(app, {}, f"{PATH}/more")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


async def test_an_unknown_assistant_is_not_found(app: AppUnderTest) -> None:
    answer = await evaluate(app, {}, "/api/v2/assistants/nobody/evaluate")
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
    app: AppUnderTest, content: bytes, where: list[str], kind: str
) -> None:
    answer = await app.client.post(PATH, content=content, headers=await token(app))
    (finding,) = answer.json()["detail"]
    assert (answer.status_code, finding["loc"], finding["type"]) == (422, where, kind)


async def test_a_conversation_without_a_name_is_unprocessable(app: AppUnderTest) -> None:
    for name, kind in (("", "string_too_short"), ("x" * 256, "string_too_long")):
        answer = await evaluate(app, {}, params={"conversation_id": name})
        assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, kind)


async def test_the_documents_stand_where_the_contract_has_them_too(app: AppUnderTest) -> None:
    theirs, ours = [await app.client.get(path) for path in ("/api/v2/docs", "/docs/assistants")]
    assert (theirs.status_code, theirs.content) == (200, ours.content)
    assert theirs.headers["etag"] == ours.headers["etag"]


async def test_only_a_token_that_may_read_evaluates(app: AppUnderTest) -> None:
    nobody = await app.client.post(PATH, json={"input": {}})
    assert (nobody.status_code, nobody.json()) == (401, {"detail": "Not authenticated"})
    writer = await app.client.post(PATH, json={"input": {}}, headers=await token(app, "assistants:write"))
    assert writer.status_code == 403


async def test_a_conversation_keeps_the_version_that_it_began_with(app: AppUnderTest) -> None:
    where = {"conversation_id": "conv-8"}
    await evaluate(app, {"message": "hello"}, params=where)
    await app.services.assistants.update_assistant(
        app.demo.site_id, app.demo.assistant_id, {"instructions": "Another."}
    )
    await evaluate(app, {"message": "hello again"}, params=where)
    (thread,) = await all_of(app.services.threads.pages_of_threads(app.demo.assistant_id))
    assert thread.assistant_version == 1


async def log_in(app: AppUnderTest, **changes: str) -> httpx.Response:
    body = {"email": app.demo.staff_email, "password": app.demo.staff_password} | changes
    return await app.client.post("/auth/login", json=body)


async def test_who_logs_out_is_out(app: AppUnderTest) -> None:
    first, second = [(await log_in(app)).json()["token"] for _ in range(2)]
    headers = {"Authorization": f"Bearer {first}"}
    gone = await app.client.post("/auth/logout", headers=headers)
    assert (gone.status_code, gone.json()["statusCode"]) == (200, 200)
    assert (await app.client.get("/auth/user", headers=headers)).status_code == 401
    assert (await app.client.post("/auth/logout", headers=headers)).status_code == 401
    other = {"Authorization": f"Bearer {second}"}
    assert (await app.client.get("/auth/user", headers=other)).status_code == 200


async def test_too_many_log_ins_have_to_wait_but_others_need_not(app: AppUnderTest) -> None:
    for _ in range(3):
        assert (await log_in(app, password="wrong")).status_code == 401
    refused = await log_in(app)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert refused.json()["statusCode"] == 429
    assert (await log_in(app, email="somebody@else.example")).status_code == 401
