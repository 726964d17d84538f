"""What a simulated patient answers to each kind of question that receptionists ask."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from rehearsal.hearing import Heard, digits_in, ear, plain
from rehearsal.readback import digits_disagree
from rehearsal.scenario import Question, Scenario, Twist, Want, When
from rehearsal.spoken_times import Mention, read_times
from rehearsal.wording import Wording

_MOST_CORRECTIONS: Final = 3
_MOST_LOST: Final = 4
"""Questions that the patient does not understand, until they give up."""
_MOST_REFUSED: Final = 5
_MOST_SAME: Final = 4
"""How often in a row the patient answers the same question."""
_ALWAYS: Final = {"still-there": "here", "callback": "any-time", "new-patient": "been-here"}
"""Questions that everybody answers alike."""
_PART = r"(?:[A-Z][\w'\u2019-]*|d[aeiou]|de[lr]|la|le|v[ao]n)"
_NAMED = re.compile(rf"\bfor ((?:[A-Z][\w'\u2019-]+)(?: {_PART})*)")
_NO_NAMES = re.compile(r"^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|^(?:Dr|Christmas|New|Thanksgiving)\b")
_PERSON = re.compile(r"\bDr\.? (?:[A-Z][\w'-]+ )?([A-Z][\w'-]+)")


@dataclass(frozen=True)
class Reply:
    """What the patient says to a turn of the bot.

    Attributes:
        stage: What the bot was understood to ask, empty when nothing.
        answers: It answers that, properly: to ask it again is needless.
        gave: The facts in it: service, when, name, phone.
        ends: The patient hangs up after it.
        lost: The patient did not understand the question.
        unfit: Every time that was offered is one that they ruled out.
        restates: They have to say again what they call for.
        to: What the bot was understood to ask, whatever the patient makes of it.
    """

    say: str
    stage: str = ""
    answers: bool = False
    gave: frozenset[str] = frozenset()
    ends: bool = False
    lost: bool = False
    unfit: bool = False
    restates: bool = False
    to: str = ""


@dataclass
class PatientState:
    """What a patient knows and wants while they talk."""

    wants: list[Want]
    questions: list[Question]
    twists: list[Twist]
    outstanding: Question | None = None
    tries: int = 0
    heard: int = 0
    """Answers to a question that is all that they call for."""
    same: int = 0
    last: str = ""
    """What was asked last, and how often in a row."""
    unanswered: list[Question] = field(default_factory=list)
    met: dict[str, int] = field(default_factory=dict)
    corrections: int = 0
    refused: int = 0
    lost: int = 0
    declined: int = 0
    chosen: Mention | None = None
    focus: date | None = None
    phone_given: int = 0
    """How many digits of the number were said, of a patient who says it in parts."""
    opened: bool = False


class Answers:
    """The answers of one caller; what else they say is `rehearsal.patient`'s.

    Args:
        same_name: Tells whether a name that was read back is the patient's.
    """

    def __init__(
        self, scenario: Scenario, wording: Wording, *, same_name: Callable[[str, str], bool]
    ) -> None:
        self.scenario = scenario
        self._word = wording
        self._same_name = same_name
        self._ear = ear(scenario.language)
        self._today = scenario.now.date()
        self._state = PatientState(list(scenario.wants), list(scenario.questions), list(scenario.twists))
        self._name = scenario.patient.name
        self._heard_all = ""

    # What is said next

    def _ask(self, asked: Question) -> str:
        state = self._state
        state.outstanding, state.tries = asked, 1
        state.questions.remove(asked)
        return self._word.one_of(asked.asks, f"ask {asked.asks[0]}")

    def _go_on(self, heard: Heard) -> Reply:
        """Go on when something is done: the next want, the next question, or the end."""
        state = self._state
        asked = next((one for one in state.questions if one.at in {"done", "end"}), None)
        if asked is not None:
            return self._reply(self._ask(asked), "question")
        if state.wants:
            state.met.clear()
            return self._reply(self._word.one_of(state.wants[0].says), heard.asks, answers=True)
        if heard.asks == "book-offer":
            return self._reply(self._word.pick("no-new"), heard.asks, answers=True)
        return self._reply(self._word.pick("no-more"), heard.asks, answers=True, ends=True)

    def _answered(self, heard: Heard) -> Reply:
        state = self._state
        if not state.wants:
            return self._go_on(heard)
        state.same = state.same + 1 if heard.asks == state.last else 1
        state.last = heard.asks
        if state.same > _MOST_SAME and heard.asks not in {"offer", "read-back"}:
            return self._give_up()
        if heard.asks in _ALWAYS:
            return replace(self._say(_ALWAYS[heard.asks]), stage=heard.asks)
        answer = getattr(self, f"_on_{heard.asks.replace('-', '_')}", None) if heard.asks else None
        if answer is not None:
            reply: Reply = answer(heard, state.wants[0])
            return replace(reply, stage=heard.asks)
        return self._not_understood(heard)

    def _not_understood(self, heard: Heard) -> Reply:
        """Say again what is wanted; after some such turns, give up."""
        state = self._state
        want = state.wants[0]
        if heard.offers and want.do in {"book", "move"}:
            return replace(self._on_offer(heard, want), stage="offer")
        if {"closed", "none-free"} & heard.tells and want.do in {"book", "move"}:
            return self._reply(self._none_fit(want), "when", answers=True)
        state.lost += 1
        if state.lost > _MOST_LOST:
            return self._give_up()
        if want.do == "hear" and state.heard < len(want.says):
            return self._reply(self._word.one_of(want.says, "opening"), "question", lost=heard.question)
        text = self._again()
        return self._reply(text, heard.asks or "nothing", answers=not heard.question, lost=heard.question)

    def _again(self) -> str:
        state = self._state
        if not state.wants:
            return ""
        want = state.wants[0]
        if want.do == "book" and want.service:
            when = (
                f". {self._word.one_of(want.when_says, f'when {want.when_says[0]}')}"
                if want.when_says
                else ""
            )
            return self._word.pick("restate", service=want.service) + when
        return self._word.one_of(want.says, "opening")

    def _give_up(self) -> Reply:
        return self._reply(self._word.pick("give-up"), "gave-up", ends=True)

    def _on_danger(self, _: Heard, __: Want) -> Reply:
        return self._say("hurt" if self.scenario.patient.danger == "yes" else "nobody-hurt")

    def _on_help(self, heard: Heard, _: Want) -> Reply:
        self._state.lost += 1
        if self._state.lost > _MOST_LOST:
            return self._give_up()
        return replace(self._reply(self._again(), heard.asks, answers=True), restates=True)

    _on_anything_else = _on_help

    def _on_service(self, _: Heard, want: Want) -> Reply:
        if want.service_says:
            return self._reply(self._word.one_of(want.service_says), answers=True)
        if want.service:
            return self._say("service", service=want.service)
        return self._reply(self._word.one_of(want.says, "opening"), answers=True)

    def _on_when(self, heard: Heard, want: Want) -> Reply:
        if want.do not in {"book", "move"}:
            return self._reply(self._word.one_of(want.says, "opening"), answers=True)
        if "did-you-mean" in heard.asks:
            return self._on_did_you_mean(heard, want)
        if {"closed", "none-free"} & heard.tells:
            return self._reply(self._none_fit(want), answers=True)
        return self._reply(self._when(want), answers=True)

    def _when(self, want: Want) -> str:
        if want.when_says:
            return self._word.one_of(want.when_says, f"when {want.when_says[0]}")
        return self._word.one_of(want.says, "opening")

    def _none_fit(self, want: Want) -> str:
        """Say that no time fits; with another want left, name that instead."""
        state = self._state
        if want.or_else:
            other = want.or_else[0]
            state.wants[0] = want.model_copy(
                update={"when": other.when, "when_says": other.says, "or_else": want.or_else[1:]}
            )
            return self._word.one_of(other.says, f"when {other.says[0]}")
        state.refused += 1
        return self._word.pick("none-fit", again=self._when(want))

    def _on_did_you_mean(self, heard: Heard, want: Want) -> Reply:
        fitting = [one.day for one in heard.times if one.day and self._day_fits(want.when, one.day)]
        if not heard.times:
            return self._on_read_back(heard, want)
        if not fitting:
            return self._reply(self._when(want), answers=True)
        if len({one.day for one in heard.times if one.day}) == 1:
            return self._say("yes")
        return self._reply(self._word.day(fitting[0]), answers=True)

    @staticmethod
    def _day_fits(when: When, day: date) -> bool:
        probe = when.model_copy(update={"at": (), "from_": None, "until": None})
        return probe.holds(datetime(day.year, day.month, day.day, 12))  # noqa: DTZ001 - local

    def _on_offer(self, heard: Heard, want: Want) -> Reply:
        if want.do in {"cancel", "message", "person", "hear"}:
            return self._on_which_appointment(heard, want)
        offers = list(heard.offers)
        own = self._seed_start(want)
        if want.do == "move" and own is not None:
            offers = [one for one in offers if one.moment != own] or offers
        if not offers:
            return self._reply(self._when(want), answers=True)
        fitting = [one for one in offers if one.moment and want.when.holds(one.moment)]
        fitting = [one for one in fitting if self._right_person(heard.text, one, offers, want)]
        if not fitting:
            if self._state.refused >= _MOST_REFUSED:
                return self._give_up()
            return replace(self._reply(self._none_fit(want)), gave=frozenset({"when"}), unfit=True)
        self._state.chosen = fitting[0]
        return self._reply(self._choose(fitting[0], offers), answers=True)

    def _right_person(self, text: str, one: Mention, offers: Sequence[Mention], want: Want) -> bool:
        if not want.with_:
            return True
        following = next((other.at for other in offers if other.at > one.at), len(text))
        named = _PERSON.findall(text[one.end : following]) or _PERSON.findall(text)
        return not named or want.with_.split()[-1] in named

    def _choose(self, one: Mention, offers: Sequence[Mention]) -> str:
        assert one.moment is not None  # noqa: S101 - offers have a day and a time
        if len(offers) == 1:
            return self._word.pick("take-one")
        clock = self._word.clock(one.moment.time())
        ways = ["take-day"]
        if sum(other.clock == one.clock for other in offers) == 1:
            ways.append("take-clock")
        place = list(offers).index(one) + 1
        if place <= 4:  # noqa: PLR2004 - nobody counts further
            ways.append("take-nth")
        way = self._word.one_of(ways, "choose")
        return self._word.pick(way, nth=self._word.nth(place), clock=clock, day=self._word.day(one.moment))

    def _seed_start(self, want: Want) -> datetime | None:
        return self.scenario.world.appointments[want.seed - 1].start if want.seed else None

    def _on_name(self, _: Heard, want: Want) -> Reply:
        if "name" in self.scenario.patient.refuses:
            return replace(self._say("refuse"), answers=False)
        if want.for_ and want.for_ != self._name:
            return self._say("other-name", name=want.for_)
        return self._say("name", name=self._name)

    def _on_first_name(self, _: Heard, want: Want) -> Reply:
        return self._say("first", first=(want.for_ or self._name).split()[0])

    def _on_last_name(self, _: Heard, want: Want) -> Reply:
        return self._say("last", last=(want.for_ or self._name).split(" ", 1)[-1])

    def _on_spell(self, heard: Heard, want: Want) -> Reply:
        name = want.for_ or self._name
        low = plain(heard.text)
        if "last name" in low:
            name = name.split(" ", 1)[-1]
        elif "first name" in low:
            name = name.split()[0]
        return self._say("spell", letters=self._word.letters(name))

    def _number(self, want: Want) -> str:
        return want.phone or self.scenario.patient.phone

    def _on_birth_date(self, _: Heard, __: Want) -> Reply:
        if (born := self.scenario.patient.born) is None:
            return self._say("no-birth-date")
        return self._say("birth-date", born=self._word.birth_date(born))

    def _on_phone(self, _: Heard, want: Want) -> Reply:
        if "phone" in self.scenario.patient.refuses:
            return replace(self._say("refuse"), answers=False)
        number = self._number(want)
        if {"pauses", "elderly"} & set(self.scenario.patient.manner) and number.startswith("+1"):
            self._state.phone_given = 6
            return self._say("phone-part", part=self._word.part(number[2:8]))
        return self._say("phone", phone=self._word.phone(number))

    def _on_phone_rest(self, heard: Heard, want: Want) -> Reply:
        given = self._state.phone_given
        number = self._number(want)
        if not given:
            return self._on_phone(heard, want)
        return self._say("phone-rest", part=self._word.part(number[2 + given :]))

    def _on_same_number(self, _: Heard, want: Want) -> Reply:
        if "phone" in self.scenario.patient.refuses:
            return replace(self._say("refuse"), answers=False)
        if self._number(want) == self.scenario.from_:
            return self._say("use-same")
        return self._say("other-number", phone=self._word.phone(self._number(want)))

    def _on_read_back(self, heard: Heard, want: Want) -> Reply:
        if want.do == "cancel" and "cancel" in plain(heard.text):
            return self._on_cancel_it(heard, want)
        if want.do in {"message", "person", "hear"}:
            return self._say("yes")
        correction = self._correct(heard, want)
        if correction and self._state.corrections < _MOST_CORRECTIONS:
            self._state.corrections += 1
            return self._reply(correction)
        return self._say("yes")

    def _correct(self, heard: Heard, want: Want) -> str:
        """Say what is wrong with a read-back, one thing at a time; empty when nothing is."""
        name = want.for_ or self._name
        named = [one for one in _NAMED.findall(heard.text) if not _NO_NAMES.match(one)]
        if named and not any(self._same_name(name, one) for one in named):
            return self._word.pick("wrong-name", name=name, letters=self._word.letters(name))
        if digits_disagree(heard.text, self._number(want)):
            return self._word.pick("wrong-phone", phone=self._word.phone(self._number(want)))
        moments = [one.moment for one in heard.times if one.moment]
        if moments and not any(want.when.holds(one) for one in moments):
            chosen = self._state.chosen.moment if self._state.chosen else None
            if chosen is not None:
                return self._word.pick(
                    "wrong-time", clock=self._word.clock(chosen.time()), day=self._word.day(chosen)
                )
            return self._word.pick("wrong-day", again=self._when(want))
        people = _PERSON.findall(heard.text)
        if want.with_ and people and want.with_.split()[-1] not in people:
            return self._word.pick("wrong-person", person=want.with_)
        return self._wrong_service(heard, want)

    def _wrong_service(self, heard: Heard, want: Want) -> str:
        names = {"cleaning", "check-up", "checkup", "filling"}
        said = {one for one in names if one in plain(heard.text)}
        wanted = want.service.lower()
        alike = {wanted, wanted.replace("-", ""), wanted.replace("checkup", "check-up")}
        if not wanted or wanted not in names or not said or said & alike:
            return ""
        return self._word.pick("wrong-service", service=want.service)

    def _on_cancel_it(self, heard: Heard, want: Want) -> Reply:
        own, moments = self._seed_start(want), [one.moment for one in heard.times if one.moment]
        if want.do != "cancel":
            return self._reply(f"{self._word.pick('no')}. {self._again()}")
        if own is not None and moments and own not in moments:
            return self._reply(self._word.pick("none-fit", again=self._word.one_of(want.says, "opening")))
        return self._say("yes")

    def _on_which_appointment(self, heard: Heard, want: Want) -> Reply:
        own = self._seed_start(want)
        if want.do == "book":
            return self._on_offer(heard, want)
        if own is None:
            return self._reply(self._word.one_of(want.says, "opening"), answers=True)
        return self._reply(f"the one on {self._word.day(own)}", answers=True)

    def _on_cancel_or_move(self, _: Heard, want: Want) -> Reply:
        return self._say("move-it" if want.do == "move" else "cancel")

    def _on_move_or_another(self, _: Heard, want: Want) -> Reply:
        return self._say("move-it" if want.do == "move" else "one-more")

    def _on_message_text(self, _: Heard, want: Want) -> Reply:
        texts = want.text or want.says
        return self._reply(self._word.one_of(texts, "text"), answers=True)

    def _on_message_offer(self, heard: Heard, want: Want) -> Reply:
        if want.do == "message" or want.or_message or want.text:
            return self._say("yes-message")
        return self._declines(heard)

    def _on_person_or_message(self, heard: Heard, want: Want) -> Reply:
        if want.do == "person":
            return self._say("person")
        return self._on_message_offer(heard, want)

    def _on_person_offer(self, heard: Heard, want: Want) -> Reply:
        if want.do == "person":
            return self._say("person")
        if want.or_message:
            return self._say("yes-message")
        return self._declines(heard)

    def _declines(self, heard: Heard) -> Reply:
        """Say no to what was not wanted, and what is; the second time they give up."""
        self._state.declined += 1
        if self._state.declined > 2:  # noqa: PLR2004 - said twice
            return self._give_up()
        want = self._state.wants[0]
        if want.do == "hear":
            if self._state.heard < len(want.says) and self._state.declined == 1:
                return self._reply(f"{self._word.pick('no')}. {self._again()}", heard.asks)
            self._state.wants.pop(0)
            return self._go_on(heard)
        return self._reply(f"{self._word.pick('no')}. {self._again()}")

    def _on_what_to_change(self, heard: Heard, want: Want) -> Reply:
        text = self._when(want) if self._state.chosen is None else self._correct(heard, want)
        return self._reply(text or self._when(want), answers=True)

    def _on_practitioner(self, _: Heard, want: Want) -> Reply:
        if want.with_:
            return self._reply(want.with_, answers=True)
        return self._say("anybody")

    def _on_whose(self, _: Heard, want: Want) -> Reply:
        return self._say("whose-other", name=want.for_) if want.for_ else self._say("whose-me")

    def _on_book_offer(self, heard: Heard, want: Want) -> Reply:
        if want.do in {"book", "move"}:
            return self._reply(f"{self._word.pick('yes')}, {self._again()}", answers=True)
        return self._declines(heard)

    # Saying it

    def _say(self, key: str, /, **values: str) -> Reply:
        return self._reply(self._word.pick(key, **values), answers=True)

    def _reply(
        self, text: str, stage: str = "", *, answers: bool = False, ends: bool = False, lost: bool = False
    ) -> Reply:
        said = self._word.finish(text)
        return Reply(said, stage, answers=answers, gave=self._gave(said), ends=ends, lost=lost)

    def _gave(self, text: str) -> frozenset[str]:
        """Tell which facts are in what the patient says."""
        low, state = plain(text), self._state
        found = set()
        want = state.wants[0] if state.wants else None
        if want and want.service and want.service.lower() in low:
            found.add("service")
        if re.sub(r"\W", "", (want.for_ if want and want.for_ else self._name).lower()) in re.sub(
            r"\W", "", low
        ):
            found.add("name")
        if any(len(one) >= 10 for one in digits_in(text)):  # noqa: PLR2004 - a whole number
            found.add("phone")
        if read_times(text, self._today):
            found.add("when")
        return frozenset(found)
