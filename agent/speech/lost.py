"""What a call is told when nobody is left who hears or speaks: a vendor failed, and nobody stands by."""

from dataclasses import dataclass

from pipecat.frames.frames import ErrorFrame


@dataclass
class VoiceLostFrame(ErrorFrame):
    """A sentence could not be spoken, or not to its end."""

    text: str = ""


@dataclass
class HearingLostFrame(ErrorFrame):
    """What the caller says is not heard, and has not been for a while."""
