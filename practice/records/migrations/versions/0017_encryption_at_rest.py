"""Hashes to look patients up by, because their numbers are encrypted; and the keys that are in use.

What was written before stays readable; ``practice.records.encryption``, which has the keys, encrypts it.
"""

from alembic import op
from sqlalchemy import JSON, String

from practice.records.migrations.columns import column, index

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("appointments", column("customer_phone_hash", String(), nullable=True))
    op.add_column("booking_intents", column("customer_phone_hash", String(), nullable=True))
    op.add_column("follow_ups", column("sent_to_hash", String(), nullable=True))
    op.add_column("threads", column("owner_hash", String(), nullable=True))
    op.add_column("installation", column("data_keys", JSON(), nullable=True))
    op.drop_index(op.f("ix_appointments_account_id_customer_phone"), "appointments")
    index("appointments", "account_id", "customer_phone_hash")
    op.drop_index(op.f("ix_incoming_texts_bot_id_from_number"), "incoming_texts")
    index("incoming_texts", "bot_id")
    op.drop_index(op.f("ix_threads_assistant_id_owner"), "threads")
    index("threads", "assistant_id", "owner_hash")


def downgrade() -> None:
    op.drop_index(op.f("ix_threads_assistant_id_owner_hash"), "threads")
    index("threads", "assistant_id", "owner")
    op.drop_index(op.f("ix_incoming_texts_bot_id"), "incoming_texts")
    index("incoming_texts", "bot_id", "from_number")
    op.drop_index(op.f("ix_appointments_account_id_customer_phone_hash"), "appointments")
    index("appointments", "account_id", "customer_phone")
    op.drop_column("installation", "data_keys")
    op.drop_column("threads", "owner_hash")
    op.drop_column("follow_ups", "sent_to_hash")
    op.drop_column("booking_intents", "customer_phone_hash")
    op.drop_column("appointments", "customer_phone_hash")
