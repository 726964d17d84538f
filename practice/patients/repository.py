"""Everything that the records keep about a patient."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from practice.patients.views import Patient
from practice.records.assistants import Assistant, Memory
from practice.records.bookings import Appointment, AppointmentChange, BookingIntent
from practice.records.chat_sessions import ChatSession, ChatSessionEvent
from practice.records.conversations import TEXTS_FROM, Call, Thread, ThreadMessage
from practice.records.encrypted import is_hash_of
from practice.records.follow_ups import FollowUp
from practice.records.identity import BirthDate
from practice.records.legal_holds import LegalHold
from practice.records.partners import Bot
from practice.records.staff_messages import IncomingText, StaffMessage

_AT_ONCE = 200


@dataclass(frozen=True)
class Traces:
    """A patient's records, each as its row."""

    appointments: list[Appointment] = field(default_factory=list)
    changes: list[AppointmentChange] = field(default_factory=list)
    requests: list[BookingIntent] = field(default_factory=list)
    conversations: list[tuple[Thread, Call | None, list[ThreadMessage]]] = field(default_factory=list)
    messages: list[StaffMessage] = field(default_factory=list)
    texts: list[IncomingText] = field(default_factory=list)
    hand_offs: list[ChatSession] = field(default_factory=list)
    events: list[ChatSessionEvent] = field(default_factory=list)
    memories: list[Memory] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    birth_dates: list[BirthDate] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(vars(self).values())


async def list_named(
    session: AsyncSession, account_id: str | None = None
) -> AsyncIterator[Appointment | BookingIntent | StaffMessage | BirthDate]:
    """List the records that a name and a number stand on, of one account or of all.

    They are decrypted a few at a time: nothing else of this process waits until all are.
    """
    bots = select(Bot.id) if account_id is None else select(Bot.id).where(Bot.account_id == account_id)
    appointments, requests, messages = (
        select(Appointment),
        select(BookingIntent).where(BookingIntent.bot_id.in_(bots), BookingIntent.operation == "book"),
        select(StaffMessage).where(StaffMessage.bot_id.in_(bots), StaffMessage.customer_phone.is_not(None)),
    )
    born = select(BirthDate)
    if account_id is not None:
        appointments = appointments.where(Appointment.account_id == account_id)
        born = born.where(BirthDate.account_id == account_id)
    for query in (appointments, requests, messages, born):
        rows = await session.stream_scalars(query.execution_options(yield_per=_AT_ONCE))
        async for row in rows:
            yield row


async def accounts_of_bots(session: AsyncSession) -> dict[str, str]:
    """Give the account of each bot."""
    return {one.id: one.account_id for one in await session.execute(select(Bot.id, Bot.account_id))}


async def gather(session: AsyncSession, who: Patient) -> Traces:
    """Find everything that an account's records keep about a patient."""
    traces = Traces()
    bots = [*await session.scalars(select(Bot).where(Bot.account_id == who.account_id))]
    ids = [one.id for one in bots]
    appointments = select(Appointment).where(
        Appointment.account_id == who.account_id, Appointment.is_of(who.phone)
    )
    for made in await session.scalars(appointments):
        if who.is_named(made.customer_name, made.customer_phone):
            traces.appointments.append(made)
    made_ids = [one.id for one in traces.appointments]
    changes = select(AppointmentChange).where(AppointmentChange.appointment_id.in_(made_ids))
    traces.changes.extend(await session.scalars(changes))
    async for request in _requests(session, ids, who, made_ids):
        traces.requests.append(request)
    for message in await session.scalars(select(StaffMessage).where(StaffMessage.bot_id.in_(ids))):
        if who.is_named(message.customer_name, message.customer_phone) or who.is_in(
            [{"text": message.text, "name": message.customer_name or ""}]
        ):
            traces.messages.append(message)
    texts = await session.scalars(select(IncomingText).where(IncomingText.bot_id.in_(ids)))
    traces.texts.extend(one for one in texts if one.from_number == who.phone)
    sites = [one.site_id for one in bots if one.site_id is not None]
    assistants = [*await session.scalars(select(Assistant.id).where(Assistant.site_id.in_(sites)))]
    await _conversations(session, traces, who, _threads_of(ids, assistants))
    await _beside(session, traces, who, ids, sites, assistants)
    traces.birth_dates.extend(await birth_dates(session, who))
    return traces


async def birth_dates(session: AsyncSession, who: Patient) -> list[BirthDate]:
    """List the dates of birth that were written down for a patient, or for everybody with a number."""
    query = select(BirthDate).where(
        BirthDate.account_id == who.account_id, is_hash_of(BirthDate.phone_hash, who.phone)
    )
    return [one for one in await session.scalars(query) if who.is_named(one.name, one.phone)]


async def list_holds(session: AsyncSession, account_id: str | None = None) -> list[LegalHold]:
    """List who is held, of one account or of all."""
    query = select(LegalHold).order_by(LegalHold.created_at)
    if account_id is not None:
        query = query.where(LegalHold.account_id == account_id)
    return [*await session.scalars(query)]


async def forget_said(session: AsyncSession, threads: Sequence[str]) -> None:
    """Delete what was said in some threads."""
    await session.execute(delete(ThreadMessage).where(ThreadMessage.thread_id.in_(threads)))


def customer_of(request: BookingIntent) -> dict[str, Any]:
    """Give who a request is for, as far as it says so."""
    for body in (request.request, request.booking):
        customer = (body or {}).get("customer")
        if isinstance(customer, dict):
            return customer
    return {}


async def _requests(
    session: AsyncSession, bots: Sequence[str], who: Patient, bookings: Sequence[str]
) -> AsyncIterator[BookingIntent]:
    """Find the requests to book that are a patient's, and those to change what came of them."""
    theirs, others = set(bookings), []
    query = select(BookingIntent).where(BookingIntent.bot_id.in_(bots)).order_by(BookingIntent.created_at)
    for request in await session.scalars(query):
        customer = customer_of(request)
        if who.is_named(customer.get("name"), customer.get("phone")):
            theirs |= {request.booking_id} if request.booking_id else set()
            yield request
        else:
            others.append(request)
    for request in others:
        if request.booking_id in theirs:
            yield request


def _threads_of(bots: Sequence[str], assistants: Sequence[int]) -> ColumnElement[bool]:
    return or_(Thread.bot_id.in_(bots), Thread.assistant_id.in_(assistants))


async def _conversations(
    session: AsyncSession, traces: Traces, who: Patient, where: ColumnElement[bool]
) -> None:
    calls = select(Thread, Call).outerjoin(Call, Call.thread_id == Thread.id).where(where)
    for thread, joined in await session.execute(calls):
        call = cast("Call | None", joined)
        query = select(ThreadMessage).where(ThreadMessage.thread_id == thread.id)
        messages = [*await session.scalars(query.order_by(ThreadMessage.position))]
        texted = thread.owner.removeprefix(TEXTS_FROM) if thread.owner is not None else None
        if who.is_in([one.message for one in messages], call.from_number if call is not None else texted):
            traces.conversations.append((thread, call, messages))


async def _beside(
    session: AsyncSession,
    traces: Traces,
    who: Patient,
    bots: Sequence[str],
    sites: Sequence[int],
    assistants: Sequence[int],
) -> None:
    """Find what hangs on the conversations and bookings that were found."""
    threads = {thread.id for thread, _, _ in traces.conversations}
    calls = {call.id for _, call, _ in traces.conversations if call is not None}
    for hand_off in await session.scalars(select(ChatSession).where(ChatSession.site_id.in_(sites))):
        if (
            hand_off.thread_id in threads
            or hand_off.call_id in calls
            or who.is_in([{"summary": hand_off.summary or "", "reason": hand_off.reason or ""}])
        ):
            traces.hand_offs.append(hand_off)
    found = [one.id for one in traces.hand_offs]
    events = select(ChatSessionEvent).where(ChatSessionEvent.session_id.in_(found))
    traces.events.extend(await session.scalars(events))
    for memory in await session.scalars(select(Memory).where(Memory.assistant_id.in_(assistants))):
        if memory.conversation_id in threads | calls or who.is_in([memory.data]):
            traces.memories.append(memory)
    requests = {one.id for one in traces.requests}
    for follow_up in await session.scalars(select(FollowUp).where(FollowUp.bot_id.in_(bots))):
        if (
            follow_up.intent_id in requests
            or follow_up.payload.get("session_id") in found
            or who.is_in([follow_up.payload])
        ):
            traces.follow_ups.append(follow_up)
