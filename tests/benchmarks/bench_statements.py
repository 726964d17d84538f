"""Measure what may be said, by category: false ones stopped, true ones replaced (``make bench-statements``).

``open`` and ``fresh`` were looked at while the check was made; ``held_out`` was not.
"""

import sys
import time
from collections import Counter

from tests.fakes.statement_sets import SETS, Judged, judge, statements


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})" if whole else "none"


def _print(name: str, judged: list[Judged], seconds: float, *, show: bool) -> None:
    for is_true, word in ((False, "false ones stopped"), (True, "true ones replaced")):
        of_kind = [one for one in judged if one.statement.is_true == is_true]
        stopped = Counter(one.statement.category for one in of_kind if one.kind)
        total = Counter(one.statement.category for one in of_kind)
        print(f"{name}: {word} {_share(sum(stopped.values()), len(of_kind))}")
        for category, count in total.items():
            print(f"    {category:24} {_share(stopped[category], count)}")
    print(f"{name}: {seconds / len(judged) * 1000:.1f} ms a statement, its conversation read anew each time")
    for one in judged if show else ():
        if not one.is_right:
            print(f"    {one.statement.context:10} {one.statement.text!r} {one.kind} {one.reason}")


def main(arguments: list[str]) -> None:
    """Judge all sets; with ``--show`` also print what was judged wrongly."""
    for name in SETS:
        listed = list(statements(name))
        judge(listed[0])  # loads the model
        began = time.perf_counter()
        judged = [judge(one) for one in listed]
        _print(name, judged, time.perf_counter() - began, show="--show" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
