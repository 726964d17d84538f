"""Answers that the practice's own facts hold: hours, address, number, services, people."""

import re
from collections.abc import Sequence
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from agent.receptionist.goals import Goal
from agent.receptionist.matching import practitioner_in, service_in
from agent.receptionist.responses import MOST_LISTED
from agent.receptionist.state import Scene
from contracts.partner import Closure, DayHours, PracticeFacts
from language import phone, speak
from language.datetimes.resolve import Span, mentions_time, resolve
from language.normalize import normal

_COMMON_IN_NAMES = frozenset("holiday closed day the of and after for eve".split())
_LONG_HOUSE_NUMBER = 5
_ASKS_FOR_ONE = re.compile(
    r"\bdo you (?:do|offer|provide|perform) (?!any)(?!(?:services|treatments|appointments)\b)\w"
)


def answer(intent: Goal, words: str, scene: Scene) -> str | None:  # noqa: PLR0911 - a chain of decisions
    """Answer a question from the facts.

    Returns:
        The answer, or None when the facts do not hold it.
    """
    facts = scene.facts
    if intent is Goal.HOURS:
        return _hours(words, scene)
    if intent is Goal.ADDRESS:
        return f"We're at {_speakable_address(facts.address)}." if facts.address else None
    if intent is Goal.PHONE:
        return f"Our number is {phone.spoken(facts.phone)}." if facts.phone else None
    if intent is Goal.DURATION:
        return _duration(words, facts)
    if intent is Goal.PRACTITIONERS:
        return _practitioners(words, facts)
    if intent is Goal.SERVICES:
        return _services(words, facts)
    return None


def _hours(words: str, scene: Scene) -> str | None:
    facts = scene.facts
    if not facts.hours:
        return None
    if (closure := _closure_named(words, scene)) is not None:
        return f"We're closed on {speak.day(closure.date)}, {closure.name}."
    asked = _asked_day(words, scene)
    if asked is None:
        return f"We're open {_week(facts.hours)}."
    return _on(asked, facts, scene)


def _closure_named(words: str, scene: Scene) -> Closure | None:
    """Find the next closed day of that name; "Christmas" alone is the day and not the eve."""
    said = set(words.split())
    named = [
        one
        for one in scene.facts.closures
        if one.date >= scene.today and said & (set(normal(one.name).split()) - _COMMON_IN_NAMES)
    ]
    return min(
        named,
        key=lambda one: (("eve" in said) != ("eve" in normal(one.name).split()), one.date),
        default=None,
    )


def _asked_day(words: str, scene: Scene) -> date | None:
    today = scene.today
    if "now" in words.split() or "right now" in words:
        return today
    for index, weekday in enumerate(speak.WEEKDAYS):
        if (
            f"{weekday.lower()}s" in words.split()
            or f"on {weekday.lower()}" in words
            or words.endswith(weekday.lower())
        ):
            return today + timedelta((index - today.weekday()) % 7)
    if not mentions_time(words):
        return None
    meant = resolve(words, scene.now, ZoneInfo(scene.facts.timezone))
    if isinstance(meant, Span) and meant.end - meant.start <= timedelta(days=1, hours=1):
        return meant.start.date()
    return None


def _on(day: date, facts: PracticeFacts, scene: Scene) -> str:
    closure = next((one for one in facts.closures if one.date == day), None)
    today = scene.today
    named = "today" if day == today else f"on {speak.day(day)}"
    if closure is not None:
        return f"We're closed {named}{f', {closure.name}' if closure.name else ''}."
    spans = [one for one in facts.hours if one.weekday == day.weekday()]
    if not spans:
        return f"We're closed on {speak.WEEKDAYS[day.weekday()]}s. We're open {_week(facts.hours)}."
    return f"{named[0].upper()}{named[1:]}, we're open {_spans(spans)}."


def _week(hours: Sequence[DayHours]) -> str:
    """Say a week's hours, days with the same hours together."""
    by_day: dict[int, list[DayHours]] = {}
    for one in sorted(hours, key=lambda one: (one.weekday, one.opens)):
        by_day.setdefault(one.weekday, []).append(one)
    runs: list[tuple[int, int, str]] = []
    for weekday, spans in by_day.items():
        said = _spans(spans)
        if runs and runs[-1][1] == weekday - 1 and runs[-1][2] == said:
            runs[-1] = (runs[-1][0], weekday, said)
        else:
            runs.append((weekday, weekday, said))
    names = speak.WEEKDAYS
    return speak.listing(
        [f"{names[a]} {said}" if a == b else f"{names[a]} to {names[b]} {said}" for a, b, said in runs], "and"
    )


def _spans(spans: Sequence[DayHours]) -> str:
    return speak.listing([f"from {_clock(one.opens)} to {_clock(one.closes)}" for one in spans], "and")


def _clock(text: str) -> str:
    try:
        return speak.clock(time.fromisoformat(text))
    except ValueError:
        return text


def _duration(words: str, facts: PracticeFacts) -> str | None:
    service = service_in(words, facts) or (facts.services[0] if len(facts.services) == 1 else None)
    if service is not None:
        return f"{_sentence(speak.article(service.name))} takes {_minutes(service.duration_minutes)}."
    if not facts.services:
        return None
    each = [f"{speak.article(one.name)} {_minutes(one.duration_minutes)}" for one in facts.services[:3]]
    return f"That depends on the visit: {speak.listing(each, 'and')}."


def _minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    whole = "an hour" if hours == 1 else f"{speak.number(hours)} hours"
    parts = [whole] if hours else []
    if rest or not hours:
        parts.append(f"{speak.number(rest)} minutes")
    return " and ".join(parts)


def _practitioners(words: str, facts: PracticeFacts) -> str | None:
    if not facts.practitioners:
        return None
    named = practitioner_in(words, facts)
    if named is not None:
        return f"Yes, {named.name} is here."
    names = [one.name for one in facts.practitioners[:MOST_LISTED]]
    return f"You can see {speak.listing(names)}."


def _services(words: str, facts: PracticeFacts) -> str | None:
    if not facts.services:
        return None
    service = service_in(words, facts)
    if service is not None:
        length = _minutes(service.duration_minutes)
        return f"Yes, we do. {_sentence(speak.article(service.name))} takes {length}."
    if _ASKS_FOR_ONE.search(words):
        return None
    listed = speak.listing([speak.article(one.name) for one in facts.services[:MOST_LISTED]])
    return f"I can book {listed}."


def _speakable_address(address: str) -> str:
    head, _, rest = address.partition(" ")
    number = head.rstrip(",")
    # A house number is said digit by digit when it is long, so that it can be written down.
    return f"{' '.join(number)} {rest}" if number.isdigit() and len(number) >= _LONG_HOUSE_NUMBER else address


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
