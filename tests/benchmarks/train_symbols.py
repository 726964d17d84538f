"""Learns to tell letters and digits: ``python -m tests.benchmarks.train_symbols FOLDER``.

The folder holds utterances as a telephone carries them (``*.wav``, 8 kHz, 16 bits, one channel), each with
what is said in it beside it (``*.txt``): "It's S, A, T, O.", "2 0 2, 5 5 5, 0 1 1 2". A single capital is a
letter, a single digit a digit. It needs jax and optax (``pip install jax optax``), which nothing else does.

What ships was learned in this way from 920 utterances of 110 synthetic voices (flite, festival, espeak-ng
with its variants, Kokoro with the styles of nine languages): names spelled, numbers in groups, words and
sentences.
"""

import random
import re
import sys
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import soxr
from numpy.typing import NDArray

from agent.speech.symbols import SYMBOLS
from agent.speech.whisper import RATE_HZ, Whisper
from agent.telephony.wire import SAMPLE_RATE_HZ, decode_ulaw, encode_ulaw
from config.vendor_settings import SpeechSettings

_COPIES, _STEPS, _BATCH, _RATE = 3, 1300, 24, 3e-3
_PAUSE_FRAMES, _NOISY = 4, 0.6
_MOST_FRAMES, _MOST_SYMBOLS = 450, 26
_WIDTH, _TAPS, _FEATURES = 96, 5, 384
_SAID = re.compile(r"[A-Za-z']+|\d")
_I = re.compile(r"\bI(?:'|\s+[a-z])")

_Audio = NDArray[np.float32]
_Params = dict[str, Any]


def symbols_of(text: str) -> list[int]:
    """Give the symbols that are said."""
    return [
        SYMBOLS.index(word.lower() if len(word) == 1 and not (word == "I" and _I.search(text)) else "*")
        for word in _SAID.findall(text)
    ]


def on_a_line(speech: _Audio, others: _Audio, chance: random.Random) -> _Audio:
    """Make of speech what a telephone may carry: pauses, other voices or a street behind it, loud or soft."""
    pieces, at = [], 0
    frames = np.sqrt((speech[: len(speech) // 160 * 160].reshape(-1, 160) ** 2).mean(axis=1))
    silent, longer = frames < frames.max() * 0.03, chance.choice((0.3, 1, 1, 2, 3))
    while at < len(silent):
        end = at + next((n for n, one in enumerate(silent[at:]) if one != silent[at]), len(silent) - at)
        wait = np.zeros(int((end - at) * longer) * 160, np.float32)
        pieces.append(wait if silent[at] and end - at >= _PAUSE_FRAMES else speech[at * 160 : end * 160])
        at = end
    quiet = [np.zeros(int(chance.uniform(0.2, 0.9) * SAMPLE_RATE_HZ), np.float32) for _ in range(2)]
    whole = np.concatenate([quiet[0], *pieces, quiet[1]]) * 10 ** (chance.uniform(-10, 2) / 20)
    if chance.random() < _NOISY:
        spectrum = np.fft.rfft(np.random.default_rng(chance.randrange(1 << 30)).normal(size=len(whole)))
        street = np.fft.irfft(spectrum / np.maximum(np.arange(len(spectrum)), 20) ** 0.5, len(whole))
        noise = chance.choice((street, np.resize(others, len(whole))))
        whole = whole + noise / noise.std() * whole.std() * 10 ** (-chance.uniform(5, 22) / 20)
    pcm = (np.clip(whole, -0.99, 0.99) * 32767).astype(np.int16).tobytes()
    return _as_floats(decode_ulaw(encode_ulaw(pcm)))


def examples(folder: Path) -> Iterator[tuple[_Audio, list[int]]]:
    """Give what the encoder makes of each utterance, on several lines, and the symbols in it."""
    whisper = Whisper(SpeechSettings())
    spoken = [(_read(path), path.with_suffix(".txt").read_text()) for path in sorted(folder.glob("*.wav"))]
    for number, (speech, text) in enumerate(spoken):
        for copy in range(_COPIES):
            chance = random.Random(f"{number} {copy}")  # noqa: S311 - no secret
            others = np.concatenate([one for one, _ in chance.sample(spoken, 5)])
            line = on_a_line(speech, others, chance)
            features = whisper.encoded(soxr.resample(line, SAMPLE_RATE_HZ, RATE_HZ, quality="MQ"))
            if len(features) <= _MOST_FRAMES and len(symbols_of(text)) <= _MOST_SYMBOLS:
                yield features, symbols_of(text)


def _read(path: Path) -> _Audio:
    with wave.open(str(path)) as file:
        return _as_floats(np.frombuffer(file.readframes(file.getnframes()), "<i2"))


def _as_floats(pcm: NDArray[np.int16]) -> _Audio:
    return pcm.astype(np.float32) / np.float32(32768)


def _network(params: _Params, x: Any, key: Any = None) -> Any:
    for number, layer in enumerate(("1", "2", "3")):
        if key is not None:
            share = 0.1 if number == 0 else 0.15
            x = x * jax.random.bernoulli(jax.random.fold_in(key, number), 1 - share, x.shape) / (1 - share)
        if layer == "3":
            return x @ params["w3"] + params["b3"]
        taps = jax.lax.conv_general_dilated(
            x, params[f"w{layer}"], (1,), "SAME", dimension_numbers=("NWC", "WIO", "NWC")
        )
        x = jax.nn.relu(taps + params[f"b{layer}"])
    return x


def train(found: Sequence[tuple[_Audio, list[int]]]) -> dict[str, _Audio]:
    """Learn the network's weights."""
    chance = np.random.default_rng(0)
    some = np.concatenate([features[::7] for features, _ in found])
    mean, std = some.mean(axis=0), some.std(axis=0)
    shapes = {"1": (_TAPS, _FEATURES, _WIDTH), "2": (_TAPS, _WIDTH, _WIDTH), "3": (_WIDTH, len(SYMBOLS))}
    params: _Params = {}
    for layer, shape in shapes.items():
        scale = (2 / np.prod(shape[:-1])) ** 0.5
        params |= {
            f"w{layer}": jnp.array(chance.normal(size=shape) * scale),
            f"b{layer}": jnp.zeros(shape[-1]),
        }
    optimiser = optax.adamw(optax.cosine_decay_schedule(_RATE, _STEPS), weight_decay=1e-3)
    state = optimiser.init(params)

    def loss(params: _Params, x: Any, absent: Any, said: Any, unsaid: Any, key: Any) -> Any:
        costs = optax.ctc_loss(_network(params, x, key), absent, said, unsaid, blank_id=0)
        return jnp.mean(costs / jnp.maximum(1, (1 - unsaid).sum(axis=1)))

    @jax.jit  # type: ignore[untyped-decorator] # jax is not installed where types are checked
    def step(params: _Params, state: Any, *batch: Any) -> tuple[_Params, Any]:
        updates, state = optimiser.update(jax.grad(loss)(params, *batch), state, params)
        return optax.apply_updates(params, updates), state

    for number in range(_STEPS):
        x = np.zeros((_BATCH, _MOST_FRAMES, _FEATURES), np.float32)
        said, absent = np.zeros((_BATCH, _MOST_SYMBOLS), int), np.ones((_BATCH, _MOST_FRAMES))
        unsaid = np.ones((_BATCH, _MOST_SYMBOLS))
        for row, at in enumerate(chance.choice(len(found), _BATCH)):
            features, symbols = found[at]
            x[row, : len(features)], absent[row, : len(features)] = (features - mean) / std, 0
            said[row, : len(symbols)], unsaid[row, : len(symbols)] = symbols, 0
        params, state = step(params, state, x, absent, said, unsaid, jax.random.PRNGKey(number))
    return {"mean": mean, "std": std} | {name: np.array(one) for name, one in params.items()}


def main() -> None:
    """Learn from a folder."""
    weights = train([*examples(Path(sys.argv[1]))])
    to = Path(__file__).parents[2] / "agent" / "speech" / "weights" / "symbols.npz"
    kept: dict[str, Any] = {name: one.astype(np.float16) for name, one in weights.items()}
    np.savez_compressed(to, **kept)


if __name__ == "__main__":
    main()
