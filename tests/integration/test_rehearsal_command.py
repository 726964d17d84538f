"""``chairside call`` as a process, and what it says when something is missing."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.command_line import chairside
from tests.fakes.twilio_bot import HANG_UP, TOKEN, TwilioBot

TO = ("--to", "+12025550142")


@pytest.fixture
async def bot() -> AsyncIterator[TwilioBot]:
    async with TwilioBot(answers={"/twilio/voice": [HANG_UP]}) as running:
        yield running


async def call(
    folder: Path, *arguments: str, token: str | None = TOKEN, command: str = "call"
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with nothing of the environment that could change its settings."""
    told = {"CHAIRSIDE_DATA_DIR": str(folder / "data")} | ({"TWILIO_AUTH_TOKEN": token} if token else {})
    return await asyncio.to_thread(chairside, folder, command, *arguments, **told)


@pytest.mark.audio
async def test_a_call_that_ends_as_calls_do_is_success(bot: TwilioBot, tmp_path: Path) -> None:
    ended = await call(tmp_path, "--url", bot.url, *TO, "--from", "+12025550199", "--record", "call.wav")
    assert ended.returncode == 0, ended.stderr
    assert "the bot hung up" in ended.stdout
    assert bot.paths() == ["/twilio/voice", "/twilio/status"]
    assert all(asked.signature_ok for asked in bot.asked)
    assert bot.asked[0].fields["From"] == "+12025550199"
    assert (tmp_path / "call.wav").read_bytes()[:4] == b"RIFF"


@pytest.mark.audio
async def test_a_bot_that_refuses_the_call_is_failure(bot: TwilioBot, tmp_path: Path) -> None:
    bot.answer("/twilio/voice", 403)
    ended = await call(tmp_path, "--url", bot.url, *TO)
    assert ended.returncode == 1
    assert "403" in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--url", "http://127.0.0.1:9", *TO], "No server answers at http://127.0.0.1:9"),
        (["--url", "ftp://x", *TO], "not an address"),
        (["--url", "http://x:abc", *TO], "not an address"),
        (["--scenario", "nobody"], "there is no scenario 'nobody'"),
        (["--wav", "missing.wav"], "cannot read missing.wav"),
    ],
)
async def test_what_is_wrong_is_said_in_one_line(arguments: list[str], says: str, tmp_path: Path) -> None:
    ended = await call(tmp_path, *arguments)
    assert ended.returncode == 1
    assert says in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


async def test_without_a_token_and_without_data_the_way_out_is_named(tmp_path: Path) -> None:
    ended = await call(tmp_path, token=None)
    assert ended.returncode == 1
    assert "chairside init" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "data").exists()


@pytest.mark.audio
async def test_somebodys_bot_is_phoned_and_what_it_says_is_judged(bot: TwilioBot, tmp_path: Path) -> None:
    arguments = ("price-of-a-filling", "--line", "echo", "--junit", "told.xml")
    ended = await call(tmp_path, *arguments, "--bot", bot.url, *TO, command="rehearse")
    assert ended.returncode == 1, ended.stderr  # the bot hangs up and tells no price
    assert bot.paths() == ["/twilio/voice", "/twilio/status"]
    assert "never said" in ended.stdout
    assert (tmp_path / "told.xml").read_text().count("<failure") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nobody"], "there is no scenario 'nobody'"),
        (["broken.toml"], "broken.toml is not TOML"),
        (["empty.toml"], "empty.toml: title"),
        (["folder"], "there is no scenario in 'folder'"),
        (["--spelling", "odd"], "There is no spelling odd"),
    ],
)
async def test_what_is_wrong_with_a_scenario_is_said_in_one_line(
    arguments: list[str], says: str, tmp_path: Path
) -> None:
    (tmp_path / "broken.toml").write_text("title = ")
    (tmp_path / "empty.toml").write_text("")
    (tmp_path / "folder").mkdir()
    ended = await call(tmp_path, *arguments, command="rehearse")
    assert ended.returncode == 1
    assert says in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


async def test_a_line_that_does_not_exist_is_named(bot: TwilioBot, tmp_path: Path) -> None:
    ended = await call(tmp_path, "--bot", bot.url, *TO, "--line", "wet", command="rehearse")
    assert ended.returncode != 0
    assert "no line wet; there are clean, voices" in ended.stderr
