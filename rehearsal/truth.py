"""Holds what a bot said against the rows and the practice's facts: what is not so is a finding."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from rehearsal.hearing import Heard, digits_in, ear, plain, split
from rehearsal.practice import Appointment, Practice, Service, State
from rehearsal.scenario import Scenario

_PRICE = re.compile(r"\$\s?(\d[\d,]*)|\b(\d[\d,]*) dollars")
_DOCTOR = re.compile(r"\b(?:Dr\.?|Doctor) (?:[A-Z][a-z]+ )?([A-Z][\w'-]+)")
_YOURS = re.compile(
    r"\b(?:you (?:already )?have|you've got|you're down|i (?:see|have you)"
    r"|your (?:next |other )?(?:appointment|visit|cleaning|check-?up|filling))\b",
    re.IGNORECASE,
)
_WISH = re.compile(r"\b(?:would|shall|should|want|like|if|can i)\b", re.IGNORECASE)
_HOURS = re.compile(r"\bopen\b", re.IGNORECASE)
_MAY_STILL: Final = ("once", "until", "if ", "not yet", "yet to")


class Said(Protocol):
    """An exchange, as far as it is held against the facts."""

    @property
    def answer(self) -> str:
        """The bot's words."""
        ...

    @property
    def state(self) -> State | None:
        """What was there then; None where nobody looked."""
        ...


def untrue_statements(
    scenario: Scenario, practice: Practice, talk: Sequence[Said], before: State | None
) -> Iterator[str]:
    """Find what is not so, each with the words that say it."""
    hearing = ear(scenario.language)
    checks = _Checks(scenario, practice, before)
    focus: date | None = None
    was = before
    for said in talk:
        heard = hearing.hear(said.answer, scenario.now.date(), focus)
        for found in checks.of_turn(said, heard, was, focus):
            yield f"{found} ({said.answer[:140]!r})"
        focus = next((one.day for one in reversed(heard.times) if one.day), focus)
        was = said.state or was


class _Checks:
    def __init__(self, scenario: Scenario, practice: Practice, before: State | None) -> None:
        self._scenario = scenario
        self._practice = practice
        self._before = before
        self._now = scenario.now.replace(tzinfo=None)
        own = {scenario.patient.name, *(want.for_ for want in scenario.wants)}
        own |= {scenario.world.appointments[want.seed - 1].patient for want in scenario.wants if want.seed}
        self._own = {one for one in own if one}
        self._numbers = {scenario.patient.phone, scenario.from_ or "", *(w.phone for w in scenario.wants)}
        self._numbers |= {twist.phone or "" for twist in scenario.twists}

    def of_turn(self, said: Said, heard: Heard, was: State | None, focus: date | None) -> Iterator[str]:
        yield from self._deeds(said, heard)
        yield from self._weekdays(heard)
        yield from self._offers(heard, said.state or was)
        yield from self._none_free(heard, said.state or was, focus)
        yield from self._closed(said.answer)
        yield from self._prices(said.answer)
        yield from self._people(said.answer)
        yield from self._others(said.answer)
        yield from self._phones(said.answer)
        if heard.asks not in {"read-back", "offer"}:
            yield from self._own_appointments(said.answer, said.state)

    # Deeds

    def _deeds(self, said: Said, heard: Heard) -> Iterator[str]:
        if said.state is None or self._before is None:
            return
        if any(one in plain(said.answer) for one in _MAY_STILL):
            return
        yield from self._booked(heard, said.state, self._before)
        yield from self._done(heard, said.state, self._before)

    def _booked(self, heard: Heard, state: State, before: State) -> Iterator[str]:
        known = {one.id for one in before.appointments}
        made = [one for one in state.live() if one.id not in known]
        moments = {one.moment for one in heard.times if one.moment}
        if "booked" in heard.tells and "not-done" not in heard.tells and heard.asks != "read-back":
            stands = {one.start for one in state.live() if one in made or self._is_own(one)}
            if not made and not moments & stands:
                yield "it says that something is booked, and nothing is"
            elif moments and not moments & stands:
                yield "it says that another time is booked than is"
        denies = "nothing-booked" in heard.tells and "booked" not in heard.tells
        if denies and made and "more" not in plain(heard.text):
            yield "it says that nothing is booked, and something is"

    @staticmethod
    def _done(heard: Heard, state: State, before: State) -> Iterator[str]:
        was = {one.id: (one.start, one.with_) for one in before.appointments}
        moved = [one for one in state.live() if (one.start, one.with_) != was.get(one.id)]
        if "moved" in heard.tells and not moved:
            yield "it says that something is moved, and nothing is"
        if "cancelled" in heard.tells and all(one.status != "cancelled" for one in state.appointments):
            yield "it says that something is cancelled, and nothing is"
        if "passed-on" in heard.tells and len(state.messages) <= len(before.messages):
            yield "it says that a message is passed on, and there is none"
        if "transferring" in heard.tells and len(state.hand_offs) <= len(before.hand_offs):
            yield "it says that somebody was asked for, and nobody was"

    def _is_own(self, one: Appointment) -> bool:
        return one.patient in self._own or one.phone in self._numbers

    # Times

    @staticmethod
    def _weekdays(heard: Heard) -> Iterator[str]:
        for one in heard.times:
            if not one.weekday_fits and one.day:
                yield f"the weekday does not fit {one.day:%d %B}"

    def _offers(self, heard: Heard, state: State | None) -> Iterator[str]:
        if heard.asks != "offer":
            return
        own = {one.start for one in state.appointments} if state else set()
        for moment in (one.moment for one in heard.offers):
            if moment is None or moment in own:
                continue
            open_then = any(a <= moment.time() < b for a, b in self._practice.open_on(moment.date()))
            if not open_then and self._practice.hours:
                yield f"it offers {moment:%a %d %b %H:%M}, when the practice is closed"
            elif moment < self._now:
                yield f"it offers {moment:%a %d %b %H:%M}, which is past"
            elif state is not None and not self._is_free(state, moment):
                yield f"it offers {moment:%a %d %b %H:%M}, which is not free"

    def _is_free(self, state: State, moment: datetime) -> bool:
        named = {self._practice.find_service(want.service) for want in self._scenario.wants if want.service}
        return any(
            state.is_free(self._practice, moment, service, who)
            for service in named or {None}
            for who in self._practice.people
        )

    def _service(self, text: str) -> Service | None:
        want = next((one for one in self._scenario.wants if one.service), None)
        named = [one for one in self._practice.services if one.name.lower() in plain(text)]
        if named:
            return named[0]
        return self._practice.find_service(want.service) if want else None

    def _none_free(self, heard: Heard, state: State | None, focus: date | None) -> Iterator[str]:
        if state is None or "none-free" not in heard.tells:
            return
        for sentence in split(heard.text):
            if "none-free" not in ear(self._scenario.language).told(sentence):
                continue
            low = plain(sentence)
            times = ear(self._scenario.language).hear(sentence, self._now.date(), focus).times
            days = {one.day for one in times if one.day and not one.clock}
            if len(days) != 1 or re.search(
                r"\b(?:morning|afternoon|before|after|between|from|until|evening|else)\b", low
            ):
                continue
            doctors = _DOCTOR.findall(sentence)
            who = next((one for one in self._practice.people if doctors and one.endswith(doctors[0])), None)
            (day,) = days
            free = state.free_starts(
                self._practice, day, self._service(sentence), who, self._now + timedelta(hours=2)
            )
            if free:
                yield f"it says that nothing is free on {day:%a %d %b}, and {free[0]:%H:%M} is"

    def _closed(self, text: str) -> Iterator[str]:
        for sentence in split(text):
            if sentence.endswith("?") or "closed" not in ear(self._scenario.language).told(sentence):
                continue
            days = [
                one.day
                for one in ear(self._scenario.language).hear(sentence, self._now.date()).times
                if one.day
            ]
            if (
                len(set(days)) == 1
                and self._practice.open_on(days[0])
                and not re.search(r"\b(?:at|after|before|from|until)\b", plain(sentence))
            ):
                yield f"it says that the practice is closed on {days[0]:%a %d %b}, and it is open"

    # Facts

    def _prices(self, text: str) -> Iterator[str]:
        known = set()
        for one in self._practice.texts:
            known |= {match.replace(",", "") for match in re.findall(r"\$\s?(\d[\d,]*)", one)}
        for match in _PRICE.finditer(text):
            price = (match[1] or match[2]).replace(",", "")
            if price not in known:
                yield f"the price {price} is nowhere in the practice's files"

    def _people(self, text: str) -> Iterator[str]:
        whole = " ".join([*self._practice.people, *self._practice.texts])
        said = " ".join(one for want in self._scenario.wants for one in (*want.says, want.with_))
        for name in _DOCTOR.findall(text):
            if name not in whole and name.lower() not in said.lower():
                yield f"there is no Dr. {name}"

    def _others(self, text: str) -> Iterator[str]:
        """Names of other patients are told to nobody."""
        low = plain(text)
        for seed in self._scenario.world.appointments:
            if seed.patient in self._own or self._was_named(seed.patient):
                continue
            if seed.patient.lower() in low:
                yield f"it tells of {seed.patient}"

    def _was_named(self, name: str) -> bool:
        """The caller named them; that they come, and when, is judged by the scenario."""
        words = " ".join(one for want in self._scenario.wants for one in want.says).lower()
        return name.lower() in words

    def _phones(self, text: str) -> Iterator[str]:
        texts = " ".join(re.sub(r"\D", "", one) for one in self._practice.texts)
        known = [re.sub(r"\D", "", one) for one in (*self._practice.phones, *self._numbers) if one]
        for number in digits_in(text):
            if len(number) < 10 or number in texts:  # noqa: PLR2004 - part of one is being taken down
                continue
            if not any(one.endswith(number[-10:]) for one in known) and "?" not in text:
                yield f"the number {number} is nobody's"

    def _own_appointments(self, text: str, state: State | None) -> Iterator[str]:
        if state is None:
            return
        for sentence in split(text):
            if not _YOURS.search(sentence) or _WISH.search(sentence) or sentence.endswith("?"):
                continue
            if not re.search(
                r"\b(?:appointment|visit|cleaning|check-?up|filling)\b", sentence, re.IGNORECASE
            ):
                continue
            times = ear(self._scenario.language).hear(sentence, self._now.date()).times
            moments = {one.moment for one in times if one.moment}
            rows = {one.start for one in state.appointments} | {one.start for one in self._was()}
            if moments and not moments & rows:
                yield "it tells of an appointment that there is not"

    def _was(self) -> Sequence[Appointment]:
        return self._before.appointments if self._before else ()
