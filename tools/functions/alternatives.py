"""What is said when somebody else has the time now."""

from datetime import datetime
from typing import Any

from contracts.partner import PractitionerFacts, ServiceFacts
from language import speak
from language.datetimes.constraints import Choice, Days, Hours, TimeConstraints
from tools.context import ToolContext
from tools.errors import UpstreamError
from tools.function import Result
from tools.functions import offers
from tools.functions.offers import Wanted, horizon_end
from tools.slots import Slot


async def alternatives_near(ctx: ToolContext, slot: Slot, service: ServiceFacts | None) -> Result:
    """Say that a time, with its practitioner's name, has been taken, and offer the nearest others, if any."""
    say = "I'm sorry, that time has just been taken."
    local: datetime = slot.start.astimezone(ctx.zone)
    day, minute = local.date(), local.hour * 60 + local.minute
    taken = Choice((Days(day, day, ""),), (Hours(minute, minute + 1, "", exact=True),))
    around = TimeConstraints(ctx.clock().astimezone(ctx.zone), (taken,))
    practitioner = slot.practitioner_id
    seen = (
        PractitionerFacts(id=practitioner, name=slot.practitioner or practitioner) if practitioner else None
    )
    listed: list[dict[str, Any]] = []
    # The same person first; when they have nothing near, anybody.
    for whom in dict.fromkeys((practitioner, None)):
        wanted = Wanted(service, seen if whom else None, slot.duration_minutes)
        try:
            slots, _ = await offers.find_near(ctx, wanted, around, horizon_end(ctx))
        except UpstreamError:
            break
        free = [one for one in slots if one.start != slot.start][: ctx.rules.offers]
        listed = offers.sealed(ctx, sorted(free, key=lambda one: one.start))
        if listed:
            say = f"{say} The nearest I have: {offers.said_list(ctx, listed)}. Would one of those suit you?"
            break
    return {"say": speak.one_stop(say), "slots": listed}
