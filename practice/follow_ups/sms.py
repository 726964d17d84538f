"""Text messages by Twilio's REST API, each sent once.

Twilio has no idempotency keys. Before a message is sent, the row says that it is about to be; whoever finds
that mark later looks among the messages that Twilio holds before sending again.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from config.logs import get_logger
from config.settings import Settings
from config.telemetry import TEXTS_REFUSED
from kit.clock import Clock
from kit.db.database import Database
from kit.http.retry_after import retry_after
from kit.keyring import Keyring
from language.phone import find_region, is_costly
from practice.outbox import repository
from practice.outbox.views import AttemptResult, Cancelled, Completed, Dead, Delivery, FollowUpView, Retry
from practice.outbox.wording import CODE
from practice.partners.bots import Bots
from practice.partners.views import BotView
from practice.patients.identity import code_of
from practice.records.follow_ups import FollowUp
from practice.records.staff_messages import TextOptOut
from practice.twilio_rest import has_account, twilio_client

LOOKED_AT = 100
"""How many of the newest messages between two numbers are looked through."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""How far Twilio's clock and ours may be apart."""
OFF = {"cancelled", "canceled", "declined", "no_show"}
"""Statuses of bookings that take place no more."""
_WORTH_ANOTHER_TRY = {
    HTTPStatus.UNAUTHORIZED,  # the operator mends the token
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
}
NO_ACCOUNT = "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not both set"
_log = get_logger(__name__)
_LIMITS = ("account", "bot", "number")
"""Whose messages of a day are counted, the widest first."""
_TOO_MUCH = {
    "country": "its country is none to which messages go (CHAIRSIDE_SMS_COUNTRIES)",
    "gone": "the bot is gone",
    "account": "the account's messages of 24 hours are used up",
    "bot": "the bot's messages of 24 hours are used up",
    "number": "the number had enough in 24 hours",
}
NO_SENDER = "there is no sender: set CHAIRSIDE_SMS_FROM_NUMBER or give the bot a number"


class TextMessages(Delivery):
    """Sends texts, appointments held against the practice's time, Twilio's against the machine's."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        bots: Bots,
        clock: Clock,
        wall_clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        keyring: Keyring,
    ) -> None:
        super().__init__(settings.followups, timedelta(hours=settings.sms.hours))
        self._settings = settings.sms
        self._sid = settings.twilio_account_sid or ""
        self._can_send = has_account(settings)
        self._database = database
        self._bots = bots
        self._clock = clock
        self._wall_clock = wall_clock
        self._keyring = keyring
        self._client = twilio_client(settings, settings.sms.timeout_seconds, transport)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def attempt(self, follow_up: FollowUpView) -> AttemptResult:
        """Send a message, unless Twilio has it or nobody wants it by ``occasion`` and ``start_at``."""
        bot = await self._bots.find_bot(follow_up.bot_id, deleted=True)
        sender = self._settings.from_number or (bot.phone_numbers[0] if bot and bot.phone_numbers else None)
        if sender is None or not self._can_send:
            return Dead(NO_SENDER if self._can_send else NO_ACCOUNT)
        try:
            tried_at = follow_up.payload.get("tried_at")
            if tried_at and await self._is_there(follow_up, sender, datetime.fromisoformat(tried_at)):
                return Completed()
            async with self._database.session() as session:
                # The last look before it goes out: what is marked here is sent.
                unwanted = await _why_unwanted(session, follow_up, self._clock())
                unwanted = unwanted or await self._why_too_much(session, bot, follow_up.payload["to"], sender)
                if unwanted is None:
                    await repository.mark_tried(session, follow_up.id, self._wall_clock(), self._clock())
            return Cancelled(unwanted) if unwanted else await self._send(follow_up, sender)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return Retry("Twilio cannot be reached")
        except httpx.TimeoutException:
            return Retry("Twilio did not answer in time")
        except httpx.HTTPError as error:
            return Retry(f"the exchange with Twilio broke off: {type(error).__name__}")

    async def _why_too_much(
        self, session: AsyncSession, bot: BotView | None, to: str, sender: str
    ) -> str | None:
        """Say why a message would cost what nobody has allowed; None when it may be sent."""
        limit = await self._reached(session, bot, to, sender)
        if limit is None:
            return None
        TEXTS_REFUSED.labels(limit).inc()
        if limit in ("account", "bot"):
            told = {} if bot is None else {"account_id": bot.account_id, "bot_id": bot.id}
            _log.error("a day's text messages are used up", limit=limit, **told)
        return _TOO_MUCH[limit]

    async def _reached(self, session: AsyncSession, bot: BotView | None, to: str, sender: str) -> str | None:
        """Give the limit that a message would exceed."""
        own = find_region(sender)
        countries = self._settings.countries if self._settings.countries is not None else [own]
        if is_costly(to) or find_region(to) not in countries:
            return "country"
        if bot is None:
            return "gone"
        since = self._clock() - timedelta(hours=24)
        counts = await repository.count_texts(session, bot, to, since)
        settings = self._settings
        limits = (settings.daily_per_number, settings.daily_per_bot, settings.daily_per_account)
        reached = [sent >= limit for sent, limit in zip(counts, limits, strict=True)]
        return next((name for name, over in zip(_LIMITS, reached[::-1], strict=True) if over), None)

    async def _send(self, follow_up: FollowUpView, sender: str) -> AttemptResult:
        payload = follow_up.payload
        fields = {"To": payload["to"], "From": sender, "Body": self._text(payload)}
        answer = await self._client.post(self._path, data=fields)
        if answer.is_success:
            return Completed()
        error = f"Twilio answered {answer.status_code}{_code(answer)}"
        if answer.is_server_error or answer.status_code in _WORTH_ANOTHER_TRY:
            return Retry(error, retry_after(answer.headers, self._wall_clock()))
        return Dead(error)

    async def _is_there(self, follow_up: FollowUpView, sender: str, since: datetime) -> bool:
        """Look for the message among what Twilio holds; it has no better name there than its own text."""
        wanted = {"To": follow_up.payload["to"], "From": sender, "PageSize": LOOKED_AT}
        answer = await self._client.get(self._path, params=wanted)
        answer.raise_for_status()
        # A message that is still queued has no DateSent, so the search itself cannot be narrowed by it.
        return any(
            str(one.get("body", "")).endswith(self._text(follow_up.payload))
            and _made_at(one) >= since - CLOCKS_DIFFER
            for one in answer.json().get("messages", [])
        )

    def _text(self, payload: Mapping[str, Any]) -> str:
        """Give the words of a message; a code is put into them here, and stands in no record."""
        text: str = payload["text"]
        check_id = payload.get("check")
        return text.replace(CODE, code_of(self._keyring, check_id)) if check_id else text

    @property
    def _path(self) -> str:
        return f"/2010-04-01/Accounts/{self._sid}/Messages.json"


async def _why_unwanted(  # noqa: PLR0911 - a chain of decisions
    session: AsyncSession, follow_up: FollowUpView, now: datetime
) -> str | None:
    """Say why nobody wants a message any more; None when it is wanted."""
    start = datetime.fromisoformat(follow_up.payload["start_at"])
    row = await session.get(FollowUp, follow_up.id)
    if row is None or row.state not in repository.LIVE:
        return "it was cancelled"
    if await session.get(TextOptOut, (follow_up.payload["to"], follow_up.bot_id)) is not None:
        return "the patient wants no texts"
    if follow_up.payload["occasion"] == "hand_off":
        waits = start > now and await repository.is_hand_off_open(session, follow_up.payload["session_id"])
        return None if waits else "somebody has taken it, or it is too late"
    if follow_up.payload["occasion"] in ("message", "code"):
        return None if start > now else "it is too late"
    if start <= now:
        return "the appointment's time has passed"
    if follow_up.payload["occasion"] == "cancelled" or follow_up.booking_id is None:
        return None
    for status, begins in await repository.list_booking_states(
        session, follow_up.bot_id, follow_up.booking_id
    ):
        if status in OFF:
            return "the booking was cancelled"
        if begins is not None and begins != start:
            return "the booking was moved"
    return None


def _code(answer: httpx.Response) -> str:
    try:
        code = answer.json().get("code")
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError):
        return ""
    return f", code {code}" if isinstance(code, int) else ""


def _made_at(message: dict[str, Any]) -> datetime:
    try:
        return parsedate_to_datetime(str(message.get("date_created"))).astimezone(UTC)
    except ValueError:
        # No date: count it as new. Better one message too few than one too many.
        return datetime.max.replace(tzinfo=UTC)
