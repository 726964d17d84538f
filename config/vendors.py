"""Which models, hearing and voices can be chosen by name: a row each.

A row names pipecat's class by its path, so that nothing of a vendor is imported unless it is chosen.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

AUTO = "auto"
LOCAL = "local"
OPENAI = "openai"
COMPATIBLE = "compatible"
NO_MODEL = "none"
"""No model at all: the receptionist answers."""
OPENAI_KEY = "OPENAI_API_KEY"
OPENAI_URL = "https://api.openai.com/v1"
DEFAULT_MODEL = "gpt-6-luna"
"""OpenAI's own starting point for what GPT-4.x did, with no reasoning: the least wait and the least cost."""


@dataclass(frozen=True)
class Vendor:
    """One service that can be chosen.

    Attributes:
        service: pipecat's class, as ``module:class``.
        extra: The extra of this package that brings what the class needs; empty when nothing is missing.
        key: The environment variable of its key; None where none is needed.
        url: The class's argument for another address; None where it has none.
        model: The model when none is named; None is the class's own default, "" means that one must be named.
        keywords: What its settings call words that are likely to be spoken; None where they cannot be told.
        languages: What its settings call the list of languages spoken; None where it takes one alone.
    """

    name: str
    title: str
    service: str
    extra: str = ""
    key: str | None = None
    url: str | None = None
    model: str | None = None
    needs: tuple[str, ...] = ()
    keywords: str | None = None
    languages: str | None = None


@dataclass(frozen=True)
class ModelVendor(Vendor):
    """A language model.

    Attributes:
        api: How it is asked: OpenAI's Responses API, its Chat Completions, or the vendor's own.
        client: The vendor's own client class, where pipecat's class takes one made outside.
    """

    api: Literal["responses", "chat", "own"] = "chat"
    client: str | None = None


@dataclass(frozen=True)
class VoiceVendor(Vendor):
    """A voice.

    Attributes:
        exact: It says the words that it is given. One that may reword them is heard only after what it said
            was found to be the sentence.
        voice: The voice when none is named, as ``model``.
    """

    exact: bool = True
    voice: str | None = None


def _chat(name: str, title: str, key: str | None, model: str | None = None, service: str = "") -> ModelVendor:
    """Describe a vendor whose API has the shape of Chat Completions, and needs no library of its own."""
    path = f"pipecat.services.{name}.llm:{service or title + 'LLMService'}"
    return ModelVendor(name, title, path, key=key, url="base_url", model=model)


MODELS: dict[str, ModelVendor] = {
    one.name: one
    for one in (
        ModelVendor(
            OPENAI,
            "OpenAI",
            "pipecat.services.openai.responses.llm:OpenAIResponsesLLMService",
            key=OPENAI_KEY,
            url="base_url",
            model=DEFAULT_MODEL,
            api="responses",
        ),
        ModelVendor(
            COMPATIBLE,
            "The server at CHAIRSIDE_MODEL_BASE_URL",
            "pipecat.services.openai.llm:OpenAILLMService",
            url="base_url",
            model=DEFAULT_MODEL,
        ),
        ModelVendor(
            "anthropic",
            "Anthropic",
            "pipecat.services.anthropic.llm:AnthropicLLMService",
            extra="anthropic",
            key="ANTHROPIC_API_KEY",
            url="base_url",
            api="own",
            client="anthropic:AsyncAnthropic",
        ),
        ModelVendor(
            "azure",
            "Azure OpenAI",
            "pipecat.services.azure.llm:AzureLLMService",
            key="AZURE_OPENAI_API_KEY",
            url="endpoint",
            model="",
            needs=("endpoint",),
        ),
        ModelVendor(
            "google",
            "Google Gemini",
            "pipecat.services.google.llm:GoogleLLMService",
            extra="google",
            key="GOOGLE_API_KEY",
            api="own",
        ),
        _chat("cerebras", "Cerebras", "CEREBRAS_API_KEY"),
        _chat("deepseek", "DeepSeek", "DEEPSEEK_API_KEY"),
        _chat("fireworks", "Fireworks", "FIREWORKS_API_KEY"),
        _chat("groq", "Groq", "GROQ_API_KEY"),
        _chat("mistral", "Mistral", "MISTRAL_API_KEY"),
        _chat("nebius", "Nebius", "NEBIUS_API_KEY"),
        _chat("nvidia", "NVIDIA", "NVIDIA_API_KEY", service="NvidiaLLMService"),
        _chat("ollama", "Ollama", None, model="", service="OLLamaLLMService"),
        _chat("openrouter", "OpenRouter", "OPENROUTER_API_KEY", model=""),
        _chat("qwen", "Qwen", "QWEN_API_KEY"),
        _chat("sambanova", "SambaNova", "SAMBANOVA_API_KEY"),
        _chat("together", "Together", "TOGETHER_API_KEY"),
        _chat("xai", "xAI", "XAI_API_KEY", service="GrokLLMService"),
    )
}
"""What ``CHAIRSIDE_MODEL_SERVICE`` may name, beside ``auto`` and ``none``."""

HEARING: dict[str, Vendor] = {
    one.name: one
    for one in (
        Vendor(LOCAL, "Whisper, on this machine", "agent.speech.local:LocalSTTService", extra=LOCAL),
        Vendor(
            OPENAI,
            "OpenAI",
            "agent.speech.openai_hearing:LiveTranscription",
            key=OPENAI_KEY,
            url="base_url",
            model="gpt-live-transcribe",
        ),
        Vendor(
            "openai-turns",
            "OpenAI, a turn at a time",
            "agent.speech.openai_hearing:TurnTranscription",
            key=OPENAI_KEY,
            url="base_url",
            model="gpt-transcribe",
        ),
        Vendor(
            "assemblyai",
            "AssemblyAI",
            "pipecat.services.assemblyai.stt:AssemblyAISTTService",
            key="ASSEMBLYAI_API_KEY",
            url="api_endpoint_base_url",
            keywords="keyterms_prompt",
            languages="language_codes",
        ),
        Vendor(
            "azure",
            "Azure Speech",
            "pipecat.services.azure.stt:AzureSTTService",
            extra="azure",
            key="AZURE_SPEECH_API_KEY",
            url="private_endpoint",
            needs=("region",),
        ),
        Vendor(
            "cartesia",
            "Cartesia Ink",
            "pipecat.services.cartesia.stt:CartesiaSTTService",
            key="CARTESIA_API_KEY",
            url="base_url",
            keywords="keyterm",
        ),
        Vendor(
            "deepgram",
            "Deepgram",
            "pipecat.services.deepgram.stt:DeepgramSTTService",
            extra="deepgram",
            key="DEEPGRAM_API_KEY",
            url="base_url",
            keywords="keyterm",
        ),
        Vendor(
            "elevenlabs",
            "ElevenLabs Scribe",
            "pipecat.services.elevenlabs.stt:ElevenLabsRealtimeSTTService",
            key="ELEVENLABS_API_KEY",
            url="base_url",
            keywords="keyterms",
        ),
        Vendor(
            "gladia",
            "Gladia",
            "pipecat.services.gladia.stt:GladiaSTTService",
            key="GLADIA_API_KEY",
            url="url",
        ),
        Vendor(
            "google",
            "Google Speech-to-Text",
            "pipecat.services.google.stt:GoogleSTTService",
            extra="google",
            needs=("credentials_path",),
            languages="languages",
        ),
        Vendor(
            "soniox",
            "Soniox",
            "pipecat.services.soniox.stt:SonioxSTTService",
            key="SONIOX_API_KEY",
            url="url",
            languages="language_hints",
        ),
    )
}
"""What ``CHAIRSIDE_SPEECH_STT`` may name, beside ``auto``."""

VOICES: dict[str, VoiceVendor] = {
    one.name: one
    for one in (
        VoiceVendor(LOCAL, "Hibari, on this machine", "agent.speech.local:LocalTTSService", extra=LOCAL),
        VoiceVendor(
            OPENAI,
            "OpenAI",
            "agent.speech.openai_voice:CheckedRealtimeVoice",
            key=OPENAI_KEY,
            url="base_url",
            model="gpt-realtime-2.1-mini",
            voice="marin",
            exact=False,
        ),
        VoiceVendor(
            "azure",
            "Azure Speech",
            "pipecat.services.azure.tts:AzureTTSService",
            extra="azure",
            key="AZURE_SPEECH_API_KEY",
            url="private_endpoint",
            needs=("region",),
        ),
        VoiceVendor(
            "cartesia",
            "Cartesia Sonic",
            "pipecat.services.cartesia.tts:CartesiaTTSService",
            key="CARTESIA_API_KEY",
            url="url",
            voice="",
        ),
        VoiceVendor(
            "deepgram",
            "Deepgram Aura",
            "pipecat.services.deepgram.tts:DeepgramTTSService",
            key="DEEPGRAM_API_KEY",
            url="base_url",
        ),
        VoiceVendor(
            "elevenlabs",
            "ElevenLabs",
            "pipecat.services.elevenlabs.tts:ElevenLabsTTSService",
            key="ELEVENLABS_API_KEY",
            url="url",
            voice="",
        ),
        VoiceVendor(
            "google",
            "Google Cloud voices",
            "pipecat.services.google.tts:GoogleTTSService",
            extra="google",
            needs=("credentials_path",),
        ),
        VoiceVendor(
            "inworld",
            "Inworld",
            "pipecat.services.inworld.tts:InworldTTSService",
            key="INWORLD_API_KEY",
            url="url",
        ),
        VoiceVendor(
            "rime",
            "Rime",
            "pipecat.services.rime.tts:RimeTTSService",
            key="RIME_API_KEY",
            url="url",
            voice="",
        ),
    )
}
"""What ``CHAIRSIDE_SPEECH_TTS`` may name, beside ``auto``."""

KEYS = frozenset(
    one.key for table in (MODELS, HEARING, VOICES) for one in table.values() if one.key is not None
)
"""The environment variables of the vendors' keys."""


def check_name(name: str, known: Sequence[str]) -> str:
    """Give a service's name back when there is such a service; ValueError says which come near, or all."""
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}."
    raise ValueError(f"no such service: {name}; {hint}")
