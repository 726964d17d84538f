"""Time that the practice's people keep free of appointments.

Revision: 0010, after 0009.
"""

from alembic import op
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String

from practice.records.migrations.columns import MOMENT, column

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "time_blocks",
        column("id", String()),
        column("practice_id", String()),
        column("practitioner_number", Integer()),
        column("start_at", MOMENT),
        column("end_at", MOMENT),
        column("reason", String()),
        column("made_by", String()),
        column("created_at", MOMENT),
        PrimaryKeyConstraint("id", name=op.f("pk_time_blocks")),
        ForeignKeyConstraint(
            ["practice_id"],
            ["practices.id"],
            name=op.f("fk_time_blocks_practice_id_practices"),
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["practitioner_number"],
            ["practitioners.number"],
            name=op.f("fk_time_blocks_practitioner_number_practitioners"),
        ),
        CheckConstraint("start_at < end_at", name=op.f("ck_time_blocks_order")),
    )
    op.create_index(op.f("ix_time_blocks_practice_id"), "time_blocks", ["practice_id"])
    op.create_index(
        op.f("ix_time_blocks_practitioner_number_start_at"),
        "time_blocks",
        ["practitioner_number", "start_at"],
    )


def downgrade() -> None:
    op.drop_table("time_blocks")
