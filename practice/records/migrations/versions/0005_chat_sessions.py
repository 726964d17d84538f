"""Chat sessions with their participants, events and tokens; the hand-off ladder of a practice.

The function that asks for a person has another name, since it does so by text too.
"""

import sqlalchemy as sa
from alembic import op

from practice.records.migrations.columns import MOMENT, column, columns, index, refers

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "chat_sessions",
        column("id", sa.String()),
        column("site_id", sa.Integer()),
        *columns(sa.String(), "bot_id", "thread_id", "call_id", "booking_id", nullable=True),
        column("created_ms", sa.BigInteger()),
        column("created_by", sa.String()),
        *columns(sa.String(), "type", "room", nullable=True),
        column("started_ms", sa.BigInteger(), nullable=True),
        column("started_by", sa.String(), nullable=True),
        column("accepted_ms", sa.BigInteger(), nullable=True),
        column("accepted_by", sa.String(), nullable=True),
        column("rejected_ms", sa.BigInteger(), nullable=True),
        column("rejected_by", sa.String(), nullable=True),
        column("reject_reason", sa.Text(), nullable=True),
        column("finished_ms", sa.BigInteger(), nullable=True),
        column("finished_by", sa.String(), nullable=True),
        *columns(sa.Text(), "finish_reason", "reason", nullable=True),
        column("urgency", sa.String(), nullable=True),
        column("summary", sa.Text(), nullable=True),
        column("callback_at", sa.String(), nullable=True),
        column("rung", sa.Integer()),
        sa.CheckConstraint("urgency IN ('routine', 'urgent', 'emergency')", name="urgency"),
        refers("site_id", "sites.id"),
        refers("bot_id", "bots.id", "SET NULL"),
        refers("thread_id", "threads.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    for names in (["site_id", "created_ms"], ["bot_id"], ["thread_id"], ["call_id"]):
        index("chat_sessions", *names)
    op.create_table(
        "chat_session_participants",
        *columns(sa.String(), "session_id", "account_id"),
        column("position", sa.Integer()),
        refers("session_id", "chat_sessions.id"),
        sa.PrimaryKeyConstraint("session_id", "account_id"),
    )
    index("chat_session_participants", "account_id", "session_id")
    op.create_table(
        "chat_session_events",
        column("number", sa.Integer()),
        *columns(sa.String(), "session_id", "kind"),
        column("by", sa.String(), nullable=True),
        column("position", sa.Integer(), nullable=True),
        column("detail", sa.JSON(), nullable=True),
        column("created_at", MOMENT),
        refers("session_id", "chat_sessions.id"),
        sa.PrimaryKeyConstraint("number"),
    )
    index("chat_session_events", "session_id", "number")
    op.create_table(
        "chat_session_tokens",
        *columns(sa.String(), "id", "account_id"),
        column("site_id", sa.Integer()),
        *columns(sa.String(), "prefix", "sha256"),
        column("created_at", MOMENT),
        *columns(MOMENT, "expires_at", "revoked_at", nullable=True),
        refers("site_id", "sites.id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )
    index("chat_session_tokens", "site_id")
    op.create_table(
        "hand_off_contacts",
        column("practice_id", sa.String()),
        column("position", sa.Integer(), autoincrement=False),
        *columns(sa.String(), "name", "phone", "available"),
        column("hours", sa.JSON(), nullable=True),
        column("ring_seconds", sa.Integer()),
        sa.CheckConstraint("ring_seconds BETWEEN 5 AND 120", name="ring_seconds"),
        sa.CheckConstraint("available IN ('open', 'closed', 'always', 'hours')", name="available"),
        refers("practice_id", "practices.id"),
        sa.PrimaryKeyConstraint("practice_id", "position"),
    )

    op.execute("UPDATE assistant_tools SET function = 'request_person' WHERE function = 'transfer_call'")


def downgrade() -> None:
    op.execute("UPDATE assistant_tools SET function = 'transfer_call' WHERE function = 'request_person'")
    for table in (
        "hand_off_contacts chat_session_tokens chat_session_events chat_session_participants chat_sessions"
    ).split():
        op.drop_table(table)
