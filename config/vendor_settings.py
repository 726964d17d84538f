"""The settings of the model, of hearing and of the voice: whose, which of theirs, how long to wait."""

from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator

from config.group import Count, Group, Seconds
from config.vendors import AUTO, HEARING, MODELS, NO_MODEL, VOICES, check_name


class ModelSettings(Group):
    """The language model of calls and chats."""

    service: str = AUTO
    """Whose model: ``openai``, ``anthropic``, ``ollama`` and the others in ``config/vendors.py``. ``auto`` is
    the server at ``base_url`` where that is set, OpenAI when ``OPENAI_API_KEY`` is, else none; ``none`` is
    the receptionist alone."""
    name: str | None = None
    """The model, as the vendor calls it; without it the service's default."""
    base_url: str | None = None
    """Another address of the service, or a server of the Chat Completions shape (vLLM, llama.cpp)."""
    api_key: SecretStr | None = None
    """The key; without it the vendor's own variable counts, such as ``ANTHROPIC_API_KEY``."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Further arguments of the service as a JSON object, such as ``{"endpoint": "https://…"}`` for Azure."""
    effort: str | None = None
    """Reasoning effort; without it the least that the model knows, for a caller waits."""
    verbosity: Literal["low", "medium", "high"] | None = "low"
    """How much the model says, where it can be told."""
    max_tokens: Annotated[int, Field(ge=50)] = 600
    """Most tokens of one answer; one that is cut off there is not spoken."""
    extra_models: tuple[str, ...] = ()
    """Further models that an assistant may ask for, as a JSON list; the default one and those of the
    Assistants Admin API's own list may always be asked for."""
    aliases: dict[str, str] = Field(default_factory=dict)
    """Which model answers for a name that an assistant asks for, as a JSON object. The models of the
    Assistants Admin API's own list have ended; without an alias the default model answers for them."""
    timeout_seconds: Seconds = 3.0
    """Longest wait for a sentence of the model, the first and each further one, before the receptionist takes
    over."""
    breaker_failures: Annotated[int, Field(ge=1)] = 3
    """Failures in a row after which a vendor's model, ears or voice are left alone for a while."""
    breaker_seconds: Seconds = 20.0
    """How long; then one request probes whether it is back."""
    answer_seconds: Seconds = 60.0
    """Longest that one answer of the model may take by text, as long as words come."""
    answer_characters: Annotated[int, Field(ge=500)] = 8000
    """Longest answer of the model, in characters, however many tokens its server lets it have."""
    drain_seconds: Seconds = 0.3
    """Longest wait for the rest of an answer that the caller cut off, before a new connection is made."""
    ending_days: Count = 90
    """A model that its vendor switches off within so many days is warned of, once a day."""
    knowledge_prompt_characters: Count = 40_000
    """Files of a practice with at most so much text go into the prompt whole; larger ones are searched with
    what the person says, before the model answers."""
    history_characters: Count = 100_000
    """Most of a conversation by text that the model is sent, in characters; what was said before that stays
    in the thread."""

    @field_validator("service")
    @classmethod
    def _is_known(cls, name: str) -> str:
        return check_name(name, [*MODELS, AUTO, NO_MODEL])


class CostSettings(Group):
    """What calls cost, for the estimate in the figures: as your contracts have it, in one currency."""

    currency: str = "USD"
    line_per_minute: Annotated[float, Field(ge=0)] = 0.0085
    """The carrier, for each minute begun: Twilio's list price for calls to a US number. Its media stream, and
    whatever else it bills by the minute, is added by you."""
    speech_per_minute: Annotated[float, Field(ge=0)] = 0.0
    """A vendor's hearing and voice; the local ones cost nothing."""
    model_per_answer: Annotated[float, Field(ge=0)] = 0.0
    """A vendor's model, for each answer of the bot; the local receptionist costs nothing."""


class SpeechSettings(Group):
    """Hearing and speaking."""

    stt: str = AUTO
    """Speech-to-text: ``local``, ``openai``, ``deepgram`` and the others in ``config/vendors.py``. ``auto``
    is OpenAI when ``OPENAI_API_KEY`` is set, else the local model."""
    stt_model: str | None = None
    """The vendor's model; without it the service's default."""
    stt_url: str | None = None
    """Another address of the vendor."""
    stt_api_key: SecretStr | None = None
    """Its key; without it the vendor's own variable counts, such as ``DEEPGRAM_API_KEY``."""
    stt_options: dict[str, Any] = Field(default_factory=dict)
    """Further arguments of the service as a JSON object, such as ``{"region": "eastus"}`` for Azure."""
    tts: str = AUTO
    """Text-to-speech: ``local``, ``openai``, ``elevenlabs`` and the others. ``auto`` is the local voice:
    OpenAI has none that is sure to say the words as they stand."""
    tts_model: str | None = None
    """The vendor's model; without it the service's default."""
    tts_voice: str | None = None
    """The vendor's name of the voice; without it the service's default."""
    tts_url: str | None = None
    """Another address of the vendor."""
    tts_api_key: SecretStr | None = None
    """Its key; without it the vendor's own variable counts."""
    tts_options: dict[str, Any] = Field(default_factory=dict)
    """Further arguments of the service, as a JSON object."""
    hearing_seconds: Seconds = 1.0
    """Wait for a vendor's transcription after the caller has stopped; then the local model hears beside it,
    and the first words count."""
    hearing_settle_seconds: Seconds = 0.3
    """The same where all that was spoken is there already, as far as the vendor has told."""
    unheard_limit: Annotated[int, Field(ge=1)] = 2
    """Utterances in a row that a vendor may fail to hear where no local model stands by; then the practice is
    rung, or a message taken. One that is not answered, and may be a noise, counts half."""
    voice_seconds: Seconds = 2.0
    """Longest wait for a vendor's audio, and between its pieces; then the local voice speaks."""
    whisper_model: str | None = None
    """Folder or name of another faster-whisper model; without it, tiny.en from the installed wheel."""
    whisper_beam: Annotated[int, Field(ge=1, le=10)] = 5
    """Readings of an utterance that are weighed against each other."""
    whisper_window_seconds: Annotated[float, Field(ge=5, le=30)] = 15.0
    """Sound that the model is given at once, shorter words padded with silence. Its own 30 is hardly better,
    and takes twice as long; of 10 the model writes short words twice."""
    whisper_threads: Annotated[int, Field(ge=1)] = 2
    """Processor threads of one recognition."""
    workers: Annotated[int, Field(ge=1)] = 2
    """Recognitions and syntheses that may run at once."""
    queue_limit: Annotated[int, Field(ge=1)] = 64
    """Jobs that may wait for a worker before new ones are refused."""
    job_seconds: Seconds = 8.0
    """Longest that one may take; then words count as not heard, or the carrier's voice says the sentence."""
    tts_speed: Annotated[float, Field(ge=0.5, le=2.0)] = 0.85
    """Pace of the local voice; 0.85 is some 160 words a minute."""
    tts_detail_pace: Annotated[float, Field(ge=0.5, le=1.0)] = 0.95
    """Share of that pace for sentences with numbers, days and times."""
    tts_noise_dbfs: Annotated[float, Field(le=-40)] = -60.0
    """Comfort noise under the local voice."""
    vad_confidence: Annotated[float, Field(ge=0, le=1)] = 0.6
    """Least voice probability (Silero) that counts as speech."""
    vad_start_seconds: Seconds = 0.16
    """Speech this long starts a turn."""
    vad_brief_seconds: Seconds = 0.09
    """A voice this long, too short to start a turn, is recognised where a yes would be an answer: "yep"."""
    vad_stop_seconds: Seconds = 0.35
    """Silence this long ends the speech."""
    voice_floor_dbfs: Annotated[float, Field(le=0)] = -46.0
    """Before the caller has spoken, softer voices are somebody else's."""
    caller_range_db: Annotated[float, Field(gt=0)] = 14.0
    """A voice that is so much softer than the caller was of late is somebody else's."""
    longest_utterance_seconds: Seconds = 25.0
    """Speech without a pause that goes on for longer is taken for voices behind the caller."""
    vad_pause_seconds: Seconds = 0.16
    """Silence this long starts the local recognition ahead of time; speech that goes on takes it back."""
    turn_wait_seconds: Seconds = 0.45
    """Further wait for the caller to go on before the bot answers; none when their words answer the question
    whole."""
    closed_wait_seconds: Seconds = 0.15
    """The same behind a "please" or "thanks", with which a sentence ends."""
    hesitation_wait_seconds: Seconds = 1.7
    """The same after a greeting, a hesitation, or who calls alone."""
    part_wait_seconds: Seconds = 0.85
    """The same after a first name where the whole one was asked for, and after the first letters of one."""
    dictation_wait_seconds: Seconds = 1.85
    """The same while a number is too short or a sentence hangs in the air."""
    recognition_wait_seconds: Seconds = 10.0
    """Longest wait for the words of what the caller said."""
    keypad_pause_seconds: Seconds = 3.0
    """Pause after which the keys pressed so far are taken, unless ``#`` ends them before."""
    pre_roll_seconds: Seconds = 1.0
    """Audio from before the detected start that recognition gets."""
    pre_roll_over_bot_seconds: Seconds = 0.4
    """The same while the bot's own voice was on the line."""
    energy_floor_dbfs: Annotated[float, Field(le=0)] = -55.0
    """Frames quieter than this are silence without asking the model."""

    @field_validator("stt")
    @classmethod
    def _is_hearing(cls, name: str) -> str:
        return check_name(name, [*HEARING, AUTO])

    @field_validator("tts")
    @classmethod
    def _is_voice(cls, name: str) -> str:
        return check_name(name, [*VOICES, AUTO])
