"""The platform signature, by the vendor's published scheme and values that its own library accepts."""

import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice.booking.signing import TOLERANCE, sign, verify
from practice.errors import InvalidSignature

SECRET = "whsec_test_0123456789"
SIGNED_AT = datetime.fromtimestamp(1697634600, UTC)
VECTORS = [
    (
        '{"account_id":"acct_01h2xcejqtf2nbrexx3vqjhp41","customer":{"phone":"+15551234567"}}',
        "d703284ad35e41c8c45fd79d87f417f3912a80d259cf7264c3bed3bb263e1e64",
    ),
    (
        '{"account_id":"acct_1","customer":{"name":"José Ñandú 日本","phone":"+15551234567"}}',
        "b3c82b7d213b17948e00000e5429c6012cfbf445930a83665e9af739c0c5ade1",
    ),
]
BODY = VECTORS[0][0].encode()
GOOD = f"t=1697634600,v1={VECTORS[0][1]}"
HEX = VECTORS[0][1]


@pytest.mark.parametrize(("body", "digest"), VECTORS)
def test_the_signature_is_the_vendors(body: str, digest: str) -> None:
    header = sign(body.encode(), SECRET, SIGNED_AT)
    assert header == f"t=1697634600,v1={digest}"
    verify(body.encode(), header, SECRET, SIGNED_AT)


def test_the_order_of_the_parts_is_free() -> None:
    verify(BODY, f"v1={HEX},t=1697634600", SECRET, SIGNED_AT)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_exactly_the_tolerance_passes_on_either_side(seconds: int) -> None:
    verify(BODY, GOOD, SECRET, SIGNED_AT + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301])
def test_beyond_the_tolerance_is_refused_on_either_side(seconds: int) -> None:
    with pytest.raises(InvalidSignature):
        verify(BODY, GOOD, SECRET, SIGNED_AT + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "t=1697634600",
        f"v1={HEX}",
        f"t=1697634600, v1={HEX}",
        f"t=1697634600,v1={HEX.upper()}",
        f"t=1697634600,v1={HEX[:-1]}",
        f"t=1697634600,v1={HEX}0",
        f"t=01697634600,v1={HEX}",
        f"t=1697634600.0,v1={HEX}",
        f"t=1697634600000,v1={HEX}",
        f"t=abc,v1={HEX}",
        f"t=NaN,v1={HEX}",
        f"t=-1697634600,v1={HEX}",
        f"t=1697634600,v1={'0' * 64},v1={HEX}",
        f"t=1697634600;v1={HEX}",
        f"t=1697634600,v0={HEX}",
        f"t=\uff11697634600,v1={HEX}",
    ],
)
def test_a_header_of_any_other_shape_is_refused(header: str | None) -> None:
    with pytest.raises(InvalidSignature):
        verify(BODY, header, SECRET, SIGNED_AT)


@pytest.mark.parametrize(
    "timestamp",
    ["abc", "NaN", "", "01697634600", "+1697634600", "1697634600.0", "1_697_634_600", " 1697634600"],
)
def test_a_timestamp_that_is_no_plain_number_is_refused_even_if_its_digest_is_right(timestamp: str) -> None:
    digest = hmac.new(SECRET.encode(), timestamp.encode() + b"." + BODY, "sha256").hexdigest()
    with pytest.raises(InvalidSignature):
        verify(BODY, f"t={timestamp},v1={digest}", SECRET, SIGNED_AT)


def test_another_secret_is_refused() -> None:
    with pytest.raises(InvalidSignature):
        verify(BODY, GOOD, SECRET.removeprefix("whsec_"), SIGNED_AT)


@given(st.binary(max_size=200), st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable()))
def test_what_is_signed_verifies(body: bytes, secret: str) -> None:
    verify(body, sign(body, secret, SIGNED_AT), secret, SIGNED_AT + TOLERANCE)


@given(st.binary(min_size=1, max_size=200), st.data())
def test_any_changed_byte_breaks_it(body: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = body[:place] + bytes([body[place] ^ flip]) + body[place + 1 :]
    with pytest.raises(InvalidSignature):
        verify(changed, sign(body, SECRET, SIGNED_AT), SECRET, SIGNED_AT)
