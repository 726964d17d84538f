"""What nobody knows the end of is found and found out about; what is old goes."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, inspect

from practice.bookings.intent_status import Claim
from practice.bookings.ledger import Ledger
from practice.bookings.queries import PURGED_AT_ONCE
from practice.errors import BookingNotFound, WebhookError
from practice.records.bookings import BookingIntent
from tests.fakes.bookings import Scene, checked, details
from tests.fakes.platform import answers, cut, late

SLOT_TAKEN = {"error": {"code": "slot_unavailable", "message": "Taken."}}
DAY = timedelta(days=1)


async def in_doubt(scene: Scene, key: str = "k1", *, booked: bool = True) -> str:
    (scene.platform.after if booked else scene.platform.before).append(late)
    with pytest.raises(WebhookError):
        await scene.bookings().book(scene.bot, key, details())
    return (await scene.row(key)).id


async def silent(scene: Scene, key: str = "k1") -> Claim:
    """Leave a row whose worker died."""
    claim = await Ledger(scene.database, scene.clock, scene.lease_clock).claim(scene.bot, key, checked())
    assert isinstance(claim, Claim)
    return claim


async def test_a_booking_in_doubt_is_found_out_about_with_one_more_request(scene: Scene) -> None:
    intent_id = await in_doubt(scene)
    status = await scene.bookings(attempts=9).resolve(scene.bot, intent_id)
    assert (status.state, status.intent.booking_id) == ("succeeded", "1")
    assert [body["idempotency_key"] for _, body in scene.platform.requests] == [f"{scene.bot.id}:k1"] * 2
    again = await scene.bookings().resolve(scene.bot, intent_id)
    assert (again.state, len(scene.platform.requests)) == ("succeeded", 2)


async def test_finding_out_asks_once_and_leaves_the_doubt_that_stays(scene: Scene) -> None:
    intent_id = await in_doubt(scene)
    scene.platform.after.extend([cut, cut])
    status = await scene.bookings(attempts=9).resolve(scene.bot, intent_id)
    assert (status.state, len(scene.platform.requests)) == ("unknown", 2)


async def test_finding_out_may_end_in_a_refusal(scene: Scene) -> None:
    intent_id = await in_doubt(scene, booked=False)
    scene.platform.before.append(answers(409, SLOT_TAKEN))
    assert (await scene.bookings().resolve(scene.bot, intent_id)).state == "refused"
    assert (await scene.bookings().resolve(scene.bot, intent_id)).state == "refused"
    assert len(scene.platform.requests) == 2


async def test_what_someone_works_on_is_left_to_them(scene: Scene) -> None:
    scene.platform.gate.clear()
    asking = asyncio.create_task(scene.bookings().book(scene.bot, "k1", details()))
    await scene.platform.arrived.wait()
    intent_id = (await scene.row("k1")).id
    bookings = scene.bookings()
    assert (await bookings.resolve(scene.bot, intent_id)).state == "pending"
    assert not await bookings.queries.give_up(intent_id)
    assert await bookings.queries.list_abandoned(10) == []
    scene.platform.gate.set()
    assert (await asking).status == 201


async def test_what_was_left_behind_is_listed_those_first_that_nobody_else_will_find(scene: Scene) -> None:
    unknown = await in_doubt(scene, "k1")
    pending = (await silent(scene, "k2")).intent.id
    bookings = scene.bookings()
    await bookings.book(scene.bot, "k3", details())
    assert await bookings.queries.list_abandoned(10) == [(unknown, scene.bot.id)]
    scene.lease_now += timedelta(seconds=11)
    assert await bookings.queries.list_abandoned(10) == [(pending, scene.bot.id), (unknown, scene.bot.id)]
    assert await bookings.queries.list_abandoned(1) == [(pending, scene.bot.id)]
    assert (await bookings.resolve(scene.bot, pending)).state == "succeeded"
    assert await bookings.queries.list_abandoned(10) == [(unknown, scene.bot.id)]


async def test_what_is_given_up_is_not_looked_for_but_its_key_still_finds_out(scene: Scene) -> None:
    bookings, intent_id = scene.bookings(), await in_doubt(scene)
    assert await bookings.queries.give_up(intent_id)
    assert not await bookings.queries.give_up(intent_id)
    assert await bookings.queries.list_abandoned(10) == []
    assert (await bookings.book(scene.bot, "k1", details())).body["booking"]["id"] == "1"
    row = await scene.row("k1")
    assert (row.state, row.given_up_at) == ("succeeded", None)
    assert not await bookings.queries.give_up(intent_id)


async def test_what_a_silent_worker_left_can_be_given_up(scene: Scene) -> None:
    claim = await silent(scene)
    scene.lease_now += timedelta(seconds=11)
    assert await scene.bookings().queries.give_up(claim.intent.id)
    row = await scene.row("k1")
    assert (row.state, row.in_doubt) == ("unknown", True)


async def test_there_is_nothing_to_find_out_about_what_is_gone_or_another_bot_s(scene: Scene) -> None:
    bookings, intent_id = scene.bookings(), await in_doubt(scene)
    with pytest.raises(BookingNotFound):
        await bookings.resolve(scene.bot, "intent_gone")
    with pytest.raises(BookingNotFound):
        await bookings.resolve(replace(scene.bot, id="bot_other"), intent_id)
    assert not await bookings.queries.give_up("intent_gone")


async def test_old_keys_go_and_what_is_still_open_or_to_come_stays(scene: Scene) -> None:
    bookings = scene.bookings()
    await bookings.book(scene.bot, "past", details())
    await bookings.book(scene.bot, "to come", details(start_at="2027-06-01T14:00:00-05:00"))
    await bookings.book(scene.bot, "cancelled", details(start_at="2027-06-01T15:00:00-05:00"))
    await bookings.cancel(scene.bot, "cancelling", "3")
    scene.platform.before.append(answers(409, SLOT_TAKEN))
    await bookings.book(scene.bot, "refused", details())
    await in_doubt(scene, "doubt")
    assert await bookings.queries.give_up(await in_doubt(scene, "given up"))
    await silent(scene, "silent")
    scene.now += 31 * DAY
    await bookings.book(scene.bot, "new", details(start_at="2027-01-04T14:00:00-05:00"))
    assert await bookings.queries.purge(scene.now - 32 * DAY) == 0
    assert await bookings.queries.purge(scene.now - 30 * DAY) == 5
    assert {row.idempotency_key for row in await scene.rows()} == {"to come", "doubt", "silent", "new"}


async def test_many_old_keys_go_in_portions(scene: Scene) -> None:
    await silent(scene)
    row = await scene.row("k1")
    kept = {column.key: getattr(row, column.key) for column in inspect(BookingIntent).column_attrs}
    rows = [
        {**kept, "id": f"intent_{number}", "idempotency_key": f"k{number}", "state": "refused"}
        for number in range(2, 2 + PURGED_AT_ONCE + 1)
    ]
    async with scene.database.session() as session:
        await session.execute(insert(BookingIntent), rows)
    scene.now += 31 * DAY
    assert await scene.bookings().queries.purge(scene.now - 30 * DAY) == PURGED_AT_ONCE + 1
    assert len(await scene.rows()) == 1


async def test_a_purged_key_is_a_new_one(scene: Scene) -> None:
    bookings = scene.bookings()
    await bookings.book(scene.bot, "k1", details())
    scene.now += 31 * DAY
    await bookings.queries.purge(scene.now - 30 * DAY)
    assert not (await bookings.book(scene.bot, "k1", details())).replayed


async def test_a_past_time_is_the_platform_s_to_judge(scene: Scene) -> None:
    bookings = scene.bookings()
    sample = details(start_at="2024-01-15T10:00:00Z")
    assert (await bookings.book(scene.bot, "k1", sample)).status == 201
    assert (await bookings.book(scene.bot, "k1", sample)).replayed
    (row,) = await scene.rows()
    assert row.booking is not None
    assert row.booking["start_at"].startswith("2024-01-15T10:00:00")


async def test_a_dead_worker_s_lease_ends_also_when_the_clock_was_set_back(scene: Scene) -> None:
    claim = await silent(scene)
    scene.lease_now -= timedelta(hours=2)
    bookings = scene.bookings()
    assert await bookings.queries.list_abandoned(9) == [(claim.intent.id, scene.bot.id)]
    assert (await bookings.book(scene.bot, "k1", details())).status == 201
    assert await Ledger(scene.database, scene.clock, scene.lease_clock).renew(claim) is False


async def test_a_clock_that_is_a_little_behind_robs_nobody_of_their_lease(scene: Scene) -> None:
    claim = await silent(scene)
    scene.lease_now -= timedelta(seconds=59)
    bookings = scene.bookings(wait_seconds=0.05)
    assert await bookings.queries.list_abandoned(9) == []
    with pytest.raises(WebhookError):
        await bookings.book(scene.bot, "k1", details())
    assert (await bookings.resolve(scene.bot, claim.intent.id)).state == "pending"
    assert scene.platform.requests == []
    scene.lease_now += timedelta(minutes=2)  # so that the service finishes
