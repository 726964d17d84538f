"""How long callers waited for answers.

Revision: 0013, after 0012.
"""

from alembic import op
from sqlalchemy import JSON

from practice.records.migrations.columns import column

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", column("answers_ms", JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("calls", "answers_ms")
