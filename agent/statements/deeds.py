"""Whether what is said to have been done was done, and with these details."""

from collections.abc import Sequence

from agent.statements.claim import LIKELY, MAYBE, Clause, Fault
from agent.statements.evidence import Evidence, Visit
from agent.statements.facts import SURELY, is_supported
from agent.statements.kinds import DEEDS
from agent.statements.openings import names_hours
from agent.statements.support import stems_of
from agent.statements.values import fits_visits
from agent.statements.wording import denies, points_back

_PRESENT = 0.3
"""How likely a deed that is there has to be for a clause to be taken for it."""
_LIKELY_OTHERWISE = 0.35
"""As ``LIKELY`` in Spanish, which has fewer examples, and after a failure: rather stopped than said."""
_SURELY = 0.85
_DONE = frozenset({"booked", "moved", "cancelled", "taken_down", "transferring", "asked", "passed_on"})
_SENT_ON = _DONE | {"pending", "unknown", "passed_on"}
"""Statuses after which something was sent to the practice."""
_MORE_THAN_ONE = frozenset(
    "both two also too another second husband wife son daughter kids children family every they they're "
    "them".split()
)
_BOOKINGS = frozenset({"booked", "done", "moved"})
_VISIT_KINDS = ("booked", "moved", "cancelled")
_SAID_TO_BE_UNDONE = frozenset({"told", "sent", "hand_off", "call_back", "other_deed"})
_DONE_FOR_ALL = frozenset({"other_deed", "sent", "call_back"})
_PRACTICE = frozenset({"we", "we'll", "we'd"})
_SPEAKER = frozenset({"i", "i'm", "i've", "i'll", "just", "already"})
_SOON = frozenset("hour minutes shortly soon tonight".split())
_BEGINNING = 5
"""Tokens in which "I haven't" and "we can't" stand."""


def allowed_deeds(evidence: Evidence) -> frozenset[str]:
    """Give the kinds of deeds that the record holds at all, whatever their details."""
    reached, allowed = evidence.reached, set()
    if evidence.kept:
        allowed.add("booked")
    if "moved" in reached:
        allowed |= {"moved", "booked"}
    if evidence.cancelled:
        allowed.add("cancelled")
    if evidence.outcome[1] in _DONE:
        allowed.add("done")
    if reached & {"taken_down", "passed_on", "asked"}:
        allowed |= {"told", "call_back"}
    if reached & _SENT_ON:
        allowed.add("requested")
    if reached & {"transferring", "asked"}:
        allowed |= {"hand_off", "told"}
    return frozenset(allowed)


def absent_share(clause: Clause, evidence: Evidence) -> float:
    """Give how likely a clause is a deed that the record does not hold."""
    deeds = DEEDS - _SAID_TO_BE_UNDONE if _undone(clause) else DEEDS
    return clause.share(*(deeds - allowed_deeds(evidence)))


def deed_fault(clause: Clause, evidence: Evidence, *, spanish: bool = False) -> Fault | None:
    """Judge what a clause says was done."""
    if clause.asks:
        return _read_back_fault(clause, evidence)
    allowed = allowed_deeds(evidence)
    present = clause.share(*(DEEDS & allowed))
    limit = _LIKELY_OTHERWISE if spanish else LIKELY
    absent = absent_share(clause, evidence)
    most = max(map(clause.share, DEEDS - allowed))
    if clause.is_scrap or (most < _PRESENT and clause.share("talk") > most):
        # What is a little of everything is rather talk.
        limit = _SURELY
    looked = evidence.offers or evidence.proposed
    if not looked and clause.names_when and not names_hours(clause, evidence):
        absent += clause.share("offer")
    made_up = evidence.has_failed and clause.share(*(_BOOKINGS - allowed)) > _LIKELY_OTHERWISE
    if (absent > limit or made_up) and present < _PRESENT:
        return _absent_fault(clause, evidence, allowed)
    if clause.share("not_booked") > LIKELY and (fault := _denial_fault(clause, evidence)):
        return fault
    if clause.share("not_changed") > LIKELY and evidence.outcome[1] in ("moved", "cancelled", "unknown"):
        return Fault("not_changed", "something was changed, or nobody knows yet whether it was")
    if clause.share("call_back") > LIKELY and _promises_when(clause):
        return Fault("call_back", "nobody said when they will call")
    return _visit_fault(clause, evidence) if present > _PRESENT else None


def _promises_when(clause: Clause) -> bool:
    reading = clause.reading
    return bool(clause.names_when or reading.amounts or reading.words & _SOON)


def _read_back_fault(clause: Clause, evidence: Evidence) -> Fault | None:
    """Hold "that's a cleaning at ten, right?" against the visit that was proposed last."""
    proposed = evidence.proposed[-1:]
    if not proposed or evidence.outcome[1] or not points_back().match(clause.text):
        return None
    if wrong := fits_visits(clause.reading, clause.days, proposed):
        return Fault("offer", f"the visit that was proposed is not so: {wrong}")
    return _service_fault(clause, evidence, proposed)


def _absent_fault(clause: Clause, evidence: Evidence, allowed: frozenset[str]) -> Fault | None:
    kind = max((DEEDS | {"offer"}) - allowed, key=clause.share)
    if kind == "record" and is_supported(clause, evidence, SURELY):
        return None
    # "We'll send the claim for you" tells what is done here for everybody, if a file says so.
    general = bool(clause.reading.words & _PRACTICE) and not clause.reading.words & _SPEAKER
    if kind in _DONE_FOR_ALL and general and is_supported(clause, evidence, SURELY):
        return None
    return Fault(kind, f"nothing in this conversation says so: {clause.text!r}")


def _undone(clause: Clause) -> bool:
    """Tell whether a clause says of the speaker that something was not done."""
    words = [token.word for token in clause.reading.tokens[:_BEGINNING]]
    return bool({"i", "we", "i'm", "we're"} & set(words)) and denies(" ".join(words))


def _denial_fault(clause: Clause, evidence: Evidence) -> Fault | None:
    if evidence.outcome[1] == "unknown":
        return Fault("not_booked", "nobody knows yet whether it is booked")
    visits = list(evidence.kept.values())
    if not visits or evidence.outcome[1] not in ("booked", "moved"):
        return None
    other = clause.names_when and fits_visits(clause.reading, clause.days, visits)
    return None if other else Fault("not_booked", "something is booked")


def _visit_fault(clause: Clause, evidence: Evidence) -> Fault | None:
    """Hold the details of a claimed visit against those that there are."""
    best = max(_VISIT_KINDS, key=clause.share)
    if clause.share(best) < MAYBE:
        return None
    visits = [*evidence.cancelled] if best != "booked" else []
    visits += evidence.kept.values() if best != "cancelled" else ()
    failed = evidence.booking not in ("", "booked")
    if best == "booked" and failed and not (clause.reading.times or clause.days):
        return Fault("booked", f"the last booking ended in {evidence.booking!r}; say which visit is meant")
    if wrong := fits_visits(clause.reading, clause.days, visits):
        return Fault(best, f"no appointment of this conversation is so: {wrong}")
    return _length_fault(clause, visits) or _service_fault(clause, evidence, visits)


def _length_fault(clause: Clause, visits: Sequence[Visit]) -> Fault | None:
    lengths = {float(one.minutes) for one in visits if one.minutes}
    if not lengths or clause.reading.words & {"early", "before", "earlier", "late"}:
        return None
    for amount in clause.reading.amounts:
        if amount.unit == "minutes" and not amount.values & lengths:
            return Fault("length", f"the visit takes {min(lengths):.0f} minutes")
    return None


def _service_fault(clause: Clause, evidence: Evidence, visits: Sequence[Visit]) -> Fault | None:
    named = {one.service.lower() for one in visits if one.service}
    said, low = stems_of(clause.text), clause.text.lower()
    for service in evidence.practice.facts.services if named else ():
        name = service.name.lower()
        mentioned = bool(stems_of(name)) and stems_of(name) <= said
        ruled_out = any(f"{word} {name}" in low for word in ("not a", "not the", "no"))
        if mentioned and name not in named and not ruled_out:
            return Fault("service", f"the visit is not for a {name}")
    if len(visits) == 1 and clause.reading.words & _MORE_THAN_ONE:
        return Fault("booked", "there is one appointment and no more")
    return None
