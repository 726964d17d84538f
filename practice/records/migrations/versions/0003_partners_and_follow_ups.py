"""Partners manage their bots; bookings change and are followed up."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from practice.records.migrations.columns import MOMENT, column, columns, index, refers

revision = "0003"
down_revision = "0002"

NEW_COLUMNS: dict[str, list[tuple[str, Any]]] = {
    "accounts": [("webhook_url", sa.String()), ("sealed_secret", sa.LargeBinary())],
    "partners": [
        ("event_url", sa.String()),
        ("sealed_event_secret", sa.LargeBinary()),
        ("sealed_previous_event_secret", sa.LargeBinary()),
        ("previous_event_secret_until", MOMENT),
        ("disabled_at", MOMENT),
    ],
    "partner_keys": [
        ("name", sa.String()),
        ("scopes", sa.JSON()),
        ("expires_at", MOMENT),
        ("last_used_at", MOMENT),
    ],
    "bots": [
        ("sealed_previous_secret", sa.LargeBinary()),
        ("previous_secret_until", MOMENT),
        ("guards_slots", sa.Boolean()),
        ("updated_at", MOMENT),
        ("deleted_at", MOMENT),
    ],
    "appointments": [("updated_at", MOMENT), ("cancelled_at", MOMENT)],
    "booking_intents": [
        ("account_id", sa.String()),
        ("booking_id", sa.String()),
        ("booking", sa.JSON()),
        ("booking_status", sa.String()),
        ("slot_start", MOMENT),
        ("slot_end", MOMENT),
        ("practitioner_id", sa.String()),
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
        op.add_column("bots", column(name, sa.Boolean(), server_default=sa.false()))
    with op.batch_alter_table("booking_intents") as batch:
        batch.add_column(column("operation", sa.String(), server_default="book"))
        batch.create_check_constraint(
            op.f("ck_booking_intents_operation"), sa.text("operation IN ('book', 'cancel', 'reschedule')")
        )
    op.execute(
        "UPDATE booking_intents SET account_id ="
        " (SELECT account_id FROM bots WHERE bots.id = booking_intents.bot_id)"
    )
    for names in INTENT_INDEXES:
        index("booking_intents", *names)


def _make_partner_accounts() -> None:
    op.create_table(
        "account_partners",
        *columns(sa.String(), "account_id", "partner_id"),
        column("created_at", MOMENT),
        refers("account_id", "accounts.id"),
        refers("partner_id", "partners.id"),
        sa.PrimaryKeyConstraint("account_id", "partner_id"),
    )
    index("account_partners", "partner_id")
    # Who has a bot for an account today has been given it by the operator.
    op.execute(
        "INSERT INTO account_partners (account_id, partner_id, created_at)"
        " SELECT account_id, partner_id, MIN(created_at) FROM bots GROUP BY account_id, partner_id"
    )


def _make_calendar_tables() -> None:
    op.create_table(
        "slot_holds",
        *columns(sa.String(), "id", "account_id"),
        column("practitioner_number", sa.Integer()),
        column("service_id", sa.String(), nullable=True),
        *columns(MOMENT, "start_at", "end_at", "busy_from", "busy_until", "expires_at"),
        column("idempotency_key", sa.String()),
        column("created_at", MOMENT),
        sa.CheckConstraint(
            "busy_from <= start_at AND start_at < end_at AND end_at <= busy_until", name="order"
        ),
        refers("account_id", "accounts.id", None),
        refers("practitioner_number", "practitioners.number", None),
        refers("service_id", "services.id", None),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "idempotency_key"),
    )
    index("slot_holds", "practitioner_number", "expires_at")
    op.create_table(
        "appointment_changes",
        *columns(sa.String(), "id", "account_id", "appointment_id", "idempotency_key", "kind"),
        column("answer", sa.JSON()),
        column("created_at", MOMENT),
        sa.CheckConstraint("kind IN ('cancel', 'reschedule')", name="kind"),
        refers("account_id", "accounts.id", None),
        refers("appointment_id", "appointments.id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "idempotency_key"),
    )
    index("appointment_changes", "appointment_id")


def _make_follow_up_tables() -> None:
    op.create_table(
        "follow_ups",
        *columns(sa.String(), "id", "workflow_id", "kind", "partner_id", "bot_id"),
        *columns(sa.String(), "intent_id", "booking_id", nullable=True),
        column("payload", sa.JSON()),
        column("due_at", MOMENT),
        column("state", sa.String()),
        column("attempts", sa.Integer()),
        column("last_error", sa.String(), nullable=True),
        *columns(MOMENT, "created_at", "updated_at"),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'cancelled', 'dead')", name="state"),
        refers("bot_id", "bots.id"),
        refers("partner_id", "partners.id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workflow_id"),
    )
    index("follow_ups", "bot_id", "booking_id")
    index("follow_ups", "partner_id")
    index("follow_ups", "state", "due_at")
    op.create_table(
        "replicas",
        column("id", sa.String()),
        *columns(MOMENT, "started_at", "seen_at"),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    for table in "replicas follow_ups appointment_changes slot_holds account_partners".split():
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
