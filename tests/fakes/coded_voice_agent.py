"""The agent of a real server, with hearing and voice that need no model: see `tests.fakes.coded_speech`."""

import functools

from agent.briefing import Briefings
from agent.llm.chosen import find_model
from agent.services import AgentServices
from agent.speech.choice import SpeechChoice
from agent.voice_agent import VoiceAgent
from config.settings import Settings
from kit.clock import Clock
from tests.fakes.coded_speech import CodedRecognizer, CodedSynthesizer, LoudnessModel


def coded_voice_agent(
    settings: Settings, clock: Clock, briefings: Briefings, voice: CodedSynthesizer | None = None
) -> VoiceAgent:
    """Make the agent.

    Args:
        voice: Speaks; None is at once.
    """
    load = functools.partial(_load, voice=voice or CodedSynthesizer())
    return VoiceAgent(settings, clock, briefings, load=load)


def _load(settings: Settings, voice: CodedSynthesizer) -> AgentServices:
    speech = SpeechChoice(settings, CodedRecognizer(), voice)
    model = LoudnessModel()
    return AgentServices(settings, model, speech, find_model(settings))  # type: ignore[arg-type] # behaves alike
