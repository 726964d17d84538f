"""The platform signature, by the vendor's published scheme and values that its own library accepts."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.platform_signature import TOLERANCE, SignatureInvalid, sign, verify

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors/signature.json").read_text())
GUIDE = Path(__file__).parents[2] / "docs/webhook-signature.md"
SECRET = "whsec_test_0123456789"
SIGNED_AT = datetime.fromtimestamp(1697634600, UTC)
GOLDEN = [
    "d703284ad35e41c8c45fd79d87f417f3912a80d259cf7264c3bed3bb263e1e64",
    "b3c82b7d213b17948e00000e5429c6012cfbf445930a83665e9af739c0c5ade1",
]


def named(vector: dict[str, Any]) -> str:
    name: str = vector["name"]
    return name


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=named)
def test_each_vector_is_judged_as_it_says(vector: dict[str, Any]) -> None:
    body, now = vector["body"].encode(), datetime.fromtimestamp(vector["now"], UTC)
    if vector["accepted"]:
        verify(body, vector["header"], vector["secret"], now)
    else:
        with pytest.raises(SignatureInvalid):
            verify(body, vector["header"], vector["secret"], now)


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=named)
def test_the_guides_own_verifier_judges_each_vector_alike(vector: dict[str, Any]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    scope: dict[str, Any] = {}
    exec(code, scope)  # noqa: S102 - it is what readers will copy
    judge: Callable[..., bool] = scope["verify"]
    outcome = judge(vector["body"].encode(), vector["header"], vector["secret"], vector["now"])
    assert outcome is vector["accepted"]


def test_what_we_sign_is_what_the_vendor_signs() -> None:
    golden = [vector for vector in VECTORS["vectors"] if vector["name"].startswith("golden")]
    assert [vector["header"].split("v1=")[1] for vector in golden] == GOLDEN
    for vector in golden:
        assert sign(vector["body"].encode(), SECRET, SIGNED_AT) == vector["header"]


def test_the_vectors_cover_what_verifiers_get_wrong() -> None:
    assert VECTORS["tolerance_seconds"] == TOLERANCE.total_seconds()
    names = [named(vector) for vector in VECTORS["vectors"]]
    assert len(set(names)) == len(names)
    for subject in ("seconds old", "seconds ahead", "upper-case", "two digests", "blank", "empty body"):
        assert any(subject in name for name in names)


@given(st.binary(max_size=200), st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable()))
def test_what_is_signed_verifies(body: bytes, secret: str) -> None:
    verify(body, sign(body, secret, SIGNED_AT), secret, SIGNED_AT + TOLERANCE)


@given(st.binary(min_size=1, max_size=200), st.data())
def test_any_changed_byte_breaks_it(body: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = body[:place] + bytes([body[place] ^ flip]) + body[place + 1 :]
    with pytest.raises(SignatureInvalid):
        verify(changed, sign(body, SECRET, SIGNED_AT), SECRET, SIGNED_AT)
