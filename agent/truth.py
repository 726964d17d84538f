"""The speech gate: no sentence leaves that the conversation does not bear out.

A sentence that claims a booking needs a ``booked`` result; a sentence that names an appointment time needs a
function result that returned it. What does not hold is replaced by a sentence that does.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agent.receptionist.choices import moment_of
from agent.receptionist.words import normal
from agent.times import ClockMention, DayMention, clock_mentions, day_mentions
from tools.conversation import FunctionResult, Message, results_of, text_of

NOT_BOOKED = "Nothing is booked yet."
"""Stands in for a claim of a booking that is not there."""
NOT_CLEAR = "I can't say yet whether it is booked."
"""Stands in for a claim while the outcome is open."""
NOT_CHECKED = "I'd have to check the calendar before I name a time."
"""Stands in for an appointment time that no calendar returned."""

_CALENDAR = ("search_availability", "book_appointment")
_DONE = r"(?:booked|scheduled|reserved|confirmed|secured|arranged|finali[sz]ed|locked in|pencill?ed in|set up|signed up|slotted in|squeezed in|saved|registered|in place)"
_ADVERB = r"(?:now |all |just |already |officially |successfully |also |gone ahead and |went ahead and |definitely |fully |indeed |happily |formally |safely |then |again )*"
_THING = r"(?:appointment|booking|visit|reservation|slot|spot|time|place|cleaning|check ?up|exam|consultation|filling|request|session|seat)"
_CLAIM = re.compile(
    # who or what is booked
    rf"\b(?:you|you're|your|we|we've|i|i've|it|it's|that|that's|this|this is|everything|everything's|all|he|she|he's|she's|they|they're|\w+'s|{_THING}s?)\b"
    rf"(?:'s|'re|'ve| is| are| has been| have been| has| have| was| were| got| am| now| been| then| gets)* ?{_ADVERB}"
    rf"(?:got |had |put |made |placed |gotten |get |been )?(?:you |it |that |this |everything |him |her |them |your \w+ |the \w+ |an? \w+ )?{_ADVERB}{_DONE}\b|"
    # what was done, first person
    rf"\bi(?:'ve| have)? {_ADVERB}(?:booked|scheduled|reserved|confirmed|made|secured|arranged|placed|entered|added|put)\b.{{0,30}}\b(?:you|your|it|that|this|{_THING}|for|in|down)\b|"
    rf"\b(?:{_THING}|booking) (?:is |has been |was )?{_ADVERB}(?:made|confirmed|complete|completed|booked|successful|set|done|scheduled|created|placed)\b|"
    rf"\b(?:you|he|she|they|we)(?:'re| are|'ve got| have| now have|'s| is) {_ADVERB}(?:down|in|on the (?:books?|schedule|calendar|list)|good to go|set|all set|sorted|expected|due|slotted)(?: (?:for|at|on|with|then)\b|$|[ ]?(?:on|for) )|"
    rf"\b(?:you|you've) {_ADVERB}(?:now )?(?:have|got) (?:an |your |the )?(?:\w+ )?appointment (?:on|at|for|with)\b|"
    rf"\b(?:i|we)(?:'ve| have)? ?(?:got|put|have|added|entered|written|pencill?ed|slotted|marked) (?:you|it|that|him|her|them)(?: \w+)? (?:down|in|on (?:the|our)|into|for)\b|"
    r"\b(?:we|we'll|we will|i'll|they'll|dr \w+ will|the (?:team|doctor|dentist) will|looking forward to)(?: then)? (?:be )?(?:see|seeing|expect|expecting|waiting for|ready for) you\b|\bsee you (?:on|at|then|tomorrow|next|this|monday|tuesday|"
    r"wednesday|thursday|friday|saturday|sunday|soon|there)\b|"
    r"\b(?:all|everything(?:'s| is)?) (?:set|sorted|taken care of|booked|done|confirmed|arranged)\b|\b(?:it's|it is|that's|that is|all|and) (?:all )?(?:done|in the (?:calendar|books?|system|schedule|diary)|on the (?:calendar|books?|schedule)|taken care of)\b|"
    r"^(?:great |perfect |okay |ok |alright |wonderful |excellent |good |yes |and |well |congratulations )*(?:booked|confirmed|done|scheduled|reserved|all done|consider it done|booking confirmed|appointment confirmed)\b|"
    r"\bconsider (?:it|that|yourself) (?:done|booked|confirmed|scheduled)\b|\b(?:is|are|it's|that's) yours(?! to)\b|\bsuccessfully (?:booked|scheduled|reserved|made|confirmed)\b|"
    rf"\bgot you (?:{_DONE}|down|in|set)\b|\b(?:confirmation|reference|booking) (?:number|code|id) (?:is|for)\b|\bconfirming (?:your|that you're|that you are) (?:booked|{_THING})\b|"
    rf"\byour {_THING} (?:is|will be|has been|'s) (?:on|at|for|with|set|all|in|good|official|locked)\b(?! (?:the|hold))"
)
_OPEN = re.compile(
    r"\b(?:not|n't|no|nothing|never|cannot|can't|haven't|hasn't|isn't|aren't|won't|wasn't|yet|if|once|when|until|till|before|unless|whether|after|as soon as|"
    r"would|could|should|shall|may i|can i|let me|want me to|like me to|like to|going to|ready to|try to|trying to|about to|able to|need to|needs to|want to|help you|happy to|"
    r"have to|has to|must|to (?:book|confirm|schedule|reserve|see|get|be)|i'll (?:get|have|book|confirm|try|go)|which|what|is that|are you|fully booked|booked (?:up|solid|out)|"
    r"already booked|by (?:someone|somebody|another)|can be|could be|might be|may be|to be|will be able|same|rather)\b"
)
_CUT = re.compile(r"[,;:.!\u2013\u2014]+\s|\s[\u2013\u2014-]\s|\b(?:but|however|so|and then|because|though|although)\b|(?<=[?!.])\s")
_THIRD_PARTY = re.compile(r"\b(?:(?:booked|reserved|taken|scheduled) by (?:some|another|a different)\w*|fully booked|all booked up|booked (?:up|solid|out)|(?:that|this) (?:time|slot|one)(?:'s| is| has been| was)? (?:just |already |been )*(?:booked|reserved|taken))\b")
_OFFERS = re.compile(
    r"\b(?:i have|i've got|i've|we have|we've got|we've|there's|there is|there are|i can (?:do|offer|get|see|fit|book|put)|we can (?:do|offer|see|fit|get)|i could|we could|available|"
    r"availability|openings?|open slot|free|how about|what about|would .{1,40} (?:work|suit)|does .{1,40} (?:work|suit)|i see|next (?:one|slot|appointment)|earliest|soonest|nearest|"
    r"you're|you are|your appointment|booked|see you|i'll (?:book|put|reserve|take)|shall i (?:book|take)|is yours|that's)\b"
)
_ABOUT_HOURS = re.compile(
    r"\b(?:(?:we|we're|we are|office|practice|clinic|doors?|phones?|team|desk|lab|pharmacy)\b.{0,40}\b(?:open|closed?|closes|opens|reachable|answered|staffed)|hours|closed|close at|closes|"
    r"opens at|open (?:from|until|till|daily|monday|tuesday|wednesday|thursday|friday|saturday|sunday|on|every|seven)|lunch break|business days?|call (?:us|back|again|before|after)|"
    r"parking|garage|bus|train|eat|drink|fasting|arrive|early|late fee)\b"
)
_OPEN_SLOT = re.compile(r"\bopen (?:slot|time|appointment|spot|at)\b|\bopenings?\b|\bi have\b|\bavailable\b")
_SENTENCE_END = re.compile(r"[.!?\u2026]+[\"')\]]*\s+|\n+")
_ABBREVIATION = re.compile(r"(?:\b(?:dr|mr|mrs|ms|st|prof|jr|sr|vs|no|ave|blvd|rd|approx|e\.g|i\.e)|\b[a-z]|\b[ap]\.m)\.$", re.IGNORECASE)
_MERIDIEM_END = re.compile(r"\b[ap]\.\s?m\.$", re.IGNORECASE)


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


def gate(sentence: str, messages: Sequence[Message]) -> str:
    """Let a sentence through, or give a true one in its place.

    Args:
        sentence: What is about to be said.
        messages: The conversation so far.

    Returns:
        The sentence unchanged, or its replacement.
    """
    words = normal(sentence)
    claims = _claims_booking(sentence)
    clocks = clock_mentions(words)
    days = day_mentions(words) if clocks or claims or _OFFERS.search(words) else []
    if not claims and not clocks and not days:
        return sentence
    evidence = _gather(messages)
    if claims and not _claim_holds(evidence, clocks, days):
        return NOT_CLEAR if evidence.latest in ("pending", "unknown") else NOT_BOOKED
    if not _times_hold(words, clocks, days, evidence):
        return NOT_CHECKED
    return sentence


class SpeechGate:
    """The gate for speech that comes in pieces, as a model streams it."""

    def __init__(self, messages: Callable[[], Sequence[Message]]) -> None:
        """Make the gate.

        Args:
            messages: Gives the conversation so far, live.
        """
        self._messages = messages
        self._rest = ""
        self._last = ""

    def feed(self, text: str) -> list[str]:
        """Take the next piece.

        Args:
            text: Any part of the speech.

        Returns:
            The sentences that are complete now, each true.
        """
        self._rest += text
        *whole, self._rest = split_sentences(self._rest, keep_open=True)
        return [said for sentence in whole if (said := self.check(sentence))]

    def flush(self) -> list[str]:
        """Give what is left when the speech has ended."""
        rest, self._rest = self._rest.strip(), ""
        if not rest:
            return []
        return [said for sentence in split_sentences(rest) if (said := self.check(sentence))]

    def check(self, sentence: str) -> str:
        """Let one sentence through; a replacement is not said twice in a row."""
        said = gate(sentence, self._messages())
        if said != sentence and said == self._last:
            return ""
        self._last = said
        return said


def split_sentences(text: str, *, keep_open: bool = False) -> list[str]:
    """Cut a text into sentences; "two p.m." and "Dr. Lee" end none.

    Args:
        text: What is to be said.
        keep_open: The text may go on: its last piece is given as it is, maybe empty, even when it looks
            complete.

    Returns:
        The sentences without surrounding space.
    """
    found: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        piece = text[start : match.end()].strip()
        following = text[match.end() : match.end() + 1]
        if keep_open and not following:
            break
        if "\n" not in match.group() and _goes_on(piece, following):
            continue
        if piece:
            found.append(piece)
        start = match.end()
    rest = text[start:]
    if keep_open:
        return [*found, rest]
    return [*found, rest.strip()] if rest.strip() else found


def _goes_on(piece: str, following: str) -> bool:
    if _MERIDIEM_END.search(piece):
        return not following.isupper()
    return _ABBREVIATION.search(piece) is not None


def _claims_booking(sentence: str) -> bool:
    for clause in _clauses(sentence):
        words = normal(clause)
        if _THIRD_PARTY.search(words):
            continue
        for match in _CLAIM.finditer(words):
            if not _OPEN.search(words[: match.end()]) and not clause.rstrip().endswith(("set?", "done?")):
                return True
    return False


def _clauses(sentence: str) -> Iterator[str]:
    yield from (clause for clause in _CUT.split(sentence) if clause and clause.strip())


def _gather(messages: Sequence[Message]) -> _Evidence:
    evidence = _Evidence()
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
    if not evidence.booked:
        return False
    moments = evidence.booked_slots
    if moments and (clocks or days):
        return all(any(clock.is_at(one) for one in moments) for clock in clocks) and all(
            any(day.is_on(one.date()) for one in moments) for day in days
        )
    return evidence.latest == "booked"


def _times_hold(words: str, clocks: list[ClockMention], days: list[DayMention], evidence: _Evidence) -> bool:
    offering = _OFFERS.search(words) is not None
    if _ABOUT_HOURS.search(words) and not _OPEN_SLOT.search(words):
        return True
    known = [*evidence.clocks]
    if not offering:
        known += [*evidence.heard, *evidence.told]
    if not all(_known_clock(clock, known, evidence.slots) for clock in clocks):
        return False
    if not offering or not evidence.slots:
        return True
    for clock in clocks:
        day = _day_of(clock, days)
        paired = [one for one in evidence.slots if clock.is_at(one)]
        if day is not None and paired and not any(day.is_on(one.date()) for one in paired):
            return False
    return True


def _known_clock(clock: ClockMention, known: Iterable[ClockMention], slots: Iterable[datetime]) -> bool:
    return any(clock.is_at(one) for one in slots) or any(clock.agrees(one) for one in known)


def _day_of(clock: ClockMention, days: list[DayMention]) -> DayMention | None:
    """Give the day that a clock time belongs to: the only one, else the nearest before it, else after it."""
    if len(days) == 1:
        return days[0]
    before = [day for day in days if day.start < clock.start]
    return before[-1] if before else (days[0] if days else None)
