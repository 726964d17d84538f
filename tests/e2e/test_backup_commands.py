"""`chairside backup` and `restore`: what was kept is there again, and nothing else takes its place."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.db.database import FILE_NAME
from tests.fakes.command_line import Here, complaint

pytestmark = pytest.mark.e2e

Run = Callable[..., str]


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(capsys)


@pytest.fixture
def run(here: Here, tmp_path: Path) -> Run:
    """Run a command on the demo's data folder."""

    def run(*arguments: str) -> str:
        result = here(*arguments, "--data-dir", str(tmp_path / "data"))
        assert result.returncode == 0, result.stderr
        return result.stdout

    run("init", "--demo")
    return run


def partners(run: Run) -> list[str]:
    return [name for name in ("Acme", "Later") if name in run("partners", "list")]


def test_a_backup_brings_back_what_was_there_and_what_it_replaces_is_kept(run: Run, tmp_path: Path) -> None:
    run("partners", "add", "Acme")
    file = tmp_path / "backup.db"
    writer = sqlite3.connect(tmp_path / "data" / FILE_NAME)
    writer.execute("BEGIN IMMEDIATE")  # as a server does, all the time
    run("backup", str(file))
    writer.close()
    assert file.stat().st_mode & 0o777 == 0o600
    run("partners", "add", "Later")
    assert partners(run) == ["Acme", "Later"]
    said = run("restore", str(file), "--replace")
    assert partners(run) == ["Acme"]
    aside = Path(said.rpartition(" in ")[2].strip().removesuffix("."))
    shutil.copy(aside / FILE_NAME, tmp_path / "data" / FILE_NAME)
    assert partners(run) == ["Acme", "Later"]


def test_nothing_is_written_over_unasked(run: Run, here: Here, tmp_path: Path) -> None:
    file, data = tmp_path / "backup.db", ("--data-dir", str(tmp_path / "data"))
    run("backup", str(file))
    assert "is there already" in complaint(here("backup", str(file), *data))
    assert "--replace" in complaint(here("restore", str(file), *data))


def test_a_backup_of_another_installation_is_refused(run: Run, here: Here, tmp_path: Path) -> None:
    file, other = tmp_path / "backup.db", tmp_path / "other"
    run("backup", str(file))
    assert "secret.key" in complaint(here("restore", str(file), "--data-dir", str(other)))
    here("init", "--demo", "--data-dir", str(other))
    assert "another key" in complaint(here("restore", str(file), "--replace", "--data-dir", str(other)))
    # The same for whoever starts on the records with another key.
    shutil.copy(other / "secret.key", tmp_path / "data" / "secret.key")
    assert "another key" in complaint(here("bots", "list", "--data-dir", str(tmp_path / "data")))


@pytest.mark.parametrize("broken", ["garbage", "newer"])
def test_what_is_no_backup_leaves_the_database_as_it_is(
    run: Run, here: Here, tmp_path: Path, broken: str
) -> None:
    file = tmp_path / "backup.db"
    run("backup", str(file))
    if broken == "garbage":
        file.write_bytes(b"no database " * 1000)
    else:
        newer = sqlite3.connect(file)
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
        newer.close()
    run("partners", "add", "Later")
    said = complaint(here("restore", str(file), "--replace", "--data-dir", str(tmp_path / "data")))
    assert ("later version" if broken == "newer" else "no backup") in said
    assert partners(run) == ["Later"]
    assert not list((tmp_path / "data").glob("restore-*"))
