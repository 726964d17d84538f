"""Whole calls with faults in them, and a judge: what the caller heard, what is booked, what was asked."""

import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from contracts.conversation import Message
from practice.conversations.service import Calls
from tests.fakes.live_call import BOT, WINDOW, LiveCall, LiveCalls, MemoryLog, quick
from tests.fakes.partner_server import PartnerServer, Trouble
from webhooks.media_link import CallRecord

ANSWERS = (
    ("right?", "Yes, that's right."),
    ("yes or no", "Yes."),
    ("anything else", "No, that's all, thank you."),
    ("calling from", "Yes, please."),
    ("name", "My name is Daniel Reed."),
    ("shall i take that", "Yes, please."),
    ("which", "The first one, please."),
    ("would you like me to take a message", "No, thank you. Goodbye."),
    ("still there", "Yes, I'm here."),
    ("what day", "Tomorrow at two, please."),
    ("help", "I'd like a cleaning tomorrow at two, please."),
)
"""What the caller says to the last question, by a part of it."""
WISH = "I'd like a cleaning tomorrow at two, please."
SPEED = 8.0
LONGEST_SECONDS = 60.0
LONGEST_SILENCE_SECONDS = 3.0
"""In which nobody speaks, by the machine's clock; speech itself is played faster than in life."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong.

    Attributes:
        name: For people.
        at: The stream is cut when the bot has been heard to say this; empty where it is not cut.
        troubles: What the platform does to the requests for a booking.
        lost: The newest messages that the dying process did not get to write.
        ghost: The earlier stream is not told that it is cut: it goes on by itself.
        repeats: The caller says the wish again after the break, instead of waiting.
    """

    name: str
    at: str = ""
    troubles: tuple[Trouble, ...] = ()
    lost: int = 0
    ghost: bool = False
    repeats: bool = False


@dataclass
class Course:
    """What became of one call.

    Attributes:
        heard: What the caller heard, in order.
        after: As much of it as came after the fault.
        silence_seconds: The longest in which neither side spoke.
    """

    fault: Fault
    heard: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    bookings: int = 0
    asked: int = 0
    silence_seconds: float = 0.0
    ended: bool = False

    def findings(self) -> list[str]:
        """List what must not be."""
        words = " ".join(self.heard).lower()
        told = "you are booked" in words
        wrong = {
            "double booking": self.bookings > 1,
            "said to be booked, and is not": told and not self.bookings,
            "said not to be booked, and is": "nothing is booked" in words
            and bool(self.bookings)
            and not told,
            "booked, and never told": bool(self.bookings) and not told and "can't tell you yet" not in words,
            "loop": self.asked > _MOST_REQUESTS,
            "silence": self.silence_seconds > LONGEST_SILENCE_SECONDS,
            "never ended": not self.ended,
        }
        return [name for name, is_so in wrong.items() if is_so]


_MOST_REQUESTS = 12


class RecordedLog(MemoryLog):
    """A call's record in a database, and in memory for the test."""

    def __init__(self, calls: Calls, call_id: str, connection: int) -> None:
        super().__init__()
        self._record = CallRecord(calls, call_id, connection)

    async def append(self, message: Message) -> None:
        """Keep a message."""
        await self._record.append(message)
        await super().append(message)


class Ear:
    """Listens for silence on one call, over all its streams."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._sound_at = time.monotonic()

    def sound(self) -> None:
        """Somebody speaks."""
        now = time.monotonic()
        self.longest = max(self.longest, now - self._sound_at)
        self._sound_at = now


NewLog = Callable[[], Awaitable[tuple[RecordedLog, list[Message]]]]
"""Makes the record of the next stream, and gives the messages so far."""


async def play(calls: LiveCalls, fault: Fault, new_log: NewLog) -> Course:
    """Hold one call to its end, with a fault in it."""
    course, ear = Course(fault), Ear()
    server = PartnerServer(bot=BOT, windows=[WINDOW], troubles=list(fault.troubles))
    settings = quick(waiting_seconds=1.0, silence_seconds=2.0)
    until, lost, wish_again = fault.at, 0, False
    deadline = time.monotonic() + LONGEST_SECONDS
    async with contextlib.AsyncExitStack() as ghosts:
        while not course.ended and time.monotonic() < deadline:
            log, messages = await new_log()
            said = tuple(messages[: len(messages) - lost])
            stream = contextlib.AsyncExitStack()
            place = calls.place(server, messages=said, settings=settings, speed=SPEED, log=log)
            call = await stream.enter_async_context(place)
            server.release.clear()
            course.ended = await Caller(call, ear, course, wish_again=wish_again).hold(until, deadline)
            if until:
                course.after.clear()
                until, lost, wish_again = "", fault.lost, fault.repeats
            if fault.ghost and not course.ended:
                ghosts.push_async_exit(stream)
            elif course.ended or "slow" not in fault.troubles:
                await stream.aclose()
            else:
                call.socket.hang_up()  # the booking goes on
                ghosts.push_async_exit(stream)
    course.bookings = len(server.bookings)
    course.asked = len(server.asked_for("/v1/bookings"))
    course.silence_seconds = ear.longest
    return course


class Caller:
    """Answers what is asked, on one stream."""

    def __init__(self, call: LiveCall, ear: Ear, course: Course, *, wish_again: bool) -> None:
        self._call = call
        self._ear = ear
        self._course = course
        self._wish_again = wish_again
        self._played = 0

    async def hold(self, until: str, deadline: float) -> bool:
        """Talk until the stream is to be cut; gives whether the bot ended the call.

        Args:
            until: Cut when the bot was heard to say this, or is asked this of the platform; empty for never.
            deadline: When to give up (`time.monotonic()`).
        """
        answered = 0
        while self._call.socket.closed is None:
            if time.monotonic() > deadline:
                return False
            said = self._call.said()
            for words in said[answered:]:
                self._course.heard.append(words)
                self._course.after.append(words)
            if until and any(until in words.lower() for words in said[answered:]):
                return False
            if until == BOOKING and self._call.server.asked_for("/v1/bookings"):
                return False
            if len(said) > answered:
                answered = len(said)
                if answer := self._answer(said[-1].lower()):
                    await self._speak(answer)
                    continue
            self._listen()
            await self._call.socket.pass_frame()
        return True

    def _answer(self, question: str) -> str | None:
        if self._wish_again and question.endswith("?"):
            self._wish_again = False
            return WISH
        if not question.endswith("?"):
            return None
        return next((words for part, words in ANSWERS if part in question.rpartition(". ")[2]), None)

    async def _speak(self, words: str) -> None:
        self._call.recognizer.words = words
        for start in range(0, len(self._call.voice), 160):
            self._ear.sound()
            await self._call.socket.pass_frame(self._call.voice[start : start + 160])

    def _listen(self) -> None:
        played = len(self._call.socket.played)
        if played > self._played:
            self._ear.sound()
        self._played = played


BOOKING = "(the booking is under way)"
"""The moment in which the platform has been asked."""
