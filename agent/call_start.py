"""What is known when a media stream begins."""

from dataclasses import dataclass

from agent.loudness import Loudness
from agent.moving import has_moved
from agent.telephony.carriers import TWILIO
from contracts.conversation import DIALOGUE, Message


@dataclass(frozen=True)
class CallStart:
    """A call as its next media stream finds it.

    Attributes:
        call_id: The carrier's name of the call (Twilio's CallSid).
        from_number: The caller (E.164), None when withheld.
        thread: What stands on the call's thread when its stream is connected again.
        practice_name: The practice's name, for a greeting when the endpoints are down.
        assistant_id: The assistant that was chosen for the call; None is the bot's own.
        assistant_version: The version of it that the call began with; None is the latest.
        opening: What to say first when the caller comes back from a hand-off that nobody took.
        carrier: Whose media stream it is.
        number_proves: Whether the caller's number proves whose appointments may be spoken of.
    """

    call_id: str
    stream_id: str
    bot_id: str
    from_number: str | None
    to_number: str | None
    thread: tuple[Message, ...] = ()
    practice_name: str | None = None
    timezone: str = "UTC"
    assistant_id: int | None = None
    assistant_version: int | None = None
    opening: str | None = None
    carrier: str = TWILIO
    number_proves: bool = True

    @property
    def messages(self) -> tuple[Message, ...]:
        """What was said before, and what was known."""
        return tuple(one for one in self.thread if one.get("role") != "system" or DIALOGUE in one)

    @property
    def moved(self) -> bool:
        """Whether the stream before was ended on purpose."""
        return has_moved(self.thread)

    @property
    def loudness(self) -> Loudness:
        """How loud the caller was."""
        return Loudness.find(self.thread)
