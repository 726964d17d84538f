"""The settings tree: every value has a default that is right, a unit, and an environment variable.

A variable is ``CHAIRSIDE_`` + group + ``_`` + name: ``settings.database.url`` is
``CHAIRSIDE_DATABASE_URL``. The vendors' own names, ``OPENAI_API_KEY`` and ``TWILIO_AUTH_TOKEN``, stand for
themselves.
A ``.env`` file in the working folder is read.
"""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.group import Count, Group, Seconds
from config.operator_settings import EncryptionSettings, FaultSettings, MetricsSettings
from config.upstream_settings import PartnerApiSettings, SiteApiSettings
from config.vendor_keys import VendorKeySource
from config.vendor_settings import CostSettings, ModelSettings, SpeechSettings
from config.vendors import OPENAI_KEY

PREFIX = "CHAIRSIDE_"
"""How the names of our own environment variables begin."""


class ServerSettings(Group):
    """The HTTP server."""

    host: str = "127.0.0.1"
    """Address to listen on; ``0.0.0.0`` in a container."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """TCP port; 0 takes a free one and prints it."""
    public_url: str | None = None
    """How carriers reach us, such as ``https://voice.example.com``; without it the request's host counts."""
    trusted_proxies: str = "127.0.0.1"
    """Addresses whose ``X-Forwarded-*`` headers are believed, comma-separated; ``*`` for all."""
    max_body_bytes: Count = 65_536
    """Largest JSON or form body of any API but the assistants'."""
    max_assistant_body_bytes: Count = 262_144
    """Largest JSON body of the assistants' APIs, whose instructions may be long."""
    max_upload_bytes: Count = 20_971_520
    """Largest file that an assistant is given."""
    read_seconds: Seconds = 20.0
    """How long the head of a request may take to come, and its body beyond a second for every 16 kB."""
    connections: Count = 800
    """Connections at once; above, those go that have shown no whole request. Fewer than files may be open."""
    drain_seconds: Seconds = 1215.0
    """How long a stopping server lets calls go on; what is left then moves to another replica."""


class DatabaseSettings(Group):
    """The records."""

    url: SecretStr | None = None
    """``postgresql://…`` or ``sqlite:///…``; without it, ``chairside.db`` in the data folder."""
    pool_size: Annotated[int, Field(ge=1)] = 10
    """Connections kept open to PostgreSQL."""
    busy_timeout_seconds: Seconds = 5.0
    """Longest wait of whoever writes: for others on SQLite, for a connection and a lock on PostgreSQL."""
    statement_seconds: Seconds = 10.0
    """Longest statement on PostgreSQL."""
    least_free_mb: Count = 50
    """Free space on the disk of SQLite's file below which the server is not ready."""


class RelaySettings(Group):
    """The signed webhook to a booking platform."""

    timeout_seconds: Seconds = 30.0
    """The contract's bound on the platform's answer."""
    max_response_bytes: Count = 1_048_576
    """Larger answers of a platform are refused."""
    allow_http: bool = False
    """Allow ``http://`` beyond loopback, for webhooks and remote APIs."""
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


class NumberSettings(Group):
    """The phone numbers of partners' bots."""

    granted: bool = False
    """Partners register only numbers that were granted to them (``chairside partners grant``); without it,
    any that nobody else has."""


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
    countries: list[str] | None = None
    """Countries (``["US", "CA"]``) that messages go to; None is that of the number they come from."""
    daily_per_number: Annotated[int, Field(ge=1)] = 10
    """Messages to one telephone number in 24 hours; further ones are dropped."""
    daily_per_bot: Annotated[int, Field(ge=1)] = 500
    """Messages of one bot in 24 hours; further ones are dropped."""
    daily_per_account: Annotated[int, Field(ge=1)] = 1000
    """Messages for one practice's account in 24 hours; further ones are dropped, and the log has an error."""


class EmailSettings(Group):
    """Mail to the practices' people, by SMTP; without a host none is sent."""

    host: str | None = None
    """The mail server, for example ``smtp.example.com``."""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    """``starttls`` on port 587, ``tls`` on 465; ``none`` only on a machine of your own."""
    username: str | None = None
    password: SecretStr | None = None
    from_address: str | None = None
    """The sender, which the server must let us use."""
    timeout_seconds: Seconds = 15.0
    """Longest wait for the server."""
    hours: Annotated[float, Field(gt=0)] = 24.0
    """How long a mail is tried before it is dead."""


class RecordingSettings(Group):
    """Messages that callers speak, which the carrier records."""

    delete_at_carrier: bool = False
    """Delete a recording at Twilio once it is kept here."""
    timeout_seconds: Seconds = 60.0
    """Longest wait for a recording."""
    max_bytes: Count = 20_971_520
    """Larger ones are not fetched."""


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
    log_ins_per_hour: Annotated[int, Field(ge=1)] = 100
    """Log-ins of one person from everywhere; a browser that they have logged in with is counted by itself."""
    log_ins_waiting: Annotated[int, Field(ge=1)] = 20
    """How many may wait until a password was hashed; whoever comes then is refused."""

    @field_validator("storage")
    @classmethod
    def _is_known(cls, storage: SecretStr) -> SecretStr:
        if not storage.get_secret_value().startswith(("memory://", "redis://", "rediss://")):
            raise ValueError("must be memory://, redis://… or rediss://…")
        return storage


class ChatSettings(Group):
    """Conversations by text."""

    history_messages: Annotated[int, Field(ge=10)] = 100
    """Messages of a conversation that whoever answers looks back at; all of them stay in the thread."""
    fresh_minutes: Annotated[float, Field(ge=0)] = 30.0
    """How long after its last message a conversation goes on without being named."""


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
    carrier_seconds: Seconds = 5.0
    """Longest wait for the carrier's answer when it is to ring somebody ahead, or to move or end a call."""
    listeners: Count = 5
    """People of the practice who may listen in to one call at once."""
    stream_retry_ms: Count = 2000
    """Pause before a client connects again, which the stream tells it."""


class CallSettings(Group):
    """The rules of one phone call."""

    token_seconds: Seconds = 60.0
    """How long the signed parameter of a media socket is good for."""
    start_seconds: Seconds = 5.0
    """How long a media socket may take to say which call it is."""
    record_seconds: Seconds = 2.0
    """Longest wait for a call's records while the caller hears nothing; then they are told to wait."""
    silence_seconds: Seconds = 7.0
    """Silence before the caller is asked whether they are there."""
    filler_seconds: Seconds = 0.8
    """How long a function may take before the caller hears that they have to wait."""
    thinking_seconds: Seconds = 1.5
    """How long a model may think before the caller hears that they have to wait."""
    waiting_seconds: Seconds = 4.5
    """Longest quiet while something is under way; then the caller hears that it is."""
    reprompts: Count = 2
    """Re-prompts before the goodbye."""
    max_minutes: Annotated[float, Field(gt=0)] = 20.0
    """Longest call."""
    max_message_bytes: Count = 65_536
    """Largest media message; larger ones are dropped."""
    reconnects: Count = 5
    """How often a call whose stream died is connected again."""
    failed_streams: Count = 8
    """How often in a row it is tried to connect a call, in vain."""
    give_up_seconds: Seconds = 30.0
    """How long it is tried; then the caller goes to the practice's own number, or leaves a message."""
    hold_seconds: Count = 3
    """Pause before each try but the first."""
    slot_minutes: Annotated[int, Field(ge=1)] = 30
    """How long an offered slot's sealed id stays good."""
    offers: Annotated[int, Field(ge=1, le=5)] = 3
    """Slots offered in one breath."""
    slot_step_minutes: Annotated[int, Field(ge=1)] = 15
    """Distance between the start times that are cut from a free window."""
    number_proves: Literal["unless_doubted", "attested", "never"] = "unless_doubted"
    """When the number that a call comes from proves whose appointments may be spoken of: unless the carrier
    doubts it (STIR/SHAKEN attests less than B, or fails), only where it is attested (A or B), or never. Else
    the caller gives name and date of birth, or a code that is texted to the number on record."""
    identity_attempts: Count = 3
    """How many names, numbers, dates of birth and codes a caller may try before no more are looked up."""
    appointment_minutes: Annotated[int, Field(ge=1)] = 30
    """Length of an appointment where the practice names no services."""
    crisis_line: Annotated[str, Field(pattern=r"^\d{2,15}$")] | None = None
    """Whom people in despair are to call; without it the line of the practice's country, if one is known."""
    person_seconds: Seconds = 3.0
    """How long somebody in danger waits by text to hear whether a person joins."""


class IdentitySettings(Group):
    """Making sure of callers whose number proves nothing, by date of birth or by a code."""

    code_minutes: Annotated[float, Field(gt=0)] = 10.0
    """How long a code that was texted is good for."""
    code_attempts: Count = 3
    """Wrong codes after which a code is good for nothing."""
    daily_codes: Count = 3
    """Codes that may be asked for in 24 hours for one telephone number; and in one conversation."""
    daily_attempts: Count = 10
    """Wrong names and dates of birth for one telephone number in 24 hours; then only a code helps."""


class AdmissionSettings(Group):
    """How many calls one process takes; above, callers go to the practice's own number or leave a message."""

    calls: Annotated[int, Field(ge=1)] = 100
    """Calls at once."""
    lag_seconds: Seconds = 0.25
    """Lag of the event loop, averaged over a second, at which no more calls are taken."""
    speech_queue: Seconds = 2.0
    """Jobs that wait for the local speech models, for each that is worked on at once, likewise."""
    calls_of_a_bot: Annotated[int, Field(ge=1)] = 50
    """Calls of one practice's bot at once."""
    calls_of_a_caller: Annotated[int, Field(ge=1)] = 3
    """Calls from one number at once."""
    place_seconds: Seconds = 10.0
    """How long a call that was answered keeps its place until its media comes."""
    sockets_waiting: Count = 200
    """Media sockets that have not said yet which call they carry; what comes above is refused."""
    media_messages_per_second: Annotated[int, Field(ge=60)] = 200
    """Messages of one media socket; a carrier sends 50 of them. What is more is dropped."""


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
    index_chunks_in_server: Count = 100
    """An index of more pieces of text is built in a process of its own."""
    index_seconds: Seconds = 600.0
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
        env_prefix=PREFIX,
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
    """Turns on OpenAI's model and hearing."""
    vendor_keys: dict[str, SecretStr] = Field(default_factory=dict)
    """The keys of other vendors, by their own variables, such as ``ANTHROPIC_API_KEY``."""
    twilio_auth_token: SecretStr | None = Field(default=None, validation_alias="TWILIO_AUTH_TOKEN")
    """Twilio's signing secret; without it a generated local one serves the exchange."""
    telnyx_public_key: str | None = Field(default=None, validation_alias="TELNYX_PUBLIC_KEY")
    """What Telnyx signs its webhooks for, as its portal shows it (base64)."""
    plivo_auth_token: SecretStr | None = Field(default=None, validation_alias="PLIVO_AUTH_TOKEN")
    """Plivo's signing secret."""
    twilio_account_sid: str | None = Field(default=None, validation_alias="TWILIO_ACCOUNT_SID")
    """Twilio's account; with it and the token, text messages can be sent."""

    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    encryption: EncryptionSettings = EncryptionSettings()
    partner: PartnerApiSettings = PartnerApiSettings()
    site: SiteApiSettings = SiteApiSettings()
    relay: RelaySettings = RelaySettings()
    numbers: NumberSettings = NumberSettings()
    ledger: LedgerSettings = LedgerSettings()
    calendar: CalendarSettings = CalendarSettings()
    followups: FollowUpSettings = FollowUpSettings()
    sms: SmsSettings = SmsSettings()
    email: EmailSettings = EmailSettings()
    recordings: RecordingSettings = RecordingSettings()
    apis: RemoteApiSettings = RemoteApiSettings()
    limits: LimitSettings = LimitSettings()
    fault: FaultSettings = FaultSettings()
    speech: SpeechSettings = SpeechSettings()
    model: ModelSettings = ModelSettings()
    cost: CostSettings = CostSettings()
    call: CallSettings = CallSettings()
    identity: IdentitySettings = IdentitySettings()
    admission: AdmissionSettings = AdmissionSettings()
    chat: ChatSettings = ChatSettings()
    sessions: SessionSettings = SessionSettings()
    documents: DocumentSettings = DocumentSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()

    @classmethod
    def variables(cls) -> frozenset[str]:
        """Name every environment variable that begins with ``CHAIRSIDE_`` and means something."""
        names = set()
        for name, field in cls.model_fields.items():
            group = field.annotation
            if isinstance(group, type) and issubclass(group, Group):
                names |= {f"{PREFIX}{name}_{one}".upper() for one in group.model_fields}
            elif field.validation_alias is None:
                names.add(f"{PREFIX}{name}".upper())
        return frozenset(names)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the vendors' keys from the same places as the rest."""
        keys = VendorKeySource(settings_cls, env_settings, dotenv_settings)
        return init_settings, env_settings, dotenv_settings, keys, file_secret_settings

    def key_of(self, variable: str) -> SecretStr | None:
        """Find a vendor's key by its environment variable."""
        return self.openai_api_key if variable == OPENAI_KEY else self.vendor_keys.get(variable)
