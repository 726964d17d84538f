"""How long another server asks to be left alone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_SECONDS = 86_400.0


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Read ``Retry-After`` (RFC 9110 section 10.2.3): seconds, or a date.

    Args:
        headers: The answer's headers.
        now: The present moment, aware.

    Returns:
        The wait, none when the header is missing, malformed or in the past; at most a day.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(float(text), LONGEST_SECONDS))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return timedelta(0)
    wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), timedelta(seconds=LONGEST_SECONDS))
