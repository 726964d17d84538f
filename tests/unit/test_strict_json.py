"""Reading JSON strictly."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.json_body import MAX_DEPTH, MAX_INTEGER, JsonInvalid, parse_json

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_every_plain_value_comes_back_as_it_was(value: Any, ascii_only: bool) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_invalid(raw: bytes) -> None:
    try:
        value = parse_json(raw)
    except JsonInvalid:
        return
    assert not isinstance(value, float) or math.isfinite(value)


@given(st.text(st.sampled_from('[]{}":,0123456789eE+-.ntf\\u d8a'), max_size=60))
def test_any_text_like_json_is_a_value_or_invalid(text: str) -> None:
    try:
        parse_json(text.encode())
    except JsonInvalid:
        return
    json.loads(text)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"1" + b"]" * depth


def test_nesting_is_bounded() -> None:
    parse_json(nested(MAX_DEPTH - 1))
    for depth in (MAX_DEPTH, 1000, 200_000):
        with pytest.raises(JsonInvalid, match="nested deeper"):
            parse_json(nested(depth))


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}',
        b'[{"x":{"a":1,"a":2}}]',
        b"NaN",
        b"-Infinity",
        b"1e400",
        str(MAX_INTEGER + 1).encode(),
        b"9" * 5000,
        b'"\\u0000"',
        b'{"\\u0000":1}',
        b'"\\udfff"',
        b"\xef\xbb\xbf{}",
        b"\xff",
        b"",
        b" ",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(raw: bytes) -> None:
    with pytest.raises(JsonInvalid):
        parse_json(raw)


def test_a_refusal_does_not_quote_the_body() -> None:
    with pytest.raises(JsonInvalid) as caught:
        parse_json(b'{"phone": "+15550100123"')
    assert "555" not in str(caught.value)
