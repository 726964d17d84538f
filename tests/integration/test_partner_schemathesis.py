"""The Partner API against its own document: what is sent at it, it answers as it says it does.

``SCHEMATHESIS_EXAMPLES=500`` makes the run longer, and another one each time.
"""

import asyncio
import copy
import os
import zlib
from collections.abc import Iterator
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
from schemathesis.specs.openapi import checks as openapi_checks

from config.settings import LimitSettings
from tests.fakes.app import BASE
from tests.fakes.bots import create_bot
from tests.fakes.documents import written
from tests.fakes.partner_app import CUSTOMER, PartnerApp, run_partner_app

Case = schemathesis.Case[Any]
SCHEMA = schemathesis.openapi.from_dict(written("partner"))
pytestmark = pytest.mark.xdist_group("schemathesis")
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.negative_data_rejection,
    openapi_checks.missing_required_header,
    openapi_checks.unsupported_method,
]
"""All but those that take every request that fits its schema for a good one: no schema can say that a time
must be free, a number possible, or a span begin before its end."""
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "12"))
TIMES, FREE_TIMES = (
    [f"2026-12-{day:02}T{hour}:00:00-05:00" for day in days for hour in (10, 14)]
    for days in ((3, 4, 7, 8), (9, 10, 11, 14))
)
"""When the practice is open."""


class Server:
    """A api in a loop of its own, so that generated tests, which know no loops, can talk to it."""

    def __init__(self, folder: Path, template: Path) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        limits = LimitSettings(requests_per_minute=1_000_000, refused_keys_per_minute=1_000_000)
        opened = run_partner_app(folder, template, limits=limits)
        self.api: PartnerApp = self._runner.run(self._stack.enter_async_context(opened))
        self.kept, self.cancelled = [
            [
                self._runner.run(self.api.book(bot, f"{of}{bot}", start)).json()["booking"]["id"]
                for bot in (self.api.embedded, self.api.external)
            ]
            for of, start in (("kept", TIMES[0]), ("cancelled", TIMES[1]))
        ]
        self.outcomes: dict[str, set[bool]] = {}
        self.spare = self._runner.run(self._spare_bot())

    async def _spare_bot(self) -> str:
        bot = await create_bot(
            self.api.app.services.bots,
            self.api.partner_id,
            name="Spare",
            account_id=self.api.app.demo.account_id,
        )
        return bot.id

    def send(self, case: Case) -> httpx.Response:
        """Send a generated request, byte for byte as it was meant."""
        prepared = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
        body: Any = prepared.body
        headers = {
            name: value.decode("latin-1") if isinstance(value, bytes) else value
            for name, value in prepared.headers.items()
        }
        if headers.get("Authorization", "").startswith("Bearer "):
            headers |= self.api.app.partner()
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        request = self.api.app.client.build_request(
            prepared.method or "", prepared.url or "", content=body, headers=raw
        )
        return self._runner.run(self.api.app.client.send(request))

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()


def aimed(case: Case, server: Server) -> None:
    """Put what exists in the place of what was made up, where that is of the right kind."""
    dice = zlib.crc32(repr((case.path_parameters, case.body)).encode("utf-8", "replace"))
    far = dice & 1
    if isinstance(case.body, dict):
        case.body = copy.deepcopy(case.body)  # the document's own example, perhaps
        # Platforms outside hold nothing, and say so by a 501.
        _aim_body(case.body, server, dice, far=far and "slot" not in case.body)
    if dice >> 1 & 3 and _is_good(case, ParameterLocation.PATH):
        ids = server.cancelled if case.path.endswith("cancel") else server.kept
        if "booking_id" in case.path_parameters:
            case.path_parameters["booking_id"] = ids[far]
        if "bot_id" in case.path_parameters:
            case.path_parameters["bot_id"] = server.api.embedded if case.method == "GET" else server.spare
    if case.headers.get("Idempotency-Key") == "booking-req-123456":
        # A key is good for one thing.
        case.headers["Idempotency-Key"] = f"{case.operation.label} {dice}"
    if dice >> 3 & 3 and "bot_id" in case.query and _is_good(case, ParameterLocation.QUERY):
        case.query["bot_id"] = (server.api.embedded, server.api.external)[far]


def _aim_body(body: dict[str, Any], server: Server, dice: int, *, far: int) -> None:
    if isinstance(body.get("bot_id"), str) and body["bot_id"].strip():
        body["bot_id"] = server.api.external if far else server.api.embedded
    for name in ("booking", "slot"):
        inner = body.get(name)
        if isinstance(inner, dict) and _is_moment(inner.get("start_at")) and dice >> 5 & 3:
            # What is moved finds times that nothing was booked for.
            times = TIMES if "customer" in inner or name == "slot" else FREE_TIMES
            inner["start_at"] = times[dice >> 9 & 7]
        if isinstance(inner, dict) and isinstance(inner.get("customer"), dict) and dice >> 7 & 3:
            inner["customer"] |= {"phone": CUSTOMER["phone"]} if "phone" in inner["customer"] else {}
    if isinstance(body.get("account_id"), str) and body["account_id"].startswith("acct_"):
        body["account_id"] = server.api.app.demo.account_id


def _is_good(case: Case, location: ParameterLocation) -> bool:
    """Tell whether a part of a request was meant to be right."""
    made = case.meta.components.get(location) if case.meta else None
    return made is None or made.mode.is_positive


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and "T" in value and value[:4].isdigit()


def examine(case: Case, server: Server) -> None:
    """Send a request and hold the answer to the document."""
    aimed(case, server)
    response = server.send(case)
    server.outcomes.setdefault(case.operation.label, set()).add(response.is_success)
    case.validate_response(response, checks=CHECKS)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("schemathesis"), sqlite_template)
    yield server
    server.close()
    # Were nothing of it ever granted, a run would say little.
    assert [name for name, outcomes in server.outcomes.items() if outcomes != {True, False}] == []


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize="SCHEMATHESIS_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_the_door_answers_as_its_document_says(case: Case, server: Server) -> None:
    examine(case, server)
