"""Finding out about bookings of which the platform never said whether it made them."""

from collections.abc import Mapping
from datetime import timedelta

from config.settings import FollowUpSettings
from contracts.partner_messages import StaffMessage
from kit.db.database import Database
from practice.bookings.service import Bookings
from practice.errors import BookingNotFound, PracticeError, WebhookError
from practice.messages.service import Messages
from practice.outbox import repository
from practice.outbox.views import (
    AttemptResult,
    Cancelled,
    Completed,
    Dead,
    FollowUpView,
    Retry,
    RetrySchedule,
)
from practice.outbox.wording import unknown_outcome_message
from practice.partner_response import PartnerResponse
from practice.partners.bots import Bots
from practice.partners.views import BotView
from practice.records.bookings import BookingIntent


class Reconciler:
    """Asks again, under the same key, until the platform's answer is known, or tells the people."""

    def __init__(
        self,
        settings: FollowUpSettings,
        database: Database,
        bookings: Bookings,
        bots: Bots,
        messages: Messages,
    ) -> None:
        self.retries = RetrySchedule(
            first=timedelta(seconds=settings.resolve_first_seconds),
            longest=timedelta(seconds=settings.resolve_longest_seconds),
            lifetime=timedelta(hours=settings.resolve_hours),
        )
        self._database = database
        self._bookings = bookings
        self._bots = bots
        self._messages = messages

    async def attempt(self, follow_up: FollowUpView) -> AttemptResult:
        """Ask the platform once."""
        bot = await self._bots.find_bot(follow_up.bot_id, deleted=True)
        if bot is None or follow_up.intent_id is None:
            return Dead("the bot is gone")
        try:
            status = await self._bookings.resolve(bot, follow_up.intent_id)
        except BookingNotFound:
            return Cancelled("the request is no longer kept")
        except PracticeError as error:
            return Retry(error.code, _retry_after(error))
        if status.state in {"succeeded", "refused"}:
            return Completed()
        reason = status.error.code if status.error else "the platform gave no clear answer"
        return Retry(reason, _retry_after(status.answer or status.error))

    async def give_up(self, follow_up: FollowUpView, error: str) -> None:  # noqa: ARG002 - the protocol's
        """Hand the question to the practice's people, and ask no more."""
        bot = await self._bots.find_bot(follow_up.bot_id, deleted=True)
        if bot is None or follow_up.intent_id is None:
            return
        message = await self._message(bot, follow_up.intent_id)
        if message is None:
            return
        # The message first: it is left once per key, so dying in between leaves it once all the same.
        await self._messages.leave(bot, follow_up.workflow_id, message)
        await self._bookings.queries.give_up(follow_up.intent_id)

    async def _message(self, bot: BotView, intent_id: str) -> StaffMessage | None:
        async with self._database.reading() as session:
            intent = await session.get(BookingIntent, intent_id)
            if intent is None:
                return None
            # Who cancels or moves a booking does not say again whose it is.
            booked = None
            if intent.operation != "book" and intent.booking_id is not None:
                booked = await repository.find_booked(session, bot, intent.booking_id)
        known = booked or intent
        customer = known.request.get("customer")
        return unknown_outcome_message(
            intent.id,
            intent.operation,
            customer if isinstance(customer, Mapping) else {},
            intent.slot_start or known.slot_start,
            self.retries.lifetime / timedelta(hours=1),
            bot,
        )


def _retry_after(outcome: PartnerResponse | PracticeError | None) -> timedelta:
    """Give how long the platform asked us to wait."""
    return outcome.retry_after if isinstance(outcome, PartnerResponse | WebhookError) else timedelta(0)
