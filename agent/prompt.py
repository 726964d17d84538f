"""The system prompt of the model: named blocks of text, the changing one last.

What changes from call to call stands at the end, so that a provider's prompt cache can keep the rest.
"""

from datetime import datetime
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from agent.receptionist.reply import emergency_number
from tools import phone, spoken
from tools.contracts.partner import PracticeFacts

BLOCKS = ("persona", "facts", "instructions", "booking", "safety", "now")
"""The blocks in their order; each is a file in ``prompts``."""

MOST_INSTRUCTIONS = 10_000
"""Characters of the practice's own instructions that are taken."""

_FOLDER = Path(__file__).parent / "prompts"


def system_prompt(facts: PracticeFacts, instructions: str, now: datetime) -> str:
    """Write the system prompt.

    Args:
        facts: What the model may say about the practice.
        instructions: The practice's own instructions, maybe empty.
        now: The present moment, aware; it appears in the last block only, to the minute.

    Returns:
        Markdown text.
    """
    local = now.astimezone(ZoneInfo(facts.timezone))
    values = {
        "practice": facts.name,
        "facts": facts_block(facts),
        "instructions": instructions.strip()[:MOST_INSTRUCTIONS],
        "emergency": emergency_number(facts),
        "now": f"{spoken.moment(local)}, {local:%Y}",
        "timezone": facts.timezone,
    }
    blocks = [name for name in BLOCKS if name != "instructions" or values["instructions"]]
    return "\n\n".join(block(name, values) for name in blocks)


def block(name: str, values: dict[str, str]) -> str:
    """Fill one block in.

    Args:
        name: One of ``BLOCKS``.
        values: What its ``$`` words stand for.

    Returns:
        The block without surrounding space.

    Raises:
        KeyError: The block wants a value that is not given.
    """
    text = (_FOLDER / f"{name}.md").read_text(encoding="utf-8")
    return Template(text).substitute(values).strip()


def facts_block(facts: PracticeFacts) -> str:
    """Write the practice's facts as lines of text.

    Args:
        facts: The practice.

    Returns:
        One fact a line; what is not known is left out.
    """
    lines = [f"- Name: {facts.name}"]
    if facts.phone:
        lines.append(f"- Phone: {phone.spoken(facts.phone)}")
    if facts.address:
        lines.append(f"- Address: {facts.address}")
    lines += [
        f"- Open on {spoken.WEEKDAYS[hours.weekday]}: {hours.opens} to {hours.closes}"
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
