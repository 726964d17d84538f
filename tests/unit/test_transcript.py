"""The conversation is written down as it happens: each message once, in order, when it is whole."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import cast

import pytest
from pipecat.processors.aggregators.llm_context import LLMContext, LLMContextMessage

from agent.llm.services import UNCLEAR
from agent.transcript import RecordUnavailable, StreamReplaced, Transcript
from agent.writes import Writes
from contracts.conversation import FunctionCall, Message
from tests.fakes.hurried_loop import HurriedLoop
from tools.context import Ending


class Log:
    """Keeps messages and the ending; fails by ``troubles``, one a try, and while it is away."""

    def __init__(self) -> None:
        self.kept: list[Message] = []
        self.ending: Ending | None = None
        self.known: Ending | None = None
        self.troubles: list[Exception] = []
        self.away_until = 0.0
        self.tries = 0
        self.grew = asyncio.Event()

    async def append(self, message: Message) -> None:
        await self._try()
        self.kept.append(dict(message))

    def ends(self, ending: Ending) -> None:
        self.known = ending

    async def end(self, ending: Ending) -> None:
        await self._try()
        self.ending = ending

    async def measured(self, answers_ms: Sequence[int]) -> None:  # noqa: ARG002 - no test asks
        await self._try()

    async def _try(self) -> None:
        await asyncio.sleep(0)
        self.tries += 1
        self.grew.set()
        if self.troubles:
            raise self.troubles.pop(0)
        if asyncio.get_running_loop().time() < self.away_until:
            raise RecordUnavailable

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
    await (await transcript.stop(None, Writes()))
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
    await (await transcript.stop(None, Writes()))
    assert [m.get("content") for m in log.kept] == [None, '{"status": "ok"}', "One moment."]


async def test_at_the_end_all_is_written_but_a_result_that_has_not_come(log: Log) -> None:
    context = LLMContext([])
    transcript = Transcript(context, log, recorded=0)
    transcript.start()
    context.add_messages([*call("IN_PROGRESS"), said("user", "Hello?")])
    await (await transcript.stop(Ending("hang_up", "done"), Writes()))
    assert [m["role"] for m in log.kept] == ["assistant", "user"]
    assert log.ending == Ending("hang_up", "done")


async def test_a_result_that_comes_after_the_call_is_written_under_its_own_id(log: Log) -> None:
    context = LLMContext([])
    transcript = Transcript(context, log, recorded=0)
    transcript.start()
    context.add_messages(call("IN_PROGRESS"))
    writes, answer = Writes(), asyncio.Event()

    async def book() -> dict[str, str]:
        await answer.wait()
        return {"status": "booked"}

    waiting = asyncio.create_task(writes.run(FunctionCall("c1", "book_appointment", {}), book()))
    await asyncio.sleep(0)
    waiting.cancel()  # as the pipeline does with the call
    rest = asyncio.create_task(await transcript.stop(None, writes))
    assert [m["role"] for m in log.kept] == ["assistant"]
    answer.set()
    await rest
    assert log.kept[1] == {"role": "tool", "tool_call_id": "c1", "content": '{"status": "booked"}'}


async def test_what_cannot_be_written_is_kept_and_written_later_in_order(log: Log) -> None:
    context = LLMContext([said("user", "one"), said("assistant", "two")])
    log.troubles = [RecordUnavailable(), RecordUnavailable()]
    transcript = Transcript(context, log, recorded=0)
    transcript.start()
    transcript.changed()
    await (await transcript.stop(Ending("hang_up", "done"), Writes()))
    assert [m["content"] for m in log.kept] == ["one", "two"]
    assert log.ending is not None
    assert log.tries == 5


async def test_how_the_call_ends_is_known_before_it_can_be_written(log: Log) -> None:
    ending = Ending("hang_up", "done")
    log.away_until = asyncio.get_running_loop().time() + 60
    transcript = Transcript(LLMContext([]), log, recorded=0)
    transcript.start()
    stopping = asyncio.create_task(transcript.stop(ending, Writes()))
    async with asyncio.timeout(20):
        await log.grew.wait()
    assert (log.known, log.ending) == (ending, None)
    log.away_until = 0.0
    await (await stopping)
    assert log.ending == ending


def test_messages_are_kept_for_an_hour_without_a_database() -> None:
    log, hours = Log(), HurriedLoop()
    log.away_until = hours.time() + 3600

    async def hold_a_call() -> float:
        context = LLMContext([said("user", "one"), said("assistant", "two")])
        transcript = Transcript(context, log, recorded=0)
        transcript.start()
        transcript.changed()
        context.add_message(said("user", "three"))
        await (await transcript.stop(Ending("hang_up", "done"), Writes()))
        return hours.time()

    with contextlib.closing(hours):
        written = hours.run_until_complete(hold_a_call())
    assert [m["content"] for m in log.kept] == ["one", "two", "three"]
    assert log.ending is not None
    assert written < log.away_until + 10, "once the database is back"


async def test_what_is_noted_of_the_end_stands_behind_what_was_said_until_then(log: Log) -> None:
    context = LLMContext([said("user", "one")])
    transcript = Transcript(context, log, recorded=0)
    transcript.start()
    transcript.changed()
    await log.until(1)
    context.add_message(said("assistant", "two"))
    await (await transcript.stop(None, Writes(), {"role": "system", "content": "moved"}))
    assert [m["content"] for m in log.kept] == ["one", "two", "moved"]


async def test_a_message_that_can_never_be_written_does_not_stop_the_rest(log: Log) -> None:
    context = LLMContext([said("user", "lost"), said("assistant", "kept")])
    log.troubles = [ValueError("no text")]
    transcript = Transcript(context, log, recorded=0)
    transcript.start()
    await (await transcript.stop(None, Writes()))
    assert [m["content"] for m in log.kept] == ["kept"]


async def test_a_stream_that_was_replaced_writes_nothing_more_and_is_told(log: Log) -> None:
    context = LLMContext([said("user", "of a ghost")])
    log.troubles = [StreamReplaced()]
    transcript = Transcript(context, log, recorded=0)
    transcript.start()
    transcript.changed()
    await transcript.replaced.wait()
    context.add_message(said("assistant", "Are you still there?"))
    await (await transcript.stop(Ending("hang_up", "the caller said nothing"), Writes()))
    assert (log.kept, log.ending, log.tries) == ([], None, 1)


async def test_speech_without_words_is_a_message_without_text(log: Log) -> None:
    transcript = Transcript(LLMContext([said("developer", UNCLEAR)]), log, recorded=0)
    transcript.start()
    await (await transcript.stop(None, Writes()))
    assert log.kept == [{"role": "user", "content": ""}]
