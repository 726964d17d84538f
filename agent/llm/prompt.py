"""The system prompt of the model: named blocks of text, what changes from conversation to conversation last.

A provider keeps what it has read of a prompt up to the first difference. So the present time is not in it
(``get_current_time`` tells it), and what is known of one conversation alone stands at the end.
"""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from agent.receptionist.reply import emergency_number
from contracts.partner import PracticeFacts
from knowledge.search.index import Passage
from language import phone, speak
from tools.context import ToolContext

BLOCKS = (
    "persona",
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

_FOLDER = Path(__file__).parents[1] / "prompts"
_MAYBE_EMPTY = ("instructions", "knowledge", "metadata", "memory")


@dataclass(frozen=True)
class Known:
    """What is known of one conversation beside the practice.

    Attributes:
        passages: The whole of the practice's files, where they are small enough.
        memory: What the assistant wrote down in it.
    """

    passages: Sequence[Passage] = ()
    metadata: Mapping[str, str] | None = None
    memory: Mapping[str, Any] | None = None


def system_prompt(
    facts: PracticeFacts,
    instructions: str,
    known: Known | None = None,
    *,
    functions: Sequence[str] = (BOOKING, *CHANGES),
) -> str:
    """Write the system prompt.

    Args:
        facts: What the model may say about the practice.
        instructions: The practice's own instructions, maybe empty.
        functions: The names of what the model may call; without the booking function it is not told how to
            book, and without those that change appointments not how to change them.
    """
    known = known or Known()
    values = {
        "practice": facts.name,
        "facts": facts_block(facts),
        "instructions": instructions.strip()[:MOST_INSTRUCTION_CHARACTERS],
        "emergency": emergency_number(facts),
        "knowledge": passages_block(known.passages),
        "metadata": _lines(known.metadata or {}),
        "memory": _lines(known.memory or {}),
    }
    blocks = [name for name in BLOCKS if name not in _MAYBE_EMPTY or values[name]]
    if BOOKING not in functions:
        blocks.remove("booking")
    if not set(CHANGES) <= set(functions):
        blocks.remove("changes")
    return "\n\n".join(block(name, values) for name in blocks)


def known_of(ctx: ToolContext, passages: Sequence[Passage], memory: Mapping[str, Any] | None = None) -> Known:
    """Put together what is known of a conversation.

    Args:
        passages: The whole of the practice's files, or nothing.
        memory: What the assistant wrote down in it.

    Returns:
        What the prompt says of it; no metadata where the assistant is not to have it.
    """
    metadata = {"channel": "phone" if ctx.caller_number else "text", "language": ctx.bot.language}
    wanted = ctx.config is None or ctx.config.include_conversation_metadata
    return Known(passages, metadata if wanted else None, memory)


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
    """Write what was found in the practice's files for what the person just said.

    Returns:
        A message for the model, which stands beside the person's and is not kept.
    """
    return block("found", {"knowledge": passages_block(passages)})


def block(name: str, values: dict[str, str]) -> str:
    """Fill one block in.

    Args:
        name: One of ``BLOCKS``, or ``found``.
        values: What its ``$`` words stand for.

    Raises:
        KeyError: The block wants a value that is not given.
    """
    return _template(name).substitute(values).strip()


@functools.cache
def _template(name: str) -> Template:
    return Template((_FOLDER / f"{name}.md").read_text(encoding="utf-8"))


def facts_block(facts: PracticeFacts) -> str:
    """Write the practice's facts as lines of text.

    Returns:
        One fact a line; what is not known is left out.
    """
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
    ]
    for service in facts.services:
        also = f"; also called {', '.join(service.aliases)}" if service.aliases else ""
        lines.append(f"- Service: {service.name}, {service.duration_minutes} minutes{also}")
    lines += [f"- Practitioner: {practitioner.name}" for practitioner in facts.practitioners]
    lines.append(f"- Appointments can be booked up to {facts.horizon_days} days ahead.")
    return "\n".join(lines)


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
