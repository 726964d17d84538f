"""The application: every API over the services behind them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
from fastapi import FastAPI

from agent.voice_agent import VoiceAgent
from config.settings import Settings
from kit.clock import Clock, system_clock
from webhooks.dependencies import Services, VoiceMaker, end
from webhooks.errors import install_error_shapes
from webhooks.fixed_paths import FixedPaths
from webhooks.middleware import (
    BodyLimit,
    HeadRequests,
    PathSegments,
    RequestEdge,
    TrailingSlashes,
    TrustedProxies,
)
from webhooks.routers import include_routers
from webhooks.twilio import voice
from webhooks.twilio.other_carriers import OtherCarriers

_PREPARE_SECONDS = 3.0


def create_app(
    settings: Settings,
    clock: Clock = system_clock,
    *,
    voice_agent: VoiceMaker | None = VoiceAgent,
    wall_clock: Clock = system_clock,
    platform_transport: httpx.AsyncBaseTransport | None = None,
    follow_ups: bool = False,
) -> FastAPI:
    """Make the application; nothing is opened before its lifespan begins.

    Args:
        clock: The practice's present moment; a rehearsal may set it.
        voice_agent: Makes the agent that answers calls; None makes a server without voice, for tests of
            the other APIs.
        wall_clock: The machine's time, for signatures and tokens.
        platform_transport: The way to booking platforms outside; None is the network.
        follow_ups: This process does what follows a booking; at most one application of a process may.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        services = app.state.services = Services(settings, clock, wall_clock, platform_transport)
        async with contextlib.AsyncExitStack() as stack:
            await services.open(app, voice_agent, stack)
            if services.voice_agent is not None:
                stack.push_async_callback(services.voice_agent.stop)
                await services.voice_agent.start()
                await _prepare(app, stack)
            if follow_ups:
                services.follow_ups.start()  # in the background: the first call does not wait for it
            yield

    app = FastAPI(
        title="Chairside",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    install_error_shapes(app)
    include_routers(app)
    app.add_middleware(OtherCarriers)
    app.add_middleware(FixedPaths)
    # The last one added is the first one passed.
    app.add_middleware(BodyLimit, settings=settings.server)
    app.add_middleware(RequestEdge)
    app.add_middleware(TrailingSlashes)
    app.add_middleware(PathSegments)
    app.add_middleware(HeadRequests)
    app.add_middleware(TrustedProxies, trusted=settings.server.trusted_proxies)
    return app


def build_routes(app: FastAPI) -> None:
    """Have FastAPI build its routes, which it does at the first request: that would hold up calls."""
    nowhere = {"type": "http", "method": "GET", "path": "/nowhere", "root_path": "", "headers": []}
    for route in app.routes:
        route.matches(nowhere)


async def _prepare(app: FastAPI, stack: contextlib.AsyncExitStack) -> None:
    """Prepare the bots: the first caller should not find one still looking for its greeting."""
    build_routes(app)
    preparing = asyncio.create_task(_prepare_bots(app.state.services))
    stack.push_async_callback(end, preparing)
    await asyncio.wait({preparing}, timeout=_PREPARE_SECONDS)  # many bots go on behind


async def _prepare_bots(services: Services) -> None:
    """Have every bot's briefing and greeting ready before its first call."""
    for bot in await services.bots.list_bots():
        if bot.phone_numbers:
            services.overflow.remember(bot)
            await voice.prepare(services, bot.id)
