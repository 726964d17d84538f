"""The media socket of a real server: the call's own token opens it, and a call outlives its sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

from config.settings import CallSettings
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.http_server import serve_http

RULES = CallSettings(start_seconds=30.0, max_message_bytes=4096)


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    async with run_app(tmp_path, sqlite_template, call=RULES) as app:
        yield app


@pytest.fixture
async def media(app: AppUnderTest) -> AsyncIterator[str]:
    async with serve_http(app.asgi) as server:
        yield f"ws://{server.address}/twilio/media"


async def ticket(app: AppUnderTest, path: str = "/twilio/voice", call_id: str = "CA1", **fields: str) -> str:
    response = await app.twilio(path, app.incoming(call_id) | fields)
    parameter = ET.fromstring(response.text).find("./Connect/Stream/Parameter")  # noqa: S314 - our own
    assert parameter is not None
    return parameter.attrib["value"]


def start(token: str | None, call_id: str = "CA1") -> str:
    parameters: dict[str, Any] = {} if token is None else {"token": token}
    body = {"streamSid": "MZ1", "callSid": call_id, "tracks": ["inbound"], "customParameters": parameters}
    return json.dumps({"event": "start", "sequenceNumber": "1", "start": body, "streamSid": "MZ1"})


CONNECTED = json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})


async def begin(socket: ClientConnection, token: str, call_id: str = "CA1") -> dict[str, Any]:
    await socket.send(CONNECTED)
    await socket.send(start(token, call_id))
    hello: dict[str, Any] = json.loads(await socket.recv())
    return hello


async def refused(socket: ClientConnection) -> int | None:
    with pytest.raises(websockets.ConnectionClosed):
        await asyncio.wait_for(socket.recv(), 20)
    return socket.close_code


async def test_the_call_s_own_token_opens_the_socket(app: AppUnderTest, media: str) -> None:
    token = await ticket(app)
    async with connect(media) as socket:
        assert await begin(socket, token) == {"event": "hello", "messages": 0}
        await socket.send("one")
        assert await socket.recv() == "one"
    (call,) = app.agent.starts
    assert (call.call_id, call.stream_id, call.bot_id) == ("CA1", "MZ1", app.demo.bot_id)
    assert (call.from_number, call.timezone) == ("+12025550100", "America/New_York")


BAD_HEADER = "eyJhbGciOiJIUzI1NiIsImNyaXQiOjF9.e30.x"
"""A token whose header has a ``crit`` that is no list."""


@pytest.mark.parametrize("token", [None, "", "nonsense", "a.b.c", BAD_HEADER])
async def test_without_the_token_the_socket_is_closed(
    app: AppUnderTest, media: str, token: str | None
) -> None:
    await ticket(app)
    async with connect(media) as socket:
        await socket.send(CONNECTED)
        await socket.send(start(token))
        assert await refused(socket) == 1008
    assert app.agent.starts == []
    assert (await app.services.calls.get("CA1")).connections == 0


async def test_a_token_is_good_for_one_connection(app: AppUnderTest, media: str) -> None:
    token = await ticket(app)
    async with connect(media) as first:
        await begin(first, token)
        async with connect(media) as second:
            await second.send(start(token))
            assert await refused(second) == 1008
        await first.send("still here")
        assert await first.recv() == "still here"
    assert len(app.agent.starts) == 1
    # What was refused uses up nothing: a token issued meanwhile stays good.
    assert (await app.services.calls.get("CA1")).connections == 1


async def test_of_two_sockets_with_one_token_at_once_one_gets_in(app: AppUnderTest, media: str) -> None:
    token = await ticket(app)

    async def outcome(socket: ClientConnection) -> str | int | None:
        await socket.send(start(token))
        try:
            return str(json.loads(await socket.recv())["event"])
        except websockets.ConnectionClosed:
            return socket.close_code

    async with connect(media) as first, connect(media) as second:
        outcomes = await asyncio.gather(outcome(first), outcome(second))
        assert sorted(outcomes, key=str) == [1008, "hello"]
    assert len(app.agent.starts) == 1


async def test_an_old_token_is_refused(app: AppUnderTest, media: str) -> None:
    token = await ticket(app)
    app.wall.move(seconds=61)
    async with connect(media) as socket:
        await socket.send(start(token))
        assert await refused(socket) == 1008


async def test_another_call_s_token_is_refused(app: AppUnderTest, media: str) -> None:
    token = await ticket(app, call_id="CA1")
    await ticket(app, call_id="CA2")
    async with connect(media) as socket:
        await socket.send(start(token, "CA2"))
        assert await refused(socket) == 1008


async def test_a_token_of_another_purpose_is_refused(app: AppUnderTest, media: str) -> None:
    await ticket(app)
    async with connect(media) as socket:
        await socket.send(start(app.services.runtime.for_site(app.demo.site_id)))
        assert await refused(socket) == 1008


async def test_a_socket_that_does_not_say_which_call_is_closed(tmp_path: Path, sqlite_template: Path) -> None:
    hasty = CallSettings(start_seconds=0.2)
    async with (
        run_app(tmp_path, sqlite_template, call=hasty) as app,
        serve_http(app.asgi) as server,
        connect(f"ws://{server.address}/twilio/media") as socket,
    ):
        await socket.send(CONNECTED)
        assert await refused(socket) == 1008


@pytest.mark.parametrize(
    "garbage",
    ["", "{", "[]", "null", '"start"', '{"event":"start"}', '{"event":"start","start":[]}', "[" * 4000],
)
async def test_garbage_before_the_start_is_passed_over(app: AppUnderTest, media: str, garbage: str) -> None:
    token = await ticket(app)
    async with connect(media) as socket:
        await socket.send(garbage)
        await socket.send(garbage.encode())
        await begin(socket, token)
    assert len(app.agent.starts) == 1


async def test_endless_garbage_is_not_listened_to(app: AppUnderTest, media: str) -> None:
    async with connect(media) as socket:
        for _ in range(60):
            await socket.send("{}")
        assert await refused(socket) == 1008


async def test_an_oversized_message_is_dropped_and_the_call_goes_on(app: AppUnderTest, media: str) -> None:
    token = await ticket(app)
    async with connect(media) as socket:
        await begin(socket, token)
        await socket.send("x" * 1_000_000)
        await socket.send(b"x" * 5000)
        await socket.send("after")
        assert await socket.recv() == "after"
        await socket.send(b"bytes")
        assert await socket.recv() == "5 bytes"


async def test_the_bot_s_goodbye_is_recorded_and_closes_the_socket(app: AppUnderTest, media: str) -> None:
    token = await ticket(app)
    async with connect(media) as socket:
        await begin(socket, token)
        await socket.send("hang up")
        assert await refused(socket) == 1000
    call = await app.services.calls.get("CA1")
    assert call.ending is not None
    assert call.ending.kind == "hang_up"


async def test_a_call_whose_stream_died_carries_on_from_its_messages(app: AppUnderTest, media: str) -> None:
    token = await ticket(app)
    async with connect(media) as socket:
        await begin(socket, token)
    async with connect(media) as socket:
        hello = await begin(socket, await ticket(app, "/twilio/voice/next"))
    assert hello["messages"] == 1
    assert app.agent.starts[1].messages == ({"role": "assistant", "content": "connection 1"},)


async def test_a_failing_agent_closes_the_socket_and_the_call_is_connected_again(
    app: AppUnderTest, media: str
) -> None:
    token = await ticket(app)
    async with connect(media) as socket:
        await begin(socket, token)
        await socket.send("crash")
        assert await refused(socket) == 1011
    assert await ticket(app, "/twilio/voice/next")


async def test_a_new_connection_stops_the_one_that_hangs(app: AppUnderTest, media: str) -> None:
    token = await ticket(app)
    async with connect(media) as hanging:
        await begin(hanging, token)
        async with connect(media) as socket:
            hello = await begin(socket, await ticket(app, "/twilio/voice/next"))
            assert hello["messages"] == 2  # what the first wrote down as it ended, too
            assert await refused(hanging) == 1000
            await socket.send("here")
            assert await socket.recv() == "here"
    assert app.agent.cancelled == 1


async def test_a_socket_that_cannot_be_checked_is_asked_to_come_again(app: AppUnderTest, media: str) -> None:
    token = await ticket(app)
    await app.services.database.dispose()
    file = app.settings.data_dir / "chairside.db"
    file.unlink()
    file.mkdir()
    async with connect(media) as socket:
        await socket.send(start(token))
        assert await refused(socket) == 1013
    assert app.agent.starts == []


async def test_a_server_that_its_calls_leave_takes_no_socket(app: AppUnderTest, media: str) -> None:
    token = await ticket(app)
    app.services.in_progress.leaving = True
    with pytest.raises(websockets.InvalidStatus):
        async with connect(media):
            pass
    app.services.in_progress.leaving = False
    async with connect(media) as socket:
        await begin(socket, token)


async def test_calls_in_progress_are_counted_and_waited_for(app: AppUnderTest, media: str) -> None:
    token = await ticket(app)
    progress = app.services.in_progress
    async with connect(media) as socket:
        await begin(socket, token)
        assert len(progress) == 1
        assert not await progress.wait_idle(0.05)
        await socket.send("hang up")
        assert await progress.wait_idle(5)
    assert len(progress) == 0


async def test_what_the_carrier_says_of_the_number_holds_on_every_connection(
    app: AppUnderTest, media: str
) -> None:
    said = {
        "CA1": {},
        "CA2": {"StirVerstat": "TN-Validation-Passed-A"},
        "CA3": {"StirVerstat": "No-TN-Validation"},
    }
    for call_id, fields in said.items():
        token = await ticket(app, call_id=call_id, **fields)
        for _ in range(2):
            async with connect(media) as socket:
                await begin(socket, token, call_id)
            token = await ticket(app, "/twilio/voice/next", call_id)
    proves = [(one.call_id, one.number_proves) for one in app.agent.starts]
    assert proves == [(name, name != "CA3") for name in said for _ in range(2)]
    (call,) = [one for one in app.agent.starts if one.call_id == "CA3"][:1]
    assert call.messages == ()
