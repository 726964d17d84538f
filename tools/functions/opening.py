"""When the practice is open, as far as its facts say."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.partner import DayHours, PracticeFacts
from language import speak
from language.datetimes.resolve import Span

LONGEST_LOOK = timedelta(days=31)


def with_dates(when: str, facts: PracticeFacts, today: date) -> str:
    """Put the date in the place of a closed day's name: "on Christmas Day", "after Thanksgiving".

    Args:
        when: The caller's words.
        facts: The practice, whose closed days have names.
        today: Days before it are passed over.

    Returns:
        The words, with the date of the next such day.
    """
    coming = sorted(
        (one for one in facts.closures if one.name and one.date >= today), key=lambda one: one.date
    )
    # The longest name first: "Christmas Eve" is no "Christmas" with a word behind it.
    for closure in sorted(coming, key=lambda one: -len(one.name)):
        name = closure.name.lower().replace("\u2019", "'")
        spelled = re.escape(name.removesuffix(" day")).replace("'", "'?").replace(r"\ ", r"\s+")
        pattern = rf"\b{spelled}(?: day)?\b(?! eve)"
        when = re.sub(pattern, f"{closure.date:%B %-d}", when.replace("\u2019", "'"), flags=re.IGNORECASE)
    return when


def hours_on(day: date, facts: PracticeFacts) -> list[tuple[time, time]]:
    """List the opening hours of a day.

    Args:
        day: The day.
        facts: The practice.

    Returns:
        From and to, as wall-clock times; empty when it is closed.
    """
    if any(one.date == day for one in facts.closures):
        return []
    return [_times(one) for one in facts.hours if one.weekday == day.weekday()]


def is_closed_throughout(span: Span, facts: PracticeFacts, zone: ZoneInfo) -> bool:
    """Tell whether the practice is closed in all of a span.

    Args:
        span: What the caller asked for.
        facts: The practice; without opening hours nothing is known to be closed.
        zone: The practice's zone.

    Returns:
        True when no minute of the span lies in opening hours.
    """
    if not facts.hours:
        return False
    if span.exact is not None:
        local = span.exact.astimezone(zone)
        return not any(opens <= local.time() < closes for opens, closes in hours_on(local.date(), facts))
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    if end - start > LONGEST_LOOK:
        return False
    day = start.date()
    while day <= end.date():
        for opens, closes in hours_on(day, facts):
            first, last = opens, closes
            if span.daily is not None:
                first, last = max(first, span.daily[0]), min(last, span.daily[1])
            if span.clock is not None:
                first, last = (span.clock, closes) if opens <= span.clock < closes else (closes, closes)
            from_, to = datetime.combine(day, first, zone), datetime.combine(day, last, zone)
            if from_ < to and from_ < end and to > start:
                return False
        day += timedelta(days=1)
    return True


def closed_sentence(span: Span, facts: PracticeFacts, zone: ZoneInfo) -> str:
    """Say that, and when it can be said briefly why, the practice is closed in a span.

    Args:
        span: What the caller asked for.
        facts: The practice.
        zone: The practice's zone.

    Returns:
        One sentence.
    """
    day = (span.exact or span.start).astimezone(zone).date()
    single = span.exact is not None or span.end.astimezone(zone) <= datetime.combine(
        day + timedelta(days=1), time(), zone
    )
    if not single:
        return "I'm sorry, we're closed then."
    hours = hours_on(day, facts)
    if not hours:
        closure = next((one.name for one in facts.closures if one.date == day and one.name), None)
        return f"I'm sorry, we're closed on {speak.day(day)}{f' for {closure}' if closure else ''}."
    said = speak.listing(
        [f"from {speak.clock(opens)} to {speak.clock(closes)}" for opens, closes in hours], "and"
    )
    return f"I'm sorry, on {speak.WEEKDAYS[day.weekday()]}s we're open {said}."


def _times(hours: DayHours) -> tuple[time, time]:
    closes = time.max if hours.closes in ("24:00", "00:00") else time.fromisoformat(hours.closes)
    return time.fromisoformat(hours.opens), closes
