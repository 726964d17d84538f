"""What the booking endpoints answer with."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class PartnerResponse:
    """An answer for the partner.

    Attributes:
        status: HTTP status code; the platform's own when it was asked.
        replayed: The answer was stored earlier (header ``Idempotency-Replayed: true``).
        mismatch: The stored answer belongs to a different request body
            (header ``Idempotency-Key-Mismatch: true``).
        retry_after: The platform asked us to wait that long (header ``Retry-After``).
    """

    status: int
    body: dict[str, Any]
    replayed: bool = False
    mismatch: bool = False
    retry_after: timedelta = timedelta(0)
