"""The pipeline of a call: one list."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.frames.frames import FunctionCallResultProperties
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMAssistantAggregator,
    LLMUserAggregator,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import FunctionCallHandler, FunctionCallParams
from pipecat.turns.empty_user_turn import EmptyUserTurnConfig
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from agent.danger.processor import Run
from agent.llm.services import UNCLEAR, ReceptionistMixin, conversation
from agent.statements.check import StatementCheck
from agent.statements.processor import TruthGate
from agent.telephony.floor import WordsUserTurnStartStrategy
from agent.telephony.keypad import Keypad
from agent.telephony.patience import ONE_WORD, Awaited, Expected
from agent.telephony.transport import PhoneInput, PhoneOutput
from agent.telephony.turns import (
    HoldMuteStrategy,
    PatientUserTurnStopStrategy,
    TurnAggregator,
    WriteMuteStrategy,
)
from agent.telephony.wire import SAMPLE_RATE_HZ
from config.settings import Settings
from contracts.conversation import FunctionCall
from tools.context import ToolContext
from tools.registry import FUNCTIONS, offered

_UNCLEAR_ANSWERS = 5
"""Turns in a row that may be answered with no word understood; silence has its own ladder after that."""
_TURN_SECONDS = 4.0
"""Watchdog of pipecat for a turn that no strategy ends, beyond the longest recognition."""

Settled = Callable[[], Awaitable[None]]
"""Called when a function's result stands in the conversation."""


@dataclass(frozen=True)
class Ends:
    """The processors that are made outside: the telephone, the danger check and the services."""

    phone_in: PhoneInput
    hearing: FrameProcessor
    danger: FrameProcessor
    model: ReceptionistMixin
    voice: FrameProcessor
    phone_out: PhoneOutput


@dataclass(frozen=True)
class CallPipeline:
    """A call's running parts."""

    worker: PipelineWorker
    user: LLMUserAggregator
    assistant: LLMAssistantAggregator


def build(
    ends: Ends,
    context: LLMContext,
    settings: Settings,
    *,
    held: Callable[[], bool],
    ending: Callable[[], bool],
    awaited: Callable[[], Awaited],
    check: StatementCheck,
) -> CallPipeline:
    """Put a call's pipeline together.

    Args:
        context: The conversation, with what was said before when the call is picked up again.
        held: Tells whether the caller cannot be listened to just now.
        ending: Tells whether the call is about to end.
        awaited: Tells what answer the bot's last question wants.
        check: What the model's sentences are held against.

    Returns:
        The worker to run and the two halves of the conversation to listen to.
    """

    def expected() -> Expected:
        return awaited().kind

    ends.phone_in.awaits_word = lambda: expected() in ONE_WORD
    speech = settings.speech
    assistant = LLMAssistantAggregator(context)
    user = TurnAggregator(
        context,
        params=LLMUserAggregatorParams(
            user_turn_strategies=UserTurnStrategies(
                start=[
                    WordsUserTurnStartStrategy(
                        speech,
                        ends.phone_out,
                        ends.phone_in.ear,
                        ending=ending,
                    )
                ],
                stop=[PatientUserTurnStopStrategy(speech, awaited)],
            ),
            user_mute_strategies=[
                WriteMuteStrategy([one.name for one in FUNCTIONS if one.write]),
                HoldMuteStrategy(held),
            ],
            user_turn_stop_timeout=speech.recognition_wait_seconds + _TURN_SECONDS,
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
            Keypad(speech.keypad_pause_seconds, expected),
            user,
            ends.danger,
            ends.model,
            TruthGate(check, lambda: conversation(context)),
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


def schemas(tools: ToolContext, run: Run, settled: Settled) -> list[FunctionSchema]:
    """Offer the assistant's functions to the model, with the code behind them.

    Args:
        run: Runs one of them.
        settled: Called after each result has become part of the conversation.
    """
    return [
        FunctionSchema(
            name=function.name,
            description=function.description,
            properties=function.parameters["properties"],
            required=function.parameters["required"],
            handler=_handler(tools, run, settled),
        )
        for function in offered(tools)
    ]


def _handler(tools: ToolContext, run: Run, settled: Settled) -> FunctionCallHandler:
    async def handle(params: FunctionCallParams) -> None:
        result = await run(
            FunctionCall(params.tool_call_id, params.function_name, dict(params.arguments)), tools
        )
        await params.result_callback(
            result,
            properties=FunctionCallResultProperties(
                on_context_updated=settled,
            ),
        )

    return handle
