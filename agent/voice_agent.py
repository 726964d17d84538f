"""The agent that holds all calls of a process."""

import asyncio
from collections.abc import Callable

from agent.briefing import Adapt, Briefings
from agent.call import Call
from agent.call_start import CallStart
from agent.chat import ChatAgent
from agent.delegation import AssistantDelegate
from agent.dialogue.responses import greeting
from agent.endings import warn_daily
from agent.services import AgentServices
from agent.speech.pronunciation import pronounced
from agent.telephony.transport import MediaSocket
from agent.transcript import CallLog
from agent.warm_up import warm_up
from config.settings import Settings
from kit.clock import Clock
from knowledge.chunk import Chunk
from knowledge.search.index import KnowledgeIndex


class VoiceAgent:
    """Everything that the calls of a process share."""

    _services: AgentServices | None = None

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        briefings: Briefings,
        load: Callable[[Settings], AgentServices] = AgentServices.load,
    ) -> None:
        """Make the agent; nothing is loaded before `start`.

        Args:
            briefings: What the bots know, shared with the chat.
            load: Loads the hearing, the model and the voice, off the event loop.
        """
        self._settings = settings
        self._load = load
        self._clock = clock
        self._briefings = briefings
        self._chat_agent = ChatAgent(settings)
        self._others = AssistantDelegate(briefings, self._chat_agent)
        self._calls: dict[asyncio.Task[None], Call] = {}
        self._after: set[asyncio.Task[None]] = set()
        self._endings: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load the models, off the event loop."""
        services, *_ = await asyncio.gather(
            asyncio.to_thread(self._load, self._settings),
            # The search library takes its time to load; better now than in the first call.
            asyncio.to_thread(KnowledgeIndex.build, [("warm-up.txt", [Chunk("Parking is free.")])]),
            asyncio.to_thread(warm_up),
        )
        await services.warm_up()
        self._services = services
        self._endings = asyncio.create_task(warn_daily(self._settings))

    @property
    def ready(self) -> bool:
        """Whether calls can be taken."""
        return self._services is not None

    def silent_vendors(self) -> list[str]:
        """List the vendors' services that are left alone for a while: ``model``, ``hearing``, ``voice``."""
        breakers = self._services.breakers | self._services.speech.breakers if self._services else {}
        return [name for name, breaker in breakers.items() if breaker.is_open]

    def speech_queue(self) -> float:
        """Give how many jobs wait for the local speech models, for each that is worked on at once."""
        return self._services.speech.queue if self._services else 0.0

    @property
    def calls(self) -> int:
        """Calls in progress."""
        return len(self._calls)

    async def move_calls(self) -> None:
        """Let the calls in progress go on elsewhere; see `Call.move`.

        Done when what was said on them is written down: whoever goes on with them reads it.
        """
        moving: dict[asyncio.Task[None], asyncio.Task[None]] = {}
        while self._calls:  # one more may come whose socket was on its way
            for running in self._calls.keys() - moving.keys():
                moving[running] = asyncio.create_task(self._calls[running].move())
            await asyncio.wait(self._calls, return_when=asyncio.FIRST_COMPLETED)
        for one in moving.values():
            one.cancel()
        await asyncio.gather(*moving.values(), return_exceptions=True)

    async def stop(self) -> None:
        """End the calls that are still in progress."""
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        if self._after:
            # A booking that was under way is not thrown away with the process.
            await asyncio.wait(self._after, timeout=self._settings.partner.total_seconds)
        for rest in self._after:
            rest.cancel()
        await asyncio.gather(*self._after, return_exceptions=True)
        if self._endings:
            self._endings.cancel()
            await asyncio.gather(self._endings, return_exceptions=True)
        if self._services:
            await self._services.close()
        await self._chat_agent.close()

    async def prepare(self, bot_id: str, assistant_id: int | None = None, version: int | None = None) -> None:
        """Fetch what a bot needs, and synthesise its greeting, before its call is connected.

        Args:
            assistant_id: The assistant that was chosen for the call; None is the bot's own.
            version: The version of it; None is the latest.
        """
        briefing = await self._briefings.get(bot_id, assistant_id=assistant_id, version=version)
        if self._services:
            await self._services.rehearse(pronounced(greeting(briefing.facts), briefing.facts))

    async def run_call(
        self, start: CallStart, socket: MediaSocket, log: CallLog, *, adapt: Adapt | None = None
    ) -> None:
        """Hold one call, from an open media stream to its end.

        Args:
            socket: The media stream, its ``start`` message already read.
            log: Where messages and the ending are kept.
            adapt: Changes what the bot works with, such as its calendar in a rehearsal.
        """
        if self._services is None:
            raise RuntimeError("the agent has not been started")
        briefing = await self._briefings.get(
            start.bot_id,
            assistant_id=start.assistant_id,
            version=start.assistant_version,
            practice_name=start.practice_name,
            timezone=start.timezone,
            patience_seconds=self._settings.site.patience_seconds,
        )
        if adapt is not None:
            briefing = adapt(briefing)
        call = Call(
            start=start,
            socket=socket,
            log=log,
            briefing=briefing,
            services=self._services,
            clock=self._clock,
            settings=self._settings,
            ask=self._others.ask_for(start.bot_id, start.call_id) if adapt is None else None,
        )
        task = asyncio.ensure_future(call.run())
        self._calls[task] = call
        task.add_done_callback(self._calls.pop)
        try:
            await task
        finally:
            if call.after is not None:
                self._after.add(call.after)
                call.after.add_done_callback(self._after.discard)
