"""JSON bodies, read strictly: what two readers could understand differently is refused."""

import json
import math
from typing import Any, NoReturn

MAX_DEPTH = 32
"""Levels of nesting; the contracts need five."""
MAX_INTEGER = 2**63 - 1
"""What the database can hold."""


class JsonInvalid(ValueError):
    """A body that is not one unambiguous JSON value; the message says why without quoting it."""


def parse_json(raw: bytes) -> Any:
    """Read a JSON body.

    Refused besides malformed text: other encodings than UTF-8, duplicate keys, ``NaN`` and infinities,
    numbers beyond 64 bits, NUL characters, lone surrogates, and nesting deeper than ``MAX_DEPTH`` (RFC 8259
    leaves these to the reader, RFC 7493 forbids most).

    Raises:
        JsonInvalid: The body is empty, malformed or ambiguous.
    """
    if not raw:
        raise JsonInvalid("the request body is empty")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonInvalid("the request body is not UTF-8") from error
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except JsonInvalid:
        raise
    except RecursionError as error:
        raise JsonInvalid(f"the request body is nested deeper than {MAX_DEPTH} levels") from error
    except ValueError as error:
        raise JsonInvalid("the request body is not valid JSON") from error
    _check(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise JsonInvalid("the request body names a field twice")
    return value


def _refuse_constant(_name: str) -> NoReturn:
    raise JsonInvalid("the request body holds a number that JSON does not know")


def _check(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.keys())
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
            else:
                _check_scalar(item)
        if not below:
            return
        level = below
    raise JsonInvalid(f"the request body is nested deeper than {MAX_DEPTH} levels")


def _check_scalar(item: Any) -> None:
    if isinstance(item, str):
        if "\x00" in item:
            raise JsonInvalid("the request body holds a NUL character")
        try:
            item.encode("utf-8")
        except UnicodeEncodeError as error:
            raise JsonInvalid("the request body holds half a surrogate pair") from error
    elif isinstance(item, float):
        if not math.isfinite(item):
            raise JsonInvalid("the request body holds a number beyond range")
    elif isinstance(item, int) and abs(item) > MAX_INTEGER:
        raise JsonInvalid("the request body holds a number beyond range")
