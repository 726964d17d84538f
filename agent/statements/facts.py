"""Whether the values and the facts that a clause states are known."""

import re

from agent.statements.claim import LIKELY, MAYBE, Clause, Fault
from agent.statements.evidence import Evidence
from agent.statements.hours import hours_wrong
from agent.statements.support import UNKNOWN, Unit, denies, stems_of, without_money_words
from agent.statements.values import (
    date_known,
    holds_amount,
    is_sum,
    number_known,
    phone_known,
    spoken,
    time_known,
)
from language.values.claims import without_values
from language.values.reading import Amount, Reading, Time

SUPPORTED = 0.62
"""Share of a statement of fact that one thing known has to hold, by the weight of its words."""
SURELY = 0.85
"""The same where a statement would be a judgement or a deed if nothing said it."""
_WITHOUT = "without"
_FREE = re.compile(r"(?<![-\w])free\b", re.IGNORECASE)
"""A price of nothing, which is in what is known or is not so."""
_WITH_NUMBERS = 0.6
"""The same where its numbers are found there."""
_UNKNOWN_BESIDE_NUMBERS = 0.5
_SURELY_HOURS = 0.7
_MOST_PARTS, _FEW = 4, 3
_BOTH = re.compile(r"(?P<one>(?:Dr )?\w+) and (?P<other>(?:Dr )?\w+) (?:both |each )?(?P<does>\w.*)")
_AND = re.compile(
    r"(?<!hundred)(?<!thousand)(?:,|(?<!\s))\s+(?:and|or)\s+(?!a half)|"
    r",\s+(?=(?:between|behind|beside|opposite|near)\b)"
)


def value_fault(clause: Clause, evidence: Evidence) -> Fault | None:
    """Judge the values that a clause names, and what it states as a fact."""
    reading = clause.reading
    if not clause.asks and clause.share("hours") > MAYBE:
        wrong = hours_wrong(reading, clause.days, evidence)
        if wrong and (clause.share("hours") > _SURELY_HOURS or not _times_known(reading, evidence)):
            return Fault("hours", wrong)
        if wrong == "":
            return _name_fault(reading, evidence)
    units = evidence.practice.support.candidates(stems_of(clause.text)) + evidence.passages
    if fault := _number_fault(clause, evidence, units) or _name_fault(reading, evidence):
        return fault
    stated = clause.share("fact", "medical", "hours")
    states = stated > MAYBE and stated > clause.share("offer", "full")
    if states and not clause.asks and not is_supported(clause, evidence):
        return Fault("fact", f"nothing that you were given says so: {clause.text!r}")
    return None


def _times_known(reading: Reading, evidence: Evidence) -> bool:
    return bool(reading.times) and all(time_known(one, reading.days, evidence) for one in reading.times)


def _number_fault(clause: Clause, evidence: Evidence, units: list[Unit]) -> Fault | None:
    reading = clause.reading
    if clause.share("not_booked") < LIKELY:
        for said in reading.times:
            if not time_known(said, reading.days, evidence) and not _counts(said, reading, evidence, units):
                return Fault("time", f"nothing says {spoken(said)}")
    if not clause.asks and clause.share("talk") < LIKELY:
        for day in reading.days:
            if not date_known(day, evidence, units):
                return Fault("day", "nothing says that day")
    for amount in reading.amounts:
        if not number_known(amount, evidence, units) and not _is_sum(amount, reading, evidence):
            return Fault("number", f"nothing says that number: {sorted(amount.values)}")
    return None


def _counts(said: Time, reading: Reading, evidence: Evidence, units: list[Unit]) -> bool:
    """Tell whether what may be a time is a number that is known."""
    if any(said.wholes & amount.values for unit in units for amount in unit.reading.amounts):
        return True
    number = Amount(said.wholes, "", said.place)
    is_number = not said.sure and bool(said.wholes)
    return is_number and (number_known(number, evidence, units) or _is_sum(number, reading, evidence))


def _is_sum(amount: Amount, reading: Reading, evidence: Evidence) -> bool:
    return is_sum(amount, reading, evidence.practice.support.units)


def _name_fault(reading: Reading, evidence: Evidence) -> Fault | None:
    known = evidence.practice.words | evidence.words | {"i"}
    for person in reading.people:
        if person not in known:
            return Fault("person", f"nobody named {person.title()} is known here")
    for name in reading.capitals:
        if not {name, name.partition("'")[0]} & known and name not in evidence.practice.common_words:
            return Fault("name", f"{name.title()} is not known here")
    for digits in reading.phones:
        if not phone_known(digits, evidence):
            return Fault("phone", f"no such telephone number is known: {digits}")
    for contact in reading.contacts:
        if contact not in evidence.practice.contacts:
            return Fault("contact", f"{contact} is not known here")
    return None


def is_supported(clause: Clause, evidence: Evidence, least: float = SUPPORTED) -> bool:
    """Tell whether what is known says what a clause says, whole or part by part.

    Args:
        least: Share of its words that one thing known has to hold.
    """
    if _one_supports(clause.text, clause.reading, evidence, least):
        return True
    parts = _AND.split(clause.text)
    both = _BOTH.match(clause.text)
    if both and {one.split()[-1].lower() for one in both.group("one", "other")} <= {*clause.reading.people}:
        # "Dr. Lee and Dr. Haddad both do fillings": each of them does.
        parts = [f"{name} {both['does']}" for name in both.group("one", "other")]
    if not 1 < len(parts) <= _MOST_PARTS:
        return False
    return all(_one_supports(part, evidence.practice.read(part), evidence, least) for part in parts)


def _one_supports(text: str, reading: Reading, evidence: Evidence, least: float) -> bool:
    support = evidence.practice.support
    amounts = [one for one in reading.amounts if one.unit or max(one.values, default=0) > _FEW]
    amounts = [one for one in amounts if not _is_sum(one, reading, evidence)]
    people = frozenset(reading.people)
    stems = stems_of(without_values(reading)) - people - stems_of(" ".join(people))
    numbered = reading.amounts or any(one.wholes for one in reading.times)
    bare = without_money_words(stems) if numbered else stems
    if not amounts and support.says_nothing(bare):
        return True
    # A number that fits says much; a word that nobody else used says little beside it.
    if any(one.startswith("=") for one in stems):
        least = max(least, SURELY)
    unknown, least = (_UNKNOWN_BESIDE_NUMBERS, min(least, _WITH_NUMBERS)) if amounts else (UNKNOWN, least)
    for unit in (*support.candidates(stems), *evidence.passages):
        held = all(person in unit.reading.words for person in reading.people)
        if not held or not all(holds_amount(unit.reading, one) for one in amounts):
            continue
        if not _says_as_much(text, stems, reading, unit):
            continue
        if amounts and any(support.is_missed(one, unit) for one in bare):
            continue
        if max(support.covered(one, unit, unknown=unknown) for one in (stems, bare)) >= least:
            return True
    return False


def _says_as_much(text: str, stems: frozenset[str], reading: Reading, unit: Unit) -> bool:
    """Tell whether a unit denies what a text denies, and holds what it says is free or goes without."""
    denied = denies(text)
    if unit.elsewhere and not unit.denies:
        # What others do is borne out as theirs, and as not done here.
        if not denied and not {*reading.capitals, *reading.people} & unit.reading.words:
            return False
    elif unit.denies != denied:
        return False
    if _WITHOUT in stems and _WITHOUT not in unit.near and not unit.denies:
        return False
    return not _FREE.search(text) or _FREE.search(unit.text) is not None
