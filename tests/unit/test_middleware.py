"""Forwarded addresses are believed of trusted proxies alone; a path is parted where its sender parted it."""

from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from webhooks.middleware import PathSegments, TrustedProxies, route_name


async def passed_on(
    trusted: str, client: tuple[str, int] | None, kind: str = "http", **headers: str
) -> dict[str, Any]:
    """Give the scope as the application behind the middleware sees it."""
    got: dict[str, Any] = {}

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        got.update(scope)

    async def receive() -> Message:
        return {}

    async def send(_message: Message) -> None:
        return

    sent = [
        (b"host", b"10.0.0.5"),
        *((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()),
    ]
    scope = {
        "type": kind,
        "scheme": "ws" if kind == "websocket" else "http",
        "client": client,
        "headers": sent,
    }
    await TrustedProxies(app, trusted)(scope, receive, send)
    return got


async def seen(
    trusted: str, client: tuple[str, int] | None, kind: str = "http", **headers: str
) -> tuple[str, str]:
    """Give scheme and host as the application behind the middleware sees them."""
    got = await passed_on(trusted, client, kind, **headers)
    hosts = [value.decode() for name, value in got["headers"] if name == b"host"]
    assert len(hosts) == 1
    return got["scheme"], hosts[0]


FORWARDED = {"x_forwarded_proto": "https", "x_forwarded_host": "voice.example.com"}


@pytest.mark.parametrize(
    ("trusted", "address", "believed"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("10.0.0.0/8, ::1", "10.1.2.3", True),
        ("10.0.0.0/8, ::1", "::1", True),
        ("10.0.0.0/8", "11.0.0.1", False),
        ("*", "203.0.113.9", True),
        ("", "127.0.0.1", False),
        ("127.0.0.1", "testclient", False),
    ],
)
async def test_only_trusted_addresses_are_believed(trusted: str, address: str, believed: bool) -> None:
    expected = ("https", "voice.example.com") if believed else ("http", "10.0.0.5")
    assert await seen(trusted, (address, 1), **FORWARDED) == expected


async def test_a_socket_s_scheme_is_a_socket_s() -> None:
    assert await seen("*", ("x", 1), "websocket", **FORWARDED) == ("wss", "voice.example.com")


async def test_without_a_client_address_nothing_is_believed() -> None:
    assert await seen("127.0.0.1", None, **FORWARDED) == ("http", "10.0.0.5")


async def test_the_first_of_several_proxies_counts() -> None:
    headers = {"x_forwarded_proto": "https, http", "x_forwarded_host": "voice.example.com, inner"}
    assert await seen("*", ("x", 1), **headers) == ("https", "voice.example.com")


@pytest.mark.parametrize(
    ("proto", "host"), [("gopher", "a b"), ("", ""), ("javascript", "evil.example/path")]
)
async def test_forwarded_nonsense_is_passed_over(proto: str, host: str) -> None:
    assert await seen("*", ("x", 1), x_forwarded_proto=proto, x_forwarded_host=host) == ("http", "10.0.0.5")


@pytest.mark.parametrize(
    ("trusted", "forwarded", "client"),
    [
        ("10.0.0.0/8", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("10.0.0.0/8", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1/8", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.7", "10.0.0.7"),
        ("10.0.0.0/8", "203.0.113.9, unknown", "unknown"),
        ("10.0.0.0/8", "203.0.113.9:8080", "203.0.113.9"),
        ("10.0.0.0/8", "", "10.0.0.5"),
        ("*", "203.0.113.9, 198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9", "10.0.0.5"),
    ],
)
async def test_the_client_is_whoever_asked_the_outermost_of_our_proxies(
    trusted: str, forwarded: str, client: str
) -> None:
    got = await passed_on(trusted, ("10.0.0.5", 1), x_forwarded_for=forwarded)
    assert got["client"][0] == client


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"/v1/bookings/a%2Fb", "/v1/bookings/a%2Fb"),
        (b"/v1/bookings/a%2fb/cancel", "/v1/bookings/a%2Fb/cancel"),
        (b"/v1/bookings/%2F%C3%9C%20b", "/v1/bookings/%2F\u00dc b"),
        (b"/v1/bookings/a%252Fb", "decoded"),
        (b"/v1/bookings/a%20b", "decoded"),
        (None, "decoded"),
    ],
)
async def test_a_slash_in_a_segment_does_not_part_it(raw: bytes | None, path: str) -> None:
    got: dict[str, Any] = {}

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        got.update(scope)

    async def receive() -> Message:
        return {}

    async def send(_message: Message) -> None:
        return

    await PathSegments(app)({"type": "http", "path": "decoded", "raw_path": raw}, receive, send)
    assert got["path"] == path


@pytest.mark.parametrize(
    ("path", "template", "named"),
    [
        ("/v1/bots/bot_1", "/bots/{bot_id}", "/v1/bots/{bot_id}"),
        ("/bookings", "/bookings", "/bookings"),
        ("/v1/bookings/", "/bookings/", "/v1/bookings/"),
        ("/site/1/assistant", "/site/{siteId}/assistant", "/site/{siteId}/assistant"),
        ("/anything/at/all", None, "none"),
    ],
)
def test_a_request_s_line_names_its_route_and_not_its_path(
    path: str, template: str | None, named: str
) -> None:
    class Route:
        path = template

    assert route_name({"path": path, "route": Route()}) == named
    assert route_name({"path": path}) == "none"
