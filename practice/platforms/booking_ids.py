"""Ids and statuses of bookings, which are the platforms' own."""

from collections.abc import Mapping
from typing import Any

from contracts.partner import LONGEST_ID


def text_of(value: Any) -> str:
    """Write a platform's id or status as text without what UTF-8 and PostgreSQL cannot hold."""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()


def id_of(booking: Mapping[str, Any]) -> str | None:
    """Take out of a booking the id by which it can be asked for; None when nobody could."""
    text = text_of(booking["id"]) if booking.get("id") else ""
    return text if 0 < len(text) <= LONGEST_ID else None
