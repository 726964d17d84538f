"""What other rooms see of the practice's staff."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StaffView:
    """A staff member; a log-in asks those with a second factor for a code too."""

    id: str
    email: str
    role: str
    first_name: str
    last_name: str
    site_ids: tuple[int, ...]
    has_second_factor: bool = False


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """A staff member as the operator sees them."""

    staff: StaffView
    has_password: bool
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogInView:
    """Somebody who is logged in."""

    id: str
    email: str
    since: datetime
    expires_at: datetime
