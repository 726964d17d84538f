"""A second factor for those who log in."""

from alembic import op
from sqlalchemy import Integer, LargeBinary

from practice.records.migrations.columns import MOMENT, column

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("staff", column("totp_sealed", LargeBinary(), nullable=True))
    op.add_column("staff", column("totp_since", MOMENT, nullable=True))
    op.add_column("staff", column("totp_step", Integer(), nullable=True))


def downgrade() -> None:
    for name in ("totp_step", "totp_since", "totp_sealed"):
        op.drop_column("staff", name)
