"""The two APIs of assistants against their own documents: they answer as these say they do.

``SCHEMATHESIS_EXAMPLES=500`` makes the run longer, and another one each time.
"""

import asyncio
import itertools
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as openapi_checks

from config.settings import LimitSettings
from practice.integrators.service import SCOPES
from tests.fakes.app import BASE, AppUnderTest, run_app
from tests.fakes.documents import written

Case = schemathesis.Case[Any]
SITE = schemathesis.openapi.from_dict(written("site"))
ADMIN = schemathesis.openapi.from_dict(written("assistants"))
for schema in (SITE, ADMIN):
    # Other methods have tests of their own, and what is wrong is tried by the other phase.
    schema.config.phases.coverage.unexpected_methods = set()
    schema.config.phases.coverage.generation.modes = [GenerationMode.POSITIVE]
pytestmark = pytest.mark.xdist_group("schemathesis-assistants")
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]
"""All but those that take every request for a good one that fits its schema, and for a bad one that does not:
the APIs are as lenient as their vendors' frameworks, which read ``"1"`` as a number."""
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "4"))
profile = settings(
    max_examples=EXAMPLES,
    derandomize="SCHEMATHESIS_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Server:
    """The APIs in a loop of their own, with one of everything."""

    def __init__(self, folder: Path, template: Path) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        many = LimitSettings(refused_keys_per_minute=1_000_000, log_ins_per_minute=1_000_000)
        opened = run_app(folder, template, _Nowhere(), limits=many)
        self.app: AppUnderTest = self._runner.run(self._stack.enter_async_context(opened))
        self.outcomes: dict[str, set[bool]] = {}
        self.dice = itertools.count(1)
        self._runner.run(self._furnish())

    async def _furnish(self) -> None:
        services, demo = self.app.services, self.app.demo
        made = await services.clients.create_client(SCOPES)
        self.client_id, self.client_secret = made.client.id, made.secret
        self.token = await services.access_tokens.issue(made.client.id, list(SCOPES))
        log_in = {"email": demo.staff_email, "password": demo.staff_password}
        self.log_in = log_in
        assistant = await services.assistants.get_assistant(demo.site_id, demo.assistant_id)
        (file, *_) = await services.files.list_files(demo.site_id, assistant.id)
        api = await services.remote_apis.create_api(
            url="https://api.example.com/v1", headers='{"X-Key": "secret-of-the-api"}', code="shop"
        )
        route = await services.routes.create_route(assistant.id, {"language": "es"})
        thread = await services.threads.create_thread(assistant.id, None, None)
        self.ids = {
            "siteId": demo.site_id,
            "siteAssistantId": assistant.id,
            "assistantFileId": file.id,
            "version": "1",
            "callId": (await services.calls.start("CA1", demo.bot_id, None, None)).call_id,
            "threadId": await services.chats.start(assistant.id, "runtime"),
            "assistant": assistant.code,
            "api": api.code,
            "route": str(route.id),
            "thread": str(thread.number),
            "tool": "1",
        }
        other = await services.assistants.create_assistant(demo.site_id, code="spare")
        spare_api = await services.remote_apis.create_api(url="https://a.example", headers="{}", code="spare")
        spare_route = await services.routes.create_route(assistant.id, {})
        spare_thread = await services.threads.create_thread(assistant.id, None, None)
        spare_file = await services.files.add_file(
            demo.site_id, assistant.id, file_name="spare.md", content=b"Parking is free behind the house."
        )
        self.spare = {
            "assistant": other.code,
            "api": spare_api.code,
            "route": str(spare_route.id),
            "thread": str(spare_thread.number),
            "assistantFileId": spare_file.id,
        }
        self.spare_number = (await services.assistants.create_assistant(demo.site_id)).id

    def send(self, case: Case) -> httpx.Response:
        """Send a generated request, byte for byte as it was meant."""
        prepared = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
        body: Any = prepared.body
        headers = {
            name: value.decode("latin-1") if isinstance(value, bytes) else value
            for name, value in prepared.headers.items()
        }
        if headers.get("Authorization", "").startswith("Bearer "):
            headers["Authorization"] = f"Bearer {self._token(case)}"
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        request = self.app.client.build_request(
            prepared.method or "", prepared.url or "", content=body, headers=raw
        )
        return self._runner.run(self.app.client.send(request))

    def _token(self, case: Case) -> str:
        if not case.path.startswith(("/site/", "/auth/")):
            return self.token
        if not case.path.startswith("/auth/"):
            return self.app.services.runtime.for_site(self.app.demo.site_id)
        answer = self._runner.run(self.app.client.post("/auth/login", json=self.log_in))
        token: str = answer.json()["token"]
        return token

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()


class _Nowhere(httpx.AsyncBaseTransport):
    """Stands for every server outside: it answers with what was asked."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = json.dumps({"path": request.url.path, "key": request.headers.get("x-key")})
        return httpx.Response(200, content=_pieces(answer.encode()))


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


def aimed(case: Case, server: Server) -> None:
    """Put what exists in the place of what was made up, where that is of the right kind."""
    dice = next(server.dice)
    if dice % 5 and _is_good(case, ParameterLocation.PATH):
        named = {name: _named(case.path, name) for name in case.path_parameters}
        ids = server.ids | (server.spare if case.method == "DELETE" else {})
        if case.method == "DELETE" and case.path.endswith("{siteAssistantId}"):
            ids["siteAssistantId"] = server.spare_number
        if case.method == "DELETE" and ("/routes/" in case.path or "/threads/" in case.path):
            ids["assistant"] = server.ids["assistant"]
        case.path_parameters |= {name: ids[of] for name, of in named.items() if of in ids}
    if isinstance(case.body, dict):
        _aim_body(case, case.body, server, dice)


def _aim_body(case: Case, body: dict[str, Any], server: Server, dice: int) -> None:
    if case.path.startswith("/site/"):
        numbers = {"siteId": "siteId", "id": "siteAssistantId"}
        body |= {of: case.path_parameters[name] for of, name in numbers.items() if of in body}
    known = {
        "tools": [1, 2],
        "apiCode": server.ids["api"],
        "site_id": server.ids["siteId"],
        "client_id": server.client_id,
        "client_secret": server.client_secret,
        **server.log_in,
    }
    for name in set(known) & set(body):
        if isinstance(body[name], type(known[name])) and dice % 4:
            body[name] = known[name]
    if "threadId" in body and dice % 4:
        del body["threadId"]
    if case.method in {"PUT", "PATCH"} and "code" in case.path_parameters and "code" in body and dice % 4:
        body["code"] = case.path_parameters["code"]


def _named(path: str, name: str) -> str:
    """Say what a path's parameter names."""
    for part, kind in (("/tools/{", "tool"), ("/routes/{", "route"), ("/threads/{", "thread")):
        if part in path and name == "id":
            return kind
    if name == "code":
        return "api" if "/apis/{" in path else "assistant"
    return {"assistant_code": "assistant"}.get(name, name)


def _is_good(case: Case, location: ParameterLocation) -> bool:
    """Tell whether a part of a request was meant to be right."""
    made = case.meta.components.get(location) if case.meta else None
    return made is None or made.mode.is_positive


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("schemathesis"), sqlite_template)
    yield server
    server.close()
    # Were nothing of it ever granted, a run would say little.
    assert [label for label, outcomes in server.outcomes.items() if True not in outcomes] == []


def examine(case: Case, server: Server) -> None:
    """Send a request and hold the answer to the document."""
    aimed(case, server)
    response = server.send(case)
    server.outcomes.setdefault(case.operation.label, set()).add(response.is_success)
    case.validate_response(response, checks=CHECKS)


@SITE.parametrize()
@profile
def test_the_site_door_answers_as_its_document_says(case: Case, server: Server) -> None:
    examine(case, server)


@ADMIN.parametrize()
@profile
def test_the_admin_door_answers_as_its_document_says(case: Case, server: Server) -> None:
    examine(case, server)
