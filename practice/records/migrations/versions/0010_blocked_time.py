"""Time that the practice's people keep free of appointments."""

from alembic import op
from sqlalchemy import CheckConstraint, Integer, PrimaryKeyConstraint, String

from practice.records.migrations.columns import MOMENT, column, columns, index, refers

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "time_blocks",
        *columns(String(), "id", "practice_id"),
        column("practitioner_number", Integer()),
        *columns(MOMENT, "start_at", "end_at"),
        *columns(String(), "reason", "made_by"),
        column("created_at", MOMENT),
        PrimaryKeyConstraint("id"),
        refers("practice_id", "practices.id"),
        refers("practitioner_number", "practitioners.number", None),
        CheckConstraint("start_at < end_at", name="order"),
    )
    index("time_blocks", "practice_id")
    index("time_blocks", "practitioner_number", "start_at")


def downgrade() -> None:
    op.drop_table("time_blocks")
