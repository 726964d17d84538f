"""The partners' guide names what there is: every error, every scope, every path and command, and no other."""

import re
from importlib import import_module
from pathlib import Path

import pytest
import typer.main

from cli.main import COMMANDS
from practice.partners.scopes import SCOPES
from tests.fakes.documents import operations, written

GUIDE = (Path(__file__).parents[2] / "docs/partner-api.md").read_text(encoding="utf-8")
DOCUMENT = written("partner")


def section(heading: str) -> str:
    return GUIDE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_the_errors_are_the_document_s() -> None:
    told = {
        (int(status), code)
        for line in re.findall(r"^\| (\d{3}(?:, \d{3})*) \| (.+?) \|", section("Errors"), re.MULTILINE)
        for statuses, codes in [(line[0].split(", "), re.findall(r"`(\w+)`", line[1]))]
        for status, code in zip(statuses * (len(codes) if len(statuses) == 1 else 1), codes, strict=True)
    }
    documented = {
        (int(status), code)
        for _, operation in operations(DOCUMENT)
        for status, response in operation["responses"].items()
        if int(status) >= 400
        for code in response["content"]["application/json"]["examples"]
    }
    assert told == documented


def test_the_scopes_are_ours_and_cover_every_path() -> None:
    rows = re.findall(r"^\| `(\w+:\w+)` \| (.+) \|$", section("Keys"), re.MULTILINE)
    assert tuple(scope for scope, _ in rows) == SCOPES
    text = " ".join(paths for _, paths in rows)
    for path in DOCUMENT["paths"]:
        shown = path.replace("{booking_id}", "{id}")
        assert f"{shown}`" in text or f"…/{path.rsplit('/', 1)[-1]}`" in text, path


@pytest.mark.parametrize("line", re.findall(r"chairside (\w+ \w+(?: --?[\w-]+|[^\n`])*)", GUIDE))
def test_the_commands_exist(line: str) -> None:
    group, command = line.split()[:2]
    assert group in COMMANDS
    click_group = typer.main.get_command(getattr(import_module(f"cli.{group}"), group))
    found = click_group.commands[command]  # type: ignore[attr-defined] # a group has commands
    options = {option for parameter in found.params for option in parameter.opts}
    assert set(re.findall(r"--[\w-]+", line)) <= options
