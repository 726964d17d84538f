"""Calls as the practice's people read them: those in progress, those that were, and what was said in each."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, String, Text, cast, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from contracts.conversation import ADDED_BY, Message, calls_of, text_of
from kit.data_keys import DataKeys
from practice.conversations.outcome import Outcome, outcome_of
from practice.conversations.service import CallView, view_of
from practice.errors import CallNotFound
from practice.records.conversations import CALLER, MESSAGE, Call, ThreadMessage
from practice.records.encrypted import stored_object
from practice.records.partners import Bot
from practice.service import RecordsService

PAGE = 25
LONGEST_CALL = timedelta(hours=3)
"""A call of which nothing was heard for so long is not in progress, whatever the carrier failed to say."""
LATEST_LINES = 6
MOST_SEARCHED = 5000
"""Calls that are looked through for words or a number, the newest of those that are asked for."""
SEARCHED_AT_ONCE = 50
"""Of them, in one go: nothing else of this process waits while they are read."""

Speaker = Literal["caller", "bot", "person", "function", "files"]


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened in a conversation.

    Attributes:
        text: What was said; of a function, its name; of files that were read, their names.
        by: Who of the practice said it, or None.
        status: Of a function: what came of it.
        detail: Of a function: arguments and result; of files: where the passages stand.
    """

    position: int
    speaker: Speaker
    text: str
    at: datetime
    by: str | None = None
    status: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallEntry:
    """A call of a list: the caller's first words, if any, and the last lines, oldest first."""

    call: CallView
    outcome: Outcome
    said: str
    latest: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls are wanted."""

    words: str = ""
    number: str = ""
    outcome: Outcome | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def digits(self) -> str:
        """The number's digits."""
        return "".join(one for one in self.number if one.isdigit())


class History(RecordsService):
    """The calls of sites."""

    async def list_live(self, site_id: int, limit: int = 50) -> list[CallEntry]:
        """List the calls in progress, the longest first."""
        conditions = (
            Call.status == "in_progress",
            Call.started_at > self._clock() - LONGEST_CALL,
            Call.ending_kind.is_(None) | (Call.ending_kind == "transfer"),
        )
        async with self._database.reading() as session:
            query = _of_site(site_id).where(*conditions).order_by(Call.started_at, Call.id).limit(limit)
            return await _entries(session, list(await session.scalars(query)))

    async def list_calls(
        self, site_id: int, wanted: CallFilter | None = None, *, page: int = 0
    ) -> tuple[list[CallEntry], bool]:
        """List calls, newest first."""
        wanted = wanted or CallFilter()
        first, last = page * PAGE, page * PAGE + PAGE + 1
        newest_first = (Call.started_at.desc(), Call.id.desc())
        query = _of_site(site_id).where(*_conditions(wanted)).order_by(*newest_first)
        async with self._database.reading() as session:
            if wanted.words.strip() or wanted.digits:
                rows = select(Call.id, Call.thread_id, type_coerce(Call.from_number, String))
                rows = rows.where(_is_of_site(site_id), *_conditions(wanted)).order_by(*newest_first)
                fit = [one async for one in self._search(session, rows, wanted, last)]
                query = query.where(Call.id.in_(fit[first:]))
            else:
                query = query.offset(first).limit(PAGE + 1)
            found = list(await session.scalars(query))
            return await _entries(session, found[:PAGE]), len(found) > PAGE

    async def _search(
        self, session: AsyncSession, calls: Select[str, str, str], wanted: CallFilter, most: int
    ) -> AsyncIterator[str]:
        """Find the newest calls with words and number: encrypted, so the database cannot look for them."""
        keys, found = self._database.data_keys(), 0
        for first in range(0, MOST_SEARCHED, SEARCHED_AT_ONCE):
            page = (await session.execute(calls.offset(first).limit(SEARCHED_AT_ONCE))).all()
            said: dict[str, list[str]] = {one[1]: [] for one in page}
            if wanted.words.strip():
                stored = cast(ThreadMessage.message, Text)
                query = select(ThreadMessage.thread_id, stored).where(ThreadMessage.thread_id.in_(said))
                for thread_id, message in await session.execute(query):
                    said[thread_id].append(message)
            # In a thread: calls are carried meanwhile.
            candidates = [(one[0], one[2], said[one[1]]) for one in page]
            for call_id in await asyncio.to_thread(_fitting, keys, wanted, candidates):
                yield call_id
                found += 1
                if found == most:
                    return
            if len(page) < SEARCHED_AT_ONCE:
                return

    async def get_call(self, site_id: int, call_id: str) -> tuple[CallEntry, list[Line]]:
        """Get a call with all that happened in it."""
        async with self._database.reading() as session:
            query = _of_site(site_id).where(Call.id == call_id)
            call = (await session.scalars(query)).one_or_none()
            if call is None:
                raise CallNotFound
            rows = (await _messages(session, [call.thread_id]))[call.thread_id]
        return _entry(call, rows), lines_of(rows)

    async def list_lines(self, thread_id: str) -> list[Line]:
        """Tell what happened in a conversation, for whoever was found to be part of it."""
        async with self._database.reading() as session:
            return lines_of((await _messages(session, [thread_id]))[thread_id])


def lines_of(rows: Sequence[ThreadMessage]) -> list[Line]:
    """Tell what happened in a conversation: what was said, which functions ran, what files were read."""
    results = {
        str(one.message.get("tool_call_id", "")): one
        for one in rows
        if one.message.get("role") == "tool" and ADDED_BY not in one.message
    }
    lines = []
    for row in rows:
        message, text = row.message, text_of(row.message)
        role = message.get("role")
        if role in {"user", "assistant"} and text:
            lines.append(_said(row, text))
        if role == "assistant":
            for call in calls_of(message):
                answer = results.get(call.id)
                result = _object(None if answer is None else answer.message.get("content"))
                lines.append(
                    Line(
                        row.position,
                        "function",
                        call.name,
                        row.created_at,
                        status=str(result.get("status", "")),
                        detail={"arguments": call.arguments, "result": result},
                    )
                )
        sources = message.get("sources")
        if isinstance(sources, list) and sources:
            names = dict.fromkeys(str(one.get("file", "")) for one in sources if isinstance(one, dict))
            lines.append(
                Line(row.position, "files", ", ".join(names), row.created_at, detail={"sources": sources})
            )
    return lines


def _said(row: ThreadMessage, text: str) -> Line:
    by = row.message.get("answered_by")
    speaker: Speaker = "caller" if row.message.get("role") == "user" else "bot"
    if isinstance(by, str) and by.startswith(("staf_", "acct_")):
        speaker = "person"
    return Line(row.position, speaker, text, row.created_at, by=by if isinstance(by, str) else None)


def _of_site(site_id: int) -> Select[Call]:
    return select(Call).options(joinedload(Call.thread, innerjoin=True)).where(_is_of_site(site_id))


def _is_of_site(site_id: int) -> ColumnElement[bool]:
    return Call.bot_id.in_(select(Bot.id).where(Bot.site_id == site_id))


def _conditions(wanted: CallFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        found.append(Call.started_at >= wanted.since)
    if wanted.until is not None:
        found.append(Call.started_at < wanted.until)
    if wanted.outcome is not None:
        found.append(Call.outcome == wanted.outcome)
    return found


def _fitting(
    keys: DataKeys, wanted: CallFilter, calls: Sequence[tuple[str, str | None, Sequence[str]]]
) -> list[str]:
    """Find the calls that words and number fit: id, number and what was said, as the database has them."""
    words, found = [one.casefold() for one in wanted.words.split()[:8]], []
    for call_id, number, messages in calls:
        if wanted.digits and wanted.digits not in keys.open(number or "", CALLER):
            continue
        if words:
            texts = [_spoken(stored_object(keys, one, MESSAGE)) for one in messages]
            if not all(any(word in text for text in texts) for word in words):
                continue
        found.append(call_id)
    return found


def _spoken(message: Message) -> str:
    return text_of(message).casefold() if message.get("role") in {"user", "assistant"} else ""


async def _messages(session: AsyncSession, threads: Sequence[str]) -> dict[str, list[ThreadMessage]]:
    found: dict[str, list[ThreadMessage]] = {one: [] for one in threads}
    query = select(ThreadMessage).where(ThreadMessage.thread_id.in_(threads)).order_by(ThreadMessage.position)
    for row in await session.scalars(query):
        found[row.thread_id].append(row)
    return found


async def _entries(session: AsyncSession, calls: Sequence[Call]) -> list[CallEntry]:
    messages = await _messages(session, [one.thread_id for one in calls])
    return [_entry(one, messages[one.thread_id]) for one in calls]


def _entry(call: Call, rows: Sequence[ThreadMessage]) -> CallEntry:
    messages: list[Message] = [row.message for row in rows]
    said = next((text_of(one) for one in messages if one.get("role") == "user" and text_of(one)), "")
    spoken = [one for one in lines_of(rows) if one.speaker in {"caller", "bot", "person"}]
    return CallEntry(view_of(call), outcome_of(messages), said, tuple(spoken[-LATEST_LINES:]))


def _object(content: Any) -> dict[str, Any]:
    if not isinstance(content, str):
        return {}
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
