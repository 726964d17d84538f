"""Partners, keys, bots and accounts on the command line: what it makes, what it shows, what it refuses."""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from kit.db.database import FILE_NAME
from tests.fakes.command_line import Here, chairside, complaint

pytestmark = pytest.mark.e2e


class Office:
    """The commands on one data folder, in this process."""

    def __init__(self, here: Here, folder: Path) -> None:
        self.here = here
        self.folder = folder

    def text(self, *arguments: str) -> str:
        result = self.here(*arguments, "--data-dir", str(self.folder))
        assert result.returncode == 0, result.stderr
        assert result.stderr == ""
        return result.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.text(*arguments, "--json"))

    def complaint(self, *arguments: str) -> str:
        return complaint(self.here(*arguments, "--data-dir", str(self.folder)))


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    shutil.copy(sqlite_template, tmp_path / FILE_NAME)
    return Office(Here(capsys), tmp_path)


def test_a_partner_gets_a_key_on_a_fresh_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    office = Office(Here(capsys), tmp_path / "new")
    added = chairside(tmp_path, "partners", "add", "Northside Voice", "--data-dir", "new")
    assert added.returncode == 0, added.stderr
    made = office.text("keys", "add", added.stdout.split()[0])
    assert "shown this once" in made
    key = made.split()[-1]
    assert key.startswith("sk_ptnr_")
    assert key not in office.text("keys", "list")


def test_the_commands_work_while_a_server_has_the_database_open(office: Office) -> None:
    with sqlite3.connect(office.folder / FILE_NAME, isolation_level=None) as server:
        server.execute("BEGIN")
        server.execute("SELECT COUNT(*) FROM partners").fetchone()
        assert office.json("partners", "add", "Northside")["partner"]["id"].startswith("ptnr_")
        server.execute("COMMIT")
        assert server.execute("SELECT COUNT(*) FROM partners").fetchone() == (1,)


def test_keys_are_made_listed_and_revoked(office: Office) -> None:
    partner = office.json("partners", "add", "North [bold]side", "--strict")["partner"]
    assert (partner["strict_idempotency"], partner["account_ids"], partner["disabled_at"]) == (True, [], None)
    options = (
        "--name",
        "engine",
        "--scope",
        "bookings:write",
        "--scope",
        "bookings:read",
        "--expires",
        "90d",
    )
    made = office.json("keys", "add", partner["id"], *options)["key"]
    assert made["key"].startswith(made["prefix"])
    assert (made["name"], made["scopes"]) == ("engine", ["bookings:read", "bookings:write"])
    assert made["expires_at"] > made["created_at"]
    other = office.json("keys", "add", partner["id"], "--expires", "2099-01-01T00:00:00+01:00")["key"]
    assert (other["scopes"], other["expires_at"]) == (None, "2098-12-31T23:00:00Z")
    listed = office.json("keys", "list", partner["id"])["keys"]
    assert [one["id"] for one in listed] == [made["id"], other["id"]]
    assert all("key" not in one for one in listed)
    shown = office.text("keys", "list")
    assert all(part in shown for part in (made["id"], partner["id"], made["prefix"], "everything", "never"))
    assert made["key"] not in shown
    overlapping = office.json("keys", "revoke", made["id"], "--in", "24h")["key"]
    assert overlapping["revoked_at"] is None
    assert overlapping["expires_at"] < made["expires_at"]
    assert "ends at" in office.text("keys", "revoke", other["id"], "--in", "30m")
    assert "opens nothing" in office.text("keys", "revoke", made["id"])
    assert "revoked" in office.text("keys", "list")
    assert "North [bold]side" in office.text("partners", "list")


def test_what_is_refused_is_one_line(office: Office) -> None:
    partner_id = office.json("partners", "add", "Northside")["partner"]["id"]
    assert "bookings:steal" in office.complaint("keys", "add", partner_id, "--scope", "bookings:steal")
    assert "No such partner" in office.complaint("keys", "add", "ptnr_none")
    assert "No such key" in office.complaint("keys", "revoke", "key_none")
    assert "No such partner" in office.complaint("keys", "list", "ptnr_none")
    for moment in ("tomorrow", "2099-01-01T00:00:00", "9d9", "99999d"):
        assert "--expires" in office.complaint("keys", "add", partner_id, "--expires", moment)
    assert "ahead" in office.complaint("keys", "add", partner_id, "--expires", "0m")
    assert "--in" in office.complaint("keys", "revoke", "key_none", "--in", "soon")
    for command in ("disable", "enable", "strict"):
        assert "No such partner" in office.complaint("partners", command, "ptnr_none")
    assert "No such account" in office.complaint("partners", "grant", partner_id, "acct_none")
    assert "name" in office.complaint("partners", "add", " ")
    assert "--url" in office.complaint("partners", "events", partner_id)
    assert "--off" in office.complaint("partners", "events", partner_id, "--off", "--rotate")
    assert "https" in office.complaint("partners", "events", partner_id, "--url", "http://a.example")
    secret = ("--url", "https://a.example", "--secret", "short")
    assert "whsec_" in office.complaint("partners", "events", partner_id, *secret)
    assert "--url" in office.complaint("accounts", "platform", "acct_none")
    assert "No such account" in office.complaint("accounts", "platform", "acct_none", "--off")


def test_a_partner_is_disabled_enabled_and_held_to_its_keys(office: Office) -> None:
    partner_id = office.json("partners", "add", "Northside")["partner"]["id"]
    assert office.json("partners", "disable", partner_id)["partner"]["disabled_at"]
    assert "disabled" in office.text("partners", "list")
    office.json("keys", "add", partner_id)
    assert [line.split()[-2:] for line in office.text("keys", "list", partner_id).splitlines()[1:]] == [
        ["partner", "disabled"]
    ]
    assert office.json("partners", "enable", partner_id)["partner"]["disabled_at"] is None
    assert office.json("partners", "strict", partner_id)["partner"]["strict_idempotency"]
    assert not office.json("partners", "strict", partner_id, "--off")["partner"]["strict_idempotency"]


def test_events_have_a_secret_that_is_shown_once(office: Office) -> None:
    partner_id = office.json("partners", "add", "Northside")["partner"]["id"]
    first = office.json("partners", "events", partner_id, "--url", "https://a.example/e")
    assert first["event_secret"].startswith("whsec_")
    assert first["partner"]["event_url"] == "https://a.example/e"
    assert office.json("partners", "events", partner_id)["event_secret"] is None
    rotated = office.text("partners", "events", partner_id, "--rotate")
    assert "whsec_" in rotated
    assert first["event_secret"] not in rotated
    assert "whsec_" not in office.text("partners", "list")
    assert office.json("partners", "events", partner_id, "--off")["partner"]["event_url"] is None


def test_accounts_are_granted_and_given_a_platform(office: Office) -> None:
    demo = office.json("init", "--demo")
    partner_id, account_id = office.json("partners", "add", "Northside")["partner"]["id"], demo["account_id"]
    assert "may use +12025550142" in office.text("partners", "grant", partner_id, "+12025550142")
    assert "no phone number" in office.complaint("partners", "grant", partner_id, "+12")
    granted = office.json("partners", "grant", partner_id, account_id)["partner"]
    assert granted["account_ids"] == [account_id]
    (account,) = office.json("accounts", "list")["accounts"]
    assert sorted(account["partner_ids"]) == sorted([demo["partner_id"], partner_id])
    assert account["practice_id"] == demo["practice_id"]
    platform = ("accounts", "platform", account_id)
    made = office.json(*platform, "--url", "https://platform.example")["account"]
    assert made["webhook_secret"].startswith("whsec_")
    given = office.text(*platform, "--url", "https://platform.example", "--secret", "a secret of our own")
    assert "a secret of our own" not in given
    assert "secret" in office.complaint(*platform, "--url", "https://platform.example", "--secret", "short")
    assert "https://platform.example" in office.text("accounts", "list")
    with sqlite3.connect(office.folder / FILE_NAME) as database:
        (sealed,) = database.execute("SELECT sealed_secret FROM accounts").fetchone()
    assert b"a secret of our own" not in sealed
    assert "no platform" in office.text(*platform, "--off")
    assert (
        office.json("partners", "grant", partner_id, account_id, "--withdraw")["partner"]["account_ids"] == []
    )
    (bot,) = office.json("bots", "list")["bots"]
    assert (bot["id"], bot["partner_id"]) == (demo["bot_id"], demo["partner_id"])
    assert "embedded calendar" in office.text("bots", "list")


def test_an_empty_house_says_what_comes_next(office: Office) -> None:
    assert "chairside partners add" in office.text("partners", "list")
    assert "chairside keys add" in office.text("keys", "list")
    assert "no account" in office.text("accounts", "list")
    assert "chairside init" in office.text("bots", "list")
