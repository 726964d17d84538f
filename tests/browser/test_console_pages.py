"""Every page of the console at two widths: nothing sticks out or is refused, every field has its name."""

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import BrowserContext, Page, ViewportSize

from tests.browser.conftest import NARROW, WIDE, Troubles
from tests.fakes.app import AppUnderTest
from tests.fakes.busy_practice import make_busy
from webhooks.console.practice import SECTIONS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
WAYS = 9
"""Pages that every page leads to."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("dark", "light")


async def log_in(page: Page, app: AppUnderTest) -> None:
    """Log in by the form, with the keyboard alone."""
    await page.goto("/console")
    await page.get_by_label("E-mail").fill(app.demo.staff_email)
    await page.keyboard.press("Tab")
    await page.keyboard.type(app.demo.staff_password)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console")


async def test_pages_fit_both_widths(
    app: AppUnderTest, context: BrowserContext, troubles: Troubles, pictures: Path | None
) -> None:
    busy = await make_busy(app)
    page = await context.new_page()
    troubles.watch(page)
    await page.goto("/console/log-in")
    await look(page, "log-in", pictures)
    await page.goto("/console/forgotten")
    await look(page, "forgotten", pictures)
    await page.goto("/")
    await look(page, "landing", pictures)
    await log_in(page, app)
    assistant = f"/console/assistant/{app.demo.assistant_id}"
    for name, path in {
        "today": "/console",
        "calls": "/console/calls",
        "call": f"/console/calls/{busy.call_id}",
        "hand-off": f"/console/hand-offs/{busy.session_id}",
        "appointments": "/console/appointments",
        "week": "/console/appointments?view=week",
        "appointment": f"/console/appointments/{busy.booking_id}",
        "appointment-new": "/console/appointments/new?day=2026-12-02&time=10:00",
        "practice": "/console/practice",
        "inbox": "/console/inbox",
        "message": f"/console/inbox/{busy.message_id}",
        "try": "/console/try",
        "figures": "/console/figures",
        "people": "/console/people",
        "audit": "/console/audit",
        "patients": "/console/patients",
        "account": "/console/account",
        **{f"practice-{one}": f"/console/practice/{one}" for one in SECTIONS},
        "assistant": assistant,
        "assistant-files": f"{assistant}/files",
        "assistant-ask": f"{assistant}/ask?q=How+much+is+a+cleaning%3F",
        "assistant-versions": f"{assistant}/versions?old=1&new=2",
        "assistant-routes": f"{assistant}/routes",
    }.items():
        await page.goto(path)
        await look(page, name, pictures)
        ways = page.locator("nav[aria-label=Console] a")
        assert await ways.count() == WAYS, f"{name} leads nowhere else"
        here = page.locator("nav[aria-label=Console] a[aria-current]")
        assert await here.count() == (0 if name == "account" else 1), f"{name} does not say where it is"
    assert troubles == []


async def look(page: Page, name: str, pictures: Path | None) -> None:
    """Look at a page at both widths."""
    for kind, size in (("wide", WIDE), ("narrow", NARROW)):
        await page.set_viewport_size(ViewportSize(width=size["width"], height=size["height"]))
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], f"{name} sticks out at {size['width']} px: {width}"
        for scheme in SCHEMES if pictures is not None else ():
            await page.emulate_media(color_scheme=scheme)
            await page.screenshot(path=f"{pictures}/{name}-{kind}-{scheme}.png", full_page=True)
    unnamed = await page.evaluate(
        """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
             .filter(one => !one.labels.length).map(one => one.outerHTML)"""
    )
    assert unnamed == [], f"{name}: fields without a label"
    assert re.search(r"\S · \S", await page.title())
    assert await page.locator("h1").count() == 1, f"{name} has no one heading"
