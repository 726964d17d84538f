"""Parts of a page that follow what happens: server-sent events with the HTML of what has changed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from fastapi.sse import ServerSentEvent

from webhooks.dependencies import Services

Parts = Callable[[], Awaitable[Mapping[str, str]]]
"""Writes the parts of a page as they are now: each by its name."""


async def follow(services: Services, parts: Parts) -> AsyncIterator[ServerSentEvent]:
    """Send every part, and again whenever it has changed, until the server stops.

    What other replicas write is found by looking again; the page then is as old as the pause between looks.
    """
    settings = services.settings.sessions
    loop = asyncio.get_running_loop()
    sent: dict[str, str] = {}
    spoke_at = loop.time()
    yield ServerSentEvent(comment="following", retry=settings.stream_retry_ms)
    while not services.in_progress.draining:
        now = await parts()
        changed = {name: html for name, html in now.items() if sent.get(name) != html}
        for name, html in changed.items():
            yield ServerSentEvent(event=name, raw_data=html)
        sent |= changed
        if changed:
            spoke_at = loop.time()
        elif loop.time() - spoke_at >= settings.stream_heartbeat_seconds:
            spoke_at = loop.time()
            yield ServerSentEvent(comment="still here")
        await services.chat_sessions.wait_for_news(settings.stream_poll_seconds)
