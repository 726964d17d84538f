"""The conversation is written down as it happens: each message once, in order, when it is whole."""

import asyncio
from typing import cast

import pytest
from pipecat.processors.aggregators.llm_context import LLMContext, LLMContextMessage

from agent.llm.services import UNCLEAR
from agent.transcript import Transcript
from contracts.conversation import Message
from tools.context import Ending


class Log:
    """Keeps messages; can be told to fail once, or to be slow."""

    def __init__(self) -> None:
        self.kept: list[Message] = []
        self.fail_once = False
        self.grew = asyncio.Event()

    async def append(self, message: Message) -> None:
        await asyncio.sleep(0)
        if self.fail_once:
            self.fail_once = False
            raise OSError("disk full")
        self.kept.append(dict(message))
        self.grew.set()

    async def end(self, ending: Ending) -> None:
        raise AssertionError(f"nobody ends here: {ending.kind}")

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.kept) < count:
                self.grew.clear()
                await self.grew.wait()


def said(role: str, content: str) -> LLMContextMessage:
    return cast("LLMContextMessage", {"role": role, "content": content})


def call(status: str) -> list[LLMContextMessage]:
    function = {"name": "search_availability", "arguments": "{}"}
    return [
        cast(
            "LLMContextMessage",
            {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function", "function": function}]},
        ),
        cast("LLMContextMessage", {"role": "tool", "tool_call_id": "c1", "content": status}),
    ]


@pytest.fixture
def log() -> Log:
    return Log()


async def test_messages_are_written_as_they_come_and_once(log: Log) -> None:
    context = LLMContext([said("assistant", "before")])
    transcript = Transcript(context, log, recorded=1)
    transcript.start()
    for number in range(3):
        context.add_message(said("user", f"words {number}"))
        transcript.changed()
        await log.until(number + 1)
    await transcript.stop()
    assert [m["content"] for m in log.kept] == ["words 0", "words 1", "words 2"]


async def test_a_result_is_written_when_it_is_there_and_what_follows_waits_for_it(log: Log) -> None:
    context = LLMContext([])
    transcript = Transcript(context, log, recorded=0)
    transcript.start()
    context.add_messages([*call("IN_PROGRESS"), said("assistant", "One moment.")])
    transcript.changed()
    await log.until(1)
    cast("dict[str, str]", context.get_messages()[1])["content"] = '{"status": "ok"}'
    transcript.changed()
    await log.until(3)
    await transcript.stop()
    assert [m.get("content") for m in log.kept] == [None, '{"status": "ok"}', "One moment."]


async def test_what_is_left_is_written_at_the_end(log: Log) -> None:
    context = LLMContext([])
    transcript = Transcript(context, log, recorded=0)
    transcript.start()
    context.add_messages([*call("IN_PROGRESS"), said("user", "Hello?")])
    await transcript.stop()
    assert len(log.kept) == 3


async def test_a_message_that_cannot_be_written_does_not_stop_the_rest(log: Log) -> None:
    context = LLMContext([said("user", "lost"), said("assistant", "kept")])
    log.fail_once = True
    transcript = Transcript(context, log, recorded=0)
    transcript.start()
    transcript.changed()
    await log.until(1)
    await transcript.stop()
    assert [m["content"] for m in log.kept] == ["kept"]


async def test_speech_without_words_is_a_message_without_text(log: Log) -> None:
    transcript = Transcript(LLMContext([said("developer", UNCLEAR)]), log, recorded=0)
    transcript.start()
    await transcript.stop()
    assert log.kept == [{"role": "user", "content": ""}]
