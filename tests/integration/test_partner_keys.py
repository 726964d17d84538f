"""Partners and their keys: what opens, for what, until when; and where events go."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import event

from config.settings import RelaySettings
from kit.clock import Clock
from kit.db.database import Database
from kit.keyring import Keyring
from kit.vault import Vault
from practice.errors import InvalidApiKey, InvalidRequest, KeyNotFound, PartnerNotFound
from practice.partners.keys import PartnerKeys
from practice.partners.service import Partners
from practice.partners.views import EVENT_SECRETS, KeyView
from practice.records.partners import Partner
from tests.fakes.clock import MovableClock
from tests.fakes.demo_practice import DemoIds

WEBHOOK = "https://partner.example/events?tenant=1"


@pytest.fixture
def wall() -> MovableClock:
    return MovableClock()


@pytest.fixture
def partners(database: Database, clock: Clock, keyring: Keyring, wall: MovableClock) -> Partners:
    return Partners(database, clock, keyring, wall_clock=wall)


@pytest.fixture
async def keys(database: Database, wall: MovableClock) -> AsyncIterator[PartnerKeys]:
    keys = PartnerKeys(database, wall)
    yield keys
    await keys.aclose()


@pytest.fixture
async def partner_id(partners: Partners) -> str:
    return await partners.create_partner("Northside Voice")


async def opens(keys: PartnerKeys, key: str) -> bool:
    try:
        await keys.authenticate(key)
    except InvalidApiKey:
        return False
    finally:
        await keys.aclose()
    return True


async def only_key(keys: PartnerKeys, partner_id: str) -> KeyView:
    (key,) = await keys.list_keys(partner_id)
    return key


async def test_a_key_is_for_its_scopes_and_has_a_name(keys: PartnerKeys, partner_id: str) -> None:
    made = await keys.create_key(
        partner_id, name="booking engine", scopes_of_key=["bookings:write", "availability:read"]
    )
    principal = await keys.authenticate(made.key)
    assert (principal.partner_id, principal.name, principal.key_id) == (
        partner_id,
        "Northside Voice",
        made.view.id,
    )
    assert principal.scopes == frozenset({"availability:read", "bookings:write"})
    await keys.aclose()
    listed = await only_key(keys, partner_id)
    assert (listed.name, listed.scopes) == ("booking engine", ("availability:read", "bookings:write"))
    assert made.key not in repr(made)


async def test_a_key_without_scopes_is_for_everything(keys: PartnerKeys, partner_id: str) -> None:
    made = await keys.create_key(partner_id)
    assert (await keys.authenticate(made.key)).scopes is None
    await keys.aclose()


async def test_scopes_names_and_ends_that_are_none_are_refused(
    keys: PartnerKeys, partner_id: str, wall: MovableClock
) -> None:
    with pytest.raises(InvalidRequest, match="bookings:steal"):
        await keys.create_key(partner_id, scopes_of_key=["bookings:steal"])
    with pytest.raises(InvalidRequest, match="at least one scope"):
        await keys.create_key(partner_id, scopes_of_key=[])
    for name in ("", " ", "x" * 201, "two\nlines", "\x00"):
        with pytest.raises(InvalidRequest, match="name"):
            await keys.create_key(partner_id, name=name)
    with pytest.raises(InvalidRequest, match="ahead"):
        await keys.create_key(partner_id, expires_at=wall())
    with pytest.raises(PartnerNotFound):
        await keys.create_key("ptnr_none")
    assert await keys.list_keys(partner_id) == []


async def test_a_key_ends_at_its_end(keys: PartnerKeys, partner_id: str, wall: MovableClock) -> None:
    made = await keys.create_key(partner_id, expires_at=wall() + timedelta(hours=1))
    wall.move(minutes=59, seconds=59)
    assert await opens(keys, made.key)
    wall.move(seconds=1)
    assert not await opens(keys, made.key)


async def test_keys_overlap_while_one_is_replaced(
    keys: PartnerKeys, partner_id: str, wall: MovableClock
) -> None:
    old, new = await keys.create_key(partner_id), await keys.create_key(partner_id)
    await keys.revoke_key(partner_id, old.view.id, timedelta(hours=24))
    assert [await opens(keys, one.key) for one in (old, new)] == [True, True]
    wall.move(hours=24)
    assert [await opens(keys, one.key) for one in (old, new)] == [False, True]


async def test_an_end_is_brought_forward_and_never_put_off(
    keys: PartnerKeys, partner_id: str, wall: MovableClock
) -> None:
    made = await keys.create_key(partner_id, expires_at=wall() + timedelta(hours=2))
    await keys.revoke_key(partner_id, made.view.id, timedelta(hours=5))
    assert (await only_key(keys, partner_id)).expires_at == wall() + timedelta(hours=2)
    await keys.revoke_key(partner_id, made.view.id, timedelta(hours=1))
    assert (await only_key(keys, partner_id)).expires_at == wall() + timedelta(hours=1)
    await keys.revoke_key(partner_id, made.view.id)
    assert not await opens(keys, made.key)
    ended = (await only_key(keys, partner_id)).revoked_at
    wall.move(hours=1)
    for after in (timedelta(hours=1), timedelta(0)):
        await keys.revoke_key(partner_id, made.view.id, after)
    assert (await only_key(keys, partner_id)).revoked_at == ended
    assert not await opens(keys, made.key)


async def test_only_its_partner_or_the_operator_revokes_a_key(
    keys: PartnerKeys, partner_id: str, demo: DemoIds
) -> None:
    made = await keys.create_key(partner_id)
    for owner, key_id in ((demo.partner_id, made.view.id), (partner_id, "key_none"), (None, "key_none")):
        with pytest.raises(KeyNotFound):
            await keys.revoke_key(owner, key_id)
    assert await opens(keys, made.key)
    await keys.revoke_key(None, made.view.id)
    assert not await opens(keys, made.key)


async def test_a_disabled_partner_s_keys_open_nothing_until_it_is_enabled(
    partners: Partners, keys: PartnerKeys, partner_id: str, demo: DemoIds
) -> None:
    made = await keys.create_key(partner_id)
    await partners.disable_partner(partner_id)
    since = (await partners.get_partner(partner_id)).disabled_at
    await partners.disable_partner(partner_id)
    assert (await partners.get_partner(partner_id)).disabled_at == since is not None
    assert not await opens(keys, made.key)
    assert await opens(keys, demo.partner_key)
    await partners.enable_partner(partner_id)
    assert await opens(keys, made.key)
    for change in (partners.disable_partner, partners.enable_partner, partners.get_partner):
        with pytest.raises(PartnerNotFound):
            await change("ptnr_none")


async def test_a_key_is_checked_with_one_query(
    keys: PartnerKeys, partner_id: str, database: Database
) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    made = await keys.create_key(partner_id)
    await opens(keys, made.key)  # from now on, for a minute, its use is noted already
    await keys.aclose()
    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    assert await opens(keys, made.key)
    assert len(asked) == 1


async def test_use_is_noted_to_the_minute_and_no_oftener(
    keys: PartnerKeys, partner_id: str, wall: MovableClock, database: Database
) -> None:
    written = 0

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal written
        written += statement.startswith("UPDATE partner_keys")

    made = await keys.create_key(partner_id)
    assert (await only_key(keys, partner_id)).last_used_at is None
    event.listen(database.engine.sync_engine, "before_cursor_execute", count)
    await asyncio.gather(*(keys.authenticate(made.key) for _ in range(10)))
    await keys.aclose()
    first = wall()
    assert (await only_key(keys, partner_id)).last_used_at == first
    wall.move(seconds=59)
    assert await opens(keys, made.key)
    assert (await only_key(keys, partner_id)).last_used_at == first
    assert written == 1
    wall.move(seconds=1)
    assert await opens(keys, made.key)
    assert (await only_key(keys, partner_id)).last_used_at == wall()
    assert written == 2


async def test_a_request_does_not_wait_for_its_use_to_be_noted(
    keys: PartnerKeys, partner_id: str, database: Database
) -> None:
    made = await keys.create_key(partner_id)
    async with database.session() as session:
        # Whoever writes now holds the database's one pen (SQLite), or the key's row (PostgreSQL).
        partner = await session.get(Partner, partner_id, with_for_update=True)
        assert partner is not None
        async with asyncio.timeout(10):
            await keys.authenticate(made.key)
    await keys.aclose()
    assert (await only_key(keys, partner_id)).last_used_at is not None


async def test_partners_are_listed_with_their_accounts(
    partners: Partners, partner_id: str, demo: DemoIds
) -> None:
    await partners.set_strictness(partner_id, strict=True)
    listed = {one.id: one for one in await partners.list_partners()}
    assert listed[demo.partner_id].account_ids == (demo.account_id,)
    assert (listed[partner_id].name, listed[partner_id].strict_idempotency) == ("Northside Voice", True)
    with pytest.raises(InvalidRequest):
        await partners.create_partner("\n")


async def secrets_of(database: Database, keyring: Keyring, partner_id: str) -> tuple[str | None, str | None]:
    async with database.reading() as session:
        partner = await session.get(Partner, partner_id)
    assert partner is not None
    vault = Vault(keyring, EVENT_SECRETS)
    present, previous = partner.sealed_event_secret, partner.sealed_previous_event_secret
    return (vault.open(present) if present else None, vault.open(previous) if previous else None)


async def test_event_secrets_are_made_kept_rotated_and_forgotten(
    partners: Partners, partner_id: str, database: Database, keyring: Keyring
) -> None:
    first = await partners.send_events_to(partner_id, WEBHOOK)
    assert first is not None
    assert await partners.send_events_to(partner_id, "https://partner.example/other") is None
    assert await secrets_of(database, keyring, partner_id) == (first, None)
    second = await partners.send_events_to(partner_id, WEBHOOK, rotate=True)
    assert second not in {None, first}
    assert await secrets_of(database, keyring, partner_id) == (second, first)
    own = "whsec_" + "QUJD" * 8
    assert await partners.send_events_to(partner_id, WEBHOOK, own) == own
    assert await secrets_of(database, keyring, partner_id) == (own, second)
    await partners.send_events_to(partner_id, None)
    assert await secrets_of(database, keyring, partner_id) == (None, None)
    assert (await partners.get_partner(partner_id)).event_url is None


@pytest.mark.parametrize(
    "secret", ["", "QUJD" * 8, "whsec_QUJD", "whsec_" + "QUJD" * 22, "whsec_" + "*" * 32, "whsec_\u00e9"]
)
async def test_an_event_secret_of_another_form_is_refused(
    partners: Partners, partner_id: str, secret: str
) -> None:
    with pytest.raises(InvalidRequest, match="whsec_"):
        await partners.send_events_to(partner_id, WEBHOOK, secret)


@pytest.mark.parametrize(
    "url",
    ["", "ftp://partner.example", "http://partner.example", "https://10.0.0.1/x", "https://a.example/#x"],
)
async def test_events_go_where_webhooks_may_go(partners: Partners, partner_id: str, url: str) -> None:
    with pytest.raises(InvalidRequest, match="The URL"):
        await partners.send_events_to(partner_id, url)


async def test_an_allowed_network_may_get_events(
    database: Database, clock: Clock, keyring: Keyring, partner_id: str
) -> None:
    settings = RelaySettings(allowed_networks="10.0.0.0/8")
    partners = Partners(database, clock, keyring, settings=settings)
    assert await partners.send_events_to(partner_id, "https://10.0.0.1/x")
