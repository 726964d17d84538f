"""Which models, hearing and voices can be chosen by name: a row each.

A row names pipecat's class by its path, so that nothing of a vendor is imported unless it is chosen.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

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


_AZURE: dict[str, Any] = {"extra": "azure", "key": "AZURE_SPEECH_API_KEY", "needs": ("region",)}
_GOOGLE: dict[str, Any] = {"extra": "google", "key": None, "needs": ("credentials_path",)}


def _openai(name: str, title: str, service: str, model: str) -> Vendor:
    path = f"agent.speech.openai_hearing:{service}"
    return Vendor(name, title, path, key=OPENAI_KEY, url="base_url", model=model)


def _hears(name: str, title: str, service: str, url: str | None, **more: Any) -> Vendor:
    path = f"pipecat.services.{name}.stt:{service}STTService"
    return Vendor(name, title, path, url=url, **{"key": f"{name.upper()}_API_KEY", **more})


def _speaks(name: str, title: str, service: str, url: str | None, **more: Any) -> VoiceVendor:
    path = f"pipecat.services.{name}.tts:{service}TTSService"
    return VoiceVendor(name, title, path, url=url, **{"key": f"{name.upper()}_API_KEY", **more})


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
        _openai("openai", "OpenAI", "LiveTranscription", "gpt-live-transcribe"),
        _openai("openai-turns", "OpenAI, a turn at a time", "TurnTranscription", "gpt-transcribe"),
        _hears(
            "assemblyai",
            "AssemblyAI",
            "AssemblyAI",
            "api_endpoint_base_url",
            keywords="keyterms_prompt",
            languages="language_codes",
        ),
        _hears("azure", "Azure Speech", "Azure", "private_endpoint", **_AZURE),
        _hears("cartesia", "Cartesia Ink", "Cartesia", "base_url", keywords="keyterm"),
        _hears("deepgram", "Deepgram", "Deepgram", "base_url", extra="deepgram", keywords="keyterm"),
        _hears("elevenlabs", "ElevenLabs Scribe", "ElevenLabsRealtime", "base_url", keywords="keyterms"),
        _hears("gladia", "Gladia", "Gladia", "url"),
        _hears("google", "Google Speech-to-Text", "Google", None, languages="languages", **_GOOGLE),
        _hears("soniox", "Soniox", "Soniox", "url", languages="language_hints"),
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
        _speaks("azure", "Azure Speech", "Azure", "private_endpoint", **_AZURE),
        _speaks("cartesia", "Cartesia Sonic", "Cartesia", "url", voice=""),
        _speaks("deepgram", "Deepgram Aura", "Deepgram", "base_url"),
        _speaks("elevenlabs", "ElevenLabs", "ElevenLabs", "url", voice=""),
        _speaks("google", "Google Cloud voices", "Google", None, **_GOOGLE),
        _speaks("inworld", "Inworld", "Inworld", "url"),
        _speaks("rime", "Rime", "Rime", "url", voice=""),
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
