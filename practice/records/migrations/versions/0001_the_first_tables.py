"""Practices and their calendars, partners, assistants, staff; no practitioner is booked twice for one moment.

Revision: 0001, after nothing.
"""

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)

from practice.records.migrations.columns import MOMENT, column

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

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
        column("id", String()),
        column("name", String()),
        column("created_at", MOMENT),
        PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
    )
    op.create_table(
        "partners",
        column("id", String()),
        column("name", String()),
        column("strict_idempotency", Boolean()),
        column("created_at", MOMENT),
        PrimaryKeyConstraint("id", name=op.f("pk_partners")),
    )
    op.create_table(
        "staff",
        column("id", String()),
        column("email", String()),
        column("password_hash", String()),
        column("role", String()),
        column("first_name", String()),
        column("last_name", String()),
        column("created_at", MOMENT),
        PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "partner_keys",
        column("id", String()),
        column("partner_id", String()),
        column("prefix", String()),
        column("sha256", String()),
        column("created_at", MOMENT),
        column("revoked_at", MOMENT, nullable=True),
        ForeignKeyConstraint(
            ["partner_id"],
            ["partners.id"],
            name=op.f("fk_partner_keys_partner_id_partners"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_partner_keys")),
        UniqueConstraint("sha256", name=op.f("uq_partner_keys_sha256")),
    )
    op.create_index(op.f("ix_partner_keys_partner_id"), "partner_keys", ["partner_id"])

    op.create_table(
        "practices",
        column("id", String()),
        column("account_id", String()),
        column("name", String()),
        column("phone", String(), nullable=True),
        column("address", String(), nullable=True),
        column("timezone", String()),
        column("horizon_days", Integer()),
        column("min_notice_minutes", Integer()),
        column("created_at", MOMENT),
        ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_practices_account_id_accounts")),
        PrimaryKeyConstraint("id", name=op.f("pk_practices")),
        UniqueConstraint("account_id", name=op.f("uq_practices_account_id")),
    )
    op.create_table(
        "practitioners",
        column("id", String()),
        column("number", Integer()),
        column("practice_id", String()),
        column("name", String()),
        column("active", Boolean()),
        ForeignKeyConstraint(
            ["practice_id"],
            ["practices.id"],
            name=op.f("fk_practitioners_practice_id_practices"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_practitioners")),
        UniqueConstraint("number", name=op.f("uq_practitioners_number")),
    )
    op.create_index(op.f("ix_practitioners_practice_id"), "practitioners", ["practice_id"])

    op.create_table(
        "services",
        column("id", String()),
        column("practice_id", String()),
        column("position", Integer()),
        column("name", String()),
        column("duration_minutes", Integer()),
        column("buffer_before_minutes", Integer()),
        column("buffer_after_minutes", Integer()),
        column("aliases", JSON()),
        column("active", Boolean()),
        CheckConstraint(
            "buffer_before_minutes >= 0 AND buffer_after_minutes >= 0", name=op.f("ck_services_buffers")
        ),
        CheckConstraint("duration_minutes > 0", name=op.f("ck_services_duration")),
        ForeignKeyConstraint(
            ["practice_id"],
            ["practices.id"],
            name=op.f("fk_services_practice_id_practices"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_services")),
    )
    op.create_index(op.f("ix_services_practice_id"), "services", ["practice_id"])

    op.create_table(
        "sites",
        column("id", Integer()),
        column("practice_id", String(), nullable=True),
        column("name", String()),
        column("created_at", MOMENT),
        ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_sites_practice_id_practices")),
        PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_index(op.f("ix_sites_practice_id"), "sites", ["practice_id"])

    op.create_table(
        "appointments",
        column("id", String()),
        column("account_id", String()),
        column("practice_id", String()),
        column("practitioner_number", Integer()),
        column("service_id", String(), nullable=True),
        column("status", String()),
        column("start_at", MOMENT),
        column("end_at", MOMENT),
        column("busy_from", MOMENT),
        column("busy_until", MOMENT),
        column("customer_name", String()),
        column("customer_phone", String()),
        column("customer_email", String(), nullable=True),
        column("notes", String(), nullable=True),
        column("idempotency_key", String()),
        column("created_at", MOMENT),
        CheckConstraint("status IN ('confirmed', 'cancelled')", name=op.f("ck_appointments_status")),
        CheckConstraint(
            "busy_from <= start_at AND start_at < end_at AND end_at <= busy_until",
            name=op.f("ck_appointments_order"),
        ),
        ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_appointments_account_id_accounts")
        ),
        ForeignKeyConstraint(
            ["practice_id"], ["practices.id"], name=op.f("fk_appointments_practice_id_practices")
        ),
        ForeignKeyConstraint(
            ["practitioner_number"],
            ["practitioners.number"],
            name=op.f("fk_appointments_practitioner_number_practitioners"),
        ),
        ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_appointments_service_id_services")
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        UniqueConstraint(
            "account_id", "idempotency_key", name=op.f("uq_appointments_account_id_idempotency_key")
        ),
    )
    op.create_index(
        op.f("ix_appointments_account_id_customer_phone"), "appointments", ["account_id", "customer_phone"]
    )
    op.create_index(op.f("ix_appointments_practice_id"), "appointments", ["practice_id"])
    op.create_index(
        op.f("ix_appointments_practitioner_number_busy_from"),
        "appointments",
        ["practitioner_number", "busy_from"],
    )

    op.create_table(
        "assistants",
        column("id", Integer()),
        column("site_id", Integer()),
        column("code", String()),
        column("name", String(), nullable=True),
        column("instructions", Text(), nullable=True),
        column("created_at", MOMENT),
        column("updated_at", MOMENT),
        ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_assistants_site_id_sites"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_assistants")),
        UniqueConstraint("code", name=op.f("uq_assistants_code")),
    )
    op.create_index(op.f("ix_assistants_site_id"), "assistants", ["site_id"])

    op.create_table(
        "closures",
        column("id", Integer()),
        column("practice_id", String()),
        column("practitioner_id", String(), nullable=True),
        column("day", Date()),
        column("name", String()),
        ForeignKeyConstraint(
            ["practice_id"],
            ["practices.id"],
            name=op.f("fk_closures_practice_id_practices"),
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioners.id"],
            name=op.f("fk_closures_practitioner_id_practitioners"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_closures")),
    )
    op.create_index(op.f("ix_closures_practice_id"), "closures", ["practice_id"])

    op.create_table(
        "opening_hours",
        column("id", Integer()),
        column("practice_id", String()),
        column("practitioner_id", String(), nullable=True),
        column("weekday", Integer()),
        column("opens_minute", Integer()),
        column("closes_minute", Integer()),
        CheckConstraint(
            "0 <= opens_minute AND opens_minute < closes_minute", name=op.f("ck_opening_hours_order")
        ),
        CheckConstraint("closes_minute <= 1440", name=op.f("ck_opening_hours_day")),
        CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_opening_hours_weekday")),
        ForeignKeyConstraint(
            ["practice_id"],
            ["practices.id"],
            name=op.f("fk_opening_hours_practice_id_practices"),
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioners.id"],
            name=op.f("fk_opening_hours_practitioner_id_practitioners"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
    )
    op.create_index(op.f("ix_opening_hours_practice_id"), "opening_hours", ["practice_id"])

    op.create_table(
        "practitioner_services",
        column("practitioner_id", String()),
        column("service_id", String()),
        ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioners.id"],
            name=op.f("fk_practitioner_services_practitioner_id_practitioners"),
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["service_id"],
            ["services.id"],
            name=op.f("fk_practitioner_services_service_id_services"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("practitioner_id", "service_id", name=op.f("pk_practitioner_services")),
    )
    op.create_index(op.f("ix_practitioner_services_service_id"), "practitioner_services", ["service_id"])

    op.create_table(
        "staff_sites",
        column("staff_id", String()),
        column("site_id", Integer()),
        ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_staff_sites_site_id_sites"), ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_sites_staff_id_staff"), ondelete="CASCADE"
        ),
        PrimaryKeyConstraint("staff_id", "site_id", name=op.f("pk_staff_sites")),
    )
    op.create_index(op.f("ix_staff_sites_site_id"), "staff_sites", ["site_id"])

    op.create_table(
        "assistant_files",
        column("id", Integer()),
        column("assistant_id", Integer()),
        column("file_name", String()),
        column("mime_type", String()),
        column("size", Integer()),
        column("sha256", String()),
        column("description", Text(), nullable=True),
        column("content", LargeBinary()),
        column("created_at", MOMENT),
        ForeignKeyConstraint(
            ["assistant_id"],
            ["assistants.id"],
            name=op.f("fk_assistant_files_assistant_id_assistants"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("id", name=op.f("pk_assistant_files")),
    )
    op.create_index(op.f("ix_assistant_files_assistant_id"), "assistant_files", ["assistant_id"])

    if op.get_bind().dialect.name == "postgresql":
        op.execute(EXCLUDE_OVERLAP)
    else:
        for event in ("INSERT", "UPDATE"):
            op.execute(ABORT_OVERLAP.format(event=event))


def downgrade() -> None:
    for table in (
        "assistant_files",
        "staff_sites",
        "practitioner_services",
        "opening_hours",
        "closures",
        "assistants",
        "appointments",
        "sites",
        "services",
        "practitioners",
        "practices",
        "partner_keys",
        "staff",
        "partners",
        "accounts",
    ):
        op.drop_table(table)
