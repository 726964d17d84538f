"""The hand-off ladder: whom a practice rings when a caller wants a person, in which order, and when."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.practice_rules import WEEKDAYS
from kit.clock import Clock
from kit.copying import copy_fields
from kit.db.database import Database
from language.phone import find_e164, find_region, is_costly
from practice.calendar.hours import minutes_of
from practice.calendar.opening import find_open
from practice.chat_sessions import repository
from practice.errors import AccountNotFound, InvalidRequest
from practice.partners.views import BotView
from practice.records.chat_sessions import HandOffContact
from practice.records.partners import BotNumber
from practice.records.practices import Practice
from practice.service import RecordsService

Available = Literal["open", "closed", "always", "hours"]
AVAILABLE: tuple[Available, ...] = ("open", "closed", "always", "hours")
RING_SECONDS = 20
SHORTEST_RING, LONGEST_RING = 5, 120
MOST_CONTACTS = 20
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to ring.

    Attributes:
        phone: E.164.
        available: While the practice is ``open`` or ``closed``, ``always``, or in ``hours`` of their own.
        hours: Weekday name to intervals such as ``08:00-12:00``, local time.
    """

    position: int
    name: str
    phone: str
    available: Available = "always"
    hours: dict[str, list[str]] | None = None
    ring_seconds: int = RING_SECONDS


class Ladder(RecordsService):
    """The ladders of practices; countries such as ``US`` bound them, or None, each practice's own."""

    def __init__(self, database: Database, clock: Clock, countries: Sequence[str] | None = None) -> None:
        super().__init__(database, clock)
        self._countries = countries

    async def list_contacts(self, practice_id: str) -> list[Contact]:
        """List a practice's contacts in the order in which they are rung."""
        async with self._database.reading() as session:
            return [copy_fields(Contact, row) for row in await repository.list_contacts(session, practice_id)]

    async def set_contacts(self, practice_id: str, contacts: Sequence[Contact]) -> None:
        """Replace a practice's ladder, whole or not at all."""
        async with self._database.session() as session:
            practice = await session.get(Practice, practice_id)
            if practice is None:
                raise AccountNotFound("No such practice.")
            await replace_contacts(session, practice, contacts, self._countries)

    async def list_available(self, bot: BotView) -> list[Contact]:
        """List whom a bot's callers may be put through to now, in order.

        A practice without a ladder has the bot's transfer number, if there is one.
        """
        kept = await self.list_contacts(bot.practice_id) if bot.practice_id is not None else []
        if not kept:
            return [Contact(0, "the team", bot.transfer_number)] if bot.transfer_number else []
        now = self._clock()
        is_open = await find_open(self._database, bot.account_id, now)
        local = now.astimezone(ZoneInfo(bot.timezone))
        return [one for one in kept if _is_available(one, local, is_open=is_open is not False)]


async def replace_contacts(
    session: AsyncSession,
    practice: Practice,
    contacts: Sequence[Contact],
    countries: Sequence[str] | None = None,
) -> None:
    """Replace a practice's ladder in a transaction of somebody else's, if every contact can be rung."""
    if len(contacts) > MOST_CONTACTS:
        raise InvalidRequest(f"A ladder has at most {MOST_CONTACTS} contacts.")
    for one in contacts:
        _check(one, practice.phone, countries)
        if await session.get(BotNumber, one.phone) is not None:
            raise InvalidRequest(f"{one.name}: a bot answers {one.phone}; it cannot be rung.")
    await session.execute(delete(HandOffContact).where(HandOffContact.practice_id == practice.id))
    session.add_all(
        HandOffContact(practice_id=practice.id, **{**asdict(one), "position": position})
        for position, one in enumerate(contacts)
    )


def _check(contact: Contact, practice_phone: str | None, countries: Sequence[str] | None) -> None:
    """Make sure that a contact can be rung."""
    if not contact.name.strip() or len(contact.name) > LONGEST_NAME:
        raise InvalidRequest(f"A contact's name has 1 to {LONGEST_NAME} characters.")
    region = _region_of(contact.phone)
    if region is None:
        raise InvalidRequest(f"{contact.name}: {contact.phone[:40]} is no telephone number in full (+1…).")
    if is_costly(contact.phone):
        raise InvalidRequest(f"{contact.name}: {contact.phone} costs extra; it cannot be rung.")
    own = _region_of(practice_phone) if practice_phone else None
    allowed = countries if countries is not None else ([own] if own else [region])
    if region not in allowed:
        raise InvalidRequest(f"{contact.name}: {region} is not among the countries {', '.join(allowed)}.")
    if not SHORTEST_RING <= contact.ring_seconds <= LONGEST_RING:
        raise InvalidRequest(f"{contact.name}: rings for {SHORTEST_RING} to {LONGEST_RING} seconds.")
    if (contact.available == "hours") != bool(contact.hours):
        raise InvalidRequest(f"{contact.name}: hours go with the availability 'hours', and it needs some.")
    for day, intervals in (contact.hours or {}).items():
        if day not in WEEKDAYS:
            raise InvalidRequest(f"{contact.name}: {day[:20]} is no weekday.")
        for interval in intervals:
            _interval(interval)


def _region_of(number: str) -> str | None:
    return find_region(number) if find_e164(number, None) == number else None


def _is_available(contact: Contact, local: datetime, *, is_open: bool) -> bool:
    match contact.available:
        case "always":
            return True
        case "open":
            return is_open
        case "closed":
            return not is_open
        case "hours":
            intervals = (contact.hours or {}).get(WEEKDAYS[local.weekday()], [])
            minute = local.hour * 60 + local.minute
            return any(opens <= minute < closes for opens, closes in map(_interval, intervals))


def _interval(text: str) -> tuple[int, int]:
    """Read ``08:00-12:00`` as minutes from midnight."""
    try:
        return minutes_of(text)
    except ValueError as error:
        raise InvalidRequest(f"{text[:20]!r} is no interval such as 08:00-12:00: {error}.") from None
