"""Reading the ledger, and keeping it in order."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from config.settings import LedgerSettings
from kit.clock import Clock
from kit.db.database import Database
from practice.bookings import repository
from practice.bookings.leases import Leases
from practice.errors import BookingNotFound, InvalidRequest
from practice.partners.views import BotView
from practice.platforms.routing import is_embedded
from practice.records.bookings import BookingIntent
from practice.records.finding import find_by
from practice.service import RecordsService

PURGED_AT_ONCE = 500
"""Rows deleted in one transaction: bookings must not wait for a long one."""


class BookingQueries(RecordsService):
    """The ledger's rows, outside of the work on them."""

    def __init__(
        self, database: Database, clock: Clock, lease_clock: Clock, settings: LedgerSettings
    ) -> None:
        super().__init__(database, clock)
        self._leases = Leases(lease_clock, settings)

    async def get_intent(self, partner_id: str, intent_id: str, bot: BotView | None) -> BookingIntent:
        """Get a row of a bot, or of any of the partner's."""
        async with self._database.reading() as session:
            intent = await repository.find_intent(session, intent_id, partner_id)
        if intent is None or (bot is not None and intent.bot_id != bot.id):
            raise BookingNotFound
        return intent

    async def find_booked(
        self, partner_id: str, booking_id: str, bot: BotView | None
    ) -> tuple[BookingIntent | None, bool]:
        """Find the record of a booking.

        Args:
            bot: Of which bot's platform; None is any, if there is just one.

        Returns:
            The row that made the booking, or None; and whether it was, as far as the ledger knows, another
            partner who booked.

        Raises:
            InvalidRequest: Several bots' platforms have a booking of that id, and none is named.
        """
        async with self._database.reading() as session:
            if bot is None:
                return await _only_one(session, partner_id, booking_id), False
            found = await repository.list_booked(
                session, booking_id, partner_id=partner_id, account_id=bot.account_id
            )
            own = [one for one in found if one.bot_id == bot.id]
            if found:
                return (own or found)[0], False
            others = is_embedded(bot) and await repository.list_booked(
                session, booking_id, account_id=bot.account_id
            )
            return None, bool(others)

    async def give_up(self, intent_id: str) -> bool:
        """Stop finding out about a request that nobody works on; its key asked for again still does."""
        async with self._database.session() as session:
            intent = await find_by(session, BookingIntent, id=intent_id, lock=True)
            if intent is None or intent.given_up_at is not None or not self._leases.is_open(intent):
                return False
            intent.state, intent.in_doubt = "unknown", True
            intent.given_up_at = intent.updated_at = self._clock()
            return True

    async def list_abandoned(self, limit: int) -> list[tuple[str, str]]:
        """List (request, bot) of unknown outcome that nobody works on."""
        silent_since, latest = self._leases.bounds(grace=1)
        async with self._database.reading() as session:
            return await repository.list_abandoned(session, silent_since, latest, limit)

    async def purge(self, before: datetime) -> int:
        """Delete old keys and their answers; a booking still to come keeps its record."""
        purged, last = 0, PURGED_AT_ONCE
        while last == PURGED_AT_ONCE:
            async with self._database.session() as session:
                last = await repository.delete_old(session, before, self._clock(), PURGED_AT_ONCE)
            purged += last
        return purged


async def _only_one(session: AsyncSession, partner_id: str, booking_id: str) -> BookingIntent | None:
    found = await repository.list_booked(session, booking_id, partner_id=partner_id)
    if len({one.bot_id for one in found}) > 1:
        raise InvalidRequest("Several bots have a booking of that id: bot_id is required.")
    return found[0] if found else None
