"""Row by row: every parameter, field and header of the Chat Sessions document, and of its settlement.

Each test is named after the table and row that it holds; `test_chat_sessions_api.py` has the rest.
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.fakes.app import AppUnderTest, run_app

pytestmark = pytest.mark.asyncio(loop_scope="module")

UID, OTHER = "account-id1", "account-id2"
MS = 1564661697125
FIELDS: dict[str, tuple[Any, Any]] = {
    "createdAt": (MS, "1564661697125"),
    "type": ("telemed", "video"),
    "room": ("room-1", 7),
    "startedAt": (MS + 1, True),
    "startedBy": ("uid-1", 1),
    "acceptedAt": (MS + 2, "soon"),
    "acceptedBy": ("uid-2", []),
    "rejectedAt": (MS + 3, {}),
    "rejectedBy": ("uid-3", False),
    "rejectReason": ("busy", 3),
    "finishedAt": (MS + 4, -1),
    "finishedBy": ("uid-4", 4),
    "participants": ([UID, OTHER], "account-id1"),
}
"""The rows that POST and PATCH have in common: a good value, and one of another type."""
STAMPS = {"start": "started", "accept": "accepted", "reject": "rejected", "finish": "finished"}
BODY = {"participants": [UID, OTHER]}


class Api:
    """The API as one account uses it."""

    def __init__(self, app: AppUnderTest, token: str) -> None:
        self.app, self._headers = app, {"Authorization": f"Bearer {token}"}

    async def ask(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        options.setdefault("headers", self._headers)
        return await self.app.client.request(method, path, json=body, **options)

    async def made(self, **fields: Any) -> dict[str, Any]:
        answer = await self.ask("POST", "/chat-sessions", {**BODY, **fields})
        assert answer.status_code == 200, answer.text
        session: dict[str, Any] = answer.json()
        return session

    async def patched(self, session: dict[str, Any], **changes: Any) -> httpx.Response:
        return await self.ask("PATCH", f"/chat-sessions/{session['id']}", changes)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Any) -> AsyncIterator[Api]:
    async with run_app(tmp_path_factory.mktemp("rows"), sqlite_template) as app:
        _, token = await app.services.chat_session_tokens.create(UID, app.demo.site_id)
        yield Api(app, token)


def is_error(answer: httpx.Response, code: int, name: str, class_name: str) -> bool:
    """Tell whether an answer is an error of the vendor's framework, with all that it has."""
    body = answer.json()
    beside = {"data": {}, "errors": body.get("errors")} if code == 400 else {}
    expected = {"name": name, "message": body["message"], "code": code, "className": class_name, **beside}
    return answer.status_code == code and bool(body["message"]) and body == expected


@pytest.mark.parametrize("row", FIELDS)
async def test_post_parameter_is_kept_as_given_and_of_no_other_type(api: Api, row: str) -> None:
    good, bad = FIELDS[row]
    assert (await api.made(**{row: good}))[row] == good
    answer = await api.ask("POST", "/chat-sessions", {**BODY, row: bad})
    assert is_error(answer, 400, "BadRequest", "bad-request"), answer.text
    assert list(answer.json()["errors"]) == [row]


@pytest.mark.parametrize("row", FIELDS)
async def test_patch_parameter_is_kept_as_given_and_of_no_other_type(api: Api, row: str) -> None:
    good, bad = FIELDS[row]
    session = await api.made()
    answer = await api.patched(session, **{row: good})
    assert answer.json() == {**session, row: good}
    assert is_error(await api.patched(session, **{row: bad}), 400, "BadRequest", "bad-request")


@pytest.mark.parametrize("row", [row for row in FIELDS if row not in {"createdAt", "participants"}])
async def test_response_field_without_a_value_is_left_out(api: Api, row: str) -> None:
    session = await api.made()
    assert row not in session
    found = await api.ask("GET", f"/chat-sessions/{session['id']}")
    assert found.json() == session
    assert session in (await api.ask("GET", "/chat-sessions?$limit=1000")).json()


async def test_response_row_created_at_is_the_present_moment_by_default(api: Api) -> None:
    assert (await api.made())["createdAt"] == int(api.app.services.clock().timestamp() * 1000)


async def test_post_row_participants_may_not_be_missing_and_the_creator_is_among_them(api: Api) -> None:
    assert is_error(await api.ask("POST", "/chat-sessions", {}), 400, "BadRequest", "bad-request")
    assert (await api.made(participants=[OTHER]))["participants"] == [OTHER, UID]


@pytest.mark.parametrize("row", STAMPS)
async def test_patch_directive_true_stamps_and_false_does_nothing(api: Api, row: str) -> None:
    session, stamp = await api.made(), STAMPS[row]
    assert (await api.patched(session, **{row: False})).json() == session
    now = int(api.app.services.clock().timestamp() * 1000)
    expected = {**session, f"{stamp}At": now, f"{stamp}By": UID}
    assert (await api.patched(session, **{row: True})).json() == expected


@pytest.mark.parametrize("row", STAMPS)
async def test_patch_directive_wins_over_its_fields_and_the_first_stamp_stays(api: Api, row: str) -> None:
    session, stamp = await api.made(), STAMPS[row]
    fields = {f"{stamp}At": 5, f"{stamp}By": "somebody"}
    first = (await api.patched(session, **{row: True}, **fields)).json()
    assert first[f"{stamp}By"] == UID
    assert (await api.patched(session, **{row: True}, **fields)).json() == first


@pytest.mark.parametrize("row", ["reject", "finish"])
async def test_patch_directive_that_is_a_string_is_the_reason(api: Api, row: str) -> None:
    session = await api.made()
    answer = (await api.patched(session, **{row: "no time", "rejectReason": "given"})).json()
    assert answer[f"{row}Reason"] == "no time"


@pytest.mark.parametrize("row", STAMPS)
@pytest.mark.parametrize("value", [1, None, [], {}, 0.5])
async def test_patch_directive_of_another_type_is_refused(api: Api, row: str, value: object) -> None:
    session = await api.made()
    assert is_error(await api.patched(session, **{row: value}), 400, "BadRequest", "bad-request")


@pytest.mark.parametrize("row", ["start", "accept"])
async def test_patch_directive_that_is_boolean_alone_takes_no_string(api: Api, row: str) -> None:
    answer = await api.patched(await api.made(), **{row: "yes"})
    assert answer.json()["errors"] == {row: f"{row} must be a boolean"}


async def test_directives_are_no_parameters_of_post(api: Api) -> None:
    assert "acceptedAt" not in await api.made(accept=True, start=True, finish="at once")


@pytest.mark.parametrize("slash", ["", "/"])
async def test_four_operations_are_served_in_both_slash_forms(api: Api, slash: str) -> None:
    made = await api.ask("POST", f"/chat-sessions{slash}", {**BODY, "room": f"slash{slash}"})
    session = made.json()
    one = await api.ask("GET", f"/chat-sessions/{session['id']}{slash}")
    changed = await api.ask("PATCH", f"/chat-sessions/{session['id']}{slash}", {"seen": True})
    found = await api.ask("GET", f"/chat-sessions{slash}?room=slash{slash}")
    assert [one.status_code for one in (made, one, changed, found)] == [200] * 4
    assert (one.json(), changed.json(), found.json()) == (session, session, [session])


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}])
async def test_header_authorization_is_needed(api: Api, header: dict[str, str]) -> None:
    for method, path in (("GET", "/chat-sessions"), ("GET", "/chat-sessions/x"), ("POST", "/chat-sessions")):
        answer = await api.ask(method, path, BODY if method == "POST" else None, headers=header)
        assert is_error(answer, 401, "NotAuthenticated", "not-authenticated"), answer.text


async def test_find_pages_sorts_and_filters_at_once(api: Api) -> None:
    for ms in (30, 10, 20):
        await api.made(createdAt=ms, room="paged", type="telemed")
    await api.made(createdAt=40, room="paged", participants=[OTHER])
    query = "room=paged&type=telemed&participants=account-id1&$sort[createdAt]=1&$skip=1&$limit=1"
    assert [one["createdAt"] for one in (await api.ask("GET", f"/chat-sessions?{query}")).json()] == [20]
    both = await api.ask("GET", "/chat-sessions?room=paged")
    assert [one["createdAt"] for one in both.json()] == [40, 30, 20, 10], "newest first"
    assert (await api.ask("GET", "/chat-sessions?room=paged&type=video")).json() == []


@pytest.mark.parametrize(
    "query", ["$limit=-1", "$limit=x", "$skip=-1", "$sort[room]=1", "$sort[createdAt]=2"]
)
async def test_find_refuses_a_query_that_it_cannot_follow(api: Api, query: str) -> None:
    answer = await api.ask("GET", f"/chat-sessions?{query}")
    assert is_error(answer, 400, "BadRequest", "bad-request"), answer.text


async def test_unknown_id_and_path_and_method_have_the_vendors_shape(api: Api) -> None:
    missing = await api.ask("GET", "/chat-sessions/x")
    assert is_error(missing, 404, "NotFound", "not-found")
    assert missing.json()["message"] == "No record found for id 'x'"
    assert is_error(await api.ask("GET", "/chat-sessions/x/y/z"), 404, "NotFound", "not-found")
    for method in ("PUT", "DELETE"):
        refused = await api.ask(method, "/chat-sessions/x")
        assert is_error(refused, 405, "MethodNotAllowed", "method-not-allowed"), refused.text


async def test_late_directive_has_the_vendors_shape(api: Api) -> None:
    session = await api.made()
    await api.patched(session, finish=True)
    assert is_error(await api.patched(session, accept=True), 409, "Conflict", "conflict")
