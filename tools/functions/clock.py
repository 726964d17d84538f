"""``get_current_time``: by a function, so that the prompt stays the same from call to call."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from language import speak
from tools.context import ToolContext
from tools.function import Result, function


async def get_current_time(ctx: ToolContext, timezone: str | None = None) -> Result:
    """Tell the present date and time.

    Call it when the answer depends on the time of day or the date. To find appointments, don't: pass the
    caller's own words to search_availability.

    Args:
        timezone: An IANA name such as "America/New_York"; the practice's own when not given.

    Returns:
        Status ``ok`` with the moment, or ``invalid``.
    """
    try:
        zone = ZoneInfo(timezone) if timezone else ctx.zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return {"status": "invalid", "error": "there is no such time zone"}
    now = ctx.clock().astimezone(zone)
    said = f"{speak.moment(now)}, {now:%Y}"
    return {"status": "ok", "now": now.isoformat(timespec="seconds"), "spoken": said, "timezone": zone.key}


GET_CURRENT_TIME = function(get_current_time, write=False)
