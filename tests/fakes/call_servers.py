"""Real servers that answer real calls without models of speech, and the world around them."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import update

from config.settings import Settings
from kit.clock import Clock, clock_from
from kit.db.database import Database
from kit.keyring import Keyring
from kit.vault import Vault
from practice.partners.views import SECRETS
from practice.records.migrate import migrate
from practice.records.partners import Bot
from rehearsal.call_report import CallReport
from rehearsal.exchange import CallPlan, place_call
from tests.fakes.coded_caller import CodedCaller
from tests.fakes.coded_speech import encode
from tests.fakes.demo_practice import DemoIds, seed_demo
from tests.fakes.forked_servers import ForkedServer, ForkedServers
from tests.fakes.ingress import Ingress
from tests.fakes.registered_partner import CHEAP_HASHER

SECRET = "the secret that a test's replicas share"
TWILIO_TOKEN = "the token of the account at the carrier"
PLATFORM_SECRET = "whsec_of_the_platform"
NOW = datetime.fromisoformat("2026-12-01T09:00:00-05:00")
"""Where the practice's clock starts, once for all servers: a Tuesday morning."""
QUICK = {
    "SPEECH_STT": "local",
    "SPEECH_TTS": "local",
    "SPEECH_VAD_STOP_SECONDS": "0.2",
    "SPEECH_VAD_PAUSE_SECONDS": "0.1",
    "SPEECH_TURN_WAIT_SECONDS": "0.05",
    "SPEECH_HESITATION_WAIT_SECONDS": "0.1",
    "SPEECH_DICTATION_WAIT_SECONDS": "0.1",
}
"""Whoever speaks so fast does not think for long either; every other wait is as it is in the field."""

_AREAS = (202, 212, 213, 312, 315, 404, 415, 503, 602, 617)
PHONES = len(_AREAS) * 10_000


@dataclass
class CallServers:
    """Servers on one database, and how they are reached.

    Attributes:
        database_url: PostgreSQL's; None keeps the records in the folder.
        platform_url: Where the practice's bookings go.
    """

    fork: ForkedServers
    folder: Path
    ingress: Ingress
    platform_url: str
    database_url: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    running: list[ForkedServer] = field(default_factory=list)
    demo: DemoIds | None = None
    clock: Clock = field(default_factory=lambda: clock_from(NOW))

    @property
    def log(self) -> Path:
        """Where all servers log to."""
        return self.folder / "server.log"

    def settings(self) -> Settings:
        """Give what the servers are told, as far as their records go."""
        return Settings(
            _env_file=None, data_dir=self.folder, secret=SECRET, database={"url": self.database_url}
        )

    async def prepare(self) -> None:
        """Make the records: the demo practice, whose bookings are taken by the platform."""
        settings = self.settings()
        database = Database(settings)
        try:
            await migrate(database)
            self.demo = await seed_demo(database, self.clock, hasher=CHEAP_HASHER)
            sealed = Vault(Keyring.load(self.folder, SECRET), SECRETS).seal(PLATFORM_SECRET)
            platform = {"embedded": False, "webhook_url": self.platform_url, "sealed_secret": sealed}
            async with database.session() as session:
                await session.execute(update(Bot).where(Bot.id == self.demo.bot_id).values(**platform))
        finally:
            await database.dispose()

    async def start(self, *, probe: Path | None = None, **env: str) -> ForkedServer:
        """Start one more server, and send calls to it.

        Args:
            probe: Where to write what held its event loop.
            env: Further settings, without their ``CHAIRSIDE_``.
        """
        told = {
            "DATA_DIR": str(self.folder),
            "SECRET": SECRET,
            "RELAY_ALLOWED_NETWORKS": "127.0.0.0/8",
            "LOG_LEVEL": "warning",
        }
        told |= {"DATABASE_URL": self.database_url} if self.database_url else {}
        told |= QUICK | self.env | env
        whole = {f"CHAIRSIDE_{name}": value for name, value in told.items() if not name.startswith("OPENAI")}
        whole |= {name: value for name, value in told.items() if name.startswith("OPENAI")}
        whole["TWILIO_AUTH_TOKEN"] = TWILIO_TOKEN
        server = await self.fork.start(whole, self.log, now=self.clock().isoformat(), probe=probe)
        self.running.append(server)
        self.ingress.upstreams.append(server.port)
        return server

    async def kill(self, server: ForkedServer) -> None:
        """Let a server die."""
        self.running.remove(server)
        server.kill()
        await server.died.wait()
        self.forget(server)

    async def stop(self, server: ForkedServer) -> None:
        """Stop a server in order: no new calls are sent to it, and it ends when it has none left."""
        self.running.remove(server)
        self.forget(server)
        await server.stop()

    def forget(self, server: ForkedServer) -> None:
        """Send nobody to a server any more."""
        with contextlib.suppress(ValueError):
            self.ingress.upstreams.remove(server.port)

    @contextlib.asynccontextmanager
    async def line(self) -> AsyncIterator[int]:
        """Give a port for one call, which can be cut by itself."""
        async with self.ingress.line() as port:
            yield port

    async def call(self, caller: CodedCaller, port: int, phone: str, most_seconds: float) -> CallReport:
        """Hold a call to its end."""
        assert self.demo is not None
        plan = CallPlan(
            voice_url=f"http://127.0.0.1:{port}/twilio/voice#rc=3&rp=all",
            auth_token=TWILIO_TOKEN,
            to=self.demo.phone_number,
            from_=phone,
            status_url=f"http://127.0.0.1:{port}/twilio/status",
            max_seconds=most_seconds,
            speaker=_carrier_voice,
        )
        return await place_call(plan, caller)


async def _carrier_voice(text: str) -> bytes:
    return encode(text)


def phone(number: int) -> str:
    """Give a caller's number; each its own."""
    return f"+1{_AREAS[number // 10_000]}555{number % 10_000:04}"
