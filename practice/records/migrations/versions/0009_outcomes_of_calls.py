"""What came of a call stands beside it, so that calls are counted without reading what was said."""

from alembic import op
from sqlalchemy import String

from practice.records.migrations.columns import column

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("calls", column("outcome", String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("calls") as table:
        table.drop_column("outcome")
