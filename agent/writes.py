"""Functions that change something in the world go on when the call that asked for them does not."""

import asyncio
import json
from collections.abc import Collection, Coroutine
from dataclasses import dataclass
from typing import Any

from config.logs import get_logger
from contracts.conversation import FunctionCall, Message
from tools.function import Result

_log = get_logger(__name__)


@dataclass(frozen=True)
class Write:
    """A function under way, or done."""

    call: FunctionCall
    task: asyncio.Task[Result]

    def asked(self) -> Message:
        """Give the message that asks for it."""
        function = {"name": self.call.name, "arguments": json.dumps(self.call.arguments, ensure_ascii=False)}
        return {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": self.call.id, "type": "function", "function": function}],
        }


class Writes:
    """The writing functions of one call."""

    def __init__(self) -> None:
        self._writes: dict[str, Write] = {}

    async def run(self, call: FunctionCall, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a function to its end, whatever becomes of whoever waits for it here."""
        write = Write(call, asyncio.create_task(work))
        self._writes[call.id] = write
        return await asyncio.shield(write.task)

    def unrecorded(self, recorded: Collection[str]) -> list[Write]:
        """List those whose results are not among the ``recorded`` ones, by the ids of the calls."""
        return [one for one in self._writes.values() if one.call.id not in recorded]


async def result_message(write: Write) -> Message | None:
    """Wait for a function's outcome; None when it broke, and nobody knows."""
    try:
        result = await asyncio.shield(write.task)
    except asyncio.CancelledError:
        if write.task.cancelled():
            return None
        raise
    except Exception:  # noqa: BLE001 - the edge of a function that nobody waits for any more
        _log.exception("function broke after its call had ended", function=write.call.name)
        return None
    return result_of(write.call, result)


def result_of(call: FunctionCall, result: Result) -> Message:
    """Give the message that holds a function's result."""
    return {"role": "tool", "tool_call_id": call.id, "content": json.dumps(result, ensure_ascii=False)}
