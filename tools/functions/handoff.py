"""``take_message`` and ``transfer_call``: when a person should see to it."""

import hashlib

from contracts.partner import MessageCustomer, StaffMessage
from language import phone as phones
from language import speak
from tools.context import Ending, ToolContext
from tools.errors import UpstreamError
from tools.function import Result, function

MAX_TEXT_CHARS = 2000


async def take_message(
    ctx: ToolContext, text: str, name: str | None = None, phone: str | None = None
) -> Result:
    """Leave a message for the practice's team.

    Call it when the caller wants something that you cannot do, or asks to leave a message. Ask first what
    the message is, and for their name and number if you don't have them. Say that the message is passed on
    only when the status is "taken_down".

    Args:
        ctx: The call.
        text: The message, in the caller's words.
        name: The caller's name, if they gave it.
        phone: The number to call back, digits or words, if they gave one; the number that they are calling
            from is used otherwise.

    Returns:
        Status ``taken_down`` or ``unavailable``.
    """
    region = phones.region_of([*ctx.bot.phone_numbers, ctx.facts.phone, ctx.caller_number])
    number = (phones.parse(phone, region) if phone else None) or ctx.caller_number
    customer = MessageCustomer(name=speak.name(name) if name else None, phone=number)
    said = text[:MAX_TEXT_CHARS]
    digest = hashlib.sha256("\x00".join((ctx.call_id, said.casefold(), number or "")).encode()).hexdigest()
    try:
        await ctx.partner.leave_message(StaffMessage(customer=customer, text=said), f"cs-msg-{digest}")
    except UpstreamError as error:
        say = "I'm sorry, I couldn't save your message just now. Please call us again a little later."
        return {"status": "unavailable", "say": say, "code": error.code}
    return {"status": "taken_down", "say": "Thank you, I've passed your message on to the team."}


async def transfer_call(ctx: ToolContext, reason: str) -> Result:
    """Put the caller through to a person at the practice.

    Call it when the caller asks for a person, or needs help at once that you cannot give. When the status is
    "not_possible", offer to take a message.

    Args:
        ctx: The call.
        reason: Why, in a few words, without names or numbers.

    Returns:
        Status ``transferring`` or ``not_possible``.
    """
    number = ctx.bot.transfer_number
    if not number:
        say = "I'm sorry, I can't put you through just now. I can take a message for the team, if you like."
        return {"status": "not_possible", "say": say}
    stands = ctx.ending.set(Ending("transfer", reason[:200], to=number))
    if stands.kind != "transfer":
        return {"status": "not_possible", "say": "I'm sorry, the call is already ending."}
    return {"status": "transferring", "say": "One moment, please. I'll put you through."}


TAKE_MESSAGE = function(take_message, write=True)
TRANSFER_CALL = function(transfer_call, write=True)
