"""The application: every API, and the services behind them, wired in one place."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import httpx
from fastapi import FastAPI

from agent.briefing import Briefings
from agent.chat import ChatAgent
from agent.delegation import AssistantDelegate
from agent.voice_agent import VoiceAgent
from config.logs import get_logger
from config.settings import Settings
from kit.clock import Clock, system_clock
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
from practice.chat_sessions.tokens import ChatSessionTokens
from practice.chat_sessions.wiring import open_hand_offs
from practice.conversations.figures import Figures
from practice.conversations.history import History
from practice.conversations.integrator_threads import Memories, Threads
from practice.conversations.service import Chats
from practice.follow_ups.mail import can_mail
from practice.follow_ups.service import FollowUpServices
from practice.follow_ups.wiring import open_follow_ups
from practice.integrators.service import Integrators
from practice.integrators.signing_keys import TOKEN_LIFETIME, SigningKeys
from practice.messages.service import Messages
from practice.outbox.notices import Notices
from practice.outbox.service import Outbox
from practice.partners.bots import Bots
from practice.partners.keys import PartnerKeys
from practice.partners.service import Partners
from practice.patients.identity import Identity
from practice.patients.service import Patients
from practice.platforms.relay import Relay
from practice.practice_file.service import PracticeFiles
from practice.records.installation import prepare
from practice.sites.places import Places
from practice.sites.service import Sites
from practice.staff.second_factors import SecondFactors
from practice.staff.service import Staff
from practice.texts.service import IncomingTexts
from practice.twilio_rest import has_account
from tools.clients.upstreams import Upstreams
from tools.registry import FUNCTIONS
from webhooks.admission import Admission
from webhooks.dependencies import Services
from webhooks.errors import install_error_shapes
from webhooks.fixed_paths import FixedPaths
from webhooks.listening import Listening
from webhooks.middleware import (
    BodyLimit,
    HeadRequests,
    PathSegments,
    RequestEdge,
    TrailingSlashes,
    TrustedProxies,
)
from webhooks.rate_limit import RateLimits
from webhooks.routers import include_routers
from webhooks.security.access_tokens import AccessTokens
from webhooks.security.runtime_credentials import RuntimeCredentials
from webhooks.security.staff_sessions import CODE_AUDIENCE, STAFF_AUDIENCE
from webhooks.security.tokens import SignedTokens
from webhooks.twilio import grants, voice
from webhooks.twilio.other_carriers import OtherCarriers

_log = get_logger(__name__)

_PREPARE_SECONDS = 3.0

VoiceMaker = Callable[[Settings, Clock, Briefings], VoiceAgent]
"""Makes the agent that answers calls."""


def create_app(
    settings: Settings,
    clock: Clock = system_clock,
    *,
    voice_agent: VoiceMaker | None = VoiceAgent,
    wall_clock: Clock = system_clock,
    platform_transport: httpx.AsyncBaseTransport | None = None,
    follow_ups: bool = False,
) -> FastAPI:
    """Make the application; nothing is opened before its lifespan begins.

    Args:
        clock: The practice's present moment; a rehearsal may set it.
        voice_agent: Makes the agent that answers calls; None makes a server without voice, for tests of
            the other APIs.
        wall_clock: The machine's time, for signatures and tokens.
        platform_transport: The way to booking platforms outside; None is the network.
        follow_ups: This process does what follows a booking; at most one application of a process may.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _services(app, settings, clock, wall_clock, voice_agent, platform_transport, follow_ups):
            yield

    app = FastAPI(
        title="Chairside",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    install_error_shapes(app)
    include_routers(app)
    app.add_middleware(OtherCarriers)
    app.add_middleware(FixedPaths)
    # The last one added is the first one passed.
    app.add_middleware(BodyLimit, settings=settings.server)
    app.add_middleware(RequestEdge)
    app.add_middleware(TrailingSlashes)
    app.add_middleware(PathSegments)
    app.add_middleware(HeadRequests)
    app.add_middleware(TrustedProxies, trusted=settings.server.trusted_proxies)
    return app


def _outside(settings: Settings) -> GuardedTransport:
    """Make the way to servers that somebody named to us."""
    return GuardedTransport(Networks.parse(settings.relay.allowed_networks), SystemResolver())


def _nothing(_of: str | int) -> str:
    """Give no credential."""
    return ""


def _inbox(
    settings: Settings, database: Database, clock: Clock, wake: asyncio.Event
) -> tuple[Notices, Messages]:
    """Make the inbox, and what tells people of it."""
    sends = {"sends_sms": has_account(settings), "sends_email": can_mail(settings)}
    notices = Notices(clock, wake.set, **sends)
    return notices, Messages(database, clock, notices.plan_message, **sends)


@contextlib.asynccontextmanager
async def _services(
    app: FastAPI,
    settings: Settings,
    clock: Clock,
    wall_clock: Clock,
    voice_agent: VoiceMaker | None,
    platform_transport: httpx.AsyncBaseTransport | None,
    follow_ups: bool,
) -> AsyncIterator[None]:
    """Open everything in order, and close it in the opposite order; see `create_app`."""
    keyring = Keyring.load(settings.data_dir, settings.secret.get_secret_value() if settings.secret else None)
    runtime = RuntimeCredentials(keyring, wall_clock)
    # An unexpected error of an API reaches the calling function as a 500, as it does any client.
    inside = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with contextlib.AsyncExitStack() as stack:
        database = Database(settings)
        stack.push_async_callback(database.dispose)
        await prepare(database, keyring)
        partners = Partners(database, clock, keyring, wall_clock=wall_clock, settings=settings.relay)
        bots = Bots(
            database,
            clock,
            keyring,
            wall_clock=wall_clock,
            settings=settings.relay,
            numbers_granted=settings.numbers.granted,
        )
        partner_keys = PartnerKeys(database, wall_clock)
        stack.push_async_callback(partner_keys.aclose)
        relay = Relay(settings.relay, wall_clock, keyring, embedded=inside, outside=platform_transport)
        stack.push_async_callback(relay.aclose)
        faults = FaultPoints(settings.fault.kill_at)
        outbox = Outbox(settings.followups, sends_sms=has_account(settings))
        wake = asyncio.Event()
        bookings = Bookings(
            database,
            clock,
            relay,
            settings.relay,
            settings.ledger,
            outbox=outbox,
            on_follow_up=wake.set,
            faults=faults,
        )
        stack.push_async_callback(bookings.aclose)
        notices, messages = _inbox(settings, database, clock, wake)
        hand_offs = await stack.enter_async_context(
            open_hand_offs(
                settings, database, clock, wall_clock, bots=bots, outbox=outbox, notices=notices, wake=wake
            )
        )
        runner = await stack.enter_async_context(
            open_follow_ups(
                settings,
                FollowUpServices(
                    database, keyring, clock, wall_clock, bookings, bots, messages, outbox, wake, faults
                ),
            )
        )
        extractor = Extractor(settings.documents)
        stack.push_async_callback(extractor.close)
        tools = Tools(database, clock)
        await tools.register([function.name for function in FUNCTIONS])
        remote_apis = RemoteApis(database, clock, keyring, settings)
        outside = platform_transport or _outside(settings)
        remote_calls = RemoteCalls(remote_apis, settings.apis, outside)
        stack.push_async_callback(remote_calls.aclose)
        upstreams = Upstreams(
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
        stack.push_async_callback(upstreams.aclose)
        chat_agent = ChatAgent(settings)
        stack.push_async_callback(chat_agent.close)
        briefings = Briefings(settings, keyring, clock, upstreams)
        stack.push_async_callback(briefings.close)
        signing_keys = SigningKeys(database, wall_clock, keyring, TOKEN_LIFETIME)
        agent = voice_agent(settings, clock, briefings) if voice_agent else None
        # In place before the agent starts: it may call the APIs of this very app.
        admission = Admission(settings.admission, agent.speech_queue if agent else _no_queue)
        stack.push_async_callback(_end, asyncio.create_task(admission.watch()))
        app.state.services = Services(
            settings=settings,
            clock=clock,
            wall_clock=wall_clock,
            keyring=keyring,
            database=database,
            partners=partners,
            partner_keys=partner_keys,
            bots=bots,
            relay=relay,
            bookings=bookings,
            calendar=EmbeddedCalendar(database, clock, settings.calendar),
            diary=Diary(database, clock),
            blocks=Blocks(database, clock),
            sites=Sites(database, clock),
            assistants=Assistants(database, clock),
            files=Files(database, clock, extractor),
            tools=tools,
            routes=Routes(database, clock),
            remote_apis=remote_apis,
            remote_calls=remote_calls,
            messages=messages,
            texts=IncomingTexts(database, clock, messages),
            patients=Patients(database, clock),
            identity=Identity(settings, database, clock, keyring, outbox, wake.set),
            audit=AuditLog(database, wall_clock, keyring),
            staff=Staff(database, wall_clock, most_waiting=settings.limits.log_ins_waiting),
            second_factors=SecondFactors(database, wall_clock, keyring),
            places=Places(database),
            practice_files=PracticeFiles(database, clock, countries=settings.sessions.countries),
            clients=Integrators(database, wall_clock),
            calls=hand_offs.calls,
            history=History(database, clock),
            figures=Figures(database),
            chats=Chats(database, clock, hand_offs.sessions.note_messages),
            chat_sessions=hand_offs.sessions,
            ladder=hand_offs.ladder,
            ringing=hand_offs.ringing,
            early_legs=hand_offs.early_legs,
            chat_session_tokens=ChatSessionTokens(database, wall_clock),
            threads=Threads(database, clock),
            memories=Memories(database, clock),
            upstreams=upstreams,
            briefings=briefings,
            chat_agent=chat_agent,
            others=AssistantDelegate(briefings, chat_agent),
            voice_agent=agent,
            runtime=runtime,
            access_tokens=AccessTokens(signing_keys, wall_clock),
            staff_tokens=SignedTokens(keyring.derive("staff"), STAFF_AUDIENCE, wall_clock),
            code_tickets=SignedTokens(keyring.derive("staff-code"), CODE_AUDIENCE, wall_clock),
            media_tokens=SignedTokens(keyring.derive("media"), grants.AUDIENCE, wall_clock),
            limits=await stack.enter_async_context(contextlib.aclosing(RateLimits(settings.limits))),
            faults=faults,
            admission=admission,
            in_progress=admission.calls,
            listening=Listening(settings.sessions.listeners),
        )
        if agent is not None:
            stack.push_async_callback(agent.stop)
            await agent.start()
            await _prepare(app, stack)
        if follow_ups:
            runner.start()  # in the background: the first call does not wait for it
        yield


def build_routes(app: FastAPI) -> None:
    """Have FastAPI build its routes, which it does at the first request: that would hold up calls."""
    nowhere = {"type": "http", "method": "GET", "path": "/nowhere", "root_path": "", "headers": []}
    for route in app.routes:
        route.matches(nowhere)


def _no_queue() -> float:
    return 0.0


async def _prepare(app: FastAPI, stack: contextlib.AsyncExitStack) -> None:
    """Prepare the bots: the first caller should not find one still looking for its greeting."""
    build_routes(app)
    preparing = asyncio.create_task(_prepare_bots(app.state.services))
    stack.push_async_callback(_end, preparing)
    await asyncio.wait({preparing}, timeout=_PREPARE_SECONDS)  # many bots go on behind


async def _prepare_bots(services: Services) -> None:
    """Have every bot's briefing and greeting ready before its first call."""
    for bot in await services.bots.list_bots():
        if bot.phone_numbers:
            services.overflow.remember(bot)
            await voice.prepare(services, bot.id)


async def _end(task: asyncio.Task[None]) -> None:
    """End a background task with the application, and log what it died of."""
    task.cancel()
    (outcome,) = await asyncio.gather(task, return_exceptions=True)
    if isinstance(outcome, Exception):
        _log.error("background task failed", error=type(outcome).__name__)
