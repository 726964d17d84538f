"""A practice to try everything on."""

from dataclasses import dataclass

from config.clock import Clock
from config.database import Database
from config.keyring import Keyring


@dataclass(frozen=True, slots=True)
class DemoIds:
    """What was made, for printing once; the key and the password are shown here only."""

    account_id: str
    practice_id: str
    site_id: int
    assistant_id: int
    assistant_code: str
    partner_id: str
    partner_key: str
    bot_id: str
    phone_number: str
    timezone: str
    staff_email: str
    staff_password: str


async def seed_demo(database: Database, clock: Clock, keyring: Keyring) -> DemoIds:
    """Make the demo practice (raises AlreadySeeded)."""
    raise NotImplementedError
