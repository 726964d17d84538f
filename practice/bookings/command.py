"""What a partner asks the ledger for."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Operation = Literal["book", "cancel", "reschedule"]


@dataclass(frozen=True, slots=True)
class BookingCommand:
    """A checked request of one of the operations that need an Idempotency-Key.

    Attributes:
        content: What the platform is sent: the contract's ``booking`` or ``cancellation``.
        booking_id: What is to be cancelled or moved; None for a new booking.
        start: UTC; the time that the appointment is to take, when one is asked for.
        end: UTC; None also when a reschedule keeps the length.
    """

    operation: Operation
    content: Mapping[str, Any]
    sha256: str
    booking_id: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    practitioner_id: str | None = None


def fingerprint(content: Mapping[str, Any]) -> str:
    """Hash a request, whatever the order of its fields.

    Returns:
        SHA-256, 64 hex digits.
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
