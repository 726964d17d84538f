"""Every route of the site, assistants and oauth APIs, and every kind of caller who has no business there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from contracts.partner_messages import StaffMessage as LeftMessage
from practice.integrators.service import SCOPES
from practice.records.assistants import Assistant, AssistantFile, AssistantVersion, Memory
from practice.records.assistants import AssistantRoute as RouteRecord
from practice.records.assistants import RemoteApi as ApiRecord
from practice.records.conversations import Thread, ThreadMessage
from practice.records.staff_messages import StaffMessage
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.documents import operations, written

pytestmark = pytest.mark.asyncio(loop_scope="module")

READ, WRITE = SCOPES
ROOT = "/apis/admin/assistants/"
ONE = "/site/{siteId}/assistant/{siteAssistantId}"
TABLES = (
    Assistant,
    AssistantFile,
    AssistantVersion,
    Memory,
    RouteRecord,
    ApiRecord,
    ThreadMessage,
    Thread,
    StaffMessage,
)
NOT_FOUND = 404
EMPTY: list[Any] = []


@dataclass(frozen=True)
class Row:
    """How a route is asked, and what those hear whom the thing is not.

    Attributes:
        body: As JSON, None for none.
        stranger: What a client of another site hears; a list is a body that shows nothing of this one.
        scope: What a token needs.
        allowed: What the one who may do it hears.
    """

    body: Any = None
    stranger: int | list[Any] | None = NOT_FOUND
    scope: str = READ
    allowed: tuple[int, ...] = (200, 201, 204)


def writes(body: Any = None, **more: Any) -> Row:
    return Row(body, **{"scope": WRITE, **more})


NEW = {"code": "brand-new", "name": "n", "instructions": "i", "tools": []}
API = {"code": "new-api", "url": "https://api.example.com", "headers": "{}"}
CHANGE = {"name": "Another"}
NOBODY = {"phone": "+12025550177"}
MESSAGE = {"content": "Hello"}
# What a stranger makes or sees is their own.
OWN = None
ADMIN_ROWS = {
    f"GET {ROOT}apis/": Row(stranger=EMPTY),
    f"POST {ROOT}apis/": writes(API, stranger=OWN),
    f"GET {ROOT}apis/{{code}}/": Row(),
    f"PUT {ROOT}apis/{{code}}/": writes({**API, "code": "shop"}),
    f"PATCH {ROOT}apis/{{code}}/": writes({"url": "https://b.example.com"}),
    f"DELETE {ROOT}apis/{{code}}/": writes(),
    f"GET {ROOT}tools/": Row(stranger=OWN),
    f"GET {ROOT}tools/{{id}}/": Row(),
    f"GET {ROOT}": Row(stranger=EMPTY),
    f"POST {ROOT}": writes(NEW, stranger=OWN),
    f"GET {ROOT}{{code}}/": Row(),
    f"PUT {ROOT}{{code}}/": writes({**NEW, "code": "maple-street"}),
    f"PATCH {ROOT}{{code}}/": writes(CHANGE),
    f"DELETE {ROOT}{{code}}/": writes(),
    f"GET {ROOT}{{code}}/versions/": Row(),
    f"POST {ROOT}{{code}}/versions/{{version}}/restore/": writes(),
    f"GET {ROOT}{{assistant_code}}/routes/": Row(),
    f"POST {ROOT}{{assistant_code}}/routes/": writes({"tags": {}}),
    f"GET {ROOT}{{assistant_code}}/routes/{{id}}/": Row(),
    f"PUT {ROOT}{{assistant_code}}/routes/{{id}}/": writes({"tags": {}}),
    f"PATCH {ROOT}{{assistant_code}}/routes/{{id}}/": writes({"tags": {}}),
    f"DELETE {ROOT}{{assistant_code}}/routes/{{id}}/": writes(),
    f"GET {ROOT}{{assistant_code}}/threads/": Row(),
    f"POST {ROOT}{{assistant_code}}/threads/": writes({"user_id": "u"}),
    f"GET {ROOT}{{assistant_code}}/threads/{{id}}/": Row(),
    f"PUT {ROOT}{{assistant_code}}/threads/{{id}}/": writes({"user_id": "u"}),
    f"PATCH {ROOT}{{assistant_code}}/threads/{{id}}/": writes({"user_id": "u"}),
    f"DELETE {ROOT}{{assistant_code}}/threads/{{id}}/": writes(),
    f"GET {ROOT}{{assistant_code}}/threads/{{id}}/messages/": Row(),
    f"POST {ROOT}{{assistant_code}}/threads/{{id}}/messages/": writes(MESSAGE),
    "POST /api/v2/assistants/{assistant_code}/evaluate": Row({"input": {"message": "Hello"}}),
}
ASSISTANT = {"siteId": 1, "id": 1, "assistantName": "Another"}
SITE_ROWS = {
    "GET /site/{siteId}/assistant": Row(),
    "POST /site/{siteId}/assistant": Row({"siteId": 1}),
    f"GET {ONE}": Row(),
    f"PUT {ONE}": Row(ASSISTANT),
    f"DELETE {ONE}": Row(),
    f"POST {ONE}/chat": Row({"message": "Hello"}),
    "POST /site/{siteId}/chat": Row({"message": "Hello"}),
    "GET /site/{siteId}/chat/{threadId}/messages": Row(),
    f"GET {ONE}/files": Row(),
    f"POST {ONE}/files": Row(),
    f"GET {ONE}/files/{{assistantFileId}}": Row(),
    f"GET {ONE}/files/{{assistantFileId}}/content": Row(),
    f"GET {ONE}/files/{{assistantFileId}}/chunks": Row(),
    f"DELETE {ONE}/files/{{assistantFileId}}": Row(),
    f"GET {ONE}/versions": Row(),
    f"GET {ONE}/versions/{{version}}": Row(),
    f"POST {ONE}/versions/{{version}}/restore": Row(),
    f"POST {ONE}/api-calls": Row({"apiCode": "shop", "path": "x"}),
    f"GET {ONE}/memory/{{conversation_id}}": Row(),
    f"PUT {ONE}/memory/{{conversation_id}}": Row({"key": "k", "data": 1}),
    "POST /site/{siteId}/patients/find": Row({"text": "Nobody"}),
    "POST /site/{siteId}/patients/export": Row(NOBODY, allowed=(NOT_FOUND,)),
    "POST /site/{siteId}/patients/date-of-birth": Row({**NOBODY, "name": "Nobody"}),
    "POST /site/{siteId}/patients/erase": Row(NOBODY, allowed=(NOT_FOUND,)),
    "GET /site/{siteId}/practice": Row(),
    "PUT /site/{siteId}/practice": Row({"revision": 0, "practice": {}}, allowed=(400,)),
    "GET /site/{siteId}/calls": Row(),
    "GET /site/{siteId}/calls/{callId}": Row(),
    "GET /site/{siteId}/figures": Row(),
    "GET /site/{siteId}/messages": Row(),
    "GET /site/{siteId}/messages/{messageId}": Row(),
    "PATCH /site/{siteId}/messages/{messageId}": Row({"state": "seen"}),
    # The message has no recording, which is not found for whoever may ask.
    "GET /site/{siteId}/messages/{messageId}/recording": Row(allowed=(NOT_FOUND,)),
}
PERSON_ROWS = {"GET /auth/user": Row(), "POST /auth/logout": Row()}
OPEN = {"POST /auth/login", "POST /oauth/token/"}
"""Where tokens come from: these want none, and what they refuse has tests of its own."""
ROWS = {**ADMIN_ROWS, **SITE_ROWS, **PERSON_ROWS}


@dataclass
class Scene:
    """The APIs, one of everything behind them, and who stands before them.

    Attributes:
        app: The server.
        ids: What stands in paths, by the name of its place.
        tokens: Bearer tokens by who has them.
    """

    app: AppUnderTest
    ids: dict[str, Any]
    tokens: dict[str, str] = field(default_factory=dict)

    async def ask(self, route: str, who: str | None) -> httpx.Response:
        """Ask as somebody."""
        method, path = route.split(" ")
        ids = dict(self.ids)
        for part, kind in (("/tools/", "tool"), ("/routes/", "route"), ("/threads/", "thread")):
            ids["id"] = self.ids[kind] if part in path else ids.get("id", "")
        ids["code"] = "shop" if path.startswith(f"{ROOT}apis/") else self.ids["assistant_code"]
        headers = {} if who is None else {"Authorization": f"Bearer {self.tokens[who]}"}
        options: dict[str, Any] = {"json": ROWS[route].body} if ROWS[route].body is not None else {}
        if route == f"POST {ONE}/files":
            options = {"files": {"file": ("a.md", b"Parking is free behind the house.", "text/markdown")}}
        return await self.app.client.request(method, path.format(**ids), headers=headers, **options)

    async def written(self) -> list[int]:
        """Count what requests may leave in the records."""
        counts = [select(func.count()).select_from(table).scalar_subquery() for table in TABLES]
        async with self.app.services.database.reading() as session:
            return list((await session.execute(select(*counts))).one())

    async def turned_away(self, route: str, who: str | None) -> httpx.Response:
        """Ask as somebody who has no business here, and make sure that it came to nothing."""
        before = await self.written()
        answer = await self.ask(route, who)
        assert await self.written() == before, route
        return answer


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> AsyncIterator[Scene]:
    folder = tmp_path_factory.mktemp("callers")
    async with run_app(folder, sqlite_template) as app:
        services, demo = app.services, app.demo
        assistant = await services.assistants.get_assistant(demo.site_id, demo.assistant_id)
        assert (demo.site_id, assistant.id) == (1, 1)  # as the rows' bodies say
        other = await services.sites.create_site("Other")
        tools = await services.tools.list_tools(None)
        bot = await services.bots.find_bot(demo.bot_id)
        assert bot is not None
        left = await services.messages.leave(bot, "key-1", LeftMessage(text="Call me."))
        staff = await services.staff.log_in(demo.staff_email, demo.staff_password)
        ids = {
            "siteId": demo.site_id,
            "siteAssistantId": assistant.id,
            "assistantFileId": (await services.files.list_files(demo.site_id, assistant.id))[0].id,
            "assistant_code": assistant.code,
            "conversation_id": "conv-1",
            "messageId": left.body["message"]["id"],
            "callId": (await services.calls.start("CA1", bot.id, None, demo.phone_number)).call_id,
            "threadId": await services.chats.start(assistant.id, staff.id),
            "version": 1,
            "tool": next(one.id for one in tools if one.source_code == assistant.code),
            "route": (await services.routes.create_route(assistant.id, {})).id,
            "thread": (await services.threads.create_thread(assistant.id, None, None)).number,
        }
        await services.remote_apis.create_api(
            url="https://shop.example.com", headers="{}", code="shop", site_id=demo.site_id
        )
        yield Scene(app, ids, await _tokens(app, other))


async def _tokens(app: AppUnderTest, other_site: int) -> dict[str, str]:
    services = app.services

    async def client(name: str, scopes: tuple[str, ...], sites: list[int] | None) -> str:
        made = await services.clients.create_client(SCOPES, site_ids=sites, name=name)
        token = await services.access_tokens.issue(made.client.id, list(scopes))
        if name == "revoked":
            await services.clients.revoke_client(made.client.id)
        return token

    log_in = {"email": app.demo.staff_email, "password": app.demo.staff_password}
    staff = (await app.client.post("/auth/login", json=log_in)).json()["token"]
    return {
        "empty": "",
        "nonsense": "nonsense",
        "forged": staff[:-4] + ("AAAA" if not staff.endswith("AAAA") else "BBBB"),
        "partner": app.demo.partner_key,
        "runtime of a bot": services.runtime.for_bot(app.demo.bot_id),
        "runtime": services.runtime.for_site(app.demo.site_id),
        "runtime of another site": services.runtime.for_site(other_site),
        "staff": staff,
        "client": await client("all", SCOPES, None),
        "reader": await client("reader", (READ,), None),
        "writer": await client("writer", (WRITE,), None),
        "revoked": await client("revoked", SCOPES, None),
        "stranger": await client("stranger", SCOPES, [other_site]),
    }


async def test_every_route_of_the_doors_has_its_row_here() -> None:
    documented = {name for api in ("site", "assistants") for name, _ in operations(written(api))}
    assert documented == set(ROWS) | OPEN


@pytest.mark.parametrize("route", ROWS)
async def test_without_a_good_token_every_route_is_shut(scene: Scene, route: str) -> None:
    strangers = ["empty", "nonsense", "forged", "partner", "runtime of a bot", "revoked"]
    strangers += ["client"] if route in {**SITE_ROWS, **PERSON_ROWS} else ["staff", "runtime"]
    for who in (None, *strangers):
        answer = await scene.turned_away(route, who)
        assert answer.status_code == 401, who
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert set(answer.json()) in ({"detail"}, {"message", "statusCode"})


@pytest.mark.parametrize("route", ADMIN_ROWS)
async def test_every_route_wants_its_scope(scene: Scene, route: str) -> None:
    other = "writer" if ADMIN_ROWS[route].scope == READ else "reader"
    answer = await scene.turned_away(route, other)
    assert (answer.status_code, list(answer.json())) == (403, ["detail"])


@pytest.mark.parametrize("route", [name for name, row in ADMIN_ROWS.items() if row.stranger is not OWN])
async def test_a_client_of_another_site_finds_nothing(scene: Scene, route: str) -> None:
    answer = await scene.turned_away(route, "stranger")
    expected = ADMIN_ROWS[route].stranger
    if isinstance(expected, list):
        assert (answer.status_code, answer.json()) == (200, expected)
        return
    assert answer.status_code == expected
    assert set(answer.json()) == {"detail"}
    if "code}/" in route and "apis/{" not in route:
        nowhere = Scene(scene.app, {**scene.ids, "assistant_code": "not-there"}, scene.tokens)
        missing = await nowhere.turned_away(route, "client")
        assert (missing.status_code, missing.json()) == (expected, answer.json())  # as if there were none


@pytest.mark.parametrize("route", SITE_ROWS)
async def test_another_site_is_forbidden_whoever_asks(scene: Scene, route: str) -> None:
    theirs = await scene.turned_away(route, "runtime of another site")
    assert (theirs.status_code, theirs.json()["message"]) == (403, "Forbidden resource")
    elsewhere = Scene(scene.app, {**scene.ids, "siteId": 2}, scene.tokens)
    for who in ("staff", "runtime"):
        answer = await elsewhere.turned_away(route, who)
        assert (answer.status_code, answer.json()["message"]) == (403, "Forbidden resource")


@pytest.mark.parametrize("route", PERSON_ROWS)
async def test_a_runtime_is_no_person(scene: Scene, route: str) -> None:
    assert (await scene.turned_away(route, "runtime")).status_code == 401


async def test_whoever_may_is_let_in(scene: Scene) -> None:
    # Those that end something come last, the longest path first: parts before the whole.
    routes = sorted(ROWS, key=lambda one: ("logout" in one, "DELETE" in one, "DELETE" in one and -len(one)))
    for route in routes:
        if "api-calls" in route:
            continue  # it would go out
        row = ROWS[route]
        who = ("reader" if row.scope == READ else "writer") if route in ADMIN_ROWS else "staff"
        if route == f"DELETE {ROOT}{{code}}/":
            made = await scene.app.services.assistants.create_assistant(1, code="ending")
            scene.ids["assistant_code"] = made.code
        answer = await scene.ask(route, who)
        assert answer.status_code in row.allowed, (route, answer.text)
