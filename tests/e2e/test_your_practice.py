"""The tutorial for a practice of one's own, run as it stands there."""

import re
from pathlib import Path

import pytest

from practice.practice_file.model import PracticeFile
from tests.fakes.command_line import chairside

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs/your-practice.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.+?)```", TUTORIAL, re.DOTALL)
    for line in re.sub(r"<<'TOML'.+?\nTOML", "", block, flags=re.DOTALL).splitlines()
    if line.startswith("chairside ")
]


def test_the_tutorial_makes_a_practice_that_knows_its_own_facts(tmp_path: Path) -> None:
    toml = re.search(r"<<'TOML'\n(.+?)\nTOML\n", TUTORIAL, re.DOTALL)
    assert toml is not None
    folder = tmp_path / "harbor-view"
    (folder / "files").mkdir(parents=True)
    (folder / "practice.toml").write_text(toml[1])
    for text, name in re.findall(r"echo '(.+?)' > harbor-view/(\S+)", TUTORIAL):
        (folder / name).write_text(text + "\n")
    said = {}
    for command in COMMANDS:
        words = command.split()[1:]
        if words[0] in {"serve", "twilio", "doctor"}:
            continue  # a server, and an account at Twilio: tests of their own
        result = chairside(tmp_path, *words, "--data-dir", "data")
        assert result.returncode == 0, (command, result.stdout, result.stderr)
        said[" ".join(words)] = result.stdout
    assert "Nothing is wrong." in said["practice check harbor-view"]
    dry, applied = said["practice apply harbor-view --dry-run"], said["practice apply harbor-view"]
    assert "nothing has" in dry
    assert dry.split("\n\n")[0].splitlines() == applied.split("\n\n")[0].splitlines()
    assert "/console/first-log-in?token=" in said["staff passwd maria@harborview.example"]
    exported = chairside(tmp_path, "practice", "export", "given", "--data-dir", "data")
    assert exported.returncode == 0
    text = (tmp_path / "given/practice.toml").read_text()
    for fact in ("12 Pier Street", "$140", "Doctor Ee-ness Call-der", "2026-12-24"):
        assert fact in text


def test_the_tutorial_names_every_key_of_the_file() -> None:

    for name, field in PracticeFile.model_fields.items():
        assert f"`[{name}]`" in TUTORIAL or f"`[[{name}]]`" in TUTORIAL, name
        assert field is not None
