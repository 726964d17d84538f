"""The practice's rules, kept before anything is written, whoever leads the conversation."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from contracts.conversation import Message, results_of
from contracts.practice_rules import AlwaysAsk
from language import speak
from language.birthdays import date_of_birth
from tools.appointments import Appointment
from tools.context import ToolContext
from tools.function import Result
from tools.functions.offers import Wanted, never_rule

PERSON_OR_MESSAGE = "Would you like to speak with someone, or leave a message?"
ASK_FIRST = "ask_first"
DATE_OF_BIRTH = "date_of_birth"
MONTH_FIRST = "US"
"""Where 3/4 is the fourth of March."""
_ASKED_AT_MOST = 2
"""So often a question of the practice is asked for; then it is booked, and the notes say so."""


def not_by_phone(ctx: ToolContext, wanted: Wanted, local: datetime) -> Result | None:
    """Refuse, if a rule does, a service, a weekday, or a service on one, at a time in the practice's zone."""
    rule = never_rule(ctx, wanted, local.weekday())
    if rule is None:
        return None
    on = f" on {speak.WEEKDAYS[local.weekday()]}s" if rule.days else ""
    say = rule.say or f"I'm sorry, I can't book that by phone{on}."
    return {"status": "refused", "code": "never_book", "say": f"{say} {PERSON_OR_MESSAGE}"}


def not_asked(ctx: ToolContext, reason: str | None, messages: Sequence[Message]) -> Result | None:
    """Have the questions asked that the practice wants asked before every booking.

    Returns:
        What is to be asked first; None when the notes hold every answer, or asking twice brought none.
    """
    for rule in _open(ctx, reason):
        if _asked(rule, messages) < _ASKED_AT_MOST:
            note = f"{rule.key}: their answer"
            return {
                "status": ASK_FIRST,
                "about": rule.key,
                "say": rule.ask,
                "to_do": f'Ask that; then call this function again with "{note}" in "reason".',
            }
    return None


def read_birth_date(ctx: ToolContext, said: str | None) -> str | None:
    """Read a date of birth, words or digits, as ISO 8601; None where it is none."""
    today = ctx.clock().astimezone(ctx.zone).date()
    born = date_of_birth(said or "", today, month_first=ctx.region == MONTH_FIRST)
    return born.isoformat() if born is not None else None


def no_birth_date(ctx: ToolContext, born: str | None, messages: Sequence[Message]) -> Result | None:
    """Have the date of birth asked for, where the practice wants it of everybody who books.

    Returns:
        What is to be asked first; None when it is known, or asking twice brought none.
    """
    if born is not None or not ctx.facts.rules.ask_date_of_birth:
        return None
    asked = sum(
        one.status == ASK_FIRST and one.result.get("about") == DATE_OF_BIRTH for one in results_of(messages)
    )
    if asked >= _ASKED_AT_MOST:
        return None
    return {
        "status": ASK_FIRST,
        "about": DATE_OF_BIRTH,
        "say": "And the patient's date of birth, please: month, day and year?",
        "to_do": f'Ask that; then call this function again with "{DATE_OF_BIRTH}".',
    }


def notes(ctx: ToolContext, reason: str | None, longest: int) -> str | None:
    """Write a booking's notes; a question of the practice that was not answered is named in them."""
    unanswered = [f"{one.key}: not answered" for one in _open(ctx, reason)]
    parts = [part for part in (reason, *unanswered) if part]
    return "; ".join(parts)[:longest] or None


def may_not_cancel(ctx: ToolContext) -> Result | None:
    """Refuse to cancel where the practice does not have its bot cancel; None when it does."""
    rule = ctx.facts.rules.cancelling
    if rule.allowed:
        return None
    say = rule.say or "I can't cancel appointments myself; the team can."
    return {"status": "refused", "code": "not_cancelled_by_phone", "say": f"{say} {PERSON_OR_MESSAGE}"}


def late_notice(ctx: ToolContext, appointment: Appointment, *, moves: bool) -> str:
    """Give what a caller hears before they cancel or move at short notice; empty when it is not short.

    A practice that names no hours has its sentence said before every cancellation.
    """
    rule = ctx.facts.rules.cancelling
    if not rule.notice_hours:
        return "" if moves else rule.say
    if appointment.start - ctx.clock() >= timedelta(hours=rule.notice_hours):
        return ""
    hours = f"{speak.number(rule.notice_hours)} hour{'s' if rule.notice_hours > 1 else ''}"
    return rule.say or f"That's less than {hours} ahead."


def _open(ctx: ToolContext, reason: str | None) -> list[AlwaysAsk]:
    """List the questions whose answers the notes do not hold."""
    return [
        one
        for one in ctx.facts.rules.always_ask
        if not re.search(rf"(?<!\w){re.escape(one.key)}:\s*\S", reason or "", re.IGNORECASE)
    ]


def _asked(rule: AlwaysAsk, messages: Sequence[Message]) -> int:
    """Count in how many of the caller's turns a question was asked for."""
    return sum(
        one.status == ASK_FIRST and one.result.get("about") == rule.key for one in results_of(messages)
    )
