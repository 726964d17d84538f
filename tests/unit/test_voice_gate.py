"""Whose voice counts: levels of windows in, verdicts out; no clock and no audio."""

import random

from agent.telephony.voice_gate import WINDOW_SECONDS, VoiceGate
from config.vendor_settings import SpeechSettings

SETTINGS = SpeechSettings()
SILENCE_DBFS = -90.0
START_WINDOWS = round(SETTINGS.vad_start_seconds / WINDOW_SECONDS)


def gate() -> VoiceGate:
    return VoiceGate(SETTINGS)


def sentence(dbfs: float, seconds: float = 2.0, seed: int = 1) -> list[float]:
    """Syllables of one speaker: loud vowels, soft consonants, ever again a short stop."""
    rng = random.Random(seed)  # noqa: S311 - levels, not secrets
    count = round(seconds / WINDOW_SECONDS)
    return [dbfs - 30 if at % 11 == 10 else dbfs + rng.uniform(-12, 4) for at in range(count)]


def crowd(dbfs: float, seconds: float, seed: int = 1) -> list[float]:
    """Many voices at once: never silent, of nearly one level."""
    rng = random.Random(seed)  # noqa: S311 - levels, not secrets
    return [dbfs + rng.gauss(0, 2) for _ in range(round(seconds / WINDOW_SECONDS))]


def hear(
    ear: VoiceGate, levels: list[float], *, speaking: bool = False, bot_speaking: bool = False
) -> list[bool]:
    return [
        ear.admits(level, voice=level > SILENCE_DBFS, speaking=speaking, bot_speaking=bot_speaking)
        for level in levels
    ]


def silence(ear: VoiceGate, seconds: float) -> None:
    hear(ear, [SILENCE_DBFS] * round(seconds / WINDOW_SECONDS))


def starts(verdicts: list[bool]) -> bool:
    """Tell whether so many windows in a row were the caller's that their speech has begun."""
    run = longest = 0
    for verdict in verdicts:
        run = run + 1 if verdict else 0
        longest = max(longest, run)
    return longest >= START_WINDOWS


def a_caller_has_spoken(dbfs: float) -> VoiceGate:
    ear = gate()
    silence(ear, 3)
    hear(ear, sentence(dbfs), speaking=True)
    silence(ear, 1)
    return ear


def test_a_quiet_caller_is_heard() -> None:
    ear = gate()
    silence(ear, 3)
    assert starts(hear(ear, sentence(-38)))


def test_a_caller_is_heard_who_speaks_at_once() -> None:
    assert starts(hear(gate(), sentence(-26)))


def test_a_caller_who_was_heard_on_an_earlier_stream_is_told_from_the_bots_echo_at_once() -> None:
    unknown, known = gate(), gate()
    known.recall(-26)
    for ear in (unknown, known):
        hear(ear, sentence(-26, 1.0), speaking=True)
    assert unknown.may_be_echo
    assert not known.may_be_echo


def test_a_crowd_behind_a_caller_who_has_not_spoken_takes_no_turn() -> None:
    for dbfs in (-54, -48, -44, -38):
        assert not starts(hear(gate(), crowd(dbfs, 60))), dbfs


def test_the_caller_is_heard_over_a_crowd() -> None:
    for below in (30, 20, 15):
        ear = gate()
        hear(ear, crowd(-24 - below, 5))
        assert starts(hear(ear, sentence(-24))), below


def test_a_voice_far_below_the_callers_is_somebody_elses() -> None:
    ear = a_caller_has_spoken(-24)
    assert not starts(hear(ear, sentence(-44, 5)))
    assert starts(hear(ear, sentence(-30)))


def test_a_quiet_caller_stays_heard_after_the_first_sentence() -> None:
    ear = a_caller_has_spoken(-40)
    assert starts(hear(ear, sentence(-44)))


def test_the_soft_end_of_a_sentence_is_still_the_callers() -> None:
    ear = a_caller_has_spoken(-24)
    assert all(hear(ear, [-33.0] * 10, speaking=True))


def test_one_loud_window_does_not_set_the_callers_level() -> None:
    ear = gate()
    silence(ear, 3)
    hear(ear, [-5.0])
    silence(ear, 1)
    assert starts(hear(ear, sentence(-36)))


def test_a_caller_who_has_laid_the_telephone_down_is_heard_again() -> None:
    ear = a_caller_has_spoken(-24)
    assert not starts(hear(ear, sentence(-42)))
    silence(ear, 40)
    assert starts(hear(ear, sentence(-42)))


def test_an_echo_that_was_found_out_is_not_heard_again_while_the_bot_speaks() -> None:
    ear = gate()
    silence(ear, 3)
    echo = sentence(-42)
    assert starts(hear(ear, echo, bot_speaking=True))
    hear(ear, echo, speaking=True, bot_speaking=True)
    silence(ear, 1)
    ear.dismiss_echo()
    assert not starts(hear(ear, echo, bot_speaking=True))
    assert starts(hear(ear, sentence(-24), bot_speaking=True))


def test_a_soft_caller_is_heard_once_the_bot_with_its_echo_is_silent() -> None:
    ear = gate()
    silence(ear, 3)
    hear(ear, sentence(-40), speaking=True, bot_speaking=True)
    silence(ear, 1)
    ear.dismiss_echo()
    assert starts(hear(ear, sentence(-40)))


def test_voices_without_a_breath_become_background() -> None:
    ear = gate()
    hear(ear, crowd(-30, 25), speaking=True)
    ear.take_for_background()
    assert not starts(hear(ear, crowd(-30, 10)))
    assert starts(hear(ear, sentence(-16)))
