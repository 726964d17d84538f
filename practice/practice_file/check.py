"""What a practice's folder says that may be applied and is likely not meant."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from contracts.practice_rules import WEEKDAYS
from language.phone import find_e164
from practice.practice_file.folder import PracticeFolder
from practice.practice_file.model import PracticeFile

_SENTENCE = re.compile(r"[^.!?\n]{1,400}")
_NEGATION = re.compile(r"\b(?:do not|don't|never|cannot|can't|no)\b", re.IGNORECASE)
_CANCELLING = re.compile(r"\b(?:cancel|cancels|cancelling|cancellations?)\b", re.IGNORECASE)
_BOOKING = re.compile(r"\b(?:book|books|booking|schedule|offer)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\(?\d[\d ().-]{7,17}\d")
_PRICE = re.compile(r"[$€£] ?\d[\d,]*(?:\.\d{2})?")
_ASSISTANT = re.compile(r"\b(?:assistant|automated|automatic|computer|virtual|machine|bot)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at: what is an error cannot work, a warning may be meant."""

    kind: Literal["error", "warning"]
    text: str


def remarks(
    folder: PracticeFolder, unreadable: Mapping[str, str], taken: Sequence[tuple[str, str]]
) -> list[Remark]:
    """Look through a folder; ``unreadable`` are files without text, and why."""
    found = [Remark("error", f"{name}: {why}") for name, why in unreadable.items()]
    found += [
        Remark("error", f"practice, phone_numbers: {number} is answered by the bot of {owner} already")
        for number, owner in taken
    ]
    found += [Remark("warning", text) for text in (*_missing(folder.file), *_nobody(folder.file))]
    return found + [Remark("warning", text) for text in _instructions(folder)]


def _missing(file: PracticeFile) -> Iterator[str]:
    if not file.hours.any:
        yield "hours: there are none, so nothing can be booked and the bot does not know when you are open"
    if not file.practice.phone_numbers:
        yield "practice, phone_numbers: there is none, so the bot answers no calls"
    if not file.practice.address:
        yield "practice, address: there is none to tell callers"
    if not file.services:
        yield "services: there are none, so nothing can be booked"
    if not file.practitioners:
        yield "practitioners: there is nobody to be booked with"
    if not file.hand_off and not file.staff and not file.messages.email and not file.messages.sms:
        yield "nobody is rung, logs in or gets messages: the bot can promise callers nothing"
    greeting = file.practice.greeting
    if file.privacy.announce_assistant and greeting and not _ASSISTANT.search(greeting):
        yield "practice, greeting: it does not say that an assistant answers, as announce_assistant wants"


def _nobody(file: PracticeFile) -> Iterator[str]:
    for service in file.services:
        doing = [one for one in file.practitioners if service.name in file.services_of(one)]
        if service.bookable and file.practitioners and not doing:
            yield f'service "{service.name}": nobody does it, so it cannot be booked'
    for one in file.practitioners:
        if one.hours is None or not file.hours.any:
            continue
        outside = [WEEKDAYS[day] for day in range(7) if one.hours.on(day) and not file.hours.on(day)]
        if outside:
            yield f'practitioner "{one.name}": is there on {", ".join(outside)}, when the practice is closed'
        if not one.services and one.services is not None:
            yield f'practitioner "{one.name}": does nothing that can be booked'


def _instructions(folder: PracticeFolder) -> Iterator[str]:
    """Find what the instructions say otherwise than the file, which the bot goes by."""
    file, text = folder.file, folder.instructions
    known = {*file.practice.phone_numbers, *(one.to for one in file.hand_off), *file.messages.sms}
    for said in _NUMBER.findall(text):
        number = find_e164(said, file.practice.country)
        if number is not None and number not in known:
            yield f"instructions: the number {said.strip()} is none of the file's"
    prices = {price for one in file.services for price in _PRICE.findall(one.price or "")}
    for said in _PRICE.findall(text):
        if prices and said not in prices:
            yield f"instructions: the price {said} is none of the services'"
    for sentence in _SENTENCE.findall(text):
        if file.rules.cancelling.allowed and _CANCELLING.search(sentence) and _NEGATION.search(sentence):
            yield (
                f'instructions: "{sentence.strip()[:80]}" seems to forbid what rules, cancelling allows;'
                " the bot goes by the rule"
            )
        # What is refused on some days only may be booked on others.
        never = [one for one in file.rules.never_book if not (one.days and one.services)]
        refused = [name for rule in never for name in (*rule.days, *rule.services)]
        if _BOOKING.search(sentence) and not _NEGATION.search(sentence):
            for name in refused:
                if re.search(rf"\b{re.escape(name)}s?\b", sentence, re.IGNORECASE):
                    yield (
                        f'instructions: "{sentence.strip()[:80]}" seems to allow what rules, never_book'
                        f" refuses ({name}); the bot goes by the rule"
                    )
