"""Whose voice is it? The caller's is the loudest on their line; a television's or a waiting room's is not.

A voice counts only near the level at which the caller has spoken of late. Before they have spoken there is
a floor, which rises above the voices that are on the line all the time.
"""

import math
from collections import deque
from dataclasses import dataclass, field

from config.vendor_settings import SpeechSettings

WINDOW_SECONDS = 0.032
_SMOOTHED_WINDOWS = 4
"""A syllable's level: the loudest window of an eighth of a second, so that a stop consonant is no pause."""
_RISE, _FALL = 0.3, 0.02
"""The caller's level follows loud syllables fast and soft ones slowly: it is that of their loud ones."""
_SPEAKING_SLACK_DB = 4.0
"""How much softer the end of a sentence may be than its beginning."""
_BACKGROUND_STEP_DB = 0.15
"""A step up for each louder window, a step down for each softer one: the median."""
_BACKGROUND_AT_FIRST_DBFS = -43.0
_FIRST_SECONDS = 0.5
_FIRST_STEP_DB = 0.6
"""While the line has just been opened nobody is the caller yet; what is on it is learned fast."""
_LEAST_BACKGROUND_DBFS = -70.0
_OVER_BACKGROUND_DB = 7.0
"""Many voices at once, or traffic, vary by less than this; one voice near the telephone by more."""
_UNDER_CALLER_DB = 6.0
"""However loud the background, a voice at most this much softer than the caller's is theirs."""
_DISMISSED_DB = 3.0
_FORGET_AFTER_SECONDS = 8.0
_FORGET_DB_A_SECOND = 0.5
"""Who is not heard for long may have laid the telephone on the table: they are listened for anew."""


@dataclass
class VoiceGate:
    """Tells the caller's voice from others on the line, a window of 32 ms after another."""

    settings: SpeechSettings
    caller_dbfs: float | None = None
    """Level of the caller's loud syllables; None before they have spoken."""
    background_dbfs: float = _BACKGROUND_AT_FIRST_DBFS
    """Level that is exceeded half of the time while the caller does not speak."""
    _echo_dbfs: float = -math.inf
    _before: float | None = None
    _top_dbfs: float = -math.inf
    _anew: bool = True
    _recent: deque[float] = field(default_factory=lambda: deque(maxlen=_SMOOTHED_WINDOWS))
    _unheard_seconds: float = 0.0
    _line_seconds: float = 0.0

    def recall(self, caller_dbfs: float | None) -> None:
        """Go on with a caller who was heard before on another stream, if they were."""
        if caller_dbfs is not None:
            self.caller_dbfs, self._line_seconds = caller_dbfs, _FIRST_SECONDS

    def admits(self, dbfs: float, *, voice: bool, speaking: bool, bot_speaking: bool) -> bool:
        """Judge whether the next window, at its level, is the caller who speaks.

        While ``bot_speaking`` its own voice may come back on the line.
        """
        self._recent.append(dbfs)
        self._line_seconds += WINDOW_SECONDS
        level = max(self._recent)
        admitted = (
            voice
            and not self._just_opened
            and level > self._least_dbfs(speaking=speaking, bot_speaking=bot_speaking)
        )
        if admitted:
            self._learn_caller(level, speaking=speaking)
        elif not speaking:
            self._learn_background(level)
        return admitted

    @property
    def _just_opened(self) -> bool:
        return self._line_seconds <= _FIRST_SECONDS

    @property
    def may_be_echo(self) -> bool:
        """Whether the last voice was softer than the caller's, as far as theirs is known."""
        return self._before is None or self._top_dbfs < self._before - _UNDER_CALLER_DB

    def dismiss_echo(self) -> None:
        """The last voice was the bot's own: while the bot speaks, nothing of that level counts any more."""
        self._echo_dbfs = max(self._echo_dbfs, self._top_dbfs)
        self.caller_dbfs = self._before

    def take_for_background(self) -> None:
        """The present voice is not the caller's but one of those behind them."""
        self.background_dbfs = max(self.background_dbfs, self._top_dbfs)
        self.caller_dbfs = None

    def _least_dbfs(self, *, speaking: bool, bot_speaking: bool) -> float:
        background = self.background_dbfs + _OVER_BACKGROUND_DB
        if self.caller_dbfs is None:
            least = max(self.settings.voice_floor_dbfs, background)
        else:
            within = self.settings.caller_range_db + (_SPEAKING_SLACK_DB if speaking else 0.0)
            least = max(self.caller_dbfs - within, min(background, self.caller_dbfs - _UNDER_CALLER_DB))
        return max(least, self._echo_dbfs + _DISMISSED_DB) if bot_speaking else least

    def _learn_caller(self, level: float, *, speaking: bool) -> None:
        self._unheard_seconds = 0.0
        if self._anew:
            self._anew, self._top_dbfs, self._before = False, level, self.caller_dbfs
        self._top_dbfs = max(self._top_dbfs, level)
        if not speaking:
            return  # a single loud window is nobody's speech yet
        if self.caller_dbfs is None:
            self.caller_dbfs = self._top_dbfs
        step = level - self.caller_dbfs
        self.caller_dbfs += step * (_RISE if step > 0 else _FALL)

    def _learn_background(self, level: float) -> None:
        self._anew = True
        step = _FIRST_STEP_DB if self._just_opened else _BACKGROUND_STEP_DB
        step = step if level > self.background_dbfs else -step
        self.background_dbfs = max(_LEAST_BACKGROUND_DBFS, self.background_dbfs + step)
        self._unheard_seconds += WINDOW_SECONDS
        if self.caller_dbfs is not None and self._unheard_seconds > _FORGET_AFTER_SECONDS:
            self.caller_dbfs -= _FORGET_DB_A_SECOND * WINDOW_SECONDS
            if self.caller_dbfs < self.settings.voice_floor_dbfs:
                self.caller_dbfs = None
