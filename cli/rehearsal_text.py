"""Scenarios by text: the server in this process, on a practice of its own."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import httpx
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from cli.rehearsal_world import PracticeWorld, rehearsal_settings
from config.logs import configure_logs
from config.settings import LogSettings, Settings
from config.vendor_settings import ModelSettings
from practice.practice_file.folder import PracticeFolder
from rehearsal.rehearse import BotTurn, Played, Unreachable, play
from rehearsal.scenario import Scenario
from rehearsal.wording import Spelling
from webhooks.app import create_app
from webhooks.dependencies import Services

NO_MODEL = "http://127.0.0.1:9/v1"
"""Nobody listens there: a model that is down."""
_SLOW_SECONDS = 1.0


async def play_by_text(
    scenarios: Sequence[Scenario],
    folder: PracticeFolder,
    spelling: Spelling,
    seed: int,
    tell: Callable[[Played], None],
) -> list[Played]:
    """Play scenarios on a practice of their own, in a temporary folder."""
    configure_logs(LogSettings(level="error", format="console"))
    played: list[Played] = []
    for group in groups_of(scenarios):
        model_down = group[0].world.model == "down"
        with tempfile.TemporaryDirectory(prefix="chairside-rehearsal-") as place:
            settings = rehearsal_settings(Path(place))
            async with TextWorld(settings, folder, model_down=model_down).running() as world:
                for scenario in group:
                    bot = world.open(scenario)
                    played.append(await play(scenario, world, bot, spelling=spelling, seed=seed))
                    tell(played[-1])
    return played


def groups_of(scenarios: Sequence[Scenario]) -> list[list[Scenario]]:
    """Part scenarios by what a server keeps in mind: whether its model is down, and which day it is."""
    found: dict[tuple[str, date], list[Scenario]] = {}
    for one in scenarios:
        found.setdefault((one.world.model, one.now.date()), []).append(one)
    return list(found.values())


class TextWorld(PracticeWorld):
    """A practice whose server runs in this process, talked with by text; its model may be out of reach."""

    def __init__(self, settings: Settings, folder: PracticeFolder, *, model_down: bool = False) -> None:
        if model_down:
            vendor = ModelSettings(base_url=NO_MODEL, timeout_seconds=1.0)
            settings = settings.model_copy(
                update={"model": vendor, "openai_api_key": SecretStr("no key at all")}
            )
        super().__init__(settings, folder)
        self._services_of: Services | None = None
        self._client: httpx.AsyncClient | None = None
        self._conversations = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["TextWorld"]:
        """Make the practice, and run its server."""
        await self.make()
        app = create_app(self.settings, self.clock, voice_agent=None)
        app.add_middleware(_Trouble, world=self)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        try:
            async with (
                app.router.lifespan_context(app),
                httpx.AsyncClient(transport=transport, base_url="http://rehearsal", timeout=60) as client,
            ):
                self._client, self._services_of = client, app.state.services
                await self.keep()
                yield self
        finally:
            await self.close()

    def open(self, scenario: Scenario) -> "InProcessBot":
        """Begin a conversation with the bot."""
        assert self._client is not None  # noqa: S101 - it runs
        assert self._services_of is not None  # noqa: S101 - as above
        self._conversations += 1
        user = f"rehearsal-{self._conversations}"
        bearer = self._services_of.runtime.for_site(self.ids.site_id, user, timedelta(hours=1))
        return InProcessBot(self._client, self.ids.site_id, bearer, scenario.from_)


class InProcessBot:
    """The bot of a server in this process, in one conversation; a `rehearsal.rehearse.TextBot`."""

    def __init__(self, client: httpx.AsyncClient, site: int, bearer: str, number: str | None) -> None:
        self._client = client
        self._path = f"/site/{site}/chat"
        self._headers = {"Authorization": f"Bearer {bearer}"}
        self._from = {"fromNumber": number} if number else {}
        self._thread: str | None = None

    async def say(self, text: str) -> BotTurn:
        """Say something, as `rehearsal.rehearse.TextBot`; Unreachable when the server answers an error."""
        thread = {"threadId": self._thread} if self._thread else {}
        body = {"message": text, **self._from, **thread}
        answer = await self._client.post(self._path, json=body, headers=self._headers)
        if not answer.is_success:
            raise Unreachable(f"the bot answered with status {answer.status_code}: {answer.text[:200]}")
        said = answer.json()
        self._thread = said["threadId"]
        called = tuple(f"{one['name']}: {one['status']}" for one in said.get("functions") or ())
        return BotTurn(said["message"], called, ended=any(one.startswith("end_call") for one in called))


class _Trouble:
    """Lets the calendar fail as a scenario wants it: whoever asks it gets no answer, or a late one."""

    def __init__(self, app: ASGIApp, world: TextWorld) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/platform/"):
            if self._world.fault == "down":
                await send({"type": "http.response.start", "status": 503, "headers": []})
                await send({"type": "http.response.body", "body": b""})
                return
            if self._world.fault == "slow":
                await asyncio.sleep(_SLOW_SECONDS)
        await self._app(scope, receive, send)
