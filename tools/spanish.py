"""What functions say as it stands, in Spanish: written anew from a result's values, never from its words."""

import functools
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from language import phone as phones
from language import speak_spanish as speak
from tools.appointments import known_appointments
from tools.clients.outcomes import NOT_TAKEN
from tools.consent import READ_BACK, SERVICE_IN_SPANISH
from tools.context import ToolContext
from tools.function import Function, Result
from tools.functions.offers import horizon_end


def sentence(name: str, /, **values: Any) -> str:
    """Give a sentence of ``es.toml``."""
    return _table()["says"][name].format(**values)


def in_spanish(ctx: ToolContext, function: Function, arguments: Mapping[str, Any], result: Result) -> Result:
    """Give a function's result with its sentence in Spanish, where the sentence is said as it stands.

    Returns:
        The result; as it was where the model puts it into words.
    """
    status = str(result.get("status"))
    if status not in function.exact or not result.get("say"):
        return result
    said: Callable[[], Result] | None = {
        "search_availability": lambda: _search(ctx, status, result),
        "book_appointment": lambda: _booking(ctx, status, result),
        "find_appointments": _code_sent,
        "cancel_appointment": lambda: _change(ctx, status, result),
        "reschedule_appointment": lambda: _change(ctx, status, result),
        "take_message": lambda: _message(status, result),
        "request_person": lambda: _person(ctx, status, arguments, result),
    }.get(function.name)
    return result if said is None else {**result, **said()}


@functools.cache
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = tomllib.loads((files("tools") / "es.toml").read_text("utf-8"))
    return table


def _search(ctx: ToolContext, status: str, result: Result) -> Result:
    slots = result.get("slots") or []
    if status == "unavailable":
        return {"say": f"{sentence('unavailable')} {sentence('message_offer')}"}
    if status == "none":
        return {"say": _not_free(ctx, str(result.get("reason")), slots, result)}
    if result.get("patients"):
        listed, count = _groups(slots)
        name = "together" if count > 1 else "together_one"
        return {"say": sentence(name, count=speak.number(int(result["patients"])), listed=listed)}
    if result.get("asked_time_is_free"):
        return {"say": sentence("free", moment=_moment(slots[0]))}
    if "asked_time_is_free" in result:
        return {"say": sentence("nearest_to", listed=_listed(slots))}
    return {"say": sentence("have" if len(slots) > 1 else "have_one", listed=_listed(slots))}


def _not_free(ctx: ToolContext, reason: str, slots: Sequence[Mapping[str, Any]], result: Result) -> str:
    last = speak.day((horizon_end(ctx) - timedelta(days=1)).date())
    name = reason if reason in _table()["says"] else "full"
    opening = sentence(name, last=last, count=speak.number(int(result.get("patients") or 2)))
    if reason in ("nobody", "too_far"):
        return opening
    if not slots:
        return f"{opening} {sentence('nothing_near')}"
    return f"{opening} {sentence('near', listed=_listed(slots, by_name=reason == 'person_full'))}"


def _booking(ctx: ToolContext, status: str, result: Result) -> Result:
    values = _values(result)
    if status == READ_BACK:
        number = str(result.get("phone") or "")
        dictated = number and number != ctx.caller_number
        values["number"] = sentence("number", phone=_digits(number)) if dictated else ""
        say = sentence("book_read_back", name=result.get("name"), **values)
        return _read_back(result, say, "is_that_right")
    if status == "booked":
        return {"say": sentence("booked", **_values(result.get("appointment") or result))}
    if status == "taken":
        return {"say": _taken(result)}
    if status == "pending":
        return {"say": sentence("book_pending", **values)}
    if status == "unknown":
        return {"say": _unknown("book_unknown", result)}
    name = "book_not_taken" if result.get("code") == NOT_TAKEN else "book_refused"
    return {"say": f"{sentence(name)} {sentence('message_offer')}"}


def _code_sent() -> Result:
    return {"say": sentence("code_sent"), "ask": sentence("what_code")}


def _change(ctx: ToolContext, status: str, result: Result) -> Result:  # noqa: PLR0911 - a table in order
    if status == READ_BACK:
        return _read_back_of_change(result)
    known = known_appointments(ctx.messages()).get(str(result.get("booking_id")))
    if status in ("cancelled", "moved"):
        named = result.get("appointment") or (known.written() if known else result)
        return {"say": sentence(status, **_values(named))}
    if status in ("same", "passed_on"):
        return {"say": sentence(status)}
    if status == "taken":
        return {"say": _taken(result)}
    if status == "pending":
        return {"say": sentence("change_pending")}
    if status == "unknown":
        return {"say": _unknown("change_unknown", result)}
    return {"say": f"{sentence(_why_not_changed(status, result))} {sentence('person_or_message')}"}


def _read_back_of_change(result: Result) -> Result:
    values = _values(result)
    if result.get("of") == "cancel":
        return _read_back(result, sentence("cancel_read_back", **values), "shall_i_cancel")
    before = speak.moment(datetime.fromisoformat(str(result["from"])))
    return _read_back(result, sentence("move_read_back", before=before, **values), "is_that_right")


def _why_not_changed(status: str, result: Result) -> str:
    if status == "past":
        return "begun"
    if result.get("code") == NOT_TAKEN:
        return "change_not_taken"
    name = f"change_{result.get('reason')}"
    return name if name in _table()["says"] else "change_refused"


def _message(status: str, result: Result) -> Result:
    if status != "taken_down":
        return {"say": sentence("not_taken_down")}
    return {"say": sentence("taken_down" if result.get("reaches_somebody") else "written_down")}


def _person(ctx: ToolContext, status: str, arguments: Mapping[str, Any], result: Result) -> Result:
    in_danger = arguments.get("urgency") == "emergency"
    name = status
    if status == "transferring" and in_danger:
        name = "transferring_in_danger"
    elif status == "not_possible" and result.get("reason") == "ending":
        name = "ending_already"
    elif status == "not_possible" and in_danger:
        name = "not_possible_in_danger"
    elif status == "not_possible" and ctx.is_text:
        name = "not_possible_by_text"
    return {"say": sentence(name)}


def _read_back(result: Result, say: str, ask: str) -> Result:
    service = str(result.get("service") or "")
    said = _service(service)
    named = {SERVICE_IN_SPANISH: said} if said != service else {}
    return {"say": say, "ask": sentence(ask), **named}


def _taken(result: Result) -> str:
    slots = result.get("slots") or []
    near = f" {sentence('near', listed=_listed(slots))}" if slots else ""
    return f"{sentence('taken')}{near}"


def _unknown(name: str, result: Result) -> str:
    return f"{sentence(name)} {sentence('told_team' if result.get('team_told') else 'call_again')}"


def _values(named: Mapping[str, Any]) -> dict[str, str]:
    """Give what a sentence names of an appointment: what for, with whom, and when."""
    service, practitioner = str(named.get("service") or ""), str(named.get("practitioner") or "")
    return {
        "of": sentence("of", service=_service(service)) if service else "",
        "whom": sentence("whom", practitioner=practitioner) if practitioner else "",
        "moment": _moment(named),
    }


def _service(name: str) -> str:
    return _table()["services"].get(name.casefold(), name)


def _moment(named: Mapping[str, Any]) -> str:
    return speak.moment(datetime.fromisoformat(str(named["start"])))


def _listed(slots: Sequence[Mapping[str, Any]], *, by_name: bool = False) -> str:
    """Say offered times, a day only once, or a person where it matters with whom."""
    groups: dict[str, dict[str, list[str]]] = {}
    for one in slots:
        start = datetime.fromisoformat(str(one["start"]))
        named = by_name and one.get("practitioner")
        who = sentence("whom", practitioner=one["practitioner"]).strip() if named else ""
        groups.setdefault(who, {}).setdefault(speak.day(start), []).append(speak.clock(start))
    said = [
        f"{who} el {day} {speak.listing(clocks)}".strip()
        for who, days in groups.items()
        for day, clocks in days.items()
    ]
    return speak.listing(said)


def _groups(slots: Sequence[Mapping[str, Any]]) -> tuple[str, int]:
    """Say times for several people, a group of slots as one."""
    groups: dict[Any, list[datetime]] = {}
    for one in slots:
        groups.setdefault(one.get("group"), []).append(datetime.fromisoformat(str(one["start"])))
    said = [
        f"el {speak.day(starts[0])} {speak.listing(list(dict.fromkeys(map(speak.clock, starts))), 'y')}"
        for starts in groups.values()
    ]
    return speak.listing(said), len(groups)


def _digits(number: str) -> str:
    return phones.spoken(number).replace("plus", sentence("plus"))
