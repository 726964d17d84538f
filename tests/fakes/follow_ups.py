"""Follow-ups with everything around them that they talk to: Twilio, a partner's server, a platform."""

import asyncio
import base64
import contextlib
import inspect
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
from pydantic import SecretStr
from sqlalchemy import update
from standardwebhooks import Webhook

from config.settings import FollowUpSettings, Settings
from contracts.partner import BookingDetails
from kit.clock import Clock, clock_from, system_clock
from kit.db.database import Database
from kit.fault_points import FaultPoints
from kit.keyring import Keyring
from practice.bookings.service import Bookings
from practice.follow_ups.dead_letters import DeadLetters
from practice.follow_ups.mail import can_mail
from practice.follow_ups.service import FollowUps, FollowUpServices
from practice.follow_ups.wiring import open_follow_ups
from practice.messages.service import Messages
from practice.outbox.notifications import Notifications
from practice.outbox.service import Outbox
from practice.outbox.views import FollowUpView
from practice.partner_response import PartnerResponse
from practice.partners.bots import Bots
from practice.partners.service import Partners
from practice.partners.views import BotView
from practice.records.partners import Bot
from practice.twilio_rest import has_account
from tests.conftest import CHEAP_HASHER
from tests.fakes.bookings import SECRET, make_bookings
from tests.fakes.bots import create_bot
from tests.fakes.demo_practice import DemoIds, seed_demo
from tests.fakes.platform import FakePlatform

NOW = datetime(2026, 11, 30, 14, tzinfo=UTC)
EVENT_URL = "https://partner.example/events?for=chairside"
EVENT_SECRET = "whsec_" + base64.b64encode(b"a partner's secret of good length").decode()
SID, TOKEN = "AC00000000000000000000000000000001", "a token"
PATIENT = "+12025550100"
QUICK = FollowUpSettings(
    sweep_seconds=0.05,
    retry_first_seconds=0.02,
    retry_longest_seconds=0.05,
    resolve_first_seconds=0.02,
    resolve_longest_seconds=0.05,
    replica_dead_seconds=30,
)

Trouble = Callable[[], httpx.Response | Awaitable[httpx.Response]]


class RunningClock:
    """A clock that runs on from a moment, and that a test moves."""

    def __init__(self, start: datetime = NOW) -> None:
        self._clock = clock_from(start)
        self.moved = timedelta(0)

    def __call__(self) -> datetime:
        return self._clock() + self.moved

    def move(self, **by: float) -> None:
        self.moved += timedelta(**by)


class FakeTwilio(httpx.AsyncBaseTransport):
    """Twilio's messages, as far as we use them.

    Attributes:
        messages: What it sends, oldest first.
        posts: How often it was asked to send.
        searches: How often it was asked what it has.
        before: What goes wrong before a message is taken, one item a request.
        after: What goes wrong after one is taken, one item a request.
        recordings: What callers have spoken, by its id.
    """

    def __init__(self) -> None:
        self.recordings: dict[str, bytes] = {}
        self.messages: list[dict[str, str]] = []
        self.posts = 0
        self.searches = 0
        self.before: deque[Trouble] = deque()
        self.after: deque[Trouble] = deque()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        expected = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        if request.headers.get("authorization") != expected:
            return httpx.Response(401, json={"code": 20003, "message": "Authenticate", "status": 401})
        if "/Recordings/" in request.url.path:
            return self._recording(request)
        assert request.url.path == f"/2010-04-01/Accounts/{SID}/Messages.json"
        if request.method == "GET":
            return self._search(request.url.params)
        self.posts += 1
        fields = {name: values[0] for name, values in parse_qs((await request.aread()).decode()).items()}
        if self.before:
            return await _happen(self.before.popleft())
        message = {
            "sid": f"SM{len(self.messages):032}",
            "to": fields["To"],
            "from": fields["From"],
            "body": fields["Body"],
            "status": "queued",
            "date_created": format_datetime(system_clock()),
        }
        self.messages.append(message)
        return await _happen(self.after.popleft()) if self.after else httpx.Response(201, json=message)

    def _recording(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        sid, _, kind = name.partition(".")
        if self.before or sid not in self.recordings:
            return httpx.Response(404 if not self.before else 503)
        if request.method == "DELETE":
            assert kind == "json"
            del self.recordings[sid]
            return httpx.Response(204)
        assert kind == "wav"
        return httpx.Response(200, content=self.recordings[sid])

    def _search(self, params: httpx.QueryParams) -> httpx.Response:
        self.searches += 1
        found = [
            one
            for one in reversed(self.messages)
            if params.get("To") in {None, one["to"]} and params.get("From") in {None, one["from"]}
        ]
        return httpx.Response(200, json={"messages": found[: int(params.get("PageSize", "50"))]})


class EventReceiver(httpx.AsyncBaseTransport):
    """A partner's server: takes events whose signature is good.

    Attributes:
        url: Where they come.
        secret: What it verifies them with.
        events: (webhook-id, event) of those that it took; a partner must expect one more than once.
        bodies: The bytes of every request with a good signature, taken or not.
        headers: Their headers.
        trouble: What it answers instead of taking an event, one item a request.
        elsewhere: URLs of requests that should not have come.
        arrived: Something has come.
    """

    def __init__(self, url: str = EVENT_URL, secret: str = EVENT_SECRET) -> None:
        self.url = url
        self.secret = secret
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.bodies: list[bytes] = []
        self.headers: list[httpx.Headers] = []
        self.trouble: deque[Trouble] = deque()
        self.elsewhere: list[str] = []
        self.arrived = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) != self.url:
            self.elsewhere.append(str(request.url))
            return httpx.Response(200)
        raw = await request.aread()
        event = Webhook(self.secret).verify(raw, dict(request.headers))
        self.bodies.append(raw)
        self.headers.append(request.headers)
        self.arrived.set()
        if self.trouble:
            return await _happen(self.trouble.popleft())
        self.events.append((request.headers["webhook-id"], event))
        return httpx.Response(204)


async def _happen(trouble: Trouble) -> httpx.Response:
    outcome = trouble()
    return await outcome if inspect.isawaitable(outcome) else outcome


@dataclass
class FollowUpWorld:
    """A service over a platform, with the follow-ups of one process."""

    settings: Settings
    keyring: Keyring
    database: Database
    clock: RunningClock
    demo: DemoIds
    bot: BotView
    platform: FakePlatform
    twilio: FakeTwilio
    partner: EventReceiver
    bookings: Bookings
    partners: Partners
    bots: Bots
    messages: Messages
    outbox: Outbox
    dead_letters: DeadLetters
    follow_ups: FollowUps

    async def book(self, key: str = "key-1", **extra: Any) -> PartnerResponse:
        """Book half an hour, in two days if nothing else is said."""
        booking = {
            "start_at": "2026-12-02T14:30:00-05:00",
            "duration_minutes": 30,
            "customer": {"phone": PATIENT, "name": "José Bell"},
            **extra,
        }
        return await self.bookings.book(self.bot, key, BookingDetails.model_validate(booking))

    async def rows(self, kind: str | None = None) -> list[FollowUpView]:
        """Give the follow-ups, oldest first."""
        return list(reversed(await self.dead_letters.list_follow_ups(kind=kind)))

    async def until(self, kind: str, state: str, count: int = 1) -> list[FollowUpView]:
        """Wait until that many follow-ups of a kind are in a state; gives them."""
        async with asyncio.timeout(10):
            while True:
                found = [row for row in await self.rows(kind) if row.state == state]
                if len(found) >= count:
                    return found
                await asyncio.sleep(0.01)  # the rows are another process's news too: there is no event


def make_notices(settings: Settings, clock: Clock, on_follow_up: Callable[[], None]) -> Notifications:
    """Plan who is told of messages, with what the settings can send."""
    return Notifications(clock, on_follow_up, sends_sms=has_account(settings), sends_email=can_mail(settings))


async def make_bot(database: Database, bots: Bots, demo: DemoIds, **columns: Any) -> BotView:
    """Register a bot over an outside platform, which writes to its patients."""
    bot = await create_bot(
        bots,
        demo.partner_id,
        name="Elm Park",
        account_id=demo.account_id,
        timezone="America/New_York",
        webhook_url="https://platform.example/hooks",
        webhook_secret=SECRET,
        phone_numbers=("+12025550188",),
    )
    async with database.session() as session:
        values = {"confirmation_sms": True, "reminder_sms": True, **columns}
        await session.execute(update(Bot).where(Bot.id == bot.id).values(**values))
    found = await bots.find_bot(bot.id)
    assert found is not None
    return found


@contextlib.asynccontextmanager
async def open_process(
    settings: Settings,
    keyring: Keyring,
    clock: RunningClock,
    *,
    twilio: httpx.AsyncBaseTransport | None,
    partner: httpx.AsyncBaseTransport | None,
    wall_clock: Clock = system_clock,
) -> AsyncIterator[tuple[FollowUpServices, FollowUps, FakePlatform]]:
    """Open what one process has: its service, and its follow-ups, not started yet."""
    wake, rules = asyncio.Event(), settings.followups
    database = Database(settings)
    bots = Bots(database, clock, keyring, wall_clock=wall_clock, settings=settings.relay)
    platform = FakePlatform(SECRET, clock)
    outbox = Outbox(rules, sends_sms=has_account(settings))
    bookings = make_bookings(database, clock, keyring, platform, outbox=outbox, on_follow_up=wake.set)
    notifications = make_notices(settings, clock, wake.set)
    messages = Messages(
        database,
        clock,
        notifications.plan_message,
        sends_sms=has_account(settings),
        sends_email=can_mail(settings),
    )
    faults = FaultPoints(settings.fault.kill_at)
    services = FollowUpServices(
        database, keyring, clock, wall_clock, bookings, bots, messages, outbox, wake, faults
    )
    try:
        async with open_follow_ups(settings, services, twilio=twilio, partners=partner) as follow_ups:
            yield services, follow_ups, platform
    finally:
        await bookings.aclose()
        await database.dispose()


@contextlib.asynccontextmanager
async def open_world(
    settings: Settings,
    keyring: Keyring,
    *,
    start: bool = True,
    rules: FollowUpSettings = QUICK,
    wall_clock: Clock = system_clock,
    sends_sms: bool = True,
    event_url: str = EVENT_URL,
) -> AsyncIterator[FollowUpWorld]:
    """Open a process on a fresh practice, with a Twilio and a partner's server that a test holds."""
    twilio_account: dict[str, Any] = {"twilio_account_sid": SID, "twilio_auth_token": SecretStr(TOKEN)}
    settings = settings.model_copy(update={"followups": rules, **(twilio_account if sends_sms else {})})
    clock, twilio, partner = RunningClock(), FakeTwilio(), EventReceiver(event_url)
    async with open_process(
        settings, keyring, clock, twilio=twilio, partner=partner, wall_clock=wall_clock
    ) as (services, follow_ups, platform):
        demo = await seed_demo(services.database, clock, hasher=CHEAP_HASHER)
        partners = Partners(services.database, clock, keyring, wall_clock=wall_clock, settings=settings.relay)
        await partners.send_events_to(demo.partner_id, event_url, EVENT_SECRET)
        bot = await make_bot(services.database, services.bots, demo)
        if start:
            follow_ups.start()
        yield FollowUpWorld(
            settings,
            keyring,
            services.database,
            clock,
            demo,
            bot,
            platform,
            twilio,
            partner,
            services.bookings,
            partners,
            services.bots,
            services.messages,
            services.outbox,
            DeadLetters(services.database, clock),
            follow_ups,
        )
