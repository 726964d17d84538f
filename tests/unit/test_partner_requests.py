"""The headers of the Partner API: how long a partner will wait, and by which key."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from practice.errors import MissingIdempotencyKey
from webhooks.http_errors import HttpError
from webhooks.partner_api.requests import idempotency_key, wait_of


def request(name: str, *values: str) -> Request:
    headers = [(name.encode(), value.encode("latin-1")) for value in values]
    return Request({"type": "http", "headers": headers})


@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        ((), None),
        (("",), None),
        (("wait=6",), 6),
        (("Wait=6",), 6),
        (('wait="6"',), 6),
        (("wait = 6",), 6),
        (("respond-async, wait=6",), 6),
        (("respond-async; x=1, wait=6; y=2",), 6),
        (('note="a, wait=1", wait=6',), 6),
        (('note="a\\", wait=1", wait=6',), 6),
        (("return=minimal", "wait=6"), 6),
        (("wait=6", "wait=9"), 6),
        (("wait=6, wait=9",), 6),
        (("wait=0",), 0),
        (("wait=007",), 7),
        (("wait=61",), 60),
        (("wait=" + "9" * 400,), 60),
        (("wait=-1",), None),
        (("wait=1.5",), None),
        (("wait=1e1",), None),
        (("wait=",), None),
        (("wait",), None),
        (("wait=soon, wait=6",), None),
        (("wait=\u0663".encode().decode("latin-1"),), None),
        (("await=6",), None),
        (("wait=6 7",), None),
        ((",,,",), None),
    ],
)
def test_the_preferred_wait_is_read_as_the_rfc_has_it(values: tuple[str, ...], seconds: float | None) -> None:
    assert wait_of(list(values), 60.0) == seconds


@given(st.lists(st.text(st.characters(max_codepoint=255), max_size=60), max_size=3))
def test_any_preference_is_a_wait_within_bounds_or_none(values: list[str]) -> None:
    seconds = wait_of(list(values), 60.0)
    assert seconds is None or 0 <= seconds <= 60


@pytest.mark.parametrize(
    "header",
    ['"' + '\\"' * 32_000, '"' + '\\",' * 21_000, '"' * 64_000, "wait" + " " * 64_000, "wait=1" * 10_000],
    ids=["open quotation", "open quotations and commas", "quotation marks", "blanks", "no commas"],
)
def test_a_hostile_preference_is_read_in_an_instant(header: str) -> None:
    began = time.process_time()
    assert wait_of([header], 60.0) is None
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("key", ["k", "k" * 255, "booking-req-123456", "!~", "a b", " padded\t"])
async def test_a_printable_key_is_taken_without_the_blanks_around_it(key: str) -> None:
    assert await idempotency_key(request("idempotency-key", key), key) == key.strip()


async def test_the_same_key_twice_is_one_key() -> None:
    assert await idempotency_key(request("idempotency-key", "k", " k"), "k") == "k"


@pytest.mark.parametrize("values", [("",), (" \t ",), ("", "  ")])
async def test_a_blank_key_is_missed(values: tuple[str, ...]) -> None:
    with pytest.raises(MissingIdempotencyKey):
        await idempotency_key(request("idempotency-key", *values), values[0])


@pytest.mark.parametrize(
    "values",
    [
        ("a", "b"),
        ("a", ""),
        ("k" * 256,),
        ("a\tb",),
        ("a\x00b",),
        ("\x1fa",),
        ("a\x85",),
        ("\xa0",),
        ("\x7f",),
        ("caf\xe9",),
    ],
)
async def test_a_key_of_another_shape_is_refused(values: tuple[str, ...]) -> None:
    with pytest.raises(HttpError) as caught:
        await idempotency_key(request("idempotency-key", *values), values[0])
    assert (caught.value.status, caught.value.code) == (400, "invalid_request")
