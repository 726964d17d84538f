"""Partners manage their bots; bookings change and are followed up.

Revision: 0003, after 0002.
"""

from typing import Any

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
    UniqueConstraint,
    false,
    text,
)

from practice.records.migrations.columns import MOMENT, column

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW_COLUMNS: dict[str, list[tuple[str, Any]]] = {
    "accounts": [("webhook_url", String()), ("sealed_secret", LargeBinary())],
    "partners": [
        ("event_url", String()),
        ("sealed_event_secret", LargeBinary()),
        ("sealed_previous_event_secret", LargeBinary()),
        ("previous_event_secret_until", MOMENT),
        ("disabled_at", MOMENT),
    ],
    "partner_keys": [
        ("name", String()),
        ("scopes", JSON()),
        ("expires_at", MOMENT),
        ("last_used_at", MOMENT),
    ],
    "bots": [
        ("sealed_previous_secret", LargeBinary()),
        ("previous_secret_until", MOMENT),
        ("guards_slots", Boolean()),
        ("updated_at", MOMENT),
        ("deleted_at", MOMENT),
    ],
    "appointments": [("updated_at", MOMENT), ("cancelled_at", MOMENT)],
    "booking_intents": [
        ("account_id", String()),
        ("booking_id", String()),
        ("booking", JSON()),
        ("booking_status", String()),
        ("slot_start", MOMENT),
        ("slot_end", MOMENT),
        ("practitioner_id", String()),
        ("given_up_at", MOMENT),
    ],
}
SMS_COLUMNS = ("confirmation_sms", "reminder_sms")
INTENT_INDEXES = (("partner_id", "booking_id"), ("account_id", "slot_start"), ("state", "updated_at"))


def upgrade() -> None:
    _widen()
    _make_partner_accounts()
    _make_calendar_tables()
    _make_follow_up_tables()


def _widen() -> None:
    for table, added in NEW_COLUMNS.items():
        for name, kind in added:
            op.add_column(table, column(name, kind, nullable=True))
    for name in SMS_COLUMNS:
        op.add_column("bots", column(name, Boolean(), server_default=false()))
    with op.batch_alter_table("booking_intents") as batch:
        batch.add_column(column("operation", String(), server_default="book"))
        batch.create_check_constraint(
            op.f("ck_booking_intents_operation"), text("operation IN ('book', 'cancel', 'reschedule')")
        )
    op.execute(
        "UPDATE booking_intents SET account_id ="
        " (SELECT account_id FROM bots WHERE bots.id = booking_intents.bot_id)"
    )
    for names in INTENT_INDEXES:
        op.create_index(op.f(f"ix_booking_intents_{'_'.join(names)}"), "booking_intents", list(names))


def _make_partner_accounts() -> None:
    op.create_table(
        "account_partners",
        column("account_id", String()),
        column("partner_id", String()),
        column("created_at", MOMENT),
        ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_account_partners_account_id_accounts"),
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["partner_id"],
            ["partners.id"],
            name=op.f("fk_account_partners_partner_id_partners"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("account_id", "partner_id", name=op.f("pk_account_partners")),
    )
    op.create_index(op.f("ix_account_partners_partner_id"), "account_partners", ["partner_id"])
    # Who has a bot for an account today has been given it by the operator.
    op.execute(
        "INSERT INTO account_partners (account_id, partner_id, created_at)"
        " SELECT account_id, partner_id, MIN(created_at) FROM bots GROUP BY account_id, partner_id"
    )


def _make_calendar_tables() -> None:
    op.create_table(
        "slot_holds",
        column("id", String()),
        column("account_id", String()),
        column("practitioner_number", Integer()),
        column("service_id", String(), nullable=True),
        column("start_at", MOMENT),
        column("end_at", MOMENT),
        column("busy_from", MOMENT),
        column("busy_until", MOMENT),
        column("expires_at", MOMENT),
        column("idempotency_key", String()),
        column("created_at", MOMENT),
        CheckConstraint(
            "busy_from <= start_at AND start_at < end_at AND end_at <= busy_until",
            name=op.f("ck_slot_holds_order"),
        ),
        ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_slot_holds_account_id_accounts")),
        ForeignKeyConstraint(
            ["practitioner_number"],
            ["practitioners.number"],
            name=op.f("fk_slot_holds_practitioner_number_practitioners"),
        ),
        ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_slot_holds_service_id_services")),
        PrimaryKeyConstraint("id", name=op.f("pk_slot_holds")),
        UniqueConstraint(
            "account_id", "idempotency_key", name=op.f("uq_slot_holds_account_id_idempotency_key")
        ),
    )
    op.create_index(
        op.f("ix_slot_holds_practitioner_number_expires_at"),
        "slot_holds",
        ["practitioner_number", "expires_at"],
    )
    op.create_table(
        "appointment_changes",
        column("id", String()),
        column("account_id", String()),
        column("appointment_id", String()),
        column("idempotency_key", String()),
        column("kind", String()),
        column("answer", JSON()),
        column("created_at", MOMENT),
        CheckConstraint("kind IN ('cancel', 'reschedule')", name=op.f("ck_appointment_changes_kind")),
        ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_appointment_changes_account_id_accounts")
        ),
        ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_appointment_changes_appointment_id_appointments"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_appointment_changes")),
        UniqueConstraint(
            "account_id", "idempotency_key", name=op.f("uq_appointment_changes_account_id_idempotency_key")
        ),
    )
    op.create_index(op.f("ix_appointment_changes_appointment_id"), "appointment_changes", ["appointment_id"])


def _make_follow_up_tables() -> None:
    op.create_table(
        "follow_ups",
        column("id", String()),
        column("workflow_id", String()),
        column("kind", String()),
        column("partner_id", String()),
        column("bot_id", String()),
        column("intent_id", String(), nullable=True),
        column("booking_id", String(), nullable=True),
        column("payload", JSON()),
        column("due_at", MOMENT),
        column("state", String()),
        column("attempts", Integer()),
        column("last_error", String(), nullable=True),
        column("created_at", MOMENT),
        column("updated_at", MOMENT),
        CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'cancelled', 'dead')", name=op.f("ck_follow_ups_state")
        ),
        ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_follow_ups_bot_id_bots"), ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["partner_id"],
            ["partners.id"],
            name=op.f("fk_follow_ups_partner_id_partners"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        UniqueConstraint("workflow_id", name=op.f("uq_follow_ups_workflow_id")),
    )
    op.create_index(op.f("ix_follow_ups_bot_id_booking_id"), "follow_ups", ["bot_id", "booking_id"])
    op.create_index(op.f("ix_follow_ups_partner_id"), "follow_ups", ["partner_id"])
    op.create_index(op.f("ix_follow_ups_state_due_at"), "follow_ups", ["state", "due_at"])
    op.create_table(
        "replicas",
        column("id", String()),
        column("started_at", MOMENT),
        column("seen_at", MOMENT),
        PrimaryKeyConstraint("id", name=op.f("pk_replicas")),
    )


def downgrade() -> None:
    for table in ("replicas", "follow_ups", "appointment_changes", "slot_holds", "account_partners"):
        op.drop_table(table)
    for names in INTENT_INDEXES:
        op.drop_index(op.f(f"ix_booking_intents_{'_'.join(names)}"), "booking_intents")
    with op.batch_alter_table("booking_intents") as batch:
        batch.drop_constraint(op.f("ck_booking_intents_operation"), type_="check")
        batch.drop_column("operation")
    for name in SMS_COLUMNS:
        op.drop_column("bots", name)
    for table, added in reversed(list(NEW_COLUMNS.items())):
        for name, _kind in reversed(added):
            op.drop_column(table, name)
