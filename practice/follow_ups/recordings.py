"""Fetching what callers have spoken from the carrier, to be kept here."""

from datetime import timedelta
from http import HTTPStatus

import httpx
from sqlalchemy import select

from config.settings import Settings
from kit.clock import Clock
from kit.db.database import Database
from practice.follow_ups.sms import NO_ACCOUNT
from practice.outbox.views import AttemptResult, Completed, Dead, Delivery, FollowUpView, Retry
from practice.records.staff_messages import Recording
from practice.twilio_rest import has_account, twilio_client

LIFETIME = timedelta(days=3)


class Recordings(Delivery):
    """Fetches recordings with the account's credentials, and deletes them there when told to."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(settings.followups, LIFETIME)
        self._settings = settings.recordings
        self._sid = settings.twilio_account_sid or ""
        self._can_fetch = has_account(settings)
        self._database = database
        self._clock = clock
        self._client = twilio_client(settings, settings.recordings.timeout_seconds, transport)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def attempt(self, follow_up: FollowUpView) -> AttemptResult:
        """Fetch a recording, unless it is here; then delete it at the carrier, if that is wanted."""
        if not self._can_fetch:
            return Dead(NO_ACCOUNT)
        message_id = follow_up.payload["message_id"]
        async with self._database.reading() as session:
            kept = (
                await session.scalars(select(Recording).where(Recording.message_id == message_id))
            ).one_or_none()
        if kept is None:
            return Dead("the message is gone")
        path = f"/2010-04-01/Accounts/{self._sid}/Recordings/{kept.carrier_id}"
        try:
            if kept.fetched_at is None and (failed := await self._fetch(message_id, f"{path}.wav")):
                return failed
            return await self._delete(path) if self._settings.delete_at_carrier else Completed()
        except httpx.HTTPError as error:
            return Retry(f"the exchange with Twilio broke off: {type(error).__name__}")

    async def _fetch(self, message_id: str, path: str) -> AttemptResult | None:
        content = bytearray()
        async with self._client.stream("GET", path) as answer:
            if answer.status_code == HTTPStatus.NOT_FOUND:
                return Retry("Twilio does not have the recording yet")
            if not answer.is_success:
                return Retry(f"Twilio answered {answer.status_code}")
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > self._settings.max_bytes:
                    return Dead("the recording is too large")
        async with self._database.session() as session:
            row = await session.get(Recording, message_id, with_for_update=True)
            if row is not None:
                row.content, row.fetched_at = bytes(content), self._clock()
        return None

    async def _delete(self, path: str) -> AttemptResult:
        answer = await self._client.delete(f"{path}.json")
        if answer.is_success or answer.status_code == HTTPStatus.NOT_FOUND:
            return Completed()
        return Retry(f"Twilio answered {answer.status_code} to the deletion")
