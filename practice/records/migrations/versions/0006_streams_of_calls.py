"""Which of a call's media streams leads its conversation."""

from alembic import op
from sqlalchemy import Column, Integer, text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("calls", Column("stream", Integer(), nullable=False, server_default=text("0")))


def downgrade() -> None:
    with op.batch_alter_table("calls") as table:
        table.drop_column("stream")
