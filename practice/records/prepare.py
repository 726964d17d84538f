"""Make a database ready for use; who starts with another installation's key is refused.

With another key every sealed secret is unreadable, every session and slot id void, and what is newly sealed
would be lost to whoever has the right one.
"""

import asyncio

from cryptography.fernet import InvalidToken
from sqlalchemy import select

from kit.data_keys import PLAIN, DataKeys, DataKeyUnavailable, missing
from kit.db.database import Database
from kit.keyring import Keyring
from kit.vault import Vault
from practice.records.insert_once import insert_once
from practice.records.installation import Installation, list_data_keys
from practice.records.migrate import migrate

_KNOWN = "chairside"


class WrongSecret(Exception):
    """The database was written with another installation's key."""

    def __init__(self) -> None:
        super().__init__(
            "This database was written with another key: give this process the CHAIRSIDE_SECRET, or the data "
            "folder the secret.key, that it was made with."
        )


async def prepare(database: Database, keyring: Keyring) -> None:
    """Bring the tables up to date, and make sure that they were written with this installation's key.

    A new database is sealed with it.

    Raises:
        DataKeyUnavailable: A key that patients' data is encrypted with is not to be had.
    """
    await migrate(database)
    vault = Vault(keyring, "installation")
    async with database.reading() as session:
        seal = await session.scalar(select(Installation.seal))
    if seal is None:
        async with database.session() as session:
            await insert_once(session, Installation, {"id": 1, "seal": vault.seal(_KNOWN)}, ["id"])
            seal = await session.scalar(select(Installation.seal))
    try:
        vault.open(seal or b"")
    except InvalidToken as error:
        raise WrongSecret from error
    await _note_data_keys(database, await asyncio.to_thread(database.data_keys))


async def _note_data_keys(database: Database, keys: DataKeys) -> None:
    """Make sure that all keys in use are there, and write down the one that this process encrypts with."""
    used = await list_data_keys(database)
    if lost := [one for one in used if one not in {PLAIN, *keys.ids}]:
        raise DataKeyUnavailable(missing(lost))
    if keys.writing_id not in used:
        async with database.session() as session:
            row = (await session.scalars(select(Installation).with_for_update())).one()
            row.data_keys = list(dict.fromkeys([*(row.data_keys or [PLAIN]), keys.writing_id]))
