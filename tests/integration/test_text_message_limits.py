"""Text messages spend the operator's money: for granted accounts alone, to allowed countries, few a day."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings, SmsSettings
from config.telemetry import REGISTRY
from kit.db.database import FILE_NAME
from kit.keyring import Keyring
from tests.conftest import sqlite_settings
from tests.fakes.bookings import SECRET
from tests.fakes.bots import create_bot
from tests.fakes.follow_ups import FollowUpWorld, open_world

LIMITS = SmsSettings(daily_per_number=2, daily_per_bot=3, daily_per_account=4)


@pytest.fixture
async def world(tmp_path: Path, sqlite_template: Path, keyring: Keyring) -> AsyncIterator[FollowUpWorld]:
    shutil.copy(sqlite_template, tmp_path / FILE_NAME)
    settings: Settings = sqlite_settings(tmp_path).model_copy(update={"sms": LIMITS})
    async with open_world(settings, keyring) as world:
        yield world


def customer(phone: str) -> dict[str, Any]:
    return {"customer": {"phone": phone, "name": "José Bell"}}


async def test_bot_of_an_account_that_was_not_granted_sends_none(world: FollowUpWorld) -> None:
    stranger = await create_bot(
        world.bots,
        await world.partners.create_partner("Stranger"),
        name="Your bank: verify at https://evil.example",
        account_id=world.demo.account_id,
        webhook_url="https://platform.example/hooks",
        webhook_secret=SECRET,
        confirmation_sms=True,
        reminder_sms=True,
    )
    world.bot = stranger
    assert (await world.book()).status == 201
    assert await world.rows("confirmation_sms") == []
    assert await world.rows("reminder_sms") == []


@pytest.mark.parametrize("phone", ["+252612345678", "+88216123456", "+19002345678", "+442071838750"])
async def test_none_goes_where_no_country_or_price_was_allowed(world: FollowUpWorld, phone: str) -> None:
    await world.book(**customer(phone))
    (dropped,) = await world.until("confirmation_sms", "cancelled")
    assert "CHAIRSIDE_SMS_COUNTRIES" in str(dropped.last_error)
    assert world.twilio.posts == 0


def refused(limit: str) -> float:
    """How many the operator is told of."""
    return REGISTRY.get_sample_value("chairside_texts_refused_total", {"limit": limit}) or 0.0


async def test_number_bot_and_account_have_so_many_a_day(world: FollowUpWorld) -> None:
    before = {limit: refused(limit) for limit in ("number", "bot", "account")}
    same, other = "+12025550101", "+12025550102"
    for key in ("1", "2"):
        await world.book(key, **customer(same))
    await world.until("confirmation_sms", "done", 2)
    await world.book("3", **customer(same))
    (dropped,) = await world.until("confirmation_sms", "cancelled")
    assert "the number had enough" in str(dropped.last_error)
    await world.book("4", **customer(other))
    await world.until("confirmation_sms", "done", 3)
    await world.book("5", **customer("+12025550103"))
    dropped = (await world.until("confirmation_sms", "cancelled", 2))[-1]
    assert "the bot's messages" in str(dropped.last_error)
    assert {limit: refused(limit) - before[limit] for limit in before} == {
        "number": 1,
        "bot": 1,
        "account": 0,
    }
    world.clock.move(hours=25)
    await world.book("6", **customer(same), start_at="2026-12-05T14:30:00-05:00")
    await world.until("confirmation_sms", "done", 4)
    assert world.twilio.posts == 4


async def test_an_account_has_so_many_a_day_and_the_operator_is_told(
    tmp_path: Path, sqlite_template: Path, keyring: Keyring
) -> None:
    before = refused("account")
    shutil.copy(sqlite_template, tmp_path / FILE_NAME)
    limits = SmsSettings(daily_per_bot=9, daily_per_account=1)
    settings: Settings = sqlite_settings(tmp_path).model_copy(update={"sms": limits})
    async with open_world(settings, keyring) as world:
        await world.book("1", **customer("+12025550101"))
        await world.until("confirmation_sms", "done")
        await world.book("2", **customer("+12025550102"))
        (dropped,) = await world.until("confirmation_sms", "cancelled")
        assert "the account's messages" in str(dropped.last_error)
        assert (refused("account") - before, world.twilio.posts) == (1, 1)
