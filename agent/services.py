"""The hearing, the model and the voice that the settings ask for: loaded once, handed to every call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from pipecat.processors.frame_processor import FrameProcessor

from agent.briefing import Briefing
from agent.llm.chosen import find_model
from agent.llm.knowledge import Knowledge
from agent.llm.patience import Patience
from agent.llm.prompt import known_of, now_block, system_prompt
from agent.llm.services import Decide, OnFound, ReceptionistLLMService, ReceptionistMixin
from agent.speech.choice import SpeechChoice
from agent.speech.pronunciation import pronunciation
from agent.speech.standby import Listening, Question
from agent.statements.records import statement_check
from agent.telephony.vad import VoiceModel
from agent.vendor_breaker import vendor_breaker
from config.settings import Settings
from contracts.partner import PracticeFacts
from kit.circuit_breaker import CircuitBreaker
from tools.context import ToolContext
from tools.registry import offered

if TYPE_CHECKING:
    from agent.llm.choice import ModelChoice

MOST_KEYWORDS = 100
"""Names of people and services that a recogniser is told; vendors take no more."""


@dataclass
class AgentServices:
    """What every call of the process shares."""

    settings: Settings
    voice_model: VoiceModel
    speech: SpeechChoice
    choice: "ModelChoice | None" = None
    """The model; None is the receptionist alone."""
    breakers: dict[str, CircuitBreaker] = field(default_factory=dict)
    """Of the vendors' services, by name."""

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Load the models, off the event loop: it takes a second or two. May raise NotConfigured."""
        return cls(settings, VoiceModel(), SpeechChoice.load(settings), find_model(settings))

    @classmethod
    def check(cls, settings: Settings) -> None:
        """Look at what is chosen, without loading models; NotConfigured where something is missing."""
        find_model(settings)
        SpeechChoice.check(settings)

    async def warm_up(self) -> None:
        """Run each local model once, so that no caller waits for a first time."""
        await self.speech.warm_up()

    async def rehearse(self, text: str) -> None:
        """Have a sentence ready before it is needed, in the voice that will say it."""
        await self.speech.rehearse(text)

    async def close(self) -> None:
        """Let the threads and connections go."""
        self.speech.close()
        if self.choice:
            await self.choice.close()

    def hearing(self, briefing: Briefing, question: Callable[[], Question]) -> FrameProcessor:
        """Make a call's speech-to-text service; ``question`` gives what the caller's next words answer."""
        facts = briefing.facts
        names = [one.name for one in facts.practitioners]
        names += [name for one in facts.services for name in (one.name, *one.aliases)]
        keywords = tuple(dict.fromkeys([*names, facts.name]))[:MOST_KEYWORDS]
        tags = [briefing.bot.language, *facts.languages]
        languages = tuple(dict.fromkeys(one.partition("-")[0].lower() for one in tags))
        return self.speech.hearing(Listening(keywords, languages), question)

    def voice(self, facts: PracticeFacts) -> FrameProcessor:
        """Make a call's text-to-speech service, which says the practice's names as the practice does."""
        voice = self.speech.voice()
        voice.add_text_transformer(pronunciation(facts))
        return voice

    def model(
        self, decide: Decide, briefing: Briefing, tools: ToolContext, on_found: OnFound
    ) -> ReceptionistMixin:
        """Make a call's model.

        Args:
            decide: The receptionist, for when there is no model or it fails.
            on_found: Called with the passages of the practice's files that are laid before the model.
        """
        if self.choice is None:
            return ReceptionistLLMService(decide, self.settings.call.filler_seconds)
        chosen = self.settings.model
        knowledge = Knowledge(briefing.knowledge, chosen.knowledge_prompt_characters, briefing.facts)
        instruction = system_prompt(
            briefing.facts,
            briefing.instructions,
            known_of(tools, knowledge.whole),
            functions=[function.name for function in offered(tools)],
        )
        service = self.choice.for_call(tools, instruction)
        service.stand_by(
            decide,
            patience=Patience(
                chosen.timeout_seconds, self.settings.call.thinking_seconds, self._breaker("model")
            ),
            knowledge=knowledge,
            on_found=on_found,
            now=lambda: now_block(tools),
            statements=statement_check(tools),
            most_characters=chosen.answer_characters,
            filler_seconds=self.settings.call.filler_seconds,
            language=tools.bot.language,
        )
        return service

    def _breaker(self, service: str) -> CircuitBreaker:
        """Give the breaker of a vendor's service; the same one for all calls."""
        if service not in self.breakers:
            chosen = self.settings.model
            self.breakers[service] = vendor_breaker(service, chosen.breaker_failures, chosen.breaker_seconds)
        return self.breakers[service]
