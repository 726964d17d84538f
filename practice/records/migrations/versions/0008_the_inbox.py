"""Messages for staff have a kind, an urgency and states; recordings are kept; texts come in; log-ins end.

Revision: 0008, after 0007.
"""

from alembic import op
from sqlalchemy import (
    ForeignKeyConstraint,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
)

from practice.records.migrations.columns import MOMENT, column

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OF_A_MESSAGE = (
    ("call_id", String()),
    ("seen_at", MOMENT),
    ("seen_by", String()),
    ("done_at", MOMENT),
    ("done_by", String()),
)
_OF_A_LOG_IN = (("disabled_at", MOMENT), ("link_sha256", String()), ("link_until", MOMENT))


def upgrade() -> None:
    op.add_column("staff_messages", column("kind", String(), server_default="message"))
    op.add_column("staff_messages", column("urgency", String(), server_default="routine"))
    for name, kind in _OF_A_MESSAGE:
        op.add_column("staff_messages", column(name, kind, nullable=True))
    op.create_index(op.f("ix_staff_messages_bot_id_created_at"), "staff_messages", ["bot_id", "created_at"])
    op.create_table(
        "recordings",
        column("message_id", String()),
        column("carrier_id", String()),
        column("content", LargeBinary(), nullable=True),
        column("fetched_at", MOMENT, nullable=True),
        column("forgotten_at", MOMENT, nullable=True),
        ForeignKeyConstraint(
            ["message_id"],
            ["staff_messages.id"],
            name=op.f("fk_recordings_message_id_staff_messages"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("message_id", name=op.f("pk_recordings")),
    )
    op.create_table(
        "incoming_texts",
        column("id", String()),
        column("bot_id", String()),
        column("from_number", String()),
        column("text", String()),
        column("outcome", String()),
        column("answer", String(), nullable=True),
        column("created_at", MOMENT),
        ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_incoming_texts_bot_id_bots"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_incoming_texts")),
    )
    op.create_index(op.f("ix_incoming_texts_bot_id_from_number"), "incoming_texts", ["bot_id", "from_number"])
    op.create_table(
        "text_opt_outs",
        column("number", String()),
        column("bot_id", String()),
        column("stopped_at", MOMENT),
        ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_text_opt_outs_bot_id_bots"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("number", "bot_id", name=op.f("pk_text_opt_outs")),
    )
    op.add_column("booking_intents", column("patient_confirmed_at", MOMENT, nullable=True))
    for name, kind in _OF_A_LOG_IN:
        op.add_column("staff", column(name, kind, nullable=True))
    op.create_table(
        "staff_sessions",
        column("id", String()),
        column("staff_id", String()),
        column("created_at", MOMENT),
        column("expires_at", MOMENT),
        ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id_staff"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
    )
    op.create_index(op.f("ix_staff_sessions_staff_id"), "staff_sessions", ["staff_id"])


def downgrade() -> None:
    op.drop_table("staff_sessions")
    for name, _ in _OF_A_LOG_IN:
        op.drop_column("staff", name)
    op.drop_column("booking_intents", "patient_confirmed_at")
    for table in ("text_opt_outs", "incoming_texts", "recordings"):
        op.drop_table(table)
    op.drop_index(op.f("ix_staff_messages_bot_id_created_at"), "staff_messages")
    for name in ("kind", "urgency", *(name for name, _ in _OF_A_MESSAGE)):
        op.drop_column("staff_messages", name)
