"""The services of the running app: made in one place, and how an endpoint gets them."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI
from starlette.requests import HTTPConnection

from agent.briefing import Briefings
from agent.chat import ChatAgent
from agent.delegation import AssistantDelegate
from agent.voice_agent import VoiceAgent
from config.logs import get_logger
from config.settings import Settings
from kit.clock import Clock
from kit.db.database import Database
from kit.fault_points import FaultPoints
from kit.http.addresses import Networks
from kit.http.guard import GuardedTransport, SystemResolver
from kit.keyring import Keyring
from knowledge.extract.extractor import Extractor
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
from practice.chat_sessions.reminders import HandOffReminders
from practice.chat_sessions.ringing import Ringing
from practice.chat_sessions.service import ChatSessions
from practice.chat_sessions.tokens import ChatSessionTokens
from practice.conversations.figures import Figures
from practice.conversations.history import History
from practice.conversations.integrator_threads import Memories, Threads
from practice.conversations.service import Calls, Chats
from practice.follow_ups.mail import can_mail
from practice.follow_ups.service import FollowUpServices
from practice.follow_ups.wiring import open_follow_ups
from practice.integrators.service import Integrators
from practice.integrators.signing_keys import TOKEN_LIFETIME, SigningKeys
from practice.messages.service import Messages
from practice.outbox.notifications import Notifications
from practice.outbox.service import Outbox
from practice.partners.bots import Bots
from practice.partners.keys import PartnerKeys
from practice.partners.service import Partners
from practice.patients.identity import Identity
from practice.patients.service import Patients
from practice.platforms.relay import Relay
from practice.practice_file.service import PracticeFiles
from practice.records.prepare import prepare
from practice.sites.places import Places
from practice.sites.service import Sites
from practice.staff.second_factors import SecondFactors
from practice.staff.service import Staff
from practice.texts.service import IncomingTexts
from practice.twilio_rest import OutboundCalls, has_account
from tools.clients.upstreams import Upstreams
from tools.registry import FUNCTIONS
from webhooks.admission import Admission
from webhooks.listening import Listening
from webhooks.overflow_numbers import OverflowNumbers
from webhooks.rate_limit import RateLimits
from webhooks.rehearsals import Rehearsals
from webhooks.security.access_tokens import AccessTokens
from webhooks.security.runtime_credentials import RuntimeCredentials
from webhooks.security.staff_sessions import CODE_AUDIENCE, STAFF_AUDIENCE
from webhooks.security.tokens import SignedTokens
from webhooks.thread_locks import ThreadLocks

MEDIA_AUDIENCE = "media"

_log = get_logger(__name__)

VoiceMaker = Callable[[Settings, Clock, Briefings], VoiceAgent]
"""Makes the agent that answers calls."""


class Services:
    """Everything an endpoint may ask; opened in the app's lifespan.

    Args:
        clock: The practice's present moment; rehearsals move it.
        wall_clock: The machine's time, for signatures and tokens.
        outside: The way to booking platforms and remote APIs; None is the network.
    """

    def __init__(
        self, settings: Settings, clock: Clock, wall_clock: Clock, outside: httpx.AsyncBaseTransport | None
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.wall_clock = wall_clock
        secret = settings.secret.get_secret_value() if settings.secret else None
        self.keyring = Keyring.load(settings.data_dir, secret)
        self.database = Database(settings)
        self.faults = FaultPoints(settings.fault.kill_at)
        """Where a test may have the process die."""
        self.overflow = OverflowNumbers()
        self.thread_locks = ThreadLocks()
        """The conversations by text that are being answered here."""
        self.rehearsals = Rehearsals()
        self.listening = Listening(settings.sessions.listeners)
        self.carrier_address: str | None = None
        """Where Twilio last reached this process, without a closing slash."""
        self._outside = outside
        self._wake = asyncio.Event()

    async def open(
        self, app: FastAPI, voice_agent: VoiceMaker | None, stack: contextlib.AsyncExitStack
    ) -> None:
        """Open everything in order; the stack closes it in the opposite order."""
        stack.push_async_callback(self.database.dispose)
        await prepare(self.database, self.keyring)
        # An unexpected error of an API reaches the calling function as a 500, as it does any client.
        inside = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._open_partners(inside, stack)
        self._open_hand_offs(stack)
        await self._open_follow_ups(stack)
        await self._open_assistants(stack)
        self._open_records()
        await self._open_access(stack)
        self._open_agent(inside, voice_agent, stack)

    def _open_partners(self, inside: httpx.AsyncBaseTransport, stack: contextlib.AsyncExitStack) -> None:
        settings, database, clock, wall_clock = self.settings, self.database, self.clock, self.wall_clock
        self.partners = Partners(
            database, clock, self.keyring, wall_clock=wall_clock, settings=settings.relay
        )
        self.bots = Bots(
            database,
            clock,
            self.keyring,
            wall_clock=wall_clock,
            settings=settings.relay,
            numbers_granted=settings.numbers.granted,
        )
        self.partner_keys = PartnerKeys(database, wall_clock)
        stack.push_async_callback(self.partner_keys.aclose)
        self.relay = Relay(settings.relay, wall_clock, self.keyring, embedded=inside, outside=self._outside)
        stack.push_async_callback(self.relay.aclose)
        self.outbox = Outbox(settings.followups, sends_sms=has_account(settings))
        self.bookings = Bookings(
            database,
            clock,
            self.relay,
            settings.relay,
            settings.ledger,
            outbox=self.outbox,
            on_follow_up=self._wake.set,
            faults=self.faults,
        )
        stack.push_async_callback(self.bookings.aclose)
        sends = {"sends_sms": has_account(settings), "sends_email": can_mail(settings)}
        self.notifications = Notifications(clock, self._wake.set, **sends)
        self.messages = Messages(database, clock, self.notifications.plan_message, **sends)

    def _open_hand_offs(self, stack: contextlib.AsyncExitStack) -> None:
        settings, database, clock = self.settings, self.database, self.clock
        self.ladder = Ladder(database, clock, settings.sessions.countries)
        reminders = HandOffReminders(
            self.bots, self.ladder, self.outbox, self.notifications, clock, self._wake.set
        )
        self.chat_sessions = ChatSessions(database, clock, reminders.plan, reminders.plan_reply)
        self.calls = Calls(database, clock, self.chat_sessions.note_messages)
        self.chats = Chats(database, clock, self.chat_sessions.note_messages)
        self.ringing = Ringing(database, clock, self.chat_sessions, self.ladder)
        outbound = OutboundCalls(settings)
        stack.push_async_callback(outbound.aclose)
        self.early_legs = EarlyLegs(
            database, self.wall_clock, settings.sessions, self.ladder, self.ringing, self.calls, outbound
        )

    async def _open_follow_ups(self, stack: contextlib.AsyncExitStack) -> None:
        needed = FollowUpServices(
            self.database,
            self.keyring,
            self.clock,
            self.wall_clock,
            self.bookings,
            self.bots,
            self.messages,
            self.outbox,
            self._wake,
            self.faults,
        )
        self.follow_ups = await stack.enter_async_context(open_follow_ups(self.settings, needed))

    async def _open_assistants(self, stack: contextlib.AsyncExitStack) -> None:
        settings, database, clock = self.settings, self.database, self.clock
        extractor = Extractor(settings.documents)
        stack.push_async_callback(extractor.close)
        self.assistants = Assistants(database, clock)
        self.files = Files(database, clock, extractor)
        self.routes = Routes(database, clock)
        self.tools = Tools(database, clock)
        await self.tools.register([function.name for function in FUNCTIONS])
        self.remote_apis = RemoteApis(database, clock, self.keyring, settings)
        networks = Networks.parse(settings.relay.allowed_networks)
        outside = self._outside or GuardedTransport(networks, SystemResolver())
        self.remote_calls = RemoteCalls(self.remote_apis, settings.apis, outside)
        stack.push_async_callback(self.remote_calls.aclose)

    def _open_records(self) -> None:
        settings, database, clock = self.settings, self.database, self.clock
        self.calendar = EmbeddedCalendar(database, clock, settings.calendar)
        self.diary = Diary(database, clock)
        self.blocks = Blocks(database, clock)
        self.sites = Sites(database, clock)
        self.places = Places(database)
        self.practice_files = PracticeFiles(database, clock, countries=settings.sessions.countries)
        self.texts = IncomingTexts(database, clock, self.messages)
        self.patients = Patients(database, clock)
        self.history = History(database, clock)
        self.figures = Figures(database)
        self.threads = Threads(database, clock)
        self.memories = Memories(database, clock)

    async def _open_access(self, stack: contextlib.AsyncExitStack) -> None:
        settings, database, keyring = self.settings, self.database, self.keyring
        self.identity = Identity(settings, database, self.clock, keyring, self.outbox, self._wake.set)
        self.audit = AuditLog(database, self.wall_clock, keyring)
        self.staff = Staff(database, self.wall_clock, most_waiting=settings.limits.log_ins_waiting)
        self.second_factors = SecondFactors(database, self.wall_clock, keyring)
        self.clients = Integrators(database, self.wall_clock)
        self.chat_session_tokens = ChatSessionTokens(database, self.wall_clock)
        self.runtime = RuntimeCredentials(keyring, self.wall_clock)
        signing_keys = SigningKeys(database, self.wall_clock, keyring, TOKEN_LIFETIME)
        self.access_tokens = AccessTokens(signing_keys, self.wall_clock)
        self.staff_tokens = SignedTokens(keyring.derive("staff"), STAFF_AUDIENCE, self.wall_clock)
        self.code_tickets = SignedTokens(keyring.derive("staff-code"), CODE_AUDIENCE, self.wall_clock)
        """Show that somebody has given their password, and now owes a code."""
        self.media_tokens = SignedTokens(keyring.derive("media"), MEDIA_AUDIENCE, self.wall_clock)
        self.limits = await stack.enter_async_context(contextlib.aclosing(RateLimits(settings.limits)))

    def _open_agent(
        self,
        inside: httpx.AsyncBaseTransport,
        voice_agent: VoiceMaker | None,
        stack: contextlib.AsyncExitStack,
    ) -> None:
        settings, runtime = self.settings, self.runtime
        self.upstreams = Upstreams(
            settings,
            # Credentials of our own APIs are not sent to another server.
            partner_credential=_nothing if settings.partner.api_url else runtime.for_bot,
            site_credential=_nothing if settings.site.api_url else runtime.for_site,
            partner_transport=None if settings.partner.api_url else inside,
            site_transport=None if settings.site.api_url else inside,
            hand_off_credential=runtime.for_hand_offs,
            own_credential=runtime.for_bot,
            own_site_credential=runtime.for_site,
            own_transport=inside,
        )
        stack.push_async_callback(self.upstreams.aclose)
        self.chat_agent = ChatAgent(settings)
        stack.push_async_callback(self.chat_agent.close)
        self.briefings = Briefings(settings, self.keyring, self.clock, self.upstreams)
        stack.push_async_callback(self.briefings.close)
        self.others = AssistantDelegate(self.briefings, self.chat_agent)
        self.voice_agent = voice_agent(settings, self.clock, self.briefings) if voice_agent else None
        """Answers calls; None in a server that answers none."""
        queue = self.voice_agent.speech_queue if self.voice_agent else lambda: 0.0
        self.admission = Admission(settings.admission, queue)
        self.in_progress = self.admission.calls
        stack.push_async_callback(end, asyncio.create_task(self.admission.watch()))


async def end(task: asyncio.Task[None]) -> None:
    """End a background task with the application, and log what it died of."""
    task.cancel()
    (outcome,) = await asyncio.gather(task, return_exceptions=True)
    if isinstance(outcome, Exception):
        _log.error("background task failed", error=type(outcome).__name__)


def _nothing(_of: str | int) -> str:
    """Give no credential."""
    return ""


def services_of(connection: HTTPConnection) -> Services:
    """Give the services of the app that a request or socket came to."""
    services: Services = connection.app.state.services
    return services


async def _services(connection: HTTPConnection) -> Services:
    """Give the services to an endpoint; a plain function would be run in a thread."""
    return services_of(connection)


Injected = Annotated[Services, Depends(_services)]
"""The services, as a parameter of an endpoint."""
