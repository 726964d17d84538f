"""Whether times that are said to be free, or not to be, are so."""

from collections.abc import Sequence

from agent.statements.claim import LIKELY, MAYBE, SLIGHT, Clause, Fault
from agent.statements.evidence import Evidence, Visit
from agent.statements.facts import is_supported
from agent.statements.hours import hours_wrong, says_hours
from agent.statements.values import fits_visits, known_visits, spoken, weekdays_of
from agent.statements.wording import points_back
from language.values.days import Day
from language.values.reading import Reading

_SEARCH_FIRST = "no time was looked up; call search_availability before saying what is free"
_LIMITS = frozenset({"earliest", "latest", "only", "but"})
"""Words with which a free time is named beside those that are not free."""
_EARLIEST, _LATEST = frozenset({"earliest", "soonest"}), frozenset({"latest"})
_DAYS_READ = 60
_WEEKS_MEANT = 2


def opening_fault(clause: Clause, evidence: Evidence, absent: float) -> Fault | None:
    """Judge what a clause says of free times.

    Args:
        absent: How likely it is a deed that is not there, for which an offer is easily taken.
    """
    offered, full = clause.share("offer"), clause.share("full")
    is_offer = offered > (MAYBE if clause.names_when else LIKELY) or SLIGHT < offered > LIKELY - absent
    if is_offer and not names_hours(clause, evidence) and (fault := _offer_fault(clause, evidence)):
        return fault
    if full > LIKELY or SLIGHT < full > LIKELY - absent:
        return _full_fault(clause, evidence)
    return None


def names_hours(clause: Clause, evidence: Evidence) -> bool:
    """Tell whether a clause names a stretch that is the practice's hours, "between nine and five"."""
    stretch = bool(clause.reading.words & {"between", "from"}) and len(clause.reading.times) > 1
    return stretch and hours_wrong(clause.reading, clause.days, evidence) == ""


def _offer_fault(clause: Clause, evidence: Evidence) -> Fault | None:
    offers = [*evidence.offers, *evidence.proposed]
    kept = [*evidence.kept.values()]
    about_kept = clause.asks or not offers or points_back().match(clause.text)
    if about_kept and kept and not fits_visits(clause.reading, clause.days, kept):
        return None  # "That's with Dr. Lee at ten" tells when the caller's own visit is.
    if not offers:
        known = not clause.names_when and is_supported(clause, evidence)
        return None if known else Fault("offer", _SEARCH_FIRST)
    if clause.means_now and not any(one.start.date() == evidence.today for one in offers):
        return Fault("offer", "the calendar returned nothing for today")
    visits = offers + (kept if clause.asks else [])
    wrong = fits_visits(clause.reading, clause.days, visits) or _bound_wrong(clause.reading, offers)
    return Fault("offer", f"the calendar did not return {wrong}") if wrong else None


def _bound_wrong(reading: Reading, offers: Sequence[Visit]) -> str:
    """Tell what is said to be the earliest or the latest time and is not so on any day."""
    best = min if reading.words & _EARLIEST else max if reading.words & _LATEST else None
    if best is None or not reading.times:
        return ""
    days = {one.start.date() for one in offers}
    bounds = [best(one.start.time() for one in offers if one.start.date() == day) for day in days]
    if any(said.may_be(bound) for said in reading.times for bound in bounds):
        return ""
    return f"{spoken(reading.times[0])} as the {best.__name__}"


def _looked_up(reading: Reading, evidence: Evidence) -> bool:
    """Tell whether the calendar was asked for every day that is named."""
    looked = {one.start.date() for one in known_visits(evidence)}
    looked |= {
        one
        for asked in evidence.searched
        for day in asked.days
        for one in day.dates(evidence.today)[:_DAYS_READ]
    }
    for day in reading.days:
        dates = day.dates(evidence.today)[: _WEEKS_MEANT if day.weekday_only else _DAYS_READ]
        if not looked.intersection(dates) or day.span or (day.month and not day.day):
            return False
    return True


def _full_fault(clause: Clause, evidence: Evidence) -> Fault | None:
    if says_hours(clause.reading) and hours_wrong(clause.reading, clause.days, evidence) == "":
        return None  # "We're not open on Saturday."
    if not (evidence.searched or evidence.offers or evidence.taken):
        return Fault("full", _SEARCH_FIRST)
    reading = clause.reading
    if not _looked_up(reading, evidence):
        return Fault("full", "that day was not looked up")
    if reading.words & _LIMITS:
        return None
    wrong = _free_then(reading, clause.days, evidence)
    return Fault("full", f"the calendar returned {wrong}") if wrong else None


def _free_then(reading: Reading, days: Sequence[Day], evidence: Evidence) -> str:
    """Tell what of the times that are said to be gone is free; empty for none."""
    if not reading.times:
        weekdays = weekdays_of(days, evidence) if reading.days else range(7)
        of_days = [one.start for one in evidence.offers if one.start.weekday() in weekdays]
        if reading.parts:
            of_parts = any(first <= one.hour < last for first, last in reading.parts for one in of_days)
            return "times in that part of the day" if of_parts else ""
        return "times on that day" if reading.days and of_days else ""
    free = {one.start.time() for one in evidence.offers}
    wrong = next((said for said in reading.times if any(map(said.may_be, free))), None)
    return spoken(wrong) if wrong else ""
