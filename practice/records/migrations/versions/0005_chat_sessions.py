"""Chat sessions with their participants, events and tokens; the hand-off ladder of a practice.

The function that asks for a person has another name, since it does so by text too.

Revision: 0005, after 0004.
"""

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)

from practice.records.migrations.columns import MOMENT, column

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _refers(table: str, name: str, owner: str, on_delete: str = "CASCADE") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        [name], [f"{owner}.id"], name=op.f(f"fk_{table}_{name}_{owner}"), ondelete=on_delete
    )


def upgrade() -> None:
    op.create_table(
        "chat_sessions",
        column("id", String()),
        column("site_id", Integer()),
        column("bot_id", String(), nullable=True),
        column("thread_id", String(), nullable=True),
        column("call_id", String(), nullable=True),
        column("booking_id", String(), nullable=True),
        column("created_ms", BigInteger()),
        column("created_by", String()),
        column("type", String(), nullable=True),
        column("room", String(), nullable=True),
        column("started_ms", BigInteger(), nullable=True),
        column("started_by", String(), nullable=True),
        column("accepted_ms", BigInteger(), nullable=True),
        column("accepted_by", String(), nullable=True),
        column("rejected_ms", BigInteger(), nullable=True),
        column("rejected_by", String(), nullable=True),
        column("reject_reason", Text(), nullable=True),
        column("finished_ms", BigInteger(), nullable=True),
        column("finished_by", String(), nullable=True),
        column("finish_reason", Text(), nullable=True),
        column("reason", Text(), nullable=True),
        column("urgency", String(), nullable=True),
        column("summary", Text(), nullable=True),
        column("callback_at", String(), nullable=True),
        column("rung", Integer()),
        CheckConstraint(
            "urgency IN ('routine', 'urgent', 'emergency')", name=op.f("ck_chat_sessions_urgency")
        ),
        _refers("chat_sessions", "site_id", "sites"),
        _refers("chat_sessions", "bot_id", "bots", "SET NULL"),
        _refers("chat_sessions", "thread_id", "threads", "SET NULL"),
        PrimaryKeyConstraint("id", name=op.f("pk_chat_sessions")),
    )
    for columns in (["site_id", "created_ms"], ["bot_id"], ["thread_id"], ["call_id"]):
        op.create_index(op.f(f"ix_chat_sessions_{'_'.join(columns)}"), "chat_sessions", columns)
    op.create_table(
        "chat_session_participants",
        column("session_id", String()),
        column("account_id", String()),
        column("position", Integer()),
        _refers("chat_session_participants", "session_id", "chat_sessions"),
        PrimaryKeyConstraint("session_id", "account_id", name=op.f("pk_chat_session_participants")),
    )
    op.create_index(
        op.f("ix_chat_session_participants_account_id_session_id"),
        "chat_session_participants",
        ["account_id", "session_id"],
    )
    op.create_table(
        "chat_session_events",
        column("number", Integer()),
        column("session_id", String()),
        column("kind", String()),
        column("by", String(), nullable=True),
        column("position", Integer(), nullable=True),
        column("detail", JSON(), nullable=True),
        column("created_at", MOMENT),
        _refers("chat_session_events", "session_id", "chat_sessions"),
        PrimaryKeyConstraint("number", name=op.f("pk_chat_session_events")),
    )
    op.create_index(
        op.f("ix_chat_session_events_session_id_number"), "chat_session_events", ["session_id", "number"]
    )
    op.create_table(
        "chat_session_tokens",
        column("id", String()),
        column("account_id", String()),
        column("site_id", Integer()),
        column("prefix", String()),
        column("sha256", String()),
        column("created_at", MOMENT),
        column("expires_at", MOMENT, nullable=True),
        column("revoked_at", MOMENT, nullable=True),
        _refers("chat_session_tokens", "site_id", "sites"),
        PrimaryKeyConstraint("id", name=op.f("pk_chat_session_tokens")),
        UniqueConstraint("sha256", name=op.f("uq_chat_session_tokens_sha256")),
    )
    op.create_index(op.f("ix_chat_session_tokens_site_id"), "chat_session_tokens", ["site_id"])
    op.create_table(
        "hand_off_contacts",
        column("practice_id", String()),
        column("position", Integer(), autoincrement=False),
        column("name", String()),
        column("phone", String()),
        column("available", String()),
        column("hours", JSON(), nullable=True),
        column("ring_seconds", Integer()),
        CheckConstraint("ring_seconds BETWEEN 5 AND 120", name=op.f("ck_hand_off_contacts_ring_seconds")),
        CheckConstraint(
            "available IN ('open', 'closed', 'always', 'hours')", name=op.f("ck_hand_off_contacts_available")
        ),
        _refers("hand_off_contacts", "practice_id", "practices"),
        PrimaryKeyConstraint("practice_id", "position", name=op.f("pk_hand_off_contacts")),
    )

    op.execute("UPDATE assistant_tools SET function = 'request_person' WHERE function = 'transfer_call'")


def downgrade() -> None:
    op.execute("UPDATE assistant_tools SET function = 'transfer_call' WHERE function = 'request_person'")
    for table in (
        "hand_off_contacts",
        "chat_session_tokens",
        "chat_session_events",
        "chat_session_participants",
        "chat_sessions",
    ):
        op.drop_table(table)
