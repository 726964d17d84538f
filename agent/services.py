"""The hearing, the model and the voice that the settings ask for: loaded once, handed to every call."""

from dataclasses import dataclass

from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.openai.stt import OpenAISTTService
from pipecat.services.openai.tts import OpenAITTSService

from agent.briefing import Briefing
from agent.media import SAMPLE_RATE_HZ
from agent.model import Decide, FallbackLLMService, ReceptionistLLMService
from agent.prompt import system_prompt
from agent.speech import Ears, LocalSTTService, LocalTTSService, Mouth
from agent.vad import VoiceModel
from config.settings import Settings

_WARM_UP = "Good morning."
_OPENAI_RATE_HZ = 24000


def _uses_openai(choice: str, settings: Settings) -> bool:
    return choice == "openai" or (choice == "auto" and settings.openai_api_key is not None)


@dataclass
class Services:
    """What every call of the process shares."""

    settings: Settings
    voice_model: VoiceModel
    ears: Ears | None
    mouth: Mouth | None

    @classmethod
    def load(cls, settings: Settings) -> "Services":
        """Load the models; takes a second or two, so not on the event loop.

        Args:
            settings: Which services to use.

        Returns:
            The services.

        Raises:
            ValueError: OpenAI is asked for and there is no key.
        """
        speech = settings.speech
        if "openai" in (speech.stt, speech.tts) and settings.openai_api_key is None:
            raise ValueError("speech is set to openai, and OPENAI_API_KEY is not set")
        return cls(
            settings=settings,
            voice_model=VoiceModel(),
            ears=None if _uses_openai(speech.stt, settings) else Ears(speech),
            mouth=None if _uses_openai(speech.tts, settings) else Mouth(speech),
        )

    async def warm_up(self) -> None:
        """Run each local model once, so that no caller waits for a first time."""
        pcm = await self.mouth.speak(_WARM_UP) if self.mouth else bytes(SAMPLE_RATE_HZ * 2)
        if self.ears:
            await self.ears.transcribe(pcm)
    async def rehearse(self, text: str) -> None:
        """Have a sentence ready before it is needed."""
        if self.mouth:
            await self.mouth.speak(text)

    def close(self) -> None:
        """Let the threads go."""
        if self.ears:
            self.ears.close()
        if self.mouth:
            self.mouth.close()

    def hearing(self) -> FrameProcessor:
        """Make a call's speech-to-text service."""
        if self.ears:
            return LocalSTTService(self.ears)
        return OpenAISTTService(
            api_key=self._key(),
            base_url=self.settings.openai.base_url,
            audio_passthrough=False,
            sample_rate=SAMPLE_RATE_HZ,
            settings=OpenAISTTService.Settings(model=self.settings.openai.stt_model),
        )

    def voice(self) -> FrameProcessor:
        """Make a call's text-to-speech service."""
        if self.mouth:
            return LocalTTSService(self.mouth)
        return OpenAITTSService(
            api_key=self._key(),
            base_url=self.settings.openai.base_url,
            sample_rate=_OPENAI_RATE_HZ,
            settings=OpenAITTSService.Settings(
                model=self.settings.openai.tts_model, voice=self.settings.openai.tts_voice
            ),
        )

    def model(self, decide: Decide, briefing: Briefing) -> FrameProcessor:
        """Make a call's model.

        Args:
            decide: The receptionist, for when there is no model or it fails.
            briefing: What the bot knows.

        Returns:
            The service.
        """
        if self.settings.openai_api_key is None:
            return ReceptionistLLMService(decide, self.settings.call.filler_seconds)
        instruction = system_prompt(briefing.facts, briefing.instructions, briefing.clock())
        return FallbackLLMService(
            decide,
            api_key=self._key(),
            settings=self.settings.openai,
            instruction=instruction,
            filler_seconds=self.settings.call.filler_seconds,
        )

    def _key(self) -> str:
        key = self.settings.openai_api_key
        if key is None:
            raise ValueError("OPENAI_API_KEY is not set")
        return key.get_secret_value()
