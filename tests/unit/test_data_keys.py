"""The keys of patients' data: where they come from, what they open, and how they follow one another."""

import sys
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from config.operator_settings import EncryptionSettings
from config.settings import DatabaseSettings, Settings
from kit.data_keys import MARK, MOST_KEYS, PLAIN, DataKeys, DataKeyUnavailable, is_sealed, new_key

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
KIND = "calls.from_number"


def told(folder: Path, secret: str | None = None, **encryption: object) -> Settings:
    return Settings(
        data_dir=folder,
        database=DatabaseSettings(),
        secret=SecretStr(secret) if secret else None,
        encryption=EncryptionSettings.model_validate(encryption),
    )


@pytest.mark.parametrize("text", ["", "+12025550100", "Ähm, hi 👋 \x00", "enc1.", "x" * 100_000])
def test_what_is_encrypted_is_read_again_and_is_never_the_same_twice(text: str) -> None:
    keys = DataKeys([NEW])
    stored = keys.seal(text, KIND)
    assert is_sealed(stored)
    assert stored.startswith(f"{MARK}{keys.ids[0]}.")
    assert keys.seal(text, KIND) != stored
    assert keys.open(stored, KIND) == text
    assert keys.open_bytes(keys.seal_bytes(text.encode(), KIND), KIND) == text.encode()


def test_it_is_read_as_nothing_else_and_not_once_it_was_changed() -> None:
    keys = DataKeys([NEW])
    stored = keys.seal("+12025550100", KIND)
    with pytest.raises(DataKeyUnavailable, match="changed outside"):
        keys.open(stored, "appointments.notes")
    place = len(stored) // 2
    other = "A" if stored[place] != "A" else "B"
    with pytest.raises(DataKeyUnavailable, match="changed outside"):
        keys.open(f"{stored[:place]}{other}{stored[place + 1 :]}", KIND)


def test_an_older_key_reads_and_the_newest_writes() -> None:
    old, both, new = DataKeys([OLD]), DataKeys([NEW, OLD]), DataKeys([NEW])
    stored = old.seal("Ana Torres", KIND)
    assert both.open(stored, KIND) == "Ana Torres"
    assert new.open(both.seal("Ana Torres", KIND), KIND) == "Ana Torres"
    with pytest.raises(DataKeyUnavailable, match=old.ids[0]):
        new.open(stored, KIND)
    hashes = {both.hash("Ana Torres", "phone", place) for place in range(MOST_KEYS)}
    assert hashes == {old.hash("Ana Torres", "phone"), new.hash("Ana Torres", "phone")}
    assert old.hash("Ana Torres", "phone") != old.hash("Ana Torres", "name")


def test_what_was_never_encrypted_is_read_as_it_is() -> None:
    keys = DataKeys([NEW])
    for text in ("Ana Torres", "", "enc1.", "enc1.deadbeef.too short", "enc1.DEADBEEF." + "A" * 60):
        assert keys.open(text, KIND) == text
    assert keys.open_bytes(b"RIFF", KIND) == b"RIFF"


def test_where_nothing_is_to_be_encrypted_only_what_would_be_mistaken_is() -> None:
    writing, reading = DataKeys([NEW]), DataKeys([NEW], writes=False)
    assert (writing.writing_id, reading.writing_id) == (writing.ids[0], PLAIN)
    assert reading.seal("Ana Torres", KIND) == "Ana Torres"
    assert reading.seal_bytes(b"RIFF", KIND) == b"RIFF"
    # A caller may say what looks encrypted; it has to be read as what they said.
    said = writing.seal("Ana Torres", KIND)
    assert reading.open(reading.seal(said, KIND), KIND) == said
    assert reading.open(said, KIND) == "Ana Torres"


def test_without_settings_the_installations_own_key_is_used(tmp_path: Path) -> None:
    own = DataKeys.load(told(tmp_path))
    assert (tmp_path / "secret.key").exists()
    assert DataKeys.load(told(tmp_path)).ids == own.ids
    assert DataKeys.load(told(tmp_path, "a secret that replicas share")).ids != own.ids


def test_a_key_is_given_by_variable_file_or_command_and_the_own_one_still_reads(tmp_path: Path) -> None:
    first, second = new_key(), new_key()
    file = tmp_path / "elsewhere"
    file.write_text(f"{first}\n{second}\n")
    command = f"{sys.executable} -c 'print(open(\"{file}\").read())'"
    found = [
        DataKeys.load(told(tmp_path, **one)).ids
        for one in ({"key": f"{first} {second}"}, {"key_file": file}, {"key_command": command})
    ]
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 3
    assert found[0][2:] == DataKeys.load(told(tmp_path)).ids


@pytest.mark.parametrize(
    ("encryption", "said"),
    [
        ({"key_file": "/nowhere/at/all"}, "cannot be read"),
        ({"key_command": "/nowhere/at/all --now"}, "failed"),
        ({"key_command": f"{sys.executable} -c 'print(\"half a key\"); exit(1)'"}, "failed"),
        ({"key": "too short"}, "no key"),
        ({"key": " "}, "holds no key"),
        ({"key": " ".join(new_key() for _ in range(MOST_KEYS))}, "are the most"),
    ],
)
def test_a_key_that_is_not_to_be_had_is_said_without_saying_it(
    tmp_path: Path, encryption: dict[str, str], said: str
) -> None:
    with pytest.raises(DataKeyUnavailable, match=said) as refused:
        DataKeys.load(told(tmp_path, **encryption))
    assert "half a key" not in str(refused.value)
    assert "too short" not in str(refused.value)


def test_only_one_source_is_taken() -> None:
    with pytest.raises(ValidationError, match="not several"):
        EncryptionSettings.model_validate({"key": new_key(), "key_command": "kms"})
