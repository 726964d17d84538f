"""Messages for staff have a kind, an urgency and states; recordings are kept; texts come in; log-ins end."""

from alembic import op
from sqlalchemy import LargeBinary, PrimaryKeyConstraint, String

from practice.records.migrations.columns import MOMENT, column, columns, index, refers

revision = "0008"
down_revision = "0007"

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
    index("staff_messages", "bot_id", "created_at")
    op.create_table(
        "recordings",
        *columns(String(), "message_id", "carrier_id"),
        column("content", LargeBinary(), nullable=True),
        *columns(MOMENT, "fetched_at", "forgotten_at", nullable=True),
        refers("message_id", "staff_messages.id"),
        PrimaryKeyConstraint("message_id"),
    )
    op.create_table(
        "incoming_texts",
        *columns(String(), "id", "bot_id", "from_number", "text", "outcome"),
        column("answer", String(), nullable=True),
        column("created_at", MOMENT),
        refers("bot_id", "bots.id"),
        PrimaryKeyConstraint("id"),
    )
    index("incoming_texts", "bot_id", "from_number")
    op.create_table(
        "text_opt_outs",
        *columns(String(), "number", "bot_id"),
        column("stopped_at", MOMENT),
        refers("bot_id", "bots.id"),
        PrimaryKeyConstraint("number", "bot_id"),
    )
    op.add_column("booking_intents", column("patient_confirmed_at", MOMENT, nullable=True))
    for name, kind in _OF_A_LOG_IN:
        op.add_column("staff", column(name, kind, nullable=True))
    op.create_table(
        "staff_sessions",
        *columns(String(), "id", "staff_id"),
        *columns(MOMENT, "created_at", "expires_at"),
        refers("staff_id", "staff.id"),
        PrimaryKeyConstraint("id"),
    )
    index("staff_sessions", "staff_id")


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
