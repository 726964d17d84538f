"""The inbox: what callers leave for the practice's people, and what becomes of it."""

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.partner_messages import InboxMessage, InboxPage, MessageCustomer, MessageState, StaffMessage
from contracts.timestamps import timestamp
from kit.clock import Clock
from kit.copying import copy_fields
from kit.db.database import Database
from kit.ids import is_id, new_id
from practice.errors import InvalidRequest, MessageNotFound, RecordingNotFound
from practice.messages import repository
from practice.partner_response import PartnerResponse
from practice.partners.views import BotView
from practice.records.insert_once import insert_once
from practice.records.staff_messages import Recording
from practice.records.staff_messages import StaffMessage as Row
from practice.service import RecordsService

_CONTENT = ("text", "customer_name", "customer_phone", "kind", "urgency")
MOST_AT_ONCE = 100

OnMessage = Callable[[AsyncSession, BotView, Row], Awaitable[None]]
"""Called in the transaction in which a message is kept, to write what follows."""


class Messages(RecordsService):
    """Messages for the practice's people."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        on_message: OnMessage | None = None,
        *,
        sends_email: bool = False,
        sends_sms: bool = False,
    ) -> None:
        super().__init__(database, clock)
        self._on_message = on_message
        self._sends_email = sends_email
        self._sends_sms = sends_sms

    async def leave(
        self,
        bot: BotView,
        key: str,
        message: StaffMessage,
        *,
        call_id: str | None = None,
        recording: str | None = None,
    ) -> PartnerResponse:
        """Keep a message, once per key, and plan that somebody is told.

        Args:
            recording: The carrier's id of its sound, which is fetched later.

        Returns:
            201 with ``{"message": {"id", "created_at", "reaches_somebody"}}``; 200 with the first one when
            the key comes again, marked when it said something else.
        """
        customer, now = message.customer or MessageCustomer(), self._clock()
        values = {
            "id": new_id("msg", now),
            "bot_id": bot.id,
            "idempotency_key": key,
            "kind": message.kind,
            "urgency": message.urgency,
            "text": message.text.strip(),
            "customer_name": customer.name,
            "customer_phone": customer.phone,
            "call_id": call_id,
            "created_at": now,
        }
        async with self._database.session() as session:
            fresh = await insert_once(session, Row, values, ["bot_id", "idempotency_key"])
            kept = await repository.get_by_key(session, bot.id, key)
            if fresh and recording is not None:
                session.add(Recording(message_id=kept.id, carrier_id=recording))
                await session.flush()
            if fresh and self._on_message is not None:
                await self._on_message(session, bot, kept)
            reaches = await self._reaches(session, bot.id)
        answer = {
            "message": {"id": kept.id, "created_at": timestamp(kept.created_at), "reaches_somebody": reaches}
        }
        mismatch = any(getattr(kept, name) != values[name] for name in _CONTENT)
        return PartnerResponse(201 if fresh else 200, answer, replayed=not fresh, mismatch=mismatch)

    async def reaches_somebody(self, bot_id: str) -> bool:
        """Tell whether anybody reads what callers leave with a bot."""
        async with self._database.reading() as session:
            return await self._reaches(session, bot_id)

    async def list_of_sites(
        self,
        site_ids: Sequence[int] | None,
        state: MessageState | None = None,
        limit: int = MOST_AT_ONCE,
        page: str | None = None,
    ) -> InboxPage:
        """List the messages of some sites, or of all: open ones first, the most urgent, newest first."""
        conditions = [] if site_ids is None else [repository.of_sites(site_ids)]
        return await self._list(conditions, state, limit, page)

    async def list_of_partner(
        self,
        partner_id: str,
        bot_id: str | None = None,
        state: MessageState | None = None,
        limit: int = MOST_AT_ONCE,
        page: str | None = None,
    ) -> InboxPage:
        """List the messages of a partner's bots, or of one of them; as ``list_of_sites``."""
        return await self._list([repository.of_partner(partner_id, bot_id)], state, limit, page)

    async def count_new(self, site_ids: Sequence[int]) -> int:
        """Count the messages of some sites that nobody has seen."""
        async with self._database.reading() as session:
            return await repository.count_new(session, [repository.of_sites(site_ids)])

    async def get_message(self, site_ids: Sequence[int] | None, message_id: str) -> InboxMessage:
        """Get a message."""
        async with self._database.reading() as session:
            return _view(*await self._get(session, site_ids, message_id))

    async def set_state(
        self, site_ids: Sequence[int] | None, message_id: str, state: MessageState, by: str
    ) -> InboxMessage:
        """Say what became of a message. What was so already keeps its moment and its name."""
        now = self._clock()
        async with self._database.session() as session:
            row, has_recording = await self._get(session, site_ids, message_id, lock=True)
            if state == "new":
                row.seen_at = row.seen_by = None
            elif row.seen_at is None:
                row.seen_at, row.seen_by = now, by
            if state != "done":
                row.done_at = row.done_by = None
            elif row.done_at is None:
                row.done_at, row.done_by = now, by
            await session.flush()
            return _view(row, has_recording)

    async def get_recording(self, site_ids: Sequence[int] | None, message_id: str) -> bytes:
        """Get the sound of a message (WAV)."""
        async with self._database.reading() as session:
            await self._get(session, site_ids, message_id)
            kept = await repository.find_recording(session, message_id)
        if kept is None or kept.content is None:
            raise RecordingNotFound
        return kept.content

    async def _list(
        self, conditions: list[ColumnElement[bool]], state: MessageState | None, limit: int, page: str | None
    ) -> InboxPage:
        skip = _skip(page)
        if state is not None:
            conditions.append(repository.in_state(state))
        async with self._database.reading() as session:
            found = await repository.list_messages(session, conditions, skip, limit + 1)
        shown = [_view(row, has_recording) for row, has_recording in found[:limit]]
        return InboxPage(messages=shown, next_page=str(skip + limit) if len(found) > limit else None)

    async def _get(
        self, session: AsyncSession, site_ids: Sequence[int] | None, message_id: str, *, lock: bool = False
    ) -> tuple[Row, bool]:
        found = None
        if is_id(message_id, "msg"):
            conditions = [] if site_ids is None else [repository.of_sites(site_ids)]
            found = await repository.find_message(session, message_id, conditions, lock=lock)
        if found is None:
            raise MessageNotFound
        return found

    async def _reaches(self, session: AsyncSession, bot_id: str) -> bool:
        return await repository.reaches_somebody(
            session, bot_id, sends_email=self._sends_email, sends_sms=self._sends_sms
        )


def _skip(page: str | None) -> int:
    if page is None:
        return 0
    if not (page.isascii() and page.isdigit() and len(page) < 10):  # noqa: PLR2004 - as PostgreSQL counts
        raise InvalidRequest("page is not one that was given.")
    return int(page)


def _view(row: Row, has_recording: bool) -> InboxMessage:
    return copy_fields(
        InboxMessage,
        row,
        state="done" if row.done_at else "seen" if row.seen_at else "new",
        customer={"name": row.customer_name, "phone": row.customer_phone},
        has_recording=has_recording,
    )
