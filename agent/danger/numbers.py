"""Whom to call where the practice is: the emergency number, and the line for people in despair."""

from dataclasses import dataclass

from contracts.partner import PracticeFacts
from language import phone
from language.danger.says import says_in


@dataclass(frozen=True)
class Numbers:
    """The numbers to name, as they are dialled.

    Attributes:
        emergency: None where the country is not known.
        crisis: A line for people in despair, None where we know of none.
        crisis_by_text: It answers text messages too.
    """

    emergency: str | None
    crisis: str | None = None
    crisis_by_text: bool = False


_BY_COUNTRY = {
    "US": Numbers("911", "988", crisis_by_text=True),
    "CA": Numbers("911", "988", crisis_by_text=True),
    "MX": Numbers("911"),
    "GB": Numbers("999", "116123"),
    "IE": Numbers("112", "116123"),
    "ES": Numbers("112", "024"),
    "AU": Numbers("000", "131114"),
    "NZ": Numbers("111", "1737", crisis_by_text=True),
}
_EUROPE = Numbers("112")
_BY_ZONE = {
    "US/": "US",
    "Canada/": "CA",
    "Pacific/Honolulu": "US",
    "America/": "US",
    "Europe/London": "GB",
    "Europe/Dublin": "IE",
    "Europe/Madrid": "ES",
    "Australia/": "AU",
    "Pacific/Auckland": "NZ",
}


def numbers_of(facts: PracticeFacts, crisis_line: str | None = None) -> Numbers:
    """Give the numbers for a practice: its own, else those of its country, by telephone number or time zone.

    Args:
        crisis_line: The operator's own choice of a crisis line.
    """
    country = phone.find_region(facts.phone)
    if country is None:
        country = next((code for zone, code in _BY_ZONE.items() if facts.timezone.startswith(zone)), None)
    known = _BY_COUNTRY.get(country or "")
    if known is None:
        known = _EUROPE if facts.timezone.startswith("Europe/") else Numbers(None)
    return Numbers(
        facts.emergency_number or known.emergency,
        crisis_line or known.crisis,
        crisis_by_text=known.crisis_by_text and crisis_line is None,
    )


def spoken_emergency_number(facts: PracticeFacts) -> str:
    """Give the emergency number as it is said in English."""
    says, number = says_in("en"), numbers_of(facts).emergency
    return says.number(number, spoken=True) if number else says.unknown_number
