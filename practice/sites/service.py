"""Sites: made, and found for those who name none."""

from sqlalchemy import select

from kit.clock import Clock
from kit.db.database import Database
from practice.records.practices import Site

DEFAULT_SITE = "Default"


class Sites:
    """The installation's sites."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create_site(self, name: str, practice_id: str | None = None) -> int:
        """Make a site."""
        site = Site(name=name, practice_id=practice_id, created_at=self._clock())
        async with self._database.session() as session:
            session.add(site)
            await session.flush()
        return site.id

    async def default_site(self) -> int:
        """Give the site of those who name none: the oldest, made when there is none yet."""
        async with self._database.session() as session:
            found = await session.scalar(select(Site.id).order_by(Site.id).limit(1))
        return found if found is not None else await self.create_site(DEFAULT_SITE)
