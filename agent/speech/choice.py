"""Who hears and who speaks: what the settings choose, and the local models standing by, if there are any."""

import asyncio
import importlib
from collections.abc import Callable
from contextlib import aclosing
from typing import Any, Self

from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.tts_service import TTSService
from pipecat.transcriptions.language import Language

from agent.extras import MissingExtra, NotConfigured, load_class, vendor_arguments
from agent.speech.hearing import VendorHearing
from agent.speech.standby import INSTALL_LOCAL, NO_QUESTION, Listening, Question, Recognizer, Synthesizer
from agent.speech.voice import (
    CACHED_PHRASES,
    HostedVoice,
    Phrases,
    SentenceVoice,
    VendorVoice,
    VoiceFailed,
    in_time,
)
from agent.telephony.wire import SAMPLE_RATE_HZ
from agent.vendor_breaker import vendor_breaker
from config.choices import chosen_hearing, chosen_voice
from config.logs import get_logger
from config.settings import Settings
from config.vendors import LOCAL, OPENAI_URL, Vendor

_log = get_logger(__name__)
_OURS = "agent."
"""How the paths of our own classes begin, which know how to be helped."""
_WARM_UP = "Good morning."
_HEARING, _VOICE = "hearing", "voice"


class _Nobody:
    """Stands by in name only."""

    queue = 0.0

    async def transcribe(self, pcm: bytes, question: Question = NO_QUESTION) -> str:
        raise NotImplementedError

    async def speak(self, text: str) -> bytes:
        raise NotImplementedError

    def close(self) -> None:
        """There is nothing to let go."""


class SpeechChoice:
    """A process's hearing and voice, shared by all calls.

    What is chosen and lacks a package, a key or a voice raises `NotConfigured`.
    """

    def __init__(
        self, settings: Settings, recognizer: Recognizer | None, synthesizer: Synthesizer | None
    ) -> None:
        """Look at what is chosen; nothing is connected.

        Args:
            recognizer: The local model; None where it is not installed, as the local voice.
        """
        self.settings = settings
        self._recognizer = recognizer
        self._synthesizer = synthesizer
        self._phrases = Phrases(CACHED_PHRASES)
        self._hears, self._speaks = chosen_hearing(settings), chosen_voice(settings)
        limits = settings.model.breaker_failures, settings.model.breaker_seconds
        self.breakers = {name: vendor_breaker(name, *limits) for name in (_HEARING, _VOICE)}
        """Of the vendors' services, by name."""

    def verified(self) -> Self:
        """Give this back when all that is chosen is there."""
        for vendor, installed in ((self._hears, self._recognizer), (self._speaks, self._synthesizer)):
            if vendor.name == LOCAL and installed is None:
                raise MissingExtra(vendor)
        self.hearing(Listening(), Question)
        self.voice()
        if self._recognizer is None:
            _log.warning("no local speech stands by for the vendors'", run=INSTALL_LOCAL)
        return self

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Load the local models where they are installed; takes a second or two."""
        try:
            local: Any = importlib.import_module("agent.speech.local")
        except ImportError:
            return cls(settings, None, None).verified()
        recognizer = local.SpeechRecognizer(settings.speech)
        return cls(settings, recognizer, local.SpeechSynthesizer(settings.speech)).verified()

    @classmethod
    def check(cls, settings: Settings) -> None:
        """Look at what is chosen without loading the local models."""
        nobody = _Nobody()
        cls(settings, nobody, nobody).verified()

    @property
    def queue(self) -> float:
        """Jobs that wait for the local recogniser, for each that is worked on at once."""
        return self._recognizer.queue if self._recognizer else 0.0

    async def warm_up(self) -> None:
        """Run each local model once, so that no caller waits for a first time."""
        if self._recognizer and self._synthesizer:
            await self._recognizer.transcribe(await self._synthesizer.speak(_WARM_UP))

    async def rehearse(self, text: str) -> None:
        """Have a sentence ready before it is needed, in the voice that will say it."""
        if self._speaks.name != LOCAL and not self._phrases.find(text):
            voice = self._sentence_voice()
            voice.open()
            try:
                async with aclosing(in_time(voice.speak(text), self.settings.speech.voice_seconds)) as said:
                    self._phrases.keep(text, [one async for one in said])
            except Exception as error:  # noqa: BLE001 - the edge: a vendor's library raises what it likes
                _log.warning("greeting not synthesised ahead", error=type(error).__name__)
            else:
                return
            finally:
                await voice.close()
        if self._synthesizer:
            await self._synthesizer.speak(text)

    async def try_voice(self, text: str) -> tuple[float, bytes]:
        """Have the vendor say a sentence.

        Returns:
            When its first audio came, by the event loop's clock; and all of it, 16-bit mono PCM at 8 kHz.

        Raises:
            VoiceFailed: None came.
        """
        voice, first, audio = self._sentence_voice(), 0.0, bytearray()
        voice.open()
        try:
            async with aclosing(in_time(voice.speak(text), self.settings.speech.voice_seconds)) as said:
                async for one in said:
                    first = first or asyncio.get_running_loop().time()
                    audio += one.pcm
        finally:
            await voice.close()
        if not audio:
            raise VoiceFailed("no audio came")
        return first, bytes(audio)

    def close(self) -> None:
        """Let the threads go."""
        for one in (self._recognizer, self._synthesizer):
            if one is not None:
                one.close()

    def hearing(self, listening: Listening, question: Callable[[], Question]) -> FrameProcessor:
        """Make a call's hearing (`question`: gives what the caller's next words answer)."""
        vendor, chosen = self._hears, self.settings.speech
        kind = load_class(vendor)
        if vendor.name == LOCAL:
            local: FrameProcessor = kind(self._recognizer, question)
            return local
        arguments = self._arguments(vendor, chosen.stt_api_key, chosen.stt_url, chosen.stt_options)
        model = chosen.stt_model or vendor.model
        if vendor.service.startswith(_OURS):
            service = kind(model=model, listening=listening, **arguments)
        else:
            given: dict[str, Any] = {"model": model} if model else {}
            if vendor.keywords and listening.keywords:
                given[vendor.keywords] = list(listening.keywords)
            if languages := [Language(one) for one in listening.languages if one in set(Language)]:
                name, value = (
                    (vendor.languages, languages) if vendor.languages else ("language", languages[0])
                )
                given[name] = value
            service = kind(
                sample_rate=SAMPLE_RATE_HZ,
                audio_passthrough=False,
                settings=kind.Settings(**given),
                **arguments,
            )
        return VendorHearing(service, self._recognizer, chosen, question, self.breakers[_HEARING])

    def voice(self) -> TTSService:
        """Make a call's voice."""
        if self._speaks.name == LOCAL:
            local: TTSService = load_class(self._speaks)(self._synthesizer)
            return local
        patience = self.settings.speech.voice_seconds
        return VendorVoice(
            self._sentence_voice(), self._synthesizer, self._phrases, patience, self.breakers[_VOICE]
        )

    def _sentence_voice(self) -> SentenceVoice:
        vendor, chosen = self._speaks, self.settings.speech
        kind = load_class(vendor)
        arguments = self._arguments(vendor, chosen.tts_api_key, chosen.tts_url, chosen.tts_options)
        model, voice = chosen.tts_model or vendor.model, chosen.tts_voice or vendor.voice
        if voice == "":
            raise NotConfigured(f"{vendor.title} is chosen; name its voice in CHAIRSIDE_SPEECH_TTS_VOICE.")
        if vendor.service.startswith(_OURS):
            own: SentenceVoice = kind(model=model, voice=voice, **arguments)
            return own
        given = {name: value for name, value in (("model", model), ("voice", voice)) if value}
        return HostedVoice(kind(sample_rate=SAMPLE_RATE_HZ, settings=kind.Settings(**given), **arguments))

    def _arguments(
        self, vendor: Vendor, key: Any, url: str | None, options: dict[str, Any]
    ) -> dict[str, Any]:
        if vendor.url == "base_url" and vendor.service.startswith(_OURS):
            url = url or OPENAI_URL
        return vendor_arguments(vendor, self.settings, key=key, url=url, options=options)
