"""Sites with the practices that they belong to, for whoever works at them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from kit.db.database import Database
from practice.records.practices import Practice, Site


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A site and its practice, whose calendar the account's is; without one there is neither."""

    site_id: int
    name: str
    practice_id: str | None
    account_id: str | None
    timezone: str
    phone: str | None


class Places:
    """Where the practices' people work."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_places(self, site_ids: Sequence[int]) -> list[PlaceView]:
        """List sites with their practices, in the order of their numbers; numbers of none are left out."""
        query = (
            select(Site.id, Site.name, Practice.id, Practice.account_id, Practice.timezone, Practice.name)
            .add_columns(Practice.phone)
            .outerjoin(Practice, Practice.id == Site.practice_id)
            .where(Site.id.in_(site_ids))
            .order_by(Site.id)
        )
        async with self._database.reading() as session:
            found = await session.execute(query)
            return [
                PlaceView(
                    site_id=row[0],
                    name=row[5] or row[1],
                    practice_id=row[2],
                    account_id=row[3],
                    timezone=row[4] or "UTC",
                    phone=row[6],
                )
                for row in found
            ]
