"""Cancelling and moving are done once per key, and the ledger's record of the booking follows."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from config.settings import FollowUpSettings
from contracts.partner import Cancellation, RescheduleDetails
from contracts.partner_holds import Slot
from kit.clock import Clock
from kit.db.database import Database
from kit.keyring import Keyring
from practice.bookings.service import Bookings
from practice.errors import (
    BookingNotFound,
    IdempotencyKeyReused,
    InvalidRequest,
    NotSupportedByPlatform,
    PracticeError,
    WebhookTimeout,
)
from practice.outbox.service import Outbox
from practice.partner_response import PartnerResponse
from practice.partners.service import Partners
from practice.partners.views import BotView
from practice.platforms.routing import platform_secret
from practice.records.follow_ups import FollowUp
from practice.records.partners import Partner
from tests.fakes.bookings import Scene, details, make_bookings, register
from tests.fakes.demo_practice import DemoIds
from tests.fakes.platform import NO_SUCH_PATH, FakePlatform, answers, late

MOVED = RescheduleDetails.model_validate({"start_at": "2026-12-02T09:00:00-05:00", "why": "a cold"})
GONE = Cancellation.model_validate({"reason": "a cold", "more": 1})


async def test_a_cancellation_is_relayed_whole_and_the_record_follows(scene: Scene) -> None:
    bookings = scene.bookings()
    made = await bookings.book(scene.bot, "k1", details(practitioner_id="lee"))
    answer = await bookings.cancel(scene.bot, "k2", "1", GONE)
    assert scene.platform.requests[-1] == (
        "/hooks/bookings/1/cancel",
        {
            "account_id": scene.bot.account_id,
            "idempotency_key": f"{scene.bot.id}:k2",
            "cancellation": {"reason": "a cold", "more": 1},
        },
    )
    assert (answer.status, answer.body["booking"]["status"], answer.replayed) == (200, "cancelled", False)
    booked, cancelled = await scene.row("k1"), await scene.row("k2")
    assert booked.booking_status == cancelled.booking_status == "cancelled"
    assert booked.booking == cancelled.booking == answer.body["booking"]
    assert booked.answer_body == made.body
    assert (cancelled.operation, cancelled.booking_id, cancelled.state) == ("cancel", "1", "succeeded")
    assert (cancelled.slot_start, cancelled.practitioner_id) == (booked.slot_start, "lee")
    assert (await bookings.book(scene.bot, "k1", details(practitioner_id="lee"))).body == made.body


async def test_a_reschedule_is_relayed_whole_and_the_record_follows(scene: Scene) -> None:
    bookings = scene.bookings()
    made = await bookings.book(scene.bot, "k1", details(45, practitioner_id="lee"))
    answer = await bookings.reschedule(scene.bot, "k2", "1", MOVED)
    assert scene.platform.requests[-1] == (
        "/hooks/bookings/1/reschedule",
        {
            "account_id": scene.bot.account_id,
            "idempotency_key": f"{scene.bot.id}:k2",
            "booking": MOVED.given,
        },
    )
    assert answer.body["booking"]["start_at"] == MOVED.given["start_at"]
    booked, moved = await scene.row("k1"), await scene.row("k2")
    start = datetime(2026, 12, 2, 14, tzinfo=UTC)
    for row in (booked, moved):
        assert (row.slot_start, row.slot_end) == (start, start + timedelta(minutes=45))
        assert (row.booking_status, row.practitioner_id) == ("accepted", "lee")
    assert booked.answer_body == made.body


async def test_a_platform_that_says_little_of_a_change_leaves_the_rest_as_it_was(scene: Scene) -> None:
    bookings = scene.bookings()
    await bookings.book(scene.bot, "k1", details())
    scene.platform.before.extend([answers(200, {"booking": {"id": "1"}})] * 2)
    await bookings.reschedule(scene.bot, "k2", "1", MOVED)
    row = await scene.row("k1")
    assert row.slot_start == datetime(2026, 12, 2, 14, tzinfo=UTC)
    assert row.slot_end == datetime(2026, 12, 2, 14, 30, tzinfo=UTC)
    assert row.booking is not None
    assert row.booking["customer"]["name"] == "José Bell"
    await bookings.cancel(scene.bot, "k3", "1")
    row = await scene.row("k1")
    assert (row.booking_status, row.slot_start) == ("cancelled", datetime(2026, 12, 2, 14, tzinfo=UTC))


async def test_a_change_is_done_once_and_repeated_from_the_ledger(scene: Scene) -> None:
    bookings = scene.bookings()
    await bookings.book(scene.bot, "k1", details())
    first = await bookings.cancel(scene.bot, "k2", "1", GONE)
    again = await scene.bookings().cancel(scene.bot, "k2", "1", GONE)
    assert again == PartnerResponse(200, first.body, replayed=True)
    other = await bookings.cancel(scene.bot, "k2", "1")
    assert (other.body, other.mismatch) == (first.body, True)
    assert len(scene.platform.requests) == 2


async def test_a_change_in_doubt_is_asked_for_again_under_its_key(scene: Scene) -> None:
    bookings = scene.bookings(attempts=1)
    await bookings.book(scene.bot, "k1", details())
    scene.platform.after.append(late)
    with pytest.raises(WebhookTimeout):
        await bookings.cancel(scene.bot, "k2", "1", GONE)
    assert ((await scene.row("k1")).booking_status, (await scene.row("k2")).state) == ("accepted", "unknown")
    assert (await bookings.cancel(scene.bot, "k2", "1", GONE)).body["booking"]["status"] == "cancelled"
    assert list(scene.platform.changes) == [f"{scene.bot.id}:k2"]


async def test_a_change_that_takes_long_is_pending(scene: Scene) -> None:
    bookings = scene.bookings()
    await bookings.book(scene.bot, "k1", details())
    scene.platform.gate.clear()
    cancelling = await bookings.cancel(scene.bot, "k2", "1", wait_seconds=0)
    assert cancelling == PartnerResponse(
        202, {"booking": {"id": (await scene.row("k2")).id, "status": "pending"}}
    )
    moving = await bookings.reschedule(scene.bot, "k3", "1", MOVED, wait_seconds=0)
    assert moving.body["booking"] == {
        "id": (await scene.row("k3")).id,
        "status": "pending",
        "start_at": "2026-12-02T14:00:00Z",
        "end_at": "2026-12-02T14:30:00Z",
    }


async def test_a_key_is_for_one_operation_on_one_booking(scene: Scene) -> None:
    bookings = scene.bookings()
    await bookings.book(scene.bot, "k1", details())
    await bookings.cancel(scene.bot, "k2", "1", GONE)
    asked = len(scene.platform.requests)
    reuses = [
        bookings.cancel(scene.bot, "k1", "1", GONE),
        bookings.reschedule(scene.bot, "k1", "1", MOVED),
        bookings.reschedule(scene.bot, "k2", "1", MOVED),
        bookings.cancel(scene.bot, "k2", "2", GONE),
        bookings.book(scene.bot, "k2", details()),
    ]
    for outcome in await asyncio.gather(*reuses, return_exceptions=True):
        assert isinstance(outcome, IdempotencyKeyReused)
    assert len(scene.platform.requests) == asked


async def test_a_key_is_for_one_operation_also_when_nothing_came_of_it(scene: Scene) -> None:
    bookings = scene.bookings()
    scene.platform.before.extend([late, answers(409, {"error": {"code": "x", "message": "y"}})])
    for key in ("k1", "k2"):
        await asyncio.gather(bookings.book(scene.bot, key, details()), return_exceptions=True)
        with pytest.raises(IdempotencyKeyReused):
            await bookings.cancel(scene.bot, key, "1", GONE)
    assert len(scene.platform.requests) == 2


async def test_a_key_is_for_one_operation_also_while_it_is_under_way(scene: Scene) -> None:
    bookings = scene.bookings()
    scene.platform.gate.clear()
    booking = asyncio.create_task(bookings.book(scene.bot, "k1", details()))
    await scene.platform.arrived.wait()
    with pytest.raises(IdempotencyKeyReused):
        await bookings.cancel(scene.bot, "k1", "1", GONE, wait_seconds=0)
    scene.platform.gate.set()
    assert (await booking).status == 201


async def test_a_platform_that_cannot_change_bookings_is_told_apart(scene: Scene) -> None:
    bookings = scene.bookings()
    await bookings.book(scene.bot, "k1", details())
    for said, answer in NO_SUCH_PATH.items():
        scene.platform.lacks_changes = answer
        with pytest.raises(NotSupportedByPlatform):
            await bookings.cancel(scene.bot, said, "1", GONE)
        assert (await scene.row(said)).state == "refused", said
    with pytest.raises(NotSupportedByPlatform):
        await bookings.get_booking(scene.bot.partner_id, (await scene.row("a page")).id, scene.bot)


@pytest.mark.parametrize("booking_id", ["", " ", "..", "x" * 256, "a\0b", "\ud800"])
async def test_what_can_be_no_id_is_no_booking(scene: Scene, booking_id: str) -> None:
    bookings = scene.bookings()
    for change in (
        bookings.cancel(scene.bot, "k", booking_id),
        bookings.reschedule(scene.bot, "k", booking_id, MOVED),
    ):
        with pytest.raises(BookingNotFound):
            await change
    with pytest.raises(BookingNotFound):
        await bookings.get_booking(scene.bot.partner_id, booking_id, None)
    assert await scene.rows() == []


async def test_a_booking_is_got_from_the_ledger_as_it_is_now(scene: Scene) -> None:
    bookings, partner_id = scene.bookings(), scene.bot.partner_id
    made = await bookings.book(scene.bot, "k1", details())
    for bot in (scene.bot, None):
        assert await bookings.get_booking(partner_id, "1", bot) == PartnerResponse(200, made.body)
    cancelled = await bookings.cancel(scene.bot, "k2", (await scene.row("k1")).id, GONE)
    for booking_id in ("1", (await scene.row("k1")).id, (await scene.row("k2")).id):
        assert (await bookings.get_booking(partner_id, booking_id, scene.bot)).body == cancelled.body
        assert await bookings.locate(partner_id, booking_id) == scene.bot.id
    for partner, booking_id in ((partner_id, "2"), ("ptnr_other", "1")):
        with pytest.raises(BookingNotFound):
            await bookings.get_booking(partner, booking_id, None)
        with pytest.raises(BookingNotFound):
            await bookings.locate(partner, booking_id)


async def test_a_booking_that_is_not_made_yet_cannot_be_changed(scene: Scene) -> None:
    bookings = scene.bookings()
    scene.platform.gate.clear()
    pending = await bookings.book(scene.bot, "k1", details(), wait_seconds=0)
    with pytest.raises(BookingNotFound):
        await bookings.cancel(scene.bot, "k2", pending.body["booking"]["id"])


async def test_bookings_of_one_id_on_two_platforms_are_two(scene: Scene, clock: Clock, demo: DemoIds) -> None:
    bookings = scene.bookings()
    elsewhere = "acct_01h2xcejqtf2nbrexx3vqjhp41"
    other = await register(scene.database, clock, scene.keyring, demo, account_id=elsewhere)
    await bookings.book(scene.bot, "k1", details())
    scene.platform.bookings.clear()
    await bookings.book(other, "k2", details(60))
    with pytest.raises(InvalidRequest):
        await bookings.get_booking(other.partner_id, "1", None)
    with pytest.raises(InvalidRequest):
        await bookings.locate(other.partner_id, "1")
    found = await bookings.get_booking(other.partner_id, "1", other)
    assert found.body["booking"]["duration_minutes"] == 60
    await bookings.cancel(other, "k3", "1")
    assert [(await scene.row(key)).booking_status for key in ("k1", "k2")] == ["accepted", "cancelled"]


async def test_a_change_is_noted_where_its_booking_was_made(
    scene: Scene, clock: Clock, demo: DemoIds
) -> None:
    bookings, statuses = scene.bookings(), []
    await bookings.book(scene.bot, "k1", details())
    scene.platform.bookings.clear()
    # The second bot's platform has a booking 1 of its own; the third shares the first one's; the fourth
    # is of another account.
    other, sharing = [
        await register(scene.database, clock, scene.keyring, demo, name=name) for name in ("other", "sharing")
    ]
    elsewhere = "acct_01h2xcejqtf2nbrexx3vqjhp41"
    apart = await register(scene.database, clock, scene.keyring, demo, account_id=elsewhere)
    await bookings.book(other, "k2", details())
    for bot, key in ((apart, "c1"), (other, "c2"), (sharing, "c3")):
        await bookings.cancel(bot, key, "1")
        statuses.append([(await scene.row(one)).booking_status for one in ("k1", "k2")])
    assert statuses == [
        ["accepted", "accepted"],
        ["accepted", "cancelled"],
        ["cancelled", "cancelled"],
    ]


async def test_a_cancellation_while_a_reschedule_is_on_its_way_back_is_the_later_word(scene: Scene) -> None:
    bookings = scene.bookings()
    await bookings.book(scene.bot, "k1", details())

    async def cancel_first() -> Any:
        scene.now += timedelta(seconds=1)
        await scene.bookings().cancel(scene.bot, "k3", "1")
        return answers(200, {"booking": {**MOVED.given, "id": "1", "status": "accepted"}})()

    scene.platform.after.append(cancel_first)
    await bookings.reschedule(scene.bot, "k2", "1", MOVED)
    assert (await scene.row("k1")).booking_status == "cancelled"


async def follow_ups(scene: Scene) -> list[str]:
    async with scene.database.reading() as session:
        return sorted((await session.scalars(select(FollowUp.workflow_id))).all())


async def test_what_follows_is_planned_once_with_the_fact(scene: Scene) -> None:
    async with scene.database.session() as session:
        await session.execute(update(Partner).values(event_url="https://partner.example/events"))
    woken: list[str] = []
    bookings = scene.bookings(
        outbox=Outbox(FollowUpSettings()), on_follow_up=lambda: woken.append("woken"), attempts=1
    )
    await bookings.book(scene.bot, "k1", details())
    await bookings.book(scene.bot, "k1", details())
    await bookings.reschedule(scene.bot, "k2", "1", MOVED)
    scene.platform.before.append(answers(409, {"error": {"code": "x", "message": "y"}}))
    await bookings.cancel(scene.bot, "k3", "1")
    scene.platform.after.append(late)
    with pytest.raises(WebhookTimeout):
        await bookings.cancel(scene.bot, "k4", "1")
    ids = [(await scene.row(key)).id for key in ("k1", "k2", "k4")]
    assert len(woken) == 3
    assert await follow_ups(scene) == sorted(
        [f"event:booking.created:{ids[0]}", f"event:booking.rescheduled:{ids[1]}", f"resolve:{ids[2]}:1"]
    )
    await bookings.cancel(scene.bot, "k4", "1")
    assert f"event:booking.cancelled:{ids[2]}" in await follow_ups(scene)
    assert len(woken) == 4


class NoOutbox(Outbox):
    """An outbox whose table is gone."""

    async def plan(self, *_: Any) -> bool:
        raise RuntimeError("no outbox")


async def test_without_its_follow_ups_a_fact_is_not_written(scene: Scene) -> None:
    async with scene.database.session() as session:
        await session.execute(update(Partner).values(event_url="https://partner.example/events"))
    with pytest.raises(RuntimeError):
        await scene.bookings(outbox=NoOutbox(FollowUpSettings())).book(scene.bot, "k1", details())
    assert (await scene.row("k1")).state == "pending"


@pytest.fixture
async def embedded(
    database: Database, clock: Clock, keyring: Keyring, demo: DemoIds
) -> AsyncIterator[tuple[Bookings, BotView, FakePlatform]]:
    bot = await register(database, clock, keyring, demo, webhook_url=None, webhook_secret=None)
    calendar = FakePlatform(platform_secret(keyring, demo.account_id), clock)
    bookings = make_bookings(database, clock, keyring, calendar, embedded=calendar)
    yield bookings, bot, calendar
    await bookings.aclose()


async def test_the_embedded_calendar_is_asked_how_a_booking_is(
    embedded: tuple[Bookings, BotView, FakePlatform],
) -> None:
    bookings, bot, calendar = embedded
    made = await bookings.book(bot, "k1", details())
    fresh = {"booking": {"id": "1", "status": "confirmed", "changed": "by the staff"}}
    calendar.before.append(answers(200, fresh))
    assert await bookings.get_booking(bot.partner_id, "1", bot) == PartnerResponse(200, fresh)
    assert calendar.requests[-1][0].endswith("/bookings/1/get")
    for trouble in (late, answers(404, {"error": {"code": "booking_not_found", "message": ""}})):
        calendar.before.append(trouble)
        assert await bookings.get_booking(bot.partner_id, "1", bot) == PartnerResponse(200, made.body)
        calendar.before.append(trouble)
        with pytest.raises(BookingNotFound):
            await bookings.get_booking(bot.partner_id, "2", bot)
    calendar.before.append(answers(200, fresh))
    assert await bookings.get_booking(bot.partner_id, "2", bot) == PartnerResponse(200, fresh)


async def test_another_partner_s_booking_in_the_embedded_calendar_is_not_shown(
    embedded: tuple[Bookings, BotView, FakePlatform], database: Database, clock: Clock, keyring: Keyring
) -> None:
    bookings, bot, calendar = embedded
    await bookings.book(bot, "k1", details())
    partners = Partners(database, clock, keyring)
    stranger = replace(bot, id="bot_strange", partner_id=await partners.create_partner("Another"))
    asked = len(calendar.requests)
    with pytest.raises(BookingNotFound):
        await bookings.get_booking(stranger.partner_id, "1", stranger)
    assert len(calendar.requests) == asked


async def test_a_hold_is_relayed_to_the_embedded_calendar(
    embedded: tuple[Bookings, BotView, FakePlatform],
) -> None:
    bookings, bot, calendar = embedded
    hold = {"hold": {"id": "hold_1"}}
    calendar.before.append(answers(201, hold))
    slot = {"start_at": "2026-12-01T14:00:00-05:00", "duration_minutes": 30, "more": 1}
    assert await bookings.hold(bot, "k1", Slot.model_validate(slot), 60) == PartnerResponse(201, hold)
    body = calendar.requests[-1][1]
    assert (body["slot"], body["hold_seconds"], body["idempotency_key"]) == (slot, 60, f"{bot.id}:k1")


async def test_only_the_embedded_calendar_holds(scene: Scene) -> None:
    slot = {"start_at": "2026-12-01T14:00:00-05:00", "duration_minutes": 30}
    with pytest.raises(PracticeError) as caught:
        await scene.bookings().hold(scene.bot, "k1", Slot.model_validate(slot))
    assert isinstance(caught.value, NotSupportedByPlatform)
