"""Ids and statuses of bookings, which are the platforms' own."""

from collections.abc import Mapping
from typing import Any

from contracts.partner import LONGEST_ID


def text_of(value: Any) -> str:
    """Write a platform's id or status as text that both databases hold.

    Returns:
        The text without what UTF-8 and PostgreSQL cannot hold.
    """
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()


def id_of(booking: Mapping[str, Any]) -> str | None:
    """Take out of a booking what it can be asked for by.

    Returns:
        Its id as text; None when it has none, or one that nobody could ask for.
    """
    text = text_of(booking["id"]) if booking.get("id") else ""
    return text if 0 < len(text) <= LONGEST_ID else None
