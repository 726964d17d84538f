"""One key, however often, wherever and through whatever trouble: one booking and equal answers."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from config.settings import Settings
from contracts.partner import AvailabilityQuery, CustomerPhone
from kit.clock import Clock
from kit.db.database import Database
from kit.keyring import Keyring
from practice.bookings.intent_status import Claim
from practice.bookings.ledger import Ledger
from practice.bookings.service import Bookings
from practice.errors import (
    IdempotencyKeyReused,
    InvalidRequest,
    PracticeError,
    WebhookError,
    WebhookFailed,
    WebhookNotConfigured,
    WebhookRejected,
    WebhookTimeout,
    WebhookUnreachable,
)
from practice.partner_response import PartnerResponse
from practice.partners.bots import Bots
from practice.partners.views import BotView
from tests.fakes.bookings import SECRET, checked, details, make_bookings
from tests.fakes.bots import create_bot
from tests.fakes.demo_practice import DemoIds
from tests.fakes.platform import FakePlatform, Trouble, answers, cut, down, late

SLOT_TAKEN = {"error": {"code": "slot_unavailable", "message": "Taken."}}


@pytest.fixture
def platform(clock: Clock) -> FakePlatform:
    return FakePlatform(SECRET, clock)


@pytest.fixture
async def bot(database: Database, clock: Clock, keyring: Keyring, demo: DemoIds) -> BotView:
    return await create_bot(
        Bots(database, clock, keyring),
        demo.partner_id,
        name="outside",
        account_id=demo.account_id,
        timezone="America/New_York",
        webhook_url="https://platform.example/hooks/",
        webhook_secret=SECRET,
    )


@pytest.fixture
async def bookings(
    database: Database, clock: Clock, keyring: Keyring, platform: FakePlatform
) -> AsyncIterator[Bookings]:
    bookings = make_bookings(database, clock, keyring, platform)
    yield bookings
    await bookings.aclose()


async def test_a_booking_is_relayed_whole_signed_and_under_a_key_of_the_bot(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    answer = await bookings.book(bot, "k1", details(service_id="svc_1"))
    assert answer.status == 201
    assert answer.body["booking"]["id"] == "1"
    assert not answer.replayed
    path, body = platform.requests[0]
    assert path == "/hooks/bookings"
    assert body == {
        "account_id": bot.account_id,
        "idempotency_key": f"{bot.id}:k1",
        "booking": details(service_id="svc_1").given,
    }
    assert platform.accounts == [bot.account_id]


async def test_the_same_key_returns_the_original_booking_without_asking_again(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    first = await bookings.book(bot, "k1", details())
    again = await bookings.book(bot, "k1", details())
    assert again == PartnerResponse(200, first.body, replayed=True, mismatch=False)
    assert len(platform.requests) == 1


async def test_another_body_under_the_same_key_gets_the_original_and_is_told_so(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    first = await bookings.book(bot, "k1", details())
    other = await bookings.book(bot, "k1", details(60))
    assert other == PartnerResponse(200, first.body, replayed=True, mismatch=True)


async def test_a_strict_partner_has_a_reused_key_refused(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    strict = replace(bot, strict_idempotency=True)
    await bookings.book(strict, "k1", details())
    with pytest.raises(IdempotencyKeyReused):
        await bookings.book(strict, "k1", details(60))
    assert (await bookings.book(strict, "k1", details())).replayed


async def test_two_bots_of_one_account_do_not_share_a_key(
    bookings: Bookings, bot: BotView, database: Database, clock: Clock, keyring: Keyring
) -> None:
    other = await create_bot(
        Bots(database, clock, keyring),
        bot.partner_id,
        name="second",
        account_id=bot.account_id,
        timezone="America/New_York",
        webhook_url=bot.webhook_url,
        webhook_secret=SECRET,
    )
    ids = {(await bookings.book(one, "k1", details())).body["booking"]["id"] for one in (bot, other)}
    assert len(ids) == 2


async def test_many_at_once_with_one_key_ask_the_platform_once(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    platform.gate.clear()
    asking = [asyncio.create_task(bookings.book(bot, "k1", details())) for _ in range(12)]
    await platform.arrived.wait()
    platform.gate.set()
    got = await asyncio.gather(*asking)
    assert sorted((answer.status, answer.replayed) for answer in got) == [(200, True)] * 11 + [(201, False)]
    assert len({str(answer.body) for answer in got}) == 1
    assert len(platform.requests) == 1


async def test_two_processes_with_one_key_ask_the_platform_once(
    database: Database,
    database_settings: Settings,
    clock: Clock,
    keyring: Keyring,
    bot: BotView,
    platform: FakePlatform,
) -> None:
    other_database = Database(database_settings)
    services = [make_bookings(one, clock, keyring, platform) for one in (database, other_database)]
    platform.gate.clear()
    asking = [asyncio.create_task(bookings.book(bot, "k1", details())) for bookings in services * 3]
    await platform.arrived.wait()
    platform.gate.set()
    got = await asyncio.gather(*asking)
    assert len(platform.requests) == 1
    assert sorted(answer.status for answer in got) == [200] * 5 + [201]
    await other_database.dispose()


async def test_whoever_waited_for_the_same_request_shares_its_refusal(
    database: Database, clock: Clock, bot: BotView
) -> None:
    ledger = Ledger(database, clock, clock)
    claim = await ledger.claim(bot, "k1", checked())
    assert isinstance(claim, Claim)
    waiting = await ledger.claim(bot, "k1", checked())
    assert not isinstance(waiting, Claim)
    assert waiting.state == "pending"
    await ledger.settle(bot, claim, PartnerResponse(409, SLOT_TAKEN), None)
    shared = await ledger.claim(bot, "k1", checked(), settled_is_enough=True)
    assert not isinstance(shared, Claim)
    assert (shared.state, shared.answer) == ("refused", PartnerResponse(409, SLOT_TAKEN))
    assert isinstance(await ledger.claim(bot, "k1", checked(60), settled_is_enough=True), Claim)


async def test_a_refusal_is_passed_on_word_for_word_and_the_key_may_be_used_again(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    platform.before.append(answers(409, SLOT_TAKEN))
    assert await bookings.book(bot, "k1", details()) == PartnerResponse(409, SLOT_TAKEN)
    other = await bookings.book(bot, "k1", details(60))
    assert (other.status, other.mismatch) == (201, False)
    assert other.body["booking"]["duration_minutes"] == 60


async def test_a_platforms_business_answers_pass_through(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    for status in (400, 404, 409, 410, 422):
        platform.before.append(answers(status, SLOT_TAKEN))
        assert await bookings.book(bot, "k1", details()) == PartnerResponse(status, SLOT_TAKEN)


async def test_an_id_longer_than_any_path_takes_costs_nobody_the_booking(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    # No index of PostgreSQL's takes it, not even compressed.
    booking = {"id": "".join(sha256(bytes([n])).hexdigest() for n in range(200)), "status": "accepted"}
    platform.before.append(answers(201, {"booking": booking}))
    assert await bookings.book(bot, "k1", details()) == PartnerResponse(201, {"booking": booking})
    assert await bookings.book(bot, "k1", details()) == PartnerResponse(
        200, {"booking": booking}, replayed=True
    )
    assert len(platform.requests) == 1


TROUBLE: list[tuple[Trouble, type[WebhookError], bool]] = [
    (answers(401, SLOT_TAKEN), WebhookRejected, False),
    (answers(403, SLOT_TAKEN), WebhookRejected, False),
    (answers(302), WebhookFailed, False),
    (answers(409, content=b"taken"), WebhookFailed, False),
    (answers(500), WebhookFailed, True),
    (answers(503, {"error": {"code": "x", "message": "y"}}), WebhookFailed, True),
    (answers(200), WebhookFailed, True),
    (answers(204), WebhookFailed, True),
    (answers(201, content=b"<html>"), WebhookFailed, True),
    (answers(201, content=b"[1]"), WebhookFailed, True),
    (answers(201, content=b'{"booking": {"id": NaN}}'), WebhookFailed, True),
    (answers(201, content=b"[" * 100_000), WebhookFailed, True),
    (answers(201, {"booking": {"id": "1", "notes": "x" * 2000}}), WebhookFailed, True),
    (answers(201, {"booking": {"status": "confirmed"}}), WebhookFailed, True),
    (down, WebhookUnreachable, False),
    (cut, WebhookUnreachable, True),
    (late, WebhookTimeout, True),
]


async def test_trouble_with_the_platform_is_told_by_its_kind_and_the_same_key_finds_the_booking(
    database: Database, clock: Clock, keyring: Keyring, bot: BotView, platform: FakePlatform
) -> None:
    bookings = make_bookings(database, clock, keyring, platform, max_response_bytes=1000)
    for number, (trouble, error, in_doubt) in enumerate(TROUBLE, 1):
        platform.after.append(trouble)
        with pytest.raises(error) as caught:
            await bookings.book(bot, f"k{number}", details())
        assert caught.value.in_doubt == in_doubt, number
        again = await bookings.book(bot, f"k{number}", details())
        assert (again.status, again.body["booking"]["id"]) == (200, str(number))
        assert len(platform.bookings) == number


async def test_while_an_earlier_request_is_in_doubt_its_key_asks_for_nothing_else(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    platform.before.append(late)
    with pytest.raises(WebhookTimeout):
        await bookings.book(bot, "k1", details())
    other = await bookings.book(bot, "k1", details(60))
    assert (other.mismatch, other.body["booking"]["duration_minutes"]) == (True, 30)
    assert [body["booking"]["duration_minutes"] for _, body in platform.requests] == [30, 30]


async def test_a_key_whose_earlier_request_turned_out_refused_asks_for_the_new_one(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    platform.before.extend([late, answers(409, SLOT_TAKEN)])
    with pytest.raises(WebhookTimeout):
        await bookings.book(bot, "k1", details())
    other = await bookings.book(bot, "k1", details(60))
    assert (other.status, other.mismatch, other.body["booking"]["duration_minutes"]) == (201, False, 60)


async def test_no_connection_after_a_time_out_leaves_the_doubt(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    platform.after.append(late)
    with pytest.raises(WebhookTimeout):
        await bookings.book(bot, "k1", details())
    platform.before.append(down)
    with pytest.raises(WebhookUnreachable):
        await bookings.book(bot, "k1", details())
    other = await bookings.book(bot, "k1", details(60))
    assert (other.mismatch, len(platform.bookings)) == (True, 1)


async def test_a_platform_that_hangs_is_given_up_after_the_time_out(
    database: Database, clock: Clock, keyring: Keyring, bot: BotView, platform: FakePlatform
) -> None:
    bookings = make_bookings(database, clock, keyring, platform, timeout_seconds=0.05)
    platform.gate.clear()
    with pytest.raises(WebhookTimeout):
        await bookings.book(bot, "k1", details())


async def test_who_waits_no_longer_is_told_and_the_work_goes_on(
    database: Database, clock: Clock, keyring: Keyring, bot: BotView, platform: FakePlatform
) -> None:
    bookings = make_bookings(database, clock, keyring, platform, wait_seconds=0.05)
    platform.gate.clear()
    with pytest.raises(WebhookTimeout):
        await bookings.book(bot, "k1", details())
    await platform.arrived.wait()
    joined = asyncio.create_task(bookings.book(bot, "k1", details(), wait_seconds=20))
    platform.gate.set()
    assert (await joined).body["booking"]["id"] == "1"
    assert len(platform.requests) == 1


async def test_the_booking_goes_on_when_the_one_who_asked_is_gone(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    platform.gate.clear()
    asking = asyncio.create_task(bookings.book(bot, "k1", details()))
    await platform.arrived.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    platform.gate.set()
    await bookings.aclose()
    assert (await bookings.book(bot, "k1", details())).replayed
    assert len(platform.requests) == 1


async def test_a_worker_that_fell_silent_is_replaced_when_its_lease_ends_and_its_booking_found(
    database: Database, clock: Clock, keyring: Keyring, bot: BotView, platform: FakePlatform
) -> None:
    moment = [datetime(2026, 11, 30, 14, tzinfo=UTC)]
    ledger = Ledger(database, clock, lambda: moment[0])
    claim = await ledger.claim(bot, "k1", checked())
    assert isinstance(claim, Claim)
    # It asked the platform, and died before it could write the answer down.
    bookings = make_bookings(database, clock, keyring, platform, lambda: moment[0])
    platform.bookings[f"{bot.id}:k1"] = {"id": "made", "status": "accepted"}
    waiting = asyncio.create_task(bookings.book(bot, "k1", details()))
    done, _ = await asyncio.wait({waiting}, timeout=0.2)
    assert not done
    moment[0] += timedelta(seconds=6)
    assert (await waiting).body["booking"]["id"] == "made"


async def test_what_a_silent_worker_asked_for_is_in_doubt_and_asked_again(
    database: Database, clock: Clock, bot: BotView
) -> None:
    moment = [datetime(2026, 11, 30, 14, tzinfo=UTC)]
    ledger = Ledger(database, clock, lambda: moment[0])
    await ledger.claim(bot, "k1", checked())
    moment[0] += timedelta(seconds=6)
    successor = await ledger.claim(bot, "k1", checked(60))
    assert isinstance(successor, Claim)
    intent = successor.intent
    assert (intent.request_sha256, intent.request["duration_minutes"]) == (checked().sha256, 30)
    failed = await ledger.settle(bot, successor, None, WebhookUnreachable())
    assert failed.state == "unknown"


async def test_a_living_worker_keeps_its_lease(database: Database, clock: Clock, bot: BotView) -> None:
    moment = [datetime(2026, 11, 30, 14, tzinfo=UTC)]
    ledger = Ledger(database, clock, lambda: moment[0])
    claim = await ledger.claim(bot, "k1", checked())
    assert isinstance(claim, Claim)
    moment[0] += timedelta(seconds=4)
    assert await ledger.renew(claim)
    moment[0] += timedelta(seconds=4)
    assert not isinstance(await ledger.claim(bot, "k1", checked()), Claim)
    moment[0] += timedelta(seconds=4)
    taken_over = await ledger.claim(bot, "k1", checked())
    assert isinstance(taken_over, Claim)
    assert not await ledger.renew(claim)


async def test_a_late_failure_of_a_replaced_worker_does_not_hide_what_its_successor_does(
    database: Database, clock: Clock, bot: BotView
) -> None:
    moment = [datetime(2026, 11, 30, 14, tzinfo=UTC)]
    ledger = Ledger(database, clock, lambda: moment[0])
    first = await ledger.claim(bot, "k1", checked())
    moment[0] += timedelta(seconds=6)
    second = await ledger.claim(bot, "k1", checked())
    assert isinstance(first, Claim)
    assert isinstance(second, Claim)
    assert (await ledger.settle(bot, first, None, WebhookTimeout(in_doubt=True))).state == "pending"
    booked = PartnerResponse(201, {"booking": {"id": "1"}})
    assert (await ledger.settle(bot, first, booked, None)).state == "succeeded"
    refused = await ledger.settle(bot, second, PartnerResponse(409, SLOT_TAKEN), None)
    assert (refused.state, refused.answer) == ("succeeded", booked)


async def test_a_span_that_is_none_does_not_reach_the_platform(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    span = {"start_at": "2026-12-02", "end_at": "2026-12-01"}
    with pytest.raises(InvalidRequest):
        await bookings.search(bot, AvailabilityQuery.model_validate({"filter": {"start_at_range": span}}))
    assert platform.requests == []


async def test_a_search_is_relayed_and_its_answer_passed_on(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    query = {"filter": {"start_at_range": {"start_at": "2026-12-01", "end_at": "2026-12-01"}}, "more": 1}
    answer = await bookings.search(bot, AvailabilityQuery.model_validate(query))
    assert answer == PartnerResponse(200, {"availabilities": [], "from": "the platform"})
    assert platform.requests == [
        ("/hooks/availability/search", {"account_id": bot.account_id, "query": query})
    ]
    customer = CustomerPhone.model_validate({"phone": "202 555 0100", "more": 1})
    assert await bookings.lookup(bot, customer) == PartnerResponse(200, {"found": False})
    assert platform.requests[-1][1]["customer"] == {"phone": "+12025550100", "more": 1}


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook_url": None},
        {"sealed_secret": None},
        {"sealed_secret": b"sealed elsewhere"},
        {"webhook_url": "http://platform.example"},
        {"webhook_url": "not a url"},
        {"webhook_url": "ftp://127.0.0.1/"},
    ],
)
async def test_a_bot_without_a_usable_platform_is_told_apart_from_a_platform_in_trouble(
    bookings: Bookings, bot: BotView, platform: FakePlatform, changes: dict[str, Any]
) -> None:
    with pytest.raises(PracticeError) as caught:
        await bookings.book(replace(bot, **changes), "k1", details())
    assert isinstance(caught.value, WebhookNotConfigured)
    assert platform.requests == []


async def test_a_platform_on_this_machine_needs_no_encryption(
    bookings: Bookings, bot: BotView, platform: FakePlatform
) -> None:
    for number, url in enumerate(("http://127.0.0.1:9000", "http://[::1]:9000/", "http://localhost")):
        assert (await bookings.book(replace(bot, webhook_url=url), f"k{number}", details())).status == 201
