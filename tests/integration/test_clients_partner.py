"""The Partner API's client against a server that behaves and misbehaves."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from contracts.partner import BookingDetails, Customer
from contracts.partner_messages import StaffMessage
from tests.fakes.partner_server import PartnerServer, Trouble
from tests.fakes.tool_conversation import PROFILE, no_pause, window
from tools.clients.partner import PartnerClient
from tools.clients.upstream import RetryPolicy, Upstream
from tools.errors import (
    UpstreamDown,
    UpstreamRefused,
    UpstreamResponseInvalid,
    UpstreamTimeout,
    UpstreamUnreachable,
)

BOT_ID = PROFILE["id"]
DETAILS = BookingDetails(
    start_at=datetime(2026, 12, 1, 19, tzinfo=UTC),
    duration_minutes=30,
    customer=Customer(phone="+12025550199", name="Anna Bell"),
)
FROM, TO = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 8, tzinfo=UTC)
RETRIES = RetryPolicy(timeout_seconds=5.0, attempts=3, total_seconds=10.0)


@dataclass
class Hand:
    """A clock's hand that the test moves."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def server() -> PartnerServer:
    return PartnerServer(bot=PROFILE, windows=[window("2026-12-01T09:00:00-05:00", 480)])


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
async def upstream(server: PartnerServer) -> AsyncIterator[Upstream]:
    async with httpx.AsyncClient(transport=server.transport(), base_url="http://partner.test") as client:
        yield Upstream(client, lambda: "sk_ptnr_test", RETRIES, sleep=no_pause)


@pytest.fixture
def partner(upstream: Upstream, hand: Hand) -> PartnerClient:
    return PartnerClient(upstream, BOT_ID, monotonic=hand)


async def test_the_profile_holds_the_practices_facts(partner: PartnerClient) -> None:
    bot = await partner.get_bot()
    assert (bot.id, bot.site_id) == (BOT_ID, 1)
    assert [one.name for one in bot.facts().services] == ["Cleaning", "Checkup"]


async def test_a_bot_that_is_not_ours_is_refused(upstream: Upstream) -> None:
    with pytest.raises(UpstreamRefused) as caught:
        await PartnerClient(upstream, "bot_other").get_bot()
    assert (caught.value.status, caught.value.code) == (404, "bot_not_found")


async def test_a_wrong_key_is_refused_and_not_tried_again(upstream: Upstream, server: PartnerServer) -> None:
    with pytest.raises(UpstreamRefused) as caught:
        await PartnerClient(replace(upstream, credential=lambda: "wrong"), BOT_ID).get_bot()
    assert caught.value.code == "invalid_api_key"
    assert len(server.asked) == 1


async def test_a_search_is_tried_again_until_it_works(partner: PartnerClient, server: PartnerServer) -> None:
    server.troubled_path = "/v1/availability/search"
    server.troubles = ["down", "cut_before"]
    (free,) = await partner.search_availability(FROM, TO)
    assert (free.duration_minutes, free.practitioner_name) == (480, "Dr. Lee")
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("trouble", "error", "tries"),
    [
        ("down", UpstreamDown, 3),
        ("unreachable", UpstreamUnreachable, 3),
        ("cut_before", UpstreamDown, 3),
        ("limited", UpstreamRefused, 3),
        ("error", UpstreamDown, 1),
        ("refused", UpstreamRefused, 1),
        ("nonsense", UpstreamResponseInvalid, 1),
    ],
)
async def test_a_search_gives_up_after_its_tries(
    partner: PartnerClient, server: PartnerServer, trouble: Trouble, error: type[Exception], tries: int
) -> None:
    server.troubled_path = "/v1/availability/search"
    server.troubles = [trouble] * 5
    with pytest.raises(error):
        await partner.search_availability(FROM, TO)
    assert len(server.asked) == tries


async def test_a_search_without_an_answer_times_out(upstream: Upstream, server: PartnerServer) -> None:
    server.troubled_path = "/v1/availability/search"
    server.troubles = ["silent"] * 3
    hasty = replace(upstream, retries=RetryPolicy(timeout_seconds=0.01, attempts=2, total_seconds=1.0))
    with pytest.raises(UpstreamTimeout):
        await PartnerClient(hasty, BOT_ID).search_availability(FROM, TO)
    assert len(server.asked) == 2


async def test_all_tries_together_are_bounded(upstream: Upstream, server: PartnerServer) -> None:
    server.troubled_path = "/v1/availability/search"
    server.troubles = ["silent"]
    hasty = replace(upstream, retries=RetryPolicy(timeout_seconds=5.0, attempts=3, total_seconds=0.02))
    with pytest.raises(UpstreamTimeout):
        await PartnerClient(hasty, BOT_ID).search_availability(FROM, TO)
    assert len(server.asked) == 1


async def test_a_window_off_the_contract_is_left_out(partner: PartnerClient, server: PartnerServer) -> None:
    server.windows.append(
        {"start_at": "2026-12-02T09:00:00-05:00", "duration_minutes": 60, "practitioner": "Lee"}
    )
    odd = [{"start_at": "2026-12-02T09:00:00-05:00", "duration_minutes": 60.5}, *server.windows]
    server.windows = odd
    found = await partner.search_availability(FROM, TO)
    assert [one.duration_minutes for one in found] == [480, 60]
    assert found[1].practitioner_id is None


async def test_what_was_fetched_ahead_answers_at_once(
    partner: PartnerClient, server: PartnerServer, hand: Hand
) -> None:
    await partner.prefetch(FROM, TO, [("svc_clean", 30)])
    server.asked.clear()
    inside = (FROM + timedelta(hours=1), TO - timedelta(days=1))
    assert len(await partner.search_availability(*inside, service_id="svc_clean", duration_minutes=30)) == 1
    assert server.asked == []
    await partner.search_availability(*inside, service_id="svc_check", duration_minutes=45)
    await partner.search_availability(
        FROM, TO + timedelta(days=1), service_id="svc_clean", duration_minutes=30
    )
    assert len(server.asked) == 2
    hand.seconds = 20.0
    await partner.search_availability(*inside, service_id="svc_clean", duration_minutes=30)
    assert len(server.asked) == 3


async def test_what_was_fetched_ahead_is_cut_to_the_span(
    partner: PartnerClient, server: PartnerServer
) -> None:
    server.windows.append(window("2026-12-03T09:00:00-05:00", 60))
    await partner.prefetch(FROM, TO, [(None, 30)])
    found = await partner.search_availability(FROM, FROM + timedelta(days=1), duration_minutes=30)
    assert [f"{one.start_at:%d}" for one in found] == ["01"]


async def test_a_booking_makes_what_was_fetched_ahead_stale(
    partner: PartnerClient, server: PartnerServer
) -> None:
    await partner.prefetch(FROM, TO, [(None, 30)])
    await partner.create_booking(DETAILS, "key-1")
    server.asked.clear()
    await partner.search_availability(FROM, TO, duration_minutes=30)
    assert len(server.asked) == 1


async def test_what_was_fetched_while_a_booking_was_under_way_is_stale_too(
    partner: PartnerClient, server: PartnerServer
) -> None:
    server.troubles = ["slow"]
    booking = asyncio.create_task(partner.create_booking(DETAILS, "key-1"))
    await server.arrived.wait()
    await partner.prefetch(FROM, TO, [(None, 30)])
    server.release.set()
    await booking
    server.asked.clear()
    await partner.search_availability(FROM, TO, duration_minutes=30)
    assert len(server.asked) == 1


async def test_fetching_ahead_does_not_fail_the_call(partner: PartnerClient, server: PartnerServer) -> None:
    server.troubled_path = "/v1/availability/search"
    server.troubles = ["down"] * 3
    await partner.prefetch(FROM, TO, [(None, 30)])
    assert len(await partner.search_availability(FROM, TO, duration_minutes=30)) == 1


async def test_a_booking_is_made_with_its_key_and_a_bound_on_the_wait(
    partner: PartnerClient, server: PartnerServer
) -> None:
    outcome = await partner.create_booking(DETAILS, "key-1")
    assert outcome.state == "booked"
    assert outcome.booking is not None
    assert outcome.booking.id == "bkg_1"
    assert server.asked[0].key == "key-1"
    assert "email" not in server.asked[0].body["booking"]["customer"]


@pytest.mark.parametrize("status", ["confirmed", "accepted"])
async def test_what_platforms_call_booked_is_booked(
    partner: PartnerClient, server: PartnerServer, status: str
) -> None:
    server.status = status
    assert (await partner.create_booking(DETAILS, "key-1")).state == "booked"


@pytest.mark.parametrize(
    ("status", "state"),
    [("pending", "pending"), ("declined", "refused"), ("cancelled", "refused"), ("?", "refused")],
)
async def test_any_other_status_is_not_called_booked(
    partner: PartnerClient, server: PartnerServer, status: str, state: str
) -> None:
    server.status = status
    assert (await partner.create_booking(DETAILS, "key-1")).state == state


OUTCOMES: list[tuple[list[Trouble], str, int]] = [
    (["cut_after"], "booked", 2),
    (["crash_after", "down"], "booked", 3),
    (["cut_before", "cut_after"], "booked", 3),
    (["unreachable", "unreachable"], "booked", 3),
    (["down", "down", "down"], "unknown", 3),
    (["away", "away", "away"], "refused", 3),
    (["cut_before", "away", "away"], "unknown", 3),
    (["away", "cut_before", "away"], "unknown", 3),
    (["crash_after", "crash_after", "crash_after"], "unknown", 3),
    (["cut_before", "unreachable", "unreachable"], "unknown", 3),
    (["unreachable", "unreachable", "unreachable"], "refused", 3),
    (["limited", "limited", "limited"], "refused", 3),
    (["error"], "unknown", 1),
    (["nonsense"], "unknown", 1),
    (["taken"], "taken", 1),
    (["unreachable", "taken"], "taken", 2),
    (["cut_after", "taken"], "unknown", 2),
    (["refused"], "refused", 1),
    (["pending"], "pending", 1),
]


@pytest.mark.parametrize(("troubles", "state", "tries"), OUTCOMES, ids=str)
async def test_a_booking_tells_the_truth_about_every_trouble(
    partner: PartnerClient, server: PartnerServer, troubles: list[Trouble], state: str, tries: int
) -> None:
    server.troubles = list(troubles)
    assert (await partner.create_booking(DETAILS, "key-1")).state == state
    asked = server.asked_for("/v1/bookings")
    assert len(asked) == tries
    assert {one.key for one in asked} == {"key-1"}
    assert len(server.bookings) <= 1


async def test_an_answer_for_another_time_is_not_called_booked(
    partner: PartnerClient, server: PartnerServer
) -> None:
    await partner.create_booking(DETAILS, "key-1")
    other = DETAILS.model_copy(update={"start_at": DETAILS.start_at + timedelta(hours=1)})
    outcome = await partner.create_booking(other, "key-1")
    assert (outcome.state, outcome.code) == ("unknown", "other_time")


async def test_a_booking_that_somebody_else_made_is_taken(
    partner: PartnerClient, server: PartnerServer
) -> None:
    await partner.create_booking(DETAILS, "key-1")
    assert (await partner.create_booking(DETAILS, "key-2")).state == "taken"
    assert len(server.bookings) == 1


async def test_a_slow_platform_is_unknown_and_the_same_key_finds_out(
    upstream: Upstream, server: PartnerServer
) -> None:
    server.troubles = ["slow", "slow"]
    hasty = replace(upstream, retries=RetryPolicy(timeout_seconds=0.01, attempts=2, total_seconds=1.0))
    partner = PartnerClient(hasty, BOT_ID)
    assert (await partner.create_booking(DETAILS, "key-1")).state == "unknown"
    assert (await partner.create_booking(DETAILS, "key-1")).state == "booked"
    assert len(server.bookings) == 1


async def test_one_key_at_once_is_one_request(partner: PartnerClient, server: PartnerServer) -> None:
    outcomes = await asyncio.gather(*(partner.create_booking(DETAILS, "key-1") for _ in range(5)))
    assert {one.state for one in outcomes} == {"booked"}
    assert len(server.asked) == 1


async def test_settling_waits_for_a_booking_whose_caller_is_gone(
    partner: PartnerClient, server: PartnerServer
) -> None:
    server.troubles = ["slow"]
    caller = asyncio.create_task(partner.create_booking(DETAILS, "key-1"))
    await server.arrived.wait()
    caller.cancel()
    settling = asyncio.create_task(partner.settle())
    server.release.set()
    await settling
    assert len(server.bookings) == 1


async def test_a_message_is_tried_again_under_its_key(partner: PartnerClient, server: PartnerServer) -> None:
    server.troubled_path = "/v1/messages"
    server.troubles = ["cut_after"]
    receipt = await partner.leave_message(StaffMessage(text="Please call."), "key-1")
    assert receipt.id == "msg_1"
    assert [one.key for one in server.asked] == ["key-1", "key-1"]


async def test_a_message_that_cannot_be_left_is_kept_until_it_can(
    partner: PartnerClient, server: PartnerServer
) -> None:
    server.troubled_path = "/v1/messages"
    server.troubles = ["down" for _ in range(2 * RETRIES.attempts)]
    receipt = await partner.keep_message(StaffMessage(text="Please call."), "key-1")
    assert receipt.id == "msg_1"
    assert {one.key for one in server.asked} == {"key-1"}
    assert len(server.asked) == 2 * RETRIES.attempts + 1


async def test_a_message_is_not_kept_for_ever(
    partner: PartnerClient, server: PartnerServer, hand: Hand
) -> None:
    server.troubled_path = "/v1/messages"
    server.troubles = ["down" for _ in range(2 * RETRIES.attempts)]
    keeping = partner.keep_message(StaffMessage(text="Please call."), "key-1")
    await server.arrived.wait()
    hand.seconds = RETRIES.keep_seconds + 1
    with pytest.raises(UpstreamDown):
        await keeping
    assert len(server.asked) == RETRIES.attempts


async def test_a_write_without_a_key_is_tried_once(upstream: Upstream, server: PartnerServer) -> None:
    server.troubles = ["down", "down"]
    with pytest.raises(UpstreamDown):
        await upstream.request("POST", "/v1/bookings", json_body={}, repeatable=False)
    assert len(server.asked) == 1
