"""The services of the running app, and how an endpoint gets them."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from agent.briefing import Briefings
from agent.chat import ChatAgent
from agent.delegation import AssistantDelegate
from agent.voice_agent import VoiceAgent
from config.settings import Settings
from kit.clock import Clock
from kit.db.database import Database
from kit.fault_points import FaultPoints
from kit.keyring import Keyring
from practice.assistants.files import Files
from practice.assistants.remote_apis import RemoteApis
from practice.assistants.remote_calls import RemoteCalls
from practice.assistants.routes import Routes
from practice.assistants.service import Assistants
from practice.assistants.tools import Tools
from practice.audit.service import AuditLog
from practice.bookings.service import Bookings
from practice.calendar.blocks import Blocks
from practice.calendar.diary import Diary
from practice.calendar.embedded import EmbeddedCalendar
from practice.chat_sessions.early_legs import EarlyLegs
from practice.chat_sessions.ladder import Ladder
from practice.chat_sessions.ringing import Ringing
from practice.chat_sessions.service import ChatSessions
from practice.chat_sessions.tokens import ChatSessionTokens
from practice.conversations.figures import Figures
from practice.conversations.history import History
from practice.conversations.integrator_threads import Memories, Threads
from practice.conversations.service import Calls, Chats
from practice.integrators.service import Integrators
from practice.messages.service import Messages
from practice.partners.bots import Bots
from practice.partners.keys import PartnerKeys
from practice.partners.service import Partners
from practice.patients.identity import Identity
from practice.patients.service import Patients
from practice.platforms.relay import Relay
from practice.practice_file.service import PracticeFiles
from practice.sites.places import Places
from practice.sites.service import Sites
from practice.staff.second_factors import SecondFactors
from practice.staff.service import Staff
from practice.texts.service import IncomingTexts
from tools.clients.upstreams import Upstreams
from webhooks.active_calls import ActiveCalls
from webhooks.admission import Admission
from webhooks.chat_turns import Turns
from webhooks.listening import Listening
from webhooks.overflow_numbers import OverflowNumbers
from webhooks.rate_limit import RateLimits
from webhooks.rehearsals import Rehearsals
from webhooks.security.access_tokens import AccessTokens
from webhooks.security.runtime_credentials import RuntimeCredentials
from webhooks.security.tokens import SignedTokens


@dataclass
class Services:
    """Everything an endpoint may ask; made in the app's lifespan.

    Attributes:
        clock: The practice's present moment; rehearsals move it.
        wall_clock: The machine's time, for signatures and tokens.
        voice_agent: Answers calls, None in a server that answers none.
        code_tickets: Show that somebody has given their password, and now owes a code.
        faults: Where a test may have the process die.
        chat_turns: The conversations by text that are being answered here.
        carrier_address: Where Twilio last reached this process, without a closing slash.
    """

    settings: Settings
    clock: Clock
    wall_clock: Clock
    keyring: Keyring
    database: Database
    partners: Partners
    partner_keys: PartnerKeys
    bots: Bots
    relay: Relay
    bookings: Bookings
    calendar: EmbeddedCalendar
    diary: Diary
    blocks: Blocks
    sites: Sites
    assistants: Assistants
    files: Files
    tools: Tools
    routes: Routes
    remote_apis: RemoteApis
    remote_calls: RemoteCalls
    messages: Messages
    texts: IncomingTexts
    patients: Patients
    identity: Identity
    audit: AuditLog
    staff: Staff
    second_factors: SecondFactors
    places: Places
    practice_files: PracticeFiles
    clients: Integrators
    calls: Calls
    history: History
    figures: Figures
    chat_sessions: ChatSessions
    chat_session_tokens: ChatSessionTokens
    ladder: Ladder
    ringing: Ringing
    early_legs: EarlyLegs
    chats: Chats
    threads: Threads
    memories: Memories
    upstreams: Upstreams
    briefings: Briefings
    chat_agent: ChatAgent
    others: AssistantDelegate
    voice_agent: VoiceAgent | None
    runtime: RuntimeCredentials
    staff_tokens: SignedTokens
    code_tickets: SignedTokens
    access_tokens: AccessTokens
    media_tokens: SignedTokens
    limits: RateLimits
    faults: FaultPoints
    admission: Admission
    in_progress: ActiveCalls
    listening: Listening
    overflow: OverflowNumbers = field(default_factory=OverflowNumbers)
    chat_turns: Turns = field(default_factory=Turns)
    rehearsals: Rehearsals = field(default_factory=Rehearsals)
    carrier_address: str | None = None


def services_of(connection: HTTPConnection) -> Services:
    """Give the services of the app that a request or socket came to."""
    services: Services = connection.app.state.services
    return services


async def _services(connection: HTTPConnection) -> Services:
    """Give the services to an endpoint; a plain function would be run in a thread."""
    return services_of(connection)


Injected = Annotated[Services, Depends(_services)]
"""The services, as a parameter of an endpoint."""
