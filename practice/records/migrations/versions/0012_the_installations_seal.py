"""By which a database knows the installation whose key it was written with."""

from alembic import op
from sqlalchemy import CheckConstraint, Integer, LargeBinary, PrimaryKeyConstraint

from practice.records.migrations.columns import column

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "installation",
        column("id", Integer()),
        column("seal", LargeBinary()),
        PrimaryKeyConstraint("id"),
        CheckConstraint("id = 1", name="one"),
    )


def downgrade() -> None:
    op.drop_table("installation")
