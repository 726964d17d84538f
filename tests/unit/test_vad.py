"""When a voice begins and ends: loudness stands for voice, and no model is loaded."""

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.telephony.vad import WINDOW_SAMPLES, SpeechDetector, SpeechEvent, VoiceModel
from config.vendor_settings import SpeechSettings

SETTINGS = SpeechSettings()


class LoudIsVoice(VoiceModel):
    """Takes whatever is loud for a voice."""

    def __init__(self) -> None:
        """There is no model to load."""

    def probability(
        self, window: NDArray[np.float32], state: NDArray[np.float32]
    ) -> tuple[float, NDArray[np.float32]]:
        """Tell whether the window is loud."""
        return float(np.abs(window).max() > 0.01), state


def windows(pattern: str) -> NDArray[np.int16]:
    """Make a window of 32 ms of each mark: ``#`` is a voice, ``.`` is silence."""
    wave = (np.sin(np.arange(WINDOW_SAMPLES)) * 8000).astype(np.int16)
    return np.concatenate([wave * (mark == "#") for mark in pattern]).astype(np.int16)


def hear(pattern: str) -> list[SpeechEvent]:
    detector = SpeechDetector(LoudIsVoice(), SETTINGS)
    detector.feed(windows("." * 40))
    return detector.feed(windows(pattern))


@pytest.mark.parametrize(
    ("pattern", "events"),
    [
        ("#" * 10 + "." * 20, ["started", "paused", "stopped"]),
        ("####" + "." * 20, ["brief"]),
        ("#..#..#..#" + "." * 20, ["brief"]),
        ("####" + "." * 20 + "###" + "." * 20, ["brief", "brief"]),
        ("##" + "." * 20, []),
        ("####" + "." * 5, []),
        ("###" + "." * 8 + "#" * 10 + "." * 20, ["started", "paused", "stopped"]),
    ],
)
def test_a_voice_that_is_too_short_to_start_is_told_when_it_has_ended(
    pattern: str, events: list[SpeechEvent]
) -> None:
    assert hear(pattern) == events
