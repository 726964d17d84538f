"""One phone call, from the first frame to the last word, and the agent that holds all of them."""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass

from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import EndFrame, LLMRunFrame, TTSSpeakFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import AssistantTurnStoppedMessage
from pipecat.workers.runner import WorkerRunner

from agent.briefing import Briefing, Briefings
from agent.chat import ChatAgent
from agent.delegation import AssistantDelegate
from agent.llm.services import conversation
from agent.pipeline import CallPipeline, Ends, build, schemas
from agent.receptionist.policy import Action, next_action
from agent.receptionist.responses import goodbye, greeting, silence_prompt
from agent.services import AgentServices
from agent.telephony.transport import LineCounts, MediaSocket, PhoneInput, PhoneOutput
from agent.telephony.vad import SpeechDetector
from agent.transcript import CallLog, Transcript
from config.logs import get_logger
from config.settings import Settings
from contracts.conversation import Message, text_of
from kit.clock import Clock
from knowledge.chunk import Chunk
from knowledge.search.index import KnowledgeIndex, Passage
from tools.context import Ask, Ending
from tools.registry import NOT_OFFERED, offered

_log = get_logger(__name__)

_QUIET_SECONDS = 0.4
_UNSPOKEN_SECONDS = 2.0
_LAST_WORDS_SECONDS = 8.0
"""How long a call that has reached its longest length may take to fall silent."""
_LAST_PROMPT = 3
"""The number at which `silence_prompt` says goodbye."""
_TOO_LONG = "I'm sorry, I have to end our call here. Please call again if there is anything else."
SEARCHED = "Found in the practice's documents."
"""The message on a thread beside which the passages stand that were laid before the model."""
_BACK_AGAIN = "Sorry, the line dropped for a moment."


@dataclass(frozen=True)
class CallStart:
    """What is known when a media stream begins.

    Attributes:
        call_id: The carrier's name of the call (Twilio's CallSid).
        from_number: The caller (E.164), None when withheld.
        to_number: The number called (E.164).
        messages: What was said before, when the stream of a call is connected again.
        practice_name: The practice's name, for a greeting when the endpoints are down.
        assistant_id: The assistant that was chosen for the call; None is the bot's own.
        assistant_version: The version of it that the call began with; None is the latest.
        opening: What to say first when the caller comes back from a hand-off that nobody took.
    """

    call_id: str
    stream_id: str
    bot_id: str
    from_number: str | None
    to_number: str | None
    messages: tuple[Message, ...] = ()
    practice_name: str | None = None
    timezone: str = "UTC"
    assistant_id: int | None = None
    assistant_version: int | None = None
    opening: str | None = None


class Call:
    """A call in progress: builds its pipeline, watches over it, ends it."""

    def __init__(
        self,
        *,
        start: CallStart,
        socket: MediaSocket,
        log: CallLog,
        briefing: Briefing,
        services: AgentServices,
        clock: Clock,
        settings: Settings,
        ask: Ask | None = None,
    ) -> None:
        self._start = start
        self._socket = socket
        self._log = log
        self._briefing = briefing
        self._clock = clock
        self._settings = settings
        self._counts = LineCounts()
        self._context = LLMContext([dict(message) for message in start.messages])  # type: ignore[misc] # JSON passes through
        self._transcript = Transcript(self._context, log, recorded=len(start.messages))
        self._tools = briefing.tools(
            call_id=start.call_id,
            caller_number=start.from_number,
            messages=lambda: conversation(self._context),
            ask=ask,
            people=True,
        )
        self._context.set_tools(ToolsSchema(schemas(self._tools, self._on_result)))
        self._phone_out = PhoneOutput(socket, start.stream_id, self._counts)
        self._phone_in = PhoneInput(
            socket=socket,
            output=self._phone_out,
            detector=SpeechDetector(services.voice_model, settings.speech),
            speech=settings.speech,
            call=settings.call,
            counts=self._counts,
        )
        ends = Ends(
            phone_in=self._phone_in,
            hearing=services.hearing(),
            model=services.model(self._decide, briefing, self._tools, self._on_found),
            voice=services.voice(),
            phone_out=self._phone_out,
        )
        self._pipeline: CallPipeline = build(ends, self._context, settings)
        self._silences = 0
        self._user_turn = False
        self._too_long = False
        self._helpers: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Task[None] | None = None
        self._listen()

    async def run(self) -> None:
        """Hold the conversation until one side ends it."""
        began = time.monotonic()
        runner = WorkerRunner(handle_sigint=False, check_dangling_tasks=False)
        await runner.add_workers(self._pipeline.worker)
        self._transcript.start()
        await self._open()
        self._help(self._watch_hang_up())
        self._help(self._watch_length())
        self._help(self._briefing.prefetch())
        try:
            await runner.run()
        finally:
            for helper in self._helpers:
                helper.cancel()
            await asyncio.gather(*self._helpers, return_exceptions=True)
            await self._transcript.stop()
            if ending := self._tools.ending.ending:
                await self._log.end(ending)
            await self._socket.close()
            first = self._phone_out.first_audio_at
            _log.info(
                "call stream ended",
                seconds=round(time.monotonic() - began, 1),
                greeting_ms=round((first - began) * 1000) if first else None,
                media=self._counts.media,
                dropped=self._counts.dropped,
                interruptions=self._counts.interruptions,
                ended_by="bot" if self._tools.ending.ending else "carrier",
            )

    @property
    def speaking(self) -> bool:
        """Whether the caller is hearing the bot."""
        return self._phone_out.speaking

    @property
    def listening(self) -> bool:
        """Whether it is the caller's turn and they have begun it."""
        return self._user_turn

    def _decide(self, messages: Sequence[Message]) -> Action:
        move = next_action(messages, self._tools.facts, self._clock(), self._start.from_number)
        if move.call and all(one.name != move.call.name for one in offered(self._tools)):
            return Action(NOT_OFFERED)
        return move

    async def _open(self) -> None:
        """Say the first words: the greeting, or what carries on a call whose stream had died."""
        said = conversation(self._context)
        if not said:
            await self._say(greeting(self._tools.facts))
        elif self._start.opening is not None and said[-1]["role"] != "assistant":
            await self._say(self._start.opening)
        elif said[-1]["role"] == "assistant" and text_of(said[-1]):
            await self._say(f"{_BACK_AGAIN} {text_of(said[-1])}")
        else:
            await self._say(_BACK_AGAIN)
            await self._pipeline.worker.queue_frame(LLMRunFrame())

    async def _say(self, text: str) -> None:
        await self._pipeline.worker.queue_frame(TTSSpeakFrame(text, append_to_context=True))

    def _help(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._helpers.add(task)
        task.add_done_callback(self._helpers.discard)
        return task

    def _listen(self) -> None:
        """Follow the turns of both sides."""
        user, assistant = self._pipeline.user, self._pipeline.assistant
        user.add_event_handler("on_user_turn_started", self._on_turn_started)
        user.add_event_handler("on_user_turn_stopped", self._on_turn_stopped)
        user.add_event_handler("on_user_turn_message_added", self._on_heard)
        user.add_event_handler("on_user_turn_idle", self._on_silence)
        assistant.add_event_handler("on_assistant_turn_stopped", self._on_spoken)

    async def _on_turn_started(self, *_: object) -> None:
        self._user_turn = True
        ending = self._tools.ending.ending
        if ending and ending.kind == "hang_up" and not self._too_long:
            # "Wait, one more thing": the goodbye is taken back. A transfer under way is not.
            self._tools.ending.clear()
            if self._closing:
                self._closing.cancel()
                self._closing = None

    async def _on_turn_stopped(self, *_: object) -> None:
        self._user_turn = False

    async def _on_heard(self, *_: object) -> None:
        self._silences = 0
        self._transcript.changed()

    async def _on_spoken(self, _: object, message: AssistantTurnStoppedMessage) -> None:
        if message.interrupted:
            self._keep_cut_short()
        self._transcript.changed()

    def _keep_cut_short(self) -> None:
        """Write down the part of an interrupted sentence that the caller had heard."""
        part, self._phone_out.cut_short = self._phone_out.cut_short, None
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

    def _on_found(self, passages: Sequence[Passage]) -> None:
        """Write down what of the practice's files lay before the model."""
        sources = [one.source for one in passages]
        self._help(self._log.append({"role": "system", "content": SEARCHED, "sources": sources}))

    async def _on_result(self) -> None:
        self._transcript.changed()
        if self._tools.ending.ending and self._closing is None:
            self._closing = self._help(self._close_when_quiet())

    async def _on_silence(self, *_: object) -> None:
        if self._closing:
            return
        self._silences += 1
        goodbye_now = self._silences > self._settings.call.reprompts
        prompt = _LAST_PROMPT if goodbye_now else min(self._silences, _LAST_PROMPT - 1)
        await self._say(silence_prompt(prompt))
        if goodbye_now:
            self._tools.ending.set(Ending("hang_up", "the caller said nothing"))
            self._closing = self._help(self._close_when_quiet())

    async def _close_when_quiet(self) -> None:
        """End the call when the last word has been heard, and see that there was one."""
        await self._fall_quiet()
        if not self._has_answered():
            await self._say(goodbye(self._tools.facts))
            await self._fall_quiet()
        await self._pipeline.worker.queue_frame(EndFrame())

    async def _fall_quiet(self) -> None:
        """Wait until the bot has spoken, and then not for a moment; or not at all for a longer one."""
        quiet = 0.0
        while quiet < (_QUIET_SECONDS if self._has_answered() else _UNSPOKEN_SECONDS):
            await asyncio.sleep(_QUIET_SECONDS / 4)
            quiet = 0.0 if self._phone_out.speaking or self._user_turn else quiet + _QUIET_SECONDS / 4

    def _has_answered(self) -> bool:
        """Tell whether the caller has heard something since they spoke last."""
        for message in reversed(conversation(self._context)):
            if message["role"] == "user":
                return False
            if message["role"] == "assistant" and text_of(message):
                return True
        return False

    async def _watch_hang_up(self) -> None:
        await self._phone_in.hung_up.wait()
        await self._pipeline.worker.cancel(reason="the carrier ended the stream")

    async def _watch_length(self) -> None:
        await asyncio.sleep(self._settings.call.max_minutes * 60)
        self._too_long = True
        self._tools.ending.set(Ending("hang_up", "the longest call length was reached"))
        await self._say(_TOO_LONG)
        self._closing = self._closing or self._help(self._close_when_quiet())
        _, unheard = await asyncio.wait({self._closing}, timeout=_LAST_WORDS_SECONDS)
        if unheard:  # whoever never falls silent cannot hold the line
            await self._pipeline.worker.queue_frame(EndFrame())


class VoiceAgent:
    """Everything that the calls of a process share."""

    def __init__(self, settings: Settings, clock: Clock, briefings: Briefings) -> None:
        """Make the agent; nothing is loaded before `start`.

        Args:
            briefings: What the bots know, shared with the chat.
        """
        self._settings = settings
        self._clock = clock
        self._briefings = briefings
        self._chat_agent = ChatAgent(settings)
        self._others = AssistantDelegate(briefings, self._chat_agent)
        self._services: AgentServices | None = None
        self._calls: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Load the models, off the event loop."""
        services, _ = await asyncio.gather(
            asyncio.to_thread(AgentServices.load, self._settings),
            # The search library takes its time to load; better now than in the first call.
            asyncio.to_thread(KnowledgeIndex.build, [("warm-up.txt", [Chunk("Parking is free.")])]),
        )
        await services.warm_up()
        self._services = services

    @property
    def ready(self) -> bool:
        """Whether calls can be taken."""
        return self._services is not None

    @property
    def calls(self) -> int:
        """Calls in progress."""
        return len(self._calls)

    async def stop(self) -> None:
        """Let the calls in progress go on for a while, then end them."""
        if self._calls:
            await asyncio.wait(self._calls, timeout=self._settings.server.drain_seconds)
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
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
            await self._services.rehearse(greeting(briefing.facts))

    async def run_call(self, start: CallStart, socket: MediaSocket, log: CallLog) -> None:
        """Hold one call, from an open media stream to its end.

        Args:
            socket: The media stream, its ``start`` message already read.
            log: Where messages and the ending are kept.
        """
        if self._services is None:
            raise RuntimeError("the agent has not been started")
        briefing = await self._briefings.get(
            start.bot_id,
            assistant_id=start.assistant_id,
            version=start.assistant_version,
            practice_name=start.practice_name,
            timezone=start.timezone,
        )
        call = Call(
            start=start,
            socket=socket,
            log=log,
            briefing=briefing,
            services=self._services,
            clock=self._clock,
            settings=self._settings,
            ask=self._others.ask_for(start.bot_id, start.call_id),
        )
        task = asyncio.ensure_future(call.run())
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        await task
