"""How long callers waited for answers."""

from alembic import op
from sqlalchemy import JSON

from practice.records.migrations.columns import column

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("calls", column("answers_ms", JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("calls", "answers_ms")
