"""What of a practice's documents may be passed on: facts, and neither orders nor another address.

A document is data. Sentences that speak to the machine are left out, and so are sentences that state the
practice's own address, telephone number or opening hours otherwise than its profile does: the profile owns
those facts, however old the document is or whoever wrote it.
"""

import re
from dataclasses import replace
from datetime import time

from contracts.partner import PracticeFacts
from knowledge.search.passage import Passage
from knowledge.search.terms import words
from language.speak import WEEKDAYS

_SENTENCE = re.compile(r"(?<=[.!?])(\s+)|(\n+)")
_ORDER = re.compile(
    r"^\W*(?:system|developer)\W*(?:message|prompt|note|override)?\s*[:>\]]|<\|?/?(?:im_start|im_end|system)\b|"
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}"
    r"\b(?:rules?|instructions?|prompts?|guidelines|you were told|above|previous)\b|"
    r"\b(?:new|updated|hidden|secret) (?:instructions?|system prompt)\b|"
    r"\byou are (?:now|no longer)\b.{0,40}\b(?:assistant|bot|mode|model|agent)\b|"
    r"\b(?:call|run|use|invoke|execute|trigger)\b.{0,20}\b(?:function|tool)s?\b|"
    r"\b(?:search_availability|(?:book|find|cancel|reschedule)_appointments?|search_knowledge|take_message|"
    r"request_person|end_call|call_api|write_to_memory|get_current_time)\b",
    re.IGNORECASE,
)
_INTERNAL = re.compile(
    r"(?:(?<=; )|^)(?=[^:;\n]{0,60}\b(?:internal|in-house only|(?:do|must) not (?:quote|disclose)|"
    r"not for patients|staff only|our cost)\b)[^:;\n]{1,60}: [^;\n]{0,300}(?:; |$)",
    re.IGNORECASE | re.MULTILINE,
)
"""A cell of a column that is for the practice alone."""
_ADDRESS = re.compile(
    r"\b(?:our|the|new|office|practice|clinic|correct|actual|real)(?: \w+)? address\b|\baddress\s*(?:is|:)|"
    r"\bwe(?:'re|'ve| are| have| were)?(?: \w+)? (?:located|moved|relocated)\b|\bfind us (?:at|on|in)\b|"
    r"\bwe(?:'re| are) (?:now )?(?:at|on) \d",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"(?<!\d)\d+\w? (?:[A-Z]\w+\.? ){1,3}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Boulevard|Blvd|Drive|Dr|Place|Square|Way)\b"
)
_PHONE = re.compile(
    r"\b(?:our|the (?:practice|office|clinic)(?:'s)?)(?: (?:new|main|office|correct))?"
    r"(?: (?:phone|telephone))? number\b|"
    r"\b(?:call|phone|reach|ring|text|dial) (?:us|the (?:practice|office|clinic))\b|"
    r"\b(?:tel|telephone|phone)(?: number)?\s*[.:]",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"\b(?:opening|office|business|our|new)(?: \w+)? (?:hours|times)\b|"
    r"\b(?:we|office|practice|clinic)(?:'re|'s| are| is)?(?: \w+)? (?:open|close)s?\b",
    re.IGNORECASE,
)
_PLACE_HEADING = re.compile(
    r"\b(?:where we are|find us|address|location|directions|visiting us)\b", re.IGNORECASE
)
_PHONE_HEADING = re.compile(r"\b(?:contact|call us|phone|telephone)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d[\d\s().-]{5,}\d")
_NAMES = re.compile(r"(?<=[a-z,] )[A-Z]\w+")
_OTHER_NUMBER = re.compile(r"\b(?:fax|emergency|after hours|on call|records|billing)\b", re.IGNORECASE)
_ALWAYS = re.compile(
    r"\b24\s?(?:/\s?7|hours)\b|\b(?:day and night|around the clock|every day|daily|7 days)\b", re.IGNORECASE
)
_CLOSED = re.compile(r"\bclosed?\b", re.IGNORECASE)
_FIGURES = re.compile(r"\d+")
_CLOCK = re.compile(r"\b(\d{1,2})(?::(\d\d))?\s*(?:([ap])\.?\s?m\b\.?)?", re.IGNORECASE)
_NOON = 12
_SHORTEST_NUMBER = 7
_MOST_FIGURES_OF_STREET = 5


def is_order(sentence: str) -> bool:
    """Tell whether a sentence speaks to the machine that reads it rather than to patients."""
    return _ORDER.search(sentence) is not None


def contradicts(sentence: str, facts: PracticeFacts, heading: str = "") -> bool:
    """Tell whether a sentence states the practice's address, number or hours otherwise than its profile.

    Args:
        facts: The profile; what it leaves open a document may say.
    """
    place = _ADDRESS.search(sentence) or (_PLACE_HEADING.search(heading) and _STREET.search(sentence))
    if facts.address and place and not _same_address(sentence, facts.address):
        return True
    number = _PHONE.search(sentence) or _PHONE_HEADING.search(heading)
    if facts.phone and number and not _same_number(sentence, facts.phone):
        return True
    hours = _HOURS.search(sentence) or _HOURS.search(heading)
    return bool(facts.hours) and hours is not None and not _same_hours(sentence, facts)


def quotable(text: str, facts: PracticeFacts, heading: str = "") -> str:
    """Leave out of a passage what must not be passed on.

    Returns:
        The rest, word for word; empty when nothing is left.
    """
    kept: list[str] = []
    pieces = _SENTENCE.split(_INTERNAL.sub("", text).replace("; \n", "\n").removesuffix("; "))
    for place in range(0, len(pieces), 3):
        sentence = pieces[place]
        if not is_order(sentence) and not contradicts(sentence, facts, heading):
            kept.append(sentence + "".join(filter(None, pieces[place + 1 : place + 3])))
    return "".join(kept).strip()


def quotable_passage(passage: Passage, facts: PracticeFacts) -> Passage | None:
    """Leave out of a passage and its heading what must not be passed on.

    Returns:
        The passage without it, None when nothing is left.
    """
    text = quotable(passage.text, facts, passage.heading)
    return replace(passage, text=text, heading=quotable(passage.heading, facts)) if text else None


def _same_address(sentence: str, address: str) -> bool:
    """Compare house and other short numbers, then the words of a street, with the profile's."""
    known = set(words(address))
    figures = {one for one in _FIGURES.findall(sentence) if len(one) <= _MOST_FIGURES_OF_STREET}
    if figures:
        return figures <= set(_FIGURES.findall(address))
    named = _NAMES.findall(sentence)
    return all(part in known for one in named for part in words(one))


def _same_number(sentence: str, number: str) -> bool:
    if _OTHER_NUMBER.search(sentence):
        return True
    known = re.sub(r"\D", "", number)
    told = [re.sub(r"\D", "", one) for one in _NUMBER.findall(sentence)]
    return all(known.endswith(one[-10:]) for one in told if len(one) >= _SHORTEST_NUMBER)


def _same_hours(sentence: str, facts: PracticeFacts) -> bool:
    edges = {time.fromisoformat(one) for span in facts.hours for one in (span.opens, span.closes)}
    if _ALWAYS.search(sentence):
        return False
    for hour, minute, half in _CLOCK.findall(sentence):
        if not any(_is_at(edge, int(hour), int(minute or 0), half.lower()) for edge in edges):
            return False
    open_days = {span.weekday for span in facts.hours}
    if _CLOSED.search(sentence):
        return True
    return all(
        number in open_days
        for number, name in enumerate(WEEKDAYS)
        if re.search(rf"\b{name}s?\b", sentence, re.IGNORECASE)
    )


def _is_at(edge: time, hour: int, minute: int, half: str) -> bool:
    if edge.minute != minute:
        return False
    if half:
        return edge.hour == hour % _NOON + (_NOON if half == "p" else 0)
    return edge.hour == hour or edge.hour % _NOON == hour % _NOON
