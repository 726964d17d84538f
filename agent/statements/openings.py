"""Whether times that are said to be free, or not to be, are so."""

from agent.statements.claim import LIKELY, MAYBE, SLIGHT, Clause, Fault
from agent.statements.evidence import Evidence
from agent.statements.facts import is_supported
from agent.statements.hours import hours_wrong
from agent.statements.values import fits_visits, known_visits, spoken, weekdays_of

_SEARCH_FIRST = "no time was looked up; call search_availability before saying what is free"
_LIMITS = frozenset({"earliest", "latest", "only", "but"})
"""Words with which a free time is named beside those that are not free."""
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
    if not offers:
        known = not clause.names_when and is_supported(clause, evidence)
        return None if known else Fault("offer", _SEARCH_FIRST)
    if clause.means_now and not any(one.start.date() == evidence.today for one in offers):
        return Fault("offer", "the calendar returned nothing for today")
    visits = offers + ([*evidence.kept.values()] if clause.asks else [])
    wrong = fits_visits(clause.reading, clause.days, visits)
    return Fault("offer", f"the calendar did not return {wrong}") if wrong else None


def _full_fault(clause: Clause, evidence: Evidence) -> Fault | None:
    if not (evidence.searched or evidence.offers or evidence.taken):
        return Fault("full", _SEARCH_FIRST)
    reading = clause.reading
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
            return Fault("full", "that day was not looked up")
    if reading.words & _LIMITS:
        return None
    if reading.days and not reading.times and not reading.parts:
        weekdays = weekdays_of(clause.days, evidence)
        if any(one.start.weekday() in weekdays for one in evidence.offers):
            return Fault("full", "the calendar returned times on that day")
    free = {one.start.time() for one in evidence.offers}
    wrong = next((said for said in reading.times if any(map(said.may_be, free))), None)
    return Fault("full", f"{spoken(wrong)} is free") if wrong else None
