"""Signed tokens: good for their audience and their time, and for nothing else."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from kit.keyring import Keyring
from tests.fakes.clock import fixed_clock
from webhooks.security.runtime_credentials import PARTNER_PREFIX, RuntimeCredentials
from webhooks.security.tokens import SignedTokens, TokenRefused

NOW = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
KEY = b"k" * 32
MINUTE = timedelta(minutes=1)


def tokens(at: datetime = NOW, audience: str = "media", key: bytes = KEY) -> SignedTokens:
    return SignedTokens(key, audience, fixed_clock(at))


def test_a_token_gives_back_what_was_put_in() -> None:
    claims = tokens().open(tokens().issue("CA1", MINUTE, bot="bot_1", n=3))
    assert (claims["sub"], claims["bot"], claims["n"]) == ("CA1", "bot_1", 3)


@pytest.mark.parametrize(("seconds", "good"), [(0, True), (59, True), (61, False), (86_400, False)])
def test_a_token_ends(seconds: int, good: bool) -> None:
    token = tokens().issue("CA1", MINUTE)
    later = tokens(NOW + timedelta(seconds=seconds))
    if good:
        later.open(token)
        return
    with pytest.raises(TokenRefused):
        later.open(token)


@pytest.mark.parametrize("other", [tokens(audience="site"), tokens(key=b"x" * 32)])
def test_a_token_of_another_audience_or_key_is_refused(other: SignedTokens) -> None:
    with pytest.raises(TokenRefused):
        tokens().open(other.issue("CA1", MINUTE))


@given(st.data())
def test_any_changed_character_breaks_a_token(data: st.DataObject) -> None:
    token = tokens().issue("CA1", MINUTE)
    # The last character of base64url may hold bits that stand for nothing.
    place = data.draw(st.integers(0, len(token) - 2))
    letter = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda c: c != token[place]))
    with pytest.raises(TokenRefused):
        tokens().open(token[:place] + letter + token[place + 1 :])


@given(st.text(max_size=80))
def test_any_text_is_refused_without_another_error(text: str) -> None:
    with pytest.raises(TokenRefused):
        tokens().open(text)


@pytest.mark.parametrize("claims", [{}, {"sub": "CA1"}, {"sub": 7, "exp": 9_999_999_999, "aud": "media"}])
def test_a_token_without_its_claims_is_refused(claims: dict[str, object]) -> None:
    token = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(KEY))
    with pytest.raises(TokenRefused):
        tokens().open(token)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.sampled_from(["exp", "b64"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=3,
)


@given(name=st.sampled_from(["crit", "kid", "typ", "b64", "alg", "cty"]), value=json_values)
@example(name="crit", value=1)
def test_any_header_is_refused_without_another_error(name: str, value: Any) -> None:
    _, body, signature = tokens().issue("CA1", MINUTE).split(".")
    header = json.dumps({"alg": "HS256", name: value}).encode()
    head = base64.urlsafe_b64encode(header).rstrip(b"=").decode()
    with pytest.raises(TokenRefused):
        tokens().open(f"{head}.{body}.x{signature[1:]}")


def test_an_unsigned_token_is_refused() -> None:
    head, body, _ = tokens().issue("CA1", MINUTE).split(".")
    none = "eyJhbGciOiJub25lIn0"
    for token in (f"{none}.{body}.", f"{head}.{body}."):
        with pytest.raises(TokenRefused):
            tokens().open(token)


def credentials(at: datetime = NOW) -> RuntimeCredentials:
    return RuntimeCredentials(Keyring(b"m" * 32), fixed_clock(at))


def test_a_runtime_credential_names_its_bot_for_a_few_minutes() -> None:
    credential = credentials().for_bot("bot_1")
    assert credential.startswith(PARTNER_PREFIX)
    assert credentials().bot_of(credential) == "bot_1"
    with pytest.raises(TokenRefused):
        credentials(NOW + timedelta(minutes=6)).bot_of(credential)


def test_a_runtime_credential_names_its_site_and_user() -> None:
    assert credentials().site_of(credentials().for_site(7, "terminal-1")) == (7, "terminal-1")


def test_credentials_of_the_two_doors_do_not_stand_in_for_each_other() -> None:
    with pytest.raises(TokenRefused):
        credentials().site_of(credentials().for_bot("bot_1").removeprefix(PARTNER_PREFIX))
    with pytest.raises(TokenRefused):
        credentials().bot_of(PARTNER_PREFIX + credentials().for_site(1))
