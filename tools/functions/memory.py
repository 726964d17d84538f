"""``write_to_memory`` and ``read_memory``: what the assistant is to know later in the conversation."""

from tools.context import ToolContext
from tools.errors import UpstreamError
from tools.function import Result, function

LONGEST_KEY = 100
LONGEST_DATA = 2000
_NO_MEMORY: Result = {"status": "unavailable", "error": "this conversation has no memory"}


async def write_to_memory(ctx: ToolContext, key: str, data: str) -> Result:
    """Write something down, to know it later in this conversation.

    Only what the caller said and will matter again. Writing it down changes nothing at the practice: it
    neither books nor passes a message on.

    Args:
        key: What it is, in one or two words.
        data: What to remember.

    Returns:
        Status ``written``, ``invalid`` or ``unavailable``.
    """
    if len(key) > LONGEST_KEY or len(data) > LONGEST_DATA:
        return {"status": "invalid", "error": f"at most {LONGEST_KEY} and {LONGEST_DATA} characters"}
    if ctx.site is None or ctx.assistant_id is None:
        return _NO_MEMORY
    try:
        await ctx.site.write_memory(ctx.assistant_id, ctx.call_id, key, data)
    except UpstreamError as error:
        return {"status": "unavailable", "code": error.code}
    return {"status": "written", "key": key}


async def read_memory(ctx: ToolContext, key: str | None = None) -> Result:
    """Read what was written down in this conversation.

    Args:
        key: What to read; everything when not given.

    Returns:
        Status ``ok`` with what is known, or ``unavailable``.
    """
    if ctx.site is None or ctx.assistant_id is None:
        return _NO_MEMORY
    try:
        known = await ctx.site.read_memory(ctx.assistant_id, ctx.call_id)
    except UpstreamError as error:
        return {"status": "unavailable", "code": error.code}
    return {"status": "ok", "memory": known if key is None else {key: known.get(key)}}


WRITE_TO_MEMORY = function(write_to_memory, write=False, quiet="written")
READ_MEMORY = function(read_memory, write=False)
