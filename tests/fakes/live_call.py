"""A real call in this process: a real pipeline and voice; the recognizer hears what the test tells it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from agent.briefing import Briefings
from agent.call import Call
from agent.call_start import CallStart
from agent.llm.chosen import find_model
from agent.services import AgentServices
from agent.speech.choice import SpeechChoice
from agent.speech.local import SpeechSynthesizer
from agent.speech.standby import NO_QUESTION, Question
from agent.telephony.vad import VoiceModel
from agent.telephony.wire import encode_ulaw
from agent.transcript import StreamReplaced
from config.settings import CallSettings, Settings
from config.vendor_settings import ModelSettings, SpeechSettings
from contracts.conversation import Message, text_of
from kit.keyring import Keyring
from language.agreement import load_grammar
from language.danger.detector import DangerDetector
from tests.fakes.clock import fixed_clock
from tests.fakes.media_socket import FakeMediaSocket
from tests.fakes.partner_server import PartnerServer
from tools.clients.upstreams import Upstreams
from tools.context import Ending

ZONE = ZoneInfo("America/New_York")
BOT: dict[str, Any] = {
    "id": "bot_1",
    "name": "Front desk",
    "account_id": "acct_1",
    "timezone": ZONE.key,
    "transfer_number": "+12025550100",
    "practice": {
        "name": "Maple Street Dental",
        "timezone": ZONE.key,
        "services": [
            {"id": "svc_1", "name": "Cleaning", "duration_minutes": 30, "aliases": ["teeth cleaning"]}
        ],
        "practitioners": [{"id": "dr_1", "name": "Dr. Maya Lee"}],
    },
}
WINDOW = {
    "start_at": "2026-12-01T14:00:00-05:00",
    "duration_minutes": 120,
    "practitioner": {"id": "dr_1", "name": "Dr. Maya Lee"},
}
CALLER = "+12025550164"
NOW = datetime(2026, 11, 30, 9, tzinfo=ZONE)
"""A Monday."""


_SPOKEN: list[bytes] = []
"""The caller's one sentence, spoken once in a process."""
_VOICES: list[SpeechSynthesizer] = []
"""Voices that no call uses: to load one, and the rules of pronunciation, takes as long as half a call."""


class ScriptedRecognizer:
    """Hears, whatever is spoken, the words that the test put there."""

    queue = 0.0

    def __init__(self) -> None:
        self.words = ""
        self.prompt = ""
        self.has_room = True
        self.release = asyncio.Event()
        """Cleared, nothing is made out."""
        self.release.set()

    async def transcribe(self, pcm: bytes, question: Question = NO_QUESTION) -> str:
        """Give the words of the test."""
        self.prompt = question.prompt
        await self.release.wait()
        return self.words if pcm else ""

    def close(self) -> None:
        """There is nothing to close."""


@dataclass
class MemoryLog:
    """A call's record, in memory."""

    messages: list[Message] = field(default_factory=list)
    ending: Ending | None = None
    answers_ms: list[int] = field(default_factory=list)
    replaced: bool = False
    """Another stream of the call has taken over."""

    async def append(self, message: Message) -> None:
        """Keep a message."""
        if self.replaced:
            raise StreamReplaced
        self.messages.append(dict(message))

    def ends(self, ending: Ending) -> None:
        """Know the ending; `end` keeps it."""

    async def end(self, ending: Ending) -> None:
        """Keep the ending."""
        self.ending = ending

    async def measured(self, answers_ms: Sequence[int]) -> None:
        """Keep how long the caller waited."""
        self.answers_ms += answers_ms


@dataclass
class LiveCall:
    """What a test holds of a call in progress."""

    socket: FakeMediaSocket
    log: MemoryLog
    server: PartnerServer
    recognizer: ScriptedRecognizer
    voice: bytes
    running: asyncio.Task[None]
    agent: Call

    def said(self) -> list[str]:
        """List what the caller has heard the bot say, and had written down."""
        return [text_of(m) for m in self.log.messages if m["role"] == "assistant" and text_of(m)]

    async def until(self, truth: Callable[[], bool], seconds: float = 60.0) -> None:
        """Let the call go on, with a silent caller, until something is so."""
        async with asyncio.timeout(seconds):
            while not truth():
                await self.socket.pass_frame()

    async def hears(self, part: str, seconds: float = 60.0) -> None:
        """Wait until the bot has been heard to say something."""
        await self.until(lambda: any(part.lower() in text.lower() for text in self.said()), seconds)

    async def says(self, words: str) -> None:
        """Speak; the bot will understand these words."""
        self.recognizer.words = words
        await self.socket.speak(self.voice)
        heard = len([m for m in self.log.messages if m["role"] == "user"])
        await self.until(lambda: len([m for m in self.log.messages if m["role"] == "user"]) > heard)


@dataclass(frozen=True)
class LiveCalls:
    """What the calls of a test share."""

    synthesizer: SpeechSynthesizer
    voice_model: VoiceModel
    voice: bytes

    @classmethod
    async def open(cls) -> "LiveCalls":
        """Load the voice, and have the caller's one sentence ready."""
        # As when a server starts: the first turn does not wait for them.
        await asyncio.gather(asyncio.to_thread(load_grammar), asyncio.to_thread(DangerDetector.shared))
        synthesizer = _VOICES.pop() if _VOICES else SpeechSynthesizer(SpeechSettings())
        if not _SPOKEN:
            _SPOKEN.append(encode_ulaw(await synthesizer.speak("I would really like that please.")))
        return cls(synthesizer, VoiceModel(), _SPOKEN[0])

    def close(self) -> None:
        """Give the voice back; one that a cut call has left busy must not keep the next call waiting."""
        if self.synthesizer.has_room:
            _VOICES.append(self.synthesizer)
        else:
            self.synthesizer.close()

    @asynccontextmanager
    async def place(
        self,
        server: PartnerServer | None = None,
        *,
        messages: tuple[Message, ...] = (),
        settings: Settings | None = None,
        speed: float = 4.0,
        log: MemoryLog | None = None,
        local: bool = True,
        upstreams: Upstreams | None = None,
        bot_id: str = "bot_1",
    ) -> AsyncIterator[LiveCall]:
        """Place a call.

        Args:
            server: The practice's endpoints.
            messages: What was said before.
            settings: The settings; quick ones without.
            speed: How much faster than the clock both sides speak.
            log: Where the call is written down; in memory without.
            local: The local speech is installed.
            upstreams: The way to other endpoints than the server's.
            bot_id: Who is called.
        """
        settings = settings or quick()
        server = server or PartnerServer(bot=BOT, windows=[WINDOW])
        clock = fixed_clock(NOW)
        own = Upstreams(
            settings,
            partner_credential=lambda _: server.token,
            site_credential=lambda _: "token",
            partner_transport=server.transport(),
            site_transport=server.transport(),
        )
        briefing = await Briefings(settings, Keyring(b"k" * 32), clock, upstreams or own).get(
            bot_id, practice_name="Maple Street Dental"
        )
        recognizer, log, socket = ScriptedRecognizer(), log or MemoryLog(), FakeMediaSocket(speed=speed)
        choice = find_model(settings)
        speech = SpeechChoice(settings, recognizer if local else None, self.synthesizer if local else None)
        services = AgentServices(settings, self.voice_model, speech, choice)
        socket.start()
        call = Call(
            start=CallStart("CA1", "MZ1", bot_id, CALLER, "+12025550142", messages),
            socket=socket,
            log=log,
            briefing=briefing,
            services=services,
            clock=clock,
            settings=settings,
        )
        running = asyncio.create_task(call.run())
        try:
            yield LiveCall(socket, log, server, recognizer, self.voice, running, call)
        finally:
            socket.hang_up()
            await running
            server.release.set()
            if call.after:
                await call.after
            await socket.stop()
            await own.aclose()
            if choice:
                await choice.close()


def quick(**call: Any) -> Settings:
    """Give settings whose waits are short."""
    return Settings(
        call=CallSettings(**{"silence_seconds": 30.0, "filler_seconds": 0.3, **call}),
        speech=SpeechSettings(
            turn_wait_seconds=0.05, hesitation_wait_seconds=0.1, dictation_wait_seconds=0.1
        ),
        model=ModelSettings(timeout_seconds=1.0),
    )
