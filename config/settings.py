"""The settings tree: every value has a default that is right, a unit, and an environment variable.

A variable is ``CHAIRSIDE_`` + group + ``_`` + name: ``settings.database.url`` is
``CHAIRSIDE_DATABASE_URL``. The vendors' own names, ``OPENAI_API_KEY`` and ``TWILIO_AUTH_TOKEN``, stand for
themselves.
A ``.env`` file in the working folder is read.
"""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]


class Group(BaseModel):
    """A branch of the tree."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerSettings(Group):
    """The HTTP server."""

    host: str = "127.0.0.1"
    """Address to listen on; ``0.0.0.0`` in a container."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """TCP port; 0 takes a free one and prints it."""
    public_url: str | None = None
    """How the outside reaches us, for example ``https://voice.example.com``: used for the media address
    that Twilio dials and for checking Twilio's signature. Without it the request's own host counts."""
    trusted_proxies: str = "127.0.0.1"
    """Addresses whose ``X-Forwarded-*`` headers are believed, comma-separated; ``*`` for all."""
    max_body_bytes: Count = 65_536
    """Largest JSON or form body of any API but the assistants'."""
    max_assistant_body_bytes: Count = 262_144
    """Largest JSON body of the assistants' APIs, whose instructions may be long."""
    max_upload_bytes: Count = 20_971_520
    """Largest file that an assistant is given."""
    drain_seconds: Seconds = 20.0
    """How long a stopping server lets the calls in progress go on."""


class DatabaseSettings(Group):
    """The records."""

    url: SecretStr | None = None
    """``postgresql://…`` or ``sqlite:///…``; without it, ``chairside.db`` in the data folder."""
    pool_size: Annotated[int, Field(ge=1)] = 10
    """Connections kept open to PostgreSQL."""
    busy_timeout_seconds: Seconds = 5.0
    """How long a SQLite writer waits for another."""


class PartnerApiSettings(Group):
    """The Partner API that the bot's function tools call."""

    api_url: str | None = None
    """Base URL of another server that speaks the contract; without it our own, in this process."""
    api_key: SecretStr | None = None
    """The ``sk_ptnr_`` key for that server."""
    timeout_seconds: Seconds = 8.0
    """Longest wait for one answer while a caller is on the line."""
    attempts: Annotated[int, Field(ge=1)] = 3
    """Tries of a request that is safe to repeat."""
    total_seconds: Seconds = 12.0
    """Bound on all tries together."""


class SiteApiSettings(Group):
    """The Site Assistants API that instructions and files come from."""

    api_url: str | None = None
    """Base URL of another server that speaks the contract; without it our own, in this process."""
    api_token: SecretStr | None = None
    """The bearer token for that server."""
    timeout_seconds: Seconds = 5.0
    """Longest wait for one answer."""
    attempts: Annotated[int, Field(ge=1)] = 3
    """Tries of a read."""
    total_seconds: Seconds = 8.0
    """Bound on all tries together."""
    cache_seconds: float = Field(default=60.0, ge=0)
    """How long instructions and files are kept before they are asked for again, while the kept ones still
    serve; with 0 every conversation waits for what is there now."""


class RelaySettings(Group):
    """The signed webhook to a booking platform."""

    timeout_seconds: Seconds = 30.0
    """The contract's bound on the platform's answer."""
    max_response_bytes: Count = 1_048_576
    """Larger answers of a platform are refused."""
    allow_http: bool = False
    """Allow ``http://`` webhooks beyond loopback."""
    allowed_networks: str = ""
    """Networks that webhooks may reach although they are private, loopback or link-local: addresses or
    networks, comma-separated, for example ``127.0.0.0/8, 10.20.0.0/16``."""
    connect_seconds: Seconds = 5.0
    """Longest wait for a connection, and again for its TLS; nothing was sent by then."""
    webhook_url: str | None = None
    """The platform of every bot whose account has neither a calendar here nor a webhook of its own."""
    webhook_secret: SecretStr | None = None
    """The secret of webhooks for which neither bot nor account has one."""
    secret_overlap_hours: Annotated[float, Field(ge=0)] = 24.0
    """How long the previous secret is tried after a platform has refused the new one."""
    wait_seconds: Seconds = 25.0
    """How long a partner waits for a booking when its request has no ``Prefer: wait``."""
    attempts: Annotated[int, Field(ge=1)] = 4
    """Tries of one booking, under one key, before the follow-ups take it over."""
    total_seconds: Seconds = 60.0
    """Bound on all those tries together, and the longest wait that ``Prefer: wait`` is granted."""
    first_pause_seconds: Seconds = 0.25
    """Pause before the second try; it doubles, with jitter."""
    bookings_found: Annotated[int, Field(ge=1, le=100)] = 10
    """Most bookings that a search by phone number gives."""
    connections_per_host: Annotated[int, Field(ge=1)] = 50
    """Connections to one platform host at once; further requests wait for one of them."""
    hosts: Annotated[int, Field(ge=1)] = 256
    """Platform hosts to which connections are kept at once; the one unused for longest makes room."""
    host_idle_seconds: Seconds = 60.0
    """How long the connections to a host are kept without a request."""
    breaker_failures: Annotated[int, Field(ge=1)] = 5
    """Failures in a row that open a platform host's circuit breaker."""
    breaker_seconds: Seconds = 15.0
    """How long the circuit stays open before one request probes the host."""

    @field_validator("allowed_networks")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        for name in text.split(","):
            if name.strip():
                ipaddress.ip_network(name.strip(), strict=False)
        return text


class LedgerSettings(Group):
    """The booking ledger."""

    lease_seconds: Seconds = 5.0
    """How long a worker that fell silent keeps others waiting; a living one renews it in time."""
    keep_days: Annotated[int, Field(ge=1)] = 30
    """How long keys and their answers are kept."""


class CalendarSettings(Group):
    """The embedded calendar."""

    hold_seconds: Seconds = 120.0
    """How long a held slot is kept when the request does not say."""
    longest_hold_seconds: Seconds = 900.0
    """The longest that a request may ask for."""


class FollowUpSettings(Group):
    """What is done later: confirmations, events, reminders, bookings in doubt."""

    in_server: bool = True
    """Run them in ``chairside serve``; otherwise ``chairside worker`` does."""
    sweep_seconds: Seconds = 5.0
    """How often what was left behind is looked for."""
    resolve_first_seconds: Seconds = 5.0
    """Pause before a booking in doubt is asked for again; it doubles."""
    hand_off_minutes: Count = 10
    """How long a hand-off waits for somebody before a reminder of it; an emergency not at all."""
    resolve_longest_seconds: Seconds = 900.0
    """The longest such pause."""
    resolve_hours: Annotated[float, Field(gt=0)] = 24.0
    """Age at which a booking in doubt is given up and handed to the practice's people."""
    retry_first_seconds: Seconds = 5.0
    """Pause before a text message or an event is tried a second time; it doubles."""
    retry_longest_seconds: Seconds = 3600.0
    """The longest such pause."""
    at_once: Annotated[int, Field(ge=1)] = 20
    """Attempts of one process that may be under way at once."""
    event_timeout_seconds: Seconds = 15.0
    """Longest wait for a partner to accept an event."""
    event_hours: Annotated[float, Field(gt=0)] = 24.0
    """How long an event is tried before it is dead."""
    reminder_hours: Annotated[float, Field(gt=0)] = 24.0
    """How long before the appointment the reminder goes out."""
    replica_dead_seconds: Seconds = 60.0
    """Silence after which a replica's work is taken over."""


class SmsSettings(Group):
    """Text messages, through Twilio."""

    api_url: str = "https://api.twilio.com"
    """Base URL of Twilio's REST API."""
    from_number: str | None = None
    """The sender, E.164; without it the bot's own first number."""
    timeout_seconds: Seconds = 10.0
    """Longest wait for Twilio's answer."""
    hours: Annotated[float, Field(gt=0)] = 6.0
    """How long a text message is tried before it is dead."""


class RemoteApiSettings(Group):
    """Remote APIs that assistants call (``call_api``)."""

    timeout_seconds: Seconds = 10.0
    """Longest wait for an answer, a token included."""
    max_answer_bytes: Count = 65_536
    """How much of an answer is read."""


class LimitSettings(Group):
    """Rate limits over a sliding minute; what is too much is 429 with ``Retry-After``."""

    storage: SecretStr = SecretStr("memory://")
    """Where they are counted: ``memory://`` is each server process for itself, ``redis://…`` or
    ``rediss://…`` all replicas together. While Redis does not answer, each counts for itself."""
    requests_per_minute: Annotated[int, Field(ge=1)] = 1200
    """Requests of one partner key."""
    refused_keys_per_minute: Annotated[int, Field(ge=1)] = 120
    """Wrong keys from one client address; more are no longer looked up."""
    log_ins_per_minute: Annotated[int, Field(ge=1)] = 10
    """Log-ins of one person from one address; six times as many of all people from there."""

    @field_validator("storage")
    @classmethod
    def _is_known(cls, storage: SecretStr) -> SecretStr:
        if not storage.get_secret_value().startswith(("memory://", "redis://", "rediss://")):
            raise ValueError("must be memory://, redis://… or rediss://…")
        return storage


class FaultSettings(Group):
    """Faults on purpose, for tests of what survives them; never set in production."""

    kill_at: str | None = None
    """Name of the fault point at which the process kills itself, such as ``ledger.claimed``."""


class SpeechSettings(Group):
    """Hearing and speaking."""

    stt: Literal["auto", "local", "openai"] = "auto"
    """Speech-to-text: ``auto`` is OpenAI when ``OPENAI_API_KEY`` is set, else the local model."""
    tts: Literal["auto", "local", "openai"] = "auto"
    """Text-to-speech, chosen likewise."""
    whisper_model: str | None = None
    """Folder or name of another faster-whisper model; without it, tiny.en from the installed wheel."""
    whisper_threads: Annotated[int, Field(ge=1)] = 2
    """Processor threads of one recognition."""
    workers: Annotated[int, Field(ge=1)] = 2
    """Recognitions and syntheses that may run at once."""
    queue_limit: Annotated[int, Field(ge=1)] = 64
    """Jobs that may wait for a worker before new ones are refused."""
    tts_speed: Annotated[float, Field(ge=0.5, le=2.0)] = 1.1
    """Pace of the local voice."""
    vad_confidence: Annotated[float, Field(ge=0, le=1)] = 0.6
    """Least voice probability (Silero) that counts as speech."""
    vad_start_seconds: Seconds = 0.16
    """Speech this long starts a turn."""
    vad_stop_seconds: Seconds = 0.5
    """Silence this long ends the speech."""
    vad_pause_seconds: Seconds = 0.2
    """Silence this long starts the local recognition ahead of time; speech that goes on takes it back."""
    turn_wait_seconds: Seconds = 0.3
    """Further wait for the caller to go on before the bot answers."""
    dictation_wait_seconds: Seconds = 1.2
    """The same while the caller dictates a number or spells a name."""
    pre_roll_seconds: Seconds = 0.4
    """Audio from before the detected start that recognition gets."""
    energy_floor_dbfs: Annotated[float, Field(le=0)] = -55.0
    """Frames quieter than this are silence without asking the model."""


class OpenAISettings(Group):
    """The model, and OpenAI's speech when chosen."""

    base_url: str | None = None
    """Another OpenAI-compatible server."""
    model: str = "gpt-4o"
    """Chat model of the voice and text bots."""
    extra_models: tuple[str, ...] = ()
    """Further models that an assistant may ask for, as a JSON list; the default one and those of the
    Assistants Admin API's own list may always be asked for."""
    stt_model: str = "gpt-4o-transcribe"
    """Speech-to-text model."""
    tts_model: str = "gpt-4o-mini-tts"
    """Text-to-speech model."""
    tts_voice: str = "coral"
    """Voice name."""
    timeout_seconds: Seconds = 8.0
    """Longest wait for the model's first words, and between words, before the receptionist takes over."""
    answer_seconds: Seconds = 60.0
    """Longest that one answer of the model may take by text, as long as words come."""
    knowledge_prompt_characters: Count = 6000
    """Files of a practice with at most so much text go into the prompt whole; larger ones are searched with
    what the person says, before the model answers."""
    history_characters: Count = 100_000
    """Most of a conversation by text that the model is sent, in characters; what was said before that stays
    in the thread."""
    speech_timeout_seconds: Seconds = 3.0
    """Longest wait for a recognition or a voice before the local model takes over."""


class ChatSettings(Group):
    """Conversations by text."""

    history_messages: Annotated[int, Field(ge=10)] = 100
    """Messages of a conversation that whoever answers looks back at; all of them stay in the thread."""


class SessionSettings(Group):
    """Chat sessions: hand-offs to people, and the streams that follow them."""

    stream_poll_seconds: Seconds = 1.0
    """How often a stream looks for what other replicas wrote; its own process wakes it at once."""
    stream_heartbeat_seconds: Seconds = 15.0
    """Silence after which a stream sends a comment, so that no proxy cuts it."""
    talk_minutes: Count = 60
    """Longest conversation of a caller with a person whom the bot has rung; then the carrier ends it."""
    countries: list[str] | None = None
    """Countries (such as ``["US", "CA"]``) in which people may be rung; None is each practice's own."""
    stream_retry_ms: Count = 2000
    """Pause before a client connects again, which the stream tells it."""


class CallSettings(Group):
    """The rules of one phone call."""

    token_seconds: Seconds = 60.0
    """How long the signed parameter of a media socket is good for."""
    start_seconds: Seconds = 5.0
    """How long a media socket may take to say which call it is."""
    silence_seconds: Seconds = 7.0
    """Silence before the caller is asked whether they are there."""
    filler_seconds: Seconds = 0.8
    """How long a function may take before the caller hears that they have to wait."""
    reprompts: Count = 2
    """Re-prompts before the goodbye."""
    max_minutes: Annotated[float, Field(gt=0)] = 20.0
    """Longest call."""
    max_message_bytes: Count = 65_536
    """Largest media message; larger ones are dropped."""
    reconnects: Count = 5
    """How often a call whose stream died is connected again."""
    slot_minutes: Annotated[int, Field(ge=1)] = 30
    """How long an offered slot's sealed id stays good."""
    offers: Annotated[int, Field(ge=1, le=5)] = 3
    """Slots offered in one breath."""
    slot_step_minutes: Annotated[int, Field(ge=1)] = 15
    """Distance between the start times that are cut from a free window."""
    identity_attempts: Count = 3
    """How many names and numbers a caller may try before no more appointments are looked up for them."""
    appointment_minutes: Annotated[int, Field(ge=1)] = 30
    """Length of an appointment where the practice names no services."""


class DocumentSettings(Group):
    """Taking the text out of uploaded files, in processes of their own."""

    workers: Annotated[int, Field(ge=1)] = 1
    """Files that may be read at once; others wait."""
    timeout_seconds: Seconds = 30.0
    """Longest time that reading one file may take."""
    memory_mb: Annotated[int, Field(ge=128)] = 512
    """Address space of the process that reads it."""
    max_pages: Annotated[int, Field(ge=1)] = 2_000
    """Most pages of a PDF."""
    max_chars: Annotated[int, Field(ge=1)] = 25_000_000
    """Most characters of text in one file."""
    max_chunks: Annotated[int, Field(ge=1)] = 100_000
    """Most pieces that the text of one file is cut into."""
    max_unpacked_mb: Annotated[int, Field(ge=1)] = 100
    """Largest size of a Word document unpacked."""
    index_chunks_in_server: Count = 500
    """An index of more pieces of text is built in a process of its own."""
    index_seconds: Seconds = 60.0
    """Longest time that building an index there may take, its wait for others included."""


class LogSettings(Group):
    """Log lines on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severity that is written."""
    format: Literal["json", "console"] = "json"
    """JSON for machines, console for people."""


class Settings(BaseSettings):
    """Everything the process is told."""

    model_config = SettingsConfigDict(
        env_prefix="CHAIRSIDE_",
        env_nested_delimiter="_",
        env_nested_max_split=1,
        env_file=".env",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    data_dir: Path = Field(default_factory=lambda: Path.home() / ".local/share/chairside")
    """Folder of the database, the key and the recordings."""
    secret: SecretStr | None = None
    """Master secret that replicas share; without it one is made in the data folder."""
    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    """Turns on the OpenAI model and speech."""
    twilio_auth_token: SecretStr | None = Field(default=None, validation_alias="TWILIO_AUTH_TOKEN")
    """Twilio's signing secret; without it a generated local one serves the exchange."""
    twilio_account_sid: str | None = Field(default=None, validation_alias="TWILIO_ACCOUNT_SID")
    """Twilio's account; with it and the token, text messages can be sent."""

    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    partner: PartnerApiSettings = PartnerApiSettings()
    site: SiteApiSettings = SiteApiSettings()
    relay: RelaySettings = RelaySettings()
    ledger: LedgerSettings = LedgerSettings()
    calendar: CalendarSettings = CalendarSettings()
    followups: FollowUpSettings = FollowUpSettings()
    sms: SmsSettings = SmsSettings()
    apis: RemoteApiSettings = RemoteApiSettings()
    limits: LimitSettings = LimitSettings()
    fault: FaultSettings = FaultSettings()
    speech: SpeechSettings = SpeechSettings()
    openai: OpenAISettings = OpenAISettings()
    call: CallSettings = CallSettings()
    chat: ChatSettings = ChatSettings()
    sessions: SessionSettings = SessionSettings()
    documents: DocumentSettings = DocumentSettings()
    log: LogSettings = LogSettings()
