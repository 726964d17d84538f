"""A browser without a window, Debian's Chromium, and a served practice for it to look at."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.http_server import serve_http

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
"""It runs as root in CI, where its sandbox cannot be had."""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Start Chromium."""
    if CHROMIUM is None:
        pytest.fail("There is no Chromium. Get it with: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    async with run_app(tmp_path, sqlite_template) as opened:
        yield opened


@pytest.fixture
async def address(app: AppUnderTest) -> AsyncIterator[str]:
    async with serve_http(app.asgi) as server:
        yield f"http://{server.address}"
        app.services.in_progress.draining = True  # streams end


@pytest.fixture
async def context(browser: Browser, address: str) -> AsyncIterator[BrowserContext]:
    """Give somebody's browser, which looks at the served practice."""
    context = await browser.new_context(base_url=address)
    yield context
    await context.close()


class Troubles(list[str]):
    """What a page complained of: errors of scripts, and what its policy forbade."""

    def watch(self, page: Page) -> None:
        """Listen to a page."""
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("console", lambda message: self.append(message.text) if message.type == "error" else None)


@pytest.fixture
def troubles() -> Troubles:
    return Troubles()


@pytest.fixture
def pictures() -> Path | None:
    """Give where pictures of pages are put, if the environment names a folder."""
    folder = os.environ.get("CONSOLE_PICTURES")
    return Path(folder) if folder else None
