"""Listening in at the console: who may, what they hear, and that the call goes on as it does."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from config.settings import SessionSettings
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.console import Person, stranger_at
from tests.fakes.http_server import HttpServer, serve_http
from tests.integration.test_media_socket_api import begin, ticket
from webhooks.console.listen import ELSEWHERE, NOT_WITH_THE_BOT

HELLO, CLEAR = base64.b64encode(b"\x00" * 160).decode(), json.dumps({"event": "clear", "streamSid": "MZ1"})


def media(payload: str = HELLO, **more: Any) -> str:
    return json.dumps({"event": "media", "media": {"track": "inbound", "payload": payload, **more}})


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    async with run_app(tmp_path, sqlite_template, sessions=SessionSettings(listeners=2)) as opened:
        yield opened


@pytest.fixture
async def server(app: AppUnderTest) -> AsyncIterator[HttpServer]:
    async with serve_http(app.asgi) as server:
        yield server


def listening(server: HttpServer, who: Person, call_id: str = "CA1", origin: str | None = None) -> connect:
    headers = {"Cookie": f"chairside_session={who.client.cookies['chairside_session']}"}
    page = Origin(origin or f"http://{server.address}")
    address = f"ws://{server.address}/console/calls/{call_id}/listen"
    return connect(address, origin=page, additional_headers=headers)


def calling(server: HttpServer) -> connect:
    return connect(f"ws://{server.address}/twilio/media")


async def closed(socket: ClientConnection) -> int | None:
    await socket.wait_closed()
    return socket.close_code


async def test_desk_hears_both_sides_of_a_call_and_its_end(
    app: AppUnderTest, server: HttpServer, dana: Person
) -> None:
    token = await ticket(app)
    async with calling(server) as call:
        await begin(call, token)
        audio = app.services.listening.find("CA1")
        assert audio is not None
        assert "Listen in" in (await dana.get("/console/calls/CA1")).text
        async with listening(server, dana) as ears:
            await call.send("no JSON, and so nothing to be heard")
            await call.recv()
            await call.send(media(token="a secret"))
            await call.recv()
            # What the bot of this test says is what it has heard.
            assert json.loads(await ears.recv()) == {"side": "caller", "audio": HELLO}
            assert json.loads(await ears.recv()) == {"side": "bot", "audio": HELLO}
            await call.send(CLEAR)
            await call.recv()
            assert [json.loads(await ears.recv()) for _ in range(2)] == [
                {"side": "caller", "clear": True},
                {"side": "bot", "clear": True},
            ]
            await call.send("hang up")
            assert await closed(ears) == 1000
    assert "Listen in" not in (await dana.get("/console/calls/CA1")).text
    async with listening(server, dana) as late:
        assert await closed(late) == NOT_WITH_THE_BOT


async def test_nothing_is_done_for_a_call_to_which_nobody_listens(
    app: AppUnderTest, server: HttpServer, dana: Person
) -> None:
    token = await ticket(app)
    async with calling(server) as call:
        await begin(call, token)
        audio = app.services.listening.find("CA1")
        assert audio is not None
        assert audio.listeners == 0
        async with listening(server, dana) as first, listening(server, dana) as second:
            await call.send(media())
            await call.recv()
            assert json.loads(await first.recv()) == json.loads(await second.recv())
            async with listening(server, dana) as third:
                assert await closed(third) == 1013, "two are enough, by the settings"
            assert audio.listeners == 2
        noted = await app.services.audit.list_entries(app.demo.site_id)
        assert [one.subject for one in noted if one.action == "listen.listen"] == [("CA1",)] * 3
        await audio.until_nobody_listens()
        assert audio.listeners == 0
        await call.send("still here")
        assert await call.recv() == "still here"


async def test_call_that_another_server_holds_is_said_to_be_there(
    app: AppUnderTest, server: HttpServer, dana: Person
) -> None:
    await ticket(app)
    assert "Another server holds this call" in (await dana.get("/console/calls/CA1")).text
    async with listening(server, dana) as ears:
        assert await closed(ears) == ELSEWHERE


async def test_another_practices_people_and_another_sites_page_hear_nothing(
    app: AppUnderTest, server: HttpServer, dana: Person
) -> None:
    await ticket(app)
    eve = await stranger_at(app)
    for who, call_id, origin in (
        (eve, "CA1", None),
        (dana, "CA2", None),
        (dana, "CA1", "https://evil.example"),
    ):
        with pytest.raises(InvalidStatus) as refused:
            async with listening(server, who, call_id, origin):
                pass
        assert refused.value.response.status_code == 403
    await eve.client.aclose()


async def test_hand_off_of_a_call_can_be_listened_to_before_it_is_taken(
    app: AppUnderTest, dana: Person
) -> None:
    await ticket(app)
    headers = {"Authorization": f"Bearer {app.services.runtime.for_hand_offs(app.demo.bot_id)}"}
    body = {"participants": ["desk"], "callId": "CA1", "reason": "a bill"}
    session = (await app.client.post("/chat-sessions", json=body, headers=headers)).json()
    page = await dana.get(f"/console/hand-offs/{session['id']}")
    assert 'data-address="/console/calls/CA1/listen"' in page.text
