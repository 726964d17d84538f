"""No regular expression that reads what strangers say takes longer than a packet of a call may wait."""

import ast
import dataclasses
import functools
import importlib
import inspect
import pkgutil
import re
import signal
import string
import time
from collections.abc import Iterator
from pathlib import Path
from re import _parser as parser
from types import FrameType, ModuleType
from typing import Any

import pytest

ROOMS = ("config", "kit", "contracts", "language", "knowledge", "tools", "agent", "practice", "webhooks")
"""Rooms that read what strangers say; the rehearsal and the command line read their own."""
LONGEST = 4_000
"""Characters of an attack; longer texts are cut before they are read."""
MOST_SECONDS = 0.05
_GIVE_UP = 4 * MOST_SECONDS
_TRIES = 3
_MOST_UNITS = 16
_INLINE = ("match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer")
_DEEPEST = 4
_SMALL = 4
"""Repeats up to so many times stay small."""
_CATEGORIES = {
    "CATEGORY_DIGIT": re.compile(r"\d"),
    "CATEGORY_SPACE": re.compile(r"\s"),
    "CATEGORY_WORD": re.compile(r"\w"),
}


class TooSlowError(Exception):
    """A pattern took more than it may by far."""


@dataclasses.dataclass(frozen=True)
class Found:
    """A pattern, and the ways in which its module uses it."""

    pattern: re.Pattern[str]
    ways: tuple[str, ...] = ("search",)


@functools.cache
def product_patterns() -> dict[str, Found]:
    """Find the patterns of all product modules: their globals, their classes', and in what they load once."""
    found: dict[str, Found] = {}
    seen: set[re.Pattern[str]] = set()
    for module in _modules():
        source = Path(module.__file__ or "").read_text("utf-8")
        for where, pattern in _patterns_of(module, source):
            if pattern not in seen:
                seen.add(pattern)
                found[f"{module.__name__}.{where}"] = Found(pattern, _ways(where, source))
    return found


def _ways(where: str, source: str) -> tuple[str, ...]:
    """Tell how a pattern is used: whoever matches at the beginning alone does not look for it everywhere."""
    inline = re.fullmatch(r"line \d+ (\w+)", where)
    used = [inline[1]] if inline else re.findall(rf"\b{re.escape(where)}\.({'|'.join(_INLINE)})\b", source)
    at_start = {one for one in used if one in ("match", "fullmatch")}
    return tuple(sorted(at_start)) if used and len(at_start) == len(set(used)) else ("search",)


def _modules() -> Iterator[ModuleType]:
    for room in ROOMS:
        package = importlib.import_module(room)
        yield package
        for one in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not one.name.endswith(("__main__", ".main")) and "migrations" not in one.name:
                yield importlib.import_module(one.name)


def _patterns_of(module: ModuleType, source: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    for name, value in vars(module).items():
        if getattr(value, "__module__", module.__name__) != module.__name__ and not isinstance(
            value, re.Pattern
        ):
            continue
        if isinstance(value, type):
            for attribute, inner in vars(value).items():
                yield from _inside(f"{name}.{attribute}", inner, 0)
        elif hasattr(value, "cache_info"):
            for arguments in _loads(value):
                yield from _inside(f"{name}{arguments}", value(*arguments), 0)
        else:
            yield from _inside(name, value, 0)
    yield from _inline(source)


def _loads(loader: Any) -> list[tuple[str, ...]]:
    """Give the arguments with which a function that is called once loads a table."""
    needed = [
        one for one in inspect.signature(loader).parameters.values() if one.default is inspect.Parameter.empty
    ]
    if not needed:
        return [()]
    return [("en",), ("es",)] if [one.name for one in needed] == ["language"] else []


def _inside(name: str, value: Any, depth: int) -> Iterator[tuple[str, re.Pattern[str]]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield name, value
    elif depth < _DEEPEST:
        inner: list[tuple[Any, Any]] = []
        if isinstance(value, dict):
            inner = list(value.items())
        elif isinstance(value, list | tuple | set | frozenset):
            inner = list(enumerate(value))
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            inner = [(one.name, getattr(value, one.name, None)) for one in dataclasses.fields(value)]
        for key, one in inner:
            yield from _inside(f"{name}[{key}]", one, depth + 1)


def _inline(source: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Find the patterns that stand where they are used."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and (node.func.value.id, node.func.attr in _INLINE) == ("re", True)
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            yield f"line {node.lineno} {node.func.attr}", re.compile(node.args[0].value)


def attacks(pattern: re.Pattern[str]) -> Iterator[str]:
    """Give what could make a pattern go back and forth: its own pieces, repeated, and no end that fits."""
    parsed = parser.parse(pattern.pattern, pattern.flags)
    if not _repeats(parsed):
        return
    units = dict.fromkeys(_units(parsed))
    for unit in [*list(units)[:_MOST_UNITS], " ", "a", "a ", "1", "no "]:
        yield (unit * (LONGEST // len(unit)))[: LONGEST - 1] + "\x00"
    yield f" for a {'a' * (LONGEST - 8)}\x00"  # what a pattern opens with, and then one long word


def _repeats(parsed: Any) -> bool:
    """Tell whether something in it may be repeated often: else it looks at each place for a bounded time."""
    for operation, argument in parsed:
        name = str(operation)
        if "REPEAT" in name and (argument[1] > _SMALL or _repeats(argument[2])):
            return True
        if any(_repeats(one) for one in _parts(name, argument)):
            return True
    return False


def _parts(name: str, argument: Any) -> list[Any]:
    if name == "SUBPATTERN":
        return [argument[3]]
    if name == "BRANCH":
        return list(argument[1])
    if name in ("ASSERT", "ASSERT_NOT"):
        return [argument[1]]
    return [argument] if name == "ATOMIC_GROUP" else []


def _units(parsed: Any) -> Iterator[str]:
    run = ""
    for operation, argument in parsed:
        name = str(operation)
        if name == "LITERAL":
            run += chr(argument)
            continue
        if run:
            yield run
            yield f"{run} "
            run = ""
        yield from _of_operation(name, argument)
    if run:
        yield run
        yield f"{run} "


def _of_operation(name: str, argument: Any) -> Iterator[str]:
    if name == "IN":
        if one := _fitting(argument):
            yield one
    elif "REPEAT" in name:
        yield from _units(argument[2])
    else:
        for one in _parts(name, argument):
            yield from _units(one)


def _fitting(members: Any) -> str:
    """Give a character that fits a class."""
    return next((one for one in string.printable if _is_in(one, members)), "")


def _is_in(character: str, members: Any) -> bool:
    negated = bool(members) and str(members[0][0]) == "NEGATE"
    fits = False
    for operation, argument in members:
        name = str(operation)
        if name == "LITERAL":
            fits |= ord(character) == argument
        elif name == "RANGE":
            fits |= argument[0] <= ord(character) <= argument[1]
        elif name == "CATEGORY":
            plain = str(argument).replace("NOT_", "")
            fits |= _CATEGORIES[plain].match(character) is not None and plain == str(argument)
            fits |= _CATEGORIES[plain].match(character) is None and plain != str(argument)
    return fits != negated


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise TooSlowError


def seconds(pattern: re.Pattern[str], text: str, way: str = "search") -> float:
    """Time a pattern in CPU time, the best of a few tries; infinite when it takes far too long."""
    best = float("inf")
    before = signal.signal(signal.SIGPROF, _give_up)
    try:
        for _ in range(_TRIES):
            signal.setitimer(signal.ITIMER_PROF, _GIVE_UP)
            began = time.process_time()
            getattr(pattern, way)(text)
            best = min(best, time.process_time() - began)
            if best < MOST_SECONDS:
                break
    except TooSlowError:
        pass
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return best


def slowest(found: Found) -> tuple[float, str]:
    """Give the longest that a pattern takes, and for what."""
    took = (
        (seconds(found.pattern, text, way), text[:40])
        for text in attacks(found.pattern)
        for way in found.ways
    )
    return max(took, default=(0.0, ""))


@pytest.mark.parametrize("pattern", [r"(a+)+b", r"(?:\w+\s?)*!", r"(?:a|aa)+$", r"\s*\n\s*x"])
def test_a_pattern_that_goes_back_and_forth_is_found(pattern: str) -> None:
    assert slowest(Found(re.compile(pattern)))[0] > MOST_SECONDS


def test_patterns_are_found_wherever_they_stand() -> None:
    names = " ".join(product_patterns())
    for where in ("agent.dialogue.acts._BREAK", "language.danger.rules.rules_of('es',)[signs]", ".line "):
        assert where in names, where
    assert len(product_patterns()) > 200


def test_no_pattern_takes_longer_than_a_packet_may_wait() -> None:
    slow = {
        name: took for name, found in product_patterns().items() if (took := slowest(found))[0] > MOST_SECONDS
    }
    assert slow == {}
