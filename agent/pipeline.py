"""The pipeline of a call: one list."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.frames.frames import FunctionCallResultProperties
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMAssistantAggregator,
    LLMContextAggregatorPair,
    LLMUserAggregator,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import FunctionCallHandler, FunctionCallParams
from pipecat.turns.empty_user_turn import EmptyUserTurnConfig
from pipecat.turns.user_start import VADUserTurnStartStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from agent.llm.services import UNCLEAR, conversation
from agent.statements.processor import TruthGate
from agent.telephony.turns import PatientUserTurnStopStrategy, WriteMuteStrategy
from agent.telephony.wire import SAMPLE_RATE_HZ
from config.settings import Settings
from contracts.conversation import text_of
from tools.context import ToolContext
from tools.registry import FUNCTIONS, Function, offered, run_function

_UNCLEAR_ANSWERS = 5
"""Turns in a row that may be answered with no word understood; silence has its own ladder after that."""
_TURN_SECONDS = 8.0
"""Watchdog of pipecat for a turn that no strategy ends."""

Settled = Callable[[], Awaitable[None]]
"""Called when a function's result stands in the conversation."""


@dataclass(frozen=True)
class Ends:
    """The processors that are made outside: the telephone and the services."""

    phone_in: FrameProcessor
    hearing: FrameProcessor
    model: FrameProcessor
    voice: FrameProcessor
    phone_out: FrameProcessor


@dataclass(frozen=True)
class CallPipeline:
    """A call's running parts."""

    worker: PipelineWorker
    user: LLMUserAggregator
    assistant: LLMAssistantAggregator


def build(ends: Ends, context: LLMContext, settings: Settings) -> CallPipeline:
    """Put a call's pipeline together.

    Args:
        context: The conversation, with what was said before when the call is picked up again.

    Returns:
        The worker to run and the two halves of the conversation to listen to.
    """

    def asked() -> str:
        return next((text_of(m) for m in reversed(conversation(context)) if m["role"] == "assistant"), "")

    user, assistant = LLMContextAggregatorPair(
        context,
        user_params=LLMUserAggregatorParams(
            user_turn_strategies=UserTurnStrategies(
                start=[VADUserTurnStartStrategy()],
                stop=[PatientUserTurnStopStrategy(settings.speech, asked)],
            ),
            user_mute_strategies=[WriteMuteStrategy([one.name for one in FUNCTIONS if one.write])],
            user_turn_stop_timeout=_TURN_SECONDS,
            user_idle_timeout=settings.call.silence_seconds,
            empty_user_turn=EmptyUserTurnConfig(
                interrupted_prompt=UNCLEAR,
                idle_prompt=UNCLEAR,
                max_consecutive_recoveries=_UNCLEAR_ANSWERS,
            ),
        ),
    )
    pipeline = Pipeline(
        [
            ends.phone_in,
            ends.hearing,
            user,
            ends.model,
            TruthGate(lambda: conversation(context)),
            ends.voice,
            ends.phone_out,
            assistant,
        ]
    )
    worker = PipelineWorker(
        pipeline,
        params=PipelineParams(audio_in_sample_rate=SAMPLE_RATE_HZ, audio_out_sample_rate=SAMPLE_RATE_HZ),
        # What nobody reads costs a tenth of a call's processor time.
        enable_rtvi=False,
        enable_turn_tracking=False,
        cancel_on_idle_timeout=False,
        idle_timeout_secs=None,
        check_dangling_tasks=False,
    )
    return CallPipeline(worker, user, assistant)


def schemas(tools: ToolContext, settled: Settled) -> list[FunctionSchema]:
    """Offer the assistant's functions to the model, with the code behind them.

    Args:
        settled: Called after each result has become part of the conversation.
    """
    return [
        FunctionSchema(
            name=function.name,
            description=function.description,
            properties=function.parameters["properties"],
            required=function.parameters["required"],
            handler=_handler(function, tools, settled),
        )
        for function in offered(tools)
    ]


def _handler(function: Function, tools: ToolContext, settled: Settled) -> FunctionCallHandler:
    async def handle(params: FunctionCallParams) -> None:
        result: dict[str, Any] = await run_function(tools, function.name, dict(params.arguments))
        await params.result_callback(
            result,
            properties=FunctionCallResultProperties(
                # Once the call is to end, nothing more is to be said.
                run_llm=False if tools.ending.ending else None,
                on_context_updated=settled,
            ),
        )

    return handle
