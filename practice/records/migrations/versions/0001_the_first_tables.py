"""Practices, calendars, partners, assistants, staff; no practitioner is booked twice for one moment."""

import sqlalchemy as sa
from alembic import op

from practice.records.migrations.columns import MOMENT, column, columns, index, refers

revision = "0001"
down_revision = None

# btree_gist, which could compare text ids here, is not everywhere; an integer makes a range of one.
EXCLUDE_OVERLAP = """
ALTER TABLE appointments ADD CONSTRAINT ex_appointments_overlap EXCLUDE USING gist (
    int4range(practitioner_number, practitioner_number, '[]') WITH &&,
    tstzrange(busy_from, busy_until) WITH &&
) WHERE (status <> 'cancelled')
"""

# SQLite has no exclusion constraints; a trigger runs inside the writer's exclusive transaction.
ABORT_OVERLAP = """
CREATE TRIGGER tr_appointments_overlap_{event} BEFORE {event} ON appointments
WHEN NEW.status <> 'cancelled' AND EXISTS (
    SELECT 1 FROM appointments AS other
    WHERE other.practitioner_number = NEW.practitioner_number AND other.status <> 'cancelled'
    AND other.id <> NEW.id AND other.busy_from < NEW.busy_until AND NEW.busy_from < other.busy_until
)
BEGIN
    SELECT RAISE(ABORT, 'ex_appointments_overlap');
END
"""


def upgrade() -> None:
    op.create_table(
        "accounts",
        *columns(sa.String(), "id", "name"),
        column("created_at", MOMENT),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "partners",
        *columns(sa.String(), "id", "name"),
        column("strict_idempotency", sa.Boolean()),
        column("created_at", MOMENT),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "staff",
        *columns(sa.String(), "id", "email", "password_hash", "role", "first_name", "last_name"),
        column("created_at", MOMENT),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "partner_keys",
        *columns(sa.String(), "id", "partner_id", "prefix", "sha256"),
        column("created_at", MOMENT),
        column("revoked_at", MOMENT, nullable=True),
        refers("partner_id", "partners.id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )
    index("partner_keys", "partner_id")

    op.create_table(
        "practices",
        *columns(sa.String(), "id", "account_id", "name"),
        *columns(sa.String(), "phone", "address", nullable=True),
        column("timezone", sa.String()),
        *columns(sa.Integer(), "horizon_days", "min_notice_minutes"),
        column("created_at", MOMENT),
        refers("account_id", "accounts.id", None),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id"),
    )
    op.create_table(
        "practitioners",
        column("id", sa.String()),
        column("number", sa.Integer()),
        *columns(sa.String(), "practice_id", "name"),
        column("active", sa.Boolean()),
        refers("practice_id", "practices.id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    index("practitioners", "practice_id")

    op.create_table(
        "services",
        *columns(sa.String(), "id", "practice_id"),
        column("position", sa.Integer()),
        column("name", sa.String()),
        *columns(sa.Integer(), "duration_minutes", "buffer_before_minutes", "buffer_after_minutes"),
        column("aliases", sa.JSON()),
        column("active", sa.Boolean()),
        sa.CheckConstraint("buffer_before_minutes >= 0 AND buffer_after_minutes >= 0", name="buffers"),
        sa.CheckConstraint("duration_minutes > 0", name="duration"),
        refers("practice_id", "practices.id"),
        sa.PrimaryKeyConstraint("id"),
    )
    index("services", "practice_id")

    op.create_table(
        "sites",
        column("id", sa.Integer()),
        column("practice_id", sa.String(), nullable=True),
        column("name", sa.String()),
        column("created_at", MOMENT),
        refers("practice_id", "practices.id", None),
        sa.PrimaryKeyConstraint("id"),
    )
    index("sites", "practice_id")

    op.create_table(
        "appointments",
        *columns(sa.String(), "id", "account_id", "practice_id"),
        column("practitioner_number", sa.Integer()),
        column("service_id", sa.String(), nullable=True),
        column("status", sa.String()),
        *columns(MOMENT, "start_at", "end_at", "busy_from", "busy_until"),
        *columns(sa.String(), "customer_name", "customer_phone"),
        *columns(sa.String(), "customer_email", "notes", nullable=True),
        column("idempotency_key", sa.String()),
        column("created_at", MOMENT),
        sa.CheckConstraint("status IN ('confirmed', 'cancelled')", name="status"),
        sa.CheckConstraint(
            "busy_from <= start_at AND start_at < end_at AND end_at <= busy_until", name="order"
        ),
        refers("account_id", "accounts.id", None),
        refers("practice_id", "practices.id", None),
        refers("practitioner_number", "practitioners.number", None),
        refers("service_id", "services.id", None),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "idempotency_key"),
    )
    index("appointments", "account_id", "customer_phone")
    index("appointments", "practice_id")
    index("appointments", "practitioner_number", "busy_from")

    op.create_table(
        "assistants",
        *columns(sa.Integer(), "id", "site_id"),
        column("code", sa.String()),
        column("name", sa.String(), nullable=True),
        column("instructions", sa.Text(), nullable=True),
        *columns(MOMENT, "created_at", "updated_at"),
        refers("site_id", "sites.id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    index("assistants", "site_id")

    op.create_table(
        "closures",
        column("id", sa.Integer()),
        column("practice_id", sa.String()),
        column("practitioner_id", sa.String(), nullable=True),
        column("day", sa.Date()),
        column("name", sa.String()),
        refers("practice_id", "practices.id"),
        refers("practitioner_id", "practitioners.id"),
        sa.PrimaryKeyConstraint("id"),
    )
    index("closures", "practice_id")

    op.create_table(
        "opening_hours",
        column("id", sa.Integer()),
        column("practice_id", sa.String()),
        column("practitioner_id", sa.String(), nullable=True),
        *columns(sa.Integer(), "weekday", "opens_minute", "closes_minute"),
        sa.CheckConstraint("0 <= opens_minute AND opens_minute < closes_minute", name="order"),
        sa.CheckConstraint("closes_minute <= 1440", name="day"),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        refers("practice_id", "practices.id"),
        refers("practitioner_id", "practitioners.id"),
        sa.PrimaryKeyConstraint("id"),
    )
    index("opening_hours", "practice_id")

    op.create_table(
        "practitioner_services",
        *columns(sa.String(), "practitioner_id", "service_id"),
        refers("practitioner_id", "practitioners.id"),
        refers("service_id", "services.id"),
        sa.PrimaryKeyConstraint("practitioner_id", "service_id"),
    )
    index("practitioner_services", "service_id")

    op.create_table(
        "staff_sites",
        column("staff_id", sa.String()),
        column("site_id", sa.Integer()),
        refers("site_id", "sites.id"),
        refers("staff_id", "staff.id"),
        sa.PrimaryKeyConstraint("staff_id", "site_id"),
    )
    index("staff_sites", "site_id")

    op.create_table(
        "assistant_files",
        *columns(sa.Integer(), "id", "assistant_id"),
        *columns(sa.String(), "file_name", "mime_type"),
        column("size", sa.Integer()),
        column("sha256", sa.String()),
        column("description", sa.Text(), nullable=True),
        column("content", sa.LargeBinary()),
        column("created_at", MOMENT),
        refers("assistant_id", "assistants.id"),
        sa.PrimaryKeyConstraint("id"),
    )
    index("assistant_files", "assistant_id")

    if op.get_bind().dialect.name == "postgresql":
        op.execute(EXCLUDE_OVERLAP)
    else:
        for event in ("INSERT", "UPDATE"):
            op.execute(ABORT_OVERLAP.format(event=event))


def downgrade() -> None:
    for table in (
        "assistant_files staff_sites practitioner_services opening_hours closures assistants "
        "appointments sites services practitioners practices partner_keys staff partners accounts"
    ).split():
        op.drop_table(table)
