"""A day at the console, in Chromium, against a real server: as the practice's people would go through it."""

import re
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from agent.speech.local import SpeechSynthesizer
from cli.data_folder import open_records, prepare_data_dir
from config.settings import DatabaseSettings, Settings
from config.vendor_settings import SpeechSettings
from contracts.partner_messages import StaffMessage
from kit.clock import system_clock
from practice.messages.service import Messages
from practice.staff.service import Staff
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.fakes.demo_practice import DemoIds, seed_demo
from tests.fakes.server_process import ServerProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

QUESTION = "Are you open on Friday?"
SILENT_SECONDS = 7.0
"""While the bot greets; then the question is asked."""
MICROPHONE_HZ = 48_000
PARKING = "# Parking\n\nThere are twelve parking spaces behind the house, free for two hours.\n"
ANSWER_MS = 20_000
SAID = (
    "I'd like a cleaning on Thursday afternoon, please.",
    "The first one, please.",
    "My name is Anna Bell.",
    "202 555 0164",
    "Yes, that's right.",
)


@dataclass
class Office:
    """A running server with the demo practice, and a browser that is logged in to it."""

    address: str
    demo: DemoIds
    link: str
    page: Page


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    settings = Settings(data_dir=tmp_path, database=DatabaseSettings(), secret=None, twilio_auth_token=None)
    prepare_data_dir(settings)
    async with open_records(settings) as records:
        demo = await seed_demo(records.database, system_clock)
        bot = await records.bots.find_bot(demo.bot_id)
        assert bot is not None
        link = await Staff(records.database, system_clock).make_link(demo.staff_email)
        message = StaffMessage.model_validate({"text": "Please call me about my bill.", "urgency": "urgent"})
        await Messages(records.database, system_clock).leave(bot, "a key", message)
    sound = tmp_path / "question.wav"
    await _record(sound)
    async with ServerProcess(tmp_path) as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                *ARGUMENTS,
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={sound}%noloop",
                "--autoplay-policy=no-user-gesture-required",
            ],
        )
        context = await browser.new_context(base_url=server.address, permissions=["microphone"])
        page = await context.new_page()
        yield Office(server.address, demo, link, page)
        await browser.close()


async def _record(path: Path) -> None:
    """Write what the microphone hears."""
    synthesizer = SpeechSynthesizer(SpeechSettings())
    spoken = await synthesizer.speak(QUESTION)
    synthesizer.close()
    times = MICROPHONE_HZ // 8000
    silence = b"\x00\x00" * int(SILENT_SECONDS * MICROPHONE_HZ)
    loud = b"".join(spoken[place : place + 2] * times for place in range(0, len(spoken), 2))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(MICROPHONE_HZ)
        file.writeframes(silence + loud + b"\x00\x00" * MICROPHONE_HZ * 30)


async def test_a_day_at_the_console(office: Office, tmp_path: Path) -> None:
    page = office.page
    expect.set_options(timeout=ANSWER_MS)
    await _log_in(office)
    await _read_the_inbox(page)
    await _upload_and_ask(office, tmp_path)
    await _book_by_typing(page)
    await _move_it(page)
    await _talk_and_watch(page)
    await _restore(page)
    await page.get_by_role("button", name="Log out").click()
    await expect(page.get_by_text("You are logged out.")).to_be_visible()


async def _log_in(office: Office) -> None:
    """Choose a password by the one-time link, then log in with it."""
    page, password = office.page, "a password of her own"
    await page.goto(f"/console/first-log-in?token={office.link}")
    await page.locator("input[name=password]").fill(password)
    await page.locator("input[name=again]").fill(password)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/log-in")
    await page.get_by_label("E-mail").fill(office.demo.staff_email)
    await page.get_by_label("Password").fill(password)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="On the phone now")).to_be_visible()


async def _read_the_inbox(page: Page) -> None:
    await expect(page.get_by_text("Please call me about my bill.")).to_be_visible()
    await page.get_by_role("link", name="Somebody").click()
    await page.get_by_role("button", name="Done").click()
    await expect(page.get_by_text("The message is done.")).to_be_visible()
    await expect(page.get_by_text("Nothing to do.")).to_be_visible()


async def _upload_and_ask(office: Office, tmp_path: Path) -> None:
    page = office.page
    names = []
    pets, wifi = "Dogs wait outside.\n", "# Wi-Fi\n\nFree.\n"
    for name, text in (("parking.md", PARKING), ("pets.txt", pets), ("wifi.md", wifi)):
        (tmp_path / name).write_text(text)
        names.append(str(tmp_path / name))
    await page.get_by_role("link", name="Assistant").click()
    await page.get_by_role("link", name="Files", exact=True).click()
    await page.get_by_label("Choose files").set_input_files(names)
    await page.get_by_role("button", name="Upload and read").click()
    await expect(page.get_by_text("Read: parking.md, pets.txt, wifi.md.")).to_be_visible()
    await page.get_by_role("link", name="Ask", exact=True).click()
    await page.get_by_label("Ask as a caller would").press_sequentially("Where can I park?")
    await expect(page.get_by_text("twelve parking spaces")).to_be_visible()


async def _book_by_typing(page: Page) -> None:
    await page.get_by_role("link", name="Try it").click()
    await page.get_by_label("Otherwise this is a rehearsal").check()
    for said in SAID:
        line = page.get_by_label("You say")
        await line.fill(said)
        await line.press("Enter")
        await expect(line).to_have_value("")  # emptied when the answer is there
    await expect(page.locator(".talk .bot").filter(has_text="You are booked for")).to_be_visible()


async def _move_it(page: Page) -> None:
    await page.get_by_role("link", name="Appointments").click()
    await page.get_by_role("link", name="Week").click()
    await page.get_by_role("link", name="Anna Bell").click()
    await page.get_by_label("Time").fill("09:15")
    await page.get_by_role("button", name="Move").click()
    await expect(page.get_by_text("The appointment is moved.")).to_be_visible()
    await expect(page.get_by_text("9:15 a.m. to 10:00 a.m.")).to_be_visible()


async def _talk_and_watch(page: Page) -> None:
    """Ask by the microphone, and see the call in another window while it is spoken."""
    watcher = await page.context.new_page()
    await watcher.goto("/console")
    await page.get_by_role("link", name="Try it").click()
    await page.get_by_role("button", name="Call the bot").click()
    await expect(page.get_by_text("Connected.")).to_be_visible()
    await expect(watcher.get_by_text("Rehearsal in the browser")).to_be_visible()
    await expect(watcher.get_by_text("Thank you for calling Maple Street Dental")).to_be_visible()
    heard = watcher.locator(".talk .caller").filter(has_text="Friday")
    await expect(heard).to_be_visible(timeout=2 * ANSWER_MS)
    await expect(watcher.get_by_text("from nine a.m. to two p.m.")).to_be_visible()
    await expect(page.locator("#heard").get_by_text("from nine a.m. to two p.m.")).to_be_visible()
    await page.get_by_role("button", name="Hang up").click()
    await expect(page.get_by_text("The call has ended.")).to_be_visible()
    await expect(watcher.get_by_text("Nobody is on the line.")).to_be_visible()
    await watcher.close()


async def _restore(page: Page) -> None:
    await page.get_by_role("link", name="Assistant").click()
    await page.get_by_label("Instructions").fill("Say nothing but hello.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved as version")).to_be_visible()
    await page.get_by_role("link", name="Versions").click()
    await page.get_by_role("link", name="Compare").first.click()
    await expect(page.locator("ins").get_by_text("Say nothing but hello.")).to_be_visible()
    await page.get_by_role("button", name=re.compile("^Restore")).first.click()
    await expect(page.get_by_text("is in use again")).to_be_visible()
    await page.get_by_role("link", name="Instructions").click()
    assert "Say nothing but hello." not in await page.get_by_label("Instructions").input_value()
