"""Rate limits: counted over a sliding minute, of a bounded number of callers, shared where the storage is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits.aio.storage import MemoryStorage
from pydantic import SecretStr, ValidationError

from config.settings import LimitSettings
from practice.errors import RateLimited
from tests.fakes.rate_storage import ClockedStorage
from tests.fakes.redis_server import redis_server, unused_port
from webhooks.rate_limit import ACCOUNTS_OF_AN_ADDRESS, MOST_COUNTED, RateLimits


def limits(requests: int = 100, refused: int = 2, storage: MemoryStorage | None = None) -> RateLimits:
    settings = LimitSettings(requests_per_minute=requests, refused_keys_per_minute=refused)
    return RateLimits(settings, storage or ClockedStorage())


async def wait_of(limits: RateLimits) -> float:
    """Count a request, and give how long it has to wait."""
    try:
        await limits.count_request("a")
    except RateLimited as refusal:
        return refusal.retry_after_seconds
    return 0.0


async def test_as_many_as_are_allowed_go_through_and_no_more() -> None:
    one = limits(requests=3)
    for left in (2, 1, 0):
        await one.count_request("a")
        assert (await one.allowance("a")).remaining == left
    assert await wait_of(one) > 0
    await one.count_request("b")


@given(
    limit=st.integers(1, 50),
    gaps=st.lists(st.floats(0, 90, allow_nan=False), min_size=1, max_size=120),
)
async def test_a_client_that_waits_as_told_is_let_in_and_no_sooner(limit: int, gaps: list[float]) -> None:
    storage = ClockedStorage()
    one = limits(requests=limit, storage=storage)
    for gap in gaps:
        storage.seconds += gap
        if wait := await wait_of(one):
            begun = storage.seconds
            assert wait < 61
            storage.seconds = begun + wait * 0.98 - 0.05
            assert await wait_of(one) > 0
            storage.seconds = begun + wait + 0.05
            assert await wait_of(one) == 0


async def test_two_minutes_of_silence_give_everything_back() -> None:
    storage = ClockedStorage()
    one = limits(requests=2, storage=storage)
    await one.count_request("a")
    await one.count_request("a")
    storage.seconds += 120
    assert (await one.allowance("a")).remaining == 2


async def test_a_flood_of_callers_does_not_grow_what_is_kept() -> None:
    storage = MemoryStorage()
    one = limits(requests=2, storage=storage)
    for number in range(MOST_COUNTED + 100):
        await one.count_request(f"caller {number}")
    assert len(storage.storage) == MOST_COUNTED


async def test_one_password_is_not_tried_on_all_accounts() -> None:
    one = RateLimits(LimitSettings(log_ins_per_minute=2), ClockedStorage())
    for number in range(2 * ACCOUNTS_OF_AN_ADDRESS):
        await one.count_log_in("203.0.113.9", f"{number}@example.com")
    with pytest.raises(RateLimited):
        await one.count_log_in("203.0.113.9", "another@example.com")
    await one.count_log_in("203.0.113.10", "another@example.com")


async def test_replicas_with_a_shared_storage_count_together() -> None:
    with redis_server() as port:
        settings = LimitSettings(storage=SecretStr(f"redis://127.0.0.1:{port}/0"), requests_per_minute=2)
        here, there = RateLimits(settings), RateLimits(settings)
        await here.count_request("a")
        await there.count_request("a")
        assert (await here.allowance("a")).remaining == 0
        for replica in (here, there):
            with pytest.raises(RateLimited) as caught:
                await replica.count_request("a")
            assert 0 < caught.value.retry_after_seconds <= 60
            await replica.aclose()


async def test_a_replica_without_its_storage_counts_alone() -> None:
    settings = LimitSettings(storage=SecretStr(f"redis://127.0.0.1:{unused_port()}/0"), requests_per_minute=1)
    one = RateLimits(settings)
    assert (await one.allowance("a")).remaining == 1
    await one.count_request("a")
    with pytest.raises(RateLimited):
        await one.count_request("a")
    await one.aclose()


def test_a_storage_of_another_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="must be memory"):
        LimitSettings(storage=SecretStr("mongodb://localhost"))


async def refuse(limits: RateLimits, address: str, times: int = 2) -> None:
    for _ in range(times):
        await limits.check_address(address, "wrong")
        await limits.refused(address, "wrong")


async def test_after_too_many_wrong_keys_no_key_of_the_address_is_looked_up() -> None:
    one = limits()
    await refuse(one, "203.0.113.9")
    with pytest.raises(RateLimited) as caught:
        await one.check_address("203.0.113.9", "another")
    assert 0 < caught.value.retry_after_seconds <= 60
    await one.check_address("203.0.113.10", "another")


async def test_a_key_that_was_good_is_not_shut_out_by_wrong_ones_from_its_address() -> None:
    one = limits()
    one.accepted("good")
    await refuse(one, "203.0.113.9")
    await one.check_address("203.0.113.9", "good")
    await one.refused("203.0.113.9", "good")  # revoked meanwhile
    with pytest.raises(RateLimited):
        await one.check_address("203.0.113.9", "good")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.9", "203.0.113.10", False),
        ("testclient", "testclient", True),
        ("", "", True),
    ],
)
async def test_a_network_of_the_newer_protocol_is_one_client(first: str, second: str, *, same: bool) -> None:
    one = limits()
    await refuse(one, first)
    if same:
        with pytest.raises(RateLimited):
            await one.check_address(second, "x")
    else:
        await one.check_address(second, "x")


async def test_good_keys_are_remembered_within_bounds() -> None:
    one = limits()
    for number in range(MOST_COUNTED + 10):
        one.accepted(str(number))
    await refuse(one, "203.0.113.9")
    await one.check_address("203.0.113.9", str(MOST_COUNTED))
    with pytest.raises(RateLimited):
        await one.check_address("203.0.113.9", "0")
