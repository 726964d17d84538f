"""The documents and their pages, as anybody may fetch them."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import pytest_asyncio
from markupsafe import escape

from config.settings import FollowUpSettings, ServerSettings
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.documents import operations, written
from tests.fakes.partner_app import error
from webhooks.docs.page import page

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = ["partner", "site", "assistants"]
PATHS = [f"/openapi/{name}.json" for name in NAMES] + [f"/docs/{name}" for name in NAMES]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def app(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    server, later = ServerSettings(public_url="https://voice.example.com"), FollowUpSettings(in_server=False)
    folder = tmp_path_factory.mktemp("pages")
    async with run_app(folder, sqlite_template, server=server, followups=later) as app:
        yield app


class Page(HTMLParser):
    """What a browser would do with a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.handlers: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in {"meta", "link", "br", "img", "wbr"}:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.links.append(value or "")
            if name == "src":
                self.fetched.append(value or "")
            if name.startswith("on") or name == "style":
                self.handlers.append(name)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


async def test_documents_and_pages_are_there_for_everybody(app: AppUnderTest) -> None:
    types = [(await app.client.get(path)).headers["Content-Type"] for path in PATHS]
    assert types == ["application/json"] * 3 + ["text/html; charset=utf-8"] * 3
    document = (await app.client.get("/openapi/partner.json")).json()
    assert document["servers"] == [{"url": "https://voice.example.com"}]


@pytest.mark.parametrize("path", PATHS)
async def test_what_a_client_has_already_is_not_sent_again(app: AppUnderTest, path: str) -> None:
    first = await app.client.get(path)
    tag = first.headers["ETag"]
    assert "max-age" in first.headers["Cache-Control"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await app.client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert (await app.client.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


@pytest.mark.parametrize("path", ["/openapi/twilio.json", "/docs/nothing", "/openapi.json"])
async def test_there_is_no_other_document(app: AppUnderTest, path: str) -> None:
    assert error(await app.client.get(path)) == (404, "not_found")


async def test_the_page_shows_every_operation_and_needs_nothing_from_anywhere(app: AppUnderTest) -> None:
    response = await app.client.get("/docs/partner")
    shown = Page(response.text)
    assert shown.open == []
    assert not {"script", "link", "iframe", "form", "object"} & shown.tags
    assert (shown.fetched, shown.handlers) == ([], [])
    assert len(shown.ids) == len(set(shown.ids))
    described = list(operations(written("partner")))
    assert {operation["operationId"] for _, operation in described} <= set(shown.ids)
    for link in shown.links:
        assert link in PATHS or link.removeprefix("#") in shown.ids
    for name, operation in described:
        assert name.partition(" ")[2] in response.text
        assert str(escape(operation["summary"])) in response.text


async def test_the_page_says_what_a_value_may_be() -> None:
    fields = {
        "name": {"anyOf": [{"type": "string", "maxLength": 200}, {"type": "null"}], "description": "Whose."},
        "length": {"type": "integer", "minimum": 1, "maximum": 1440},
        "tags": {"type": ["object", "null"], "properties": {"campaign": {"type": "string"}}},
    }
    content = {"application/json": {"schema": {"type": "object", "properties": fields}}}
    operation = {
        "operationId": "x",
        "summary": "x",
        "tags": ["x"],
        "requestBody": {"content": content},
        "responses": {},
    }
    document = {
        "info": {"title": "x", "version": "1", "description": "x"},
        "tags": [{"name": "x", "description": ""}],
        "servers": [{"url": "/"}],
        "paths": {"/x": {"post": operation}},
    }
    shown = page(document, "/openapi/x.json")
    for words in (
        "Whose. At most 200 characters.",
        "1 to 1440.",
        ">string<",
        ">object<",
        "<code>tags.<wbr>campaign</code>",
    ):
        assert words in shown


async def test_nothing_in_a_document_becomes_markup() -> None:
    hostile = '<script>alert(1)</script> `<b>` " onclick=x'
    operation = {
        "operationId": "x",
        "summary": hostile,
        "tags": [hostile],
        "description": f"{hostile}\n\n## {hostile}",
        "parameters": [{"name": hostile, "in": "query", "description": hostile}],
        "responses": {"200": {"description": hostile, "headers": {hostile: {"description": hostile}}}},
    }
    document = {
        "info": {"title": hostile, "version": hostile, "description": hostile},
        "tags": [{"name": hostile, "description": hostile}],
        "servers": [{"url": "/"}],
        "paths": {f"/{hostile}": {"get": operation}},
    }
    read = Page(page(document, "/openapi/x.json"))
    assert "script" not in read.tags
    assert read.handlers == []
    assert read.open == []


async def test_a_browser_may_do_nothing_but_show_the_page_in_its_own_style(app: AppUnderTest) -> None:
    response = await app.client.get("/docs/partner")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert re.search("<style>[^<]+</style>", response.text)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
