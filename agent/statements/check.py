"""The speech gate: no sentence leaves that the conversation does not bear out.

A sentence that claims a booking, a cancellation or a move needs a result that says so; a sentence that names
an appointment time needs a function result that returned it. What does not hold is replaced by one that does.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agent.statements.changes import Changes, change_holds, changes_of, claimed_change, instead_of, only_done
from agent.statements.claims import ABOUT_HOURS, CLAIM, OFFER, OFFERED, OPEN, OPEN_SLOT, OTHERS_BOOKING
from contracts.conversation import FunctionResult, Message, results_of, text_of
from language.choices import moment_of
from language.datetimes.mentions import ClockMention, DayMention, clock_mentions, day_mentions
from language.normalize import normal
from language.sentences import SentenceSplitter
from tools.appointments import CANCEL, FIND, MOVE

NOT_BOOKED = "Nothing is booked yet."
"""Stands in for a claim of a booking that is not there."""
NOT_CLEAR = "I can't say yet whether it is booked."
"""Stands in for a claim while the outcome is open."""
NOT_CHECKED = "I'd have to check the calendar before I name a time."
"""Stands in for an appointment time that no calendar returned."""

_CALENDAR = ("search_availability", "book_appointment", FIND, CANCEL, MOVE)


_MERIDIEM = re.compile(r"\b([ap])\.m\.", re.IGNORECASE)
_CUT = re.compile(
    r"(?<![,;:.!\u2013\u2014])[,;:.!\u2013\u2014]++\s|\s[\u2013\u2014-]\s|(?<=[?!.])\s|"
    r"\b(?:but|however|so|and then|because|though|although)\b"
)


@dataclass
class _Evidence:
    """What the conversation bears out."""

    booked: list[FunctionResult] = field(default_factory=list)
    latest: str = ""
    """Status of the last booking attempt that ended in something."""
    slots: list[datetime] = field(default_factory=list)
    clocks: list[ClockMention] = field(default_factory=list)
    days: list[DayMention] = field(default_factory=list)
    heard: list[ClockMention] = field(default_factory=list)
    told: list[ClockMention] = field(default_factory=list)
    booked_slots: list[datetime] = field(default_factory=list)
    cancelled: bool = False


def gate(sentence: str, messages: Sequence[Message]) -> str:
    """Let a sentence through, or give a true one in its place."""
    words = normal(sentence)
    claiming = _claiming_a_booking(sentence)
    changed = next(filter(None, map(claimed_change, _clauses(sentence))), "")
    clocks = clock_mentions(words)
    days = day_mentions(words) if clocks or claiming or changed or OFFER.search(words) else []
    if not claiming and not changed and not clocks and not days:
        return sentence
    changes = changes_of(messages)
    if changed and not change_holds(changed, changes, clocks, days):
        return instead_of(changed, changes)
    evidence = _gather(messages, changes)
    # "Your appointment is moved to Thursday" speaks of a booking too, and was just held against the move.
    claims = not changed and not all(only_done(clause, changes) for clause in claiming)
    if claims and not _claim_holds(evidence, clocks, days):
        return NOT_CLEAR if evidence.latest in ("pending", "unknown") else NOT_BOOKED
    if not _times_hold(words, clocks, days, evidence):
        return NOT_CHECKED
    return sentence


class SpeechGate:
    """The gate for speech that comes in pieces, as a model streams it."""

    def __init__(self, messages: Callable[[], Sequence[Message]]) -> None:
        """Make the gate."""
        self._messages = messages
        self._splitter = SentenceSplitter()
        self._last = ""

    def feed(self, text: str) -> list[str]:
        """Take the next piece.

        Returns:
            The sentences that are complete now, each true.
        """
        return self._checked(self._splitter.feed(text))

    def flush(self) -> list[str]:
        """Give what is left when the speech has ended."""
        return self._checked(self._splitter.flush())

    def _checked(self, sentences: Iterable[str]) -> list[str]:
        return [said for sentence in sentences if (said := self.check(sentence))]

    def check(self, sentence: str) -> str:
        """Let one sentence through; a replacement is not said twice in a row."""
        said = gate(sentence, self._messages())
        if said != sentence and said == self._last:
            return ""
        self._last = said
        return said


def _claiming_a_booking(sentence: str) -> list[str]:
    """List the clauses that claim one."""
    return [clause for clause in _clauses(sentence) if _claims_booking(clause)]


def _claims_booking(clause: str) -> bool:
    words = normal(clause)
    if OTHERS_BOOKING.search(words) or clause.rstrip().endswith(("set?", "done?")):
        return False
    return any(not OPEN.search(words[: match.end()]) for match in CLAIM.finditer(words))


def _clauses(sentence: str) -> Iterator[str]:
    # The stops of "p.m." part nothing.
    whole = _MERIDIEM.sub(r"\1m", sentence)
    yield from (clause for clause in _CUT.split(whole) if clause and clause.strip())


def _gather(messages: Sequence[Message], changes: Changes) -> _Evidence:
    evidence = _Evidence(booked_slots=list(changes.kept), cancelled=bool(changes.cancelled))
    for result in results_of(messages):
        texts = list(_texts(result.result))
        calendar = result.name in _CALENDAR or not result.name
        evidence.clocks.extend(clock for text in texts for clock in clock_mentions(text))
        evidence.days.extend(day for text in texts for day in day_mentions(text))
        moments = [moment for text in texts if (moment := moment_of(text))] if calendar else []
        evidence.slots.extend(moments)
        if result.name == "book_appointment" and result.status not in ("invalid", "read_back", ""):
            evidence.latest = result.status
            if result.status == "booked":
                evidence.booked.append(result)
                if not result.result.get("appointment"):
                    evidence.booked_slots.extend(moments)
    for message in messages:
        if message.get("role") == "user":
            evidence.heard.extend(clock_mentions(text_of(message), bare=True))
        elif message.get("role") == "system":
            evidence.told.extend(clock_mentions(text_of(message)[:20_000]))
    return evidence


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _claim_holds(evidence: _Evidence, clocks: list[ClockMention], days: list[DayMention]) -> bool:
    moments = evidence.booked_slots
    if moments and (clocks or days):
        return all(any(clock.is_at(one) for one in moments) for clock in clocks) and all(
            any(day.is_on(one.date()) for one in moments) for day in days
        )
    return evidence.latest == "booked" and (bool(moments) or not evidence.cancelled)


def _times_hold(words: str, clocks: list[ClockMention], days: list[DayMention], evidence: _Evidence) -> bool:
    offering = OFFER.search(words) is not None
    if ABOUT_HOURS.search(words) and not OPEN_SLOT.search(words):
        # "How about four, before we close at five?" talks of hours, and offers a time all the same.
        offered = bool(clocks) and OFFERED.search(words) is not None
        return not offered or any(clock.is_at(one) for clock in clocks for one in evidence.slots)
    known = [*evidence.clocks]
    if not offering:
        known += [*evidence.heard, *evidence.told]
    if not all(_known_clock(clock, known, evidence.slots) for clock in clocks):
        return False
    if not offering or not evidence.slots:
        return True
    for clock in clocks:
        day = _day_of(clock, days, words)
        paired = [one for one in evidence.slots if clock.is_at(one)]
        if day is not None and paired and not any(day.is_on(one.date()) for one in paired):
            return False
    return True


def _known_clock(clock: ClockMention, known: Iterable[ClockMention], slots: Iterable[datetime]) -> bool:
    return any(clock.is_at(one) for one in slots) or any(clock.agrees(one) for one in known)


def _day_of(clock: ClockMention, days: list[DayMention], words: str) -> DayMention | None:
    """Give the day that a clock time belongs to: one beside it, else before it, else after it."""
    for day in days:
        if day.end <= clock.start and words[day.end : clock.start].strip() in ("", "at"):
            return day
    for day in days:
        if day.start >= clock.end and words[clock.end : day.start].strip() in ("", "on", "on the", "this"):
            return day
    before = [day for day in days if day.start < clock.start]
    return before[-1] if before else (days[0] if days else None)
