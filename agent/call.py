"""One phone call, from the first frame to the last word."""

import asyncio
import contextlib
import time
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from functools import partial

from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import EndFrame, ErrorFrame, LLMRunFrame, TTSSpeakFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import AssistantTurnStoppedMessage
from pipecat.workers.runner import WorkerRunner

from agent.briefing import Briefing
from agent.call_start import CallStart
from agent.danger.processor import DangerCheck
from agent.dialogue.memory import TRANSFER, WRITES, Memory, record, without_records
from agent.dialogue.policy import Action, next_action
from agent.dialogue.responses import goodbye, greeting, language_of, say, silence_prompt
from agent.expected import awaited_after, heard_last
from agent.llm.services import conversation
from agent.moving import MOVED, Move
from agent.pipeline import CallPipeline, Ends, build, schemas
from agent.readings import question_after
from agent.resume import UNKNOWN, is_repeatable, resume, up_to
from agent.services import AgentServices
from agent.speech.lost import HearingLostFrame, VoiceLostFrame
from agent.statements.records import statement_check
from agent.telephony.transport import LineCounts, MediaSocket, PhoneInput, PhoneOutput
from agent.telephony.vad import SpeechDetector
from agent.transcript import CallLog, RecordUnavailable, Transcript
from agent.waiting import Waiting
from agent.writes import Writes, result_of
from config.logs import get_logger
from config.settings import Settings
from config.telemetry import GREETING
from contracts.conversation import FunctionCall, Message, results_of
from kit.clock import Clock
from knowledge.search.passage import Passage
from tools.context import Ask, Ending, ToolContext
from tools.function import Result
from tools.registry import NOT_OFFERED, find_function, offered, run_function

_log = get_logger(__name__)

_QUIET_SECONDS = 0.4
_UNSPOKEN_SECONDS = 2.0
_LAST_WORDS_SECONDS = 8.0
"""How long something may take to be said to its end when the time is over."""
_LAST_PROMPT = 3
"""The number at which `silence_prompt` says goodbye."""
_TOO_LONG = "I'm sorry, I have to end our call here. Please call again if there is anything else."
NOT_SPOKEN = "The bot's voice failed; the carrier's says what was to be said."
"""The message on a thread beside which the sentence stands."""
SEARCHED = "Found in the practice's documents."
"""The message on a thread beside which the passages stand that were laid before the model."""


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
        came_back = start.opening is not None
        self._resumption = resume(start.messages, came_back=came_back) if start.messages else None
        resumed = self._resumption.messages if self._resumption else ()
        self._memory = Memory(resumed)
        said = without_records(resumed)
        self._context = LLMContext([dict(message) for message in said])  # type: ignore[misc] # JSON passes through
        self._transcript = Transcript(self._context, log, recorded=len(said))
        self._writes = Writes()
        self._tools = briefing.tools(
            call_id=start.call_id,
            caller_number=start.from_number,
            messages=self._said,
            ask=ask,
            people=True,
        )
        self._tools.number_proves = start.number_proves
        self._context.set_tools(ToolsSchema(schemas(self._tools, self._run_function, self._on_result)))
        self._phone_out = PhoneOutput(socket, start.stream_id, self._counts, start.carrier)
        self._phone_in = PhoneInput(
            socket=socket,
            output=self._phone_out,
            detector=SpeechDetector(services.voice_model, settings.speech),
            speech=settings.speech,
            call=settings.call,
            counts=self._counts,
            carrier=start.carrier,
        )
        self._loudness = start.loudness
        self._phone_in.ear.recall(self._loudness.dbfs)
        ends = Ends(
            phone_in=self._phone_in,
            hearing=services.hearing(
                briefing,
                lambda: question_after(self._known(), briefing.facts, over_bot=self._phone_out.talked_over),
            ),
            danger=DangerCheck(self._said, self._tools, self._run_function, self._on_result, self._leaves),
            model=services.model(self._decide, briefing, self._tools, self._on_found),
            voice=services.voice(briefing.facts),
            phone_out=self._phone_out,
        )
        self._held = False
        self._pipeline: CallPipeline = build(
            ends,
            self._context,
            settings,
            held=lambda: self._held,
            ending=lambda: self._tools.ending.ending is not None,
            awaited=lambda: awaited_after(self._known()),
            check=statement_check(self._tools),
        )
        self._model = ends.model
        self._waiting = Waiting(self, settings.call.waiting_seconds)
        self._move = Move(settings.speech.turn_wait_seconds)
        self._silences = 0
        self._user_turn = self._too_long = self._taken_back = False
        self._helpers: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Task[None] | None = None
        self._lost = False
        self._last_note: Message | None = None
        self.after: asyncio.Task[None] | None = None
        """What is written down after the call: outcomes that come late, or all that a database that was away
        did not take."""
        self._listen()

    async def run(self) -> None:
        """Hold the conversation until one side ends it."""
        began = time.monotonic()
        runner = WorkerRunner(handle_sigint=False, check_dangling_tasks=False)
        await runner.add_workers(self._pipeline.worker)
        self._transcript.start()
        await self._open()
        self._help(self._watch(self._phone_in.hung_up, "the carrier ended the stream"))
        self._help(self._watch(self._transcript.replaced, "another stream has taken the call over"))
        self._help(self._watch_length())
        self._help(self._waiting.watch())
        self._help(self._briefing.prefetch())
        try:
            await runner.run()
        finally:
            for helper in self._helpers:
                helper.cancel()
            await asyncio.gather(*self._helpers, return_exceptions=True)
            rest = await self._transcript.stop(self._tools.ending.ending, self._writes, self._last_note)
            self.after = asyncio.create_task(self._write_rest(rest))
            await self._socket.close()
            self._phone_out.answers.trace.end()
            first = self._phone_out.first_audio_at
            if first is not None:
                GREETING.observe(first - began)
            _log.info(
                "call stream ended",
                seconds=round(time.monotonic() - began, 1),
                greeting_ms=round((first - began) * 1000) if first else None,
                media=self._counts.media,
                dropped=self._counts.dropped,
                interruptions=self._counts.interruptions,
                ended_by="bot" if self._tools.ending.ending else "carrier",
            )

    async def _write_rest(self, rest: Coroutine[object, object, None]) -> None:
        await rest
        if self._phone_out.answers.milliseconds:
            with contextlib.suppress(RecordUnavailable):  # a figure; nothing waits for it
                await self._log.measured(self._phone_out.answers.milliseconds)

    def _said(self) -> list[Message]:
        return conversation(self._context)

    def _known(self) -> list[Message]:
        return self._memory.laid(self._said())

    @property
    def speaking(self) -> bool:
        """Whether the caller is hearing the bot."""
        return self._phone_out.speaking

    @property
    def listening(self) -> bool:
        """Whether it is the caller's turn and they have begun it."""
        return self._user_turn

    @property
    def _language(self) -> str:
        return language_of(self._said(), self._tools.bot.language)

    def _decide(self, messages: Sequence[Message]) -> Action:
        known = self._memory.laid(messages)
        by = {"number_proves": self._start.number_proves, "by_ear": True}
        move = next_action(known, self._tools.facts, self._clock(), self._start.from_number, **by)
        self._memory.keep(len(messages), move.state)
        self._transcript.add(record(move.state))
        if move.call and all(one.name != move.call.name for one in offered(self._tools)):
            return Action(NOT_OFFERED)
        if not move.say and not move.call and self._tools.ending.ending is None:
            # There is nothing to say after the end; the end that was asked for here has not come about.
            return Action(silence_prompt(1, self._language))
        return move

    async def _open(self) -> None:
        """Say the first words: the greeting, or what carries on a call whose stream had died."""
        going_on, back = self._resumption, say("back_again", language=self._language)
        if going_on is None:
            await self._say(greeting(self._tools.facts))
        elif self._start.moved and (going_on.again or not going_on.messages):
            await self._on_silence()  # the last words were heard, and nobody has answered them
        elif going_on.again:
            await self._say(f"{back} {going_on.again}")
        elif not going_on.messages:
            await self._say(f"{back} {greeting(self._tools.facts)}")
        elif self._start.opening is not None and going_on.messages[-1]["role"] == "tool":
            await self._say(self._start.opening)
        else:
            if not self._start.moved:
                await self._say(back)
            if going_on.owed:
                self._help(self._settle(going_on.owed))
            else:
                await self._go_on()

    async def _settle(self, owed: Sequence[FunctionCall]) -> None:
        """Find out what became of the functions that were under way when the stream was lost."""
        self._held = True
        try:
            for call in owed:
                _log.info("asked again", function=call.name)
                before = up_to(self._said(), call)
                # What was agreed to then is read off the conversation as it was then.
                then = replace(self._tools, messages=partial(list, before), asked_before=True)
                result = await self._run_function(call, then)
                self._transcript.insert(result_of(call, result))
        finally:
            self._held = False
        await self._go_on()

    async def _go_on(self) -> None:
        """Say what follows from the conversation as it stands."""
        said = self._said()
        results = list(results_of(said))
        ending = self._tools.ending.ending
        if ending and ending.kind == "hang_up":
            await self._say(goodbye(self._tools.facts, language=self._language))
        elif results and results[-1].name in {*WRITES, TRANSFER}:
            # What was changed is told in the runtime's own words, whoever led the conversation so far.
            action = self._decide(said)
            if action.say and not action.call:
                await self._say(action.say)
            else:
                await self._pipeline.worker.queue_frame(LLMRunFrame())
        else:
            await self._pipeline.worker.queue_frame(LLMRunFrame())
        if ending:
            await self._on_result()

    async def _run_function(self, call: FunctionCall, tools: ToolContext) -> Result:
        """Run a function; one that changes something goes on when the call does not."""
        self._transcript.changed()
        with self._waiting.under_way():
            if self._resumption and call in self._resumption.owed and not is_repeatable(call):
                return dict(UNKNOWN)
            work = run_function(tools, call.name, call.arguments)
            found = find_function(call.name)
            return await (self._writes.run(call, work) if found is not None and found.write else work)

    async def _say(self, text: str) -> None:
        await self._pipeline.worker.queue_frame(TTSSpeakFrame(text, append_to_context=True))

    async def _say_meanwhile(self, text: str) -> None:
        # The model's own queue stands still while a function of its is under way.
        await self._model.push_frame(TTSSpeakFrame(text, append_to_context=True))

    async def _say_waiting(self, count: int, name: str = "waiting") -> None:
        await self._say_meanwhile(say(name, count, language=self._language))

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
        self._pipeline.worker.add_event_handler("on_pipeline_error", self._on_error)

    async def _on_turn_started(self, *_: object) -> None:
        self._user_turn = True
        ending = self._tools.ending.ending
        if ending and ending.kind == "hang_up" and not self._too_long and not self._taken_back:
            # "Wait, one more thing": the goodbye is taken back, once. A transfer under way is not.
            self._taken_back = True
            self._tools.ending.clear()
            if self._closing:
                self._closing.cancel()
                self._closing = None

    async def _on_turn_stopped(self, *_: object) -> None:
        self._user_turn, self._model.answering = False, True

    async def _on_heard(self, *_: object) -> None:
        self._silences = 0
        self._transcript.changed()
        for level in self._loudness.news(self._phone_in.ear.caller_dbfs):
            self._transcript.add(level)

    async def _on_spoken(self, _: object, message: AssistantTurnStoppedMessage) -> None:
        if message.interrupted:
            self._transcript.cut_short(self._phone_out.take_cut_short())
        self._transcript.changed()

    def _on_found(self, passages: Sequence[Passage]) -> None:
        """Write down what of the practice's files lay before the model."""
        sources = [one.source for one in passages]
        self._transcript.add({"role": "system", "content": SEARCHED, "sources": sources})

    async def _on_error(self, _: object, frame: ErrorFrame) -> None:
        """Give the call up when nobody hears or speaks: the carrier says the rest and sends the caller on."""
        if isinstance(frame, VoiceLostFrame):
            self._transcript.add({"role": "system", "content": NOT_SPOKEN, "words": frame.text})
        elif not isinstance(frame, HearingLostFrame):
            return
        if self._lost:
            return
        self._lost = self._held = self._taken_back = True
        if self._closing:
            self._closing.cancel()
        self._closing = self._help(self._close_for_trouble())

    async def _close_for_trouble(self) -> None:
        """End the stream once what is under way has come to its end; a person who was asked for is rung."""
        quiet = 0.0
        while quiet < _QUIET_SECONDS:
            await asyncio.sleep(_QUIET_SECONDS / 4)
            busy = self._phone_out.speaking or self._waiting.busy
            quiet = 0.0 if busy else quiet + _QUIET_SECONDS / 4
        self._tools.ending.set(Ending("message", "the bot's speech failed"))
        # Not by an EndFrame: it would wait for the audio that does not come.
        await self._pipeline.worker.cancel(reason="the bot's speech failed")

    async def _on_result(self) -> None:
        self._model.answering = True
        self._transcript.changed()
        if self._tools.ending.ending and self._closing is None:
            self._closing = self._help(self._close_when_quiet())

    async def _on_silence(self, *_: object) -> None:
        if self._closing or self._waiting.busy or self._leaves():
            return
        self._silences += 1
        goodbye_now = self._silences > self._settings.call.reprompts
        prompt = _LAST_PROMPT if goodbye_now else min(self._silences, _LAST_PROMPT - 1)
        await self._say(silence_prompt(prompt, self._language))
        if goodbye_now:
            self._tools.ending.set(Ending("hang_up", "the caller said nothing"))
            self._closing = self._help(self._close_when_quiet())

    async def _close_when_quiet(self) -> None:
        """End the call when the last word has been heard, and see that there was one."""
        await self._fall_quiet()
        if not self._has_answered():
            await self._say(goodbye(self._tools.facts, language=self._language))
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
        return heard_last(self._said(), fillers=True) == "assistant"

    @property
    def heard_at(self) -> float:
        """When either side was heard last; see `agent.waiting.Caller`."""
        return max(self._phone_out.heard_at, self._phone_in.heard_at)

    @property
    def owed(self) -> bool:
        """Whether the caller has spoken and has not been answered."""
        if self._held or self._closing:
            return False
        listening = self._user_turn or self._phone_out.held
        return listening or heard_last(self._said()) == "user"

    @property
    def served(self) -> bool:
        """Whether their words are being made out, or an answer to them is being made."""
        return self._user_turn or self._phone_out.held or self._model.answering

    async def console(self, count: int, *, busy: bool) -> None:
        """Tell the caller that it takes a while, or go on with what was being said."""
        await self._phone_out.resume()
        if not self._phone_out.sounding:
            await self._say_waiting(count, "waiting" if busy else "checking")

    async def answer(self, count: int) -> None:
        """Answer a turn that nobody is at."""
        _log.error("a turn stayed without an answer", count=count)
        move = self._decide(self._said())
        if move.say and not move.call:
            await self._say_meanwhile(move.say)
            return
        await self._say_waiting(count)
        if count == 0:
            await self._pipeline.worker.queue_frame(LLMRunFrame())

    async def _watch(self, ended: asyncio.Event, reason: str) -> None:
        await ended.wait()
        await self._pipeline.worker.cancel(reason=reason)

    async def _watch_length(self) -> None:
        """At the longest length say one sentence, and end: nobody holds the line by never falling silent."""
        await asyncio.sleep(self._settings.call.max_minutes * 60)
        await self._between_sentences()
        if self._closing:
            return  # it is ending by itself
        self._held = self._too_long = True
        self._tools.ending.set(Ending("hang_up", "the longest call length was reached"))
        await self._say(_TOO_LONG)
        # Nothing that is still thought of comes after it.
        await self._pipeline.worker.queue_frame(EndFrame())

    def _leaves(self) -> bool:
        """Tell whether what is to be said now is left to the call's next stream, which begins with it."""
        return self._closing is None and not self._waiting.busy and self._move.takes_over()

    async def move(self) -> None:
        """End this stream when the bot is to speak next: the call goes on elsewhere (`agent.moving`).

        The outcome of what is under way is told here; a call that is about to end does so here.
        """
        settings = self._settings
        longest = settings.partner.total_seconds + settings.call.silence_seconds + 2 * _LAST_WORDS_SECONDS
        if await self._move.until_due(longest, lambda: self._user_turn):
            self._last_note = {"role": "system", "content": MOVED}
        await self._pipeline.worker.cancel(reason="the call goes on elsewhere")

    async def _between_sentences(self) -> None:
        """Wait until the caller has been answered, and neither side speaks nor anything is under way."""
        until, quiet = time.monotonic() + _LAST_WORDS_SECONDS, 0.0
        while quiet < _QUIET_SECONDS / 2 and time.monotonic() < until:
            await asyncio.sleep(_QUIET_SECONDS / 8)
            busy = self._phone_out.speaking or self._waiting.busy or self.owed
            busy = busy or self._closing is not None or not self._has_answered()
            quiet = 0.0 if busy else quiet + _QUIET_SECONDS / 8
