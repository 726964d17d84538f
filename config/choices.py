"""Which vendors the settings come to choose."""

from config.settings import Settings
from config.vendors import (
    AUTO,
    COMPATIBLE,
    HEARING,
    LOCAL,
    MODELS,
    NO_MODEL,
    OPENAI,
    VOICES,
    ModelVendor,
    Vendor,
    VoiceVendor,
)


def chosen_model(settings: Settings) -> ModelVendor | None:
    """Find whose model answers; None is the receptionist alone."""
    service = settings.model.service
    if service == AUTO:
        if settings.model.base_url is not None:
            service = COMPATIBLE
        else:
            service = OPENAI if settings.openai_api_key is not None else NO_MODEL
    return None if service == NO_MODEL else MODELS[service]


def chosen_hearing(settings: Settings) -> Vendor:
    """Find who recognises speech."""
    stt = settings.speech.stt
    if stt == AUTO:
        stt = OPENAI if settings.openai_api_key is not None else LOCAL
    return HEARING[stt]


def chosen_voice(settings: Settings) -> VoiceVendor:
    """Find who speaks. OpenAI has no voice that is sure to say the words as they stand: it must be named."""
    tts = settings.speech.tts
    return VOICES[LOCAL if tts == AUTO else tts]
