"""The examples about phoning a bot, run as a person runs them."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.fakes.processes import running
from tests.fakes.twilio_bot import HANG_UP, TOKEN, Answer, BotCall, TwilioBot, tone

pytestmark = pytest.mark.audio

ROOT = Path(__file__).parents[2]
NEXT: dict[str, list[Answer]] = {"/twilio/voice/next": [HANG_UP]}


async def run(example: str, bot: TwilioBot, folder: Path) -> tuple[int, str]:
    async with running(
        *(sys.executable, str(ROOT / "examples" / example), bot.url, "+12025550142", TOKEN),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    ) as process:
        output, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, output.decode()


async def test_phoning_a_bot_prints_the_call_and_records_it(tmp_path: Path) -> None:
    async def talk(call: BotCall) -> None:
        await call.say(tone(1.0))
        await call.mark("said")
        await call.marked("said")

    async with TwilioBot(talk, NEXT) as bot:
        code, output = await run("01_phone_a_bot.py", bot, tmp_path)
    assert code == 0, output
    assert "the bot hung up" in output
    assert (tmp_path / "call.wav").stat().st_size > 16_000


async def test_a_caller_of_ones_own_interrupts_and_leaves(tmp_path: Path) -> None:
    async def talk(call: BotCall) -> None:
        await call.say(tone(5.0))
        await call.listen()
        await call.clear()
        await call.stopped.wait()

    async with TwilioBot(talk, NEXT) as bot:
        code, output = await run("02_write_a_caller.py", bot, tmp_path)
    assert code in {0, 1}, output
    assert "Hello, where can I park?" in output
    assert "the caller hung up" in output


def test_every_example_is_short_enough_to_read() -> None:
    for example in (ROOT / "examples").glob("*.py"):
        assert len(example.read_text().splitlines()) < 80, example.name
