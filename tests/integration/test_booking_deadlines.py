"""Trouble that passes is waited out under the same key, for as long as the one who asks will wait."""

import asyncio
from datetime import datetime, timedelta

import httpx
import pytest

from practice.bookings.intent_status import Claim
from practice.bookings.ledger import Ledger
from practice.errors import (
    BookingNotFound,
    IdempotencyKeyReused,
    WebhookFailed,
    WebhookTimeout,
    WebhookUnreachable,
)
from practice.partner_response import PartnerResponse
from tests.fakes.bookings import Scene, checked, details
from tests.fakes.platform import Trouble, answers, cut, down, hang, late, later, slow

SLOT_TAKEN = {"error": {"code": "slot_unavailable", "message": "Taken."}}


async def test_trouble_that_passes_is_not_noticed(scene: Scene) -> None:
    bookings = scene.bookings(attempts=3)
    passing: list[Trouble] = [late, cut, answers(500), answers(503, {"error": {}}), down]
    for number, trouble in enumerate(passing, 1):
        queue = scene.platform.before if trouble is down else scene.platform.after
        queue.extend([trouble, trouble])
        key = f"k{number}"
        answer = await bookings.book(scene.bot, key, details())
        assert (answer.status < 300, len(scene.platform.bookings)) == (True, number)
        sent = [body["idempotency_key"] for _, body in scene.platform.requests[-3:]]
        assert sent == [f"{scene.bot.id}:{key}"] * 3
        row = await scene.row(key)
        assert (row.state, row.in_doubt) == ("succeeded", False)


async def test_tries_are_bounded_by_their_number(scene: Scene) -> None:
    scene.platform.after.extend([late] * 9)
    with pytest.raises(WebhookTimeout):
        await scene.bookings(attempts=3).book(scene.bot, "k1", details())
    assert len(scene.platform.requests) == 3
    row = await scene.row("k1")
    assert (row.state, row.in_doubt, row.attempts) == ("unknown", True, 3)


async def test_tries_are_bounded_by_their_time(scene: Scene) -> None:
    scene.platform.before.append(hang)
    bookings = scene.bookings(attempts=3, total_seconds=0.1)
    async with asyncio.timeout(10):
        with pytest.raises(WebhookTimeout) as caught:
            await bookings.book(scene.bot, "k1", details())
    assert caught.value.in_doubt
    assert (await scene.row("k1")).state == "unknown"
    assert len(scene.platform.requests) == 1


async def test_a_platform_that_asks_to_be_left_alone_is(scene: Scene) -> None:
    # Either as seconds or as a date; our clocks show Monday, 30 November 2026, 14:00 in UTC.
    for number, said in enumerate(("3600", "Mon, 30 Nov 2026 15:00:00 GMT"), 1):
        scene.platform.before.append(later(503, said))
        with pytest.raises(WebhookFailed) as caught:
            await scene.bookings(attempts=9).book(scene.bot, f"k{number}", details())
        assert caught.value.retry_after == timedelta(hours=1)
        assert len(scene.platform.requests) == number
        assert (await scene.row(f"k{number}")).state == "unknown"
    scene.platform.before.append(later(503, "0"))
    assert (await scene.bookings(attempts=2).book(scene.bot, "k3", details())).status == 201


async def test_a_refused_connection_does_not_end_the_doubt_of_the_try_before(scene: Scene) -> None:
    scene.platform.before.extend([late, down])
    with pytest.raises(WebhookUnreachable):
        await scene.bookings(attempts=2).book(scene.bot, "k1", details())
    row = await scene.row("k1")
    assert (row.state, row.in_doubt) == ("unknown", True)


async def test_what_the_platform_decided_is_not_asked_again(scene: Scene) -> None:
    bookings = scene.bookings(attempts=3)
    decided = [answers(409, SLOT_TAKEN), answers(401, SLOT_TAKEN), answers(422, {}), answers(302)]
    for number, answer in enumerate(decided, 1):
        scene.platform.before.append(answer)
        await asyncio.gather(bookings.book(scene.bot, f"k{number}", details()), return_exceptions=True)
        assert len(scene.platform.requests) == number
        assert (await scene.row(f"k{number}")).state == "refused"


async def test_too_many_requests_say_nothing_about_the_one_before(scene: Scene) -> None:
    bookings = scene.bookings()
    for status in (408, 425, 429):
        key = f"k{status}"
        scene.platform.after.append(late)
        with pytest.raises(WebhookTimeout):
            await bookings.book(scene.bot, key, details())
        scene.platform.before.append(answers(status, SLOT_TAKEN))
        assert await bookings.book(scene.bot, key, details()) == PartnerResponse(status, SLOT_TAKEN)
        row = await scene.row(key)
        assert (row.state, row.in_doubt) == ("unknown", True)
        assert (await bookings.book(scene.bot, key, details(60))).mismatch


async def test_the_doubt_is_written_down_before_the_next_try(scene: Scene) -> None:
    seen: list[tuple[str, bool, int]] = []

    async def look() -> httpx.Response:
        row = await scene.row("k1")
        seen.append((row.state, row.in_doubt, row.attempts))
        return cut()

    scene.platform.before.extend([look, look, look])
    with pytest.raises(WebhookUnreachable):
        await scene.bookings(attempts=3).book(scene.bot, "k1", details())
    assert seen == [("pending", False, 1), ("pending", True, 2), ("pending", True, 3)]


async def test_who_will_not_wait_is_told_that_it_is_pending_and_finds_the_outcome_under_its_id(
    scene: Scene,
) -> None:
    bookings, partner_id = scene.bookings(), scene.bot.partner_id
    scene.platform.gate.clear()
    answer = await bookings.book(scene.bot, "k1", details(), wait_seconds=0.02)
    intent_id = (await scene.row("k1")).id
    pending = {
        "booking": {
            "id": intent_id,
            "status": "pending",
            "start_at": "2026-12-01T19:00:00Z",
            "end_at": "2026-12-01T19:30:00Z",
            "customer": {"phone": "+12025550100", "name": "José Bell"},
        }
    }
    assert answer == PartnerResponse(202, pending)
    assert await bookings.get_booking(partner_id, intent_id, scene.bot) == PartnerResponse(202, pending)
    scene.platform.gate.set()
    booked = await bookings.book(scene.bot, "k1", details(), wait_seconds=20)
    assert booked.body["booking"]["id"] == "1"
    assert (await bookings.get_booking(partner_id, intent_id, scene.bot)).body == booked.body
    assert await bookings.locate(partner_id, intent_id) == scene.bot.id
    with pytest.raises(BookingNotFound):
        await bookings.get_booking("ptnr_other", intent_id, None)


@pytest.mark.parametrize("seconds", [0, 0.02])
async def test_however_short_the_wait_the_booking_is_in_the_ledger_when_it_is_called_pending(
    scene: Scene, seconds: float
) -> None:
    scene.platform.gate.clear()
    bookings = scene.bookings()
    answer = await bookings.book(scene.bot, "k1", details(), wait_seconds=seconds)
    assert (answer.status, answer.body["booking"]["id"]) == (202, (await scene.row("k1")).id)
    other = await bookings.book(scene.bot, "k1", details(60), wait_seconds=seconds)
    assert (other.status, other.mismatch, other.body) == (202, True, answer.body)


async def test_a_wait_that_ends_with_a_refusal_of_ours_tells_that(scene: Scene) -> None:
    bookings = scene.bookings()
    await bookings.cancel(scene.bot, "k1", "1")
    with pytest.raises(IdempotencyKeyReused):
        await bookings.book(scene.bot, "k1", details(), wait_seconds=0)


async def test_the_usual_wait_ends_with_a_time_out(scene: Scene) -> None:
    scene.platform.gate.clear()
    with pytest.raises(WebhookTimeout) as caught:
        await scene.bookings(wait_seconds=0.02).book(scene.bot, "k1", details())
    assert caught.value.in_doubt
    async with asyncio.timeout(10):
        await scene.platform.arrived.wait()  # the work goes on
    assert (await scene.row("k1")).state == "pending"


async def test_another_process_work_is_waited_for_no_longer_than_ones_own(scene: Scene) -> None:
    scene.platform.gate.clear()
    await scene.bookings().book(scene.bot, "k1", details(), wait_seconds=0)
    other = scene.bookings(wait_seconds=0.02)
    with pytest.raises(WebhookTimeout):
        await other.book(scene.bot, "k1", details())
    answer = await other.book(scene.bot, "k1", details(), wait_seconds=0.02)
    assert (answer.status, answer.body["booking"]["id"]) == (202, (await scene.row("k1")).id)
    joined = asyncio.create_task(other.book(scene.bot, "k1", details(), wait_seconds=20))
    scene.platform.gate.set()
    assert (await joined).body["booking"]["id"] == "1"
    assert len(scene.platform.requests) == 1


async def test_a_refusal_while_nobody_waited_is_found_under_the_request_s_id(scene: Scene) -> None:
    bookings, partner_id = scene.bookings(), scene.bot.partner_id
    scene.platform.before.extend([answers(409, SLOT_TAKEN), down, answers(500)])
    for key in ("k1", "k2", "k3"):
        await asyncio.gather(bookings.book(scene.bot, key, details()), return_exceptions=True)
    refused, unreachable, unknown = [(await scene.row(key)).id for key in ("k1", "k2", "k3")]
    assert await bookings.get_booking(partner_id, refused, None) == PartnerResponse(409, SLOT_TAKEN)
    with pytest.raises(WebhookUnreachable):
        await bookings.get_booking(partner_id, unreachable, None)
    assert (await bookings.get_booking(partner_id, unknown, None)).body["booking"]["status"] == "pending"
    assert await bookings.queries.give_up(unknown)
    with pytest.raises(WebhookFailed):
        await bookings.get_booking(partner_id, unknown, None)


class WatchedClock:
    """The machine's clock, which tells when it was looked at so many times."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.readings = 0
        self._awaited: list[tuple[int, asyncio.Event]] = []

    def __call__(self) -> datetime:
        self.readings += 1
        for number, event in self._awaited:
            if self.readings >= number:
                event.set()
        return self._scene.lease_now

    async def read(self, times: int) -> None:
        event = asyncio.Event()
        self._awaited.append((self.readings + times, event))
        await event.wait()


async def test_a_long_booking_keeps_its_lease(scene: Scene) -> None:
    clock = WatchedClock(scene)
    scene.platform.gate.clear()
    asking = asyncio.create_task(
        scene.bookings(lease_seconds=0.06, lease_clock=clock).book(scene.bot, "k1", details())
    )
    await scene.platform.arrived.wait()
    for _ in range(2):
        scene.lease_now += timedelta(seconds=0.05)
        # When the clock is looked at for the next renewal, the one before it is in the ledger.
        await clock.read(2)
    ledger = Ledger(scene.database, scene.clock, scene.lease_clock)
    assert not isinstance(await ledger.claim(scene.bot, "k1", checked()), Claim)
    scene.platform.gate.set()
    assert (await asking).status == 201
    assert len(scene.platform.requests) == 1


async def test_short_work_does_not_renew_its_lease(scene: Scene) -> None:
    clock = WatchedClock(scene)
    scene.platform.after.append(slow(0.02, answers(201, {"booking": {"id": "1"}})))
    await scene.bookings(lease_clock=clock).book(scene.bot, "k1", details())
    assert clock.readings == 1
