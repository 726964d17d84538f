"""RFC 3339 timestamps: one reader, one writer."""

import re
from datetime import UTC, date, datetime
from typing import Any, Literal

LONGEST = 64
"""Characters of a timestamp."""
YEARS = range(1970, 2201)

_TIMESTAMP = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s?(Z|z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class TimestampInvalid(ValueError):
    """A text that is no timestamp; ``reason``: format, no offset, no such date, a year out of ``YEARS``."""

    def __init__(self, reason: Literal["format", "offset", "date", "year"]) -> None:
        super().__init__(reason)
        self.reason = reason


def read_timestamp(text: str) -> datetime | date:
    """Read a timestamp, which keeps its offset, or a bare date."""
    try:
        if _DATE.fullmatch(text):
            day = date.fromisoformat(text)
            return _in_range(day, day)
        found = _TIMESTAMP.fullmatch(text)
        if found is None:
            raise TimestampInvalid("format")
        if found[3] is None:
            raise TimestampInvalid("offset")
        moment = datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3].upper()}")
        return _in_range(moment, moment.astimezone(UTC))
    except (ValueError, OverflowError) as error:
        if isinstance(error, TimestampInvalid):
            raise
        raise TimestampInvalid("date") from error


def find_timestamp(value: Any) -> datetime | None:
    """Read a timestamp in UTC of what may be anything else; None when it is."""
    if not isinstance(value, str) or len(value) > LONGEST:
        return None
    try:
        read = read_timestamp(value.strip())
    except TimestampInvalid:
        return None
    return read.astimezone(UTC) if isinstance(read, datetime) else None


def timestamp(moment: datetime) -> str:
    """Write an aware moment: UTC, ``Z``."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _in_range(given: datetime | date, in_utc: date) -> datetime | date:
    if in_utc.year not in YEARS:
        raise TimestampInvalid("year")
    return given
