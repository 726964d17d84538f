"""A contact may be rung by a call of its own while the bot still speaks."""

from alembic import op
from sqlalchemy import JSON

from practice.records.migrations.columns import column

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("chat_sessions", column("early_leg", JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("chat_sessions") as table:
        table.drop_column("early_leg")
