"""Bots, their booking requests, and what is said.

Revision: 0002, after 0001.
"""

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)

from practice.records.migrations.columns import MOMENT, column

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bots",
        column("id", String()),
        column("partner_id", String()),
        column("account_id", String()),
        column("practice_id", String(), nullable=True),
        column("site_id", Integer(), nullable=True),
        column("assistant_id", Integer(), nullable=True),
        column("name", String()),
        column("language", String()),
        column("timezone", String()),
        column("transfer_number", String(), nullable=True),
        column("embedded", Boolean()),
        column("webhook_url", String(), nullable=True),
        column("sealed_secret", LargeBinary(), nullable=True),
        column("created_at", MOMENT),
        ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_bots_account_id_accounts")),
        ForeignKeyConstraint(
            ["assistant_id"],
            ["assistants.id"],
            name=op.f("fk_bots_assistant_id_assistants"),
            ondelete="SET NULL",
        ),
        ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_bots_partner_id_partners")),
        ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_bots_practice_id_practices")),
        ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_bots_site_id_sites")),
        PrimaryKeyConstraint("id", name=op.f("pk_bots")),
    )
    op.create_index(op.f("ix_bots_account_id"), "bots", ["account_id"])
    op.create_index(op.f("ix_bots_assistant_id"), "bots", ["assistant_id"])
    op.create_index(op.f("ix_bots_partner_id"), "bots", ["partner_id"])
    op.create_index(op.f("ix_bots_practice_id"), "bots", ["practice_id"])

    op.create_table(
        "booking_intents",
        column("id", String()),
        column("partner_id", String()),
        column("bot_id", String()),
        column("idempotency_key", String()),
        column("request", JSON()),
        column("request_sha256", String()),
        column("state", String()),
        column("in_doubt", Boolean()),
        column("owner", String()),
        column("lease_until", MOMENT),
        column("attempts", Integer()),
        column("answer_status", Integer(), nullable=True),
        column("answer_code", String(), nullable=True),
        column("answer_body", JSON(), nullable=True),
        column("created_at", MOMENT),
        column("updated_at", MOMENT),
        CheckConstraint(
            "state IN ('pending', 'succeeded', 'refused', 'unknown')", name=op.f("ck_booking_intents_state")
        ),
        ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_booking_intents_bot_id_bots"), ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_booking_intents_partner_id_partners")
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_booking_intents")),
        UniqueConstraint(
            "partner_id",
            "bot_id",
            "idempotency_key",
            name=op.f("uq_booking_intents_partner_id_bot_id_idempotency_key"),
        ),
    )
    op.create_index(op.f("ix_booking_intents_bot_id"), "booking_intents", ["bot_id"])

    op.create_table(
        "bot_numbers",
        column("number", String()),
        column("bot_id", String()),
        ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_bot_numbers_bot_id_bots"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("number", name=op.f("pk_bot_numbers")),
    )
    op.create_index(op.f("ix_bot_numbers_bot_id"), "bot_numbers", ["bot_id"])

    op.create_table(
        "staff_messages",
        column("id", String()),
        column("bot_id", String()),
        column("idempotency_key", String()),
        column("text", Text()),
        column("customer_name", String(), nullable=True),
        column("customer_phone", String(), nullable=True),
        column("created_at", MOMENT),
        ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_staff_messages_bot_id_bots"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_staff_messages")),
        UniqueConstraint("bot_id", "idempotency_key", name=op.f("uq_staff_messages_bot_id_idempotency_key")),
    )
    op.create_table(
        "threads",
        column("id", String()),
        column("kind", String()),
        column("bot_id", String(), nullable=True),
        column("assistant_id", Integer(), nullable=True),
        column("owner", String(), nullable=True),
        column("message_count", Integer()),
        column("created_at", MOMENT),
        CheckConstraint("kind IN ('call', 'chat')", name=op.f("ck_threads_kind")),
        ForeignKeyConstraint(
            ["assistant_id"],
            ["assistants.id"],
            name=op.f("fk_threads_assistant_id_assistants"),
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_threads_bot_id_bots"), ondelete="SET NULL"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_threads")),
    )
    op.create_index(op.f("ix_threads_assistant_id_owner"), "threads", ["assistant_id", "owner"])
    op.create_index(op.f("ix_threads_bot_id"), "threads", ["bot_id"])

    op.create_table(
        "calls",
        column("id", String()),
        column("thread_id", String()),
        column("bot_id", String()),
        column("from_number", String(), nullable=True),
        column("to_number", String(), nullable=True),
        column("status", String()),
        column("connections", Integer()),
        column("ending_kind", String(), nullable=True),
        column("ending_reason", String(), nullable=True),
        column("ending_to", String(), nullable=True),
        column("started_at", MOMENT),
        column("ended_at", MOMENT, nullable=True),
        column("duration_seconds", Integer(), nullable=True),
        CheckConstraint(
            "ending_kind IN ('hang_up', 'transfer', 'message')", name=op.f("ck_calls_ending_kind")
        ),
        ForeignKeyConstraint(["bot_id"], ["bots.id"], name=op.f("fk_calls_bot_id_bots"), ondelete="CASCADE"),
        ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_calls_thread_id_threads")),
        PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        UniqueConstraint("thread_id", name=op.f("uq_calls_thread_id")),
    )
    op.create_index(op.f("ix_calls_bot_id"), "calls", ["bot_id"])

    op.create_table(
        "thread_messages",
        column("thread_id", String()),
        column("position", Integer(), autoincrement=False),
        column("message", JSON()),
        column("created_at", MOMENT),
        ForeignKeyConstraint(
            ["thread_id"],
            ["threads.id"],
            name=op.f("fk_thread_messages_thread_id_threads"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("thread_id", "position", name=op.f("pk_thread_messages")),
    )


def downgrade() -> None:
    for table in (
        "thread_messages",
        "calls",
        "threads",
        "staff_messages",
        "bot_numbers",
        "booking_intents",
        "bots",
    ):
        op.drop_table(table)
