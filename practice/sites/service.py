"""Sites: made, and found for those who name none."""

from sqlalchemy import select

from practice.records.practices import Site
from practice.service import RecordsService

DEFAULT_SITE = "Default"


class Sites(RecordsService):
    """The installation's sites."""

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
