"""Patients' data is brought under the key that is in force: after an upgrade, and after a new key."""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from config.logs import get_logger
from kit.data_keys import ID_CHARACTERS, MARK, PLAIN, DataKeyUnavailable
from kit.db.database import Database
from kit.db.postgres import be_patient
from practice.records.bookings import phone_in
from practice.records.encrypted import EncryptedBytes, EncryptedJson, EncryptedText, Hashed
from practice.records.installation import Installation, list_data_keys
from practice.records.tables import metadata

AT_ONCE = 100
"""Rows in one transaction: bookings must not wait for a long one."""
_log = get_logger(__name__)


class Encryption:
    """Encrypts anew what is plain or was written with another key, a part at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = [one for one in metadata.sorted_tables if _encrypted(one)]
        self._place = 0
        self._after: tuple[Any, ...] | None = None
        self._settled = False

    async def is_due(self) -> bool:
        """Tell whether something is to be encrypted; what a setting says to leave plain is not."""
        keys = self._database.data_keys()
        return keys.writes and await list_data_keys(self._database) != [keys.writing_id]

    async def step(self, most: int = 2 * AT_ONCE) -> int:
        """Encrypt some, when it is due; gives how many rows. Once all is done it costs nothing more."""
        if self._settled or not await self.is_due():
            self._settled = True
            return 0
        rows = 0
        try:
            while rows < most and self._place < len(self._tables):
                rows += await self._batch(self._tables[self._place])
        except DataKeyUnavailable:
            # The command says which it is; what else is done later must not wait for it.
            _log.exception("patients' data cannot be encrypted anew: run chairside encryption apply")
            self._settled = True
        if self._place == len(self._tables):
            await self._finish()
        return rows

    async def apply(self) -> int:
        """Bring everything under the key that is in force, or write it plainly where the settings say so.

        Afterwards the database is rewritten, so that its file holds nothing of what was there before.
        """
        rows, self._place = 0, 0
        while self._place < len(self._tables):
            rows += await self._batch(self._tables[self._place])
        await self._finish()
        await self._database.compact()
        return rows

    async def count(self) -> dict[str, Counter[str]]:
        """Count the values of each table by the id of the key that they are encrypted with."""
        found: dict[str, Counter[str]] = {}
        async with self._reading() as session:
            for table in self._tables:
                found[table.name] = Counter()
                for column in _encrypted(table):
                    key = _key_of(column, session).label("key")
                    query = select(key, func.count()).where(_is_set(column)).group_by(key)
                    for name, number in await session.execute(query):
                        found[table.name][name] += number
        return found

    @contextlib.asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncSession]:
        async with self._database.reading() as session:
            if not self._database.is_sqlite:
                await be_patient(await session.connection())
            yield session

    async def _finish(self) -> None:
        """Write down that one key is in force for everything, if that is so; otherwise begin again."""
        self._place, self._after = 0, None
        now = self._database.data_keys().writing_id
        async with self._reading() as session:
            for table in self._tables:
                query = select(literal(1)).select_from(table).where(_is_stale(table, now, session))
                if await session.scalar(query.limit(1)) is not None:
                    return
        async with self._database.session() as session:
            row = (await session.scalars(select(Installation).with_for_update())).one_or_none()
            if row is not None:
                row.data_keys = [now]
        self._settled = True

    async def _batch(self, table: Table) -> int:
        """Write the next rows of a table; past its last the next table is at turn."""
        columns, ids = _encrypted(table), list(table.primary_key)
        async with self._database.session() as session:
            if self._database.is_sqlite:
                # What was plain is written over, not only given free.
                await session.execute(text("PRAGMA secure_delete = ON"))
            else:
                # The last rows to be written are looked for in all of a table.
                await be_patient(await session.connection())
            stale = _is_stale(table, self._database.data_keys().writing_id, session)
            query = select(*ids, *columns).where(stale).order_by(*ids).limit(AT_ONCE)
            if self._after is not None:
                query = query.where(tuple_(*ids) > tuple_(*self._after))
            # What somebody works on is left for the next time: to wait for it could end in a deadlock.
            rows = (await session.execute(query.with_for_update(skip_locked=True))).all()
            for row in rows:
                await _write(session, table, row)
            if self._database.is_sqlite:
                await session.execute(text("PRAGMA secure_delete = OFF"))
        if len(rows) < AT_ONCE:
            self._place, self._after = self._place + 1, None
        else:
            self._after = tuple(rows[-1][: len(ids)])
        return len(rows)


async def _write(session: AsyncSession, table: Table, row: Row[*tuple[Any, ...]]) -> None:
    ids = list(table.primary_key)
    mine = [column == key for column, key in zip(ids, row, strict=False)]
    known = dict(zip((one.name for one in _encrypted(table)), row[len(ids) :], strict=True))
    values = {name: value for name, value in known.items() if value is not None}
    hashes = _hashed(table, known)
    await session.execute(update(table).where(*mine).values(**values, **hashes))


def _hashed(table: Table, row: Mapping[str, Any]) -> dict[str, str | None]:
    """Give what a row is looked up by, from what it holds."""
    if table.name == "appointments":
        return {"customer_phone_hash": row["customer_phone"] or None}
    if table.name == "birth_dates":
        return {"phone_hash": row["phone"]}
    if table.name == "threads":
        return {"owner_hash": row["owner"]}
    if table.name == "booking_intents":
        return {"customer_phone_hash": phone_in(row["request"])}
    if table.name == "follow_ups":
        return {"sent_to_hash": row["payload"].get("to") if "tried_at" in row["payload"] else None}
    if any(isinstance(one.type, Hashed) for one in table.columns):
        raise NotImplementedError(f"{table.name} has a hash that nobody knows to make")
    return {}


def _is_stale(table: Table, now: str, session: AsyncSession) -> ColumnElement[bool]:
    return or_(*(and_(_is_set(one), _key_of(one, session) != now) for one in _encrypted(table)))


def _encrypted(table: Table) -> list[Column[Any]]:
    kinds = EncryptedText | EncryptedJson | EncryptedBytes
    return [one for one in table.columns if isinstance(one.type, kinds)]


def _is_set(column: Column[Any]) -> ColumnElement[bool]:
    """Limit a query to rows with something in a column that is to be encrypted."""
    if isinstance(column.type, EncryptedJson):
        return and_(column.is_not(None), cast(column, Text) != "null")
    if isinstance(column.type, EncryptedText) and column.type.readable:
        return and_(column.is_not(None), type_coerce(column, String).not_in(sorted(column.type.readable)))
    return column.is_not(None)


def _key_of(column: Column[Any], session: AsyncSession) -> ColumnElement[str]:
    """Give the id of the key that a value is encrypted with, ``plain`` of one that is not."""
    stored: ColumnElement[Any]
    if isinstance(column.type, EncryptedBytes):
        begin = func.substr(type_coerce(column, LargeBinary), 1, len(MARK) + ID_CHARACTERS)
        postgres = session.get_bind().dialect.name == "postgresql"
        stored = func.encode(begin, "escape", type_=Text) if postgres else cast(begin, Text)
    elif isinstance(column.type, EncryptedJson):
        # A JSON string: its quotation mark comes first.
        stored = func.substr(cast(column, Text), 2)
    else:
        stored = type_coerce(column, String)
    name = func.substr(stored, len(MARK) + 1, ID_CHARACTERS, type_=String)
    return case((func.substr(stored, 1, len(MARK)) == MARK, name), else_=PLAIN)
