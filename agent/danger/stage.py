"""What a turn's last words ask for when somebody may be in danger; the same for the phone and for text.

It decides from the messages alone: whether the question was asked is read off the last sentence, which is
ours to the letter, and whether an alarm was raised off the call of ``request_person`` with the urgency
``emergency``.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from agent.danger.numbers import numbers_of
from config.logs import get_logger
from contracts.conversation import Message, calls_of, text_of
from contracts.partner import PracticeFacts
from language.danger.answers import answer_in, asks_for_value, calls_it_off
from language.danger.clauses import language_of
from language.danger.detector import DESPAIR, PLEA, DangerDetector, Level, Reading
from language.danger.rules import LANGUAGES
from language.danger.says import Says, says_in
from language.names import listed
from language.sentences import split_sentences
from language.which import language_of_talk
from tools.context import ToolContext

PERSON = "request_person"
_QUESTIONS = ("question", "question_despair")
_LONG_ENOUGH = 12
"""Characters of a question that the caller spoke into, by which it is still known."""
_SHORT = 6
"""Words; who says no more than that right after an alarm is still in it."""
_DECLINES = 2
"""Words; "no, thanks" is an answer to an alarm, "no, he doesn't move" is none."""
_ORDINARY, _A_LITTLE = 0.85, 0.5
"""From how likely on it is what is said to a practice on any day, and no plea; and after a no."""
_NO_ANSWER = 3
"""Words; who says no more than that ("I don't know") has answered nothing."""
_TALK = 0.7
"""From how likely on an answer to our question that is neither yes nor no is ordinary talk."""
_ASIDE, _MAYBE = 0.7, 0.4
"""From how likely on it is said to anybody ("nobody picks up"); and may be so where it may be danger too."""
_NO_AGAIN = re.compile(r"(?i)^(?:no[,. ]+){1,5}")
_log = get_logger(__name__)


@dataclass(frozen=True)
class Request:
    """A person to be asked for; ``ring`` is the contact to ring first, None for the ladder's order."""

    reason: str
    urgency: Literal["urgent", "emergency"] = "emergency"
    ring: str | None = None

    def arguments(self) -> dict[str, str]:
        """Give the arguments of ``request_person``."""
        return {"reason": self.reason, "urgency": self.urgency}


@dataclass(frozen=True)
class Alarm:
    """What is said and done at once, before anything else answers.

    Attributes:
        request: The person to be asked for when it has been said; None when it was a question.
        language: ``en`` or ``es``, that of the answer.
    """

    say: str
    language: str
    request: Request | None = None

    def after(self, status: str) -> str:
        """Give what is said next, by the status of asking for a person."""
        person = says_in(self.language).person
        return person.get(status, person["not_possible"])


async def alarm_for(messages: Sequence[Message], ctx: ToolContext) -> Alarm | None:
    """Tell whether a conversation's last words call for an alarm; None when whoever answers otherwise may."""
    if not messages or messages[-1].get("role") != "user":
        return None
    detector = await asyncio.to_thread(DangerDetector.shared)
    text = text_of(messages[-1])
    spoken = _spoken_before(messages, ctx)
    language = language_of(text, spoken)
    reading = await detector.read_async(text, spoken)
    before = _said_before(messages)
    asked = asked_in(before)
    alarm = _Alarms(ctx, language)
    if reading.level is Level.UNSURE and not asked and reading.kind in _denied(messages, detector, spoken):
        return None
    found = (
        _answered(alarm, asked, text, reading, asked_again=_asked_before(messages) == asked)
        if asked
        else _heard(alarm, messages, text, before, reading)
    )
    if not asked and reading.kind != DESPAIR:
        own = await _own_rule(detector, ctx.facts, text, language)
        if own is not None:
            found = alarm.of_rule(*own, sure=reading.level is Level.SURE)
    if found is not None and found.request is None and ctx.is_sms:
        # The answer to a question may come hours later, and a bare yes confirms an appointment.
        found = alarm.despair() if asked_in(found.say) == "question_despair" else alarm.unclear()
    if found is not None:
        # Which kind is told to those who run it; what was said is not.
        _log.info("danger", read_as=reading.level.value, kind=reading.kind, asked=found.request is None)
    return found


def is_urgent(messages: Sequence[Message], ctx: ToolContext) -> bool:
    """Tell whether the last words tell of what should be seen soon and is no danger to life."""
    heard = without_questions(messages)
    if not heard or heard[-1].get("role") != "user":
        return False
    level = DangerDetector.shared().read(text_of(heard[-1]), _spoken_before(heard, ctx)).level
    # What may have been danger is none once they have answered our question so.
    return level is Level.URGENT or (level is Level.UNSURE and len(heard) < len(messages))


def asked_in(said: str) -> str:
    """Tell which question a sentence ends with: ``question``, ``question_despair``, or empty."""
    said = said.rstrip("\u2014 ").strip()
    for language in LANGUAGES:
        for name in _QUESTIONS:
            whole = says_in(language).sentences[name]
            begun = len(said) >= _LONG_ENOUGH and whole.startswith(said)
            if said.endswith(whole) or begun:
                return name
    return ""


def without_questions(messages: Sequence[Message]) -> list[Message]:
    """Give a conversation without our question where the answer was no: then what came before it counts."""
    kept: list[Message] = []
    skip = False
    for place, message in enumerate(messages):
        following = messages[place + 1] if place + 1 < len(messages) else None
        if skip:
            skip = False
            if kept and kept[-1].get("role") == "user":
                told = text_of(kept[-1])
                more = [one for one in _beside_the_no(text_of(message)) if one not in told]
                kept[-1] = {**kept[-1], "content": " ".join([told, *more])} if more else kept[-1]
            continue
        if (
            message.get("role") == "assistant"
            and not message.get("tool_calls")
            and asked_in(text_of(message))
            and following is not None
            and following.get("role") == "user"
        ):
            skip = True
            continue
        kept.append(message)
    return kept


def _answered(  # noqa: PLR0911 - one for each kind of answer
    alarm: "_Alarms", asked: str, text: str, reading: Reading, *, asked_again: bool
) -> Alarm | None:
    answer = answer_in(text)
    again = answer == "again"
    suspected = reading.level in (Level.SURE, Level.UNSURE)
    if not suspected and answer not in ("yes", "no"):
        if again and not asked_again:
            return alarm.question(despair=asked == "question_despair")
        if not again and reading.ordinary >= _TALK and len(text.split()) > _NO_ANSWER:
            return None  # "I just want to book a cleaning": whoever goes on so is in no danger.
    if asked == "question_despair" or reading.kind == DESPAIR:
        return alarm.despair() if suspected or answer != "no" else None
    if answer != "yes" and not again and _is_beside_it(text, reading):
        # "Half past four is getting dark", said once more, is no yes: it is asked about, and then let pass.
        if answer == "no" or (asked_again and reading.plain >= _MAYBE):
            return None
        if not asked_again:
            return alarm.question(despair=False)
    if answer == "no" and not suspected:
        return None
    return alarm.emergency() if suspected or answer == "yes" else alarm.unclear()


def _is_beside_it(text: str, reading: Reading) -> bool:
    """Tell whether an answer is no plea, names no danger, body or person, and so may be anything."""
    if reading.level is Level.SURE or reading.kind == PLEA or reading.named or reading.about:
        return False
    return reading.level is Level.UNSURE or (reading.plain >= _ASIDE and len(text.split()) > _NO_ANSWER)


def _heard(
    alarm: "_Alarms", messages: Sequence[Message], text: str, before: str, reading: Reading
) -> Alarm | None:
    raised = _raised(messages)
    if raised and reading.level is not Level.SURE and calls_it_off(text, alarm.language):
        return None
    unnamed = reading.level is Level.SURE and not reading.named and not raised
    if unnamed and len(text.split()) <= _SHORT and asks_for_value(before, alarm.language):
        # A name or a day that was misheard may be like anything.
        return alarm.question(despair=reading.kind == DESPAIR)
    if reading.level is Level.SURE or (reading.level is Level.UNSURE and raised):
        return alarm.despair() if reading.kind == DESPAIR else alarm.emergency()
    # "Ava Brandt, and then Noah Brandt": names alone, whatever they are like
    names_alone = reading.kind != PLEA and not reading.named and bool(listed(text))
    if reading.level is Level.UNSURE and not names_alone:
        return alarm.question(despair=reading.kind == DESPAIR)
    # Right after an alarm "please hurry" and "what do I do" are of it, and whatever is not ordinary talk.
    said = alarm.just_said(before) if raised else None
    words = len(text.split())
    declines = words <= _DECLINES or reading.ordinary >= _A_LITTLE
    if declines and answer_in(text) == "no":
        return None
    return said if words <= _SHORT or reading.ordinary < _ORDINARY else None


def _denied(messages: Sequence[Message], detector: DangerDetector, language: str) -> set[str]:
    """List the kinds of danger that were asked about and denied; of despair it is asked each time."""
    kinds, said = set(), ""
    for message, following in pairwise(messages[:-1]):
        if message.get("role") == "user":
            said = text_of(message)
        elif asked_in(text_of(message)) == "question" and answer_in(text_of(following)) == "no":
            kinds.add(detector.read(said, language).kind)
    return kinds


def _beside_the_no(text: str) -> list[str]:
    """Give what is told behind the no: "What? No. I'm stuck in traffic, I'll be late"."""
    told = [_NO_AGAIN.sub("", one) for one in split_sentences(text)[1:]]
    return [one for one in told if len(one.split()) > _NO_ANSWER]


def _said_before(messages: Sequence[Message]) -> str:
    for message in reversed(messages[:-1]):
        if message.get("role") == "assistant" and text_of(message):
            return text_of(message)
        if message.get("role") == "user":
            return ""
    return ""


def _asked_before(messages: Sequence[Message]) -> str:
    """Tell which question of ours stood before the one that stands now."""
    said = [text_of(one) for one in messages if one.get("role") == "assistant" and text_of(one)]
    return asked_in(said[-2]) if len(said) > 1 else ""


def _spoken_before(messages: Sequence[Message], ctx: ToolContext) -> str:
    said = (text_of(one) for one in messages[:-1] if one.get("role") == "user")
    return language_of_talk(said, ctx.bot.language)


def _raised(messages: Sequence[Message]) -> bool:
    return any(
        call.name == PERSON and call.arguments.get("urgency") == "emergency"
        for message in messages
        for call in calls_of(message)
    )


async def _own_rule(
    detector: DangerDetector, facts: PracticeFacts, text: str, language: str
) -> tuple[str, str | None] | None:
    for rule in facts.emergency_rules:
        if await detector.matches_async(text, rule.signs, language):
            return rule.say, rule.ring
    return None


class _Alarms:
    """The alarms of one practice, in one language."""

    def __init__(self, ctx: ToolContext, language: str) -> None:
        self.language = language
        self._says: Says = says_in(language)
        self._spoken = not ctx.is_text
        self._numbers = numbers_of(ctx.facts, ctx.rules.crisis_line)

    def emergency(self) -> Alarm:
        return Alarm(self._fixed("emergency"), self.language, Request("a possible emergency"))

    def unclear(self) -> Alarm:
        return Alarm(self._fixed("unclear"), self.language, Request("a possible emergency"))

    def despair(self) -> Alarm:
        name = "despair_without_line"
        if self._numbers.crisis:
            name = "despair" if self._numbers.crisis_by_text else "despair_call"
        return Alarm(self._sentence(name), self.language, Request("somebody in despair"))

    def question(self, *, despair: bool) -> Alarm:
        return Alarm(self._says.sentences["question_despair" if despair else "question"], self.language)

    def of_rule(self, say: str, ring: str | None, *, sure: bool) -> Alarm:
        reason = "a matter that the practice's rules call urgent"
        if sure:
            return Alarm(f"{self._fixed('emergency')} {say}", self.language, Request(reason, ring=ring))
        return Alarm(say, self.language, Request(reason, "urgent", ring))

    def just_said(self, said: str) -> Alarm | None:
        """Give the alarm again that was said last, or that stands before what was."""
        if said.startswith(self.despair().say):
            return self.despair()
        openings = (self._fixed("emergency"), self._fixed("unclear"), *self._says.person.values())
        return self.emergency() if said.startswith(openings) else None

    def _fixed(self, name: str) -> str:
        return self._sentence(f"{name}_{'phone' if self._spoken else 'text'}")

    def _sentence(self, name: str) -> str:
        return self._says.sentence(
            name, number=self._numbers.emergency, crisis=self._numbers.crisis, spoken=self._spoken
        )
