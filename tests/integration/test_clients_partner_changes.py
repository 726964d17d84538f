"""The Partner API's client: look-ups, cancellations and moves, and when to ask again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from contracts.partner import BookingDetails, Customer
from tests.fakes.app import AppUnderTest
from tests.fakes.partner_server import PartnerServer, Trouble
from tests.fakes.tool_conversation import PROFILE, no_pause, window
from tools.clients.partner import PartnerClient
from tools.clients.upstream import RetryPolicy, Upstream
from tools.errors import UpstreamDown, UpstreamRefused, UpstreamResponseInvalid

START = datetime(2026, 12, 3, 15, tzinfo=UTC)
LATER = START + timedelta(hours=4)
PHONE = "+12025550199"
DETAILS = BookingDetails(
    start_at=START, duration_minutes=30, customer=Customer(phone=PHONE, name="Anna Bell")
)


@pytest.fixture
def server() -> PartnerServer:
    return PartnerServer(bot=PROFILE, windows=[window("2026-12-03T09:00:00-05:00", 480)])


@pytest.fixture
async def upstream(server: PartnerServer) -> AsyncIterator[Upstream]:
    async with httpx.AsyncClient(transport=server.transport(), base_url="http://partner.test") as client:
        yield Upstream(client, lambda: "sk_ptnr_test", RetryPolicy(5.0, 3, 10.0), sleep=no_pause)


@pytest.fixture
def partner(upstream: Upstream) -> PartnerClient:
    return PartnerClient(upstream, PROFILE["id"])


@pytest.fixture
async def booked(partner: PartnerClient, server: PartnerServer) -> str:
    booking = (await partner.create_booking(DETAILS, "book")).booking
    assert booking is not None
    server.asked.clear()
    return booking.id


async def test_a_booking_is_cancelled_with_its_reason(
    partner: PartnerClient, server: PartnerServer, booked: str
) -> None:
    outcome = await partner.cancel_booking(booked, "c", reason="The patient is ill.")
    assert (outcome.state, outcome.code) == ("done", None)
    assert outcome.booking is not None
    assert outcome.booking.status == "cancelled"
    (asked,) = server.asked
    assert (asked.path, asked.key) == (f"/v1/bookings/{booked}/cancel", "c")
    assert asked.body == {"bot_id": PROFILE["id"], "cancellation": {"reason": "The patient is ill."}}


async def test_a_booking_is_moved_to_the_very_time(partner: PartnerClient, booked: str) -> None:
    outcome = await partner.reschedule_booking(booked, "m", LATER, timedelta(minutes=45))
    assert outcome.state == "done"
    assert (await partner.get_booking(booked)).start_at == LATER


async def test_a_move_to_a_time_that_somebody_has_is_taken(partner: PartnerClient, booked: str) -> None:
    await partner.create_booking(DETAILS.model_copy(update={"start_at": LATER}), "other")
    outcome = await partner.reschedule_booking(booked, "m", LATER)
    assert (outcome.state, outcome.code) == ("taken", "slot_unavailable")


async def test_an_answer_that_shows_no_change_is_not_called_one(
    partner: PartnerClient, server: PartnerServer, booked: str
) -> None:
    await partner.reschedule_booking(booked, "m", LATER)
    again = await partner.reschedule_booking(booked, "m", LATER + timedelta(hours=1))
    assert (again.state, again.code) == ("unknown", "not_changed")
    server.changes["c"] = {"id": booked, "status": "confirmed", "start_at": START.isoformat()}
    assert (await partner.cancel_booking(booked, "c")).state == "unknown"


OUTCOMES: list[tuple[list[Trouble], str, str | None, int]] = [
    ([], "done", None, 1),
    (["cut_after"], "done", None, 2),
    (["crash_after", "down"], "done", None, 3),
    (["down", "down", "down"], "unknown", "down", 3),
    (["unreachable", "unreachable", "unreachable"], "refused", "not_taken", 3),
    (["away", "away", "away"], "refused", "not_taken", 3),
    (["unsupported"], "unsupported", "not_supported_by_platform", 1),
    (["missing"], "not_found", "booking_not_found", 1),
    (["cut_after", "missing"], "unknown", "booking_not_found", 2),
    (["taken"], "taken", "slot_unavailable", 1),
    (["refused"], "refused", "webhook_not_configured", 1),
    (["limited", "limited", "limited"], "refused", "rate_limited", 3),
    (["nonsense"], "unknown", "answer_invalid", 1),
    (["error"], "unknown", "configuration_error", 1),
    (["under_way"], "pending", "pending", 1),
    (["pending"], "pending", "pending", 1),
]


@pytest.mark.parametrize("change", ["cancel", "reschedule"])
@pytest.mark.parametrize(("troubles", "state", "code", "tries"), OUTCOMES, ids=str)
async def test_a_change_tells_the_truth_about_every_trouble(
    partner: PartnerClient,
    server: PartnerServer,
    booked: str,
    change: str,
    troubles: list[Trouble],
    state: str,
    code: str | None,
    tries: int,
) -> None:
    server.troubled_path, server.troubles = f"/v1/bookings/{booked}/{change}", list(troubles)
    if change == "cancel":
        outcome = await partner.cancel_booking(booked, "k")
    else:
        outcome = await partner.reschedule_booking(booked, "k", LATER)
    assert (outcome.state, outcome.code) == (state, code)
    assert [one.key for one in server.asked] == ["k"] * tries


async def test_a_change_is_made_once_though_it_is_asked_for_often(
    partner: PartnerClient, server: PartnerServer, booked: str
) -> None:
    outcomes = await asyncio.gather(*(partner.cancel_booking(booked, "k") for _ in range(5)))
    assert {one.state for one in outcomes} == {"done"}
    assert len(server.asked) == 1


async def test_a_change_makes_what_was_fetched_ahead_stale(
    partner: PartnerClient, server: PartnerServer, booked: str
) -> None:
    span = (START - timedelta(days=1), START + timedelta(days=1))
    await partner.prefetch(*span, [(None, 30)])
    await partner.cancel_booking(booked, "k")
    server.asked.clear()
    await partner.search_availability(*span, duration_minutes=30)
    assert len(server.asked) == 1


async def test_a_pending_booking_says_what_to_ask_for(partner: PartnerClient, server: PartnerServer) -> None:
    server.troubles = ["under_way", "pending"]
    first = await partner.create_booking(DETAILS, "one")
    assert (first.state, first.pending_id) == ("pending", "intent_1")
    older = await partner.create_booking(DETAILS, "two")
    assert (older.state, older.pending_id) == ("pending", None)


async def test_a_booking_that_is_not_there_is_refused(partner: PartnerClient) -> None:
    with pytest.raises(UpstreamRefused) as caught:
        await partner.get_booking("a/b?c")
    assert caught.value.code == "booking_not_found"


@pytest.mark.parametrize(
    ("asked", "pauses"), [("3", [3.0, 3.0]), ("0", None), ("soon", None), ("60", []), (None, None)]
)
async def test_the_pause_that_a_server_asks_for_is_kept_if_there_is_time(
    upstream: Upstream, server: PartnerServer, asked: str | None, pauses: list[float] | None
) -> None:
    made: list[float] = []

    async def note(seconds: float) -> None:
        made.append(seconds)

    server.retry_after, server.troubles = asked, ["limited"] * 3
    partner = PartnerClient(replace(upstream, sleep=note), PROFILE["id"])
    assert (await partner.create_booking(DETAILS, "k")).state == "refused"
    if pauses is None:
        assert len(made) == 2
        assert max(made) <= 2.0
    else:
        assert made == pauses
    assert len(server.asked) == len(made) + 1


async def test_our_own_server_understands_every_request_of_the_client(app: AppUnderTest) -> None:
    partner = app.services.upstreams.partner(app.demo.bot_id)
    booked = await partner.create_booking(DETAILS, "book")
    assert booked.state == "booked", booked.message
    assert booked.booking is not None
    booking_id = booked.booking.id
    assert (await partner.reschedule_booking(booking_id, "m", LATER)).state == "done"
    assert (await partner.get_booking(booking_id)).start_at == LATER
    assert (await partner.cancel_booking(booking_id, "c", "ill")).state == "done"
    assert (await partner.get_booking(booking_id)).status == "cancelled"
    assert (await partner.reschedule_booking(booking_id, "m2", START)).state == "refused"
    assert (await partner.cancel_booking("bkg_none", "c2")).state == "not_found"


async def test_a_customers_bookings_are_found(
    partner: PartnerClient, server: PartnerServer, booked: str
) -> None:
    found = await partner.find_bookings(PHONE)
    assert found is not None
    assert [(one.id, one.start_at) for one in found] == [(booked, START)]
    assert await partner.find_bookings("+12025550100") == []
    server.bookings["odd"] = {
        "id": 7,
        "status": "confirmed",
        "start_at": "soon",
        "customer": {"phone": PHONE},
    }
    again = await partner.find_bookings(PHONE)
    assert again is not None
    assert [one.id for one in again] == [booked]


async def test_a_server_that_finds_no_bookings_is_told_from_one_in_trouble(
    partner: PartnerClient, server: PartnerServer
) -> None:
    server.troubled_path = "/v1/bookings/search"
    server.troubles = ["unsupported", "down", "down", "down", "nonsense", "missing"]
    assert await partner.find_bookings(PHONE) is None
    for error in (UpstreamDown, UpstreamResponseInvalid, UpstreamRefused):
        with pytest.raises(error):
            await partner.find_bookings(PHONE)


async def test_a_move_may_name_with_whom(partner: PartnerClient, server: PartnerServer, booked: str) -> None:
    await partner.reschedule_booking(booked, "k", LATER, practitioner_id="p_ortiz")
    assert server.asked[-1].body["booking"]["practitioner_id"] == "p_ortiz"
    await partner.reschedule_booking(booked, "k2", START)
    assert "practitioner_id" not in server.asked[-1].body["booking"]
