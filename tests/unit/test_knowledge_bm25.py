"""Scores of words in passages: those of bm25s, which the product does without."""

import bm25s
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.search.bm25 import scores

PASSAGES = st.lists(st.lists(st.sampled_from("tooth gum fee park crown".split()), max_size=12), max_size=9)


@given(PASSAGES.filter(any))
def test_every_word_has_the_score_that_bm25s_gives_it(passages: list[list[str]]) -> None:
    theirs = bm25s.BM25(method="lucene", auto_compile=False, csc_backend="numpy")
    theirs.index(passages, create_empty_token=False, show_progress=False)
    vocabulary, ours = scores(passages)
    assert vocabulary.keys() == theirs.vocab_dict.keys()
    for word, number in vocabulary.items():
        mine, other = (
            (arrays["indices"][start:end].tolist(), arrays["data"][start:end])
            for arrays, at in ((ours, number), (theirs.scores, theirs.vocab_dict[word]))
            for start, end in [arrays["indptr"][at : at + 2]]
        )
        assert mine[0] == other[0]
        np.testing.assert_allclose(mine[1], other[1], rtol=1e-6)
