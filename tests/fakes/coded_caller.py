"""A caller on a rehearsed line who hears and speaks without models, and remembers what was said when."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from rehearsal.mulaw import FRAME_SAMPLES, FRAME_SECONDS
from tests.fakes.coded_speech import LEAST_FRAMES, Piece, decode, encode

WISH = "I'd like a cleaning tomorrow at two, please."
ANSWERS = {
    "right?": "Yes, that's right.",
    "yes or no": "Yes.",
    "anything else": "No, that's all, thank you.",
    "calling from": "Yes, please.",
    "name": "My name is Daniel Reed.",
    "shall i take that": "Yes, please.",
    "which": "The first one, please.",
    "would you like me to take a message": "No, thank you. Goodbye.",
    "still there": "Yes, I'm here.",
    "what day": "Tomorrow at two, please.",
    "help": WISH,
}
"""What the caller says to the last question, by a part of it."""
_NUMBER_QUESTIONS = (
    "rest?",
    "rest of the number",
    "come after that",
    "and then?",
    "digits",
    "number to reach",
)
_ANSWER_AFTER_SECONDS = 0.2


@dataclass
class Heard:
    """Something that the caller was told.

    Attributes:
        at: When it ended, in seconds of the call.
        whole: To the end.
    """

    text: str
    at: float
    whole: bool


@dataclass
class Ear:
    """Puts the pieces together, and listens for silence.

    Attributes:
        longest_silence: In which neither side made a sound.
        before_it: What was heard last before that.
    """

    heard: list[Heard] = field(default_factory=list)
    longest_silence: float = 0.0
    before_it: str = ""
    _letters: dict[int, bytes] = field(default_factory=dict)
    _last: Piece | None = None
    _sound_at: float = 0.0
    _bot_at: float = 0.0

    def quiet_since(self, at: float) -> float:
        """Give for how long the bot has not been heard."""
        return at - self._bot_at

    @property
    def between(self) -> bool:
        """Whether no sentence is begun and not ended."""
        return self._last is None

    def sound(self, at: float) -> None:
        """Somebody makes a sound."""
        if at - self._sound_at > self.longest_silence:
            self.longest_silence = at - self._sound_at
            self.before_it = self.heard[-1].text if self.heard else ""
        self._sound_at = at + FRAME_SECONDS

    def hear(self, sound: bytes, at: float) -> None:
        """Take in a frame of the bot's, or of the carrier's voice."""
        self.sound(at)
        piece = decode(sound)
        if piece is None:
            return
        self._bot_at = at
        if self._last and (piece.sentence != self._last.sentence or piece.number <= self._last.number):
            self.broken_off(at)
        self._letters[piece.number] = piece.letters
        self._last = piece
        if piece.is_last:
            self._end(at, whole=len(self._letters) == piece.frames)

    def broken_off(self, at: float) -> None:
        """What was being said is not said to its end."""
        if self._last:
            self._end(at, whole=False)

    def _end(self, at: float, *, whole: bool) -> None:
        text = b"".join(self._letters[n] for n in sorted(self._letters)).decode("utf-8", "replace")
        self.heard.append(Heard(text, at, whole))
        self._letters.clear()
        self._last = None


class CodedCaller:
    """Answers what is asked; a `rehearsal.line.Caller`.

    Args:
        answers: What to say, by a part of the question; the first that fits.
        phone: The digits of the caller's own number.
    """

    hung_up = False

    def __init__(
        self, answers: Mapping[str, str] = ANSWERS, *, repeats: bool = False, phone: str = ""
    ) -> None:
        self._answers = answers
        self._repeats = repeats
        self._phone = phone
        self._outgoing: deque[bytes] = deque()
        self._answered = 0
        self._wish_again = False
        self.ear = Ear()
        self.now = 0.0
        self.said: list[tuple[float, str]] = []
        self.struck_at: float | None = None
        """When something went wrong."""
        self.gap_seconds: float | None = None
        """From then until the bot was heard again."""
        self.greeted = asyncio.Event()
        """The first sentence was heard."""

    def struck(self) -> None:
        """Note that the stream is lost, or that something else goes wrong."""
        self.struck_at = self.now if self.struck_at is None else self.struck_at
        self._wish_again = self._repeats

    def speak(self) -> bytes | None:
        """Give the next frame; see `rehearsal.line.Caller`."""
        if not self._outgoing:
            return None
        self.ear.sound(self.now)
        return self._outgoing.popleft()

    def hear(self, audio: bytes | None, at: float) -> None:
        """Take in a frame; see `rehearsal.line.Caller`."""
        self.now = at
        if audio is not None:
            self.ear.hear(audio, at)
            if self.ear.heard:
                self.greeted.set()
            if self.struck_at is not None and self.gap_seconds is None and at > self.struck_at + 0.1:
                self.gap_seconds = at - self.struck_at
        if not self._outgoing and self.ear.quiet_since(at) >= _ANSWER_AFTER_SECONDS:
            self.ear.broken_off(at)
            self._answer()

    def _answer(self) -> None:
        heard = self.ear.heard
        if len(heard) == self._answered:
            return
        self._answered = len(heard)
        last = heard[-1]
        if not last.whole or not last.text.endswith("?"):
            return
        question = last.text.lower().rpartition(". ")[2]
        words = next((one for part, one in self._answers.items() if part in question), WISH)
        if self._phone and any(part in question for part in _NUMBER_QUESTIONS):
            words = " ".join(self._phone)
        if self._wish_again:
            words, self._wish_again = WISH, False
        self.said.append((self.now, words))
        sound = encode(words, LEAST_FRAMES)
        self._outgoing += [sound[n : n + FRAME_SAMPLES] for n in range(0, len(sound), FRAME_SAMPLES)]

    def story(self) -> str:
        """Tell what was said by whom, for people."""
        lines = [(one.at, f"bot: {one.text}{'' if one.whole else ' —'}") for one in self.ear.heard]
        lines += [(at, f"caller: {words}") for at, words in self.said]
        if self.struck_at is not None:
            lines.append((self.struck_at, "*** it strikes"))
        return "\n".join(f"  {at:6.2f} {text}" for at, text in sorted(lines))
