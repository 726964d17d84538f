"""One of pipecat's services outside of a pipeline: frames go in, and what comes out is handed on.

So a vendor's service can be watched over by ours, whatever its class does with the pipeline around it; and it
connects while the greeting is spoken, instead of before.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from pipecat.clocks.system_clock import SystemClock
from pipecat.frames.frames import CancelFrame, Frame, StartFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.utils.asyncio.task_manager import TaskManager

from agent.telephony.wire import SAMPLE_RATE_HZ
from config.logs import get_logger

_log = get_logger(__name__)
_MOST_WAITING = 4000
"""Frames that are kept for a service that is still connecting."""

Take = Callable[[Frame], Awaitable[None]]


class _End(FrameProcessor):
    """Stands before and behind the service, and hands on what it pushes."""

    def __init__(self, take: Take) -> None:
        super().__init__()
        self._take = take

    async def queue_frame(
        self,
        frame: Frame,
        direction: FrameDirection = FrameDirection.DOWNSTREAM,  # noqa: ARG002 - either way it came out
        callback: object = None,  # noqa: ARG002 - pipecat's own
    ) -> None:
        """Take a frame."""
        await self._take(frame)


class HostedService:
    """A service that runs by itself."""

    def __init__(self, service: FrameProcessor, take: Take) -> None:
        """Make the host (`take`: called with each frame that the service pushes, up or down)."""
        self._service = service
        ends = _End(take), _End(take)
        ends[0].link(service)
        service.link(ends[1])
        self._waiting: deque[Frame] = deque(maxlen=_MOST_WAITING)
        self._opening: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()
        """Set once the service has connected, or has given that up."""

    def open(self, setup: FrameProcessorSetup | None = None) -> None:
        """Start and connect the service, without waiting for it."""
        self._opening = asyncio.ensure_future(self._open(setup or _own_setup()))

    async def _open(self, setup: FrameProcessorSetup) -> None:
        try:
            await self._service.setup(setup)
            await self._service.queue_frame(StartFrame())
            while self._waiting:
                await self._service.queue_frame(self._waiting.popleft())
        except Exception as error:  # noqa: BLE001 - the edge: a vendor's library raises what it likes
            _log.warning("a speech vendor could not be reached", error=type(error).__name__)
        finally:
            self.ready.set()

    async def put(self, frame: Frame) -> None:
        """Give the service a frame; it waits while the service is still connecting."""
        if self.ready.is_set():
            await self._service.queue_frame(frame)
        else:
            self._waiting.append(frame)

    @property
    def connection(self) -> object:
        """What the service is connected by; None when it is not, itself where it needs none."""
        held = [getattr(self._service, name, self._service) for name in ("_websocket", "_connection")]
        return (
            None if None in held else next((one for one in held if one is not self._service), self._service)
        )

    @property
    def usable(self) -> bool:
        """Whether there is a service to speak of: connected, and not given up."""
        return self.ready.is_set() and self._service.is_usable and self.connection is not None

    async def close(self) -> None:
        """End the service with its connection."""
        if self._opening is None:
            return
        opening, self._opening = self._opening, None
        if not opening.done():
            opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        await self._service.queue_frame(CancelFrame())
        await self._service.cleanup()


def _own_setup() -> FrameProcessorSetup:
    return FrameProcessorSetup(
        clock=SystemClock(),
        task_manager=TaskManager(),
        pipeline_worker=None,  # type: ignore[arg-type] # nothing here asks for it
        audio_in_sample_rate=SAMPLE_RATE_HZ,
        audio_out_sample_rate=SAMPLE_RATE_HZ,
    )
