"""The hearing, the model and the voice that the settings ask for: loaded once, handed to every call."""

from dataclasses import dataclass, field

import openai
from pipecat.processors.frame_processor import FrameProcessor

from agent.briefing import Briefing
from agent.llm.knowledge import Knowledge
from agent.llm.openai_client import openai_client
from agent.llm.prompt import known_of, system_prompt
from agent.llm.sampling import sampling
from agent.llm.services import Decide, FallbackLLMService, OnFound, ReceptionistLLMService
from agent.speech.local import LocalSTTService, LocalTTSService, SpeechRecognizer, SpeechSynthesizer
from agent.speech.openai import FallbackSTTService, FallbackTTSService, PhraseCache, fetch_phrase
from agent.telephony.vad import VoiceModel
from config.logs import get_logger
from config.settings import Settings
from tools.context import ToolContext
from tools.registry import offered

_log = get_logger(__name__)

_WARM_UP = "Good morning."


def _uses_openai(choice: str, settings: Settings) -> bool:
    return choice == "openai" or (choice == "auto" and settings.openai_api_key is not None)


@dataclass
class AgentServices:
    """What every call of the process shares; the local models are there in any case, to stand by."""

    settings: Settings
    voice_model: VoiceModel
    recognizer: SpeechRecognizer
    synthesizer: SpeechSynthesizer
    client: openai.AsyncOpenAI | None = None
    """One for all calls; None without a key."""
    phrases: PhraseCache = field(default_factory=PhraseCache)

    @classmethod
    def load(cls, settings: Settings) -> "AgentServices":
        """Load the models; takes a second or two, so not on the event loop.

        Raises:
            ValueError: OpenAI is asked for and there is no key.
        """
        speech = settings.speech
        if "openai" in {speech.stt, speech.tts} and settings.openai_api_key is None:
            raise ValueError("speech is set to openai, and OPENAI_API_KEY is not set")
        return cls(
            settings,
            VoiceModel(),
            SpeechRecognizer(speech),
            SpeechSynthesizer(speech),
            openai_client(settings),
        )

    async def warm_up(self) -> None:
        """Run each local model once, so that no caller waits for a first time."""
        await self.recognizer.transcribe(await self.synthesizer.speak(_WARM_UP))

    async def rehearse(self, text: str) -> None:
        """Have a sentence ready before it is needed, in the voice that will say it."""
        if not _uses_openai(self.settings.speech.tts, self.settings):
            await self.synthesizer.speak(text)
        elif not self.phrases.find(text):
            try:
                self.phrases.keep(text, await fetch_phrase(self._openai(), self.settings.openai, text))
            except openai.OpenAIError as error:
                _log.warning("greeting not synthesised ahead", error=type(error).__name__)
                await self.synthesizer.speak(text)

    async def close(self) -> None:
        """Let the threads and connections go."""
        self.recognizer.close()
        self.synthesizer.close()
        if self.client:
            await self.client.close()

    def hearing(self) -> FrameProcessor:
        """Make a call's speech-to-text service."""
        if _uses_openai(self.settings.speech.stt, self.settings):
            return FallbackSTTService(self.recognizer, self._openai(), self.settings.openai)
        return LocalSTTService(self.recognizer)

    def voice(self) -> FrameProcessor:
        """Make a call's text-to-speech service."""
        if _uses_openai(self.settings.speech.tts, self.settings):
            return FallbackTTSService(self.synthesizer, self.phrases, self._openai(), self.settings.openai)
        return LocalTTSService(self.synthesizer)

    def model(
        self, decide: Decide, briefing: Briefing, tools: ToolContext, on_found: OnFound
    ) -> FrameProcessor:
        """Make a call's model.

        Args:
            decide: The receptionist, for when there is no model or it fails.
            on_found: Called with the passages of the practice's files that are laid before the model.
        """
        if self.client is None:
            return ReceptionistLLMService(decide, self.settings.call.filler_seconds)
        knowledge = Knowledge(
            briefing.knowledge, self.settings.openai.knowledge_prompt_characters, briefing.facts
        )
        instruction = system_prompt(
            briefing.facts,
            briefing.instructions,
            known_of(tools, knowledge.whole),
            functions=[function.name for function in offered(tools)],
        )
        return FallbackLLMService(
            decide,
            client=self.client,
            settings=self.settings.openai,
            instruction=instruction,
            sampling=sampling(briefing.config, self.settings.openai),
            knowledge=knowledge,
            on_found=on_found,
            filler_seconds=self.settings.call.filler_seconds,
        )

    def _openai(self) -> openai.AsyncOpenAI:
        if self.client is None:
            raise ValueError("OPENAI_API_KEY is not set")
        return self.client
