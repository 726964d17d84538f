"""What a search in the practice's files costs, beside bare bm25s: run with `make bench-knowledge`.

The corpus is made of the demo practice's pages, sentence by sentence in another order, with invented words as
rare as names are, so that the vocabulary grows as it does in real files. The questions are those of the
question set. Both sides answer each of them again and again, one after the other, in one thread; a question
counts with the median of its times, so that the percentiles tell questions apart and not the other work of
the machine. Memory is what stays beside the chunks themselves.
"""

import argparse
import gc
import importlib
import random
import re
import time
import tomllib
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from knowledge.chunk import Chunk, cut
from knowledge.extract.markdown import markdown_blocks
from knowledge.search.index import KnowledgeIndex, Ranking
from knowledge.search.sentences import with_heading
from knowledge.search.terms import terms
from knowledge.search.word_vectors import WordVectors, telling_words
from language.meaning.embedding import DIMENSIONS

SIZES = (100, 1_000, 10_000)
PAGES = Path("practice/demo/files")
QUESTIONS = Path("tests/data/knowledge_questions.toml")
LIMIT_P99_MS = 5.0
LIMIT_FUSED_P99_MS = 25.0
MOST_MEANT = 1_000
"""Indexing takes minutes by meaning: beyond so many pieces their vectors are made up, without ``--all``."""
_FIND = 3
Built = TypeVar("Built")
_SYLLABLES = "ba co da fe ga hi ju ka lo mi ne or pa qui ro sa tu va wen xi yo zu".split()
_ROW = "{:>8}  {:>9}  {:>9}  {:>9}  {:>9}  {:>8}  {:>10}  {:>10}  {:>9}"


@dataclass(frozen=True)
class Figures:
    """What one side measured on one corpus."""

    p50_ms: float
    p99_ms: float
    build_seconds: float
    memory_mb: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9, help="how often each question is asked")
    parser.add_argument("--all", action="store_true", help="embed 10,000 pieces, too, for minutes")
    arguments = parser.parse_args()
    rounds: int = arguments.rounds
    importlib.import_module("bm25s")  # brings a compiler along, which is no part of a build
    asked = questions()
    print(f"{len(asked)} questions, {rounds} times each; times in ms, build in s, memory in MB")
    print()
    print(_ROW.format("chunks", "p50", "p99", "bm25s p50", "bm25s p99", "p99 of", "build", "bm25s", "memory"))
    worst = 0.0
    for size in SIZES:
        chunks = corpus(size)
        ours, bare = measure_index(chunks, asked, rounds), measure_bm25s(chunks, asked, rounds)
        worst = max(worst, ours.p99_ms)
        print(
            _ROW.format(
                f"{size:,}",
                f"{ours.p50_ms:.3f}",
                f"{ours.p99_ms:.3f}",
                f"{bare.p50_ms:.3f}",
                f"{bare.p99_ms:.3f}",
                f"{ours.p99_ms / bare.p99_ms:.2f}x",
                f"{ours.build_seconds:.2f}",
                f"{bare.build_seconds:.2f}",
                f"{ours.memory_mb:.1f}",
            )
        )
    print()
    verdict = "holds" if worst < LIMIT_P99_MS else "IS BROKEN"
    print(f"The promise of a p99 under {LIMIT_P99_MS:g} ms {verdict}: the slowest is {worst:.3f} ms.")
    print()
    print("By words and meaning, the question's embedding included:")
    for size in SIZES:
        fused = measure_fused(corpus(size), asked, rounds, made_up=size > MOST_MEANT and not arguments.all)
        print(
            f"{size:>8,}  p50 {fused.p50_ms:.1f}  p99 {fused.p99_ms:.1f} (aim {LIMIT_FUSED_P99_MS:g})  "
            f"build {fused.build_seconds:.0f} s"
        )


def questions() -> list[str]:
    """Give the question set's questions, answerable or not."""
    asked = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))
    return [one["question"] for kind in ("answerable", "unanswerable") for one in asked[kind]]


def corpus(size: int) -> list[Chunk]:
    """Make chunks that look like a practice's pages.

    Args:
        size: How many.
    """
    pages = [cut(markdown_blocks(one.read_text(encoding="utf-8"))) for one in sorted(PAGES.glob("*.md"))]
    chunks = [chunk for page in pages for chunk in page]
    sentences = [one for chunk in chunks for one in re.split(r"(?<=[.!?])\s+|\n", chunk.text)]
    pick = random.Random(7)  # noqa: S311 - the same corpus every time
    made = []
    for _ in range(size):
        name = "".join(pick.choices(_SYLLABLES, k=pick.randint(2, 4))).title()
        text = " ".join(
            [*pick.sample(sentences, pick.randint(2, 5)), f"Ask for {name} at desk {pick.randint(1, 99)}."]
        )
        made.append(Chunk(text, f"{pick.choice(chunks).heading} {name}"))
    return made


def measure_index(chunks: Sequence[Chunk], asked: Sequence[str], rounds: int) -> Figures:
    """Measure our index."""
    index, seconds, memory = _built(lambda: KnowledgeIndex.build([("pages.md", chunks)], by_meaning=False))
    return Figures(*_searched(lambda question: index.search(question, _FIND), asked, rounds), seconds, memory)


def measure_fused(chunks: Sequence[Chunk], asked: Sequence[str], rounds: int, *, made_up: bool) -> Figures:
    """Measure what a model is shown; its index is built once, since that takes long.

    Args:
        made_up: With vectors that mean nothing, whose search takes as long.
    """
    started = time.perf_counter()
    index = KnowledgeIndex.build([("pages.md", chunks)], by_meaning=not made_up)
    index = _with_made_up_meanings(index) if made_up else index
    seconds = time.perf_counter() - started
    times = _searched(lambda question: index.search(question, _FIND, judged=True), asked, rounds)
    return Figures(*times, seconds, 0.0)


def _with_made_up_meanings(index: KnowledgeIndex) -> KnowledgeIndex:
    assert index.ranking is not None
    said = [with_heading(one.text, one.heading) for one in index.passages]
    words = sorted({word for each in said for one in each for word in telling_words(one)})
    WordVectors.shared().put(words, _directions(len(words)))
    ends = np.cumsum([len(each) for each in said])
    made_up = {"passages": _directions(len(said)), "sentences": _directions(int(ends[-1])), "ends": ends}
    scores = {**index.ranking.scores, **made_up}
    return KnowledgeIndex(index.passages, Ranking(index.ranking.vocab_dict, scores))


def _directions(count: int) -> NDArray[np.float32]:
    found = np.random.default_rng(0).normal(size=(count, DIMENSIONS)).astype(np.float32)
    unit: NDArray[np.float32] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


def measure_bm25s(chunks: Sequence[Chunk], asked: Sequence[str], rounds: int) -> Figures:
    """Measure bm25s by itself, over the same terms of headings and texts."""
    bm25s = importlib.import_module("bm25s")

    def build() -> Any:
        ranking = bm25s.BM25(method="lucene", auto_compile=False)
        ranking.index([terms(f"{one.heading} {one.text}") for one in chunks], show_progress=False)
        return ranking

    ranking, seconds, memory = _built(build)

    def search(question: str) -> None:
        ranking.retrieve([terms(question)], k=min(_FIND, len(chunks)), show_progress=False)

    return Figures(*_searched(search, asked, rounds), seconds, memory)


def _built(build: Callable[[], Built]) -> tuple[Built, float, float]:
    """Build twice: once for the time, once for the memory that stays."""
    gc.collect()
    started = time.perf_counter()
    build()
    seconds = time.perf_counter() - started
    gc.collect()
    tracemalloc.start()
    built = build()
    gc.collect()
    memory, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return built, seconds, memory / 2**20


def _searched(search: Callable[[str], object], asked: Sequence[str], rounds: int) -> tuple[float, float]:
    medians = []
    for question in asked:
        taken = []
        for _ in range(rounds):
            started = time.perf_counter()
            search(question)
            taken.append((time.perf_counter() - started) * 1000)
        medians.append(np.median(taken))
    return float(np.percentile(medians, 50)), float(np.percentile(medians, 99))


if __name__ == "__main__":
    main()
