"""Cutting text into sentences, in time that grows with the text alone."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.sentences import LONGEST, SentenceSplitter, split_sentences

TOKENS = ["a", "p", ".", "m", "M", "Dr", "!", "\n", " ", "'", "the ", "e.g"]
RUNS = ["!", ".", "\u2026", "'", ".'", "\n", " ", "? ", "Dr. ", "p.m. ", "a"]


def fastest(action: Callable[[str], object], text: str) -> float:
    seconds = []
    for _ in range(3):
        began = time.thread_time()
        action(text)
        seconds.append(time.thread_time() - began)
    return min(seconds)


def streamed(text: str) -> list[str]:
    splitter = SentenceSplitter()
    sentences = [one for start in range(0, len(text), 4) for one in splitter.feed(text[start : start + 4])]
    return sentences + splitter.flush()


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("action", [split_sentences, streamed])
def test_time_to_split_grows_no_faster_than_the_text(action: Callable[[str], object], run: str) -> None:
    few, many = run * 500, run * 8_000
    # 16 times the text: a quadratic splitter takes 256 times as long.
    assert fastest(action, many) < 80 * fastest(action, few) + 0.005


def test_a_sentence_without_an_end_is_cut_between_words() -> None:
    text = "word " * 1000
    sentences = split_sentences(text)
    assert all(len(one) <= LONGEST for one in sentences)
    assert " ".join(sentences) == text.strip()


@given(st.lists(st.sampled_from(TOKENS)).map("".join), st.integers(1, 5))
def test_sentences_are_the_same_however_the_text_comes(text: str, size: int) -> None:
    splitter = SentenceSplitter()
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    sentences = [one for piece in pieces for one in splitter.feed(piece)]
    assert sentences + splitter.flush() == split_sentences(text)
