"""What a conversation bears out: a typed record that grows with it, message by message."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from agent.statements.practice import PracticeRecord
from agent.statements.support import Unit, units_of
from contracts.conversation import (
    ADDED_BY,
    FunctionResult,
    Message,
    calls_of,
    results_of,
    sentence_of,
    text_of,
)
from kit.clock import Clock
from language.choices import moment_of
from language.values.reading import Reading, read
from tools.appointments import CANCEL, FIND, MOVE, appointments_in

SEARCH = "search_availability"
BOOK = "book_appointment"
_NO_OUTCOME = frozenset({"invalid", "read_back", "ask", "ok", "none", "same", "who", "past", "found", ""})
"""Statuses after which everything stands as before."""
_OPEN = frozenset({"pending", "unknown"})
_FAILED = _OPEN | {"taken", "refused", "unavailable", "not_found", "unsupported"}
_LONGEST_TEXT = 2000
"""Characters of one message of the caller that are read for values."""


@dataclass(frozen=True)
class Visit:
    """A time in the calendar, free or the caller's.

    Attributes:
        start: In the practice's zone.
        practitioner: With whom, as the result names them; empty when it names nobody.
    """

    start: datetime
    minutes: int | None = None
    practitioner: str = ""
    service: str = ""
    name: str = ""
    phone: str = ""


@dataclass
class Evidence:
    """The record of one conversation.

    Attributes:
        offers: The times that the calendar returned last, and those before them.
        kept: The caller's appointments by id: found, booked or moved here, and not cancelled.
        cancelled: Those that were cancelled here, or moved away from.
        searched: Readings of the days that were looked at.
        outcome: Status of the last write that ended in something; the function's name with it.
        reached: Statuses that were reached by any function.
        say: The last result's own sentence.
        told: Readings of what results said.
        heard: Readings of what the caller said.
        passages: What was found in files or said by another system.
    """

    practice: PracticeRecord
    clock: Clock
    zone: ZoneInfo
    caller_number: str | None = None
    offers: list[Visit] = field(default_factory=list)
    kept: dict[str, Visit] = field(default_factory=dict)
    cancelled: list[Visit] = field(default_factory=list)
    proposed: list[Visit] = field(default_factory=list)
    taken: list[Visit] = field(default_factory=list)
    searched: list[Reading] = field(default_factory=list)
    outcome: tuple[str, str] = ("", "")
    booking: str = ""
    reached: set[str] = field(default_factory=set)
    say: str = ""
    told: list[Reading] = field(default_factory=list)
    heard: list[Reading] = field(default_factory=list)
    passages: list[Unit] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    _passes: bool = False
    _read: int = 0
    _calls: dict[str, Message] = field(default_factory=dict)
    _waiting: dict[int, Message] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The present, in the practice's zone."""
        return self.clock().astimezone(self.zone)

    @property
    def today(self) -> date:
        """The date, in the practice's zone."""
        return self.now.date()

    @property
    def has_failed(self) -> bool:
        """Whether the last write came to nothing, or nobody knows what it came to."""
        return self.outcome[1] in _FAILED

    @property
    def is_open(self) -> bool:
        """Whether a write was sent whose outcome nobody knows yet."""
        return self.outcome[1] in _OPEN

    def take(self, messages: Sequence[Message]) -> None:
        """Read what is new in a conversation.

        Args:
            messages: The whole of it; what was read before is not read again, and a function that had
                not answered then is read when it has.
        """
        for place, message in list(self._waiting.items()):
            if _answered(message):
                del self._waiting[place]
                self._result(message)
        for place in range(self._read, len(messages)):
            self._message(place, messages[place])
        self._read = max(self._read, len(messages))

    def recall(self, earlier: Sequence[Message]) -> None:
        """Read what was said and done before the conversation that ``take`` is given; once, and first."""
        for place, message in enumerate(earlier):
            self._message(place - len(earlier), message)

    def _message(self, place: int, message: Message) -> None:
        if ADDED_BY in message:
            return
        role = message.get("role")
        if role == "user":
            if self._passes:
                self.say, self._passes = "", False
            reading = self._reading(text_of(message)[:_LONGEST_TEXT])
            self.heard.append(reading)
            self.words |= reading.words
        elif role == "assistant":
            for call in calls_of(message):
                self._calls[call.id] = message
        elif role == "tool":
            if _answered(message):
                self._result(message)
            else:
                self._waiting[place] = message

    def _reading(self, text: str) -> Reading:
        return read(text, self.today, spanish=True, named=self.practice.named_days)

    def _result(self, message: Message) -> None:
        asked = self._calls.get(str(message.get("tool_call_id", "")))
        for result in results_of([*([asked] if asked else []), message]):
            if result.name:
                self._function_result(result)

    def _function_result(self, result: FunctionResult) -> None:
        self.reached.add(result.status)
        said = sentence_of(result.result)
        self.say = said or ("" if result.status in _OPEN else self.say)
        # What was wrong with a call is news of this turn alone.
        self._passes = bool(said) and result.status == "invalid"
        texts = [text for text in _texts(result.result) if moment_of(text) is None]
        for text in texts:
            reading = self._reading(text[:_LONGEST_TEXT])
            self.told.append(reading)
            self.words |= reading.words
        if result.name == SEARCH:
            self._searched(result)
        elif result.name in (BOOK, MOVE, CANCEL, FIND):
            self._appointments(result)
        else:
            self.passages += [unit for text in texts for unit in units_of(text, self.practice.read)]
            if result.status in ("taken_down", "transferring", "asked", "passed_on"):
                self.outcome = (result.name, result.status)

    def _searched(self, result: FunctionResult) -> None:
        asked = [str(result.result.get("when") or ""), str(result.arguments.get("when") or "")]
        self.searched += [self._reading(text) for text in asked if text]
        visits = self._visits(result.result)
        self.offers += visits
        self._know(visits, "It, that time")

    def _appointments(self, result: FunctionResult) -> None:
        status, moment = result.status, self._visits({"slots": [result.result]})
        if result.name == BOOK and status not in _NO_OUTCOME:
            self.booking = status
        if result.name != FIND and status not in _NO_OUTCOME:
            self.outcome = (result.name, status)
        if status == "read_back":
            self.proposed += [self._completed(one) for one in moment]
        if status == "taken":
            self.taken += moment
            gone = {one.start for one in moment}
            self.offers = [one for one in self.offers if one.start not in gone]
            self.proposed = [one for one in self.proposed if one.start not in gone]
        self.offers += self._visits({"slots": result.result.get("slots") or ()})
        booking_id = str(result.result.get("booking_id") or "")
        if status == "cancelled":
            before = self.kept.pop(booking_id, None)
            self.cancelled += [before] if before else moment
        if status in ("booked", "moved", "found"):
            if status == "moved" and (before := self.kept.get(booking_id)) is not None:
                self.cancelled.append(before)
            self._keep(result, moment, booking_id)

    def _keep(self, result: FunctionResult, moment: list[Visit], booking_id: str) -> None:
        named = appointments_in(result.result)
        for one in named:
            visit = Visit(
                one.start.astimezone(self.zone),
                one.minutes,
                one.practitioner,
                one.service,
                one.name,
                one.phone,
            )
            self.kept[one.booking_id] = visit
            self._know([visit], "It, your visit, your appointment")
        if not named:
            for number, visit in enumerate(moment):
                self.kept[booking_id or f"{visit.start.isoformat()}{number}"] = self._completed(visit)

    def _completed(self, visit: Visit) -> Visit:
        """Give a visit with what the offer of its time says of it."""
        known = next((offer for offer in self.offers if offer.start == visit.start), visit)
        return replace(
            visit,
            practitioner=visit.practitioner or known.practitioner,
            service=visit.service or known.service,
        )

    def _know(self, visits: list[Visit], what: str) -> None:
        """Say visits as sentences, for what is stated of them: with whom, what for, how long."""
        for one in visits:
            said = f"{what} is a {one.service or 'visit'}"
            said += f" with {one.practitioner}" if one.practitioner else ""
            said += f", takes and lasts {one.minutes} minutes" if one.minutes else ""
            self.passages += units_of(f"{said}.", self.practice.read)

    def _visits(self, result: Mapping[str, Any]) -> list[Visit]:
        listed = result.get("slots")
        service = result.get("service")
        named = str(service.get("name") or "") if isinstance(service, dict) else ""
        found = []
        for one in listed if isinstance(listed, list | tuple) else ():
            start = moment_of(one.get("start")) if isinstance(one, Mapping) else None
            if start is not None and start.tzinfo is not None:
                minutes = one.get("duration_minutes") or one.get("minutes")
                found.append(
                    Visit(
                        start.astimezone(self.zone),
                        minutes if isinstance(minutes, int) else None,
                        str(one.get("practitioner") or ""),
                        named,
                        str(one.get("name") or ""),
                        str(one.get("phone") or ""),
                    )
                )
        return found


def _answered(message: Message) -> bool:
    """Tell whether a function's result is there; while it runs, pipecat holds a word in its place."""
    return text_of(message).lstrip().startswith("{")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
