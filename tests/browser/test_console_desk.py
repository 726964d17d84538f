"""The desk in Chromium: hand-offs are read, rejected, answered and finished, and calls are listened to."""

import base64
import json

import pytest
from playwright.async_api import BrowserContext, expect
from websockets.asyncio.client import connect

from contracts.chat_sessions import ChatSessionCreate
from practice.chat_sessions.service import FOR_THE_DESK
from practice.chat_sessions.views import SessionAccount
from tests.browser.conftest import Troubles
from tests.browser.test_console_pages import log_in
from tests.fakes.app import AppUnderTest
from tests.integration.test_media_socket_api import begin, ticket

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PATIENT = "+12025550177"


async def write(app: AppUnderTest, text: str, number: int) -> None:
    """Send a text message to the practice."""
    fields = {"To": app.demo.phone_number, "From": PATIENT, "MessageSid": f"SM{number}", "Body": text}
    assert (await app.twilio("/twilio/sms", fields)).status_code == 200


async def test_hand_offs_are_read_rejected_answered_and_finished(
    app: AppUnderTest, context: BrowserContext, troubles: Troubles
) -> None:
    expect.set_options(timeout=20_000)
    page = await context.new_page()
    troubles.watch(page)
    await log_in(page, app)
    bot = SessionAccount(app.demo.bot_id, (app.demo.site_id,), is_bot=True)
    for reason, urgency in (("a bill", "routine"), ("a lost filling", "urgent")):
        body = {"participants": [FOR_THE_DESK], "reason": reason, "urgency": urgency}
        await app.services.chat_sessions.create(bot, ChatSessionCreate.model_validate(body))
    await write(app, "My husband collapsed and he won't wake up", 1)
    # They come by themselves, the most urgent first.
    waiting = page.locator("section", has_text="Waiting for a person").locator("h3")
    await expect(waiting).to_have_text(["a possible emergency", "a lost filling", "a bill"])

    await page.get_by_role("link", name="a bill").click()
    await page.locator("summary", has_text="Reject").click()
    await page.get_by_role("button", name="Reject").click()
    assert "/hand-offs/" in page.url, "without a reason nothing is rejected"
    await page.get_by_label("Why").fill("Billing calls back on Monday")
    await page.get_by_role("button", name="Reject").click()
    await expect(page.get_by_text("Left to somebody else.")).to_be_visible()
    await expect(waiting).to_have_text(["a possible emergency", "a lost filling"])

    await page.get_by_role("link", name="a possible emergency").click()
    await page.get_by_role("button", name="Take it").click()
    await page.get_by_label("Write to the patient").fill("This is Dana. Is anybody with you?")
    await page.get_by_role("button", name="Send").click()
    said = page.locator("section", has_text="What was said")
    await expect(said.get_by_text("Is anybody with you?")).to_be_visible()
    await write(app, "Yes, my daughter", 2)
    await expect(said.get_by_text("Yes, my daughter")).to_be_visible()
    await page.get_by_label("What came of it").fill("The ambulance is there")
    await page.get_by_role("button", name="Finish").click()
    await expect(page.get_by_text("Finished: The ambulance is there")).to_be_visible()
    assert troubles == []


async def test_desk_listens_in_to_a_call_until_it_ends(
    app: AppUnderTest, context: BrowserContext, address: str, troubles: Troubles
) -> None:
    expect.set_options(timeout=20_000)
    page = await context.new_page()
    troubles.watch(page)
    await log_in(page, app)
    async with connect(f"{address.replace('http', 'ws')}/twilio/media") as call:
        await begin(call, await ticket(app))
        await page.goto("/console/calls/CA1")
        await page.get_by_role("button", name="Listen in").click()
        await expect(page.get_by_text("You hear the call. Nobody hears you.")).to_be_visible()
        sound = base64.b64encode(b"\x00" * 160).decode()
        await call.send(json.dumps({"event": "media", "media": {"track": "inbound", "payload": sound}}))
        await expect(page.locator("#listening")).to_have_attribute("data-heard", "2")
        await call.send("hang up")
        await expect(page.get_by_text("The call is not with the bot any more.")).to_be_visible()
    assert troubles == []
