"""What the process is told."""

import os
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import Settings
from kit.clock import clock_from, system_clock
from kit.keyring import Keyring
from tests.fakes.clock import fixed_clock


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in list(os.environ):
        if name.startswith(("CHAIRSIDE_", "OPENAI_", "TWILIO_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def test_a_variable_is_group_and_name(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("CHAIRSIDE_DATABASE_URL", "sqlite:///x.db")
    bare.setenv("CHAIRSIDE_PARTNER_API_URL", "https://partner.example.com")
    bare.setenv("CHAIRSIDE_CALL_MAX_MINUTES", "3")
    bare.setenv("OPENAI_API_KEY", "sk-secret")
    settings = Settings()
    assert settings.database.url is not None
    assert settings.database.url.get_secret_value() == "sqlite:///x.db"
    assert settings.partner.api_url == "https://partner.example.com"
    assert settings.call.max_minutes == 3
    assert settings.openai_api_key is not None


def test_a_misspelt_variable_of_a_group_is_an_error(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("CHAIRSIDE_CALL_MAX_MINUTS", "3")
    with pytest.raises(ValidationError):
        Settings()


def test_the_env_file_is_read(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CHAIRSIDE_SERVER_PORT=9999\n")
    assert Settings().server.port == 9999


def test_no_secret_shows_in_a_repr(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("OPENAI_API_KEY", "sk-hidden")
    bare.setenv("TWILIO_AUTH_TOKEN", "tw-hidden")
    bare.setenv("CHAIRSIDE_DATABASE_URL", "postgresql://u:db-hidden@h/x")
    bare.setenv("CHAIRSIDE_SECRET", "the-hidden")
    bare.setenv("CHAIRSIDE_RELAY_WEBHOOK_SECRET", "whsec_hidden")
    assert "hidden" not in repr(Settings())


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = Keyring.load(tmp_path)
    assert Keyring.load(tmp_path).derive("slots") == first.derive("slots")
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_every_purpose_has_a_key_of_its_own(tmp_path: Path) -> None:
    keyring = Keyring.load(tmp_path)
    assert keyring.derive("slots") != keyring.derive("media")
    assert "…" in repr(keyring)


def test_a_secret_from_the_settings_stands_for_the_file(tmp_path: Path) -> None:
    assert Keyring.load(tmp_path, "shared").derive("x") == Keyring.load(tmp_path / "other", "shared").derive(
        "x"
    )
    assert not list(tmp_path.iterdir())


def test_a_short_master_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(b"short")


def test_clocks_show_aware_utc() -> None:
    start = datetime(2026, 12, 1, 9, tzinfo=timezone(timedelta(hours=-5)))
    assert fixed_clock(start)() == start
    assert timedelta(0) <= clock_from(start)() - start < timedelta(seconds=5)
    assert system_clock().tzinfo is UTC


def test_a_naive_start_is_refused() -> None:
    naive = datetime(2026, 12, 1, 9)  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="aware"):
        clock_from(naive)
    with pytest.raises(ValueError, match="aware"):
        fixed_clock(naive)
