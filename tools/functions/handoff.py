"""``take_message`` and ``request_person``: when a person should see to it."""

import contextlib
import hashlib
from typing import Literal

from contracts.conversation import calls_of, results_of, text_of
from contracts.partner import LONGEST_NAME
from contracts.partner_messages import MessageCustomer, StaffMessage
from language import speak
from tools.context import Ending, ToolContext
from tools.errors import UpstreamError
from tools.function import Result, function

MAX_TEXT_CHARS = 2000
MAX_REASON_CHARS = 200
MAX_CALLBACK_CHARS = 100
_LAST_WORDS = 3
_WORDS_CHARS = 300
_NOBODY = "I'm sorry, I can't put you through just now. I can take a message for the team, if you like."
_NOBODY_IN_DANGER = (
    "I can't reach the team by phone just now. Please call the emergency number right away."
    " Is somebody with you who can call?"
)
_PASSED_ON = "Thank you, I've passed your message on to the team."
_WRITTEN_DOWN = (
    "I've written your message down, but I can't promise when the team will read it. If it matters soon,"
    " please call again while the practice is open."
)
_PUTTING_THROUGH = "One moment, please. I'll put you through."
_TEXT_ONLY = "Nobody of the team can join us here just now. I can take a message for them, if you like."


async def take_message(
    ctx: ToolContext,
    text: str,
    name: str | None = None,
    phone: str | None = None,
    callback_at: str | None = None,
    kind: Literal["message", "waiting_list"] = "message",
    urgency: Literal["routine", "urgent"] = "routine",
) -> Result:
    """Leave a message for the practice's team.

    Call it when the caller wants something that you cannot do, or asks to leave a message. Ask first what
    the message is, and for their name and number if you don't have them. Say that the message is passed on
    only when the status is "taken_down".

    Args:
        text: The message, in the caller's words.
        name: The caller's name, if they gave it.
        phone: The number to call back, digits or words, if they gave one; the number that they are calling
            from is used otherwise.
        callback_at: When the caller wants to be called back, in their words, if they said so.
        kind: ``waiting_list`` when they want to be told of an earlier or other appointment that comes free.
        urgency: ``urgent`` when it should be read today.

    Returns:
        Status ``taken_down`` or ``unavailable``.
    """
    number = ctx.number(phone) or ctx.caller_number
    customer = MessageCustomer(name=speak.name(name)[:LONGEST_NAME] if name else None, phone=number)
    if not text.strip():
        return {"status": "invalid", "error": "the message is empty"}
    when = callback_at.strip()[:MAX_CALLBACK_CHARS] if callback_at else ""
    said = text[:MAX_TEXT_CHARS] + (f"\nCall back: {when}" if when else "")
    digest = hashlib.sha256("\x00".join((ctx.call_id, said.casefold(), number or "")).encode()).hexdigest()
    try:
        message = StaffMessage(customer=customer, text=said, kind=kind, urgency=urgency)
        kept = await ctx.partner.leave_message(message, f"cs-msg-{digest}")
    except UpstreamError as error:
        say = "I'm sorry, I couldn't save your message just now. Please call us again a little later."
        return {"status": "unavailable", "say": say, "code": error.code}
    if ctx.hand_offs is not None:
        # The message itself is saved; that somebody has to see to it is kept open until somebody has.
        with contextlib.suppress(UpstreamError):
            await ctx.hand_offs.hand_over(
                ctx.call_id, reason="a message", summary=said, callback_at=when or None
            )
    said = _PASSED_ON if kept.reaches_somebody else _WRITTEN_DOWN
    return {"status": "taken_down", "say": said, "reaches_somebody": kept.reaches_somebody}


async def request_person(
    ctx: ToolContext, reason: str, urgency: Literal["routine", "urgent", "emergency"] = "routine"
) -> Result:
    """Ask for a person of the practice: by phone the caller is put through, by text somebody joins.

    Call it when the caller asks for a person, needs help at once that you cannot give, or when you have
    failed twice to understand what they want. When the status is "not_possible", offer to take a message.

    Args:
        reason: Why, in a few words, without names or numbers.
        urgency: How soon a person is needed; emergency when somebody may be in danger.

    Returns:
        Status ``transferring``, ``asked`` (by text) or ``not_possible``.
    """
    why = reason[:MAX_REASON_CHARS]
    reachable = await _hand_over(ctx, why, urgency)
    if ctx.is_text:
        if not reachable:
            return {
                "status": "not_possible",
                "say": _NOBODY_IN_DANGER if urgency == "emergency" else _TEXT_ONLY,
            }
        say = "I've asked somebody of the team to join us here. They will answer as soon as they can."
        return {"status": "asked", "say": say}
    if not reachable:
        return {"status": "not_possible", "say": _NOBODY_IN_DANGER if urgency == "emergency" else _NOBODY}
    stands = ctx.ending.set(Ending("transfer", why, to=ctx.bot.transfer_number))
    if stands.kind != "transfer":
        return {"status": "not_possible", "reason": "ending", "say": "I'm sorry, the call is already ending."}
    say = "I'm ringing the team for you as well." if urgency == "emergency" else _PUTTING_THROUGH
    return {"status": "transferring", "say": say}


async def _hand_over(
    ctx: ToolContext, reason: str, urgency: Literal["routine", "urgent", "emergency"]
) -> bool:
    """Tell the practice who needs a person and why; True when somebody can be reached now."""
    fallback = ctx.bot.transfer_number is not None and not ctx.is_text
    if ctx.hand_offs is None:
        return fallback
    try:
        session = await ctx.hand_offs.hand_over(
            ctx.call_id, reason=reason, urgency=urgency, summary=_summary(ctx), ring=ctx.ring
        )
    except UpstreamError:
        # The carrier can ring the practice all the same.
        return fallback
    return bool(session.reachable)


def _summary(ctx: ToolContext) -> str:
    """Say who it is, what they said last, and what was tried: for the person who takes over."""
    messages = list(ctx.messages())
    words = [text_of(one)[:_WORDS_CHARS] for one in messages if one["role"] == "user" and text_of(one)]
    names = [
        call.arguments.get("patient_name") or call.arguments.get("name")
        for one in messages
        for call in calls_of(one)
    ]
    tried = [f"{one.name}: {one.status}" for one in results_of(messages)]
    name = next((str(one) for one in reversed(names) if one), None)
    parts = [
        f"Caller: {name or 'name not given'}, {ctx.caller_number or 'number withheld'}.",
        "Last said: " + " / ".join(words[-_LAST_WORDS:]) if words else "",
        "Tried: " + ", ".join(dict.fromkeys(tried)) if tried else "",
    ]
    return "\n".join(one for one in parts if one)


TAKE_MESSAGE = function(take_message, write=True, exact="taken_down unavailable")
REQUEST_PERSON = function(request_person, write=True, exact="transferring asked not_possible")
