"""A simulated patient on the phone: the same as by text, asked while the bot is quiet."""

from collections.abc import Iterable
from typing import Final

from rehearsal.answers import Reply
from rehearsal.caller import Decision, Interruption
from rehearsal.patient import SimulatedPatient
from rehearsal.readback import sounds_like
from rehearsal.scenario import Question, Scenario
from rehearsal.speech import VoiceStyle
from rehearsal.verdict import Exchange
from rehearsal.wording import Wording

PATIENT_VOICE: Final = VoiceStyle(pitch=0.85, speed=1.1)

_UNSURE_SECONDS: Final = 1.6
"""Quiet before the patient concludes that a turn without a question was all of it."""
PATIENCE_SECONDS: Final = 10.0
"""Silence after which the patient says hello, and after the second one hangs up."""
_HELLO: Final = "Hello?"
CLEAR_SEED: Final = 34
"""Words things so that no answer is one short word, which is easily lost on a telephone line."""
_HELLOS: Final = 2


class PhonePatient:
    """Hears and answers on a line; a `rehearsal.caller.CallerPolicy`.

    Args:
        interruptions: Where they speak over the bot; the first says what they call for.

    Attributes:
        exchanges: What was said so far, as `rehearsal.verdict` judges it.
        greeting: What the bot said first.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = CLEAR_SEED,
        patience_seconds: float = PATIENCE_SECONDS,
        interruptions: tuple[Interruption, ...] = (),
    ) -> None:
        wording = Wording(scenario.language, scenario.patient.manner, "whisper", f"{scenario.name} {seed}")
        self._patient = SimulatedPatient(scenario, wording, same_name=sounds_like)
        self._most_turns = scenario.most_turns
        self._patience_seconds = patience_seconds
        self.interruptions = interruptions
        self._phrases = (
            _HELLO,
            *scenario.wants[0].says,
            *wording.likely(),
            *(one.say for one in interruptions),
        )
        if interruptions:
            self._patient.begin()
        self._said: Reply | None = None
        self._hellos = 0
        self.exchanges: list[Exchange] = []
        self.greeting = ""

    def phrases(self) -> Iterable[str]:
        """Give what is likely said; all else is made when it is asked for."""
        return self._phrases

    @property
    def unanswered(self) -> list[Question]:
        """Questions that the bot did not answer, or never came to be asked."""
        return self._patient.unanswered

    def think(self, heard: str, quiet_seconds: float) -> Decision | None:
        """Answer a turn that is over; see `rehearsal.caller.CallerPolicy`."""
        if not heard:
            return self._silence(quiet_seconds)
        if "?" not in heard and quiet_seconds < _UNSURE_SECONDS:
            return None
        self._hellos = 0
        self._note(heard)
        if self._said is not None and self._said.ends:
            return Decision(hang_up=True)
        reply = self._patient.hear(heard)
        self._said = reply
        over = reply.ends or len(self.exchanges) >= self._most_turns
        return Decision(reply.say, hang_up=over or not reply.say)

    def note_last(self, heard: str) -> None:
        """Take in what the bot said after the patient's last words."""
        if heard:
            self._note(heard)

    def _note(self, heard: str) -> None:
        if self._said is None:
            self.greeting = heard
        elif self.exchanges and self.exchanges[-1].reply is self._said:
            last = self.exchanges[-1]
            self.exchanges[-1] = Exchange(last.reply, f"{last.answer} {heard}")
        else:
            self.exchanges.append(Exchange(self._said, heard))

    def _silence(self, quiet_seconds: float) -> Decision | None:
        if quiet_seconds < self._patience_seconds:
            return None
        self._hellos += 1
        if self._hellos > _HELLOS:
            return Decision(hang_up=True, remark="the bot said nothing more, so the caller gave up")
        return Decision(_HELLO)
