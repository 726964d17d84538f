"""The telephone's sound: µ-law, levels, WAV files."""

import io
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.mulaw import SILENCE, decode, encode, is_audible, loudness
from rehearsal.voice import WavError, load_wav, telephone, tightened, trimmed
from tests.fakes.twilio_bot import tone

# From ITU-T G.711 table 2a: the first code of each segment, both signs, and both zeros.
G711 = {
    0xFF: 0,
    0x7F: 0,
    0xEF: 132,
    0xDF: 396,
    0xCF: 924,
    0xBF: 1980,
    0xAF: 4092,
    0x9F: 8316,
    0x8F: 16764,
    0x80: 32124,
    0x00: -32124,
    0x0F: -16764,
    0x6F: -132,
}


def test_codes_decode_to_the_values_of_the_standard() -> None:
    assert decode(bytes(G711)).tolist() == list(G711.values())


def test_every_code_survives_decoding_and_encoding_but_negative_zero() -> None:
    codes = bytes(code for code in range(256) if code != 0x7F)
    assert encode(decode(codes)) == codes
    assert encode(decode(b"\x7f")) == b"\xff"


@given(st.lists(st.integers(-32768, 32767), max_size=50))
def test_a_sample_comes_back_within_its_segments_half_step(samples: list[int]) -> None:
    exact = np.array(samples, np.int16)
    back = decode(encode(exact)).astype(int)
    clipped = np.clip(exact.astype(int), -32635, 32635)
    assert np.all(np.abs(back - clipped) <= (np.abs(clipped) + 132) // 32 + 1)


def test_silence_is_zero_and_not_audible() -> None:
    assert not decode(SILENCE).any()
    assert not is_audible(SILENCE)
    assert not is_audible(None)
    assert loudness(b"") == 0.0


def test_line_noise_is_not_audible_and_a_soft_voice_is() -> None:
    assert not is_audible(b"\xfe\x7e" * 80)
    assert is_audible(tone(0.02, level=300))


@given(st.floats(8000, 48000), st.floats(0.05, 0.5))
def test_any_rate_becomes_eight_thousand_bytes_a_second(rate_hz: float, seconds: float) -> None:
    count = round(rate_hz * seconds)
    samples = np.sin(np.arange(count) * 2 * np.pi * 700 / rate_hz).astype(np.float32)
    assert abs(len(telephone(samples, rate_hz)) - count / rate_hz * 8000) <= 2


@pytest.mark.parametrize(
    ("hz", "passes"), [(60, False), (150, False), (1000, True), (3000, True), (3900, False)]
)
def test_only_the_telephone_band_passes(hz: float, passes: bool) -> None:
    moments = np.arange(24000) / 24000
    voice = np.sin(2 * np.pi * 1000 * moments) + np.sin(2 * np.pi * hz * moments)
    heard = decode(telephone(voice.astype(np.float32), 24000)).astype(float)
    spectrum = np.abs(np.fft.rfft(heard))
    assert bool(spectrum[round(hz)] > 0.1 * spectrum[1000]) is passes


def test_trimming_leaves_what_sounds_and_nothing_around_it() -> None:
    voice = tone(0.2)
    assert trimmed(SILENCE * 10 + voice + SILENCE * 3) == voice
    assert trimmed(SILENCE * 10) == b""
    assert len(trimmed(voice + b"\x80")) % 160 == 0


def test_tightening_shortens_long_pauses_and_keeps_short_ones() -> None:
    voice = tone(0.2)
    assert tightened(voice + SILENCE * 50 + voice) == voice + SILENCE * 15 + voice
    assert tightened(SILENCE + voice + SILENCE * 10 + voice) == voice + SILENCE * 10 + voice


def wav(
    path: Path, samples: np.ndarray[tuple[int, ...], np.dtype[np.int16]], rate: int, channels: int = 1
) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(samples[:, None], channels, axis=1).astype("<i2").tobytes())
    return path


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_wav_file_of_any_rate_keeps_its_length_and_pitch(tmp_path: Path, rate: int, channels: int) -> None:
    samples = (9000 * np.sin(np.arange(rate) * 2 * np.pi * 600 / rate)).astype(np.int16)
    heard = decode(load_wav(wav(tmp_path / "v.wav", samples, rate, channels))).astype(float)
    assert abs(len(heard) - 8000) <= 2
    assert abs(int(np.argmax(np.abs(np.fft.rfft(heard, 8000)))) - 600) <= 1


def test_eight_and_twentyfour_bit_files_are_read(tmp_path: Path) -> None:
    for width, raw in ((1, bytes([128, 255, 128, 1] * 2000)), (3, b"\x00\x00\x00\xff\xff\x7f" * 4000)):
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(width)
            file.setframerate(8000)
            file.writeframes(raw)
        path = tmp_path / f"{width}.wav"
        path.write_bytes(buffer.getvalue())
        assert len(load_wav(path)) == 8000


@pytest.mark.parametrize("content", [None, b"", b"not a wav", b"RIFF\x00\x00\x00\x00WAVE"])
def test_a_file_that_is_no_wav_is_told_in_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WavError, match=r"x\.wav"):
        load_wav(path)


def test_an_empty_wav_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WavError, match="no audio"):
        load_wav(wav(tmp_path / "e.wav", np.zeros(0, np.int16), 8000))
