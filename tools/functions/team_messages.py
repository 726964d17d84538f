"""Messages for the practice's team that must not be lost, and must not keep the caller waiting."""

import asyncio

from contracts.partner_messages import StaffMessage
from tools.context import ToolContext

_SOON_SECONDS = 1.5
"""Longer than that nobody is kept in silence for it."""


async def left_soon(ctx: ToolContext, message: StaffMessage, key: str) -> bool:
    """Leave a message for the team, kept until it can be left; only if it is by now the caller is told so."""
    keeping = ctx.partner.keep_message(message, key)
    done, _ = await asyncio.wait({keeping}, timeout=_SOON_SECONDS)
    return keeping in done and not keeping.cancelled() and keeping.exception() is None
