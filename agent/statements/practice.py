"""What is so of a practice, whatever is said in a conversation: its facts, its instructions, its files."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property

from agent.statements.kinds import common_stems, common_words, ordinary_stems
from agent.statements.support import Support, Unit, units_of, units_of_passages
from contracts.partner import PracticeFacts, ServiceFacts
from knowledge.search.passage import Passage
from knowledge.search.quotable import quotable_passage
from language import phone as phones
from language.speak import LANGUAGES, WEEKDAYS
from language.values.days import NamedDays, named_days
from language.values.reading import Reading, read

_ALWAYS_NAMED = (("christmas eve", 12, 24), ("christmas day", 12, 25), ("christmas", 12, 25),
                 ("new year's day", 1, 1), ("new year's eve", 12, 31), ("independence day", 7, 4),
                 ("fourth of july", 7, 4))  # fmt: skip
_PAIR = re.compile(r"\b([A-Z][a-z]{2,}) (?=([A-Z][a-z]{2,})\b)")


@dataclass(frozen=True)
class Hours:
    """Opening hours of one weekday; 0 is Monday."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class PracticeRecord:
    """Everything that is known of a practice, ready to hold statements against."""

    facts: PracticeFacts
    instructions: str = ""
    passages: Sequence[Passage] = ()
    today: date = field(default_factory=lambda: date(2000, 1, 3))

    def read(self, text: str) -> Reading:
        """Read the values of a text."""
        return read(text, self.today, named=self.named_days)

    @cached_property
    def named_days(self) -> NamedDays:
        """Days with a name: those on which it is closed, and those that everybody knows."""
        closed = [(one.name.lower().removeprefix("the "), one.date) for one in self.facts.closures]
        years = (self.today.year, self.today.year + 1)
        known = [(name, date(year, month, day)) for name, month, day in _ALWAYS_NAMED for year in years]
        return named_days([*closed, *known])

    @cached_property
    def hours(self) -> tuple[Hours, ...]:
        """When it is open."""
        found = (_hours(one.weekday, one.opens, one.closes) for one in self.facts.hours)
        return tuple(one for one in found if one is not None)

    @cached_property
    def special_hours(self) -> dict[date, list[Hours]]:
        """When it is open on days that have hours of their own."""
        found: dict[date, list[Hours]] = {}
        for one in self.facts.special_hours:
            if (hours := _hours(one.date.weekday(), one.opens, one.closes)) is not None:
                found.setdefault(one.date, []).append(hours)
        return found

    @cached_property
    def closed_on(self) -> frozenset[date]:
        """The days on which it is closed beside its hours."""
        return frozenset(one.date for one in self.facts.closures)

    @cached_property
    def support(self) -> Support:
        """What its facts, instructions and files bear out."""
        units: list[Unit] = []
        told = (quotable_passage(one, self.facts) for one in self.passages)
        quotable = [one for one in told if one is not None]
        for text, heading in self._texts():
            units += units_of(text, self.read, heading)
        units += units_of(self.instructions, self.read)
        units += units_of_passages(quotable, self.read)
        return Support(units, common_stems(), ordinary_stems())

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of it, lower case; names and places are known by them."""
        return frozenset(word for unit in self.support.units for word in unit.reading.words)

    def with_names_joined(self, text: str) -> str:
        """Write a name as it is written here: "United Healthcare" where it is "UnitedHealthcare"."""
        return _PAIR.sub(lambda pair: pair[1] if self._is_one_name(pair[1], pair[2]) else pair[0], text)

    def _is_one_name(self, one: str, other: str) -> bool:
        two = {one.lower(), other.lower()}
        return f"{one}{other}".lower() in self.words and not two <= self.words

    @cached_property
    def common_words(self) -> frozenset[str]:
        """Words that may stand with a capital and name nothing."""
        return common_words()

    @cached_property
    def phones(self) -> frozenset[str]:
        """Digits of the telephone numbers that it names, without the country's."""
        own = [phones.digits(self.facts.phone)] if self.facts.phone else []
        return frozenset([*own, *(digits for unit in self.support.units for digits in unit.reading.phones)])

    @cached_property
    def contacts(self) -> frozenset[str]:
        """E-mail addresses and web sites that it names."""
        return frozenset(one for unit in self.support.units for one in unit.reading.contacts)

    def _texts(self) -> Iterator[tuple[str, str]]:
        """Say the profile as sentences, each under a heading."""
        facts = self.facts
        yield f"This is {facts.name}, our practice and office.", "Name"
        if facts.address:
            yield f"We are at {facts.address}.", "Our address, where we are"
        if facts.phone:
            yield f"You can call us, reach us by phone at {phones.spoken(facts.phone)}.", "Our phone number"
        if facts.website:
            yield f"Our website is {facts.website}.", "Website"
        if facts.languages:
            yield f"We speak {', '.join(map(_language, facts.languages))}.", "Languages"
        for service in (*facts.services, *facts.other_services):
            yield from _service_texts(service)
        yield from self._people_texts()
        yield from self._hours_texts()
        yield f"Appointments can be booked up to {facts.horizon_days} days ahead.", "Booking"
        for never in facts.rules.never_book:
            if never.say:
                yield never.say, "Rules"
        if facts.rules.cancelling.say:
            yield facts.rules.cancelling.say, "Rules for cancelling"

    def _people_texts(self) -> Iterator[tuple[str, str]]:
        facts = self.facts
        if len(facts.practitioners) > 1:
            named = ", ".join(one.name for one in facts.practitioners)
            yield f"We have {len(facts.practitioners)} dentists, doctors: {named}.", "Dentists, people"
        for person in facts.practitioners:
            yield f"{person.name} is a dentist, a doctor here.", "Dentists, doctors, people"
            does = [one.name for one in facts.services if one.id in (person.service_ids or ())]
            if does:
                yield f"{person.name} does {', '.join(does)}.", "What our dentists do"
                for other in (one.name for one in facts.services if one.name not in does):
                    yield f"{person.name} does not do a {other}.", "What our dentists do"
            if person.languages:
                yield f"{person.name} speaks {', '.join(map(_language, person.languages))}.", "Languages"

    def _hours_texts(self) -> Iterator[tuple[str, str]]:
        facts = self.facts
        for hours in facts.hours:
            yield (
                f"{WEEKDAYS[hours.weekday]} from {hours.opens} to {hours.closes}.",
                "Opening hours: we are open",
            )
        shut = sorted(set(range(7)) - {one.weekday for one in facts.hours}) if facts.hours else []
        for day in shut:
            yield f"We are closed on {WEEKDAYS[day]}.", "Opening hours: we are not open"
        for closure in facts.closures:
            yield f"We are closed on {closure.name} {closure.date:%B %d}.", "Closures, holidays"


def _service_texts(service: ServiceFacts) -> Iterator[tuple[str, str]]:
    heading = f"Services, visits, appointments: {', '.join(service.aliases)}"
    yield f"A {service.name} takes {service.duration_minutes} minutes.", heading
    if service.price:
        yield f"Visit: {service.name}; Fee, price: {service.price}", heading


def _hours(weekday: int, opens: str, closes: str) -> Hours | None:
    try:
        return Hours(weekday, time.fromisoformat(opens), time.fromisoformat(closes.replace("24:00", "23:59")))
    except ValueError:
        return None


def _language(code: str) -> str:
    return LANGUAGES.get(code.partition("-")[0].lower(), code)
