"""A caller who speaks and listens: hears the bot out, thinks, answers, and puts the phone down."""

import asyncio
from collections import deque
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from rehearsal.events import BotSaid, CallerSaid, OnEvent, Remarked
from rehearsal.listening import Listener
from rehearsal.mulaw import FRAME_SAMPLES, FRAME_SECONDS, SILENT_BYTE
from rehearsal.speech import Speech, SpeechError, VoiceStyle

_RECOGNISE_AFTER_SECONDS: Final = 0.2
"""Recognition starts this early into a quiet, so that its result is there when the turn is over."""
_TURN_OVER_SECONDS: Final = 0.5
"""Quiet this long ends the bot's turn."""
_THINK_EVERY_SECONDS: Final = 0.2
_LINGER_SECONDS: Final = 4.0
"""How long a caller who is done waits for the bot to hang up first."""


@dataclass(frozen=True)
class Decision:
    """What the caller does next."""

    say: str = ""
    """The words, or what to call the recording in ``audio``."""
    audio: bytes | None = None
    """µ-law to play instead of speaking the words."""
    hang_up: bool = False
    """Put the phone down after that, when the bot does not."""
    remark: str = ""
    """Something noticed, for the report."""


@dataclass(frozen=True)
class Interruption:
    """Speaking over the bot, on purpose."""

    turn: int
    """The bot's turn to interrupt; its first is 1."""
    after_seconds: float
    """How long the bot has been audible in that turn."""
    say: str


class CallerPolicy(Protocol):
    """Decides what a caller says."""

    @property
    def interruptions(self) -> tuple[Interruption, ...]:
        """Where the caller speaks over the bot."""
        ...

    def phrases(self) -> Iterable[str]:
        """Give everything that may be said, so that it can be synthesised before the call."""
        ...

    def think(self, heard: str, quiet_seconds: float) -> Decision | None:
        """Decide on an answer to what the bot has said since; None to go on listening for now."""
        ...


class SpeakingCaller:
    """A caller who decides by a policy, speaks and hears; a `rehearsal.line.Caller`.

    Args:
        speech: Speaks and hears; its work runs beside the line, never on it.
    """

    def __init__(self, policy: CallerPolicy, speech: Speech, style: VoiceStyle, on_event: OnEvent) -> None:
        self._policy = policy
        self._speech = speech
        self._style = style
        self._tell = on_event
        self._listener = Listener()
        self._outgoing: deque[bytes] = deque()
        self._phrases: dict[str, bytes] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._recognised: tuple[int, str] | None = None
        self._asked_for = 0
        self._next_thought = 0.0
        self._turn = 1
        self._busy = False
        self._leaving_at: float | None = None
        self._hung_up = False
        self._broken: SpeechError | None = None
        self._now = 0.0

    @property
    def hung_up(self) -> bool:
        """The caller has put the phone down."""
        return self._hung_up

    async def prepare(self) -> None:
        """Synthesise everything that may be said, before the call, or raise `SpeechError`."""
        for phrase in self._policy.phrases():
            self._phrases[phrase] = await self._speech.say(phrase, self._style)
        await self._speech.hear(bytes([SILENT_BYTE]) * FRAME_SAMPLES * 25)  # the first recognition is slow

    def speak(self) -> bytes | None:
        """Give the next frame; see `rehearsal.line.Caller`."""
        return self._outgoing.popleft() if self._outgoing else None

    def hear(self, audio: bytes | None, at: float) -> None:
        """Take in a frame, as `rehearsal.line.Caller`; SpeechError when the call cannot go on."""
        if self._broken:
            raise self._broken
        self._now = at
        self._listener.take(audio, at)
        if self._leaving_at is not None and at >= self._leaving_at:
            self._hung_up = self._listener.quiet_seconds >= _LINGER_SECONDS
        if self._busy or self._outgoing or self._interrupts():
            return
        self._recognise_early()
        self._think()

    async def finish(self) -> None:
        """Hear the last words out, after the call."""
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._listener.spoke and not self._broken:
            await self._report_turn(self._listener)

    def _interrupts(self) -> bool:
        for cut in self._policy.interruptions:
            due = self._listener.speaking_seconds >= cut.after_seconds
            if cut.turn == self._turn and due and self._listener.spoke:
                self._run(self._report_turn(self._next_turn()))
                self._answer(Decision(cut.say))
                return True
        return False

    def _recognise_early(self) -> None:
        """Start recognition in a short quiet; a later stretch of speech makes its result stale."""
        listener = self._listener
        quiet = listener.quiet_seconds >= _RECOGNISE_AFTER_SECONDS
        if listener.spoke and quiet and self._asked_for != listener.stretch:
            self._asked_for = listener.stretch
            self._run(self._recognise(listener, listener.stretch))

    async def _recognise(self, listener: Listener, stretch: int) -> None:
        text = await self._speech.hear(listener.audio())
        if listener is self._listener:
            self._recognised = (stretch, text)

    def _think(self) -> None:
        listener = self._listener
        if self._now < self._next_thought or listener.quiet_seconds < _TURN_OVER_SECONDS:
            return
        heard = ""
        if listener.spoke:
            if self._recognised is None or self._recognised[0] != listener.stretch:
                return
            heard = self._recognised[1]
        self._next_thought = self._now + _THINK_EVERY_SECONDS
        decision = self._policy.think(heard, listener.quiet_seconds)
        if decision is None or self._leaving_at is not None:
            return
        if heard and listener.start is not None:
            self._tell(BotSaid(heard, listener.start, listener.end))
        self._next_turn()
        self._answer(decision)

    def _next_turn(self) -> Listener:
        over, self._listener = self._listener, Listener()
        self._recognised, self._asked_for = None, 0
        self._turn += 1 if over.spoke else 0
        return over

    async def _report_turn(self, turn: Listener) -> None:
        text = await self._speech.hear(turn.audio())
        if turn.start is not None:
            self._tell(BotSaid(text, turn.start, turn.end))

    def _answer(self, decision: Decision) -> None:
        self._busy = True
        if decision.remark:
            self._tell(Remarked(decision.remark))
        self._run(self._say(decision))

    async def _say(self, decision: Decision) -> None:
        audio = decision.audio
        if audio is None and decision.say:
            audio = self._phrases.get(decision.say) or await self._speech.say(decision.say, self._style)
        if audio:
            audio += bytes([SILENT_BYTE]) * (-len(audio) % FRAME_SAMPLES)
            frames = [audio[i : i + FRAME_SAMPLES] for i in range(0, len(audio), FRAME_SAMPLES)]
            self._tell(CallerSaid(decision.say, self._now, len(frames) * FRAME_SECONDS))
            self._outgoing.extend(frames)
        if decision.hang_up:
            self._leaving_at = self._now + len(self._outgoing) * FRAME_SECONDS + _LINGER_SECONDS
        self._busy = False

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), SpeechError):
            self._broken = error


class RecordedCaller:
    """Plays one recording after the bot's first turn, then is silent."""

    interruptions: tuple[Interruption, ...] = ()

    def __init__(self, audio: bytes, label: str) -> None:
        self._audio: bytes | None = audio
        self._label = label

    def phrases(self) -> Iterable[str]:
        """Nothing to synthesise."""
        return ()

    def think(self, heard: str, quiet_seconds: float) -> Decision | None:
        """Play the recording when the greeting is over, or after eight seconds without one."""
        if self._audio is not None and (heard or quiet_seconds >= 8.0):  # noqa: PLR2004 - see docstring
            audio, self._audio = self._audio, None
            return Decision(self._label, audio)
        if quiet_seconds >= 30.0:  # noqa: PLR2004 - nobody is there any more
            return Decision(hang_up=True)
        return Decision() if heard and self._audio is None else None
