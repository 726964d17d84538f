"""The whole server in this process, on a seeded practice, with a voice agent that repeats what it hears."""

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from asgi_lifespan import LifespanManager
from fastapi import FastAPI
from pydantic import SecretStr
from twilio.request_validator import RequestValidator

from agent.briefing import Adapt, Briefings
from agent.call_start import CallStart
from agent.telephony.transport import MediaSocket
from agent.transcript import CallLog
from agent.voice_agent import VoiceAgent
from config.settings import AdmissionSettings, DatabaseSettings, Settings
from kit.clock import Clock, system_clock
from kit.db.database import FILE_NAME, Database
from tests.conftest import CHEAP_HASHER
from tests.fakes.clock import NOW, MovableClock, fixed_clock
from tests.fakes.demo_practice import DemoIds, seed_demo
from tools.context import Ending
from webhooks.app import create_app
from webhooks.dependencies import Services

BASE = "http://testserver"


class EchoAgent(VoiceAgent):
    """A voice agent without models: sends back what comes, obeys ``hang up`` and ``crash``.

    With ``puts_through`` it hands every call over for that reason, and hangs up on a caller who comes back;
    ``before`` is what it does first then, as long as it speaks.
    """

    def __init__(self, _settings: Settings, _clock: Clock, _briefings: Briefings) -> None:
        self.started = False
        self.prepared: list[str] = []
        self.asked_to_prepare = asyncio.Event()
        self.starts: list[CallStart] = []
        self.cancelled = 0
        self.puts_through: str | None = None
        self.silent: list[str] = []
        self.before: Callable[[CallStart], Awaitable[None]] | None = None

    async def start(self) -> None:
        self.started = True

    async def stop(self) -> None:
        self.started = False

    def silent_vendors(self) -> list[str]:
        return self.silent

    async def prepare(
        self,
        bot_id: str,
        assistant_id: int | None = None,  # noqa: ARG002 - as the agent's own
        version: int | None = None,  # noqa: ARG002 - as above
    ) -> None:
        self.prepared.append(bot_id)
        self.asked_to_prepare.set()

    async def run_call(
        self,
        start: CallStart,
        socket: MediaSocket,
        log: CallLog,
        *,
        adapt: Adapt | None = None,  # noqa: ARG002 - as the agent's own
    ) -> None:
        self.starts.append(start)
        if self.puts_through is not None and start.opening is None:
            if self.before is not None:
                await self.before(start)
            await log.end(Ending("transfer", self.puts_through))
            return
        if start.opening is not None:
            await log.append({"role": "assistant", "content": start.opening})
            await log.end(Ending("hang_up", "nobody was there"))
            return
        await log.append({"role": "assistant", "content": f"connection {len(self.starts)}"})
        await socket.send(json.dumps({"event": "hello", "messages": len(start.messages)}))
        try:
            while (message := await socket.receive()) is not None:
                if message == "hang up":
                    await log.end(Ending("hang_up", "said so"))
                    return
                if message == "crash":
                    raise RuntimeError("the pipeline broke")
                await socket.send(message if isinstance(message, str) else f"{len(message)} bytes")
        except asyncio.CancelledError:
            self.cancelled += 1
            await log.append({"role": "assistant", "content": "last words"})
            raise


@dataclass
class AppUnderTest:
    """The server under test.

    Attributes:
        asgi: The application.
        demo: The seeded practice.
        client: Talks to it without a socket.
        wall: Its clock for signatures and tokens.
    """

    asgi: FastAPI
    settings: Settings
    demo: DemoIds
    client: httpx.AsyncClient
    wall: MovableClock = field(default_factory=MovableClock)

    @property
    def services(self) -> Services:
        services: Services = self.asgi.state.services
        return services

    @property
    def agent(self) -> EchoAgent:
        assert isinstance(self.services.voice_agent, EchoAgent)
        return self.services.voice_agent

    def partner(self, key: str | None = None, **headers: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key or self.demo.partner_key}", **headers}

    def site(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.services.runtime.for_site(self.demo.site_id)}"}

    async def twilio(self, path: str, fields: dict[str, str], base: str = BASE) -> httpx.Response:
        """Send a webhook as Twilio does, signed with the installation's own token."""
        token = self.services.keyring.derive("twilio").hex()
        signature = RequestValidator(token).compute_signature(f"{base}{path}", fields)
        return await self.client.post(path, data=fields, headers={"X-Twilio-Signature": signature})

    def incoming(self, call_id: str = "CA1", to: str | None = None) -> dict[str, str]:
        return {
            "CallSid": call_id,
            "From": "+12025550100",
            "To": to or self.demo.phone_number,
            "CallStatus": "ringing",
        }


def settings_for(folder: Path, **groups: Any) -> Settings:
    """Tell the product to keep everything in a folder, whatever the environment says."""
    # How fast the machine is that runs the tests is under no test.
    groups["admission"] = groups.get("admission", AdmissionSettings()).model_copy(update={"lag_seconds": 60})
    return Settings(
        data_dir=folder, secret=SecretStr("a test's secret"), database=DatabaseSettings(), **groups
    )


_SEEDED: dict[Path, tuple[Path, DemoIds]] = {}


async def _seed_once(template: Path) -> tuple[Path, DemoIds]:
    """Seed a copy of the migrated database, once a session, with a password that is soon hashed."""
    if template not in _SEEDED:
        folder = template.parent / "seeded"
        folder.mkdir()
        shutil.copy(template, folder / FILE_NAME)
        database = Database(settings_for(folder))
        ids = await seed_demo(database, fixed_clock(NOW), hasher=CHEAP_HASHER)
        await database.dispose()
        _SEEDED[template] = (folder / FILE_NAME, ids)
    return _SEEDED[template]


@contextlib.asynccontextmanager
async def run_app(
    folder: Path,
    template: Path,
    platform: httpx.AsyncBaseTransport | None = None,
    agent: Callable[[Settings, Clock, Briefings], VoiceAgent] = EchoAgent,
    **groups: Any,
) -> AsyncIterator[AppUnderTest]:
    """Run the server's lifespan on a seeded practice; requests go to it without a socket.

    Args:
        folder: The data folder.
        template: The migrated database.
        platform: Stands for every booking platform outside.
        agent: Who answers calls.
        **groups: Groups of the settings.
    """
    seeded = await _seed_once(template)
    shutil.copy(seeded[0], folder / FILE_NAME)
    settings, wall = settings_for(folder, **groups), MovableClock(system_clock())
    asgi = create_app(
        settings, fixed_clock(NOW), voice_agent=agent, wall_clock=wall, platform_transport=platform
    )
    async with LifespanManager(asgi, startup_timeout=30):
        transport = httpx.ASGITransport(app=asgi)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            app = AppUnderTest(asgi, settings, seeded[1], client, wall)
            if isinstance(app.services.voice_agent, EchoAgent):
                await app.agent.asked_to_prepare.wait()  # the server prepares its bots as it starts
                app.agent.prepared.clear()
            yield app
