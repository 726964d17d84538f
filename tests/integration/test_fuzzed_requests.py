"""Any JSON body, whatever is in it, gets an answer of the 2xx or the 4xx kind, in the API's own shape."""

import asyncio
import copy
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.app import AppUnderTest, run_app

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(
        [
            "2026-12-02",
            "2026-12-02T10:00:00-05:00",
            "2026-12-02T10:00:00",
            "9999-12-31T23:59:59Z",
            "0001-01-01",
        ]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


class Loop:
    """A loop of its own in which a server runs, so that a synchronous property can talk to it."""

    def __init__(self, folder: Path, template: Path) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.app: AppUnderTest = self._runner.run(self._stack.enter_async_context(run_app(folder, template)))

    def post(self, path: str, raw: bytes, headers: dict[str, str]) -> httpx.Response:
        sent = {"Content-Type": "application/json", **headers}
        return self._runner.run(self.app.client.post(path, content=raw, headers=sent))

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()


@pytest.fixture
def loop(tmp_path: Path, sqlite_template: Path) -> Iterator[Loop]:
    loop = Loop(tmp_path, sqlite_template)
    yield loop
    loop.close()


def bodies(bot_id: str, site_id: int) -> dict[str, dict[str, Any]]:
    """Give a good body for each path."""
    day = {"start_at": "2026-12-02T00:00:00-05:00", "end_at": "2026-12-03T00:00:00-05:00"}
    customer = {"phone": "+12025550100", "name": "Anna Bell", "email": "anna@example.com"}
    booking = {
        "start_at": "2026-12-02T10:00:00-05:00",
        "duration_minutes": 30,
        "customer": customer,
        "notes": "x",
    }
    site = f"/site/{site_id}/assistant"
    return {
        "/v1/availability/search": {
            "bot_id": bot_id,
            "query": {"filter": {"start_at_range": day, "service_id": "s"}},
        },
        "/v1/bookings": {"bot_id": bot_id, "booking": booking},
        "/v1/messages": {"bot_id": bot_id, "message": {"customer": {"name": "Anna"}, "text": "Call me"}},
        "/auth/login": {"email": "anna@example.com", "password": "x"},
        site: {"siteId": site_id, "assistantName": "Night desk", "assistantInstructions": "Be kind."},
    }


def places(body: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield way
    if isinstance(body, dict):
        for name, value in body.items():
            yield from places(value, (*way, name))


def put(body: Any, way: tuple[str, ...], value: Any) -> Any:
    if not way:
        return value
    changed = copy.deepcopy(body)
    inside = changed
    for name in way[:-1]:
        inside = inside[name]
    inside[way[-1]] = value
    return changed


@pytest.mark.parametrize("index", range(5), ids=["search", "book", "message", "log in", "assistant"])
def test_any_body_is_answered_without_a_failure(loop: Loop, index: int) -> None:
    demo = loop.app.demo
    path, good = list(bodies(demo.bot_id, demo.site_id).items())[index]
    headers = loop.app.site() if path.startswith("/site/") else loop.app.partner()

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.sampled_from(sorted(places(good))), VALUES, st.text("abc123", min_size=1, max_size=5))
    def check(way: tuple[str, ...], value: Any, key: str) -> None:
        raw = json.dumps(put(good, way, value)).encode()
        response = loop.post(path, raw, {**headers, "Idempotency-Key": key})
        assert response.status_code < 500, (raw, response.text)
        assert isinstance(response.json(), dict | list)

    check()
