"""``Retry-After``: how long another server wants no request."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_SECONDS = 86_400.0
"""The longest wait that is honoured."""


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> timedelta:
    """Read ``Retry-After`` (RFC 9110 section 10.2.3): seconds, or a date; at most a day, none when malformed.

    A date counts from ``now``, or the answer's own ``Date``, so that no end's wrong clock matters.
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
