"""Writes the conversation down as it happens, message by message, without making anyone wait."""

import asyncio
from typing import Protocol

from pipecat.processors.aggregators.llm_context import LLMContext

from agent.llm.services import conversation
from config.logs import get_logger
from contracts.conversation import Message
from tools.context import Ending

_log = get_logger(__name__)

_UNSETTLED = "IN_PROGRESS"
"""What pipecat writes where a function's result will stand."""
_FLUSH_SECONDS = 5.0


class CallLog(Protocol):
    """Where a call's messages and its ending are kept."""

    async def append(self, message: Message) -> None:
        """Keep the next message."""

    async def end(self, ending: Ending) -> None:
        """Keep how the call shall end; asked for when the stream is over."""


class Transcript:
    """Follows a context and hands each finished message to the log, in order, once."""

    def __init__(self, context: LLMContext, log: CallLog, recorded: int) -> None:
        """Make the transcript.

        Args:
            recorded: How many of the context's messages the log holds already.
        """
        self._context = context
        self._log = log
        self._next = recorded
        self._changed = asyncio.Event()
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow."""
        self._task = asyncio.create_task(self._follow())

    def changed(self) -> None:
        """Tell that the conversation has grown."""
        self._changed.set()

    async def stop(self) -> None:
        """Write down what is left, and end."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        try:
            await asyncio.wait_for(self._write(final=True), _FLUSH_SECONDS)
        except TimeoutError:
            _log.error("transcript is incomplete")

    async def _follow(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await asyncio.shield(self._write(final=False))

    async def _write(self, *, final: bool) -> None:
        async with self._writing:
            messages = conversation(self._context)
            while self._next < len(messages):
                message = messages[self._next]
                if message.get("content") == _UNSETTLED and not final:
                    return
                self._next += 1
                try:
                    await self._log.append(message)
                except Exception:  # noqa: BLE001 - the call goes on without its record; the log tells
                    _log.exception("transcript message lost")
