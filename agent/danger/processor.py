"""The danger check in a call's pipeline: it answers before the model does, or lets the turn pass."""

import json
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from pipecat.frames.frames import Frame, LLMContextFrame, TTSSpeakFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.danger.stage import PERSON, Alarm, alarm_for
from contracts.conversation import FunctionCall, Message
from tools.context import ToolContext
from tools.function import Result

Run = Callable[[FunctionCall, ToolContext], Awaitable[Result]]
"""Runs a function, and sees to its outcome."""


class DangerCheck(FrameProcessor):
    """Stands between the caller's turn and whoever answers it."""

    def __init__(
        self,
        messages: Callable[[], Sequence[Message]],
        tools: ToolContext,
        run: Run,
        settled: Callable[[], Awaitable[None]],
        leaves: Callable[[], bool],
    ) -> None:
        """Make the check.

        Args:
            settled: Called when what became of asking for a person stands in the conversation.
            leaves: Tells whether the turn is left to the call's next stream, and is not answered here.
        """
        super().__init__()
        self._messages = messages
        self._tools = tools
        self._run = run
        self._settled = settled
        self._leaves = leaves

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Answer a turn in which somebody is in danger; let everything else pass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMContextFrame) and direction is FrameDirection.DOWNSTREAM:
            alarm = await alarm_for(self._messages(), self._tools)
            if alarm is not None:
                await self._say(alarm.say)
                if alarm.request is not None:
                    # Whatever the caller says into it, the person is asked for.
                    self.create_task(self._ask_for_a_person(alarm, frame.context))
                return
            if self._leaves():
                return
        await self.push_frame(frame, direction)

    async def _ask_for_a_person(self, alarm: Alarm, context: LLMContext) -> None:
        if alarm.request is None:
            return
        call = FunctionCall(f"call_{uuid.uuid4().hex[:24]}", PERSON, alarm.request.arguments())
        result = await self._run(call, replace(self._tools, ring=alarm.request.ring))
        function = {"name": call.name, "arguments": json.dumps(call.arguments)}
        context.add_messages(
            [
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [{"id": call.id, "type": "function", "function": function}],  # type: ignore[typeddict-item, list-item, unused-ignore]
                },
                {"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)},
            ]
        )
        await self._say(alarm.after(str(result.get("status", ""))))
        await self._settled()

    async def _say(self, words: str) -> None:
        await self.push_frame(TTSSpeakFrame(words, append_to_context=True))
