"""A partner with bots on a platform outside and on the calendar inside, and the servers that serve them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from argon2 import PasswordHasher

from config.settings import Settings
from kit.clock import system_clock
from kit.db.database import Database
from kit.ids import new_id
from kit.keyring import Keyring
from kit.vault import Vault
from practice.partners import key_format
from practice.partners.views import SECRETS
from practice.records.accounts import Account
from practice.records.migrate import migrate
from practice.records.partners import AccountPartner, Bot, Partner, PartnerKey
from tests.fakes.demo_practice import seed_demo
from tests.fakes.platform_process import SECRET

INSTALLATION_SECRET = "the secret that a test's replicas share"
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True)
class RegisteredPartner:
    """What has been registered.

    Attributes:
        env: The environment of each server.
        key: The partner's key.
        bots: ``roomy`` and ``single``, on the platform outside, by that platform's modes.
        embedded_key: The key of the demo practice's partner.
        embedded_bot: The demo practice's bot, whose calendar is ours.
        site: The demo practice's site.
    """

    env: Mapping[str, str]
    key: str
    bots: Mapping[str, str]
    embedded_key: str
    embedded_bot: str
    site: int

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}


async def register_partner(
    folder: Path, urls: Mapping[str, str], database_url: str | None = None, **env: str
) -> RegisteredPartner:
    """Register a partner and its bots in a new database.

    Args:
        folder: The data folder.
        urls: Base URL of the platform by the name of the bot that is to have it.
        database_url: PostgreSQL's; None keeps the records in the folder.
        env: Further settings of the servers, without their ``CHAIRSIDE_``.
    """
    told = {"DATA_DIR": str(folder), "SECRET": INSTALLATION_SECRET, "RELAY_ALLOWED_NETWORKS": "127.0.0.0/8"}
    told |= {"DATABASE_URL": database_url} if database_url else {}
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        secret=INSTALLATION_SECRET,
        database={"url": database_url},
    )
    database = Database(settings)
    try:
        await migrate(database)
        demo = await seed_demo(database, system_clock, hasher=CHEAP_HASHER)
        key, bots = await _register(database, Keyring.load(folder, INSTALLATION_SECRET), urls)
    finally:
        await database.dispose()
    return RegisteredPartner(
        {f"CHAIRSIDE_{name}": value for name, value in (told | env).items()},
        key,
        bots,
        demo.partner_key,
        demo.bot_id,
        demo.site_id,
    )


async def _register(
    database: Database, keyring: Keyring, urls: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    now, key = datetime.now(UTC), key_format.new_key()
    sealed = Vault(keyring, SECRETS).seal(SECRET)
    partner = Partner(id=new_id("ptnr", now), name="Voices", strict_idempotency=False, created_at=now)
    account = Account(id=new_id("acct", now), name="Elm Street", created_at=now)
    partner_key = PartnerKey(
        id=new_id("key", now),
        partner_id=partner.id,
        prefix=key_format.shown(key),
        sha256=key_format.fingerprint(key),
        created_at=now,
    )
    bots = {
        name: Bot(
            id=new_id("bot", now),
            partner_id=partner.id,
            account_id=account.id,
            name=name,
            language="en-US",
            timezone="America/New_York",
            embedded=False,
            webhook_url=url,
            sealed_secret=sealed,
            confirmation_sms=False,
            reminder_sms=False,
            created_at=now,
        )
        for name, url in urls.items()
    }
    async with database.session() as session:
        session.add_all([partner, account])
        await session.flush()
        grant = AccountPartner(account_id=account.id, partner_id=partner.id, created_at=now)
        session.add_all([partner_key, grant, *bots.values()])
    return key, {name: bot.id for name, bot in bots.items()}
