"""How well danger is recognised in sentences held back from the examples, and what a sentence costs."""

import resource
import statistics
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from language.danger.detector import DangerDetector, Level, Reading

_SETS = Path(__file__).parent / "danger"
_FRESH = Path(__file__).parent / "fresh"
FRESH = tuple(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split()
)
"""Sets that were measured once before anything was changed by them; docs/danger.md has those figures."""
LANGUAGES = ("en", "es")
_MEGABYTE = 1024


@dataclass(frozen=True)
class Figures:
    """One group of sentences, or one kind of them.

    Attributes:
        sure: Share that is taken for danger.
        unsure: Share that is answered by the question.
    """

    group: str
    kind: str
    count: int
    sure: float
    unsure: float

    @property
    def recognised(self) -> float:
        """Share that is answered by the alarm or by the question."""
        return self.sure + self.unsure

    @property
    def false_alarms(self) -> float:
        """Share of alarms; a question counts half."""
        return self.sure + self.unsure / 2


def sentences(language: str) -> dict[str, dict[str, list[str]]]:
    """Read a language's sentences: by group, and by kind."""
    return tomllib.loads((_SETS / f"{language}.toml").read_text("utf-8"))


def measure(detector: DangerDetector, language: str, *, kinds: bool = False) -> Iterator[Figures]:
    """Read the sentences of a language and count.

    Args:
        kinds: Each kind for itself as well.
    """
    for group, by_kind in sentences(language).items():
        read = {kind: [detector.read(text, language) for text in texts] for kind, texts in by_kind.items()}
        if kinds:
            for kind, readings in read.items():
                yield _figures(group, kind, readings)
        yield _figures(group, "", [one for readings in read.values() for one in readings])


def measure_fresh(detector: DangerDetector, name: str) -> Iterator[Figures]:
    """Count in one of the sets that were once fresh, by group and language."""
    for language, groups in tomllib.loads((_FRESH / f"danger_{name}.toml").read_text("utf-8")).items():
        for group, texts in groups.items():
            yield _figures(f"{name} {language}", group, [detector.read(text, language) for text in texts])


def _figures(group: str, kind: str, readings: list[Reading]) -> Figures:
    count = len(readings)
    sure = sum(one.level is Level.SURE for one in readings) / count
    return Figures(group, kind, count, sure, sum(one.level is Level.UNSURE for one in readings) / count)


def main() -> None:
    """Print the figures, the time a sentence takes, and what the model costs to hold."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    detector = DangerDetector.shared()
    load = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / _MEGABYTE
    for language in LANGUAGES:
        print(f"\n{language:32} sentences   sure  asked  missed or left alone")
        for one in measure(detector, language, kinds=True):
            name = f"  {one.group} {one.kind}" if one.kind else f"{one.group}, all"
            print(f"{name:32} {one.count:9} {one.sure:6.1%} {one.unsure:6.1%} {1 - one.recognised:7.1%}")
    print()
    for one in (figure for name in FRESH for figure in measure_fresh(detector, name)):
        name = f"  {one.group} {one.kind}"
        print(f"{name:32} {one.count:9} {one.sure:6.1%} {one.unsure:6.1%} {1 - one.recognised:7.1%}")
    texts = [text for kinds in sentences("en").values() for one in kinds.values() for text in one]
    taken = []
    for text in texts:
        start = time.process_time()
        detector.read(text)
        taken.append((time.process_time() - start) * 1000)
    print(
        f"\nloaded in {load:.2f} s, {grown:.0f} MB; an utterance takes {statistics.median(taken):.1f} ms ",
        end="",
    )
    print(f"(one in twenty over {statistics.quantiles(taken, n=20)[-1]:.1f} ms)")


if __name__ == "__main__":
    main()
