"""Writes the conversation down as it happens, message by message, without making anyone wait."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol, cast

from pipecat.processors.aggregators.llm_context import LLMContext, LLMContextMessage

from agent.llm.services import conversation
from agent.writes import Write, Writes, result_message
from config.logs import get_logger
from contracts.conversation import Message
from tools.context import Ending

_log = get_logger(__name__)

_TO_COME = "IN_PROGRESS"
"""What pipecat writes where a function's result will stand."""
_FLUSH_SECONDS = 5.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.25, 5.0


class RecordUnavailable(Exception):
    """What keeps the record cannot be reached or written just now; later it may."""


class StreamReplaced(Exception):
    """Another stream of the same call has taken over: what this one knows is not wanted any more."""


class CallLog(Protocol):
    """Where a call's messages and its ending are kept."""

    async def append(self, message: Message) -> None:
        """Keep the next message, or raise RecordUnavailable, or StreamReplaced for good."""

    def ends(self, ending: Ending) -> None:
        """Know how the call shall end, also while that cannot be kept."""

    async def end(self, ending: Ending) -> None:
        """Keep how the call shall end; asked for when the stream is over.

        Raises:
            RecordUnavailable: It cannot be kept just now.
            StreamReplaced: It is not to be kept at all.
        """

    async def measured(self, answers_ms: Sequence[int]) -> None:
        """Keep how long the caller waited for each answer on this stream, or raise RecordUnavailable."""


class Transcript:
    """Follows a context and hands each finished message to the log, in order, once.

    What cannot be written is kept, with all that comes after it, and tried again until it can be.
    """

    def __init__(self, context: LLMContext, log: CallLog, recorded: int) -> None:
        """Make the transcript, of which the log holds the first ``recorded`` messages already."""
        self._context = context
        self._log = log
        self._next = recorded
        self._unwritten: deque[Message | Ending] = deque()
        self._changed = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._task: asyncio.Task[None] | None = None
        self.replaced = asyncio.Event()
        """Set when another stream of the call has taken over."""
        self.returned: set[str] = set()
        """Ids of the function calls whose results were handed to the log."""

    def start(self) -> None:
        """Begin to follow."""
        self._task = asyncio.create_task(self._follow())

    def changed(self) -> None:
        """Tell that the conversation has grown."""
        self._gather(final=False)

    def add(self, message: Message) -> None:
        """Write down a message that is not part of the conversation."""
        self._gather(final=False)
        self._put(message)

    def cut_short(self, part: str | None) -> None:
        """Write down the part of an interrupted sentence that the caller had heard."""
        if not part:
            return
        messages = self._context.get_messages()
        last = messages[-1] if messages else None
        if (
            isinstance(last, dict)
            and last.get("role") == "assistant"
            and isinstance(last.get("content"), str)
        ):
            last["content"] = f"{last['content']} {part}—"
        else:
            self._context.add_message({"role": "assistant", "content": f"{part}—"})

    def insert(self, result: Message) -> None:
        """Put a function's result behind its call, in the conversation too."""
        messages = list(self._context.get_messages())
        called = result["tool_call_id"]
        place = next((n for n, one in enumerate(messages) if called in _ids_asked(one)), len(messages) - 1)
        messages.insert(place + 1, cast("LLMContextMessage", dict(result)))
        self._context.set_messages(messages)
        self._next += 1
        self._put(result)

    async def stop(
        self, ending: Ending | None, writes: Writes, last: Message | None = None
    ) -> Coroutine[Any, Any, None]:
        """Write down what is left; not for longer than a moment.

        Args:
            ending: How the bot ended the call.
            writes: Functions whose results are to be kept, whenever they come.
            last: A message that is not part of the conversation, to stand behind all that was said.

        Returns:
            The rest of the work: done when everything is written, results that come late among it.
        """
        self._gather(final=True)
        late = writes.unrecorded(self.returned)
        asked = {called for one in self._context.get_messages() for called in _ids_asked(one)}
        for write in late:
            if write.call.id not in asked:
                self._put(write.asked())
        if last is not None:
            self._put(last)
        if ending is not None:
            if not self.replaced.is_set():
                self._log.ends(ending)  # the carrier asks for it once the stream is closed
            self._put(ending)
        try:
            await asyncio.wait_for(self._empty.wait(), _FLUSH_SECONDS)
        except TimeoutError:
            _log.warning("transcript is behind", messages=len(self._unwritten))
        return self._finish(late)

    async def _finish(self, late: Sequence[Write]) -> None:
        try:
            for write in late:
                if message := await result_message(write):
                    self._put(message)
            await self._empty.wait()
        finally:
            if self._task:
                self._task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await self._task
            if self._unwritten:
                _log.error("transcript is incomplete", messages=len(self._unwritten))

    def _put(self, entry: Message | Ending) -> None:
        if self.replaced.is_set():
            return
        self._unwritten.append(entry)
        if isinstance(entry, dict) and entry.get("role") == "tool":
            self.returned.add(str(entry.get("tool_call_id")))
        self._empty.clear()
        self._changed.set()

    def _gather(self, *, final: bool) -> None:
        """Take over the messages that are whole; what follows a result that has not come waits for it."""
        messages = conversation(self._context)
        while self._next < len(messages):
            message = messages[self._next]
            to_come = message.get("content") == _TO_COME
            if to_come and not final:
                return
            self._next += 1
            if not to_come:
                self._put(message)

    async def _follow(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self._write_out()

    async def _write_out(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while self._unwritten:
            entry = self._unwritten[0]
            try:
                await (self._log.end(entry) if isinstance(entry, Ending) else self._log.append(entry))
            except StreamReplaced:
                _log.warning("another stream has taken the call over", messages=len(self._unwritten))
                self._unwritten.clear()
                self.replaced.set()
                break
            except RecordUnavailable:
                _log.warning("transcript waits for the database", messages=len(self._unwritten))
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
                continue
            except Exception:  # noqa: BLE001 - the call goes on without this message; the log tells
                _log.exception("transcript message lost")
            pause = _FIRST_PAUSE_SECONDS
            self._unwritten.popleft()
        self._empty.set()


def _ids_asked(message: object) -> list[str]:
    return [call["id"] for call in message.get("tool_calls") or ()] if isinstance(message, dict) else []
