"""``end_call``: hang up after the goodbye."""

from tools.context import Ending, ToolContext
from tools.function import Result, function


async def end_call(ctx: ToolContext, reason: str) -> Result:
    """Hang up.

    Call it together with your goodbye, when the caller has said that they need nothing else or has said
    goodbye. The goodbye is spoken to its end before the line is cut. Never call it while a question of the
    caller's is open.

    Args:
        reason: Why, in a few words, without names or numbers, for example "booked" or "caller said goodbye".

    Returns:
        Status ``ending``.
    """
    ctx.ending.set(Ending("hang_up", reason[:200]))
    return {"status": "ending"}


END_CALL = function(end_call, write=True, exact="ending")
