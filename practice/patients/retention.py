"""How long what is kept about patients stays: as each practice wants it, and the law where that holds it."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Select, String, delete, func, or_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncSession

from language.phone import E164
from practice.patients import repository
from practice.patients.anonymous import anonymise
from practice.patients.repository import Traces
from practice.patients.views import Patient
from practice.records.assistants import Assistant, Memory
from practice.records.bookings import ERASED, Appointment, BookingIntent
from practice.records.conversations import Thread, ThreadMessage
from practice.records.partners import Bot
from practice.records.practices import Practice
from practice.records.staff_messages import Recording, StaffMessage
from practice.service import RecordsService

Kind = Literal["transcripts", "recordings", "messages", "memories", "appointments"]
KINDS: tuple[Kind, ...] = ("transcripts", "recordings", "messages", "memories", "appointments")
USUAL_DAYS: dict[Kind, int | None] = {"transcripts": 365, "recordings": 30}
"""Where a practice says nothing; the others are kept until somebody is erased."""
ELSEWHERE = "(practices not kept here)"
"""Whose bots answer here, and whose rules are not known: the usual ones count."""
FORGOTTEN_AT_ONCE = 100
"""Rows in one transaction: bookings must not wait for a long one."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How long a practice keeps one kind of record (None is for ever), and how many are due."""

    practice: str
    kind: Kind
    days: int | None
    due: int


@dataclass(frozen=True)
class _Scope:
    """A practice, with what of it is held."""

    id: str | None
    name: str
    privacy: dict[str, Any]
    bots: Sequence[str] = ()
    assistants: Sequence[int] = ()
    held: Traces = field(default_factory=Traces)


class Retention(RecordsService):
    """Forgets what practices want kept no longer. That there was a call, and when, stays."""

    async def plan(self) -> list[Rule]:
        """Tell how long each practice keeps what, and how much would be forgotten now; nothing is."""
        rules = []
        for scope in await self._scopes():
            for kind in KINDS:
                days, due = _days(scope, kind), 0
                if days is not None:
                    async with self._database.reading() as session:
                        counted = select(func.count()).select_from(self._old(scope, kind, days).subquery())
                        due = (await session.execute(counted)).scalar_one()
                rules.append(Rule(scope.name, kind, days, due))
        return rules

    async def forget(self) -> Counter[str]:
        """Forget what is due; gives how many of each kind."""
        forgotten: Counter[str] = Counter()
        for scope in await self._scopes():
            for kind in KINDS:
                days, last = _days(scope, kind), FORGOTTEN_AT_ONCE
                while days is not None and last == FORGOTTEN_AT_ONCE:
                    async with self._database.session() as session:
                        old = self._old(scope, kind, days).limit(FORGOTTEN_AT_ONCE)
                        ids = [tuple(row) for row in await session.execute(old)]
                        await self._forget(session, kind, ids)
                    last = len(ids)
                    forgotten[kind] += last
        return +forgotten

    async def _scopes(self) -> list[_Scope]:
        async with self._database.reading() as session:
            kept = select(Practice.id, Practice.name, Practice.privacy)
            practices = [(*row,) for row in await session.execute(kept)] + [(None, ELSEWHERE, None)]
            holds = await repository.list_holds(session)
            scopes = []
            for practice_id, name, privacy in practices:
                bots = [*await session.scalars(select(Bot).where(Bot.practice_id == practice_id))]
                sites = [one.site_id for one in bots if one.site_id is not None]
                assistants = [
                    *await session.scalars(select(Assistant.id).where(Assistant.site_id.in_(sites)))
                ]
                held = Traces()
                for one in holds:
                    if one.account_id in {bot.account_id for bot in bots}:
                        who = Patient(one.account_id, E164(one.phone), one.name or None)
                        found = await repository.gather(session, who)
                        for part, rows in vars(found).items():
                            getattr(held, part).extend(rows)
                scopes.append(
                    _Scope(practice_id, name, privacy or {}, [one.id for one in bots], assistants, held)
                )
        return scopes

    def _old(self, scope: _Scope, kind: Kind, days: int) -> Select[*tuple[Any, ...]]:
        """Find what is older than so many days and not held: its primary keys."""
        before, held = self._clock() - timedelta(days=days), scope.held
        if kind == "transcripts":
            return select(Thread.id).where(
                Thread.bot_id.in_(scope.bots),
                func.coalesce(Thread.updated_at, Thread.created_at) < before,
                Thread.id.not_in([thread.id for thread, _, _ in held.conversations]),
                select(ThreadMessage.position).where(ThreadMessage.thread_id == Thread.id).exists(),
            )
        messages = [one.id for one in held.messages]
        if kind == "recordings":
            return (
                select(Recording.message_id)
                .join(StaffMessage, StaffMessage.id == Recording.message_id)
                .where(
                    StaffMessage.bot_id.in_(scope.bots),
                    StaffMessage.id.not_in(messages),
                    Recording.fetched_at <= before,
                    Recording.forgotten_at.is_(None),
                )
            )
        if kind == "messages":
            return select(StaffMessage.id).where(
                StaffMessage.bot_id.in_(scope.bots),
                StaffMessage.created_at < before,
                StaffMessage.id.not_in(messages),
            )
        if kind == "memories":
            kept = [(one.conversation_id, one.key) for one in held.memories]
            return select(Memory.assistant_id, Memory.conversation_id, Memory.key).where(
                Memory.assistant_id.in_(scope.assistants),
                Memory.updated_at < before,
                *(or_(Memory.conversation_id != talk, Memory.key != key) for talk, key in kept),
            )
        return select(Appointment.id).where(
            Appointment.practice_id == scope.id,
            Appointment.end_at < before,
            type_coerce(Appointment.customer_name, String) != ERASED,
            Appointment.id.not_in([one.id for one in held.appointments]),
        )

    async def _forget(self, session: AsyncSession, kind: Kind, keys: Collection[tuple[Any, ...]]) -> None:
        ids = [key[0] for key in keys]
        if kind == "transcripts":
            await repository.forget_said(session, ids)
        elif kind == "recordings":
            values = {"content": None, "forgotten_at": self._clock()}
            await session.execute(update(Recording).where(Recording.message_id.in_(ids)).values(**values))
        elif kind == "messages":
            await session.execute(delete(StaffMessage).where(StaffMessage.id.in_(ids)))
        elif kind == "memories":
            for key in keys:
                await session.delete(await session.get_one(Memory, key))
        else:
            made = [*await session.scalars(select(Appointment).where(Appointment.id.in_(ids)))]
            asked = select(BookingIntent).where(BookingIntent.booking_id.in_(ids))
            anonymise(Traces(appointments=made, requests=[*await session.scalars(asked)]))


def _days(scope: _Scope, kind: Kind) -> int | None:
    days: int | None = scope.privacy.get(f"keep_{kind}_days", USUAL_DAYS.get(kind))
    return days
