"""The booking ledger: one row for each key, which says what was asked, who works on it, what came of it.

States: ``pending`` (someone works on it, as long as their lease runs), ``succeeded`` (final), ``refused``
(nothing was booked; the key may be used again), ``unknown`` (the platform may have booked: only the same
request under the same key will tell).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from config.clock import Clock
from config.database import Database
from practice.booking import repository
from practice.booking.answer import Answer
from practice.errors import (
    PracticeError,
    WebhookError,
    WebhookFailed,
    WebhookNotConfigured,
    WebhookRejected,
    WebhookTimeout,
    WebhookUnreachable,
)
from practice.ids import new_id
from practice.partners.views import BotView
from practice.records.bookings import BookingIntent

LEASE = timedelta(seconds=5)
"""How long a worker that fell silent keeps others waiting; a living one renews it (``RENEWAL``)."""
RENEWAL = timedelta(seconds=1.5)

State = Literal["pending", "succeeded", "refused", "unknown"]
ERRORS: dict[str, type[PracticeError]] = {
    error.code: error
    for error in (WebhookTimeout, WebhookUnreachable, WebhookFailed, WebhookRejected, WebhookNotConfigured)
}


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to ask the platform.

    Attributes:
        intent_id: The row.
        owner: Who holds it.
        request: What to ask for: the row's own request, which may be an earlier one.
        request_sha256: Its fingerprint.
    """

    intent_id: str
    owner: str
    request: Mapping[str, Any]
    request_sha256: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a key stands.

    Attributes:
        state: See the module.
        request_sha256: Fingerprint of the request that the row holds.
        answer: The platform's answer, when it gave one.
        error: Ours, when it gave none.
        stored: It was read from the ledger rather than just heard.
    """

    state: State
    request_sha256: str
    answer: Answer | None = None
    error: PracticeError | None = None
    stored: bool = False


class Ledger:
    """Booking requests by their keys.

    Args:
        database: The records.
        clock: The practice's time, for what is shown.
        lease_clock: The machine's time, for who is still at work.
    """

    def __init__(self, database: Database, clock: Clock, lease_clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lease_clock = lease_clock

    async def claim(
        self,
        bot: BotView,
        key: str,
        booking: Mapping[str, Any],
        request_sha256: str,
        *,
        settled_is_enough: bool = False,
    ) -> Claim | Standing:
        """Claim a key, or learn how it stands.

        Args:
            bot: Whose booking.
            key: The partner's key.
            booking: What is asked for now.
            request_sha256: Its fingerprint.
            settled_is_enough: A refusal or doubt about this same request is an answer: someone else has
                just asked for it.

        Returns:
            A claim when the platform is to be asked; else the standing: ``succeeded``, ``pending`` with
            someone else, or, if enough, settled otherwise.
        """
        now, lease_now, owner = self._clock(), self._lease_clock(), secrets.token_hex(8)
        intent_id = new_id("intent", now)
        values = {
            "id": intent_id,
            "partner_id": bot.partner_id,
            "bot_id": bot.id,
            "account_id": bot.account_id,
            "operation": "book",
            "idempotency_key": key,
            "request": dict(booking),
            "request_sha256": request_sha256,
            "state": "pending",
            "in_doubt": False,
            "owner": owner,
            "lease_until": lease_now + LEASE,
            "attempts": 1,
            "created_at": now,
            "updated_at": now,
        }
        async with self._database.session() as session:
            if await repository.insert_intent(session, values):
                return Claim(intent_id, owner, booking, request_sha256)
            intent = await repository.lock_intent(session, bot.partner_id, bot.id, key)
            if intent.state == "succeeded" or (intent.state == "pending" and intent.lease_until > lease_now):
                return _standing(intent)
            if intent.state == "pending":
                # Whoever held it fell silent, perhaps after asking.
                intent.in_doubt = True
            elif settled_is_enough and intent.request_sha256 == request_sha256:
                return _standing(intent)
            if not intent.in_doubt:
                # Nothing came of the earlier request, so the key is free for this one.
                intent.request, intent.request_sha256 = dict(booking), request_sha256
            intent.state, intent.owner, intent.lease_until = "pending", owner, lease_now + LEASE
            intent.attempts += 1
            intent.updated_at = now
            return Claim(intent.id, owner, intent.request, intent.request_sha256)

    async def renew(self, claim: Claim) -> bool:
        """Say that the work goes on.

        Args:
            claim: What is worked on.

        Returns:
            False when someone else has taken it over.
        """
        async with self._database.session() as session:
            until = self._lease_clock() + LEASE
            return await repository.renew_lease(session, claim.intent_id, claim.owner, until)

    async def settle(self, claim: Claim, answer: Answer | None, error: PracticeError | None) -> Standing:
        """Write down what came of it.

        Args:
            claim: What was worked on.
            answer: The platform's answer, if it gave one.
            error: Ours, if it gave none.

        Returns:
            How the key stands now.
        """
        async with self._database.session() as session:
            intent = await repository.get_intent(session, claim.intent_id)
            booked = answer is not None and answer.status < 300  # noqa: PLR2004 - HTTP's own classes
            if intent.state == "succeeded" or (intent.owner != claim.owner and not booked):
                # Someone took over; what they found is what counts. A booking is news to anyone.
                return _standing(intent)
            if booked:
                intent.state, intent.in_doubt = "succeeded", False
            elif answer is not None:
                intent.state, intent.in_doubt = "refused", False
            else:
                # A failed attempt says nothing about an earlier one that is still in doubt.
                in_doubt = isinstance(error, WebhookError) and error.in_doubt
                intent.in_doubt = intent.in_doubt or in_doubt
                intent.state = "unknown" if intent.in_doubt else "refused"
            intent.answer_status = answer.status if answer else None
            intent.answer_body = answer.body if answer else None
            intent.answer_code = error.code if error else None
            intent.updated_at = self._clock()
            return Standing(_state(intent), intent.request_sha256, answer, error)


def _standing(intent: BookingIntent) -> Standing:
    answer = error = None
    if intent.answer_status is not None and intent.answer_body is not None:
        answer = Answer(intent.answer_status, intent.answer_body)
    elif intent.answer_code is not None:
        error = ERRORS.get(intent.answer_code, WebhookFailed)()
    return Standing(_state(intent), intent.request_sha256, answer, error, stored=True)


def _state(intent: BookingIntent) -> State:
    return intent.state  # type: ignore[return-value] # the table's check constraint allows no other
