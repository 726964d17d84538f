"""What a conversation has come to: typed, and written as data with the conversation.

Everything that the next move depends on is here, what was asked and offered among it. Nothing is read back
out of what was said.
"""

import copy
import dataclasses
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from contracts.partner import PracticeFacts, PractitionerFacts, ServiceFacts
from language.choices import Offer, moment_of
from language.datetimes.resolve import EARLIEST
from language.phone import parse, region_of
from tools.appointments import Appointment, appointments_in

LONGEST_REASON = 200
"""Characters of the caller's words that go along with a booking."""


class Ask(StrEnum):
    """A question of the receptionist's; the caller's next words are read as its answer."""

    NOTHING = "nothing"
    HELP = "help"
    SERVICE = "service"
    PRACTITIONER = "practitioner"
    WHEN = "when"
    SLOT = "slot"
    NAME = "name"
    LAST_NAME = "last_name"
    SPELLING = "spelling"
    CALLER_PHONE = "caller_phone"
    PHONE = "phone"
    PHONE_REST = "phone_rest"
    BIRTH_DATE = "birth_date"
    CODE_OFFER = "code_offer"
    """Whether a code is to be texted to the number on the appointment."""
    CODE = "code"
    RULE = "rule"
    """A question that the practice wants asked before a booking."""
    READ_BACK = "read_back"
    WHAT_TO_CHANGE = "what_to_change"
    MOVE_OR_NEW = "move_or_new"
    WHICH_APPOINTMENT = "which_appointment"
    CANCEL_OR_MOVE = "cancel_or_move"
    CANCEL_IT = "cancel_it"
    ANYTHING_ELSE = "anything_else"
    BOOK_OFFER = "book_offer"
    PERSON_OFFER = "person_offer"
    MESSAGE_OFFER = "message_offer"
    PERSON_OR_MESSAGE = "person_or_message"
    MESSAGE_TEXT = "message_text"


HELP_OFFERS = (Ask.PERSON_OR_MESSAGE, Ask.MESSAGE_OFFER, Ask.PERSON_OFFER)
"""Offers of the practice's people."""
NAME_ASKS = (Ask.NAME, Ask.LAST_NAME, Ask.SPELLING)
IDENTITY_ASKS = (Ask.BIRTH_DATE, Ask.CODE_OFFER, Ask.CODE)
PHONE_ASKS = (Ask.PHONE, Ask.PHONE_REST, Ask.CALLER_PHONE)


class Kind(StrEnum):
    """What a goal is about."""

    NONE = "none"
    BOOK = "book"
    CANCEL = "cancel"
    MOVE = "move"
    OPEN = "open"
    """The caller cannot come, and has not said what follows from that."""
    LOOK = "look"
    """The caller only wants to know what they have."""
    MESSAGE = "message"


CHANGES = (Kind.CANCEL, Kind.MOVE, Kind.OPEN, Kind.LOOK)


@dataclass(frozen=True)
class Scene:
    """What surrounds a conversation and never changes in it.

    Attributes:
        facts: What may be said about the practice.
        now: The present moment, aware.
        caller_number: Where the call comes from (E.164), None when it is withheld.
        number_proves: Whether that number proves whose appointments may be spoken of.
        by_ear: Their words are what a recogniser made of a voice.
    """

    facts: PracticeFacts
    now: datetime
    caller_number: str | None
    number_proves: bool = True
    by_ear: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """Where the practice is."""
        return ZoneInfo(self.facts.timezone)

    @property
    def today(self) -> date:
        """The present day where the practice is."""
        return self.now.astimezone(self.zone).date()

    @property
    def region(self) -> str:
        """The country that a number without its country code belongs to."""
        return region_of([self.facts.phone, self.caller_number])

    @property
    def caller_phone(self) -> str | None:
        """The caller's number where it is a whole one."""
        return parse(self.caller_number, self.region) if self.caller_number else None

    @property
    def proven_phone(self) -> str | None:
        """The caller's number where it proves whose appointments may be spoken of."""
        return self.caller_phone if self.number_proves else None

    def service(self, service_id: str) -> ServiceFacts | None:
        """Find a service that the bot books."""
        return next((one for one in self.facts.services if one.id == service_id), None)

    def practitioner(self, practitioner_id: str) -> PractitionerFacts | None:
        """Find somebody who can be seen."""
        return next((one for one in self.facts.practitioners if one.id == practitioner_id), None)


@dataclass
class Goal:
    """What the caller wants, and how far that has come.

    Attributes:
        service: The id of what the visit is for; empty while it is not known.
        practitioner: Whom they want to see, or ``anyone``.
        phrases: Their words about when, of all turns, in order.
        loose: They leave the time to us.
        searched: What it was asked last: words, service, practitioner.
        reason: Why they come, in their words.
        offers: Times that were offered, and not turned down.
        heard: The ids of those that the caller has heard.
        slot: The one that was chosen.
        name: The patient's.
        spell: Parts of the name, ``first`` and ``last``, that are to be spelled.
        digits: A number as far as it was said.
        extension: Behind the number, for the team: a number is kept without it.
        own_number: False when the number that they call from is not to be used.
        born: The patient's date of birth, ISO 8601; ``?`` when they will not say or do not know.
        born_said: Their words about it, until they hold the whole of it.
        code: The code that was texted to them, as far as they have read it.
        texts: ``wanted`` when a code is to be texted, ``sent`` when one may be on its way, ``refused``.
        answers: To the questions that the practice wants asked, by their keys.
        read_back: What a function read back; empty when that does not stand any more.
        to_change: What was said to be wrong and is not known anew; ``?`` when they did not say which.
        booking_id: The appointment that is to be changed.
        about: Their words about which appointment it is.
        target: Their words about where to, until it is known which.
        rest: What is to be cancelled after it.
        groups: Of people who come together: the slots of each offer, one a person; the first is the offer.
        text: The message.
        message_kind: ``message`` or ``waiting_list``.
        repairs: How often what was understood was said to be wrong.
    """

    kind: Kind = Kind.NONE
    service: str = ""
    any_service: bool = False
    practitioner: str = ""
    nobody_else: bool = False
    """They will see nobody but that practitioner."""
    phrases: list[str] = field(default_factory=list)
    loose: bool = False
    searched: list[str] = field(default_factory=list)
    reason: str = ""
    offers: list[Offer] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    slot: Offer | None = None
    name: str = ""
    for_other: bool = False
    surname: bool = False
    """Of the name only the last one is known: "Mrs. Patterson"."""
    spell: list[str] = field(default_factory=list)
    objections: int = 0
    name_unsure: bool = False
    spelled_in_vain: bool = False
    name_left: bool = False
    """The caller knows that the name stays as it was heard, for the team to ask."""
    spelled: list[str] = field(default_factory=list)
    """Parts of the name as they were spelled."""
    examined: str = ""
    """The name as it was when its spelling was last thought of."""
    digits: str = ""
    phone: str = ""
    extension: str = ""
    own_number: bool = True
    born: str = ""
    born_said: str = ""
    code: str = ""
    texts: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    read_back: dict[str, Any] = field(default_factory=dict)
    agreed: bool = False
    stands: bool = False
    """What was read back stands, though the answer did not agree: a short question will do."""
    to_change: str = ""
    booking_id: str = ""
    about: str = ""
    target: str = ""
    rest: list[str] = field(default_factory=list)
    groups: list[list[dict[str, Any]]] = field(default_factory=list)
    text: str = ""
    message_kind: str = "message"
    repairs: int = 0
    elsewhere: bool = False
    """The visit stands under another number or name than the call's."""
    one_more: bool = False
    """A visit of the same kind exists, and this is one more."""

    @property
    def when(self) -> str:
        """What the calendar is to be asked."""
        return "; ".join(self.phrases) or (EARLIEST if self.loose else "")

    def begin_search(self) -> None:
        """Let go of what was offered and chosen: the calendar is to be asked anew."""
        self.offers, self.heard, self.slot, self.searched, self.groups = [], [], None, [], []
        self.unread()

    def unread(self) -> None:
        """Let go of a read-back that does not stand any more."""
        self.read_back, self.agreed, self.stands = {}, False, False

    def progress(self) -> tuple[object, ...]:
        """Give what counts as getting on, whatever the ids of offers are."""
        fields = dataclasses.asdict(self)
        for name in ("offers", "heard", "slot", "read_back", "repairs", "objections", "searched", "groups"):
            del fields[name]
        fields["phrases"] = sorted(set(self.phrases))
        slot = self.slot.spoken if self.slot else ""
        return (str(fields), slot, tuple(one.spoken for one in self.offers))


@dataclass
class State:
    """What is known and what was asked.

    Attributes:
        goal: What is being done.
        waiting: What was put off until that is done.
        known: The caller's own appointments, as a function gave them.
        looked: Whether the calendar was asked for them under the number that the call comes from.
        asked: The question that stands.
        asks: How often each was asked since the conversation got on.
        all_asks: How often each was asked in all.
        said: The last sentences said.
        misses: Utterances in a row that nothing was made of.
        unheard: No word of the last one was understood.
        idle: Rounds in which the caller only was there, since the conversation got on.
        stalls: Rounds in a row that led to nowhere new.
        been: What the conversation had come to after each round.
        outcome: What became of the last booking or change, by status.
        spoken: When that is.
        matter: What the caller wanted that only the team can do, in their words.
        question: What the practice's files were asked last.
        topic: The id of the service that was spoken of last.
        whom: The id of the practitioner who was spoken of last.
        fact: What was asked of the practice's facts last.
        todo: Acts of the last utterance that are to be answered still, each as kind and words.
        told: Answers that are to be said before the next step.
        calls: How often each function was called since the caller spoke.
        refused: Kinds of question that were refused; who asks again presses on.
    """

    goal: Goal = field(default_factory=Goal)
    waiting: list[Goal] = field(default_factory=list)
    name: str = ""
    phone: str = ""
    known: list[dict[str, Any]] = field(default_factory=list)
    looked: bool = False
    asked: Ask = Ask.HELP
    asks: dict[str, int] = field(default_factory=dict)
    all_asks: dict[str, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    turns: int = 0
    misses: int = 0
    unheard: bool = False
    idle: int = 0
    stalls: int = 0
    been: list[str] = field(default_factory=list)
    outcome: str = ""
    spoken: str = ""
    matter: str = ""
    handed: bool = False
    """Whether somebody of the team was asked to join the chat."""
    left: str = ""
    """The message that was left last, to which more may be added."""
    question: str = ""
    earlier: str = ""
    """What the files were asked before that, within the last rounds."""
    answer: str = ""
    """What the files answered last."""
    question_turn: int = 0
    age: int = 0
    """Of the child that is spoken of; 0 where none was told."""
    wondered: list[str] = field(default_factory=list)
    """Questions that the caller asked."""
    topic: str = ""
    whom: str = ""
    fact: str = ""
    todo: list[list[str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    pressed: int = 0
    """The turn in which something was refused last."""
    language: str = "en"
    urgent: int = 0
    """The turn in which something was told last that should be seen soon."""
    leaving: bool = False
    got_on: bool = False
    chose: bool = False
    """A time was taken, or another than before."""
    filled: bool = False
    """Words for the time of a call were said since the caller spoke."""
    unclear: list[str] = field(default_factory=list)
    """Ids of offers that all fit what was said."""

    @property
    def together(self) -> int:
        """How many people are to be booked together, for the same kind of visit, the one at hand included."""
        several = self.goal.for_other or any(one.for_other for one in self.waiting)
        others = [one for one in self.waiting if several and one.one_more and not one.phrases]
        same = [one for one in others if one.service in ("", self.goal.service)]
        return 1 + len(same) if self.goal.kind is Kind.BOOK and len(same) == len(self.waiting) else 1

    @property
    def last_said(self) -> str:
        """What was said last."""
        return self.said[-1] if self.said else ""

    @property
    def appointments(self) -> list[Appointment]:
        """The caller's own appointments."""
        return appointments_in({"appointments": self.known})

    @property
    def chosen(self) -> Appointment | None:
        """The appointment that is to be changed."""
        return next((one for one in self.appointments if one.booking_id == self.goal.booking_id), None)

    def count(self, ask: Ask) -> int:
        """Give how often a question was asked since the conversation got on."""
        return self.asks.get(ask, 0)

    def ask(self, ask: Ask) -> None:
        """Note that a question is asked."""
        self.asked = ask
        self.asks[ask] = self.asks.get(ask, 0) + 1
        self.all_asks[ask] = self.all_asks.get(ask, 0) + 1

    def begin(self, kind: Kind, **slots: Any) -> Goal:
        """Begin a goal; the caller's own name and number stay known."""
        before = self.goal
        self.goal = Goal(kind=kind, name=self.name, phone=self.phone)
        if before.kind is Kind.NONE:
            self.goal.name, self.goal.phone = before.name or self.name, before.phone or self.phone
            self.goal.reason, self.goal.for_other = before.reason, before.for_other
        for name, value in slots.items():
            setattr(self.goal, name, value)
        self.asks = {}
        return self.goal

    def finish(self) -> None:
        """Close the goal, and take up what was put off."""
        done, self.goal = self.goal, Goal()
        if done.kind in (Kind.BOOK, Kind.MESSAGE) and not done.for_other:
            self.name = done.name or self.name
        self.phone = done.phone or self.phone
        self.asks = {}
        if self.waiting:
            self.goal = self.waiting.pop(0)
            self.goal.phone = self.goal.phone or self.phone
            if not self.goal.for_other:
                self.goal.name = self.goal.name or self.name

    def dump(self) -> dict[str, Any]:
        """Write it as JSON holds it; what is as at the beginning is left out."""
        written: dict[str, Any] = _written(self)
        return written

    @classmethod
    def load(cls, written: dict[str, Any]) -> Self:
        """Read what ``dump`` wrote; fields that this version does not know are passed over.

        What was written stays as it is: another move may be decided from it.
        """
        written = copy.deepcopy(written)
        state: Self = _read(cls, written)
        state.goal = _goal(written.get("goal") or {})
        state.waiting = [_goal(one) for one in written.get("waiting") or []]
        state.asked = Ask(state.asked) if state.asked in set(Ask) else Ask.NOTHING
        return state


def _written(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        plain = type(value)() if not isinstance(value, Offer) else None
        return {
            one.name: _written(getattr(value, one.name))
            for one in dataclasses.fields(value)
            if plain is None or getattr(value, one.name) != getattr(plain, one.name)
        }
    if isinstance(value, list):
        return [_written(one) for one in value]
    if isinstance(value, dict):
        return {key: _written(one) for key, one in value.items()}
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


def _read(kind: type[Any], written: dict[str, Any]) -> Any:
    known = {one.name for one in dataclasses.fields(kind)}
    return kind(**{name: value for name, value in written.items() if name in known})


def _goal(written: dict[str, Any]) -> Goal:
    goal: Goal = _read(Goal, written)
    goal.kind = Kind(goal.kind) if goal.kind in set(Kind) else Kind.NONE
    goal.offers = [_offer(one) for one in written.get("offers") or []]
    goal.slot = _offer(written["slot"]) if written.get("slot") else None
    return goal


def _offer(written: dict[str, Any]) -> Offer:
    return Offer(
        slot_id=str(written.get("slot_id", "")),
        start=moment_of(written.get("start")),
        spoken=str(written.get("spoken", "")),
        practitioner=str(written.get("practitioner", "")),
    )
