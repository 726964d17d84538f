"""The system prompt of the model: named blocks of text, what changes from conversation to conversation last.

A provider keeps what it has read of a prompt up to the first difference. So the present time is not in it but
in a message of its own beside the person's last words, and what is known of one conversation alone stands at
the end.
"""

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from string import Template
from typing import Any

from agent.danger.numbers import spoken_emergency_number
from agent.danger.stage import is_urgent
from contracts.partner import PracticeFacts, PractitionerFacts, ServiceFacts
from knowledge.search.passage import Passage
from language import phone, speak
from tools.context import ToolContext
from tools.functions.opening import hours_on
from tools.registry import FUNCTIONS, offered

BLOCKS = (
    "persona",
    "phone",
    "text",
    "facts",
    "instructions",
    "booking",
    "changes",
    "safety",
    "knowledge",
    "metadata",
    "memory",
)
"""The blocks in their order; each is a file in ``prompts``. One with nothing to say is left out."""

MOST_INSTRUCTION_CHARACTERS = 100_000
"""Characters of the practice's own instructions that are taken."""
MOST_KNOWN_CHARACTERS = 10_000
"""Characters of what was written down in a conversation that stand in the prompt."""
BOOKING = "book_appointment"
CHANGES = ("find_appointments", "cancel_appointment", "reschedule_appointment")

SEARCH, PERSON, ENDING = "search_knowledge", "request_person", "end_call"
MESSAGE = "take_message"
_JOINS = " Whoever asks for a\n  person gets one by request_person, who joins here when somebody is free."
_CANCELLING = "To cancel, call cancel_appointment. "
_NO_CANCELLING = "Here nothing is cancelled by you: take a message. "
_FOLDER = Path(__file__).parents[1] / "prompts"
_MAYBE_EMPTY = ("instructions", "knowledge", "metadata", "memory")


@dataclass(frozen=True)
class Known:
    """What is known of one conversation beside the practice.

    Attributes:
        passages: The whole of the practice's files, where they are small enough.
        language: The bot's own.
        today: The present day; closed days before it, and past what can be booked, are left out.
    """

    passages: Sequence[Passage] = ()
    metadata: Mapping[str, str] | None = None
    memory: Mapping[str, Any] | None = None
    language: str = "en"
    is_text: bool = False
    has_number: bool = False
    today: date | None = None


_EVERY_FUNCTION = tuple(one.name for one in FUNCTIONS)


def system_prompt(
    facts: PracticeFacts,
    instructions: str,
    known: Known | None = None,
    *,
    functions: Sequence[str] = _EVERY_FUNCTION,
) -> str:
    """Write the system prompt; of what it has no function for the model is not told how."""
    known = known or Known()
    values = {
        "practice": facts.name,
        "facts": facts_block(facts, known.today),
        "deeds": _deeds(functions, cancels=facts.rules.cancelling.allowed),
        "help": _help(functions),
        "joins": _JOINS if PERSON in functions else "",
        "language": _languages(facts, known.language),
        "number": _number_hint(known),
        "ending": "\n- When there is nothing else, say goodbye and call end_call."
        if ENDING in functions
        else "",
        "cancelling": _CANCELLING if facts.rules.cancelling.allowed else _NO_CANCELLING,
        "searched": ", or that search_knowledge\n  returned" if SEARCH in functions else "",
        "person": ", and call\n  request_person with urgency emergency in the same turn"
        if PERSON in functions
        else "",
        "instructions": instructions.strip()[:MOST_INSTRUCTION_CHARACTERS],
        "emergency": spoken_emergency_number(facts),
        "knowledge": passages_block(known.passages),
        "metadata": _lines(known.metadata or {}),
        "memory": _lines(known.memory or {}),
    }
    blocks = [name for name in BLOCKS if name not in _MAYBE_EMPTY or values[name]]
    blocks.remove("phone" if known.is_text else "text")
    if BOOKING not in functions:
        blocks.remove("booking")
    if not set(CHANGES) <= set(functions):
        blocks.remove("changes")
    return "\n\n".join(block(name, values) for name in blocks)


def known_of(ctx: ToolContext, passages: Sequence[Passage], memory: Mapping[str, Any] | None = None) -> Known:
    """Put together what is known of a conversation; metadata only where the assistant is to have it."""
    metadata = {"channel": "text" if ctx.is_text else "phone", "language": ctx.bot.language}
    wanted = ctx.config is None or ctx.config.include_conversation_metadata
    return Known(
        passages,
        metadata if wanted else None,
        memory,
        language=ctx.bot.language,
        is_text=ctx.is_text,
        has_number=ctx.caller_number is not None,
        today=ctx.clock().astimezone(ctx.zone).date(),
    )


def now_block(ctx: ToolContext) -> str:
    """Write the present moment, whether the practice is open, and that the last words are urgent if they are.

    Returns:
        A message for the model, which stands beside the person's last words and is not kept.
    """
    now = ctx.clock().astimezone(ctx.zone)
    told = block("now", {"now": f"{speak.moment(now)}, {now:%Y}", "open": _open_or_closed(ctx.facts, now)})
    if not is_urgent(ctx.messages(), ctx):
        return told
    books = any(one.name == BOOKING for one in offered(ctx))
    return f"{told}\n\n{block('urgent' if books else 'urgent_message', {})}"


def _open_or_closed(facts: PracticeFacts, now: datetime) -> str:
    if not facts.hours:
        return ""
    here = now.time()
    closes = next((last for first, last in hours_on(now.date(), facts) if first <= here < last), None)
    if closes is not None:
        return speak.one_stop(f"It is open now, until {speak.clock(closes)}.")
    later = next((first for first, _ in hours_on(now.date(), facts) if here < first), None)
    return f"It is closed now, and opens at {speak.clock(later)} today." if later else "It is closed now."


def _deeds(functions: Sequence[str], *, cancels: bool) -> str:
    deeds = (
        ((BOOKING,), "book appointments"),
        (CHANGES, "move and cancel them" if cancels else "move them"),
        ((MESSAGE,), "take messages"),
        ((PERSON,), "ask for a person"),
    )
    found = [said for needed, said in deeds if set(needed) <= set(functions)]
    *first, last = ["answer questions about the practice", *found]
    return f"{', '.join(first)}, and {last}" if first else last


def _help(functions: Sequence[str]) -> str:
    found = [said for name, said in ((PERSON, "a person"), (MESSAGE, "a message")) if name in functions]
    return f"offer {' or '.join(found)}" if found else "say that the team can help"


def _languages(facts: PracticeFacts, own: str) -> str:
    if own.lower().startswith("es"):
        return "Answer in Spanish; whoever speaks English is answered in English."
    spoken = {one.casefold() for one in facts.languages}
    if spoken & {"spanish", "español", "espanol", "es"}:
        return "Answer in English; whoever speaks Spanish is answered in Spanish."
    return "Answer in English."


def _number_hint(known: Known) -> str:
    if known.is_text:
        return "Ask for a telephone number where one is needed; there is none that they write from."
    if known.has_number:
        return (
            'Where a telephone number is needed, offer to use the one that they are calling from ("caller").'
        )
    return "Their number is withheld: ask for one where it is needed."


def passages_block(passages: Sequence[Passage]) -> str:
    """Write passages of the practice's files, each with where it stands.

    Returns:
        Text in which nothing of a file can be taken for anything else: every line of it is quoted.
    """
    parts = []
    for one in passages:
        where = ", ".join(
            filter(None, (one.file, one.heading, f"page {one.page}" if one.page is not None else ""))
        )
        quoted = "\n".join(f"> {line}" for line in one.text.splitlines())
        parts.append(f"[{where}]\n{quoted}")
    return "\n\n".join(parts)


def found_block(passages: Sequence[Passage]) -> str:
    """Write what was found in the practice's files for what the person just said."""
    return block("found", {"knowledge": passages_block(passages)})


def block(name: str, values: dict[str, str]) -> str:
    """Fill in one of ``BLOCKS``, or ``found``; KeyError for a value that is not given."""
    return _template(name).substitute(values).strip()


@functools.cache
def _template(name: str) -> Template:
    return Template((_FOLDER / f"{name}.md").read_text(encoding="utf-8"))


def facts_block(facts: PracticeFacts, today: date | None = None) -> str:
    """Write the practice's facts, one a line; of special days only those that ``today`` makes matter."""
    lines = [f"- Name: {facts.name}"]
    if facts.phone:
        lines.append(f"- Phone: {phone.spoken(facts.phone)}")
    if facts.address:
        lines.append(f"- Address: {facts.address}")
    lines.append(f"- Time zone: {facts.timezone}")
    lines += [
        f"- Open on {speak.WEEKDAYS[hours.weekday]}: {hours.opens} to {hours.closes}"
        for hours in sorted(facts.hours, key=lambda one: (one.weekday, one.opens))
    ]
    lines += [
        f"- Closed on {closure.date.isoformat()}{f' ({closure.name})' if closure.name else ''}"
        for closure in facts.closures
        if today is None or today <= closure.date <= today + timedelta(days=facts.horizon_days)
    ]
    lines += [
        f"- Open on {special.date.isoformat()} from {special.opens} to {special.closes}"
        f"{f' ({special.name})' if special.name else ''}, instead of that weekday's hours"
        for special in facts.special_hours
        if today is None or today <= special.date <= today + timedelta(days=facts.horizon_days)
    ]
    lines += [f"- Service: {_service_line(service)}" for service in facts.services]
    lines += [
        f"- Done here, but never booked by you; take a message: {_service_line(service)}"
        for service in facts.other_services
    ]
    lines += [_practitioner_line(practitioner, facts) for practitioner in facts.practitioners]
    if facts.website:
        lines.append(f"- Website: {facts.website}")
    if facts.languages:
        lines.append(f"- The team speaks: {', '.join(facts.languages)}")
    lines.append(f"- Appointments can be booked up to {facts.horizon_days} days ahead.")
    return "\n".join([*lines, *_rule_lines(facts)])


def _service_line(service: ServiceFacts) -> str:
    parts = [service.name, f"{service.duration_minutes} minutes"]
    if service.price:
        parts.append(f"price {service.price}")
    if not service.new_patients:
        parts.append("not for new patients")
    also = f"; also called {', '.join(service.aliases)}" if service.aliases else ""
    return f"{', '.join(parts)}{also}"


def _practitioner_line(one: PractitionerFacts, facts: PracticeFacts) -> str:
    known = [*facts.services, *facts.other_services]
    does = [service.name for service in known if service.id in (one.service_ids or ())]
    parts = [one.name]
    if does and len(does) < len(known):
        parts.append(f"does {', '.join(does)}")
    if one.languages:
        parts.append(f"speaks {', '.join(one.languages)}")
    return f"- Practitioner: {'; '.join(parts)}"


def _rule_lines(facts: PracticeFacts) -> list[str]:
    """Write the practice's rules: they hold whatever its instructions say."""
    rules = facts.rules
    lines = []
    for never in rules.never_book:
        what = " ".join(
            part
            for part in (", ".join(never.services), f"on {', '.join(never.days)}" if never.days else "")
            if part
        )
        lines.append(f"- Rule: never book {what}.{f' Say: {never.say}' if never.say else ''}")
    lines += [
        f'- Rule: before you book, ask: {one.ask} Give the answer in "reason" as "{one.key}: ...".'
        for one in rules.always_ask
    ]
    if rules.ask_date_of_birth:
        lines.append('- Rule: before you book, ask for the date of birth; give it in "date_of_birth".')
    lines += [f"- Rule: ask for a person (request_person) for: {one}" for one in rules.to_a_person]
    if not rules.cancelling.allowed:
        lines.append(f"- Rule: never cancel an appointment; take a message. {rules.cancelling.say}".rstrip())
    elif rules.cancelling.say:
        hours = rules.cancelling.notice_hours
        when = f" less than {hours} hours before it" if hours else ""
        lines.append(f"- Rule for cancelling{when}: {rules.cancelling.say} (cancel_appointment says it.)")
    return lines


def _lines(values: Mapping[str, Any]) -> str:
    """Write values, each in one line whatever breaks it brings: what a person said begins no block."""
    lines, size = [], 0
    for name, value in values.items():
        said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        line = " ".join(f"- {name}: {said}".split())
        size += len(line)
        if size > MOST_KNOWN_CHARACTERS:
            lines.append("- (There is more; read_memory gives it.)")
            break
        lines.append(line)
    return "\n".join(lines)


def cache_key(ctx: ToolContext) -> str:
    """Name what the conversations of one assistant have in common, so that its prompt is read once."""
    version = ctx.config.version if ctx.config else None
    text = f"{ctx.bot.id}:{ctx.assistant_id}:{version}"
    return f"chairside-{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"
