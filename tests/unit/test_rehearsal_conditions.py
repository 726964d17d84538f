"""What the line makes of a caller's voice."""

import numpy as np
import pytest

from rehearsal.conditions import LineConditions, LineSound, Noise
from rehearsal.mulaw import SILENCE, decode, encode, loudness

TONE = encode((np.sin(np.arange(160) * 2 * np.pi * 5 / 160) * 8000).astype(np.int16))
FRAMES = 400
Frames = list[bytes | None]


def sent(conditions: LineConditions, said: bytes | None = None, bot: bytes | None = None) -> Frames:
    sound = LineSound(conditions)
    return [sound.mix(said, bot) for _ in range(FRAMES)]


def dbfs(frames: Frames) -> float:
    return float(20 * np.log10(loudness(b"".join(one or b"" for one in frames)) / 32768))


def test_a_clean_line_changes_nothing() -> None:
    assert sent(LineConditions(), TONE, TONE) == [TONE] * FRAMES
    assert sent(LineConditions(), None, TONE) == [SILENCE] * FRAMES


@pytest.mark.parametrize("noise", [Noise.VOICES, Noise.STREET, Noise.CAR])
@pytest.mark.parametrize("below", [10.0, 20.0])
def test_noise_is_as_far_below_the_caller_as_asked(noise: Noise, below: float) -> None:
    assert dbfs(sent(LineConditions(noise, below))) == pytest.approx(-24 - below, abs=3)


def test_the_same_seed_is_the_same_sound() -> None:
    conditions = LineConditions(Noise.STREET, lost_share=0.1)
    assert sent(conditions, TONE) == sent(conditions, TONE)
    assert sent(conditions, TONE) != sent(LineConditions(Noise.STREET, lost_share=0.1, seed=2), TONE)


def test_the_echo_comes_late_and_softer() -> None:
    sound = LineSound(LineConditions(echo_below_db=20.0))
    frames = [sound.mix(None, TONE if at == 0 else None) for at in range(20)]
    sounding = [at for at, frame in enumerate(frames) if frame and loudness(frame) > 100]
    assert sounding == [9]
    assert loudness(frames[9] or b"") == pytest.approx(loudness(TONE) / 10, rel=0.05)


def test_as_many_frames_are_lost_as_asked() -> None:
    lost = sent(LineConditions(lost_share=0.1), TONE).count(None)
    assert 20 <= lost <= 60


def test_a_soft_caller_is_softer() -> None:
    frame = LineSound(LineConditions(caller_db=-12.0)).mix(TONE, None)
    assert frame is not None
    assert np.abs(decode(frame)).max() == pytest.approx(np.abs(decode(TONE)).max() / 4, rel=0.05)
