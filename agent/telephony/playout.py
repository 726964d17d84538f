"""What is played to the caller: sent ahead, followed by the clock, held and taken up again.

The carrier has the audio long before the caller hears it. So that a sentence can be held when the caller
makes a sound, and go on where it was when that was only a cough, what was sent is kept until it is heard.
Every method takes the present moment (`time.monotonic()`); nothing here sends or waits.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from pipecat.frames.frames import Frame, TTSTextFrame

from agent.telephony import wire

_KEPT_SENTENCES = 6
_SILENT = 300.0
"""Mean amplitude (of 32768) below which 20 ms lie between two words."""
_BACK_SECONDS = (0.2, 1.0)
"""A held sentence is taken up at the last gap between two words that is so long ago."""
_NEARLY_DONE_SECONDS = 1.0
"""With less of it left whoever speaks answers, and does not hum along."""
_SCRAP_SECONDS = 0.3
"""An end this short is not said again: whoever had heard the rest had heard it all."""


@dataclass
class _Sentence:
    starts: float
    audio: bytearray = field(default_factory=bytearray)
    text: TTSTextFrame | None = None
    mark: str | None = None
    after: list[Frame] = field(default_factory=list)
    offset: int = 0
    """Byte of the audio that is played at ``starts``: not the first when it was held before."""

    def at(self, byte: int) -> float:
        return self.starts + (byte - self.offset) / wire.SAMPLE_RATE_HZ

    def ends(self) -> float:
        return self.at(len(self.audio))

    def position(self, now: float) -> int:
        played = self.offset + int((now - self.starts) * wire.SAMPLE_RATE_HZ)
        return min(max(self.offset, played), len(self.audio))

    def said(self) -> "list[_Said]":
        return [_Said(self.text.text, self.at(0), self.ends())] if self.text else []

    def frames(self) -> list[Frame]:
        return [*([self.text] if self.text else []), *self.after]


@dataclass(frozen=True)
class _Said:
    text: str
    starts: float
    ends: float


@dataclass(frozen=True)
class Mark:
    """Asks the carrier to tell when everything before it was played."""

    name: str


class Playout:
    """The bot's audio on its way to the caller's ear."""

    def __init__(self) -> None:
        self.held = False
        """Nothing is sent; what comes is kept."""
        self.left_seconds = 0.0
        """How much of what had been sent was unheard when it was held."""
        self._sentences: deque[_Sentence] = deque()
        self._open: _Sentence | None = None
        self._said: deque[_Said] = deque(maxlen=_KEPT_SENTENCES)
        self._generation = 0
        self._marks = 0

    @property
    def waiting(self) -> bool:
        """Whether there is anything that the caller has not heard."""
        return bool(self._sentences)

    def ends_at(self, now: float) -> float:
        """Give the moment at which everything sent so far has been played."""
        return max([now, *(one.ends() for one in self._sentences)])

    def add(self, payload: bytes, now: float) -> bytes:
        """Take audio of the sentence that is being spoken; gives what of it to send now."""
        if self._open is None:
            self._open = _Sentence(starts=self.ends_at(now))
            self._sentences.append(self._open)
        self._open.audio += payload
        return b"" if self.held else payload

    def close(self, text: TTSTextFrame) -> Mark | None:
        """End the sentence that is spoken; its mark is None while held, ValueError without audio."""
        sentence, self._open = self._open, None
        if sentence is None:
            raise ValueError("a sentence without audio")
        sentence.text, sentence.mark = text, self._name()
        return None if self.held else Mark(sentence.mark)

    def follow(self, frame: Frame) -> bool:
        """Let a frame wait for the audio before it; False when nothing has to be waited for."""
        if not self._sentences:
            return False
        self._sentences[-1].after.append(frame)
        return True

    def returned(self, name: str, now: float) -> list[Frame]:
        """Take a mark back; gives the frames that waited for it and for those before it."""
        if not any(one.mark == name for one in self._sentences):
            return []
        frames: list[Frame] = []
        while self._sentences:
            sentence = self._sentences.popleft()
            frames += self._release(sentence)
            if sentence.mark == name:
                break
        if self._sentences and not self.held:
            self._sentences[0].starts = now  # the carrier's clock, not ours, is the one that counts
        return frames

    @property
    def talked_over(self) -> bool:
        """Whether it is held by somebody who spoke well before its last word."""
        return self.held and self.left_seconds >= _NEARLY_DONE_SECONDS

    def overdue(self, now: float, grace: float) -> str | None:
        """Name the last mark when the carrier should have returned it long ago."""
        if self.held or not self._sentences or now <= self._sentences[-1].ends() + grace:
            return None
        return next((one.mark for one in reversed(self._sentences) if one.mark), None)

    def hold(self, now: float) -> list[Frame]:
        """Stop where the caller is; gives the frames of sentences that were heard to their end."""
        self.held = True
        self._generation += 1
        self.left_seconds = self.ends_at(now) - now
        frames: list[Frame] = []
        while (
            self._sentences and self._sentences[0].mark and self._sentences[0].ends() <= now + _SCRAP_SECONDS
        ):
            frames += self._release(self._sentences.popleft())
        if self._sentences:
            first = self._sentences[0]
            first.offset, first.starts = first.position(now), now
        for sentence in self._sentences:
            # A carrier returns the marks of what it is told to throw away.
            sentence.mark = sentence.mark and self._name()
        return frames

    def resume(self, now: float) -> list[bytes | Mark]:
        """Go on where it was held; gives in order the audio and marks to send."""
        self.held = False
        pieces: list[bytes | Mark] = []
        if self._sentences:
            first = self._sentences[0]
            first.offset = _between_words(bytes(first.audio), first.offset)
        for sentence in self._sentences:
            sentence.starts, now = now, now + (len(sentence.audio) - sentence.offset) / wire.SAMPLE_RATE_HZ
            pieces.append(bytes(sentence.audio[sentence.offset :]))
            if sentence.mark:
                pieces.append(Mark(sentence.mark))
        return pieces

    def drop(self, now: float) -> tuple[str | None, list[Frame]]:
        """Throw away what was not heard; gives as much as was, and the frames that must not be lost."""
        cut_short = self._heard_of_the_sentence(now)
        left = [frame for one in self._sentences for frame in one.frames() if not frame.interruptible]
        if self._sentences:
            self._said += self._sentences[0].said()
        self._sentences.clear()
        self._open = None
        self.held = False
        self._generation += 1
        return cut_short, left

    def said_between(self, start: float, end: float) -> str:
        """Give the words that the caller's telephone sounded with between two moments, with some to spare."""
        words: list[str] = []
        for said in [*self._said, *(part for one in self._sentences for part in one.said())]:
            length = said.ends - said.starts
            if length <= 0 or said.ends < start or said.starts > end:
                continue
            parts = said.text.split()
            first = int((max(start, said.starts) - said.starts) / length * len(parts)) - 1
            last = int((min(end, said.ends) - said.starts) / length * len(parts)) + 2
            words += parts[max(0, first) : last]
        return " ".join(words)

    def _heard_of_the_sentence(self, now: float) -> str | None:
        """Estimate from the clock how many words of the sentence in the air were heard."""
        first = self._sentences[0] if self._sentences else None
        if first is None or first.text is None or not first.audio:
            return None
        words = first.text.text.split()
        played = first.offset if self.held else first.position(now)
        return " ".join(words[: round(len(words) * played / len(first.audio))]) or None

    def _release(self, sentence: _Sentence) -> list[Frame]:
        self._said += sentence.said()
        return sentence.frames()

    def _name(self) -> str:
        self._marks += 1
        return f"{self._generation}.{self._marks}"


def _between_words(audio: bytes, position: int) -> int:
    """Find the last gap between two words before a position, or go back a little way."""
    near, far = (position - int(one * wire.SAMPLE_RATE_HZ) for one in _BACK_SECONDS)
    if near <= 0:
        return 0
    for start in range(near - near % wire.FRAME_BYTES, max(0, far) - 1, -wire.FRAME_BYTES):
        samples = wire.decode_ulaw(audio[start : start + wire.FRAME_BYTES])
        if float(np.abs(samples.astype(np.int32)).mean()) < _SILENT:
            return start
    return max(0, (near + far) // 2)
