"""Ids say what they are, sort by age, and never meet; keys carry a checksum."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import InvalidToken
from hypothesis import given
from hypothesis import strategies as st

from contracts.platform import LONGEST_KEY
from kit.ids import encode, is_id, new_id
from kit.keyring import Keyring
from kit.vault import Vault
from practice.idempotency_keys import forwarded_key
from practice.partners.key_format import PREFIX, is_well_formed, new_key

NOW = datetime(2026, 12, 1, 14, tzinfo=UTC)
BOT, OTHER_BOT = "bot_01h2xcejqtf2nbrexx3vqjhp41", "bot_01h2xcejqtf2nbrexx3vqjhp42"


def test_a_known_uuid_is_written_as_the_type_id_specification_does() -> None:
    assert encode(0x0188BAC74AFA78AA_BC3B_BD1EEF28D881) == "01h2xcejqtf2nbrexx3vqjhp41"


def test_the_largest_number_still_fits() -> None:
    assert encode(2**128 - 1) == "7zzzzzzzzzzzzzzzzzzzzzzzzz"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1)), st.integers(1, 10**9))  # noqa: DTZ001
def test_a_later_id_sorts_after_an_earlier_one(moment: datetime, milliseconds: int) -> None:
    first = moment.replace(tzinfo=UTC)
    ids = [new_id("bkg", first), new_id("bkg", first + timedelta(milliseconds=milliseconds))]
    assert ids == sorted(ids)
    assert all(is_id(one, "bkg") for one in ids)


def test_ids_of_one_moment_differ() -> None:
    assert len({new_id("msg", NOW) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bot_",
        "bot_x",
        BOT.upper(),
        BOT[:-1],
        BOT + "0",
        "bot_81h2xcejqtf2nbrexx3vqjhp41",
        "acct" + BOT[3:],
        BOT + "\n",
    ],
)
def test_anything_else_is_no_bot_id(text: str) -> None:
    assert not is_id(text, "bot")


def test_a_new_key_is_well_formed_and_a_mistyped_one_is_not() -> None:
    key = new_key()
    assert key.startswith(PREFIX)
    assert is_well_formed(key)
    other = "a" if key[20] != "a" else "b"
    assert not is_well_formed(key[:20] + other + key[21:])


@given(st.text(max_size=60))
def test_no_text_breaks_the_key_check(text: str) -> None:
    assert not is_well_formed(text)
    assert not is_well_formed(PREFIX + text)


@given(st.text(min_size=1, max_size=255), st.text(min_size=1, max_size=255))
def test_forwarded_keys_are_short_and_meet_only_when_bot_and_key_are_the_same(one: str, two: str) -> None:
    for key in (one, two):
        assert len(forwarded_key(BOT, key)) <= LONGEST_KEY
        assert forwarded_key(BOT, key) != forwarded_key(OTHER_BOT, key)
    assert (forwarded_key(BOT, one) == forwarded_key(BOT, two)) == (one == two)


def test_a_short_key_stays_readable_behind_its_bot() -> None:
    assert forwarded_key(BOT, "booking-req-123456") == f"{BOT}:booking-req-123456"


def test_what_one_purpose_sealed_no_other_opens() -> None:
    keyring = Keyring(b"k" * 32)
    sealed = Vault(keyring, "one").seal("whsec_é")
    assert Vault(keyring, "one").open(sealed) == "whsec_é"
    with pytest.raises(InvalidToken):
        Vault(keyring, "two").open(sealed)
