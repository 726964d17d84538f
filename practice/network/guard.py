"""Connections that go nowhere but where the operator allows, whatever a name resolves to."""

import asyncio
import functools
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpcore
import httpx

from practice.network.addresses import SETTING, Networks
from practice.network.pool import Pool
from practice.network.streams import Stream

RESOLVER_THREADS = 16

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives all addresses of a host; raises OSError when it has none."""


class AddressRefused(httpx.ConnectError):
    """The host's address is neither public nor allowed; nothing was sent. The address is not named."""

    def __init__(self) -> None:
        super().__init__(f"The host is not on the public internet; {SETTING} can allow its network.")


@functools.cache
def tls_context() -> ssl.SSLContext:
    """Make the context that all connections share; reading the certificates takes some 20 ms.

    Returns:
        A verifying context; ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` name further authorities.
    """
    return httpx.create_ssl_context()


class SystemResolver:
    """Asks the system for a host's addresses, each host once at a time, in threads of its own.

    The loop's own threads are few and serve everybody: names that nobody answers for would block them.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolver")
        self._under_way: dict[tuple[str, int], asyncio.Future[Sequence[str]]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Give all addresses of a host.

        Args:
            host: A name, or an address in any spelling.
            port: TCP port.

        Returns:
            Addresses in the system's order of preference.

        Raises:
            OSError: It has none.
        """
        asked = (host, port)
        answer = self._under_way.get(asked)
        if answer is None:
            answer = asyncio.get_running_loop().run_in_executor(self._threads, _resolve, host, port)
            self._under_way[asked] = answer
            answer.add_done_callback(lambda done: self._answered(asked, done))
        return await asyncio.shield(answer)

    def _answered(self, asked: tuple[str, int], answer: asyncio.Future[Sequence[str]]) -> None:
        del self._under_way[asked]
        if not answer.cancelled():
            answer.exception()  # seen, even when whoever asked has gone

    def close(self) -> None:
        """Let the threads go; nobody waits for a name server."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _resolve(host: str, port: int) -> Sequence[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError("the host's name is none") from error
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a host itself, checks every address, and connects to the very one that was checked.

    A name that is resolved a second time for the connection could point elsewhere by then. TLS still
    verifies the certificate for the host's name: it is put on top of this connection.

    Args:
        networks: Where connections may go.
        resolve: Gives a host's addresses.
    """

    def __init__(self, networks: Networks, resolve: Resolver) -> None:
        self._networks = networks
        self._resolve = resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a host, trying its addresses in turn.

        Raises:
            AddressRefused: One of them is forbidden.
            httpcore.ConnectError: None of them answers, or it has none.
            httpcore.ConnectTimeout: It took too long.
        """
        loop = asyncio.get_running_loop()
        deadline = None if timeout is None else loop.time() + timeout
        addresses = self._networks.choose(await self._addresses(host, port, timeout))
        if not addresses:
            raise AddressRefused
        failure: Exception | None = None
        for tried, address in enumerate(addresses):
            # One that swallows packets must leave time for the others.
            share = None if deadline is None else (deadline - loop.time()) / (len(addresses) - tried)
            if share is not None and share <= 0:
                break
            try:
                return await Stream.connect(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectTimeout("no time was left to connect")

    async def _addresses(self, host: str, port: int, seconds: float | None) -> Sequence[str]:
        try:
            async with asyncio.timeout(seconds):
                addresses = await self._resolve(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("the host's name was not resolved in time") from error
        except OSError as error:
            raise httpcore.ConnectError("the host's name cannot be resolved") from error
        if not addresses:
            raise httpcore.ConnectError("the host has no address")
        return addresses

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class GuardedTransport(httpx.AsyncBaseTransport):
    """A pool of guarded connections, for an ``httpx.AsyncClient`` or by itself.

    No proxies, no retries, no HTTP/2; redirects are the client's business.

    Args:
        networks: Where connections may go.
        resolve: Gives a host's addresses.
        connections: At most this many at once.
        tls: Gives the TLS context; called in a thread, once.
    """

    def __init__(
        self,
        networks: Networks,
        resolve: Resolver,
        *,
        connections: int = 50,
        tls: Callable[[], ssl.SSLContext] = tls_context,
    ) -> None:
        self._backend = GuardedBackend(networks, resolve)
        self._connections = connections
        self._tls = tls
        self._pool: Pool | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            AddressRefused: The host is where nothing may be sent.
            httpx.TransportError: It was not answered.
        """
        pool = self._pool or await self._open()
        return await pool.send(request)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            await self._pool.aclose()

    async def _open(self) -> Pool:
        context = await asyncio.to_thread(self._tls)
        if self._pool is None:
            context.set_alpn_protocols(["http/1.1"])
            self._pool = Pool(self._backend, context, self._connections)
        return self._pool
