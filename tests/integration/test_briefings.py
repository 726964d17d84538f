"""What a bot knows is renewed behind the caller's back, and not forgotten when an endpoint is down."""

import asyncio
import json
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent.briefing import Briefings
from config.settings import Settings
from config.upstream_settings import SiteApiSettings
from kit.keyring import Keyring
from tests.fakes.clock import MovableSeconds, fixed_clock
from tests.fakes.live_call import BOT, NOW
from tests.fakes.partner_server import PartnerServer
from tools.clients.upstreams import Upstreams


class SiteServer:
    """A site's assistant with one file; ``down`` makes it refuse, ``asked`` counts."""

    def __init__(self) -> None:
        self.down = False
        self.asked = asyncio.Event()
        base = "/site/1/assistant/2"
        self.app = Starlette(
            routes=[
                Route(base, self._assistant),
                Route(f"{base}/files", self._files),
                Route(f"{base}/files/3/content", self._content),
            ]
        )

    async def _assistant(self, _: Request) -> Response:
        self.asked.set()
        assistant = {"id": 2, "siteId": 1, "assistantName": "Front desk", "assistantInstructions": "Be kind."}
        return Response(status_code=403) if self.down else JSONResponse(assistant)

    async def _files(self, _: Request) -> Response:
        return JSONResponse([{"id": 3, "fileName": "fees.md", "mimeType": "text/markdown"}])

    async def _content(self, _: Request) -> Response:
        return Response("# Fees\n\nA cleaning costs ninety dollars.")


async def test_what_was_known_outlives_an_outage_of_the_site() -> None:
    bot: dict[str, Any] = {**json.loads(json.dumps(BOT)), "site_id": 1, "assistant_id": 2}
    partner, site = PartnerServer(bot=bot), SiteServer()
    settings, seconds = Settings(site=SiteApiSettings(cache_seconds=60)), MovableSeconds()
    upstreams = Upstreams(
        settings,
        partner_credential=lambda _: partner.token,
        site_credential=lambda _: "token",
        partner_transport=partner.transport(),
        site_transport=httpx.ASGITransport(site.app),
    )
    briefings = Briefings(settings, Keyring(b"k" * 32), fixed_clock(NOW), upstreams, monotonic=seconds)
    first = await briefings.get("bot_1")
    assert first.knowledge is not None
    site.down = True
    seconds.now += 61
    assert await briefings.get("bot_1") is first  # the old one is given until the new one is there
    await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()}, timeout=20)
    renewed = await briefings.get("bot_1")
    assert renewed is not first
    assert renewed.instructions == "Be kind."
    assert renewed.knowledge is first.knowledge
    await upstreams.aclose()
