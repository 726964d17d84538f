"""``search_knowledge``: what the practice's files say."""

from tools.context import ToolContext
from tools.function import Result, function


async def search_knowledge(ctx: ToolContext, question: str) -> Result:
    """Look up what the practice's own documents say.

    Call it when the caller asks about the practice: prices, insurance, location, parking, preparation,
    aftercare, policies. Answer only with what the returned passages say, in one or two short sentences. When
    the status is "nothing", say that you don't know and offer to take a message; do not guess.

    Args:
        ctx: The call.
        question: The caller's question, as a whole sentence.

    Returns:
        Status ``ok`` or ``nothing``.
    """
    passages = ctx.knowledge.search(question) if ctx.knowledge else []
    if not passages:
        return {"status": "nothing"}
    found = [{"text": one.text, "file": one.file, "heading": one.heading} for one in passages]
    return {"status": "ok", "passages": found}


SEARCH_KNOWLEDGE = function(search_knowledge, write=False)
