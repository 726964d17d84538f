"""The guard, on real sockets: what is checked is what is connected to, and TLS is verified all the same."""

import asyncio
import ipaddress
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kit.http.addresses import Networks
from kit.http.guard import AddressRefused, GuardedTransport, SystemResolver
from tests.fakes.relay import serving

LOOPBACK = Networks.parse("127.0.0.0/8")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Names:
    """A name service that says what a test wants, each time anew."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


class Listener:
    """A server that counts who connects."""

    def __init__(self) -> None:
        self.connections = 0
        self.port = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        await writer.drain()


@asynccontextmanager
async def listening(tls: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator[Listener]:
    listener = Listener()
    async with serving(listener.answer, port, tls) as listener.port:
        yield listener


async def get(transport: httpx.AsyncBaseTransport, url: str, seconds: float = 5.0) -> httpx.Response:
    request = httpx.Request("GET", url, extensions={"timeout": {"connect": seconds, "read": seconds}})
    response = await transport.handle_async_request(request)
    await response.aread()
    await response.aclose()
    return response


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0", "[::ffff:127.0.0.1]"]
)
async def test_this_machine_is_out_of_reach_however_it_is_spelled(host: str) -> None:
    async with listening() as listener:
        resolver = SystemResolver()
        transport = GuardedTransport(Networks(), resolver)
        with pytest.raises((AddressRefused, httpx.ConnectError)):
            await get(transport, f"http://{host}:{listener.port}/")
        await transport.aclose()
        resolver.close()
    assert listener.connections == 0


async def test_the_refusal_names_the_setting_and_not_the_address() -> None:
    transport = GuardedTransport(Networks(), Names(["10.9.8.7"]))
    with pytest.raises(AddressRefused) as caught:
        await get(transport, "http://inside.example/")
    assert "CHAIRSIDE_RELAY_ALLOWED_NETWORKS" in str(caught.value)
    assert "10.9.8.7" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_an_allowed_network_is_reached(host: str) -> None:
    async with listening() as listener:
        resolver = SystemResolver()
        transport = GuardedTransport(LOOPBACK, resolver)
        response = await get(transport, f"http://{host}:{listener.port}/")
        assert (response.status_code, response.content) == (200, b"ok")
        await transport.aclose()
        resolver.close()


async def test_a_name_that_changes_its_mind_is_not_followed_inside() -> None:
    """The first answer is allowed and is what is connected to; the second one never is."""
    async with listening() as listener:
        names = Names(["127.0.0.1"], ["10.0.0.1"])
        transport = GuardedTransport(LOOPBACK, names)
        assert (await get(transport, f"http://rebinding.example:{listener.port}/")).status_code == 200
        assert names.asked == ["rebinding.example"]
        with pytest.raises(AddressRefused):
            await get(transport, f"http://rebinding.example:{listener.port}/")
        assert listener.connections == 1
        await transport.aclose()


async def test_a_name_that_points_both_out_and_in_is_not_asked_at_all() -> None:
    async with listening() as listener:
        transport = GuardedTransport(LOOPBACK, Names(["127.0.0.1", "10.0.0.1"]))
        with pytest.raises(AddressRefused):
            await get(transport, f"http://both.example:{listener.port}/")
        assert listener.connections == 0


async def test_the_addresses_are_tried_in_turn() -> None:
    async with listening() as listener:
        transport = GuardedTransport(LOOPBACK, Names(["127.0.0.2", "127.0.0.3", "127.0.0.1"]))
        assert (await get(transport, f"http://three.example:{listener.port}/")).status_code == 200
        await transport.aclose()


async def test_one_address_that_swallows_packets_leaves_time_for_the_next() -> None:
    with socket.socket() as full:
        # A listener whose queue is full lets nobody in and sends nobody away.
        full.bind(("127.0.0.2", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.settimeout(0)
            one.connect_ex(("127.0.0.2", port))
        async with listening(port=port):
            transport = GuardedTransport(LOOPBACK, Names(["127.0.0.2", "127.0.0.1"]))
            assert (await get(transport, f"http://two.example:{port}/", seconds=0.4)).status_code == 200
            await transport.aclose()
        for one in waiting:
            one.close()


async def test_a_host_that_lets_nobody_in_is_a_connect_error() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        transport = GuardedTransport(LOOPBACK, Names(["127.0.0.1"]))
        with pytest.raises(httpx.ConnectError) as caught:
            await get(transport, f"http://closed.example:{bound.getsockname()[1]}/")
        assert not isinstance(caught.value, AddressRefused)


async def test_a_name_that_is_not_resolved_in_time_is_a_connect_timeout() -> None:
    async def never(_host: str, _port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(httpx.ConnectTimeout):
        await get(GuardedTransport(LOOPBACK, never), "http://slow.example/", seconds=0.02)


async def test_a_name_without_an_address_is_a_connect_error() -> None:
    with pytest.raises(httpx.ConnectError):
        await get(GuardedTransport(LOOPBACK, Names([])), "http://nothing.example/")
    resolver = SystemResolver()
    with pytest.raises(httpx.ConnectError):
        await get(GuardedTransport(LOOPBACK, resolver), f"http://{'a' * 64}.example/")
    resolver.close()


async def test_the_system_is_asked_for_a_name_once_at_a_time() -> None:
    resolver = SystemResolver()
    first, second = await asyncio.gather(resolver("127.0.0.1", 80), resolver("127.0.0.1", 80))
    assert first is second
    assert list(first) == ["127.0.0.1"]
    assert await resolver("127.0.0.1", 80) is not first
    resolver.close()


async def test_no_proxy_of_the_environment_is_used() -> None:
    """In a process of its own, because the environment is the whole process's."""
    program = """
import asyncio, sys, httpx
from kit.http.addresses import Networks
from kit.http.guard import GuardedTransport, SystemResolver

async def main(port):
    resolver = SystemResolver()
    transport = GuardedTransport(Networks.parse("127.0.0.0/8"), resolver)
    response = await transport.handle_async_request(httpx.Request("GET", f"http://127.0.0.1:{port}/"))
    print((await response.aread()).decode())
    await response.aclose()
    await transport.aclose()
    resolver.close()

asyncio.run(main(sys.argv[1]))
"""
    async with listening() as listener:
        environment = {"HTTP_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", program, str(listener.port)),
            env={**environment, "PYTHONPATH": str(Path.cwd())},
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
    assert out.strip() == b"ok"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Give a server's context for platform.example, and a client's that trusts it."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "platform.example")])
    now = datetime.now(UTC)
    names = [x509.DNSName("platform.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.9"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "platform.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


async def test_the_certificate_is_verified_for_the_hosts_name(
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    server, trusting = tls
    async with listening(server) as listener:
        transport = GuardedTransport(LOOPBACK, Names(["127.0.0.1"]), tls=lambda: trusting)
        response = await get(transport, f"https://platform.example:{listener.port}/")
        assert response.status_code == 200
        with pytest.raises(httpx.ConnectError):
            await get(transport, f"https://impostor.example:{listener.port}/")
        await transport.aclose()


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    async with listening(tls[0]) as listener:
        transport = GuardedTransport(LOOPBACK, Names(["127.0.0.1"]))
        with pytest.raises(httpx.ConnectError):
            await get(transport, f"https://platform.example:{listener.port}/")
        await transport.aclose()
