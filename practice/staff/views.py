"""What other rooms see of the practice's staff."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StaffView:
    """A staff member.

    Attributes:
        id: ``staf_…``.
        role: ``ADMIN`` or ``SITE_USER``.
    """

    id: str
    email: str
    role: str
    first_name: str
    last_name: str
    site_ids: tuple[int, ...]
