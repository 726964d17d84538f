"""A time that the ledger knows as taken is refused before the platform is asked."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from config.settings import Settings
from contracts.partner import BookingDetails
from kit.clock import Clock
from kit.db.database import Database
from kit.keyring import Keyring
from practice.bookings.service import Bookings
from practice.errors import PracticeError, SlotUnavailable
from practice.partner_response import PartnerResponse
from practice.partners.views import BotView
from practice.platforms.routing import platform_secret
from tests.fakes.bookings import Scene, details, make_bookings, moved_to, register
from tests.fakes.demo_practice import DemoIds
from tests.fakes.platform import FakePlatform, answers, down, late

SLOT_TAKEN = {"error": {"code": "slot_unavailable", "message": "Taken."}}


def at(clock_time: str, minutes: int = 30, **extra: Any) -> BookingDetails:
    return details(minutes, start_at=f"2026-12-01T{clock_time}:00-05:00", **extra)


@pytest.fixture
async def scene(database: Database, clock: Clock, keyring: Keyring, demo: DemoIds) -> AsyncIterator[Scene]:
    scene = await Scene.make(database, clock, keyring, demo)
    scene.bot = replace(scene.bot, guards_slots=True)
    yield scene
    await scene.aclose()


async def refused(scene: Scene, booking: BookingDetails, key: str = "other") -> bool:
    """Tell whether the ledger refuses, before the platform is asked and without a trace."""
    rows, asked = await scene.rows(), len(scene.platform.requests)
    try:
        await scene.bookings().book(scene.bot, key, booking)
    except SlotUnavailable:
        assert len(await scene.rows()) == len(rows)
        assert len(scene.platform.requests) == asked
        return True
    return False


async def test_what_overlaps_a_booking_is_refused_before_the_relay(scene: Scene) -> None:
    await scene.bookings().book(scene.bot, "k1", at("14:00"))
    for clock_time, minutes in (("14:00", 30), ("13:45", 30), ("14:29", 30), ("13:00", 120), ("14:10", 5)):
        assert await refused(scene, at(clock_time, minutes)), clock_time
    for clock_time in ("13:30", "14:30"):
        assert not await refused(scene, at(clock_time), clock_time)


async def test_a_bot_that_guards_nothing_leaves_it_to_the_platform(scene: Scene) -> None:
    scene.bot = replace(scene.bot, guards_slots=None)
    await scene.bookings().book(scene.bot, "k1", at("14:00"))
    assert not await refused(scene, at("14:00"))


async def test_the_same_key_is_no_second_booking(scene: Scene) -> None:
    bookings = scene.bookings()
    await bookings.book(scene.bot, "k1", at("14:00"))
    assert (await bookings.book(scene.bot, "k1", at("14:00"))).replayed


async def test_a_booking_in_doubt_takes_its_time_and_its_own_key_finds_out(scene: Scene) -> None:
    scene.platform.after.append(late)
    bookings = scene.bookings()
    with pytest.raises(PracticeError):
        await bookings.book(scene.bot, "k1", at("14:00"))
    assert await refused(scene, at("14:15"))
    assert (await bookings.book(scene.bot, "k1", at("14:00"))).body["booking"]["id"] == "1"


async def test_a_booking_under_way_takes_its_time(scene: Scene) -> None:
    scene.platform.gate.clear()
    await scene.bookings().book(scene.bot, "k1", at("14:00"), wait_seconds=0)
    assert await refused(scene, at("14:00"))


async def test_what_was_refused_or_never_reached_the_platform_takes_no_time(scene: Scene) -> None:
    scene.platform.before.extend([answers(409, SLOT_TAKEN), down])
    bookings = scene.bookings()
    assert await bookings.book(scene.bot, "k1", at("14:00")) == PartnerResponse(409, SLOT_TAKEN)
    with pytest.raises(PracticeError):
        await bookings.book(scene.bot, "k2", at("14:00"))
    assert not await refused(scene, at("14:00"))


async def test_a_key_that_was_refused_is_guarded_when_it_is_used_again(scene: Scene) -> None:
    scene.platform.before.append(answers(409, SLOT_TAKEN))
    bookings = scene.bookings()
    await bookings.book(scene.bot, "k1", at("14:00"))
    await bookings.book(scene.bot, "k2", at("14:00"))
    with pytest.raises(SlotUnavailable):
        await bookings.book(scene.bot, "k1", at("14:00"))
    assert (await scene.row("k1")).state == "refused"


async def test_a_cancelled_booking_frees_its_time_and_a_moved_one_takes_another(scene: Scene) -> None:
    bookings = scene.bookings()
    moved = (await bookings.book(scene.bot, "k1", at("14:00"))).body["booking"]["id"]
    gone = (await bookings.book(scene.bot, "k2", at("15:00"))).body["booking"]["id"]
    await bookings.reschedule(scene.bot, "k3", moved, moved_to("2026-12-01T16:00:00-05:00"))
    await bookings.cancel(scene.bot, "k4", gone)
    assert [await refused(scene, at(time), f"n{time}") for time in ("16:15", "14:00", "15:00")] == [
        True,
        False,
        False,
    ]


async def test_a_move_is_guarded_against_others_and_not_against_itself(scene: Scene) -> None:
    bookings = scene.bookings()
    moved = (await bookings.book(scene.bot, "k1", at("14:00"))).body["booking"]["id"]
    await bookings.book(scene.bot, "k2", at("15:00"))
    with pytest.raises(SlotUnavailable):
        # Half an hour, as it was before: too long for the time until three.
        await bookings.reschedule(scene.bot, "k3", moved, moved_to("2026-12-01T14:45:00-05:00"))
    answer = await bookings.reschedule(scene.bot, "k4", moved, moved_to("2026-12-01T14:15:00-05:00"))
    assert answer.status == 200


async def test_a_move_in_doubt_takes_both_times(scene: Scene) -> None:
    bookings = scene.bookings()
    moved = (await bookings.book(scene.bot, "k1", at("14:00"))).body["booking"]["id"]
    scene.platform.after.append(late)
    with pytest.raises(PracticeError):
        await bookings.reschedule(scene.bot, "k2", moved, moved_to("2026-12-01T16:00:00-05:00"))
    assert await refused(scene, at("14:00"))
    assert await refused(scene, at("16:00"))


async def test_only_known_different_practitioners_may_share_a_time(scene: Scene) -> None:
    bookings = scene.bookings()
    await bookings.book(scene.bot, "k1", at("14:00", practitioner_id="lee"))
    assert await refused(scene, at("14:00", practitioner_id="lee"))
    assert await refused(scene, at("14:00"))
    assert not await refused(scene, at("14:00", practitioner_id="kim"))


async def test_another_account_has_its_own_times(scene: Scene, clock: Clock, demo: DemoIds) -> None:
    await scene.bookings().book(scene.bot, "k1", at("14:00"))
    other = await register(
        scene.database, clock, scene.keyring, demo, account_id="acct_01h2xcejqtf2nbrexx3vqjhp41"
    )
    scene.bot = replace(other, guards_slots=True)
    assert not await refused(scene, at("14:00"))


async def test_of_many_keys_at_once_for_one_time_one_reaches_the_platform(
    scene: Scene, database_settings: Settings
) -> None:
    other = Database(database_settings)
    services = [scene.bookings(), scene.bookings(other)]
    outcomes = await asyncio.gather(
        *(services[number % 2].book(scene.bot, f"k{number}", at("14:00")) for number in range(16)),
        return_exceptions=True,
    )
    kinds = sorted(type(outcome).__name__ for outcome in outcomes)
    assert kinds == ["PartnerResponse"] + ["SlotUnavailable"] * 15
    assert len(scene.platform.requests) == 1
    await other.dispose()


class Calendar(httpx.AsyncBaseTransport):
    """The embedded calendar's API, as far as the guard is concerned: it gives everyone a free chair."""

    def __init__(self, platform: FakePlatform) -> None:
        self.platform = platform
        self.chairs = ["lee", "kim", "ray"]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.platform.handle_async_request(request)
        body = answer.json()
        named = body["booking"].get("practitioner_id") or self.chairs.pop(0)
        body["booking"]["practitioner"] = {"id": named, "name": named.title()}
        return httpx.Response(answer.status_code, json=body)


@pytest.fixture
async def embedded(
    database: Database, clock: Clock, keyring: Keyring, demo: DemoIds
) -> AsyncIterator[tuple[Bookings, BotView, FakePlatform]]:
    bot = await register(database, clock, keyring, demo, webhook_url=None, webhook_secret=None)
    platform = FakePlatform(platform_secret(keyring, demo.account_id), clock)
    bookings = make_bookings(database, clock, keyring, platform, embedded=Calendar(platform))
    yield bookings, bot, platform
    await bookings.aclose()


async def test_the_embedded_calendar_gives_one_time_to_each_practitioner(
    embedded: tuple[Bookings, BotView, FakePlatform],
) -> None:
    bookings, bot, _ = embedded
    named = [
        (await bookings.book(bot, key, at("14:00"))).body["booking"]["practitioner"]["id"] for key in "ab"
    ]
    assert named == ["lee", "kim"]


async def test_who_gets_which_practitioner_is_left_to_the_embedded_calendar(
    embedded: tuple[Bookings, BotView, FakePlatform],
) -> None:
    bookings, bot, platform = embedded
    platform.gate.clear()
    for key in "ab":
        await bookings.book(bot, key, at("14:00"), wait_seconds=0)
    named = asyncio.create_task(bookings.book(bot, "c", at("14:00", practitioner_id="ray")))
    await asyncio.wait({named}, timeout=0.05)
    platform.gate.set()
    assert (await named).status == 201
    await bookings.aclose()
    assert len(platform.bookings) == 3


async def test_the_embedded_calendar_is_guarded_without_being_told_to(
    embedded: tuple[Bookings, BotView, FakePlatform],
) -> None:
    bookings, bot, _ = embedded
    await bookings.book(bot, "k1", at("14:00"))
    with pytest.raises(SlotUnavailable):
        await bookings.book(bot, "k2", at("14:00", practitioner_id="lee"))
    assert (await bookings.book(bot, "k3", at("14:00", practitioner_id="kim"))).status == 201
    unguarded = replace(bot, guards_slots=False)
    assert (await bookings.book(unguarded, "k4", at("14:00", practitioner_id="lee"))).status == 201
