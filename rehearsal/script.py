"""Caller scripts: who is calling, what they want, and what they answer to what they are asked."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from rehearsal.caller import Decision, Interruption
from rehearsal.readback import digits_disagree, sounds_like
from rehearsal.scenario import told_as
from rehearsal.speech import VoiceStyle

SCRIPTS: Final = Path(__file__).parent / "scripts"
DEFAULT_SCRIPT: Final = "book-a-cleaning"

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_UNSURE_SECONDS: Final = 1.6
"""Quiet before the caller concludes that what they did not understand was all of it."""
_WORKING_WEEK_MIDDLE: Final = (1, 2, 3)
"""Tuesday to Thursday: far from the weekend, such a day's name means the same to everybody."""


class ScriptError(ValueError):
    """There is no such script, or it does not say what a caller needs."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(_Part):
    """Who is calling and what they want; every value may stand in the sentences as ``{name}``."""

    name: str
    phone: str = Field(pattern=r"^\+[1-9]\d{6,14}$")
    """The caller's number, E.164."""
    phone_spoken: str
    """The same as the caller says it."""
    reason: str = ""


class Answer(_Part):
    """What to say to one kind of question."""

    topic: str
    hears: tuple[str, ...]
    """Regular expressions; one that is found in a sentence of the bot makes it this question."""
    says: tuple[str, ...] = ()
    """Said in turn, the last one again and again; nothing means that the caller goes on listening."""
    says_if_wrong: tuple[str, ...] = ()
    """Said instead when the bot read back another number than the caller's."""
    hang_up: bool = False
    """The caller puts the phone down after that."""


class Voice(_Part):
    """How the caller sounds."""

    pitch: float = Field(default=0.85, ge=0.5, le=2.0)
    speed: float = Field(default=1.0, ge=0.5, le=2.0)


class Interrupt(_Part):
    """Where the caller speaks over the bot."""

    turn: int = Field(ge=1)
    after_seconds: float = Field(gt=0)
    says: str


class Script(_Part):
    """A caller, as a TOML file describes them."""

    title: str
    person: Person
    voice: Voice = Voice()
    answers: tuple[Answer, ...]
    """In order of precedence."""
    interruptions: tuple[Interrupt, ...] = ()
    not_understood: str = "Sorry, could you repeat that?"
    repeats: int = Field(default=2, ge=0)
    """How often the caller asks the bot to repeat; then they say ``otherwise``."""
    otherwise: str = "No, that's all, thank you."
    hello: str = "Hello?"
    """Said into a silence."""
    patience_seconds: float = Field(default=10.0, gt=0)
    """Silence after which the caller says hello, and after the second one hangs up."""
    silent: bool = False
    """The caller never says anything."""

    @property
    def style(self) -> VoiceStyle:
        """How the caller sounds, for the voice."""
        return VoiceStyle(pitch=self.voice.pitch, speed=self.voice.speed)


def list_scripts() -> list[str]:
    """List the names of the scripts that come with the package."""
    return sorted(path.stem for path in SCRIPTS.glob("*.toml"))


def load_script(name: str) -> Script:
    """Read a caller script.

    Args:
        name: The name of a script that comes with the package, or the path of a TOML file.

    Raises:
        ScriptError: Not found, not TOML, or not a script; the message says where and what.
    """
    path = SCRIPTS / f"{name}.toml" if name in list_scripts() else Path(name)
    if not path.is_file():
        known = ", ".join(list_scripts())
        raise ScriptError(f"no caller script {name!r}; there are {known}, or give a TOML file")
    with told_as(ScriptError, path):
        script = Script.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        for answer in script.answers:
            for pattern in answer.hears:
                re.compile(pattern)
    try:
        _Words(script.person, date.min).fill(*_sentences_of(script))
    except KeyError as error:
        raise ScriptError(f"{path}: nothing is called {error} in the person") from error
    return script


def day_to_ask_for(today: date) -> str:
    """Give the name of the next day in the middle of a week that is at least two days away."""
    days = (today + timedelta(days=ahead) for ahead in range(2, 9))
    return next(day for day in days if day.weekday() in _WORKING_WEEK_MIDDLE).strftime("%A")


class ScriptedMind:
    """A caller who follows a script; a `rehearsal.caller.Mind`.

    Args:
        today: The caller's date, for ``{day}``.
    """

    def __init__(self, script: Script, today: date) -> None:
        self._script = script
        self._words = _Words(script.person, today)
        self._given: dict[str, int] = {}
        self._repeats = 0
        self._hellos = 0
        self.interruptions = tuple(
            Interruption(cut.turn, cut.after_seconds, self._words.fill(cut.says)[0])
            for cut in script.interruptions
        )

    def phrases(self) -> Iterable[str]:
        """Give every sentence of the script, filled in."""
        return self._words.fill(*_sentences_of(self._script))

    def think(self, heard: str, quiet_seconds: float) -> Decision | None:
        """Decide by the last sentence of the bot that the script knows; see `rehearsal.caller.Mind`."""
        script = self._script
        if script.silent:
            return None
        answer = self.recognise(heard)
        if heard and answer is None:
            if quiet_seconds < _UNSURE_SECONDS:
                return None
            return self._not_understood()
        if answer is None or not (answer.says or answer.hang_up):
            return self._silence(quiet_seconds)
        self._hellos = 0
        return self._reply(answer, heard)

    def recognise(self, heard: str) -> Answer | None:
        """Find which question the bot asked last; None when the script knows none of it."""
        for sentence in reversed(_SENTENCE_END.split(heard)):
            for answer in self._script.answers:
                if any(re.search(pattern, sentence, re.IGNORECASE) for pattern in answer.hears):
                    return answer
        return None

    def _reply(self, answer: Answer, heard: str) -> Decision:
        says, remark = answer.says, ""
        if answer.says_if_wrong:
            person = self._script.person
            if digits_disagree(heard, person.phone):
                says, remark = answer.says_if_wrong, "the bot read back another number than the caller's"
            elif not sounds_like(person.name, heard):
                remark = f"the read-back did not sound like {person.name!r}"
        key = f"{answer.topic}:{says is answer.says}"
        count = self._given.get(key, 0)
        self._given[key] = count + 1
        text = says[min(count, len(says) - 1)] if says else ""
        return Decision(self._words.fill(text)[0], hang_up=answer.hang_up, remark=remark)

    def _not_understood(self) -> Decision:
        self._repeats += 1
        if self._repeats <= self._script.repeats:
            return Decision(self._script.not_understood)
        return Decision(self._script.otherwise)

    def _silence(self, quiet_seconds: float) -> Decision | None:
        if quiet_seconds < self._script.patience_seconds:
            return None
        self._hellos += 1
        if self._hellos > 2:  # noqa: PLR2004 - two hellos, then nobody is there
            return Decision(hang_up=True, remark="the bot said nothing more, so the caller gave up")
        return Decision(self._script.hello)


@dataclass(frozen=True)
class _Words:
    """Fills the person's words into sentences."""

    person: Person
    today: date

    def fill(self, *sentences: str) -> list[str]:
        words: dict[str, Any] = self.person.model_dump()
        words["first_name"] = self.person.name.split()[0]
        words["day"] = day_to_ask_for(self.today)
        return [sentence.format_map(words) for sentence in sentences]


def _sentences_of(script: Script) -> list[str]:
    sentences = [script.not_understood, script.otherwise, script.hello]
    for answer in script.answers:
        sentences += [*answer.says, *answer.says_if_wrong]
    sentences += [cut.says for cut in script.interruptions]
    return sentences
