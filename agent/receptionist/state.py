"""What a conversation has come to: everything the next move depends on, derived from the messages."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from agent.receptionist.change import Change
from agent.receptionist.goals import Goal
from agent.receptionist.questions import Ask
from contracts.conversation import FunctionCall, FunctionResult
from contracts.partner import PracticeFacts, ServiceFacts
from language.choices import Offer
from language.datetimes.time_phrases import EARLIEST, TimePreference
from language.phone import parse, region_of

ENOUGH_ASKS = 3
"""A question that was asked this often without getting on is given up."""


class Task(StrEnum):
    """What the caller and the receptionist are at."""

    NONE = "none"
    BOOK = "book"
    MESSAGE = "message"
    CHANGE = "change"


@dataclass(frozen=True)
class Scene:
    """What surrounds a conversation and never changes in it.

    Attributes:
        facts: What may be said about the practice.
        now: The present moment, aware.
        caller_number: Where the call comes from (E.164), None when it is withheld.
    """

    facts: PracticeFacts
    now: datetime
    caller_number: str | None

    @property
    def today(self) -> date:
        """The present day where the practice is."""
        return self.now.astimezone(ZoneInfo(self.facts.timezone)).date()

    @property
    def region(self) -> str:
        """The country that a number without its country code belongs to."""
        return region_of([self.facts.phone, self.caller_number])

    @property
    def caller_phone(self) -> str | None:
        """The caller's number where it is a whole one."""
        return parse(self.caller_number, self.region) if self.caller_number else None


@dataclass
class Turn:
    """The caller's latest words and what they brought.

    Attributes:
        text: As recognised; empty when speech was heard but not understood.
        intents: What the caller wants, the most pressing first.
        question: The words ask something, by their form.
        refused: The words said no to what was asked.
        agreed: The words said yes to what was asked.
        unclear_choice: Several of the offered slots fit the words.
        wrong_digits: A telephone number was said that cannot be one.
        unknown_service: Something was asked for that is not on the list.
        dropped: The words gave up the booking that was being made.
        kept: The words left an appointment as it is.
        insists: The words press for what was refused in the turn before.
    """

    text: str
    words: str
    intents: list[Goal] = field(default_factory=list)
    question: bool = False
    got_on: bool = False
    refused: bool = False
    agreed: bool = False
    unclear_choice: list[Offer] = field(default_factory=list)
    wrong_digits: bool = False
    unknown_service: bool = False
    dropped: bool = False
    kept: bool = False
    introduced: bool = False
    dialled: bool = False
    insists: bool = False


@dataclass(frozen=True)
class ReadBack:
    """The details that were read back, as they were passed to the booking function."""

    slot_id: str
    name: str
    phone: str


@dataclass
class State:
    """What is known and what was asked; rebuilt from the messages for every move."""

    task: Task = Task.NONE
    service: ServiceFacts | None = None
    any_service: bool = False
    practitioner: str = ""
    wish: TimePreference = field(default_factory=TimePreference)
    last_day: str = ""
    """The day of offers that were turned down: a time alone means that day still."""
    search_words: str = ""
    """What the calendar was or is to be asked, when that is not the wish's own words."""
    searched: tuple[str, str, str] | None = None
    reason: str = ""
    offers: list[Offer] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    """Ids of the offered slots that the caller has heard."""
    chosen: Offer | None = None
    name: str = ""
    to_spell: bool = False
    """The name was wrong twice: its last part is to be spelled."""
    for_other: bool = False
    digits: str = ""
    phone: str = ""
    caller_phone_refused: bool = False
    read_back: ReadBack | None = None
    agreed: bool = False
    to_change: str = ""
    change: Change = field(default_factory=Change)
    outcome: str = ""
    outcome_spoken: str = ""
    message: str = ""
    staff_matter: str = ""
    """What the caller wanted that only the team can do, in their own words."""
    wants_person: bool = False
    leaving: bool = False
    asked: Ask = Ask.HELP
    asks: Counter[Ask] = field(default_factory=Counter)
    """How often each question was asked since the conversation last got on."""
    all_asks: Counter[Ask] = field(default_factory=Counter)
    last_said: str = ""
    last_question: str = ""
    """What the practice's files were asked last."""
    misses: int = 0
    turns: int = 0
    turn: Turn | None = None
    pending: list[FunctionCall] = field(default_factory=list)
    result: FunctionResult | None = None
    unspoken: bool = False
    """The last result has not been spoken of yet."""
    calls_in_turn: Counter[str] = field(default_factory=Counter)
    known_offers: dict[str, Offer] = field(default_factory=dict)

    @property
    def search_key(self) -> tuple[str, str, str]:
        """What a search would be made with now: words, service, practitioner."""
        words = self.search_words or self.wish.words or (EARLIEST if self.wish.loose else "")
        return (words, self.service.name if self.service else "", self.practitioner)

    @property
    def needs_search(self) -> bool:
        """Whether the caller's wish has not been put to the calendar yet."""
        return bool(self.search_key[0]) and self.search_key != self.searched

    def wants_service(self, facts: PracticeFacts) -> bool:
        """Tell whether the service is still to be asked for."""
        return self.service is None and not self.any_service and len(facts.services) > 1

    def booking_ask(self, facts: PracticeFacts) -> Ask:
        """Give the question that a booking needs answered next."""
        if self.chosen is None:
            if self.wants_service(facts):
                return Ask.SERVICE
            if self.offers and not self.needs_search:
                return Ask.SLOT
            return Ask.WHEN
        if not self.name:
            return Ask.NAME
        if not self.phone:
            return Ask.PHONE_REST if self.digits else Ask.PHONE
        return Ask.READ_BACK

    def start_booking(self) -> None:
        """Begin a booking; details of an earlier one that is done are let go."""
        if self.task is not Task.BOOK:
            self.task = Task.BOOK
            self.outcome = ""

    def new_search(self) -> None:
        """Let go of what was offered and chosen: the calendar is to be asked anew."""
        self.chosen = None
        self.offers = []
        self.heard = []
        self.read_back = None
        self.agreed = False
        self.searched = None

    def offer_instead(self, offers: list[Offer]) -> None:
        """Offer other times, the one that was chosen being taken; without any the calendar is to be asked."""
        searched = self.searched
        self.new_search()
        self.offers = offers
        self.known_offers.update({offer.slot_id: offer for offer in offers})
        self.searched = searched if offers else None

    def finish_booking(self, outcome: str, spoken: str) -> None:
        """Close the booking; the caller's name and number stay known."""
        self.new_search()
        self.task = Task.NONE
        self.outcome = outcome
        self.outcome_spoken = spoken or self.outcome_spoken
        self.wish = TimePreference()
        self.search_words = ""
        self.service = None
        self.any_service = False
        self.practitioner = ""
        self.reason = ""
        self.to_change = ""

    def fingerprint(self) -> tuple[object, ...]:
        """Give everything that counts as getting on, to be compared before and after a turn."""
        return (
            self.task,
            self.service and self.service.id,
            self.any_service,
            self.practitioner,
            self.wish,
            self.search_words,
            self.chosen,
            tuple(offer.slot_id for offer in self.offers),
            self.name,
            self.for_other,
            self.digits,
            self.phone,
            self.caller_phone_refused,
            self.agreed,
            self.to_change,
            self.message,
            self.wants_person,
            self.leaving,
            self.reason,
            self.change.fingerprint(),
        )
