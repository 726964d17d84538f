"""A conversation with the functions: says, hears and calls, and keeps the messages as a call would."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from contracts.conversation import Message
from contracts.partner import BotProfile
from kit.clock import Clock
from knowledge.search.index import KnowledgeIndex
from tests.fakes.partner_server import PartnerServer
from tools.clients.partner import PartnerClient
from tools.clients.upstream import RetryPolicy, Upstream
from tools.context import ToolContext
from tools.registry import run_function
from tools.slots import SlotSealer

BOT_ID = "bot_01h2xcejqtf2nbrexx3vqjhp41"

PROFILE: dict[str, Any] = {
    "id": BOT_ID,
    "name": "Maple Street Dental",
    "account_id": "acct_1",
    "site_id": 1,
    "assistant_id": 1,
    "phone_numbers": ["+12025550142"],
    "timezone": "America/New_York",
    "transfer_number": "+12025550143",
    "practice": {
        "name": "Maple Street Dental",
        "phone": "+12025550142",
        "timezone": "America/New_York",
        "hours": [{"weekday": day, "opens": "09:00", "closes": "17:00"} for day in range(5)],
        "closures": [{"date": "2026-12-25", "name": "Christmas Day"}],
        "services": [
            {"id": "svc_clean", "name": "Cleaning", "duration_minutes": 30, "aliases": ["hygienist"]},
            {"id": "svc_check", "name": "Checkup", "duration_minutes": 45, "aliases": ["exam"]},
        ],
        "practitioners": [{"id": "p_lee", "name": "Dr. Lee"}, {"id": "p_ortiz", "name": "Dr. Ortiz"}],
        "horizon_days": 60,
        "min_notice_minutes": 60,
    },
}


def window(start: str, minutes: int, practitioner: str | None = "p_lee") -> dict[str, Any]:
    """Make a free window as a platform returns it."""
    names = {"p_lee": "Dr. Lee", "p_ortiz": "Dr. Ortiz"}
    free: dict[str, Any] = {"start_at": start, "duration_minutes": minutes}
    if practitioner:
        free["practitioner"] = {"id": practitioner, "name": names[practitioner]}
    return free


async def no_pause(_seconds: float) -> None:
    """Wait not at all."""


@dataclass
class Talk:
    """A conversation in progress."""

    server: PartnerServer
    ctx: ToolContext
    messages: list[Message] = field(default_factory=list)

    def says(self, text: str) -> None:
        """The bot says something and the caller hears it."""
        self.messages.append({"role": "assistant", "content": text})

    def hears(self, text: str) -> None:
        """The caller says something."""
        self.messages.append({"role": "user", "content": text})

    async def calls(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """The model calls a function."""
        result = await run_function(self.ctx, name, arguments)
        self.keeps(name, arguments, result)
        return result

    def keeps(self, name: str, arguments: dict[str, Any], result: dict[str, Any]) -> None:
        """Write a function call and its result into the messages."""
        call = {
            "id": f"call_{len(self.messages)}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        self.messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
        self.messages.append({"role": "tool", "tool_call_id": call["id"], "content": json.dumps(result)})


@asynccontextmanager
async def talking(
    server: PartnerServer,
    clock: Clock,
    *,
    call_id: str = "call-1",
    caller_number: str | None = "+12025550199",
    profile: dict[str, Any] | None = None,
    knowledge: KnowledgeIndex | None = None,
    timeout_seconds: float = 5.0,
    slot_lifetime: timedelta = timedelta(minutes=30),
) -> AsyncIterator[Talk]:
    """Begin a conversation against a partner's server."""
    bot = BotProfile.model_validate(profile or PROFILE)
    async with httpx.AsyncClient(transport=server.transport(), base_url="http://partner.test") as client:
        upstream = Upstream(
            client, lambda: "sk_ptnr_test", RetryPolicy(timeout_seconds, 3, 10.0), sleep=no_pause
        )
        messages: list[Message] = []
        ctx = ToolContext(
            bot=bot,
            facts=bot.facts(),
            partner=PartnerClient(upstream, bot.id),
            site=None,
            knowledge=knowledge,
            sealer=SlotSealer(b"k" * 32, slot_lifetime),
            clock=clock,
            call_id=call_id,
            caller_number=caller_number,
            messages=lambda: messages,
        )
        yield Talk(server, ctx, messages)
        await ctx.partner.settle()


def local(result: dict[str, Any]) -> list[str]:
    """List the starts of a result's slots as ``"12-01 14:00"``."""
    return [datetime.fromisoformat(one["start"]).strftime("%m-%d %H:%M") for one in result["slots"]]
