"""What a caller's words mean in time: "Tuesday week, after lunch; but not before two".

The words of several turns come as clauses, joined by "; ". In each clause the days and times are marked
(``marks``) and brought together (``clauses``); a later clause refines or corrects the earlier ones. Where
the words leave it open, or name a day that does not exist, the answer is the question to ask.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from language.datetimes.constraints import Days, TimeConstraints
from language.datetimes.day_phrases import Unclear
from language.datetimes.marks import Value, marked
from language.datetimes.normalize import MONTHS, WEEKDAYS, canonical
from language.datetimes.refine import Anchors, Meaning, wants_any_time
from language.datetimes.words import any_of, pattern, table

_CORRECTS, _OPENS_WITH_NO = pattern("corrects"), pattern("opens_with_no")
_STOP = re.compile(r"\b(\w{0,12}(?:\.\w{1,12})?)[.?!]\s")
_ABBREVIATED = frozenset(table("abbreviated").split())
_NO_GOOD = re.compile(rf"\b(?:on )?(?:{'|'.join(WEEKDAYS)})s?(?:'s)? {any_of('not_after')}\b")
EARLIEST = "the earliest available"
"""What is asked of the calendar for a caller who leaves it to us."""
_MOST_CLAUSES = 24
_LONGEST = 4000


@dataclass(frozen=True)
class Question:
    """What to ask the caller when the words leave it open."""

    text: str


def resolve(
    words: str, now: datetime, zone: ZoneInfo, anchors: Anchors | None = None
) -> TimeConstraints | Question:
    """Resolve what a caller said about time.

    Args:
        words: Of one turn, or of several, joined by "; ".
        now: The present moment, aware.
        anchors: What "later", "the day after" and "my appointment" are relative to.

    Returns:
        What is meant, which may lie in the past; or what to ask.
    """
    meaning = Meaning(now.astimezone(zone), zone, anchors or Anchors())
    said, open_question = "", ""
    turns = words[-_LONGEST:].split(";")[-_MOST_CLAUSES:]
    for number, turn in enumerate(turns, start=1):
        before, said = said, f"{said};{turn}".strip("; ")
        offered = meaning.anchors.offered_before(before, said if number < len(turns) else "")
        for clause, corrects in _clauses(turn):
            try:
                if meaning.take(clause, corrects=corrects, offered=offered):
                    open_question = ""  # what was open before has been answered
            except Unclear as unclear:
                open_question = str(unclear)
    if open_question:
        return Question(open_question)
    try:
        return meaning.constraints()
    except Unclear as unclear:
        return Question(str(unclear))


def _clauses(turn: str) -> list[tuple[str, bool]]:
    """Part what was said in one turn where a sentence ends or the caller corrects themselves."""
    sentences, start = [], 0
    for match in _STOP.finditer(turn):
        if match[1].lower() not in _ABBREVIATED:
            sentences.append(turn[start : match.end()])
            start = match.end()
    sentences.append(turn[start:])
    clauses = []
    for sentence in sentences:
        text = sentence.strip()
        opened = _OPENS_WITH_NO.sub("", text)
        pieces = _CORRECTS.split(opened)
        for number, piece in enumerate(pieces):
            clauses.append((piece.strip(), number > 0 or (opened != text and number == len(pieces) - 1)))
    return [(text, corrects) for text, corrects in clauses if text]


def mentions_time(words: str, *, asked: bool = False) -> bool:
    """Tell whether a text says anything about when.

    Args:
        words: What was heard; neither "since Tuesday" nor "one moment" counts.
        asked: A day or a time was just asked for: a lone number is an hour, else it does not count.

    Returns:
        True for days, clock times, parts of the day, and "as soon as possible".
    """
    read = marked(words, date(2026, 1, 1), "America/New_York", bare=asked, asking=False)
    return bool(read.values) or wants_any_time(read.text)


def names_day(words: str) -> bool:
    """Tell whether a text names a day, or several."""
    return any(isinstance(one, Days) for one in time_values(words))


def names_hours(words: str) -> bool:
    """Tell whether a text names a clock time, or a part of the day."""
    return any(not isinstance(one, Days) for one in time_values(words))


def time_values(words: str) -> list[Value]:
    """List the days and times that a text names; a lone number is none."""
    return marked(words, date(2026, 1, 1), "America/New_York", bare=False, asking=False).values


def without_refused(words: str) -> str:
    """Give words without the days that are said not to do: "friday's no good, can we do thursday"."""
    left = _NO_GOOD.sub(" ", words)
    return left if mentions_time(left) else words


def clock_times(words: str, today: date = date(2026, 1, 1)) -> list[time]:
    """List the clock times that a text names, in order.

    Args:
        today: The day that dates in the text are read from; a date beside a weekday that it is not
            makes the whole text unclear.

    Returns:
        Wall-clock times; an hour without a.m. or p.m. on the likelier half of the day.
    """
    try:
        read = marked(words, today, "America/New_York")
    except Unclear:
        return []
    return [time(*divmod(read.clock(one).minutes, 60)) for one in re.findall(r"\bT(\d+)", read.text)]


def names_moment(words: str, moment: datetime) -> bool:
    """Tell whether a listener would know a moment from a text: by its clock time, and its weekday or date."""
    text = canonical(words)
    weekday = WEEKDAYS[moment.weekday()]
    month = MONTHS[moment.month - 1]
    named = re.search(rf"\b{weekday}s?\b|\b{moment.day}(?:st|nd|rd|th)\b|\b{month} {moment.day}\b", text)
    return bool(named) and moment.time().replace(second=0, microsecond=0) in clock_times(words, moment.date())
