"""Whether the values that a clause names are borne out: times, days, people, prices, numbers."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from agent.statements.evidence import Evidence, Visit
from agent.statements.support import Unit, stems_of
from language import phone as phones
from language.values.days import Day
from language.values.reading import Amount, Reading, Time

_LINKS = frozenset(
    {"is", "'s", "es", "falls", "a", "the", "on", "that's", "which", "that", "be", "would", "un", "el", "="}
)
_EARLY = (5, 10, 15, 20, 30)
_ARRIVING = frozenset({"early", "before", "arrive", "earlier"})
_OVER = frozenset({"done", "over", "finished", "finish", "through", "ends", "end", "out"})
_ABOUT = timedelta(minutes=10)
_TOTALS = frozenset({"total", "together", "altogether", "both", "sum"})
_EMERGENCY = frozenset({911.0, 112.0, 999.0, 988.0})
_BESIDE_NUMBERS = frozenset({"or", "to", "and", "-"})
_MEASURES = frozenset({"money", "percent", "minutes"})
_FEW = 3
_MANY = 60
_LEAST_PHONE, _PHONE_END = 7, 4


def days_disagree(reading: Reading, evidence: Evidence) -> str:
    """Tell of days that the calendar does not have, or that are said to be one and are two.

    Returns:
        What is wrong, empty when nothing is.
    """
    today = evidence.today
    for day in reading.days:
        if not day.dates(today):
            return f"{_said(reading, day)!r} is no day that the calendar has"
    for one, other in zip(reading.days, reading.days[1:], strict=False):
        between = [token.word for token in reading.tokens[one.last : other.first]]
        if not between or not set(between) & {"is", "'s", "es", "falls", "that's"}:
            continue
        if all(word in _LINKS for word in between) and not set(one.dates(today)) & set(other.dates(today)):
            known = {visit.start.date() for visit in known_visits(evidence)}
            if not any(one.may_be(value) and other.may_be(value) for value in known):
                return f"{_said(reading, one)!r} is not {_said(reading, other)!r}"
    return ""


def known_visits(evidence: Evidence) -> list[Visit]:
    """List every time in the calendar that this conversation knows."""
    return [
        *evidence.offers,
        *evidence.kept.values(),
        *evidence.proposed,
        *evidence.taken,
        *evidence.cancelled,
    ]


def fits_visits(reading: Reading, days: Sequence[Day], visits: Iterable[Visit]) -> str:
    """Hold the days, times and people of a clause against times in the calendar.

    Args:
        days: The days that are meant, where the clause itself names none.

    Returns:
        What does not fit any of them, empty when all does.
    """
    left = list(visits)
    named = [day for day in days if not _denied(reading, day.first)]
    if named:
        if not all(any(day.may_be(one.start.date()) for one in left) for day in named):
            return _what(reading)
        left = [one for one in left if any(day.may_be(one.start.date()) for day in named)]
    for said in reading.times:
        if _denied(reading, said.place):
            continue
        known = any(said.may_be(one.start.time()) for one in left) or _is_arrival(said, reading, left)
        known = known or ends_a_visit(said, reading, left)
        if not known and not _counts(said, len(left)):
            return spoken(said)
    for first, last in reading.parts:
        if not any(one.sure for one in reading.times) and not any(
            first <= one.start.hour < last for one in left
        ):
            return "that part of the day"
    named_by = [one for one in left if one.practitioner]
    for person in reading.people:
        if named_by and not any(person in one.practitioner.lower().split() for one in named_by):
            return f"Dr. {person.title()}"
    return ""


def spoken(said: Time) -> str:
    """Give a time of day for a reason that the model reads."""
    return f"{said.hour}:{said.minute:02d}{' ' + said.half if said.half else ''}"


def _what(reading: Reading) -> str:
    return ", ".join(_said(reading, day) for day in reading.days) or "that day"


def _said(reading: Reading, day: Day) -> str:
    return " ".join(token.text for token in reading.tokens[day.first : day.last])


def _denied(reading: Reading, place: int) -> bool:
    before = [token.word for token in reading.tokens[:place]]
    return (
        bool({"not", "no", "isn't", "wasn't"} & set(before[-4:])) or "instead" in before or "rather" in before
    )


def _is_arrival(said: Time, reading: Reading, visits: Iterable[Visit]) -> bool:
    """Tell whether a time is when to be there, some minutes before the visit."""
    if not reading.words & _ARRIVING:
        return False
    return any(
        said.may_be((one.start - timedelta(minutes=early)).time()) for one in visits for early in _EARLY
    )


def says_an_end(reading: Reading) -> bool:
    """Tell whether it says when something will be over."""
    return bool(reading.words & _OVER) and bool(reading.words & {"by", "at", "around", "about", "before"})


def ends_a_visit(said: Time, reading: Reading, visits: Iterable[Visit]) -> bool:
    """Tell whether a time is when a visit will be over, or a few minutes from it."""
    ends = [one.start + timedelta(minutes=one.minutes) for one in visits if one.minutes]
    steps = [timedelta(0), _ABOUT, -_ABOUT, _ABOUT / 2, -_ABOUT / 2]
    return says_an_end(reading) and any(said.may_be((end + step).time()) for end in ends for step in steps)


def _counts(said: Time, offers: int) -> bool:
    """Tell whether a bare number may be a count of what is offered."""
    return not said.sure and bool(said.wholes) and max(said.wholes) <= min(offers, 3) and said.minute == 0


def time_known(said: Time, days: Sequence[Day], evidence: Evidence) -> bool:
    """Tell whether a time is one of the practice's hours, or was named by the calendar or the caller."""
    visits = known_visits(evidence)
    if any(said.may_be(one.start.time()) for one in visits):
        return True
    near = [one.start - timedelta(minutes=early) for one in visits for early in _EARLY]
    near += [one.start + timedelta(minutes=one.minutes) for one in visits if one.minutes]
    if any(said.may_be(one.time()) for one in near):
        return True
    if any(said.may_be(bound) for bound in hours_bounds(days, evidence)):
        return True
    if said.may_be(evidence.now.time().replace(second=0, microsecond=0)) or _rounds(said, evidence.now):
        return True
    return any(_same(said, other) for reading in (*evidence.heard, *evidence.told) for other in reading.times)


def _rounds(said: Time, now: datetime) -> bool:
    near = (now + timedelta(minutes=n) for n in range(-3, 4))
    return said.sure and any(said.may_be(time(one.hour, one.minute)) for one in near)


def _same(one: Time, other: Time) -> bool:
    same = (one.hour % 12, one.minute) == (other.hour % 12, other.minute)
    return same and (one.half is None or other.half is None or one.half == other.half)


def hours_bounds(days: Sequence[Day], evidence: Evidence) -> list[time]:
    """List the times at which the practice opens or closes on days; on any day when none is named."""
    weekdays = weekdays_of(days, evidence)
    hours = evidence.practice.hours
    return [
        bound for one in hours if not weekdays or one.weekday in weekdays for bound in (one.opens, one.closes)
    ]


def weekdays_of(days: Sequence[Day], evidence: Evidence) -> set[int]:
    """Give the weekdays that days fall on."""
    found: set[int] = set()
    for day in days:
        if day.weekday is not None:
            found.add(day.weekday)
        else:
            found |= {one.weekday() for one in day.dates(evidence.today)[:7]}
    return found


def number_known(amount: Amount, evidence: Evidence, units: Sequence[Unit]) -> bool:
    """Tell whether an amount is one that the caller, a result, or what is known names."""
    if amount.values & _EMERGENCY:
        return True
    few = max(_FEW, len(evidence.offers), len(evidence.kept))
    if amount.unit not in _MEASURES and amount.values and max(amount.values) <= few:
        return True
    if amount.unit == "minutes":
        lengths = {float(one.minutes) for one in known_visits(evidence) if one.minutes}
        lengths |= {float(one.duration_minutes) for one in evidence.practice.facts.services}
        if amount.values & lengths:
            return True
    readings = (*evidence.heard, *evidence.told, *(unit.reading for unit in units))
    return any(holds_amount(reading, amount) for reading in readings)


def other_length(reading: Reading, evidence: Evidence) -> bool:
    """Tell whether a length is that of another service than is meant.

    Meant are the services that it names; else those of the caller's visits, of the times that are offered,
    or that the caller named.
    """
    all_lengths = {float(one.duration_minutes) for one in evidence.practice.facts.services}
    said = [one for one in reading.amounts if one.unit == "minutes" and one.values & all_lengths]
    if not said:
        return False
    mine = _lengths_named([reading], evidence)
    for visits in ((*evidence.kept.values(), *evidence.proposed), evidence.offers):
        mine = mine or {float(one.minutes) for one in visits if one.minutes}
    mine = mine or _lengths_named(evidence.heard, evidence)
    return not all(one.values & mine for one in said)


def _lengths_named(readings: Iterable[Reading], evidence: Evidence) -> set[float]:
    """Give how long the services take that are named."""
    said = [stems_of(one.text) for one in readings]
    return {
        float(service.duration_minutes)
        for service in evidence.practice.facts.services
        if any(stems_of(name) <= stems for name in (service.name, *service.aliases) for stems in said)
    }


def holds_amount(reading: Reading, amount: Amount) -> bool:
    """Tell whether a text names an amount, of the same unit where both have one that matters."""
    for other in reading.amounts:
        if not amount.values & other.values:
            continue
        if amount.unit == other.unit or {amount.unit, other.unit} & {""} or _plain(amount.unit, other.unit):
            return True
    return amount.unit not in _MEASURES and any(
        amount.values & {*one.wholes, float(one.hour)} for one in reading.times
    )


def counts_differ(one: Reading, other: Reading) -> bool:
    """Tell whether two texts count the same and come to different numbers: one surface, two or three."""
    counted, others = _counted(one), _counted(other)
    return any(not counted[thing] & others[thing] for thing in counted.keys() & others.keys())


def _counted(reading: Reading) -> dict[str, frozenset[float]]:
    """Give how many there are of what is counted with small numbers, by the stem of its name."""
    small = {one.place: one.values for one in reading.amounts if one.unit not in _MEASURES}
    small |= {one.place: frozenset(map(float, one.wholes)) for one in reading.times if not one.sure}
    found: dict[str, frozenset[float]] = {}
    for place, values in small.items():
        after = (
            token.word
            for at, token in enumerate(reading.tokens)
            if at > place and at not in small and token.word not in _BESIDE_NUMBERS
        )
        for thing in stems_of(next(after, "")):
            found[thing] = found.get(thing, frozenset()) | values
    return found


def _plain(one: str, other: str) -> bool:
    return not {one, other} & _MEASURES


def is_sum(amount: Amount, reading: Reading, units: Sequence[Unit]) -> bool:
    """Tell whether an amount is what two known prices come to, where it is said to be a sum."""
    if not reading.words & _TOTALS:
        return False
    prices = {
        value for unit in units for one in unit.reading.amounts if one.unit == "money" for value in one.values
    }
    prices = set(sorted(prices)[:_MANY])
    return any(one + other in amount.values for one in prices for other in prices)


def phone_known(digits: str, evidence: Evidence) -> bool:
    """Tell whether a telephone number is the practice's, the caller's, or was named in the conversation."""
    said = digits[-10:]
    return any(
        one.endswith(said) or (len(one) >= _LEAST_PHONE and said.endswith(one)) for one in _phones(evidence)
    )


def ends_a_phone(said: Time, reading: Reading, evidence: Evidence) -> bool:
    """Tell whether what may be a time is the end of a telephone number that is known: "ends in 0101"."""
    digits = reading.tokens[said.place].word
    is_end = digits.isdigit() and len(digits) == _PHONE_END
    return is_end and any(one.endswith(digits) for one in _phones(evidence))


def _phones(evidence: Evidence) -> set[str]:
    known = {*evidence.practice.phones, phones.digits(evidence.caller_number or "")}
    known |= {phones.digits(one.phone) for one in (*evidence.kept.values(), *evidence.proposed)}
    known |= {number for reading in (*evidence.heard, *evidence.told) for number in reading.phones}
    return known - {""}


def date_known(day: Day, evidence: Evidence, units: Sequence[Unit]) -> bool:
    """Tell whether a day is today or tomorrow, or was named by the calendar, the caller or the practice."""
    near = {evidence.today + timedelta(days=n) for n in (0, 1)}
    dates: set[date] = (
        near | {one.start.date() for one in known_visits(evidence)} | set(evidence.practice.closed_on)
    )
    if any(day.may_be(one) for one in dates):
        return True
    readings = (*evidence.heard, *evidence.told, *evidence.searched, *(unit.reading for unit in units))
    today = evidence.today
    fitting = set(day.dates(today)[:60])
    return any(
        fitting & set(other.dates(today)[:60]) and (day.day is None or other.day is not None or other.exact)
        for reading in readings
        for other in reading.days
    )
