"""Sessions, events and messages as their API describes them, made from their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.chat_sessions import ChatSession, SessionMessage
from contracts.conversation import text_of
from practice.chat_sessions.transitions import Stamp, Stamps
from practice.records import chat_sessions as records
from practice.records.conversations import ThreadMessage

COLUMNS = {
    "createdAt": "created_ms",
    "type": "type",
    "room": "room",
    "startedAt": "started_ms",
    "startedBy": "started_by",
    "acceptedAt": "accepted_ms",
    "acceptedBy": "accepted_by",
    "rejectedAt": "rejected_ms",
    "rejectedBy": "rejected_by",
    "rejectReason": "reject_reason",
    "finishedAt": "finished_ms",
    "finishedBy": "finished_by",
    "reason": "reason",
    "urgency": "urgency",
    "summary": "summary",
    "bookingId": "booking_id",
}
"""Fields that an account may write, and their columns."""
_SHOWN = {
    "id": "id",
    "createdBy": "created_by",
    "finishReason": "finish_reason",
    "threadId": "thread_id",
    "callId": "call_id",
    "callbackAt": "callback_at",
}
SPEAKERS = ("user", "assistant")
"""Roles whose messages were said; the others are between the bot and its functions."""


@dataclass(frozen=True, slots=True)
class SessionAccount:
    """Who asks: a staff id, an operator's own name for an account, or a bot's id, at the sites it reaches."""

    id: str
    site_ids: tuple[int, ...]
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token for an account, without its secret."""

    id: str
    account_id: str
    site_id: int
    prefix: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def milliseconds(moment: datetime) -> int:
    """Give a moment in milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def session_view(row: records.ChatSession) -> ChatSession:
    """Describe a session; its participants are loaded."""
    columns = COLUMNS | _SHOWN
    return ChatSession(
        participants=[one.account_id for one in row.participants],
        **{name: getattr(row, column) for name, column in columns.items()},
    )


def stamps_of(row: records.ChatSession) -> Stamps:
    """Read what has happened to a session."""

    def stamp(name: str, reason: str | None = None) -> Stamp | None:
        ms = getattr(row, f"{name}_ms")
        return None if ms is None else Stamp(ms, getattr(row, f"{name}_by"), reason)

    return Stamps(
        stamp("started"),
        stamp("accepted"),
        stamp("rejected", row.reject_reason),
        stamp("finished", row.finish_reason),
    )


def keep_stamps(row: records.ChatSession, stamps: Stamps, new: Sequence[str]) -> None:
    """Write what has newly happened to a session."""
    for name in new:
        stamp: Stamp = getattr(stamps, name)
        setattr(row, f"{name}_ms", stamp.ms)
        setattr(row, f"{name}_by", stamp.by)
        if stamp.reason is not None:
            setattr(row, "reject_reason" if name == "rejected" else "finish_reason", stamp.reason)


def message_view(row: ThreadMessage) -> SessionMessage | None:
    """Describe a message that was said; None for what only a model and its functions saw."""
    message = row.message
    text = text_of(message)
    if message.get("role") not in SPEAKERS or not text:
        return None
    answered_by = message.get("answered_by")
    return SessionMessage(
        position=row.position,
        role=message["role"],
        text=text,
        answeredBy=answered_by if isinstance(answered_by, str) else None,
        createdAt=milliseconds(row.created_at),
    )
