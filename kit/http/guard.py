"""Connections that go nowhere but where the operator allows, whatever a name resolves to."""

import asyncio
import contextlib
import functools
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpcore
import httpx

from kit.http.addresses import SETTING, Networks

KEEP_ALIVE_SECONDS = 4.0
"""How long an idle connection is kept: a little less than the five seconds that Node and uvicorn keep it,
so that no request is sent into one that the other side is just closing."""
RESOLVER_THREADS = 16

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives all addresses of a host; raises OSError when it has none."""

_ERRORS = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.ReadTimeout, httpx.ReadTimeout),
    (httpcore.WriteTimeout, httpx.WriteTimeout),
    (httpcore.PoolTimeout, httpx.PoolTimeout),
    (httpcore.TimeoutException, httpx.TimeoutException),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.ReadError, httpx.ReadError),
    (httpcore.WriteError, httpx.WriteError),
    (httpcore.NetworkError, httpx.NetworkError),
    (httpcore.UnsupportedProtocol, httpx.UnsupportedProtocol),
    (httpcore.LocalProtocolError, httpx.LocalProtocolError),
    (httpcore.RemoteProtocolError, httpx.RemoteProtocolError),
    (httpcore.ProtocolError, httpx.ProtocolError),
)


class AddressRefused(httpx.ConnectError):
    """The host's address is neither public nor allowed; nothing was sent. The address is not named."""

    def __init__(self) -> None:
        super().__init__(f"The host is not on the public internet; {SETTING} can allow its network.")


@functools.cache
def tls_context() -> ssl.SSLContext:
    """Make the context that all connections share; reading the certificates takes some 20 ms."""
    return httpx.create_ssl_context()


class SystemResolver:
    """Asks the system for a host's addresses, each host once at a time, in threads of its own.

    The loop's own threads are few and serve everybody: names that nobody answers for would block them.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolver")
        self._under_way: dict[tuple[str, int], asyncio.Future[Sequence[str]]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Give all addresses of a host: a name, or an address in any spelling."""
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


class GuardedBackend(httpcore.AnyIOBackend):
    """Resolves a host itself, checks every address, and connects to the very one that was checked.

    A name that is resolved a second time for the connection could point elsewhere by then. TLS still
    verifies the certificate for the host's name: it is put on top of this connection.
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
        """Connect to a host, trying its addresses in turn."""
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
                return await super().connect_tcp(address, port, share, local_address, socket_options)
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


class GuardedTransport(httpx.AsyncBaseTransport):
    """A pool of guarded connections, for an ``httpx.AsyncClient`` or by itself.

    No proxies, no retries, no HTTP/2; redirects are the client's business.

    Args:
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
        self._pool: httpcore.AsyncConnectionPool | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        pool = self._pool or await self._open()
        url = request.url
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _as_httpx():
            answer = await pool.handle_async_request(sent)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            await self._pool.aclose()

    async def _open(self) -> httpcore.AsyncConnectionPool:
        context = await asyncio.to_thread(self._tls)
        if self._pool is None:
            self._pool = httpcore.AsyncConnectionPool(
                ssl_context=context,
                max_connections=self._connections,
                max_keepalive_connections=self._connections,
                keepalive_expiry=KEEP_ALIVE_SECONDS,
                network_backend=self._backend,
            )
        return self._pool


class _Body(httpx.AsyncByteStream):
    """An answer's body with httpx's errors."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async for part in self._answer.aiter_stream():
                yield part

    async def aclose(self) -> None:
        with _as_httpx():
            await self._answer.aclose()


@contextlib.contextmanager
def _as_httpx() -> Iterator[None]:
    try:
        yield
    except tuple(ours for ours, _ in _ERRORS) as error:
        kind = next(theirs for ours, theirs in _ERRORS if isinstance(error, ours))
        raise kind(str(error)) from error
