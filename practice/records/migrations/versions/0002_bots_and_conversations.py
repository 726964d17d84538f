"""Bots, their booking requests, and what is said."""

import sqlalchemy as sa
from alembic import op

from practice.records.migrations.columns import MOMENT, column, columns, index, refers

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "bots",
        *columns(sa.String(), "id", "partner_id", "account_id"),
        column("practice_id", sa.String(), nullable=True),
        *columns(sa.Integer(), "site_id", "assistant_id", nullable=True),
        *columns(sa.String(), "name", "language", "timezone"),
        column("transfer_number", sa.String(), nullable=True),
        column("embedded", sa.Boolean()),
        column("webhook_url", sa.String(), nullable=True),
        column("sealed_secret", sa.LargeBinary(), nullable=True),
        column("created_at", MOMENT),
        refers("account_id", "accounts.id", None),
        refers("assistant_id", "assistants.id", "SET NULL"),
        refers("partner_id", "partners.id", None),
        refers("practice_id", "practices.id", None),
        refers("site_id", "sites.id", None),
        sa.PrimaryKeyConstraint("id"),
    )
    index("bots", "account_id")
    index("bots", "assistant_id")
    index("bots", "partner_id")
    index("bots", "practice_id")

    op.create_table(
        "booking_intents",
        *columns(sa.String(), "id", "partner_id", "bot_id", "idempotency_key"),
        column("request", sa.JSON()),
        *columns(sa.String(), "request_sha256", "state"),
        column("in_doubt", sa.Boolean()),
        column("owner", sa.String()),
        column("lease_until", MOMENT),
        column("attempts", sa.Integer()),
        column("answer_status", sa.Integer(), nullable=True),
        column("answer_code", sa.String(), nullable=True),
        column("answer_body", sa.JSON(), nullable=True),
        *columns(MOMENT, "created_at", "updated_at"),
        sa.CheckConstraint("state IN ('pending', 'succeeded', 'refused', 'unknown')", name="state"),
        refers("bot_id", "bots.id"),
        refers("partner_id", "partners.id", None),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("partner_id", "bot_id", "idempotency_key"),
    )
    index("booking_intents", "bot_id")

    op.create_table(
        "bot_numbers",
        *columns(sa.String(), "number", "bot_id"),
        refers("bot_id", "bots.id"),
        sa.PrimaryKeyConstraint("number"),
    )
    index("bot_numbers", "bot_id")

    op.create_table(
        "staff_messages",
        *columns(sa.String(), "id", "bot_id", "idempotency_key"),
        column("text", sa.Text()),
        *columns(sa.String(), "customer_name", "customer_phone", nullable=True),
        column("created_at", MOMENT),
        refers("bot_id", "bots.id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("bot_id", "idempotency_key"),
    )
    op.create_table(
        "threads",
        *columns(sa.String(), "id", "kind"),
        column("bot_id", sa.String(), nullable=True),
        column("assistant_id", sa.Integer(), nullable=True),
        column("owner", sa.String(), nullable=True),
        column("message_count", sa.Integer()),
        column("created_at", MOMENT),
        sa.CheckConstraint("kind IN ('call', 'chat')", name="kind"),
        refers("assistant_id", "assistants.id"),
        refers("bot_id", "bots.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    index("threads", "assistant_id", "owner")
    index("threads", "bot_id")

    op.create_table(
        "calls",
        *columns(sa.String(), "id", "thread_id", "bot_id"),
        *columns(sa.String(), "from_number", "to_number", nullable=True),
        column("status", sa.String()),
        column("connections", sa.Integer()),
        *columns(sa.String(), "ending_kind", "ending_reason", "ending_to", nullable=True),
        column("started_at", MOMENT),
        column("ended_at", MOMENT, nullable=True),
        column("duration_seconds", sa.Integer(), nullable=True),
        sa.CheckConstraint("ending_kind IN ('hang_up', 'transfer', 'message')", name="ending_kind"),
        refers("bot_id", "bots.id"),
        refers("thread_id", "threads.id", None),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("thread_id"),
    )
    index("calls", "bot_id")

    op.create_table(
        "thread_messages",
        column("thread_id", sa.String()),
        column("position", sa.Integer(), autoincrement=False),
        column("message", sa.JSON()),
        column("created_at", MOMENT),
        refers("thread_id", "threads.id"),
        sa.PrimaryKeyConstraint("thread_id", "position"),
    )


def downgrade() -> None:
    for table in "thread_messages calls threads staff_messages bot_numbers booking_intents bots".split():
        op.drop_table(table)
