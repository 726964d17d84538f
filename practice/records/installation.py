"""The installation that a database belongs to."""

from sqlalchemy import CheckConstraint, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from kit.data_keys import PLAIN
from kit.db.database import Database
from practice.records.base import Base


class Installation(Base):
    """The one row that holds a word sealed with the installation's key.

    ``data_keys`` are the ids of the keys with which patients' data is encrypted, ``plain`` among them as long
    as some is not; without any, nobody has looked yet.
    """

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seal: Mapped[bytes] = mapped_column(LargeBinary)
    data_keys: Mapped[list[str] | None]


async def list_data_keys(database: Database) -> list[str]:
    """List the ids of the keys that patients' data is encrypted with, ``plain`` where some is not."""
    async with database.reading() as session:
        return await session.scalar(select(Installation.data_keys)) or [PLAIN]
