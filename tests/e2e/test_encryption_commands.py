"""`chairside encryption`: a new key in a file takes over, and without it nothing starts."""

import json
from pathlib import Path

import pytest

from tests.fakes.command_line import Here, complaint

pytestmark = pytest.mark.e2e


def test_a_key_moves_out_of_the_data_folder_and_is_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, data = Here(capsys), tmp_path / "data"
    file = tmp_path / "elsewhere.key"

    def run(*arguments: str) -> str:
        there = () if "new-key" in arguments else ("--data-dir", str(data))
        result = here(*arguments, *there)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def status() -> dict[str, str]:
        found: dict[str, str] = json.loads(run("encryption", "status", "--json"))
        return found

    run("init", "--demo")
    first = status()
    assert (first["key"], first["source"]) == ("plain", "none")
    assert "elsewhere.key has the key." in run("encryption", "new-key", "--file", str(file)).replace("\n", "")
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("CHAIRSIDE_ENCRYPTION_KEY_FILE", str(file))
    second = status()
    assert (second["key"] != first["key"], second["source"]) == (True, f"the first of {file}")
    assert "rows were written anew" in run("encryption", "apply")
    run("encryption", "new-key", "--file", str(file), "--last")
    assert status()["key"] == second["key"]
    run("encryption", "new-key", "--file", str(file))
    assert len(file.read_text().split()) == 3
    third = status()
    assert third["key"] not in {first["key"], second["key"]}
    assert json.loads(run("encryption", "apply", "--json"))["key"] == third["key"]
    file.write_text(file.read_text().split()[-1])
    assert third["key"] in complaint(here("encryption", "status", "--data-dir", str(data)))
    monkeypatch.setenv("CHAIRSIDE_ENCRYPTION_KEY_FILE", str(tmp_path / "nowhere"))
    assert "cannot be read" in complaint(here("bots", "list", "--data-dir", str(data)))
