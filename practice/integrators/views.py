"""What other rooms see of clients."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ClientView:
    """An integrator's client; ``revoked_at`` is None while it is good."""

    id: str
    name: str | None
    scopes: tuple[str, ...]
    site_ids: tuple[int, ...] | None
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def reaches(self, site_id: int) -> bool:
        """Tell whether a site is the client's."""
        return self.site_ids is None or site_id in self.site_ids


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client just made."""

    client: ClientView
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SigningKeyView:
    """A key that signs access tokens, opened; once ``retired_at`` is past it verifies nothing."""

    id: str
    key: bytes = field(repr=False)
    retired_at: datetime | None
