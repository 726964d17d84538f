"""``Retry-After``: how long another server wants no request."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_SECONDS = 86_400.0
"""The longest wait that is honoured."""


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> timedelta:
    """Read ``Retry-After`` (RFC 9110 section 10.2.3): seconds, or a date.

    Args:
        now: The present moment, aware; None takes the answer's own ``Date``, so that a clock that is wrong
            at either end does not matter.

    Returns:
        The wait, none when the header is missing, malformed or in the past; at most a day.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(float(text), LONGEST_SECONDS))
    until, since = _moment(text), now or _moment(headers.get("date", ""))
    if until is None or since is None:
        return timedelta(0)
    return min(max(until - since, timedelta(0)), timedelta(seconds=LONGEST_SECONDS))


def _moment(text: str) -> datetime | None:
    """Read an HTTP date; one without a zone is UTC."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
