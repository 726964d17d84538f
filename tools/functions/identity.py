"""Making sure of a caller whose number proves nothing, before an appointment that exists is spoken of."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.conversation import results_of
from contracts.partner_identity import Verdict
from language import phone as phones
from language.names import same_name
from language.phone import E164
from tools.appointments import FIND
from tools.context import ToolContext
from tools.errors import UpstreamError
from tools.function import Result
from tools.functions.rules import PERSON_OR_MESSAGE, read_birth_date

NOT_FOUND = f"I couldn't find an appointment with those details. {PERSON_OR_MESSAGE}"
"""Said whether name, number, date of birth or all of them are wrong: nobody learns which."""
NO_WAY = (
    "I only speak of appointments with people I can make sure of, and I can't do that here. "
    f"{PERSON_OR_MESSAGE}"
)
OFFER_CODE = "I can text a six-digit code to the phone number on the appointment. Shall I?"
ASK_CODE = "What's the code?"
PROOF = "proof"
"""Where a result holds what the caller has shown; it counts for the rest of the conversation."""
_CODE_DIGITS = 6


@dataclass(frozen=True)
class Shown:
    """What a caller has said of themselves, as it was passed."""

    name: str
    date_of_birth: str | None = None
    code: str | None = None
    text_code: bool = False


@dataclass(frozen=True)
class Proof:
    """What a caller may hear of.

    Attributes:
        booking_ids: These appointments alone; None is all under the number.
        name: Those of this name alone; empty after a code, which shows that the number is theirs.
    """

    booking_ids: Sequence[str] | None
    name: str

    def written(self, phone: E164) -> Result:
        """Write it as a function result holds it."""
        ids = None if self.booking_ids is None else list(self.booking_ids)
        return {"phone": phone, "name": self.name, "booking_ids": ids}


async def prove(ctx: ToolContext, phone: E164, shown: Shown) -> Proof | Result:  # noqa: PLR0911 - a chain of decisions
    """Make sure of whoever says that a number is theirs; else give what is to be said, or asked, first."""
    if (earlier := _earlier(ctx, phone, shown.name)) is not None:
        return earlier
    ways = ctx.facts.identity
    if not ways:
        return {"status": "not_possible", "say": NO_WAY}
    if len(_tried(ctx)) >= ctx.rules.identity_attempts:
        return {"status": "none", "say": NOT_FOUND, "stop": True}
    try:
        if shown.code and "code" in ways:
            return await _by_code(ctx, phone, shown.code)
        if shown.date_of_birth and "date_of_birth" in ways:
            return await _by_birth_date(ctx, phone, shown)
        if shown.text_code and "code" in ways and not ctx.reads_only:
            return await _text(ctx, phone)
    except UpstreamError as error:
        return {"status": "unavailable", "say": error.say, "code": error.code}
    if "date_of_birth" in ways and not shown.text_code:
        return {"status": "who", "missing": ["date_of_birth"], "say": "And what's the date of birth, please?"}
    return {"status": "who", "missing": ["code"], "say": OFFER_CODE}


async def _by_code(ctx: ToolContext, phone: E164, said: str) -> Proof | Result:
    code = phones.digits(said)
    if len(code) != _CODE_DIGITS:
        say = "I need all six digits of the code. Could you say it again, digit by digit?"
        return {"status": "invalid", "field": "code", "say": say}
    verdict = await ctx.partner.identity.check_code(ctx.call_id, phone, code)
    if verdict.verified:
        return Proof(None, "")
    if verdict.locked:
        return {"status": "none", "say": NOT_FOUND, "stop": True}
    say = "That code isn't right, or it is too old. Could you read it to me once more?"
    return {"status": "none", "missing": ["code"], "say": say}


async def _by_birth_date(ctx: ToolContext, phone: E164, shown: Shown) -> Proof | Result:
    born = read_birth_date(ctx, shown.date_of_birth)
    if born is None:
        say = "I didn't get the date of birth. Could you say the month, the day and the year?"
        return {"status": "invalid", "field": "date_of_birth", "say": say}
    verdict: Verdict = await ctx.partner.identity.check_birth_date(ctx.call_id, phone, shown.name, born)
    if verdict.verified:
        return Proof(verdict.booking_ids, shown.name)
    return not_shown(ctx, stop=verdict.locked)


def not_shown(ctx: ToolContext, *, stop: bool = False) -> Result:
    """Say that nothing was found by what they said; where a code can be had, it is offered."""
    if "code" not in ctx.facts.identity or ctx.reads_only:
        return {"status": "none", "say": NOT_FOUND} | ({"stop": True} if stop else {})
    say = f"I couldn't find an appointment with those details. {OFFER_CODE}"
    return {"status": "none", "missing": ["code"], "say": say}


async def _text(ctx: ToolContext, phone: E164) -> Result:
    if not await ctx.partner.identity.send_code(ctx.call_id, phone):
        return {"status": "not_possible", "say": f"I can't text a code just now. {PERSON_OR_MESSAGE}"}
    say = "If that's the number on the appointment, a text with a six-digit code is on its way to it."
    return {"status": "code_sent", "say": say, "ask": ASK_CODE}


def _earlier(ctx: ToolContext, phone: E164, name: str) -> Proof | None:
    """Find what the caller has shown in this conversation already."""
    for found in results_of(ctx.messages()):
        proof = found.result.get(PROOF)
        if found.name != FIND or not isinstance(proof, dict) or proof.get("phone") != phone:
            continue
        ids = proof.get("booking_ids")
        # By a date of birth it is one name's alone.
        if not proof.get("name") or same_name(proof["name"], name):
            return Proof(ids if isinstance(ids, list) else None, str(proof.get("name") or ""))
    return None


def _tried(ctx: ToolContext) -> set[tuple[str, ...]]:
    """List the different details that were tried and did not fit."""
    return {
        tuple(str(found.arguments.get(one, "")).casefold() for one in ("name", "phone", *_SHOWN))
        for found in results_of(ctx.messages())
        if found.name == FIND
        and found.status == "none"
        and any(found.arguments.get(one) for one in ("phone", *_SHOWN))
    }


_SHOWN = ("date_of_birth", "code")
