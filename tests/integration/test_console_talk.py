"""The socket by which somebody at the console talks with the bot: who may open it, what becomes of a call."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.fakes.app import AppUnderTest
from tests.fakes.console import Person, text_of_page
from tests.fakes.http_server import HttpServer, serve_http


@pytest.fixture
async def server(app: AppUnderTest) -> AsyncIterator[HttpServer]:
    async with serve_http(app.asgi) as server:
        yield server


async def test_call_from_the_browser_is_held_shown_and_finished(
    app: AppUnderTest, server: HttpServer, dana: Person
) -> None:
    headers = {"Cookie": f"chairside_session={dana.client.cookies['chairside_session']}"}
    origin = Origin(f"http://{server.address}")
    async with connect(
        f"ws://{server.address}/console/try/talk", origin=origin, additional_headers=headers
    ) as socket:
        told = json.loads(await socket.recv())
        call_id = told["call"]["id"]
        assert json.loads(await socket.recv())["event"] == "hello"
        assert "Rehearsal in the browser" in text_of_page(await dana.get("/console"))
        await socket.send("echo")
        assert await socket.recv() == "echo"
    (start,) = app.agent.starts
    assert (start.call_id, start.bot_id, start.assistant_id) == (
        call_id,
        app.demo.bot_id,
        app.demo.assistant_id,
    )
    async with asyncio.timeout(5):
        while (await app.services.calls.get(call_id)).status == "in_progress":  # noqa: ASYNC110 - the server's own
            await asyncio.sleep(0.01)
    assert "connection 1" in text_of_page(await dana.get(f"/console/calls/{call_id}"))


@pytest.mark.parametrize(
    ("cookie", "origin"), [(False, "http://{address}"), (True, "https://evil.example"), (True, None)]
)
async def test_stranger_and_another_sites_page_open_no_call(
    app: AppUnderTest, server: HttpServer, dana: Person, cookie: bool, origin: str | None
) -> None:
    session = dana.client.cookies["chairside_session"]
    with pytest.raises(InvalidStatus) as refused:
        async with connect(
            f"ws://{server.address}/console/try/talk",
            origin=Origin(origin.format(address=server.address)) if origin else None,
            additional_headers={"Cookie": f"chairside_session={session}"} if cookie else {},
        ):
            pass
    assert refused.value.response.status_code == 403
    assert app.agent.starts == []


async def test_crash_of_a_call_closes_the_socket_and_is_noted(
    app: AppUnderTest, server: HttpServer, dana: Person
) -> None:
    headers = {"Cookie": f"chairside_session={dana.client.cookies['chairside_session']}"}
    url, origin = f"ws://{server.address}/console/try/talk", Origin(f"http://{server.address}")
    async with connect(url, origin=origin, additional_headers=headers) as socket:
        call_id = json.loads(await socket.recv())["call"]["id"]
        await socket.recv()
        await socket.send("crash")
        await socket.wait_closed()
        assert socket.close_code == 1011
    assert (await app.services.calls.get(call_id)).status == "failed"
