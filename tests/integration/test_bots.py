"""Bots as their partners keep them: whose they are, what they get of an account, where their numbers go."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.partner_bots import BotRegistration, NewScheduling
from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id
from kit.keyring import Keyring
from kit.vault import Vault
from practice.errors import (
    AccountNotFound,
    AssistantNotFound,
    BotNotFound,
    InvalidRequest,
    PhoneNumberNotGranted,
    PhoneNumberTaken,
    SiteNotFound,
)
from practice.partners.accounts import Accounts
from practice.partners.bots import Bots
from practice.partners.service import Partners
from practice.partners.views import SECRETS, BotView
from practice.records.accounts import Account
from practice.records.practices import Practice
from practice.sites.service import Sites
from tests.fakes.bots import change_bot, create_bot
from tests.fakes.demo_practice import DemoIds

URL = "https://platform.example/hooks"
NUMBER, ANOTHER = "+12025550170", "+12025550171"
NOBODYS = "acct_01h2xcejqtf2nbrexx3vqjhp41"
OWN_SECRET = "a secret of our own"


@pytest.fixture
def partners(database: Database, clock: Clock, keyring: Keyring) -> Partners:
    return Partners(database, clock, keyring, wall_clock=clock)


@pytest.fixture
def bots(database: Database, clock: Clock, keyring: Keyring) -> Bots:
    return Bots(database, clock, keyring, wall_clock=clock)


@pytest.fixture
def accounts(database: Database, clock: Clock, keyring: Keyring) -> Accounts:
    return Accounts(database, clock, keyring)


@pytest.fixture
async def stranger(partners: Partners) -> str:
    return await partners.create_partner("Stranger")


async def test_a_bot_without_a_webhook_has_its_account_s_calendar(bots: Bots, demo: DemoIds) -> None:
    bot = await create_bot(bots, demo.partner_id, name="Second", account_id=demo.account_id)
    assert bot.embedded
    assert bot.webhook_url is None
    assert bot.sealed_secret is None
    assert (bot.practice_id, bot.timezone, bot.language) == (demo.practice_id, demo.timezone, "en-US")


async def test_a_bot_with_a_webhook_has_a_secret_made_for_it(bots: Bots, demo: DemoIds) -> None:
    registration = BotRegistration(
        name="Outside", account_id=demo.account_id, scheduling=NewScheduling(webhook_url=URL)
    )
    made = await bots.create_bot(demo.partner_id, registration)
    assert made.webhook_secret is not None
    assert made.webhook_secret.startswith("whsec_")
    assert len(made.webhook_secret) > 40
    assert not made.view.embedded
    assert made.webhook_secret not in repr(made)


async def test_the_webhook_s_secret_is_stored_encrypted(bots: Bots, demo: DemoIds, keyring: Keyring) -> None:
    bot = await create_bot(
        bots,
        demo.partner_id,
        name="Outside",
        account_id=demo.account_id,
        webhook_url=URL,
        webhook_secret="s" * 20,
    )
    assert bot.sealed_secret is not None
    assert b"ssss" not in bot.sealed_secret
    assert secret_of(bot, keyring) == "s" * 20


def secret_of(bot: BotView, keyring: Keyring) -> str:
    assert bot.sealed_secret is not None
    return Vault(keyring, SECRETS).open(bot.sealed_secret)


async def test_naming_an_account_first_gives_nothing_of_it(
    partners: Partners, bots: Bots, accounts: Accounts, demo: DemoIds, stranger: str, database: Database
) -> None:
    bot = await create_bot(bots, stranger, name="First", account_id=NOBODYS, webhook_url=URL)
    assert (bot.account_id, bot.timezone, bot.practice_id) == (NOBODYS, "UTC", None)
    again = await create_bot(bots, stranger, name="Second", account_id=NOBODYS, webhook_url=URL)
    assert (await partners.get_partner(stranger)).account_ids == ()
    # Later it is somebody's: they have a platform, which whoever named it first does not reach.
    await partners.grant_account(demo.partner_id, NOBODYS)
    await give_platform(database, NOBODYS)
    (account,) = [one for one in await accounts.list_accounts() if one.id == NOBODYS]
    assert (account.name, account.partner_ids) == (NOBODYS, (demo.partner_id,))
    for known in (bot, again):
        found = await bots.get_bot(stranger, known.id)
        assert (found.account_webhook_url, found.account_sealed_secret) == (None, None)
        with pytest.raises(AccountNotFound):
            await change_bot(bots, stranger, known.id, scheduling=None)
    with pytest.raises(AccountNotFound):
        await create_bot(bots, stranger, name="No webhook", account_id=NOBODYS)
    owner = await create_bot(bots, demo.partner_id, name="Owner", account_id=NOBODYS)
    assert owner.account_webhook_url == "https://account.example"


async def give_platform(database: Database, account_id: str) -> None:
    async with database.session() as session:
        account = await session.get(Account, account_id)
        assert account is not None
        account.webhook_url, account.sealed_secret = "https://account.example", b"sealed"


async def test_a_strange_partner_s_bot_gets_nothing_of_the_account(
    partners: Partners, bots: Bots, demo: DemoIds, stranger: str, database: Database
) -> None:
    await give_platform(database, demo.account_id)
    bot = await create_bot(bots, stranger, name="Guest", account_id=demo.account_id, webhook_url=URL)
    assert (await partners.get_partner(stranger)).account_ids == ()
    assert (bot.embedded, bot.practice_id, bot.site_id, bot.assistant_id) == (False, None, None, None)
    assert (bot.account_webhook_url, bot.account_sealed_secret, bot.timezone) == (None, None, "UTC")
    assert (await bots.describe(bot)).practice is None
    for changes in ({"site_id": demo.site_id}, {"site_id": demo.site_id, "assistant_id": demo.assistant_id}):
        with pytest.raises(SiteNotFound):
            await change_bot(bots, stranger, bot.id, **changes)
    with pytest.raises(AccountNotFound):
        await change_bot(bots, stranger, bot.id, scheduling=None)
    assert await bots.get_bot(stranger, bot.id) == bot


async def test_without_a_grant_there_is_no_bot_without_a_webhook(
    bots: Bots, demo: DemoIds, stranger: str
) -> None:
    for account_id in (demo.account_id, NOBODYS):
        with pytest.raises(AccountNotFound):
            await create_bot(bots, stranger, name="Guest", account_id=account_id)
    with pytest.raises(AccountNotFound):
        await create_bot(bots, stranger, name="Guest", account_id=NOBODYS)  # the first try made no account
    with pytest.raises(SiteNotFound):
        await create_bot(
            bots, stranger, name="Guest", account_id=NOBODYS, webhook_url=URL, site_id=demo.site_id
        )


async def test_a_granted_account_s_platform_comes_with_the_bot(
    bots: Bots, demo: DemoIds, database: Database
) -> None:
    await give_platform(database, demo.account_id)
    bot = await bots.find_bot(demo.bot_id)
    assert bot is not None
    assert (bot.account_webhook_url, bot.account_sealed_secret) == ("https://account.example", b"sealed")


async def test_a_grant_that_is_taken_back_takes_everything_with_it(
    partners: Partners, bots: Bots, demo: DemoIds, database: Database
) -> None:
    await give_platform(database, demo.account_id)
    before = await bots.find_bot(demo.bot_id)
    await partners.withdraw_account(demo.partner_id, demo.account_id)
    bot = await bots.find_bot(demo.bot_id)
    assert bot is not None
    assert (bot.embedded, bot.practice_id, bot.site_id, bot.assistant_id) == (False, None, None, None)
    assert (bot.account_webhook_url, bot.account_sealed_secret) == (None, None)
    assert (await change_bot(bots, demo.partner_id, demo.bot_id, name="Still mine")).name == "Still mine"
    await partners.grant_account(demo.partner_id, demo.account_id)
    again = await bots.find_bot(demo.bot_id)
    assert before is not None
    assert again is not None
    assert (again.embedded, again.site_id) == (before.embedded, before.site_id) == (True, demo.site_id)


async def test_a_grant_gives_the_practice_to_bots_that_were_there_before(
    partners: Partners, bots: Bots, demo: DemoIds, stranger: str
) -> None:
    bot = await create_bot(bots, stranger, name="Guest", account_id=demo.account_id, webhook_url=URL)
    await partners.grant_account(stranger, demo.account_id)
    found = await bots.get_bot(stranger, bot.id)
    assert (found.practice_id, found.embedded) == (demo.practice_id, False)
    with pytest.raises(AccountNotFound):
        await partners.grant_account(stranger, NOBODYS)
    with pytest.raises(AccountNotFound):
        await partners.withdraw_account(stranger, NOBODYS)


async def test_a_site_of_one_s_own_serves_a_bot_of_a_platform_s_account(
    partners: Partners, bots: Bots, demo: DemoIds
) -> None:
    bot = await create_bot(
        bots,
        demo.partner_id,
        name="Outside",
        account_id=NOBODYS,
        webhook_url=URL,
        site_id=demo.site_id,
        assistant_id=demo.assistant_id,
    )
    assert (bot.site_id, bot.assistant_id, bot.practice_id) == (
        demo.site_id,
        demo.assistant_id,
        demo.practice_id,
    )
    assert (bot.embedded, bot.timezone) == (False, demo.timezone)
    # Its site is the practice's, its account is not: without its webhook it has no calendar.
    await partners.grant_account(demo.partner_id, NOBODYS)
    bare = await change_bot(bots, demo.partner_id, bot.id, scheduling=None)
    assert not bare.embedded
    await partners.withdraw_account(demo.partner_id, demo.account_id)
    hidden = await bots.get_bot(demo.partner_id, bot.id)
    assert (hidden.site_id, hidden.practice_id) == (None, None)


async def test_a_bot_is_not_placed_at_another_practice_than_its_account_s(
    partners: Partners, bots: Bots, demo: DemoIds, database: Database, clock: Clock
) -> None:
    account_id = new_id("acct", clock())
    async with database.session() as session:
        session.add(Account(id=account_id, name="Elm Park", created_at=clock()))
    await partners.grant_account(demo.partner_id, account_id)
    async with database.session() as session:
        session.add(
            Practice(
                id="prac_elm",
                account_id=account_id,
                name="Elm Park",
                timezone="UTC",
                horizon_days=90,
                min_notice_minutes=0,
                created_at=clock(),
            )
        )
    site_id = await Sites(database, clock).create_site("Elm Park", "prac_elm")
    with pytest.raises(SiteNotFound):
        await change_bot(bots, demo.partner_id, demo.bot_id, site_id=site_id)
    moved = await create_bot(bots, demo.partner_id, name="Elm Park", account_id=account_id, site_id=site_id)
    assert (moved.practice_id, moved.embedded) == ("prac_elm", True)


async def test_an_assistant_is_taken_of_the_bot_s_own_site_alone(bots: Bots, demo: DemoIds) -> None:
    for assistant_id in (999, 2**31 - 1):
        with pytest.raises(AssistantNotFound):
            await change_bot(bots, demo.partner_id, demo.bot_id, assistant_id=assistant_id)
    with pytest.raises(InvalidRequest, match="site_id"):
        await change_bot(bots, demo.partner_id, demo.bot_id, site_id=None, assistant_id=demo.assistant_id)
    bot = await change_bot(bots, demo.partner_id, demo.bot_id, site_id=None)
    assert (bot.site_id, bot.assistant_id, bot.practice_id) == (None, None, demo.practice_id)


async def test_a_number_belongs_to_one_bot_however_many_want_it_at_once(bots: Bots, demo: DemoIds) -> None:
    async def register(number: int) -> str | None:
        # In both orders: neither engine lets two wait for each other.
        wanted = (NUMBER, ANOTHER) if number % 2 else (ANOTHER, NUMBER)
        try:
            bot = await create_bot(
                bots, demo.partner_id, name=f"{number}", account_id=demo.account_id, phone_numbers=wanted
            )
        except PhoneNumberTaken:
            return None
        return bot.id

    made = [bot_id for bot_id in await asyncio.gather(*map(register, range(8))) if bot_id]
    assert len(made) == 1
    listed, _ = await bots.page_of_bots(demo.partner_id, 100)
    assert {bot.id for bot in listed} == {made[0], demo.bot_id}  # who was refused left nothing behind
    for number in (NUMBER, ANOTHER):
        owner = await bots.find_bot_by_number(number)
        assert owner is not None
        assert owner.id == made[0]


async def test_numbers_are_given_kept_and_taken(bots: Bots, demo: DemoIds) -> None:
    bot = await create_bot(
        bots, demo.partner_id, name="Second", account_id=demo.account_id, phone_numbers=(NUMBER,)
    )
    for wanted in ((ANOTHER, NUMBER), (ANOTHER,), ()):
        bot = await change_bot(bots, demo.partner_id, bot.id, phone_numbers=wanted)
        assert bot.phone_numbers == tuple(sorted(wanted))
    with pytest.raises(PhoneNumberTaken):
        await change_bot(bots, demo.partner_id, bot.id, phone_numbers=(ANOTHER, demo.phone_number))
    assert (await bots.get_bot(demo.partner_id, bot.id)).phone_numbers == ()


async def test_a_deleted_bot_is_gone_and_its_number_is_free(bots: Bots, demo: DemoIds) -> None:
    await bots.delete_bot(demo.partner_id, demo.bot_id)
    assert await bots.find_bot(demo.bot_id) is None
    assert await bots.find_bot_by_number(demo.phone_number) is None
    assert await bots.find_bot_by_assistant(demo.site_id, demo.assistant_id) is None
    assert await bots.list_bots() == []
    assert (await bots.page_of_bots(demo.partner_id, 10))[0] == []
    attempts: list[Any] = [
        bots.get_bot(demo.partner_id, demo.bot_id),
        change_bot(bots, demo.partner_id, demo.bot_id, name="Back"),
        bots.delete_bot(demo.partner_id, demo.bot_id),
    ]
    for attempt in attempts:
        with pytest.raises(BotNotFound):
            await attempt
    left = await bots.find_bot(demo.bot_id, deleted=True)
    assert left is not None
    assert left.account_id == demo.account_id
    taken_over = await create_bot(
        bots, demo.partner_id, name="Next", account_id=demo.account_id, phone_numbers=(demo.phone_number,)
    )
    assert taken_over.phone_numbers == (demo.phone_number,)


async def test_another_partner_neither_changes_nor_deletes_a_bot(
    bots: Bots, demo: DemoIds, stranger: str
) -> None:
    for bot_id in (demo.bot_id, NOBODYS, "bot_none", "\x00"):
        with pytest.raises(BotNotFound):
            await change_bot(bots, stranger, bot_id, name="Mine")
        with pytest.raises(BotNotFound):
            await bots.delete_bot(stranger, bot_id)
    assert (await bots.page_of_bots(stranger, 10))[0] == []
    assert await bots.find_bot(demo.bot_id) is not None


async def test_a_replaced_secret_is_good_for_the_overlap(
    bots: Bots, demo: DemoIds, clock: Clock, keyring: Keyring
) -> None:
    bot = await create_bot(bots, demo.partner_id, name="Outside", account_id=demo.account_id, webhook_url=URL)
    first = secret_of(bot, keyring)
    changed = await change_bot(bots, demo.partner_id, bot.id, scheduling={"webhook_secret": OWN_SECRET})
    assert secret_of(changed, keyring) == OWN_SECRET
    assert changed.sealed_previous_secret is not None
    assert Vault(keyring, SECRETS).open(changed.sealed_previous_secret) == first
    assert changed.previous_secret_until == clock() + timedelta(hours=24)
    renamed = await change_bot(
        bots, demo.partner_id, bot.id, name="Other", scheduling={"webhook_url": f"{URL}/v2"}
    )
    assert renamed.sealed_secret == changed.sealed_secret
    made = await change_bot(bots, demo.partner_id, bot.id, scheduling={"rotate_secret": True})
    assert secret_of(made, keyring) not in {first, OWN_SECRET}
    bare = await change_bot(bots, demo.partner_id, bot.id, scheduling=None)
    assert (bare.sealed_secret, bare.sealed_previous_secret, bare.previous_secret_until) == (None, None, None)
    assert bare.embedded
    with pytest.raises(InvalidRequest, match=r"scheduling\.webhook_url"):
        await change_bot(bots, demo.partner_id, bot.id, scheduling={"rotate_secret": True})


async def test_what_a_bot_s_partner_says_is_kept_and_cleared(bots: Bots, demo: DemoIds) -> None:
    said = await change_bot(
        bots,
        demo.partner_id,
        demo.bot_id,
        name="Desk",
        language="fr-CA",
        timezone="America/Toronto",
        transfer_number=NUMBER,
        guards_slots=False,
        confirmation_sms=True,
        reminder_sms=True,
    )
    assert (said.name, said.language, said.timezone) == ("Desk", "fr-CA", "America/Toronto")
    assert (said.transfer_number, said.guards_slots) == (NUMBER, False)
    assert (said.confirmation_sms, said.reminder_sms) == (True, True)
    assert isinstance(said.updated_at, datetime)
    cleared = await change_bot(
        bots, demo.partner_id, demo.bot_id, timezone=None, transfer_number=None, guards_slots=None
    )
    assert (cleared.timezone, cleared.transfer_number, cleared.guards_slots) == (demo.timezone, None, None)
    with pytest.raises(InvalidRequest, match="account_id"):
        await change_bot(bots, demo.partner_id, demo.bot_id, account_id=NOBODYS)


async def test_pages_hold_every_bot_once_newest_first(bots: Bots, demo: DemoIds) -> None:
    made = [
        (
            await create_bot(
                bots,
                demo.partner_id,
                name=f"{number}",
                account_id=demo.account_id,
                phone_numbers=(f"+1202555018{number}", f"+1202555019{number}"),
            )
        ).id
        for number in range(5)
    ]
    seen, page = [], None
    for _ in range(10):
        listed, page = await bots.page_of_bots(demo.partner_id, 2, page)
        seen += [bot.id for bot in listed]
        if page is None:
            break
    assert seen == sorted([demo.bot_id, *made], reverse=True)
    for wrong in ("", "x", "Ym90", "\u00e9", "Ym90X25vbmU"):
        with pytest.raises(InvalidRequest, match="page"):
            await bots.page_of_bots(demo.partner_id, 2, wrong)


async def test_the_operator_says_whose_a_number_is(
    bots: Bots, partners: Partners, demo: DemoIds, stranger: str
) -> None:
    squatter = await create_bot(
        bots, stranger, name="First", account_id=NOBODYS, webhook_url=URL, phone_numbers=(NUMBER, ANOTHER)
    )
    await partners.grant_number(demo.partner_id, NUMBER)
    assert (await bots.get_bot(stranger, squatter.id)).phone_numbers == (ANOTHER,)
    with pytest.raises(PhoneNumberTaken):
        await change_bot(bots, stranger, squatter.id, phone_numbers=(NUMBER, ANOTHER))
    await change_bot(bots, demo.partner_id, demo.bot_id, phone_numbers=(demo.phone_number, NUMBER))
    await partners.withdraw_number(demo.partner_id, NUMBER)
    assert await bots.find_bot_by_number(NUMBER) is None
    with pytest.raises(InvalidRequest, match="was not granted"):
        await partners.withdraw_number(demo.partner_id, NUMBER)
    with pytest.raises(InvalidRequest, match="no phone number"):
        await partners.grant_number(demo.partner_id, "+1 202")


async def test_numbers_are_registered_by_grant_alone_where_the_operator_wants_it(
    database: Database, clock: Clock, keyring: Keyring, partners: Partners, demo: DemoIds
) -> None:
    bots = Bots(database, clock, keyring, wall_clock=clock, numbers_granted=True)
    with pytest.raises(PhoneNumberNotGranted):
        await change_bot(bots, demo.partner_id, demo.bot_id, phone_numbers=(demo.phone_number, NUMBER))
    await partners.grant_number(demo.partner_id, NUMBER)
    numbers = (demo.phone_number, NUMBER)  # what it answers already, it goes on answering
    changed = await change_bot(bots, demo.partner_id, demo.bot_id, phone_numbers=numbers)
    assert changed.phone_numbers == tuple(sorted(numbers))
