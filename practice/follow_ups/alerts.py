"""What the practice's people have to know of: what is in doubt, was not sent, or does not answer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from kit.db.database import Database
from practice.records.bookings import BookingIntent
from practice.records.follow_ups import FollowUp
from practice.records.partners import Bot


@dataclass(frozen=True, slots=True)
class Alerts:
    """What is wrong at a site.

    Attributes:
        in_doubt: Bookings, moves and cancellations of which the platform has not said what became.
        given_up: Of those, the ones that nobody finds out about any more: people have to.
        dead: What was given up, by its kind, such as ``confirmation_sms``.
        silent_platforms: Names of bots whose booking system failed so often of late that it is left alone.
        silent_vendors: The same of vendors' services, such as ``model``.
    """

    in_doubt: int
    given_up: int
    dead: dict[str, int]
    silent_platforms: tuple[str, ...] = ()
    silent_vendors: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.in_doubt or self.dead or self.silent_platforms or self.silent_vendors)


async def count_follow_ups(database: Database) -> dict[str, int]:
    """Count what waits, runs or was given up, of all practices."""
    states = ("waiting", "running", "dead")
    query = select(FollowUp.state, func.count()).where(FollowUp.state.in_(states)).group_by(FollowUp.state)
    async with database.reading() as session:
        found = {row[0]: row[1] for row in await session.execute(query)}
    return {state: found.get(state, 0) for state in states}


async def find_alerts(
    database: Database, site_id: int, platforms: Sequence[str] = (), vendors: Sequence[str] = ()
) -> Alerts:
    """Find out what is wrong at a site."""
    bots = select(Bot.id).where(Bot.site_id == site_id)
    doubts = select(func.count(), func.count(BookingIntent.given_up_at)).where(
        BookingIntent.bot_id.in_(bots), BookingIntent.in_doubt.is_(True), BookingIntent.state == "unknown"
    )
    dead = (
        select(FollowUp.kind, func.count())
        .where(FollowUp.bot_id.in_(bots), FollowUp.state == "dead")
        .group_by(FollowUp.kind)
    )
    async with database.reading() as session:
        in_doubt, given_up = (await session.execute(doubts)).one()
        kinds: Counter[str] = Counter({row[0]: row[1] for row in await session.execute(dead)})
    return Alerts(in_doubt, given_up, dict(kinds), tuple(platforms), tuple(vendors))
