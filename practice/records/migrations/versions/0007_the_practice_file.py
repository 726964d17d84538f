"""Everything that a practice file says has a column; closed days are days with hours of their own.

Revision: 0007, after 0006.
"""

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    text,
    true,
)

from practice.records.migrations.columns import column

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OF_THE_PRACTICE = (
    ("say_as", String()),
    ("country", String()),
    ("languages", JSON()),
    ("website", String()),
    ("emergency_number", String()),
    ("greeting", Text()),
    ("persona", String()),
    ("offers", Integer()),
    ("reminder_hours", JSON()),
    ("rules", JSON()),
    ("privacy", JSON()),
    ("message_emails", JSON()),
    ("message_numbers", JSON()),
)
_OF_A_SERVICE = (("say_as", String()), ("price", String()))
_OF_A_PRACTITIONER = (("say_as", String()), ("languages", JSON()))


def _days(table: str, *columns: str) -> None:
    """Make one of the two tables of days; they differ in how they say when."""
    op.create_table(
        table,
        column("id", Integer()),
        column("practice_id", String()),
        column("practitioner_id", String(), nullable=True),
        *(column(name, Date()) for name in columns),
        *(
            [
                column("hours", JSON()),
                CheckConstraint("first_day <= last_day", name=op.f(f"ck_{table}_order")),
            ]
            if table == "special_days"
            else []
        ),
        column("name", String()),
        ForeignKeyConstraint(
            ["practice_id"],
            ["practices.id"],
            name=op.f(f"fk_{table}_practice_id_practices"),
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioners.id"],
            name=op.f(f"fk_{table}_practitioner_id_practitioners"),
            ondelete="CASCADE",
        ),
        PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_practice_id"), table, ["practice_id"])


def upgrade() -> None:
    for table, columns in (
        ("practices", _OF_THE_PRACTICE),
        ("services", _OF_A_SERVICE),
        ("practitioners", _OF_A_PRACTITIONER),
    ):
        for name, kind in columns:
            op.add_column(table, column(name, kind, nullable=True))
    op.add_column("practices", column("kind", String(), server_default="dental"))
    op.add_column("practices", column("revision", Integer(), server_default=text("1")))
    op.add_column("services", column("new_patients", Boolean(), server_default=true()))
    op.add_column("services", column("bookable", Boolean(), server_default=true()))
    op.add_column("practitioners", column("position", Integer(), server_default=text("0")))
    op.execute("UPDATE practitioners SET position = number")
    _days("special_days", "first_day", "last_day")
    op.execute(
        "INSERT INTO special_days (practice_id, practitioner_id, first_day, last_day, hours, name)"
        " SELECT practice_id, practitioner_id, day, day, '[]', name FROM closures"
    )
    op.drop_table("closures")


def downgrade() -> None:
    _days("closures", "day")
    op.execute(
        "INSERT INTO closures (practice_id, practitioner_id, day, name)"
        " SELECT practice_id, practitioner_id, first_day, name FROM special_days"
    )
    op.drop_table("special_days")
    for table, columns in (
        ("practices", (*_OF_THE_PRACTICE, ("kind", None), ("revision", None))),
        ("services", (*_OF_A_SERVICE, ("new_patients", None), ("bookable", None))),
        ("practitioners", (*_OF_A_PRACTITIONER, ("position", None))),
    ):
        for name, _ in columns:
            op.drop_column(table, name)
