"""Lengths of time and moments, as people write them on the command line and read them there."""

import re
from datetime import UTC, datetime, timedelta

from cli.errors import UserError

_PERIOD = re.compile(r"(\d{1,4})\s*([mhdw])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def period_of(text: str, option: str) -> timedelta:
    """Read a length of time: ``30m``, ``24h``, ``90d``, ``2w``; UserError names its option."""
    found = _PERIOD.fullmatch(text.strip())
    if found is None:
        raise UserError(f"{option} {text} is not a length of time such as 30m, 24h, 90d or 2w.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def moment_of(text: str, option: str, now: datetime) -> datetime:
    """Read a moment, ``90d`` from now or ISO with its offset; gives it in UTC."""
    try:
        if _PERIOD.fullmatch(text.strip()):
            return now + period_of(text, option)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise UserError(
        f"{option} {text} is neither a length of time such as 90d"
        " nor a moment with its offset such as 2026-12-01T09:00:00Z."
    )


def shown(moment: datetime | None, otherwise: str = "") -> str:
    """Write a moment for reading, for example ``2026-12-01 14:00Z``."""
    return otherwise if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%MZ}"
