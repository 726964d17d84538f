"""The bot at servers that speak the source documents alone: what it has to do there as anywhere."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from config.upstream_settings import PartnerApiSettings, SiteApiSettings
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.http_server import serve_http
from tests.fakes.live_call import LiveCalls, quick
from tests.fakes.source_server import ASSISTANT, BOT, INSTRUCTIONS, KEY, SITE, TOKEN, SourceServer

CLEANING = "Cleaning"


@dataclass
class Scene:
    """Our server, whose bot works with another one's."""

    app: AppUnderTest
    other: SourceServer
    groups: dict[str, Any]
    thread: str | None = None
    results: list[tuple[str, str]] = field(default_factory=list)

    async def says(self, message: str) -> str:
        """Write to the bot; gives its answer."""
        body = {"message": message} | ({"threadId": self.thread} if self.thread else {})
        demo = self.app.demo
        path = f"/site/{demo.site_id}/assistant/{demo.assistant_id}/chat"
        answer = await self.app.client.post(path, json=body, headers=self.app.site())
        assert answer.status_code == 201, answer.text
        said = answer.json()
        self.thread = said["threadId"]
        self.results += [(one["name"], one["status"]) for one in said.get("functions", ())]
        return str(said["message"])


@pytest.fixture
async def scene(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Scene]:
    other = SourceServer()
    async with serve_http(other.app()) as server:
        url = f"http://{server.address}"
        groups: dict[str, Any] = {
            "partner": PartnerApiSettings(api_url=url, api_key=SecretStr(KEY), bot_id=BOT),
            # Every turn looks anew: what was learnt is not asked again all the same.
            "site": SiteApiSettings(
                api_url=url,
                api_token=SecretStr(TOKEN),
                site_id=SITE,
                assistant_id=ASSISTANT,
                cache_seconds=0,
                patience_seconds=20,
            ),
        }
        async with run_app(tmp_path, sqlite_template, **groups) as app:
            yield Scene(app, other, groups)


def check_booked(scene: Scene) -> None:
    """Make sure that there is one booking, with why the patient comes, and that nothing was refused."""
    (made,) = scene.other.bookings.values()
    assert (made["customer"], made["duration_minutes"]) == (
        {"name": "Anna Bell", "phone": "+12025550100"},
        45,
    )
    assert CLEANING in made["notes"]
    refused = {(method, path) for method, path, status in scene.other.asked if status >= 400}
    extensions = {("GET", f"/v1/bots/{BOT}"), ("GET", f"/site/{SITE}/assistant/{ASSISTANT}/versions/latest")}
    extensions.add(("GET", f"/site/{SITE}/assistant/{ASSISTANT}/files"))
    assert refused <= extensions


async def test_by_text_it_books_there_and_asks_for_no_extension_twice(scene: Scene) -> None:
    for line in ("I'd like a cleaning", "Thursday morning", "The first one", "Anna Bell", "202 555 0100"):
        await scene.says(line)
    while ("book_appointment", "booked") not in scene.results:
        assert len(scene.results) < 9, scene.results
        await scene.says("Yes")
    check_booked(scene)
    for path in (f"/v1/bots/{BOT}", f"/site/{SITE}/assistant/{ASSISTANT}/versions/latest"):
        assert scene.other.answered("GET", path) == [404]
    assert len(scene.other.answered("GET", f"/site/{SITE}/assistant/{ASSISTANT}")) > 1
    briefing = await scene.app.services.briefings.get(scene.app.demo.bot_id)
    assert (briefing.instructions, briefing.bot.site_id) == (INSTRUCTIONS, SITE)


async def test_files_that_cannot_be_read_there_are_read_here(scene: Scene) -> None:
    assert "Elm Lane" in await scene.says("Where can I park?")
    assert ("search_knowledge", "ok") in scene.results


async def test_it_is_honest_about_appointments_that_it_cannot_see(scene: Scene) -> None:
    heard = await scene.says("When is my appointment?")
    assert "look into" in heard
    assert not scene.other.answered("POST", "/v1/bookings/search")


async def test_a_message_is_kept_by_our_own_api(scene: Scene) -> None:
    for line in (
        "I'd like to leave a message.",
        "Please tell the team that my new insurance card is in the mail.",
        "Anna Bell",
        "202 555 0100",
        "Yes",
    ):
        await scene.says(line)
        if ("take_message", "taken_down") in scene.results:
            break
    kept = await scene.app.client.get(f"/site/{scene.app.demo.site_id}/messages", headers=scene.app.site())
    assert "insurance card" in kept.text
    assert not scene.other.answered("POST", "/v1/messages")


@pytest.mark.audio
async def test_by_phone_it_greets_as_the_practice_and_books_there(scene: Scene, calls: LiveCalls) -> None:
    settings = quick().model_copy(update=scene.groups)
    answers = {
        "is that right": "Yes, that's right.",
        "number": "My number is 202 555 0100.",
        "name": "My name is Anna Bell.",
        "which": "The first one, please.",
    }
    services, bot_id = scene.app.services, scene.app.demo.bot_id
    async with calls.place(settings=settings, upstreams=services.upstreams, bot_id=bot_id) as call:
        await call.hears("Maple Street Dental")
        await call.says("I'd like a cleaning on Thursday morning, please.")
        for _ in range(9):
            await call.until(lambda: call.log.messages[-1]["role"] == "assistant")
            asked = call.said()[-1].lower()
            if scene.other.bookings:
                break
            await call.says(next((words for part, words in answers.items() if part in asked), "Yes, please."))
        await call.hears("booked")
    check_booked(scene)
