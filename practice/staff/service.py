"""The people of a practice who may log in."""

from dataclasses import dataclass

from config.clock import Clock
from config.database import Database


@dataclass(frozen=True, slots=True)
class StaffView:
    """A person of the practice.

    Attributes:
        id: ``staf_…``.
        email: Lower case.
        role: ``ADMIN`` or ``SITE_USER``.
        first_name: Given name.
        last_name: Family name.
        site_ids: The sites they may reach.
    """

    id: str
    email: str
    role: str
    first_name: str
    last_name: str
    site_ids: tuple[int, ...]

    def may_reach(self, site_id: int) -> bool:
        """Tell whether a site is theirs."""
        return site_id in self.site_ids


class Staff:
    """Log-in of the practice's people."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def log_in(self, email: str, password: str) -> StaffView:
        """Check a password (raises WrongPassword)."""
        raise NotImplementedError

    async def find(self, staff_id: str) -> StaffView | None:
        """Find a person by id."""
        raise NotImplementedError

    async def create(
        self,
        email: str,
        password: str,
        *,
        first_name: str,
        last_name: str,
        role: str = "SITE_USER",
        site_ids: tuple[int, ...] = (),
    ) -> StaffView:
        """Add a person."""
        raise NotImplementedError
