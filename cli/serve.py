"""``chairside serve``: the server, from the first line of its banner to the last call it lets end."""

import asyncio
import contextlib
import errno
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI
from rich.console import Console

from cli.connections import Connections
from cli.data_folder import Records, with_records_of
from cli.errors import UserError
from cli.garbage import spare_what_stays, uncollected
from cli.options import SERVER_FILE, DataDir, Now, clock_of, hint, load_settings
from config.logs import configure_logs, get_logger
from config.settings import ServerSettings, Settings
from kit.clock import Clock
from language.phone import written

SHOWN_BOTS = 5
WS_MAX_BYTES = 131_072
"""Where the server itself breaks a socket off, before anybody has shown who they are: twice what a carrier's
message may have (``CHAIRSIDE_CALL_MAX_MESSAGE_BYTES``), beyond which one is dropped and the call goes on."""
CLOSING_SECONDS = 5
"""How long requests in progress may take when the server stops."""

_log = get_logger(__name__)


def serve(
    data_dir: DataDir = None,
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on. [env: CHAIRSIDE_SERVER_HOST]", show_default="127.0.0.1"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="Port; 0 takes a free one. [env: CHAIRSIDE_SERVER_PORT]",
            show_default="8080",
        ),
    ] = None,
    now: Now = None,
) -> None:
    """Answer calls: run the server with every API, until Ctrl-C or SIGTERM.

    A stopping server lets the calls in progress end first. A second signal ends them.
    """
    settings = load_settings(data_dir, host=host, port=port)
    clock = clock_of(now)
    _check_far_ends(settings)
    greeting = with_records_of(settings, lambda records: _greeting(records, settings), makes=True)
    listener = _listen(settings.server.host, settings.server.port)
    address = _address(listener)
    configure_logs(settings.log)
    app = _load(settings, clock)

    def started() -> None:
        spare_what_stays()  # the services that are open by now, too
        _announce(settings, address, greeting)

    server = make_server(app, settings, started)
    note = settings.data_dir / SERVER_FILE
    spare_what_stays()
    try:
        server.run(sockets=[listener])
    finally:
        with contextlib.suppress(OSError):
            note.unlink(missing_ok=True)
    if not server.started:
        raise UserError("The server could not start; the log above says where it failed.")


def _load(settings: Settings, clock: Clock) -> FastAPI:
    with uncollected():
        # Speech and voice framework take seconds to load: help, and what is wrong, must not wait for them.
        from agent.extras import NotConfigured  # noqa: PLC0415
        from agent.services import AgentServices  # noqa: PLC0415
        from webhooks.app import create_app  # noqa: PLC0415

        try:
            AgentServices.check(settings)
        except NotConfigured as error:
            raise UserError(str(error)) from error
        return create_app(settings, clock, follow_ups=settings.followups.in_server)


class DrainingServer(uvicorn.Server):
    """A server that on the first signal lets the calls in progress end, and on the second stops.

    While it drains it takes no new calls, and answers as before what Twilio asks about those in progress.
    When the time for that is over, those that are left move to another replica when the bot is to speak next.

    Args:
        on_started: Called when the first request can be taken.
    """

    def __init__(
        self, config: uvicorn.Config, app: FastAPI, settings: ServerSettings, on_started: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._app = app
        self._drain_seconds = settings.drain_seconds
        self._connections = Connections(settings)
        self._on_started = on_started
        self._drain_until: float | None = None
        self._moving: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets=sockets)
        if self.started:
            self._on_started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Take a signal."""
        if not self.started or self._drain_until is not None:
            self.force_exit = self.should_exit and sig == signal.SIGINT
            self.should_exit = True
            return
        self._drain_until = time.monotonic() + self._drain_seconds
        self._app.state.services.in_progress.draining = True

    async def on_tick(self, counter: int) -> bool:
        """Stop when the last call has ended, or its time is over; end connections that wait for nothing."""
        self._connections.sweep(self.server_state.connections, time.monotonic())
        if self._drain_until is not None:
            services = self._app.state.services
            over = time.monotonic() >= self._drain_until
            if over and self._moving is None and services.voice_agent is not None:
                services.in_progress.leaving = True
                self._moving = asyncio.create_task(services.voice_agent.move_calls())
            if not services.in_progress or (over and (self._moving is None or self._moving.done())):
                self.should_exit = True
        return await super().on_tick(counter)


def make_server(app: FastAPI, settings: Settings, on_started: Callable[[], None]) -> DrainingServer:
    """Make the server that runs the application."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # our own middleware reads them, the host's name included
        ws_max_size=WS_MAX_BYTES,
        ws_per_message_deflate=False,
        lifespan="on",
        timeout_graceful_shutdown=CLOSING_SECONDS,
    )
    return DrainingServer(config, app, settings.server, on_started)


def _check_far_ends(settings: Settings) -> None:
    for url, secret, name in (
        (settings.partner.api_url, settings.partner.api_key, "PARTNER_API_KEY"),
        (settings.site.api_url, settings.site.api_token, "SITE_API_TOKEN"),
    ):
        if url is not None and secret is None:
            raise UserError(f"CHAIRSIDE_{name} is missing: without it {url} lets nobody in.")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Bound alone, two servers could share a port until the first of them listens.
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise UserError(
                f"Port {port} on {host} is taken. Choose another with --port, or 0 for any free one."
            ) from error
        raise UserError(f"Cannot listen on {host}:{port}: {error.strerror or error}.") from error
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"


async def _greeting(records: Records, settings: Settings) -> list[tuple[str, str]]:
    """Give the banner's lines on the practice."""
    bots = await records.bots.list_bots(SHOWN_BOTS)
    if not bots:
        return [("practice", f"none yet; in another terminal: {hint(settings, 'init')}")]
    lines = [
        (", ".join(written(number) for number in bot.phone_numbers) or bot.id, f"{bot.name} ({bot.timezone})")
        for bot in bots
    ]
    call, chat = hint(settings, "call"), hint(settings, "chat")
    return [*lines, ("try it", f"{call}, or {chat}, in another terminal")]


def _announce(settings: Settings, address: str, lines: list[tuple[str, str]]) -> None:
    with contextlib.suppress(OSError):
        (settings.data_dir / SERVER_FILE).write_text(f"{address}\n")
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold green]Chairside[/bold green] answers at [bold]{address}[/bold]")
    for name, value in lines:
        console.print(f"  {name:<16} {value}")
