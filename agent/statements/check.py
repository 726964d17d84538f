"""What may be said: each sentence of the model is held against the record of its conversation.

How to use it. Make one ``StatementCheck`` a conversation (``records.statement_check``); before a sentence is
said, let it ``take`` the whole conversation (it reads only what is new) and ask for a verdict::

    check = StatementCheck(record, clock, zone, caller_number)
    check.take(messages)
    verdict = await asyncio.to_thread(check.judge, sentence)
    if not verdict.ok:
        # Once a turn: ask the model again, with a system message that says
        # f"This was not said: {sentence!r}, because {verdict.reason}." When it fails again, say
        # verdict.instead.

``verdict.instead`` is the last result's own sentence where one stands, else a sentence that is true.
Sentences that pass are remembered for the turn, so that a claim split over two of them is seen; ``begin``
forgets them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from agent.statements.claim import Clause, Fault
from agent.statements.clauses import clauses_of, is_question, language_of, without_markup
from agent.statements.deeds import absent_share, deed_fault
from agent.statements.evidence import Evidence
from agent.statements.facts import value_fault
from agent.statements.kinds import DEEDS, kinds_of_readings
from agent.statements.openings import opening_fault
from agent.statements.practice import PracticeRecord
from agent.statements.values import days_disagree
from contracts.conversation import Message
from kit.clock import Clock
from language.values.claims import without_values
from language.values.reading import Reading, read

NOTHING_DONE = "Nothing has been booked or changed yet."
"""Stands in for a deed that is not there, while nothing at all was done."""
NOT_CLEAR = "I can't say yet whether that went through."
"""Stands in for a deed whose outcome is open."""
NOT_CHECKED = "I'd have to check the calendar before I name a time."
"""Stands in for a time that no calendar returned."""
NOT_KNOWN = "I'm not sure about that. I can take a message for the team, if you like."
"""Stands in for what is not known."""
_TIMES = frozenset({"offer", "full", "time", "day", "length", "service"})
_WINDOW_WORDS = 4
"""A sentence of so few words is judged together with the one before it."""
_JOINING = frozenset({"", "or", "and", "at", "on", "from", "to", "the", "so"})
_LEAST_WORDS = 3
"""Of a part that is judged by itself as surely as a sentence."""
_MOST_PIECES = 6
_OPENERS = ("if ", "once ", "unless ", "as soon as ", "before i ", "si ", "cuando ", "until ")


@dataclass(frozen=True)
class Verdict:
    """Whether a sentence may be said.

    Attributes:
        kind: What is wrong with it, empty when nothing is.
        reason: Why, in words for the model.
        instead: What to say in its place when the model has no better words.
    """

    ok: bool
    kind: str = ""
    reason: str = ""
    instead: str = ""


class StatementCheck:
    """Judges the sentences of one conversation."""

    def __init__(
        self, practice: PracticeRecord, clock: Clock, zone: ZoneInfo, caller_number: str | None = None
    ) -> None:
        self.evidence = Evidence(practice, clock, zone, caller_number)
        self._before = ""

    def take(self, messages: Sequence[Message]) -> None:
        """Read what is new in the conversation."""
        self.evidence.take(messages)

    def recall(self, earlier: Sequence[Message]) -> None:
        """Read what stands before the messages that ``take`` is given."""
        self.evidence.recall(earlier)

    def begin(self) -> None:
        """Begin a new answer: what was said before it is no part of its sentences."""
        self._before = ""

    def judge(self, sentence: str) -> Verdict:
        """Judge a sentence, in the order in which sentences are said."""
        fault = self._fault(sentence)
        if fault is None:
            self._before = sentence
            return Verdict(ok=True)
        return Verdict(ok=False, kind=fault.kind, reason=fault.reason, instead=self._instead(fault.kind))

    def _instead(self, kind: str) -> str:
        evidence = self.evidence
        if kind in (DEEDS - {"human"}) | {"not_booked", "not_changed", "language"} | _TIMES:
            if evidence.say:
                return evidence.say
            if evidence.is_open:
                return NOT_CLEAR
            if kind in _TIMES:
                return NOT_CHECKED
            if kind in ("booked", "done", "cancelled", "moved") and not evidence.kept:
                return NOTHING_DONE
        return NOT_KNOWN

    def _read(self, text: str, *, spanish: bool) -> Reading:
        return read(text, self.evidence.today, spanish=spanish, named=self.evidence.practice.named_days)

    def _fault(self, sentence: str) -> Fault | None:
        text = self.evidence.practice.with_names_joined(without_markup(sentence))
        whole = self._read(text, spanish=False)
        language = language_of([token.word for token in whole.tokens if token.word[0].isalpha()], text)
        if not any(map(str.isalnum, text)):
            return None
        if not language:
            return Fault(
                "language", "it is not in a language that can be checked; answer in English or Spanish"
            )
        if language == "es":
            whole = self._read(text, spanish=True)
        if wrong := days_disagree(whole, self.evidence):
            return Fault("day", wrong)
        for clause in self._clauses(text, whole, spanish=language == "es"):
            if fault := self._clause_fault(clause, spanish=language == "es"):
                return fault
        return None

    def _clause_fault(self, clause: Clause, *, spanish: bool) -> Fault | None:
        absent = absent_share(clause, self.evidence)
        return (
            deed_fault(clause, self.evidence, spanish=spanish)
            or opening_fault(clause, self.evidence, absent)
            or value_fault(clause, self.evidence)
        )

    def _clauses(self, text: str, whole: Reading, *, spanish: bool) -> list[Clause]:
        """Take a sentence apart: each part alone, and where it is short with the one before it."""
        parts = clauses_of(text)
        if len(parts) > 1 and text.lower().startswith(_OPENERS):
            parts = [text]
        parts = [piece for part in parts for piece in self._split_hours(part, spanish=spanish)]
        parts = self._with_values_joined(parts, spanish=spanish)
        readings = [self._read(part, spanish=spanish) for part in parts]
        windows: dict[int, Reading] = {}
        for place, part in enumerate(parts):
            before = parts[place - 1] if place else without_markup(self._before)
            if before and len(part.split()) <= _WINDOW_WORDS and not is_question(part):
                windows[place] = self._read(f"{before} {part}", spanish=spanish)
        kinds = kinds_of_readings([*readings, *windows.values()])
        found = [
            Clause(
                part,
                reading,
                kinds[place],
                reading.days or whole.days,
                is_question(part),
                len(parts) > 1 and len(part.split()) < _LEAST_WORDS,
                parts[place - 1] if place else "",
            )
            for place, (part, reading) in enumerate(zip(parts, readings, strict=True))
        ]
        found += [
            Clause(
                parts[place],
                readings[place],
                kinds[len(parts) + number],
                (),
                asks=False,
                before=parts[place - 1] if place else "",
            )
            for number, place in enumerate(windows)
        ]
        return found

    def _with_values_joined(self, parts: list[str], *, spanish: bool) -> list[str]:
        """Join what is nothing but values, "nine, ten, or eleven", to the part that says what they are."""
        joined: list[str] = []
        led = False
        for part in parts:
            reading = self._read(part, spanish=spanish)
            left = without_values(reading)
            said = [word for word in left.lower().split() if word.strip(".,?!") not in _JOINING]
            is_list = not said and not (reading.times and reading.days)
            if joined and (led or is_list) and not is_question(joined[-1]):
                joined[-1] = f"{joined[-1]}, {part}"
            else:
                joined.append(part)
            led = not said and len(joined) == 1
        return joined

    def _split_hours(self, part: str, *, spanish: bool) -> list[str]:
        """Part "nine to five on Monday and nine to two on Friday", where both sides have a day and a time."""
        pieces = part.split(" and ")
        if not 1 < len(pieces) <= _MOST_PIECES:
            return [part]
        readings = [self._read(one, spanish=spanish) for one in pieces]
        return pieces if all(one.times and one.days for one in readings) else [part]
