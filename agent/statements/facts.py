"""Whether the values and the facts that a clause states are known."""

from dataclasses import replace

from agent.statements.claim import LIKELY, MAYBE, Clause, Fault
from agent.statements.evidence import Evidence
from agent.statements.hours import hours_wrong
from agent.statements.support import UNKNOWN, Support, Unit, likeness, stems_of, without_value_words
from agent.statements.values import (
    counts_differ,
    date_known,
    ends_a_phone,
    ends_a_visit,
    holds_amount,
    is_sum,
    known_visits,
    number_known,
    other_length,
    phone_known,
    says_an_end,
    spoken,
    time_known,
)
from agent.statements.wording import (
    both,
    claim_limits,
    claim_words,
    denies,
    goes_on,
    grants,
    listed,
    points_back,
    takes,
    words_of,
)
from language.values.claims import without_values
from language.values.reading import Amount, Reading, Time
from language.values.tokens import ORDINALS

SUPPORTED = 0.62
"""Share of a statement of fact that one thing known has to hold, by the weight of its words."""
SURELY = 0.85
"""The same where a statement would be a judgement or a deed if nothing said it."""
_WITHOUT = "without"
_WITH_NUMBERS = 0.6
"""The same where its numbers are found there."""
_UNKNOWN_BESIDE_NUMBERS = 0.5
_SURELY_HOURS = 0.7
_ALIKE, _MUCH = 0.72, 2.5
"""How near by meaning a sentence of several clauses has to be; the weight of a word that says of what."""
_MOST_PARTS, _FEW = 4, 3
_NEAR, _NEARLY_ALL = 0.62, 0.7
"""How near by meaning what is known has to be, and how much of the known words it then has to hold."""


def value_fault(clause: Clause, evidence: Evidence) -> Fault | None:
    """Judge the values that a clause names, and what it states as a fact."""
    reading = clause.reading
    if not clause.asks and clause.share("hours") > MAYBE:
        wrong = hours_wrong(reading, clause.days, evidence)
        if wrong and (clause.share("hours") > _SURELY_HOURS or not _times_known(reading, evidence)):
            return Fault("hours", wrong)
        if wrong == "":
            return _name_fault(reading, evidence)
    said = f"{clause.before} {clause.text}" if goes_on().match(clause.text) else clause.text
    units = evidence.practice.support.candidates(stems_of(said)) + evidence.passages
    if fault := _number_fault(clause, evidence, units) or _name_fault(reading, evidence):
        return fault
    stated = clause.share("fact", "medical", "hours")
    priced = any(one.unit == "money" for one in reading.amounts)
    states = priced or (stated > MAYBE and stated > clause.share("offer", "full"))
    if any(ends_a_phone(one, reading, evidence) for one in reading.times):
        return None
    if states and not clause.asks and not is_supported(clause, evidence):
        return Fault("fact", f"nothing that you were given says so: {clause.text!r}")
    return None


def _times_known(reading: Reading, evidence: Evidence) -> bool:
    return bool(reading.times) and all(time_known(one, reading.days, evidence) for one in reading.times)


def _number_fault(clause: Clause, evidence: Evidence, units: list[Unit]) -> Fault | None:
    reading = clause.reading
    if clause.share("not_booked") < LIKELY and (fault := _time_fault(reading, evidence, units)):
        return fault
    if not clause.asks and clause.share("talk") < LIKELY:
        for day in reading.days:
            if not date_known(day, evidence, units):
                return Fault("day", "nothing says that day")
    if _is_of_another_day(clause, evidence):
        return Fault("day", "what was talked of is on another day")
    if takes().search(clause.text) and other_length(reading, evidence):
        return Fault("length", "the visit does not take so long")
    for amount in reading.amounts:
        if not number_known(amount, evidence, units) and not _is_sum(amount, reading, evidence):
            return Fault("number", f"nothing says that number: {sorted(amount.values)}")
    return None


def _is_of_another_day(clause: Clause, evidence: Evidence) -> bool:
    """Tell whether "that's this Wednesday" names a day of no visit that was talked of."""
    visits = known_visits(evidence)
    days = [one for one in clause.reading.days if not one.may_be(evidence.today)]
    if not visits or clause.share("hours") > MAYBE or not points_back().match(clause.text):
        return False
    return not all(any(one.may_be(visit.start.date()) for visit in visits) for one in days)


def _time_fault(reading: Reading, evidence: Evidence, units: list[Unit]) -> Fault | None:
    for said in reading.times:
        known = time_known(said, reading.days, evidence) or ends_a_phone(said, reading, evidence)
        if says_an_end(reading) and said is reading.times[-1]:
            known = ends_a_visit(said, reading, known_visits(evidence))
        if not known and not _counts(said, reading, evidence, units):
            return Fault("time", f"nothing says {spoken(said)}")
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
    reading = clause.reading
    if _one_supports(clause.text, reading, evidence, least):
        return True
    if len(reading.amounts) > 1 and all(
        _one_supports(clause.text, replace(reading, amounts=[one]), evidence, least)
        for one in reading.amounts
    ):
        return True  # "From $210 to $280": each stands in a row of its own.
    if clause.before and reading.amounts and goes_on().match(clause.text):
        # "It's a four-minute walk" says more of the station that the clause before it named.
        before = evidence.practice.read(clause.before)
        unit = _bearing_unit(clause.before, before, evidence, least, denied=denies(clause.before))
        if unit is not None and _goes_on_so(clause, unit, evidence):
            return True
    parts = listed().split(clause.text)
    two = both().match(clause.text)
    if two and {one.split()[-1].lower() for one in two.group("one", "other")} <= {*reading.people}:
        # "Dr. Lee and Dr. Haddad both do fillings": each of them does.
        parts = [f"{name} {two['does']}" for name in two.group("one", "other")]
    if not 1 < len(parts) <= _MOST_PARTS:
        return False
    denied = denies(parts[0])
    return all(
        _one_supports(
            part,
            evidence.practice.read(part),
            evidence,
            least,
            # "We don't take Medicaid or any HMO plan": neither.
            denied=denies(part) or (denied and len(part.split()) <= _FEW),
        )
        for part in parts
    )


def _goes_on_so(clause: Clause, unit: Unit, evidence: Evidence) -> bool:
    """Tell whether the sentence that a unit is of holds the numbers that a clause adds to it."""
    whole = (one for one in (*evidence.practice.support.units, *evidence.passages) if unit.text in one.text)
    return any(
        (one.denies or not denies(clause.text))
        and all(holds_amount(one.reading, amount) for amount in clause.reading.amounts)
        for one in whole
    )


def _one_supports(
    text: str, reading: Reading, evidence: Evidence, least: float, *, denied: bool | None = None
) -> bool:
    denied = denies(text) if denied is None else denied
    _, bare, amounts = _said(reading, evidence)
    if not amounts and evidence.practice.support.says_nothing(bare):
        return True
    return _bearing_unit(text, reading, evidence, least, denied=denied) is not None


def _said(reading: Reading, evidence: Evidence) -> tuple[frozenset[str], frozenset[str], list[Amount]]:
    """Give what has to be held: the words, those that do not only say that a value follows, the amounts."""
    # "Since 2009" may be read as a time.
    amounts = [
        *reading.amounts,
        *(Amount(one.wholes, "", one.place) for one in reading.times if not one.sure),
    ]
    amounts = [one for one in amounts if one.unit or max(one.values, default=0) > _FEW]
    amounts = [one for one in amounts if not _is_sum(one, reading, evidence)]
    people = frozenset(reading.people)
    stems = stems_of(without_values(reading)) - people - stems_of(" ".join(people))
    return stems, without_value_words(stems, reading), amounts


def _bearing_unit(
    text: str, reading: Reading, evidence: Evidence, least: float, *, denied: bool
) -> Unit | None:
    """Find one thing that is known and says what a text says."""
    support = evidence.practice.support
    stems, bare, amounts = _said(reading, evidence)
    # A number that fits says much; a word that nobody else used says little beside it.
    totals = any(one.startswith("=") for one in stems)
    if totals:
        least = max(least, SURELY)
    unknown, least = (_UNKNOWN_BESIDE_NUMBERS, min(least, _WITH_NUMBERS)) if amounts else (UNKNOWN, least)
    # "A check-up is $85": the price of something else says nothing of it.
    services = [stems_of(one.name) for one in evidence.practice.facts.services]
    priced = frozenset[str]().union(*(one for one in services if amounts and one <= stems))
    for unit in (*support.candidates(stems), *evidence.passages):
        held = unit.reading.words.issuperset(
            [*reading.people, *reading.capitals, *_ordinals(reading, evidence)]
        )
        if (
            not held
            or counts_differ(reading, unit.reading)
            or not all(holds_amount(unit.reading, one) for one in amounts)
        ):
            continue
        if not _says_as_much(stems, reading, unit, denied=denied) or not _claims_no_more(
            text, stems, unit, support
        ):
            continue
        if totals and unit.is_split:
            continue  # "all our cleanings" beside "fillings" says nothing of all fillings
        if not priced <= unit.near or (amounts and any(support.is_missed(one, unit) for one in bare)):
            continue
        if max(support.covered(one, unit, unknown=unknown) for one in (stems, bare)) >= least:
            return unit
        # The same in other words: "allowed inside" for "may come in".
        shared = support.covered(stems, unit, unknown=_UNKNOWN_BESIDE_NUMBERS)
        if shared >= max(least, _NEARLY_ALL) and likeness(text, unit) >= _NEAR:
            return unit
    return None


def _ordinals(reading: Reading, evidence: Evidence) -> list[str]:
    """List the ordinals that count something else than days: "the third floor"."""
    visits = known_visits(evidence)
    dated = [
        day
        for day in reading.days
        if day.month or day.weekday is not None or any(day.may_be(one.start.date()) for one in visits)
    ]
    places = {place for day in dated for place in range(day.first, day.last)}
    said = [token.word for place, token in enumerate(reading.tokens) if place not in places]
    return [word for word in said if ORDINALS.get(word, 1) > 1]


def _says_as_much(stems: frozenset[str], reading: Reading, unit: Unit, *, denied: bool) -> bool:
    """Tell whether a unit denies what a text denies, and holds what it says is free or goes without."""
    if unit.elsewhere and not unit.denies:
        # What others do is borne out as theirs, and as not done here.
        if not denied and not {*reading.capitals, *reading.people} & unit.reading.words:
            return False
    elif unit.denies != denied:
        return False
    if _WITHOUT in stems and _WITHOUT not in unit.near and not unit.denies:
        return False
    return "=only" in stems or unit.only <= stems


def _claims_no_more(text: str, stems: frozenset[str], unit: Unit, support: Support) -> bool:
    """Tell whether a unit itself holds what a text says is free or allowed, of the same and as limited.

    "The first visit is free" is not borne out by "A missed visit costs $50; the first time is free".
    """
    claimed = claim_words() & stems
    if not claimed:
        return True
    own = stems_of(unit.text)
    elsewhere = stems & ((unit.near | unit.stems) - own)
    limited = claim_limits() & unit.reading.words <= words_of(text)
    speaks_of_it = not elsewhere or any(support.weight(one) >= _MUCH for one in stems - claimed)
    # A sentence that says two things bears out both, and no mixture of them.
    is_one = not unit.is_split or likeness(text, unit) >= _ALIKE
    if grants(unit.text):
        own |= {"allow"}
    return claimed <= own and limited and speaks_of_it and is_one
