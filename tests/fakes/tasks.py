"""What pipecat hands to a turn strategy in a running pipeline."""

from pipecat.clocks.system_clock import SystemClock
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameProcessorSetup
from pipecat.utils.asyncio.task_manager import TaskManager


def processor_setup() -> FrameProcessorSetup:
    """Give a set-up whose tasks run on the present event loop."""
    return FrameProcessorSetup(
        clock=SystemClock(), task_manager=TaskManager(), pipeline_worker=PipelineWorker(Pipeline([]))
    )
