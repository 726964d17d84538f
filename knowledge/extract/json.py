"""JSON: lines of ``path: value`` in reading order; the objects of a list are pieces of their own."""

import re
from collections.abc import Iterator
from typing import Any

from knowledge.blocks import Block, Heading, Rows
from knowledge.extract.errors import TooLargeInside
from knowledge.extract.kind import Recognised
from knowledge.extract.limits import Limits
from knowledge.extract.reading import Reading
from knowledge.extract.table import table_lines

_DEEPEST = 64
_BETWEEN_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|_+")
_NUMBER = re.compile(r"\d{1,7}(?:\.\d{1,2})?")
_AMOUNTS = frozenset("amount value price usd dollars".split())
_CURRENCIES = frozenset("currency currencycode currency_code unit".split())
_UNIT = re.compile(r"\b(?:usd|dollars|cents)\b", re.IGNORECASE)
_PRICED = re.compile(r"\b(?:prices?|fees?|costs?|copay)\b", re.IGNORECASE)
"""What a number without a currency is an amount of dollars of."""
_UNPRICED = re.compile(
    r"\b(?:id|code|count|ages?|years?|months?|days?|hours?|min(?:utes)?|visits?)\b", re.IGNORECASE
)
_MOST_CELLS = 8
_LONGEST_CELL = 100
"""Cells and characters up to which an object is said as a row."""
_SAID = {True: "yes", False: "no"}


def read(file: Recognised, limits: Limits) -> Reading:  # noqa: ARG001 - as every parser
    """Read a tree of values; see ``Parser.read``."""
    return Reading(_blocks(file.value, ()))


def _blocks(value: Any, path: tuple[str, ...]) -> Iterator[Block]:
    """Walk down to the lists of objects, and gather the lines on the way."""
    _check_depth(path)
    if isinstance(value, dict):
        lines: list[str] = []
        for key, one in value.items():
            inner = (*path, _name(key))
            if _holds_objects(one):
                if lines:
                    yield Rows(tuple(lines))
                    lines = []
                yield from _blocks(one, inner)
            else:
                lines.extend(_lines(one, inner))
        if lines:
            yield Rows(tuple(lines))
    elif isinstance(value, list) and _is_list_of_objects(value):
        yield Heading(" / ".join(path), level=1)
        for one in value:
            yield Rows(tuple(_record(one)), alone=True)
        yield Heading("", level=1)
    else:
        yield Rows(tuple(_lines(value, path)))


def _record(value: dict[str, Any]) -> Iterator[str]:
    """Say an object of a list: a short one as a row; what a list in it holds with the name of the whole."""
    lists = {key: one for key, one in value.items() if _is_list_of_objects(one) and all(map(_is_flat, one))}
    own = list(_lines({key: one for key, one in value.items() if key not in lists}, ()))
    if len(own) <= _MOST_CELLS and all(len(line) <= _LONGEST_CELL and ";" not in line for line in own):
        own = ["; ".join(own)] if own else []
    if not (len(own) == 1 and lists and "; " not in own[0]):
        yield from own
    named = next(iter(own), "").partition("; ")[0]
    for key, held in lists.items():
        for one in held:
            yield "; ".join([*filter(None, [named]), *_cells(one, _name(key).removesuffix("s"))])


def _cells(value: dict[str, Any], of: str) -> Iterator[str]:
    """Say the values of a flat object that tells what ``of`` is, which a bare amount is called, too."""
    for key, one in value.items():
        name = of if key.lower() in _AMOUNTS else _name(key)
        if (said := _said(one)) is not None:
            yield _valued(name, said, of)


def _is_flat(value: Any) -> bool:
    return isinstance(value, dict) and not any(isinstance(one, dict | list) for one in value.values())


def _lines(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    _check_depth(path)
    name = ": ".join(path)
    if isinstance(value, dict) and (money := _money_in(value)):
        yield f"{name}: {money}" if name else money
    elif isinstance(value, dict):
        yield from _rows(value, name) if path and _is_table(value) else _inner(value, path)
    elif not isinstance(value, list):
        if (said := _said(value)) is not None:
            yield _valued(name, said)
    elif not any(isinstance(one, dict | list) for one in value):
        said = ", ".join(said for one in value if (said := _said(one)) is not None)
        if said:
            yield f"{name}: {said}" if name else said
    elif all(isinstance(row, list) and not any(isinstance(one, dict | list) for one in row) for row in value):
        yield from table_lines([[_said(one) or "" for one in row] for row in value])
    else:
        for place, one in enumerate(value, start=1):
            yield from _lines(one, (*path[:-1], f"{path[-1]} {place}") if path else (str(place),))


def _inner(value: dict[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    for key, one in value.items():
        yield from _lines(one, (*path, _name(key)))


def _is_table(value: dict[str, Any]) -> bool:
    return len(value) > 1 and all(one and _is_flat(one) for one in value.values())


def _rows(value: dict[str, Any], name: str) -> Iterator[str]:
    """Say an object of flat objects as a table, whose rows its keys name."""
    for key, one in value.items():
        yield "; ".join([f"{name}: {_name(key)}", *_cells(one, name)])


def _money_in(value: dict[str, Any]) -> str | None:
    """Read an amount with its currency."""
    amounts = [
        str(one) for key, one in value.items() if key.lower() in _AMOUNTS and _NUMBER.fullmatch(str(one))
    ]
    currency = next((str(one) for key, one in value.items() if key.lower() in _CURRENCIES), None)
    if currency is None or len(value) != 2 or not (amounts and _NUMBER.fullmatch(amounts[0])):  # noqa: PLR2004 - both
        return None
    return _amount(amounts[0], currency)


def _amount(number: str, currency: str) -> str:
    return f"${number}" if currency.upper() in {"USD", "$", "US$"} else f"{number} {currency}"


def _valued(name: str, said: str, of: str = "") -> str:
    """Say a value; a number that is called a price is one."""
    last = name.rpartition(": ")[2]
    if _NUMBER.fullmatch(said) and (unit := _UNIT.search(last)):
        if unit[0].lower() == "cents" and said.isdecimal():
            said = f"{int(said) // 100}.{int(said) % 100:02}".removesuffix(".00")
        return f"{_UNIT.sub('', name).strip(' :') or name}: ${said}"
    if _NUMBER.fullmatch(said) and _PRICED.search(f"{name} {of}") and not _UNPRICED.search(name):
        return f"{name}: ${said}"
    return f"{name}: {said}" if name else said


def _holds_objects(value: Any) -> bool:
    """Tell whether there is a list of objects below, without going through other lists."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            pending.extend(one.values())
        elif _is_list_of_objects(one):
            return True
    return False


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _said(value: Any) -> str | None:
    if value is None:
        return None
    return _SAID[value] if isinstance(value, bool) else str(value)


def _name(key: str) -> str:
    return _BETWEEN_WORDS.sub(" ", key).strip()


def _check_depth(path: tuple[str, ...]) -> None:
    if len(path) > _DEEPEST:
        raise TooLargeInside("The values in this JSON file are nested too deeply.")
