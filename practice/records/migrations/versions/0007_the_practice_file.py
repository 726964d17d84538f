"""Everything that a practice file says has a column; closed days are days with hours of their own."""

import sqlalchemy as sa
from alembic import op

from practice.records.migrations.columns import column, index, refers

revision = "0007"
down_revision = "0006"

_OF_THE_PRACTICE = (
    ("say_as", sa.String()),
    ("country", sa.String()),
    ("languages", sa.JSON()),
    ("website", sa.String()),
    ("emergency_number", sa.String()),
    ("greeting", sa.Text()),
    ("persona", sa.String()),
    ("offers", sa.Integer()),
    ("reminder_hours", sa.JSON()),
    ("rules", sa.JSON()),
    ("privacy", sa.JSON()),
    ("message_emails", sa.JSON()),
    ("message_numbers", sa.JSON()),
)
_OF_A_SERVICE = (("say_as", sa.String()), ("price", sa.String()))
_OF_A_PRACTITIONER = (("say_as", sa.String()), ("languages", sa.JSON()))


def _days(table: str, *columns: str) -> None:
    """Make one of the two tables of days; they differ in how they say when."""
    op.create_table(
        table,
        column("id", sa.Integer()),
        column("practice_id", sa.String()),
        column("practitioner_id", sa.String(), nullable=True),
        *(column(name, sa.Date()) for name in columns),
        *(
            [
                column("hours", sa.JSON()),
                sa.CheckConstraint("first_day <= last_day", name=op.f(f"ck_{table}_order")),
            ]
            if table == "special_days"
            else []
        ),
        column("name", sa.String()),
        refers("practice_id", "practices.id"),
        refers("practitioner_id", "practitioners.id"),
        sa.PrimaryKeyConstraint("id"),
    )
    index(table, "practice_id")


def upgrade() -> None:
    for table, names in (
        ("practices", _OF_THE_PRACTICE),
        ("services", _OF_A_SERVICE),
        ("practitioners", _OF_A_PRACTITIONER),
    ):
        for name, kind in names:
            op.add_column(table, column(name, kind, nullable=True))
    op.add_column("practices", column("kind", sa.String(), server_default="dental"))
    op.add_column("practices", column("revision", sa.Integer(), server_default=sa.text("1")))
    op.add_column("services", column("new_patients", sa.Boolean(), server_default=sa.true()))
    op.add_column("services", column("bookable", sa.Boolean(), server_default=sa.true()))
    op.add_column("practitioners", column("position", sa.Integer(), server_default=sa.text("0")))
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
    for table, names in (
        ("practices", (*_OF_THE_PRACTICE, ("kind", None), ("revision", None))),
        ("services", (*_OF_A_SERVICE, ("new_patients", None), ("bookable", None))),
        ("practitioners", (*_OF_A_PRACTITIONER, ("position", None))),
    ):
        for name, _ in names:
            op.drop_column(table, name)
