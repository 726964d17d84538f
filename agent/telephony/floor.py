"""Who has the floor: while the bot speaks, a voice only holds it, and words decide.

A cough, an "uh-huh", a noise or the bot's own voice come back from the caller's loudspeaker let the sentence
go on where it was; an answer or a few words take the turn.
"""

import asyncio
import re
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum, auto
from typing import Protocol

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.turns.types import ProcessFrameResult
from pipecat.turns.user_start import BaseUserTurnStartStrategy

from agent.telephony.keypad import KeyedWordsFrame, KeysPressedFrame
from config.vendor_settings import SpeechSettings
from language.choices import only_agrees
from language.normalize import FILLERS, is_short, normal

_MURMURS = FILLERS | frozenset("mhm mmm uhhuh huh aha i see".split())
_HUM = re.compile(r"(?: ?\b[hmn]+\b)+")
"""What recognition makes of a long "mm-hmm": "M-M-H-M."."""
_SHORT_ACKNOWLEDGEMENT = 3
_END_SECONDS = 0.9
"""Whoever says yes when so little is left to be heard has heard enough to mean it."""
_ALIKE = 0.7
_LEAST_ALIKE_LETTERS = 4
"""Shorter words are the same or they are not."""
_ECHO_TAIL_SECONDS = 0.7
"""So long after the bot has fallen silent its voice may still come back."""
_NO_ECHO_SECONDS = 1.0
"""Whoever speaks for longer while the bot is silent is no echo."""

_MOST_WORDS_A_SECOND = 10.0
"""Of a voice as it is detected, a little late and cut off early; nobody speaks faster. Of a short "uh-huh"
recognition makes up "That's what I thought"."""


@dataclass
class VoiceEndedFrame(VADUserStoppedSpeakingFrame):
    """The caller's voice has ended, after ``voice_seconds`` by the line's own time."""

    voice_seconds: float = 0.0


@dataclass
class BriefVoiceFrame(VADUserStartedSpeakingFrame):
    """The caller made a sound as short as "yep"; its end follows at once. Words decide what it was."""


class Bot(Protocol):
    """The bot's end of the line."""

    @property
    def left_seconds(self) -> float:
        """How much was still to be heard when it was held."""

    async def hold(self) -> None:
        """Fall silent, ready to go on."""

    async def resume(self) -> None:
        """Go on where the caller was."""

    def said_between(self, start: float, end: float) -> str:
        """Give its words that were on the line between two moments of `time.monotonic()`."""


class Ear(Protocol):
    """What listens to the caller's line."""

    @property
    def may_be_echo(self) -> bool:
        """Whether the last voice was softer than the caller's, as far as theirs is known."""

    def dismiss_echo(self) -> None:
        """The last voice was the bot's own."""


class Verdict(Enum):
    """What a sound that came while the bot spoke was."""

    WORDS = auto()
    ACKNOWLEDGEMENT = auto()
    ECHO = auto()
    NOISE = auto()


def judge(heard: str, bot_said: str, left_seconds: float) -> Verdict:
    """Tell what was heard while the bot spoke.

    Args:
        heard: As recognised; empty when nothing was understood.
        bot_said: The bot's own words that may have come back on the line; empty when it cannot be them.
        left_seconds: How much of its sentences the caller had not heard yet.
    """
    words = normal(heard)
    if not words:
        return Verdict.NOISE
    if is_echo(words, normal(bot_said)):
        return Verdict.ECHO
    meant = [word for word in _HUM.sub("", words).split() if word not in _MURMURS]
    plain_yes = only_agrees(words) and is_short(words, _SHORT_ACKNOWLEDGEMENT)
    if meant and not plain_yes:
        return Verdict.WORDS
    return Verdict.WORDS if plain_yes and left_seconds <= _END_SECONDS else Verdict.ACKNOWLEDGEMENT


def is_echo(heard: str, bot_said: str) -> bool:
    """Tell whether words are a piece of what the bot has just said, misheard a little.

    Args:
        heard: Normalised words.
        bot_said: The same of the bot, from the moment of the sound and a little before.
    """
    said = bot_said.split()
    at, alike, letters = 0, 0, 0
    for word in heard.split():
        letters += len(word)
        found = next((n for n in range(at, len(said)) if _sounds_like(word, said[n])), None)
        if found is not None:
            at, alike = found + 1, alike + len(word)
    return alike > 0 and alike / letters >= _ALIKE


def _sounds_like(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _LEAST_ALIKE_LETTERS:
        return one == other
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


class WordsUserTurnStartStrategy(BaseUserTurnStartStrategy):
    """Begins the caller's turn at their voice when the bot waits for them, else at their words."""

    def __init__(
        self,
        settings: SpeechSettings,
        bot: Bot,
        ear: Ear,
        *,
        ending: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make the strategy; while the call is about to end (``ending``) too only words begin a turn."""
        super().__init__()
        self._settings = settings
        self._bot = bot
        self._ear = ear
        self._ending = ending
        self._clock = clock
        self._owed = 0
        self._bots_turn = True
        self._silent_since = 0.0
        self._callers_turn = False
        self._voice = False
        self._voice_at = 0.0
        self._voice_seconds = 0.0
        self._contested = False
        self._brief = False
        self._brief_asked = False
        """The caller was asked what a brief sound meant, and has not said anything since."""
        self._timer: asyncio.Task[None] | None = None

    async def handle_user_turn_started(self) -> None:
        """The caller has the floor."""
        self._callers_turn = True
        self._contested = False
        await self._cancel_timer()

    async def handle_user_turn_stopped(self) -> None:
        """The bot is to answer."""
        self._callers_turn = False
        self._bots_turn = True

    async def cleanup(self) -> None:
        """Stop waiting with the call."""
        await super().cleanup()  # type: ignore[no-untyped-call] # pipecat leaves it untyped
        await self._cancel_timer()

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        """Follow both sides, and decide."""
        if isinstance(frame, BotStartedSpeakingFrame):
            self._bots_turn = True
        elif isinstance(frame, BotStoppedSpeakingFrame):
            self._bots_turn, self._silent_since = False, self._clock()
        elif isinstance(frame, VADUserStartedSpeakingFrame):
            self._brief = isinstance(frame, BriefVoiceFrame)
            return await self._on_voice()
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            self._voice = False
            self._voice_seconds = frame.voice_seconds if isinstance(frame, VoiceEndedFrame) else 0.0
            self._owed += 1
            if self._contested:
                await self._after(self._settings.recognition_wait_seconds, self._go_on)
        elif isinstance(frame, KeysPressedFrame | KeyedWordsFrame):
            if not self._callers_turn:
                await self.trigger_user_turn_started()
            return ProcessFrameResult.STOP
        elif isinstance(frame, TranscriptionFrame):
            return await self._on_words(frame.text)
        return ProcessFrameResult.CONTINUE

    async def _on_voice(self) -> ProcessFrameResult:
        self._voice, self._voice_at = True, self._clock()
        if self._callers_turn:
            return ProcessFrameResult.CONTINUE
        if self._brief:
            self._voice_at -= self._settings.vad_stop_seconds  # it is over already
            self._contested = True
            await self._cancel_timer()
            return ProcessFrameResult.CONTINUE
        in_tail = self._clock() - self._silent_since < _ECHO_TAIL_SECONDS
        if not (self._bots_turn or in_tail or self._ending()):
            await self.trigger_user_turn_started()
            return ProcessFrameResult.STOP
        self._contested = True
        await self._cancel_timer()
        await self._bot.hold()
        if not self._bots_turn and not self._ending():
            await self._after(_NO_ECHO_SECONDS, self._take)
        return ProcessFrameResult.CONTINUE

    async def _on_words(self, text: str) -> ProcessFrameResult:
        owed, self._owed = self._owed, max(0, self._owed - 1)
        if self._callers_turn:
            return ProcessFrameResult.CONTINUE
        # Words that nobody waits for were said while the bot could not be interrupted.
        verdict = self._judge(text) if owed else Verdict.NOISE
        if verdict is Verdict.WORDS:
            await self.trigger_user_turn_started()
            return ProcessFrameResult.STOP
        await self.trigger_reset_aggregation()  # type: ignore[no-untyped-call] # as above
        if verdict is Verdict.ECHO:
            self._ear.dismiss_echo()
        if self._contested and not self._voice:
            await self._cancel_timer()
            await self._go_on()
        return ProcessFrameResult.CONTINUE

    def _judge(self, text: str) -> Verdict:
        if not self._contested:
            return Verdict.WORDS if text.strip() else Verdict.NOISE
        before = self._settings.pre_roll_seconds + self._settings.vad_start_seconds
        said = self._bot.said_between(self._voice_at - before, self._voice_at)
        made_up = 0 < self._voice_seconds * _MOST_WORDS_A_SECOND < len(text.split())
        left = self._bot.left_seconds if self._bots_turn else 0.0
        may_be_echo = self._ear.may_be_echo and not self._outlasted_echo
        verdict = judge(text, said if may_be_echo else "", left)
        if made_up and verdict is not Verdict.ECHO:
            verdict = Verdict.NOISE
        waits = not (self._bots_turn or self._ending())
        if verdict is Verdict.NOISE and waits and not (self._brief and self._brief_asked):
            self._brief_asked = self._brief
            # An answer at the heels of the question; not understood, it is asked for again.
            return Verdict.WORDS
        self._brief_asked = self._brief_asked and verdict is not Verdict.WORDS
        return verdict

    @property
    def _outlasted_echo(self) -> bool:
        """Whether the last voice was there when nothing of the bot's could come back any more.

        "Yes, that's right." is made of the words of "Is that right?", and of a caller whose stream was lost
        it is not known how loud they are: what tells the two apart is that an answer takes its time.
        """
        ended = self._voice_at - self._settings.vad_start_seconds + self._voice_seconds
        if self._bots_turn:  # it was held when the voice was found
            return ended - self._voice_at > _NO_ECHO_SECONDS
        return ended - self._silent_since > _ECHO_TAIL_SECONDS

    async def _go_on(self) -> None:
        self._contested = False
        await self._bot.resume()

    async def _take(self) -> None:
        if self._voice and not self._callers_turn:
            await self.trigger_user_turn_started()

    async def _after(self, seconds: float, then: Callable[[], Coroutine[None, None, None]]) -> None:
        await self._cancel_timer()

        async def wait() -> None:
            await asyncio.sleep(seconds)
            self._timer = None
            await then()

        self._timer = self.task_manager.create_task(wait(), f"{self}::floor")

    async def _cancel_timer(self) -> None:
        timer, self._timer = self._timer, None
        if timer:
            await self.task_manager.cancel_task(timer)
